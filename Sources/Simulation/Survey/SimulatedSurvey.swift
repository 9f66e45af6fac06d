public import Dynamics

/// A survey and its truth.
public struct SimulatedSurvey: Sendable {
  /// In order of time.
  public var visits: [Visit]
  /// What was observed; ``SimulatedDetection/object`` counts in here.
  public var objects: [CatalogOrbit]
  /// By visit, then by declination; the order tells nothing of the truth.
  public var detections: [SimulatedDetection]
  public var observatory: ObservatoryCode
  /// Objects that could not be followed, with the reason.
  public var skipped: [Skipped]

  public struct Skipped: Hashable, Sendable {
    public var designation: String
    public var reason: String
  }
}

/// One detection with its truth; the noiseless values are for tests of what was made of it.
public struct SimulatedDetection: Hashable, Sendable {
  public var diaSourceId: Int64
  /// Index of the visit.
  public var visit: Int32
  /// Index of the object, -1 for a false detection.
  public var object: Int32
  public var detector: Int16
  /// As measured [deg], with one standard deviation of each coordinate.
  public var raDeg: Double
  public var decDeg: Double
  public var errorDeg: Double
  /// As measured [nJy].
  public var psfFlux: Double
  public var psfFluxErr: Double
  /// Trail [arcsec; deg, north over east]; zero for what doesn't move.
  public var trailLengthArcsec: Double
  public var trailAngleDeg: Double
  /// Without noise [deg], and in the visit's band without trailing losses.
  public var trueRaDeg: Double
  public var trueDecDeg: Double
  public var trueMag: Double

  public var snr: Double { psfFlux / psfFluxErr }
}

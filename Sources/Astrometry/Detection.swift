import Foundation

public import Astro
public import Dynamics

/// One detection (DIASource) as it came in, units as in the LSST schema.
public struct Detection: Hashable, Sendable {
  /// Unique in a catalog. A source without a numeric identifier gets one from its text, see
  /// ``sourceId``.
  public var diaSourceId: Int64
  /// The identifier as the file had it when it was not a number (`obs_id`, ADES `obsID`).
  public var sourceId: String?
  /// Mid-exposure.
  public var midpoint: Epoch<TAI>
  /// ICRS [deg], 0 ≤ ra < 360.
  public var raDeg: Double
  public var decDeg: Double
  /// One standard deviation of RA × cos(dec), and of dec [deg]; their covariance [deg²].
  public var raErrDeg: Double?
  public var decErrDeg: Double?
  public var raDecCovDeg2: Double?
  /// [mag], in ``band``.
  public var mag: Double?
  public var magErr: Double?
  /// `u g r i z y` or any other photometric band of the source, as it came in.
  public var band: String?
  public var observatory: ObservatoryCode
  public var visit: Int64?
  /// The object that the file names: an MPC designation, or a temporary one (`trkSub`).
  public var designation: String?
  /// Trail length [arcsec] and position angle [deg, north over east].
  public var trailLengthArcsec: Double?
  public var trailAngleDeg: Double?
  /// How extended the image is: 0 a point, 1 certainly not.
  public var extendedness: Double?
  /// The observer's geocentric ICRF place [km], for space and roving observers (ADES `pos1…3`,
  /// 80-column second lines).
  public var observerGeocentricKm: Vector3?

  public init(
    diaSourceId: Int64, sourceId: String? = nil, midpoint: Epoch<TAI>, raDeg: Double,
    decDeg: Double, raErrDeg: Double? = nil, decErrDeg: Double? = nil,
    raDecCovDeg2: Double? = nil, mag: Double? = nil, magErr: Double? = nil, band: String? = nil,
    observatory: ObservatoryCode, visit: Int64? = nil, designation: String? = nil,
    trailLengthArcsec: Double? = nil, trailAngleDeg: Double? = nil,
    extendedness: Double? = nil, observerGeocentricKm: Vector3? = nil
  ) {
    self.diaSourceId = diaSourceId
    self.sourceId = sourceId
    self.midpoint = midpoint
    self.raDeg = raDeg
    self.decDeg = decDeg
    self.raErrDeg = raErrDeg
    self.decErrDeg = decErrDeg
    self.raDecCovDeg2 = raDecCovDeg2
    self.mag = mag
    self.magErr = magErr
    self.band = band
    self.observatory = observatory
    self.visit = visit
    self.designation = designation
    self.trailLengthArcsec = trailLengthArcsec
    self.trailAngleDeg = trailAngleDeg
    self.extendedness = extendedness
    self.observerGeocentricKm = observerGeocentricKm
  }

  /// AB magnitude of a flux in nJy (zero point 31.4), nil for a flux that is not positive.
  public static func magnitude(fluxNJy: Double) -> Double? {
    fluxNJy > 0 ? 31.4 - 2.5 * log10(fluxNJy) : nil
  }

  /// A stable `diaSourceId` for a source whose identifier is a text: FNV-1a of the UTF-8 bytes,
  /// 63 bits, with bit 62 set so that it stays clear of small counters.
  public static func diaSourceId(forText text: String) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int64(hash & 0x3fff_ffff_ffff_ffff | 0x4000_0000_0000_0000)
  }
}

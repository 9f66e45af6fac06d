public import Astro

/// One exposure of a survey.
public struct Visit: Hashable, Sendable {
  public var id: Int64
  /// Mid-exposure.
  public var midpoint: Epoch<TAI>
  /// Centre of the field, ICRS [deg].
  public var raDeg: Double
  public var decDeg: Double
  /// Position angle of the camera on the sky [deg].
  public var rotationDeg: Double
  /// `u g r i z y`.
  public var band: String
  /// AB magnitude of a point source seen with a signal-to-noise ratio of 5.
  public var fiveSigmaDepth: Double
  /// Full width at half maximum [arcsec].
  public var seeingArcsec: Double
  public var exposureSeconds: Double

  public init(
    id: Int64, midpoint: Epoch<TAI>, raDeg: Double, decDeg: Double, rotationDeg: Double,
    band: String, fiveSigmaDepth: Double, seeingArcsec: Double, exposureSeconds: Double
  ) {
    self.id = id
    self.midpoint = midpoint
    self.raDeg = raDeg
    self.decDeg = decDeg
    self.rotationDeg = rotationDeg
    self.band = band
    self.fiveSigmaDepth = fiveSigmaDepth
    self.seeingArcsec = seeingArcsec
    self.exposureSeconds = exposureSeconds
  }
}

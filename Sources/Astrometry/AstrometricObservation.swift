public import Astro
public import Dynamics

/// One measured direction, ready for computing: nothing in it needs a table any more.
@frozen
public struct AstrometricObservation: Sendable {
  /// Mid-exposure.
  public var epoch: Epoch<TDB>
  /// Astrometric (ICRF) right ascension and declination [rad].
  public var raRad: Double
  public var decRad: Double
  /// One standard deviation of RA × cos(dec) and of declination [rad].
  public var sigmaRaRad: Double
  public var sigmaDecRad: Double
  /// Correlation of the two, -1…1.
  public var correlation: Double
  /// Correlation with the other observations of the object in the same night: what the star
  /// catalog, the clock and the plate solution have in common. 0…1, zero when unknown.
  public var nightCorrelation: Double
  /// The observer, barycentric ICRF [au, au/d].
  public var observer: StateVector
  /// The Sun at the same epoch, barycentric ICRF [au, au/d].
  public var sun: StateVector

  @inlinable
  public init(
    epoch: Epoch<TDB>, raRad: Double, decRad: Double, sigmaRaRad: Double, sigmaDecRad: Double,
    correlation: Double, observer: StateVector, sun: StateVector,
    nightCorrelation: Double = 0
  ) {
    self.epoch = epoch
    self.raRad = raRad
    self.decRad = decRad
    self.sigmaRaRad = sigmaRaRad
    self.sigmaDecRad = sigmaDecRad
    self.correlation = correlation
    self.nightCorrelation = nightCorrelation
    self.observer = observer
    self.sun = sun
  }
}

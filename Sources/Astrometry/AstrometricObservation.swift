public import Astro
public import Dynamics

/// One measured direction, ready for computing: nothing in it needs a table any more.
@frozen
public struct AstrometricObservation: Sendable, BitwiseCopyable {
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
  /// What its error has in common with those of other observations.
  public var shared: SharedErrors
  /// The observer, barycentric ICRF [au, au/d].
  public var observer: StateVector
  /// The Sun at the same epoch, barycentric ICRF [au, au/d].
  public var sun: StateVector

  @inlinable
  public init(
    epoch: Epoch<TDB>, raRad: Double, decRad: Double, sigmaRaRad: Double, sigmaDecRad: Double,
    correlation: Double, observer: StateVector, sun: StateVector,
    shared: SharedErrors = .none
  ) {
    self.epoch = epoch
    self.raRad = raRad
    self.decRad = decRad
    self.sigmaRaRad = sigmaRaRad
    self.sigmaDecRad = sigmaDecRad
    self.correlation = correlation
    self.shared = shared
    self.observer = observer
    self.sun = sun
  }
}

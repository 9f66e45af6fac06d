import Astro
public import Astrometry
public import Dynamics

/// A known object as it should be seen.
public struct PredictedObject: Sendable {
  /// Index into the predictor's orbits.
  public var orbit: Int
  /// Astrometric place, ranges, rates.
  public var place: PredictedPlace
  /// Relative to the Sun when the light left, ICRF [au, au/d].
  public var heliocentric: StateVector
  /// Relative to the observer: the object when the light left, the observer now [au, au/d].
  public var topocentric: StateVector
  /// Of the place; nil when the orbit has no covariance.
  public var covariance: SkyCovariance?
  /// Apparent V [mag]; nil when the orbit has no absolute magnitude.
  public var magnitudeV: Double?

  public init(
    orbit: Int, place: PredictedPlace, observer: StateVector, sun: StateVector,
    covariance: SkyCovariance?, magnitudeV: Double?
  ) {
    self.orbit = orbit
    self.place = place
    self.covariance = covariance
    self.magnitudeV = magnitudeV
    heliocentric = StateVector(
      position: place.heliocentric, velocity: place.retardedVelocity - sun.velocity)
    topocentric = StateVector(
      position: place.offset, velocity: place.retardedVelocity - observer.velocity)
  }

  /// Unit components to the east and north of the motion on the sky; of no motion, east.
  public var motionDirection: (east: Double, north: Double) {
    let rates = place.rates
    let speed = (rates.raCosDec * rates.raCosDec + rates.dec * rates.dec).squareRoot()
    return speed > 0 ? (rates.raCosDec / speed, rates.dec / speed) : (1, 0)
  }
}

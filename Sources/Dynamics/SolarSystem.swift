import Foundation

public import Astro

/// Everything about the solar system and the Earth that a computation needs, loaded once and passed in.
///
/// ```swift
/// let solarSystem = try SolarSystem.load()
/// let rubin = try solarSystem.observer(.rubin, at: Epoch<TDB>(mjd: 61000.2))
/// let sun = try solarSystem.ephemeris.state(of: .sun, at: Epoch<TDB>(mjd: 61000.2))
/// ```
public struct SolarSystem: Sendable {
  public let ephemeris: Ephemeris
  /// GM of the masses, and the shapes of Sun and Earth.
  public let gravity: GravityConstants
  public let observatories: Observatories
  public let earthOrientation: EarthOrientation
  public let leapSeconds: LeapSeconds

  public init(
    ephemeris: Ephemeris, gravity: GravityConstants, observatories: Observatories,
    earthOrientation: EarthOrientation, leapSeconds: LeapSeconds
  ) {
    self.ephemeris = ephemeris
    self.gravity = gravity
    self.observatories = observatories
    self.earthOrientation = earthOrientation
    self.leapSeconds = leapSeconds
  }

  /// The state of an observer.
  ///
  /// - Parameters:
  ///   - code: an observatory on the Earth (good to some 3 cm; what the MPC gives as its place is often
  ///     good to 10 m only), or any code if `geocentricKm` says where the observer is.
  ///   - epoch: within the ephemeris.
  ///   - geocentricKm: the observer's place, geocentric ICRF [km], for spacecraft and roving observers.
  ///     Its velocity is then taken to be the Earth's: only the place enters astrometry.
  /// - Returns: barycentric ICRF [au, au/d].
  /// - Throws: ``DynamicsError`` for an unknown code, one without a place, or a time outside.
  public func observer(
    _ code: ObservatoryCode, at epoch: Epoch<TDB>, geocentricKm: Vector3? = nil
  ) throws(DynamicsError) -> StateVector {
    try observer(code, at: epoch.tai, tdb: epoch, geocentricKm: geocentricKm)
  }

  /// The same for a caller that has the moment in both scales, which spares the conversion.
  public func observer(
    _ code: ObservatoryCode, at tai: Epoch<TAI>, tdb: Epoch<TDB>, geocentricKm: Vector3? = nil
  ) throws(DynamicsError) -> StateVector {
    if let geocentricKm {
      let earth = try ephemeris.state(of: .earth, at: tdb)
      return StateVector(
        position: earth.position + geocentricKm * (1 / Constants.auKm), velocity: earth.velocity)
    }
    let site = try observatories.site(code)
    let earth = try ephemeris.state(of: .earth, at: tdb)
    return earth + earthOrientation.geocentricState(terrestrialKm: site.terrestrialKm, at: tai)
  }
}

public import Astro
public import Dynamics

/// Where an object is seen: its astrometric place (light time only; no aberration, no bending of
/// light), as Horizons' "astrometric RA and Dec" and as reduced against a star catalog.
///
/// Light time is barycentric: the object at t − τ, barycentric, minus the observer at t,
/// barycentric. A heliocentric light time would be wrong by 5 to 8 mas, one iteration by about 1.
@frozen
public struct PredictedPlace: Sendable {
  /// Object at t − τ minus observer at t, ICRF [au].
  public let offset: Vector3
  /// Its time derivative as seen by the observer, the change of light time included [au/d].
  public let offsetRate: Vector3
  /// Object minus Sun, both at t − τ, ICRF [au].
  public let heliocentric: Vector3
  /// Sun minus observer at t, ICRF [au].
  public let sunOffset: Vector3
  /// Object's barycentric velocity at t − τ, ICRF [au/d].
  public let retardedVelocity: Vector3
  /// τ [d].
  public let lightTimeDays: Double

  /// The place of an object whose barycentric state at the moment of observation is known.
  ///
  /// Where the state comes from does not matter: a perturbed propagation, or a heliocentric
  /// two-body state plus the Sun's barycentric one. The step back by the light time is a Taylor
  /// expansion of the motion about the Sun to the third order.
  ///
  /// - Parameters:
  ///   - object: barycentric ICRF state at t (not at t − τ) [au, au/d].
  ///   - sun: the Sun, barycentric ICRF, at t.
  ///   - observer: barycentric ICRF, at t.
  /// - Accuracy: the expansion is good to 0.01 mas from 0.2 au to 100 au of the Sun, including
  ///   passages of the Earth at 0.001 au, for which τ is below one second.
  @inlinable @inline(__always)
  public init(object: StateVector, sun: StateVector, observer: StateVector) {
    let fromSun = object.position - sun.position
    let speed = object.velocity - sun.velocity
    let r2 = fromSun.squaredNorm
    let pull = PredictedPlace.sunGM / (r2 * r2.squareRoot())
    let acceleration = fromSun * -pull
    let jerk = (fromSun * (3 * fromSun.dot(speed) / r2) - speed) * pull

    let geometric = object.position - observer.position
    var tau = geometric.norm / Constants.lightSpeedAUPerDay
    var offset = geometric
    for _ in 0..<3 {
      offset =
        geometric
        - (object.velocity - (acceleration - jerk * (tau * (1.0 / 3))) * (0.5 * tau)) * tau
      tau = offset.norm / Constants.lightSpeedAUPerDay
    }
    let velocity = object.velocity - (acceleration - jerk * (0.5 * tau)) * tau
    let range = tau * Constants.lightSpeedAUPerDay
    let sight = offset * (1 / range)
    // c τ' = sight · (v (1 − τ') − v_observer)
    let tauRate =
      sight.dot(velocity - observer.velocity)
      / (Constants.lightSpeedAUPerDay + sight.dot(velocity))
    self.offset = offset
    self.offsetRate = velocity * (1 - tauRate) - observer.velocity
    self.heliocentric = offset + observer.position - (sun.position - sun.velocity * tau)
    self.sunOffset = sun.position - observer.position
    self.retardedVelocity = velocity
    self.lightTimeDays = tau
  }

  /// From its parts, for who reckons many at a time.
  @inlinable @inline(__always)
  package init(
    offset: Vector3, offsetRate: Vector3, heliocentric: Vector3, sunOffset: Vector3,
    retardedVelocity: Vector3, lightTimeDays: Double
  ) {
    self.offset = offset
    self.offsetRate = offsetRate
    self.heliocentric = heliocentric
    self.sunOffset = sunOffset
    self.retardedVelocity = retardedVelocity
    self.lightTimeDays = lightTimeDays
  }

  /// GM of the Sun for the expansion over one light time [au³/d²], DE440; four digits would do.
  @usableFromInline package static let sunGM = 2.959_122_084_1e-4
}

extension PredictedPlace {
  /// Distance from the observer [au].
  @inlinable public var topocentricAU: Double { lightTimeDays * Constants.lightSpeedAUPerDay }

  /// Distance from the Sun when the light left [au].
  @inlinable public var heliocentricAU: Double { heliocentric.norm }

  /// Unit vector of the astrometric direction, ICRF.
  @inlinable public var direction: Vector3 { offset * (1 / topocentricAU) }

  /// Astrometric right ascension 0…2π and declination [rad].
  public var raDec: (raRad: Double, decRad: Double) {
    let (lon, lat) = offset.longitudeLatitude
    return (lon, lat)
  }

  /// Rates of RA × cos(dec) and of declination [rad/d].
  public var rates: (raCosDec: Double, dec: Double) {
    let (east, north) = tangents
    let scale = 1 / topocentricAU
    return (offsetRate.dot(east) * scale, offsetRate.dot(north) * scale)
  }

  /// Rate of the topocentric distance [au/d].
  @inlinable public var topocentricRate: Double { offsetRate.dot(direction) }

  /// Angle Sun, object, observer [rad].
  public var phaseAngleRad: Double { heliocentric.angle(to: offset) }

  /// Angle Sun, observer, object [rad].
  public var elongationRad: Double { sunOffset.angle(to: offset) }

  /// Unit vectors to the east and to the north at the place. At a pole itself east is the y axis.
  @inlinable public var tangents: (east: Vector3, north: Vector3) {
    let u = direction
    let cosDec = (u.x * u.x + u.y * u.y).squareRoot()
    guard cosDec > 1e-15 else {
      return (Vector3(0, 1, 0), Vector3(u.z > 0 ? -1 : 1, 0, 0))
    }
    let east = Vector3(-u.y / cosDec, u.x / cosDec, 0)
    return (east, u.cross(east))
  }
}

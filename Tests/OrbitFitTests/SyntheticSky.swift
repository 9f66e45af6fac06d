import Astro
import Astrometry
import Dynamics
import Foundation

/// A sky of two-body orbits seen from an Earth on a circle, with a station that turns daily. The
/// place of the object is found by iterating the light time with its orbit itself, not by the
/// expansion that the fit uses.
enum SyntheticSky {
  static let epoch = Epoch<TDB>(mjd: 60800)
  static let sun = StateVector(
    position: Vector3(-0.005, -0.004, -0.0016), velocity: Vector3(6e-6, -4e-6, -1.7e-6))

  static func sunState(_ t: Epoch<TDB>) -> StateVector {
    StateVector(
      position: sun.position + sun.velocity * t.days(since: epoch), velocity: sun.velocity)
  }

  static func observer(_ t: Epoch<TDB>) -> StateVector {
    let year = 2 * Double.pi / 365.25636
    let day = 2 * Double.pi / 0.99726957
    let d = t.days(since: epoch)
    let tilt = Frames.obliquityJ2000Rad
    let a = year * d + 3.1
    let b = day * d
    let earth = Vector3(cos(a), sin(a) * cos(tilt), sin(a) * sin(tilt))
    let speed = Vector3(-sin(a), cos(a) * cos(tilt), cos(a) * sin(tilt)) * year
    let station = Vector3(cos(b) * 3.7e-5, sin(b) * 3.7e-5, -2.1e-5)
    let turning = Vector3(-sin(b) * 3.7e-5, cos(b) * 3.7e-5, 0) * day
    let s = sunState(t)
    return StateVector(
      position: s.position + earth + station, velocity: s.velocity + speed + turning)
  }

  /// Error-free observation of a heliocentric orbit.
  static func observe(_ orbit: Orbit, days: Double, sigmaArcsec: Double = 0.1)
    -> AstrometricObservation
  {
    let t = epoch.adding(days: days)
    let o = observer(t)
    var tau = 0.0
    var offset = Vector3.zero
    for _ in 0..<12 {
      let emitted = t.adding(days: -tau)
      let state = TwoBody.propagate(orbit.state, days: emitted.days(since: orbit.epoch))
      offset = state.position + sunState(emitted).position - o.position
      tau = offset.norm / Constants.lightSpeedAUPerDay
    }
    let place = offset.longitudeLatitude
    let sigma = sigmaArcsec * Angle.arcsecond
    return AstrometricObservation(
      epoch: t, raRad: place.lon, decRad: place.lat, sigmaRaRad: sigma, sigmaDecRad: sigma,
      correlation: 0, observer: o, sun: sunState(t))
  }

  /// Two observations a night, 40 minutes apart.
  static func nights(_ nights: [Double]) -> [Double] { nights.flatMap { [$0, $0 + 0.0278] } }

  static func orbit(
    q: Double, e: Double, inclDeg: Double, nodeDeg: Double, periDeg: Double, tPeriDays: Double
  ) -> Orbit {
    KeplerianElements(
      epoch: epoch, perihelionAU: q, eccentricity: e, inclinationRad: inclDeg * Angle.degree,
      nodeRad: nodeDeg * Angle.degree, argPeriRad: periDeg * Angle.degree,
      perihelionTime: epoch.adding(days: tPeriDays)
    ).orbit()
  }

  static let mainBelt = orbit(
    q: 2.2, e: 0.14, inclDeg: 7, nodeDeg: 80, periDeg: 200, tPeriDays: 250)

  /// Semi-major axis of a heliocentric state [au].
  static func semiMajorAxis(_ s: StateVector) -> Double {
    1 / (2 / s.position.norm - s.velocity.squaredNorm / GravitationalParameter.sun)
  }

  /// (x − x₀)ᵀ C⁻¹ (x − x₀) of a fit against a true orbit: |R dx|².
  static func mahalanobis(_ fit: Orbit, _ covariance: OrbitCovariance, truth: Orbit) -> Double {
    let at = TwoBody.propagate(truth.state, days: fit.epoch.days(since: truth.epoch))
    let d = fit.state - at
    let x = [
      d.position.x, d.position.y, d.position.z, d.velocity.x, d.velocity.y, d.velocity.z,
    ]
    var sum = 0.0
    for i in 0..<6 {
      var row = 0.0
      for j in i..<6 { row += covariance.squareRootInformation[6 * i + j] * x[j] }
      sum += row * row
    }
    return sum
  }
}

/// SplitMix64 with Gaussian deviates: the same numbers everywhere.
struct Noise {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (Double((z ^ (z >> 31)) >> 11) + 0.5) * 0x1p-53
  }

  mutating func gaussian() -> Double {
    let (a, b) = (uniform(), uniform())
    return (-2 * log(a)).squareRoot() * cos(2 * .pi * b)
  }

  /// The observation with errors of its own sigma.
  mutating func disturbed(_ o: AstrometricObservation) -> AstrometricObservation {
    var result = o
    result.raRad += gaussian() * o.sigmaRaRad / cos(o.decRad)
    result.decRad += gaussian() * o.sigmaDecRad
    return result
  }
}

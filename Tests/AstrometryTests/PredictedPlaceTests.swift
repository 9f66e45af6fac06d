import Astro
import Astrometry
import Dynamics
import Foundation
import Testing

/// The truth of these tests is a body on a circle about a Sun that moves uniformly: where it was
/// one light time ago is known in closed form.
struct PredictedPlaceTests {
  static let gm = 2.959_122_084_1e-4
  static let sun = StateVector(
    position: Vector3(0.004, -0.003, 0.001), velocity: Vector3(4e-6, 5e-6, -2e-6))
  static let observer = StateVector(
    position: Vector3(-0.7, 0.6, 0.25), velocity: Vector3(-0.0115, -0.0124, -0.0054))

  /// Barycentric state of a body on a tilted circle of the radius [au], `days` from the epoch.
  static func circle(radius: Double, phase: Double, days: Double) -> StateVector {
    let motion = (gm / (radius * radius * radius)).squareRoot()
    let angle = phase + motion * days
    let a = Vector3(1, 0, 0)
    let b = Vector3(0, cos(0.6), sin(0.6))
    let from = (a * cos(angle) + b * sin(angle)) * radius
    let speed = (b * cos(angle) - a * sin(angle)) * (radius * motion)
    return StateVector(
      position: sun.position + sun.velocity * days + from, velocity: sun.velocity + speed)
  }

  @Test(arguments: [0.3, 1.1, 2.7, 5.2, 40, 90.0], [0.3, 2.0, 4.4])
  func lightTimeIsThatOfTheClosedForm(radius: Double, phase: Double) {
    let place = PredictedPlace(
      object: Self.circle(radius: radius, phase: phase, days: 0), sun: Self.sun,
      observer: Self.observer)
    var tau = 0.0
    var offset = Vector3.zero
    for _ in 0..<20 {
      offset =
        Self.circle(radius: radius, phase: phase, days: -tau).position - Self.observer.position
      tau = offset.norm / Constants.lightSpeedAUPerDay
    }
    // 0.01 mas is the accuracy that the type promises; astrometry of LSST is 10 mas.
    #expect(place.direction.angle(to: offset) < 0.01e-3 * Angle.arcsecond)
    #expect(abs(place.lightTimeDays - tau) < 1e-11)
    #expect(abs(place.heliocentricAU - radius) < 1e-9)
  }

  @Test func ratesAreDifferencesOfPlaces() {
    func place(_ days: Double) -> PredictedPlace {
      let observer = StateVector(
        position: Self.observer.position + Self.observer.velocity * days,
        velocity: Self.observer.velocity)
      let sun = StateVector(
        position: Self.sun.position + Self.sun.velocity * days, velocity: Self.sun.velocity)
      return PredictedPlace(
        object: Self.circle(radius: 2.4, phase: 1, days: days), sun: sun, observer: observer)
    }
    let step = 0.01
    let before = place(-step).raDec
    let after = place(step).raDec
    let now = place(0)
    // Third derivatives × step²/6 leave relative 1e-6.
    let ra = (after.raRad - before.raRad) / (2 * step) * cos(now.raDec.decRad)
    let dec = (after.decRad - before.decRad) / (2 * step)
    #expect(abs(now.rates.raCosDec - ra) < 1e-5 * abs(ra))
    #expect(abs(now.rates.dec - dec) < 1e-5 * abs(ra))
    let range = (place(step).topocentricAU - place(-step).topocentricAU) / (2 * step)
    #expect(abs(now.topocentricRate - range) < 1e-5 * abs(range))
  }

  @Test(arguments: 0..<6)
  func partialsAreDifferencesOfPlaces(component: Int) {
    let state = Self.circle(radius: 1.9, phase: 2.2, days: 0)
    func shifted(_ by: Double) -> PredictedPlace {
      var s = state
      switch component {
      case 0: s.position.x += by
      case 1: s.position.y += by
      case 2: s.position.z += by
      case 3: s.velocity.x += by
      case 4: s.velocity.y += by
      default: s.velocity.z += by
      }
      return PredictedPlace(object: s, sun: Self.sun, observer: Self.observer)
    }
    let step = 1e-5
    let a = shifted(-step).raDec
    let b = shifted(step).raDec
    let place = shifted(0)
    let ra = (b.raRad - a.raRad) / (2 * step) * cos(place.raDec.decRad)
    let dec = (b.decRad - a.decRad) / (2 * step)
    let p = place.partials
    let position = [p.raByPosition, p.decByPosition]
    let velocity = [p.raByVelocity, p.decByVelocity]
    func pick(_ v: Vector3, _ i: Int) -> Double { i == 0 ? v.x : i == 1 ? v.y : v.z }
    let rows = component < 3 ? position : velocity
    // The neglected pull of the Sun during a light time is relative 1e-8, rounding of the
    // difference 1e-16 / 2e-5.
    let tolerance = 2e-7 * max(abs(ra), abs(dec)) + 1e-10
    #expect(abs(pick(rows[0], component % 3) - ra) < tolerance)
    #expect(abs(pick(rows[1], component % 3) - dec) < tolerance)
  }

  @Test func anglesOfTheTriangleAddUp() {
    let place = PredictedPlace(
      object: Self.circle(radius: 2.1, phase: 0.7, days: 0), sun: Self.sun,
      observer: Self.observer)
    // Sun, object, observer: the third angle by the law of cosines from the three sides. The Sun
    // is taken at t − τ for the phase and at t for the elongation: 1e-7 rad.
    let third = (-place.sunOffset).angle(to: place.heliocentric)
    #expect(abs(place.phaseAngleRad + place.elongationRad + third - .pi) < 1e-6)
  }

  @Test func poleHasFiniteTangents() {
    let object = StateVector(position: Vector3(0, 0, 3), velocity: Vector3(0.001, 0.01, 0))
    let still = StateVector(position: .zero, velocity: .zero)
    let place = PredictedPlace(object: object, sun: still, observer: still)
    #expect(place.rates.raCosDec.isFinite && place.rates.dec.isFinite)
    #expect(place.partials.raByPosition.isFinite)
  }
}

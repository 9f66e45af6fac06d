import Astro
import Dynamics
import Foundation

/// Says which fields of a night may hold an object, by two-body motion: a superset, cheaply found.
struct OrbitSweep: Sendable {
  /// One exposure's field, seen from where it was taken.
  struct Field: Sendable {
    var centre: Vector3
    /// With margins [rad].
    var radiusRad: Double
    var epoch: Epoch<TDB>
    /// Of the observer, relative to the Sun [au].
    var observer: Vector3
  }

  private struct Circle: Sendable {
    var centre: Vector3
    var cosRadius: Double
    var observer: Vector3
    /// Since the night's middle.
    var days: Double
  }

  private let circles: [Circle]
  private let middle: Epoch<TDB>

  /// Growth of two-body motion's error by the planets: half of the pull of Jupiter at 2.5 au
  /// distance, doubled for what it does to the period [au/d²]; beyond the longest it says nothing.
  private static let planetaryDrift = 4.5e-8
  private static let longestDrift = 0.5
  /// Light time and the barycentre's motion, which the sweep leaves out [au].
  private static let leftOut = 4e-4

  init(_ fields: [Field]) {
    let first = fields.map(\.epoch).min() ?? Epoch<TDB>(mjd: 0)
    let span = fields.map(\.epoch).max()?.days(since: first) ?? 0
    let middle = first.adding(days: span / 2)
    self.middle = middle
    circles = fields.map { field in
      Circle(
        centre: field.centre, cosRadius: cos(min(.pi, field.radiusRad)), observer: field.observer,
        days: field.epoch.days(since: middle))
    }
  }

  /// Fields that may hold the object, by their indices.
  func fields(of orbit: Orbit) -> [Int] {
    var found: [Int] = []
    forEachField(of: orbit) { index in
      found.append(index)
      return true
    }
    return found
  }

  /// Whether any field may hold the object.
  func mayHold(_ orbit: Orbit) -> Bool {
    var isHeld = false
    forEachField(of: orbit) { _ in
      isHeld = true
      return false
    }
    return isHeld
  }

  /// - Parameter body: says whether to go on.
  @inline(__always)
  private func forEachField(of orbit: Orbit, _ body: (Int) -> Bool) {
    let span = middle.days(since: orbit.epoch)
    let state = TwoBody.propagate(orbit.state, days: span)
    let r2 = state.position.squaredNorm
    guard r2.isFinite, r2 > 0 else { return }
    let pull = 0.5 * GravitationalParameter.sun / r2
    let drift = min(Self.longestDrift, Self.planetaryDrift * span * span) + Self.leftOut
    for (index, circle) in circles.enumerated() {
      let offset = state.position + state.velocity * circle.days - circle.observer
      let distance = offset.norm
      let slack = drift + pull * circle.days * circle.days
      if offset.dot(circle.centre) + slack >= distance * circle.cosRadius
        - slack * abs(circle.cosRadius)
      {
        guard body(index) else { return }
      }
    }
  }
}

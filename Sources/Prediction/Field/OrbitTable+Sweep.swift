import Astro
import Dynamics
import Foundation

extension OrbitTable {
  /// Growth of two-body motion's error by the planets: half of the pull of Jupiter at 2.5 au
  /// distance, doubled for what it does to the period [au/d²].
  private static let planetaryDrift = 4.5e-8
  /// Beyond this a two-body place says nothing more [au].
  private static let longestDrift = 0.5
  /// Light time and the barycentre's motion, which the sweep leaves out [au].
  private static let leftOut = 4e-4

  /// Orbits of a range that may be in a field, by two-body motion: a superset, cheaply found.
  ///
  /// - Parameters:
  ///   - observer: relative to the Sun, ICRF [au].
  ///   - marginRad: added to the field's radius.
  /// - Complexity: 0.3 µs an orbit.
  func candidates(
    in range: Range<Int>, field: SkyField, at epoch: Epoch<TDB>, observer: Vector3,
    marginRad: Double
  ) -> [Int] {
    let days = epoch.days(since: reference)
    var found: [Int] = []
    for index in range {
      let span = days - epochDays[index]
      let state = TwoBody.propagate(states[index], days: span)
      let offset = state.position - observer
      let distance = offset.norm
      guard distance.isFinite else { continue }
      let drift =
        min(Self.longestDrift, Self.planetaryDrift * span * span) + Self.leftOut
      let lost = drift >= distance ? .pi : asin(drift / distance)
      let limit = field.radiusRad + marginRad + lost
      if limit >= .pi || offset.dot(field.centre) >= distance * cos(limit) {
        found.append(index)
      }
    }
    return found
  }
}

import Astro
import Astrometry
import Catalog
import Dynamics
import OrbitFit

/// Makes orbits anew with the detections that came to their objects.
struct Refit: Sendable {
  let plan: RefitPlan
  let resolver: ObjectResolver
  let table: ObservationTable
  let updater: OrbitUpdater
  let propagator: Propagator

  /// χ² of six degrees of freedom from which on an orbit has gone too far from what was known
  /// before: one or the other is wrong, and it stays (one in two million).
  static let mostShift = 40.0
  /// Nights that must determine an orbit which takes the place of another.
  static let leastNights = 4

  /// The object with its new orbit, or the two that it turned out to be; none when it keeps the orbit
  /// that it has.
  ///
  /// - Parameters:
  ///   - index: of the plan.
  ///   - near: the orbit in force, where it is near the detections.
  ///   - rows: the new detections.
  func object(
    _ index: Int, _ object: KnownObject, _ near: Orbit, _ rows: [Int]
  ) -> [ResolvedObject] {
    switch plan.ways[index] {
    case .none: return []
    case .again: return again(object, rows)
    case .improve(let prior):
      return improved(object, prior, resolver.union(object.id, rows)).map { [$0] } ?? []
    case .replace: return replaced(object, near, resolver.union(object.id, rows)).map { [$0] } ?? []
    }
  }

  /// Our own fit with new detections. Where none holds, what the orbit in force misses may be
  /// another object.
  private func again(_ object: KnownObject, _ rows: [Int]) -> [ResolvedObject] {
    let start = object.orbit.orbit
    let found = resolver.extendOrSplit(object.id, with: rows, start: start)
    guard found.isEmpty else { return found }
    let before = resolver.union(object.id, [])
    let places = PlaceComparison.all(of: object, rows: before, table, propagator)
    let strangers = zip(before, places).filter { _, place in
      place.map { $0.tells && $0.chi2 > OrbitSearch.chi2Limit } ?? false
    }.map { $0.0 }
    guard !strangers.isEmpty else { return [] }
    return resolver.part(object.id, strangers: strangers, with: rows, start: start)
  }

  private func improved(
    _ object: KnownObject, _ prior: OrbitSolution, _ rows: [Int]
  ) -> ResolvedObject? {
    let held = prior.orbit.quality.observedUntilMjdTai.map { until in
      rows.map { table.stored[$0].detection.midpoint.mjd <= until }
    }
    guard
      let result = updater.update(
        prior.orbit, with: rows.map { table.observations[$0] }, held: held ?? [])
    else { return nil }
    let used = result.fit.used
    guard result.fit.converged, result.shift <= Self.mostShift,
      5 * used.count(where: { $0 }) >= 4 * rows.count
    else { return nil }
    return ResolvedObject(
      ssObjectId: object.id, members: zip(rows, used).filter { $0.1 }.map { $0.0 },
      fit: result.fit.restricted(toUsed: used), prior: prior)
  }

  private func replaced(
    _ object: KnownObject, _ near: Orbit, _ rows: [Int]
  ) -> ResolvedObject? {
    guard table.nightCount(rows) >= Self.leastNights,
      var found = resolver.single(rows, start: near), found.fit.determined,
      table.nightCount(found.members) >= Self.leastNights
    else { return nil }
    found.ssObjectId = object.id
    return found
  }
}

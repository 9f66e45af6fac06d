import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation

/// What was attributed by an orbit that another one, from elsewhere, has taken the place of since.
extension NightlyRun {
  /// Objects are reviewed in so many parts, by their numbers: each is a stage.
  private static let parts: UInt = 16
  /// χ² of a detection from which on it is not the object's after all. More than what attribution
  /// accepts: a detection at that limit does not come and go with every orbit.
  private static let undoneAbove = 36.0

  /// Holds the detections of objects whose orbits were imported since the last run against these:
  /// those that are none of theirs are let go, free for linking and other objects, and what
  /// `SSSource` says of the others is computed anew.
  func review(_ journal: inout StageJournal) async throws {
    guard journal.report.newImports, let first = journal.report.reviewedFrom else { return }
    var parts: [UInt: [Int64]]?
    // Also those without an object are noted: what later stages add is not looked at by a run that is
    // resumed.
    for part in 0..<Self.parts {
      let stage = "review \(part)"
      guard journal.begin(stage) else { continue }
      let all =
        try parts
        ?? Dictionary(grouping: catalog.objectsWithNewImports(sinceRevision: first)) {
          UInt($0.magnitude) % Self.parts
        }
      parts = all
      guard let ids = all[part] else {
        try catalog.record(try journal.end(stage), runId: journal.runId)
        continue
      }
      let (updates, released, names) = try await reviewed(ids)
      journal.report.note(released, names: names)
      try catalog.apply(
        updates, released: released, stage: try journal.end(stage), runId: journal.runId)
    }
  }

  private func reviewed(
    _ ids: [Int64]
  ) async throws -> ([ObjectUpdate], [ReleasedSource], [Int64: String]) {
    let known = try catalog.solutions(ofObjects: ids).values.map { KnownObject($0) }
      .sorted { $0.id < $1.id }
    let stored = try catalog.detections(ofObjects: ids)
    var filled = ObservationTable()
    _ = try await prepare(stored, into: &filled)
    let table = filled
    let members = Dictionary(grouping: stored) { $0.ssObjectId ?? 0 }
      .mapValues { table.rows(of: $0.map(\.detection.diaSourceId)) }
    let propagator = Propagator(solarSystem)
    let judged = try await parallelMap(count: known.count, chunk: 8, jobs: options.jobs) { range in
      range.map { index in
        Self.judge(known[index], members[known[index].id] ?? [], table, propagator)
      }
    }.flatMap { $0 }
    let names = Dictionary(
      known.map { ($0.id, $0.orbit.designation) }, uniquingKeysWith: { first, _ in first })
    let kept = judged.compactMap(\.kept)
    let updates = try await rows(
      kept.map { ($0, $0.ssObjectId ?? 0, names[$0.ssObjectId ?? 0] ?? "") }, table)
    return (updates, judged.flatMap(\.released), names)
  }

  /// What an object keeps, and what it lets go. Nothing changes where the orbit can't be followed to
  /// one of the detections.
  private static func judge(
    _ object: KnownObject, _ rows: [Int], _ table: ObservationTable, _ propagator: Propagator
  ) -> (kept: ResolvedObject?, released: [ReleasedSource]) {
    var kept: [(row: Int, pairing: Pairing)] = []
    var released: [ReleasedSource] = []
    for (row, place) in zip(
      rows, PlaceComparison.all(of: object, rows: rows, table, propagator))
    {
      guard let place else { return (nil, []) }
      if place.tells, place.chi2 > undoneAbove {
        let sigmas = String(format: "%.1f", place.chi2.squareRoot())
        released.append(
          ReleasedSource(
            diaSourceId: table.stored[row].detection.diaSourceId, ssObjectId: object.id,
            reason: "\(sigmas) standard deviations from the orbit that was imported since"))
      } else {
        kept.append((row, place.pairing))
      }
    }
    guard !kept.isEmpty else { return (nil, released) }
    return (
      ResolvedObject(object.id, object.orbit, kept.map(\.pairing), kept.map(\.row)), released
    )
  }
}

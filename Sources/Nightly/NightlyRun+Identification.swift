import Astro
import Astrometry
import Catalog
import Dynamics
import OrbitFit

/// Two objects that are one: an orbit predicts the detections of an object that we found
/// ourselves. What attribution sees of that in a night is judged here by all detections of both.
extension NightlyRun {
  /// Objects of ours of which a night has two detections and more where another orbit predicts
  /// them: four fifths of them.
  func attractions(
    _ pairings: [Pairing], _ objects: [KnownObject], _ sky: NightSky, _ table: ObservationTable
  ) -> [NightlyReport.Attraction] {
    var seen: [Int64: Int] = [:]
    for row in sky.rows {
      if let owner = table.stored[row].ssObjectId { seen[owner, default: 0] += 1 }
    }
    var counts: [NightlyReport.Attraction: Set<Int>] = [:]
    for pairing in pairings {
      guard let owner = table.stored[sky.rows[pairing.slot]].ssObjectId,
        objects[pairing.object].id != owner
      else { continue }
      counts[.init(known: objects[pairing.object].id, other: owner), default: []]
        .insert(pairing.slot)
    }
    return counts.filter { pair, slots in
      slots.count >= 2 && 5 * slots.count >= 4 * (seen[pair.other] ?? 0)
    }.keys.sorted { ($0.known, $0.other) < ($1.known, $1.other) }
  }

  /// Joins the objects that turned out to be one: under the number of the one whose orbit is known
  /// elsewhere, else of the one with more detections.
  func identify(_ stage: String, _ journal: inout StageJournal) async throws {
    guard !journal.report.attractions.isEmpty, journal.begin(stage) else { return }
    let pairs = Set(journal.report.attractions)
      .sorted { ($0.known, $0.other) < ($1.known, $1.other) }
    journal.report.attractions = []
    var done = Set<Int64>()
    var updates: [ObjectUpdate] = []
    var additions: [SourceAddition] = []
    for pair in pairs where !done.contains(pair.known) && !done.contains(pair.other) {
      guard let joined = try await join(pair.known, pair.other) else { continue }
      done.formUnion([pair.known, pair.other])
      journal.report.absorbedObjects += 1
      if joined.isAddition {
        additions.append(SourceAddition(joined.update))
      } else {
        updates.append(joined.update)
      }
    }
    try catalog.apply(
      updates, additions: additions, stage: try journal.end(stage), runId: journal.runId)
  }

  struct Joined {
    var update: ObjectUpdate
    /// The survivor's orbit stays; the update has the new detections only.
    var isAddition: Bool
    var rmsArcsec: Double
  }

  /// Two objects as one; nil when they aren't: a detection of one was taken from the other, both
  /// were seen at one moment, or no orbit holds them together.
  ///
  /// - Parameter evenIfParted: also when a detection was taken from it before.
  func join(
    _ known: Int64, _ other: Int64, evenIfParted: Bool = false
  ) async throws -> Joined? {
    let solutions = try catalog.solutions(ofObjects: [known, other])
    guard let solution = solutions[known] else { return nil }
    let detections = try catalog.detections(ofObjects: [known, other])
    let of = Dictionary(grouping: detections) { $0.ssObjectId ?? 0 }
    let others = of[other] ?? []
    guard !others.isEmpty, Self.areSeenApart(of[known] ?? [], others) else { return nil }
    for stored in others where !evenIfParted {
      let barred = try catalog.releasedObjects(nights: stored.night...stored.night)
      if barred[stored.detection.diaSourceId]?.contains(known) ?? false { return nil }
    }
    var table = ObservationTable()
    _ = try await prepare(detections, into: &table)
    let object: ResolvedObject?
    if solution.isOwn {
      guard solutions[other]?.isOwn ?? true else { return nil }
      object = makeResolver([], detections, table).join(
        known, other, start: solution.orbit.orbit)
    } else {
      object = heldBy(
        KnownObject(solution), rows: table.rows(of: others.map(\.detection.diaSourceId)), table
      )
      .map {
        var object = $0
        object.absorbed = [other]
        return object
      }
    }
    guard let object, let id = object.ssObjectId else { return nil }
    let name = solutions[id]?.orbit.designation ?? solution.orbit.designation
    guard let update = try await rows([(object, id, name)], table).first else { return nil }
    return Joined(
      update: update, isAddition: object.orbitInForce != nil, rmsArcsec: object.fit.rmsArcsec)
  }

  private static func areSeenApart(_ a: [StoredDetection], _ b: [StoredDetection]) -> Bool {
    let moments = Set(a.map { [$0.detection.midpoint.mjd.bitPattern, UInt64($0.night)] })
    return !b.contains {
      moments.contains([$0.detection.midpoint.mjd.bitPattern, UInt64($0.night)])
    }
  }

  /// An object with someone else's orbit and the detections that it predicts: four fifths at least
  /// within five standard deviations, of places known to 30″.
  private func heldBy(
    _ known: KnownObject, rows: [Int], _ table: ObservationTable
  ) -> ResolvedObject? {
    let compared = PlaceComparison.all(
      of: known, rows: rows, table, Propagator(solarSystem))
    let held = zip(rows, compared).filter { _, place in
      place.map { $0.tells && $0.chi2 <= OrbitSearch.chi2Limit } ?? false
    }
    guard !held.isEmpty, 5 * held.count >= 4 * rows.count else { return nil }
    return ResolvedObject(
      known.id, known.orbit, held.compactMap { $0.1?.pairing }, held.map { $0.0 })
  }
}

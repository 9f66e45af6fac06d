import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import OrbitFit

extension NightlyRun {
  /// Gives the free detections of the window's nights to the known objects that they are, night by
  /// night: an orbit that one night has improved finds more in the next.
  ///
  /// Nights that an earlier run saw as they are, with the same imported orbits, are left out. Nights
  /// before the window that got detections since the last run are searched too.
  ///
  /// - Parameter known: what ``checkVisits(_:_:_:)`` has read and moved, if it had to.
  func attribute(
    _ input: InputDigest, _ known: inout KnownOrbits?, _ journal: inout StageJournal
  ) async throws {
    let again = options.force || options.from == .attribution || options.from == .visits
    let seen = journal.report.newImports || again ? nil : journal.report.newNights
    let nights = input.nights.keys.filter { seen?.contains($0) ?? true }
    for night in (nights + journal.report.lateNights).sorted() {
      let stage = "attribution \(night)"
      guard journal.begin(stage) else { continue }
      var orbits = try known ?? knownOrbits()
      try await attribute(night, stage, &orbits, &journal)
      known = orbits
    }
  }

  /// Searches the objects that this run made or changed in all other nights that the catalog has,
  /// from the window outwards, as far as their orbits reach.
  func precover(_ journal: inout StageJournal) async throws {
    let ids = Set(
      (journal.report.newObjects + journal.report.extendedObjects).map(\.ssObjectId)
    ).sorted()
    guard !ids.isEmpty else { return }
    let window = options.window
    func gap(_ night: Int) -> Int {
      max(0, window.lowerBound - night, night - window.upperBound)
    }
    let nights = try catalog.nightList().sorted { (gap($0), $0) < (gap($1), $1) }
    for night in nights {
      let stage = "precovery \(night)"
      guard journal.begin(stage) else { continue }
      let all = KnownOrbits(
        try catalog.solutions(ofObjects: ids).values.sorted {
          ($0.orbit.ssObjectId ?? 0) < ($1.orbit.ssObjectId ?? 0)
        }, reference: Epoch<TDB>(mjd: Double(night) + 1))
      var within = try await all.objects(
        knownWithin: OrbitSearch.widestRad, onNight: night, solarSystem, jobs: options.jobs)
      if within.objects.isEmpty { continue }
      let before = journal.report.attributed
      try await attribute(night, stage, &within, &journal)
      journal.report.precovered += journal.report.attributed - before
    }
  }

  /// One night, one transaction.
  private func attribute(
    _ night: Int, _ stage: String, _ known: inout KnownOrbits, _ journal: inout StageJournal
  ) async throws {
    var table = ObservationTable()
    _ = try await prepare(try catalog.unsettledDetections(night: night), into: &table)
    let sky = NightSky(table)
    let barred = try catalog.releasedObjects(nights: night...night)
    let objects = known.objects
    let all = try await OrbitSearch(sky: sky, solarSystem: solarSystem)
      .pairings(&known, jobs: options.jobs)
      .filter { pairing in
        let id = table.stored[sky.rows[pairing.slot]].detection.diaSourceId
        return barred[id].map { !$0.contains(objects[pairing.object].id) } ?? true
      }
    journal.report.attractions += attractions(all, objects, sky, table)
    let pairings = all.filter { table.stored[sky.rows[$0.slot]].ssObjectId == nil }
    let attribution = Attribution(pairings, slots: sky.rows.count)
    let changes = try await resolve(attribution, known, sky, &table)
    journal.report.doubtful += attribution.doubtful
    count(changes, &journal.report)
    try catalog.apply(
      changes.updates, additions: changes.additions, released: changes.released,
      stage: try journal.end(stage), runId: journal.runId)
    // As the catalog has them, so that a run that is resumed here goes on from the same numbers.
    known.replace(try catalog.solutions(ofObjects: changes.updates.map(\.ssObjectId)))
  }

  private struct AttributionChanges {
    /// Of objects whose orbit is made anew.
    var updates: [ObjectUpdate] = []
    /// To objects whose orbit stays.
    var additions: [SourceAddition] = []
    var released: [ReleasedSource] = []
    var newSources = 0
    /// Of these, to objects whose orbit comes from elsewhere.
    var toImported = 0
    var improved = 0
    /// Objects that turned out to be two.
    var split = 0
  }

  private func count(
    _ changes: AttributionChanges, _ report: inout NightlyReport
  ) {
    report.attributed += changes.newSources
    report.attributedToImported += changes.toImported
    report.attributedObjects += changes.updates.count + changes.additions.count
    report.splitObjects += changes.split
    report.improvedOrbits = (report.improvedOrbits ?? 0) + changes.improved
    let names = Dictionary(
      changes.updates.map { ($0.ssObjectId, $0.designation) }, uniquingKeysWith: { a, _ in a })
    report.note(changes.released, names: names)
  }

  private func resolve(
    _ attribution: Attribution, _ all: KnownOrbits, _ sky: NightSky,
    _ table: inout ObservationTable
  ) async throws -> AttributionChanges {
    let objects = all.objects
    let chosen = attribution.chosen
    let newest = table.stored.last?.detection.midpoint.mjd ?? 0
    let plan = try RefitPlan(chosen, objects, newestMjdTai: newest, catalog)
    let refitted = chosen.indices.filter { plan.refits($0) }
    let known = try catalog.detections(
      ofObjects: refitted.map { objects[chosen[$0][0].object].id })
    _ = try await prepare(known, into: &table)
    let fixed = table
    let refit = Refit(
      plan: plan, resolver: makeResolver([], known, fixed), table: fixed,
      updater: OrbitUpdater(solarSystem), propagator: Propagator(solarSystem))
    let resolved = try await parallelMap(count: chosen.count, chunk: 8, jobs: options.jobs) {
      range in
      range.flatMap { index -> [ResolvedObject] in
        let place = chosen[index][0].object
        let object = objects[place]
        let rows = chosen[index].map { sky.rows[$0.slot] }
        let near = all.moved[place] ?? object.orbit
        let found = refit.object(index, object, near.orbit, rows)
        guard found.isEmpty, !object.isOwn else { return found }
        return [ResolvedObject(object.id, near, chosen[index], rows)]
      }
    }.flatMap { $0 }
    let owners = Dictionary(
      uniqueKeysWithValues: chosen.map {
        (objects[$0[0].object].id, objects[$0[0].object])
      })
    let named = try named(resolved, owners, fixed)
    let rows = try await self.rows(named, fixed)
    let members = Dictionary(grouping: known) { $0.ssObjectId ?? 0 }
    let taken = Set(rows.flatMap(\.sources).map(\.diaSourceId))
    var changes = AttributionChanges()
    for (object, update) in zip(resolved, rows) {
      if object.ssObjectId == nil { changes.split += 1 }
      let isOwn = owners[update.ssObjectId]?.isOwn ?? true
      if object.orbitInForce != nil {
        changes.additions.append(SourceAddition(update))
        changes.newSources += update.sources.count
        changes.toImported += update.sources.count
        continue
      }
      changes.updates.append(update)
      let now = Set(update.sources.map(\.diaSourceId))
      let before = (members[update.ssObjectId] ?? []).map(\.detection.diaSourceId)
      let new = object.ssObjectId == nil ? 0 : now.subtracting(before).count
      changes.newSources += new
      if !isOwn {
        changes.toImported += new
        changes.improved += 1
      }
      changes.released += before.filter { !now.contains($0) }.map {
        ReleasedSource(
          diaSourceId: $0, ssObjectId: update.ssObjectId,
          reason: taken.contains($0)
            ? "another object's: no orbit held them together with more detections"
            : "rejected when the orbit was fitted with more detections")
      }
    }
    return changes
  }
}

extension NightlyRun {
  /// Known objects keep their names; parts of those that were two get new ones.
  private func named(
    _ resolved: [ResolvedObject], _ owners: [Int64: KnownObject], _ table: ObservationTable
  ) throws -> [(object: ResolvedObject, id: Int64, designation: String)] {
    var taken =
      resolved.contains { $0.ssObjectId == nil } ? try catalog.takenDesignations() : [:]
    return resolved.map { object in
      if let id = object.ssObjectId {
        return (object, id, owners[id]?.orbit.designation ?? "")
      }
      let name = Self.name(of: object, table, &taken)
      return (object, name.id, name.designation)
    }
  }
}

extension ResolvedObject {
  /// New detections of an object with someone else's orbit, and what that leaves over.
  init(
    _ id: Int64, _ orbit: CatalogOrbit, _ pairings: [Pairing], _ rows: [Int]
  ) {
    let ra = pairings.map { $0.offsetRa / Angle.arcsecond }
    let dec = pairings.map { $0.offsetDec / Angle.arcsecond }
    let squares = zip(ra, dec).reduce(0.0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 }
    self.init(
      ssObjectId: id, members: rows,
      fit: FitResult(
        orbit: orbit.orbit, covariance: nil,
        chiSquare: pairings.reduce(0) { $0 + $1.chi2 }, degreesOfFreedom: 2 * rows.count,
        rmsArcsec: (squares / Double(max(1, 2 * rows.count))).squareRoot(),
        residualsRaArcsec: ra, residualsDecArcsec: dec, used: rows.map { _ in true },
        iterations: 0, converged: true, determined: true, remark: nil),
      orbitInForce: orbit)
  }
}

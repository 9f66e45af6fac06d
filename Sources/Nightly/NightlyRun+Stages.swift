import Astro
import Astrometry
import Catalog
import Dynamics
import Linking
import OrbitFit

extension NightlyRun {
  /// Adds detections to the table, in their order.
  ///
  /// - Returns: why some could not be prepared.
  func prepare(
    _ detections: [StoredDetection], into table: inout ObservationTable
  ) async throws -> [String] {
    let preparer = ObservationPreparer(solarSystem: solarSystem)
    let prepared = try await preparer.prepare(detections.map(\.detection), jobs: options.jobs)
    for (index, observation) in zip(prepared.indices, prepared.observations) {
      table.append(detections[index], observation)
    }
    return prepared.failures.map { failure in
      let detection = detections[failure.index].detection
      let name = detection.sourceId ?? String(detection.diaSourceId)
      return "\(name): \(failure.fault.field): \(failure.fault.reason)"
    }
  }

  /// Detections of some nights that are no settled object's: what is linked.
  func linkTable(
    _ nights: ClosedRange<Int>
  ) async throws -> (table: ObservationTable, failures: [String]) {
    let window = try catalog.detections(nights: nights)
    let owners = Set(window.compactMap(\.ssObjectId)).sorted()
    let settled = try catalog.settledObjects(among: owners)
    var table = ObservationTable()
    let failures = try await prepare(
      window.filter { $0.ssObjectId.map { !settled.contains($0) } ?? true }, into: &table)
    return (table, failures)
  }

  /// Links what attribution has left, with the detections of objects that have still to prove
  /// themselves: those may grow, and join.
  func link(_ journal: inout StageJournal) async throws {
    let nights = options.from == nil ? journal.report.newNights.map { Set($0) } : nil
    let window = try linkedWindow()
    try await link(window, newNights: nights, "linking", &journal)
    try await makeObjects(window, "objects", &journal)
    // What came late may link with what its own night's window had, and with the nights after it.
    let reach = max(1, options.windowDays) - 1
    for night in journal.report.lateNights.sorted() {
      let nights = (night - reach)...(night + reach)
      try await link(nights, newNights: [night], "linking \(night)", &journal)
      try await makeObjects(nights, "objects \(night)", &journal)
    }
  }

  /// The window; with the nights after it that a run has seen before this one, when it goes back to
  /// an older night: what is new there may link with them.
  private func linkedWindow() throws -> ClosedRange<Int> {
    let window = options.window
    guard let newest = try catalog.newestNightDone(), newest > window.upperBound else {
      return window
    }
    return window.lowerBound...min(newest, window.upperBound + max(1, options.windowDays) - 1)
  }

  private func link(
    _ nights: ClosedRange<Int>, newNights: Set<Int>?, _ stage: String,
    _ journal: inout StageJournal
  ) async throws {
    guard journal.begin(stage) else { return }
    let (table, failures) = try await linkTable(nights)
    let named = Set(journal.report.quarantined)
    journal.report.quarantined += failures.filter { !named.contains($0) }
    var linking = options.linking
    linking.newNights = newNights
    let input = LinkingInput(
      observations: table.observations, magnitudes: table.stored.map(\.detection.mag),
      observatories: table.stored.map(\.detection.observatory), nights: table.stored.map(\.night))
    let found = try await Linking.link(
      input, options: linking, solarSystem: solarSystem, jobs: options.jobs)
    journal.report.tracklets += found.counts.tracklets
    journal.report.linkages += found.linkages.count
    try catalog.keep(
      found.linkages.map {
        PendingLinkage(diaSourceIds: table.ids(of: $0.members), start: $0.fit.orbit)
      }, stage: try journal.end(stage), runId: journal.runId)
  }

  /// Fits what was linked and makes objects of it.
  private func makeObjects(
    _ nights: ClosedRange<Int>, _ stage: String, _ journal: inout StageJournal
  ) async throws {
    guard journal.begin(stage) else { return }
    var (table, _) = try await linkTable(nights)
    let linkages = try catalog.pendingLinkages(ofRun: journal.runId).map {
      (rows: table.rows(of: $0.diaSourceIds), start: $0.start)
    }
    let resolved = try await resolve(linkages, &table, &journal.report)
    let updates = try await updates(resolved, table, &journal.report)
    try catalog.apply(updates, stage: try journal.end(stage), runId: journal.runId)
  }

  /// Decides what the linkages mean for the known objects; fits with perturbations, all cores.
  private func resolve(
    _ linkages: [(rows: [Int], start: Orbit?)], _ table: inout ObservationTable,
    _ report: inout NightlyReport
  ) async throws -> [ResolvedObject] {
    var owner: [Int64: Int64] = [:]
    for linkage in linkages {
      for member in linkage.rows {
        let stored = table.stored[member]
        owner[stored.detection.diaSourceId] = stored.ssObjectId
      }
    }
    let objects = Set(owner.values).sorted()
    let known = try catalog.detections(ofObjects: objects)
    let older = known.filter { table.index[$0.detection.diaSourceId] == nil }
    report.olderDetections += older.count
    report.quarantined += try await prepare(older, into: &table)

    let groups = ObjectGroup.groups(
      linkages: linkages.map { table.ids(of: $0.rows) }, owner: owner)
    let resolver = makeResolver(linkages, known, table)
    let outcomes = try await parallelMap(count: groups.count, chunk: 4, jobs: options.jobs) {
      range in range.map { resolver.resolve(groups[$0]) }
    }.joined()
    for outcome in outcomes {
      report.unchangedObjects += outcome.unchanged
      report.refusedLinkages += outcome.refused
      report.conflictingLinkages += outcome.conflicting
      report.splitObjects += outcome.split
    }
    return outcomes.flatMap(\.changed)
  }

  func makeResolver(
    _ linkages: [(rows: [Int], start: Orbit?)], _ known: [StoredDetection],
    _ table: ObservationTable
  ) -> ObjectResolver {
    let members = Dictionary(grouping: known) { $0.ssObjectId ?? 0 }
      .mapValues { table.rows(of: $0.map(\.detection.diaSourceId)) }
    let solarSystem = solarSystem
    // What linking holds to be a member stays one: at the usual limit of a fit one good detection
    // in 150 would be let go, and with it nights of objects that have few.
    var fitOptions = FitOptions()
    fitOptions.rejectAbove = options.linking.rejectionSigmas * options.linking.rejectionSigmas
    fitOptions.recoverBelow = 0.8 * fitOptions.rejectAbove
    let settings = fitOptions
    return ObjectResolver(
      table: table, linkages: linkages, objectRows: members,
      criteria: options.criteria,
      fit: { observations, start in
        fitOrbit(
          observations: observations, start: start, options: settings, solarSystem: solarSystem)
      })
  }
}

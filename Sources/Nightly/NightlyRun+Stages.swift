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

  /// - Parameter newNights: nights that make a linkage worth looking for; nil for all.
  func link(_ table: ObservationTable, newNights: Set<Int>?) async throws -> LinkingResult {
    var linking = options.linking
    linking.newNights = newNights
    let input = LinkingInput(
      observations: table.observations, magnitudes: table.stored.map(\.detection.mag),
      observatories: table.stored.map(\.detection.observatory), nights: table.stored.map(\.night))
    return try await Linking.link(input, options: linking, jobs: options.jobs)
  }

  /// Decides what the linkages mean for the known objects; fits with perturbations, all cores.
  func resolve(
    _ found: [Linkage], _ table: inout ObservationTable, _ report: inout NightlyReport
  ) async throws -> [ResolvedObject] {
    var owner: [Int64: Int64] = [:]
    for linkage in found {
      for member in linkage.members {
        let stored = table.stored[member]
        owner[stored.detection.diaSourceId] = stored.ssObjectId
      }
    }
    let objects = Set(owner.values).sorted()
    let known = try catalog.detections(ofObjects: objects)
    let older = known.filter { table.index[$0.detection.diaSourceId] == nil }
    report.olderDetections = older.count
    report.quarantined += try await prepare(older, into: &table)

    let groups = ObjectGroup.groups(
      linkages: found.map { table.ids(of: $0.members) }, owner: owner)
    let resolver = makeResolver(found, known, table)
    let outcomes = try await parallelMap(count: groups.count, chunk: 4, jobs: options.jobs) {
      range in range.map { resolver.resolve(groups[$0]) }
    }.joined()
    for outcome in outcomes {
      report.unchangedObjects += outcome.unchanged
      report.refusedLinkages += outcome.refused
      report.conflictingLinkages += outcome.conflicting
    }
    return outcomes.flatMap(\.changed)
  }

  private func makeResolver(
    _ found: [Linkage], _ known: [StoredDetection], _ table: ObservationTable
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
      table: table, linkages: found.map { ($0.members, $0.fit.orbit) }, objectRows: members,
      criteria: options.criteria,
      fit: { observations, start in
        fitOrbit(
          observations: observations, start: start, options: settings, solarSystem: solarSystem)
      })
  }
}

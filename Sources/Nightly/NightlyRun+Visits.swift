import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation

extension NightlyRun {
  /// Judges the visits of the window's new nights, and of older ones with late detections, before
  /// anything is made of them: what is wrong is set aside, named in the report, and can be taken
  /// back (`catalog visits`).
  func checkVisits(_ input: InputDigest, _ journal: inout StageJournal) async throws {
    let again = options.force || options.from == .visits
    let seen = journal.report.newImports || again ? nil : journal.report.newNights
    var orbits: [CatalogOrbit]?
    let nights = input.nights.keys.filter { seen?.contains($0) ?? true }
    for night in (nights + journal.report.lateNights).sorted() {
      let stage = "visits \(night)"
      guard journal.begin(stage) else { continue }
      let known = try orbits ?? knownSample()
      orbits = known
      let result = try await check(night, known)
      journal.report.alarms += result.alarms
      if night == options.night { journal.report.visits = result.summary }
      try catalog.judge(
        night: night, result.judgements, stage: try journal.end(stage), runId: journal.runId)
    }
  }

  /// Orbits that visits are judged by.
  private func knownSample() throws -> [CatalogOrbit] {
    try catalog.sampleOfSolutions(atMost: KnownPlaces.mostOrbits).map { KnownObject($0).orbit }
  }

  private func check(_ night: Int, _ known: [CatalogOrbit]) async throws -> VisitCheck.Result {
    var table = ObservationTable()
    _ = try await prepare(
      try catalog.detections(nights: night...night, includingSetAside: true), into: &table)
    let visits = VisitSky.visits(of: table)
    var places: KnownPlaces?
    let epochs = visits.map(\.epoch)
    if !known.isEmpty, let first = epochs.min(), let last = epochs.max() {
      // At the ends of the ephemerides there is nothing to judge by.
      places = try? await KnownPlaces(known, span: first...last, solarSystem, jobs: options.jobs)
    }
    return try await VisitCheck(
      night: Night(mjd: night), visits: visits, places: places, limits: options.alarms
    ).run(jobs: options.jobs)
  }
}

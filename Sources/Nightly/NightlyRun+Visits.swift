import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation

extension NightlyRun {
  /// Judges the visits of the window's new nights, and of older ones with late detections, before
  /// anything is made of them: what is wrong is set aside, named in the report, and can be taken
  /// back (`catalog visits`).
  func checkVisits(
    _ input: InputDigest, _ known: inout KnownOrbits?, _ journal: inout StageJournal
  ) async throws {
    let again = options.force || options.from == .visits
    let seen = journal.report.newImports || again ? nil : journal.report.newNights
    let nights = input.nights.keys.filter { seen?.contains($0) ?? true }
    for night in (nights + journal.report.lateNights).sorted() {
      let stage = "visits \(night)"
      guard journal.begin(stage) else { continue }
      var orbits = try known ?? knownOrbits()
      let result = try await check(night, &orbits)
      known = orbits
      journal.report.alarms += result.alarms
      if night == options.night { journal.report.visits = result.summary }
      try catalog.judge(
        night: night, result.judgements, stage: try journal.end(stage), runId: journal.runId)
    }
  }

  /// All orbits in force, to be brought to the middle of the window.
  func knownOrbits() throws -> KnownOrbits {
    let middle = (options.window.lowerBound + options.window.upperBound) / 2 + 1
    return KnownOrbits(
      try catalog.solutionsInForce { KnownObject($0) },
      reference: Epoch<TDB>(mjd: Double(middle)))
  }

  private func check(
    _ night: Int, _ known: inout KnownOrbits
  ) async throws -> VisitCheck.Result {
    var table = ObservationTable()
    _ = try await prepare(
      try catalog.detections(nights: night...night, includingSetAside: true), into: &table)
    let visits = VisitSky.visits(
      of: table, withoutKnown: try catalog.visitsWithoutKnown(night: night))
    var places: KnownPlaces?
    let epochs = visits.map(\.epoch)
    if !known.objects.isEmpty, let first = epochs.min(), let last = epochs.max() {
      let orbits = try await known.orbits(
        heldBy: KnownPlaces.sweep(visits), atMost: KnownPlaces.mostOrbits,
        Propagator(solarSystem), jobs: options.jobs)
      // At the ends of the ephemerides there is nothing to judge by.
      places = try? await KnownPlaces(orbits, span: first...last, solarSystem, jobs: options.jobs)
    }
    return try await VisitCheck(
      night: Night(mjd: night), visits: visits, places: places, limits: options.alarms
    ).run(jobs: options.jobs)
  }
}

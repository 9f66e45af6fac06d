import Astro
import Astrometry
import Dynamics
import FollowUp
import Foundation

/// Tonight's candidates in the order of the formula.
struct NightList {
  var candidates: [RankedCandidate] = []
  /// What holds for the whole night.
  var remarks: [String] = []
  let night: Night
  let plan: ObservingPlan
  let formula: String
  let skies: [SkyNight]
  /// By name: for charts.
  private(set) var orbits: [String: [RangedOrbit]] = [:]
  private(set) var tracks: [String: NightTrack] = [:]

  /// Orbits that stand for a region: enough for its 95 %.
  private static let orbitCount = 64
  /// Candidates whose orbits are kept for charts.
  private static let chartCount = 20

  private struct Found: Sendable {
    var candidate: RankedCandidate
    var orbits: [RangedOrbit]
    var track: NightTrack
  }

  init(
    tracklets: [Tracklet], rows: [AssessedRow], night: Night, codes: [ObservatoryCode],
    plan: ObservingPlan, formula: String, model: PopulationModel, solarSystem: SolarSystem,
    jobs: Int
  ) async throws {
    self.night = night
    self.plan = plan
    self.formula = formula
    let expression = try RankExpression(formula, names: RankedCandidate.names)
    let skies = try codes.map {
      try SkyNight(solarSystem, observatory: $0, night: night)
    }
    self.skies = skies
    for sky in skies where sky.steps.isEmpty {
      remarks.append(
        "\(sky.observatory): the night of \(night) has no darkness (Sun above -15 deg)")
    }
    let span = NightList.span(skies, night)
    let usable = rows.indices.filter { rows[$0].score != nil }
    if usable.count < rows.count {
      remarks.append("\(rows.count - usable.count) of \(rows.count) tracklets have no verdict")
    }
    let parts = try await parallelMap(count: usable.count, chunk: 32, jobs: jobs) { range in
      var ranger = Ranger(model: model)
      return try range.compactMap { place -> Found? in
        let k = usable[place]
        _ = ranger.assess(tracklets[k])
        let orbits = ranger.orbits(of: tracklets[k], count: NightList.orbitCount)
        guard
          let track = try NightTrack(
            orbits, from: span.start, days: span.days, fieldDeg: plan.fieldDeg,
            solarSystem: solarSystem)
        else { return nil }
        let loss = try LossForecast(
          orbits, epoch: tracklets[k].epoch, plan: plan, solarSystem: solarSystem)
        return Found(
          candidate: NightList.candidate(
            rows[k], track, loss, skies, plan, expression, solarSystem), orbits: orbits,
          track: track)
      }
    }
    rank(parts.flatMap { $0 })
  }

  /// From the first dark moment to the last of all sites; a day from the night's noon where there is
  /// none.
  private static func span(
    _ skies: [SkyNight], _ night: Night
  ) -> (start: Epoch<TDB>, days: Double) {
    let epochs = skies.flatMap { sky in
      [sky.steps.first, sky.steps.last].compactMap { $0?.epoch }
    }
    guard let first = epochs.min(), let last = epochs.max() else {
      return (Epoch<TDB>(mjd: Double(night.mjd) + 0.5), 1)
    }
    return (first, max(0.01, last.days(since: first)))
  }

  private static func candidate(
    _ row: AssessedRow, _ track: NightTrack, _ loss: LossForecast, _ skies: [SkyNight],
    _ plan: ObservingPlan, _ expression: RankExpression, _ solarSystem: SolarSystem
  ) -> RankedCandidate {
    let sites = skies.map { sky -> RankedCandidate.Site in
      let seen = track.visibility(sky, plan)
      let value = expression.value(RankedCandidate.numbers(row, track, loss, seen))
      // What can't be reckoned (a division by zero) is worth nothing.
      return RankedCandidate.Site(
        seen, value: value.isFinite ? value : 0, leapSeconds: solarSystem.leapSeconds)
    }
    return RankedCandidate(
      value: sites.map(\.value).max() ?? 0, assessed: row, magnitude: track.magnitude,
      rate: track.rateArcsecPerHour, regionDeg: track.radius95Rad / Angle.degree,
      inField: track.inField, galacticLatitude: track.galacticLatitudeRad / Angle.degree,
      daysToLoss: loss.daysToLoss.isFinite ? loss.daysToLoss : nil, bestDays: loss.bestDays,
      sites: sites)
  }

  private mutating func rank(_ found: [Found]) {
    let order = found.indices.sorted {
      let (a, b) = (found[$0].candidate, found[$1].candidate)
      return a.value != b.value ? a.value > b.value : a.assessed.name < b.assessed.name
    }
    for (place, k) in order.enumerated() {
      var candidate = found[k].candidate
      candidate.rank = place + 1
      candidates.append(candidate)
      if place < NightList.chartCount {
        orbits[candidate.assessed.name] = found[k].orbits
        tracks[candidate.assessed.name] = found[k].track
      }
    }
  }
}

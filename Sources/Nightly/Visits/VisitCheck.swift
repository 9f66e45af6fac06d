import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation

/// Judges a night's visits by the known objects that they show, and by the order of their times.
struct VisitCheck {
  let night: Night
  let visits: [VisitSky]
  /// Nil when nothing is known.
  let places: KnownPlaces?
  let limits: AlarmLimits

  struct Result: Sendable {
    var judgements: [VisitJudgement] = []
    var alarms: [Alarm] = []
    var summary = NightlyReport.VisitSummary()
  }

  /// A visit, compared with what is known.
  struct Comparison: Sendable {
    var expected = 0
    var found = 0
    var match = VisitMatch()
    var bias = VisitBias([])
    /// Its time is vouched for by known objects.
    var isTimeGood = false
  }

  /// Fewer known objects expected than this say nothing about those that are missing.
  private static let leastExpected = 10
  /// For an alarm more: a visit of few detections says little about how deep it is.
  static let leastMissed = 25

  func run(jobs: Int) async throws -> Result {
    let compared = try await parallelMap(count: visits.count, chunk: 4, jobs: jobs) { range in
      range.map { compare(visits[$0]) }
    }.flatMap { $0 }
    var result = Result()
    result.summary.visits = visits.count
    result.summary.expectedKnown = compared.reduce(0) { $0 + $1.expected }
    result.summary.foundKnown = compared.reduce(0) { $0 + $1.found }
    result.summary.judgedVisits = compared.count { $0.found >= VisitBias.leastCount }
    var isWrong = [Bool](repeating: false, count: visits.count)
    for (index, comparison) in compared.enumerated() {
      isWrong[index] = judge(visits[index], comparison, &result)
    }
    judgeOrder(compared, &isWrong, &result)
    judgeNights(compared, isWrong, &result)
    result.summary.setAside = result.judgements.count
    return result
  }

  // MARK: - One visit

  private func compare(_ visit: VisitSky) -> Comparison {
    guard let places, !visit.isRoving else { return Comparison() }
    let match = VisitMatch(visit, places)
    var comparison = Comparison(
      expected: match.expected, found: match.found, match: match,
      bias: VisitBias(match.residuals))
    let isMissing =
      match.expected >= Self.leastExpected
      && Double(match.found) < limits.knownFoundShare * Double(match.expected)
    if isMissing, let shift = WideSearch(visit: visit, places: places).best(),
      shift.found > match.found
    {
      comparison.bias = shift.bias
      comparison.found = shift.found
      comparison.expected = shift.expected
    }
    comparison.isTimeGood =
      comparison.bias.cause != .clock && match.found >= VisitBias.leastCount && !isMissing
      && 3 * comparison.bias.clockSigma < limits.visitClockSeconds
    return comparison
  }

  /// - Returns: whether the visit is wrong.
  private func judge(
    _ visit: VisitSky, _ comparison: Comparison, _ result: inout Result
  ) -> Bool {
    let bias = comparison.bias
    let known = "\(comparison.found) of \(comparison.expected) known objects"
    switch bias.cause {
    case .clock where isLarge(clock: bias):
      let time = Self.text(bias.clockSeconds, 1, sign: true)
      let error = Self.text(bias.clockSigma, 1)
      add(
        visit, .visitClock, "clock",
        "clock: its times lack \(time) s (± \(error)); \(known) stand along their motion",
        "correct midpointMjdTai of the visit\(Self.guess(bias.clockSeconds)) and ingest it under"
          + " new identifiers", bias, comparison, &result)
      return true
    case .offset where isLarge(offset: bias):
      let (ra, dec) = (
        Self.text(bias.offsetRa, 2, sign: true), Self.text(bias.offsetDec, 2, sign: true)
      )
      add(
        visit, .visitOffset, "offset",
        "offset: all places are off by \(ra)″ in RA cos(dec) and \(dec)″ in dec, by \(known)",
        "look at the visit's astrometric solution and ingest it anew under new identifiers", bias,
        comparison, &result)
      return true
    default:
      // How many objects it should show is known when it is known how deep it is.
      if visit.limitV != nil, comparison.expected >= Self.leastMissed,
        Double(comparison.found) < limits.knownFoundShare * Double(comparison.expected)
      {
        result.alarms.append(
          Alarm(
            kind: .knownMissing, night: "\(night)", visit: visit.key.name,
            message: "visit \(visit.key) shows \(known), and no shift explains it",
            advice: "clouds, or places or times that are wrong beyond recognition: look at the"
              + " exposure; ecliptic catalog visits --set-aside leaves it out"))
      }
      return false
    }
  }

  func isLarge(clock bias: VisitBias) -> Bool {
    abs(bias.clockSeconds) >= max(limits.visitClockSeconds, 5 * bias.clockSigma)
  }

  func isLarge(offset bias: VisitBias) -> Bool {
    bias.offset >= max(limits.visitOffsetArcsec, 5 * bias.offsetSigma)
  }

  func add(
    _ visit: VisitSky, _ kind: Alarm.Kind, _ word: String, _ reason: String, _ advice: String,
    _ bias: VisitBias, _ comparison: Comparison, _ result: inout Result
  ) {
    let consequence = limits.setsVisitsAside ? "; it is set aside" : ""
    result.alarms.append(
      Alarm(
        kind: kind, night: "\(night)", visit: visit.key.name,
        message: "visit \(visit.key): \(reason)\(consequence)", advice: advice))
    guard limits.setsVisitsAside else { return }
    result.judgements.append(
      VisitJudgement(
        visit: visit.key, judgement: .suspect, kind: word, reason: reason,
        offsetArcsec: bias.cause == .offset ? (bias.offsetRa, bias.offsetDec) : nil,
        clockSeconds: bias.cause == .clock ? bias.clockSeconds : nil, knownCount: comparison.found,
        detectionCount: visit.count))
  }

  // MARK: - The night

  /// Times that run back where numbers go on.
  private func judgeOrder(
    _ compared: [Comparison], _ isWrong: inout [Bool], _ result: inout Result
  ) {
    let numbered = visits.indices.filter { Int64(visits[$0].key.name) != nil }
    for observatory in Set(numbered.map { visits[$0].observatory }).sorted() {
      let own = numbered.filter { visits[$0].observatory == observatory }
        .sorted { (Int64(visits[$0].key.name) ?? 0) < (Int64(visits[$1].key.name) ?? 0) }
      let order = ClockOrder(times: own.map { visits[$0].epoch.mjd })
      for (index, days) in order.descents {
        let (a, b) = (visits[own[index]].key.name, visits[own[index + 1]].key.name)
        let seconds = Self.text(days * Constants.secondsPerDay, 1)
        result.alarms.append(
          Alarm(
            kind: .clockRunsBack, night: "\(night)", visit: b,
            message: "the clock of \(observatory) ran back by \(seconds) s between the visits"
              + " \(a) and \(b)",
            advice: "look at the observatory's clock; correct the times and ingest these visits"
              + " under new identifiers"))
      }
      for index in order.outOfOrder.map({ own[$0] })
      where !isWrong[index] && !compared[index].isTimeGood && limits.setsVisitsAside {
        isWrong[index] = true
        result.judgements.append(
          VisitJudgement(
            visit: visits[index].key, judgement: .suspect, kind: "order",
            reason: "its time runs back against the numbers of the visits",
            detectionCount: visits[index].count))
      }
    }
  }

  // MARK: - Words

  /// Errors that people make.
  static func guess(_ seconds: Double) -> String {
    switch abs(seconds) {
    case 36...38: " (37 s: UTC taken for TAI, or the reverse)"
    case 68...70.5: " (69.2 s: UTC taken for TT, or the reverse)"
    case 31...33.5: " (32.2 s: TAI taken for TT, or the reverse)"
    case let s where s > 1_700 && abs((s / 1_800).rounded() * 1_800 - s) < 60:
      " (\(text(s / 3_600, 1)) h: a time zone, or summer time)"
    default: ""
    }
  }

  static func text(_ value: Double, _ digits: Int, sign: Bool = false) -> String {
    String(format: sign ? "%+.\(digits)f" : "%.\(digits)f", value)
  }
}

import Astro
import Catalog
import Dynamics
import Foundation

extension VisitCheck {
  /// What an observatory's visits have in common, each of which may show few known objects.
  func judgeNights(_ compared: [Comparison], _ isWrong: [Bool], _ result: inout Result) {
    let observatories = Set(visits.map(\.observatory)).sorted()
    for observatory in observatories {
      let own = visits.indices.filter {
        visits[$0].observatory == observatory && !isWrong[$0] && !visits[$0].isRoving
      }
      let bias = VisitBias(VisitMatch.pooled(own.map { compared[$0].match }))
      if observatories.count == 1, bias.count >= VisitBias.leastCount {
        result.summary.offsetRa = bias.offsetRa
        result.summary.offsetDec = bias.offsetDec
        result.summary.clockSeconds = bias.clockSeconds
        result.summary.clockSigma = bias.clockSigma
      }
      guard own.count > 1 else { continue }
      if isMissing(own, compared) {
        judgeMissing(own, compared, &result)
      } else if bias.cause == .clock, isLarge(clock: bias) {
        addClock(own, bias, compared, &result)
      } else if bias.cause == .offset, isLarge(offset: bias) {
        let ra = Self.text(bias.offsetRa, 2, sign: true)
        let dec = Self.text(bias.offsetDec, 2, sign: true)
        result.alarms.append(
          Alarm(
            kind: .visitOffset, night: "\(night)",
            message: "all places of \(observatory) are off by \(ra)″ in RA cos(dec) and \(dec)″ in"
              + " dec, by \(bias.count) known objects",
            advice: "look at the night's astrometric solution"))
      }
    }
  }

  private func isMissing(_ own: [Int], _ compared: [Comparison]) -> Bool {
    let (found, expected) = counts(own, compared)
    return expected >= Self.leastMissed
      && Double(found) < limits.knownFoundShare * Double(expected)
  }

  private func counts(_ own: [Int], _ compared: [Comparison]) -> (found: Int, expected: Int) {
    own.reduce((0, 0)) { ($0.0 + compared[$1].found, $0.1 + compared[$1].expected) }
  }

  /// A night without the known objects that it should show: its clock may be wrong.
  private func judgeMissing(_ own: [Int], _ compared: [Comparison], _ result: inout Result) {
    if let places,
      let shift = ClockSearch(
        visits: own.map { visits[$0] }.filter { !$0.lacksKnown }, places: places
      ).best(),
      isLarge(clock: shift.bias)
    {
      return addClock(own, shift.bias, compared, &result)
    }
    // Named already, where it was one visit's.
    guard own.allSatisfy({ compared[$0].expected < Self.leastMissed }) else { return }
    let (found, expected) = counts(own, compared)
    result.alarms.append(
      Alarm(
        kind: .knownMissing, night: "\(night)",
        message: "\(own.count) visits of \(visits[own[0]].observatory) show \(found) of \(expected)"
          + " known objects, and no shift explains it",
        advice:
          "clouds, or places or times that are wrong beyond recognition: look at the exposures;"
          + " ecliptic catalog visits --set-aside leaves them out"))
  }

  /// The clock of a whole night: all its visits are wrong.
  private func addClock(
    _ own: [Int], _ bias: VisitBias, _ compared: [Comparison], _ result: inout Result
  ) {
    let time = Self.text(bias.clockSeconds, 1, sign: true)
    let reason =
      "clock: all times of \(visits[own[0]].observatory) lack \(time) s"
      + " (± \(Self.text(bias.clockSigma, 1))), by \(bias.count) known objects"
    // A visit whose time known objects vouch for is good.
    let wrong = limits.setsVisitsAside ? own.filter { !compared[$0].isTimeGood } : []
    result.alarms.append(
      Alarm(
        kind: .visitClock, night: "\(night)",
        message: reason + (wrong.isEmpty ? "" : "; \(wrong.count) visits are set aside"),
        advice: "look at the observatory's clock\(Self.guess(bias.clockSeconds)); correct the times"
          + " and ingest the night under new identifiers"))
    for index in wrong {
      result.judgements.append(
        VisitJudgement(
          visit: visits[index].key, judgement: .suspect, kind: "clock", reason: reason,
          clockSeconds: bias.clockSeconds, knownCount: compared[index].found,
          detectionCount: visits[index].count))
    }
  }
}

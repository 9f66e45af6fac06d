import ArgumentParser
import Simulation

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Completeness and purity of linkages against a truth.",
    discussion: """
      DETECTIONS has obs_id or diaSourceId and mjd_utc or midpointMjdTai; TRUTH the identifier \
      and designation (empty or -1: a false detection), perhaps class; LINKS, as link and export \
      write it, linkId or ssObjectId and the identifier. All are CSV.

      An object is findable if three nights within the window each hold two of its detections \
      1 to 90 minutes apart; it is found if a pure linkage has six of them on three such nights. \
      A linkage is pure if all members belong to one object.

      Found objects are counted by class and by the nights that they were seen on. With --stages \
      every missed object has its reason: no tracklet, no pair, no candidate, fit rejected, \
      assignment lost.

      EXAMPLE
        ecliptic link detections.csv --output links.csv --stages stages.csv
        ecliptic evaluate detections.csv truth.csv links.csv --stages stages.csv
      """)

  @Argument(help: "The detections that were linked.")
  var detections: String
  @Argument(help: "Which object each detection is of.")
  var truth: String
  @Argument(help: "The linkages to judge.")
  var links: String
  @Option(
    help: ArgumentHelp(
      "What link --stages wrote: the reason of each loss is told from it.", valueName: "file"))
  var stages: String?
  @Option(help: ArgumentHelp("Three nights must lie within this.", valueName: "days"))
  var windowDays = 15.0
  @Option(
    help: ArgumentHelp(
      "A night is floor(MJD - offset); auto: it ends at a gap of 0.25 d (for many sites).",
      valueName: "days|auto"))
  var nightOffset = "0.5"
  @OptionGroup var report: ReportOption

  func validate() throws {
    if NightRule(nightOffset) == nil {
      throw ValidationError("--night-offset \(nightOffset): expected days, as 0.5, or auto")
    }
    if !(windowDays > 0) {
      throw ValidationError("--window-days \(windowDays): expected a positive number of days")
    }
  }

  func run() throws {
    let scorer = try LinkingScorer(
      detections: detections, truth: truth, windowDays: windowDays,
      nights: NightRule(nightOffset) ?? .chile)
    let score = try scorer.score(links: links, stages: stages)
    if report.json {
      try Reporting.printJSON(score)
    } else {
      try Reporting.printText(Self.text(score))
    }
  }

  private static func text(_ score: LinkingScore) -> String {
    func percent(_ ratio: Double) -> String {
      "\((ratio * 1e5).rounded() / 1e3) %"
    }
    var lines = [
      "detections \(score.detections) of \(score.objects) objects, \(score.findable) findable",
      "found \(score.found): completeness \(percent(score.completeness))",
      "linkages \(score.linkages), pure \(score.pure): purity \(percent(score.purity))",
    ]
    if score.byClass.count > 1 {
      for (name, count) in score.byClass.sorted(by: { $0.key < $1.key }) {
        lines.append("  \(name): \(count.found) of \(count.findable)")
      }
    }
    for (pattern, count) in score.byPattern.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(pattern): \(count.found) of \(count.findable)")
    }
    lines.append(
      "nights of found objects in their linkages: \(score.attributedNights) of "
        + "\(score.nights)")
    for reason in LossReason.allCases {
      guard let byClass = score.losses?[reason.rawValue] else { continue }
      let classes = byClass.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      lines.append("missed, \(reason.rawValue): \(classes.joined(separator: ", "))")
    }
    for (name, reason) in score.missed.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(name): \(reason)")
    }
    if score.sharedDetections > 0 {
      lines.append("detections in more than one linkage: \(score.sharedDetections)")
    }
    if score.unknownIds > 0 {
      lines.append("members that are not among the detections: \(score.unknownIds)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

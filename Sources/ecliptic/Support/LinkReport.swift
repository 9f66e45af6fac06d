import Linking

/// What `link` says of its run.
struct LinkReport: Encodable {
  let counts: LinkingCounts
  let timings: [StageTiming]
  let quarantined: Int
  /// Detections whose stated error of position can't be and is taken as not stated.
  let errorsTakenAsMissing: Int

  init(result: LinkingResult, quarantined: Int, errorsTakenAsMissing: Int) {
    self.errorsTakenAsMissing = errorsTakenAsMissing
    counts = result.counts
    timings = result.timings
    self.quarantined = quarantined
  }

  /// - Parameter dataOnStdout: the links are there; the report for people then goes to stderr.
  func print(json: Bool, dataOnStdout: Bool) throws {
    if json { return try Reporting.printJSON(self) }
    let crowded =
      counts.partnersLeftOut > 0
      ? "; \(counts.partnersLeftOut) farther partners left out in crowds" : ""
    let unsolved =
      counts.pairsLeftOut > 0 ? "; \(counts.pairsLeftOut) left out in crowds" : ""
    let repeated = counts.duplicates > 0 ? ", \(counts.duplicates) repeated" : ""
    let text = """
      detections    \(counts.detections) (\(quarantined) more quarantined)\(repeated), \
      \(counts.fixedSources) at fixed places
      tracklets     \(counts.tracklets), \(counts.longTracklets) of three detections and more\(crowded)
      pairs         \(counts.pairs) of \(counts.solvedPairs) solved, \(counts.grownPairs) grown\(unsolved)
      candidates    \(counts.candidates)
      linkages      \(counts.linkages) (\(counts.attached) detections attached, \
      \(counts.merged) merged)
      seconds       \(timings.map { "\($0.stage) \(($0.seconds * 100).rounded() / 100)" }
        .joined(separator: ", "))
      """
    if dataOnStdout { Reporting.printError(text) } else { try Reporting.printText(text + "\n") }
  }
}

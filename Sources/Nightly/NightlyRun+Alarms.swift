import Astrometry
import Catalog
import Foundation

extension NightlyRun {
  /// What is abnormal about the night as a whole.
  ///
  /// - Parameter earlier: when the last run before this one was done; nil: there was none.
  func nightAlarms(
    _ counts: [Int: Int], _ report: NightlyReport, since earlier: Date?
  ) throws -> [Alarm] {
    var alarms: [Alarm] = []
    let night = "\(Night(mjd: options.night))"
    let limits = options.alarms
    let before = counts.filter { $0.key < options.night }.map(\.value)
    let tonight = counts[options.night] ?? 0
    let usual = VisitBias.median(before.map(Double.init))
    let isCompared =
      before.count >= limits.comparedNights && usual >= Double(limits.comparedDetections)
    if isCompared, Double(tonight) < limits.detectionShare * usual {
      alarms.append(
        Alarm(
          kind: .fewDetections, night: night,
          message: "\(tonight) detections; the median of the \(before.count) nights before is"
            + " \(Int(usual))",
          advice: "clouds, or files that are missing: compare with the observing log, ingest what"
            + " is missing and run nightly again"))
    }
    let decided = report.attributed + report.doubtful + report.released
    let rejected = report.doubtful + report.released
    if rejected >= limits.rejectedCount, Double(rejected) > limits.rejectedShare * Double(decided) {
      alarms.append(
        Alarm(
          kind: .manyRejected, night: night,
          message: "\(report.doubtful) detections near known objects are doubtful and"
            + " \(report.released) were let go, of \(decided)",
          advice: "look at the astrometric errors that the detections claim, and at orbits that"
            + " were imported last"))
    }
    return alarms + (try quarantineAlarms(night, report, since: earlier))
  }

  /// Files of which much could not be used, and detections that nothing can be computed from.
  private func quarantineAlarms(
    _ night: String, _ report: NightlyReport, since earlier: Date?
  ) throws -> [Alarm] {
    let limits = options.alarms
    func isMuch(_ bad: Int, of all: Int) -> Bool {
      bad >= limits.quarantinedCount && Double(bad) > limits.quarantinedShare * Double(max(1, all))
    }
    let advice =
      "see why: ecliptic export --table quarantine --format csv; mend the files and ingest them again"
    var alarms = try catalog.filesWithBadRecords(since: earlier)
      .filter { isMuch($0.quarantined, of: $0.rows) }
      .map { file in
        Alarm(
          kind: .manyQuarantined, night: night,
          message: "\(file.quarantined) of \(file.rows) records of \(file.file) could not be used",
          advice: advice)
      }
    if isMuch(report.quarantined.count, of: report.detections) {
      alarms.append(
        Alarm(
          kind: .manyQuarantined, night: night,
          message: "\(report.quarantined.count) of \(report.detections) detections of the window"
            + " could not be used",
          advice: "the report names them, with reasons"))
    }
    return alarms
  }
}

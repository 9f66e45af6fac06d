import Foundation
import Nightly

/// A run's figures in Prometheus' text format, for node_exporter's textfile collector.
struct NightlyMetrics {
  private var text = ""

  /// - Parameters:
  ///   - report: nil for a run that failed.
  ///   - seconds: how long the command took.
  init(_ report: NightlyReport?, exitCode: Int32, seconds: Double, catalog: String, now: Date) {
    gauge("run_timestamp_seconds", "When the last run ended.", now.timeIntervalSince1970)
    gauge("run_duration_seconds", "How long the last run took.", seconds)
    gauge("exit_code", "Exit code of the last run.", Double(exitCode))
    gauge("catalog_bytes", "Size of the catalog's file.", Self.size(of: catalog))
    gauge("max_rss_bytes", "Largest memory of the last run.", Self.largestMemory)
    guard let report else { return }
    gauge("night_mjd", "Night of the last run, MJD of the evening.", Double(report.lastNight))
    gauge(
      "already_done", "Whether the last run had been done before.", report.alreadyDone ? 1 : 0)
    counts(report)
    samples(
      "alarms", "Alarms of the last run by kind.",
      Alarm.Kind.allCases.map { kind in
        ("kind", kind.rawValue, Double(report.alarms.count { $0.kind == kind }))
      })
    samples(
      "stage_seconds", "Time of each stage.", report.stages.map { ("stage", $0.stage, $0.seconds) })
    if !report.tables.isEmpty {
      samples(
        "prediction_table_objects", "Objects in the next night's tables.",
        report.tables.map { ("site", $0.site, Double($0.objects)) })
    }
    injected(report)
  }

  private mutating func counts(_ report: NightlyReport) {
    samples(
      "detections", "Detections by what became of them.",
      [
        ("state", "window", Double(report.detections)),
        ("state", "night", Double(report.pictures?.detections ?? 0)),
        ("state", "attributed", Double(report.attributed)),
        ("state", "doubtful", Double(report.doubtful)),
        ("state", "released", Double(report.released)),
        ("state", "precovered", Double(report.precovered)),
        ("state", "not_used", Double(report.quarantined.count)),
      ])
    samples(
      "objects", "Objects that the run made or changed.",
      [
        ("state", "new", Double(report.newObjects.count)),
        ("state", "extended", Double(report.extendedObjects.count)),
        ("state", "absorbed", Double(report.absorbedObjects)),
      ])
    samples(
      "linkages", "Linkages by what became of them.",
      [
        ("state", "all", Double(report.linkages)),
        ("state", "refused", Double(report.refusedLinkages)),
        ("state", "conflicting", Double(report.conflictingLinkages)),
      ])
    guard let visits = report.visits else { return }
    samples(
      "visits", "Visits of the night.",
      [
        ("state", "all", Double(visits.visits)), ("state", "judged", Double(visits.judgedVisits)),
        ("state", "set_aside", Double(visits.setAside)),
      ])
  }

  private mutating func injected(_ report: NightlyReport) {
    guard let injection = report.injection else { return }
    samples(
      "synthetic_linkable", "Synthetic objects seen often enough to be linked.",
      injection.byClass.map { ("class", $0.name, Double($0.linkable)) })
    samples(
      "synthetic_found", "Synthetic objects that were found.",
      injection.byClass.map { ("class", $0.name, Double($0.found)) })
  }

  /// Writes the file in one step.
  func write(to path: String) throws { try OutputFile.write(to: path) { try $0.write(text) } }

  // MARK: - Format

  private mutating func head(_ name: String, _ help: String) {
    text += "# HELP ecliptic_nightly_\(name) \(help)\n# TYPE ecliptic_nightly_\(name) gauge\n"
  }

  private mutating func gauge(_ name: String, _ help: String, _ value: Double) {
    head(name, help)
    text += "ecliptic_nightly_\(name) \(value)\n"
  }

  private mutating func samples(
    _ name: String, _ help: String, _ samples: [(label: String, value: String, number: Double)]
  ) {
    head(name, help)
    for sample in samples {
      text += "ecliptic_nightly_\(name){\(sample.label)=\"\(sample.value)\"} \(sample.number)\n"
    }
  }

  private static func size(of path: String) -> Double {
    let values = try? URL(filePath: path).resourceValues(forKeys: [.fileSizeKey])
    return Double(values?.fileSize ?? 0)
  }

  private static var largestMemory: Double {
    var usage = rusage()
    return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0
      ? Double(usage.ru_maxrss) * 1_024 : 0
  }
}

import Astrometry
import Foundation
import Nightly

/// The nightly report for people.
enum NightlyText {
  static func text(of report: NightlyReport) -> String {
    let (first, last) = (Night(mjd: report.firstNight), Night(mjd: report.lastNight))
    var text = "nights \(first) to \(last)"
    text += report.alreadyDone ? ": done before, nothing changed; it found then\n" : "\n"
    let alarms = AlarmGroup.groups(report.alarms)
    for group in alarms {
      for alarm in group.shown {
        text += "ALARM \(alarm.night): \(alarm.message)\n"
      }
      if group.more > 0 { text += "ALARM ... and \(group.more) more of this kind\n" }
      text += "  what to do: \(group.advice)\n"
    }
    text += """
      detections          \(report.detections), and \(report.olderDetections) older ones of known objects
      not used            \(report.quarantined.count)
      attributed          \(report.attributed) to \(report.attributedObjects) objects, \
      \(report.attributedToImported) of them by imported orbits
      improved orbits     \(report.improvedOrbits ?? 0) of those known elsewhere
      doubtful            \(report.doubtful)
      released            \(report.released)
      tracklets           \(report.tracklets)
      linkages            \(report.linkages)
      new objects         \(report.newObjects.count)
      extended objects    \(report.extendedObjects.count), absorbing \(report.absorbedObjects) others
      split objects       \(report.splitObjects)
      unchanged objects   \(report.unchangedObjects)
      refused by the fit  \(report.refusedLinkages)
      conflicting         \(report.conflictingLinkages)
      precovered          \(report.precovered)\n
      """
    let times = report.stages.map { "\($0.stage) \(number($0.seconds, 2))" }
    if let nights = report.newNights {
      let names = nights.map { "\(Night(mjd: $0))" }
      text += "nights not seen yet \(nights.isEmpty ? "none" : names.joined(separator: ", "))\n"
    }
    text += visits(report) + tables(report) + synthetic(report)
    if !report.lateNights.isEmpty {
      let names = report.lateNights.map { "\(Night(mjd: $0))" }
      text += "late nights         \(names.joined(separator: ", "))\n"
    }
    text += "seconds             \(times.joined(separator: ", "))\n"
    text += table("new", report.newObjects) + table("extended", report.extendedObjects)
    return text + undone(report)
  }

  /// Attributions that turned out to be wrong.
  private static func undone(_ report: NightlyReport) -> String {
    guard let lines = report.releasedDetections, !lines.isEmpty else { return "" }
    var text = "\nundone: detections that are no more the object's that they were given to\n"
    for line in lines.prefix(shownObjects) {
      text += "\(line.diaSourceId)  was \(line.designation): \(line.reason)\n"
    }
    let more = report.released - min(lines.count, shownObjects)
    if more > 0 {
      text += "... and \(more) more: ecliptic export --table releasedSources --format csv\n"
    }
    return text
  }

  private static func visits(_ report: NightlyReport) -> String {
    guard let visits = report.visits else { return "" }
    var text =
      "visits              \(visits.visits), \(visits.judgedVisits) judged by known objects"
    text +=
      " (\(visits.foundKnown) of \(visits.expectedKnown) seen), \(visits.setAside) set aside\n"
    if let ra = visits.offsetRa, let dec = visits.offsetDec, let clock = visits.clockSeconds {
      text += "residual bias       \(number(ra, 3))\" RA, \(number(dec, 3))\" dec; as time"
      text += " \(number(clock, 1)) s (± \(number(visits.clockSigma ?? 0, 1)))\n"
    }
    return text
  }

  private static func synthetic(_ report: NightlyReport) -> String {
    guard let injection = report.injection else { return "" }
    func line(_ name: String, _ line: InjectionReport.Line) -> String {
      let range = line.completenessRange.map { range in
        " (\(number(100 * range.lowerBound, 1)) to \(number(100 * range.upperBound, 1)) at 95 %)"
      }
      let share =
        line.completeness.map { ", \(number(100 * $0, 1)) % of these\(range ?? "")" } ?? ""
      return "\(column(name, 20))\(line.covered) on detectors, \(line.linkable) seen enough, "
        + "\(line.found) found\(share)\n"
    }
    var text = line("synthetic objects", injection.all)
    for kind in injection.byClass { text += line("  \(kind.name)", kind) }
    let ranges = injection.byMagnitude.filter { $0.linkable > 0 }.map { range in
      "\(range.name.prefix { $0 != " " }): \(range.found)/\(range.linkable)"
    }
    return text + "  by V              \(ranges.joined(separator: ", "))\n"
  }

  private static func tables(_ report: NightlyReport) -> String {
    let lines = report.tables.map { table in
      let what = table.file ?? table.problem ?? ""
      return "predictions         \(table.night) \(table.site): \(table.objects) objects, \(what)\n"
    }
    return lines.joined()
  }

  /// More objects than this are for `--json` and `export`.
  private static let shownObjects = 40

  private static func table(_ title: String, _ lines: [NightlyReport.ObjectLine]) -> String {
    guard !lines.isEmpty else { return "" }
    var text = "\n\(column(title, 18))  obs nights  arc[d]  rms[\"]   q[au]      e    i[deg]\n"
    for line in lines.prefix(shownObjects) {
      text += column(line.designation, 18)
      text += right("\(line.detections)", 5) + right("\(line.nights)", 7)
      text += right(number(line.arcDays, 2), 8) + right(number(line.rmsArcsec, 3), 8)
      text += right(line.perihelion.map { number($0, 4) } ?? "-", 8)
      text += right(line.eccentricity.map { number($0, 4) } ?? "-", 8)
      text += right(line.inclination.map { number($0, 3) } ?? "-", 9)
      text += line.determined ? "\n" : "  not determined\n"
    }
    if lines.count > shownObjects { text += "... and \(lines.count - shownObjects) more\n" }
    return text
  }

  private static func column(_ text: String, _ width: Int) -> String {
    text.padding(toLength: width, withPad: " ", startingAt: 0)
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }

  private static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}

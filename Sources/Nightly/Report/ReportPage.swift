import Astrometry
public import Foundation

/// A nightly report as one HTML page that needs nothing from elsewhere.
public struct ReportPage {
  let report: NightlyReport
  let past: [PastNight]
  let catalog: String
  let madeAt: Date

  /// - Parameters:
  ///   - past: nights before, the oldest first.
  ///   - catalog: its name, for the title.
  public init(_ report: NightlyReport, past: [PastNight], catalog: String, madeAt: Date = .now) {
    self.report = report
    self.past = past
    self.catalog = catalog
    self.madeAt = madeAt
  }

  private var night: String { "\(Night(mjd: report.lastNight))" }

  public var html: String {
    let pictures = report.pictures ?? NightPictures()
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Night \(night)</title><style>
      \(PageStyle.css)
      </style></head><body><main>
      <h1>Night of \(night)</h1>
      <p class="sub">\(catalog.html), window from \(Night(mjd: report.firstNight))\
      \(report.alreadyDone ? "; this run had been done before" : "")</p>
      \(banner)
      \(tiles(pictures))
      \(skyCard(pictures))
      <div class="two">\(magnitudeCard(pictures))\(residualCard(pictures))</div>
      \(classCard(pictures))
      \(completenessCard)
      <div class="two">\(timeCard)\(countCard(pictures))</div>
      \(objectCard("New objects", report.newObjects))
      \(objectCard("Objects extended by linking", report.extendedObjects))
      \(undoneCard)
      \(detailCard)
      <footer>Made \(madeAt.formatted(.iso8601)) by ecliptic.</footer>
      </main></body></html>

      """
  }

  // MARK: - Head

  private var banner: String {
    guard !report.alarms.isEmpty else { return "<div class=\"ok\">No alarms.</div>" }
    let count = report.alarms.count
    let lines = AlarmGroup.groups(report.alarms).flatMap { group in
      group.shown.enumerated().map { index, alarm in
        let isLast = index == group.shown.count - 1
        let more = isLast && group.more > 0 ? "; and \(group.more) more of this kind" : ""
        return "<li><b>\(alarm.night)</b> \(alarm.message.html)\(more)"
          + (isLast ? "<small>\(group.advice.html)</small></li>" : "</li>")
      }
    }
    return "<div class=\"alarms\"><h2>\(count) alarm\(count == 1 ? "" : "s")</h2>"
      + "<ul>\(lines.joined())</ul></div>"
  }

  private func tiles(_ pictures: NightPictures) -> String {
    let found = report.injection.flatMap(\.all.completeness).map { Self.percent($0) } ?? "–"
    let values = [
      (Self.grouped(pictures.detections), "detections tonight"),
      (Self.grouped(pictures.detectionsOfObjects), "of them objects'"),
      (Self.grouped(report.attributed), "attributed by this run"),
      (Self.grouped(report.newObjects.count), "new objects"),
      (Self.grouped(report.extendedObjects.count), "extended objects"),
      (found, "of synthetic objects found"),
      (Self.grouped(report.visits?.setAside ?? 0), "visits set aside"),
      (Self.seconds(report.stages.reduce(0) { $0 + $1.seconds }), "run time"),
    ]
    let tiles = values.map { "<div class=\"tile\"><b>\($0.0)</b><span>\($0.1)</span></div>" }
    return "<div class=\"tiles\">\(tiles.joined())</div>"
  }

  // MARK: - Pictures

  private func skyCard(_ pictures: NightPictures) -> String {
    guard !pictures.fields.isEmpty else {
      return Self.card("Sky", "No detections in this night.", "")
    }
    return Self.card(
      "Tonight's sky", "Equatorial, right ascension to the left; the dashed line is the ecliptic.",
      SkyMap(pictures).svg
        + Self.legend([
          ("var(--field)", "exposures"), ("var(--known)", "known objects"),
          ("var(--extended)", "extended by linking"), ("var(--new)", "new"),
        ]))
  }

  private func magnitudeCard(_ pictures: NightPictures) -> String {
    let all = pictures.magnitudes
    let columns = all.counts.indices.map { index in
      let low = all.start + Double(index) * all.step
      let (count, own) = (all.counts[index], pictures.objectMagnitudes.counts[index])
      return BarChart.Column(
        label: Self.text(low, 0), title: "\(Self.text(low, 1)) mag: \(count), objects' \(own)",
        values: [Double(count), Double(own)])
    }
    var chart = BarChart(columns: columns, colors: ["var(--s7)", "var(--s0)"], isStacked: false)
    chart.unit = "detections"
    return Self.card(
      "Magnitudes", "Each in its band, bins of half a magnitude.",
      chart.svg + Self.legend([("var(--s7)", "all detections"), ("var(--s0)", "of objects")]))
  }

  private func residualCard(_ pictures: NightPictures) -> String {
    func chart(_ histogram: NightPictures.Histogram, _ color: String, _ name: String) -> String {
      let columns = histogram.counts.enumerated().map { index, count in
        let low = histogram.start + Double(index) * histogram.step
        return BarChart.Column(
          label: Self.text(low, 1), title: "\(Self.text(low, 2))″: \(count)",
          values: [Double(count)])
      }
      var chart = BarChart(columns: columns, colors: [color], height: 128)
      chart.unit = name
      chart.mostLabels = 10
      return chart.svg
    }
    let sigma = { (value: Double?) in value.map { Self.text($0, 3) + "″" } ?? "–" }
    let note =
      "Observed minus computed; robust sigma \(sigma(pictures.alongSigma)) along,"
      + " \(sigma(pictures.acrossSigma)) across the motion."
    return Self.card(
      "Residuals", note,
      chart(pictures.along, "var(--s0)", "along [″]")
        + chart(pictures.across, "var(--s2)", "across [″]"))
  }

  private func classCard(_ pictures: NightPictures) -> String {
    guard !pictures.classes.isEmpty else { return "" }
    let largest = pictures.classes.map { $0.new + $0.extended + $0.known }.max() ?? 1
    let rows = pictures.classes.map { line in
      let bar = [(line.known, "known"), (line.extended, "extended"), (line.new, "new")].map {
        let width = 100 * Double($0.0) / Double(max(1, largest))
        return "<span style=\"display:inline-block;height:12px;background:var(--\($0.1));"
          + "width:\(Self.text(width, 2))%;min-width:\($0.0 > 0 ? 2 : 0)px\"></span>"
      }
      return "<tr><td>\(line.name.html)</td><td class=\"n\">\(line.new)</td><td class=\"n\">"
        + "\(line.extended)</td><td class=\"n\">\(line.known)</td>"
        + "<td style=\"width:45%\">\(bar.joined())</td></tr>"
    }
    return Self.card(
      "Kinds of orbits", "Objects seen tonight.",
      "<table><tr><th>class</th><th class=\"n\">new</th><th class=\"n\">extended</th>"
        + "<th class=\"n\">known</th><th></th></tr>\(rows.joined())</table>")
  }

  /// What so few objects can tell of the completeness.
  private static func range(_ line: InjectionReport.Line) -> String {
    line.completenessRange.map { " (\(percent($0.lowerBound)) – \(percent($0.upperBound)))" } ?? ""
  }

  private var completenessCard: String {
    guard let injection = report.injection else { return "" }
    let columns = injection.byMagnitude.map { line in
      let title =
        "V \(line.name): on detectors \(line.covered), seen \(line.linkable),"
        + " found \(line.found)"
      return BarChart.Column(
        label: String(line.name.prefix { $0 != " " }), title: title,
        values: [Double(line.covered), Double(line.linkable), Double(line.found)])
    }
    var chart = BarChart(
      columns: columns, colors: ["var(--s7)", "var(--s1)", "var(--s2)"], isStacked: false)
    chart.width = 1_040
    chart.unit = "objects"
    let rows = (injection.byClass + [injection.all]).map { line in
      "<tr><td>\(line.name.html)</td><td class=\"n\">\(line.covered)</td><td class=\"n\">"
        + "\(line.linkable)</td><td class=\"n\">\(line.found)</td><td class=\"n\">"
        + "\(line.completeness.map { Self.percent($0) } ?? "–")\(Self.range(line))"
        + "</td><td class=\"n\">"
        + "\(line.efficiency.map { Self.percent($0) } ?? "–")</td></tr>"
    }
    return Self.card(
      "Completeness, by synthetic objects",
      "\(injection.injected) objects put among the detections in memory: on the detector in nights"
        + " enough, seen often enough to be linked, found.",
      chart.svg
        + Self.legend([
          ("var(--s7)", "on detectors"), ("var(--s1)", "seen"), ("var(--s2)", "found"),
        ])
        + "<table><tr><th>class</th><th class=\"n\">on detectors</th><th class=\"n\">seen</th>"
        + "<th class=\"n\">found</th><th class=\"n\">of seen</th><th class=\"n\">of all</th></tr>"
        + "\(rows.joined())</table>")
  }

  // MARK: - Nights

  private var nights: [PastNight] {
    let tonight = PastNight(
      night: report.lastNight, detections: report.pictures?.detections ?? 0,
      newObjects: report.newObjects.count, alarms: report.alarms.count, stages: report.stages)
    return past.filter { $0.night != tonight.night } + [tonight]
  }

  private var timeCard: String {
    var names: [String] = []
    for stage in nights.flatMap(\.stages) where !names.contains(stage.stage) {
      names.append(stage.stage)
    }
    let colors = names.indices.map { "var(--s\($0 % PageStyle.seriesCount))" }
    let columns = nights.map { night in
      let date = "\(Night(mjd: night.night))"
      return BarChart.Column(
        label: String(date.suffix(5)), title: "\(date): \(Self.seconds(night.seconds))",
        values: names.map { name in
          night.stages.first { $0.stage == name }?.seconds ?? 0
        })
    }
    var chart = BarChart(columns: columns, colors: colors)
    chart.unit = "seconds"
    chart.mostLabels = 8
    return Self.card(
      "Time by stage", "The last \(nights.count) nights.",
      chart.svg + Self.legend(Array(zip(colors, names))))
  }

  private func countCard(_ pictures: NightPictures) -> String {
    let columns = nights.map { night in
      let date = "\(Night(mjd: night.night))"
      return BarChart.Column(
        label: String(date.suffix(5)),
        title: "\(date): \(night.detections) detections, \(night.newObjects) new objects,"
          + " \(night.alarms) alarms",
        values: [
          night.alarms > 0 ? 0 : Double(night.detections),
          night.alarms > 0 ? Double(night.detections) : 0,
        ])
    }
    var chart = BarChart(columns: columns, colors: ["var(--s0)", "var(--new)"])
    chart.unit = "detections"
    chart.mostLabels = 8
    return Self.card(
      "Detections by night", "The last \(nights.count) nights.",
      chart.svg + Self.legend([("var(--s0)", "no alarm"), ("var(--new)", "with alarms")]))
  }

  // MARK: - Tables

  private static let shownObjects = 60

  private func objectCard(_ title: String, _ lines: [NightlyReport.ObjectLine]) -> String {
    guard !lines.isEmpty else { return "" }
    let rows = lines.prefix(Self.shownObjects).map { line in
      let cells = [
        "\(line.detections)", "\(line.nights)", Self.text(line.arcDays, 2),
        Self.text(line.rmsArcsec, 3), line.perihelion.map { Self.text($0, 4) } ?? "–",
        line.eccentricity.map { Self.text($0, 4) } ?? "–",
        line.inclination.map { Self.text($0, 3) } ?? "–",
      ].map { "<td class=\"n\">\($0)</td>" }
      return "<tr><td>\(line.designation.html)</td>\(cells.joined())"
        + "<td>\(line.determined ? "" : "not determined")</td></tr>"
    }
    let more = lines.count - rows.count
    let heads = ["obs", "nights", "arc [d]", "rms [″]", "q [au]", "e", "i [°]"]
      .map { "<th class=\"n\">\($0)</th>" }
    return Self.card(
      "\(title): \(lines.count)",
      more > 0 ? "The first \(rows.count); the others are in the catalog." : "",
      "<table><tr><th>designation</th>\(heads.joined())<th></th></tr>\(rows.joined())</table>")
  }

  private var undoneCard: String {
    guard let lines = report.releasedDetections, !lines.isEmpty else { return "" }
    let rows = lines.prefix(40).map { line in
      "<tr><td>\(line.diaSourceId)</td><td>\(line.designation.html)</td>"
        + "<td>\(line.reason.html)</td></tr>"
    }
    return Self.card(
      "Attributions undone",
      "\(report.released) detections are no more the object's that they"
        + " were given to; all of them are in the catalog's table releasedSources.",
      "<table><tr><th>detection</th><th>was</th><th>why</th></tr>\(rows.joined())</table>")
  }

  private var detailCard: String {
    var lines = [
      ("doubtful, let go", "\(report.doubtful), \(report.released)"),
      ("tracklets, linkages", "\(report.tracklets), \(report.linkages)"),
      (
        "refused by the fit, conflicting",
        "\(report.refusedLinkages), \(report.conflictingLinkages)"
      ),
      ("orbits known elsewhere that were improved", "\(report.improvedOrbits ?? 0)"),
      ("found in earlier nights", "\(report.precovered)"),
      ("not used", "\(report.quarantined.count)"),
    ]
    if let visits = report.visits {
      lines.append(("visits, judged by known objects", "\(visits.visits), \(visits.judgedVisits)"))
      lines.append(
        ("known objects seen, expected", "\(visits.foundKnown), \(visits.expectedKnown)"))
    }
    for table in report.tables {
      lines.append(
        (
          "predictions for \(table.night), \(table.site)",
          table.file ?? table.problem ?? "\(table.objects) objects"
        ))
    }
    let rows = lines.map { "<tr><td>\($0.0.html)</td><td>\($0.1.html)</td></tr>" }
    return Self.card("Details", "", "<table>\(rows.joined())</table>")
  }

  // MARK: - Words

  private static func card(_ title: String, _ note: String, _ body: String) -> String {
    "<section class=\"card\"><h2>\(title.html)</h2>"
      + (note.isEmpty ? "" : "<p class=\"note\">\(note)</p>") + body + "</section>"
  }

  private static func legend(_ entries: [(String, String)]) -> String {
    let items = entries.map { "<span><i style=\"background:\($0.0)\"></i>\($0.1.html)</span>" }
    return "<div class=\"legend\">\(items.joined())</div>"
  }

  private static func text(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  private static func percent(_ value: Double) -> String { text(100 * value, 1) + " %" }

  private static func seconds(_ value: Double) -> String {
    value < 100 ? text(value, 1) + " s" : text(value / 60, 1) + " min"
  }

  /// With thin spaces between groups of three digits.
  private static func grouped(_ value: Int) -> String {
    var digits = String(value)
    var parts: [String] = []
    while digits.count > 3 {
      parts.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + parts).joined(separator: "\u{202F}")
  }
}

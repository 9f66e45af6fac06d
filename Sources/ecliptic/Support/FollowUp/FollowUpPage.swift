import Astro
import Astrometry
import Dynamics
import FollowUp
import Foundation

/// Tonight's list as one HTML file: the table, and for the first candidates a chart of altitude against
/// time and one of the region on the sky.
struct FollowUpPage {
  let html: String

  init(_ list: NightList, _ shown: [RankedCandidate], _ solarSystem: SolarSystem) throws {
    var text = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Follow-up, \(list.night)</title>
      <style>
      body{font:14px/1.4 system-ui,sans-serif;margin:2em;color:#1b2733;background:#fbfbf9}
      table{border-collapse:collapse}th,td{padding:.2em .6em;text-align:right;white-space:nowrap}
      th{border-bottom:1px solid #888}td:nth-child(3),th:nth-child(3){text-align:left}
      figure{display:inline-block;margin:1em 1em 0 0}figcaption{font-size:12px;color:#555}
      .alarm{color:#b00020;font-weight:bold}svg{background:#fff;border:1px solid #ddd}
      </style></head><body>
      <h1>Follow-up for the night of \(list.night)</h1>
      <p>Limit V \(list.plan.limitMagnitude), field \(list.plan.fieldDeg)°. Order:
      <code>\(FollowUpPage.escaped(list.formula))</code></p>

      """
    for remark in list.remarks { text += "<p>\(FollowUpPage.escaped(remark))</p>\n" }
    text += FollowUpPage.table(shown)
    for candidate in shown {
      guard let track = list.tracks[candidate.assessed.name],
        let orbits = list.orbits[candidate.assessed.name]
      else { continue }
      text += "<h2>\(candidate.rank). \(FollowUpPage.escaped(candidate.assessed.name))</h2>\n"
      text += FollowUpPage.altitudeChart(track, list)
      text += try FollowUpPage.skyChart(orbits, track, list, solarSystem)
    }
    html = text + "</body></html>\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  private static func table(_ shown: [RankedCandidate]) -> String {
    let head = [
      "", "value", "name", "likeliest", "p(NEO)", "score", "V", "\"/h", "region", "lost in",
      "site", "best (UTC)", "alt", "air", "Moon", "margin",
    ]
    var text = "<table><tr>" + head.map { "<th>\($0)</th>" }.joined() + "</tr>\n"
    for c in shown {
      let a = c.assessed
      let near = (a.probabilities["nearEarth"] ?? 0) + (a.probabilities["interior"] ?? 0)
      let site = c.best
      func number(_ value: Double?, _ decimals: Int) -> String {
        value.map { String(format: "%.\(decimals)f", $0) } ?? ""
      }
      let impact = a.approach?.impactProbability ?? 0
      let alarm =
        impact > 1e-4 ? " <span class=\"alarm\">impact \(number(impact, 4))</span>" : ""
      let cells = [
        "\(c.rank)", number(c.value, 4), escaped(a.name) + alarm, a.likeliest ?? "",
        number(near, 3), number(a.score, 0), number(c.magnitude, 1), number(c.rate, 1),
        number(c.regionDeg, 2) + "°", c.daysToLoss.map { number($0, 1) + " d" } ?? "&gt; 30 d",
        site?.observatory ?? "", String((site?.timeUtc ?? site?.verdict ?? "").prefix(20)),
        number(site?.altitude, 0), number(site?.airmass, 2), number(site?.moonSeparation, 0),
        number(site?.margin, 2),
      ]
      text += "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>\n"
    }
    return text + "</table>\n"
  }

  private static let colours = [
    "#0b6e8f", "#c2571a", "#4a7c2c", "#7b3f98", "#a8324a", "#8a6d00",
  ]

  private static func altitudeChart(_ track: NightTrack, _ list: NightList) -> String {
    let (width, height) = (420.0, 220.0)
    var text = "<figure><svg width=\"\(Int(width))\" height=\"\(Int(height))\">"
    for degrees in [0.0, 30, 60, 90] {
      let y = height - degrees / 90 * height
      text +=
        "<line x1=\"0\" x2=\"\(width)\" y1=\"\(y)\" y2=\"\(y)\" stroke=\"#ddd\"/>"
        + "<text x=\"3\" y=\"\(y - 3)\" font-size=\"10\">\(Int(degrees))°</text>"
    }
    for (k, sky) in list.skies.enumerated() {
      let points = sky.steps.map { step -> String in
        let x = step.epoch.days(since: track.start) / track.days * width
        let altitude = track.altitude(step) / Angle.degree
        return String(format: "%.1f,%.1f", x, height - max(0, altitude) / 90 * height)
      }
      let colour = colours[k % colours.count]
      text +=
        "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.5\" points=\""
        + points.joined(separator: " ") + "\"/><text x=\"\(30 + 40 * k)\" y=\"12\" font-size=\"11\""
        + " fill=\"\(colour)\">\(sky.observatory)</text>"
    }
    return text + "</svg><figcaption>altitude in the dark, "
      + String(format: "%.1f h", track.days * 24) + " from left to right</figcaption></figure>\n"
  }

  /// The orbits' places at the start, the middle and the end of the night, about the middle.
  private static func skyChart(
    _ orbits: [RangedOrbit], _ track: NightTrack, _ list: NightList, _ solarSystem: SolarSystem
  ) throws -> String {
    let size = 220.0
    let forecaster = RegionForecaster(solarSystem)
    let code = list.skies.first?.observatory ?? .rubin
    let regions = try [0, 0.5, 1].compactMap { part in
      try forecaster.region(
        orbits, observatory: code, at: track.start.adding(days: part * track.days))
    }
    guard regions.count == 3 else { return "" }
    let middle = regions[1].centre
    let reach = max(
      regions.map { $0.radius(0.95) + $0.centre.angle(to: middle) }.max() ?? 0,
      0.6 * list.plan.fieldDeg * Angle.degree)
    let pole = abs(middle.z) < 0.999 ? Vector3(0, 0, 1) : Vector3(1, 0, 0)
    let east = pole.cross(middle).unit
    let north = middle.cross(east)
    func dot(_ u: Vector3, _ colour: String) -> String {
      let x = size * (0.5 - 0.5 * u.dot(east) / sin(min(reach, 1.5)))
      let y = size * (0.5 - 0.5 * u.dot(north) / sin(min(reach, 1.5)))
      return String(format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.5\" fill=\"%@\"/>", x, y, colour)
    }
    var text = "<figure><svg width=\"\(Int(size))\" height=\"\(Int(size))\">"
    for (region, colour) in zip(regions, ["#9ecae1", "#0b6e8f", "#c2571a"]) {
      text += region.directions.map { dot($0, colour) }.joined()
    }
    let field = size * 0.25 * list.plan.fieldDeg * Angle.degree / reach
    text +=
      "<circle cx=\"\(size / 2)\" cy=\"\(size / 2)\" r=\"\(field)\" fill=\"none\" stroke=\"#333\"/>"
    let (lon, lat) = middle.longitudeLatitude
    return text + "</svg><figcaption>"
      + String(
        format: "%.4f %+.4f deg; %.2f deg wide; begin, middle, end of the night; the field",
        lon / Angle.degree, lat / Angle.degree, 2 * reach / Angle.degree)
      + "</figcaption></figure>\n"
  }
}

import Astro
import Astrometry
import Dynamics
import Exchange
import FollowUp
import Foundation

/// A candidate of tonight's list: what it is, where it will be, who sees it, and its place in the order.
struct RankedCandidate: Encodable {
  var rank = 0
  /// The formula's value at the observatory that sees it best.
  var value: Double
  var assessed: AssessedRow
  /// Median V tonight.
  var magnitude: Double
  /// [arcsec/h] tonight.
  var rate: Double
  /// Radius of 95 % of the orbits tonight [deg], and the part of them in a field.
  var regionDeg: Double
  var inField: Double
  var galacticLatitude: Double
  /// From the tracklet; nil: not within 30 days.
  var daysToLoss: Double?
  /// After the tracklet: when one more observation says most.
  var bestDays: Double?
  var sites: [Site]

  /// One observatory's view.
  struct Site: Encodable {
    var observatory: String
    var verdict: String
    var value: Double
    var hours: Double
    /// Of the best moment.
    var timeUtc: String?
    var ra: Double?
    var dec: Double?
    var altitude: Double?
    var airmass: Double?
    var moonSeparation: Double?
    var moonAltitude: Double?
    /// Limit less magnitude, with all losses.
    var margin: Double?
    var trailingLoss: Double?

    init(_ v: Visibility, value: Double, leapSeconds: LeapSeconds) {
      observatory = v.observatory.description
      verdict = v.verdict.rawValue
      self.value = value
      hours = v.hours
      guard let m = v.best else { return }
      timeUtc = leapSeconds.utc(m.epoch.tai).iso8601(decimals: 0, leapSeconds: leapSeconds)
      ra = m.raRad / Angle.degree
      dec = m.decRad / Angle.degree
      altitude = m.altitudeRad / Angle.degree
      airmass = m.airmass
      moonSeparation = m.moonSeparationRad / Angle.degree
      moonAltitude = m.moonAltitudeRad / Angle.degree
      margin = m.margin
      trailingLoss = m.trailingLoss
    }
  }

  /// The numbers that a formula may use.
  static let names = [
    "pNearEarth", "pRare", "pImpact", "score", "H", "mag", "rate", "region", "inField",
    "daysToLoss", "galacticLatitude", "clearness", "margin", "detectable", "hours", "airmass",
    "altitude", "moonSeparation", "observations",
  ]

  static func numbers(
    _ a: AssessedRow, _ track: NightTrack, _ loss: LossForecast, _ v: Visibility
  ) -> [Double] {
    let p = a.probabilities
    let rare: [ObjectClass] = [.interior, .cometLike, .interstellar, .centaur, .transneptunian]
    let margin = v.best?.margin ?? -30
    return [
      (p["nearEarth"] ?? 0) + (p["interior"] ?? 0),
      rare.reduce(0) { $0 + (p[$1.name] ?? 0) },
      a.approach?.impactProbability ?? 0, a.score ?? 0, a.H?[1] ?? 99, track.magnitude,
      track.rateArcsecPerHour, track.radius95Rad / Angle.degree, track.inField,
      min(loss.daysToLoss, 1000), track.galacticLatitudeRad / Angle.degree, track.clearness, margin,
      // A detection becomes likely within a few tenths of a magnitude about the limit.
      v.best == nil ? 0 : 1 / (1 + exp(-margin / 0.25)),
      v.hours, v.best?.airmass ?? 99, (v.best?.altitudeRad ?? -1) / Angle.degree,
      (v.best?.moonSeparationRad ?? 0) / Angle.degree, Double(a.observations),
    ]
  }

  var best: Site? { sites.max { $0.value < $1.value } }

  static let header =
    "rank,value,name,score,likeliest,pNearEarth,pImpact,h,mag,rate,region,inField,daysToLoss,bestDays,"
    + "galacticLatitude,observatory,verdict,timeUtc,ra,dec,altitude,airmass,hours,moonSeparation,"
    + "moonAltitude,trailingLoss,margin\n"

  /// A row for each observatory.
  var lines: String {
    func text(_ value: Double?, _ decimals: Int) -> String {
      value.map { String(format: "%.\(decimals)f", $0) } ?? ""
    }
    return sites.map { site in
      var line = CSVLine()
      line.add(String(rank))
      line.add(text(site.value, 6))
      line.add(assessed.name)
      line.add(text(assessed.score, 1))
      line.add(assessed.likeliest ?? "")
      let near =
        (assessed.probabilities["nearEarth"] ?? 0) + (assessed.probabilities["interior"] ?? 0)
      line.add(text(near, 6))
      line.add(text(assessed.approach?.impactProbability, 6))
      line.add(text(assessed.H?[1], 2))
      line.add(text(magnitude, 2))
      line.add(text(rate, 2))
      line.add(text(regionDeg, 4))
      line.add(text(inField, 3))
      line.add(text(daysToLoss, 2))
      line.add(text(bestDays, 0))
      line.add(text(galacticLatitude, 1))
      line.add(site.observatory)
      line.add(site.verdict)
      line.add(site.timeUtc ?? "")
      line.add(text(site.ra, 5))
      line.add(text(site.dec, 5))
      line.add(text(site.altitude, 1))
      line.add(text(site.airmass, 2))
      line.add(text(site.hours, 2))
      line.add(text(site.moonSeparation, 0))
      line.add(text(site.moonAltitude, 0))
      line.add(text(site.trailingLoss, 2))
      line.add(text(site.margin, 2))
      return line.text
    }.joined()
  }

  static let summaryHeader =
    "rank value  name           score p(NEO)  mag    \"/h  region  lost in site  best (UTC)       alt"
    + "  air  moon margin\n"

  /// One line for people.
  var summary: String {
    guard let site = best else { return "" }
    let near =
      (assessed.probabilities["nearEarth"] ?? 0) + (assessed.probabilities["interior"] ?? 0)
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func left(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let lost = daysToLoss.map { String(format: "%.1f d", $0) } ?? "> 30 d"
    let head = [
      right(String(rank), 4), String(format: "%.4f", value), left(assessed.name, 14),
      right(String(format: "%.0f", assessed.score ?? 0), 5), String(format: "%6.3f", near),
      String(format: "%4.1f", magnitude), right(String(format: "%.1f", rate), 6),
      right(String(format: "%.2f", regionDeg), 7), right(lost, 8), left(site.observatory, 4),
    ].joined(separator: " ")
    guard let time = site.timeUtc, let altitude = site.altitude, let airmass = site.airmass,
      let moon = site.moonSeparation, let margin = site.margin
    else { return head + "  \(site.verdict)\n" }
    return head + " " + time.prefix(16)
      + String(format: " %4.0f %4.1f %5.0f %6.2f", altitude, airmass, moon, margin)
      + (site.verdict == Visibility.Verdict.visible.rawValue ? "" : "  \(site.verdict)") + "\n"
  }
}

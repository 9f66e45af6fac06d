import Astro
import Exchange
import FollowUp
import Foundation

/// What `followup` says of one tracklet.
struct AssessedRow: Encodable {
  var name: String
  var verdict: String
  var observations: Int
  var arcHours: Double
  var magnitudeV: Double?
  /// [arcsec/h], and position angle [deg].
  var rate: Double?
  var positionAngle: Double?
  /// Comparable with digest2's.
  var score: Double?
  var likeliest: String?
  var probabilities: [String: Double]
  var samplingError: Double?
  var H: [Double]?
  var diameterKm: [Double]?
  /// From the observer [au], quantiles of 5, 50, 95 %.
  var distance: [Double]?
  var reducedChiSquare: Double?
  /// Within 30 days; nil when no orbit comes near the Earth.
  var approach: Approach?
  var remarks: [String]

  struct Approach: Encodable {
    var impactProbability: Double
    var impactError: Double
    /// Within the Moon's distance.
    var lunarProbability: Double
    var lunarError: Double
    /// Of all orbits tried [au].
    var nearest: Double
    var firstImpactMjdTdb: Double?
    var lastImpactMjdTdb: Double?

    init(_ f: ApproachForecast) {
      impactProbability = f.impactProbability
      impactError = f.impactError
      lunarProbability = f.lunarProbability
      lunarError = f.lunarError
      nearest = f.nearestAU
      firstImpactMjdTdb = f.impactTimes?.lowerBound.mjd
      lastImpactMjdTdb = f.impactTimes?.upperBound.mjd
    }
  }

  init(_ tracklet: Tracklet, _ a: Assessment, _ forecast: ApproachForecast? = nil) {
    approach = forecast.map { Approach($0) }
    let answers = a.verdict == .ranged
    name = a.name
    verdict = a.verdict.description
    observations = tracklet.observations.count
    arcHours = tracklet.arcDays * 24
    magnitudeV = tracklet.magnitudeV
    rate = answers ? a.rateArcsecPerHour : nil
    positionAngle = answers ? a.positionAngleDeg : nil
    score = answers ? a.score : nil
    likeliest = a.likeliest?.name
    probabilities =
      answers
      ? Dictionary(
        uniqueKeysWithValues: ObjectClass.allCases.map {
          ($0.name, (a.probabilities[$0.rawValue] * 1e6).rounded() / 1e6)
        }) : [:]
    samplingError = answers ? a.samplingError : nil
    H = a.absoluteMagnitude.map { [$0.low, $0.median, $0.high] }
    diameterKm = a.diameterKm.map { [$0.low, $0.high] }
    distance = a.distanceAU.map { [$0.low, $0.median, $0.high] }
    reducedChiSquare = a.reducedChiSquare
    remarks = a.remarks
  }

  static let header =
    "name,verdict,observations,arcHours,magnitudeV,rate,positionAngle,score,likeliest,"
    + ObjectClass.allCases.map { "p_\($0.name)" }.joined(separator: ",")
    + ",samplingError,hLow,h,hHigh,diameterLowKm,diameterHighKm,distanceLow,distance,distanceHigh,"
    + "reducedChiSquare,impactProbability,impactError,lunarProbability,lunarError,remarks\n"

  var line: String {
    func text(_ value: Double?, _ decimals: Int) -> String {
      value.map { String(format: "%.\(decimals)f", $0) } ?? ""
    }
    func several(_ values: [Double]?, _ count: Int, _ decimals: Int) -> [String] {
      (0..<count).map { text(values?[$0], decimals) }
    }
    var line = CSVLine()
    line.add(name)
    line.add(verdict)
    line.add(String(observations))
    line.add(text(arcHours, 3))
    line.add(text(magnitudeV, 2))
    line.add(text(rate, 2))
    line.add(text(positionAngle, 1))
    line.add(text(score, 1))
    line.add(likeliest ?? "")
    for kind in ObjectClass.allCases { line.add(text(probabilities[kind.name], 6)) }
    line.add(text(samplingError, 4))
    for field in several(H, 3, 2) { line.add(field) }
    for field in several(diameterKm, 2, 4) { line.add(field) }
    for field in several(distance, 3, 5) { line.add(field) }
    line.add(text(reducedChiSquare, 2))
    line.add(text(approach?.impactProbability, 6))
    line.add(text(approach?.impactError, 6))
    line.add(text(approach?.lunarProbability, 6))
    line.add(text(approach?.lunarError, 6))
    line.add(remarks.joined(separator: "; "))
    return line.text
  }

  /// One line for people.
  var summary: String {
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    func left(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    guard let score, let likeliest, let H else { return "\(left(name, 14)) \(verdict)\n" }
    let near = (probabilities["nearEarth"] ?? 0) + (probabilities["interior"] ?? 0)
    return [
      left(name, 14), right(magnitudeV.map { String(format: "%.1f", $0) } ?? "", 5),
      right(String(format: "%.1f", rate ?? 0), 8), right(String(format: "%.0f", score), 4),
      right(String(format: "%.3f", near), 6),
      left("\(likeliest) \(String(format: "%.2f", probabilities[likeliest] ?? 0))", 20),
      String(format: "H %.1f (%.1f to %.1f)", H[1], H[0], H[2]),
    ].joined(separator: " ") + alarm
      + (remarks.isEmpty ? "" : "  " + remarks.joined(separator: "; "))
      + "\n"
  }

  /// What must not be overlooked.
  private var alarm: String {
    guard let approach, approach.impactProbability > 1e-4 else { return "" }
    return String(
      format: "  IMPACT %.4f +- %.4f", approach.impactProbability, approach.impactError)
  }

  static let summaryHeader =
    "name             mag  \"/h  score  p(NEO) likeliest            absolute magnitude\n"
}

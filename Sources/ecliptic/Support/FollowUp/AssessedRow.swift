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
  var remarks: [String]

  init(_ tracklet: Tracklet, _ a: Assessment) {
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
    + "reducedChiSquare,remarks\n"

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
    ].joined(separator: " ") + (remarks.isEmpty ? "" : "  " + remarks.joined(separator: "; "))
      + "\n"
  }

  static let summaryHeader =
    "name             mag  \"/h  score  p(NEO) likeliest            absolute magnitude\n"
}

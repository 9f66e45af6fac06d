import Astro
import Dynamics
import Foundation
import Prediction

/// The sidecar of a tagged file: every object that each detection may be.
public enum CandidatesCSV {
  public static let header =
    "diaSourceId,ssObjectId,designation,rank,separation,along,across,sigmaAlong,sigmaAcross,"
    + "chi2,probability,ephVmag\n"

  /// The lines of one alert: angles in arcsec, magnitudes V.
  public static func lines(_ alert: TaggedAlert) -> String {
    alert.candidates.map { tag in
      let pair = tag.association
      let angles = [pair.separation, pair.along, pair.across, pair.sigmaAlong, pair.sigmaAcross]
        .map { number($0 / Angle.arcsecond, 6) }
      let name = tag.orbit.designation
      let quoted =
        name.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        ? "\"" + name.replacing("\"", with: "\"\"") + "\"" : name
      let fields =
        ["\(tag.diaSourceId)", "\(tag.ssObjectId)", quoted, "\(pair.rank)"] + angles
        + [number(pair.chi2, 4), number(pair.probability, 8)]
        + [tag.object.magnitudeV.map { number($0, 3) } ?? ""]
      return fields.joined(separator: ",") + "\n"
    }.joined()
  }

  private static func number(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }
}

import Dynamics
import Foundation

extension OrbitSummary {
  /// The report for people.
  var text: String {
    var lines = Lines()
    lines.lines.append(designation)
    lines.add("packed", packed)
    lines.add("ssObjectId", ssObjectId.map { "\($0)" })
    lines.add(
      "class",
      dynamicalClass.map { name in
        name + (mpcOrbitType.map { "; MPC: \($0)" } ?? "")
          + (potentiallyHazardous == true ? "; potentially hazardous" : "")
      })
    lines.add("MOID Earth", moidEarthAU.map { String(format: "%.7f au", $0) })
    lines.add("MOID Jupiter", moidJupiterAU.map { String(format: "%.5f au", $0) })
    lines.add("other MOIDs", moidAU.map { others($0) })
    lines.add("T Jupiter", elements.map { String(format: "%.3f", $0.tisserandJupiter) })
    lines.add("epoch", "MJD \(epochMjdTdb) TDB, origin \(origin), ICRF")
    lines.add("position", Self.vector(positionAU, "%.12f") + " au")
    lines.add("velocity", Self.vector(velocityAUPerDay, "%.14f") + " au/d")
    elements?.add(to: &lines)
    elementSet?.add(to: &lines)
    addBody(to: &lines)
    addFit(to: &lines)
    sky?.add(to: &lines)
    for approach in approaches { lines.add("approach", approach.text) }
    lines.add("remark", remark)
    return lines.lines.joined(separator: "\n  ") + "\n"
  }

  private func others(_ moids: [String: Double]) -> String {
    Body.planets.filter { $0 != .earth && $0 != .jupiter }.compactMap { body in
      moids[body.name].map { "\(body.name) " + String(format: "%.5f", $0) }
    }.joined(separator: ", ") + " au"
  }

  private func addBody(to lines: inout Lines) {
    if let photometry {
      lines.add("brightness", photometry)
    } else {
      lines.add("H, G", H.map { String(format: "%.2f, %@", $0, G.map { "\($0)" } ?? "-") })
    }
    lines.add(
      "diameter",
      diameterKm.map { String(format: "%.3g to %.3g km (albedo 0.25 to 0.05)", $0[0], $0[1]) })
    lines.add("A1, A2, A3", nonGravitational.map { Self.vector($0, "%.4e") + " au/d2" })
    lines.add("sigma position", sigmaPositionKm.map { Self.vector($0, "%.3g") + " km" })
    lines.add("sigma velocity", sigmaVelocityMmPerSecond.map { Self.vector($0, "%.3g") + " mm/s" })
  }

  private func addFit(to lines: inout Lines) {
    lines.add("rms", quality.rmsArcsec.map { String(format: "%.3f\"", $0) })
    lines.add(
      "observations",
      quality.nObs.map { total in
        "\(total)" + (quality.nObsUsed.map { ", used \($0)" } ?? "")
          + (quality.nOppositions.map { ", \($0) oppositions" } ?? "")
      })
    lines.add("arc", quality.arcDays.map { String(format: "%.2f d", $0) })
    lines.add("U", quality.uncertaintyParameter.map { "\($0)" })
    lines.add("converged", quality.converged.map { $0 ? "yes" : "no" })
    lines.add("determined", quality.determined.map { $0 ? "yes" : "no" })
  }

  private static func vector(_ v: [Double], _ format: String) -> String {
    v.map { String(format: format, $0) }.joined(separator: ", ")
  }

  /// Labelled lines; a value that is missing has none.
  struct Lines {
    var lines: [String] = []

    mutating func add(_ label: String, _ value: String?) {
      guard let value else { return }
      lines.append(label.padding(toLength: 16, withPad: " ", startingAt: 0) + value)
    }
  }
}

extension OrbitSummary.Elements {
  fileprivate func add(to lines: inout OrbitSummary.Lines) {
    func add(
      _ label: String, _ value: Double?, _ format: String, _ unit: String, _ key: String? = nil
    ) {
      let spread = key.flatMap { sigma?[$0] }.map { String(format: " ± %.2g", $0) } ?? ""
      lines.add(label, value.map { String(format: format, $0) + spread + unit })
    }
    add("a", aAU, "%.10f", " au", "aAU")
    add("e", e, "%.10f", "", "e")
    add("incl", inclDeg, "%.8f", " deg", "inclDeg")
    add("node", nodeDeg, "%.8f", " deg", "nodeDeg")
    add("argPeri", argPeriDeg, "%.8f", " deg", "argPeriDeg")
    add("meanAnomaly", meanAnomalyDeg, "%.8f", " deg", "meanAnomalyDeg")
    add("q", qAU, "%.10f", " au", "qAU")
    add("Q", aphelionAU, "%.6f", " au")
    add("perihelion", tPeriMjdTdb, "MJD %.6f", " TDB", "tPeriMjdTdb")
    add("period", periodYears, "%.4f", " years")
  }
}

extension OrbitSummary.NamedElements {
  fileprivate func add(to lines: inout OrbitSummary.Lines) {
    for k in 0..<6 {
      let spread = sigma.map { String(format: " ± %.2g", $0[k]) } ?? ""
      lines.add("\(kind).\(names[k])".suffix(15).description, String(values[k]) + spread)
    }
  }
}

extension OrbitSummary.Sky {
  fileprivate func add(to lines: inout OrbitSummary.Lines) {
    lines.add("seen at", "\(utc), from \(observatory)")
    lines.add("ra, dec", String(format: "%.6f, %+.6f deg", ra, dec))
    lines.add(
      "sky",
      (magnitude.map { String(format: "V %.1f, ", $0) } ?? "")
        + String(
          format: "elongation %.1f deg, %.5f au from the observer, %.5f au from the Sun",
          elongationDeg, topoRangeAU, helioRangeAU))
    if let sigmaMajorArcsec, let sigmaMinorArcsec, let sigmaPADeg {
      lines.add(
        "sigma sky",
        String(
          format: "%.3g\" x %.3g\", position angle %.1f deg", sigmaMajorArcsec, sigmaMinorArcsec,
          sigmaPADeg) + (linear == false ? "; not to be trusted: the spread is not linear" : ""))
    }
  }
}

extension OrbitSummary.Approach {
  fileprivate var text: String {
    let spread = sigmaDistanceAU.map { String(format: " ± %.2g", $0) } ?? ""
    let time = sigmaMinutes.map { String(format: " ± %.2g min", $0) } ?? ""
    return "\(body) \(utc)\(time), " + String(format: "%.6f", distanceAU) + spread
      + String(
        format: " au, %.2f km/s (%.2f at infinity)", speedKmPerSecond, speedAtInfinityKmPerSecond)
      + (impact ? ": IMPACT" : "")
  }
}

import Astro
import Dynamics
import Foundation

/// Writes the MPC's `mpc_orb` JSON, version 0.7: blocks CAR (ecliptic state) and COM (cometary
/// elements), each with its covariance; epoch in TT (`TDT`).
enum MPCOrbJSONWriter {
  static func add(_ record: OrbitRecord, to text: inout OrbitText) -> Bool {
    let orbit = record.orbit
    guard orbit.orbit.origin == .sun,
      let elements = ElementSet(orbit.orbit, .cometary)
    else {
      text.lossCounter.add("orbits left out: mpc_orb has heliocentric orbits only")
      return false
    }
    let yarkovsky = transverse(orbit, &text.lossCounter)
    let members = [
      ("CAR", car(orbit, yarkovsky)), ("COM", com(orbit, elements, yarkovsky)),
      ("categorization", categorization(orbit.orbit)),
      ("designation_data", designation(orbit.designation)),
      ("epoch_data", epoch(orbit.orbit.epoch)),
      ("magnitude_data", magnitude(orbit, &text.lossCounter)),
      ("moid_data", object([("Earth", number(record.earthMoidAU))])),
      ("orbit_fit_statistics", statistics(record)),
      (
        "software_data",
        object([
          ("fitting_software_name", quoted(record.source)), ("mpcorb_version", quoted("0.7")),
        ])
      ),
      (
        "system_data",
        object([
          ("eph", quoted("DE440")), ("refsys", quoted("Ecliptic")), ("refframe", quoted("ICRF")),
          ("EclipticObliquityArcseconds", quoted("84381.448")),
        ])
      ),
    ]
    text.bytes += object(members).utf8
    return true
  }

  /// The Yarkovsky parameter is A2 in 1e-10 au/d²; the format has no unit for A1 and A3.
  private static func transverse(
    _ orbit: CatalogOrbit, _ losses: inout LossCounter
  ) -> Double? {
    guard let a = orbit.nonGravitational else { return nil }
    let usual = NonGravitational.Law.usual(of: Designation(orbit.designation))
    guard (orbit.nonGravitationalLaw ?? usual) == .inverseSquare else {
      losses.add("A1, A2, A3 of comets left out: mpc_orb's Yarkovsky parameter falls as 1/r²")
      return nil
    }
    if a.x != 0 || a.z != 0 {
      losses.add("A1 and A3 left out: mpc_orb holds the transverse one only")
    }
    return a.y * 1e10
  }

  /// H and the slope of the law that holds; of the laws of comets the format has none.
  private static func magnitude(_ orbit: CatalogOrbit, _ losses: inout LossCounter) -> String {
    var members = [("H", number(orbit.absoluteMagnitude)), ("G", number(orbit.slope))]
    var model = "HG"
    switch orbit.photometry {
    case nil, .hg: break
    case .hg12(_, let g12):
      model = "HG12"
      members.append(("G12", number(g12)))
    case .hg1g2(_, let g1, let g2):
      model = "HG1G2"
      members += [("G1", number(g1)), ("G2", number(g2))]
    case .hg12Muinonen, .comet, .nucleus:
      losses.add("laws of brightness left out: mpc_orb has H with G, G12, or G1 and G2")
    }
    return object(members + [("photometric_model", quoted(model))])
  }

  private static func car(_ orbit: CatalogOrbit, _ yarkovsky: Double?) -> String {
    let state = orbit.orbit.state
    let p = Frames.equatorialToEcliptic * state.position
    let v = Frames.equatorialToEcliptic * state.velocity
    let covariance = orbit.covariance.map {
      CovarianceFrame.rotate($0.covariance, by: Frames.equatorialToEcliptic)
    }
    return block(
      ["x", "y", "z", "vx", "vy", "vz"], [p.x, p.y, p.z, v.x, v.y, v.z], covariance, yarkovsky)
  }

  /// q [au], e, i, node, argument of perihelion [deg], perihelion time [MJD TT].
  private static func com(
    _ orbit: CatalogOrbit, _ elements: ElementSet, _ yarkovsky: Double?
  ) -> String {
    let v = elements.values
    let time = elements.epoch.adding(days: v[5]).tt.mjd
    let angles = v[2...4].map { $0 / Angle.degree }
    let scale = ElementKind.cometary.angles.map { $0 ? 1 / Angle.degree : 1 }
    let covariance = orbit.covariance?.covariance(of: elements).map { c in
      (0..<36).map { c[$0] * scale[$0 / 6] * scale[$0 % 6] }
    }
    return block(
      ["q", "e", "i", "node", "argperi", "peri_time"], [v[0], v[1]] + angles + [time], covariance,
      yarkovsky)
  }

  private static func block(
    _ names: [String], _ values: [Double], _ covariance: [Double]?, _ yarkovsky: Double?
  ) -> String {
    let allNames = names + (yarkovsky == nil ? [] : ["yarkovsky"])
    var members = [
      ("coefficient_names", list(allNames.map(quoted))),
      ("coefficient_values", list((values + (yarkovsky.map { [$0] } ?? [])).map { number($0) })),
    ]
    if let covariance {
      members.append(
        (
          "coefficient_uncertainties",
          list((0..<6).map { number(covariance[7 * $0].squareRoot()) })
        ))
      var terms: [(String, String)] = []
      for i in 0..<6 {
        for j in i..<6 { terms.append(("cov\(i)\(j)", number(covariance[6 * i + j]))) }
      }
      members.append(("covariance", object(terms)))
    }
    return object(members)
  }

  private static func designation(_ name: String) -> String {
    let known = Designation(name)
    if case .number(let number)? = known {
      return object([
        ("permid", quoted("\(number)")), ("packed_permid", quoted(known?.packed ?? "")),
        ("iau_designation", quoted("(\(number))")),
        ("unpacked_primary_provisional_designation", "null"),
      ])
    }
    return object([
      ("permid", "null"),
      ("packed_primary_provisional_designation", known.map { quoted($0.packed) } ?? "null"),
      ("unpacked_primary_provisional_designation", quoted(name)),
    ])
  }

  private static func categorization(_ orbit: Orbit) -> String {
    let kind = KeplerianElements(orbit).map(MPCOrbitType.init)
    return object([
      ("orbit_type_int", kind.map { "\($0.rawValue)" } ?? "null"),
      ("orbit_type_str", kind.map { quoted("\($0)") } ?? "null"),
    ])
  }

  private static func epoch(_ epoch: Epoch<TDB>) -> String {
    object([
      ("epoch", number(epoch.tt.mjd)), ("timesystem", quoted("TDT")), ("timeform", quoted("MJD")),
    ])
  }

  private static func statistics(_ record: OrbitRecord) -> String {
    let quality = record.orbit.quality
    return object([
      ("nobs_total", integer(quality.observationCount)),
      ("nobs_total_sel", integer(quality.observationsUsed)),
      ("nopp", integer(quality.oppositionCount)),
      ("arc_length_total", quality.arcDays.map { quoted("\($0) days") } ?? "null"),
      ("not_normalized_RMS", number(quality.rmsArcsec)),
      ("normalized_RMS", number(record.normalizedRms)),
      ("U_param", integer(quality.uncertaintyParameter)),
    ])
  }

  // MARK: - JSON

  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  private static func list(_ items: [String]) -> String { "[" + items.joined(separator: ",") + "]" }

  private static func number(_ value: Double?) -> String {
    value.map { $0.isFinite ? "\($0)" : "null" } ?? "null"
  }

  private static func integer(_ value: Int?) -> String { value.map { "\($0)" } ?? "null" }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

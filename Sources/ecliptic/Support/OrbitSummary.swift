import Astro
import Dynamics
import Foundation

/// What `orbit info` says of one orbit; the JSON has these names.
struct OrbitSummary: Encodable {
  var designation: String
  var packed: String?
  var ssObjectId: Int64?
  var dynamicalClass: String?
  /// Nearest distance to the orbits of the Earth and of Jupiter [au].
  var moidEarthAU: Double?
  var moidJupiterAU: Double?
  var epochMjdTdb: Double
  var origin: String
  var positionAU: [Double]
  var velocityAUPerDay: [Double]
  var elements: Elements?
  var H: Double?
  var G: Double?
  var nonGravitational: [Double]?
  /// 1 σ of x, y, z [km] and vx, vy, vz [mm/s].
  var sigmaPositionKm: [Double]?
  var sigmaVelocityMmPerSecond: [Double]?
  var quality: Quality

  struct Elements: Encodable {
    var qAU: Double
    var e: Double
    var inclDeg: Double
    var nodeDeg: Double
    var argPeriDeg: Double
    var tPeriMjdTdb: Double
    var aAU: Double?
    var meanAnomalyDeg: Double?
    var aphelionAU: Double?
    var periodYears: Double?
    var tisserandJupiter: Double
  }

  struct Quality: Encodable {
    var rmsArcsec: Double?
    var nObs: Int?
    var nObsUsed: Int?
    var nOppositions: Int?
    var arcDays: Double?
    var uncertaintyParameter: Int?
    var converged: Bool?
    var determined: Bool?
  }

  init(_ orbit: CatalogOrbit, _ solarSystem: SolarSystem) {
    let name = Designation(orbit.designation)
    let state = orbit.orbit.state
    designation = orbit.designation
    packed = name?.packed
    ssObjectId = orbit.ssObjectId ?? name?.ssObjectId
    epochMjdTdb = orbit.orbit.epoch.mjd
    origin = orbit.orbit.origin.rawValue
    positionAU = [state.position.x, state.position.y, state.position.z]
    velocityAUPerDay = [state.velocity.x, state.velocity.y, state.velocity.z]
    let made = KeplerianElements(orbit.orbit)
    elements = made.map(Elements.init)
    dynamicalClass = made.map { DynamicalClass($0).description }
    moidEarthAU = Self.moid(orbit, made, .earth, solarSystem)
    moidJupiterAU = Self.moid(orbit, made, .jupiter, solarSystem)
    H = orbit.absoluteMagnitude
    G = orbit.slope
    nonGravitational = orbit.nonGravitational.map { [$0.x, $0.y, $0.z] }
    if let covariance = orbit.covariance?.covariance {
      let sigma = (0..<6).map { covariance[7 * $0].squareRoot() }
      sigmaPositionKm = sigma[..<3].map { $0 * Constants.auKm }
      sigmaVelocityMmPerSecond = sigma[3...].map {
        $0 * Constants.auKm * 1e6 / Constants.secondsPerDay
      }
    }
    quality = Quality(
      rmsArcsec: orbit.quality.rmsArcsec, nObs: orbit.quality.observationCount,
      nObsUsed: orbit.quality.observationsUsed, nOppositions: orbit.quality.oppositionCount,
      arcDays: orbit.quality.arcDays, uncertaintyParameter: orbit.quality.uncertaintyParameter,
      converged: orbit.quality.converged, determined: orbit.quality.determined)
  }

  /// Nil also for epochs that the ephemerides do not cover: the planet's orbit is unknown then.
  private static func moid(
    _ orbit: CatalogOrbit, _ elements: KeplerianElements?, _ body: Body, _ solarSystem: SolarSystem
  ) -> Double? {
    guard let elements,
      let planet = try? solarSystem.ephemeris.elements(
        of: body, at: orbit.orbit.epoch, gravity: solarSystem.gravity)
    else { return nil }
    return MOID(elements, planet)?.distanceAU
  }

  /// The report for people.
  var text: String {
    var lines: [String] = []
    func add(_ label: String, _ value: String?) {
      guard let value else { return }
      lines.append(label.padding(toLength: 16, withPad: " ", startingAt: 0) + value)
    }
    lines.append(designation)
    add("packed", packed)
    add("ssObjectId", ssObjectId.map { "\($0)" })
    add("class", dynamicalClass)
    add("MOID Earth", moidEarthAU.map { String(format: "%.6f au", $0) })
    add("MOID Jupiter", moidJupiterAU.map { String(format: "%.4f au", $0) })
    add("epoch", "MJD \(epochMjdTdb) TDB, origin \(origin), ICRF")
    add("position", Self.vector(positionAU, "%.12f") + " au")
    add("velocity", Self.vector(velocityAUPerDay, "%.14f") + " au/d")
    elements?.add(add)
    add("H, G", H.map { String(format: "%.2f, %@", $0, G.map { "\($0)" } ?? "-") })
    add("A1, A2, A3", nonGravitational.map { Self.vector($0, "%.4e") + " au/d2" })
    add("sigma position", sigmaPositionKm.map { Self.vector($0, "%.3g") + " km" })
    add("sigma velocity", sigmaVelocityMmPerSecond.map { Self.vector($0, "%.3g") + " mm/s" })
    add("rms", quality.rmsArcsec.map { String(format: "%.3f\"", $0) })
    add(
      "observations",
      quality.nObs.map { total in
        "\(total)" + (quality.nObsUsed.map { ", used \($0)" } ?? "")
      })
    add("arc", quality.arcDays.map { String(format: "%.2f d", $0) })
    add("converged", quality.converged.map { $0 ? "yes" : "no" })
    add("determined", quality.determined.map { $0 ? "yes" : "no" })
    return lines.joined(separator: "\n  ") + "\n"
  }

  private static func vector(_ v: [Double], _ format: String) -> String {
    v.map { String(format: format, $0) }.joined(separator: ", ")
  }
}

extension OrbitSummary.Elements {
  init(_ k: KeplerianElements) {
    let isEllipse = k.eccentricity < 1
    let isParabola = k.eccentricity == 1
    qAU = k.perihelionAU
    e = k.eccentricity
    inclDeg = k.inclinationRad / Angle.degree
    nodeDeg = k.nodeRad / Angle.degree
    argPeriDeg = k.argPeriRad / Angle.degree
    tPeriMjdTdb = k.perihelionTime.mjd
    aAU = isParabola ? nil : k.semiMajorAxisAU
    meanAnomalyDeg = isParabola ? nil : k.meanAnomalyRad() / Angle.degree
    aphelionAU = isEllipse ? k.aphelionAU : nil
    periodYears = isEllipse ? k.periodDays() / 365.25 : nil
    tisserandJupiter = k.tisserandJupiter
  }

  fileprivate func add(_ add: (String, String?) -> Void) {
    func number(_ value: Double?, _ format: String, _ unit: String) -> String? {
      value.map { String(format: format, $0) + unit }
    }
    add("a", number(aAU, "%.10f", " au"))
    add("e", number(e, "%.10f", ""))
    add("incl", number(inclDeg, "%.8f", " deg"))
    add("node", number(nodeDeg, "%.8f", " deg"))
    add("argPeri", number(argPeriDeg, "%.8f", " deg"))
    add("meanAnomaly", number(meanAnomalyDeg, "%.8f", " deg"))
    add("q", number(qAU, "%.10f", " au"))
    add("Q", number(aphelionAU, "%.6f", " au"))
    add("perihelion", number(tPeriMjdTdb, "MJD %.6f", " TDB"))
    add("period", number(periodYears, "%.4f", " years"))
    add("T Jupiter", number(tisserandJupiter, "%.3f", ""))
  }
}

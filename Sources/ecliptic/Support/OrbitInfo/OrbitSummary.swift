import Astro
import Dynamics
import Foundation

/// What `orbit info` says of one orbit; the JSON has these names.
struct OrbitSummary: Encodable {
  var designation: String
  var packed: String?
  var ssObjectId: Int64?
  /// JPL's class and its code, and the MPC's type.
  var dynamicalClass: String?
  var classCode: String?
  var mpcOrbitType: String?
  /// MOID with the Earth ≤ 0.05 au and H ≤ 22.
  var potentiallyHazardous: Bool?
  /// Nearest distance to the orbits of the Earth and of Jupiter [au], and of all planets.
  var moidEarthAU: Double?
  var moidJupiterAU: Double?
  var moidAU: [String: Double]?
  /// Tisserand parameters by planet.
  var tisserand: [String: Double]?
  var epochMjdTdb: Double
  var origin: String
  var positionAU: [Double]
  var velocityAUPerDay: [Double]
  var elements: Elements?
  /// The set that `--elements` asks for.
  var elementSet: NamedElements?
  var H: Double?
  var G: Double?
  /// The brightness law where it is not H, G.
  var photometry: String?
  /// For albedos of 0.25 and 0.05 [km].
  var diameterKm: [Double]?
  var nonGravitational: [Double]?
  /// 1 σ of x, y, z [km] and vx, vy, vz [mm/s].
  var sigmaPositionKm: [Double]?
  var sigmaVelocityMmPerSecond: [Double]?
  var quality: Quality
  /// As it is seen at the moment asked for.
  var sky: Sky?
  /// The next passage, or all of the interval asked for.
  var approaches: [Approach] = []
  /// Why the motion can't be followed as far as was asked.
  var remark: String?

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
    /// 1 σ by the names above.
    var sigma: [String: Double]?
  }

  struct NamedElements: Encodable {
    var kind: String
    var names: [String]
    /// Angles in degrees; perihelion times as days from the epoch.
    var values: [Double]
    var sigma: [Double]?
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

  struct Sky: Encodable {
    var mjdUtc: Double
    var utc: String
    var observatory: String
    /// Astrometric [deg].
    var ra: Double
    var dec: Double
    var magnitude: Double?
    var topoRangeAU: Double
    var helioRangeAU: Double
    var elongationDeg: Double
    /// The 1-σ ellipse [arcsec, deg] and whether it is to be trusted.
    var sigmaMajorArcsec: Double?
    var sigmaMinorArcsec: Double?
    var sigmaPADeg: Double?
    var linear: Bool?
  }

  struct Approach: Encodable {
    var body: String
    var utc: String
    var mjdTdb: Double
    var distanceAU: Double
    var speedKmPerSecond: Double
    var speedAtInfinityKmPerSecond: Double
    var sigmaMinutes: Double?
    var sigmaDistanceAU: Double?
    var impact: Bool
  }

  /// What stands in the orbit itself; the rest comes by ``derive(_:_:)``.
  init(_ orbit: CatalogOrbit, elements kind: ElementKind?) {
    let name = Designation(orbit.designation)
    let state = orbit.orbit.state
    designation = orbit.designation
    packed = name?.packed
    ssObjectId = orbit.ssObjectId ?? name?.ssObjectId
    epochMjdTdb = orbit.orbit.epoch.mjd
    origin = orbit.orbit.origin.rawValue
    positionAU = [state.position.x, state.position.y, state.position.z]
    velocityAUPerDay = [state.velocity.x, state.velocity.y, state.velocity.z]
    H = orbit.absoluteMagnitude
    G = orbit.slope
    photometry = orbit.photometry.map { $0.text }
    diameterKm = orbit.absoluteMagnitude.map { h in
      [0.25, 0.05].map { 1329 / $0.squareRoot() * pow(10, -h / 5) }
    }
    nonGravitational = orbit.nonGravitational.map { [$0.x, $0.y, $0.z] }
    if let covariance = orbit.covariance?.covariance {
      let sigma = (0..<6).map { covariance[7 * $0].squareRoot() }
      sigmaPositionKm = sigma[..<3].map { $0 * Constants.auKm }
      sigmaVelocityMmPerSecond = sigma[3...].map {
        $0 * Constants.auKm * 1e6 / Constants.secondsPerDay
      }
    }
    let fit = orbit.quality
    quality = Quality(
      rmsArcsec: fit.rmsArcsec, nObs: fit.observationCount, nObsUsed: fit.observationsUsed,
      nOppositions: fit.oppositionCount, arcDays: fit.arcDays,
      uncertaintyParameter: fit.uncertaintyParameter, converged: fit.converged,
      determined: fit.determined)
    guard let made = KeplerianElements(orbit.orbit) else { return }
    elements = Elements(made)
    elements?.sigma = Self.sigmas(orbit, made)
    elementSet = kind.flatMap { NamedElements(orbit, $0) }
    let dynamical = DynamicalClass(made, isComet: orbit.isComet)
    dynamicalClass = dynamical.description
    classCode = dynamical.code
    mpcOrbitType = MPCOrbitType(made).description
    tisserand = Dictionary(
      uniqueKeysWithValues: Body.planets.compactMap { body in
        body.meanSemiMajorAxisAU.map {
          (body.name, made.tisserand(planetSemiMajorAxisAU: $0))
        }
      })
  }

  /// 1 σ of the elements of ``Elements``.
  private static func sigmas(
    _ orbit: CatalogOrbit, _ made: KeplerianElements
  ) -> [String: Double]? {
    guard let covariance = orbit.covariance else { return nil }
    var result: [String: Double] = [:]
    func add(_ kind: ElementKind, _ names: [(Int, String, Double)]) {
      guard let elements = ElementSet(orbit.orbit, kind),
        let matrix = covariance.covariance(of: elements)
      else { return }
      for (index, name, unit) in names {
        result[name] = matrix[7 * index].squareRoot() / unit
      }
    }
    let degree = Angle.degree
    add(
      .cometary,
      [
        (0, "qAU", 1), (1, "e", 1), (2, "inclDeg", degree), (3, "nodeDeg", degree),
        (4, "argPeriDeg", degree), (5, "tPeriMjdTdb", 1),
      ])
    add(.keplerian, [(0, "aAU", 1), (5, "meanAnomalyDeg", degree)])
    return result.isEmpty ? nil : result
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
}

extension OrbitSummary.NamedElements {
  /// Nil where the kind has no elements for the orbit.
  init?(_ orbit: CatalogOrbit, _ kind: ElementKind) {
    guard let elements = ElementSet(orbit.orbit, kind) else { return nil }
    let units = kind.angles.map { $0 ? Angle.degree : 1 }
    self.kind = kind.rawValue
    names = kind.names
    values = (0..<6).map { elements.values[$0] / units[$0] }
    let matrix = orbit.covariance.flatMap { $0.covariance(of: elements) }
    sigma = matrix.map { matrix in (0..<6).map { matrix[7 * $0].squareRoot() / units[$0] } }
  }
}

extension PhotometricModel {
  fileprivate var text: String {
    switch self {
    case .hg(let h, let g): "H \(h), G \(g)"
    case .hg12(let h, let g): "H \(h), G12 \(g)"
    case .hg12Muinonen(let h, let g): "H \(h), G12 \(g) (2010)"
    case .hg1g2(let h, let g1, let g2): "H \(h), G1 \(g1), G2 \(g2)"
    case .comet(let m, let k): "M1 \(m), K1 \(k)"
    case .nucleus(let m, let k, let c): "M2 \(m), K2 \(k), PC \(c)"
    }
  }
}

import Foundation

public import Astro

/// An orbit in one of the sets of six elements, with the way there and back.
public struct ElementSet: Hashable, Sendable {
  public let kind: ElementKind
  /// Epoch of osculation.
  public let epoch: Epoch<TDB>
  /// Six numbers as ``ElementKind`` describes them.
  public let values: [Double]

  /// Elements as they come.
  ///
  /// - Returns: nil unless there are six finite numbers that describe an orbit of the kind.
  public init?(_ kind: ElementKind, epoch: Epoch<TDB>, values: [Double]) {
    guard values.count == 6, values.allSatisfy(\.isFinite), epoch.mjd.isFinite else { return nil }
    let v = values
    let isOrbit =
      switch kind {
      case .cartesian: v[0] != 0 || v[1] != 0 || v[2] != 0
      case .keplerian: v[1] >= 0 && v[0] * (1 - v[1]) > 0 && (0...Double.pi).contains(v[2])
      case .cometary: v[0] > 0 && v[1] >= 0 && (0...Double.pi).contains(v[2])
      case .equinoctial, .retrogradeEquinoctial: v[0] > 0 && v[1] * v[1] + v[2] * v[2] < 1
      case .delaunay: v[0] > 0 && v[1] > 0 && v[1] <= v[0] && abs(v[2]) <= v[1]
      }
    guard isOrbit else { return nil }
    self.kind = kind
    self.epoch = epoch
    self.values = values
  }

  /// The osculating elements of a heliocentric orbit.
  ///
  /// - Returns: nil where the kind has no elements for it (a hyperbola has no equinoctial ones, and
  ///   only cometary and Cartesian ones are for orbits within 1e-4 of e = 1), or when the orbit is
  ///   not heliocentric.
  public init?(_ orbit: Orbit, _ kind: ElementKind, gm: Double = GravitationalParameter.sun) {
    guard orbit.origin == .sun else { return nil }
    let values: [Double]
    switch kind {
    case .cartesian:
      let (p, v) = (orbit.state.position, orbit.state.velocity)
      values = [p.x, p.y, p.z, v.x, v.y, v.z]
    case .equinoctial, .retrogradeEquinoctial:
      guard let made = Self.equinoctial(orbit, kind, gm) else { return nil }
      values = made
    default:
      guard let k = KeplerianElements(orbit, gm: gm),
        let made = Self.values(of: k, kind, gm)
      else { return nil }
      values = made
    }
    self.init(kind, epoch: orbit.epoch, values: values)
  }

  /// Nearer to e = 1 a mean anomaly or longitude has lost half of its digits and more: cometary
  /// elements are for such orbits.
  private static let nearParabola = 1e-4

  private static func values(
    of k: KeplerianElements, _ kind: ElementKind, _ gm: Double
  ) -> [Double]? {
    let angles = [k.inclinationRad, k.nodeRad, k.argPeriRad]
    // Signed: before the perihelion of a long ellipse 2π would take its digits.
    let anomaly = k.meanMotion(gm: gm) * k.epoch.days(since: k.perihelionTime)
    switch kind {
    case .cometary:
      let days = k.perihelionTime.days(since: k.epoch)
      return [k.perihelionAU, k.eccentricity] + angles + [days]
    case .keplerian:
      guard abs(k.eccentricity - 1) > Self.nearParabola else { return nil }
      return [k.semiMajorAxisAU, k.eccentricity] + angles + [anomaly]
    default:
      guard k.eccentricity < 1 - Self.nearParabola else { return nil }
      let l = (gm * k.semiMajorAxisAU).squareRoot()
      let g = (gm * k.perihelionAU * (1 + k.eccentricity)).squareRoot()
      return [
        l, min(g, l), min(g, l) * cos(k.inclinationRad), anomaly, k.argPeriRad,
        k.nodeRad,
      ]
    }
  }

  /// Straight from the vectors: angles that do not exist on circles or in the ecliptic are never
  /// formed.
  private static func equinoctial(
    _ orbit: Orbit, _ kind: ElementKind, _ gm: Double
  ) -> [Double]? {
    let sense = kind == .equinoctial ? 1.0 : -1.0
    let r = Frames.equatorialToEcliptic * orbit.state.position
    let v = Frames.equatorialToEcliptic * orbit.state.velocity
    let a = 1 / (2 / r.norm - v.squaredNorm / gm)
    let w = r.cross(v).unit
    let tilt = 1 + sense * w.z
    guard a > 0, a.isFinite, tilt > 1e-14 else { return nil }
    let (p, q) = (w.x / tilt, -w.y / tilt)
    let (f, g) = axes(p, q, sense)
    let toPerihelion = v.cross(r.cross(v)) * (1 / gm) - r.unit
    let (h, k) = (toPerihelion.dot(g), toPerihelion.dot(f))
    let rest = 1 - h * h - k * k
    guard rest > 2 * nearParabola else { return nil }
    let root = rest.squareRoot()
    let b = 1 / (1 + root)
    let (x, y) = (r.dot(f) / (a * root), r.dot(g) / (a * root))
    let cosF = k + (1 - k * k * b) * x - h * k * b * y
    let sinF = h + (1 - h * h * b) * y - h * k * b * x
    let anomaly = atan2(sinF, cosF)
    return [a, h, k, p, q, Angle.wrapPositive(anomaly + h * cosF - k * sinF)]
  }

  /// Axes of the orbital plane from which equinoctial longitudes are reckoned.
  private static func axes(_ p: Double, _ q: Double, _ sense: Double) -> (Vector3, Vector3) {
    let scale = 1 / (1 + p * p + q * q)
    return (
      Vector3(1 - p * p + q * q, 2 * p * q, -2 * p * sense) * scale,
      Vector3(2 * p * q * sense, (1 + p * p - q * q) * sense, 2 * q) * scale
    )
  }

  /// The heliocentric state at the epoch, ICRF.
  public func orbit(gm: Double = GravitationalParameter.sun) -> Orbit {
    Orbit(epoch: epoch, state: motion(gm: gm).state, origin: .sun)
  }

  /// ∂(x, y, z, vx, vy, vz)/∂(elements), ICRF, by rows.
  ///
  /// Regular for circles, parabolas and orbits in the ecliptic where the set itself is; elsewhere
  /// the columns of angles that do not exist are alike. Infinite for Delaunay's G where e = 0.
  public func statePartials(gm: Double = GravitationalParameter.sun) -> StateTransitionMatrix {
    motion(gm: gm).partials
  }

  /// ∂(elements)/∂(x, y, z, vx, vy, vz), ICRF, by rows.
  /// - Returns: nil where the elements are singular: e = 0 or i = 0 or 180° in sets with ω and Ω.
  public func elementPartials(gm: Double = GravitationalParameter.sun) -> StateTransitionMatrix? {
    statePartials(gm: gm).inverse
  }
}

/// The sets of six numbers that an orbit about the Sun is written in. Angles in radians, lengths
/// in au, times in days; ecliptic and equinox J2000, but for the Cartesian set: ICRF.
public enum ElementKind: String, Sendable, Hashable, CaseIterable {
  /// x, y, z [au], vx, vy, vz [au/d], ICRF.
  case cartesian
  /// a, e, i, Ω, ω, M: ellipses and hyperbolas (a < 0).
  case keplerian
  /// q, e, i, Ω, ω, perihelion time − epoch [d]: every conic.
  case cometary
  /// a, h = e sin ϖ, k = e cos ϖ, p = tan(i/2) sin Ω, q = tan(i/2) cos Ω, λ = M + ϖ: ellipses,
  /// regular for e = 0 and i = 0 (Broucke & Cefola 1972, Celest. Mech. 5, 303).
  case equinoctial
  /// The same with ϖ = ω − Ω and cot(i/2): regular for i = 180°, not for i = 0.
  case retrogradeEquinoctial
  /// L = √(GM a), G = L √(1 − e²), H = G cos i [au²/d], l = M, g = ω, h = Ω: ellipses.
  case delaunay

  /// The six names, in order.
  public var names: [String] {
    switch self {
    case .cartesian: ["x", "y", "z", "vx", "vy", "vz"]
    case .keplerian: ["a", "e", "incl", "node", "argPeri", "meanAnomaly"]
    case .cometary: ["q", "e", "incl", "node", "argPeri", "tPeri"]
    case .equinoctial, .retrogradeEquinoctial: ["a", "h", "k", "p", "q", "lambda"]
    case .delaunay: ["L", "G", "H", "l", "g", "h"]
    }
  }

  /// Which of the six are angles [rad].
  public var angles: [Bool] {
    switch self {
    case .cartesian: Array(repeating: false, count: 6)
    case .keplerian: [false, false, true, true, true, true]
    case .cometary: [false, false, true, true, true, false]
    case .equinoctial, .retrogradeEquinoctial: [false, false, false, false, false, true]
    case .delaunay: [false, false, false, true, true, true]
    }
  }
}

/// What an object may be, by its orbit alone.
public enum ObjectClass: Int, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  /// Aphelion within the Earth's perihelion, 0.983 au.
  case interior
  /// Perihelion within 1.3 au.
  case nearEarth
  /// Perihelion from 1.3 to 1.666 au, not a Hungaria.
  case marsCrosser
  /// 1.78 < a < 2 au, e < 0.18, 16° < i < 34°.
  case hungaria
  /// Perihelion beyond 1.666 au, a < 3.7 au.
  case mainBelt
  /// 3.7 < a < 4.2 au, e < 0.4, i < 25°.
  case hilda
  /// 5.05 < a < 5.35 au, e < 0.22, i < 45°.
  case jupiterTrojan
  /// a from 5.5 to 30.1 au.
  case centaur
  /// a beyond 30.1 au.
  case transneptunian
  /// Tisserand parameter with respect to Jupiter below 3 and perihelion within Jupiter's orbit, none of
  /// the others: whether there is a coma is not asked.
  case cometLike
  /// Unbound to the Sun.
  case interstellar
  /// Bound to the Earth.
  case earthSatellite
  /// Bound to the Sun, none of the others.
  case other

  public static let count = 13

  /// The name in files.
  public var name: String {
    switch self {
    case .interior: "interior"
    case .nearEarth: "nearEarth"
    case .marsCrosser: "marsCrosser"
    case .hungaria: "hungaria"
    case .mainBelt: "mainBelt"
    case .hilda: "hilda"
    case .jupiterTrojan: "jupiterTrojan"
    case .centaur: "centaur"
    case .transneptunian: "transneptunian"
    case .cometLike: "cometLike"
    case .interstellar: "interstellar"
    case .earthSatellite: "earthSatellite"
    case .other: "other"
    }
  }

  public var description: String { name }

  /// The class of an orbit about the Sun.
  ///
  /// - Parameters:
  ///   - inverseAxis: 1/a [1/au], negative for hyperbolas.
  ///   - eccentricity, perihelionAU: e and q.
  ///   - cosInclination: of the inclination to the ecliptic.
  @inlinable
  public static func of(
    inverseAxis: Double, eccentricity e: Double, perihelionAU q: Double, cosInclination c: Double
  ) -> ObjectClass {
    guard inverseAxis > 0, e < 1 else { return .interstellar }
    let a = 1 / inverseAxis
    if q < 1.3 { return a * (1 + e) < 0.983 ? .interior : .nearEarth }
    // cos 16°, cos 34°
    if a > 1.78, a < 2, e < 0.18, c < 0.961_261_7, c > 0.829_037_6 { return .hungaria }
    if q < 1.666, a < 3.2 { return .marsCrosser }
    if a < 3.2 { return .mainBelt }
    if a > 3.7, a < 4.2, e < 0.4, c > 0.906_307_8 { return .hilda }
    if a > 5.05, a < 5.35, e < 0.22, c > 0.707_106_8 { return .jupiterTrojan }
    let tisserand = 5.2044 * inverseAxis + 2 * c * (a / 5.2044 * (1 - e * e)).squareRoot()
    if tisserand < 3, q < 5.2044, e > 0.25 { return .cometLike }
    if a < 3.7 { return q < 1.666 ? .marsCrosser : .mainBelt }
    if a >= 30.1 { return .transneptunian }
    return a >= 5.5 ? .centaur : .other
  }
}

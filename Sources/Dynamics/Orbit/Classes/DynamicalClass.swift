/// The kind of orbit, as JPL's Small-Body Database divides them
/// (https://pdssbn.astro.umd.edu/data_other/objclass.shtml; comets after Levison & Duncan).
public enum DynamicalClass: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case atira = "Atira (near-Earth)"
  case aten = "Aten (near-Earth)"
  case apollo = "Apollo (near-Earth)"
  case amor = "Amor (near-Earth)"
  case marsCrosser = "Mars-crosser"
  case innerBelt = "inner main belt"
  case mainBelt = "main belt"
  case outerBelt = "outer main belt"
  case jupiterTrojan = "Jupiter Trojan"
  case centaur = "Centaur"
  case transneptunian = "trans-Neptunian"
  case parabolic = "parabolic"
  case hyperbolic = "hyperbolic"
  case other = "other asteroid"
  case enckeComet = "Encke-type comet"
  case chironComet = "Chiron-type comet"
  case jupiterFamilyComet = "Jupiter-family comet"
  case shortPeriodComet = "Jupiter-family comet by its period"
  case halleyComet = "Halley-type comet"
  case comet = "comet"
  case parabolicComet = "parabolic comet"
  case hyperbolicComet = "hyperbolic comet"

  /// - Parameter isComet: whether the object is a comet; nothing in an orbit says so.
  public init(_ elements: KeplerianElements, isComet: Bool = false) {
    self = isComet ? Self.ofComet(elements) : Self.ofAsteroid(elements)
  }

  private static func ofAsteroid(_ elements: KeplerianElements) -> DynamicalClass {
    let (q, e) = (elements.perihelionAU, elements.eccentricity)
    guard e < 1 else { return e == 1 ? .parabolic : .hyperbolic }
    let (a, aphelion) = (elements.semiMajorAxisAU, elements.aphelionAU)
    switch true {
    case aphelion < 0.983: return .atira
    case a < 1: return .aten
    case q < 1.017: return .apollo
    case q < 1.3: return .amor
    case a < 3.2 && q < 1.666: return .marsCrosser
    case a < 2: return .innerBelt
    case a < 3.2: return .mainBelt
    case a < 4.6: return .outerBelt
    case a < 5.5 && e < 0.3: return .jupiterTrojan
    case a >= 5.5 && a < 30.1: return .centaur
    case a >= 30.1: return .transneptunian
    default: return .other
    }
  }

  private static func ofComet(_ elements: KeplerianElements) -> DynamicalClass {
    let e = elements.eccentricity
    guard e < 1 else { return e == 1 ? .parabolicComet : .hyperbolicComet }
    let tisserand = elements.tisserandJupiter
    let years = elements.periodDays() / 365.25
    switch true {
    case tisserand > 3:
      return elements.semiMajorAxisAU < KeplerianElements.jupiterSemiMajorAxisAU
        ? .enckeComet : .chironComet
    case tisserand > 2: return .jupiterFamilyComet
    case years < 20: return .shortPeriodComet
    case years < 200: return .halleyComet
    default: return .comet
    }
  }

  /// JPL's code.
  public var code: String {
    switch self {
    case .atira: "IEO"
    case .aten: "ATE"
    case .apollo: "APO"
    case .amor: "AMO"
    case .marsCrosser: "MCA"
    case .innerBelt: "IMB"
    case .mainBelt: "MBA"
    case .outerBelt: "OMB"
    case .jupiterTrojan: "TJN"
    case .centaur: "CEN"
    case .transneptunian: "TNO"
    case .parabolic: "PAA"
    case .hyperbolic: "HYA"
    case .other: "AST"
    case .enckeComet: "ETc"
    case .chironComet: "CTc"
    case .jupiterFamilyComet: "JFc"
    case .shortPeriodComet: "JFC"
    case .halleyComet: "HTC"
    case .comet: "COM"
    case .parabolicComet: "PAR"
    case .hyperbolicComet: "HYP"
    }
  }

  public var description: String { rawValue }
}

/// The kind of orbit, by its elements, as JPL's Small-Body Database divides them.
public enum DynamicalClass: String, Sendable, Hashable, CustomStringConvertible {
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

  public init(_ elements: KeplerianElements) {
    let (q, e) = (elements.perihelionAU, elements.eccentricity)
    guard e < 1 else {
      self = e == 1 ? .parabolic : .hyperbolic
      return
    }
    let (a, aphelion) = (elements.semiMajorAxisAU, elements.aphelionAU)
    switch true {
    case aphelion < 0.983: self = .atira
    case a < 1: self = .aten
    case q < 1.017: self = .apollo
    case q < 1.3: self = .amor
    case a < 3.2 && q < 1.666: self = .marsCrosser
    case a < 2: self = .innerBelt
    case a < 3.2: self = .mainBelt
    case a < 4.6: self = .outerBelt
    case a < 5.5 && e < 0.3: self = .jupiterTrojan
    case a >= 5.5 && a < 30.1: self = .centaur
    case a >= 30.1: self = .transneptunian
    default: self = .other
    }
  }

  public var description: String { rawValue }
}

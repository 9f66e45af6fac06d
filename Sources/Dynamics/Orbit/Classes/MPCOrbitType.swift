import Foundation

import Astro

/// The kind of orbit as the Minor Planet Center divides them
/// (https://www.minorplanetcenter.net/mpcops/documentation/orbit-types/); the raw value is the
/// `orbit_type_int` of mpc_orb and of Rubin's mpc_orbits.
public enum MPCOrbitType: Int, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case atira = 0
  case aten = 1
  case apollo = 2
  case amor = 3
  case innerOther = 9
  case marsCrosser = 10
  case mainBelt = 11
  case jupiterTrojan = 12
  case middleOther = 19
  case jupiterCoupled = 20
  case neptuneTrojan = 21
  case centaur = 22
  case transneptunian = 23
  case hyperbolic = 30
  case parabolic = 31

  /// Where kinds overlap, those of a place (belt, Trojans) go before that of the Tisserand
  /// parameter: all Trojans of Jupiter have 2 < T < 3.
  public init(_ elements: KeplerianElements) {
    let (q, e) = (elements.perihelionAU, elements.eccentricity)
    guard e < 1 else {
      self = e == 1 ? .parabolic : .hyperbolic
      return
    }
    let a = elements.semiMajorAxisAU
    let tisserand = elements.tisserandJupiter
    switch true {
    case a < 1: self = elements.aphelionAU < 0.983 ? .atira : .aten
    case q < 1.017: self = .apollo
    case q < 1.3: self = .amor
    case a < 3.2 && q < 1.666: self = .marsCrosser
    case a < 3.27831 && elements.inclinationRad < 75 * Angle.degree: self = .mainBelt
    case a > 4.8 && a < 5.4 && e < 0.3: self = .jupiterTrojan
    case a > 29.8 && a < 30.4: self = .neptuneTrojan
    case tisserand > 2 && tisserand < 3: self = .jupiterCoupled
    case a < Self.jupiterAU: self = .middleOther
    case a < Self.neptuneAU: self = .centaur
    default: self = .transneptunian
    }
  }

  /// Semi-major axes that bound the MPC's kinds [au].
  private static let jupiterAU = 5.2026
  private static let neptuneAU = 30.069

  public var description: String {
    switch self {
    case .atira: "Atira"
    case .aten: "Aten"
    case .apollo: "Apollo"
    case .amor: "Amor"
    case .innerOther: "Inner Other"
    case .marsCrosser: "Mars Crosser"
    case .mainBelt: "Main Belt"
    case .jupiterTrojan: "Jupiter Trojan"
    case .middleOther: "Middle Other"
    case .jupiterCoupled: "Jupiter Coupled"
    case .neptuneTrojan: "Neptune Trojan"
    case .centaur: "Centaur"
    case .transneptunian: "TNO"
    case .hyperbolic: "Hyperbolic"
    case .parabolic: "Parabolic"
    }
  }
}

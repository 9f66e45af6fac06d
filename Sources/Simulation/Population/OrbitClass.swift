import Dynamics

/// The dynamical class of an orbit, for tables of completeness by class. Bounds as JPL's Small-Body
/// Database has them, with Hildas and Trojans apart.
public enum OrbitClass: String, Sendable, CaseIterable {
  case nearEarth = "NEO"
  case mainBelt = "MBA"
  case hilda = "Hilda"
  case trojan = "Trojan"
  case centaur = "Centaur"
  case transNeptunian = "TNO"
  /// Mars crossers, comets, unbound orbits.
  case other = "Other"

  /// - Parameters:
  ///   - a: semi-major axis [au], negative when unbound.
  ///   - e: eccentricity.
  public init(semiMajorAxisAU a: Double, eccentricity e: Double) {
    let q = a * (1 - e)
    if !(a.isFinite && a > 0 && e < 1) {
      self = .other
    } else if q < 1.3 {
      self = .nearEarth
    } else if a > 30.1 {
      self = .transNeptunian
    } else if a > 5.5 {
      self = .centaur
    } else if a >= 4.6 && e < 0.3 {
      self = .trojan
    } else if a >= 3.7 && a <= 4.2 && e < 0.4 {
      self = .hilda
    } else if a >= 2 && a <= 3.7 && q > 1.666 {
      self = .mainBelt
    } else {
      self = .other
    }
  }

  init(_ orbit: Orbit) {
    guard let elements = KeplerianElements(orbit) else {
      self = .other
      return
    }
    self.init(
      semiMajorAxisAU: elements.semiMajorAxisAU, eccentricity: elements.eccentricity)
  }
}

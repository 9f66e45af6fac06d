import Foundation

extension KeplerianElements {
  /// Jupiter's, as JPL takes it for Tisserand parameters and classes [au].
  public static let jupiterSemiMajorAxisAU = 5.203_363_01

  /// The Tisserand parameter with respect to Jupiter, as JPL's Small-Body Database has it.
  public var tisserandJupiter: Double {
    tisserand(planetSemiMajorAxisAU: Self.jupiterSemiMajorAxisAU)
  }

  /// The Tisserand parameter with respect to a planet: what is left of the elements after an
  /// encounter with it.
  ///
  /// a_P/a + 2 cos i √(a (1 − e²) / a_P), the inclination to the ecliptic; for every conic.
  public func tisserand(planetSemiMajorAxisAU planet: Double) -> Double {
    let ratio = planet * (1 - eccentricity) / perihelionAU
    let latusRectum = perihelionAU * (1 + eccentricity) / planet
    return ratio + 2 * cos(inclinationRad) * latusRectum.squareRoot()
  }
}

extension Body {
  /// Mercury to Neptune.
  public static let planets: [Body] = [
    .mercury, .venus, .earth, .mars, .jupiter, .saturn, .uranus, .neptune,
  ]

  /// Mean semi-major axis of a planet at J2000 [au] (Standish, Keplerian elements for approximate
  /// positions of the major planets); nil for other bodies.
  public var meanSemiMajorAxisAU: Double? {
    switch self {
    case .mercury: 0.387_098_93
    case .venus: 0.723_331_99
    case .earth: 1.000_000_11
    case .mars: 1.523_662_31
    case .jupiter: KeplerianElements.jupiterSemiMajorAxisAU
    case .saturn: 9.537_070_32
    case .uranus: 19.191_263_93
    case .neptune: 30.068_963_48
    default: nil
    }
  }
}

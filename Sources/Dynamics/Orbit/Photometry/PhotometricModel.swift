import Foundation

/// How bright an object is at a distance and phase.
public enum PhotometricModel: Hashable, Sendable {
  /// Asteroids: H and G (Bowell et al. 1989).
  case hg(h: Double, g: Double)
  /// Asteroids: H and G₁₂ as Penttilä et al. 2016 (Planet. Space Sci. 123, 117) define it, which
  /// is what is fitted today.
  case hg12(h: Double, g12: Double)
  /// Asteroids: H and G₁₂ as Muinonen et al. 2010 (Icarus 209, 542) had it first.
  case hg12Muinonen(h: Double, g12: Double)
  /// Asteroids: H, G₁, G₂ (Muinonen et al. 2010).
  case hg1g2(h: Double, g1: Double, g2: Double)
  /// Comets with their coma: M1 + 5 log Δ + K1 log r, as JPL has it (the MPC's K1 = 2.5 n).
  case comet(m1: Double, k1: Double)
  /// Nuclei of comets: M2 + 5 log Δ + K2 log r + PC α, PC in mag/deg.
  case nucleus(m2: Double, k2: Double, phaseCoefficient: Double)

  /// Apparent V magnitude.
  ///
  /// - Parameters:
  ///   - heliocentricAU: r, the distance from the Sun [au].
  ///   - topocentricAU: Δ, the distance from the observer [au].
  ///   - phaseAngleRad: Sun-object-observer angle [rad], 0…π. The asteroids' laws are measured up
  ///     to 120° and extrapolate beyond.
  public func magnitude(
    heliocentricAU r: Double, topocentricAU delta: Double, phaseAngleRad alpha: Double
  ) -> Double {
    switch self {
    case .hg(let h, let g):
      return h + 5 * log10(r * delta) + Photometry.phaseDimming(slope: g, phaseAngleRad: alpha)
    case .hg12, .hg12Muinonen, .hg1g2:
      let (h, g1, g2) = threeParameters
      let phi = PhaseFunctions.values(alpha)
      let flux = g1 * phi.first + g2 * phi.second + (1 - g1 - g2) * phi.third
      return h + 5 * log10(r * delta) - 2.5 * log10(flux)
    case .comet(let m1, let k1): return m1 + 5 * log10(delta) + k1 * log10(r)
    case .nucleus(let m2, let k2, let coefficient):
      return m2 + 5 * log10(delta) + k2 * log10(r) + coefficient * alpha * (180 / .pi)
    }
  }

  /// H, G₁, G₂ of the laws that have them.
  private var threeParameters: (h: Double, g1: Double, g2: Double) {
    switch self {
    case .hg12(let h, let g): (h, 0.84293649 * g, 0.53513350 * (1 - g))
    case .hg12Muinonen(let h, let g):
      g < 0.2
        ? (h, 0.7527 * g + 0.06164, -0.9612 * g + 0.6270)
        : (h, 0.9529 * g + 0.02162, -0.6125 * g + 0.5572)
    case .hg1g2(let h, let g1, let g2): (h, g1, g2)
    case .hg(let h, _): (h, 0, 0)
    case .comet(let m, _), .nucleus(let m, _, _): (m, 0, 0)
    }
  }
}

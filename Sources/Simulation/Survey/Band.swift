/// The six LSST bands and what asteroids look like in them.
public enum Band: String, Sendable, CaseIterable {
  case u, g, r, i, z, y

  /// Magnitude in this band minus the V magnitude of H, G predictions, for the two broad kinds of
  /// surfaces: mean colours of C and S types in LSST bands (Jones et al. 2018, Icarus 303, 181,
  /// table 1) with V = g - 0.59 (g - r) - 0.01 (Jester et al. 2005, AJ 130, 873).
  func minusV(_ surface: Surface) -> Double {
    let minusR: Double
    switch (self, surface) {
    case (.u, .carbonaceous): minusR = 1.786
    case (.g, .carbonaceous): minusR = 0.474
    case (.i, .carbonaceous): minusR = -0.119
    case (.z, .carbonaceous): minusR = -0.126
    case (.y, .carbonaceous): minusR = -0.131
    case (.u, .stony): minusR = 2.182
    case (.g, .stony): minusR = 0.65
    case (.i, .stony): minusR = -0.2
    case (.z, .stony): minusR = -0.146
    case (.y, .stony): minusR = -0.151
    case (.r, _): minusR = 0
    }
    let gMinusR = surface == .carbonaceous ? 0.474 : 0.65
    return minusR - (0.41 * gMinusR - 0.01)
  }
}

/// Broad kinds of surfaces, for colours.
enum Surface: Sendable {
  case carbonaceous, stony
}

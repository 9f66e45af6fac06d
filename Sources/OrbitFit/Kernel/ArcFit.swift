import Astro
public import Dynamics

/// A fit as the linker needs it: no arrays. What is per observation is asked of the
/// ``ArcFitter`` before its next fit.
public struct ArcFit: Sendable, BitwiseCopyable {
  public enum Verdict: Sendable, Hashable, BitwiseCopyable {
    /// At a minimum of the sum of squares.
    case converged
    /// The iteration budget ran out on the way.
    case iterationBudget
    /// The budget of computed places ran out, see ``FitOptions/placeLimit``.
    case placeBudget
    /// Steps promise an improvement that none of them keeps.
    case noDescent
    /// The start is not an orbit that could be seen where the observations are.
    case impossibleStart
    /// Fewer than two observations at different times.
    case tooFewObservations
    /// No start led to an orbit.
    case noOrbit
  }

  public var verdict: Verdict
  /// Heliocentric, ICRF. Meaningless unless ``hasOrbit``.
  public var orbit: Orbit
  /// Of the used observations.
  public var chiSquare: Double
  /// 2 × used directions + used radar measurements − 6, not below zero.
  public var degreesOfFreedom: Int
  public var usedCount: Int
  /// Root mean square of the used residuals [arcsec].
  public var rmsArcsec: Double
  /// Position among the members of the used observation that fits worst, −1 when none; its χ²
  /// (two degrees of freedom, the fit's uncertainty at that place taken into account).
  public var worstMember: Int
  public var worstChiSquare: Double
  public var iterations: Int
  /// The observations determine all parameters, see ``FitResult/determined``.
  public var determined: Bool
  /// The population prior holds the orbit.
  public var priorUsed: Bool
  /// See ``FitResult/condition``.
  public var condition = Double.infinity
  /// Another orbit, or the same with another observation left out, explains the arc about as well.
  public var ambiguous = false
  /// How unusual the orbit is: minus twice the logarithm of the population prior's density.
  public var priorCost: Double
  /// R (6 × 6 by rows) of the state at epoch, covariance R⁻¹R⁻ᵀ.
  public var squareRootInformation: InlineArray<36, Double>

  public var hasOrbit: Bool {
    verdict != .impossibleStart && verdict != .noOrbit && verdict != .tooFewObservations
  }
  public var converged: Bool { verdict == .converged }

  /// Square-root information as the catalog keeps it; nil when it is singular.
  public var covariance: OrbitCovariance? {
    guard hasOrbit else { return nil }
    var r = [Double](repeating: 0, count: 36)
    for i in 0..<36 {
      r[i] = squareRootInformation[i]
      guard r[i].isFinite, i % 7 != 0 || r[i] != 0 else { return nil }
    }
    return OrbitCovariance(squareRootInformation: r)
  }

  static func failed(_ verdict: Verdict) -> ArcFit {
    let nowhere = StateVector(position: .zero, velocity: .zero)
    return ArcFit(
      verdict: verdict, orbit: Orbit(epoch: Epoch(mjd: 0), state: nowhere, origin: .sun),
      chiSquare: .infinity, degreesOfFreedom: 0, usedCount: 0, rmsArcsec: .infinity,
      worstMember: -1, worstChiSquare: .infinity, iterations: 0, determined: false,
      priorUsed: false, priorCost: .infinity, squareRootInformation: .init(repeating: 0))
  }
}

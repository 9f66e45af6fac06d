public import Dynamics

/// How an orbit is fitted. The defaults are for arcs of any length with honest errors.
public struct FitOptions: Sendable, Hashable {
  /// Which forces move the body.
  public enum Forces: Sendable, Hashable {
    /// The Sun alone. Right for linking; over two weeks good to some 0.1″.
    case twoBody
    /// All planets, 16 asteroids and relativity. Needs a `SolarSystem`.
    case perturbed
  }

  /// Without a `SolarSystem` the motion is two-body whatever this says.
  public var forces: Forces = .perturbed
  /// Whether outliers are rejected (Carpino, Milani & Chesley 2003, Icarus 166, 248).
  public var rejection = true
  /// An observation is rejected when its χ² (two degrees of freedom, the fit's own uncertainty
  /// taken into account) is above this. Lower: good observations are lost.
  public var rejectAbove = 10.0
  /// A rejected observation comes back when its χ² is below this; must be less than
  /// ``rejectAbove``, or observations swing in and out.
  public var recoverBelow = 8.0
  /// Whether arcs that leave the orbit open are held by the population prior. Without it they end
  /// where the noise puts them, often on hyperbolas.
  public var prior = true
  /// Linearisations in all stages of one minimisation.
  public var maximumIterations = 30

  /// Also fit A1, A2 and A3 by this law, once the orbit has been found without them. Needs a
  /// `SolarSystem`.
  public var nonGravitational: NonGravitational.Law?
  /// Of these A2 alone: the Yarkovsky effect, which few arcs tell from the other two.
  public var transverseOnly = false
  /// When a fit gives up: so many places of observations computed, in all stages and from all
  /// starts; one under all forces counts for four, and an integration for as many as 200 of the Sun
  /// alone. The default is some ten seconds. Not a clock: results must not depend on the machine.
  public var placeLimit = 20_000_000

  public init() {}

  /// For the linker: two-body, the given start, no rejection.
  public static var linking: FitOptions {
    var options = FitOptions()
    options.forces = .twoBody
    options.rejection = false
    return options
  }
}

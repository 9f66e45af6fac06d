public import Astro

/// What became of one orbit: its states at the epochs asked for, and how it ended.
public struct Propagation: Sendable {
  /// In the order of the epochs asked for; nil where the motion ended before (see ``verdict``).
  /// ICRF axes, origin as asked for.
  public internal(set) var states: [StateVector?]
  /// ∂(state at each epoch)/∂(state of the orbit), when asked for.
  public internal(set) var transitions: [StateTransitionMatrix?]
  /// ∂(state at each epoch)/∂(A1, A2, A3), when asked for [per au/d²].
  public internal(set) var forcePartials: [ForcePartials?]
  /// Why the motion ended early, if it did; that of the future before that of the past.
  public internal(set) var verdict: Verdict = .complete
  /// Passages within the limit asked for, by time.
  public internal(set) var approaches: [CloseApproach] = []
  /// Steps taken, and steps that had to be taken again with a shorter length.
  public internal(set) var stepCount = 0
  public internal(set) var rejectedCount = 0

  init(count: Int, options: Propagator.Options) {
    states = Array(repeating: nil, count: count)
    transitions = options.transitions ? Array(repeating: nil, count: count) : []
    forcePartials = options.forcePartials ? Array(repeating: nil, count: count) : []
  }

  public enum Verdict: Hashable, Sendable {
    /// Every epoch was reached.
    case complete
    /// The body struck one of the masses at the approach's time; later epochs have no state.
    case impact(CloseApproach)
    /// The ephemerides end here; epochs beyond have no state.
    case outsideEphemeris(Epoch<TDB>)
    /// Steps became immeasurably short, as in a passage through the centre of a mass.
    case stalled(Epoch<TDB>)
    /// The orbit itself is not finite.
    case notFinite
  }
}

/// The nearest point of a passage, or the moment of an impact.
public struct CloseApproach: Hashable, Sendable {
  public var body: Body
  public var time: Epoch<TDB>
  /// From the centre of the body [au].
  public var distanceAU: Double
  /// Relative to the body [au/d].
  public var speed: Double

  package init(body: Body, time: Epoch<TDB>, distanceAU: Double, speed: Double) {
    self.body = body
    self.time = time
    self.distanceAU = distanceAU
    self.speed = speed
  }
}

/// ∂(x, y, z, vx, vy, vz)/∂(A1, A2, A3).
public struct ForcePartials: Sendable {
  /// One column for each of A1, A2, A3 [au and au/d per au/d²].
  public var columns: InlineArray<3, StateVector>

  static var zero: ForcePartials {
    ForcePartials(
      columns: InlineArray(repeating: StateVector(position: .zero, velocity: .zero)))
  }
}

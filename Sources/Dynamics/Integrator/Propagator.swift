public import Astro

/// Moves orbits through the solar system under all its forces (``ForceModel``).
///
/// Gauss-Radau collocation of order 15 with adaptive steps, reckoned from a conic that is renewed
/// with every step; one integration serves all epochs of an orbit by its dense output. Against
/// JPL Horizons the states of asteroids agree to metres after two months.
///
/// ```swift
/// let propagator = Propagator(solarSystem)
/// let result = propagator.propagate(orbit, to: [epoch])
/// ```
public struct Propagator: Sendable {
  let ephemeris: Ephemeris
  let constants: GravityConstants

  public init(ephemeris: Ephemeris, constants: GravityConstants) {
    self.ephemeris = ephemeris
    self.constants = constants
  }

  public init(_ solarSystem: SolarSystem) {
    self.init(ephemeris: solarSystem.ephemeris, constants: solarSystem.gravity)
  }

  public struct Options: Sendable, Hashable {
    /// Origin of the states that come out.
    public var origin: Origin
    /// Also the state transition matrices.
    public var transitions: Bool
    /// Also the partials with respect to A1, A2, A3; implies ``transitions``.
    public var forcePartials: Bool
    /// Passages of the Sun, planets or Moon within this distance are reported [au].
    public var approachLimitAU: Double
    /// Largest size of the highest polynomial term of a step [au]. The states are far better:
    /// the term itself is integrated exactly. 1e-8 keeps ten years of a near-Earth asteroid to decimetres.
    public var tolerance: Double
    /// Sources of relativity.
    public var relativity: Relativity

    public init(
      origin: Origin = .sun, transitions: Bool = false, forcePartials: Bool = false,
      approachLimitAU: Double = 0, tolerance: Double = 1e-8, relativity: Relativity = .sun
    ) {
      self.relativity = relativity
      self.origin = origin
      self.transitions = transitions || forcePartials
      self.forcePartials = forcePartials
      self.approachLimitAU = approachLimitAU
      self.tolerance = tolerance
    }
  }

  /// Room that propagations reuse, with the places of the masses at recent steps: orbits that
  /// start at one epoch share them. One for each thread.
  public final class Workspace {
    private let propagator: Propagator
    private let steps: Int
    /// Without the planets' motions, and with them: made when first wanted.
    private var plain: PerturberTables?
    private var full: PerturberTables?

    init(_ propagator: Propagator, steps: Int) {
      self.propagator = propagator
      self.steps = steps
    }

    func tables(_ relativity: Relativity) -> PerturberTables {
      if let known = relativity == .all ? full : plain { return known }
      let fresh = PerturberTables(
        ephemeris: propagator.ephemeris, gm: propagator.constants.gm, relativity: relativity,
        capacity: steps)
      if relativity == .all { full = fresh } else { plain = fresh }
      return fresh
    }
  }

  /// - Parameter steps: recent steps whose masses' places are kept, a power of two; 6 kB each.
  ///   Who integrates the same long arc again and again wants room for all of its steps.
  public func makeWorkspace(steps: Int = 64) -> Workspace { Workspace(self, steps: steps) }

  /// The states of one orbit at any epochs, before and after its own, in any order.
  ///
  /// - Parameters:
  ///   - orbit: heliocentric or barycentric.
  ///   - epochs: within the ephemerides.
  ///   - nonGravitational: the body's own forces.
  ///   - excluding: masses that do not act: the body itself where it is one of them
  ///     (``Body/init(perturber:)``). One that it coincides with is found and excluded anyway.
  ///   - workspace: from ``makeWorkspace()``; nil makes one.
  /// - Complexity: steps of 30 to 100 days in the main belt, about 10 µs each (half of that when
  ///   orbits share them), and 1 µs an epoch; with transitions about 40 µs.
  public func propagate(
    _ orbit: Orbit, to epochs: [Epoch<TDB>], options: Options = Options(),
    nonGravitational: NonGravitational? = nil, excluding: [Body] = [],
    workspace: Workspace? = nil
  ) -> Propagation {
    var result = Propagation(count: epochs.count, options: options)
    guard orbit.state.position.isFinite, orbit.state.velocity.isFinite else {
      result.verdict = .notFinite
      return result
    }
    guard let sun = try? ephemeris.state(of: .sun, at: orbit.epoch) else {
      result.verdict = .outsideEphemeris(orbit.epoch)
      return result
    }
    let start = orbit.origin == .sun ? orbit.state + sun : orbit.state
    let force = ForceModel(
      constants: constants, nonGravitational: nonGravitational,
      excluding: excluding + coincident(start, at: orbit.epoch), relativity: options.relativity)
    let tables = (workspace ?? makeWorkspace()).tables(options.relativity)
    let offsets = epochs.enumerated().map { (index: $0, days: $1.days(since: orbit.epoch)) }
    for direction in [1.0, -1.0] {
      let ahead = offsets.filter { direction > 0 ? $0.days >= 0 : $0.days < 0 }
        .sorted { abs($0.days) < abs($1.days) }
      // Not one step towards what lies beyond: it would take the last epochs that can be reached.
      let reachable = ahead.filter { ephemeris.covers(epochs[$0.index]) }
      defer {
        if reachable.count < ahead.count, result.verdict == .complete {
          result.verdict = .outsideEphemeris(direction > 0 ? ephemeris.end : ephemeris.start)
        }
      }
      guard !reachable.isEmpty else { continue }
      var run = IntegrationRun(
        force: force, tables: tables, epoch: orbit.epoch,
        start: start, sun: sun, options: options)
      run.integrate(to: reachable, into: &result)
    }
    result.approaches.sort { $0.time < $1.time }
    if options.origin == .sun { subtractSun(epochs, &result) }
    return result
  }

  private func subtractSun(_ epochs: [Epoch<TDB>], _ result: inout Propagation) {
    for (index, epoch) in epochs.enumerated() {
      guard let state = result.states[index], let sun = try? ephemeris.state(of: .sun, at: epoch)
      else { continue }
      result.states[index] = state - sun
    }
  }

  /// Masses that stand where the body stands and move as it moves: they are the body.
  ///
  /// 1.5e5 km and 17 m/s are wider than any catalog's error for these bodies, and closer than
  /// anything else keeps company with them.
  private func coincident(_ state: StateVector, at epoch: Epoch<TDB>) -> [Body] {
    Body.perturbers.filter { body in
      guard let other = try? ephemeris.state(of: body, at: epoch) else { return false }
      let d = state - other
      return d.position.squaredNorm < 1e-6 && d.velocity.squaredNorm < 1e-10
    }
  }
}

public import Astro

extension Propagator {
  /// A whole catalog at one epoch, on all cores: the states of all orbits, each from its own epoch.
  ///
  /// Orbits of one epoch share their steps and the places of the masses at them, eight at a time
  /// in SIMD lanes; those that this does not suit (encounters, forces of their own, an epoch that
  /// few have) go one by one through ``propagate(_:to:options:nonGravitational:excluding:workspace:)``.
  /// Both agree to 1 mm over a night, to centimetres over a month; which of them an orbit takes
  /// depends on how many of the catalog share its epoch and step (eight are wanted). What comes out
  /// does not depend on `jobs`, nor on the orbits' order.
  ///
  /// ```swift
  /// let tonight = try await propagator.move(orbits, to: epoch, jobs: 4)
  /// ```
  /// - Parameters:
  ///   - options: ``Options/approachLimitAU`` is not used: impacts are reported, passages are not.
  ///   - jobs: pieces at work at once.
  public func move(
    _ orbits: [CatalogOrbit], to epoch: Epoch<TDB>, options: Options = Options(), jobs: Int
  ) async throws -> MovedCatalog {
    let plan = CatalogPlan(orbits, to: epoch, gm: constants.gm[0]) { orbit in
      !options.forcePartials && orbit.nonGravitational == nil
        && !Body.mayBePerturber(orbit.designation)
    }
    var moved = MovedCatalog(
      epoch: epoch, states: Array(repeating: nil, count: orbits.count),
      transitions: options.transitions ? Array(repeating: nil, count: orbits.count) : [])
    var alone = plan.alone
    var groups = plan.groups
    var attempt = 0
    while !groups.isEmpty {
      attempt += 1
      var finer: [CatalogPlan.Group] = []
      for (group, left) in zip(groups, try await run(groups, orbits, options, jobs, &moved)) {
        if let next = group.finer(left, attempt: attempt) {
          finer.append(next)
        } else {
          alone += left
        }
      }
      groups = finer
    }
    moved.aloneCount = alone.count
    let rest = alone
    let results = try await parallelMap(count: rest.count, chunk: 128, jobs: jobs) { range in
      let workspace = makeWorkspace()
      return range.map {
        propagate(orbits[rest[$0]], to: [epoch], options: options, workspace: workspace)
      }
    }
    for (index, result) in zip(rest, results.joined()) {
      moved.states[index] = result.states[0]
      if options.transitions { moved.transitions[index] = result.transitions[0] }
      if result.verdict != .complete { moved.verdicts[index] = result.verdict }
    }
    return moved
  }

  /// Pieces that wait for their results to be taken over; bounds the memory of results.
  private static let piecesAtOnce = 256

  /// Moves the members of all groups, a piece of any group beside one of another: small groups of
  /// old epochs are many, and the longest way.
  ///
  /// - Returns: of each group the members that it was too coarse for.
  private func run(
    _ groups: [CatalogPlan.Group], _ orbits: [CatalogOrbit], _ options: Options, _ jobs: Int,
    _ moved: inout MovedCatalog
  ) async throws -> [[Int]] {
    let pieces = groups.enumerated().flatMap { number, group in
      stride(from: 0, to: group.members.count, by: OctetRun.chunk).map { first in
        (number, first..<min(first + OctetRun.chunk, group.members.count))
      }
    }
    var left = [[Int]](repeating: [], count: groups.count)
    for start in stride(from: 0, to: pieces.count, by: Self.piecesAtOnce) {
      let count = min(Self.piecesAtOnce, pieces.count - start)
      let results = try await parallelMap(count: count, chunk: 1, jobs: jobs) { range in
        let (number, members) = pieces[start + range.lowerBound]
        let group = groups[number]
        return OctetRun(self, group, options).states(orbits, group.members[members])
      }
      for (piece, states) in zip(pieces[start..<start + count], results) {
        for (index, state) in zip(groups[piece.0].members[piece.1], states) {
          guard let state else {
            left[piece.0].append(index)
            continue
          }
          moved.states[index] = state.state
          if options.transitions { moved.transitions[index] = state.transition }
        }
      }
    }
    return left
  }
}

/// A piece of a group on its way.
struct OctetRun {
  private let propagator: Propagator
  private let group: CatalogPlan.Group
  private let options: Propagator.Options
  private let force: ForceModel

  /// Orbits that are taken together through one step after the other.
  static let chunk = 512

  init(_ propagator: Propagator, _ group: CatalogPlan.Group, _ options: Propagator.Options) {
    self.propagator = propagator
    self.group = group
    self.options = options
    force = ForceModel(constants: propagator.constants, relativity: options.relativity)
  }

  typealias Moved = (state: StateVector, transition: StateTransitionMatrix?)

  /// - Returns: by member; nil for those that must go alone.
  func states(_ orbits: [CatalogOrbit], _ members: ArraySlice<Int>) -> [Moved?] {
    let none = [Moved?](repeating: nil, count: members.count)
    let ephemeris = propagator.ephemeris
    guard let sun = try? ephemeris.state(of: .sun, at: group.epoch),
      let lastSun = try? ephemeris.state(of: .sun, at: group.epoch.adding(days: group.days))
    else { return none }
    let scratch = OctetScratch()
    let octets = stride(from: members.startIndex, to: members.endIndex, by: 8).map {
      octet(orbits, members[$0..<min($0 + 8, members.endIndex)], sun, scratch)
    }
    let nodes = OctetNodes(rule: group.rule, relativity: options.relativity)
    let days = group.days / Double(group.stepCount)
    // The highest term is not the error: the ends of steps are good to twice the order. Of eight
    // nodes it may be ten times that of the integrator's own steps, and 6,300 orbits keep their
    // errors to the last digit over eight years; of four it must be far smaller.
    let tolerance = (group.rule.count < GaussRule.largestCount ? 0.01 : 10) * options.tolerance
    if group.days != 0 {
      for step in 0..<group.stepCount {
        guard
          nodes.fill(
            start: group.epoch.adding(days: days * Double(step)), days: days,
            ephemeris: ephemeris, gm: propagator.constants.gm)
        else { return none }
        for octet in octets { octet.advance(force, nodes, tolerance: tolerance) }
      }
    }
    let origin = options.origin == .sun ? lastSun : StateVector(position: .zero, velocity: .zero)
    var states = none
    for (index, octet) in octets.enumerated() {
      for lane in 0..<min(8, members.count - 8 * index) where !octet.failed[lane] {
        states[8 * index + lane] = (
          StateVector(position: octet.position[lane], velocity: octet.velocity[lane]) - origin,
          octet.transition?.transition(lane)
        )
      }
    }
    return states
  }

  /// Up to eight orbits side by side; empty lanes repeat the first.
  private func octet(
    _ orbits: [CatalogOrbit], _ members: ArraySlice<Int>, _ sun: StateVector,
    _ scratch: OctetScratch
  ) -> OctetStep {
    let octet = OctetStep(transitions: options.transitions, scratch: scratch)
    for lane in 0..<8 {
      let orbit = orbits[members[members.startIndex + (lane < members.count ? lane : 0)]].orbit
      let state = orbit.origin == .sun ? orbit.state + sun : orbit.state
      octet.position[lane] = state.position
      octet.velocity[lane] = state.velocity
    }
    return octet
  }
}

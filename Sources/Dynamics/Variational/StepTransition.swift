import Astro

/// The variational equations over one step: how its states depend on the state at its start and
/// on A1, A2, A3.
///
/// The equations are linear, and the gradient at the nodes is known once the step is solved: the
/// same collocation gives them at the same nodes, as a departure from the conic's own transition.
struct StepTransition {
  /// Second derivatives of the departures at the nodes: six columns of the state, three of forces.
  private var columns: InlineArray<9, Lanes3>
  private let count: Int
  private let step: RadauStep

  init(
    _ step: RadauStep, _ force: ForceModel, _ table: PerturberTable, withForces: Bool,
    radau: RadauTables
  ) {
    self.step = step
    count = withForces ? 9 : 6
    columns = InlineArray(repeating: .zero)
    let fromSun = step.positions - table.position(0)
    let velocity = step.velocities - table.sunVelocity
    let gradient = force.gradient(table, position: step.positions)
    let outgassing = force.nonGravitational.flatMap {
      $0.coefficients == .zero ? nil : OutgassingGradient($0, fromSun: fromSun, velocity: velocity)
    }
    var conic = Lanes3.zero
    var places = InlineArray<6, Lanes3>(repeating: .zero)
    var motions = InlineArray<6, Lanes3>(repeating: .zero)
    for node in 0..<8 {
      let (state, m) = StepTransition.conic(step, step.days * radau.nodes[node])
      conic[node] = state.position
      for k in 0..<6 { places[k][node] = Vector3(m[0, k], m[1, k], m[2, k]) }
      if outgassing != nil {
        for k in 0..<6 { motions[k][node] = Vector3(m[3, k], m[4, k], m[5, k]) }
      }
    }
    var own = GradientLanes.zero
    own.add(conic, gm: step.reference.gm)
    let excess = gradient - own
    func solve(_ source: Lanes3) -> Lanes3 {
      StepTransition.solve(source, gradient, outgassing, step.days, radau)
    }
    for k in 0..<6 {
      var source = excess * places[k]
      if let outgassing { source += outgassing.change(places[k], motions[k]) }
      columns[k] = solve(source)
    }
    if withForces {
      let axes = force.outgassingAxes(fromSun: fromSun, velocity: velocity)
      columns[6] = solve(axes.radial)
      columns[7] = solve(axes.transverse)
      columns[8] = solve(axes.normal)
    }
  }

  private static func conic(
    _ step: RadauStep, _ elapsed: Double
  ) -> (state: StateVector, transition: StateTransitionMatrix) {
    let start = step.reference.start
    let solution = UniversalSolution(start, days: elapsed, gm: step.reference.gm)
    let end = solution.state(from: start)
    return (end, solution.transition(from: start, to: end))
  }

  /// ÿ = source + G y + outgassing(y, ẏ), y and ẏ zero at the start.
  private static func solve(
    _ source: Lanes3, _ gradient: GradientLanes, _ outgassing: OutgassingGradient?,
    _ days: Double, _ radau: RadauTables
  ) -> Lanes3 {
    let square = days * days
    var second = source
    var last = Double.infinity
    for _ in 0..<40 {
      let place = unsafe RadauStep.integrate(second, radau.position) * square
      var next = source + gradient * place
      if let outgassing {
        next += outgassing.change(place, unsafe RadauStep.integrate(second, radau.velocity) * days)
      }
      let change = (next - second).largest
      second = next
      // Twelve digits are more than any use of partials needs.
      if change <= 1e-13 * second.largest || change >= last { break }
      last = change
    }
    return second
  }

  /// The transition from the start of the step to a time inside it.
  func transition(after elapsed: Double, radau: RadauTables) -> StateTransitionMatrix {
    let (once, twice) = weights(elapsed, radau)
    var m = StepTransition.conic(step, elapsed).transition
    for k in 0..<6 {
      let position = columns[k].sum(twice)
      let velocity = columns[k].sum(once)
      m[0, k] += position.x
      m[1, k] += position.y
      m[2, k] += position.z
      m[3, k] += velocity.x
      m[4, k] += velocity.y
      m[5, k] += velocity.z
    }
    return m
  }

  /// What A1, A2, A3 add between the start of the step and a time inside it.
  func forcePartials(after elapsed: Double, radau: RadauTables) -> ForcePartials {
    var partials = ForcePartials.zero
    guard count == 9 else { return partials }
    let (once, twice) = weights(elapsed, radau)
    for k in 0..<3 {
      partials.columns[k] = StateVector(
        position: columns[6 + k].sum(twice), velocity: columns[6 + k].sum(once))
    }
    return partials
  }

  private func weights(_ elapsed: Double, _ radau: RadauTables) -> (once: Lanes, twice: Lanes) {
    let (once, twice) = RadauStep.weights(elapsed / step.days, radau)
    return (once * step.days, twice * (step.days * step.days))
  }
}

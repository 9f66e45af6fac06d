import Astro

/// One step of the integration: Gauss-Radau collocation (``RadauTables``) for what perturbations
/// add to the motion on a conic (``KeplerReference``).
///
/// The equations at the nodes are solved by Newton's method with the Sun's gradient, two or three
/// evaluations of the forces for an orbit without encounters. The step is its own dense output.
struct RadauStep {
  /// First moment and length; negative lengths go back in time.
  let start: Epoch<TDB>
  let days: Double
  let reference: KeplerReference
  /// The Sun at the start, barycentric.
  let sun: StateVector
  /// The perturbing acceleration at the nodes [au/d²]. The solution.
  private(set) var acceleration: Lanes3
  /// The body at the nodes, barycentric [au].
  private(set) var positions: Lanes3
  private(set) var velocities: Lanes3
  /// Barycentric state at the end of the step.
  let end: StateVector
  /// Size of the highest term of the interpolating polynomial times days² [au].
  let error: Double

  /// Sweeps over the nodes before a step counts as too long.
  private static let sweepLimit = 12

  /// - Parameters:
  ///   - state: barycentric, at the table's first moment.
  /// - Returns: nil when the iteration does not converge: the step is too long.
  init?(_ force: ForceModel, _ table: PerturberTable, state: StateVector, radau: RadauTables) {
    start = table.start
    days = table.days
    sun = StateVector(position: table.position(0)[0], velocity: table.sunVelocity[0])
    reference = KeplerReference(start: state - sun, gm: force.constants.gm[0])

    // Lane 0 is the start, where the conic is known: it serves for the end of the step.
    var times = radau.nodes * days
    times[0] = days
    var (conic, conicVelocity) = reference.states(after: times)
    let conicEnd = StateVector(position: conic[0], velocity: conicVelocity[0])
    conic[0] = reference.start.position
    conicVelocity[0] = reference.start.velocity
    times[0] = 0
    let r2 = conic.squaredNorm
    let conicPull = conic * (-reference.gm / (r2 * r2.squareRoot()))
    let place = conic + Lanes3(sun.position) + Lanes3(sun.velocity) * times
    let motion = conicVelocity + Lanes3(sun.velocity)

    var offset = Lanes3.zero
    var drift = Lanes3.zero
    var change = Double.infinity
    var solution: Lanes3?
    for sweep in 0..<RadauStep.sweepLimit {
      let position = place + offset
      let pull =
        force.acceleration(table, position: position, velocity: motion + drift) - conicPull
      // An encounter needs the gradient of its planet as well, and tells by converging slowly.
      let gradient =
        sweep < 2
        ? force.sunGradient(table, position: position) : force.gradient(table, position: position)
      let (next, corrected) = RadauStep.newton(pull, gradient, offset, days, radau)
      let last = change
      change = (next - offset).largest
      guard change.isFinite else { return nil }
      offset = next
      drift = unsafe RadauStep.integrate(corrected, radau.velocity) * days
      // What the next sweep would still change, by the rate so far.
      let rate = max(sweep == 0 ? 1 : change / last, 1e-6)
      if change * rate <= 2e-16 * (1 + r2[0].squareRoot()) {
        solution = corrected
        break
      }
      if sweep > 3, rate > 0.5 { return nil }
    }
    guard let solution else { return nil }
    acceleration = solution
    positions = place + offset
    velocities = motion + drift
    end = StateVector(
      position: conicEnd.position + sun.position + sun.velocity * days
        + solution.sum(radau.endPosition) * (days * days),
      velocity: conicEnd.velocity + sun.velocity + solution.sum(radau.endVelocity) * days)
    let highest = unsafe solution.sum(radau.monomial[7])
    error = max(abs(highest.x), abs(highest.y), abs(highest.z)) * days * days
  }

  /// Solves δ = h² A (pull + G (δ - offset)): the collocation with the forces made linear about
  /// `offset`. Returns δ and the accelerations that belong to it.
  @inline(__always)
  private static func newton(
    _ pull: Lanes3, _ gradient: GradientLanes, _ offset: Lanes3, _ days: Double,
    _ radau: RadauTables
  ) -> (offset: Lanes3, pull: Lanes3) {
    let square = days * days
    var corrected = pull
    var solution = unsafe integrate(corrected, radau.position) * square
    for _ in 0..<12 {
      corrected = pull + gradient * (solution - offset)
      let next = unsafe integrate(corrected, radau.position) * square
      let change = (next - solution).largest
      solution = next
      if change <= 1e-17 || !change.isFinite { break }
    }
    return (solution, corrected)
  }

  /// The collocation matrix times the values at the nodes.
  @inline(__always)
  static func integrate(
    _ f: Lanes3, _ matrix: UnsafePointer<Lanes>
  ) -> Lanes3 {
    var sum = Lanes3.zero
    var j = 0
    while j < 8 {
      let column = unsafe matrix[j]
      sum.x += column * f.x[j]
      sum.y += column * f.y[j]
      sum.z += column * f.z[j]
      j &+= 1
    }
    return sum
  }

  /// Barycentric state inside the step.
  ///
  /// - Parameter elapsed: since the start [d], between 0 and ``days``.
  func state(after elapsed: Double, radau: RadauTables) -> StateVector {
    let tau = elapsed / days
    let (once, twice) = RadauStep.weights(tau, radau)
    let conic = reference.state(after: elapsed)
    return StateVector(
      position: conic.position + sun.position + sun.velocity * elapsed
        + acceleration.sum(twice) * (days * days),
      velocity: conic.velocity + sun.velocity + acceleration.sum(once) * days)
  }

  /// Weights of the nodes in ∫₀^τ and in ∫₀^τ (τ - s).
  static func weights(_ tau: Double, _ radau: RadauTables) -> (once: Lanes, twice: Lanes) {
    var once = Lanes.zero
    var twice = Lanes.zero
    for k in stride(from: 7, through: 0, by: -1) {
      let coefficient = unsafe radau.monomial[k]
      once = once * tau + coefficient * (1 / Double(k + 1))
      twice = twice * tau + coefficient * (1 / Double((k + 1) * (k + 2)))
    }
    return (once * tau, twice * (tau * tau))
  }
}

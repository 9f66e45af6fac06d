import Astro

/// One step of eight orbits that start together: Gauss-Legendre collocation for what perturbations
/// add to their conics, the places of the masses shared.
///
/// The equations of ``RadauStep``, with lanes for orbits in place of nodes: few nodes do where the
/// step is short. A lane stops changing when it has converged, so that no orbit's result depends on
/// its neighbours. Lanes that do not converge, whose polynomial does not end, or that come near a
/// mass are marked as failed, for ``Propagator`` to take one by one.
@safe final class OctetStep {
  /// Barycentric [au, au/d]: set before a step, and advanced by it.
  var position = Lanes3.zero
  var velocity = Lanes3.zero
  var failed = LaneMask(repeating: false)
  /// The matrices, where they are wanted.
  let transition: OctetTransition?

  // By node, of the step in hand: see ``OctetScratch``.
  private let scratch: OctetScratch
  private let conic: UnsafeMutablePointer<Lanes3>
  private let motion: UnsafeMutablePointer<Lanes3>
  private let offset: UnsafeMutablePointer<Lanes3>
  private let drift: UnsafeMutablePointer<Lanes3>
  private let pull: UnsafeMutablePointer<Lanes3>
  private let solution: UnsafeMutablePointer<Lanes3>
  private let next: UnsafeMutablePointer<Lanes3>
  private let gradient: UnsafeMutablePointer<GradientLanes>

  /// What a further sweep would still change: 0.1 mm [au].
  private static let accuracy = 7e-16
  private static let sweepLimit = 5
  /// Σ GM / d³ [1/d²] from which on an orbit goes alone: the Earth at 0.08 au, Jupiter at 0.5 au,
  /// Pluto or the Moon at 0.02 au; and whatever asteroid stands beside its own mass.
  private static let tideLimit = 2e-6
  /// Nearer to the Sun than 0.02 au too. [au²]
  private static let sunLimit = 4e-4

  /// - Parameter scratch: room for one step, which many take one after the other.
  init(transitions: Bool, scratch: OctetScratch) {
    self.scratch = scratch
    transition = transitions ? OctetTransition(scratch: scratch) : nil
    let n = GaussRule.largestCount
    let room = unsafe scratch.vectors
    unsafe conic = room
    unsafe motion = room + n
    unsafe offset = room + 2 * n
    unsafe drift = room + 3 * n
    unsafe pull = room + 4 * n
    unsafe solution = room + 5 * n
    unsafe next = room + 6 * n
    unsafe gradient = scratch.gradients
  }

  /// Moves ``position`` and ``velocity`` over the step of `nodes`.
  ///
  /// - Parameter tolerance: largest size of the highest polynomial term [au].
  func advance(_ force: ForceModel, _ nodes: OctetNodes, tolerance: Double) {
    let (rule, days, sun) = (nodes.rule, nodes.days, nodes.sun)
    let lanes = ConicLanes(
      position: position - Lanes3(sun.position), velocity: velocity - Lanes3(sun.velocity),
      gm: force.constants.gm[0], short: rule.count < GaussRule.largestCount)
    for i in 0..<rule.count {
      let (place, speed) = unsafe lanes.states(after: days * rule.nodes[i], &failed)
      unsafe conic[i] = place
      unsafe motion[i] = speed + Lanes3(sun.velocity)
      unsafe offset[i] = .zero
      unsafe drift[i] = .zero
    }
    let square = days * days
    let r2 = lanes.position.squaredNorm
    let bend = lanes.gm * square / (r2 * r2)
    var active = .!failed
    for sweep in 0..<OctetStep.sweepLimit where active != LaneMask(repeating: false) {
      let tide = evaluate(force, nodes, lanes.gm, first: sweep == 0)
      let change = solve(rule, days, &active)
      // The gradients of the other masses and the curvature of the Sun's pull were left out.
      let rate = tide * (square / 6) + bend * change + 1e-9
      active = active .& .!(change * rate .<= OctetStep.accuracy)
    }
    failed = failed .| active
    if let transition {
      for i in 0..<rule.count {
        let time = unsafe days * rule.nodes[i]
        let place = unsafe conic[i] + Lanes3(sun.position + sun.velocity * time) + offset[i]
        transition.setGradient(i, force.gradient(nodes.table(i), position: place))
      }
      transition.advance(nodes)
    }
    finish(lanes, nodes, tolerance)
  }

  /// The perturbing accelerations at the nodes, and in the first sweep the Sun's gradients.
  ///
  /// - Returns: Σ GM / d³ of the other masses, the largest of the nodes.
  @inline(__always)
  private func evaluate(
    _ force: ForceModel, _ nodes: OctetNodes, _ gm: Double, first: Bool
  ) -> Lanes {
    var largest = Lanes.zero
    let sun = nodes.sun
    for i in 0..<nodes.rule.count {
      let table = nodes.table(i)
      let time = unsafe nodes.days * nodes.rule.nodes[i]
      let heliocentric = unsafe conic[i]
      let place = unsafe heliocentric + Lanes3(sun.position + sun.velocity * time) + offset[i]
      var tide = Lanes.zero
      let full = unsafe force.acceleration(
        table, position: place, velocity: motion[i] + drift[i], tide: &tide)
      let r2 = heliocentric.squaredNorm
      unsafe pull[i] = full + heliocentric * (gm / (r2 * r2.squareRoot()))
      largest = largest.replacing(with: tide, where: .!(tide .<= largest))
      if first {
        unsafe gradient[i] = force.sunGradient(table, position: place)
        failed = failed .| .!(tide .<= OctetStep.tideLimit) .| .!(r2 .>= OctetStep.sunLimit)
      }
    }
    return largest
  }

  /// Solves δ = h² A (pull + G (δ - offset)) for the active lanes: the collocation with the Sun's
  /// pull made linear. Leaves δ in `offset`, its derivative in `drift` and the accelerations that
  /// belong to it in `solution`.
  ///
  /// - Returns: the change of δ, the largest component of any node.
  @inline(__always)
  private func solve(_ rule: GaussRule, _ days: Double, _ active: inout LaneMask) -> Lanes {
    let n = rule.count
    let square = days * days
    active = active .& .!failed
    var moving = active
    for i in 0..<n {
      unsafe next[i] = OctetStep.product(rule.position + i &* n, pull, n) * square
      unsafe solution[i] = solution[i].replacing(with: pull[i], where: active)
    }
    var round = 0
    while round < 12, moving != LaneMask(repeating: false) {
      for i in 0..<n {
        let linear = unsafe pull[i] + gradient[i] * (next[i] - offset[i])
        unsafe solution[i] = solution[i].replacing(with: linear, where: moving)
      }
      var largest = Lanes.zero
      for i in 0..<n {
        let better = unsafe OctetStep.product(rule.position + i &* n, solution, n) * square
        let change = unsafe (better - next[i]).magnitudes
        largest = largest.replacing(with: change, where: .!(change .<= largest))
        unsafe next[i] = next[i].replacing(with: better, where: moving)
      }
      moving = moving .& .!(largest .<= 1e-16)
      round &+= 1
    }
    failed = failed .| moving
    var largest = Lanes.zero
    for i in 0..<n {
      let change = unsafe (next[i] - offset[i]).magnitudes
      largest = largest.replacing(with: change, where: .!(change .<= largest))
      unsafe offset[i] = offset[i].replacing(with: next[i], where: active)
      let speed = unsafe OctetStep.product(rule.velocity + i &* n, solution, n) * days
      unsafe drift[i] = drift[i].replacing(with: speed, where: active)
    }
    return largest
  }

  private func finish(_ lanes: ConicLanes, _ nodes: OctetNodes, _ tolerance: Double) {
    let (rule, days, sun) = (nodes.rule, nodes.days, nodes.sun)
    let highest = unsafe OctetStep.product(rule.highest, solution, rule.count) * (days * days)
    failed = failed .| .!(highest.magnitudes .<= tolerance)
    let (place, speed) = lanes.states(after: days, &failed)
    position =
      unsafe place + Lanes3(sun.position + sun.velocity * days)
      + OctetStep.product(rule.endPosition, solution, rule.count) * (days * days)
    velocity =
      unsafe speed + Lanes3(sun.velocity)
      + OctetStep.product(rule.endVelocity, solution, rule.count) * days
  }

  /// Σ wⱼ vⱼ over the nodes.
  @inline(__always)
  static func product(
    _ weights: UnsafePointer<Double>, _ values: UnsafeMutablePointer<Lanes3>, _ count: Int
  ) -> Lanes3 {
    var sum = Lanes3.zero
    for j in 0..<count { unsafe sum += values[j] * weights[j] }
    return sum
  }
}

import Astro

/// The state transition matrices of eight orbits over one step after the other.
///
/// The variational equations ÿ = G y by the collocation of the step, G the gradient of all point
/// masses at its nodes (``ForceModel/gradient(_:position:)``). Over a third of a radian that is
/// exact to 1e-10 even without a conic to reckon from.
@safe final class OctetTransition {
  /// 36 numbers by rows, of eight orbits each: ∂(state now)/∂(state at the start).
  let matrix: UnsafeMutablePointer<Lanes>
  private let scratch: OctetScratch
  private let step: UnsafeMutablePointer<Lanes>
  private let gradient: UnsafeMutablePointer<GradientLanes>
  private let second: UnsafeMutablePointer<Lanes3>
  private let next: UnsafeMutablePointer<Lanes3>

  init(scratch: OctetScratch) {
    let n = GaussRule.largestCount
    self.scratch = scratch
    unsafe matrix = .allocate(capacity: 36)
    unsafe matrix.initialize(repeating: .zero, count: 36)
    for i in 0..<6 { unsafe matrix[7 * i] = Lanes(repeating: 1) }
    unsafe step = scratch.matrix
    unsafe gradient = scratch.gradients + n
    unsafe second = scratch.vectors + 7 * n
    unsafe next = scratch.vectors + 8 * n
  }

  deinit { unsafe matrix.deallocate() }

  /// The gradient at a node, set for all nodes before ``advance(_:)``.
  @inline(__always)
  func setGradient(_ node: Int, _ value: GradientLanes) { unsafe gradient[node] = value }

  /// Multiplies the step of `nodes` onto ``matrix``.
  func advance(_ nodes: OctetNodes) {
    let (rule, days) = (nodes.rule, nodes.days)
    for column in 0..<6 {
      solve(column, rule, days)
      var place = unsafe OctetStep.product(rule.endPosition, second, rule.count) * (days * days)
      var speed = unsafe OctetStep.product(rule.endVelocity, second, rule.count) * days
      place += OctetTransition.start(column, days)
      if column >= 3 { speed += OctetTransition.start(column - 3, 0) }
      unsafe step[column] = place.x
      unsafe step[6 + column] = place.y
      unsafe step[12 + column] = place.z
      unsafe step[18 + column] = speed.x
      unsafe step[24 + column] = speed.y
      unsafe step[30 + column] = speed.z
    }
    for column in 0..<6 {
      var before = InlineArray<6, Lanes>(repeating: .zero)
      for k in 0..<6 { unsafe before[k] = matrix[6 * k + column] }
      for row in 0..<6 {
        var sum = Lanes.zero
        for k in 0..<6 { unsafe sum += step[6 * row + k] * before[k] }
        unsafe matrix[6 * row + column] = sum
      }
    }
  }

  /// One orbit's matrix.
  func transition(_ lane: Int) -> StateTransitionMatrix {
    var m = StateTransitionMatrix.identity
    for k in 0..<36 { unsafe m.elements[k] = matrix[k][lane] }
    return m
  }

  /// The position that a unit of a column's parameter gives after some days without forces.
  @inline(__always)
  private static func start(_ column: Int, _ days: Double) -> Lanes3 {
    let value = column < 3 ? 1 : days
    let axis = column % 3
    return Lanes3(Vector3(axis == 0 ? value : 0, axis == 1 ? value : 0, axis == 2 ? value : 0))
  }

  /// Leaves ÿ at the nodes in `second`.
  @inline(__always)
  private func solve(_ column: Int, _ rule: GaussRule, _ days: Double) {
    let n = rule.count
    let square = days * days
    for i in 0..<n {
      unsafe second[i] = gradient[i] * OctetTransition.start(column, days * rule.nodes[i])
    }
    var moving = LaneMask(repeating: true)
    for _ in 0..<16 where moving != LaneMask(repeating: false) {
      var (change, size) = (Lanes.zero, Lanes.zero)
      for i in 0..<n {
        let start = unsafe OctetTransition.start(column, days * rule.nodes[i])
        let bent = unsafe OctetStep.product(rule.position + i &* n, second, n) * square
        let better = unsafe gradient[i] * (start + bent)
        let difference = unsafe (better - second[i]).magnitudes
        let magnitude = better.magnitudes
        change = change.replacing(with: difference, where: difference .> change)
        size = size.replacing(with: magnitude, where: magnitude .> size)
        unsafe next[i] = better
      }
      for i in 0..<n { unsafe second[i] = second[i].replacing(with: next[i], where: moving) }
      moving = moving .& (change .> 1e-12 * size)
    }
  }
}

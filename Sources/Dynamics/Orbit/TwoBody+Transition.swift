import Astro

extension TwoBody {
  /// As ``propagate(_:days:gm:)``, with the state transition matrix ∂(end)/∂(start).
  ///
  /// Closed form after Goodyear (1965, AJ 70, 189) and Battin (1999, An Introduction to the
  /// Mathematics and Methods of Astrodynamics, 9.7); accurate for all conics and any number of
  /// revolutions.
  public static func propagateWithTransition(
    _ state: StateVector, days: Double, gm: Double = GravitationalParameter.sun
  ) -> (state: StateVector, transition: StateTransitionMatrix) {
    let solution = UniversalSolution(state, days: days, gm: gm)
    if solution.cancels,
      let passage = HyperbolicPassage(state, days: days, gm: gm, beta: solution.beta)
    {
      return (passage.end, passage.transition(from: state))
    }
    let end = solution.state(from: state)
    return (end, solution.transition(from: state, to: end))
  }
}

extension UniversalSolution {
  func transition(from start: StateVector, to end: StateVector) -> StateTransitionMatrix {
    let (f, g, fDot, gDot, r) = coefficients
    // Whole revolutions return to the same place but not to the same time: they enter here.
    let secular =
      wholeTurns == 0
      ? UniversalFunctions.threeU5MinusSU4(beta: beta, s: s, u2: u.u2, u3: u.u3)
      : ((s + wholeTurns) * u.u2 - 3 * (u.u3 + wholeTurns / beta)) / beta
    let c = gm * gm * secular - gm * days * u.u2

    let dv = end.velocity - start.velocity
    let dr = end.position - start.position
    let (p, p0, v, v0) = (end.position, start.position, end.velocity, start.velocity)
    let lag = r0 * (1 - f)
    let (r3, r03) = (1 / (r * r * r), 1 / (r0 * r0 * r0))
    // (R Vᵀ - V Rᵀ) R / (GM r), the part of ∂v/∂r that turns with the plane.
    let turn = (p * v.dot(p) - v * p.dot(p)) * (1 / (gm * r))
    let radial = p * (1 / (r * r))

    var m = StateTransitionMatrix(elements: InlineArray(repeating: 0))
    m.add(0, 0, dv * (r / gm), dv)
    m.add(0, 0, (p * lag + v * c) * r03, p0)
    m.addDiagonal(0, 0, f)
    m.add(0, 3, dr * (lag / gm), v0)
    m.add(0, 3, dv * (-lag / gm), p0)
    m.add(0, 3, v * (c / gm), v0)
    m.addDiagonal(0, 3, g)
    m.add(3, 0, dv * (-1 / (r0 * r0)), p0)
    m.add(3, 0, -radial, dv)
    m.add(3, 0, radial * -fDot, p)
    m.add(3, 0, turn * fDot, dv)
    m.add(3, 0, p * (-gm * c * r3 * r03), p0)
    m.addDiagonal(3, 0, fDot)
    m.add(3, 3, dv * (r0 / gm), dv)
    m.add(3, 3, p * (lag * r3), p0)
    m.add(3, 3, p * (-c * r3), v0)
    m.addDiagonal(3, 3, gDot)
    return m
  }
}

extension StateTransitionMatrix {
  /// Adds a bᵀ to the 3 × 3 block at a row and column.
  @inline(__always)
  mutating func add(_ row: Int, _ column: Int, _ a: Vector3, _ b: Vector3) {
    addRow(row, column, a.x, b)
    addRow(row &+ 1, column, a.y, b)
    addRow(row &+ 2, column, a.z, b)
  }

  @inline(__always)
  private mutating func addRow(_ row: Int, _ column: Int, _ k: Double, _ b: Vector3) {
    self[row, column] += k * b.x
    self[row, column &+ 1] += k * b.y
    self[row, column &+ 2] += k * b.z
  }

  @inline(__always)
  mutating func addDiagonal(_ row: Int, _ column: Int, _ k: Double) {
    self[row, column] += k
    self[row &+ 1, column &+ 1] += k
    self[row &+ 2, column &+ 2] += k
  }
}

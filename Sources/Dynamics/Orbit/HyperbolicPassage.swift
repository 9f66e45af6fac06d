import Astro

/// A hyperbola that falls in from afar, by way of its perihelion.
///
/// Reckoned from the far start, Lagrange's f and g are differences of numbers as large as
/// (r/a)²: ten digits are gone at 'Oumuamua's speed after ten years. Reckoned from the
/// perihelion, in the place that the eccentricity vector gives, every term has one sign.
struct HyperbolicPassage {
  let gm: Double
  let perihelion: StateVector
  /// From the perihelion to the start and to the end.
  let toStart: UniversalSolution
  let toEnd: UniversalSolution
  let end: StateVector

  /// - Parameter beta: GM / a, negative.
  /// - Returns: nil for a fall straight into the centre, which has no perihelion to go by.
  init?(_ state: StateVector, days: Double, gm: Double, beta: Double) {
    let r0 = state.position.norm
    let sigma0 = state.position.dot(state.velocity)
    let momentum = state.position.cross(state.velocity)
    let toward = state.velocity.cross(momentum) * (1 / gm) - state.position * (1 / r0)
    let e = toward.norm
    let latusRectum = momentum.squaredNorm / gm
    let q = latusRectum / (1 + e)
    guard q > 0, q.isFinite, e > 1 else { return nil }
    let axis = toward * (1 / e)
    perihelion = StateVector(
      position: axis * q, velocity: momentum.cross(axis) * (1 / q))

    // sinh gives the anomaly of the start at once: r·v = GM e U₁.
    let root = (-beta).squareRoot()
    let s = UniversalSolution.inverseSinh(root * sigma0 / (gm * e)) / root
    let u = UniversalFunctions(beta: beta, s: s)
    let sincePerihelion = q * u.u1 + gm * u.u3
    guard sincePerihelion.isFinite else { return nil }
    self.gm = gm
    toStart = UniversalSolution(perihelion, days: sincePerihelion, gm: gm, beta: beta)
    toEnd = UniversalSolution(perihelion, days: sincePerihelion + days, gm: gm, beta: beta)
    end = toEnd.state(from: perihelion)
  }

  func transition(from start: StateVector) -> StateTransitionMatrix {
    toEnd.transition(from: perihelion, to: end)
      * toStart.transition(from: perihelion, to: start).symplecticInverse
  }
}

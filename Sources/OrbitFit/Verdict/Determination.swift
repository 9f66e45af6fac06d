import Astro
import Dynamics

/// What the observations say of an orbit, by themselves: no prior enters.
struct Determination {
  /// Standard deviation of the distance over the distance.
  let relativeDistanceSigma: Double
  /// Standard deviation of 1/a times the heliocentric distance: 0.1 is about 10 % in a.
  let energySigma: Double
  /// r/a, negative for hyperbolas.
  let energy: Double
  /// Condition of R with scaled columns.
  let condition: Double

  /// - Parameters:
  ///   - triangle: information of the observations on the unknowns at the point.
  init(_ triangle: Triangle, frame: TrackFrame, parameters p: SIMD8<Double>) {
    let state = frame.state(p)
    let r = state.position.norm
    let gm = GravitationalParameter.sun
    energy = 2 - r * state.velocity.squaredNorm / gm
    condition = triangle.scaledCondition
    let byEnergy = frame.row(
      byPosition: state.position * (-2 / (r * r)), byVelocity: state.velocity * (-2 * r / gm), at: p
    )
    let distanceRow = SIMD8(0, 0, 1 / p[2], 0, 0, 0, 0, 0)
    if condition < 1e12, let e = triangle.whitened(byEnergy),
      let d = triangle.whitened(distanceRow)
    {
      energySigma = e.dot6(e).squareRoot()
      relativeDistanceSigma = d.dot6(d).squareRoot()
    } else {
      energySigma = .infinity
      relativeDistanceSigma = .infinity
    }
  }

  /// Whether all six parameters follow from the observations: distance and semi-major axis to
  /// 10 % at two standard deviations, or, for orbits near the parabola, r/a to 0.01. Beyond that
  /// the ellipsoid is no picture of what is possible.
  var isDetermined: Bool {
    condition < 1e9 && relativeDistanceSigma < 0.05
      && energySigma < max(0.01, 0.05 * abs(energy))
  }

  /// Whether the prior has nothing to add that the observations leave open.
  var needsNoPrior: Bool { isDetermined && energySigma < 0.02 && !isDoubtfullyUnbound }

  /// A hyperbola that an ellipse within three standard deviations could stand for.
  var isDoubtfullyUnbound: Bool { energy < 0 && -energy < 3 * energySigma }
}

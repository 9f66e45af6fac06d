import Astro
import Dynamics

/// What is known of an orbit before it is observed: bodies go round the Sun, most of them near
/// the speed and direction of a circle in the ecliptic. Four equations, added where the
/// observations alone leave the orbit open, so that a short arc does not end on a hyperbola.
///
/// The velocity's prior is Student's t with three degrees of freedom: its pull is bounded, so that
/// near-Earth objects and comets are not drawn to the main belt by more than the observations
/// leave open. The distance has a log-normal prior so wide that it only matters where nothing
/// else speaks.
struct PopulationPrior {
  /// Spread of the velocity over the circular one: radial, along, normal to the ecliptic.
  static let spread = Vector3(0.13, 0.10, 0.14)
  static let freedom = 3.0
  /// Median and spread of ln(topocentric distance / au).
  static let logDistance = 0.5
  static let logDistanceSpread = 1.5

  var velocityRows: (SIMD8<Double>, SIMD8<Double>, SIMD8<Double>)
  var distanceRow: SIMD8<Double>
  /// Minus twice the logarithm of the prior's density, to be added to chi-square.
  var cost: Double

  /// - Parameters:
  ///   - state: heliocentric ICRF.
  ///   - frame, parameters: the unknowns that the rows refer to.
  init(_ state: StateVector, frame: TrackFrame, parameters p: SIMD8<Double>) {
    let r = state.position
    let distance = r.norm
    let pole = Frames.eclipticToEquatorial * Vector3(0, 0, 1)
    let radial = r * (1 / distance)
    let sweep = pole.cross(r)
    let arm = max(sweep.norm, 1e-3 * distance)
    let along = sweep * (1 / arm)
    let normal = radial.cross(along)
    let scale = (distance / GravitationalParameter.sun).squareRoot()
    let q = state.velocity * scale

    // Gradients of q·axis by position: through the scale, and through the axes' own turning.
    func turn(_ x: Vector3) -> Vector3 { (x - radial * x.dot(radial)) * (1 / distance) }
    func swing(_ x: Vector3) -> Vector3 { (x - along * x.dot(along)).cross(pole) * (1 / arm) }
    func byPosition(_ value: Double, _ axes: Vector3) -> Vector3 {
      radial * (0.5 * value / distance) + axes
    }
    let (qr, qt, qn) = (q.dot(radial), q.dot(along), q.dot(normal))
    let s = PopulationPrior.spread
    let z = Vector3(qr / s.x, (qt - 1) / s.y, qn / s.z)
    let square = z.squaredNorm
    let nu = PopulationPrior.freedom
    // Iteratively reweighted: the weight makes the Gaussian's pull that of Student's t.
    let weight = ((nu + 3) / (nu + square)).squareRoot()

    func equation(
      _ value: Double, _ spread: Double, _ axis: Vector3, _ axes: Vector3, _ miss: Double
    )
      -> SIMD8<Double>
    {
      var row = frame.row(
        byPosition: byPosition(value, axes), byVelocity: axis * scale, at: p)
      row *= weight / spread
      row[Triangle.rightHandSide] = -miss * weight
      return row
    }
    velocityRows = (
      equation(qr, s.x, radial, turn(q), z.x),
      equation(qt, s.y, along, swing(q), z.y),
      equation(qn, s.z, normal, turn(along.cross(q)) + swing(q.cross(radial)), z.z)
    )
    let miss = (-naturalLog(p[2]) - PopulationPrior.logDistance) / PopulationPrior.logDistanceSpread
    var row = SIMD8<Double>.zero
    row[2] = -1 / (p[2] * PopulationPrior.logDistanceSpread)
    row[Triangle.rightHandSide] = -miss
    distanceRow = row
    cost = (nu + 3) * naturalLog(1 + square / nu) + miss * miss
  }
}

import Astro
import Astrometry
import Dynamics

/// An orbit on its way from what was known before to what the observations say too.
struct UpdateWork {
  /// As known before, at the epoch of the unknowns.
  let start: CatalogOrbit
  let information: OrbitCovariance
  let sights: [SightLine]
  /// By observation: it is not in what was known before.
  let isNew: [Bool]
  let workspace: Propagator.Workspace
  var used: [Bool]
  var state: StateVector
  var iterations = 0
  var converged = false
  private var triangle = Triangle()
  /// By observation: whitened equations, right-hand side in lane 6, and residuals [rad].
  private var equations: [(SIMD8<Double>, SIMD8<Double>)] = []
  private var residuals: [(ra: Double, dec: Double)] = []

  init(
    start: CatalogOrbit, information: OrbitCovariance, sights: [SightLine], isNew: [Bool],
    workspace: Propagator.Workspace
  ) {
    self.start = start
    self.information = information
    self.sights = sights
    self.isNew = isNew
    self.workspace = workspace
    used = sights.map { _ in true }
    state = start.orbit.state
  }

  private var orbit: Orbit { Orbit(epoch: start.orbit.epoch, state: state, origin: .sun) }

  /// Residuals and partials of all observations at the present state; false when it can't be
  /// followed to one of them.
  mutating func linearise(_ propagator: Propagator) -> Bool {
    var moving = start
    moving.orbit = orbit
    let motion = propagator.propagate(
      moving, to: sights.map(\.observation.epoch),
      options: .init(origin: .solarSystemBarycenter, transitions: true), workspace: workspace)
    equations.removeAll(keepingCapacity: true)
    residuals.removeAll(keepingCapacity: true)
    for (index, sight) in sights.enumerated() {
      guard let there = motion.states[index], let transition = motion.transitions[index] else {
        return false
      }
      let seen = sight.observation
      let place = PredictedPlace(object: there, sun: seen.sun, observer: seen.observer)
      let (east, north) = place.tangents
      let scale = 1 / sight.direction.dot(place.direction)
      guard scale > 0, scale.isFinite else { return false }
      // Gnomonic at the predicted place.
      let offset = (
        ra: sight.direction.dot(east) * scale, dec: sight.direction.dot(north) * scale
      )
      var (ra, dec) = Self.rows(place.partials, transition)
      ra[Triangle.rightHandSide] = offset.ra
      dec[Triangle.rightHandSide] = offset.dec
      equations.append(sight.whiten(east: ra, north: dec))
      residuals.append(offset)
    }
    accumulate()
    return true
  }

  /// ∂(RA cos dec, dec)/∂(state at the orbit's epoch).
  private static func rows(
    _ partials: PlacePartials, _ transition: StateTransitionMatrix
  ) -> (SIMD8<Double>, SIMD8<Double>) {
    var (ra, dec) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
    let place = [partials.raByPosition, partials.decByPosition]
    let speed = [partials.raByVelocity, partials.decByVelocity]
    for column in 0..<6 {
      let position = Vector3(transition[0, column], transition[1, column], transition[2, column])
      let velocity = Vector3(transition[3, column], transition[4, column], transition[5, column])
      ra[column] = place[0].dot(position) + speed[0].dot(velocity)
      dec[column] = place[1].dot(position) + speed[1].dot(velocity)
    }
    return (ra, dec)
  }

  private mutating func accumulate() {
    triangle = Triangle()
    for row in priorRows { triangle.add(row) }
    for (index, pair) in equations.enumerated() where used[index] && isNew[index] {
      triangle.add(pair.0)
      triangle.add(pair.1)
    }
  }

  /// R (start − state) is what the prior says of the correction.
  private var priorRows: [SIMD8<Double>] {
    let r = information.squareRootInformation
    let away = start.orbit.state - state
    let parts = [
      away.position.x, away.position.y, away.position.z, away.velocity.x, away.velocity.y,
      away.velocity.z,
    ]
    return (0..<6).map { row in
      var equation = SIMD8<Double>.zero
      for column in row..<6 {
        equation[column] = r[6 * row + column]
        equation[Triangle.rightHandSide] += r[6 * row + column] * parts[column]
      }
      return equation
    }
  }

  /// Takes the correction; its size is χ² of six degrees of freedom.
  mutating func step() -> Double {
    let correction = triangle.solution()
    let size = triangle.reduction
    guard size.isFinite else { return size }
    state =
      state
      + StateVector(
        position: Vector3(correction[0], correction[1], correction[2]),
        velocity: Vector3(correction[3], correction[4], correction[5]))
    return size
  }

  /// χ² of an observation with the fit's own uncertainty, which one that was used here has had a
  /// part in. One that the prior holds is taken as a stranger: which it held is not known for sure.
  private func chiSquare(_ index: Int) -> Double {
    let (first, second) = equations[index]
    guard let a = triangle.whitened(first), let b = triangle.whitened(second) else {
      return .infinity
    }
    let sign = used[index] && isNew[index] ? -1.0 : 1.0
    func product(_ x: SIMD8<Double>, _ y: SIMD8<Double>) -> Double {
      (0..<6).reduce(0) { $0 + x[$1] * y[$1] }
    }
    let c = (
      aa: 1 + sign * product(a, a), bb: 1 + sign * product(b, b), ab: sign * product(a, b)
    )
    let determinant = c.aa * c.bb - c.ab * c.ab
    guard determinant > 0 else { return 0 }
    let (x, y) = (first[Triangle.rightHandSide], second[Triangle.rightHandSide])
    return (c.bb * x * x - 2 * c.ab * x * y + c.aa * y * y) / determinant
  }

  /// The used observation that fits worst, if it does so badly.
  func worst(above limit: Double) -> Int? {
    let bad = sights.indices.filter { used[$0] }.map { ($0, chiSquare($0)) }
      .max { ($0.1, -$0.0) < ($1.1, -$1.0) }
    return bad.flatMap { $0.1 > limit ? $0.0 : nil }
  }

  /// Takes back what fits after all; whether anything did.
  mutating func recover(below limit: Double) -> Bool {
    let good = sights.indices.filter { !used[$0] && chiSquare($0) < limit }
    for index in good { used[index] = true }
    return !good.isEmpty
  }

  var result: OrbitUpdater.Result {
    var information = [Double](repeating: 0, count: 36)
    for row in 0..<6 {
      for column in row..<6 { information[6 * row + column] = triangle.rows[row][column] }
    }
    var chiSquare = 0.0
    var squares = 0.0
    for index in sights.indices where used[index] {
      let (x, y) = (
        equations[index].0[Triangle.rightHandSide], equations[index].1[Triangle.rightHandSide]
      )
      if isNew[index] { chiSquare += x * x + y * y }
      squares += residuals[index].ra * residuals[index].ra
      squares += residuals[index].dec * residuals[index].dec
    }
    let count = used.count { $0 }
    let added = zip(used, isNew).count { $0.0 && $0.1 }
    let isSound =
      (0..<6).allSatisfy { information[7 * $0] != 0 }
      && information.allSatisfy(\.isFinite)
    let shift = priorRows.reduce(0.0) { sum, row in
      sum + row[Triangle.rightHandSide] * row[Triangle.rightHandSide]
    }
    let rms = (squares / Double(max(1, 2 * count))).squareRoot() / Angle.arcsecond
    return OrbitUpdater.Result(
      fit: FitResult(
        orbit: orbit,
        covariance: isSound ? OrbitCovariance(squareRootInformation: information) : nil,
        chiSquare: chiSquare, degreesOfFreedom: 2 * added, rmsArcsec: rms,
        residualsRaArcsec: residuals.map { $0.ra / Angle.arcsecond },
        residualsDecArcsec: residuals.map { $0.dec / Angle.arcsecond }, used: used,
        iterations: iterations, converged: converged && isSound, determined: isSound,
        remark: "\(added) observations improve the orbit that was known before"),
      shift: shift)
  }
}

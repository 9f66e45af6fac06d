import Astro
import Astrometry
private import CLAPACK
import Dynamics

/// An orbit with its own forces as the fit has it between two iterations.
struct ForcedOrbit {
  var parameters: SIMD8<Double>
  var coefficients: Vector3
  /// R by rows of A1, A2, A3 and the six unknowns, nine numbers each.
  var information: [Double] = []
  var step: [Double] = []
  var squares = 0.0
}

extension ArcFitter {
  /// Unknowns of a fit with forces, and rows' right-hand side after them.
  private static let unknownCount = 9
  private static let forceIterations = 12

  /// Adds A1, A2 and A3 to the unknowns of a fit that has ended, with the observations that it used:
  /// Gauss-Newton with the partials of all nine by QR (LAPACK dgels). Errors that a night has in
  /// common widen each observation's own.
  ///
  /// - Returns: nil without planets' forces, and where the observations do not determine them.
  mutating func fitForces(_ fit: ArcFit, _ law: NonGravitational.Law) -> (ArcFit, ForceFit)? {
    guard fit.hasOrbit, let motion = forces, usedCount >= 6,
      let p = frame.parameters(fit.orbit.state)
    else { return nil }
    var orbit = ForcedOrbit(parameters: p, coefficients: .zero)
    epochs = sights.map { $0.observation.epoch }
    for _ in 0..<ArcFitter.forceIterations {
      guard solve(&orbit, law, motion) else { return nil }
      // Steps in units of their own errors: 9 numbers of order one when nothing is left to gain.
      let length = informationNorm(orbit)
      if length < 1e-4 { return finish(orbit, fit) }
      orbit.coefficients =
        orbit.coefficients + Vector3(orbit.step[0], orbit.step[1], orbit.step[2])
      for k in 0..<6 { orbit.parameters[k] += orbit.step[3 + k] }
      guard orbit.parameters[2] > 0 else { return nil }
    }
    return nil
  }

  private func informationNorm(_ orbit: ForcedOrbit) -> Double {
    let n = ArcFitter.unknownCount
    var sum = 0.0
    for i in 0..<n {
      var row = 0.0
      for j in i..<n { row += orbit.information[n * i + j] * orbit.step[j] }
      sum += row * row
    }
    return sum
  }

  /// One linearisation: fills R and the step.
  private mutating func solve(
    _ orbit: inout ForcedOrbit, _ law: NonGravitational.Law, _ motion: PerturbedMotion
  ) -> Bool {
    let result = motion.propagator.propagate(
      Orbit(epoch: epoch, state: frame.state(orbit.parameters), origin: .sun), to: epochs,
      options: Propagator.Options(
        origin: .solarSystemBarycenter, forcePartials: true, tolerance: PerturbedMotion.tolerance),
      nonGravitational: NonGravitational(coefficients: orbit.coefficients, law: law),
      workspace: motion.workspace)
    let n = ArcFitter.unknownCount
    var matrix: [[Double]] = []
    for k in sights.indices {
      guard let state = result.states[k], let transition = result.transitions[k],
        let partials = result.forcePartials[k]
      else {
        if used[k] { return false }
        continue
      }
      objects[k] = state
      transitions[k] = transition
      guard let rows = forceRows(k, partials, orbit.parameters) else { return false }
      (eastRows[k], northRows[k]) = (rows.east.base, rows.north.base)
      if used[k] {
        let weight = nightWeight(k)
        matrix.append(rows.east.numbers.map { $0 * weight })
        matrix.append(rows.north.numbers.map { $0 * weight })
      }
    }
    guard matrix.count > n, let solution = leastSquares(matrix, unknowns: n) else { return false }
    orbit.information = solution.information
    orbit.step = solution.step
    orbit.squares = solution.squares
    return true
  }

  /// What an observation counts for beside the others of its night and field that share its errors.
  private func nightWeight(_ k: Int) -> Double {
    guard !fields.isEmpty else { return 1 }
    let f = fields[fieldOf[k]]
    var companions = 0.0
    for j in sights.indices
    where used[j] && fieldOf[j] == fieldOf[k] && abs(days[j] - days[k]) < 0.4 { companions += 1 }
    return 1 / (f.own * f.scale + companions * (f.night + f.field)).squareRoot()
  }

  private struct ForceRow {
    /// Partials by the six unknowns, right-hand side in lane 6.
    var base: SIMD8<Double>
    var byForces: Vector3
    var numbers: [Double] {
      [byForces.x, byForces.y, byForces.z] + (0...6).map { base[$0] }
    }
  }

  /// Whitened rows of one observation, as those of ``linearise(_:_:)`` with the forces' partials.
  private func forceRows(
    _ k: Int, _ partials: ForcePartials, _ p: SIMD8<Double>
  ) -> (east: ForceRow, north: ForceRow)? {
    let sight = sights[k]
    let place = PredictedPlace(
      object: objects[k], sun: sight.observation.sun, observer: sight.observation.observer)
    let depth = place.offset.dot(sight.direction)
    guard depth > 0.5 * place.topocentricAU else { return nil }
    let unit = place.direction
    let drag = 1 / (Constants.lightSpeedAUPerDay + unit.dot(place.retardedVelocity))
    func row(_ axis: Vector3) -> ForceRow {
      let miss = place.offset.dot(axis) / depth
      let a = (axis - sight.direction * miss) * (1 / depth)
      let g = a - unit * (a.dot(place.retardedVelocity) * drag)
      let h = g * -place.lightTimeDays
      let (byPosition, byVelocity) = transitions[k].pullBack(position: g, velocity: h)
      var base = frame.row(byPosition: byPosition, byVelocity: byVelocity, at: p)
      base[Triangle.rightHandSide] = -miss
      func by(_ j: Int) -> Double {
        g.dot(partials.columns[j].position) + h.dot(partials.columns[j].velocity)
      }
      return ForceRow(base: base, byForces: Vector3(by(0), by(1), by(2)))
    }
    let (east, north) = (row(sight.east), row(sight.north))
    let (first, second) = sight.whiten(east: east.base, north: north.base)
    func both(_ e: Double, _ n: Double) -> (Double, Double) { sight.whiten(east: e, north: n) }
    let x = both(east.byForces.x, north.byForces.x)
    let y = both(east.byForces.y, north.byForces.y)
    let z = both(east.byForces.z, north.byForces.z)
    return (
      ForceRow(base: first, byForces: Vector3(x.0, y.0, z.0)),
      ForceRow(base: second, byForces: Vector3(x.1, y.1, z.1))
    )
  }

  /// The result in the form of a fit. The rows are those of the minimum.
  private mutating func finish(_ orbit: ForcedOrbit, _ fit: ArcFit) -> (ArcFit, ForceFit) {
    let n = ArcFitter.unknownCount
    let freedom = max(1, 2 * usedCount - n)
    // Errors larger than promised widen everything; smaller ones do not narrow it.
    let excess = max(1, orbit.squares / Double(freedom))
    var triangle = Triangle()
    for i in 3..<n {
      var row = SIMD8<Double>.zero
      for j in i..<n { row[j - 3] = orbit.information[n * i + j] }
      triangle.add(row)
    }
    var state = frame.stateTriangle(triangle, at: orbit.parameters)
    state.scale(by: 1 / excess.squareRoot())
    var result = fit
    result.orbit.state = frame.state(orbit.parameters)
    result.squareRootInformation = state.elements
    result.chiSquare = orbit.squares
    result.degreesOfFreedom = freedom
    var squares = 0.0
    for k in 0..<count where used[k] {
      let r = residualArcsec(member: k)
      squares += r.ra * r.ra + r.dec * r.dec
    }
    result.rmsArcsec = (squares / Double(2 * usedCount)).squareRoot()
    let sigma = orbit.forceSigmas(n) * excess.squareRoot()
    return (result, ForceFit(coefficients: orbit.coefficients, sigmas: sigma))
  }
}

extension ForcedOrbit {
  /// Standard deviations of the first three unknowns: row norms of R⁻¹.
  fileprivate func forceSigmas(_ n: Int) -> Vector3 {
    let norms = (0..<3).map { i -> Double in
      // Row i of R⁻¹ by forward substitution of Rᵀ.
      var row = [Double](repeating: 0, count: n)
      var sum = 0.0
      for j in i..<n {
        var value = j == i ? 1.0 : 0
        for k in i..<j { value -= row[k] * information[n * k + j] }
        row[j] = value / information[n * j + j]
        sum += row[j] * row[j]
      }
      return sum.squareRoot()
    }
    return Vector3(norms[0], norms[1], norms[2])
  }
}

/// QR of scaled columns. Rows have the right-hand side last; nil when a column depends on others.
private func leastSquares(
  _ rows: [[Double]], unknowns n: Int
) -> (information: [Double], step: [Double], squares: Double)? {
  let m = rows.count
  var scales = [Double](repeating: 0, count: n)
  for row in rows { for j in 0..<n { scales[j] += row[j] * row[j] } }
  guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
  scales = scales.map { $0.squareRoot() }
  var a = [Double](repeating: 0, count: m * n)
  var b = [Double](repeating: 0, count: m)
  for (i, row) in rows.enumerated() {
    for j in 0..<n { a[j * m + i] = row[j] / scales[j] }
    b[i] = row[n]
  }
  var work = [Double](repeating: 0, count: 64 * (n + 1))
  var none = CChar(UInt8(ascii: "N"))
  var (rowCount, columns, one, size, info) = (
    Int32(m), Int32(n), Int32(1), Int32(work.count), Int32(0)
  )
  unsafe dgels_(
    &none, &rowCount, &columns, &one, &a, &rowCount, &b, &rowCount, &work, &size, &info)
  guard info == 0 else { return nil }
  var information = [Double](repeating: 0, count: n * n)
  for i in 0..<n {
    guard abs(a[i * m + i]) > 1e-10 else { return nil }
    for j in i..<n { information[n * i + j] = a[j * m + i] * scales[j] }
  }
  let step = (0..<n).map { b[$0] / scales[$0] }
  return (information, step, b[n...].reduce(0) { $0 + $1 * $1 })
}

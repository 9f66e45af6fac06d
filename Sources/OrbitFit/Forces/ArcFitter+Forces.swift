import Astro
import Astrometry
import Dynamics

extension ArcFitter {
  private static let forceIterations = 12
  /// Rounds of rejection and recovery with the forces.
  private static let forceRounds = 8

  /// Adds A1, A2 and A3, or A2 alone, to the unknowns of a fit that has ended: Gauss-Newton with the
  /// partials of all by QR (LAPACK dgels). Errors that a night has in common widen each observation's
  /// own. What an orbit without forces had to reject comes back where it agrees with one that has
  /// them, and the other way round.
  ///
  /// - Returns: nil without planets' forces, and where the observations do not determine them.
  mutating func fitForces(_ fit: ArcFit, _ law: NonGravitational.Law) -> (ArcFit, ForceFit)? {
    guard fit.hasOrbit, let motion = forces, usedCount >= 6,
      let p = frame.parameters(fit.orbit.state)
    else { return nil }
    let before = used
    var orbit = ForcedOrbit(parameters: p, free: options.transverseOnly ? 1..<2 : 0..<3)
    epochs = sights.map { $0.observation.epoch }
    for _ in 0..<ArcFitter.forceRounds {
      guard minimiseForces(&orbit, law, motion) else {
        used = before
        return nil
      }
      guard options.rejection, reconsider(orbit) else { break }
    }
    return finish(orbit, fit)
  }

  /// Gauss-Newton with the present choice of observations.
  private mutating func minimiseForces(
    _ orbit: inout ForcedOrbit, _ law: NonGravitational.Law, _ motion: PerturbedMotion
  ) -> Bool {
    let weights = nightWeights()
    for _ in 0..<ArcFitter.forceIterations {
      guard solve(&orbit, law, motion, weights) else { return false }
      // In units of its own errors; below a thousandth radar's equations are rounding.
      if orbit.stepLength < 3e-3 { return true }
      orbit.takeStep()
      guard orbit.parameters[2] > 0 else { return false }
    }
    return false
  }

  /// ``reconsider(_:)-swift.method`` with the forces among the unknowns. At most half of the
  /// observations go.
  private mutating func reconsider(_ orbit: ForcedOrbit) -> Bool {
    var changed = false
    var left = usedCount
    for k in sights.indices where sights[k].isUsable {
      let value = chiSquare(k, orbit)
      if used[k], value > options.rejectAbove, 2 * left > count {
        used[k] = false
        left -= 1
        changed = true
      } else if !used[k], value < options.recoverBelow {
        used[k] = true
        left += 1
        changed = true
      }
    }
    return changed
  }

  /// See ``observationChiSquare(_:_:)``.
  private func chiSquare(_ k: Int, _ orbit: ForcedOrbit) -> Double {
    let (east, north) = (orbit.rows[2 * k], orbit.rows[2 * k + 1])
    let (a, b) = (orbit.whitened(east), orbit.whitened(north))
    let sign = used[k] ? -1.0 : 1.0
    let variance = fields.isEmpty ? 1 : varianceScale(fields[fieldOf[k]])
    func product(_ x: [Double], _ y: [Double]) -> Double {
      zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let xx = max(1e-3, variance + sign * product(a, a))
    let yy = max(1e-3, variance + sign * product(b, b))
    let xy = sign * product(a, b)
    let (x, y) = (east.rightHandSide, north.rightHandSide)
    let determinant = max(xx * yy - xy * xy, 1e-3 * xx * yy)
    return (x * x * yy - 2 * x * y * xy + y * y * xx) / determinant
  }

  /// One linearisation: fills R and the step.
  ///
  /// - Parameter weights: of each observation, see ``nightWeights()``.
  private mutating func solve(
    _ orbit: inout ForcedOrbit, _ law: NonGravitational.Law, _ motion: PerturbedMotion,
    _ weights: [Double]
  ) -> Bool {
    let result = motion.propagator.propagate(
      Orbit(epoch: epoch, state: frame.state(orbit.parameters), origin: .sun), to: epochs,
      options: Propagator.Options(
        origin: .solarSystemBarycenter, forcePartials: true, tolerance: motion.tolerance),
      nonGravitational: NonGravitational(coefficients: orbit.coefficients, law: law),
      workspace: motion.workspace)
    var equations = ForceEquations(free: orbit.free, capacity: usedNumbers)
    orbit.rows.removeAll(keepingCapacity: true)
    for k in sights.indices {
      guard let state = result.states[k], let transition = result.transitions[k],
        let partials = result.forcePartials[k],
        let rows = forceRows(k, partials, transition, state, orbit.parameters)
      else {
        if used[k] { return false }
        orbit.rows += [.missed, .missed]
        continue
      }
      objects[k] = state
      transitions[k] = transition
      orbit.rows += [rows.east, rows.north]
      (eastRows[k], northRows[k]) = (rows.east.base, rows.north.base)
      if used[k] {
        equations.add(rows.east, weights[k])
        if !sights[k].isRadar { equations.add(rows.north, weights[k]) }
      }
    }
    guard equations.count > orbit.unknowns, let solution = equations.solved() else { return false }
    orbit.information = solution.information
    orbit.step = solution.step
    orbit.squares = solution.squares
    return true
  }

  /// What each used observation counts for beside the others of its night and field that share its
  /// errors: those within 0.4 d of it. One walk through the nights' order.
  private func nightWeights() -> [Double] {
    var weights = [Double](repeating: 1, count: sights.count)
    guard !fields.isEmpty else { return weights }
    let order = nightOrder.filter { used[$0] }
    var (low, high) = (0, 0)
    func isCompanion(_ i: Int, _ k: Int) -> Bool {
      fieldOf[order[i]] == fieldOf[k] && abs(days[order[i]] - days[k]) < 0.4
    }
    for i in order.indices {
      let k = order[i]
      while !isCompanion(low, k) { low += 1 }
      high = max(high, i + 1)
      while high < order.count, isCompanion(high, k) { high += 1 }
      let f = fields[fieldOf[k]]
      weights[k] = 1 / (f.own * f.scale + Double(high - low) * (f.night + f.field)).squareRoot()
    }
    return weights
  }

  /// Whitened rows of one observation, as those of ``linearise(_:_:)`` with the forces' partials. A
  /// radar measurement has the first only.
  private func forceRows(
    _ k: Int, _ partials: ForcePartials, _ transition: StateTransitionMatrix,
    _ object: StateVector, _ p: SIMD8<Double>
  ) -> (east: ForceRow, north: ForceRow)? {
    let sight = sights[k]
    /// The row of what has a gradient by position and velocity at the observation.
    func forceRow(_ g: Vector3, _ h: Vector3, _ rightHandSide: Double) -> ForceRow {
      let (byPosition, byVelocity) = transition.pullBack(position: g, velocity: h)
      var base = frame.row(byPosition: byPosition, byVelocity: byVelocity, at: p)
      base[Triangle.rightHandSide] = rightHandSide
      func by(_ j: Int) -> Double {
        g.dot(partials.columns[j].position) + h.dot(partials.columns[j].velocity)
      }
      return ForceRow(base: base, byForces: Vector3(by(0), by(1), by(2)))
    }
    if sight.isRadar {
      let measured = radars[Int(sight.radar)]
      let echo = RadarEcho(measured, object: object)
      let row = forceRow(echo.byPosition, echo.byVelocity, measured.value - echo.computed)
      return (row.scaled(by: sight.weightEast), ForceRow(base: .zero, byForces: .zero))
    }
    let place = PredictedPlace(
      object: object, sun: sight.observation.sun, observer: sight.observation.observer)
    let depth = place.offset.dot(sight.direction)
    guard depth > 0.5 * place.topocentricAU else { return nil }
    let unit = place.direction
    let drag = 1 / (Constants.lightSpeedAUPerDay + unit.dot(place.retardedVelocity))
    func row(_ axis: Vector3) -> ForceRow {
      let miss = place.offset.dot(axis) / depth
      let a = (axis - sight.direction * miss) * (1 / depth)
      let g = a - unit * (a.dot(place.retardedVelocity) * drag)
      return forceRow(g, g * -place.lightTimeDays, -miss)
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
    let (n, first) = (orbit.unknowns, orbit.free.count)
    let freedom = max(1, usedNumbers - n)
    // Errors larger than promised widen everything; smaller ones do not narrow it.
    let excess = max(1, orbit.squares / Double(freedom))
    var triangle = Triangle()
    for i in first..<n {
      var row = SIMD8<Double>.zero
      for j in i..<n { row[j - first] = orbit.information[n * i + j] }
      triangle.add(row)
    }
    var state = frame.stateTriangle(triangle, at: orbit.parameters)
    state.scale(by: 1 / excess.squareRoot())
    var result = fit
    result.orbit.state = frame.state(orbit.parameters)
    result.squareRootInformation = state.elements
    result.chiSquare = orbit.squares
    result.degreesOfFreedom = freedom
    result.usedCount = usedCount
    result.rmsArcsec = rmsArcsec()
    let sigma = orbit.forceSigmas * excess.squareRoot()
    return (result, ForceFit(coefficients: orbit.coefficients, sigmas: sigma))
  }
}

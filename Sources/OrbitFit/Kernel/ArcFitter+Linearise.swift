import Astro
import Astrometry
import Dynamics

/// What enters the sum of squares, and how.
struct FitTerms {
  /// Whether the population prior is added.
  var prior = false
  /// Whether the distance stays as it is.
  var distanceFixed = false
  /// Residuals beyond this many σ count linearly (Huber); infinite: plain least squares.
  var robustLimit = Double.infinity
}

/// The equations at one point and what they sum to.
struct Linearisation {
  var triangle: Triangle
  /// The quantity that is minimised.
  var cost: Double
  /// The observations' part of it.
  var chiSquare: Double
}

extension ArcFitter {
  /// Computes all predicted places and their partials at a point, and the triangle of the used
  /// ones. Nil where the point is no orbit that can be observed.
  mutating func linearise(_ p: SIMD8<Double>, _ terms: FitTerms) -> Linearisation? {
    guard p[2] > 1e-7, p[2] < 1e7 else { return nil }
    let state = frame.state(p)
    placeCount += perturbed == nil ? count : 4 * count + 200
    guard move(state), placeRows(p) else { return nil }
    let result = withPrior(accumulate(terms.robustLimit), p, terms)
    guard result.cost.isFinite else { return nil }
    return result
  }

  /// The equations with those of the prior, where it is asked for.
  func withPrior(
    _ equations: Linearisation, _ p: SIMD8<Double>, _ terms: FitTerms
  ) -> Linearisation {
    guard terms.prior else { return equations }
    var result = equations
    let prior = PopulationPrior(frame.state(p), frame: frame, parameters: p)
    result.triangle.add(prior.velocityRows.0)
    result.triangle.add(prior.velocityRows.1)
    result.triangle.add(prior.velocityRows.2)
    result.triangle.add(prior.distanceRow)
    result.cost += prior.cost
    return result
  }

  /// Fills ``objects`` and ``transitions`` by two-body or perturbed motion.
  private mutating func move(_ state: StateVector) -> Bool {
    if let perturbed { return movePerturbed(perturbed, state) }
    for k in 0..<sights.count {
      if days[k] == 0 {
        objects[k] = state + sights[k].observation.sun
        transitions[k] = .identity
        continue
      }
      let (moved, transition) = TwoBody.propagateWithTransition(state, days: days[k])
      objects[k] = moved + sights[k].observation.sun
      transitions[k] = transition
    }
    return true
  }

  /// Fills the whitened rows: gnomonic residuals about the observed direction and their exact
  /// partials. Such residuals differ from those in RA cos(dec) and dec by their third power.
  private mutating func placeRows(_ p: SIMD8<Double>) -> Bool {
    for k in 0..<sights.count {
      let sight = sights[k]
      if sight.isRadar {
        eastRows[k] = radarRow(k, p)
        northRows[k] = .zero
        continue
      }
      let place = PredictedPlace(
        object: objects[k], sun: sight.observation.sun, observer: sight.observation.observer)
      let depth = place.offset.dot(sight.direction)
      // More than 60 degrees off: nothing linear can be said. Not a number fails here too.
      guard depth > 0.5 * place.topocentricAU else {
        guard used[k] else {
          eastRows[k] = missed
          northRows[k] = missed
          continue
        }
        return false
      }
      let scale = 1 / depth
      let east = place.offset.dot(sight.east) * scale
      let north = place.offset.dot(sight.north) * scale
      let sightUnit = place.direction
      let drag = 1 / (Constants.lightSpeedAUPerDay + sightUnit.dot(place.retardedVelocity))
      let a = (sight.east - sight.direction * east) * scale
      let b = (sight.north - sight.direction * north) * scale
      let tau = place.lightTimeDays
      var eastRow = epochRow(a - sightUnit * (a.dot(place.retardedVelocity) * drag), tau, k, p)
      var northRow = epochRow(b - sightUnit * (b.dot(place.retardedVelocity) * drag), tau, k, p)
      eastRow[Triangle.rightHandSide] = -east
      northRow[Triangle.rightHandSide] = -north
      (eastRows[k], northRows[k]) = sight.whiten(east: eastRow, north: northRow)
    }
    return true
  }

  /// The row of a rejected observation that cannot be computed: infinitely far off.
  private var missed: SIMD8<Double> {
    var row = SIMD8<Double>.zero
    row[Triangle.rightHandSide] = 1e9
    return row
  }

  /// A gradient by the position at observation k (by the velocity it is −τ times that), through
  /// the transition matrix to the unknowns at epoch.
  @inline(__always)
  private func epochRow(_ g: Vector3, _ tau: Double, _ k: Int, _ p: SIMD8<Double>) -> SIMD8<Double>
  {
    let (byPosition, byVelocity) = transitions[k].pullBack(position: g, velocity: g * -tau)
    return frame.row(byPosition: byPosition, byVelocity: byVelocity, at: p)
  }

  /// The equation of a radar measurement, in units of its error.
  private func radarRow(_ k: Int, _ p: SIMD8<Double>) -> SIMD8<Double> {
    let measured = radars[Int(sights[k].radar)]
    let echo = RadarEcho(measured, object: objects[k])
    let (byPosition, byVelocity) = transitions[k].pullBack(
      position: echo.byPosition, velocity: echo.byVelocity)
    var row = frame.row(byPosition: byPosition, byVelocity: byVelocity, at: p)
    row[Triangle.rightHandSide] = measured.value - echo.computed
    return row * sights[k].weightEast
  }
}

extension StateTransitionMatrix {
  /// The gradient by the start state of what has this gradient by the end state: gᵀ Φ.
  @inline(__always)
  func pullBack(position g: Vector3, velocity h: Vector3) -> (Vector3, Vector3) {
    @inline(__always)
    func column(_ j: Int) -> Double {
      g.x * self[0, j] + g.y * self[1, j] + g.z * self[2, j] + h.x * self[3, j] + h.y * self[4, j]
        + h.z * self[5, j]
    }
    return (
      Vector3(column(0), column(1), column(2)), Vector3(column(3), column(4), column(5))
    )
  }
}

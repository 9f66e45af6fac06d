import Astro
import Astrometry
import Dynamics
import OrbitFit

/// Where an arc's orbit is seen at a moment, and how sure that is.
struct ExpectedPlace {
  let place: PredictedPlace
  /// Heliocentric state then.
  let state: StateVector
  let east: Vector3
  let north: Vector3
  /// Covariance of the place along east and north [rad²], from the fit, widened where its
  /// residuals are larger than the errors promise.
  let eastEast: Double
  let eastNorth: Double
  let northNorth: Double

  /// - Parameter moved: the arc's orbit then, heliocentric, and its change with the fitted state.
  init(
    _ arc: Arc, _ moved: (state: StateVector, transition: StateTransitionMatrix),
    observer: StateVector, sun: StateVector
  ) {
    let transition = moved.transition
    state = moved.state
    place = PredictedPlace(object: moved.state + sun, sun: sun, observer: observer)
    let (e, n) = place.tangents
    east = e
    north = n
    let partials = place.partials(east: e, north: n)
    let a = ExpectedPlace.whitened(
      partials.raByPosition, partials.raByVelocity, transition, arc.fit.squareRootInformation)
    let b = ExpectedPlace.whitened(
      partials.decByPosition, partials.decByVelocity, transition, arc.fit.squareRootInformation)
    let scale = max(1, arc.reducedChiSquare)
    var (ee, en, nn) = (0.0, 0.0, 0.0)
    for i in 0..<6 {
      ee += a[i] * a[i]
      en += a[i] * b[i]
      nn += b[i] * b[i]
    }
    eastEast = ee * scale
    eastNorth = en * scale
    northNorth = nn * scale
  }

  /// R⁻ᵀ (∂place/∂state at the fit's epoch): its square is the variance.
  private static func whitened(
    _ byPosition: Vector3, _ byVelocity: Vector3, _ transition: StateTransitionMatrix,
    _ r: InlineArray<36, Double>
  ) -> [6 of Double] {
    var y = [6 of Double](repeating: 0)
    for k in 0..<6 {
      var sum =
        byPosition.x * transition[0, k] + byPosition.y * transition[1, k]
        + byPosition.z * transition[2, k] + byVelocity.x * transition[3, k]
        + byVelocity.y * transition[4, k] + byVelocity.z * transition[5, k]
      for i in 0..<k { sum -= r[i * 6 + k] * y[i] }
      y[k] = r[k * 6 + k] != 0 ? sum / r[k * 6 + k] : .infinity
    }
    return y
  }

  /// Standard deviation along the longest axis [rad].
  var largestSigma: Double {
    let mean = (eastEast + northNorth) / 2
    let half = (eastEast - northNorth) / 2
    return (mean + (half * half + eastNorth * eastNorth).squareRoot()).squareRoot()
  }

  /// Area of the ellipse of one standard deviation over π, with a detection's error [rad²].
  func area(sigma: Double) -> Double {
    let s = sigma * sigma
    return max(0, (eastEast + s) * (northNorth + s) - eastNorth * eastNorth).squareRoot()
  }

  /// χ² (two degrees of freedom) of an offset from the place, with a detection's error.
  func chiSquare(_ offset: Vector3, sigma: Double) -> Double {
    let e = offset.dot(east)
    let n = offset.dot(north)
    let s = sigma * sigma
    let (a, b, c) = (eastEast + s, eastNorth, northNorth + s)
    let determinant = a * c - b * b
    guard determinant > 0 else { return .infinity }
    return (c * e * e - 2 * b * e * n + a * n * n) / determinant
  }
}

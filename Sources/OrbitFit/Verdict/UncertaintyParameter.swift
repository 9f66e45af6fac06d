import Astro
public import Dynamics
import Foundation

extension FitResult {
  /// The MPC's uncertainty parameter U, 0 to 9: the logarithm of the uncertainty along the orbit
  /// after ten years, from those of the perihelion time and the period
  /// (minorplanetcenter.net/iau/info/UValue.html). Nil for orbits that are no ellipse.
  public var uncertaintyParameter: Int? {
    guard let orbit, let covariance else { return nil }
    return OrbitFit.uncertaintyParameter(of: orbit, covariance)
  }
}

/// See ``FitResult/uncertaintyParameter``.
public func uncertaintyParameter(of orbit: Orbit, _ covariance: OrbitCovariance) -> Int? {
  guard orbit.origin == .sun, let nominal = passage(orbit) else { return nil }
  var time2 = 0.0
  var period2 = 0.0
  for column in covariance.sigmaVectors {
    let size = max(
      column.position.norm / orbit.state.position.norm,
      column.velocity.norm / orbit.state.velocity.norm)
    guard size > 0 else { return nil }
    let h = min(1, 1e-6 / size)
    var (ahead, behind) = (orbit, orbit)
    let step = StateVector(position: column.position * h, velocity: column.velocity * h)
    ahead.state = orbit.state + step
    behind.state = orbit.state - step
    guard let a = passage(ahead), let b = passage(behind) else { return nil }
    var difference = a.timeDays - b.timeDays
    // Another perihelion of the same orbit may be the nearest one.
    difference -= (difference / nominal.periodDays).rounded() * nominal.periodDays
    time2 += difference * difference / (4 * h * h)
    period2 += (a.periodDays - b.periodDays) * (a.periodDays - b.periodDays) / (4 * h * h)
  }
  let years = nominal.periodDays / 365.25
  let daily = 0.017_202_098_95 / Angle.degree / years
  let runoff =
    (time2.squareRoot() * nominal.eccentricity + 10 / years * period2.squareRoot()) * daily * 3600
    * 3
  guard runoff.isFinite, runoff > 0 else { return nil }
  return min(9, max(0, Int((Foundation.log(runoff) / 1.49).rounded(.down)) + 1))
}

/// Perihelion time [d after the epoch], period [d] and eccentricity of an ellipse.
private func passage(
  _ orbit: Orbit
) -> (timeDays: Double, periodDays: Double, eccentricity: Double)? {
  guard let elements = KeplerianElements(orbit), elements.eccentricity < 1 else { return nil }
  return (
    elements.perihelionTime.days(since: orbit.epoch), elements.periodDays(), elements.eccentricity
  )
}

extension OrbitCovariance {
  /// The columns of R⁻¹: six states whose outer products add up to the covariance.
  fileprivate var sigmaVectors: [StateVector] {
    let r = squareRootInformation
    return (0..<6).map { k in
      var x = [Double](repeating: 0, count: 6)
      for i in stride(from: k, through: 0, by: -1) {
        var sum = i == k ? 1.0 : 0
        for j in (i + 1)..<6 where j <= k { sum -= r[6 * i + j] * x[j] }
        x[i] = sum / r[7 * i]
      }
      return StateVector(
        position: Vector3(x[0], x[1], x[2]), velocity: Vector3(x[3], x[4], x[5]))
    }
  }
}

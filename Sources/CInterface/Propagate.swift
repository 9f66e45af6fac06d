import Astro
import Dynamics

/// States of orbits at times, under all forces: the Sun, planets, Moon, Pluto, 16 asteroids,
/// relativity.
///
/// - Parameters:
///   - count, states, epochsMjdTdb, origin, covariances, nonGravitational, numbers: the orbits, see
///     `OrbitArrays`; origin also of the states that come out.
///   - timeCount, timesMjdTdb: when.
///   - result: count × timeCount × 6 numbers; NaN where an orbit ended before.
///   - resultCovariances: count × timeCount × 36, or null.
///   - verdicts: how each orbit ended, see `Propagation.Verdict.code`.
/// - Returns: 0, or -1 with `error`.
@_cdecl("ecliptic_propagate")
public func eclipticPropagate(
  _ library: UnsafeMutableRawPointer?, _ count: Int, _ states: UnsafePointer<Double>?,
  _ epochsMjdTdb: UnsafePointer<Double>?, _ origin: Int,
  _ covariances: UnsafePointer<Double>?, _ nonGravitational: UnsafePointer<Double>?,
  _ numbers: UnsafePointer<Int64>?, _ timeCount: Int, _ timesMjdTdb: UnsafePointer<Double>?,
  _ jobs: Int, _ result: UnsafeMutablePointer<Double>?,
  _ resultCovariances: UnsafeMutablePointer<Double>?, _ verdicts: UnsafeMutablePointer<Int32>?,
  _ error: UnsafeMutablePointer<CChar>?, _ errorLength: Int
) -> Int {
  answer(library, error, errorLength) { solarSystem in
    let orbits = try OrbitArrays(
      count: count, states: states, epochsMjd: epochsMjdTdb, origin: origin,
      covariances: covariances, nonGravitational: nonGravitational, numbers: numbers
    ).orbits()
    let epochs = try array(timesMjdTdb, timeCount, "times").map { Epoch<TDB>(mjd: $0) }
    guard epochs.allSatisfy(\.mjd.isFinite) else { throw CallError("times: not all are finite") }
    guard let result, let verdicts else { throw CallError("result, verdicts: null pointers") }
    var options = Propagator.Options(origin: origin == 1 ? .solarSystemBarycenter : .sun)
    options.transitions = resultCovariances != nil
    let chosen = options
    let moved = try waiting {
      try await Propagator(solarSystem).propagate(
        orbits, to: epochs, options: chosen, jobs: cores(jobs))
    }
    for (i, motion) in moved.enumerated() {
      verdicts[i] = motion.verdict.code
      for k in 0..<timeCount {
        let place = i * timeCount + k
        put(motion.states[k], at: result + 6 * place)
        guard let resultCovariances else { continue }
        let matrix =
          motion.transitions.isEmpty
          ? nil
          : motion.transitions[k].flatMap {
            orbits[i].covariance?.propagated(by: $0)?.covariance
          }
        for j in 0..<36 { resultCovariances[36 * place + j] = matrix?[j] ?? .nan }
      }
    }
    return 0
  }
}

/// Six numbers; NaN where there is no state.
func put(_ state: StateVector?, at place: UnsafeMutablePointer<Double>) {
  let (r, v) = (state?.position, state?.velocity)
  let values = [r?.x, r?.y, r?.z, v?.x, v?.y, v?.z]
  for (j, value) in values.enumerated() { place[j] = value ?? .nan }
}

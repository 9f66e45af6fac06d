import Astro
import Dynamics

/// Orbits as a caller's arrays have them.
struct OrbitArrays {
  let count: Int
  /// Six numbers an orbit: x, y, z [au], vx, vy, vz [au/d], ICRF.
  let states: UnsafePointer<Double>?
  /// TDB.
  let epochsMjd: UnsafePointer<Double>?
  /// 0: heliocentric; 1: barycentric.
  let origin: Int
  /// 36 numbers an orbit, by rows.
  let covariances: UnsafePointer<Double>?
  /// A1, A2, A3 [au/d²] of each, falling as 1/r².
  let nonGravitational: UnsafePointer<Double>?
  /// Asteroid numbers, 0 where there is none: a mass of the force model is not pulled by itself.
  let numbers: UnsafePointer<Int64>?
  /// Absolute magnitudes and slopes.
  var magnitudes: UnsafePointer<Double>?
  var slopes: UnsafePointer<Double>?

  func orbits() throws -> [CatalogOrbit] {
    let states = try array(states, 6 * count, "states")
    let epochs = try array(epochsMjd, count, "epochs")
    let covariances = optionalArray(covariances, 36 * count)
    let forces = optionalArray(nonGravitational, 3 * count)
    let numbers = optionalArray(numbers, count)
    let magnitudes = optionalArray(magnitudes, count)
    let slopes = optionalArray(slopes, count)
    return try (0..<count).map { i in
      let s = states[6 * i..<6 * i + 6].map { $0 }
      guard s.allSatisfy(\.isFinite), epochs[i].isFinite else {
        throw CallError("orbit \(i): state or epoch is not finite")
      }
      var orbit = CatalogOrbit(
        designation: numbers.map { $0[i] > 0 ? "\($0[i])" : "" } ?? "",
        orbit: Orbit(
          epoch: Epoch<TDB>(mjd: epochs[i]),
          state: StateVector(
            position: Vector3(s[0], s[1], s[2]), velocity: Vector3(s[3], s[4], s[5])),
          origin: origin == 1 ? .solarSystemBarycenter : .sun))
      if let covariances, !covariances[36 * i].isNaN {
        guard let made = OrbitCovariance(covariance: Array(covariances[36 * i..<36 * i + 36]))
        else { throw CallError("orbit \(i): the covariance is not positive definite") }
        orbit.covariance = made
      }
      if let forces, !forces[3 * i].isNaN {
        orbit.nonGravitational = Vector3(forces[3 * i], forces[3 * i + 1], forces[3 * i + 2])
        orbit.nonGravitationalLaw = NonGravitational.Law.named["asteroid"]
      }
      orbit.absoluteMagnitude = magnitudes.flatMap { $0[i].given }
      orbit.slope = slopes.flatMap { $0[i].given }
      return orbit
    }
  }
}

extension Propagation.Verdict {
  /// 0 complete; 1 it strikes a body; 2 the ephemerides end; 3 a passage too close to a mass;
  /// 4 not finite.
  var code: Int32 {
    switch self {
    case .complete: 0
    case .impact: 1
    case .outsideEphemeris: 2
    case .stalled: 3
    case .notFinite: 4
    }
  }
}

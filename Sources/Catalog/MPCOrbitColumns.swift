import Astro
import Dynamics
import Foundation

/// A solution as `mpc_orbits` shows it: elements, for people and for Rubin's queries. The truth
/// with all its digits is the state in `orbitSolutions`.
struct MPCOrbitColumns {
  static let columns = [
    "ssObjectId", "solutionId", "designation", "packed_primary_provisional_designation",
    "unpacked_primary_provisional_designation", "u_param", "nopp", "arc_length_total",
    "nobs_total", "nobs_total_sel", "a", "q", "e", "i", "node", "argperi", "peri_time",
    "mean_anomaly", "period", "mean_motion", "a_unc", "q_unc", "e_unc", "i_unc", "node_unc",
    "argperi_unc", "peri_time_unc", "epoch_mjd", "h", "g", "not_normalized_rms",
    "normalized_rms", "earth_moid", "updated_at",
  ]

  static func upsert(revision: Int) -> String {
    """
    INSERT INTO mpc_orbits (\(columns.joined(separator: ", ")), created_at, sinceRevision)
    VALUES (\(columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")), ?\(columns.count),
      \(revision))
    ON CONFLICT (ssObjectId) DO UPDATE SET
      \(columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")),
      sinceRevision = \(revision)
    """
  }

  static func bind(
    _ solution: OrbitSolution, id: Int64, designation name: String?, solutionId: Int64,
    now: String, to statement: inout BulkInsert
  ) {
    let orbit = solution.orbit
    let quality = orbit.quality
    let name = name ?? orbit.designation
    let designation = Designation(name)
    statement.bind(id)
    statement.bind(solutionId)
    statement.bind(name)
    statement.bind(designation?.packed ?? name)
    statement.bind(designation?.description ?? name)
    statement.bind(quality.uncertaintyParameter)
    statement.bind(quality.oppositionCount)
    statement.bind(quality.arcDays)
    statement.bind(quality.observationCount)
    statement.bind(quality.observationsUsed)
    bindElements(orbit, to: &statement)
    statement.bind(orbit.orbit.epoch.mjd)
    statement.bind(orbit.absoluteMagnitude)
    statement.bind(orbit.slope)
    statement.bind(quality.rmsArcsec)
    let normalized = solution.chiSquare.flatMap { chi in
      solution.degreesOfFreedom.flatMap { $0 > 0 ? (chi / Double($0)).squareRoot() : nil }
    }
    statement.bind(normalized)
    statement.bind(solution.moidEarthAU)
    statement.bind(now)
  }

  /// Ten elements and seven uncertainties; all NULL for a barycentric orbit, which has no
  /// heliocentric elements before its Sun is known.
  private static func bindElements(_ orbit: CatalogOrbit, to statement: inout BulkInsert) {
    guard let elements = KeplerianElements(orbit.orbit) else {
      for _ in 0..<17 { statement.bindNull() }
      return
    }
    let ellipse = elements.eccentricity < 1
    for value in basic(elements) { statement.bind(value) }
    statement.bind(elements.meanAnomalyRad() / Angle.degree)
    statement.bind(ellipse ? elements.periodDays() : nil)
    statement.bind(elements.meanMotion() / Angle.degree)
    if let covariance = orbit.covariance,
      let sigmas = sigmas(of: orbit.orbit, covariance: covariance)
    {
      for value in sigmas { statement.bind(value) }
    } else {
      for _ in 0..<7 { statement.bindNull() }
    }
  }

  /// a, q [au], e, i, node, argument of perihelion [deg], perihelion time [MJD TDB].
  private static func basic(_ elements: KeplerianElements) -> [Double] {
    [
      elements.semiMajorAxisAU, elements.perihelionAU, elements.eccentricity,
      elements.inclinationRad / Angle.degree, elements.nodeRad / Angle.degree,
      elements.argPeriRad / Angle.degree, elements.perihelionTime.mjd,
    ]
  }

  /// One standard deviation of each of ``basic(_:)``, by first order: the elements' derivatives
  /// along the six columns of R⁻¹, each taken as a central difference of a step so small that
  /// the elements are linear in it.
  private static func sigmas(of orbit: Orbit, covariance: OrbitCovariance) -> [Double]? {
    guard let inverse = upperTriangularInverse(covariance.squareRootInformation) else {
      return nil
    }
    var variances = [Double](repeating: 0, count: 7)
    for column in 0..<6 {
      let direction = (0..<6).map { inverse[6 * $0 + column] }
      let size = direction.map { abs($0) }.max() ?? 0
      guard size.isFinite else { return nil }
      guard size > 0 else { continue }
      let step = min(1, 1e-6 / size)
      guard let plus = KeplerianElements(moved(orbit, direction, step)),
        let minus = KeplerianElements(moved(orbit, direction, -step))
      else { return nil }
      let (high, low) = (basic(plus), basic(minus))
      for k in 0..<7 {
        let wrap = k >= 3 && k <= 5
        let change = wrap ? (high[k] - low[k]).remainder(dividingBy: 360) : high[k] - low[k]
        variances[k] += (change / (2 * step)) * (change / (2 * step))
      }
    }
    return variances.map { $0.squareRoot() }
  }

  private static func moved(_ orbit: Orbit, _ direction: [Double], _ step: Double) -> Orbit {
    var orbit = orbit
    orbit.state.position += Vector3(direction[0], direction[1], direction[2]) * step
    orbit.state.velocity += Vector3(direction[3], direction[4], direction[5]) * step
    return orbit
  }

  /// The inverse of an upper triangular 6 × 6 matrix by rows; nil when it is singular.
  static func upperTriangularInverse(_ r: [Double]) -> [Double]? {
    var inverse = [Double](repeating: 0, count: 36)
    for column in 0..<6 {
      for row in stride(from: column, through: 0, by: -1) {
        var sum = row == column ? 1.0 : 0
        for k in row + 1..<max(row + 1, column + 1) {
          sum -= r[6 * row + k] * inverse[6 * k + column]
        }
        guard r[7 * row] != 0 else { return nil }
        inverse[6 * row + column] = sum / r[7 * row]
      }
    }
    return inverse
  }
}

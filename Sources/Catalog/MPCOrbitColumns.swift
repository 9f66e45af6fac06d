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
    "argperi_unc", "peri_time_unc", "mean_anomaly_unc", "period_unc", "mean_motion_unc",
    "epoch_mjd", "h", "g", "not_normalized_rms",
    "normalized_rms", "earth_moid", "orbit_type_int", "arc_length_sel", "yarkovsky",
    "fitting_datetime", "updated_at",
  ]

  /// Without those that are NULL for orbits that are ``OrbitSolution/isPlain``, and without
  /// `updated_at`, the last.
  static let plainColumns =
    Array(columns[..<20]) + ["epoch_mjd", "h", "g", "not_normalized_rms"]
    + ["orbit_type_int"]

  /// - Parameter now: for all rows.
  static func insertPlain(revision: Int, rows: Int, now: String) -> String {
    let row =
      "(\(plainColumns.map { _ in "?" }.joined(separator: ", ")), '\(now)', '\(now)', \(revision))"
    return """
      INSERT INTO mpc_orbits
        (\(plainColumns.joined(separator: ", ")), updated_at, created_at, sinceRevision)
      VALUES \([String](repeating: row, count: rows).joined(separator: ", "))
      """
  }

  static func upsert(revision: Int) -> String {
    """
    \(insert(revision: revision)) ON CONFLICT (ssObjectId) DO UPDATE SET
      \(columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")),
      sinceRevision = \(revision)
    """
  }

  /// - Parameter rows: at a time, of objects that have none yet.
  static func insert(revision: Int, rows: Int = 1) -> String {
    let values = (0..<rows).map { row in
      let first = columns.count * row
      let parameters = columns.indices.map { "?\(first + $0 + 1)" }.joined(separator: ", ")
      return "(\(parameters), ?\(first + columns.count), \(revision))"
    }
    return """
      INSERT INTO mpc_orbits (\(columns.joined(separator: ", ")), created_at, sinceRevision)
      VALUES \(values.joined(separator: ", "))
      """
  }
}

/// What a row of `mpc_orbits` says beyond its solution.
struct MPCOrbitRow: Sendable {
  /// The object's, as far as its orbit's source knows.
  private let name: String
  private let packed: String
  private let unpacked: String
  /// Ten elements; empty for a barycentric orbit, which has no heliocentric elements before its
  /// Sun is known.
  private let elements: [Double]
  /// Of the elements; empty where there is no covariance.
  private let sigmas: [Double]
  private let type: Int?

  /// - Parameter name: the object's; nil: that of the orbit.
  init(_ solution: OrbitSolution, name: String? = nil) {
    let orbit = solution.orbit
    let name = name ?? orbit.designation
    let designation = Designation(name)
    self.name = name
    packed = designation?.packed ?? name
    unpacked = designation?.description ?? name
    guard let found = KeplerianElements(orbit.orbit) else {
      (elements, sigmas, type) = ([], [], nil)
      return
    }
    elements = Self.all(found)
    type = MPCOrbitType(found).rawValue
    sigmas = orbit.covariance.flatMap { Self.sigmas(of: orbit.orbit, covariance: $0) } ?? []
  }

  /// The first twenty columns.
  private func bindFirst(
    _ solution: OrbitSolution, id: Int64, designation other: String?, solutionId: Int64,
    to statement: inout BulkInsert
  ) {
    let quality = solution.orbit.quality
    statement.bind(id)
    statement.bind(solutionId)
    if let other, other != name {
      let designation = Designation(other)
      statement.bind(other)
      statement.bind(designation?.packed ?? other)
      statement.bind(designation?.description ?? other)
    } else {
      statement.bind(name)
      statement.bind(packed)
      statement.bind(unpacked)
    }
    statement.bind(quality.uncertaintyParameter)
    statement.bind(quality.oppositionCount)
    statement.bind(quality.arcDays)
    statement.bind(quality.observationCount)
    statement.bind(quality.observationsUsed)
    for i in 0..<10 { statement.bind(i < elements.count ? elements[i] : nil) }
  }

  /// ``MPCOrbitColumns/plainColumns`` of an orbit that is ``OrbitSolution/isPlain``.
  func bindPlain(
    _ solution: OrbitSolution, id: Int64, designation other: String?, solutionId: Int64,
    to statement: inout BulkInsert
  ) {
    let orbit = solution.orbit
    bindFirst(solution, id: id, designation: other, solutionId: solutionId, to: &statement)
    statement.bind(orbit.orbit.epoch.mjd)
    statement.bind(orbit.absoluteMagnitude)
    statement.bind(orbit.slope)
    statement.bind(orbit.quality.rmsArcsec)
    statement.bind(type)
  }

  func bind(
    _ solution: OrbitSolution, id: Int64, designation other: String?, solutionId: Int64,
    now: String, to statement: inout BulkInsert
  ) {
    let orbit = solution.orbit
    let quality = orbit.quality
    bindFirst(solution, id: id, designation: other, solutionId: solutionId, to: &statement)
    for i in 0..<10 { statement.bind(i < sigmas.count ? sigmas[i] : nil) }
    statement.bind(orbit.orbit.epoch.mjd)
    statement.bind(orbit.absoluteMagnitude)
    statement.bind(orbit.slope)
    statement.bind(quality.rmsArcsec)
    let normalized = solution.chiSquare.flatMap { chi in
      solution.degreesOfFreedom.flatMap { $0 > 0 ? (chi / Double($0)).squareRoot() : nil }
    }
    statement.bind(normalized)
    statement.bind(solution.moidEarthAU)
    statement.bind(type)
    statement.bind(solution.isOurs ? quality.arcDays : nil)
    statement.bind(Self.yarkovsky(orbit))
    statement.bind(solution.isOurs ? now : nil)
    statement.bind(now)
  }

  /// The transverse acceleration of an asteroid that has no other [1e-10 au/d²].
  private static func yarkovsky(_ orbit: CatalogOrbit) -> Double? {
    guard let a = orbit.nonGravitational, a.x == 0, a.z == 0, !orbit.isComet else { return nil }
    return a.y * 1e10
  }

  /// a, q [au], e, i, node, argument of perihelion [deg], perihelion time [MJD TDB].
  ///
  /// Then mean anomaly [deg], period [d], mean motion [deg/d]; NaN where an orbit has none.
  private static func all(_ elements: KeplerianElements) -> [Double] {
    [
      elements.semiMajorAxisAU, elements.perihelionAU, elements.eccentricity,
      elements.inclinationRad / Angle.degree, elements.nodeRad / Angle.degree,
      elements.argPeriRad / Angle.degree, elements.perihelionTime.mjd,
      elements.meanAnomalyRad() / Angle.degree,
      elements.eccentricity < 1 ? elements.periodDays() : .nan,
      elements.meanMotion() / Angle.degree,
    ]
  }

  /// One standard deviation of each of ``all(_:)``, by first order: the elements' derivatives
  /// along the six columns of R⁻¹, each taken as a central difference of a step so small that
  /// the elements are linear in it.
  private static func sigmas(of orbit: Orbit, covariance: OrbitCovariance) -> [Double]? {
    guard let inverse = upperTriangularInverse(covariance.squareRootInformation) else {
      return nil
    }
    var variances = [Double](repeating: 0, count: 10)
    for column in 0..<6 {
      let direction = (0..<6).map { inverse[6 * $0 + column] }
      let size = direction.map { abs($0) }.max() ?? 0
      guard size.isFinite else { return nil }
      guard size > 0 else { continue }
      let step = min(1, 1e-6 / size)
      guard let plus = KeplerianElements(moved(orbit, direction, step)),
        let minus = KeplerianElements(moved(orbit, direction, -step))
      else { return nil }
      let (high, low) = (all(plus), all(minus))
      for k in 0..<10 {
        let wrap = k >= 3 && k <= 5 || k == 7
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

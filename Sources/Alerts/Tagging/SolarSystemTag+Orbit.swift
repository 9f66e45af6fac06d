import Astro
import Dynamics
import Exchange

extension SolarSystemTag {
  /// Names of ``orbitValues()``, in their order: `mpc_orbits` (schemas from 10.0 on) and `MPCORB`
  /// (before).
  package static let orbitNames: [[String]] = [
    ["id"], ["ssObjectId"],
    ["designation", "mpcDesignation", "unpacked_primary_provisional_designation"],
    ["packed_primary_provisional_designation"], ["mpc_orb_jsonb"], ["q"], ["e"], ["a"],
    ["i", "incl"], ["node"], ["argperi", "peri"], ["peri_time", "t_p"], ["epoch_mjd", "epoch"],
    ["mean_anomaly", "M"], ["period"], ["mean_motion"], ["h", "mpcH"], ["g"],
    ["not_normalized_rms"], ["arc_length_total"], ["u_param"], ["nopp"], ["nobs_total"],
    ["nobs_total_sel"], ["yarkovsky"], ["orbit_type_int"], ["q_unc"], ["e_unc"], ["i_unc"],
    ["node_unc"], ["argperi_unc"], ["peri_time_unc"], ["a_unc"], ["mean_motion_unc"],
    ["period_unc"], ["mean_anomaly_unc"],
  ]

  /// The orbit: elements heliocentric, ecliptic J2000, degrees, epochs MJD in TT. Empty for an
  /// orbit without elements.
  package func orbitValues() -> [TagValue] {
    guard let elements = KeplerianElements(orbit.orbit) else { return [] }
    let isEllipse = elements.eccentricity < 1
    let semiMajorAxis = elements.semiMajorAxisAU
    return [
      // The MPC's row number is not known here; its own users are told not to rely on it.
      .whole(0), .whole(ssObjectId), .text(orbit.designation),
      .text(Designation(orbit.designation)?.packed ?? orbit.designation),
      covarianceJSON().map { .text($0) } ?? .none,
      .number(elements.perihelionAU), .number(elements.eccentricity),
      semiMajorAxis.isFinite ? .number(semiMajorAxis) : .none,
      .number(elements.inclinationRad / Angle.degree), .number(elements.nodeRad / Angle.degree),
      .number(elements.argPeriRad / Angle.degree), .number(elements.perihelionTime.tt.mjd),
      .number(elements.epoch.tt.mjd),
      isEllipse ? .number(elements.meanAnomalyRad() / Angle.degree) : .none,
      isEllipse ? .number(elements.periodDays()) : .none,
      isEllipse ? .number(elements.meanMotion() / Angle.degree) : .none,
      TagValue(orbit.absoluteMagnitude), TagValue(orbit.slope),
      TagValue(orbit.quality.rmsArcsec), TagValue(orbit.quality.arcDays),
      TagValue(orbit.quality.uncertaintyParameter), TagValue(orbit.quality.oppositionCount),
      TagValue(orbit.quality.observationCount), TagValue(orbit.quality.observationsUsed),
      TagValue(yarkovsky), .whole(Int64(MPCOrbitType(elements).rawValue)),
    ] + uncertainties(elements)
  }

  /// One standard deviation of q, e, i, node, argument and time of perihelion, a, mean motion, period
  /// and mean anomaly, in the units of these; none where the orbit has no covariance.
  private func uncertainties(_ elements: KeplerianElements) -> [TagValue] {
    let none = [TagValue](repeating: .none, count: 10)
    guard let set = ElementSet(orbit.orbit, .cometary),
      let matrix = orbit.covariance?.covariance(of: set)
    else { return none }
    func sigma(_ gradient: [Double]) -> Double {
      var sum = 0.0
      for i in 0..<6 { for j in 0..<6 { sum += gradient[i] * matrix[6 * i + j] * gradient[j] } }
      return sum.squareRoot()
    }
    func unit(_ index: Int, _ scale: Double = 1) -> [Double] {
      (0..<6).map { $0 == index ? scale : 0 }
    }
    let degree = 1 / Angle.degree
    var values: [Double?] = [
      sigma(unit(0)), sigma(unit(1)), sigma(unit(2, degree)), sigma(unit(3, degree)),
      sigma(unit(4, degree)), sigma(unit(5)),
    ]
    if elements.eccentricity < 1 {
      // a = q / (1 − e); n = √(GM) a^−3/2; the period is 2π / n, the mean anomaly −n times the time
      // to perihelion.
      let (q, rest) = (elements.perihelionAU, 1 - elements.eccentricity)
      let axis = [1 / rest, q / (rest * rest), 0, 0, 0, 0]
      let (n, a, time) = (elements.meanMotion(), elements.semiMajorAxisAU, set.values[5])
      let motion = axis.map { -1.5 * n / a * $0 * degree }
      let period = motion.map { -2 * .pi / (n * n) * $0 / degree }
      var anomaly = motion.map { -time * $0 }
      anomaly[5] -= n * degree
      values += [sigma(axis), sigma(motion), sigma(period), sigma(anomaly)]
    } else {
      values += [nil, nil, nil, nil]
    }
    return values.map { value in TagValue(value.flatMap { $0.isFinite ? $0 : nil }) }
  }

  /// The transverse acceleration at 1 au in 1e-10 au/d², as it is read too; nil for an orbit
  /// without one, or with others.
  private var yarkovsky: Double? {
    guard let push = orbit.nonGravitational, push.x == 0, push.z == 0 else { return nil }
    return push.y / 1e-10
  }

  private static let covarianceNames = (0..<6).flatMap { i in
    (i..<6).map { j in (name: "\"cov\(i)\(j)\":", index: 6 * i + j) }
  }

  /// State and covariance as the MPC has them in `mpc_orb_jsonb`: heliocentric, ecliptic J2000.
  private func covarianceJSON() -> String? {
    guard let covariance = orbit.covariance, orbit.orbit.origin == .sun else { return nil }
    let position = Frames.equatorialToEcliptic * orbit.orbit.state.position
    let velocity = Frames.equatorialToEcliptic * orbit.orbit.state.velocity
    let matrix = CovarianceFrame.rotate(covariance.covariance, by: Frames.equatorialToEcliptic)
    var text = "{\"CAR\":{\"coefficient_names\":[\"x\",\"y\",\"z\",\"vx\",\"vy\",\"vz\"],"
    text.reserveCapacity(1_024)
    text += "\"coefficient_values\":["
    for (index, value) in [position.x, position.y, position.z, velocity.x, velocity.y, velocity.z]
      .enumerated()
    {
      if index > 0 { text += "," }
      text += value.description
    }
    text += "],\"covariance\":{"
    for (name, index) in Self.covarianceNames {
      if index > 0 { text += "," }
      text += name
      text += matrix[index].description
    }
    return text + "}}}"
  }
}

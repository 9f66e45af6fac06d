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
    ["nobs_total_sel"], ["yarkovsky"],
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
      TagValue(yarkovsky),
    ]
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

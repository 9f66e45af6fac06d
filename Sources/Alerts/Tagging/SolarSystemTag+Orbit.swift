import Astro
import Dynamics
import Exchange

extension SolarSystemTag {
  /// `mpc_orbits` (schemas from 10.0 on) and `MPCORB` (before) by field name: elements
  /// heliocentric, ecliptic J2000, degrees, epochs MJD in TT. Empty for an orbit without elements.
  func orbitFields() -> [String: AvroValue] {
    guard let elements = KeplerianElements(orbit.orbit) else { return [:] }
    let packed = Designation(orbit.designation)?.packed ?? orbit.designation
    var fields: [String: AvroValue] = [
      // The MPC's row number is not known here; its own users are told not to rely on it.
      "id": .int(0), "ssObjectId": .long(ssObjectId),
    ]
    let texts: [(String, String)] = [
      ("designation", orbit.designation), ("mpcDesignation", orbit.designation),
      ("packed_primary_provisional_designation", packed),
      ("unpacked_primary_provisional_designation", orbit.designation),
    ]
    for (name, text) in texts { fields[name] = .string(text) }
    fields["mpc_orb_jsonb"] = covarianceJSON().map { .string($0) } ?? .null
    let isEllipse = elements.eccentricity < 1
    let meanAnomaly = elements.meanAnomalyRad() / Angle.degree
    let numbers: [(String, Double?)] = [
      ("q", elements.perihelionAU), ("e", elements.eccentricity),
      ("a", elements.semiMajorAxisAU.isFinite ? elements.semiMajorAxisAU : nil),
      ("i", elements.inclinationRad / Angle.degree),
      ("incl", elements.inclinationRad / Angle.degree),
      ("node", elements.nodeRad / Angle.degree),
      ("argperi", elements.argPeriRad / Angle.degree),
      ("peri", elements.argPeriRad / Angle.degree),
      ("peri_time", elements.perihelionTime.tt.mjd), ("t_p", elements.perihelionTime.tt.mjd),
      ("epoch_mjd", elements.epoch.tt.mjd), ("epoch", elements.epoch.tt.mjd),
      ("mean_anomaly", isEllipse ? meanAnomaly : nil), ("M", isEllipse ? meanAnomaly : nil),
      ("period", isEllipse ? elements.periodDays() : nil),
      ("mean_motion", isEllipse ? elements.meanMotion() / Angle.degree : nil),
      ("h", orbit.absoluteMagnitude), ("mpcH", orbit.absoluteMagnitude), ("g", orbit.slope),
      ("not_normalized_rms", orbit.quality.rmsArcsec),
      ("arc_length_total", orbit.quality.arcDays),
    ]
    for (name, value) in numbers { fields[name] = value.map { .double($0) } ?? .null }
    let counts: [(String, Int?)] = [
      ("u_param", orbit.quality.uncertaintyParameter), ("nopp", orbit.quality.oppositionCount),
      ("nobs_total", orbit.quality.observationCount),
      ("nobs_total_sel", orbit.quality.observationsUsed),
    ]
    for (name, value) in counts {
      fields[name] = value.map { .int(Int32(clamping: $0)) } ?? .null
    }
    return fields
  }

  /// State and covariance as the MPC has them in `mpc_orb_jsonb`: heliocentric, ecliptic J2000.
  private func covarianceJSON() -> String? {
    guard let covariance = orbit.covariance, orbit.orbit.origin == .sun else { return nil }
    let position = Frames.equatorialToEcliptic * orbit.orbit.state.position
    let velocity = Frames.equatorialToEcliptic * orbit.orbit.state.velocity
    let state = [position.x, position.y, position.z, velocity.x, velocity.y, velocity.z]
    let matrix = CovarianceFrame.rotate(covariance.covariance, by: Frames.equatorialToEcliptic)
    let entries = (0..<6).flatMap { i in
      (i..<6).map { j in "\"cov\(i)\(j)\":\(matrix[i * 6 + j])" }
    }
    return "{\"CAR\":{\"coefficient_names\":[\"x\",\"y\",\"z\",\"vx\",\"vy\",\"vz\"],"
      + "\"coefficient_values\":[\(state.map { "\($0)" }.joined(separator: ","))],"
      + "\"covariance\":{\(entries.joined(separator: ","))}}}"
  }
}

import Astro
import Dynamics
import Exchange
import Foundation

/// An alert's `mpc_orbits` record as an orbit.
///
/// Elements are heliocentric, ecliptic J2000, degrees; `epoch_mjd` and `peri_time` are MJD in TT,
/// which for an orbit is as good as TDB but is not taken for it here. The covariance comes from
/// the Cartesian one (`CAR`) in `mpc_orb_jsonb`.
enum MPCOrbitsRecord {
  static func orbit(_ record: AvroValue) throws(BadField) -> CatalogOrbit {
    func number(_ field: String) -> Double? {
      record[field]?.number.flatMap { $0.isFinite ? $0 : nil }
    }
    func required(_ field: String, in range: ClosedRange<Double>) throws(BadField) -> Double {
      guard let value = number(field) else {
        throw BadField(
          field: "mpc_orbits.\(field)",
          reason: "is null: without it this is no orbit (Rubin packets of 2025-12 are like that)")
      }
      guard range.contains(value) else {
        throw BadField(
          field: "mpc_orbits.\(field)",
          reason: "is \(value), not within \(range.lowerBound)…\(range.upperBound)")
      }
      return value
    }
    func optional(_ field: String, in range: ClosedRange<Double>) throws(BadField) -> Double? {
      guard let value = number(field) else { return nil }
      guard range.contains(value) else {
        throw BadField(
          field: "mpc_orbits.\(field)",
          reason: "is \(value), not within \(range.lowerBound)…\(range.upperBound)")
      }
      return value
    }
    let epochMjd = try required("epoch_mjd", in: 15_000...110_000)
    let eccentricity = try required("e", in: 0...1_000)
    let elements = KeplerianElements(
      epoch: Epoch<TT>(mjd: epochMjd).tdb,
      perihelionAU: try required("q", in: 1e-6...1_000), eccentricity: eccentricity,
      inclinationRad: try required("i", in: 0...180) * Angle.degree,
      nodeRad: try required("node", in: -360...720) * Angle.degree,
      argPeriRad: try required("argperi", in: -360...720) * Angle.degree,
      perihelionTime: Epoch<TT>(mjd: try required("peri_time", in: -1e7...1e7)).tdb)
    let designation = try name(record)
    var orbit = CatalogOrbit(
      designation: designation, ssObjectId: Designation(designation)?.ssObjectId,
      orbit: elements.orbit())
    let state = orbit.orbit.state
    guard state.position.isFinite, state.velocity.isFinite else {
      throw BadField(
        field: "mpc_orbits.e",
        reason: "is \(eccentricity), which with q, peri_time and epoch_mjd has no finite state")
    }
    orbit.otherNames = record["mpc_orb_jsonb"]?.text.map(otherNames(fromJSON:)) ?? []
    orbit.covariance = record["mpc_orb_jsonb"]?.text.flatMap(covariance(fromJSON:))
    // The transverse acceleration at 1 au, in 1e-10 au/d². The Sun's attraction there is 3e6 of
    // these; the smallest bodies known have some tens.
    orbit.nonGravitational = try optional("yarkovsky", in: -1e5...1e5)
      .map { Vector3(0, $0 * 1e-10, 0) }
    orbit.absoluteMagnitude = try optional("h", in: -30...60)
    orbit.slope = try optional("g", in: -2...2)
    orbit.quality.rmsArcsec = number("not_normalized_rms")
    orbit.quality.observationCount = record["nobs_total"]?.integer.map(Int.init)
    orbit.quality.observationsUsed = record["nobs_total_sel"]?.integer.map(Int.init)
    orbit.quality.oppositionCount = record["nopp"]?.integer.map(Int.init)
    orbit.quality.arcDays = number("arc_length_total")
    orbit.quality.uncertaintyParameter = record["u_param"]?.integer.map(Int.init)
    orbit.quality.observedUntilMjdTai = record["mpc_orb_jsonb"]?.text
      .flatMap(observedUntil(fromJSON:))
    return orbit
  }

  /// Readable where it is a designation: packets of 2025-12 have it packed.
  private static func name(_ record: AvroValue) throws(BadField) -> String {
    let text = record["designation"]?.text ?? ""
    guard !text.isEmpty else {
      throw BadField(field: "mpc_orbits.designation", reason: "is empty; an orbit needs a name")
    }
    return Designation(text)?.description ?? text
  }

  /// Number and secondary designations, where the JSON has them.
  static func otherNames(fromJSON text: String) -> [String] {
    guard
      let tree = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
      let data = tree["designation_data"] as? [String: Any]
    else { return [] }
    let secondary = data["unpacked_secondary_provisional_designations"] as? [String] ?? []
    return ([data["permid"] as? String] + secondary)
      .compactMap { $0.flatMap { Designation($0)?.description } }
  }

  static func observedUntil(fromJSON text: String) -> Double? {
    let tree = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let statistics = tree?["orbit_fit_statistics"] as? [String: Any]
    let software = tree?["software_data"] as? [String: Any]
    return ObservedUntil.mjd(
      arc: statistics?["arc_length_sel"] as? String ?? statistics?["arc_length_total"] as? String,
      fitted: software?["fitting_datetime"] as? String)
  }

  /// The 6 × 6 part for the state, rotated from the ecliptic to ICRF; what non-gravitational
  /// parameters add to it is in it already. Nil when it is not there or not positive definite.
  static func covariance(fromJSON text: String) -> OrbitCovariance? {
    guard
      let tree = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any],
      let cartesian = tree["CAR"] as? [String: Any],
      let entries = cartesian["covariance"] as? [String: Any]
    else { return nil }
    var ecliptic = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      for j in i..<6 {
        guard let value = (entries["cov\(i)\(j)"] as? NSNumber)?.doubleValue else { return nil }
        ecliptic[i * 6 + j] = value
        ecliptic[j * 6 + i] = value
      }
    }
    return OrbitCovariance(
      covariance: CovarianceFrame.rotate(ecliptic, by: Frames.eclipticToEquatorial))
  }
}

import Astro
import Astrometry
import Dynamics

/// Astrometric places of orbits for an observatory.
///
/// - Parameters:
///   - count … slopes: the orbits, see `OrbitArrays`.
///   - observatory: MPC code.
///   - timeCount, timesMjdUtc: when.
///   - result: count × timeCount × 12 numbers: RA, dec [deg, ICRF, light time, no aberration], their
///     rates [arcsec/h, RA with cos dec], distances from observer and Sun [au], phase angle and
///     elongation [deg], V magnitude, error ellipse: semi-axes [arcsec] and position angle [deg].
///     NaN where an orbit ended before, or has no magnitude or covariance.
///   - verdicts: how each orbit ended, see `Propagation.Verdict.code`.
/// - Returns: 0, or -1 with `error`.
@_cdecl("ecliptic_ephemeris")
public func eclipticEphemeris(
  _ library: UnsafeMutableRawPointer?, _ count: Int, _ states: UnsafePointer<Double>?,
  _ epochsMjdTdb: UnsafePointer<Double>?, _ origin: Int,
  _ covariances: UnsafePointer<Double>?, _ nonGravitational: UnsafePointer<Double>?,
  _ numbers: UnsafePointer<Int64>?, _ magnitudes: UnsafePointer<Double>?,
  _ slopes: UnsafePointer<Double>?, _ observatory: UnsafePointer<CChar>?, _ timeCount: Int,
  _ timesMjdUtc: UnsafePointer<Double>?, _ jobs: Int, _ result: UnsafeMutablePointer<Double>?,
  _ verdicts: UnsafeMutablePointer<Int32>?, _ error: UnsafeMutablePointer<CChar>?,
  _ errorLength: Int
) -> Int {
  answer(library, error, errorLength) { solarSystem in
    let orbits = try OrbitArrays(
      count: count, states: states, epochsMjd: epochsMjdTdb, origin: origin,
      covariances: covariances, nonGravitational: nonGravitational, numbers: numbers,
      magnitudes: magnitudes, slopes: slopes
    ).orbits()
    let text = observatory.map { String(cString: $0) } ?? ""
    guard let code = ObservatoryCode(text) else {
      throw CallError("observatory: ‘\(text)’ is no MPC code, such as X05")
    }
    let times = try array(timesMjdUtc, timeCount, "times")
    guard times.allSatisfy(\.isFinite) else { throw CallError("times: not all are finite") }
    guard let result, let verdicts else { throw CallError("result, verdicts: null pointers") }
    let epochs = times.map { solarSystem.leapSeconds.tai(Epoch<UTC>(mjd: $0)).tdb }
    let sky = try SkyEphemeris(solarSystem, observatory: code, epochs: epochs)
    let workers = cores(jobs)
    let chunk = max(1, min(256, orbits.count / (8 * workers)))
    let parts = try waiting {
      try await parallelMap(count: orbits.count, chunk: chunk, jobs: workers) { range in
        let workspace = sky.makeWorkspace()
        return range.map { sky.positions(of: orbits[$0], workspace: workspace) }
      }
    }
    for (i, (positions, verdict)) in parts.flatMap({ $0 }).enumerated() {
      verdicts[i] = verdict.code
      for k in 0..<timeCount {
        let place = 12 * (i * timeCount + k)
        for (j, value) in row(positions[k]).enumerated() { result[place + j] = value }
      }
    }
    return 0
  }
}

private func row(_ position: SkyPosition?) -> [Double] {
  guard let position else { return [Double](repeating: .nan, count: 12) }
  let place = position.place
  let (ra, dec) = place.raDec
  let rates = place.rates
  let perHour = 1 / (Angle.arcsecond * 24)
  let ellipse = position.uncertainty
  return [
    ra / Angle.degree, dec / Angle.degree, rates.raCosDec * perHour, rates.dec * perHour,
    place.topocentricAU, place.heliocentricAU, place.phaseAngleRad / Angle.degree,
    place.elongationRad / Angle.degree, position.magnitude ?? .nan,
    ellipse.map { $0.majorRad / Angle.arcsecond } ?? .nan,
    ellipse.map { $0.minorRad / Angle.arcsecond } ?? .nan,
    ellipse.map { $0.positionAngleRad / Angle.degree } ?? .nan,
  ]
}

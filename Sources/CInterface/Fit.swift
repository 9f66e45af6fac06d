import Astro
import Astrometry
import Dynamics
import OrbitFit

/// Fits one orbit to the detections of each object.
///
/// - Parameters:
///   - count … magnitudes: the detections, see `DetectionArrays`.
///   - objectCount, objects: whose each detection is, 0 to objectCount - 1.
///   - twoBody: not 0: the Sun's pull alone, else all forces.
///   - orbits: objectCount × 12 numbers: epoch [MJD TDB], state [au, au/d, ICRF, heliocentric], rms
///     [arcsec], χ², degrees of freedom, used detections, and 1 where the fit converged plus 2 where
///     the detections determine all of the orbit. NaN where there is no orbit.
///   - covariances: objectCount × 36, NaN where there is none.
///   - residuals: count × 3: observed minus computed in RA × cos(dec) and dec [arcsec], and 1 for a
///     detection that was used.
/// - Returns: how many objects have an orbit, or -1 with `error`.
@_cdecl("ecliptic_fit")
public func eclipticFit(
  _ library: UnsafeMutableRawPointer?, _ count: Int, _ timesMjdUtc: UnsafePointer<Double>?,
  _ ra: UnsafePointer<Double>?, _ dec: UnsafePointer<Double>?,
  _ raErrors: UnsafePointer<Double>?, _ decErrors: UnsafePointer<Double>?,
  _ observatories: UnsafePointer<CChar>?, _ objectCount: Int, _ objects: UnsafePointer<Int64>?,
  _ twoBody: Int, _ jobs: Int, _ orbits: UnsafeMutablePointer<Double>?,
  _ covariances: UnsafeMutablePointer<Double>?, _ residuals: UnsafeMutablePointer<Double>?,
  _ error: UnsafeMutablePointer<CChar>?, _ errorLength: Int
) -> Int {
  answer(library, error, errorLength) { solarSystem in
    let observations = try DetectionArrays(
      count: count, timesMjdUtc: timesMjdUtc, ra: ra, dec: dec, raErrors: raErrors,
      decErrors: decErrors, observatories: observatories, magnitudes: nil
    ).prepared(solarSystem, AstrometricErrorModel(), jobs: cores(jobs)).observations
    guard let orbits, let covariances, let residuals else {
      throw CallError("orbits, covariances, residuals: null pointers")
    }
    var members = [[Int]](repeating: [], count: max(0, objectCount))
    for (i, object) in try array(objects, count, "objects").enumerated() {
      guard members.indices.contains(Int(object)) else {
        throw CallError("detection \(i): object \(object) is not within 0 and \(objectCount - 1)")
      }
      members[Int(object)].append(i)
    }
    var options = FitOptions()
    options.forces = twoBody == 0 ? .perturbed : .twoBody
    let (arcs, chosen) = (members, options)
    let fits = try waiting {
      try await parallelMap(count: arcs.count, chunk: 1, jobs: cores(jobs)) { range in
        range.map { k in
          fitOrbit(
            observations: arcs[k].map { observations[$0] }, options: chosen,
            solarSystem: solarSystem)
        }
      }.flatMap { $0 }
    }
    for (k, fit) in fits.enumerated() {
      put(fit, at: orbits + 12 * k)
      let matrix = fit.orbit == nil ? nil : fit.covariance?.covariance
      for j in 0..<36 { covariances[36 * k + j] = matrix?[j] ?? .nan }
      for (place, i) in arcs[k].enumerated() {
        residuals[3 * i] = fit.orbit == nil ? .nan : fit.residualsRaArcsec[place]
        residuals[3 * i + 1] = fit.orbit == nil ? .nan : fit.residualsDecArcsec[place]
        residuals[3 * i + 2] = fit.orbit != nil && fit.used[place] ? 1 : 0
      }
    }
    return fits.count { $0.orbit != nil }
  }
}

/// Twelve numbers, see `ecliptic_fit`.
func put(_ fit: FitResult, at place: UnsafeMutablePointer<Double>) {
  guard let orbit = fit.orbit else {
    for j in 0..<12 { place[j] = .nan }
    return
  }
  place[0] = orbit.epoch.mjd
  put(orbit.state, at: place + 1)
  place[7] = fit.rmsArcsec
  place[8] = fit.chiSquare
  place[9] = Double(fit.degreesOfFreedom)
  place[10] = Double(fit.used.count { $0 })
  place[11] = (fit.converged ? 1 : 0) + (fit.determined ? 2 : 0)
}

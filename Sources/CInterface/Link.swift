import Astro
import Astrometry
import Dynamics
import Linking
import OrbitFit

/// Links detections of several nights into objects.
///
/// - Parameters:
///   - count … magnitudes: the detections, see `DetectionArrays`.
///   - minimumNights, minimumDetections: what a linkage must have; below 1: 3 and 6.
///   - windowDays: the longest arc that is sought at once; 0 or less: 20.
///   - links: count numbers: whose each detection is, from 0; -1 for none.
///   - orbitRoom: how many orbits `orbits` has room for.
///   - orbits: orbitRoom × 12 numbers, as of `ecliptic_fit`.
/// - Returns: how many linkages there are, or -1 with `error`.
@_cdecl("ecliptic_link")
public func eclipticLink(
  _ library: UnsafeMutableRawPointer?, _ count: Int, _ timesMjdUtc: UnsafePointer<Double>?,
  _ ra: UnsafePointer<Double>?, _ dec: UnsafePointer<Double>?,
  _ raErrors: UnsafePointer<Double>?, _ decErrors: UnsafePointer<Double>?,
  _ observatories: UnsafePointer<CChar>?, _ magnitudes: UnsafePointer<Double>?,
  _ minimumNights: Int, _ minimumDetections: Int, _ windowDays: Double, _ jobs: Int,
  _ links: UnsafeMutablePointer<Int64>?, _ orbitRoom: Int, _ orbits: UnsafeMutablePointer<Double>?,
  _ error: UnsafeMutablePointer<CChar>?, _ errorLength: Int
) -> Int {
  answer(library, error, errorLength) { solarSystem in
    // No widening for many observations of one object in a night: whose they are is not known yet.
    var model = AstrometricErrorModel()
    model.deweightsCrowdedNights = false
    let (detections, observations) = try DetectionArrays(
      count: count, timesMjdUtc: timesMjdUtc, ra: ra, dec: dec, raErrors: raErrors,
      decErrors: decErrors, observatories: observatories, magnitudes: magnitudes
    ).prepared(solarSystem, model, jobs: cores(jobs))
    guard let links, orbitRoom == 0 || orbits != nil else {
      throw CallError("links, orbits: null pointers")
    }
    let input = LinkingInput(
      observations: observations, magnitudes: detections.map(\.mag),
      observatories: detections.map(\.observatory),
      nights: detections.map { detection in
        let site = try? solarSystem.observatories.site(detection.observatory)
        return Night(mjdUtc: detection.midpoint.mjd, longitudeDeg: site?.longitudeDeg ?? 0).mjd
      })
    var options = LinkingOptions()
    if minimumNights > 0 { options.minimumNights = minimumNights }
    if minimumDetections > 0 { options.minimumDetections = minimumDetections }
    if windowDays > 0 { options.windowDays = windowDays }
    let chosen = options
    let result = try waiting {
      try await link(input, options: chosen, solarSystem: solarSystem, jobs: cores(jobs))
    }
    for i in 0..<count { links[i] = -1 }
    for (k, linkage) in result.linkages.enumerated() {
      for member in linkage.members { links[member] = Int64(k) }
      if let orbits, k < orbitRoom { put(linkage.fit, at: orbits + 12 * k) }
    }
    return result.linkages.count
  }
}

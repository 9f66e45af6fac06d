import Astro
import Astrometry
import Dynamics
import Foundation

/// Follows one object through a survey: which visits see it, and what they measure.
///
/// Two passes. The first needs the object's place once a night and asks which visits of the night
/// could hold it; the second propagates the object to the moments of just those visits. So what is
/// measured is never interpolated, and most objects cost one place a night.
struct ObjectObserver: Sendable {
  let visits: [VisitGeometry]
  let nights: [NightVisits]
  let options: SurveyOptions

  /// Magnitudes that an object may be brighter than at the middle of the night, by turning, fading
  /// and changing distance.
  private static let magnitudeMargin = 1.5

  /// The detections of an object, in order of time; identifiers are not set yet.
  ///
  /// - Parameters:
  ///   - index: of the object in the survey: the key of its random numbers.
  ///   - object: needs an absolute magnitude.
  ///   - motion: of this thread.
  func detections(
    of object: CatalogOrbit, index: Int, motion: Motion
  ) throws(SimulationError) -> [SimulatedDetection] {
    guard let absoluteMagnitude = object.absoluteMagnitude else { return [] }
    let light = LightCurve(
      absoluteMagnitude: absoluteMagnitude, slope: object.slope ?? Photometry.defaultSlope,
      meanAmplitude: options.meanLightCurveMag, seed: options.seed, index: index)
    let places = try motion.states(of: object, at: nights.map(\.middle))
    let candidates = candidateVisits(places, light)
    guard !candidates.isEmpty else { return [] }
    // Orbits of old epochs are not followed through the years twice.
    var near = object
    near.orbit = Orbit(epoch: nights[0].middle, state: places[0], origin: .solarSystemBarycenter)
    let states = try motion.states(of: near, at: candidates.map { visits[$0].epoch })
    var found: [SimulatedDetection] = []
    for (visit, state) in zip(candidates, states) {
      if let detection = observe(state, in: visit, index: index, light) { found.append(detection) }
    }
    return found
  }

  /// Visits that may hold the object, in order of time.
  private func candidateVisits(_ places: [StateVector], _ light: LightCurve) -> [Int] {
    var candidates: [Int] = []
    for (night, state) in zip(nights, places) {
      let place = PredictedPlace(object: state, sun: night.sun, observer: night.observer)
      let range = place.topocentricAU
      // The path in a night is a straight line up to this [au]: the observer's own turn about the
      // Earth's axis and half a day's acceleration.
      let curvature = 2e-4
      let travel = place.offsetRate.norm * night.halfSpanDays + curvature
      let isNear = range < 4 * travel
      if !isNear && light.apparentV(place) > night.faintestV + Self.magnitudeMargin { continue }
      let radius = isNear ? 4 : FieldOfView.radiusRad + 1.1 * asin(travel / range)
      let cosine = isNear ? -1 : cos(FieldOfView.radiusRad + curvature / (range - travel))
      night.forEachVisit(decRad: asin(place.direction.z), radiusRad: radius) { index in
        let visit = visits[index]
        let days = visit.epoch.days(since: night.middle)
        let there = place.offset + place.offsetRate * days
        if there.dot(visit.field.center) >= cosine * there.norm { candidates.append(index) }
      }
    }
    return candidates.sorted()
  }

  /// What a visit makes of an object, nil when it is not found in it.
  private func observe(
    _ state: StateVector, in index: Int, index object: Int, _ light: LightCurve
  ) -> SimulatedDetection? {
    let geometry = visits[index]
    let visit = geometry.visit
    let place = PredictedPlace(object: state, sun: geometry.sun, observer: geometry.observer)
    guard let detector = geometry.field.pixel(place.direction)?.detector else { return nil }
    let mag =
      light.apparentV(place) + light.variation(at: geometry.epoch)
      + geometry.band.minusV(light.surface)
    let rates = place.rates
    let speed = (rates.raCosDec * rates.raCosDec + rates.dec * rates.dec).squareRoot()
    let loss = DetectionModel.trailingLoss(
      rateDegPerDay: speed / Angle.degree, exposureSeconds: visit.exposureSeconds,
      seeingArcsec: visit.seeingArcsec)
    var random = RandomStream(
      seed: options.seed, .measurement, UInt64(object), UInt64(bitPattern: visit.id))
    let chance = DetectionModel.efficiency(mag: mag + loss.detection, depth: visit.fiveSigmaDepth)
    guard mag >= DetectionModel.saturationMag, random.uniform() < chance else { return nil }

    let flux = DetectionModel.flux(mag: mag + loss.flux)
    let fluxError = DetectionModel.fluxError(fluxNJy: flux, depth: visit.fiveSigmaDepth)
    let measured = flux + fluxError * random.normal()
    guard measured > 0 else { return nil }
    let error = DetectionModel.astrometricErrorArcsec(
      seeingArcsec: visit.seeingArcsec, snr: flux / fluxError)
    let seen = Scatter.scattered(place.direction, sigmaRad: error * Angle.arcsecond, &random)
    let (trueRa, trueDec) = place.raDec
    let length = speed / Angle.arcsecond * visit.exposureSeconds / Constants.secondsPerDay
    let trailed = length > visit.seeingArcsec
    return SimulatedDetection(
      diaSourceId: 0, visit: Int32(index), object: Int32(object), detector: Int16(detector),
      raDeg: seen.raRad / Angle.degree, decDeg: seen.decRad / Angle.degree,
      errorDeg: error / 3600, psfFlux: measured, psfFluxErr: fluxError,
      trailLengthArcsec: trailed ? length : 0,
      trailAngleDeg: trailed
        ? Angle.wrapPositive(atan2(rates.raCosDec, rates.dec)) / Angle.degree : 0,
      trueRaDeg: trueRa / Angle.degree, trueDecDeg: trueDec / Angle.degree, trueMag: mag)
  }
}

/// Measured directions.
enum Scatter {
  /// A direction moved by a normal error in each of two perpendicular ways along the sky; right at
  /// the poles and across 0 h.
  static func scattered(
    _ direction: Vector3, sigmaRad: Double, _ random: inout RandomStream
  ) -> (raRad: Double, decRad: Double) {
    let cosDec = (direction.x * direction.x + direction.y * direction.y).squareRoot()
    let east =
      cosDec > 1e-12
      ? Vector3(-direction.y / cosDec, direction.x / cosDec, 0) : Vector3(0, 1, 0)
    let north = direction.cross(east)
    let moved =
      direction + east * (sigmaRad * random.normal()) + north * (sigmaRad * random.normal())
    let (lon, lat) = moved.longitudeLatitude
    return (lon, lat)
  }
}

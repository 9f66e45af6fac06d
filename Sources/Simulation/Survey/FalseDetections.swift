import Astro
import Foundation

/// Detections that are no object: artefacts, subtraction residuals, noise.
struct FalseDetections: Sendable {
  let options: SurveyOptions
  /// Expected in each visit.
  let meanPerVisit: Double

  /// The false detections of a visit.
  ///
  /// - Parameter index: of the visit in the survey.
  func detections(in geometry: VisitGeometry, index: Int) -> [SimulatedDetection] {
    let key = UInt64(bitPattern: geometry.visit.id)
    var counter = RandomStream(seed: options.seed, .falseCount, key)
    let count = counter.poisson(mean: meanPerVisit)
    var usedSites = Set<UInt64>()
    return (0..<count).map { number in
      var random = RandomStream(seed: options.seed, .falseSource, key, UInt64(number))
      let repeats = random.uniform() < options.repeatingFraction
      let (place, detector) =
        (repeats ? site(in: geometry, avoiding: &usedSites, &random) : nil)
        ?? anywhere(in: geometry, &random)
      return source(at: place, detector: detector, geometry, index: index, &random)
    }
  }

  /// Uniform over the live part of the field.
  private func anywhere(
    in geometry: VisitGeometry, _ random: inout RandomStream
  ) -> (Vector3, Int) {
    let field = geometry.field
    while true {
      let depth = 1 - random.uniform() * (1 - FieldOfView.cosRadius)
      let turn = 2 * .pi * random.uniform()
      let across = max(0, 1 - depth * depth).squareRoot()
      let place =
        field.center * depth + field.xAxis * (across * cos(turn))
        + field.yAxis * (across * sin(turn))
      if let detector = field.pixel(place)?.detector { return (place, detector) }
    }
  }

  /// One of the fixed places of the sky, near a random point of the field: the sky is cut into
  /// cells of equal area, each with one place. Nil when no free one is found in a few tries.
  private func site(
    in geometry: VisitGeometry, avoiding used: inout Set<UInt64>, _ random: inout RandomStream
  ) -> (Vector3, Int)? {
    let side = 1 / options.sitesPerSquareDegree.squareRoot() * Angle.degree
    for _ in 0..<20 {
      let (lon, lat) = anywhere(in: geometry, &random).0.longitudeLatitude
      let row = ((lat + .pi / 2) / side).rounded(.down)
      let columns = max(1, (2 * .pi * cos((row + 0.5) * side - .pi / 2) / side).rounded())
      let column = (lon / (2 * .pi) * columns).rounded(.down)
      let cell = UInt64(row) << 32 | UInt64(column)
      guard !used.contains(cell) else { continue }
      var fixed = RandomStream(seed: options.seed, .site, cell)
      let ra = (column + fixed.uniform()) / columns * 2 * .pi
      let dec = (row + fixed.uniform()) * side - .pi / 2
      let place = Vector3(raRad: ra, decRad: min(dec, .pi / 2))
      guard let detector = geometry.field.pixel(place)?.detector else { continue }
      used.insert(cell)
      return (place, detector)
    }
    return nil
  }

  private func source(
    at place: Vector3, detector: Int, _ geometry: VisitGeometry, index: Int,
    _ random: inout RandomStream
  ) -> SimulatedDetection {
    let visit = geometry.visit
    // Most are at the limit: the number falls with the cube of the signal-to-noise ratio.
    let snr = min(200, 5 / (1 - random.uniform()).squareRoot())
    let flux = DetectionModel.flux(mag: visit.fiveSigmaDepth) * snr / 5
    let error = DetectionModel.astrometricErrorArcsec(seeingArcsec: visit.seeingArcsec, snr: snr)
    let seen = Scatter.scattered(place, sigmaRad: error * Angle.arcsecond, &random)
    let (lon, lat) = place.longitudeLatitude
    return SimulatedDetection(
      diaSourceId: 0, visit: Int32(index), object: -1, detector: Int16(detector),
      raDeg: seen.raRad / Angle.degree, decDeg: seen.decRad / Angle.degree,
      errorDeg: error / 3600, psfFlux: flux,
      psfFluxErr: DetectionModel.fluxError(fluxNJy: flux, depth: visit.fiveSigmaDepth),
      trailLengthArcsec: 0, trailAngleDeg: 0, trueRaDeg: lon / Angle.degree,
      trueDecDeg: lat / Angle.degree, trueMag: DetectionModel.mag(fluxNJy: flux))
  }
}

import Astro
import Astrometry
import Dynamics
import Exchange
import Nightly
import OrbitFit

/// The observations that a file has of one object.
struct ObservedArc: Sendable {
  var designation: String
  /// Identifiers as the file has them, parallel to ``observations``.
  var sourceIds: [String] = []
  var observations: [AstrometricObservation] = []
  /// As they came in, parallel.
  var detections: [Detection] = []
  /// Magnitudes as they came in, with their errors and bands, parallel.
  var measured: [(mag: Double, sigma: Double?, band: String)?] = []
  /// Brought to V by the usual colours of asteroids, parallel; nil without a magnitude.
  var magnitudes: [Double?] = []
  /// Radar measurements, as they came in and ready for computing, parallel.
  var radarMeasured: [RadarMeasurement] = []
  var radar: [RadarObservation] = []
}

/// A file of observations, taken apart by designation or trkSub.
struct ObservedArcs {
  /// In the order in which the file first names them.
  var arcs: [ObservedArc] = []
  var quarantined: [QuarantinedRecord] = []
  /// Detections whose stated error of position can't be and is taken as not stated.
  var errorsTakenAsMissing = 0
  var observationCount: Int {
    arcs.reduce(0) { $0 + $1.observations.count + $1.radar.count }
  }
  private var places: [String: Int] = [:]

  /// - Parameter radiusKm: of the objects, for radar echoes of their surface.
  static func read(
    _ path: String, solarSystem: SolarSystem, observatory: ObservatoryCode, radiusKm: Double?,
    jobs: Int
  ) async throws -> ObservedArcs {
    let batch = try DetectionFile.readAll(
      path,
      options: .init(
        leapSeconds: solarSystem.leapSeconds, earthOrientation: solarSystem.earthOrientation,
        observatory: observatory, keepsRadar: true))
    var result = ObservedArcs()
    result.quarantined = batch.quarantined
    result.errorsTakenAsMissing = batch.errorsTakenAsMissing
    let prepared = try await ObservationPreparer(solarSystem: solarSystem)
      .prepare(batch.detections, jobs: jobs)
    for failure in prepared.failures {
      result.quarantined.append(
        failure.quarantined(file: path, location: .line(batch.lines[failure.index])))
    }
    for (observation, index) in zip(prepared.observations, prepared.indices) {
      let detection = batch.detections[index]
      guard let place = result.place(detection.designation, path, batch.lines[index]) else {
        continue
      }
      result.arcs[place].observations.append(observation)
      result.arcs[place].detections.append(detection)
      result.arcs[place].measured.append(
        detection.mag.map { ($0, detection.magErr, detection.band ?? "") })
      let color = BandColor.toV(detection.band)
      result.arcs[place].magnitudes.append(
        detection.mag.flatMap { mag in color.map { mag + $0 } })
      result.arcs[place].sourceIds.append(detection.sourceId ?? String(detection.diaSourceId))
    }
    result.addRadar(batch, path, RadarPreparer(solarSystem: solarSystem, radiusKm: radiusKm))
    return result
  }

  private mutating func addRadar(_ batch: DetectionBatch, _ path: String, _ preparer: RadarPreparer)
  {
    for (measurement, line) in zip(batch.radar, batch.radarLines) {
      do throws(DetectionFault) {
        let observation = try preparer.prepare(measurement)
        guard let place = place(measurement.designation, path, line) else { continue }
        arcs[place].radarMeasured.append(measurement)
        arcs[place].radar.append(observation)
      } catch {
        quarantined.append(
          QuarantinedRecord(
            file: path, location: .line(line), field: error.field, reason: error.reason))
      }
    }
  }

  /// Where the object's arc is; a record without a name is quarantined.
  private mutating func place(_ designation: String?, _ path: String, _ line: Int) -> Int? {
    guard let designation else {
      quarantined.append(
        QuarantinedRecord(
          file: path, location: .line(line), field: "designation",
          reason: "no designation and no trkSub: name the object that it belongs to"))
      return nil
    }
    if let known = places[designation] { return known }
    places[designation] = arcs.count
    arcs.append(ObservedArc(designation: designation))
    return arcs.count - 1
  }
}

extension ObservedArc {
  /// Time from the first to the last used observation, radar among them [d].
  func arcDays(_ fit: FitResult) -> Double {
    let times =
      zip(observations, fit.used).filter(\.1).map { $0.0.epoch }
      + zip(radar, fit.radar).filter(\.1.used).map { $0.0.epoch }
    guard let first = times.min(), let last = times.max() else { return 0 }
    return last.days(since: first)
  }

  /// The fit as a catalog or an orbit file has it; nil when there is no orbit.
  func catalogOrbit(_ fit: FitResult) -> CatalogOrbit? {
    guard let orbit = fit.orbit else { return nil }
    let magnitude = absoluteMagnitude(orbit, fit.used)
    return CatalogOrbit(
      designation: designation, orbit: orbit, covariance: fit.covariance,
      absoluteMagnitude: magnitude, slope: magnitude.map { _ in Photometry.defaultSlope },
      nonGravitational: fit.forces?.coefficients,
      quality: CatalogOrbit.Quality(
        rmsArcsec: fit.rmsArcsec.isFinite ? fit.rmsArcsec : nil,
        observationCount: observations.count + radar.count,
        observationsUsed: fit.used.count { $0 } + fit.radar.count { $0.used },
        arcDays: arcDays(fit),
        converged: fit.converged, determined: fit.determined,
        uncertaintyParameter: fit.uncertaintyParameter))
  }

  /// H (V) with the slope that the MPC assumes: the median over the used observations that have a
  /// magnitude. Two-body ranges are good enough for hundredths of a magnitude over some months;
  /// beyond that the observations nearest to the epoch speak.
  private func absoluteMagnitude(_ orbit: Orbit, _ used: [Bool]) -> Double? {
    var values: [Double] = []
    for k in observations.indices where used[k] {
      let observation = observations[k]
      let days = observation.epoch.days(since: orbit.epoch)
      guard let mag = magnitudes[k], abs(days) < 1000 else { continue }
      let state = TwoBody.propagate(orbit.state, days: days) + observation.sun
      let place = PredictedPlace(
        object: state, sun: observation.sun, observer: observation.observer)
      let dimming = Photometry.apparentMagnitude(
        absoluteMagnitude: 0, slope: Photometry.defaultSlope,
        heliocentricAU: place.heliocentricAU, topocentricAU: place.topocentricAU,
        phaseAngleRad: place.phaseAngleRad)
      if (mag - dimming).isFinite { values.append(mag - dimming) }
    }
    values.sort()
    guard !values.isEmpty else { return nil }
    return (values[values.count / 2] + values[(values.count - 1) / 2]) / 2
  }

  static let residualHeader =
    "designation,obs_id,epochMjdTdb,residualRa,residualDec,sigmaRa,sigmaDec,chi2,used,"
    + "residualDelay,sigmaDelay,residualDoppler,sigmaDoppler\n"

  /// Observed minus computed and the errors that it was weighed with [arcsec], RA × cos(dec) and
  /// dec, χ² of the pair, one line an observation; then radar's [µs, Hz].
  func residualLines(_ fit: FitResult) -> String {
    directionLines(fit) + radarLines(fit)
  }

  private func directionLines(_ fit: FitResult) -> String {
    observations.indices.map { k in
      var line = CSVLine()
      line.add(designation)
      line.add(sourceIds[k])
      line.add(observations[k].epoch.mjd)
      line.add(fit.residualsRaArcsec[k])
      line.add(fit.residualsDecArcsec[k])
      let hasOrbit = fit.orbit != nil
      line.add(hasOrbit ? fit.sigmasRaArcsec[k] : nil)
      line.add(hasOrbit ? fit.sigmasDecArcsec[k] : nil)
      line.add(hasOrbit ? fit.chiSquares[k] : nil)
      line.add("\(fit.used[k])")
      for _ in 0..<4 { line.add(nil as Double?) }
      return line.text
    }.joined()
  }

  private func radarLines(_ fit: FitResult) -> String {
    zip(zip(radar, radarMeasured), fit.radar).map { measured, residual in
      var line = CSVLine()
      line.add(designation)
      line.add(measured.1.sourceId ?? "")
      line.add(measured.0.epoch.mjd)
      for _ in 0..<4 { line.add(nil as Double?) }
      func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
      line.add(finite(residual.chiSquare))
      line.add("\(residual.used)")
      let isDelay = residual.quantity == .delay
      for value in [residual.value, residual.sigma] {
        line.add(isDelay ? finite(value * 1e6) : nil)
      }
      for value in [residual.value, residual.sigma] { line.add(isDelay ? nil : finite(value)) }
      return line.text
    }.joined()
  }
}

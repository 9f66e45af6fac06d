import Astro
import Astrometry
import Dynamics
import Exchange
import Linking

/// Detections of a file, ready to be linked.
struct LinkingDetections {
  /// Those that can be used, in the order of the file.
  let detections: [Detection]
  /// Parallel to ``detections``.
  let input: LinkingInput
  let quarantined: [QuarantinedRecord]
  /// Detections whose stated error of position can't be and is taken as not stated.
  let errorsTakenAsMissing: Int

  /// - Parameters:
  ///   - observatory: MPC code for rows that name none.
  ///   - usesLabels: detections of a night with the same trkSub or designation are one tracklet.
  ///   - known: links of earlier nights, a file.
  init(
    reading path: String, observatory: String, usesLabels: Bool, known: String?,
    solarSystem: SolarSystem, jobs: Int
  ) async throws {
    let batch = try DetectionFile.readAll(
      path,
      options: DetectionFile.Options(
        leapSeconds: solarSystem.leapSeconds, earthOrientation: solarSystem.earthOrientation,
        observatory: ObservatoryCode(observatory) ?? .rubin))
    // No widening for many observations of one object in a night: whose they are is not known yet.
    var errorModel = AstrometricErrorModel()
    errorModel.deweightsCrowdedNights = false
    let prepared = try await ObservationPreparer(solarSystem: solarSystem, errorModel: errorModel)
      .prepare(batch.detections, jobs: jobs)
    quarantined =
      batch.quarantined
      + prepared.failures.map {
        $0.quarantined(file: path, location: .line(batch.lines[$0.index]))
      }
    let used = prepared.indices.map { batch.detections[$0] }
    var input = LinkingInput(
      observations: prepared.observations, magnitudes: used.map(\.mag),
      observatories: used.map(\.observatory),
      nights: used.map { detection in
        let site = try? solarSystem.observatories.site(detection.observatory)
        return Night(mjdUtc: detection.midpoint.mjd, longitudeDeg: site?.longitudeDeg ?? 0).mjd
      },
      trackletLabels: usesLabels ? used.map(\.designation) : nil, trails: used.map(\.trail))
    if let known { input.known = try KnownLinks.read(known, detections: used) }
    detections = used
    errorsTakenAsMissing = batch.errorsTakenAsMissing
    self.input = input
  }
}

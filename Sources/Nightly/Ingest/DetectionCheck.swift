import Astro
public import Astrometry
public import Catalog
public import Dynamics

/// What a detection must be before the catalog takes it: computable. Its observatory is known or
/// its place given, its time is within the ephemerides.
public struct DetectionCheck: Sendable {
  private let solarSystem: SolarSystem

  public init(solarSystem: SolarSystem) { self.solarSystem = solarSystem }

  /// Passes a detection on, with its night, or says why not.
  public func check(
    _ detection: Detection, file: String, location: QuarantinedRecord.Location
  ) -> Result<IngestRow, Refusal> {
    let epoch = detection.midpoint.tdb
    let ephemeris = solarSystem.ephemeris
    guard ephemeris.covers(epoch) else {
      return refusal(
        detection, file, location, field: "midpointMjdTai",
        .outsideEphemeris(
          mjdTdb: epoch.mjd, startMjdTdb: ephemeris.start.mjd, endMjdTdb: ephemeris.end.mjd))
    }
    var longitudeDeg = 0.0
    if detection.observerGeocentricKm == nil {
      do {
        longitudeDeg = try solarSystem.observatories.site(detection.observatory).longitudeDeg
      } catch {
        return refusal(detection, file, location, field: "obscode", error)
      }
    }
    let utc = solarSystem.leapSeconds.utc(detection.midpoint)
    let night = Night(mjdUtc: utc.mjd, longitudeDeg: longitudeDeg)
    return .success(IngestRow(detection: detection, night: night.mjd, location: location))
  }

  /// Why a detection was not let in.
  public struct Refusal: Error { public let record: QuarantinedRecord }

  private func refusal(
    _ detection: Detection, _ file: String, _ location: QuarantinedRecord.Location,
    field: String, _ error: DynamicsError
  ) -> Result<IngestRow, Refusal> {
    let name = detection.sourceId ?? String(detection.diaSourceId)
    return .failure(
      Refusal(
        record: QuarantinedRecord(
          file: file, location: location, field: field, reason: "\(error) (detection \(name))")))
  }
}

import Astro
public import Dynamics

/// Makes observations that can be computed with from detections as they came in: time to TDB, the
/// observer's and the Sun's place, errors.
///
/// Observers' states are computed once for each observatory and moment, so that a visit's thousands of
/// detections cost one; the work is spread over the cores.
///
/// ```swift
/// let prepared = try await ObservationPreparer(solarSystem: solarSystem).prepare(detections, jobs: 4)
/// for (observation, index) in zip(prepared.observations, prepared.indices) { … detections[index] … }
/// ```
public struct ObservationPreparer: Sendable {
  public let solarSystem: SolarSystem
  public let errorModel: AstrometricErrorModel

  public init(
    solarSystem: SolarSystem, errorModel: AstrometricErrorModel = AstrometricErrorModel()
  ) {
    self.solarSystem = solarSystem
    self.errorModel = errorModel
  }

  /// What came out of a list of detections.
  public struct Prepared: Sendable {
    /// The usable ones, in the order of the detections.
    public var observations: [AstrometricObservation] = []
    /// For each observation the index of its detection.
    public var indices: [Int] = []
    /// The others, by index of detection.
    public var failures: [Failure] = []
  }

  /// A detection that cannot be used.
  public struct Failure: Hashable, Sendable {
    /// Index in the list that was given.
    public var index: Int
    public var fault: DetectionFault

    /// The record to quarantine, for a caller that knows where the detection came from.
    public func quarantined(
      file: String, location: QuarantinedRecord.Location, record: String? = nil
    ) -> QuarantinedRecord {
      QuarantinedRecord(
        file: file, location: location, field: fault.field, reason: fault.reason, record: record)
    }
  }

  /// - Parameters:
  ///   - detections: any order, any observatories.
  ///   - jobs: cores to use. The result does not depend on it.
  /// - Throws: only `CancellationError`.
  public func prepare(_ detections: [Detection], jobs: Int) async throws -> Prepared {
    let factors = crowdingFactors(detections)
    let parts = try await parallelMap(count: detections.count, chunk: 4096, jobs: jobs) { range in
      try Task.checkCancellation()
      var prepared = Prepared()
      prepared.observations.reserveCapacity(range.count)
      prepared.indices.reserveCapacity(range.count)
      var cache = ObserverCache(solarSystem)
      for index in range {
        do throws(DetectionFault) {
          let factor = factors.isEmpty ? 1 : factors[index]
          prepared.observations.append(try observation(detections[index], factor, &cache))
          prepared.indices.append(index)
        } catch {
          prepared.failures.append(Failure(index: index, fault: error))
        }
      }
      return prepared
    }
    var all = Prepared()
    all.observations.reserveCapacity(detections.count)
    all.indices.reserveCapacity(detections.count)
    for part in parts {
      all.observations += part.observations
      all.indices += part.indices
      all.failures += part.failures
    }
    return all
  }

  private func observation(
    _ detection: Detection, _ factor: Double, _ cache: inout ObserverCache
  ) throws(DetectionFault) -> AstrometricObservation {
    guard detection.raDeg >= 0, detection.raDeg < 360 else {
      throw DetectionFault(field: "ra", reason: "\(detection.raDeg) deg is outside 0 to 360")
    }
    guard abs(detection.decDeg) <= 90 else {
      throw DetectionFault(field: "dec", reason: "\(detection.decDeg) deg is outside -90 to 90")
    }
    let place = try cache.place(detection)
    let errors = try errorModel.errors(of: detection)
    return AstrometricObservation(
      epoch: place.epoch, raRad: detection.raDeg * Angle.degree,
      decRad: detection.decDeg * Angle.degree, sigmaRaRad: errors.sigmaRaRad * factor,
      sigmaDecRad: errors.sigmaDecRad * factor, correlation: errors.correlation,
      observer: place.observer, sun: place.sun,
      shared: errors.shared)
  }

  /// By detection, or empty when no factor differs from one. Only detections that name their object
  /// and bring their own errors are counted.
  private func crowdingFactors(_ detections: [Detection]) -> [Double] {
    guard errorModel.deweightsCrowdedNights else { return [] }
    var counts: [ObjectNight: Int] = [:]
    let nights = detections.map { objectNight($0) }
    for night in nights { if let night { counts[night, default: 0] += 1 } }
    guard counts.values.contains(where: { $0 > 4 }) else { return [] }
    return nights.map { night in
      night.map { errorModel.crowdingFactor(counts[$0] ?? 1) } ?? 1
    }
  }

  private func objectNight(_ detection: Detection) -> ObjectNight? {
    guard let designation = detection.designation, detection.midpoint.mjd.isFinite,
      Detection.usableError(detection.raErrDeg ?? detection.decErrDeg) != nil
    else { return nil }
    // Local noon to noon; a space observatory's day begins at 12h TAI.
    let site = try? solarSystem.observatories.site(detection.observatory)
    let night = detection.midpoint.mjd + (site?.longitudeDeg ?? 0) / 360 - 0.5
    return ObjectNight(
      designation: designation, observatory: detection.observatory, night: night.rounded(.down))
  }
}

private struct ObjectNight: Hashable {
  let designation: String
  let observatory: ObservatoryCode
  let night: Double
}

/// States of observers that were already asked for, within one piece of work.
private struct ObserverCache {
  struct Place {
    let epoch: Epoch<TDB>
    let observer: StateVector
    let sun: StateVector
  }

  private struct Key: Hashable {
    let observatory: ObservatoryCode
    let midpoint: Epoch<TAI>
    let geocentricKm: Vector3?
  }

  private let solarSystem: SolarSystem
  private var places: [Key: Result<Place, DetectionFault>] = [:]
  private var last: (key: Key, place: Place)?

  init(_ solarSystem: SolarSystem) { self.solarSystem = solarSystem }

  mutating func place(_ detection: Detection) throws(DetectionFault) -> Place {
    let key = Key(
      observatory: detection.observatory, midpoint: detection.midpoint,
      geocentricKm: detection.observerGeocentricKm)
    if let last, last.key == key { return last.place }
    let result: Result<Place, DetectionFault>
    if let known = places[key] {
      result = known
    } else {
      result = Result { () throws(DetectionFault) in try compute(detection) }
      places[key] = result
    }
    let place = try result.get()
    last = (key, place)
    return place
  }

  private func compute(_ detection: Detection) throws(DetectionFault) -> Place {
    let epoch = detection.midpoint.tdb
    if let place = detection.observerGeocentricKm, !place.isFinite || place.norm > 1e8 {
      throw DetectionFault(
        field: "pos",
        reason: "the observer's place (\(place.x), \(place.y), \(place.z)) km is no"
          + " geocentric position within 1e8 km")
    }
    do {
      return Place(
        epoch: epoch,
        observer: try solarSystem.observer(
          detection.observatory, at: detection.midpoint, tdb: epoch,
          geocentricKm: detection.observerGeocentricKm),
        sun: try solarSystem.ephemeris.state(of: .sun, at: epoch))
    } catch {
      let isTime = if case .outsideEphemeris = error { true } else { false }
      throw DetectionFault(field: isTime ? "midpointMjdTai" : "obscode", reason: "\(error)")
    }
  }
}

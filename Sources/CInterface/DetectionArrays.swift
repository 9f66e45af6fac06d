import Astro
import Astrometry
import Dynamics

/// Detections as a caller's arrays have them, one value each.
struct DetectionArrays {
  let count: Int
  let timesMjdUtc: UnsafePointer<Double>?
  /// [deg]
  let ra: UnsafePointer<Double>?
  let dec: UnsafePointer<Double>?
  /// One standard deviation of RA × cos(dec) and of dec [arcsec].
  let raErrors: UnsafePointer<Double>?
  let decErrors: UnsafePointer<Double>?
  /// Four bytes each: the MPC code, filled up with zeros.
  let observatories: UnsafePointer<CChar>?
  let magnitudes: UnsafePointer<Double>?

  func detections(_ leapSeconds: LeapSeconds) throws -> [Detection] {
    let times = try array(timesMjdUtc, count, "times")
    let ra = try array(ra, count, "ra")
    let dec = try array(dec, count, "dec")
    let codes = try array(observatories, 4 * count, "observatories")
    let raErrors = optionalArray(raErrors, count)
    let decErrors = optionalArray(decErrors, count)
    let magnitudes = optionalArray(magnitudes, count)
    return try (0..<count).map { i in
      guard times[i].isFinite, abs(times[i]) < 200_000 else {
        throw CallError("detection \(i): time \(times[i]) is no Modified Julian Date")
      }
      guard (0...360).contains(ra[i]) else {
        throw CallError("detection \(i): ra \(ra[i]) is not within 0 and 360 degrees")
      }
      guard (-90...90).contains(dec[i]) else {
        throw CallError("detection \(i): dec \(dec[i]) is not within -90 and 90 degrees")
      }
      let bytes = codes[4 * i..<4 * i + 4].prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let text = String(decoding: bytes, as: UTF8.self)
      guard let code = ObservatoryCode(text) else {
        throw CallError("detection \(i): ‘\(text)’ is no MPC code of an observatory, such as X05")
      }
      return Detection(
        diaSourceId: Int64(i + 1), midpoint: leapSeconds.tai(Epoch<UTC>(mjd: times[i])),
        raDeg: ra[i] == 360 ? 0 : ra[i], decDeg: dec[i],
        raErrDeg: try error(raErrors, i, "ra_err"), decErrDeg: try error(decErrors, i, "dec_err"),
        mag: magnitudes.flatMap { $0[i].given }, observatory: code)
    }
  }

  private func error(_ values: [Double]?, _ i: Int, _ name: String) throws -> Double? {
    guard let value = values.flatMap({ $0[i].given }) else { return nil }
    guard value > 0, value.isFinite else {
      throw CallError("detection \(i): \(name) \(value) is not positive; NaN stands for unknown")
    }
    return value / 3600
  }

  /// Ready for computing; every detection or an error.
  func prepared(
    _ solarSystem: SolarSystem, _ model: AstrometricErrorModel, jobs: Int
  ) throws -> (detections: [Detection], observations: [AstrometricObservation]) {
    let detections = try self.detections(solarSystem.leapSeconds)
    let prepared = try waiting {
      try await ObservationPreparer(solarSystem: solarSystem, errorModel: model)
        .prepare(detections, jobs: jobs)
    }
    if let failure = prepared.failures.first {
      throw CallError("detection \(failure.index): \(failure.fault)")
    }
    return (detections, prepared.observations)
  }
}

import Astrometry
import Dynamics

// Radar records: trx, rcv, obsTime (when the echo came), frq [MHz], and either delay [s] with
// rmsDelay [µs] or doppler [Hz] with rmsDoppler [Hz]; com 1 or absent for the centre of mass, 0 for the
// peak of power.

extension ADESObservation {
  /// The measurement, and what tells it from others.
  func radar() throws(FieldFault) -> (RadarMeasurement, id: String) {
    let isDelay = !text(.delay).isEmpty
    guard isDelay == text(.doppler).isEmpty else {
      throw FieldFault(
        field: "delay",
        reason: "a radar record holds either delay or doppler; write two records of one time")
    }
    let value: Double
    let sigma: Double
    if isDelay {
      value = try FieldText.number(
        text(.delay), "delay", in: 1e-3...RadarMeasurement.largestDelaySeconds, unit: "s")
      sigma = try positive(.rmsDelay, 1e9, "µs") * 1e-6
    } else {
      value = try FieldText.number(text(.doppler), "doppler", in: -1e9...1e9, unit: "Hz")
      sigma = try positive(.rmsDoppler, 1e9, "Hz")
    }
    let limits = RadarMeasurement.frequencyLimitsMHz
    let frequency = try FieldText.number(text(.frq), "frq", in: limits, unit: "MHz")
    let (transmitter, receiver) = (try observatory(.trx), try observatory(.rcv))
    let ownId = text(.obsID).isEmpty ? nil : try FieldText.kept(text(.obsID), "obsID")
    let time = FieldText.string(text(.obsTime))
    let measurement = RadarMeasurement(
      quantity: isDelay ? .delay : .doppler, value: value, sigma: sigma, frequencyMHz: frequency,
      received: try midpoint(), transmitter: transmitter, receiver: receiver,
      reflection: try reflection(), designation: try designation(), sourceId: ownId)
    let name = measurement.designation ?? ""
    return (
      measurement,
      ownId ?? "radar \(isDelay) \(name) \(time) \(transmitter) \(receiver) \(frequency)"
    )
  }

  private func positive(
    _ field: ADESColumns.Field, _ limit: Double, _ unit: String
  ) throws(FieldFault) -> Double {
    try FieldText.number(text(field), "\(field)", in: 1e-9...limit, unit: unit)
  }

  private func reflection() throws(FieldFault) -> RadarMeasurement.Reflection {
    switch FieldText.string(text(.com)) {
    case "", "1": return .centerOfMass
    case "0": return .surface
    case let other:
      throw FieldFault(
        field: "com", reason: "‘\(other)’ is neither 1 (centre of mass) nor 0 (peak of power)")
    }
  }
}

import Astro
import Astrometry
import Dynamics

// Radar: two lines, https://www.minorplanetcenter.net/iau/info/RadarObs.html. Numbers have their
// decimal point between two columns; blanks stand for zeros.

extension Obs80Line {
  /// The delay, the Doppler shift, or both, that a line `R` and its second `r` hold.
  func radar(
    _ second: Obs80Line, leapSeconds: LeapSeconds
  ) throws(FieldFault) -> [RadarMeasurement] {
    guard second.field(16, 32).elementsEqual(field(16, 32)),
      second.field(78, 80).elementsEqual(field(78, 80))
    else {
      throw FieldFault(
        field: "date (columns 16-32)",
        reason: "the second line has another date or receiver than the first")
    }
    let transmitter = FieldText.string(field(69, 71))
    guard let sender = ObservatoryCode(transmitter) else {
      throw FieldFault(
        field: "transmitter (columns 69-71)",
        reason: "‘\(transmitter)’ is not an MPC observatory code")
    }
    let tenths = decimals(68, 68) + second.decimals(63, 68)
    let frequency = try fixed(digits(63, 67), tenths, "frequency (columns 63-68)")
    guard let frequency, RadarMeasurement.frequencyLimitsMHz.contains(frequency) else {
      throw FieldFault(
        field: "frequency (columns 63-68)",
        reason: "‘\(FieldText.string(field(63, 68)))’ is no radar's carrier in tenths of MHz")
    }
    let reflection: RadarMeasurement.Reflection
    switch second.bytes[32] {
    case 0x53: reflection = .surface
    case 0x43, 0x20: reflection = .centerOfMass
    default:
      throw FieldFault(
        field: "reflection (column 33 of the second line)",
        reason: "neither S (surface) nor C (centre of mass)")
    }
    var template = RadarMeasurement(
      quantity: .delay, value: 0, sigma: 0, frequencyMHz: frequency,
      received: leapSeconds.tai(try date()), transmitter: sender, receiver: try observatory(),
      reflection: reflection, designation: try designation())
    var found: [RadarMeasurement] = []
    if let delay = try fixed(digits(33, 43), decimals(44, 47), "delay (columns 33-47)") {
      let sigma = try second.fixed(
        second.digits(34, 43), second.decimals(44, 47), "delay's error (columns 34-47)")
      template.value = delay * 1e-6
      template.sigma =
        try positive(sigma, "delay's error (columns 34-47 of the second line)") * 1e-6
      guard delay > 0, template.value < RadarMeasurement.largestDelaySeconds else {
        throw FieldFault(
          field: "delay (columns 33-47)", reason: "\(delay) µs is no round-trip time of an echo")
      }
      found.append(template)
    }
    if let shift = try fixed(digits(49, 58), decimals(59, 62), "Doppler (columns 48-62)") {
      let sigma = try second.fixed(
        second.digits(48, 58), second.decimals(59, 62), "Doppler's error (columns 48-62)")
      template.quantity = .doppler
      template.value = bytes[47] == 0x2D ? -shift : shift
      template.sigma = try positive(sigma, "Doppler's error (columns 48-62 of the second line)")
      found.append(template)
    }
    guard !found.isEmpty else {
      throw FieldFault(
        field: "delay (columns 33-47)", reason: "the record holds neither delay nor Doppler shift")
    }
    return found
  }

  /// Columns as they stand, blanks around taken off.
  private func digits(_ first: Int, _ last: Int) -> String { FieldText.string(field(first, last)) }

  /// Digits behind the point, blanks as zeros.
  private func decimals(_ first: Int, _ last: Int) -> String {
    String(decoding: bytes[(first - 1)..<last].map { $0 == 0x20 ? 0x30 : $0 }, as: UTF8.self)
  }

  /// A number from its digits before and behind the point; nil where there are none but zeros for
  /// blanks.
  private func fixed(
    _ whole: String, _ decimals: String, _ name: String
  ) throws(FieldFault) -> Double? {
    if whole.isEmpty, decimals.utf8.allSatisfy({ $0 == 0x30 }) { return nil }
    let text = (whole.isEmpty ? "0" : whole) + "." + decimals
    guard text.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) }),
      let value = Double(text)
    else {
      throw FieldFault(field: name, reason: "‘\(whole)\(decimals)’ is not a row of digits")
    }
    return value
  }

  private func positive(_ sigma: Double?, _ name: String) throws(FieldFault) -> Double {
    guard let sigma, sigma > 0 else {
      throw FieldFault(field: name, reason: "no error above zero; the measurement has no weight")
    }
    return sigma
  }
}

import Astro
import Astrometry
import Dynamics

/// Writes MPC 80-column lines, https://www.minorplanetcenter.net/iau/info/OpticalObs.html, with the
/// second line of observers in space or on the move as geocentric place (`S`, `s`).
///
/// The time has six decimals of a day (0.09 s), RA three of a second, declination two of an
/// arcsecond; uncertainties have no room.
enum Obs80Writer {
  static func add(
    _ record: ObservationRecord, to out: inout [UInt8], _ losses: inout LossCounter
  ) -> Bool {
    let detection = record.detection
    let code = detection.observatory.description
    guard code.utf8.count == 3 else {
      losses.add("observations left out: 80 columns have room for three letters of observatory")
      return false
    }
    var line = FixedLine(width: 80)
    putName(record, into: &line, &losses)
    line.put(detection.observerGeocentricKm == nil ? "C" : "S", at: 15)
    putTime(detection.midpoint, into: &line)
    putPlace(detection, into: &line)
    if let mag = detection.mag {
      line.put(mag, decimals: 2, 66, 70)
      // The band is the magnitude's; longer names have no room.
      if let band = detection.band, band.utf8.count == 1 { line.put(band, at: 71) }
    }
    line.put(code, at: 78)
    if detection.raErrDeg != nil { losses.add("uncertainties left out: 80 columns have none") }
    if let place = detection.observerGeocentricKm {
      guard let second = secondLine(line, place) else {
        losses.add("observations left out: their observers are too far for 80 columns")
        return false
      }
      out += line.bytes + [0x0A] + second.bytes + [0x0A]
    } else {
      out += line.bytes + [0x0A]
    }
    return true
  }

  private static func putName(
    _ record: ObservationRecord, into line: inout FixedLine, _ losses: inout LossCounter
  ) {
    guard let name = record.object ?? record.detection.designation else { return }
    switch Designation(name) {
    case .number?: line.put(Designation(name)?.packed ?? "", at: 1)
    case .numberedComet?: line.put(Designation(name)?.packed ?? "", at: 1)
    case .comet?: line.put(Designation(name)?.packed ?? "", at: 5)
    case .provisional?, .survey?: line.put(Designation(name)?.packed ?? "", at: 6)
    default:
      let plain = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
      line.put(String(plain.suffix(7)), at: 6)
      if plain.count > 7 {
        losses.add("names of objects are cut to their last 7 letters, which 80 columns have")
      }
    }
  }

  /// `2008 10 06.277670`.
  private static func putTime(_ midpoint: Epoch<TAI>, into line: inout FixedLine) {
    let utc = LeapSeconds.erfa.utc(midpoint)
    // Rounded first, so that the last digit can carry into the day.
    let micro = ((utc.fraction - utc.fraction.rounded(.down)) * 1e6).rounded()
    let day = utc.day + utc.fraction.rounded(.down) + (micro >= 1e6 ? 1 : 0)
    let date = Epoch<UTC>(mjdDay: day, fraction: 0).iso8601().prefix(10).split(separator: "-")
    guard date.count == 3 else { return }
    line.put("\(date[0]) \(date[1]) \(date[2]).", at: 16)
    line.put(scaled: Int64(micro >= 1e6 ? 0 : micro), decimals: 0, 27, 32, zeros: true)
  }

  private static func putPlace(_ detection: Detection, into line: inout FixedLine) {
    // Thousandths of a second of time, hundredths of a second of arc.
    let ra = Int64((detection.raDeg * 240_000).rounded()) % 86_400_000
    line.put(scaled: ra / 3_600_000, decimals: 0, 33, 34, zeros: true)
    line.put(scaled: ra / 60_000 % 60, decimals: 0, 36, 37, zeros: true)
    line.put(scaled: ra % 60_000, decimals: 3, 39, 44, zeros: true)
    let dec = Int64((abs(detection.decDeg) * 360_000).rounded())
    line.put(detection.decDeg < 0 ? "-" : "+", at: 45)
    line.put(scaled: dec / 360_000, decimals: 0, 46, 47, zeros: true)
    line.put(scaled: dec / 6000 % 60, decimals: 0, 49, 50, zeros: true)
    line.put(scaled: dec % 6000, decimals: 2, 52, 56, zeros: true)
  }

  /// The same name, time and observatory; unit 1 (km); each coordinate a sign and ten characters.
  private static func secondLine(_ first: FixedLine, _ place: Vector3) -> FixedLine? {
    var line = FixedLine(width: 80)
    line.put(String(decoding: first.bytes[0..<14], as: UTF8.self), at: 1)
    line.put("s", at: 15)
    line.put(String(decoding: first.bytes[15..<32], as: UTF8.self), at: 16)
    line.put("1", at: 33)
    for (value, column) in [(place.x, 35), (place.y, 47), (place.z, 59)] {
      line.put(value < 0 ? "-" : "+", at: column)
      guard line.put(abs(value), decimals: 4, column + 1, column + 10) else { return nil }
    }
    line.put(String(decoding: first.bytes[77..<80], as: UTF8.self), at: 78)
    return line
  }
}

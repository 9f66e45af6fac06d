import Astro

// The second lines of two-line observations: where the observer was.
// https://www.minorplanetcenter.net/iau/info/SatelliteObs.html

extension Obs80Line {
  /// Geocentric ICRF place [km] of an `s` line: unit in column 33 (1 km, 2 au), then three numbers
  /// whose signs stand in columns 35, 47 and 59.
  func satellitePlaceKm() throws(FieldFault) -> Vector3 {
    let unit: Double
    switch bytes[32] {
    case 0x31: unit = 1
    case 0x32: unit = Constants.auKm
    default:
      throw FieldFault(
        field: "unit (column 33)",
        reason: "‘\(FieldText.string(field(33, 33)))’ is neither 1 (km) nor 2 (au)")
    }
    let place = Vector3(
      try coordinate(35, 46, "X"), try coordinate(47, 58, "Y"), try coordinate(59, 70, "Z"))
    let km = place * unit
    guard km.norm > 6_000, km.norm < 2 * Constants.auKm else {
      throw FieldFault(
        field: "place (columns 35-70)",
        reason: "the observer is \(km.norm) km from the Earth's centre; check the unit")
    }
    return km
  }

  /// Geocentric ICRF place [km] of a `v` line: longitude east (columns 35-44) and latitude (46-55)
  /// [deg], height (57-61) [m].
  func rovingPlaceKm(
    at time: Epoch<TAI>, _ options: DetectionFile.Options
  ) throws(FieldFault) -> Vector3 {
    try options.geocentricKm(
      eastDeg: coordinate(35, 44, "longitude"), northDeg: coordinate(46, 55, "latitude"),
      heightMeters: coordinate(57, 61, "height"), at: time)
  }

  /// A sign, blanks perhaps, and a number.
  private func coordinate(_ first: Int, _ last: Int, _ name: String) throws(FieldFault) -> Double {
    let text = field(first, last)
    let negative = text.first == 0x2D
    let digits = negative || text.first == 0x2B ? Bytes(rebasing: text.dropFirst()) : text
    guard let start = digits.firstIndex(where: { $0 != 0x20 }),
      let value = NumberText.double(Bytes(rebasing: digits[start...])), digits[start] >= 0x2E
    else {
      throw FieldFault(
        field: "\(name) (columns \(first)-\(last))",
        reason: "‘\(FieldText.string(text))’ is not a signed number")
    }
    return negative ? -value : value
  }
}

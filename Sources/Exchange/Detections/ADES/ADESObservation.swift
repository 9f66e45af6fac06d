import Astro
import Astrometry
import Dynamics
import Foundation

/// Turns one row of ADES fields into a detection.
struct ADESObservation {
  let row: TextRow
  let columns: ADESColumns
  let options: DetectionFile.Options

  private typealias Field = ADESColumns.Field

  /// Whether the row is a radar measurement.
  var isRadar: Bool { !text(.delay).isEmpty || !text(.doppler).isEmpty }

  func detection() throws(FieldFault) -> Detection {
    try refuseOtherKinds()
    let midpoint = try midpoint()
    let (ra, dec) = try direction()
    let code = try observatory()
    let (id, sourceId) = try identifier(code)
    var detection = Detection(
      diaSourceId: id, sourceId: sourceId, midpoint: midpoint, raDeg: ra, decDeg: dec,
      observatory: code)
    try readErrors(into: &detection)
    detection.mag = try FieldText.optionalNumber(text(.mag), "mag", in: -35...45, unit: "mag")
    detection.magErr = try FieldText.optionalNumber(
      text(.rmsMag), "rmsMag", in: 0...100, unit: "mag")
    if !text(.band).isEmpty { detection.band = try FieldText.kept(text(.band), "band") }
    detection.designation = try designation()
    detection.observerGeocentricKm = try observerPlace(at: midpoint)
    return detection
  }

  func text(_ field: ADESColumns.Field) -> Bytes { columns.text(field, in: row) }

  /// The name of the field that tells this record from the others, if it has one.
  var identifierField: String? { text(.obsID).isEmpty ? nil : "obsID" }

  private func refuseOtherKinds() throws(FieldFault) {
    if isRadar { throw RadarText.refused }
    if !text(.dist).isEmpty || !text(.pa).isEmpty {
      throw FieldFault(
        field: "dist", reason: "an offset from a planet; only directions are used")
    }
  }

  func midpoint() throws(FieldFault) -> Epoch<TAI> {
    let bytes = text(.obsTime)
    guard let (day, second) = CalendarText.isoTime(bytes), (-21_504...124_594).contains(day),
      second < options.leapSeconds.lengthOfDay(mjd: Double(day))
    else {
      throw FieldFault(
        field: "obsTime",
        reason: "‘\(FieldText.string(bytes))’ is not a UTC time as 2023-07-06T00:17:43.77Z")
    }
    return options.leapSeconds.tai(day: day, second: second)
  }

  private func direction() throws(FieldFault) -> (ra: Double, dec: Double) {
    if text(.ra).isEmpty && text(.dec).isEmpty && !text(.raStar).isEmpty {
      // An occultation: the place of the star and the object's offset from it [arcsec].
      let ra = try FieldText.rightAscension(text(.raStar), "raStar")
      let dec = try FieldText.declination(text(.decStar), "decStar")
      let deltaRA = try FieldText.number(text(.deltaRA), "deltaRA", in: -3600...3600, unit: "″")
      let deltaDec = try FieldText.number(text(.deltaDec), "deltaDec", in: -3600...3600, unit: "″")
      let place = ra + deltaRA / 3600 / max(cos(dec * .pi / 180), 1e-9)
      let wrapped = place - 360 * (place / 360).rounded(.down)
      return (wrapped < 360 ? wrapped : 0, min(max(dec + deltaDec / 3600, -90), 90))
    }
    return (
      try FieldText.rightAscension(text(.ra), "ra"), try FieldText.declination(text(.dec), "dec")
    )
  }

  func observatory(_ field: ADESColumns.Field = .stn) throws(FieldFault) -> ObservatoryCode {
    let bytes = text(field)
    guard let code = ObservatoryCode(FieldText.string(bytes)) else {
      throw FieldFault(
        field: "\(field)", reason: "‘\(FieldText.string(bytes))’ is not an MPC observatory code")
    }
    return code
  }

  private func identifier(_ code: ObservatoryCode) throws(FieldFault) -> (Int64, String?) {
    if !text(.obsID).isEmpty {
      let id = try FieldText.kept(text(.obsID), "obsID")
      return (Detection.diaSourceId(forText: id), id)
    }
    // The submitter's own identifier need not be unique: place, time and observatory are.
    let own = text(.obsSubID)
    let isStar = text(.ra).isEmpty
    let key = [text(.obsTime), text(isStar ? .raStar : .ra), text(isStar ? .decStar : .dec)]
      .map { FieldText.string($0) }
    return (
      Detection.diaSourceId(forText: key.joined(separator: " ") + " " + code.description),
      own.isEmpty ? nil : try FieldText.kept(own, "obsSubID")
    )
  }

  /// rmsRA is that of RA × cos(dec), both in arcsec.
  private func readErrors(into detection: inout Detection) throws(FieldFault) {
    let most = AstrometricErrorModel.errorLimitsDeg.upperBound * 3600
    let ra = try FieldText.optionalError(text(.rmsRA), "rmsRA", most: most, unit: "arcsec")
    let dec = try FieldText.optionalError(text(.rmsDec), "rmsDec", most: most, unit: "arcsec")
    let correlation = try FieldText.optionalNumber(text(.rmsCorr), "rmsCorr", in: -1...1, unit: "")
    detection.raErrDeg = ra.map { $0 / 3600 }
    detection.decErrDeg = dec.map { $0 / 3600 }
    if let ra, let dec, let correlation {
      detection.raDecCovDeg2 = correlation * (ra / 3600) * (dec / 3600)
    }
  }

  /// A number, else a provisional designation, else the observer's own name of the tracklet.
  func designation() throws(FieldFault) -> String? {
    for field in [Field.permID, .provID, .trkSub] where !text(field).isEmpty {
      return try FieldText.kept(text(field), "\(field)")
    }
    return nil
  }

  private func observerPlace(at midpoint: Epoch<TAI>) throws(FieldFault) -> Vector3? {
    let system = FieldText.string(text(.sys))
    if system.isEmpty { return nil }
    let center = FieldText.string(text(.ctr))
    guard center.isEmpty || center == "399" else {
      throw FieldFault(
        field: "ctr", reason: "\(center): places are understood from the Earth's centre, 399")
    }
    func position(_ field: ADESColumns.Field) throws(FieldFault) -> Double {
      try FieldText.number(text(field), "\(field)")
    }
    let place = Vector3(try position(.pos1), try position(.pos2), try position(.pos3))
    let km: Vector3
    switch system {
    case "ICRF_KM": km = place
    case "ICRF_AU": km = place * Constants.auKm
    case "WGS84":
      km = try options.geocentricKm(
        eastDeg: place.x, northDeg: place.y, heightMeters: place.z, at: midpoint)
    case "ITRF":
      km = try options.rotation(at: midpoint) * place
    default:
      throw FieldFault(
        field: "sys", reason: "‘\(system)’ is none of ICRF_KM, ICRF_AU, WGS84, ITRF")
    }
    guard km.norm < 2 * Constants.auKm else {
      throw FieldFault(
        field: "pos1", reason: "the observer is \(km.norm) km from the Earth's centre; check sys")
    }
    return km
  }
}

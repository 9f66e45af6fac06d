import Astro
import Astrometry
import Dynamics
import Foundation

/// Reads the rows of an LSST CSV.
final class LSSTParser: DetectionLineParser {
  private let columns: LSSTColumns
  private let options: DetectionFile.Options
  private let row = TextRow()
  // Neighbouring rows mostly share these: their values are made once.
  private var lastBand: (bytes: [UInt8], text: String) = ([], "")
  private var lastObservatory: (bytes: [UInt8], code: ObservatoryCode)?

  init(columns: LSSTColumns, options: DetectionFile.Options) {
    self.columns = columns
    self.options = options
  }

  func take(_ line: Bytes, number: Int, into collector: inout DetectionCollector) {
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) || line[0] == 0x23 {
      collector.batch.otherLines += 1
      return
    }
    do throws(FieldFault) {
      let detection = try detection(line)
      collector.accept(
        detection, line: number, idField: columns.id.map { columns.names[$0] }, record: line)
    } catch {
      collector.reject(error, line: number, record: line)
    }
  }

  func finish(into collector: inout DetectionCollector) {}

  private func detection(_ line: Bytes) throws(FieldFault) -> Detection {
    guard row.split(line, delimiter: 0x2C) else {
      throw FieldFault(field: nil, reason: "a quoted field does not end on its line")
    }
    guard row.count == columns.names.count else {
      throw FieldFault(
        field: nil,
        reason:
          "the row has \(row.count) fields, the header \(columns.names.count); correct the row")
    }
    let c = columns
    let midpoint = try midpoint()
    let ra = try FieldText.rightAscension(row[c.ra], c.names[c.ra])
    let dec = try FieldText.declination(row[c.dec], c.names[c.dec])
    let code = try observatory()
    let (id, sourceId) = try identifier()
    var detection = Detection(
      diaSourceId: id, sourceId: sourceId, midpoint: midpoint, raDeg: ra, decDeg: dec,
      observatory: code)
    try readErrors(into: &detection)
    try readPhotometry(into: &detection)
    try readRest(into: &detection)
    return detection
  }

  private func midpoint() throws(FieldFault) -> Epoch<TAI> {
    let date = try FieldText.modifiedJulianDate(row[columns.time], columns.names[columns.time])
    guard columns.timeIsUTC else {
      return Epoch<TAI>(mjdDay: date.day, fraction: date.fraction)
    }
    return options.leapSeconds.tai(Epoch<UTC>(mjdDay: date.day, fraction: date.fraction))
  }

  private func observatory() throws(FieldFault) -> ObservatoryCode {
    guard let column = columns.observatory else { return options.observatory }
    let bytes = row[column]
    if bytes.isEmpty { return options.observatory }
    if let last = lastObservatory, last.bytes.elementsEqual(bytes) { return last.code }
    guard let code = ObservatoryCode(FieldText.string(bytes)) else {
      throw FieldFault(
        field: columns.names[column],
        reason: """
          ‘\(FieldText.string(bytes))’ is not an MPC observatory code (three letters or digits, \
          as X05)
          """)
    }
    lastObservatory = (Array(bytes), code)
    return code
  }

  private func identifier() throws(FieldFault) -> (Int64, String?) {
    guard let column = columns.id else {
      let key = [columns.time, columns.ra, columns.dec].map { FieldText.string(row[$0]) }
      let station = columns.observatory.map { FieldText.string(row[$0]) } ?? ""
      return (Detection.diaSourceId(forText: (key + [station]).joined(separator: " ")), nil)
    }
    let bytes = row[column]
    let name = columns.names[column]
    guard !bytes.isEmpty else {
      throw FieldFault(field: name, reason: "is empty; every detection needs an identifier")
    }
    if columns.idIsText {
      let text = try FieldText.kept(bytes, name)
      // Text that is a plain number stands for itself, so that it reads the same in the catalog.
      if let value = NumberText.int64(bytes), String(value) == text { return (value, text) }
      return (Detection.diaSourceId(forText: text), text)
    }
    guard let value = NumberText.int64(bytes) else {
      throw FieldFault(
        field: name,
        reason: """
          ‘\(FieldText.string(bytes))’ is not a 64-bit integer; identifiers of other kinds \
          go into a column obs_id
          """)
    }
    return (value, nil)
  }

  private func readErrors(into detection: inout Detection) throws(FieldFault) {
    let c = columns
    let most = AstrometricErrorModel.errorLimitsDeg.upperBound
    if let i = c.raErr {
      detection.raErrDeg = try FieldText.optionalError(
        row[i], c.names[i], most: most, unit: "deg")
    }
    if let i = c.decErr {
      detection.decErrDeg = try FieldText.optionalError(
        row[i], c.names[i], most: most, unit: "deg")
    }
    guard let i = c.covariance, let value = try FieldText.optionalNumber(row[i], c.names[i]) else {
      return
    }
    if let a = Detection.usableError(detection.raErrDeg),
      let d = Detection.usableError(detection.decErrDeg), abs(value) > a * d * 1.001
    {
      throw FieldFault(
        field: c.names[i],
        reason: "\(FieldText.string(row[i])) is more than raErr × decErr: no covariance can be")
    }
    detection.raDecCovDeg2 = value
  }

  private func readPhotometry(into detection: inout Detection) throws(FieldFault) {
    let c = columns
    if let i = c.mag {
      detection.mag = try FieldText.optionalNumber(row[i], c.names[i], in: -35...45, unit: "mag")
    }
    if let i = c.magErr {
      detection.magErr = try FieldText.optionalNumber(row[i], c.names[i], in: 0...100, unit: "mag")
    }
    if let i = c.flux, let flux = try FieldText.optionalNumber(row[i], c.names[i]) {
      var fluxErr: Double?
      if let j = c.fluxErr {
        fluxErr = try FieldText.optionalNumber(
          row[j], c.names[j], in: 0...Double.greatestFiniteMagnitude, unit: "nJy")
      }
      if detection.mag == nil, let mag = Detection.magnitude(fluxNJy: flux) {
        detection.mag = mag
        detection.magErr = fluxErr.map { 2.5 / log(10) * $0 / flux }
      }
    }
    guard let i = c.band else { return }
    let bytes = row[i]
    guard !bytes.isEmpty else { return }
    if !lastBand.bytes.elementsEqual(bytes) {
      guard bytes.count <= 16 else {
        throw FieldFault(
          field: c.names[i], reason: "‘\(FieldText.string(bytes))’ is too long for a band")
      }
      lastBand = (Array(bytes), try FieldText.kept(bytes, c.names[i]))
    }
    detection.band = lastBand.text
  }

  private func readRest(into detection: inout Detection) throws(FieldFault) {
    let c = columns
    if let i = c.visit, !FieldText.isMissing(row[i]) {
      guard let visit = NumberText.int64(row[i]) else {
        throw FieldFault(
          field: c.names[i], reason: "‘\(FieldText.string(row[i]))’ is not a 64-bit integer")
      }
      detection.visit = visit
    }
    if let i = c.designation, !row[i].isEmpty {
      detection.designation = try FieldText.kept(row[i], c.names[i])
    }
    if let i = c.trailLength {
      detection.trailLengthArcsec = try FieldText.optionalNumber(
        row[i], c.names[i], in: 0...36_000, unit: "arcsec")
    }
    if let i = c.trailAngle {
      detection.trailAngleDeg = try FieldText.optionalNumber(
        row[i], c.names[i], in: -360...360, unit: "deg")
    }
    if let i = c.extendedness {
      detection.extendedness = try FieldText.optionalNumber(row[i], c.names[i], in: 0...1, unit: "")
    }
  }
}

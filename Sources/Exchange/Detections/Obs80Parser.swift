import Astro
import Astrometry
import Dynamics

/// Reads MPC 80-column observations: optical lines, and the two-line records of observers in space
/// (`S`, `s`) and on the move (`V`, `v`), and of radar (`R`, `r`) where it is wanted. Deleted lines
/// (`X`, `x`) are set aside.
final class Obs80Parser: DetectionLineParser {
  private let options: DetectionFile.Options
  /// A first line that waits for its second.
  private var pending: (detection: Detection, kind: UInt8, line: Int, record: [UInt8])?
  private var pendingRadar: (line: Int, record: [UInt8])?

  init(options: DetectionFile.Options) { self.options = options }

  func take(_ line: Bytes, number: Int, into collector: inout DetectionCollector) {
    let parsed = Obs80Line(bytes: line)
    if let first = pending {
      pending = nil
      if parsed.note2 == first.kind | 0x20 && line.count >= 80 {
        complete(first, with: parsed, number: number, into: &collector)
        return
      }
      reportMissingSecond(first, into: &collector)
    }
    if let first = pendingRadar {
      pendingRadar = nil
      if parsed.note2 == 0x72 && line.count >= 80 {
        complete(first, with: parsed, into: &collector)
        return
      }
      reportMissingSecond(first, into: &collector)
    }
    if Self.isOther(line) {
      collector.batch.otherLines += 1
      return
    }
    if options.keepsRadar, parsed.note2 == 0x52, line.count >= 80 {
      pendingRadar = (number, Array(line))
      return
    }
    do throws(FieldFault) {
      let detection = try firstLine(parsed)
      if parsed.note2 == 0x53 || parsed.note2 == 0x56 {
        pending = (detection, parsed.note2, number, Array(line))
      } else {
        collector.accept(detection, line: number, idField: nil, record: line)
      }
    } catch {
      collector.reject(error, line: number, record: line)
    }
  }

  func finish(into collector: inout DetectionCollector) {
    if let first = pending { reportMissingSecond(first, into: &collector) }
    pending = nil
    if let first = pendingRadar { reportMissingSecond(first, into: &collector) }
    pendingRadar = nil
  }

  private func complete(
    _ first: (line: Int, record: [UInt8]), with second: Obs80Line,
    into collector: inout DetectionCollector
  ) {
    collector.batch.continuationLines += 1
    first.record.withUnsafeBufferPointer { record in
      do throws(FieldFault) {
        let line = Obs80Line(bytes: record)
        let found = try line.radar(second, leapSeconds: options.leapSeconds)
        let key = FieldText.string(Bytes(rebasing: record[0..<80]))
        collector.accept(found, id: key, line: first.line, record: record)
      } catch {
        collector.reject(error, line: first.line, record: record)
      }
    }
  }

  private func reportMissingSecond(
    _ first: (line: Int, record: [UInt8]), into collector: inout DetectionCollector
  ) {
    first.record.withUnsafeBufferPointer {
      collector.reject(
        FieldFault(
          field: "kind (column 15)",
          reason: "its second line (r), which holds the errors of the measurement, is missing"),
        line: first.line, record: $0)
    }
  }

  /// Blank lines, comments, rulers and the header lines of a submission.
  private static func isOther(_ line: Bytes) -> Bool {
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x2D }) || line.first == 0x23 { return true }
    guard line.count >= 3, line.count == 3 || line[3] == 0x20 else { return false }
    let words = [
      "COD", "CON", "OBS", "MEA", "TEL", "ACK", "AC2", "COM", "NET", "BND", "NUM", "END",
    ]
    let word = FieldText.string(Bytes(rebasing: line.prefix(3)))
    return words.contains(word) && !Obs80Line.looksLikeOne(line)
  }

  private func firstLine(_ line: Obs80Line) throws(FieldFault) -> Detection {
    guard line.bytes.count >= 80 else {
      throw FieldFault(
        field: nil, reason: "the line has \(line.bytes.count) columns, an observation has 80")
    }
    try Self.refuseOtherKinds(line.note2)
    let utc = try line.date()
    let ra = try line.rightAscension()
    let dec = try line.declination()
    let code = try line.observatory()
    // An observation keeps its place, time and observatory when its designation changes.
    let key = Bytes(rebasing: line.bytes[15..<56])
    let id = Detection.diaSourceId(forText: FieldText.string(key) + code.description)
    var detection = Detection(
      diaSourceId: id, midpoint: options.leapSeconds.tai(utc), raDeg: ra, decDeg: dec,
      observatory: code)
    detection.mag = try line.magnitude()
    let band = line.field(71, 71)
    if !band.isEmpty { detection.band = try FieldText.kept(band, "band (column 71)") }
    detection.designation = try line.designation()
    return detection
  }

  private static func refuseOtherKinds(_ note: UInt8) throws(FieldFault) {
    let reason: String
    switch note {
    case 0x52: reason = RadarText.refused.reason
    case 0x72: reason = "a second line of radar (r) without its first"
    case 0x58, 0x78: reason = "marked as deleted or replaced (X); its replacement is used"
    case 0x4F: reason = "an offset from a planet (O); only directions are used"
    case 0x73, 0x76:
      reason = "a second line (s, v) without its first; put it after the line that it belongs to"
    default: return
    }
    throw FieldFault(field: "kind (column 15)", reason: reason)
  }

  private func complete(
    _ first: (detection: Detection, kind: UInt8, line: Int, record: [UInt8]),
    with second: Obs80Line, number: Int, into collector: inout DetectionCollector
  ) {
    collector.batch.continuationLines += 1
    var detection = first.detection
    first.record.withUnsafeBufferPointer { record in
      do throws(FieldFault) {
        guard second.bytes[15..<32].elementsEqual(record[15..<32]) else {
          throw FieldFault(
            field: "date (columns 16-32)", reason: "the second line has another date than the first"
          )
        }
        detection.observerGeocentricKm =
          try first.kind == 0x53
          ? second.satellitePlaceKm() : second.rovingPlaceKm(at: detection.midpoint, options)
        collector.accept(detection, line: first.line, idField: nil, record: record)
      } catch {
        collector.reject(error, line: first.line, record: record)
      }
    }
  }

  private func reportMissingSecond(
    _ first: (detection: Detection, kind: UInt8, line: Int, record: [UInt8]),
    into collector: inout DetectionCollector
  ) {
    let kind = first.kind == 0x53 ? "s" : "v"
    first.record.withUnsafeBufferPointer {
      collector.reject(
        FieldFault(
          field: "kind (column 15)",
          reason: "its second line (\(kind)), which tells where the observer was, is missing"),
        line: first.line, record: $0)
    }
  }
}

public import Astrometry

/// What a reader made of a part of a file (or of all of it).
public struct DetectionBatch: Sendable {
  public var detections: [Detection] = []
  /// Line of each detection, from 1.
  public var lines: [Int] = []
  /// Radar measurements, where the options keep them, and the line of each. A record of 80 columns
  /// may hold two.
  public var radar: [RadarMeasurement] = []
  public var radarLines: [Int] = []
  public var quarantined: [QuarantinedRecord] = []
  /// Lines that hold no observation: header, blank lines, comments, submission headers. Every line
  /// is in one of the three, or is the second line of a two-line observation.
  public var otherLines = 0
  /// Second lines of observations that are counted with their first.
  public var continuationLines = 0
  /// Detections whose stated error of position can't be (0, negative, below
  /// ``Astrometry/Detection/leastErrorDeg``): it is taken as not stated.
  public var errorsTakenAsMissing = 0

  public init() {}
}

/// Gathers what a line parser finds, and refuses an identifier that came before.
struct DetectionCollector {
  let file: String
  var batch = DetectionBatch()
  private var seen = SeenIdentifiers()
  private let refusesRepeated: Bool

  /// - Parameter refusesRepeated: false where a part of a file can't know of the others.
  init(file: String, refusesRepeated: Bool = true) {
    self.file = file
    self.refusesRepeated = refusesRepeated
  }

  mutating func accept(_ detection: Detection, line: Int, idField: String?, record: Bytes) {
    if refusesRepeated && !isNew(detection.diaSourceId) {
      reject(Self.repeated(detection, idField: idField), line: line, record: record)
      return
    }
    var detection = detection
    if detection.dropImpossibleErrors() { batch.errorsTakenAsMissing += 1 }
    batch.detections.append(detection)
    batch.lines.append(line)
  }

  /// - Parameter id: what tells the record from others.
  mutating func accept(
    _ measurements: [RadarMeasurement], id: String, line: Int, record: Bytes
  ) {
    guard isNew(Detection.diaSourceId(forText: id)) else {
      let reason = "the same radar measurement as in an earlier record of this file; remove one"
      reject(FieldFault(field: nil, reason: reason), line: line, record: record)
      return
    }
    batch.radar += measurements
    batch.radarLines += measurements.map { _ in line }
  }

  /// Notes an identifier; false when it came before.
  mutating func isNew(_ id: Int64) -> Bool { seen.insert(id) }

  static func repeated(_ detection: Detection, idField: String?) -> FieldFault {
    let id = detection.sourceId ?? String(detection.diaSourceId)
    let reason =
      idField == nil
      ? "the same time, place and observatory as an earlier record of this file; remove one"
      : "\(id) is the identifier of an earlier record of this file; identifiers must differ"
    return FieldFault(field: idField, reason: reason)
  }

  mutating func reject(_ fault: FieldFault, line: Int, record: Bytes) {
    batch.quarantined.append(
      QuarantinedRecord(
        file: file, location: .line(line), field: fault.field, reason: fault.reason,
        record: FieldText.string(record)))
  }

  /// Hands over what was gathered since the last time.
  mutating func take() -> DetectionBatch {
    defer { batch = DetectionBatch() }
    return batch
  }
}

/// The identifiers of a file so far. Most files have them in ascending order: then a list is enough.
struct SeenIdentifiers {
  private var ascending: [Int64] = []
  private var all: Set<Int64>?

  /// - Returns: false when the identifier came before.
  mutating func insert(_ id: Int64) -> Bool {
    if all == nil {
      guard let last = ascending.last, id <= last else {
        ascending.append(id)
        return true
      }
      all = Set(ascending)
      ascending = []
    }
    return all?.insert(id).inserted ?? true
  }
}

/// Understands one line after another of one format.
protocol DetectionLineParser: AnyObject {
  func take(_ line: Bytes, number: Int, into collector: inout DetectionCollector)
  /// After the last line.
  func finish(into collector: inout DetectionCollector)
}

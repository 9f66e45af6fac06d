public import Astrometry

/// A part of a file of detections, to be understood on any core.
///
/// ```swift
/// while let part = try file.nextPart() { … }   // one reads
/// let batch = part.parsed()                    // many parse
/// let faults = file.repeated(…, in: part)      // one compares, in order
/// ```
public struct DetectionPart: Sendable {
  enum Content: Sendable {
    case lines(LineBlock, LSSTColumns)
    case parsed(DetectionBatch)
  }

  let content: Content
  let file: String
  let options: DetectionFile.Options

  /// What the part holds. Identifiers are not compared with those of other records.
  public func parsed() -> DetectionBatch {
    switch content {
    case .parsed(let batch): return batch
    case .lines(let block, let columns):
      var collector = DetectionCollector(file: file, refusesRepeated: false)
      let parser = LSSTParser(columns: columns, options: options)
      block.forEachLine { line, number in
        parser.take(line, number: number, into: &collector)
      }
      return collector.take()
    }
  }
}

extension DetectionFile {
  /// The next part of the file; nil at the end. A file is read by parts or by ``next(upTo:)``, not
  /// by both.
  public func nextPart() throws(ExchangeError) -> DetectionPart? {
    guard let columns = lsstColumns else {
      return try next(upTo: 50_000).map {
        DetectionPart(content: .parsed($0), file: path, options: options)
      }
    }
    return try reader.nextBlock().map {
      DetectionPart(content: .lines($0, columns), file: path, options: options)
    }
  }

  /// Finds the records of a part whose identifier came before in the file. Parts are to be given
  /// in their order.
  ///
  /// - Parameters:
  ///   - batch: what the part holds.
  /// - Returns: the lines of such records with what is wrong, ascending; mostly none.
  public func repeated(
    in part: DetectionPart, _ batch: DetectionBatch
  ) -> [(line: Int, record: QuarantinedRecord)] {
    guard case .lines(let block, let columns) = part.content else { return [] }
    var found: [(line: Int, record: QuarantinedRecord)] = []
    for (detection, line) in zip(batch.detections, batch.lines)
    where !collector.isNew(detection.diaSourceId) {
      let fault = DetectionCollector.repeated(
        detection, idField: columns.id.map { columns.names[$0] })
      let record = QuarantinedRecord(
        file: path, location: .line(line), field: fault.field, reason: fault.reason,
        record: block.text(ofLine: line))
      found.append((line, record))
    }
    return found
  }
}

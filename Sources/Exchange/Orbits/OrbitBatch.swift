public import Astrometry
public import Dynamics

/// What a reader made of a part of a file of orbits (or of all of it).
public struct OrbitBatch: Sendable {
  public var orbits: [CatalogOrbit] = []
  /// Line of each orbit, from 1; of JSON, where it begins.
  public var lines: [Int] = []
  public var quarantined: [QuarantinedRecord] = []
  /// Lines that hold no orbit: header, blank lines, comments.
  public var otherLines = 0

  public init() {}
}

extension OrbitBatch {
  static func += (batch: inout OrbitBatch, more: OrbitBatch) {
    batch.orbits += more.orbits
    batch.lines += more.lines
    batch.quarantined += more.quarantined
    batch.otherLines += more.otherLines
  }

  mutating func reject(_ fault: FieldFault, file: String, line: Int, record: String) {
    quarantined.append(
      QuarantinedRecord(
        file: file, location: .line(line), field: fault.field, reason: fault.reason,
        record: record))
  }

  /// Puts a line where it belongs: an orbit, a quarantined record, or another line.
  mutating func take(_ line: Bytes, number: Int, _ parser: any OrbitLineParser, file: String) {
    do throws(FieldFault) {
      if let orbit = try parser.orbit(line) {
        orbits.append(orbit)
        lines.append(number)
      } else {
        otherLines += 1
      }
    } catch {
      reject(error, file: file, line: number, record: FieldText.string(line))
    }
  }
}

/// A part of a file of orbits, to be understood on any core.
public struct OrbitPart: Sendable {
  enum Content: Sendable {
    case lines(LineBlock, @Sendable () -> any OrbitLineParser)
    case values(JSONBlock)
    case parsed(OrbitBatch)
  }

  let content: Content
  let file: String

  /// What the part holds.
  public func parsed() -> OrbitBatch {
    switch content {
    case .parsed(let batch): return batch
    case .values(let block): return MPCOrbJSON.read(block, file: file)
    case .lines(let block, let makeParser):
      var batch = OrbitBatch()
      let parser = makeParser()
      block.forEachLine { line, number in
        batch.take(line, number: number, parser, file: file)
      }
      return batch
    }
  }
}

/// Understands one line after another of one format.
protocol OrbitLineParser: AnyObject {
  /// - Returns: nil for a line that holds no orbit.
  func orbit(_ line: Bytes) throws(FieldFault) -> CatalogOrbit?
}

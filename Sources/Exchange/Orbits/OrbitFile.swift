/// A file of orbits, read in batches with constant memory (OEF: all at once).
///
/// The format (``OrbitFormat``) is recognised by content. Every line of the file ends in exactly
/// one place: an orbit, a quarantined record, or the count of other lines.
public final class OrbitFile {
  public let path: String
  public let format: OrbitFormat

  let reader: LineReader
  /// Makes a parser of lines, told whether they are the file's first; nil for JSON and
  /// OEF.
  let makeParser: (@Sendable (_ fromStart: Bool) -> any OrbitLineParser)?
  private let parser: (any OrbitLineParser)?
  private var batch = OrbitBatch()
  private var atEnd = false
  private var isFirstPart = true
  /// Of JSON.
  private var pieces: JSONPieces?
  private var firstBlock: JSONBlock?

  /// Opens the file and reads its header.
  /// - Parameters:
  ///   - path: `-` is standard input.
  ///   - format: nil: recognise it.
  /// - Throws: the file is missing, empty, of no known format, or its header lacks columns.
  public init(path: String, format wanted: OrbitFormat? = nil) throws(ExchangeError) {
    self.path = path
    reader = try LineReader(path: path)
    guard let format = wanted ?? OrbitFormat.recognise(reader.head) else {
      throw Self.unknown(reader)
    }
    self.format = format
    switch format {
    case .orbitCSV:
      let (names, skipped) = try reader.header { OrbitColumns.isHeader($0) }
      batch.otherLines = skipped
      let columns = try OrbitColumns(header: names, file: path, line: reader.lineNumber)
      makeParser = { _ in OrbitCSVParser(columns: columns) }
    case .mpcorb: makeParser = { MPCORBParser(hasDescription: $0) }
    case .mpcOrbJSON:
      makeParser = nil
      // A file that is cut, or no list or object, is found out with its first values.
      pieces = JSONPieces(reader)
      guard let first = try pieces?.next() else { throw .empty(file: path) }
      firstBlock = first
    case .oef:
      makeParser = nil
      var oef = OEFReader(file: path)
      try oef.read(try reader.rest(), into: &batch)
    }
    parser = makeParser?(true)
  }

  /// The next orbits, and what was set aside among them. Nil at the end of the file.
  /// - Parameter count: how many orbits to gather; of JSON up to a block of 1 MB more.
  public func next(upTo count: Int) throws(ExchangeError) -> OrbitBatch? {
    if atEnd { return nil }
    while batch.orbits.count < count {
      if pieces != nil {
        guard let block = try nextBlock() else {
          atEnd = true
          break
        }
        batch += MPCOrbJSON.read(block, file: path)
        continue
      }
      guard let line = try reader.next() else {
        atEnd = true
        break
      }
      if let parser { batch.take(line, number: reader.lineNumber, parser, file: path) }
    }
    defer { batch = OrbitBatch() }
    return batch
  }

  /// The next part of the file, to be understood on any core; nil at the end. A file is read by
  /// parts or by ``next(upTo:)``, not by both.
  public func nextPart() throws(ExchangeError) -> OrbitPart? {
    if format == .oef {
      return try next(upTo: .max).map { OrbitPart(content: .parsed($0), file: path) }
    }
    guard let makeParser else {
      return try nextBlock().map { OrbitPart(content: .values($0), file: path) }
    }
    defer { isFirstPart = false }
    let fromStart = isFirstPart
    return try reader.nextBlock().map {
      OrbitPart(content: .lines($0, { makeParser(fromStart) }), file: path)
    }
  }

  private func nextBlock() throws(ExchangeError) -> JSONBlock? {
    if let block = firstBlock {
      firstBlock = nil
      return block
    }
    return try pieces?.next()
  }

  /// The whole file at once.
  public static func readAll(
    _ path: String, format: OrbitFormat? = nil
  ) throws(ExchangeError) -> OrbitBatch {
    let file = try OrbitFile(path: path, format: format)
    return try file.next(upTo: .max) ?? OrbitBatch()
  }

  /// What to say of a file that is no known format.
  private static func unknown(_ reader: LineReader) -> ExchangeError {
    let line = Bytes(rebasing: reader.head.prefix { $0 != 0x0A })
    let names = DetectionFormat.columnNames(line, delimiter: 0x2C)
    if names.count >= 3 {
      do throws(ExchangeError) {
        _ = try OrbitColumns(header: names, file: reader.file, line: 1)
      } catch { return error }
    }
    return .unknownFormat(
      file: reader.file, found: DetectionFormat.found(line),
      remedy: OrbitFormat.remedy)
  }
}

public import Astro
public import Dynamics

/// A file of detections, read in batches with constant memory.
///
/// ```swift
/// let file = try DetectionFile(path: "night.csv", options: .init(leapSeconds: leapSeconds))
/// while let batch = try file.next(upTo: 100_000) {
///   store(batch.detections)
///   quarantine(batch.quarantined)
/// }
/// ```
///
/// The format (``DetectionFormat``) is recognised by content. Every line of the file ends in
/// exactly one place: a detection, a quarantined record, or the count of other lines (headers,
/// blanks, comments). An identifier that occurs twice in the file is quarantined the second time.
/// - Complexity: O(size of the file); about 1 µs a row of LSST CSV. Memory: the batch, and 16 to 32
///   bytes a row for finding duplicate identifiers.
public final class DetectionFile {
  public struct Options: Sendable {
    /// Turns the UTC of most formats into TAI.
    public var leapSeconds: LeapSeconds
    /// For rows that name none.
    public var observatory: ObservatoryCode
    /// For roving observers, who give their place on the Earth's surface; without it their
    /// observations are quarantined.
    public var earthOrientation: EarthOrientation?
    /// Nil: recognise it.
    public var format: DetectionFormat?
    /// Whether radar measurements are read (``DetectionBatch/radar``); else they are quarantined.
    public var keepsRadar: Bool

    public init(
      leapSeconds: LeapSeconds, earthOrientation: EarthOrientation? = nil,
      observatory: ObservatoryCode = .rubin, format: DetectionFormat? = nil,
      keepsRadar: Bool = false
    ) {
      self.leapSeconds = leapSeconds
      self.earthOrientation = earthOrientation
      self.observatory = observatory
      self.format = format
      self.keepsRadar = keepsRadar
    }
  }

  public let path: String
  public let format: DetectionFormat

  let reader: LineReader
  let options: Options
  /// Of an LSST CSV, whose lines can be understood each by itself.
  let lsstColumns: LSSTColumns?
  /// Nil for a format that is read all at once.
  private let parser: (any DetectionLineParser)?
  var collector: DetectionCollector
  private var atEnd = false

  /// Opens the file and reads its header.
  /// - Parameter path: `-` is standard input.
  /// - Throws: the file is missing, empty, of no known format, or its header lacks columns.
  public init(path: String, options: Options) throws(ExchangeError) {
    self.path = path
    reader = try LineReader(path: path)
    collector = DetectionCollector(file: path)
    guard let format = options.format ?? DetectionFormat.recognise(reader.head) else {
      throw Self.unknown(reader)
    }
    self.format = format
    self.options = options
    var columns: LSSTColumns?
    switch format {
    case .lsstCSV:
      let (names, skipped) = try reader.header { LSSTColumns.isHeader($0) }
      collector.batch.otherLines = skipped
      let found = try LSSTColumns(header: names, file: path, line: reader.lineNumber)
      parser = LSSTParser(columns: found, options: options)
      columns = found
    case .adesCSV, .adesPSV:
      parser = ADESTableParser(options: options, delimiter: format == .adesCSV ? 0x2C : 0x7C)
    case .adesXML:
      parser = nil
      try ADESXMLReader.read(try reader.rest(), options: options, into: &collector)
    case .obs80: parser = Obs80Parser(options: options)
    }
    lsstColumns = columns
  }

  /// The next detections, and what was set aside among them. Nil at the end of the file.
  /// - Parameter count: about how many detections to gather at most.
  public func next(upTo count: Int) throws(ExchangeError) -> DetectionBatch? {
    if atEnd { return nil }
    while collector.batch.detections.count < count {
      guard let line = try reader.next() else {
        parser?.finish(into: &collector)
        atEnd = true
        break
      }
      parser?.take(line, number: reader.lineNumber, into: &collector)
    }
    return collector.take()
  }

  /// The whole file at once.
  public static func readAll(_ path: String, options: Options) throws(ExchangeError)
    -> DetectionBatch
  {
    let file = try DetectionFile(path: path, options: options)
    return try file.next(upTo: .max) ?? DetectionBatch()
  }

  /// What to say of a file that is no known format.
  private static func unknown(_ reader: LineReader) -> ExchangeError {
    let line = Bytes(rebasing: reader.head.prefix { $0 != 0x0A })
    let names = DetectionFormat.columnNames(line, delimiter: 0x2C)
    if names.count >= 3 {
      do throws(ExchangeError) {
        _ = try LSSTColumns(header: names, file: reader.file, line: 1)
      } catch { return error }
    }
    return .unknownFormat(
      file: reader.file, found: DetectionFormat.found(line),
      remedy: DetectionFormat.remedy)
  }
}

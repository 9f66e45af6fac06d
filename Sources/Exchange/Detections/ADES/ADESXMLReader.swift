import Astrometry
import Foundation
import FoundationXML

/// Reads ADES XML: each `optical`, `occultation` and `radar` element is an observation; other kinds
/// are set aside. The whole file is in memory.
final class ADESXMLReader: NSObject, XMLParserDelegate {
  private let options: DetectionFile.Options
  private var collector: DetectionCollector
  /// Names of the elements that are open.
  private var path: [String] = []
  /// The observation that is open: its kind and line, its fields' names and texts.
  private var open: (kind: String, line: Int)?
  private var names: [String] = []
  private var ranges: [Range<Int>] = []
  private var bytes: [UInt8] = []
  private var fieldStart = 0
  private let row = TextRow()

  private static let kinds: Set<String> = [
    "optical", "occultation", "offset", "radar", "opticalResidual", "radarResidual",
  ]

  private init(options: DetectionFile.Options, collector: DetectionCollector) {
    self.options = options
    self.collector = collector
  }

  /// - Throws: the XML is not well-formed; what was read before the fault is not given, since the
  ///   observation at the fault can't be told.
  static func read(
    _ data: Data, options: DetectionFile.Options, into collector: inout DetectionCollector
  ) throws(ExchangeError) {
    // Foundation's parser on Linux traps on names that are not UTF-8.
    guard String(validating: data, as: UTF8.self) != nil else {
      throw .malformed(
        file: collector.file, line: nil, reason: "not UTF-8 text; convert the file to UTF-8")
    }
    let reader = ADESXMLReader(options: options, collector: collector)
    let parser = XMLParser(data: data)
    parser.shouldResolveExternalEntities = false
    parser.delegate = reader
    // The parser of Foundation on Linux takes a file that ends early for a whole one.
    guard parser.parse(), parser.parserError == nil, reader.path.isEmpty else {
      let reason = parser.parserError.map { Self.reason($0) } ?? "not well-formed"
      throw .malformed(
        file: collector.file, line: parser.lineNumber,
        reason: "not well-formed XML (\(reason)); is the file complete?")
    }
    guard reader.sawRoot else {
      throw .malformed(
        file: collector.file, line: 1, reason: "the root element is not <ades>: not ADES XML")
    }
    collector = reader.collector
  }

  private var sawRoot = false

  private static func reason(_ error: any Error) -> String {
    "XML error \((error as NSError).code)"
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    if path.isEmpty && name == "ades" { sawRoot = true }
    path.append(name)
    if open == nil && Self.kinds.contains(name) {
      open = (name, parser.lineNumber)
      names.removeAll(keepingCapacity: true)
      ranges.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: true)
    } else {
      fieldStart = bytes.count
    }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if open != nil { bytes.append(contentsOf: text.utf8) }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    _ = path.popLast()
    guard let observation = open else { return }
    if name == observation.kind {
      open = nil
      finish(observation.kind, line: observation.line)
    } else if !names.contains(name) {
      names.append(name)
      ranges.append(fieldStart..<bytes.count)
      fieldStart = bytes.count
    }
  }

  private func finish(_ kind: String, line: Int) {
    bytes.withUnsafeBufferPointer { all in
      row.set(all, ranges: ranges)
      let columns = ADESColumns(names: names)
      let record = zip(names, ranges.indices).map { "\($0)=\(FieldText.string(row[$1]))" }
      let text = Array("<\(kind)> \(record.joined(separator: " "))".utf8)
      text.withUnsafeBufferPointer { record in
        do throws(FieldFault) {
          try refuse(kind, columns)
          let observation = ADESObservation(row: row, columns: columns, options: options)
          if kind == "radar" {
            let (measurement, id) = try observation.radar()
            collector.accept([measurement], id: id, line: line, record: record)
            return
          }
          collector.accept(
            try observation.detection(), line: line, idField: observation.identifierField,
            record: record)
        } catch {
          collector.reject(error, line: line, record: record)
        }
      }
    }
  }

  private func refuse(_ kind: String, _ columns: ADESColumns) throws(FieldFault) {
    if kind == "radar", !options.keepsRadar { throw RadarText.refused }
    guard kind == "optical" || kind == "occultation" || kind == "radar" else {
      throw FieldFault(
        field: kind, reason: "an element of this kind is no observed direction; it is not used")
    }
    guard columns.missing.isEmpty else {
      throw FieldFault(
        field: columns.missing[0],
        reason: "the observation lacks \(columns.missing.joined(separator: ", "))")
    }
  }
}

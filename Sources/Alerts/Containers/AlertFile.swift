public import Astrometry
public import Foundation

/// A file of alerts, opened: what kind it is and where its units of work lie.
///
/// A unit is a container's block (of some records) or one framed message. Units are independent:
/// they may be read in parallel and twice.
public struct AlertFile: Sendable {
  public enum Kind: Sendable {
    /// Avro object container.
    case container(ObjectContainer)
    /// One Confluent-framed message.
    case message
    /// Confluent-framed messages, each after its 4-byte length.
    case stream
  }

  /// As it goes into messages.
  public let name: String
  public let kind: Kind
  let data: Data
  /// Nil for bytes that were given.
  let mapping: FileMapping?
  let units: [Unit]
  /// Places where the file itself, not a record in it, is broken.
  public let faults: [QuarantinedRecord]

  struct Unit: Sendable {
    /// Of the unit in the file: a block's head, a message's first byte.
    var offset: Int
    /// The records' bytes, compressed as the container says.
    var payload: Range<Int>
    var count: Int
    /// Nil: the unit's schema is not known, and why.
    var schema: Int?
    var problem: String?
  }

  /// The schemas that units refer to by index.
  package let schemas: [AlertSchema]

  public var unitCount: Int { units.count }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - url: the file; it is mapped, not read as a whole.
  ///   - registry: schemas of framed messages.
  /// - Throws: ``AlertsError`` when nothing in it can be read: no alerts' container, an empty
  ///   file, no file at all.
  public init(url: URL, registry: SchemaRegistry) throws(AlertsError) {
    try self.init(try FileMapping(path: url.path), name: url.path, registry: registry)
  }

  /// Opens what a descriptor leads to: a file is mapped; what comes through a pipe is kept in the
  /// temporary folder, not in memory.
  ///
  /// - Parameters:
  ///   - descriptor: stays the caller's.
  ///   - name: for messages.
  /// - Throws: as ``init(url:registry:)``.
  public init(
    descriptor: Int32, name: String, registry: SchemaRegistry
  ) throws(AlertsError) {
    try self.init(
      try FileMapping(descriptor: descriptor, name: name), name: name, registry: registry)
  }

  private init(
    _ mapping: FileMapping, name: String, registry: SchemaRegistry
  ) throws(AlertsError) {
    try self.init(
      mapping.data, mapping, name: name, registry: registry, isOneMessage: false)
  }

  /// - Parameters:
  ///   - name: of where the bytes came from, `-` for standard input.
  ///   - isOneMessage: what doesn't begin as a container is one framed message.
  public init(
    _ contents: Data, name: String, registry: SchemaRegistry, isOneMessage: Bool = false
  ) throws(AlertsError) {
    try self.init(contents, nil, name: name, registry: registry, isOneMessage: isOneMessage)
  }

  private init(
    _ contents: Data, _ mapping: FileMapping?, name: String, registry: SchemaRegistry,
    isOneMessage: Bool
  ) throws(AlertsError) {
    guard !contents.isEmpty else { throw .file(name, reason: "is empty") }
    let result: Result<Opened, AlertsError> = contents.withUnsafeBytes { bytes in
      do throws(AlertsError) {
        return .success(
          try Self.open(
            bytes, mapping, name: name, registry: registry, isOneMessage: isOneMessage))
      } catch {
        // Bytes alone don't know which file they are of.
        guard case .malformed(let offset, let reason) = error else { return .failure(error) }
        return .failure(.file(name, reason: "at byte \(offset): \(reason)"))
      }
    }
    let opened = try result.get()
    self.name = name
    data = contents
    self.mapping = mapping
    kind = opened.kind
    units = opened.units
    schemas = opened.schemas
    faults = opened.faults.map {
      QuarantinedRecord(file: name, location: .byteOffset($0.offset), reason: $0.reason)
    }
  }

  private struct Opened {
    var kind: Kind
    var units: [Unit]
    var schemas: [AlertSchema]
    var faults: [ObjectContainer.Fault]
  }

  private static func open(
    _ bytes: UnsafeRawBufferPointer, _ mapping: FileMapping?, name: String,
    registry: SchemaRegistry, isOneMessage: Bool
  ) throws(AlertsError) -> Opened {
    if ObjectContainer.hasMagic(bytes) {
      let container = try ObjectContainer(bytes, file: name)
      let schema = try AlertSchema(schema: container.schema, source: name)
      let (blocks, faults) = container.blocks(bytes, of: mapping)
      let units = blocks.map {
        Unit(offset: $0.offset, payload: $0.payload, count: $0.count, schema: 0)
      }
      return Opened(
        kind: .container(container), units: units, schemas: [schema], faults: faults)
    }
    guard bytes.count > Framing.confluentHeaderLength,
      bytes[0] == 0 || !isOneMessage && isStream(bytes)
    else {
      throw .file(
        name,
        reason: "is neither an Avro container (Obj 1), nor a framed message (00 and schema id), "
          + "nor a stream of such messages after their lengths")
    }
    // A length may look like an id. Lengths that lead exactly to the end are no accident.
    let isMessage =
      bytes[0] == 0
      && (isOneMessage || !isStream(bytes)
        || Framing.messages(bytes, of: mapping).fault != nil
          && registry.contains(Framing.bigEndian(bytes, at: 1)))
    if isMessage {
      var ids = FramedSchemas(registry: registry)
      let unit = try ids.unit(bytes, 0..<bytes.count)
      return Opened(kind: .message, units: [unit], schemas: ids.schemas, faults: [])
    }
    let (messages, fault) = Framing.messages(bytes, of: mapping)
    var ids = FramedSchemas(registry: registry)
    var units: [Unit] = []
    units.reserveCapacity(messages.count)
    var sweep = PageSweep(mapping)
    for message in messages {
      sweep.pass(message.lowerBound)
      units.append(try ids.unit(bytes, message))
    }
    return Opened(
      kind: .stream, units: units, schemas: ids.schemas, faults: fault.map { [$0] } ?? [])
  }

  /// A length that can be one, then a message that begins as one.
  private static func isStream(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 9 && Framing.bigEndian(bytes, at: 0) > 5 && bytes[4] == 0
  }
}

/// Looks up each framed message's schema once.
private struct FramedSchemas {
  let registry: SchemaRegistry
  var schemas: [AlertSchema] = []
  private var known: [UInt32: Int] = [:]

  init(registry: SchemaRegistry) { self.registry = registry }

  /// - Throws: ``AlertsError/unreachable(_:reason:)``; any other fault is the message's own.
  mutating func unit(
    _ bytes: UnsafeRawBufferPointer, _ message: Range<Int>
  ) throws(AlertsError) -> AlertFile.Unit {
    var unit = AlertFile.Unit(offset: message.lowerBound, payload: message, count: 1)
    let header = Framing.confluentHeaderLength
    guard message.count > header, bytes[message.lowerBound] == 0 else {
      unit.problem = "is no framed message: it doesn't begin with 00 and a schema id"
      return unit
    }
    unit.payload = (message.lowerBound + header)..<message.upperBound
    let id = Framing.bigEndian(bytes, at: message.lowerBound + 1)
    if let index = known[id] {
      unit.schema = index
      return unit
    }
    do throws(AlertsError) {
      schemas.append(try registry.schema(id: id))
      known[id] = schemas.count - 1
      unit.schema = schemas.count - 1
    } catch {
      if case .unreachable = error { throw error }
      unit.problem = error.description
    }
    return unit
  }
}

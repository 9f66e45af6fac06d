import Astro
import Dynamics

/// Writes a tag into an alert's bytes: `ssSource`, the orbit (only when it is another one) and
/// `diaSource.ssObjectId` are replaced where they stand, every other byte stays as it was.
struct TagSplice: Sendable {
  /// Bytes that take the place of others.
  struct Edit: Sendable {
    /// In the memory that the record was walked in.
    var range: Range<Int>
    var bytes: [UInt8]

    var growth: Int { bytes.count - range.count }
  }

  /// One record field to be replaced.
  private struct Target: Sendable {
    var slot: Int
    var type: Int
    /// Fields of the record, in order.
    var names: [String]
  }

  private let encoder: AvroEncoder
  private let source: Target
  private let orbit: Target?
  /// Type of `diaSource.ssObjectId`, where that can hold a long.
  private let identifier: Int?

  /// Nil for a schema without `ssSource`: such alerts can't be tagged, only looked up.
  init?(_ schema: AlertSchema) {
    guard schema.survey == .lsst, let source = Self.target(.ssSource, schema) else { return nil }
    encoder = AvroEncoder(schema: schema.schema)
    self.source = source
    orbit = Self.target(.mpcOrbits, schema) ?? Self.target(.oldOrbits, schema)
    identifier = Self.identifierType(schema.schema)
  }

  private static func identifierType(_ schema: AvroSchema) -> Int? {
    guard let root = schema.rootRecord, let position = root.position(of: "diaSource"),
      case .record(let source) = schema[root.fields[position].type],
      let inner = source.position(of: "ssObjectId")
    else { return nil }
    let type = source.fields[inner].type
    switch schema[type] {
    case .long: return type
    case .union(let branches) where branches.contains { schema[$0] == .long }: return type
    default: return nil
    }
  }

  private static func target(_ field: LSSTField, _ schema: AlertSchema) -> Target? {
    guard let record = schema.schema.rootRecord, let position = record.position(of: field.path),
      case .union(let branches) = schema.schema[record.fields[position].type]
    else { return nil }
    for branch in branches {
      if case .record(let inner) = schema.schema[branch] {
        return Target(
          slot: field.rawValue, type: record.fields[position].type,
          names: inner.fields.map(\.name))
      }
    }
    return nil
  }

  /// What is to be replaced in an alert, in order.
  ///
  /// - Throws: ``AlertsError/encoding(field:reason:)`` when the schema wants a field that a tag
  ///   doesn't have.
  func edits(_ tag: SolarSystemTag, _ view: AlertView) throws(AlertsError) -> [Edit] {
    var edits = [
      Edit(range: range(source, view), bytes: try encode(source, tag.sourceFields(), "ssSource"))
    ]
    if let orbit, !holdsOrbit(of: tag, view) {
      let fields = tag.orbitFields()
      if !fields.isEmpty {
        edits.append(
          Edit(range: range(orbit, view), bytes: try encode(orbit, fields, "mpc_orbits")))
      }
    }
    let slot = view.slots[LSSTField.ssObjectId.rawValue]
    if let identifier, slot.state != .absent, slot.integer != tag.ssObjectId {
      var bytes: [UInt8] = []
      try encoder.encode(
        .long(tag.ssObjectId), type: identifier, path: LSSTField.ssObjectId.path, into: &bytes)
      edits.append(Edit(range: slot.start..<slot.end, bytes: bytes))
    }
    return edits.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// The alert with the tag in it.
  ///
  /// - Throws: as ``edits(_:_:)``.
  func apply(_ tag: SolarSystemTag, to view: AlertView) throws(AlertsError) -> [UInt8] {
    let record = UnsafeRawBufferPointer(rebasing: view.bytes[view.range])
    let edits = try edits(tag, view).map { edit in
      Edit(
        range: (edit.range.lowerBound - view.range.lowerBound)..<(edit.range.upperBound
          - view.range.lowerBound), bytes: edit.bytes)
    }
    return Self.applied(edits, to: record)
  }

  /// Some bytes with edits in order.
  static func applied(_ edits: [Edit], to bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + edits.reduce(0) { $0 + $1.growth })
    var at = 0
    for edit in edits {
      output += UnsafeRawBufferPointer(rebasing: bytes[at..<edit.range.lowerBound])
      output += edit.bytes
      at = edit.range.upperBound
    }
    output += UnsafeRawBufferPointer(rebasing: bytes[at...])
    return output
  }

  /// Whether the sender's record is the very orbit that was predicted from: it says more than we
  /// could write, and stays.
  private func holdsOrbit(of tag: SolarSystemTag, _ view: AlertView) -> Bool {
    func slot(_ field: LSSTField) -> AvroSlot { view.slots[field.rawValue] }
    guard let name = slot(.orbitName).text(in: view.bytes),
      let epoch = slot(.orbitEpoch).double, let perihelion = slot(.orbitPerihelion).double,
      let elements = KeplerianElements(tag.orbit.orbit)
    else { return false }
    let designation = Designation(name)?.description ?? name
    return designation == tag.orbit.designation && abs(epoch - elements.epoch.tt.mjd) < 1e-6
      && abs(perihelion - elements.perihelionAU) < 1e-9
  }

  private func range(_ target: Target, _ view: AlertView) -> Range<Int> {
    view.slots[target.slot].start..<view.slots[target.slot].end
  }

  private func encode(
    _ target: Target, _ fields: [String: AvroValue], _ path: String
  ) throws(AlertsError) -> [UInt8] {
    let record = AvroRecord(
      fields: target.names.compactMap { name in fields[name].map { AvroEntry(name, $0) } })
    var output: [UInt8] = []
    try encoder.encode(.record(record), type: target.type, path: path, into: &output)
    return output
  }
}

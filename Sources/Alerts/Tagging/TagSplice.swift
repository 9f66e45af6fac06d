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

  private let encoder: AvroEncoder
  /// Nil for a schema before 8.0, which has no `ssSource`.
  private let source: TagRecordPlan?
  private let orbit: TagRecordPlan?
  private let oldOrbit: TagRecordPlan?
  /// Type of `diaSource.ssObjectId`, where that can hold a long.
  private let identifier: Int?

  /// Nil for a schema with no place for any of it: such alerts can't be tagged, only looked up.
  init?(_ schema: AlertSchema) {
    guard schema.survey == .lsst else { return nil }
    encoder = AvroEncoder(schema: schema.schema)
    source = Self.plan(.ssSource, SolarSystemTag.sourceNames, schema)
    orbit = Self.plan(.mpcOrbits, SolarSystemTag.orbitNames, schema)
    oldOrbit = orbit == nil ? Self.plan(.oldOrbits, SolarSystemTag.orbitNames, schema) : nil
    identifier = Self.identifierType(schema.schema)
    if source == nil, identifier == nil { return nil }
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

  private static func plan(
    _ field: LSSTField, _ names: [[String]], _ schema: AlertSchema
  ) -> TagRecordPlan? {
    guard let record = schema.schema.rootRecord, let position = record.position(of: field.path)
    else { return nil }
    return TagRecordPlan(
      schema.schema, type: record.fields[position].type, path: field.path, names: names)
  }

  /// What is to be replaced in an alert, in order.
  ///
  /// - Throws: ``AlertsError/encoding(field:reason:)`` when the schema wants a field that a tag
  ///   doesn't have.
  func edits(_ tag: SolarSystemTag, _ sites: TagSites) throws(AlertsError) -> [Edit] {
    var edits: [Edit] = []
    if let source {
      edits.append(Edit(range: sites.source, bytes: try source.encode(tag.sourceValues())))
    }
    if let plan = orbit ?? oldOrbit, !holdsOrbit(of: tag, sites) {
      let values = tag.orbitValues()
      if !values.isEmpty {
        edits.append(
          Edit(
            range: orbit == nil ? sites.oldOrbit : sites.orbit, bytes: try plan.encode(values)))
      }
    }
    if let identifier, let range = sites.identifier, sites.identifierValue != tag.ssObjectId {
      var bytes: [UInt8] = []
      try encoder.encode(
        .long(tag.ssObjectId), type: identifier, path: LSSTField.ssObjectId.path, into: &bytes)
      edits.append(Edit(range: range, bytes: bytes))
    }
    return edits.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// The alert with the tag in it.
  ///
  /// - Throws: as ``edits(_:_:)``.
  func apply(_ tag: SolarSystemTag, to view: AlertView) throws(AlertsError) -> [UInt8] {
    let record = UnsafeRawBufferPointer(rebasing: view.bytes[view.range])
    let edits = try edits(tag, TagSites(view)).map { edit in
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
  private func holdsOrbit(of tag: SolarSystemTag, _ sites: TagSites) -> Bool {
    guard let name = sites.orbitName, let epoch = sites.orbitEpoch,
      let perihelion = sites.orbitPerihelion, let elements = KeplerianElements(tag.orbit.orbit)
    else { return false }
    let designation = Designation(name)?.description ?? name
    return designation == tag.orbit.designation && abs(epoch - elements.epoch.tt.mjd) < 1e-6
      && abs(perihelion - elements.perihelionAU) < 1e-9
  }
}

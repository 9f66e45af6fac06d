import Astro
import Dynamics

/// Writes a tag into an alert's bytes: `ssSource` and the orbit are replaced where they stand (the
/// orbit only when it is another one), every other byte is copied as it was.
struct TagSplice: Sendable {
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

  /// Nil for a schema without `ssSource`: such alerts can't be tagged, only looked up.
  init?(_ schema: AlertSchema) {
    guard schema.survey == .lsst, let source = Self.target(.ssSource, schema) else { return nil }
    encoder = AvroEncoder(schema: schema.schema)
    self.source = source
    orbit = Self.target(.mpcOrbits, schema) ?? Self.target(.oldOrbits, schema)
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

  /// The alert with the tag in it.
  ///
  /// - Throws: ``AlertsError/encoding(field:reason:)`` when the schema wants a field that a tag
  ///   doesn't have.
  func apply(_ tag: SolarSystemTag, to view: AlertView) throws(AlertsError) -> [UInt8] {
    var edits = [
      (range: range(source, view), bytes: try encode(source, tag.sourceFields(), "ssSource"))
    ]
    if let orbit, !holdsOrbit(of: tag, view) {
      let fields = tag.orbitFields()
      if !fields.isEmpty {
        edits.append((range(orbit, view), try encode(orbit, fields, "mpc_orbits")))
      }
    }
    edits.sort { $0.range.lowerBound < $1.range.lowerBound }
    var output: [UInt8] = []
    output.reserveCapacity(view.range.count + edits.reduce(0) { $0 + $1.bytes.count })
    var at = view.range.lowerBound
    for edit in edits {
      output += UnsafeRawBufferPointer(rebasing: view.bytes[at..<edit.range.lowerBound])
      output += edit.bytes
      at = edit.range.upperBound
    }
    output += UnsafeRawBufferPointer(rebasing: view.bytes[at..<view.range.upperBound])
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

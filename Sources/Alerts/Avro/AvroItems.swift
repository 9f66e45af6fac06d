/// The items of an array field of records, walked one after the other by a projection of their own:
/// an alert's history, of which one wants a few numbers a detection.
package struct AvroItems: Sendable {
  /// Of one item.
  private let projection: AvroProjection
  /// The field's union branch that holds the array; nil: it is no union.
  private let branch: Int64?

  /// Nil when the schema has no such array of records.
  ///
  /// - Parameters:
  ///   - field: of the outermost record, an array or a union that has one.
  ///   - fields: wanted of each item.
  package init?(schema: AvroSchema, field: String, fields: [String]) throws(AlertsError) {
    guard let record = schema.rootRecord, let position = record.position(of: field) else {
      return nil
    }
    var type = record.fields[position].type
    var branch: Int64?
    if case .union(let types) = schema[type] {
      guard
        let index = types.firstIndex(where: { if case .array = schema[$0] { true } else { false } })
      else { return nil }
      branch = Int64(index)
      type = types[index]
    }
    guard case .array(let items) = schema[type], case .record = schema[items] else { return nil }
    self.branch = branch
    projection = try AvroProjection(
      schema: AvroSchema(json: "", types: schema.types, root: items), fields: fields)
  }

  /// Walks the items.
  ///
  /// - Parameters:
  ///   - slot: of the array field, from a walk over the same bytes.
  ///   - slots: filled for each item; reuse it.
  ///   - body: called after each item with its slots.
  /// - Throws: ``AlertsError/malformed(offset:reason:)``.
  package func forEach(
    in bytes: UnsafeRawBufferPointer, _ slot: AvroSlot, slots: inout [AvroSlot],
    _ body: ([AvroSlot]) -> Void
  ) throws(AlertsError) {
    guard slot.state == .present, var cursor = AvroCursor(bytes, at: slot.start) else { return }
    do throws(AvroFault) {
      if let branch, try cursor.long() != branch { return }
    } catch {
      throw error.alertsError
    }
    while true {
      let count: Int
      do throws(AvroFault) {
        count = try cursor.block().count
      } catch {
        throw error.alertsError
      }
      if count == 0 { return }
      for _ in 0..<count {
        let before = cursor.offset
        cursor.offset = try projection.walk(bytes, at: before, into: &slots)
        body(slots)
        // Items of no bytes are all alike: a hostile count of them must not take forever.
        if cursor.offset == before { break }
      }
    }
  }
}

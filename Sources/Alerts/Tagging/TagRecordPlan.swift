/// How a record's fields are written from a tag's values: worked out once for a schema, so that
/// writing a tag looks nothing up.
struct TagRecordPlan: Sendable {
  private struct Field: Sendable {
    enum Kind: Sendable { case float, double, int, long, string, other }

    var kind = Kind.other
    /// Index into ``AvroSchema/types``.
    var type: Int
    var path: String
    /// Index of the value, nil for a field that no tag has.
    var value: Int?
    /// Branch numbers as bytes, where the field is a union with null.
    var nullBranch: UInt8?
    var valueBranch: UInt8?
  }

  private let fields: [Field]
  private let encoder: AvroEncoder
  /// The record's own branch among its field's.
  private let branch: UInt8

  /// - Parameters:
  ///   - type: of the field that holds the record: a union with it.
  ///   - names: of the values, in their order.
  /// - Returns: nil where there is no record.
  init?(_ schema: AvroSchema, type: Int, path: String, names: [[String]]) {
    guard case .union(let branches) = schema[type],
      let branch = branches.firstIndex(where: {
        if case .record = schema[$0] { true } else { false }
      }),
      branch < 64, case .record(let record) = schema[branches[branch]]
    else { return nil }
    var places: [String: Int] = [:]
    for (index, list) in names.enumerated() { for name in list { places[name] = index } }
    self.branch = UInt8(branch << 1)
    encoder = AvroEncoder(schema: schema)
    fields = record.fields.map { field in
      var plan = Field(
        type: field.type, path: "\(path).\(field.name)", value: places[field.name])
      plan.kind = Self.kind(schema[field.type])
      if case .union(let types) = schema[field.type], types.count == 2,
        let null = types.firstIndex(where: { schema[$0] == .null })
      {
        plan.kind = Self.kind(schema[types[1 - null]])
        plan.nullBranch = UInt8(null << 1)
        plan.valueBranch = UInt8((1 - null) << 1)
      }
      return plan
    }
  }

  private static func kind(_ type: AvroType) -> Field.Kind {
    switch type {
    case .float: .float
    case .double: .double
    case .int: .int
    case .long: .long
    case .string: .string
    default: .other
    }
  }

  /// The record with its branch number.
  ///
  /// - Throws: ``AlertsError/encoding(field:reason:)`` when the schema wants what a tag doesn't
  ///   have.
  func encode(_ values: [TagValue]) throws(AlertsError) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(16 * fields.count)
    output.append(branch)
    for field in fields {
      let value = field.value.map { values[$0] } ?? .none
      try write(value, field, &output)
    }
    return output
  }

  private func write(
    _ value: TagValue, _ field: Field, _ output: inout [UInt8]
  ) throws(AlertsError) {
    switch (field.kind, value) {
    case (.float, .number(let number)):
      if let branch = field.valueBranch { output.append(branch) }
      output.appendAvro(float: Float(number))
    case (.double, .number(let number)):
      if let branch = field.valueBranch { output.append(branch) }
      output.appendAvro(double: number)
    case (.long, .whole(let number)):
      if let branch = field.valueBranch { output.append(branch) }
      output.appendAvro(long: number)
    case (.int, .whole(let number)) where Int32(exactly: number) != nil:
      if let branch = field.valueBranch { output.append(branch) }
      output.appendAvro(long: number)
    case (.string, .text(let text)):
      if let branch = field.valueBranch { output.append(branch) }
      output.appendAvro(string: text)
    case (_, .none) where field.nullBranch != nil:
      output.append(field.nullBranch ?? 0)
    case (_, .none):
      do throws(AlertsError) {
        try encoder.encode(.null, type: field.type, path: field.path, into: &output)
      } catch {
        throw .encoding(field: field.path, reason: "is missing and may not be null")
      }
    default:
      try encoder.encode(value.avro, type: field.type, path: field.path, into: &output)
    }
  }
}

import Foundation

extension AvroSchema {
  /// - Parameters:
  ///   - json: a schema on its own: every named type is defined in it before it is used.
  ///   - source: where it came from, for messages.
  /// - Throws: ``AlertsError/schema(source:reason:)``.
  public init(json: String, source: String = "in memory") throws(AlertsError) {
    guard
      let tree = try? JSONSerialization.jsonObject(
        with: Data(json.utf8), options: [.fragmentsAllowed])
    else {
      throw .schema(source: source, reason: "is not JSON; expected an Avro schema")
    }
    var parser = AvroSchemaParser(source: source)
    let root = try parser.parse(tree, namespace: "", depth: 0)
    self.init(json: json, types: parser.types, root: root)
  }
}

/// Builds the flat list of types from JSON.
private struct AvroSchemaParser {
  let source: String
  var types: [AvroType] = []
  private var named: [String: Int] = [:]
  /// More than any alert needs; stops hostile nesting before the stack ends.
  private let depthLimit = 64

  init(source: String) { self.source = source }

  mutating func parse(_ tree: Any, namespace: String, depth: Int) throws(AlertsError) -> Int {
    guard depth < depthLimit else { throw failure("is nested deeper than \(depthLimit) types") }
    if let name = tree as? String { return try reference(name, namespace: namespace) }
    if let branches = tree as? [Any] {
      return try union(branches, namespace: namespace, depth: depth)
    }
    guard let object = tree as? [String: Any], let type = object["type"] else {
      throw failure("has a type that is neither a name, a union nor an object with 'type'")
    }
    guard let word = type as? String else {
      // {"type": {"type": "long", …}} and {"type": ["null", …]} wrap a type once more.
      return try parse(type, namespace: namespace, depth: depth + 1)
    }
    switch word {
    case "record", "error":
      return try record(object, namespace: namespace, depth: depth)
    case "enum":
      guard let symbols = object["symbols"] as? [String], !symbols.isEmpty else {
        throw failure("has an enum without symbols")
      }
      let name = try fullName(object, namespace: namespace)
      return try define(name, .enumeration(name: name, symbols: symbols))
    case "fixed":
      guard let size = object["size"] as? Int, size >= 0, size <= 1 << 30 else {
        throw failure("has a fixed type without a size")
      }
      let name = try fullName(object, namespace: namespace)
      return try define(name, .fixed(name: name, size: size))
    case "array":
      guard let items = object["items"] else { throw failure("has an array without items") }
      return append(.array(items: try parse(items, namespace: namespace, depth: depth + 1)))
    case "map":
      guard let values = object["values"] else { throw failure("has a map without values") }
      return append(.map(values: try parse(values, namespace: namespace, depth: depth + 1)))
    default:
      return try reference(word, namespace: namespace)
    }
  }

  private mutating func union(
    _ branches: [Any], namespace: String, depth: Int
  ) throws(AlertsError) -> Int {
    guard !branches.isEmpty else { throw failure("has an empty union") }
    var indices: [Int] = []
    for branch in branches {
      indices.append(try parse(branch, namespace: namespace, depth: depth + 1))
    }
    return append(.union(indices))
  }

  private mutating func record(
    _ object: [String: Any], namespace: String, depth: Int
  ) throws(AlertsError) -> Int {
    let name = try fullName(object, namespace: namespace)
    guard let fields = object["fields"] as? [Any] else {
      throw failure("has the record \(name) without fields")
    }
    // Known before its fields are read, so that they may refer to it.
    let index = try define(name, .null)
    let inner = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
    var parsed: [AvroField] = []
    for field in fields {
      guard let field = field as? [String: Any], let fieldName = field["name"] as? String,
        let type = field["type"]
      else {
        throw failure("has a field without name or type in the record \(name)")
      }
      let fieldType = try parse(type, namespace: inner, depth: depth + 1)
      parsed.append(AvroField(name: fieldName, type: fieldType))
    }
    types[index] = .record(AvroRecordType(name: name, fields: parsed))
    return index
  }

  private mutating func reference(
    _ name: String, namespace: String
  ) throws(AlertsError) -> Int {
    if let primitive = AvroType(primitive: name) { return append(primitive) }
    let qualified = name.contains(".") || namespace.isEmpty ? name : "\(namespace).\(name)"
    guard let index = named[qualified] ?? named[name] else {
      throw failure("uses the type \(name) before it is defined")
    }
    return index
  }

  private func fullName(
    _ object: [String: Any], namespace: String
  ) throws(AlertsError) -> String {
    guard let name = object["name"] as? String, !name.isEmpty else {
      throw failure("has a named type without a name")
    }
    if name.contains(".") { return name }
    let space = object["namespace"] as? String ?? namespace
    return space.isEmpty ? name : "\(space).\(name)"
  }

  private mutating func define(_ name: String, _ type: AvroType) throws(AlertsError) -> Int {
    guard named[name] == nil else { throw failure("defines the type \(name) twice") }
    let index = append(type)
    named[name] = index
    return index
  }

  private mutating func append(_ type: AvroType) -> Int {
    types.append(type)
    return types.count - 1
  }

  private func failure(_ reason: String) -> AlertsError {
    .schema(source: source, reason: reason)
  }
}

extension AvroType {
  init?(primitive name: String) {
    switch name {
    case "null": self = .null
    case "boolean": self = .boolean
    case "int": self = .int
    case "long": self = .long
    case "float": self = .float
    case "double": self = .double
    case "bytes": self = .bytes
    case "string": self = .string
    default: return nil
    }
  }
}

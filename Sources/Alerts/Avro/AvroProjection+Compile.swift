/// Turns a schema and a list of wanted fields into a projection's program.
struct AvroProjectionCompiler {
  private(set) var operations: [AvroOperation] = []
  private(set) var elements: [AvroElement] = []
  private(set) var routines: [AvroRoutine] = []
  private(set) var branches: [Int32] = []
  private(set) var present: [Bool]

  private let schema: AvroSchema
  private let fields: [String]
  /// Records whose fields are being written, outermost first: meeting one again is recursion.
  private var open: [Int] = []
  /// Routines that skip a recursive record.
  private var skippers: [Int: Int32] = [:]
  /// Values met so far. Types that are used many times over, each in the next, would make a few
  /// hundred bytes of schema into more of them than there is memory; runs hide how many they are.
  private var values = 0
  private static let valueLimit = 100_000
  /// Records in each other; more than any alert has, less than the stack.
  private static let depthLimit = 64

  init(schema: AvroSchema, fields: [String]) {
    self.schema = schema
    self.fields = fields
    present = Array(repeating: false, count: fields.count)
  }

  mutating func compile() throws(AlertsError) {
    routines.append(AvroRoutine())
    var body: [AvroOperation] = []
    try descend(schema.root, path: "", &body)
    routines[0] = commit(body)
  }

  /// Makes a finished program contiguous.
  private mutating func commit(_ body: [AvroOperation]) -> AvroRoutine {
    let start = Int32(operations.count)
    operations += body
    return AvroRoutine(start: start, end: Int32(operations.count))
  }

  private mutating func routine(
    _ write: (inout AvroProjectionCompiler, inout [AvroOperation]) throws(AlertsError) -> Void
  ) throws(AlertsError) -> Int32 {
    let index = routines.count
    routines.append(AvroRoutine())
    var body: [AvroOperation] = []
    try write(&self, &body)
    routines[index] = commit(body)
    return Int32(index)
  }

  /// A value at a path that is wanted, or that wanted ones lie in, or neither.
  private mutating func value(
    _ type: Int, path: String, _ body: inout [AvroOperation]
  ) throws(AlertsError) {
    let slot = fields.firstIndex(of: path)
    let holdsWanted = fields.contains { $0.hasPrefix(path + ".") }
    guard slot != nil || holdsWanted else { return try skip(type, &body) }
    if let slot {
      present[slot] = true
      body.append(AvroOperation(code: .begin, a: Int32(slot)))
    }
    try capture(type, path: path, slot: slot, &body)
    if let slot { body.append(AvroOperation(code: .end, a: Int32(slot))) }
  }

  private mutating func capture(
    _ type: Int, path: String, slot: Int?, _ body: inout [AvroOperation]
  ) throws(AlertsError) {
    switch schema[type] {
    case .record:
      try descend(type, path: path, &body)
    case .union(let types):
      var inner: [Int32] = []
      for branch in types {
        inner.append(
          try routine { (compiler, body) throws(AlertsError) in
            try compiler.capture(branch, path: path, slot: slot, &body)
          })
      }
      append(union: inner, &body)
    default:
      guard let slot else { return try skip(type, &body) }
      let code: AvroOperation.Code? =
        switch schema[type] {
        case .null: .captureNull
        case .boolean: .captureBoolean
        case .int, .long, .enumeration: .captureInteger
        case .float: .captureFloat
        case .double: .captureDouble
        case .bytes, .string: .captureOctets
        default: nil
        }
      if let code {
        body.append(AvroOperation(code: code, a: Int32(slot)))
      } else {
        try skip(type, &body)
      }
    }
  }

  /// The fields of a record that wanted ones lie in.
  private mutating func descend(
    _ type: Int, path: String, _ body: inout [AvroOperation]
  ) throws(AlertsError) {
    guard case .record(let record) = schema[type], !open.contains(type) else {
      return try skip(type, &body)
    }
    try enter(type)
    for field in record.fields {
      try value(field.type, path: path.isEmpty ? field.name : "\(path).\(field.name)", &body)
    }
    open.removeLast()
  }

  private mutating func enter(_ record: Int) throws(AlertsError) {
    guard open.count < Self.depthLimit else {
      throw .schema(
        source: "projection", reason: "has records nested deeper than \(Self.depthLimit)")
    }
    open.append(record)
  }

  private mutating func append(union inner: [Int32], _ body: inout [AvroOperation]) {
    body.append(
      AvroOperation(code: .union, a: Int32(branches.count), b: Int32(inner.count)))
    branches += inner
  }

  // MARK: Skipping

  private mutating func skip(_ type: Int, _ body: inout [AvroOperation]) throws(AlertsError) {
    values += 1
    guard values < Self.valueLimit else {
      throw .schema(source: "projection", reason: "has records nested into too many fields")
    }
    if let element = element(type) { return append(element, &body) }
    switch schema[type] {
    case .null: break
    case .bytes, .string: body.append(AvroOperation(code: .octets))
    case .fixed(_, let size): body.append(AvroOperation(code: .skip, a: Int32(size)))
    case .array(let items): try skip(blocksOf: items, isMap: false, &body)
    case .map(let values): try skip(blocksOf: values, isMap: true, &body)
    case .union(let types): try skip(union: types, &body)
    case .record(let record):
      if open.contains(type) {
        body.append(AvroOperation(code: .call, a: try skipper(type)))
      } else {
        try enter(type)
        for field in record.fields { try skip(field.type, &body) }
        open.removeLast()
      }
    default: break  // element(_:) has the others
    }
  }

  private mutating func skip(
    blocksOf items: Int, isMap: Bool, _ body: inout [AvroOperation]
  ) throws(AlertsError) {
    let inner = try routine { (compiler, body) throws(AlertsError) in
      try compiler.skip(items, &body)
    }
    body.append(AvroOperation(code: .blocks, a: inner, b: isMap ? 1 : 0))
  }

  private mutating func skip(
    union types: [Int], _ body: inout [AvroOperation]
  ) throws(AlertsError) {
    if types.count == 2, let null = types.firstIndex(where: { schema[$0] == .null }),
      schema[types[1 - null]] == .bytes || schema[types[1 - null]] == .string
    {
      body.append(AvroOperation(code: .nullableOctets, a: null == 0 ? 2 : 0))
      return
    }
    var inner: [Int32] = []
    for branch in types {
      inner.append(
        try routine { (compiler, body) throws(AlertsError) in
          try compiler.skip(branch, &body)
        })
    }
    append(union: inner, &body)
  }

  private mutating func skipper(_ type: Int) throws(AlertsError) -> Int32 {
    if let known = skippers[type] { return known }
    let index = routines.count
    routines.append(AvroRoutine())
    skippers[type] = Int32(index)
    var body: [AvroOperation] = []
    if case .record(let record) = schema[type] {
      for field in record.fields { try skip(field.type, &body) }
    }
    routines[index] = commit(body)
    return Int32(index)
  }

  private mutating func append(_ element: AvroElement, _ body: inout [AvroOperation]) {
    if let last = body.last, last.code == .run, Int(last.a + last.b) == elements.count {
      body[body.count - 1].b += 1
      body[body.count - 1].c += element.longest
    } else {
      body.append(
        AvroOperation(code: .run, a: Int32(elements.count), b: 1, c: element.longest))
    }
    elements.append(element)
  }

  private func element(_ type: Int) -> AvroElement? {
    switch schema[type] {
    case .boolean: return AvroElement(kind: .fixed, width: 1)
    case .float: return AvroElement(kind: .fixed, width: 4)
    case .double: return AvroElement(kind: .fixed, width: 8)
    case .int, .long, .enumeration: return AvroElement(kind: .varint)
    case .fixed(_, let size) where size < 255:
      return AvroElement(kind: .fixed, width: UInt8(size))
    case .union(let types):
      guard types.count == 2, let null = types.firstIndex(where: { schema[$0] == .null }),
        schema[types[1 - null]] != .null, let inner = element(types[1 - null])
      else { return nil }
      let tag: UInt8 = null == 0 ? 2 : 0
      switch inner.kind {
      case .fixed:
        return AvroElement(kind: .nullableFixed, valueTag: tag, width: inner.width)
      case .varint: return AvroElement(kind: .nullableVarint, valueTag: tag)
      default: return nil
      }
    default: return nil
    }
  }
}

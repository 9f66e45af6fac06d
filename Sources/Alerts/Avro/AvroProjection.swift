/// The fields of a record that one wants, compiled from its schema into a flat program that walks
/// the record's bytes once, skips the rest and leaves values and byte ranges of those fields.
///
/// Runs of small fields are stepped over with one bounds check for the whole run; arrays written
/// with a block size are jumped. Real Rubin packets (104 kB in the median, most of it history)
/// are walked some tens of times faster than they are decoded. Every read is checked.
public struct AvroProjection: Sendable {
  /// Wanted fields as given, `name` or `record.name`; their position is their slot.
  public let fields: [String]
  /// Which of them the schema has.
  public let present: [Bool]

  let operations: [AvroOperation]
  /// Elements of runs, see ``AvroElement``.
  let elements: [AvroElement]
  /// Programs as ranges of operations; the first one is that of the whole record.
  let routines: [AvroRoutine]
  /// Routines of unions' branches.
  let branches: [Int32]

  /// - Parameters:
  ///   - schema: of a record.
  ///   - fields: paths from the outermost record, through nullable records too. A field that the
  ///     schema doesn't have stays absent.
  /// - Throws: ``AlertsError/schema(source:reason:)`` when the schema is not of a record.
  public init(schema: AvroSchema, fields: [String]) throws(AlertsError) {
    guard schema.rootRecord != nil else {
      throw .schema(source: "projection", reason: "is not of a record")
    }
    self.fields = fields
    var compiler = AvroProjectionCompiler(schema: schema, fields: fields)
    try compiler.compile()
    operations = compiler.operations
    elements = compiler.elements
    routines = compiler.routines
    branches = compiler.branches
    present = compiler.present
  }

  /// The slot of a wanted field.
  public func slot(_ field: String) -> Int? { fields.firstIndex(of: field) }
}

/// A program: the operations start..<end.
struct AvroRoutine: Sendable {
  var start: Int32 = 0
  var end: Int32 = 0
}

/// One step of a projection's program.
struct AvroOperation: Sendable {
  enum Code: UInt8 {
    /// Step over `b` elements from `a` on, at most `c` bytes.
    case run
    /// `a` bytes.
    case skip
    /// A string or bytes.
    case octets
    /// A string or bytes when the branch byte is `a`, else nothing.
    case nullableOctets
    /// Blocks of items, each by routine `a`; `b` is 1 for a map, whose items have keys.
    case blocks
    /// `b` branches, their routines in `branches` from `a` on.
    case union
    /// Routine `a`, one level deeper (recursive types).
    case call
    /// Slot `a`: a value begins, or ends, here.
    case begin
    case end
    /// Slot `a`: the value itself.
    case captureNull
    case captureBoolean
    case captureInteger
    case captureFloat
    case captureDouble
    case captureOctets
  }
  var code: Code
  var a: Int32 = 0
  var b: Int32 = 0
  var c: Int32 = 0
}

/// A small field inside a run.
struct AvroElement: Sendable {
  enum Kind: UInt8 {
    /// `width` bytes.
    case fixed
    /// Branch number, then nothing for `null`, `width` bytes for the other.
    case nullableFixed
    case varint
    case nullableVarint
  }
  var kind: Kind
  /// The branch byte of the value that is there: 2 for ["null", X], 0 for [X, "null"].
  var valueTag: UInt8 = 0
  var width: UInt8 = 0

  /// At most so many bytes.
  var longest: Int32 {
    switch kind {
    case .fixed: Int32(width)
    case .nullableFixed: 1 + Int32(width)
    case .varint: 10
    case .nullableVarint: 11
    }
  }
}

/// What a column of an exported table holds. One description serves every format, so that FITS,
/// VOTable, Parquet and CSV agree in names, types, units and nulls.
public struct TableColumn: Hashable, Sendable {
  /// How values are stored. Numbers that the catalog keeps as doubles stay doubles, whatever LSST's
  /// schema has, so that no digit is lost.
  public enum Kind: Hashable, Sendable {
    case boolean
    case int16
    case int32
    case int64
    case float64
    case text
    case bytes

    /// Whole numbers and truth values are held as Int64 in a batch.
    public var isWhole: Bool {
      switch self {
      case .boolean, .int16, .int32, .int64: true
      case .float64, .text, .bytes: false
      }
    }
  }

  public var name: String
  public var kind: Kind
  /// As FITS 4.0 and VOUnits 1.0 both read it: `AU`, `deg/d`, `mag**2`; nil for a pure number.
  public var unit: String?
  /// IVOA UCD1+, for VOTable.
  public var ucd: String?
  public var description: String
  public var isNullable: Bool
  /// The longest value of a text or bytes column [bytes]; formats of fixed width need it.
  public var maximumBytes = 0
  /// Whether a text column holds nothing but ASCII.
  public var isASCII = true

  public init(
    _ name: String, _ kind: Kind, unit: String? = nil, ucd: String? = nil,
    _ description: String = "", isNullable: Bool = true
  ) {
    self.name = name
    self.kind = kind
    self.unit = unit
    self.ucd = ucd
    self.description = description
    self.isNullable = isNullable
  }
}

/// A table on its way out: what a format must know before the first row.
public struct TableDescription: Sendable {
  public var name: String
  public var description: String
  public var columns: [TableColumn]
  public var rowCount: Int

  public init(name: String, description: String = "", columns: [TableColumn], rowCount: Int) {
    self.name = name
    self.description = description
    self.columns = columns
    self.rowCount = rowCount
  }
}

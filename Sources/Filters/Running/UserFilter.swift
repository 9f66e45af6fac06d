/// A question that a user has to every visit.
public struct UserFilter: Sendable, Hashable {
  /// Whose it is; the cap of alerts is the owner's.
  public var owner: String
  /// Unique for the owner.
  public var name: String
  /// Counts up with each change of its text.
  public var version: Int
  /// As the user wrote it.
  public var text: String

  public init(owner: String, name: String, version: Int = 1, text: String) {
    self.owner = owner
    self.name = name
    self.version = version
    self.text = text
  }

  /// `owner/name`.
  public var id: String { "\(owner)/\(name)" }

  /// What is wrong with an owner's or filter's name: they become parts of file and topic names.
  public static func fault(ofName name: String) -> String? {
    let allowed = name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == 0x2D || $0 == 0x5F
    }
    return allowed && !name.isEmpty && name.utf8.count <= 64
      ? nil : "is no name: letters, digits, - and _ only, at most 64"
  }
}

/// What a filter did with a visit.
public struct FilterOutcome: Sendable {
  public var filter: UserFilter
  /// Why it gave nothing; nil when it ran to its end.
  public var failure: FilterError?
  /// Names of its columns.
  public var columns: [String] = []
  /// Best first: the row of the visit's table, and what the filter says of it.
  public var lines: [(row: Int, values: [FilterValue])] = []
  /// Whether the rows are those of `missing`, not of `alerts`.
  public var isOfMissing = false
  /// Alerts that it matched, and those of them that the owner's cap cut.
  public var matched = 0
  public var cut = 0
  /// Processor time [ms].
  public var milliseconds = 0.0

  package init(filter: UserFilter) { self.filter = filter }

  /// The column that says which alert, or missing object, a line is.
  var keyColumn: Int? {
    let name = isOfMissing ? "missingid" : "diasourceid"
    return columns.firstIndex { $0.lowercased() == name }
  }

  /// What line after line is promised to the owner.
  var keys: [Int64] {
    guard let keyColumn else { return [] }
    return lines.map { line in
      guard case .integer(let key) = line.values[keyColumn] else { return 0 }
      return isOfMissing ? FilterLedger.key(ofMissing: key) : key
    }
  }
}

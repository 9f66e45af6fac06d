import GRDB

/// Who is who in a catalog that one import fills from nothing: known without asking it, as long as
/// no two objects turn out to be one.
struct FreshNames: ~Copyable {
  /// Objects by names whose number is not theirs.
  private var owners: [Int64: Int64] = [:]
  /// All that were found.
  private var objects: Set<Int64> = []
  private var waiting: [(name: Identification.Name, id: Int64)] = []
  /// Names that were written since the last ``flush(one:)``.
  private var written = 0
  private let source: String
  private var group: BulkInsert
  private let database: Database
  private var index: DeferredIndex

  private static let groupSize = 32

  /// Nil when the catalog has objects.
  init?(_ database: Database, source: String, revision: Int) throws {
    for table in ["mpc_orbits", "SSObject", "retiredObjects"] {
      let sql = "SELECT NOT EXISTS (SELECT 1 FROM \(table))"
      guard try Bool.fetchOne(database, sql: sql) == true else { return nil }
    }
    var index = DeferredIndex("designationsBySSObject")
    try index.drop(database)
    let row = "(?, ?, ?, ?, ?, ?, \(revision))"
    let group = try BulkInsert(
      database,
      sql: """
        INSERT INTO designations (nameId, name, packed, kind, ssObjectId, source, sinceRevision)
        VALUES \([String](repeating: row, count: Self.groupSize).joined(separator: ", "))
        """)
    self.group = group
    self.source = source
    self.database = database
    self.index = index
  }

  mutating func find(_ name: String, id own: Int64) -> Identification.Found {
    if let other = owners[own] { return Identification.Found(id: other) }
    objects.insert(own)
    return Identification.Found(id: own, designation: name)
  }

  /// Nil when a name was another object's before: then the catalog has to be asked.
  mutating func find(_ names: [Identification.Name]) throws -> Identification.Found? {
    guard let primary = Identification.Name.primary(names), owners[primary.id] == nil else {
      return nil
    }
    for name in names where name.id != primary.id {
      if owners[name.id] == primary.id { continue }
      if owners[name.id] != nil || objects.contains(name.id) { return nil }
    }
    for name in names where name.id != primary.id && owners[name.id] == nil {
      owners[name.id] = primary.id
      waiting.append((name, primary.id))
      if waiting.count == Self.groupSize { try writeGroup() }
    }
    objects.insert(primary.id)
    return Identification.Found(id: primary.id, designation: primary.text)
  }

  private mutating func writeGroup() throws {
    for (name, id) in waiting { name.bind(to: &group, id: id, source: source) }
    try group.run()
    written += waiting.count
    waiting.removeAll(keepingCapacity: true)
  }

  /// Writes what waits, and makes what was put off.
  ///
  /// - Returns: how many names were written since the last time.
  mutating func flush(one statement: inout BulkInsert) throws -> Int {
    for (name, id) in waiting {
      name.bind(to: &statement, id: id, source: source)
      try statement.run()
    }
    defer { written = 0 }
    written += waiting.count
    waiting.removeAll(keepingCapacity: true)
    try index.make(database)
    return written
  }
}

public import Exchange
import GRDB

/// Everything that the catalog has of one object.
public struct ObjectPage: Sendable {
  public var ssObjectId: Int64
  public var designation: String
  /// Nil for an object without an orbit.
  public var solution: OrbitSolution?
  /// Its row of `mpc_orbits` and of `SSObject`; empty where it has none.
  public var mpcOrbit: [(name: String, value: CatalogValue)]
  public var ssObject: [(name: String, value: CatalogValue)]
  /// Its detections in the order of time, each with what its orbit says of it.
  public var columns: [TableColumn]
  public var observations: TableBatch
}

/// Where a name or number of an object leads.
public enum ObjectReference: Sendable, Hashable {
  case object(Int64)
  /// It turned out to be a part of another one.
  case merged(into: Int64)
  case unknown
}

extension Catalog {
  /// Finds an object by its designation (readable or packed), or by its `ssObjectId`.
  public func reference(named name: String) throws(CatalogError) -> ObjectReference {
    var ids = [Self.ssObjectId(forDesignation: name)]
    if let number = Int64(name) { ids.append(number) }
    let found: ObjectReference = try read("finding an object") { database in
      let known = try database.cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM mpc_orbits WHERE ssObjectId = ?1)
            OR EXISTS (SELECT 1 FROM SSObject WHERE ssObjectId = ?1)
          """)
      let merged = try database.cachedStatement(
        sql: "SELECT mergedInto FROM retiredObjects WHERE ssObjectId = ?")
      for id in ids {
        if try Bool.fetchOne(known, arguments: [id]) == true { return .object(id) }
        if let other = try Int64.fetchOne(merged, arguments: [id]) { return .merged(into: other) }
      }
      let named = try database.cachedStatement(
        sql: """
          SELECT ssObjectId FROM mpc_orbits WHERE designation = ?1 UNION ALL
          SELECT ssObjectId FROM SSObject WHERE designation = ?1 LIMIT 1
          """)
      return try Int64.fetchOne(named, arguments: [name]).map { .object($0) } ?? .unknown
    }
    // A number, a secondary designation, a name that it had.
    guard case .unknown = found, let id = try objectId(named: name) else { return found }
    return .object(id)
  }

  /// The page of an object, all from one state of the catalog; nil when it is gone.
  public func objectPage(_ id: Int64) throws(CatalogError) -> ObjectPage? {
    try read("reading an object") { database in
      let orbit = try Self.row(database, "SELECT * FROM mpc_orbits WHERE ssObjectId = ?", id)
      let object = try Self.row(database, "SELECT * FROM SSObject WHERE ssObjectId = ?", id)
      guard
        let designation = [orbit, object].lazy.compactMap({ row in
          row.first { $0.name == "designation" }?.value.text
        }).first
      else { return nil }
      let solution = try Self.solution(database, ofObject: id)
      let columns = ObjectObservations.columns
      var batch = TableBatch(columns)
      let statement = try database.cachedStatement(sql: ObjectObservations.sql)
      let rows = try Row.fetchCursor(statement, arguments: [id])
      while let row = try rows.next() { batch.append(row) }
      return ObjectPage(
        ssObjectId: id, designation: designation, solution: solution, mpcOrbit: orbit,
        ssObject: object, columns: columns, observations: batch)
    }
  }

  /// One row by names; empty when there is none.
  private static func row(
    _ database: Database, _ sql: String, _ id: Int64
  ) throws -> [(name: String, value: CatalogValue)] {
    let statement = try database.cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(statement, arguments: [id])
    guard let row = try rows.next() else { return [] }
    return statement.columnNames.enumerated().map { ($1, value(row[$0])) }
  }
}

extension CatalogValue {
  fileprivate var text: String? {
    if case .text(let text) = self { text } else { nil }
  }
}

extension TableBatch {
  /// Adds a row whose columns are this batch's, in order.
  mutating func append(_ row: Row) {
    for index in columns.indices {
      switch columns[index].kind {
      case .float64: columns[index].append(row[index] as Double?)
      case .text, .bytes: columns[index].append(row[index] as String?)
      case .boolean, .int16, .int32, .int64: columns[index].append(row[index] as Int?)
      }
    }
  }
}

/// What an object's page says of each detection.
enum ObjectObservations {
  private static let ofDetection = [
    "diaSourceId", "midpointMjdTai", "ra", "dec", "raErr", "decErr", "mag", "magErr", "band",
    "observatory", "visit", "night",
  ]
  private static let ofSource = [
    "ephRa", "ephDec", "ephVmag", "ephOffset", "ephOffsetRa", "ephOffsetDec",
    "ephOffsetAlongTrack", "ephOffsetCrossTrack", "phaseAngle", "elongation", "topoRange",
    "helioRange",
  ]

  static let sql = """
    SELECT \(ofDetection.map { "d.\($0)" }.joined(separator: ", ")),
      coalesce(d.sourceId, CAST(d.diaSourceId AS TEXT)),
      \(ofSource.map { "s.\($0)" }.joined(separator: ", "))
    FROM DiaSource d LEFT JOIN SSSource s ON s.diaSourceId = d.diaSourceId
    WHERE d.ssObjectId = ? ORDER BY d.midpointMjdTai, d.diaSourceId
    """

  static let columns: [TableColumn] = {
    let detection = TableColumn.known(table: "DiaSource")
    let source = TableColumn.known(table: "SSSource")
    return ofDetection.map { detection[$0] ?? TableColumn($0, .text) }
      + [TableColumn("obs_id", .text, "Identifier as it came in")]
      + ofSource.map { source[$0] ?? TableColumn($0, .float64) }
  }()
}

import Foundation
import GRDB

/// What a subset of a catalog holds.
public struct CatalogSubset: Sendable {
  public var objects = 0
  public var detections = 0
  /// What was selected for it and is not in it.
  public var losses: [String] = []
}

extension Catalog {
  /// Writes a catalog of its own with the selected objects and all that belongs to them: names,
  /// states, detections, residuals, every orbit that they had, visits, and the past of all of it.
  ///
  /// All from one state of this catalog, with the memory of a row. The file appears when it is
  /// complete.
  ///
  /// - Parameters:
  ///   - selection: of `mpc_orbits` or `SSObject`.
  ///   - destination: a file that is not there yet.
  /// - Throws: ``CatalogError``, also when the file exists; nothing is left behind then.
  public func exportSubset(_ selection: TableSelection, to destination: String) throws
    -> CatalogSubset
  {
    if access(destination, F_OK) == 0 {
      throw CatalogError.database(
        path: destination, action: "export", reason: "the file exists; remove it")
    }
    let temporary = "\(destination).\(getpid()).tmp"
    defer {
      for end in ["", "-wal", "-shm", ".lock"] { unlink(temporary + end) }
    }
    let subset = try SubsetWriter(self, selection).write(to: temporary)
    if rename(temporary, destination) != 0 { throw CatalogError.notWritable(path: destination) }
    return subset
  }
}

/// Copies rows of selected objects, table by table.
struct SubsetWriter {
  private let connection: ExportConnection
  private let asOf: Int?

  /// Chooses the objects.
  init(_ catalog: Catalog, _ selection: TableSelection) throws {
    connection = try ExportConnection(catalog)
    asOf = catalog.asOfRevision
    var wanted = selection
    wanted.order = nil
    let rows = try wanted.query(of: "SELECT * FROM \(selection.table)", isOrdered: false)
    // Prepared first, for what the selection's own SQL has wrong.
    _ = try connection.reader(rows, selection)
    try connection.access { database in
      try database.execute(sql: "CREATE TEMP TABLE chosen (ssObjectId INTEGER PRIMARY KEY)")
      try database.execute(
        sql: "INSERT OR IGNORE INTO temp.chosen SELECT ssObjectId FROM (\(rows))")
    }
  }

  /// Tables in an order that foreign keys allow, and which of their rows belong to the objects.
  private static let tables: [(name: String, condition: String)] = {
    let own = "ssObjectId IN (SELECT ssObjectId FROM temp.chosen)"
    let detections = "(SELECT %@ FROM DiaSource WHERE \(own))"
    func of(_ column: String) -> String {
      "\(column) IN " + detections.replacing("%@", with: column)
    }
    let names = ["SSObject", "orbitSolutions", "mpc_orbits", "SSSource", "DiaSource"]
    return [("revisions", "1")] + names.map { ($0, own) } + [
      ("designations", own), ("objectStates", own),
      ("retiredObjects", "mergedInto IN (SELECT ssObjectId FROM temp.chosen)"),
      ("visits", of("visit")), ("nights", of("night")),
    ]
  }()

  func write(to path: String) throws -> CatalogSubset {
    let target = try Catalog(path: path, access: .readWrite)
    var subset = CatalogSubset()
    let asOf = asOf
    try target.writeRethrowing("writing a subset") { copy in
      // A new catalog has a first revision of its own.
      try copy.execute(sql: "DELETE FROM revisions")
      for (table, condition) in Self.tables {
        let count = try self.copy(table, from: table, condition, to: copy)
        if table == "mpc_orbits" || table == "SSObject" {
          subset.objects = max(subset.objects, count)
        }
        if table == "DiaSource" { subset.detections = count }
        guard Migrations.versioned.contains(where: { $0.0 == table }) else { continue }
        let until = asOf.map { " AND untilRevision <= \($0)" } ?? ""
        _ = try self.copy(
          "\(table)History", from: "main.\(table)History", condition + until, to: copy)
      }
      // The visits' own counts, of what is here.
      try copy.execute(
        sql: """
          UPDATE visits SET nDiaSources =
            (SELECT count(*) FROM DiaSource d WHERE d.visit = visits.visit)
          """)
    }
    try target.close()
    let rest = try connection.access { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM DiaSource") ?? 0
    }
    if rest > subset.detections {
      subset.losses.append(
        "\(rest - subset.detections) detections of no selected object are not in the subset")
    }
    return subset
  }

  /// - Returns: how many rows there were.
  private func copy(
    _ table: String, from source: String, _ condition: String, to copy: Database
  ) throws -> Int {
    let columns = try copy.columns(in: table)
    let names = columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    var insert = try BulkInsert(copy, sql: "INSERT INTO \(table) (\(names)) VALUES (\(marks))")
    return try connection.access { database in
      let rows = try RowReader(database, sql: "SELECT \(names) FROM \(source) WHERE \(condition)")
      var count = 0
      while try rows.next() {
        for (i, column) in columns.enumerated() {
          Self.bind(rows, Int32(i), column.type, to: &insert)
        }
        try insert.run()
        count += 1
      }
      return count
    }
  }

  /// The tables are strict: a column's values are of its type.
  private static func bind(
    _ rows: RowReader, _ i: Int32, _ type: String, to insert: inout BulkInsert
  ) {
    if rows.isNull(i) {
      insert.bindNull()
      return
    }
    switch type {
    case "INTEGER", "INT": insert.bind(rows.integer(i))
    case "REAL": insert.bind(rows.double(i))
    case "BLOB": insert.bind(blob: [UInt8](rows.bytes(i)))
    default: insert.bind(rows.text(i))
    }
  }
}

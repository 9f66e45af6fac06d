import Astro
import Dynamics
public import Exchange

/// Reads the orbits in force batch by batch, all from one state of the catalog, with the memory of
/// one batch.
public actor OrbitCursor {
  /// How many there are, and the longest designation, for formats of fixed width.
  public nonisolated let rowCount: Int
  public nonisolated let designationBytes: Int
  public nonisolated let isASCII: Bool
  private let connection: ExportConnection
  private let reader: RowReader
  private let rowsAtOnce: Int

  init(
    catalog: Catalog, selection: TableSelection, isMeasured: Bool, rowsAtOnce: Int
  ) throws {
    connection = try ExportConnection(catalog)
    reader = try connection.reader(try Self.sql(selection), selection)
    self.rowsAtOnce = rowsAtOnce
    var columns = [TableColumn("designation", .text)]
    if isMeasured {
      var wanted = selection
      wanted.order = nil
      let names = try wanted.query(of: "SELECT * FROM mpc_orbits", isOrdered: false)
      rowCount = try connection.measure(&columns, sql: names, selection)
    } else {
      rowCount = 0
    }
    designationBytes = columns[0].maximumBytes
    isASCII = columns[0].isASCII
  }

  /// The next orbits; nil at the end.
  public func next() throws -> [OrbitRecord]? {
    var records: [OrbitRecord] = []
    records.reserveCapacity(rowsAtOnce)
    try connection.access { _ in
      while records.count < rowsAtOnce, try reader.next() { records.append(try record()) }
    }
    return records.isEmpty ? nil : records
  }

  /// A numbered object goes by its number where the source of its orbit had that, others by their
  /// primary designation.
  private static let columns =
    OrbitSolution.columns.map { column in
      column == "designation"
        ? "CASE WHEN s.designation GLOB '*[^0-9]*' THEN m.designation ELSE s.designation END"
        : "s.\(column)"
    }
    + [
      "s.source", "o.firstObservationMjdTai", "o.firstObservationMjdTai + o.arc",
      "m.normalized_rms", "m.earth_moid",
    ]

  private static func sql(_ selection: TableSelection) throws(CatalogError) -> String {
    // The order is made inside, where names are those of mpc_orbits alone.
    var wanted = selection
    wanted.order = nil
    let rank =
      selection.order.map { ", row_number() OVER (ORDER BY \($0)\n, id) AS exportRank" } ?? ""
    let base = try wanted.query(of: "SELECT * FROM mpc_orbits", isOrdered: false)
    return """
      SELECT \(columns.joined(separator: ", "))
      FROM (SELECT *\(rank) FROM (\(base))) m
      JOIN orbitSolutions s ON s.solutionId = m.solutionId
      LEFT JOIN SSObject o ON o.ssObjectId = m.ssObjectId
      ORDER BY m.\(selection.order == nil ? "id" : "exportRank")
      """
  }

  private func record() throws -> OrbitRecord {
    let r = reader
    let orbit = try r.orbit()
    // After the solution: see ``columns``.
    let next = Int32(OrbitSolution.columns.count)
    return OrbitRecord(
      orbit: orbit, source: r.text(next), firstObservationMjdTai: r.optionalDouble(next + 1),
      lastObservationMjdTai: r.optionalDouble(next + 2), normalizedRms: r.optionalDouble(next + 3),
      earthMoidAU: r.optionalDouble(next + 4))
  }
}

extension Catalog {
  /// A cursor over the orbits in force, or over those that are wanted; the selection's conditions
  /// are on the columns of `mpc_orbits`.
  public func orbitCursor(
    _ selection: TableSelection, isMeasured: Bool, rowsAtOnce: Int = 16_384
  ) throws -> OrbitCursor {
    try OrbitCursor(
      catalog: self, selection: selection, isMeasured: isMeasured, rowsAtOnce: rowsAtOnce)
  }
}

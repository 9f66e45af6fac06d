import Astro
import Astrometry
import Dynamics
public import Exchange

/// Reads observations with their objects' designations and residuals batch by batch, all from one
/// state of the catalog: detections that belong to an object, or that their file gave a designation.
public actor ObservationCursor {
  private let connection: ExportConnection
  private let reader: RowReader
  private let rowsAtOnce: Int

  init(catalog: Catalog, selection: TableSelection, rowsAtOnce: Int) throws {
    connection = try ExportConnection(catalog)
    reader = try connection.reader(try Self.sql(selection), selection)
    self.rowsAtOnce = rowsAtOnce
  }

  /// The next observations; nil at the end.
  public func next() throws -> [ObservationRecord]? {
    var records: [ObservationRecord] = []
    try connection.access { _ in
      while records.count < rowsAtOnce, try reader.next() { records.append(try record()) }
    }
    return records.isEmpty ? nil : records
  }

  private static let columns =
    [
      "diaSourceId", "sourceId", "midpointMjdTai", "ra", "dec", "raErr", "decErr", "ra_dec_Cov",
      "mag", "magErr", "band", "observatory", "visit", "designation", "observerX", "observerY",
      "observerZ",
    ].map { "d.\($0)" } + ["o.designation", "s.ephOffsetRa", "s.ephOffsetDec", isUsed]

  /// Orbits of our own are fitted to all that was their object's when they were made; what was
  /// rejected then was the object's no longer. Others' orbits were fitted to none of ours.
  private static let isUsed = """
    (SELECT q.source = 'ecliptic' AND s.sinceRevision <= (
        SELECT r.revision FROM revisions r WHERE r.firstSolutionId <= q.solutionId
        ORDER BY r.revision DESC LIMIT 1)
      FROM mpc_orbits m JOIN orbitSolutions q ON q.solutionId = m.solutionId
      WHERE m.ssObjectId = d.ssObjectId)
    """

  /// Observatories apart, then objects, then times, unless another order is wanted.
  private static func sql(_ selection: TableSelection) throws -> String {
    var wanted = selection
    wanted.order = nil
    let rows = "SELECT * FROM DiaSource WHERE ssObjectId IS NOT NULL OR designation IS NOT NULL"
    let base = try wanted.query(of: rows, isOrdered: false)
    let order = selection.order ?? "observatory, ssObjectId, designation, midpointMjdTai"
    return """
      SELECT \(columns.joined(separator: ", "))
      FROM (SELECT *, row_number() OVER (ORDER BY \(order)\n, diaSourceId) AS exportRank FROM (\(base))) d
      LEFT JOIN SSObject o ON o.ssObjectId = d.ssObjectId
      LEFT JOIN SSSource s ON s.diaSourceId = d.diaSourceId
      ORDER BY d.exportRank
      """
  }

  private func record() throws -> ObservationRecord {
    let r = reader
    let code = r.text(11)
    guard let observatory = ObservatoryCode(code) else {
      throw CatalogError.badValue(column: "observatory", value: code, kind: "observatory code")
    }
    let detection = Detection(
      diaSourceId: r.integer(0), sourceId: r.optionalText(1),
      midpoint: Epoch<TAI>(mjd: r.double(2)), raDeg: r.double(3), decDeg: r.double(4),
      raErrDeg: r.optionalDouble(5), decErrDeg: r.optionalDouble(6),
      raDecCovDeg2: r.optionalDouble(7), mag: r.optionalDouble(8), magErr: r.optionalDouble(9),
      band: r.optionalText(10), observatory: observatory,
      visit: r.isNull(12) ? nil : r.integer(12), designation: r.optionalText(13),
      observerGeocentricKm: r.isNull(14)
        ? nil : Vector3(r.double(14), r.double(15), r.double(16)))
    var record = ObservationRecord(
      detection: detection, object: r.optionalText(17), residualRaArcsec: r.optionalDouble(18),
      residualDecArcsec: r.optionalDouble(19))
    record.used = r.integer(20) != 0
    return record
  }
}

extension Catalog {
  /// A cursor over observations; the selection's conditions are on the columns of `DiaSource`.
  public func observationCursor(
    _ selection: TableSelection, rowsAtOnce: Int = 16_384
  ) throws -> ObservationCursor {
    try ObservationCursor(catalog: self, selection: selection, rowsAtOnce: rowsAtOnce)
  }
}

import Astro
package import Dynamics
import GRDB

/// Reads the solutions in force batch by batch, in the order of `ssObjectId`, all from one state of
/// the catalog, with the memory of one batch: for what is made of millions of orbits.
package final class SolutionCursor {
  package struct Entry: Sendable {
    package var orbit: CatalogOrbit
    package var solutionId: Int64
  }

  private let connection: ExportConnection
  private let reader: RowReader
  private let rowsAtOnce: Int

  init(_ catalog: Catalog, rowsAtOnce: Int) throws {
    connection = try ExportConnection(catalog)
    let columns = OrbitSolution.columns.map { $0 == "designation" ? "m.designation" : "s.\($0)" }
    reader = try connection.access { database in
      try RowReader(
        database,
        sql: """
          SELECT \(columns.joined(separator: ", ")), m.solutionId
          FROM mpc_orbits m JOIN orbitSolutions s USING (solutionId) ORDER BY m.ssObjectId
          """)
    }
    self.rowsAtOnce = rowsAtOnce
  }

  /// The next solutions; nil at the end.
  package func next() throws -> [Entry]? {
    var entries: [Entry] = []
    entries.reserveCapacity(rowsAtOnce)
    let solutionId = Int32(OrbitSolution.columns.count)
    try connection.access { _ in
      while entries.count < rowsAtOnce, try reader.next() {
        entries.append(
          Entry(orbit: try reader.orbit(), solutionId: reader.integer(solutionId)))
      }
    }
    return entries.isEmpty ? nil : entries
  }
}

extension Catalog {
  /// A cursor over the solutions in force.
  package func solutionCursor(rowsAtOnce: Int = 65_536) throws -> SolutionCursor {
    try SolutionCursor(self, rowsAtOnce: rowsAtOnce)
  }
}

extension RowReader {
  /// The orbit of a row that begins with ``OrbitSolution/columns``.
  func orbit() throws -> CatalogOrbit {
    let state = StateVector(
      position: Vector3(double(4), double(5), double(6)),
      velocity: Vector3(double(7), double(8), double(9)))
    let origin = text(3)
    guard let origin = Origin(rawValue: origin) else {
      throw CatalogError.badValue(column: "origin", value: origin, kind: "SUN or SSB")
    }
    let information = isNull(10) ? nil : OrbitSolution.numbers([UInt8](bytes(10)))
    let acceleration = optionalDouble(13)
    let quality = CatalogOrbit.Quality(
      rmsArcsec: optionalDouble(16), observationCount: optionalInteger(19),
      observationsUsed: optionalInteger(20), oppositionCount: optionalInteger(21),
      arcDays: optionalDouble(22), converged: optionalFlag(23),
      determined: optionalFlag(24), uncertaintyParameter: optionalInteger(25),
      observedUntilMjdTai: optionalDouble(30))
    var orbit = CatalogOrbit(
      designation: text(1), ssObjectId: integer(0),
      orbit: Orbit(epoch: Epoch<TDB>(mjd: double(2)), state: state, origin: origin),
      covariance: information.flatMap {
        $0.count == 36 ? OrbitCovariance(squareRootInformation: $0) : nil
      }, absoluteMagnitude: optionalDouble(11), slope: optionalDouble(12),
      nonGravitational: acceleration.map {
        Vector3($0, optionalDouble(14) ?? 0, optionalDouble(15) ?? 0)
      }, quality: quality)
    orbit.photometry = optionalText(28).flatMap(OrbitLaws.photometry)
    orbit.nonGravitationalLaw = optionalText(29).flatMap(OrbitLaws.nonGravitational)
    return orbit
  }
}

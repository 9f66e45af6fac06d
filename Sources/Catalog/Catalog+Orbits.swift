import Astro
public import Dynamics
import Foundation
import GRDB

extension Catalog {
  /// The number of an object by its name: Rubin's for an MPC designation, ours for our own
  /// designations and for other names.
  public static func ssObjectId(forDesignation name: String) -> Int64 {
    Designation(name)?.ssObjectId ?? OwnDesignation(name)?.ssObjectId
      ?? OwnDesignation.ssObjectId(forName: name)
  }

  /// What an orbit's names brought to light.
  static func take(
    _ object: Identification.Found, _ database: Database, revision: Int
  ) throws {
    guard !object.absorbed.isEmpty, let name = object.designation else { return }
    for other in object.absorbed {
      try absorb(database, other, into: object.id, designation: name, revision: revision)
    }
    try giveName(database, object.id, name, revision: revision)
  }

  /// The orbits in force, in the order of `ssObjectId`.
  ///
  /// - Parameter condition: an SQL expression on the columns of `mpc_orbits`, e.g. `q < 1.3`.
  public func orbits(where condition: String? = nil) throws(CatalogError) -> [CatalogOrbit] {
    // Each by itself: with what else a solution has, a million take twice the memory.
    try solutions(
      condition.map { "WHERE m.id IN (SELECT id FROM mpc_orbits WHERE (\($0)\n))" }, \.orbit)
  }

  /// What is made of each solution in force, in the order of `ssObjectId`: of millions, both at
  /// once would take twice the memory.
  package func solutionsInForce<Part>(
    _ part: (OrbitSolution) -> Part
  ) throws(CatalogError) -> [Part] {
    try solutions(nil, part)
  }

  /// What changes whenever orbits are imported: for telling whether a run would find anything new.
  package func importDigest() throws(CatalogError) -> String {
    try read("reading imported files") { database in
      var digest = ContentDigest()
      let rows = try Row.fetchCursor(
        database,
        sql: "SELECT file, contentDigest FROM ingestedFiles WHERE kind = 'orbits' ORDER BY 1, 2")
      while let row = try rows.next() {
        digest.add(row[0] as String)
        digest.add(row[1] as String)
      }
      return digest.text
    }
  }

  /// The solutions in force of some objects, by `ssObjectId`.
  package func solutions(
    ofObjects ids: [Int64]
  ) throws(CatalogError) -> [Int64: OrbitSolution] {
    var found: [OrbitSolution] = []
    for start in stride(from: 0, to: ids.count, by: Self.idsAtOnce) {
      let list = ids[start..<min(ids.count, start + Self.idsAtOnce)].map(String.init)
      found += try solutions("WHERE m.ssObjectId IN (\(list.joined(separator: ",")))") { $0 }
    }
    return Dictionary(
      found.map { ($0.orbit.ssObjectId ?? 0, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Solutions by their own numbers, in force or not.
  package func solutions(numbered ids: [Int64]) throws(CatalogError) -> [Int64: OrbitSolution] {
    try read("reading orbits") { database in
      let statement = try database.makeStatement(
        sql: """
          SELECT \(OrbitSolution.columns.map { "s.\($0)" }.joined(separator: ", ")), s.source,
            s.designation, s.solutionId
          FROM orbitSolutions s WHERE s.solutionId = ?
          """)
      var found: [Int64: OrbitSolution] = [:]
      for id in Set(ids) {
        found[id] = try Row.fetchOne(statement, arguments: [id]).map(Self.solution)
      }
      return found
    }
  }

  /// What ``solution(_:)`` reads: a solution, its source, and the object's primary designation.
  private static let solutionQuery = """
    SELECT \(OrbitSolution.columns.map { "s.\($0)" }.joined(separator: ", ")), s.source,
      m.designation, s.solutionId
    FROM mpc_orbits m JOIN orbitSolutions s USING (solutionId)
    """

  private func solutions<Part>(
    _ condition: String?, _ part: (OrbitSolution) -> Part
  ) throws(CatalogError) -> [Part] {
    let sql = """
      \(Self.solutionQuery)
      \(condition ?? "") ORDER BY m.ssObjectId
      """
    return try read("reading orbits") { database in
      let rows: RowCursor
      do {
        rows = try Row.fetchCursor(database, sql: sql)
      } catch let error as DatabaseError {
        throw CatalogError.badQuery(
          sql: condition ?? "", reason: error.message ?? "\(error.resultCode)")
      }
      var found: [Part] = []
      if condition == nil {
        // Arrays that grow by themselves take up to twice of what they need.
        found.reserveCapacity(
          try Int.fetchOne(database, sql: "SELECT count(*) FROM mpc_orbits") ?? 0)
      }
      while let row = try rows.next() { found.append(part(try Self.solution(row))) }
      return found
    }
  }

  /// The solution in force of one object.
  static func solution(_ database: Database, ofObject id: Int64) throws -> OrbitSolution? {
    let statement = try database.cachedStatement(
      sql: "\(solutionQuery) WHERE m.ssObjectId = ?")
    return try Row.fetchOne(statement, arguments: [id]).map(solution)
  }

  private static func solution(_ row: Row) throws -> OrbitSolution {
    let origin: String = row[3]
    let state = StateVector(
      position: Vector3(row[4], row[5], row[6]), velocity: Vector3(row[7], row[8], row[9]))
    let blob: Data? = row[10]
    let information = blob.map { OrbitSolution.numbers([UInt8]($0)) }
    let acceleration: Double? = row[13]
    let quality = CatalogOrbit.Quality(
      rmsArcsec: row[16], observationCount: row[19], observationsUsed: row[20],
      oppositionCount: row[21], arcDays: row[22], converged: row[23], determined: row[24],
      uncertaintyParameter: row[25], observedUntilMjdTai: row[30])
    let next = OrbitSolution.columns.count
    var orbit = CatalogOrbit(
      designation: row[next + 1], ssObjectId: row[0],
      orbit: Orbit(
        epoch: Epoch<TDB>(mjd: row[2]), state: state, origin: Origin(rawValue: origin) ?? .sun),
      covariance: information.flatMap {
        $0.count == 36 ? OrbitCovariance(squareRootInformation: $0) : nil
      }, absoluteMagnitude: row[11], slope: row[12],
      nonGravitational: acceleration.map { Vector3($0, row[14] ?? 0, row[15] ?? 0) },
      quality: quality)
    let laws: (brightness: String?, nonGravitational: String?) = (row[28], row[29])
    orbit.photometry = laws.brightness.flatMap(OrbitLaws.photometry)
    orbit.nonGravitationalLaw = laws.nonGravitational.flatMap(OrbitLaws.nonGravitational)
    var solution = OrbitSolution(
      orbit: orbit, source: row[next], chiSquare: row[17], degreesOfFreedom: row[18],
      remark: row[26], priorSolutionId: row[27])
    solution.solutionId = row[next + 2]
    return solution
  }
}

import Dynamics
import Foundation
import GRDB

/// A solution on its way into the catalog with its row of `mpc_orbits` worked out: on any core,
/// before the transaction comes to it.
struct PreparedOrbit: Sendable {
  let id: Int64
  let solution: OrbitSolution
  let row: MPCOrbitRow

  init(_ solution: OrbitSolution, id: Int64) {
    self.id = id
    self.solution = solution
    row = MPCOrbitRow(solution)
  }
}

/// The prepared statements that store a solution and put it in force.
struct SolutionWriter: ~Copyable {
  enum Outcome { case added, alreadyThere, keptOwn }

  private var current: BulkInsert
  private var same: BulkInsert
  private var isKept: BulkInsert
  private let database: Database
  private var insert: BulkInsert
  private var upsert: BulkInsert
  /// No object with a greater identifier has an orbit: an ascending file needs no look-ups.
  private var greatestId: Int64
  /// Solutions that were new to the catalog.
  private(set) var stored = 0
  private let now = Date.now.formatted(.iso8601)

  static let currentQuery = "SELECT solutionId FROM mpc_orbits WHERE ssObjectId = ?"

  static let sameQuery = """
    SELECT solutionId FROM orbitSolutions WHERE
    \(OrbitSolution.columns.enumerated().map { "\($1) IS ?\($0 + 1)" }.joined(separator: " AND "))
    """

  /// Whether a solution is ours and stays beside an import of arc ?2 [d] and ?3 observations; ?4
  /// is 1 to keep it in any case.
  private static let isKeptQuery = """
    SELECT 1 FROM orbitSolutions WHERE solutionId = ?1 AND source = '\(OrbitSolution.ownSource)'
      AND (?4 OR (converged IS 1 AND determined IS 1 AND (ifnull(arcDays, 0) > ?2 + 1
        OR (abs(ifnull(arcDays, 0) - ?2) <= 1 AND ifnull(nObsUsed, ifnull(nObs, 0)) >= ?3))))
    """

  init(_ database: Database, revision: Int) throws {
    let columns = OrbitSolution.columns
    let current = try BulkInsert(database, sql: Self.currentQuery)
    let same = try BulkInsert(database, sql: Self.sameQuery)
    let isKept = try BulkInsert(database, sql: Self.isKeptQuery)
    let insert = try BulkInsert(
      database,
      sql: """
        INSERT INTO orbitSolutions (\(columns.joined(separator: ", ")), source)
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")), ?)
        """)
    let upsert = try BulkInsert(database, sql: MPCOrbitColumns.upsert(revision: revision))
    greatestId = try Int64.fetchOne(database, sql: "SELECT max(ssObjectId) FROM mpc_orbits") ?? .min
    self.database = database
    self.current = current
    self.same = same
    self.isKept = isKept
    self.insert = insert
    self.upsert = upsert
  }

  /// Stores a solution and puts it in force, whatever is in force.
  ///
  /// - Parameter designation: the object's; nil: the one that it has.
  mutating func write(
    _ solution: OrbitSolution, id: Int64, designation: String?
  ) throws -> Outcome {
    try write(
      PreparedOrbit(solution, id: id), id: id, designation: designation, overOwn: .replace)
  }

  /// Stores a solution; puts it in force unless it is there already or the policy is against it.
  mutating func write(
    _ orbit: PreparedOrbit, id: Int64, designation: String?, overOwn policy: ImportPolicy
  ) throws -> Outcome {
    let solution = orbit.solution
    var known: Int64?
    var isKept = false
    if id <= greatestId {
      current.bind(id)
      if let inForce = try current.firstInteger() {
        solution.bind(to: &same, id: id)
        known = try same.firstInteger()
        if known == inForce { return .alreadyThere }
        isKept = try keeps(inForce, over: solution, policy)
      }
    } else {
      greatestId = id
    }
    if known == nil {
      solution.bind(to: &insert, id: id)
      insert.bind(solution.source)
      try insert.run()
      stored += 1
    }
    if isKept { return .keptOwn }
    orbit.row.bind(
      solution, id: id, designation: try designation ?? self.designation(of: id),
      solutionId: known ?? insert.insertedKey, now: now, to: &upsert)
    try upsert.run()
    return .added
  }

  private func designation(of id: Int64) throws -> String? {
    try String.fetchOne(
      database, sql: "SELECT designation FROM mpc_orbits WHERE ssObjectId = ?", arguments: [id])
  }

  private mutating func keeps(
    _ inForce: Int64, over solution: OrbitSolution, _ policy: ImportPolicy
  ) throws -> Bool {
    if policy == .replace { return false }
    let quality = solution.orbit.quality
    // Files that say no arc of objects of several oppositions: there is a year between two.
    let arcDays =
      quality.arcDays ?? quality.oppositionCount.map { 365.25 * Double(max(0, $0 - 1)) } ?? 0
    isKept.bind(inForce)
    isKept.bind(arcDays)
    isKept.bind(quality.observationsUsed ?? quality.observationCount ?? 0)
    isKept.bind(policy == .keep)
    return try isKept.exists()
  }
}

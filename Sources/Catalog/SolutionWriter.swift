import Dynamics
import Foundation
import GRDB

/// A solution on its way into the catalog with its row of `mpc_orbits` worked out: on any core,
/// before the transaction comes to it.
///
/// A class, as it is handed on many times and has a dozen parts.
final class PreparedOrbit: Sendable {
  let id: Int64
  let solution: OrbitSolution
  let row: MPCOrbitRow
  /// Its designation and the others that came with it; empty when none did.
  let names: [Identification.Name]
  let isPlain: Bool

  init(_ solution: OrbitSolution, id: Int64) {
    self.id = id
    self.solution = solution
    isPlain = solution.isPlain
    let others = solution.orbit.otherNames
    let names =
      others.isEmpty
      ? [] : ([solution.orbit.designation] + others).map { Identification.Name($0) }
    self.names = names
    row = MPCOrbitRow(solution, name: Identification.Name.primary(names)?.text)
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
  private var insertGroup: BulkInsert
  private var rowGroup: BulkInsert
  /// The same for orbits that have the columns of a list of elements.
  private var plainGroup: BulkInsert
  private var plainRowGroup: BulkInsert
  private var greatestSolution: BulkInsert
  /// Of those orbits.
  private let source: String
  private var index = DeferredIndex("orbitSolutionsBySSObject")
  /// No object with a greater identifier has an orbit: an ascending file needs no look-ups.
  private var greatestId: Int64
  /// Orbits of objects that have none, to be written together; and those objects.
  private var pending: [(orbit: PreparedOrbit, designation: String?)] = []
  private(set) var pendingIds: [Int64] = []
  /// Solutions that were new to the catalog.
  private(set) var stored = 0
  private let now: String

  /// Solutions that go in with one statement, in half the time of one by one.
  private static let groupSize = 32

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

  /// - Parameter source: of an import's orbits.
  init(
    _ database: Database, revision: Int, source: String = OrbitSolution.ownSource
  ) throws {
    let columns = OrbitSolution.columns
    let now = Date.now.formatted(.iso8601)
    let current = try BulkInsert(database, sql: Self.currentQuery)
    let same = try BulkInsert(database, sql: Self.sameQuery)
    let isKept = try BulkInsert(database, sql: Self.isKeptQuery)
    let insert = try BulkInsert(database, sql: Self.insertion(columns + ["source"], rows: 1))
    let insertGroup = try BulkInsert(
      database, sql: Self.insertion(["solutionId"] + columns + ["source"], rows: Self.groupSize))
    let upsert = try BulkInsert(database, sql: MPCOrbitColumns.upsert(revision: revision))
    let rowGroup = try BulkInsert(
      database, sql: MPCOrbitColumns.insert(revision: revision, rows: Self.groupSize))
    let plainGroup = try BulkInsert(
      database,
      sql: Self.insertion(
        ["solutionId"] + OrbitSolution.plainColumns, rows: Self.groupSize,
        also: [("origin", "SUN"), ("source", source)]))
    let plainRowGroup = try BulkInsert(
      database,
      sql: MPCOrbitColumns.insertPlain(revision: revision, rows: Self.groupSize, now: now))
    let greatestSolution = try BulkInsert(
      database, sql: "SELECT max(solutionId) FROM orbitSolutions")
    greatestId = try Int64.fetchOne(database, sql: "SELECT max(ssObjectId) FROM mpc_orbits") ?? .min
    self.database = database
    self.now = now
    self.current = current
    self.same = same
    self.isKept = isKept
    self.insert = insert
    self.upsert = upsert
    self.insertGroup = insertGroup
    self.rowGroup = rowGroup
    self.plainGroup = plainGroup
    self.plainRowGroup = plainRowGroup
    self.greatestSolution = greatestSolution
    self.source = source
  }

  /// - Parameter also: columns with the same text in all rows.
  private static func insertion(
    _ columns: [String], rows: Int, also: [(column: String, text: String)] = []
  ) -> String {
    let values =
      columns.map { _ in "?" } + also.map { "'\($0.text.replacing("'", with: "''"))'" }
    let row = "(\(values.joined(separator: ", ")))"
    return """
      INSERT INTO orbitSolutions (\((columns + also.map(\.column)).joined(separator: ", ")))
      VALUES \([String](repeating: row, count: rows).joined(separator: ", "))
      """
  }

  /// Stores a solution and puts it in force, whatever is in force.
  ///
  /// - Parameter designation: the object's; nil: the one that it has.
  mutating func write(
    _ solution: OrbitSolution, id: Int64, designation: String?
  ) throws -> Outcome {
    let outcome = try write(
      PreparedOrbit(solution, id: id), id: id, designation: designation, overOwn: .replace)
    try flush()
    return outcome
  }

  /// Stores a solution; puts it in force unless it is there already or the policy is against it.
  /// What is new may wait until others come with it, or until ``flush()``.
  mutating func write(
    _ orbit: PreparedOrbit, id: Int64, designation: String?, overOwn policy: ImportPolicy
  ) throws -> Outcome {
    if id > greatestId {
      greatestId = id
    } else {
      if pendingIds.contains(id) { try flush() }
      current.bind(id)
      if let inForce = try current.firstInteger() {
        return try replace(inForce, by: orbit, id: id, designation: designation, policy)
      }
    }
    pending.append((orbit, designation))
    pendingIds.append(id)
    if pending.count == Self.groupSize { try flush() }
    return .added
  }

  private mutating func replace(
    _ inForce: Int64, by orbit: PreparedOrbit, id: Int64, designation: String?,
    _ policy: ImportPolicy
  ) throws -> Outcome {
    let solution = orbit.solution
    try index.make(database)
    solution.bind(to: &same, id: id)
    let known = try same.firstInteger()
    if known == inForce { return .alreadyThere }
    let isKept = try keeps(inForce, over: solution, policy)
    if known == nil { try store(solution, id: id) }
    if isKept { return .keptOwn }
    orbit.row.bind(
      solution, id: id, designation: try designation ?? self.designation(of: id),
      solutionId: known ?? insert.insertedKey, now: now, to: &upsert)
    try upsert.run()
    return .added
  }

  private mutating func store(_ solution: OrbitSolution, id: Int64) throws {
    solution.bind(to: &insert, id: id)
    insert.bind(solution.source)
    try insert.run()
    stored += 1
  }

  /// Writes what waits.
  mutating func flush() throws {
    let orbits = pending
    let ids = pendingIds
    pending.removeAll(keepingCapacity: true)
    pendingIds.removeAll(keepingCapacity: true)
    if orbits.count == Self.groupSize { return try writeGroup(orbits, ids) }
    for ((orbit, designation), id) in zip(orbits, ids) {
      try store(orbit.solution, id: id)
      orbit.row.bind(
        orbit.solution, id: id, designation: designation, solutionId: insert.insertedKey, now: now,
        to: &upsert)
      try upsert.run()
    }
  }

  private mutating func writeGroup(
    _ orbits: [(orbit: PreparedOrbit, designation: String?)], _ ids: [Int64]
  ) throws {
    let first = try 1 + (greatestSolution.firstInteger() ?? 0)
    let source = source
    if orbits.allSatisfy({ $0.orbit.isPlain && $0.orbit.solution.source == source }) {
      return try writePlainGroup(orbits, ids, first)
    }
    for (number, (orbit, _)) in orbits.enumerated() {
      insertGroup.bind(first + Int64(number))
      orbit.solution.bind(to: &insertGroup, id: ids[number])
      insertGroup.bind(orbit.solution.source)
    }
    try insertGroup.run()
    for (number, (orbit, designation)) in orbits.enumerated() {
      orbit.row.bind(
        orbit.solution, id: ids[number], designation: designation,
        solutionId: first + Int64(number), now: now, to: &rowGroup)
    }
    try rowGroup.run()
    stored += orbits.count
  }

  private mutating func writePlainGroup(
    _ orbits: [(orbit: PreparedOrbit, designation: String?)], _ ids: [Int64], _ first: Int64
  ) throws {
    for (number, (orbit, designation)) in orbits.enumerated() {
      let (id, solutionId) = (ids[number], first + Int64(number))
      plainGroup.bind(solutionId)
      orbit.solution.bindPlain(to: &plainGroup, id: id)
      orbit.row.bindPlain(
        orbit.solution, id: id, designation: designation, solutionId: solutionId,
        to: &plainRowGroup)
    }
    try plainGroup.run()
    try plainRowGroup.run()
    stored += orbits.count
  }

  /// Before orbits come into a catalog that has none: what they need no index for goes in faster.
  mutating func beginEmpty() throws {
    if greatestId == .min { try index.drop(database) }
  }

  /// Writes what waits; all that is in the tables can be found again.
  mutating func finish() throws {
    try flush()
    try index.make(database)
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
    guard try isKept.exists() else { return false }
    return try policy == .keep || !saysMore(solution, than: inForce)
  }

  /// Whether an orbit has more information in it than one that came from elsewhere and that we
  /// improved: the product of what each says of all six unknowns is the same at any epoch, as motion
  /// keeps volumes (Liouville). Arcs and counts alone can't tell, where many files have neither.
  private func saysMore(_ solution: OrbitSolution, than inForce: Int64) throws -> Bool {
    guard let new = solution.orbit.covariance else { return false }
    let blob = try Data.fetchOne(
      database,
      sql: """
        SELECT squareRootInformation FROM orbitSolutions
        WHERE solutionId = ? AND priorSolutionId IS NOT NULL
        """, arguments: [inForce])
    let old = blob.map { OrbitSolution.numbers([UInt8]($0)) } ?? []
    guard old.count == 36 else { return false }
    func size(_ r: [Double]) -> Double { (0..<6).reduce(0) { $0 + log(abs(r[7 * $1])) } }
    return size(new.squareRootInformation) > size(old)
  }
}

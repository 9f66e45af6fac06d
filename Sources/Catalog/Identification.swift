import Dynamics
import GRDB

/// Says whose an orbit is, by all the names that come with it, and keeps what the names say.
///
/// An object's number (`ssObjectId`) is Rubin's: the packed form of its primary provisional
/// designation. A name whose own number is another (the permanent number, a secondary designation,
/// a name of ours) stands in `designations`. When a source says that two names are one object, and
/// both have rows, the one whose number is the primary designation's takes the other in, whose
/// number stays known in `retiredObjects`.
struct Identification: ~Copyable {
  /// Who an orbit belongs to.
  struct Found {
    var id: Int64
    /// The primary designation; nil: the one that the catalog has.
    var designation: String?
    /// Objects that are this one, as it turns out.
    var absorbed: [Int64] = []
  }

  private let database: Database
  private let source: String
  private let revision: Int
  private var owner: BulkInsert
  private var object: BulkInsert
  private var orbit: BulkInsert
  private var write: BulkInsert
  private var isEmpty: Bool
  /// While nothing is in the catalog but what came by this.
  private var fresh: FreshNames?
  private(set) var changes = 0

  /// - Parameter isImport: every object that is found gets an orbit.
  init(_ database: Database, source: String, revision: Int, isImport: Bool = false) throws {
    let owner = try BulkInsert(
      database, sql: "SELECT ssObjectId FROM designations WHERE nameId = ?")
    let object = try BulkInsert(database, sql: "SELECT 1 FROM SSObject WHERE ssObjectId = ?")
    let orbit = try BulkInsert(database, sql: "SELECT 1 FROM mpc_orbits WHERE ssObjectId = ?")
    let write = try BulkInsert(database, sql: Self.upsert(revision: revision))
    let isEmpty =
      try Bool.fetchOne(database, sql: "SELECT NOT EXISTS (SELECT 1 FROM designations)")
      ?? true
    let fresh =
      isImport && isEmpty
      ? try FreshNames(database, source: source, revision: revision) : nil
    self.isEmpty = isEmpty
    self.fresh = fresh
    self.database = database
    self.source = source
    self.revision = revision
    self.owner = owner
    self.object = object
    self.orbit = orbit
    self.write = write
  }

  /// Whose an orbit is that comes with one name.
  ///
  /// - Parameter own: the number of that name, or the one that the source itself gives the object.
  mutating func find(_ name: String, id own: Int64) throws -> Found {
    if let found = fresh?.find(name, id: own) { return found }
    guard !isEmpty, let other = try owner(of: own) else {
      return Found(id: own, designation: name)
    }
    return Found(id: other)
  }

  /// Whose all of some names are; nil when there are none.
  mutating func find(_ names: [String]) throws -> Found? {
    guard let first = names.first else { return nil }
    return names.count == 1
      ? try find(first, id: Catalog.ssObjectId(forDesignation: first))
      : try find(names.map { Name($0) }, pending: [])
  }

  /// Whose an orbit is that comes with several names.
  ///
  /// - Parameters:
  ///   - names: the one that the source gives first, and all others; one at least.
  ///   - pending: objects whose orbits wait to be written.
  mutating func find(_ names: [Name], pending: [Int64]) throws -> Found {
    if let found = try fresh?.find(names) { return found }
    try flush()
    fresh = nil
    let primary = Name.primary(names) ?? names[0]
    var found = Found(id: primary.id, designation: primary.text)
    try claim(primary.id, names, pending, &found)
    for name in names where name.id != primary.id {
      let known = isEmpty ? nil : try owner(of: name.id)
      if known == primary.id { continue }
      if try exists(name.id, pending), !found.absorbed.contains(name.id) {
        found.absorbed.append(name.id)
      }
      try add(name, to: primary.id)
    }
    return found
  }

  /// Writes names that wait.
  mutating func flush() throws {
    guard fresh != nil else { return }
    let written = try fresh?.flush(one: &write) ?? 0
    changes += written
    if written > 0 { isEmpty = false }
  }

  /// The primary designation's number is an object's own again, also when it was a part of another
  /// one before: then that one, if the source names it too, is a part of this.
  private mutating func claim(
    _ id: Int64, _ names: [Name], _ pending: [Int64], _ found: inout Found
  ) throws {
    guard !isEmpty, let other = try owner(of: id) else { return }
    try database.execute(sql: "DELETE FROM designations WHERE nameId = ?", arguments: [id])
    try database.execute(sql: "DELETE FROM retiredObjects WHERE ssObjectId = ?", arguments: [id])
    changes += 1
    if names.contains(where: { $0.id == other }), try exists(other, pending) {
      found.absorbed.append(other)
    }
  }

  private mutating func owner(of id: Int64) throws -> Int64? {
    owner.bind(id)
    return try owner.firstInteger()
  }

  private mutating func exists(_ id: Int64, _ pending: [Int64]) throws -> Bool {
    if pending.contains(id) { return true }
    orbit.bind(id)
    if try orbit.exists() { return true }
    object.bind(id)
    return try object.exists()
  }

  private mutating func add(_ name: Name, to id: Int64) throws {
    name.bind(to: &write, id: id, source: source)
    try write.run()
    isEmpty = false
    changes += 1
  }

  static func upsert(revision: Int) -> String {
    """
    INSERT INTO designations (nameId, name, packed, kind, ssObjectId, source, sinceRevision)
    VALUES (?, ?, ?, ?, ?, ?, \(revision))
    ON CONFLICT (nameId) DO UPDATE SET ssObjectId = excluded.ssObjectId, name = excluded.name,
      packed = excluded.packed, kind = excluded.kind, source = excluded.source,
      sinceRevision = \(revision)
    WHERE designations.ssObjectId <> excluded.ssObjectId
    """
  }

  /// A name and the number that it alone would give an object.
  struct Name: Sendable {
    var id: Int64
    var text: String
    var packed: String?
    var kind: String
    var isNumber = false

    /// The one that an object goes by; nil when there is none.
    static func primary(_ names: [Name]) -> Name? { names.first { !$0.isNumber } ?? names.first }

    init(_ text: String) {
      id = Catalog.ssObjectId(forDesignation: text)
      self.text = text
      let designation = Designation(text)
      packed = designation?.packed
      if let designation { self.text = designation.description }
      switch designation {
      case .number:
        kind = "number"
        isNumber = true
      case .provisional, .survey: kind = "provisional"
      case .numberedComet:
        kind = "comet"
        isNumber = true
      case .comet: kind = "comet"
      case .satellite:
        kind = "satellite"
        isNumber = true
      case .provisionalSatellite: kind = "satellite"
      case nil: kind = OwnDesignation(text) == nil ? "name" : "own"
      }
    }

    func bind(to statement: inout BulkInsert, id object: Int64, source: String) {
      statement.bind(id)
      statement.bind(text)
      statement.bind(packed)
      statement.bind(kind)
      statement.bind(object)
      statement.bind(source)
    }
  }
}

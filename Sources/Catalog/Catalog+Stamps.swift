public import Dynamics
public import Foundation
import GRDB

/// Which solution of an object is in force.
public struct SolutionStamp: Sendable, Hashable {
  public var ssObjectId: Int64
  public var solutionId: Int64
}

extension Catalog {
  /// The solutions in force, by ascending `ssObjectId`: what caches of orbits compare with.
  public func solutionStamps() throws(CatalogError) -> [SolutionStamp] {
    try read("reading the solutions in force") { database in
      let rows = try Row.fetchCursor(
        database, sql: "SELECT ssObjectId, solutionId FROM mpc_orbits ORDER BY ssObjectId")
      var stamps: [SolutionStamp] = []
      while let row = try rows.next() {
        stamps.append(SolutionStamp(ssObjectId: row[0], solutionId: row[1]))
      }
      return stamps
    }
  }

  /// Number of orbits in force.
  public func orbitCount() throws(CatalogError) -> Int {
    try read("counting orbits") { database in
      try Int.fetchOne(database, sql: "SELECT count(*) FROM mpc_orbits") ?? 0
    }
  }

  /// The orbits in force of some objects, by `ssObjectId`.
  public func orbits(ofObjects ids: [Int64]) throws(CatalogError) -> [Int64: CatalogOrbit] {
    var found: [Int64: CatalogOrbit] = [:]
    // A statement's text is bounded: 1 MB.
    for start in stride(from: 0, to: ids.count, by: 10_000) {
      let part = Array(ids[start..<min(ids.count, start + 10_000)])
      for (id, solution) in try solutions(ofObjects: part) { found[id] = solution.orbit }
    }
    return found
  }

  /// The names of some objects that have orbits, by `ssObjectId`.
  public func designations(ofObjects ids: [Int64]) throws(CatalogError) -> [Int64: String] {
    try read("reading names") { database in
      let statement = try database.makeStatement(
        sql: "SELECT designation FROM mpc_orbits WHERE ssObjectId = ?")
      var names: [Int64: String] = [:]
      for id in ids { names[id] = try String.fetchOne(statement, arguments: [id]) }
      return names
    }
  }

  /// When the catalog's file last changed; nil when it can't be asked. Changes that other
  /// programs still hold in the journal beside it count.
  public var lastChange: Date? {
    let file = Self.status(path).map { Self.date($0.st_ctim) }
    // SQLite touches the journal whenever it opens it: only what is written there is a change.
    let journal = Self.status(path + "-wal").flatMap {
      $0.st_size > 0 ? Self.date($0.st_mtim) : nil
    }
    return [file, journal].compactMap(\.self).max()
  }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  private static func date(_ time: timespec) -> Date {
    Date(timeIntervalSince1970: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
  }
}

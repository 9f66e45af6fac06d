import Astro
public import Dynamics
import Foundation
import GRDB

/// A linkage that waits for its fit.
public struct PendingLinkage: Sendable, Hashable {
  public var diaSourceIds: [Int64]
  /// About the Sun; nil where linking had none.
  public var start: Orbit?

  public init(diaSourceIds: [Int64], start: Orbit?) {
    self.diaSourceIds = diaSourceIds
    self.start = start
  }
}

extension Catalog {
  /// Keeps what a run's linking found, and notes the stage, in one transaction.
  public func keep(
    _ linkages: [PendingLinkage], stage: StageRecord, runId: Int
  ) throws(CatalogError) {
    try write("keeping linkages") { database in
      try database.execute(sql: "DELETE FROM pendingLinkages")
      var insert = try BulkInsert(
        database, sql: "INSERT INTO pendingLinkages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      for (index, linkage) in linkages.enumerated() {
        insert.bind(runId)
        insert.bind(index)
        insert.bind(linkage.start?.epoch.mjd)
        let (position, velocity) = (linkage.start?.state.position, linkage.start?.state.velocity)
        for value in [position?.x, position?.y, position?.z] { insert.bind(value) }
        for value in [velocity?.x, velocity?.y, velocity?.z] { insert.bind(value) }
        insert.bind(blob: Self.bytes(linkage.diaSourceIds))
        try insert.run()
      }
      try Self.record(stage, runId, database)
    }
  }

  /// What a run's linking found, in its order.
  public func pendingLinkages(ofRun runId: Int) throws(CatalogError) -> [PendingLinkage] {
    try read("reading linkages") { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT epochMjdTdb, x, y, z, vx, vy, vz, members FROM pendingLinkages
          WHERE runId = ? ORDER BY linkage
          """, arguments: [runId])
      var found: [PendingLinkage] = []
      while let row = try rows.next() {
        let epoch: Double? = row[0]
        let members: Data = row[7]
        found.append(
          PendingLinkage(
            diaSourceIds: Self.identifiers([UInt8](members)),
            start: epoch.map {
              Orbit(
                epoch: Epoch<TDB>(mjd: $0),
                state: StateVector(
                  position: Vector3(row[1], row[2], row[3]),
                  velocity: Vector3(row[4], row[5], row[6])), origin: .sun)
            }))
      }
      return found
    }
  }

  /// 64 bits each, little-endian.
  private static func bytes(_ identifiers: [Int64]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * identifiers.count)
    for id in identifiers {
      for shift in stride(from: Int64(0), to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: id >> shift))
      }
    }
    return bytes
  }

  private static func identifiers(_ bytes: [UInt8]) -> [Int64] {
    var identifiers: [Int64] = []
    for start in stride(from: 0, to: bytes.count - 7, by: 8) {
      var id: Int64 = 0
      for index in 0..<8 { id |= Int64(bytes[start + index]) << Int64(8 * index) }
      identifiers.append(id)
    }
    return identifiers
  }
}

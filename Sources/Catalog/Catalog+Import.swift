import Astro
public import Astrometry
import Dispatch
public import Dynamics
import GRDB

/// When an orbit that comes from elsewhere takes the place of one that we fitted ourselves.
public enum ImportPolicy: String, Sendable, CaseIterable {
  /// When it is the better one: ours is not determined or did not converge, or the other has the
  /// longer arc, or more observations over an arc as long.
  case better
  /// Never.
  case keep
  /// Always.
  case replace
}

/// A part of a file of orbits on its way into the catalog, with all that can be computed before.
public struct ImportBatch: Sendable {
  var orbits: [PreparedOrbit]
  /// What readers and checks refused.
  var bad: [QuarantinedRecord]

  /// - Parameter source: the file that they are from.
  public init(_ orbits: [CatalogOrbit], source: String, bad: [QuarantinedRecord] = []) {
    self.orbits = orbits.map { orbit in
      PreparedOrbit(
        OrbitSolution(orbit: orbit, source: source),
        id: orbit.ssObjectId ?? Catalog.ssObjectId(forDesignation: orbit.designation))
    }
    self.bad = bad
  }
}

extension Catalog {
  /// Adds a file's orbits, all in one transaction, and makes them the ones in force. Idempotent:
  /// an orbit that is in force with the same content is counted and left. Every solution that an
  /// object ever had is kept in `orbitSolutions`, also one that came and was not put in force
  /// because our own is better.
  ///
  /// - Parameters:
  ///   - file: its path; `-` for standard input.
  ///   - next: the next part of the file, nil at its end. What it throws undoes the whole file.
  public func importOrbits(
    file: String, policy: ImportPolicy = .better, _ next: () throws -> ImportBatch?
  ) throws -> IngestResult {
    var clock = WriterClock()
    var result = try writeRethrowing("adding orbits of \(file)") { database in
      var result = IngestResult()
      var digest = ContentDigest()
      try Self.enlargeCache(database)
      let revision = try Revision(database, "import \(file)")
      var writer = try SolutionWriter(database, revision: revision.number, source: file)
      try writer.beginEmpty()
      var identification = try Identification(
        database, source: file, revision: revision.number, isImport: true)
      while let batch = try clock.outside(next) {
        result.counts.rows += batch.orbits.count + batch.bad.count
        result.quarantined += batch.bad
        for orbit in batch.orbits {
          digest.add(orbit.solution.orbit.designation)
          digest.add(orbit.solution.orbit.orbit.epoch.mjd.bitPattern)
          digest.add(orbit.solution.orbit.orbit.state.position.x.bitPattern)
          let object =
            try orbit.names.isEmpty
            ? identification.find(orbit.solution.orbit.designation, id: orbit.id)
            : identification.find(orbit.names, pending: writer.pendingIds)
          let outcome = try writer.write(
            orbit, id: object.id, designation: object.designation, overOwn: policy)
          switch outcome {
          case .added: result.counts.added += 1
          case .alreadyThere: result.counts.alreadyThere += 1
          case .keptOwn:
            result.counts.keptOwn += 1
            result.keptOwn.append(orbit.solution.orbit.designation)
          }
          if !object.absorbed.isEmpty { try writer.finish() }
          try Self.take(object, database, revision: revision.number)
        }
        Self.letGo(consume batch)
      }
      try writer.finish()
      try identification.flush()
      result.counts.quarantined = result.quarantined.count
      try Self.replaceQuarantine(database, file: file, with: result.quarantined)
      try Self.remember(
        database, file: file, kind: "orbits", digest: digest.text, counts: result.counts)
      try revision.end(database, changes: result.counts.added + writer.stored)
      return result
    }
    result.writerSeconds = clock.seconds
    return result
  }

  /// Takes a batch apart elsewhere: the one who writes has enough to do.
  private static func letGo(_ batch: consuming ImportBatch) {
    DispatchQueue.global().async { [batch] in withExtendedLifetime(batch) {} }
  }
}

import Astrometry
public import Catalog
public import Dynamics
import OrbitFit

/// Joins and parts objects on an operator's word, if orbits hold what comes of it.
///
/// What an edit changes is one transaction, what follows from it (``refresh(_:)``) another: asked for
/// again, an edit that a dead process left between the two is refused, and what follows is made good.
public struct ObjectEditor: Sendable {
  private let catalog: Catalog
  private let run: NightlyRun
  private let night: Int

  /// What an object became.
  public struct Line: Sendable, Codable {
    public var ssObjectId: Int64
    public var designation: String
    public var detections: Int
    /// Of all its detections, or of those that came to it [arcsec].
    public var rmsArcsec: Double
  }

  public init(catalog: Catalog, solarSystem: SolarSystem, jobs: Int) throws(CatalogError) {
    self.catalog = catalog
    night = try catalog.nights()?.upperBound ?? 0
    run = NightlyRun(
      catalog: catalog, solarSystem: solarSystem,
      options: NightlyOptions(night: night, jobs: jobs))
  }

  private func object(_ name: String) throws -> (id: Int64, solution: OrbitSolution) {
    guard let id = try catalog.objectId(named: name),
      let solution = try catalog.solutions(ofObjects: [id])[id]
    else { throw NightlyError.unknownObject(name: name) }
    return (id, solution)
  }

  /// Makes two objects one. The one whose orbit is known elsewhere keeps its number, of two of ours
  /// the one with more detections; the other's number and name are kept as names of it.
  ///
  /// - Throws: ``NightlyError``, and changes nothing, when they are not known or no orbit holds
  ///   their detections together.
  public func merge(_ first: String, _ second: String) async throws -> Line {
    var (a, b) = (try object(first), try object(second))
    guard a.id != b.id else {
      try await refresh([a.id])
      throw NightlyError.sameObject(first, second)
    }
    if a.solution.isOwn, !b.solution.isOwn { swap(&a, &b) }
    guard let joined = try await run.join(a.id, b.id, evenIfParted: true) else {
      throw NightlyError.notOne(first, second)
    }
    let (update, what) = (joined.update, "merge \(first) \(second)")
    if joined.isAddition {
      try catalog.apply([], additions: [SourceAddition(update)], what: what, night: night)
    } else {
      try catalog.apply([update], what: what, night: night)
    }
    try await refresh([update.ssObjectId])
    return Line(
      ssObjectId: update.ssObjectId, designation: update.designation,
      detections: update.sources.count, rmsArcsec: joined.rmsArcsec)
  }

  /// Makes some of an object's detections an object of their own. They are never given back to it.
  ///
  /// - Parameters:
  ///   - detections: empty: those of `former`.
  ///   - former: an object that became a part of it; gets its number back. Nil: a new one.
  /// - Throws: ``NightlyError``, and changes nothing, when one of the two would be no object: no
  ///   orbit holds its detections, or they are too few.
  public func split(_ name: String, detections: [Int64], former: String?) async throws -> [Line] {
    let whole = try object(name)
    let part = try former.map { former in
      guard let part = try catalog.parts(of: whole.id).first(where: { $0.designation == former })
      else { throw NightlyError.notAPart(former, of: name) }
      return part
    }
    let wanted = Set(try part.map { try catalog.formerSources(of: $0.id) } ?? detections)
    let stored = try catalog.detections(ofObjects: [whole.id])
    let own = Set(stored.map(\.detection.diaSourceId))
    guard !wanted.isEmpty, wanted.isSubset(of: own) else {
      let owners = try catalog.owners(of: wanted.subtracting(own).sorted())
      try await refresh(Array(Set(owners.values).union([whole.id])))
      throw NightlyError.notItsDetections(name, wanted.subtracting(own).sorted())
    }
    var table = ObservationTable()
    _ = try await run.prepare(stored, into: &table)
    let resolver = run.makeResolver([], stored, table)
    let rest = table.rows(of: own.subtracting(wanted))
    guard let taken = resolver.single(table.rows(of: wanted), start: nil) else {
      throw NightlyError.noObject(name, detections: wanted.count)
    }
    var named: [(object: ResolvedObject, id: Int64, designation: String)] = []
    if whole.solution.isOwn {
      guard var left = resolver.single(rest, start: nil) else {
        throw NightlyError.noObject(name, detections: rest.count)
      }
      left.ssObjectId = whole.id
      named.append((left, whole.id, whole.solution.orbit.designation))
    }
    var ids = try catalog.takenDesignations()
    let new = part ?? NightlyRun.name(of: taken, table, &ids)
    named.append((taken, new.id, new.designation))
    let updates = try await run.rows(named, table)
    let kept = Set(updates.flatMap(\.sources).map(\.diaSourceId))
    let released = wanted.union(whole.solution.isOwn ? own.subtracting(kept) : [])
    try catalog.apply(
      updates,
      released: released.sorted().map {
        ReleasedSource(diaSourceId: $0, ssObjectId: whole.id, reason: "split by the operator")
      }, what: "split \(name)", night: night)
    try await refresh([whole.id, new.id])
    return zip(updates, named).map { update, object in
      Line(
        ssObjectId: update.ssObjectId, designation: update.designation,
        detections: update.sources.count, rmsArcsec: object.object.fit.rmsArcsec)
    }
  }

  /// Takes detections from their objects, see ``Catalog/Catalog/release(_:reason:)``.
  public func release(_ ids: [Int64], reason: String) async throws -> [ReleasedSource] {
    do {
      let released = try catalog.release(ids, reason: reason)
      try await refresh(Array(Set(released.map(\.ssObjectId))))
      return released
    } catch let error as CatalogError {
      if case .notAttributed = error {
        try await refresh(Array(Set(try catalog.formerOwners(of: ids))))
      }
      throw error
    }
  }

  /// Brings what follows from objects' detections up to date, after any were taken from them.
  func refresh(_ ids: [Int64]) async throws {
    try catalog.write(try await run.quantities(of: ids.sorted()))
  }
}

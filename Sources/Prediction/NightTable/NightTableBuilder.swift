public import Astro
public import Dynamics
import Foundation

/// Makes a ``NightTable`` from orbits.
public struct NightTableBuilder: Sendable {
  let start: Epoch<TDB>
  let days: Double
  let solarSystem: SolarSystem

  /// - Parameters:
  ///   - start: the first moment of the night, usually a local noon.
  ///   - days: length of the night [d].
  public init(start: Epoch<TDB>, days: Double = 1, solarSystem: SolarSystem) {
    self.start = start
    self.days = days
    self.solarSystem = solarSystem
  }

  /// Some of the orbits that a table is made from.
  public struct Batch: Sendable {
    public var orbits: [CatalogOrbit]
    /// One for each orbit, or none: what tells its solution from others (``NightTable/stamp(_:)``).
    public var stamps: [UInt32]

    public init(_ orbits: [CatalogOrbit], stamps: [UInt32] = []) {
      self.orbits = orbits
      self.stamps = stamps
    }
  }

  /// What one piece of work gives.
  private struct Part: Sendable {
    var list = PieceList()
    var ended: [EndedMotion] = []
  }

  /// - Parameters:
  ///   - orbits: what is not finite, or ends before the night, is kept as ended.
  ///   - removed: numbers of objects that an earlier table has and this one takes away.
  ///   - stamps: one for each orbit, or none: what tells its solution from others (``NightTable/stamp(_:)``).
  ///   - fingerprint: of all orbits; kept for the caller.
  ///   - jobs: cores to use; the table doesn't depend on it.
  /// - Throws: ``PredictionError`` when the ephemeris doesn't hold the night.
  /// - Complexity: 10 to 60 µs an orbit, by the time to its epoch.
  public func build(
    _ orbits: [CatalogOrbit], removed: [Int64] = [], stamps: [UInt32] = [],
    fingerprint: UInt64 = 0, jobs: Int
  ) async throws(PredictionError) -> NightTable {
    var batch: Batch? = Batch(orbits, stamps: stamps)
    do {
      return try await build(removed: removed, fingerprint: { fingerprint }, jobs: jobs) {
        defer { batch = nil }
        return batch
      }
    } catch let error as PredictionError {
      throw error
    } catch {
      throw .cancelled
    }
  }

  /// Makes a table from orbits that come batch by batch, in the memory of one batch and 230 bytes
  /// an orbit for its motion; as much again for the table itself, in memory or as a file's pages.
  ///
  /// - Parameters:
  ///   - path: where the table's file is going to be: it is made beside it, and
  ///     ``NightTable/write(to:)`` puts it there. Nil, or where there is no room: in memory.
  ///   - fingerprint: of all orbits, asked for after the last.
  ///   - next: the next orbits, tens of thousands at best; nil at the end. What it throws is passed
  ///     on.
  public func build(
    for path: String? = nil, removed: [Int64] = [], fingerprint: () -> UInt64, jobs: Int,
    next: () throws -> Batch?
  ) async throws -> NightTable {
    let skeleton = try NightSkeleton(start: start, days: days, ephemeris: solarSystem.ephemeris)
    var lists: [PieceList] = []
    var ended: [EndedMotion] = []
    var laws: [PhotometricModel] = []
    var ids: [Int64] = []
    var stamps: [UInt32] = []
    while let batch = try next() {
      let orbits = try await brought(batch.orbits, jobs: jobs)
      let first = ids.count
      // Laws other than H, G are few: they stand apart.
      var lawOf: [Int: UInt32] = [:]
      for (index, orbit) in orbits.enumerated() where orbit.hasOtherLaw {
        guard let law = orbit.photometry else { continue }
        lawOf[index] = UInt32(laws.count)
        laws.append(law)
      }
      for part in try await fit(orbits, first: first, laws: lawOf, skeleton, jobs: jobs) {
        lists.append(part.list)
        ended += part.ended
      }
      for (index, orbit) in orbits.enumerated() {
        ids.append(
          orbit.ssObjectId ?? Designation(orbit.designation)?.ssObjectId ?? Int64(first + index))
        stamps.append(index < batch.stamps.count ? batch.stamps[index] : 0)
      }
    }
    let packer = TablePacker(parts: lists, ended: ended, laws: laws, start: start, days: days)
    lists = []
    let memory = try await packer.pack(
      ids: ids + removed, stamps: stamps, fingerprint: fingerprint(), path: path, jobs: jobs)
    return try NightTable(memory: memory, name: "memory")
  }

  /// Orbits of epochs so far from the night are brought to its middle together [d].
  private static let nearDays = 30.0

  /// Orbits of far epochs at the middle of the night, moved side by side: a third of the time that
  /// each by itself takes. Those that can't be, and those that are near, are left as they are.
  private func brought(_ orbits: [CatalogOrbit], jobs: Int) async throws -> [CatalogOrbit] {
    let middle = start.adding(days: days / 2)
    var brought = orbits
    for hasCovariance in [false, true] {
      let far = orbits.indices.filter { index in
        abs(orbits[index].orbit.epoch.days(since: middle)) > Self.nearDays
          && (orbits[index].covariance != nil) == hasCovariance
      }
      guard !far.isEmpty else { continue }
      let moved = try await Propagator(solarSystem).move(
        far.map { orbits[$0] }, to: middle,
        options: .init(origin: .sun, transitions: hasCovariance), jobs: jobs)
      for (number, index) in far.enumerated() {
        guard let state = moved.states[number], moved.verdicts[number] == nil else { continue }
        if let covariance = orbits[index].covariance {
          guard let transition = moved.transitions[number],
            let near = covariance.propagated(by: transition)
          else { continue }
          brought[index].covariance = near
        }
        brought[index].orbit = Orbit(epoch: middle, state: state, origin: .sun)
      }
    }
    return brought
  }

  private func fit(
    _ orbits: [CatalogOrbit], first: Int, laws: [Int: UInt32], _ skeleton: NightSkeleton, jobs: Int
  ) async throws -> [Part] {
    let propagator = Propagator(solarSystem)
    return try await parallelMap(count: orbits.count, chunk: 1_024, jobs: jobs) { range in
      let fit = PieceFit(
        propagator: propagator, night: skeleton, workspace: propagator.makeWorkspace())
      var part = Part()
      // What fits exactly takes no more: nearly all objects are one piece.
      part.list.pieces.reserveCapacity(range.count)
      part.list.factors.reserveCapacity(range.count { orbits[$0].covariance != nil })
      for index in range {
        let verdict = fit.fit(
          orbits[index], object: UInt32(first + index), law: laws[index], into: &part.list)
        if verdict != .complete {
          part.ended.append(
            EndedMotion(object: first + index, verdict: verdict, orbit: orbits[index].orbit))
        }
      }
      return part
    }
  }
}

extension CatalogOrbit {
  /// Whether its brightness follows another law than H and G.
  fileprivate var hasOtherLaw: Bool {
    switch photometry {
    case nil, .hg: false
    default: true
    }
  }
}

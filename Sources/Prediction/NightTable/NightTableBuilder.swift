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

  /// What one piece of work gives.
  private struct Part: Sendable {
    var pieces: [Piece] = []
    var ended: [EndedMotion] = []
  }

  /// - Parameters:
  ///   - orbits: what is not finite, or ends before the night, is kept as ended.
  ///   - removed: numbers of objects that an earlier table has and this one takes away.
  ///   - stamps: one for each orbit, or none: what tells its solution from others (``NightTable/stamp(_:)``).
  ///   - fingerprint: of all orbits; kept for the caller.
  ///   - jobs: cores to use; the table doesn't depend on it.
  /// - Throws: ``PredictionError`` when the ephemeris doesn't hold the night.
  /// - Complexity: 20 to 100 µs an orbit, by the time to its epoch.
  public func build(
    _ orbits: [CatalogOrbit], removed: [Int64] = [], stamps: [UInt32] = [],
    fingerprint: UInt64 = 0, jobs: Int
  ) async throws(PredictionError) -> NightTable {
    let propagator = Propagator(solarSystem)
    let skeleton = try NightSkeleton(start: start, days: days, ephemeris: solarSystem.ephemeris)
    do {
      // Laws other than H, G are few: they stand apart.
      let others = orbits.indices.filter { orbits[$0].hasOtherLaw }
      let laws = Dictionary(uniqueKeysWithValues: others.enumerated().map { ($1, UInt32($0)) })
      let parts = try await parallelMap(count: orbits.count, chunk: 1_024, jobs: jobs) { range in
        let fit = PieceFit(
          propagator: propagator, night: skeleton, workspace: propagator.makeWorkspace())
        var part = Part()
        part.pieces.reserveCapacity(range.count + 16)
        for index in range {
          let verdict = fit.fit(
            orbits[index], object: UInt32(index), law: laws[index], into: &part.pieces)
          if verdict != .complete {
            part.ended.append(
              EndedMotion(object: index, verdict: verdict, orbit: orbits[index].orbit))
          }
        }
        return part
      }
      let packer = TablePacker(
        parts: parts.map(\.pieces), ended: parts.flatMap(\.ended),
        laws: others.compactMap { orbits[$0].photometry }, start: start, days: days)
      let memory = try await packer.pack(
        ids: orbits.enumerated().map { index, orbit in
          orbit.ssObjectId ?? Designation(orbit.designation)?.ssObjectId ?? Int64(index)
        } + removed, stamps: stamps, fingerprint: fingerprint, jobs: jobs)
      return try NightTable(memory: memory, name: "memory")
    } catch let error as PredictionError {
      throw error
    } catch {
      throw .cancelled
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

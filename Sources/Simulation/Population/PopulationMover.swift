public import Astro
public import Dynamics

/// Brings a population to one epoch, by perturbed propagation.
public struct PopulationMover: Sendable {
  private let system: SolarSystem
  private let jobs: Int

  public init(system: SolarSystem, jobs: Int) {
    self.system = system
    self.jobs = jobs
  }

  /// The same objects with heliocentric states at `epoch`; those that cannot be followed there are
  /// named apart.
  public func moved(
    _ orbits: [CatalogOrbit], to epoch: Epoch<TDB>
  ) async throws -> (orbits: [CatalogOrbit], skipped: [SimulatedSurvey.Skipped]) {
    let system = system
    let pieces = try await parallelMap(count: orbits.count, chunk: 64, jobs: jobs) { range in
      let motion = Motion(system: system)
      var moved: [CatalogOrbit] = []
      var skipped: [SimulatedSurvey.Skipped] = []
      for var object in orbits[range] {
        do {
          let state = try motion.states(of: object, at: [epoch], origin: .sun)[0]
          object.orbit = Orbit(epoch: epoch, state: state, origin: .sun)
          moved.append(object)
        } catch {
          skipped.append(.init(designation: object.designation, reason: "\(error)"))
        }
      }
      return (moved, skipped)
    }
    return (pieces.flatMap(\.0), pieces.flatMap(\.1))
  }
}

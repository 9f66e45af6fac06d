import Astro
import Astrometry
import Catalog
import Dynamics
import Prediction

/// The orbits in force, in the order of their objects.
struct KnownOrbits: Sendable {
  private(set) var objects: [KnownObject]
  private var places: [Int64: Int]
  /// Near the nights that are searched.
  let reference: Epoch<TDB>
  /// By index: orbits that were needed, at ``reference`` or at their own epochs near it.
  var moved: [Int: CatalogOrbit] = [:]

  init(_ solutions: [OrbitSolution], reference: Epoch<TDB>) {
    self.init(solutions.map { KnownObject($0) }, reference: reference)
  }

  init(_ objects: [KnownObject], reference: Epoch<TDB>) {
    self.objects = objects
    self.reference = reference
    places = Dictionary(
      objects.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func replace(_ solutions: [Int64: OrbitSolution]) {
    for (id, solution) in solutions {
      guard let place = places[id] else { continue }
      objects[place] = KnownObject(solution)
      moved[place] = nil
    }
  }

  /// Orbits that some fields may hold, at ``reference`` or near it: of all that are known, or of so
  /// many evenly chosen. What is brought there stays there, for whoever asks next.
  mutating func orbits(
    heldBy sweep: OrbitSweep, atMost most: Int, _ propagator: Propagator, jobs: Int
  ) async throws -> [CatalogOrbit] {
    let step = max(1, (objects.count + most - 1) / max(1, most))
    let all = self
    let parts = try await parallelMap(
      count: (objects.count + step - 1) / step, chunk: 64, jobs: jobs
    ) { range in
      let workspace = propagator.makeWorkspace()
      return range.compactMap { number -> (index: Int, orbit: CatalogOrbit)? in
        let index = number * step
        let object = all.objects[index]
        guard sweep.mayHold(object.orbit.orbit),
          let orbit = all.moved[index] ?? object.moved(to: all.reference, propagator, workspace)
        else { return nil }
        return (index, orbit)
      }
    }
    for (index, orbit) in parts.joined() { moved[index] = orbit }
    return parts.joined().map(\.orbit)
  }

  /// Those whose place on the sky is known to within one standard deviation, seen from the Earth's
  /// centre at the night's midnight.
  func objects(
    knownWithin limitRad: Double, onNight night: Int, _ solarSystem: SolarSystem, jobs: Int
  ) async throws -> KnownOrbits {
    // Between the evening of one place and the morning of another.
    let epoch = Epoch<TDB>(mjd: Double(night) + 1)
    guard solarSystem.ephemeris.covers(epoch) else {
      return KnownOrbits([KnownObject](), reference: epoch)
    }
    let observer = try solarSystem.ephemeris.state(of: .earth, at: epoch)
    let sun = try solarSystem.ephemeris.state(of: .sun, at: epoch)
    let propagator = Propagator(solarSystem)
    let all = objects
    let kept = try await parallelMap(count: all.count, chunk: 64, jobs: jobs) { range in
      let workspace = propagator.makeWorkspace()
      return range.filter { index in
        let motion = propagator.propagate(
          all[index].orbit, to: [epoch],
          options: .init(origin: .solarSystemBarycenter, transitions: true), workspace: workspace)
        guard let state = motion.states[0], let transition = motion.transitions[0],
          let covariance = all[index].orbit.covariance
        else { return false }
        let place = PredictedPlace(object: state, sun: sun, observer: observer)
        let sky = SkyCovariance(covariance, transition: transition, partials: place.partials)
        return sky.ellipse.major <= limitRad
      }
    }.flatMap { $0 }
    return KnownOrbits(kept.map { all[$0] }, reference: epoch)
  }
}

public import Astro

extension Propagator {
  /// The states of a catalog's orbit, with its own forces, and not pulled by itself where it is a
  /// mass of the force model.
  public func propagate(
    _ orbit: CatalogOrbit, to epochs: [Epoch<TDB>], options: Options = Options(),
    workspace: Workspace? = nil
  ) -> Propagation {
    let designation = Designation(orbit.designation)
    return propagate(
      orbit.orbit, to: epochs, options: options,
      nonGravitational: orbit.nonGravitational.map {
        NonGravitational(
          coefficients: $0,
          law: orbit.nonGravitationalLaw ?? NonGravitational.Law.usual(of: designation))
      },
      excluding: designation.flatMap { Body(perturber: $0) }.map { [$0] } ?? [],
      workspace: workspace)
  }

  /// Many orbits to the same epochs, on all cores.
  ///
  /// Orbits of one epoch should stand together: they share the places of the masses, half of the
  /// cost. The results do not depend on `jobs`, nor on the order.
  ///
  /// - Parameter jobs: pieces at work at once.
  /// - Returns: one result for each orbit, in order.
  public func propagate(
    _ orbits: [CatalogOrbit], to epochs: [Epoch<TDB>], options: Options = Options(), jobs: Int
  ) async throws -> [Propagation] {
    let pieces = max(1, 16 * jobs)
    let chunk = min(512, max(1, (orbits.count + pieces - 1) / pieces))
    let parts = try await parallelMap(count: orbits.count, chunk: chunk, jobs: jobs) { range in
      let workspace = makeWorkspace()
      return range.map { propagate(orbits[$0], to: epochs, options: options, workspace: workspace) }
    }
    return parts.flatMap { $0 }
  }
}

extension NonGravitational.Law {
  /// Comets by water ice, all else by 1/r²: what JPL and the MPC take where they say nothing.
  package static func usual(of designation: Designation?) -> NonGravitational.Law {
    switch designation {
    case .comet(let kind, _), .numberedComet(_, let kind, _):
      kind == .asteroid || kind == .interstellar ? .inverseSquare : .waterIce
    default: .inverseSquare
    }
  }
}

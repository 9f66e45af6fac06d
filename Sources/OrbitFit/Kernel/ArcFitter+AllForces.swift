public import Dynamics

extension ArcFitter {
  /// Makes ``fitUnderAllForces(_:members:start:)`` possible; holds some megabytes of the planets'
  /// places from then on.
  public mutating func useForces(of solarSystem: SolarSystem) {
    if forces == nil { forces = PerturbedMotion(solarSystem) }
  }

  /// As ``fit(_:members:start:)``, but under all forces from the first iteration on: for arcs that
  /// the Sun alone does not hold together, as those near the Earth. Some milliseconds.
  ///
  /// - Precondition: ``useForces(of:)`` was called; otherwise the motion is about the Sun alone.
  public mutating func fitUnderAllForces(
    _ all: [SightLine], members: Span<Int32>, start: Orbit
  ) -> ArcFit {
    perturbed = forces
    gather(all, members)
    placeCount = 0
    guard distinctTimes(limit: 2) == 2 else { return .failed(.tooFewObservations) }
    guard let p = unknowns(of: start) else { return .failed(.impossibleStart) }
    return refine(p)
  }

  /// The last fit in full, what ``fitOrbit`` gives; `fit` is what it returned.
  public mutating func fullResult(of fit: ArcFit) -> FitResult { result(fit) }
}

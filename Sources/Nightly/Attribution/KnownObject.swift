import Catalog
import Dynamics

/// An orbit in force, as attribution uses it.
struct KnownObject: Sendable {
  let id: Int64
  /// With an assumed covariance where it came with none.
  let orbit: CatalogOrbit
  /// Our own fit, to be made again with new detections. Others' orbits stay as they are.
  let isOwn: Bool

  init(_ solution: OrbitSolution) {
    var orbit = solution.orbit
    if orbit.covariance == nil { orbit.covariance = AssumedUncertainty.covariance(of: orbit) }
    self.orbit = orbit
    id = orbit.ssObjectId ?? 0
    isOwn = solution.isOwn
  }
}

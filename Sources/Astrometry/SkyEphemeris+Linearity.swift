import Astro
import Dynamics
import Foundation

/// Whether an error ellipse is to be trusted: orbits displaced by three σ either way along the
/// direction that is worst on the sky are propagated in full. Where they come out at the ends of
/// the ellipse, all is linear; where both are carried off to one side, it is not.
struct SpreadTest {
  /// Of the three σ by which the middle of both may lie off along the ellipse.
  static let alongShare = 0.1
  /// Across, it may lie off by one σ of the minor axis, or by this [rad].
  static let acrossFloorRad = 0.1 * Angle.arcsecond
  /// Smaller ellipses are linear: the second order grows with their square [rad].
  static let smallestRad = 1 * Angle.arcsecond

  /// The displacement of the orbit's state that moves it most on the sky at an epoch, three σ.
  ///
  /// - Parameters:
  ///   - covariance: at the orbit's epoch.
  ///   - transition: from there to the moment.
  static func displacement(
    _ covariance: OrbitCovariance, _ transition: StateTransitionMatrix, _ ellipse: SkyEllipse,
    _ partials: PlacePartials
  ) -> StateVector {
    let (s, c) = (sin(ellipse.positionAngleRad), cos(ellipse.positionAngleRad))
    let p = partials.raByPosition * s + partials.decByPosition * c
    let v = partials.raByVelocity * s + partials.decByVelocity * c
    let there = [p.x, p.y, p.z, v.x, v.y, v.z]
    var here = [Double](repeating: 0, count: 6)
    for j in 0..<6 { for i in 0..<6 { here[j] += there[i] * transition[i, j] } }
    let one = covariance.shift(along: here)
    return StateVector(position: one.position * 3, velocity: one.velocity * 3)
  }

  /// - Parameters:
  ///   - place: of the orbit itself.
  ///   - ends: of the displaced ones.
  static func isLinear(
    _ place: PredictedPlace, _ ends: (PredictedPlace, PredictedPlace), _ ellipse: SkyEllipse
  ) -> Bool {
    let (east, north) = place.tangents
    let u = place.direction
    func offset(_ end: PredictedPlace) -> (along: Double, across: Double)? {
      let d = end.direction
      let forward = d.dot(u)
      // Beyond a radian there is no plane to compare in.
      guard forward > 0.5 else { return nil }
      let (x, y) = (d.dot(east) / forward, d.dot(north) / forward)
      let (s, c) = (sin(ellipse.positionAngleRad), cos(ellipse.positionAngleRad))
      return (x * s + y * c, x * c - y * s)
    }
    guard let a = offset(ends.0), let b = offset(ends.1) else { return false }
    let along = 0.5 * abs(a.along + b.along)
    let across = 0.5 * abs(a.across + b.across)
    return along <= alongShare * 3 * ellipse.majorRad
      && across <= max(ellipse.minorRad, acrossFloorRad)
  }
}

extension SkyEphemeris {
  /// Whether each epoch's ellipse is to be trusted.
  ///
  /// - Parameters:
  ///   - places, ellipses: at the epochs; nil where the motion ended before.
  ///   - transitions: from the orbit's epoch to each.
  func linearity(
    of orbit: CatalogOrbit, _ places: [PredictedPlace?], _ ellipses: [SkyEllipse?],
    _ transitions: [StateTransitionMatrix?], _ workspace: Propagator.Workspace?
  ) -> [Bool?] {
    guard let covariance = orbit.covariance else { return places.map { _ in nil } }
    var worst: Int?
    for (index, ellipse) in ellipses.enumerated() {
      guard let ellipse, ellipse.majorRad >= SpreadTest.smallestRad else { continue }
      if let known = worst, (ellipses[known]?.majorRad ?? 0) >= ellipse.majorRad { continue }
      worst = index
    }
    guard let worst, let ellipse = ellipses[worst], let transition = transitions[worst],
      let partials = places[worst]?.partials
    else { return ellipses.map { $0.map { _ in true } } }
    let shift = SpreadTest.displacement(covariance, transition, ellipse, partials)
    let ends = [1.0, -1.0].map { sign in
      var moved = orbit
      moved.orbit.state =
        moved.orbit.state
        + StateVector(position: shift.position * sign, velocity: shift.velocity * sign)
      return self.places(of: moved, workspace: workspace)
    }
    return ellipses.indices.map { index in
      guard let ellipse = ellipses[index], let place = places[index] else { return nil }
      if ellipse.majorRad < SpreadTest.smallestRad { return true }
      guard let a = ends[0][index], let b = ends[1][index] else { return false }
      return SpreadTest.isLinear(place, (a, b), ellipse)
    }
  }
}

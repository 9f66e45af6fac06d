import Astro
import Dynamics
import OrbitFit

/// What more is asked of an arc of as few nights as a linkage may have.
///
/// Tracklets of two objects on three nights, and three of chance, are sometimes held by one orbit:
/// it is hardly ever one that objects have. In a survey of a million detections three of four such
/// arcs were hyperbolic, or far from circles and badly fitted, and one in a hundred of the real
/// ones. A fourth night settles it.
struct NightStructure {
  private let nights: Int
  private let fit: ArcFit
  private let isInCrowd: Bool

  /// Largest χ² per degree of freedom of an arc whose orbit is rare.
  private static let largestOfRare = 2.5
  /// Tracklets a detection from which on chance makes them. Twice reported detections have four.
  private static let crowd = 8.0
  /// Growth of χ² from which on an orbit cannot be bound.
  private static let surelyUnbound = 16.0

  /// - Parameter crowding: tracklets that a member is in on the average.
  init(
    _ members: [Int32], _ fit: ArcFit, _ detections: SortedDetections, crowding: Double
  ) {
    isInCrowd = crowding > NightStructure.crowd
    nights = NightCount.nights(members.map { detections.time[Int($0)] })
    self.fit = fit
  }

  func isSound(fewestNights: Int) -> Bool {
    // Where every detection is in a dozen tracklets, there are more ways to take one of each night
    // than the six numbers of an orbit can tell apart, even with a fourth.
    if isInCrowd, nights <= max(4, fewestNights + 1) { return false }
    guard nights <= max(3, fewestNights) else { return true }
    let unbound = squaresAboveZeroEnergy
    guard unbound < NightStructure.surelyUnbound else { return false }
    guard unbound > 0 || isRare else { return true }
    return fit.chiSquare + unbound
      <= NightStructure.largestOfRare * Double(max(1, fit.degreesOfFreedom))
  }

  /// What χ² would grow by if the orbit had to be bound to the Sun; 0 where it is.
  private var squaresAboveZeroEnergy: Double {
    let state = fit.orbit.state
    let r = state.position.norm
    let energy = state.velocity.squaredNorm / 2 - GravitationalParameter.sun / r
    guard energy > 0 else { return 0 }
    let byPosition = state.position * (GravitationalParameter.sun / (r * r * r))
    let gradient = [byPosition, state.velocity].flatMap { [$0.x, $0.y, $0.z] }
    // R⁻ᵀ of the gradient: its square is the energy's variance.
    var whitened = [6 of Double](repeating: 0)
    var variance = 0.0
    for k in 0..<6 {
      var sum = gradient[k]
      for i in 0..<k { sum -= fit.squareRootInformation[i * 6 + k] * whitened[i] }
      let diagonal = fit.squareRootInformation[k * 6 + k]
      guard diagonal != 0 else { return 0 }
      whitened[k] = sum / diagonal
      variance += whitened[k] * whitened[k]
    }
    return energy * energy / variance
  }

  /// Far from a circle, or steeply inclined, as few objects are. Beyond Jupiter a short arc does not
  /// tell.
  private var isRare: Bool {
    let state = fit.orbit.state
    guard state.position.norm < NightStructure.farthest else { return false }
    let gm = GravitationalParameter.sun
    let momentum = state.position.cross(state.velocity)
    let pointing =
      state.velocity.cross(momentum) * (1 / gm) - state.position * (1 / state.position.norm)
    let e = pointing.norm
    let q = momentum.squaredNorm / gm / (1 + e)
    let height = (Frames.equatorialToEcliptic * momentum).z
    return e > 0.4 || q < 1.3 || height < NightStructure.cosineOfSteep * momentum.norm
  }

  /// [au].
  private static let farthest = 6.0
  /// Of 40°.
  private static let cosineOfSteep = 0.766
}

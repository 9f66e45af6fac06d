import Astro
import Dynamics

/// Which of the two places where a line of sight meets the sphere about the Sun.
enum SphereRoot: Sendable {
  /// Leaving the sphere: the only one for an observer inside it.
  case far
  /// Entering it: for an observer outside.
  case near
}

/// What a tracklet is under a hypothesis: a heliocentric state at the reference epoch.
struct TrackletState {
  /// Heliocentric, ICRF, at the reference epoch [au, au/d].
  let state: StateVector
  /// From the observer, at the tracklet's time [au].
  let range: Double
  /// |cos| of the angle between the line of sight and the direction from the Sun: errors of the
  /// direction grow by its inverse.
  let obliquity: Double
  /// One standard deviation of the velocity across the radius in each coordinate [au/d], what is
  /// known beforehand taken into account.
  let sigmaVelocity: Double

  /// The state that shows the tracklet's direction and rate and has distance `r` and radial speed
  /// `ṙ` at the reference epoch, moving as two bodies do.
  ///
  /// The distance at the tracklet's time depends on the angular momentum, which depends on the
  /// distance: a fixed point, contracting by (angle of the arc)² in each step.
  ///
  /// - Parameters:
  ///   - motion: (r, ṙ) at the reference epoch.
  ///   - referenceDays: the reference epoch, on the scale of `tracklet.time`.
  /// - Returns: nil when the line of sight misses or grazes the sphere, the object is behind the
  ///   observer, unbound, or moves with the Earth as nothing real does.
  @inline(__always)
  init?(
    _ tracklet: Tracklet, _ motion: RadialMotion, referenceDays: Double, root: SphereRoot
  ) {
    let u = tracklet.direction
    let along = tracklet.observer.dot(u)
    let squaredObserver = tracklet.observer.squaredNorm
    let gm = GravitationalParameter.sun
    let arc = tracklet.time - referenceDays
    var momentum = gm * motion.distance
    var lightTime = 0.0
    var last = (momentum: 0.0, next: 0.0)
    var step = 0
    while true {
      let days = arc - lightTime
      let (r, speed) = motion.at(days: days, squaredMomentum: momentum)
      let discriminant = along * along - squaredObserver + r * r
      // Grazing (below 0.05 of the distance) amplifies every error by 20.
      guard r > 0.05, discriminant > 0.0025 * r * r else { return nil }
      let crossing = root == .far ? discriminant.squareRoot() : -discriminant.squareRoot()
      let range = crossing - along
      guard range > 0.002 else { return nil }
      let position = tracklet.observer + range * u
      let across = tracklet.observerVelocity + range * tracklet.rate
      let rangeRate = (r * speed - position.dot(across)) / crossing
      let measured = TransverseVelocity(
        measured: across + rangeRate * u, position: position, r: r, speed: speed,
        sigma: range * tracklet.sigmaRate * r / abs(crossing))
      guard let measured else { return nil }
      let velocity = measured.velocity
      let squaredSpeed = velocity.squaredNorm
      // Loose before the fixed point is reached.
      guard
        squaredSpeed * r < (step == 0 ? 3 : 2) * gm
          || TrackletState.mayBeBound(squaredSpeed, r, measured.sigma)
      else { return nil }
      let next = r * r * (squaredSpeed - speed * speed)
      lightTime = range / Constants.lightSpeedAUPerDay
      let settled = abs(next - momentum) <= 1e-7 * next
      // Aitken's extrapolation: the steps shrink by a constant factor.
      var guess = next
      if step > 0, !settled {
        let slope = (next - last.next) / (momentum - last.momentum)
        if abs(slope) < 0.8 { guess = momentum + (next - momentum) / (1 - slope) }
      }
      last = (momentum, next)
      momentum = max(guess, 0)
      step += 1
      if settled && step > 1 {
        guard TrackletState.movesUnlikeTheEarth(tracklet, range) else { return nil }
        state = StateVector(position: position, velocity: velocity)
          .movedShortArc(days: -(arc - lightTime))
        self.range = range
        obliquity = abs(crossing) / r
        sigmaVelocity = measured.sigma
        return
      }
      guard step < 12 else { return nil }
    }
  }

  /// Whether the error of the velocity, or of the assumed distance, may have unbound it: a comet
  /// has all the energy that it can have, and half of its tracklets show a little more.
  private static func mayBeBound(_ squaredSpeed: Double, _ r: Double, _ sigma: Double) -> Bool {
    let fastest = (2.3 * GravitationalParameter.sun / r).squareRoot() + 3 * sigma
    return squaredSpeed < fastest * fastest
  }

  /// At a tenth of an au everything in the main belt looks like a companion of the Earth. Real
  /// objects pass by at some km/s; 1.4 km/s (8e-4 au/d) across the sight is asked within 0.3 au.
  @inline(__always)
  private static func movesUnlikeTheEarth(_ tracklet: Tracklet, _ range: Double) -> Bool {
    range > 0.3 || range * range * tracklet.rate.squaredNorm > 6.4e-7
  }
}

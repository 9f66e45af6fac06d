import Astro
import Dynamics

/// Topocentric distances at which a tracklet's motion is that of a circle about the Sun in the
/// observer's own sense: where the search for its orbit begins.
struct RangeStarts {
  /// Up to three [au]; the first is the best guess.
  private(set) var ranges: [3 of Double] = [0, 0, 0]
  private(set) var count = 0

  private static let nearest = 0.3
  private static let step = 1.3
  private static let steps = 26
  /// From this motion on an object may well be near [rad/d], and where that is tried [au].
  static let fast = 0.007
  private static let near = 0.08
  /// Below this motion an object is far beyond Jupiter [rad/d].
  static let slow = 0.0016
  /// Where the main belt may stand still on the sky [au].
  static let ofStanding: [3 of Double] = [1.2, 2.4, 3.6]

  /// For two slow tracklets, whose own motions say little: their displacement is the observer's, less
  /// about a tenth.
  static func ofSlow(_ a: Tracklet, _ b: Tracklet) -> Double {
    let way = b.direction - a.direction
    let mirrored = -(b.observer - a.observer).dot(way) / max(way.squaredNorm, 1e-20)
    return mirrored > 3 ? min(0.9 * mirrored, 150) : 30
  }

  init(_ tracklet: Tracklet) {
    let pole = tracklet.observer.cross(tracklet.observerVelocity)
    var last = (range: 0.0, excess: 0.0)
    var least = (range: 1.5, excess: Double.infinity)
    var range = RangeStarts.nearest
    for k in 0..<RangeStarts.steps {
      let (excess, isForward) = RangeStarts.excess(tracklet, range, pole)
      if isForward {
        if abs(excess) < least.excess { least = (range, abs(excess)) }
        if k > 0, last.excess * excess < 0, count < 2 {
          // Between the two, by the excesses.
          let part = last.excess / (last.excess - excess)
          add(last.range + part * (range - last.range))
        }
        last = (range, excess)
      } else {
        last.excess = 0
      }
      range *= RangeStarts.step
    }
    if count == 0 { add(least.range) }
    if tracklet.isFast { add(RangeStarts.near) }
  }

  private mutating func add(_ range: Double) {
    ranges[count] = range
    count += 1
  }

  /// Square of the speed over that of the circle, less one, when nothing moves along the radius; and
  /// whether the motion has the observer's sense.
  private static func excess(
    _ t: Tracklet, _ range: Double, _ pole: Vector3
  ) -> (excess: Double, isForward: Bool) {
    let place = t.observer + range * t.direction
    let across = t.observerVelocity + range * t.rate
    let depth = place.dot(t.direction)
    // Seen at a right angle from the Sun the range changes nothing along the radius.
    let along = abs(depth) > 0.05 * place.norm ? -place.dot(across) / depth : 0
    let velocity = across + along * t.direction
    return (
      velocity.squaredNorm * place.norm / GravitationalParameter.sun - 1,
      place.cross(velocity).dot(pole) > 0
    )
  }
}

extension Tracklet {
  /// It may well be near.
  @inline(__always)
  var isFast: Bool { rate.squaredNorm > RangeStarts.fast * RangeStarts.fast }
}

import Astro
import Dynamics

/// What the Earth's pull, which a motion about the Sun leaves out, does to the places of an arc.
struct EarthPull {
  /// GM of Earth and Moon [au³/d²].
  static let gm = 8.997e-10

  /// In units of the smallest error: the pull where the arc is nearest, over half of the arc, seen
  /// from there.
  let sigmas: Double

  init(on members: [Int32], _ orbit: Orbit, _ detections: SortedDetections) {
    let epoch = orbit.epoch.days(since: detections.reference)
    var nearest = Double.infinity
    var sigma = Double.infinity
    var seenAt = -Double.infinity
    for m in members {
      let i = Int(m)
      sigma = min(sigma, detections.sigma[i])
      guard detections.time[i] - seenAt > 0.02 else { continue }
      seenAt = detections.time[i]
      let state = TwoBody.propagate(orbit.state, days: seenAt - epoch)
      nearest = min(nearest, (state.position - detections.observer[i]).squaredNorm)
    }
    let span =
      members.isEmpty
      ? 0 : detections.time[Int(members[members.count - 1])] - detections.time[Int(members[0])]
    sigmas = EarthPull.bend(days: span / 2, range: nearest.squareRoot()) / sigma
  }

  /// Whether a fit about the Sun may be wrong for it.
  var isFelt: Bool { sigmas > 0.5 }

  /// Whether residuals about the Sun may be its work: they are no larger than what it bends.
  ///
  /// Close to the Earth anything is, and whatever stands in a crowd looks like a companion of the
  /// Earth there: residuals of a thousand standard deviations show that it is not. Those of real
  /// objects within 0.003 au stay below 400.
  func explains(_ chiSquare: Double, members: Int) -> Bool {
    guard chiSquare.isFinite else { return sigmas > EarthPull.close }
    let largest = sigmas > EarthPull.close ? EarthPull.close : max(3, 3 * sigmas)
    return chiSquare <= 2 * Double(members) * largest * largest
  }

  /// From here on the pull leaves open where the object is [standard deviations].
  private static let close = 1000.0

  /// How far the pull moves a place on the sky meanwhile [rad].
  @inline(__always)
  static func bend(days: Double, range: Double) -> Double {
    gm * days * days / (2 * range * range * range)
  }
}

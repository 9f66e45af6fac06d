import Astro
import Foundation

/// Whether the motion from one detection to another is that of their trails.
enum TrailTest {
  /// Shorter trails say nothing: seeing and noise make them [rad].
  private static let shortest = 1.5 * Angle.arcsecond
  /// A trail's ends are known to about this [rad].
  private static let endError = 0.4 * Angle.arcsecond
  /// Deviations that are still believed [standard deviations].
  private static let sigmas = 4.0
  /// A trail is made in seconds to minutes [d]: longer exposures would blur the sky.
  private static let longestExposure = 0.02

  static func agree(_ i: Int, _ j: Int, _ detections: SortedDetections) -> Bool {
    let (a, b) = (detections.trail[i], detections.trail[j])
    guard isClear(a) || isClear(b) else { return true }
    let plane = TangentPlane(at: detections.direction[i])
    let (x, y) = plane.project(detections.direction[j])
    let way = (x * x + y * y).squareRoot()
    let days = abs(detections.time[j] - detections.time[i])
    guard way > 0, days > 0 else { return false }
    let east = Vector3(0, 0, 1).cross(detections.direction[i])
    guard east.squaredNorm > 1e-12 else { return true }
    // Position angle of the motion at the first detection, whatever the plane's axes are.
    let motion = x * plane.east + y * plane.north
    let unit = east.unit
    let angle = atan2(motion.dot(unit), motion.dot(detections.direction[i].cross(unit)))
    for trail in [a, b] {
      guard let trail, isClear(trail) else { continue }
      guard trail.length / way * days < longestExposure else { return false }
      let turn = abs(sin(angle - trail.positionAngle))
      // On the sphere the position angle turns along the way.
      guard turn < min(1, sigmas * 1.5 * endError / trail.length) + way else { return false }
    }
    if let a, let b, isClear(a), isClear(b) {
      return abs(a.length - b.length) < sigmas * 1.5 * endError + 0.3 * max(a.length, b.length)
    }
    return true
  }

  private static func isClear(_ trail: DetectionTrail?) -> Bool {
    guard let trail else { return false }
    return trail.length > shortest && trail.positionAngle.isFinite
  }
}

import Dynamics
import Foundation

/// One assumption on where all objects are: distance from the Sun and radial speed at the
/// reference epoch.
struct Hypothesis: Sendable, Hashable {
  var motion: RadialMotion { RadialMotion(distance: distance, speed: speed) }
  /// [au]
  let distance: Double
  /// [au/d]
  let speed: Double
  /// Half the spacing of the grid here [au, au/d].
  let distanceReach: Double
  let speedReach: Double
  /// How close the states of one object lie [rad as seen by the observer].
  let toleranceRad: Double
  /// What a linear model of the states leaves out within the reach [au].
  let nonlinearAU: Double
  let root: SphereRoot
}

/// The hypotheses, as coarse as the cluster tolerance allows.
enum HypothesisGrid {
  /// - Parameters:
  ///   - halfSpanDays: largest time from the reference epoch.
  /// - Returns: ascending in distance.
  static func make(
    _ options: LinkingOptions, tolerance: ToleranceCurve, halfSpanDays: Double
  ) -> [Hypothesis] {
    var grid: [Hypothesis] = []
    var r = options.minimumDistanceAU
    let half = max(halfSpanDays, 1)
    while r < options.maximumDistanceAU {
      let spacing = Spacing(r, tolerance.tolerance(at: r), half)
      let reach = spacing.reach
      r += reach
      let escape = (2 * GravitationalParameter.sun / r).squareRoot()
      // Far out nothing that is seen moves nearly on a radius.
      let fastest = escape * (r < 6 ? 0.92 : 0.6)
      let steps = max(1, Int((fastest / (reach / half)).rounded(.up)))
      let speedReach = fastest / Double(steps)
      for k in 0..<steps {
        let speed = -fastest + speedReach * Double(2 * k + 1)
        grid.append(
          Hypothesis(
            distance: r, speed: speed, distanceReach: reach, speedReach: speedReach,
            toleranceRad: spacing.toleranceRad,
            nonlinearAU: spacing.nonlinearAU, root: .far))
        if r < 1.02 {
          grid.append(
            Hypothesis(
              distance: r, speed: speed, distanceReach: reach, speedReach: speedReach,
              toleranceRad: spacing.toleranceRad,
              nonlinearAU: spacing.nonlinearAU, root: .near))
        }
      }
      r += reach
    }
    return grid
  }

  /// The grid's spacing at a distance.
  ///
  /// A wrong range by δ moves each state along its line of sight. What does not cancel between
  /// tracklets is the turn of that line, which the object's own motion (relative speed over range)
  /// and the observer's bring about. In the next order comes the same times δ over range.
  private struct Spacing {
    /// How far the assumed distance may be wrong while an object's tracklets still agree [au].
    let reach: Double
    let toleranceRad: Double
    let nonlinearAU: Double

    /// Largest error of the range, as a part of it, that the screening's linear model bears.
    private static let largestPart = 0.06

    init(_ r: Double, _ tolerance: Double, _ half: Double) {
      let range = max(abs(r - 1), 0.1)
      let scale = ClusterTolerance.scale(range)
      let relativeSpeed = 0.0172 * abs(1 - 1 / r.squareRoot()) + 0.003
      let turn = relativeSpeed / range * half + 0.0172 * half / r
      reach = min(tolerance * scale / turn, Spacing.largestPart * max(range, 0.15))
      toleranceRad = min(tolerance, 1.2 * reach * turn / scale)
      nonlinearAU = 0.5 * reach / range * reach * turn
    }
  }
}

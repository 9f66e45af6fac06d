import Foundation

import Astro

/// The basis functions of the H, G₁, G₂ system (Muinonen et al. 2010, Icarus 209, 542; in the units
/// of Penttilä et al. 2016, Planet. Space Sci. 123, 117): straight lines, then cubic splines.
enum PhaseFunctions {
  /// Brightness at a phase angle relative to none, of dark, of bright and of opposition effect.
  /// - Parameter alpha: phase angle [rad], 0…π. Beyond 150°, the last node, the first two go on
  ///   as exponentials.
  static func values(_ alpha: Double) -> (first: Double, second: Double, third: Double) {
    let a = abs(alpha)
    return (
      a < start ? 1 - 6 * a / .pi : first.value(a),
      a < start ? 1 - 9 * a / (5 * .pi) : second.value(a), third.value(a)
    )
  }

  /// End of the straight lines.
  private static let start = 7.5 * Angle.degree

  private static let first = Spline(
    degrees: [7.5, 30, 60, 90, 120, 150],
    values: [7.5e-1, 3.3486016e-1, 1.3410560e-1, 5.1104756e-2, 2.1465687e-2, 3.6396989e-3],
    slopes: (-1.9098593, -9.1328612e-2))
  private static let second = Spline(
    degrees: [7.5, 30, 60, 90, 120, 150],
    values: [9.25e-1, 6.2884169e-1, 3.1755495e-1, 1.2716367e-1, 2.2373903e-2, 1.6505689e-4],
    slopes: (-5.7295780e-1, -8.6573138e-8))
  private static let third = Spline(
    degrees: [0, 0.3, 1, 2, 4, 8, 12, 20, 30],
    values: [
      1, 8.3381185e-1, 5.7735424e-1, 4.2144772e-1, 2.3174230e-1, 1.0348178e-1, 6.1733473e-2,
      1.6107006e-2, 0,
    ], slopes: (-1.0630097e-1, 0))

  /// A cubic spline with given slopes at both ends [1/rad].
  struct Spline {
    private let x: [Double]
    private let y: [Double]
    /// Slopes at the nodes [1/rad].
    private let d: [Double]

    init(degrees: [Double], values: [Double], slopes: (Double, Double)) {
      let x = degrees.map { $0 * Angle.degree }
      let n = x.count
      // Tridiagonal equations of continuous curvature, by elimination downwards and back.
      var d = Array(repeating: 0.0, count: n)
      var upper = Array(repeating: 0.0, count: n)
      d[0] = slopes.0
      for i in 1..<(n - 1) {
        let (left, right) = (1 / (x[i] - x[i - 1]), 1 / (x[i + 1] - x[i]))
        let pull =
          3
          * ((values[i] - values[i - 1]) * left * left + (values[i + 1] - values[i]) * right * right)
        let pivot = 2 * (left + right) - left * upper[i - 1]
        upper[i] = right / pivot
        d[i] = (pull - left * d[i - 1]) / pivot
      }
      d[n - 1] = slopes.1
      for i in stride(from: n - 2, to: 0, by: -1) { d[i] -= upper[i] * d[i + 1] }
      self.x = x
      y = values
      self.d = d
    }

    func value(_ a: Double) -> Double {
      let last = x.count - 1
      if a >= x[last] {
        return y[last] > 0 ? y[last] * exp(d[last] / y[last] * (a - x[last])) : 0
      }
      var i = last - 1
      while i > 0, a < x[i] { i -= 1 }
      let h = x[i + 1] - x[i]
      let t = (a - x[i]) / h
      let (s, u) = (1 - t, t * t)
      let value =
        s * s * ((1 + 2 * t) * y[i] + t * h * d[i]) + u
        * ((3 - 2 * t) * y[i + 1] - s * h * d[i + 1])
      return max(0, value)
    }
  }
}

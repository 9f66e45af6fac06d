/// Place and motion on the sky by least squares, for a distance and radial speed that are given: two
/// straight lines in the time that perspective leaves.
struct MotionFit {
  /// Motion to the east and north [rad/d], and one standard deviation.
  var eastRate = 0.0
  var northRate = 0.0
  var eastSigma = 0.0
  var northSigma = 0.0
  /// Squares left over, both axes.
  var chiSquare = 0.0

  /// - Parameters:
  ///   - radialRate: radial speed over distance [1/d].
  ///   - pullE, pullN, pullU: half the acceleration over the distance [1/d²].
  ///   - perDistance: one over the distance [1/au].
  @inline(__always)
  init(
    _ f: TrackletFrame, radialRate: Double, pullE: Double, pullN: Double, pullU: Double,
    perDistance: Double
  ) {
    var east = LineSums()
    var north = LineSums()
    for k in 0..<f.days.count {
      let t = f.days[k]
      let tt = t * t
      let depth = 1 / (1 + radialRate * t + pullU * tt + f.lagU[k] * perDistance)
      let p = t * depth
      east.add(p, f.eastPlace[k] - depth * (pullE * tt + f.lagE[k] * perDistance), f.eastWeight[k])
      north.add(
        p, f.northPlace[k] - depth * (pullN * tt + f.lagN[k] * perDistance), f.northWeight[k])
    }
    let (e, n) = (east.solution, north.solution)
    eastRate = e.slope
    northRate = n.slope
    eastSigma = e.sigma
    northSigma = n.sigma
    chiSquare = e.rest + n.rest
  }
}

/// Sums of a weighted straight line.
private struct LineSums {
  private var w = 0.0
  private var wp = 0.0
  private var wpp = 0.0
  private var wz = 0.0
  private var wpz = 0.0
  private var wzz = 0.0

  @inline(__always)
  mutating func add(_ p: Double, _ z: Double, _ weight: Double) {
    w += weight
    wp += weight * p
    wpp += weight * p * p
    wz += weight * z
    wpz += weight * p * z
    wzz += weight * z * z
  }

  @inline(__always)
  var solution: (slope: Double, sigma: Double, rest: Double) {
    let mean = wp / w
    let spread = wpp - wp * mean
    let along = wpz - mean * wz
    let slope = along / spread
    return (slope, (1 / spread).squareRoot(), max(0, wzz - wz * wz / w - slope * along))
  }
}

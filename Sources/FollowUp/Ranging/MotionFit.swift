/// Place and motion on the sky by least squares, for a distance and radial speed that are given: two
/// straight lines in the time that perspective leaves.
struct MotionFit {
  /// Motion to the east and north [rad/d], and one standard deviation.
  var eastRate = 0.0
  var northRate = 0.0
  var eastSigma = 0.0
  var northSigma = 0.0
  /// Place at the epoch, from the reference observation [rad].
  var eastPlace = 0.0
  var northPlace = 0.0
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
    let sights = f.sights.span
    self.init(sights.count) { k in
      let s = sights[k]
      let t = s.days
      let tt = t * t
      let depth = 1 / (1 + radialRate * t + pullU * tt + s.lagSight * perDistance)
      return (
        t * depth, s.east - depth * (pullE * tt + s.lagEast * perDistance),
        s.north - depth * (pullN * tt + s.lagNorth * perDistance), s.eastWeight, s.northWeight
      )
    }
  }

  /// - Parameter line: by index the argument, the places in both axes, and their weights.
  @inline(__always)
  init(
    _ count: Int, _ line: (Int) -> (p: Double, east: Double, north: Double, we: Double, wn: Double)
  ) {
    var east = LineSums()
    var north = LineSums()
    for k in 0..<count {
      let at = line(k)
      east.add(at.p, at.east, at.we)
      north.add(at.p, at.north, at.wn)
    }
    let (e, n) = (east.solution, north.solution)
    eastRate = e.slope
    northRate = n.slope
    eastSigma = e.sigma
    northSigma = n.sigma
    eastPlace = e.place
    northPlace = n.place
    chiSquare = e.rest + n.rest
  }

  /// Between three fits, at 0, 1/2 and 1 of a coordinate: a parabola through each number.
  @inline(__always)
  init(_ a: MotionFit, _ b: MotionFit, _ c: MotionFit, at t: Double) {
    let (wa, wb, wc) = ((2 * t - 1) * (t - 1), 4 * t * (1 - t), t * (2 * t - 1))
    eastRate = wa * a.eastRate + wb * b.eastRate + wc * c.eastRate
    northRate = wa * a.northRate + wb * b.northRate + wc * c.northRate
    eastSigma = wa * a.eastSigma + wb * b.eastSigma + wc * c.eastSigma
    northSigma = wa * a.northSigma + wb * b.northSigma + wc * c.northSigma
    eastPlace = wa * a.eastPlace + wb * b.eastPlace + wc * c.eastPlace
    northPlace = wa * a.northPlace + wb * b.northPlace + wc * c.northPlace
    chiSquare = max(0, wa * a.chiSquare + wb * b.chiSquare + wc * c.chiSquare)
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
  var solution: (slope: Double, sigma: Double, place: Double, rest: Double) {
    let mean = wp / w
    let spread = wpp - wp * mean
    let along = wpz - mean * wz
    let slope = along / spread
    return (
      slope, (1 / spread).squareRoot(), wz / w - slope * mean,
      max(0, wzz - wz * wz / w - slope * along)
    )
  }
}

import Astro
import Dynamics

/// How far a body near the Earth falls from a straight line under the pulls of Sun and Earth, by
/// integration: a parabola does not do where the pull changes within the arc.
struct NearMotion {
  /// By sight, to the east, north and along the line of sight [au].
  private(set) var east: [Double]
  private(set) var north: [Double]
  private(set) var sight: [Double]
  private let order: [Int]
  private let start: Int

  /// Longest step [d].
  private static let step = 0.01

  init(_ f: TrackletFrame) {
    east = Array(repeating: 0, count: f.sights.count)
    north = east
    sight = east
    order = f.sights.indices.sorted { f.sights[$0].days < f.sights[$1].days }
    start = order.firstIndex { f.sights[$0].days >= 0 } ?? 0
  }

  /// Whether a parabola would be wrong by more than some 0.2″ at this distance [au].
  static func matters(_ f: TrackletFrame, distance: Double) -> Bool {
    let t = f.reachDays
    return t * t * t > 1e6 * distance * distance * distance * distance
      || t * t * t > distance
  }

  /// - Parameters:
  ///   - x, v: heliocentric at the epoch, ecliptic.
  mutating func integrate(_ f: TrackletFrame, _ x: Vector3, _ v: Vector3) {
    run(f, x, v, order[start...])
    run(f, x, v, order[..<start].reversed())
  }

  private mutating func run(
    _ f: TrackletFrame, _ x: Vector3, _ v: Vector3, _ places: some Sequence<Int>
  ) {
    // Leapfrog in the departure from the straight line.
    var (d, w) = (Vector3.zero, Vector3.zero)
    var time = 0.0
    for k in places {
      let span = f.sights[k].days - time
      let steps = max(1, Int((abs(span) / NearMotion.step).rounded(.up)))
      let h = span / Double(steps)
      for _ in 0..<steps {
        d += w * (0.5 * h)
        time += 0.5 * h
        w += pull(f, x + v * time + d, time) * h
        d += w * (0.5 * h)
        time += 0.5 * h
      }
      time = f.sights[k].days
      east[k] = d.dot(f.east)
      north[k] = d.dot(f.north)
      sight[k] = d.dot(f.sight)
    }
  }

  /// The Earth itself falls towards the Sun.
  @inline(__always)
  private func pull(_ f: TrackletFrame, _ x: Vector3, _ t: Double) -> Vector3 {
    let gm = GravitationalParameter.sun
    let r2 = x.squaredNorm
    let e = f.earth.position
    let e2 = e.squaredNorm
    let earth = e + f.earth.velocity * t + e * (-0.5 * gm * t * t / (e2 * e2.squareRoot()))
    let y = x - earth
    let y2 = max(y.squaredNorm, 1e-9)
    return x * (-gm / (r2 * r2.squareRoot())) + y * (-Ranger.earthGM / (y2 * y2.squareRoot()))
  }
}

extension MotionFit {
  /// As with a parabola, with the departures from a straight line that were integrated.
  init(_ f: TrackletFrame, _ motion: NearMotion, radialRate: Double, perDistance: Double) {
    self.init(f.sights.count) { k in
      let s = f.sights[k]
      let depth =
        1 / (1 + radialRate * s.days + (motion.sight[k] + s.lagSight) * perDistance)
      return (
        s.days * depth, s.east - depth * (motion.east[k] + s.lagEast) * perDistance,
        s.north - depth * (motion.north[k] + s.lagNorth) * perDistance, s.eastWeight, s.northWeight
      )
    }
  }
}

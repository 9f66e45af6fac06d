/// How the likely radial speeds go with the distance: long arcs leave a narrow ridge that lies across the
/// grid's axes. Speeds are tried about this straight line.
struct Slant {
  private var middle = 0.0
  private var level = 0.0
  private var slope = 0.0

  /// None: speeds as they are.
  init() {}

  /// The weighted regression of the speed's coordinate on the logarithm of the distance.
  init(_ samples: [RangingSample]) {
    var (w, wx, wy) = (0.0, 0.0, 0.0)
    for k in samples.indices {
      w += samples[k].weight
      wx += samples[k].weight * samples[k].logDistance
      wy += samples[k].weight * samples[k].speedPart
    }
    guard w > 0 else { return }
    let (x, y) = (wx / w, wy / w)
    var (xx, xy) = (0.0, 0.0)
    for k in samples.indices {
      let d = samples[k].logDistance - x
      xx += samples[k].weight * d * d
      xy += samples[k].weight * d * (samples[k].speedPart - y)
    }
    guard xx > 0, (xy / xx).isFinite else { return }
    (middle, level, slope) = (x, y, xy / xx)
  }

  @inline(__always)
  func value(_ logDistance: Double) -> Double { level + slope * (logDistance - middle) }
}

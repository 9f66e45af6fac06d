import Astro

/// The tracklets of a slice as the searches read them first: eight at a time, in the order of the
/// slice's tree and in single precision, relative to the slice's middle. What the precision costs is
/// 0.02″ of a place; searches allow for more and look again in full precision at what is left.
struct SliceMotions: Sendable {
  /// Groups of eight, ``fields`` vectors each.
  private let lanes: [SIMD8<Float>]
  /// Indices into the table, in the same order.
  let order: [Int32]

  private static let fields = 16

  /// - Parameters:
  ///   - order: indices into `tracklets`, as the slice's tree has them.
  ///   - time, centre, observer: the slice's, to which all is relative.
  init(
    _ order: [Int32], _ tracklets: [Tracklet], time: Double, centre: Vector3, observer: Vector3
  ) {
    self.order = order
    let groups = (order.count + 7) / 8
    var lanes = [SIMD8<Float>](repeating: SIMD8(), count: groups * SliceMotions.fields)
    for (k, index) in order.enumerated() {
      let t = tracklets[Int(index)]
      let base = (k / 8) * SliceMotions.fields
      func put(_ field: Int, _ value: Double) { lanes[base + field][k % 8] = Float(value) }
      func put(_ field: Int, _ v: Vector3) {
        put(field, v.x)
        put(field + 1, v.y)
        put(field + 2, v.z)
      }
      put(0, t.time - time)
      put(1, t.rate.norm)
      put(2, t.sigmaRate * t.sigmaRate)
      put(3, t.direction - centre)
      put(6, t.rate)
      put(9, t.observer - observer)
      put(12, t.observerVelocity)
      put(15, t.sigmaDirection * t.sigmaDirection)
    }
    self.lanes = lanes
  }

  /// Eight tracklets.
  struct Eight {
    /// After the slice's middle [d].
    let time: SIMD8<Float>
    /// [rad/d].
    let speed: SIMD8<Float>
    let rateVariance: SIMD8<Float>
    let directionVariance: SIMD8<Float>
    let direction: EightVectors
    let rate: EightVectors
    let observer: EightVectors
    let observerVelocity: EightVectors
  }

  @inline(__always)
  func eight(_ group: Int) -> Eight {
    let k = group * SliceMotions.fields
    return Eight(
      time: lanes[k], speed: lanes[k + 1], rateVariance: lanes[k + 2],
      directionVariance: lanes[k + 15],
      direction: EightVectors(x: lanes[k + 3], y: lanes[k + 4], z: lanes[k + 5]),
      rate: EightVectors(x: lanes[k + 6], y: lanes[k + 7], z: lanes[k + 8]),
      observer: EightVectors(x: lanes[k + 9], y: lanes[k + 10], z: lanes[k + 11]),
      observerVelocity: EightVectors(x: lanes[k + 12], y: lanes[k + 13], z: lanes[k + 14]))
  }

  /// Which of a group's eight are in a range of ``order``.
  ///
  /// In floating point: the standard library compares eight integers one by one.
  @inline(__always)
  static func members(of range: Range<Int>, _ group: Int) -> SIMDMask<SIMD8<Int32>> {
    let steps = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
    return (steps .>= Float(range.lowerBound &- group &* 8))
      .& (steps .< Float(range.upperBound &- group &* 8))
  }
}

/// Eight vectors.
struct EightVectors {
  var x: SIMD8<Float>
  var y: SIMD8<Float>
  var z: SIMD8<Float>

  @inline(__always)
  init(x: SIMD8<Float>, y: SIMD8<Float>, z: SIMD8<Float>) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// Eight times the same.
  @inline(__always)
  init(_ v: Vector3) {
    x = SIMD8(repeating: Float(v.x))
    y = SIMD8(repeating: Float(v.y))
    z = SIMD8(repeating: Float(v.z))
  }

  @inline(__always)
  func dot(_ o: EightVectors) -> SIMD8<Float> { x * o.x + y * o.y + z * o.z }

  @inline(__always)
  static func + (a: EightVectors, b: EightVectors) -> EightVectors {
    EightVectors(x: a.x + b.x, y: a.y + b.y, z: a.z + b.z)
  }

  @inline(__always)
  static func - (a: EightVectors, b: EightVectors) -> EightVectors {
    EightVectors(x: a.x - b.x, y: a.y - b.y, z: a.z - b.z)
  }

  @inline(__always)
  static func * (a: EightVectors, k: SIMD8<Float>) -> EightVectors {
    EightVectors(x: a.x * k, y: a.y * k, z: a.z * k)
  }

  @inline(__always)
  static func * (a: EightVectors, k: Float) -> EightVectors {
    EightVectors(x: a.x * k, y: a.y * k, z: a.z * k)
  }
}

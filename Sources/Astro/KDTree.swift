/// A static kd-tree over points in three dimensions, built once and searched by distance.
///
/// On the sky the points are unit vectors: a cap of angular radius θ is the ball of chord
/// 2 sin(θ/2), so there is no projection, no pole and no seam at RA 0. The tree is balanced and
/// implicit (the splitting point in the middle of its range, leaves of up to 16 points): two flat arrays and no nodes.
///
/// Bentley 1975, doi:10.1145/361002.361007.
/// - Complexity: build O(n log n); a search O(log n + hits) for small radii. 28 bytes a point.
public struct KDTree: Sendable {
  /// x, y, z of each point in tree order.
  var coordinates: [Double]
  /// The caller's index of the point at each place of the tree.
  var identity: [Int32]

  static let leafSize = 16

  /// - Parameter points: finite coordinates, any unit; a point's index is what searches report.
  public init(_ points: [Vector3]) {
    identity = (0..<points.count).map { Int32($0) }
    coordinates = []
    coordinates.reserveCapacity(3 * points.count)
    for point in points {
      coordinates.append(point.x)
      coordinates.append(point.y)
      coordinates.append(point.z)
    }
    build(0, points.count, 0)
  }

  public var count: Int { identity.count }

  /// Appends the indices of all points within `radius` (inclusive) of `centre`, in tree order.
  ///
  /// - Parameters:
  ///   - radius: Euclidean distance, in the unit of the points, not below 0.
  ///   - centre: in the unit of the points.
  ///   - hits: the indices are added at its end.
  public func collect(within radius: Double, of centre: Vector3, into hits: inout [Int32]) {
    guard count > 0, radius >= 0 else { return }
    let squaredRadius = radius * radius
    let values = coordinates.span
    // A balanced tree of 2^31 points is 27 levels above its leaves, and the stack holds one
    // pending sibling a level.
    var pendingLow = [32 of Int](repeating: 0)
    var pendingHigh = [32 of Int](repeating: 0)
    var pendingAxis = [32 of Int](repeating: 0)
    var depth = 0
    var low = 0
    var high = count
    var axis = 0
    while true {
      if high &- low <= Self.leafSize {
        for i in low..<high {
          let dx = values[3 &* i] - centre.x
          let dy = values[3 &* i &+ 1] - centre.y
          let dz = values[3 &* i &+ 2] - centre.z
          if dx * dx + dy * dy + dz * dz <= squaredRadius { hits.append(identity[i]) }
        }
        guard depth > 0 else { return }
        depth -= 1
        low = pendingLow[depth]
        high = pendingHigh[depth]
        axis = pendingAxis[depth]
        continue
      }
      let middle = (low &+ high) / 2
      let next = axis == 2 ? 0 : axis &+ 1
      let offset =
        (axis == 0 ? centre.x : axis == 1 ? centre.y : centre.z) - values[3 &* middle &+ axis]
      // Equal coordinates may stand on both sides of the splitting point.
      let wantsLow = offset <= radius
      let wantsHigh = offset >= -radius
      if wantsLow && wantsHigh {
        let dx = values[3 &* middle] - centre.x
        let dy = values[3 &* middle &+ 1] - centre.y
        let dz = values[3 &* middle &+ 2] - centre.z
        if dx * dx + dy * dy + dz * dz <= squaredRadius { hits.append(identity[middle]) }
        pendingLow[depth] = middle &+ 1
        pendingHigh[depth] = high
        pendingAxis[depth] = next
        depth += 1
      }
      if wantsLow { high = middle } else { low = middle &+ 1 }
      axis = next
    }
  }

  /// The indices of all points within `radius` (inclusive) of `centre`, ascending.
  public func indices(within radius: Double, of centre: Vector3) -> [Int] {
    var hits: [Int32] = []
    collect(within: radius, of: centre, into: &hits)
    return hits.map(Int.init).sorted()
  }

  private mutating func build(_ low: Int, _ high: Int, _ axis: Int) {
    guard high - low > Self.leafSize else { return }
    let middle = (low + high) / 2
    select(middle, low, high, axis)
    let next = axis == 2 ? 0 : axis + 1
    build(low, middle, next)
    build(middle + 1, high, next)
  }

  /// Hoare's selection: afterwards no point before `nth` has a greater coordinate on the axis than
  /// the point there, and none after it a smaller one. Equal coordinates do not slow it down.
  private mutating func select(_ nth: Int, _ from: Int, _ to: Int, _ axis: Int) {
    var low = from
    var high = to - 1
    while low < high {
      let a = coordinates[3 * low + axis]
      let b = coordinates[3 * high + axis]
      let pivot = max(min(a, b), min(max(a, b), coordinates[3 * ((low + high) / 2) + axis]))
      var left = low
      var right = high
      while left <= right {
        while coordinates[3 &* left &+ axis] < pivot { left &+= 1 }
        while coordinates[3 &* right &+ axis] > pivot { right &-= 1 }
        if left <= right {
          swapPoints(left, right)
          left &+= 1
          right &-= 1
        }
      }
      if nth <= right {
        high = right
      } else if nth >= left {
        low = left
      } else {
        return
      }
    }
  }

  private mutating func swapPoints(_ i: Int, _ j: Int) {
    coordinates.swapAt(3 &* i, 3 &* j)
    coordinates.swapAt(3 &* i &+ 1, 3 &* j &+ 1)
    coordinates.swapAt(3 &* i &+ 2, 3 &* j &+ 2)
    identity.swapAt(i, j)
  }
}

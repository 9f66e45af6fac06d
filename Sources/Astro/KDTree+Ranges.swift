extension KDTree {
  /// The points' indices in tree order: where the ranges of ``collectRanges(within:of:into:)`` lead.
  /// A caller that keeps its own columns in this order reads them without jumps.
  public var order: [Int32] { identity }

  /// Appends ranges of tree order that hold all points within `radius` of `centre`, and others that
  /// share a leaf with them: for callers with a sharper test of their own. The ranges ascend and
  /// neither touch nor overlap.
  ///
  /// - Parameters:
  ///   - radius: Euclidean distance, in the unit of the points, not below 0.
  ///   - centre: in the unit of the points.
  ///   - ranges: added to at its end.
  /// - Complexity: O(log n + leaves that are touched).
  public func collectRanges(
    within radius: Double, of centre: Vector3, into ranges: inout [Range<Int>]
  ) {
    guard count > 0, radius >= 0 else { return }
    let values = coordinates.span
    var pendingLow = [32 of Int](repeating: 0)
    var pendingHigh = [32 of Int](repeating: 0)
    var pendingAxis = [32 of Int](repeating: 0)
    var depth = 0
    var low = 0
    var high = count
    var axis = 0
    // The range that grows, not yet appended.
    var open = 0..<0
    while true {
      if high &- low <= Self.leafSize {
        KDTree.add(low..<high, to: &open, &ranges)
        guard depth > 0 else { break }
        depth -= 1
        low = pendingLow[depth]
        high = pendingHigh[depth]
        axis = pendingAxis[depth]
        KDTree.add(low &- 1..<low, to: &open, &ranges)
        continue
      }
      let middle = (low &+ high) / 2
      let next = axis == 2 ? 0 : axis &+ 1
      let offset =
        (axis == 0 ? centre.x : axis == 1 ? centre.y : centre.z) - values[3 &* middle &+ axis]
      let wantsLow = offset <= radius
      let wantsHigh = offset >= -radius
      if wantsLow && wantsHigh {
        pendingLow[depth] = middle &+ 1
        pendingHigh[depth] = high
        pendingAxis[depth] = next
        depth += 1
      }
      if wantsLow { high = middle } else { low = middle &+ 1 }
      axis = next
    }
    if !open.isEmpty { ranges.append(open) }
  }

  @inline(__always)
  private static func add(_ part: Range<Int>, to open: inout Range<Int>, _ all: inout [Range<Int>])
  {
    if open.upperBound == part.lowerBound {
      open = open.lowerBound..<part.upperBound
    } else {
      if !open.isEmpty { all.append(open) }
      open = part
    }
  }
}

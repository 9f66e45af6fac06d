/// A span of time in which all tracklets are brought to one reference epoch.
struct Window: Sendable {
  let centre: Double
  let halfSpanDays: Double
  let tracklets: Range<Int>

  /// One window for a short input; for a long one several that overlap by two thirds, so that
  /// every arc of two thirds of a window is whole in one of them.
  static func windows(_ table: TrackletTable, _ options: LinkingOptions) -> [Window] {
    let times = table.tracklets.map(\.time)
    guard let first = times.first, let last = times.last else { return [] }
    let length = options.windowDays
    let span = last - first
    var count = 1
    if span > length { count += Int(((span - length) / (length / 3)).rounded(.up)) }
    var windows: [Window] = []
    for k in 0..<count {
      let start = count == 1 ? first : first + (span - length) * Double(k) / Double(count - 1)
      let end = count == 1 ? last : start + length
      let low = times.partitioningIndex { $0 >= start - 1e-9 }
      let high = times.partitioningIndex { $0 > end + 1e-9 }
      guard high > low else { continue }
      windows.append(
        Window(
          centre: (start + end) / 2, halfSpanDays: max((end - start) / 2, 0.5),
          tracklets: low..<high))
    }
    return windows
  }
}

extension Array {
  /// First index for which the predicate holds, in an array where it holds from there on.
  func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

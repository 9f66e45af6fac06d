/// Whether the times of numbered visits follow their numbers.
package struct ClockOrder: Sendable {
  /// Where time ran back: indices of the visit after which it did, and by how much [d].
  package private(set) var descents: [(index: Int, days: Double)] = []
  /// Indices of the fewest visits without which all times would be in order.
  package private(set) var outOfOrder: [Int] = []

  /// More descents than this share of the steps, and the numbers don't count time.
  private static let mostDescents = 0.05

  /// - Parameter times: of the visits in the order of their numbers [d].
  /// - Complexity: n log n.
  package init(times: [Double]) {
    for index in times.indices.dropLast() where times[index + 1] < times[index] {
      descents.append((index, times[index] - times[index + 1]))
    }
    guard !descents.isEmpty else { return }
    guard descents.count <= max(2, Int(Self.mostDescents * Double(times.count))) else {
      descents = []
      return
    }
    let kept = Set(Self.longestAscent(times))
    outOfOrder = times.indices.filter { !kept.contains($0) }
  }

  /// Indices of a longest subsequence that never descends (patience sorting: Fredman 1975,
  /// doi:10.1016/0012-365X(75)90103-X).
  private static func longestAscent(_ times: [Double]) -> [Int] {
    var tails: [Int] = []
    var before = [Int](repeating: -1, count: times.count)
    for index in times.indices {
      var (low, high) = (0, tails.count)
      while low < high {
        let middle = (low + high) / 2
        if times[tails[middle]] <= times[index] { low = middle + 1 } else { high = middle }
      }
      if low > 0 { before[index] = tails[low - 1] }
      if low == tails.count { tails.append(index) } else { tails[low] = index }
    }
    var ascent: [Int] = []
    var index = tails.last ?? -1
    while index >= 0 {
      ascent.append(index)
      index = before[index]
    }
    return ascent.reversed()
  }
}

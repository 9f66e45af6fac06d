/// Maps ranges of `0..<count` on all cores and gives the results in order.
///
/// The work is cut into chunks of `chunk` items; at most `jobs` of them run at once. The order of
/// the results is that of the ranges, whatever the number of jobs, so that a caller that combines
/// them in order is deterministic. The first error thrown cancels what has not begun.
///
/// - Parameters:
///   - count: number of items.
///   - chunk: items a piece of work; aim at pieces of 1 ms and more, about 16 a core.
///   - jobs: pieces at work at once, at least 1.
///   - body: pure function of a range of items.
/// - Returns: one result for each range, in order.
public func parallelMap<Output: Sendable>(
  count: Int, chunk: Int, jobs: Int,
  _ body: @escaping @Sendable (Range<Int>) throws -> Output
) async throws -> [Output] {
  guard count > 0 else { return [] }
  let size = max(1, chunk)
  let pieces = (count + size - 1) / size
  if jobs <= 1 || pieces == 1 {
    return try (0..<pieces).map { try body($0 * size..<min(count, ($0 + 1) * size)) }
  }
  return try await withThrowingTaskGroup(of: (Int, Output).self) { group in
    var results = [Output?](repeating: nil, count: pieces)
    var next = 0
    func addNext() {
      guard next < pieces else { return }
      let piece = next
      group.addTask { (piece, try body(piece * size..<min(count, (piece + 1) * size))) }
      next += 1
    }
    for _ in 0..<min(jobs, pieces) { addNext() }
    while let (piece, output) = try await group.next() {
      results[piece] = output
      addNext()
    }
    return results.compactMap { $0 }
  }
}

/// Cuts alerts in a fixed order into batches that no exposure is divided by.
///
/// Units of files are numbered through. An exposure reaches from its first unit to its last; where
/// exposures overlap there is no cut, so that a batch is as large as alerts of different exposures
/// are mixed.
package struct ExposureBatches {
  /// Some units of one file.
  package struct Part: Sendable, Equatable {
    package var file: Int
    package var units: Range<Int>

    package init(file: Int, units: Range<Int>) {
      self.file = file
      self.units = units
    }
  }

  private var spans: [Exposure: ClosedRange<Int>] = [:]
  /// Where each file begins.
  private var starts: [Int] = [0]
  /// Alerts before each unit.
  private var alerts: [Int] = [0]

  package init() {}

  /// Files without units, which are in no batch.
  package var emptyFiles: [Int] {
    (0..<(starts.count - 1)).filter { starts[$0] == starts[$0 + 1] }
  }

  package var alertCount: Int { alerts[alerts.count - 1] }

  /// Goes on with the next file.
  ///
  /// - Parameter counts: alerts of each unit.
  package mutating func add(_ counts: some Sequence<Int>) {
    for count in counts { alerts.append(alertCount + count) }
    starts.append(alerts.count - 1)
  }

  /// An alert of the file added last.
  package mutating func see(_ exposure: Exposure, unit: Int) {
    let number = starts[starts.count - 2] + unit
    let known = spans[exposure] ?? number...number
    spans[exposure] = min(known.lowerBound, number)...max(known.upperBound, number)
  }

  /// - Parameter least: alerts that a batch has at least, but for the last one.
  /// - Returns: all units in order.
  package func batches(of least: Int) -> [[Part]] {
    let count = alerts.count - 1
    var batches: [[Part]] = []
    var start = 0
    func cut(at end: Int, whatever isLast: Bool = false) {
      guard end > start, isLast || alerts[end] - alerts[start] >= least else { return }
      batches.append(parts(start..<end))
      start = end
    }
    var reach = 0
    for span in spans.values.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if span.lowerBound >= reach { cut(at: span.lowerBound) }
      reach = max(reach, span.upperBound + 1)
    }
    cut(at: count, whatever: true)
    return batches
  }

  private func parts(_ range: Range<Int>) -> [Part] {
    var parts: [Part] = []
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= range.lowerBound { low = middle } else { high = middle }
    }
    var at = range.lowerBound
    for file in low..<(starts.count - 1) where at < range.upperBound {
      let end = min(range.upperBound, starts[file + 1])
      if end > at {
        parts.append(Part(file: file, units: (at - starts[file])..<(end - starts[file])))
      }
      at = max(at, end)
    }
    return parts
  }
}

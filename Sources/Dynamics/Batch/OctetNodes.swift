import Astro

/// One step that many orbits take together: its rule, and where the masses are at its nodes.
final class OctetNodes {
  let rule: GaussRule
  private(set) var days = 0.0
  /// The Sun at the start of the step, barycentric.
  private(set) var sun = StateVector(position: .zero, velocity: .zero)
  private let tables: [PerturberTable]

  init(rule: GaussRule, relativity: Relativity) {
    self.rule = rule
    tables = (0..<rule.count).map { _ in PerturberTable(relativity: relativity) }
  }

  @inline(__always)
  func table(_ node: Int) -> PerturberTable { tables[node] }

  /// - Returns: false when the step leaves the ephemerides.
  func fill(start: Epoch<TDB>, days: Double, ephemeris: Ephemeris, gm: [Double]) -> Bool {
    self.days = days
    guard let sun = try? ephemeris.state(of: .sun, at: start) else { return false }
    self.sun = sun
    return unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: PerturberLayout.size) {
      buffer in
      guard let base = buffer.baseAddress else { return false }
      unsafe buffer.initialize(repeating: 0)
      for node in 0..<rule.count {
        let filled = unsafe tables[node].fill(
          at: start.adding(days: days * rule.nodes[node]), ephemeris: ephemeris, gm: gm,
          buffer: base)
        guard filled else { return false }
      }
      return true
    }
  }
}

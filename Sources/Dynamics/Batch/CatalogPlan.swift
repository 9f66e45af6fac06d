import Astro

/// Which orbits of a catalog take the same steps to an epoch.
struct CatalogPlan {
  /// Orbits of one epoch that go in the same number of steps.
  struct Group {
    let epoch: Epoch<TDB>
    let days: Double
    let stepCount: Int
    let rule: GaussRule
    var members: [Int]

    /// The same way for those that it was too coarse for, in finer steps; nil after three times.
    func finer(_ members: [Int], attempt: Int) -> Group? {
      guard attempt < 3, members.count >= CatalogPlan.smallestGroup else { return nil }
      let count = rule.count < GaussRule.largestCount ? stepCount : 2 * stepCount
      return Group(epoch: epoch, days: days, stepCount: count, rule: .long, members: members)
    }
  }

  private(set) var groups: [Group] = []
  /// Orbits that go alone.
  private(set) var alone: [Int] = []

  /// Up to here four nodes do, eight beyond. [d]
  static let shortSpan = 1.6
  /// A group below this is not worth its tables.
  private static let smallestGroup = 8
  /// The longest step of any orbit [d], and the most steps that are taken together.
  private static let longestStep = 40.0
  private static let mostSteps = 256.0

  private struct Key: Hashable {
    let epoch: Epoch<TDB>
    let stepCount: Int
  }

  /// - Parameter eligible: whether an orbit may share its steps.
  init(
    _ orbits: [CatalogOrbit], to target: Epoch<TDB>, gm: Double,
    eligible: (CatalogOrbit) -> Bool
  ) {
    var slots: [Key: Int] = [:]
    for (index, orbit) in orbits.enumerated() {
      let days = target.days(since: orbit.orbit.epoch)
      guard eligible(orbit),
        let count = CatalogPlan.stepCount(orbit.orbit.state, abs(days), gm)
      else {
        alone.append(index)
        continue
      }
      let key = Key(epoch: orbit.orbit.epoch, stepCount: count)
      if let slot = slots[key] {
        groups[slot].members.append(index)
      } else {
        slots[key] = groups.count
        groups.append(
          Group(
            epoch: orbit.orbit.epoch, days: days, stepCount: count,
            rule: count == 1 && abs(days) <= CatalogPlan.shortSpan ? .short : .long,
            members: [index]))
      }
    }
    for group in groups where group.members.count < CatalogPlan.smallestGroup {
      alone += group.members
    }
    groups.removeAll { $0.members.count < CatalogPlan.smallestGroup }
    alone.sort()
  }

  /// Steps of 0.3 radians where the orbit stands: 1 to 8 of them, beyond so many that three bits
  /// say it, for many to have the same number.
  private static func stepCount(_ state: StateVector, _ days: Double, _ gm: Double) -> Int? {
    let r = state.position.norm
    let longest = min(0.3 * (r * r * r / gm).squareRoot(), longestStep)
    let needed = days / longest
    guard needed <= mostSteps, longest > 0 else { return nil }
    var unit = 1
    while Double(8 * unit) < needed { unit *= 2 }
    return max(1, unit * Int((needed / Double(unit)).rounded(.up)))
  }
}

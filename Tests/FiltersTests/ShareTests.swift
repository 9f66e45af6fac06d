import Filters
import Testing

/// The time of one owner's filters.
struct ShareTests {
  @Test("An owner's many slow filters end when the owner's time is used up; others have theirs")
  func slowOwner() async throws {
    var limits = FilterLimits()
    limits.milliseconds = 50
    let endless =
      "SELECT a.diaSourceId FROM alerts a, alerts b, alerts c WHERE a.ra + b.ra = c.ra + 1e9"
    var filters = (0..<12).map { UserFilter(owner: "mallory", name: "f\($0)", text: endless) }
    filters.insert(UserFilter(owner: "ana", name: "good", text: "snr > 90"), at: 9)
    filters.append(UserFilter(owner: "mallory", name: "quick", text: "diaSourceId = 1003"))
    let outcomes = try await FilterRunner(filters, limits: limits).run(
      on: [MadeVisit.simple(1_000)], jobs: 1)
    #expect(outcomes[9].failure == nil && outcomes[9].matched > 0)
    // Five times 50 ms beyond the 5 that each filter has anyway: six filters, or fewer where the machine
    // lets a filter's time pass between two looks.
    let slow = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12].map { outcomes[$0] }
    let own = slow.prefix { $0.failure == .tooSlow(limitMs: 50) }.count
    #expect((1...6).contains(own))
    for outcome in slow[own...] {
      guard case .noTimeLeft(let limit) = outcome.failure else {
        Issue.record("\(String(describing: outcome.failure))")
        continue
      }
      #expect(limit < 50 && outcome.failure?.isOverrun == false && outcome.milliseconds > 0)
    }
    #expect(slow[11].failure == .noTimeLeft(limitMs: 5))
  }
}

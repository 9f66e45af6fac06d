import Filters
import Testing

/// The time of one owner's filters.
struct ShareTests {
  @Test("An owner's many slow filters end when the owner's time is used up; others have theirs")
  func slowOwner() async throws {
    var limits = FilterLimits()
    limits.milliseconds = 20
    let endless =
      "SELECT a.diaSourceId FROM alerts a, alerts b, alerts c WHERE a.ra + b.ra = c.ra + 1e9"
    var filters = (0..<12).map { UserFilter(owner: "mallory", name: "f\($0)", text: endless) }
    filters.insert(UserFilter(owner: "ana", name: "good", text: "snr > 90"), at: 9)
    filters.append(UserFilter(owner: "mallory", name: "quick", text: "diaSourceId = 1003"))
    let outcomes = try await FilterRunner(filters, limits: limits).run(
      on: [MadeVisit.simple(1_000)], jobs: 1)
    #expect(outcomes[9].failure == nil && outcomes[9].matched > 0)
    // Five times 20 ms beyond the 2 that each filter has anyway.
    for index in 0..<5 { #expect(outcomes[index].failure == .tooSlow(limitMs: 20), "\(index)") }
    for index in [6, 7, 8, 10, 11, 12] {
      #expect(outcomes[index].failure == .noTimeLeft(limitMs: 2), "\(index)")
      #expect(outcomes[index].failure?.isOverrun == false)
      #expect(outcomes[index].milliseconds > 0)
    }
  }
}

import Linking
import Testing

/// What is beyond Uranus and seen once a night.
struct LinkerSlowMoverTests {
  private static let nights: [Double] = [0, 1, 3, 4, 6, 8, 10]

  private func sky(_ count: Int, nights: [Double], noise: Int, a: Double = 32) -> SyntheticSky {
    var sky = SyntheticSky(seed: 17)
    for k in 0..<count {
      sky.addObject(k, nights: nights, a: a * (1 + 0.1 * Double(k)), exposures: 1)
    }
    sky.addNoise(noise, nights: nights)
    return sky
  }

  private func owners(_ links: [Linkage], _ sky: SyntheticSky) -> [Set<Int>] {
    links.map { Set($0.members.map { sky.seen[$0].object }) }
  }

  /// Twelve objects at 32 to 67 au among 600 chance detections: none has two detections in a night.
  @Test func objectsBeyondNeptuneAreLinkedFromOneDetectionANight() async throws {
    let sky = sky(12, nights: LinkerSlowMoverTests.nights, noise: 600)
    let result = try await link(sky.input(), options: LinkingOptions(), jobs: 2)
    let found = owners(result.linkages, sky)
    #expect(found.allSatisfy { $0.count == 1 && !$0.contains(-1) })
    #expect(Set(found.flatMap { $0 }) == Set(0..<12))
    #expect(result.linkages.allSatisfy { $0.members.count == LinkerSlowMoverTests.nights.count })
    #expect(result.counts.nightPairs > 0)
  }

  /// Ten numbers for six unknowns are not enough among so many; nor are single detections of the
  /// main belt, which moves too far in a day to be paired.
  @Test func fiveNightsOrTheMainBeltAreNotEnough() async throws {
    let few = sky(6, nights: [0, 1, 3, 4, 6], noise: 100)
    #expect(try await link(few.input(), options: LinkingOptions(), jobs: 1).linkages.isEmpty)
    let belt = sky(6, nights: LinkerSlowMoverTests.nights, noise: 0, a: 2.4)
    #expect(try await link(belt.input(), options: LinkingOptions(), jobs: 1).linkages.isEmpty)
  }

  @Test func tonightGivesTheSameAsTheWholeWindow() async throws {
    let sky = sky(6, nights: LinkerSlowMoverTests.nights, noise: 200)
    let input = sky.input()
    let whole = try await link(input, options: LinkingOptions(), jobs: 3).linkages
    var options = LinkingOptions()
    options.newNights = [10]
    let tonight = try await link(input, options: options, jobs: 1).linkages
    #expect(whole.count == 6)
    #expect(tonight.map(\.members) == whole.map(\.members))
  }

  /// Whoever narrows the distances to the belt does not get them.
  @Test func theDistancesAskedForHoldForThem() async throws {
    let sky = sky(3, nights: LinkerSlowMoverTests.nights, noise: 0)
    var options = LinkingOptions()
    options.maximumDistanceAU = 6
    let result = try await link(sky.input(), options: options, jobs: 1)
    #expect(result.linkages.isEmpty && result.counts.nightPairs == 0)
  }
}

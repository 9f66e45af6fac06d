import Astro
import Dynamics
import Foundation
import Linking
import OrbitFit
import Testing

struct LinkerTests {
  static let nights = [0.0, 2.0, 5.0, 9.0]

  /// Main-belt options: the synthetic sky has nothing nearer or further.
  static var options: LinkingOptions {
    var options = LinkingOptions()
    options.minimumDistanceAU = 1.6
    options.maximumDistanceAU = 4.5
    return options
  }

  static func sky(objects: Int = 30, noise: Int = 150, seed: UInt64 = 5) -> SyntheticSky {
    var sky = SyntheticSky(seed: seed)
    for k in 0..<objects {
      sky.addObject(k, nights: nights, a: 2.2 + 1.0 * Double(k) / Double(max(1, objects)))
    }
    sky.addNoise(noise, nights: nights)
    return sky
  }

  private func run(
    _ input: LinkingInput, _ options: LinkingOptions = LinkerTests.options, jobs: Int = 4
  ) async throws -> [[Int]] {
    try await link(input, options: options, jobs: jobs).linkages.map(\.members)
  }

  private func expectExclusive(_ links: [[Int]]) {
    let all = links.flatMap { $0 }
    #expect(Set(all).count == all.count, "a detection is in two linkages")
  }

  @Test func findsEveryObjectAndNothingElse() async throws {
    let sky = Self.sky()
    let links = try await run(sky.input())
    expectExclusive(links)
    let owners = links.map { Set($0.map { sky.seen[$0].object }) }
    #expect(owners.allSatisfy { $0.count == 1 && !$0.contains(-1) })
    // All four nights of all objects: pairs of 0.1″ at 1.5 au leave no room for a miss.
    #expect(Set(owners.flatMap { $0 }).count == 30)
    #expect(links.allSatisfy { $0.count == 8 })
  }

  @Test func everyLinkageHasItsFit() async throws {
    let result = try await link(Self.sky(noise: 0).input(), options: Self.options, jobs: 2)
    #expect(!result.linkages.isEmpty)
    for linkage in result.linkages {
      #expect(linkage.fit.orbit != nil)
      #expect(linkage.fit.used.count == linkage.members.count)
      // Two coordinates of 0.1″ each; 16 residuals scatter by a fifth.
      #expect(linkage.fit.rmsArcsec < 0.2)
    }
    #expect(result.counts.linkages == result.linkages.count)
  }

  @Test func doesNotDependOnJobsOrOrder() async throws {
    let sky = Self.sky(seed: 11)
    let input = sky.input()
    let one = try await run(input, jobs: 1)
    let four = try await run(input, jobs: 4)
    #expect(one == four)
    var order = Array(0..<sky.seen.count)
    var random = SyntheticSky(seed: 3)
    for k in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(k, Int(random.uniform() * Double(k + 1)))
    }
    let shuffled = LinkingInput(
      observations: order.map { input.observations[$0] },
      magnitudes: order.map { input.magnitudes[$0] },
      observatories: order.map { input.observatories[$0] }, nights: order.map { input.nights[$0] })
    let back = try await run(shuffled).map { $0.map { order[$0] }.sorted() }
    #expect(Set(back) == Set(one.map { $0.sorted() }))
  }

  /// The laws do not know where RA 0 and the poles are: the same sky turned so that its middle lies
  /// there gives the same links.
  @Test(arguments: [
    Matrix3(Vector3(0, 0, -1), Vector3(0, 1, 0), Vector3(1, 0, 0)),  // +x to the north pole
    Matrix3(Vector3(0, 0, 1), Vector3(0, 1, 0), Vector3(-1, 0, 0)),  // +x to the south pole
    Matrix3(Vector3(-1, 0, 0), Vector3(0, -1, 0), Vector3(0, 0, 1)),  // +x to RA 180
  ])
  func seesNoSeamAndNoPole(turn: Matrix3) async throws {
    // Opposition lies at RA 0, so that the unturned sky straddles the seam.
    let sky = Self.sky(objects: 12, noise: 40, seed: 21)
    let straight = try await run(sky.input())
    let turned = try await run(sky.input(turn: turn))
    #expect(straight.count == 12)
    #expect(Set(turned.map { $0.sorted() }) == Set(straight.map { $0.sorted() }))
  }

  @Test func noiseGivesNoLinks() async throws {
    let sky = Self.sky(objects: 0, noise: 1500, seed: 8)
    #expect(try await run(sky.input()).isEmpty)
  }

  /// Each object has a second one at its side: every detection is wanted by several candidates.
  @Test func aDetectionIsGivenOnce() async throws {
    var sky = Self.sky(objects: 10, noise: 30, seed: 31)
    sky.addTwins()
    let links = try await run(sky.input())
    expectExclusive(links)
    #expect(links.count >= 10)
  }

  @Test func onlyLinkagesOfTheNewNightAreSought() async throws {
    var sky = SyntheticSky(seed: 41)
    sky.addObject(0, nights: [0, 2, 5], a: 2.5)
    sky.addObject(1, nights: [0, 2, 9], a: 2.7)
    var options = Self.options
    #expect(try await run(sky.input(), options).count == 2)
    options.newNights = [9]
    let links = try await run(sky.input(), options)
    #expect(links.map { Set($0.map { sky.seen[$0].object }) } == [[1]])
  }

  @Test func readyMadeTrackletsAreTaken() async throws {
    let sky = Self.sky(objects: 5, noise: 0, seed: 51)
    var input = sky.input()
    input.trackletLabels = sky.seen.map { "t\($0.object)" }
    let links = try await run(input)
    #expect(links.count == 5)
  }
}

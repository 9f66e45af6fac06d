import Dynamics
import Foundation
import Linking
import Testing

/// Nights as observers make them: many, crowded, repeated, and one after the other.
struct LinkerCadenceTests {
  private func owners(_ links: [Linkage], _ sky: SyntheticSky) -> [Set<Int>] {
    links.map { Set($0.members.map { sky.seen[$0].object }) }
  }

  /// What tonight's run finds is what the run over the whole window finds with tonight's data in it.
  @Test func tonightGivesTheSameAsTheWholeWindow() async throws {
    var sky = LinkerTests.sky(objects: 20, noise: 100, seed: 61)
    sky.addObject(20, nights: [0, 2, 5], a: 2.6)
    let input = sky.input()
    let whole = try await link(input, options: LinkerTests.options, jobs: 2).linkages
    var options = LinkerTests.options
    options.newNights = [9]
    let tonight = try await link(input, options: options, jobs: 2).linkages
    let wanted = whole.filter { $0.members.contains { input.nights[$0] == 9 } }
    #expect(wanted.count == 20)
    #expect(Set(tonight.map(\.members)) == Set(wanted.map(\.members)))
  }

  /// A star on every night: it stands still, what is near it moves.
  @Test func fixedSourcesAreSetAside() async throws {
    var sky = LinkerTests.sky(objects: 10, noise: 0, seed: 71)
    let stars = 60
    sky.addStars(stars, nights: LinkerTests.nights)
    let result = try await link(sky.input(), options: LinkerTests.options, jobs: 2)
    #expect(owners(result.linkages, sky).allSatisfy { $0.count == 1 && !$0.contains(-1) })
    #expect(result.linkages.count == 10)
    // Each star is seen twice a night. Its places scatter by 0.1″ in each coordinate: three standard
    // deviations of a difference lose one in ninety of them.
    let seen = 2 * stars * LinkerTests.nights.count
    #expect(result.counts.fixedSources > seen * 9 / 10)
    #expect(result.counts.fixedSources <= seen)
  }

  @Test func tenFalseOnEachTrueDetection() async throws {
    let sky = LinkerTests.sky(objects: 20, noise: 1600, seed: 81)
    let links = try await link(sky.input(), options: LinkerTests.options, jobs: 4).linkages
    let found = owners(links, sky)
    #expect(found.allSatisfy { $0.count == 1 && !$0.contains(-1) })
    #expect(Set(found.flatMap { $0 }).count == 20)
  }

  /// One field exposed 120 times a night for three nights.
  @Test func deepDrillingDoesNotExplode() async throws {
    var sky = SyntheticSky(seed: 91)
    for k in 0..<8 {
      sky.addObject(k, nights: [0, 2, 5], a: 2.3 + 0.1 * Double(k), exposures: 120)
    }
    let result = try await link(sky.input(), options: LinkerTests.options, jobs: 4)
    let found = owners(result.linkages, sky)
    #expect(found.allSatisfy { $0.count == 1 })
    #expect(Set(found.flatMap { $0 }).count == 8)
    // Linear in the exposures: each begins one tracklet at most. Pairs of exposures would be sixty
    // times as many.
    #expect(result.counts.tracklets <= sky.seen.count)
  }

  /// 300 chance detections an exposure within some hundredths of a degree: all are partners of all.
  @Test func aCrowdDoesNotExplode() async throws {
    var sky = SyntheticSky(seed: 93)
    sky.addCrowd(300, nights: LinkerTests.nights)
    let result = try await link(sky.input(), options: LinkerTests.options, jobs: 4)
    #expect(result.counts.partnersLeftOut > 0)
    // At most six tracklets a detection, where 300 for each of a night's first exposure would be.
    #expect(result.counts.tracklets <= 6 * sky.seen.count)
    #expect(result.counts.tracklets > 0)
    #expect(result.linkages.isEmpty)
  }

  /// Billions of ways to take a tracklet of each of three nights, and no object.
  @Test func aCrowdOfThousandsIsNoObject() async throws {
    var sky = SyntheticSky(seed: 94)
    sky.addCrowd(700, nights: [0, 2, 5, 9])
    let result = try await link(sky.input(), options: LinkerTests.options, jobs: 4)
    #expect(result.linkages.isEmpty)
    #expect(result.counts.pairs > 0)
    #expect(result.counts.tracklets <= 6 * sky.seen.count)
  }

  /// The second half of each pair comes from another observatory, or all of some nights.
  @Test func observatoriesMayChangeInMidNight() async throws {
    let sky = LinkerTests.sky(objects: 5, noise: 0, seed: 95)
    var input = sky.input()
    let other = try #require(ObservatoryCode("W84"))
    for k in input.observatories.indices
    where sky.seen[k].days.truncatingRemainder(dividingBy: 1) > 0 {
      input.observatories[k] = other
    }
    #expect(try await link(input, options: LinkerTests.options, jobs: 1).linkages.count == 5)
    // A change between two nights' fields takes nothing away.
    for k in input.observatories.indices {
      input.observatories[k] = sky.seen[k].days < 3 ? .rubin : other
    }
    #expect(try await link(input, options: LinkerTests.options, jobs: 1).linkages.count == 5)
  }

  @Test func twoNightsAreNotEnough() async throws {
    var sky = SyntheticSky(seed: 97)
    for k in 0..<10 { sky.addObject(k, nights: [0, 3], a: 2.3 + 0.05 * Double(k)) }
    let result = try await link(sky.input(), options: LinkerTests.options, jobs: 1)
    #expect(result.linkages.isEmpty && result.counts.tracklets >= 20)
  }

  @Test func theTraceLeadsFromTrackletsToFits() async throws {
    let sky = LinkerTests.sky(objects: 5, noise: 20, seed: 99)
    var options = LinkerTests.options
    #expect(try await link(sky.input(), options: options, jobs: 1).trace == nil)
    options.keepsTrace = true
    let result = try await link(sky.input(), options: options, jobs: 1)
    let groups = try #require(result.trace).groups
    #expect(groups.count { $0.stage == .tracklet } == result.counts.tracklets)
    #expect(groups.count { $0.stage == .pair } == result.counts.pairs)
    #expect(groups.count { $0.stage == .candidate } == result.counts.candidates)
    let fits = groups.filter { $0.stage == .fit }
    for linkage in result.linkages {
      // The extension may add to a fit, never take away.
      #expect(fits.contains { Set($0.members).isSubset(of: linkage.members) })
    }
  }
}

import Astro
import Dynamics
import Foundation
import Linking
import Testing

/// The same thing twice, another observatory in one night, known links.
struct LinkerDuplicateTests {
  private func owners(_ links: [Linkage], _ sky: SyntheticSky) -> [Set<Int>] {
    links.map { Set($0.members.map { sky.seen[$0].object }) }
  }

  /// Every row twice: one object is at one place at a time, and no linkage counts it as more.
  @Test func repeatedDetectionsChangeNothing() async throws {
    let sky = LinkerTests.sky(objects: 15, noise: 60, seed: 111)
    let once = try await link(sky.input(), options: LinkerTests.options, jobs: 2).linkages
    var input = sky.input()
    let count = sky.seen.count
    input.observations += input.observations
    input.magnitudes += input.magnitudes
    input.observatories += input.observatories
    input.nights += input.nights
    input.trackletLabels += input.trackletLabels
    input.trails += input.trails
    let twice = try await link(input, options: LinkerTests.options, jobs: 2).linkages
    #expect(twice.count == once.count && once.count == 15)
    // The copy of a detection is the one as good as the other.
    let folded = twice.map { Set($0.members.map { $0 % count }) }
    #expect(twice.allSatisfy { Set($0.members.map { $0 % count }).count == $0.members.count })
    #expect(Set(folded) == Set(once.map { Set($0.members) }))
  }

  /// A pair of one observatory and, 3.6 hours later, a pair of another: one night, two tracklets.
  @Test func anotherObservatoryTakesOverInTheNight() async throws {
    var sky = SyntheticSky(seed: 113)
    for k in 0..<8 {
      sky.addObject(k, nights: [0, 0.15, 3, 3.15, 7, 7.15], a: 2.3 + 0.1 * Double(k))
    }
    var input = sky.input()
    let other = try #require(ObservatoryCode("W84"))
    for k in input.observatories.indices
    where sky.seen[k].days.truncatingRemainder(dividingBy: 1) > 0.1 {
      input.observatories[k] = other
    }
    let links = try await link(input, options: LinkerTests.options, jobs: 2).linkages
    #expect(Set(owners(links, sky)) == Set((0..<8).map { [$0] }))
    #expect(links.allSatisfy { $0.members.count == 12 })
  }

  /// Old nights are not searched again, but what was known of them stays, and takes in tonight's
  /// single detections: together they are the links of the whole window.
  @Test func knownLinksAndTonightAreTheWindow() async throws {
    var sky = LinkerTests.sky(objects: 12, noise: 80, seed: 117)
    // Seen thrice in the old nights; tonight once only.
    sky.addObject(12, nights: [0, 2, 5], a: 2.6)
    let input = sky.input()
    let whole = try await link(input, options: LinkerTests.options, jobs: 2).linkages
    let old = input.nights.indices.filter { input.nights[$0] < 9 }
    let before = LinkingInput(
      observations: old.map { input.observations[$0] },
      magnitudes: old.map { input.magnitudes[$0] },
      observatories: old.map { input.observatories[$0] }, nights: old.map { input.nights[$0] })
    let earlier = try await link(before, options: LinkerTests.options, jobs: 2).linkages
    var tonight = input
    tonight.known = earlier.map { $0.members.map { old[$0] } }
    var options = LinkerTests.options
    options.newNights = [9]
    let links = try await link(tonight, options: options, jobs: 2).linkages
    #expect(whole.count == 13)
    #expect(Set(links.map(\.members)) == Set(whole.map(\.members)))
    tonight.known = [[sky.seen.count]]
    await #expect(throws: LinkingError.self) { try await link(tonight, jobs: 1) }
  }

  /// A trail across the motion, or one that is far too long for it, vetoes the pair.
  @Test func trailsVetoPairs() async throws {
    let sky = LinkerTests.sky(objects: 6, noise: 0, seed: 119)
    var input = sky.input()
    func count(_ trail: (Int) -> DetectionTrail?) async throws -> Int {
      input.trails = sky.seen.indices.map(trail)
      return try await link(input, options: LinkerTests.options, jobs: 1).linkages.count
    }
    // Where each object goes: to its next detection within the hour, or from the last one.
    let angles = sky.seen.indices.map { k -> Double in
      let here = sky.seen[k]
      let pair = sky.seen.first {
        abs($0.days - here.days) < 0.03 && $0.days != here.days && $0.object == here.object
      }
      guard let pair else { return 0 }
      let (a, b) = here.days < pair.days ? (here, pair) : (pair, here)
      let (lon1, lat1) = a.direction.longitudeLatitude
      let (lon2, lat2) = b.direction.longitudeLatitude
      return atan2((lon2 - lon1) * cos(lat1), lat2 - lat1)
    }
    let long = 3 * Angle.arcsecond
    #expect(try await count { _ in nil } == 6)
    #expect(try await count { DetectionTrail(length: long, positionAngle: angles[$0]) } == 6)
    #expect(try await count { DetectionTrail(length: long, positionAngle: angles[$0] + .pi) } == 6)
    #expect(
      try await count { DetectionTrail(length: long, positionAngle: angles[$0] + .pi / 2) } == 0)
    // A minute of arc at 0.2°/d would be two hours of exposure.
    #expect(
      try await count { DetectionTrail(length: 20 * long, positionAngle: angles[$0]) } == 0)
  }
}

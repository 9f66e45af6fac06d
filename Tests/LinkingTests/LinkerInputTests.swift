import Astro
import Astrometry
import Dynamics
import Linking
import Testing

struct LinkerInputTests {
  @Test(arguments: [0, 1, 2, 5])
  func tinyInputsGiveNothing(count: Int) async throws {
    var sky = SyntheticSky(seed: 1)
    sky.addNoise(count, nights: [0])
    let result = try await link(sky.input(), options: LinkerTests.options, jobs: 4)
    #expect(result.linkages.isEmpty)
    #expect(result.counts.detections == count)
  }

  @Test func oneMomentGivesNothing() async throws {
    var input = LinkerTests.sky(objects: 10, noise: 0).input()
    for k in input.observations.indices {
      input.observations[k].epoch = input.observations[0].epoch
      input.nights[k] = 0
    }
    #expect(try await link(input, options: LinkerTests.options, jobs: 2).linkages.isEmpty)
  }

  /// A star that was not subtracted: it stands still while the Earth moves, and nothing bound does.
  @Test func onePlaceGivesNothing() async throws {
    var input = LinkerTests.sky(objects: 10, noise: 0).input()
    for k in input.observations.indices {
      input.observations[k].raRad = 0.01
      input.observations[k].decRad = 0.02
    }
    #expect(try await link(input, options: LinkerTests.options, jobs: 2).linkages.isEmpty)
  }

  @Test func wrongInputIsSaid() async throws {
    var short = LinkerTests.sky(objects: 2, noise: 0).input()
    short.nights.removeLast()
    await #expect(throws: LinkingError.self) { try await link(short, jobs: 1) }

    var broken = LinkerTests.sky(objects: 2, noise: 0).input()
    broken.observations[3].sigmaRaRad = 0
    let error = await #expect(throws: LinkingError.self) { try await link(broken, jobs: 1) }
    #expect(error?.description.contains("observation 3") == true)

    var options = LinkingOptions()
    options.minimumNights = 1
    #expect(throws: LinkingError.self) { try options.validate() }
  }
}

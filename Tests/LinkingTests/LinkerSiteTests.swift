import Astro
import Astrometry
import Dynamics
import Foundation
import Linking
import Testing

/// What passes near the Earth, seen from two sites: the truth is the two-body motion about the Sun, the
/// Earth's circle and the sites' turning.
struct LinkerSiteTests {
  private static let start = Epoch<TDB>(mjd: 60_400)
  /// [au].
  private static let earthRadius = 4.2635e-5
  private static let sigma = 0.1 * Angle.arcsecond

  /// Observer minus Sun; a site at 30 degrees of latitude.
  private func observer(_ days: Double, longitude: Double) -> Vector3 {
    let turn = 2 * .pi * 1.0027 * days + longitude
    return SyntheticSky.earth(days)
      + LinkerSiteTests.earthRadius * Vector3(0.87 * cos(turn), 0.87 * sin(turn), 0.5)
  }

  private func observation(
    _ object: StateVector, at days: Double, longitude: Double, _ sky: inout SyntheticSky
  ) -> AstrometricObservation {
    let here = observer(days, longitude: longitude)
    let step = 1e-4
    let velocity =
      (observer(days + step, longitude: longitude) - observer(days - step, longitude: longitude))
      * (0.5 / step)
    var offset = Vector3.zero
    var late = 0.0
    for _ in 0..<4 {
      offset = TwoBody.propagate(object, days: days - late).position - here
      late = offset.norm / Constants.lightSpeedAUPerDay
    }
    let noise = Vector3(sky.gauss(), sky.gauss(), sky.gauss()) * LinkerSiteTests.sigma
    let (lon, lat) = (offset.unit + noise).unit.longitudeLatitude
    return AstrometricObservation(
      epoch: LinkerSiteTests.start.adding(days: days), raRad: lon, decRad: lat,
      sigmaRaRad: LinkerSiteTests.sigma, sigmaDecRad: LinkerSiteTests.sigma, correlation: 0,
      observer: StateVector(position: here, velocity: velocity),
      sun: StateVector(position: .zero, velocity: .zero))
  }

  /// At day 0: beside the Earth, so near that 12 km/s past it make this rate.
  private func passingBy(rateDegPerDay: Double) -> StateVector {
    let speed = 12 * Constants.secondsPerDay / Constants.auKm
    let range = speed / (rateDegPerDay * Angle.degree)
    let orbital = GravitationalParameter.sun.squareRoot()
    return StateVector(
      position: SyntheticSky.earth(0) + range * Vector3(0.8, 0, 0.6),
      velocity: Vector3(0, orbital, 0) + speed * Vector3(0.36, 0.8, -0.48))
  }

  /// One detection of each site in a session of 20 minutes, no two of one site.
  @Test(arguments: [10.0, 20, 28, 36])
  func passersByAreLinkedFromOneDetectionOfEachSite(rateDegPerDay: Double) async throws {
    let object = passingBy(rateDegPerDay: rateDegPerDay)
    var sky = SyntheticSky(seed: 7)
    var observations: [AstrometricObservation] = []
    var sites: [ObservatoryCode] = []
    let codes = try ["W84", "I41"].map { try #require(ObservatoryCode($0)) }
    let sessions = [-0.75, -0.35, 0.05, 0.45, 0.8]
    for session in sessions {
      for (k, code) in codes.enumerated() {
        observations.append(
          observation(
            object, at: session + Double(k) / 72, longitude: k == 0 ? 0 : -0.75, &sky))
        sites.append(code)
      }
    }
    let input = LinkingInput(
      observations: observations, magnitudes: observations.map { _ in nil }, observatories: sites,
      nights: observations.indices.map { $0 / 2 })
    let links = try await link(input, options: LinkingOptions(), jobs: 1).linkages
    #expect(links.map(\.members) == [Array(observations.indices)])
  }
}

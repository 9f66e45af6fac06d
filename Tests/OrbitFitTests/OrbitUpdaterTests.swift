import Astro
import Astrometry
import Dynamics
import Foundation
import OrbitFit
import TestSupport
import Testing

/// Orbits known before, improved by a few more observations: places and states of JPL Horizons, with
/// noise.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct OrbitUpdaterTests {
  private static func prior(
    _ observations: [AstrometricObservation], _ solarSystem: SolarSystem
  ) throws -> CatalogOrbit {
    var options = FitOptions()
    options.rejection = false
    let fit = fitOrbit(observations: observations, options: options, solarSystem: solarSystem)
    return CatalogOrbit(
      designation: "prior", orbit: try #require(fit.orbit),
      covariance: fit.covariance)
  }

  /// Half of an arc as the prior, four later places: the truth is within the ellipsoid, and the
  /// orbit is the one that all of them together give.
  @Test func fewMorePlacesSayWhatAllTogetherSay() throws {
    let sky = try HorizonsFitTests()
    var noise = Noise(seed: 23)
    var compared = 0
    for object in sky.objects where object.samples.count >= 30 {
      let all = object.samples.map { noise.disturbed($0.observation) }
      let half = all.count / 2
      let before = Array(all[..<half])
      let new = Array(all[(half + 2)..<(half + 6)])
      let prior = try Self.prior(before, sky.solarSystem)
      let found = try #require(
        OrbitUpdater(sky.solarSystem).update(prior, with: new), "\(object.name)")
      #expect(found.fit.converged && found.fit.used == [true, true, true, true])
      let orbit = try #require(found.fit.orbit)
      let covariance = try #require(found.fit.covariance)
      let sample = try #require(
        object.samples.first { abs($0.observation.epoch.days(since: orbit.epoch)) < 1e-9 })
      let square = SyntheticSky.mahalanobis(
        orbit, covariance,
        truth: Orbit(epoch: orbit.epoch, state: sample.heliocentric, origin: .sun))
      // 27.9 is the 99.99 % point for six degrees of freedom.
      #expect(square < 27.9, "\(object.name): \(square)")
      // A fit of all of them, another algorithm: to a tenth of a standard deviation in each of six.
      var options = FitOptions()
      options.rejection = false
      let whole = fitOrbit(
        observations: before + new, options: options, solarSystem: sky.solarSystem)
      let other = try #require(whole.orbit)
      let there = try #require(
        Propagator(sky.solarSystem).propagate(other, to: [orbit.epoch]).states[0])
      let difference = SyntheticSky.mahalanobis(
        orbit, covariance, truth: Orbit(epoch: orbit.epoch, state: there, origin: .sun))
      #expect(difference < 6 * 0.01, "\(object.name): \(difference)")
      compared += 1
    }
    #expect(compared >= 8)
  }

  /// All observations come in again, those that the prior was made of among them: told which these
  /// are, the orbit and its covariance are those of a fit of each of them once. Added again, they
  /// would make the ellipsoid too small.
  @Test func whatThePriorHoldsIsNotCountedTwice() throws {
    let sky = try HorizonsFitTests()
    var noise = Noise(seed: 47)
    var (compared, tooSmall) = (0, 0)
    for object in sky.objects where object.samples.count >= 30 {
      let places = object.samples.map { noise.disturbed($0.observation) }
      let half = places.count / 2
      let before = Array(places[..<half])
      let all = before + places[(half + 2)..<(half + 6)]
      let prior = try Self.prior(before, sky.solarSystem)
      let updater = OrbitUpdater(sky.solarSystem)
      let held = all.indices.map { $0 < half }
      let found = try #require(updater.update(prior, with: all, held: held), "\(object.name)")
      #expect(found.fit.used.count == all.count && found.fit.degreesOfFreedom == 8)
      #expect(found.fit.residualsRaArcsec.count == all.count)
      let orbit = try #require(found.fit.orbit)
      var options = FitOptions()
      options.rejection = false
      let whole = fitOrbit(observations: all, options: options, solarSystem: sky.solarSystem)
      let motion = Propagator(sky.solarSystem).propagate(
        CatalogOrbit(
          designation: "whole", orbit: try #require(whole.orbit), covariance: whole.covariance),
        to: [orbit.epoch], options: .init(origin: .sun, transitions: true))
      let transition = try #require(motion.transitions[0])
      let there = try #require(motion.states[0])
      let fitted = try #require(whole.covariance)
      let once = try #require(fitted.propagated(by: transition))
      let covariance = try #require(found.fit.covariance)
      let difference = SyntheticSky.mahalanobis(
        orbit, covariance,
        truth: Orbit(epoch: orbit.epoch, state: there, origin: .sun))
      #expect(difference < 6 * 0.01, "\(object.name): \(difference)")
      // The logarithm of the ellipsoid's volume, by the product of the square roots of information:
      // the same to a hundredth in each of six axes, which is what the partials change by from one
      // orbit to the other.
      func volume(_ c: OrbitCovariance) -> Double {
        (0..<6).reduce(0) { $0 - log(abs(c.squareRootInformation[7 * $1])) }
      }
      #expect(abs(volume(covariance) - volume(once)) < 0.06, "\(object.name)")
      let twice = try #require(updater.update(prior, with: all)?.fit.covariance)
      if volume(twice) < volume(once) - 0.5 { tooSmall += 1 }
      // Nothing new.
      #expect(updater.update(prior, with: before, held: before.map { _ in true }) == nil)
      compared += 1
    }
    #expect(compared >= 8 && tooSmall == compared)
  }

  /// An orbit known to 150 m does not go anywhere because of four places of 0.05″, which are 40 km
  /// and more; one that is known to a thousandth of an au does.
  @Test func tightOrbitsStayAndOpenOnesGo() throws {
    let sky = try HorizonsFitTests()
    var noise = Noise(seed: 5)
    for object in sky.objects where object.samples.count >= 30 {
      let middle = object.samples[20]
      func known(_ sigmaAU: Double) -> CatalogOrbit {
        let sigmas =
          [Double](repeating: sigmaAU, count: 3)
          + [Double](repeating: sigmaAU / 100, count: 3)
        var matrix = [Double](repeating: 0, count: 36)
        for index in 0..<6 { matrix[7 * index] = sigmas[index] * sigmas[index] }
        return CatalogOrbit(
          designation: "known",
          orbit: Orbit(
            epoch: middle.observation.epoch, state: middle.heliocentric, origin: .sun),
          covariance: OrbitCovariance(covariance: matrix))
      }
      let seen = [18, 19, 21, 22].map { noise.disturbed(object.samples[$0].observation) }
      let updater = OrbitUpdater(sky.solarSystem)
      let tight = try #require(updater.update(known(1e-9), with: seen))
      let epoch = try #require(tight.fit.orbit?.epoch)
      let truth = try #require(
        object.samples.first { abs($0.observation.epoch.days(since: epoch)) < 1e-9 })
      let moved = try #require(tight.fit.orbit).state.position - truth.heliocentric.position
      // Half a standard deviation of what was known.
      #expect(moved.norm < 0.5e-9 * 3.0.squareRoot(), "\(object.name): \(moved.norm)")
      #expect(tight.shift < 1)
      let open = try #require(updater.update(known(1e-3), with: seen))
      let (before, after) = (
        known(1e-3).covariance?.covariance ?? [], open.fit.covariance?.covariance ?? []
      )
      // In the plane of the sky 0.05″ are 1e-6 au at 4 au: two of three axes are known a hundred
      // times better.
      let trace = { (c: [Double]) in (0..<3).reduce(1.0) { $0 * c[7 * $1].squareRoot() } }
      #expect(after.count == 36 && trace(after) < trace(before))
    }
  }

  /// One of six is five seconds of arc off: it is left out, and the orbit is as without it.
  @Test func aStrangerIsLeftOut() throws {
    let sky = try HorizonsFitTests()
    var noise = Noise(seed: 31)
    for object in sky.objects where object.samples.count >= 30 {
      let all = object.samples.map { noise.disturbed($0.observation) }
      let prior = try Self.prior(Array(all[..<20]), sky.solarSystem)
      var seen = Array(all[22..<28])
      let updater = OrbitUpdater(sky.solarSystem)
      let clean = try #require(
        updater.update(prior, with: [seen[0], seen[1], seen[3], seen[4], seen[5]]))
      seen[2].decRad += 5 * Angle.arcsecond
      let found = try #require(updater.update(prior, with: seen))
      #expect(found.fit.used == [true, true, false, true, true, true], "\(object.name)")
      #expect(abs(found.fit.chiSquare - clean.fit.chiSquare) < 1e-3)
    }
  }

  @Test func whatCanNotBeImprovedIsSaid() throws {
    let sky = try HorizonsFitTests()
    let sample = sky.objects[0].samples[0]
    let orbit = CatalogOrbit(
      designation: "none",
      orbit: Orbit(
        epoch: sample.observation.epoch, state: sample.heliocentric, origin: .sun))
    let updater = OrbitUpdater(sky.solarSystem)
    // No covariance; no observations.
    #expect(updater.update(orbit, with: [sample.observation]) == nil)
    var known = orbit
    known.covariance = OrbitCovariance(
      squareRootInformation: (0..<36).map { $0 % 7 == 0 ? 1e6 : 0 })
    #expect(updater.update(known, with: []) == nil)
    // Before the ephemerides begin.
    var early = sample.observation
    early.epoch = Epoch<TDB>(mjd: -100_000)
    #expect(updater.update(known, with: [early]) == nil)
  }
}

import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// Adds synthetic objects' detections to a window's, in memory.
struct Injection: Sendable {
  /// One of the window's exposures, as synthetic objects are seen in it.
  struct Exposure: Sendable {
    var sky: VisitSky
    var night: Int
    var observer: StateVector
    var sun: StateVector
    /// Magnitude V at which half of the sources are found, and what takes V to its band.
    var limitV: Double
    var color: Double
    /// One standard deviation of either coordinate [rad].
    var sigmaRad: Double
    /// Directions within this have some real detection, where the detector is [rad].
    var reachRad: Double
  }

  /// A synthetic detection.
  struct Seen: Sendable {
    var object: Int
    var exposure: Int
    var raRad: Double
    var decRad: Double
    var mag: Double
  }

  let exposures: [Exposure]
  let propagator: Propagator
  let seed: UInt64

  /// Width of the fall of the efficiency at the limit [mag].
  private static let fadeWidth = 0.15
  /// Objects are drawn from so much brighter than the limit to so much fainter [mag].
  static let brighter = 3.0
  static let fainter = 0.5
  /// Spread of measured magnitudes: noise and rotation [mag].
  private static let magnitudeSigma = 0.1

  /// Objects in the fields of a night, kinds in turn.
  func objects(_ count: Int, night: Int) -> [SyntheticObject] {
    let own = exposures.filter { $0.night == night }
    guard !own.isEmpty else { return [] }
    var dice = Dice(seed: seed)
    var found: [SyntheticObject] = []
    let kinds = SyntheticObject.Population.allCases
    var attempts = 0
    while found.count < count, attempts < 1_000 * count {
      attempts += 1
      let exposure = own[Int(dice.uniform() * Double(own.count))]
      let radius = exposure.sky.field.radiusRad * dice.uniform().squareRoot()
      let angle = dice.uniform(0, 2 * .pi)
      let direction = exposure.sky.field.centre.turned(by: radius, towards: angle)
      let magnitude = exposure.limitV + dice.uniform(-Self.brighter, Self.fainter)
      if let object = SyntheticObject(
        kinds[found.count % kinds.count],
        observer: exposure.observer.position - exposure.sun.position, direction: direction,
        epoch: exposure.sky.epoch, magnitudeV: magnitude, &dice)
      {
        found.append(object)
      }
    }
    return found
  }

  /// Where and how an object is seen in the window's exposures.
  ///
  /// - Returns: what is detected, and the exposures whose detector it is on, detected or not.
  func observe(_ object: SyntheticObject, number: Int) -> (seen: [Seen], crossed: [Int]) {
    var dice = Dice(seed: seed &+ UInt64(number) &* 1_000_003 &+ 1)
    let near = exposures(near: object.orbit)
    let states = propagator.propagate(
      object.orbit, to: near.map { exposures[$0].sky.epoch },
      options: .init(origin: .solarSystemBarycenter)
    ).states
    var seen: [Seen] = []
    var crossed: [Int] = []
    for (index, state) in zip(near, states) {
      guard let state else { continue }
      let exposure = exposures[index]
      let place = PredictedPlace(object: state, sun: exposure.sun, observer: exposure.observer)
      let direction = place.direction
      guard
        exposure.sky.field.centre.angle(to: direction) <= exposure.sky.field.radiusRad,
        exposure.sky.nearest(to: direction, within: exposure.reachRad) != nil
      else { continue }
      crossed.append(index)
      let magnitude = Photometry.apparentMagnitude(
        absoluteMagnitude: object.absoluteMagnitude, slope: Photometry.defaultSlope,
        heliocentricAU: place.heliocentricAU, topocentricAU: place.topocentricAU,
        phaseAngleRad: place.phaseAngleRad)
      let chance = 1 / (1 + exp((magnitude - exposure.limitV) / Self.fadeWidth))
      let isSeen = dice.uniform() < chance
      let (east, north) = place.tangents
      let (x, y) = (exposure.sigmaRad * dice.normal(), exposure.sigmaRad * dice.normal())
      let noise = Self.magnitudeSigma * dice.normal()
      guard isSeen else { continue }
      let (lon, lat) = (direction + east * x + north * y).longitudeLatitude
      seen.append(
        Seen(
          object: number, exposure: index, raRad: lon, decRad: lat,
          mag: magnitude - exposure.color + noise))
    }
    return (seen, crossed)
  }

  /// Exposures whose field two-body motion comes near to.
  private func exposures(near orbit: Orbit) -> [Int] {
    exposures.indices.filter { index in
      let exposure = exposures[index]
      let state = TwoBody.propagate(
        orbit.state, days: exposure.sky.epoch.days(since: orbit.epoch))
      let offset = state.position + exposure.sun.position - exposure.observer.position
      guard offset.squaredNorm.isFinite else { return false }
      return exposure.sky.field.centre.angle(to: offset)
        <= exposure.sky.field.radiusRad + Self.slackRad
    }
  }

  /// Planets' pull over a month, light time.
  private static let slackRad = 0.5 * Angle.degree
}

extension Vector3 {
  /// The direction at a distance [rad] from this unit vector, at an angle about it.
  func turned(by distance: Double, towards angle: Double) -> Vector3 {
    let side = abs(z) < 0.9 ? Vector3(0, 0, 1).cross(self).unit : Vector3(1, 0, 0).cross(self).unit
    let other = cross(side)
    return self * cos(distance) + (side * cos(angle) + other * sin(angle)) * sin(distance)
  }
}

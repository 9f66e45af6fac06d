import Astro
import Astrometry
import Dynamics
import Foundation

/// Where the orbits of a tracklet are at one moment, from the Earth's centre.
struct PlacesAtOnce {
  var directions: [Vector3] = []
  private var distances: [Double] = []
  private var magnitudes: [Double] = []
  let centre: Vector3
  /// From the Sun, of the middle [rad].
  let elongation: Double
  private var angles: [Double]

  init(
    _ orbits: [RangedOrbit], _ epoch: Epoch<TDB>, _ solarSystem: SolarSystem
  ) throws(DynamicsError) {
    let earth = try solarSystem.ephemeris.state(of: .earth, at: epoch)
    let sun = try solarSystem.ephemeris.state(of: .sun, at: epoch)
    for orbit in orbits {
      let state = TwoBody.propagate(orbit.orbit.state, days: epoch.days(since: orbit.orbit.epoch))
      let place = PredictedPlace(object: state + sun, sun: sun, observer: earth)
      guard place.direction.isFinite else { continue }
      directions.append(place.direction)
      distances.append(place.topocentricAU)
      magnitudes.append(
        Photometry.apparentMagnitude(
          absoluteMagnitude: orbit.absoluteMagnitude, slope: Photometry.defaultSlope,
          heliocentricAU: place.heliocentricAU, topocentricAU: place.topocentricAU,
          phaseAngleRad: min(place.phaseAngleRad, 2.6)))
    }
    let middle = SkyRegion.middle(directions)
    centre = middle
    angles = directions.map { $0.angle(to: middle) }.sorted()
    elongation = (sun.position - earth.position).angle(to: middle)
  }

  var medianDistance: Double { PlacesAtOnce.median(distances) }
  var medianMagnitude: Double { PlacesAtOnce.median(magnitudes) }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[values.count / 2]
  }

  func radius(_ part: Double) -> Double {
    guard !angles.isEmpty else { return .pi }
    let index = Int((part * Double(angles.count)).rounded(.up)) - 1
    return angles[max(0, min(angles.count - 1, index))]
  }

  func part(within radius: Double) -> Double {
    angles.isEmpty ? 0 : Double(angles.count { $0 <= radius }) / Double(angles.count)
  }
}

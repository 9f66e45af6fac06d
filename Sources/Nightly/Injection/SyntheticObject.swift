import Astro
import Dynamics
import Foundation

/// An object that is not there: its orbit and brightness, to see whether it would be found.
struct SyntheticObject: Sendable {
  var orbit: Orbit
  var absoluteMagnitude: Double
  var population: Population

  /// Kinds of orbits, drawn in turn.
  enum Population: String, Sendable, CaseIterable {
    case nearEarth = "near-Earth"
    case mainBelt = "main belt"
    case trojan = "Jupiter Trojan"
    case transneptunian = "trans-Neptunian"

    /// Semi-major axis [au], eccentricity, inclination [rad]: broad, so that all of a kind's orbits
    /// are tried; no model of how many there are.
    func shape(_ dice: inout Dice) -> (a: Double, e: Double, i: Double) {
      switch self {
      case .nearEarth:
        let (q, e) = (dice.uniform(0.5, 1.3), dice.uniform(0.1, 0.8))
        return (q / (1 - e), e, dice.rayleigh(12 * Angle.degree))
      case .mainBelt:
        return (
          dice.uniform(2.1, 3.3), min(0.35, dice.rayleigh(0.1)), dice.rayleigh(8 * Angle.degree)
        )
      case .trojan:
        return (
          dice.uniform(5.1, 5.3), min(0.25, dice.rayleigh(0.06)), dice.rayleigh(12 * Angle.degree)
        )
      case .transneptunian:
        return (dice.uniform(38, 48), min(0.3, dice.rayleigh(0.1)), dice.rayleigh(9 * Angle.degree))
      }
    }
  }
}

/// Random numbers from a seed (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195).
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 ^ 0x5851_f42d_4c95_7f2d }

  /// In [0, 1).
  mutating func uniform() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return Double((z ^ z >> 31) >> 11) * 0x1p-53
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  mutating func rayleigh(_ sigma: Double) -> Double {
    sigma * (-2 * log(1 - uniform())).squareRoot()
  }

  mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}

extension SyntheticObject {
  /// An object of a kind that stands in a direction at a moment; nil where this draw of the dice
  /// has none there.
  ///
  /// - Parameters:
  ///   - observer: heliocentric ICRF [au].
  ///   - direction: unit vector, ICRF.
  ///   - magnitudeV: as it appears then.
  init?(
    _ population: Population, observer: Vector3, direction: Vector3, epoch: Epoch<TDB>,
    magnitudeV: Double, _ dice: inout Dice
  ) {
    let (a, e, i) = population.shape(&dice)
    // The distance by uniform mean anomaly, from the eccentric one by Newton's steps.
    let mean = dice.uniform(0, 2 * .pi)
    var anomaly = mean
    for _ in 0..<20 { anomaly -= (anomaly - e * sin(anomaly) - mean) / (1 - e * cos(anomaly)) }
    let r = a * (1 - e * cos(anomaly))
    // Where the line of sight is at that distance from the Sun; of two places the farther one.
    let along = observer.dot(direction)
    let discriminant = along * along - observer.squaredNorm + r * r
    guard discriminant >= 0 else { return nil }
    let range = -along + discriminant.squareRoot()
    guard range > 0.02 else { return nil }
    let position = observer + direction * range
    let phase = (position * -1).angle(to: direction * -1)
    let dimming = Photometry.apparentMagnitude(
      absoluteMagnitude: 0, slope: Photometry.defaultSlope, heliocentricAU: r,
      topocentricAU: range, phaseAngleRad: phase)
    guard dimming.isFinite else { return nil }
    // In the ecliptic: up, and the way of the motion across the radius by the inclination.
    let ecliptic = Frames.equatorialToEcliptic * position
    let up = ecliptic.unit
    let latitude = asin(max(-1, min(1, up.z)))
    let tilt = max(i, abs(latitude) + 1e-4)
    guard tilt < .pi / 2 else { return nil }
    let sine = min(1, cos(tilt) / cos(latitude))
    let cosine = (1 - sine * sine).squareRoot() * (dice.uniform() < 0.5 ? -1 : 1)
    let east = Vector3(0, 0, 1).cross(up).unit
    let north = up.cross(east)
    let gm = GravitationalParameter.sun
    let speed2 = gm * (2 / r - 1 / a)
    let tangential = (gm * a * (1 - e * e)).squareRoot() / r
    let radial = max(0, speed2 - tangential * tangential).squareRoot() * (sin(anomaly) < 0 ? -1 : 1)
    let velocity = up * radial + (east * sine + north * cosine) * tangential
    orbit = Orbit(
      epoch: epoch,
      state: StateVector(position: position, velocity: Frames.eclipticToEquatorial * velocity),
      origin: .sun)
    absoluteMagnitude = magnitudeV - dimming
    self.population = population
  }
}

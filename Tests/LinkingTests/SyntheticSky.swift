import Astro
import Astrometry
import Dynamics
import Foundation
import Linking

/// Asteroids on Kepler orbits seen from an Earth on a circle: made from Kepler's equation alone, so
/// that nothing of the linker's own mathematics is in the truth.
struct SyntheticSky {
  struct Seen {
    var days: Double
    var direction: Vector3
    var object: Int
  }

  private static let gm = 2.959_122_082_855_911e-4
  private static let start = Epoch<TDB>(mjd: 60_400)
  private var state: UInt64
  private(set) var seen: [Seen] = []

  init(seed: UInt64) { state = seed }

  /// Steele et al. 2014, doi:10.1145/2714064.2660195.
  mutating func uniform() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return Double((z ^ z >> 31) >> 11) * 0x1p-53
  }

  mutating func gauss() -> Double {
    (-2 * log(uniform() + 1e-300)).squareRoot() * cos(2 * .pi * uniform())
  }

  /// 0.1″: that of a good survey.
  static let sigma = 0.1 * Angle.arcsecond

  static func earth(_ days: Double) -> Vector3 {
    let angle = gm.squareRoot() * days
    return Vector3(cos(angle), sin(angle), 0)
  }

  /// Adds an object near opposition, seen twice a night, 30 minutes apart, or more often in an hour.
  mutating func addObject(_ object: Int, nights: [Double], a: Double, exposures: Int = 2) {
    let e = 0.2 * uniform()
    let tilt = 0.15 * uniform()
    let node = 2 * .pi * uniform()
    let mean = 2 * .pi * uniform()
    // The perihelion such that the object is within 0.15 rad of opposition at day 0.
    let trueAnomaly = SyntheticSky.trueAnomaly(mean, e)
    let perihelion = -node - trueAnomaly + 0.3 * (uniform() - 0.5)
    func position(_ days: Double) -> Vector3 {
      let m = mean + (SyntheticSky.gm / (a * a * a)).squareRoot() * days
      let nu = SyntheticSky.trueAnomaly(m, e)
      let r = a * (1 - e * e) / (1 + e * cos(nu))
      let u = nu + perihelion
      return r
        * Vector3(
          cos(node) * cos(u) - sin(node) * sin(u) * cos(tilt),
          sin(node) * cos(u) + cos(node) * sin(u) * cos(tilt), sin(u) * sin(tilt))
    }
    for night in nights {
      for step in 0..<exposures {
        let days = night + Double(step) / (exposures > 2 ? 24 * Double(exposures) : 48)
        var tau = 0.0
        var offset = Vector3.zero
        for _ in 0..<4 {
          offset = position(days - tau) - SyntheticSky.earth(days)
          tau = offset.norm / Constants.lightSpeedAUPerDay
        }
        add(days, offset.unit, object)
      }
    }
  }

  private mutating func add(_ days: Double, _ direction: Vector3, _ object: Int) {
    let noise = Vector3(gauss(), gauss(), gauss()) * SyntheticSky.sigma
    seen.append(Seen(days: days, direction: (direction + noise).unit, object: object))
  }

  /// Chance detections within 10 degrees of opposition.
  mutating func addNoise(_ count: Int, nights: [Double]) {
    for _ in 0..<count {
      let night = nights[Int(uniform() * Double(nights.count))]
      let direction = Vector3(1, 0.35 * (uniform() - 0.5), 0.35 * (uniform() - 0.5)).unit
      add(night + (uniform() < 0.5 ? 0 : 1.0 / 48), direction, -1)
    }
  }

  /// Chance detections in a Gaussian of 0.02 degrees, two exposures a night.
  mutating func addCrowd(_ count: Int, nights: [Double]) {
    for night in nights {
      for step in 0..<2 {
        for _ in 0..<count {
          let offset = Vector3(0, gauss(), gauss()) * (0.02 * Angle.degree)
          add(night + Double(step) / 48, (Vector3(1, 0, 0) + offset).unit, -1)
        }
      }
    }
  }

  /// Stars, seen at one place twice in every night.
  mutating func addStars(_ count: Int, nights: [Double]) {
    for _ in 0..<count {
      let direction = Vector3(1, 0.35 * (uniform() - 0.5), 0.35 * (uniform() - 0.5)).unit
      for night in nights {
        for step in 0..<2 { add(night + Double(step) / 48, direction, -1) }
      }
    }
  }

  /// Every detection once more, 0.05″ away at the same moment.
  mutating func addTwins() {
    for s in seen { add(s.days, s.direction, s.object) }
  }

  /// - Parameter turn: carries the whole sky, observers and Sun included.
  func input(turn: Matrix3 = .identity) -> LinkingInput {
    let observations = seen.map { s -> AstrometricObservation in
      let (lon, lat) = (turn * s.direction).longitudeLatitude
      let here = SyntheticSky.earth(s.days)
      let speed = Vector3(-here.y, here.x, 0) * SyntheticSky.gm.squareRoot()
      return AstrometricObservation(
        epoch: SyntheticSky.start.adding(days: s.days), raRad: lon, decRad: lat,
        sigmaRaRad: SyntheticSky.sigma, sigmaDecRad: SyntheticSky.sigma, correlation: 0,
        observer: StateVector(position: turn * here, velocity: turn * speed),
        sun: StateVector(position: .zero, velocity: .zero))
    }
    return LinkingInput(
      observations: observations, magnitudes: seen.map { _ in nil },
      observatories: seen.map { _ in .rubin }, nights: seen.map { Int($0.days.rounded(.down)) })
  }

  private static func trueAnomaly(_ mean: Double, _ e: Double) -> Double {
    var anomaly = mean
    for _ in 0..<30 {
      anomaly -= (anomaly - e * sin(anomaly) - mean) / (1 - e * cos(anomaly))
    }
    return 2
      * atan2((1 + e).squareRoot() * sin(anomaly / 2), (1 - e).squareRoot() * cos(anomaly / 2))
  }
}

import Astro
import Astrometry
import Dynamics
import Foundation

/// Counts the oppositions at which an object was observed.
enum Oppositions {
  /// Relative motions slower than once in so many days don't tell oppositions apart: gaps do.
  private static let slowestDays = 20 * 365.25
  private static let gapDays = 180.0

  /// Each observation belongs to the opposition that is nearest in time, by the mean motions of
  /// object and Earth.
  ///
  /// - Parameters:
  ///   - places: observer and object relative to the Sun, in the order of time.
  static func count(
    _ observations: [AstrometricObservation], states: [StateVector?], meanMotionRadPerDay: Double
  ) -> Int {
    guard let first = observations.first else { return 0 }
    let earth = 2 * Double.pi / 365.256_363
    let relative = earth - meanMotionRadPerDay
    guard abs(relative) * slowestDays > 2 * .pi else {
      let gaps = zip(observations, observations.dropFirst())
        .count { $1.epoch.days(since: $0.epoch) > gapDays }
      return gaps + 1
    }
    let synodic = 2 * Double.pi / abs(relative)
    var start: Double?
    var found = Set<Int>()
    for (seen, state) in zip(observations, states) {
      guard let state else { continue }
      func longitude(_ position: Vector3) -> Double {
        (Frames.equatorialToEcliptic * (position - seen.sun.position)).longitudeLatitude.lon
      }
      let ahead = Angle.wrapSigned(
        longitude(state.position) - longitude(seen.observer.position))
      let opposition = seen.epoch.days(since: first.epoch) + ahead / relative
      if start == nil { start = opposition }
      found.insert(Int(((opposition - (start ?? 0)) / synodic).rounded()))
    }
    return max(1, found.count)
  }
}

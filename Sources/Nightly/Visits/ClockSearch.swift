import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// Looks for the time by which exposures are late or early, if they seem to lack the known objects
/// that they should show: objects and detections that lie along their motion vote for it.
struct ClockSearch {
  /// One exposure, or those of a clock's night.
  let visits: [VisitSky]
  let places: KnownPlaces

  /// More exposures than these say no more.
  private static let mostVisits = 120
  /// Trials of the time, each searched by votes about it [s].
  private static let trialStep = 1_800.0
  private static let voteReach = 1_000.0
  private static let voteBin = 10.0
  private static let bins = Int(2 * voteReach / voteBin)
  /// Across the motion: parallax of the time that is wrong [arcsec].
  private static let acrossArcsec = 3.0

  init(visits: [VisitSky], places: KnownPlaces) {
    let step = max(1, (visits.count + Self.mostVisits - 1) / Self.mostVisits)
    self.visits = stride(from: 0, to: visits.count, by: step).map { visits[$0] }
    self.places = places
  }

  /// The shift of time that explains most; nil when none does.
  func best() -> WideSearch.Shift? {
    var best: (seconds: Double, votes: Int) = (0, 0)
    let trials = Int(KnownPlaces.widestClock * Constants.secondsPerDay / Self.trialStep)
    for trial in -trials...trials {
      let base = Double(trial) * Self.trialStep
      var votes = [Int](repeating: 0, count: Self.bins + 1)
      for visit in visits { vote(visit, base, &votes) }
      for bin in 0..<Self.bins where votes[bin] + votes[bin + 1] > best.votes {
        best = (
          base + Double(bin + 1) * Self.voteBin - Self.voteReach, votes[bin] + votes[bin + 1]
        )
      }
    }
    guard best.votes >= WideSearch.leastFound else { return nil }
    var seconds = best.seconds
    var match = pooled(seconds)
    // Parallax and curvature: twice is enough.
    for _ in 0..<2 {
      seconds += VisitBias(match.residuals).clockSeconds
      match = pooled(seconds)
    }
    guard WideSearch.isBelieved(match.found, match.expected) else { return nil }
    var bias = VisitBias(match.residuals)
    bias.cause = .clock
    bias.clockSeconds += seconds
    return WideSearch.Shift(bias: bias, found: match.found, expected: match.expected)
  }

  private func pooled(
    _ seconds: Double
  ) -> (residuals: [VisitBias.Residual], found: Int, expected: Int) {
    let matches = visits.map { VisitMatch($0, places, laterBy: seconds) }
    return (
      VisitMatch.pooled(matches), matches.reduce(0) { $0 + $1.found },
      matches.reduce(0) { $0 + $1.expected }
    )
  }

  private func vote(_ visit: VisitSky, _ base: Double, _ votes: inout [Int]) {
    let objects = places.expected(
      in: visit.field, at: visit.epoch.adding(days: base / Constants.secondsPerDay),
      observatory: visit.observatory, limitV: visit.limitV)
    for object in objects {
      let still = VisitMatch.residual(object, object.place.direction, sigma: 0)
      let speed = (still.rateEast * still.rateEast + still.rateNorth * still.rateNorth).squareRoot()
      guard speed > 0 else { continue }
      let reach = (speed * Self.voteReach + Self.acrossArcsec) * Angle.arcsecond
      visit.forEach(near: object.place.direction, within: min(reach, 0.02)) { index, _ in
        let seen = VisitMatch.residual(object, visit.directions[index], sigma: 0)
        let along = (seen.east * still.rateEast + seen.north * still.rateNorth) / speed
        let across = (seen.north * still.rateEast - seen.east * still.rateNorth) / speed
        let bin = Int(((along / speed + Self.voteReach) / Self.voteBin).rounded(.down))
        if abs(across) <= Self.acrossArcsec, votes.indices.contains(bin) { votes[bin] += 1 }
      }
    }
  }
}

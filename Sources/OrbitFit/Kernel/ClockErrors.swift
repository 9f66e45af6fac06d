import Astro
import Astrometry

/// Sight lines with the error that a wrong clock makes: along the motion, so large as the motion is
/// fast. That of a main-belt asteroid does not show; that of an asteroid passing by the Earth is
/// many times all others.
///
/// The motion is the slower one of those from the observation before and to the one after it: one
/// wrong neighbour does not widen the error.
func withClockErrors(_ sights: [SightLine]) -> [SightLine] {
  guard sights.contains(where: { $0.observation.shared.clockSeconds > 0 }) else { return sights }
  let order = sights.indices.filter { sights[$0].isUsable }
    .sorted { sights[$0].observation.epoch < sights[$1].observation.epoch }
  var result = sights
  for i in order.indices {
    let sight = sights[order[i]]
    let clock = Double(sight.observation.shared.clockSeconds) / Constants.secondsPerDay
    guard clock > 0 else { continue }
    var slowest: (east: Double, north: Double)?
    for j in [i - 1, i + 1] where order.indices.contains(j) {
      guard let motion = sight.motion(to: sights[order[j]]) else { continue }
      if let known = slowest,
        known.east * known.east + known.north * known.north
          < motion.east * motion.east + motion.north * motion.north
      {
        continue
      }
      slowest = motion
    }
    guard let slowest else { continue }
    result[order[i]] = sight.widened(east: slowest.east * clock, north: slowest.north * clock)
  }
  return result
}

extension SightLine {
  /// Motion on the sky [rad/d], east and north, from this observation to another; nil where they
  /// are too close in time, or too far apart, to tell.
  fileprivate func motion(to other: SightLine) -> (east: Double, north: Double)? {
    let gap = other.observation.epoch.days(since: observation.epoch)
    guard abs(gap) > 1e-4, abs(gap) < 5 else { return nil }
    let depth = other.direction.dot(direction)
    guard depth > 0.5 else { return nil }
    return (other.direction.dot(east) / depth / gap, other.direction.dot(north) / depth / gap)
  }

  /// The same observation with an error along one direction added [rad].
  fileprivate func widened(east e: Double, north n: Double) -> SightLine {
    var wide = observation
    let ra2 = wide.sigmaRaRad * wide.sigmaRaRad
    let dec2 = wide.sigmaDecRad * wide.sigmaDecRad
    // Less than a hundredth of the variance is not worth a correlation.
    guard e * e > 0.01 * ra2 || n * n > 0.01 * dec2 else { return self }
    let product = wide.correlation * wide.sigmaRaRad * wide.sigmaDecRad + e * n
    wide.sigmaRaRad = (ra2 + e * e).squareRoot()
    wide.sigmaDecRad = (dec2 + n * n).squareRoot()
    wide.correlation = product / (wide.sigmaRaRad * wide.sigmaDecRad)
    return SightLine(wide)
  }
}

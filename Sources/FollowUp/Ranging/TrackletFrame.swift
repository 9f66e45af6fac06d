import Astro
import Astrometry
import Dynamics

/// A tracklet in the axes that ranging computes in: ecliptic J2000, a tangent plane at the reference
/// observation, times from its epoch.
struct TrackletFrame {
  /// Sight line of the reference observation, and east and north of it.
  let sight: Vector3
  let east: Vector3
  let north: Vector3
  /// Observer at the epoch, heliocentric.
  let observer: StateVector
  /// The Earth at the epoch, heliocentric.
  let earth: StateVector
  private(set) var sights: [Sight] = []

  /// One observation.
  struct Sight {
    /// From the epoch [d].
    var days: Double
    /// Place in the tangent plane [rad], and weights [1/rad²].
    var east: Double
    var north: Double
    var eastWeight: Double
    var northWeight: Double
    /// By how far the observer lags behind its motion at the epoch [au].
    var lagEast: Double
    var lagNorth: Double
    var lagSight: Double
  }

  /// The least error of a direction that is believed [rad]: timing, and what stars and asteroids
  /// share in an exposure, does not show in a centroid's.
  private static let leastSigma = 0.05 * Angle.arcsecond

  init(_ tracklet: Tracklet) {
    let reference = tracklet.observations[tracklet.reference]
    let rotate = Frames.equatorialToEcliptic
    let direction = Vector3(raRad: reference.raRad, decRad: reference.decRad)
    let axis = Vector3(raRad: reference.raRad + 0.5 * .pi, decRad: 0)
    sight = rotate * direction
    east = rotate * axis
    north = rotate * direction.cross(axis)
    func heliocentric(_ s: StateVector, _ sun: StateVector) -> StateVector {
      let d = s - sun
      return StateVector(position: rotate * d.position, velocity: rotate * d.velocity)
    }
    observer = heliocentric(reference.observer, reference.sun)
    earth = heliocentric(tracklet.earth, reference.sun)
    for o in tracklet.observations {
      let t = o.epoch.days(since: reference.epoch)
      let u = rotate * Vector3(raRad: o.raRad, decRad: o.decRad)
      let depth = u.dot(sight)
      // More than a quarter of the sky away: no plane holds both; it can't count.
      let counts = depth > 0.2
      func weight(_ sigma: Double) -> Double {
        let s = max(sigma, TrackletFrame.leastSigma)
        return counts ? 1 / (s * s) : 0
      }
      let place = rotate * (o.observer.position - o.sun.position)
      let lag = observer.position + observer.velocity * t - place
      sights.append(
        Sight(
          days: t, east: counts ? u.dot(east) / depth : 0, north: counts ? u.dot(north) / depth : 0,
          eastWeight: weight(o.sigmaRaRad), northWeight: weight(o.sigmaDecRad),
          lagEast: lag.dot(east), lagNorth: lag.dot(north), lagSight: lag.dot(sight)))
    }
    freedom = tracklet.observations.reduce(.infinity) { min($0, Double($1.shared.freedom)) }
    addClockErrors(tracklet)
    addStationErrors(tracklet)
  }

  /// Between two observatories what each one's observations share looks like motion.
  private mutating func addStationErrors(_ tracklet: Tracklet) {
    var counts: [UInt32: Double] = [:]
    for o in tracklet.observations { counts[o.shared.source, default: 0] += 1 }
    guard counts.count > 1 else { return }
    for k in sights.indices {
      let count = counts[tracklet.observations[k].shared.source] ?? 1
      let factor = 1 + TrackletFrame.shared * (count - 1)
      sights[k].eastWeight /= factor
      sights[k].northWeight /= factor
    }
  }

  /// A clock that is off moves a fast object along its way.
  private mutating func addClockErrors(_ tracklet: Tracklet) {
    guard let first = sights.first, let last = sights.last, last.days > first.days else { return }
    let span = last.days - first.days
    let rates = ((last.east - first.east) / span, (last.north - first.north) / span)
    for k in sights.indices {
      let clock = Double(tracklet.observations[k].shared.clockSeconds) / Constants.secondsPerDay
      func widened(_ w: Double, _ rate: Double) -> Double {
        w > 0 ? 1 / (1 / w + rate * rate * clock * clock) : 0
      }
      sights[k].eastWeight = widened(sights[k].eastWeight, rates.0)
      sights[k].northWeight = widened(sights[k].northWeight, rates.1)
    }
  }

  /// Degrees of freedom with which the size of the errors is known; infinite when it was given.
  private(set) var freedom = Double.infinity
  /// What the errors were multiplied by.
  private(set) var scale = 1.0

  /// Twice the observations that count, less four unknowns.
  var degrees: Double { Double(max(0, 2 * sights.count { $0.eastWeight > 0 } - 4)) }

  /// Errors of stations differ from night to night and from object to object: what is left over of a
  /// tracklet says how large they are this time.
  ///
  /// - Parameter chiSquare: least squares left over, with the errors as they are now.
  mutating func rescale(_ chiSquare: Double) {
    guard freedom.isFinite, chiSquare.isFinite else { return }
    let wanted =
      ((freedom + chiSquare * scale * scale) / (freedom + degrees)).squareRoot()
    let factor = min(max(wanted, 0.5), 3) / scale
    scale *= factor
    for k in sights.indices {
      sights[k].eastWeight /= factor * factor
      sights[k].northWeight /= factor * factor
    }
  }

  /// A factor for normal errors that makes them Student's t, by a normal number (Wilson & Hilferty
  /// 1931, PNAS 17, 684).
  @inline(__always)
  func spread(_ z: Double) -> Double {
    guard freedom.isFinite else { return 1 }
    let part = 2 / (9 * (freedom + degrees))
    let root = max(0.25, 1 - part + z * part.squareRoot())
    return 1 / (root * root.squareRoot())
  }

  /// Variance that a night's observations share (plate solution, star catalog), as a part of one's
  /// variance.
  private static let shared = 0.35

  /// One standard deviation of the place at the epoch [rad]: the mean of all, and what they share.
  var placeSigmas: (east: Double, north: Double) {
    var (count, e, n) = (0.0, 0.0, 0.0)
    for s in sights where s.eastWeight > 0 {
      count += 1
      e += s.eastWeight
      n += s.northWeight
    }
    let share = 1 + TrackletFrame.shared * count
    return ((share / e).squareRoot(), (share / n).squareRoot())
  }

  /// Longest time from the epoch [d].
  var reachDays: Double { sights.reduce(0) { max($0, abs($1.days)) } }

  /// Whether there is a motion at all: two usable observations at times a second apart.
  var hasMotion: Bool {
    var (first, last) = (Double.infinity, -Double.infinity)
    for sight in sights where sight.eastWeight > 0 {
      first = min(first, sight.days)
      last = max(last, sight.days)
    }
    return last - first > 1 / Constants.secondsPerDay
  }
}

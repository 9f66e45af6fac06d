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
    addClockErrors(tracklet)
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

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
  /// By observation: time [d], place in the tangent plane [rad], weights [1/rad²], and by how far the
  /// observer lags behind its motion at the epoch [au].
  private(set) var days: [Double] = []
  private(set) var eastPlace: [Double] = []
  private(set) var northPlace: [Double] = []
  private(set) var eastWeight: [Double] = []
  private(set) var northWeight: [Double] = []
  private(set) var lagE: [Double] = []
  private(set) var lagN: [Double] = []
  private(set) var lagU: [Double] = []

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
      days.append(t)
      eastPlace.append(counts ? u.dot(east) / depth : 0)
      northPlace.append(counts ? u.dot(north) / depth : 0)
      func weight(_ sigma: Double) -> Double {
        let s = max(sigma, TrackletFrame.leastSigma)
        return counts ? 1 / (s * s) : 0
      }
      eastWeight.append(weight(o.sigmaRaRad))
      northWeight.append(weight(o.sigmaDecRad))
      let place = rotate * (o.observer.position - o.sun.position)
      let lag = observer.position + observer.velocity * t - place
      lagE.append(lag.dot(east))
      lagN.append(lag.dot(north))
      lagU.append(lag.dot(sight))
    }
    addClockErrors(tracklet)
  }

  /// A clock that is off moves a fast object along its way.
  private mutating func addClockErrors(_ tracklet: Tracklet) {
    guard let first = days.first, let last = days.last, last > first else { return }
    let n = days.count - 1
    let rates = (
      (eastPlace[n] - eastPlace[0]) / (last - first),
      (northPlace[n] - northPlace[0]) / (last - first)
    )
    for k in days.indices {
      let clock = Double(tracklet.observations[k].shared.clockSeconds) / Constants.secondsPerDay
      func widened(_ w: Double, _ rate: Double) -> Double {
        w > 0 ? 1 / (1 / w + rate * rate * clock * clock) : 0
      }
      eastWeight[k] = widened(eastWeight[k], rates.0)
      northWeight[k] = widened(northWeight[k], rates.1)
    }
  }

  /// Whether there is a motion at all: two usable observations at times a second apart.
  var hasMotion: Bool {
    var (first, last) = (Double.infinity, -Double.infinity)
    for k in days.indices where eastWeight[k] > 0 {
      first = min(first, days[k])
      last = max(last, days[k])
    }
    return last - first > 1 / Constants.secondsPerDay
  }
}

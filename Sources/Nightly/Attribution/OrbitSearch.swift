import Astro
import Astrometry
import Dynamics
import Foundation
import Prediction

/// Finds the detections of a night that may be known objects': a sweep over all orbits and exposures
/// by two-body motion, then the places under all forces, with their covariances.
struct OrbitSearch: Sendable {
  let sky: NightSky
  let propagator: Propagator
  private let sweep: OrbitSweep

  /// Candidates are no further from the predicted place than this or five standard deviations of
  /// it, up to the widest [rad].
  static let radiusRad = 5 * Angle.arcsecond
  static let widestRad = 300 * Angle.arcsecond
  /// Leaves out 4 in a million true ones.
  static let chi2Limit = 25.0
  /// That an object which should be there is detected.
  static let detectionProbability = 0.9
  /// Spread of magnitudes about the predicted one: rotation, and H of catalogs.
  private static let magnitudeSigma = 0.8
  /// Unrelated detections spread over so many magnitudes.
  private static let magnitudeRange = 6.0
  /// A magnitude can't speak against an object more strongly: H may be wrong.
  private static let leastMagnitudeFactor = 1e-3

  init(sky: NightSky, solarSystem: SolarSystem) {
    self.sky = sky
    propagator = Propagator(solarSystem)
    sweep = OrbitSweep(
      sky.exposures.map { exposure in
        OrbitSweep.Field(
          centre: exposure.field.centre, radiusRad: exposure.field.radiusRad + Self.widestRad,
          epoch: exposure.epoch,
          observer: exposure.observer.position - exposure.sun.position)
      })
  }

  /// - Parameter known: its orbits near the field are brought to its reference epoch.
  /// - Returns: in the order of the objects.
  func pairings(_ known: inout KnownOrbits, jobs: Int) async throws -> [Pairing] {
    let all = known
    let parts = try await parallelMap(count: all.objects.count, chunk: 256, jobs: jobs) { range in
      let workspace = propagator.makeWorkspace()
      var found: [Pairing] = []
      var moved: [(index: Int, orbit: CatalogOrbit)] = []
      for index in range {
        let object = all.objects[index]
        // Asked of the orbit in force also where it was moved before: the same answer whichever
        // night a run is resumed in.
        guard sweep.mayHold(object.orbit.orbit),
          let orbit = all.moved[index]
            ?? object.moved(to: all.reference, propagator, workspace),
          let covariance = orbit.covariance
        else { continue }
        if all.moved[index] == nil { moved.append((index, orbit)) }
        // Of the orbit that was moved, also where it was moved just now: the same epochs, and so the
        // same last bits, whichever night a run is resumed in.
        pair(index, orbit, covariance, sweep.fields(of: orbit.orbit), workspace, &found)
      }
      return (found: found, moved: moved)
    }
    for part in parts {
      for (index, orbit) in part.moved { known.moved[index] = orbit }
    }
    return parts.flatMap(\.found)
  }

  // MARK: - Places

  private func pair(
    _ object: Int, _ orbit: CatalogOrbit, _ covariance: OrbitCovariance, _ near: [Int],
    _ workspace: Propagator.Workspace, _ found: inout [Pairing]
  ) {
    let motion = propagator.propagate(
      orbit, to: near.map { sky.exposures[$0].epoch },
      options: .init(origin: .solarSystemBarycenter, transitions: true), workspace: workspace)
    for (number, index) in near.enumerated() {
      guard let state = motion.states[number], let transition = motion.transitions[number] else {
        continue
      }
      let exposure = sky.exposures[index]
      let place = PredictedPlace(object: state, sun: exposure.sun, observer: exposure.observer)
      let own = SkyCovariance(covariance, transition: transition, partials: place.partials)
      let major = own.ellipse.major
      // Wider ones can't be told from anything else in the field.
      guard major <= Self.widestRad else { continue }
      let reach = max(Self.radiusRad, min(Self.widestRad, 5 * major))
      let magnitude = orbit.magnitude(
        heliocentricAU: place.heliocentricAU, topocentricAU: place.topocentricAU,
        phaseAngleRad: place.phaseAngleRad)
      search(
        exposure, Predicted(place: place, covariance: own, reach: reach, magnitude: magnitude)
      ) { slot, chi2, weight, offset in
        found.append(
          Pairing(
            object: object, slot: slot, exposure: index, chi2: chi2, weight: weight,
            offsetRa: offset.ra, offsetDec: offset.dec,
            gain: 2 * major * major / (sky.covariances[slot].ra + sky.covariances[slot].dec)))
      }
    }
  }

  private struct Predicted {
    var place: PredictedPlace
    var covariance: SkyCovariance
    var reach: Double
    var magnitude: Double?
  }

  private func search(
    _ exposure: NightSky.Exposure, _ predicted: Predicted,
    _ take: (Int, Double, Double, (ra: Double, dec: Double)) -> Void
  ) {
    let direction = predicted.place.direction
    let (east, north) = predicted.place.tangents
    // The z of unit vectors closer than the reach differs by less than it.
    var slot = firstSlot(exposure.slots, z: direction.z - predicted.reach)
    while slot < exposure.slots.upperBound, sky.directions[slot].z <= direction.z + predicted.reach
    {
      defer { slot += 1 }
      let seen = sky.directions[slot]
      guard (seen - direction).norm <= predicted.reach else { continue }
      // Gnomonic at the predicted place: offsets of arcseconds are exact to 1e-9 of themselves.
      let scale = 1 / seen.dot(direction)
      let offset = (ra: seen.dot(east) * scale, dec: seen.dot(north) * scale)
      let covariance = predicted.covariance + sky.covariances[slot]
      let chi2 = covariance.chi2(ra: offset.ra, dec: offset.dec)
      guard chi2 <= Self.chi2Limit else { continue }
      let normal = exp(-0.5 * chi2) / (2 * .pi * covariance.determinant.squareRoot())
      let weight =
        Self.detectionProbability * normal / exposure.density
        * Self.magnitudeFactor(sky.magnitudesV[slot], predicted.magnitude)
      take(slot, chi2, weight, offset)
    }
  }

  /// How much likelier a magnitude is for the object than for anything else.
  private static func magnitudeFactor(_ seen: Double?, _ predicted: Double?) -> Double {
    guard let seen, let predicted, predicted.isFinite else { return 1 }
    let offset = (seen - predicted) / magnitudeSigma
    let normal = exp(-0.5 * offset * offset) / (magnitudeSigma * (2 * .pi).squareRoot())
    return max(leastMagnitudeFactor, normal * magnitudeRange)
  }

  private func firstSlot(_ slots: Range<Int>, z: Double) -> Int {
    var (low, high) = (slots.lowerBound, slots.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if sky.directions[middle].z < z { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

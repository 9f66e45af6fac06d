import Astro
import Astrometry
import Dynamics
import Prediction

/// A detection against the place that an object's orbit predicts for it.
struct PlaceComparison: Sendable {
  /// Of the offset, with the uncertainties of both, two degrees of freedom.
  var chi2: Double
  /// Observed minus predicted, RA × cos(dec) and dec [rad].
  var offsetRa: Double
  var offsetDec: Double
  /// The predicted place's larger half axis, one standard deviation [rad].
  var majorRad: Double

  /// Places known worse than this can't tell one object from another by its detections [rad].
  private static let widest = 30 * Angle.arcsecond

  var tells: Bool { majorRad <= Self.widest }

  var pairing: Pairing {
    Pairing(
      object: 0, slot: 0, exposure: 0, chi2: chi2, weight: 1, offsetRa: offsetRa,
      offsetDec: offsetDec)
  }

  /// By row; nil where the orbit can't be followed to a detection, or leads to the other side of
  /// the sky.
  static func all(
    of known: KnownObject, rows: [Int], _ table: ObservationTable, _ propagator: Propagator
  ) -> [PlaceComparison?] {
    guard let covariance = known.orbit.covariance else { return rows.map { _ in nil } }
    let motion = propagator.propagate(
      known.orbit, to: rows.map { table.observations[$0].epoch },
      options: .init(origin: .solarSystemBarycenter, transitions: true),
      workspace: propagator.makeWorkspace())
    return rows.enumerated().map { index, row in
      guard let state = motion.states[index], let transition = motion.transitions[index] else {
        return nil
      }
      let seen = table.observations[row]
      let place = PredictedPlace(object: state, sun: seen.sun, observer: seen.observer)
      let own = SkyCovariance(covariance, transition: transition, partials: place.partials)
      let direction = Vector3(raRad: seen.raRad, decRad: seen.decRad)
      let (east, north) = place.tangents
      let scale = 1 / direction.dot(place.direction)
      guard scale > 0, scale.isFinite else { return nil }
      let offset = (ra: direction.dot(east) * scale, dec: direction.dot(north) * scale)
      let sum =
        own
        + SkyCovariance(
          ra: seen.sigmaRaRad * seen.sigmaRaRad, dec: seen.sigmaDecRad * seen.sigmaDecRad,
          raDec: seen.correlation * seen.sigmaRaRad * seen.sigmaDecRad)
        + .round(sigmaRad: NightSky.floorRad)
      return PlaceComparison(
        chi2: sum.chi2(ra: offset.ra, dec: offset.dec), offsetRa: offset.ra,
        offsetDec: offset.dec, majorRad: own.ellipse.major)
    }
  }
}

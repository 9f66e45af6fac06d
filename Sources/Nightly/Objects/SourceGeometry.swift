import Astro
package import Astrometry
package import Catalog
package import Dynamics
import Foundation

/// Makes `SSSource` rows: where a detection is on the sky, and against its object's orbit.
package enum SourceGeometry {
  /// au/d in km/s.
  private static let kmPerSecond = Constants.auKm / Constants.secondsPerDay

  /// - Parameters:
  ///   - object: barycentric ICRF state at the moment of observation; nil when there is no orbit.
  ///   - residual: observed minus computed by the fit [arcsec], RA × cos(dec) and dec.
  ///   - brightness: its law, for the predicted magnitude.
  package static func record(
    diaSourceId: Int64, observation: AstrometricObservation, object: StateVector?,
    residual: (ra: Double, dec: Double), brightness: PhotometricModel?
  ) -> SSSourceRecord {
    let direction = Vector3(raRad: observation.raRad, decRad: observation.decRad)
    let ecliptic = (Frames.equatorialToEcliptic * direction).longitudeLatitude
    let galactic = (Frames.equatorialToGalactic * direction).longitudeLatitude
    var record = SSSourceRecord(
      diaSourceId: diaSourceId, eclLambda: ecliptic.lon / Angle.degree,
      eclBeta: ecliptic.lat / Angle.degree, galLon: galactic.lon / Angle.degree,
      galLat: galactic.lat / Angle.degree)
    if let object {
      record.geometry = geometry(
        observation, object: object, residual: residual, brightness: brightness)
    }
    return record
  }

  private static func geometry(
    _ observation: AstrometricObservation, object: StateVector,
    residual: (ra: Double, dec: Double), brightness: PhotometricModel?
  ) -> SSSourceRecord.Geometry {
    let place = PredictedPlace(
      object: object, sun: observation.sun, observer: observation.observer)
    let helioVelocity = place.retardedVelocity - observation.sun.velocity
    let topoVelocity = place.retardedVelocity - observation.observer.velocity
    var g = SSSourceRecord.Geometry()
    g.elongation = place.elongationRad / Angle.degree
    g.phaseAngle = place.phaseAngleRad / Angle.degree
    g.topoRange = place.topocentricAU
    g.topoRangeRate = place.topocentricRate * kmPerSecond
    g.helioRange = place.heliocentricAU
    g.helioRangeRate = place.heliocentric.unit.dot(helioVelocity) * kmPerSecond
    g.helio = components(place.heliocentric, helioVelocity)
    g.topo = components(place.offset, topoVelocity)
    g.ephVmag = brightness?.magnitude(
      heliocentricAU: g.helioRange, topocentricAU: g.topoRange,
      phaseAngleRad: place.phaseAngleRad)
    setSky(&g, observation, place, residual)
    return g
  }

  private static func setSky(
    _ g: inout SSSourceRecord.Geometry, _ observation: AstrometricObservation,
    _ place: PredictedPlace, _ residual: (ra: Double, dec: Double)
  ) {
    // The fit's own residual: the predicted place is the observed one without it.
    let dec = observation.decRad - residual.dec * Angle.arcsecond
    let ra = observation.raRad - residual.ra * Angle.arcsecond / cos(observation.decRad)
    g.ephRa = Angle.wrapPositive(ra) / Angle.degree
    g.ephDec = dec / Angle.degree
    g.ephOffsetRa = residual.ra
    g.ephOffsetDec = residual.dec
    g.ephOffset = (residual.ra * residual.ra + residual.dec * residual.dec).squareRoot()
    let rates = place.rates
    g.ephRateRa = rates.raCosDec / Angle.degree
    g.ephRateDec = rates.dec / Angle.degree
    g.ephRate = (g.ephRateRa * g.ephRateRa + g.ephRateDec * g.ephRateDec).squareRoot()
    guard g.ephRate > 0 else { return }
    let (east, north) = (g.ephRateRa / g.ephRate, g.ephRateDec / g.ephRate)
    g.ephOffsetAlongTrack = residual.ra * east + residual.dec * north
    g.ephOffsetCrossTrack = residual.dec * east - residual.ra * north
  }

  private static func components(_ position: Vector3, _ velocity: Vector3) -> [6 of Double] {
    [
      position.x, position.y, position.z, velocity.x * kmPerSecond, velocity.y * kmPerSecond,
      velocity.z * kmPerSecond,
    ]
  }
}

public import Astro
import Astrometry
public import Dynamics
import Foundation
public import Prediction

/// What is written into one alert: the object that its detection is, and how it fits.
///
/// Names and units are LSST's (`ssSource`): degrees, arcsec, au, km/s, degrees a day; states when
/// the light left, ICRF. Older schemas' names stand beside the present ones.
public struct SolarSystemTag: Sendable {
  public var diaSourceId: Int64
  public var ssObjectId: Int64
  public var orbit: CatalogOrbit
  public var association: Association
  public var object: PredictedObject
  /// Unit vector of the measured place, ICRF.
  public var measured: Vector3

  public init(
    diaSourceId: Int64, ssObjectId: Int64, orbit: CatalogOrbit, association: Association,
    object: PredictedObject, measured: Vector3
  ) {
    self.diaSourceId = diaSourceId
    self.ssObjectId = ssObjectId
    self.orbit = orbit
    self.association = association
    self.object = object
    self.measured = measured
  }

  private static let kmPerSecond = Constants.auKm / Constants.secondsPerDay

  /// Names of ``sourceValues()``, in their order.
  package static let sourceNames: [[String]] =
    [
      ["diaSourceId"], ["ssObjectId"], ["designation"], ["diaDistanceRank"],
      ["eclLambda", "eclipticLambda"], ["eclBeta", "eclipticBeta"], ["galLon", "galacticL"],
      ["galLat", "galacticB"], ["elongation"], ["phaseAngle"], ["topoRange", "topocentricDist"],
      ["topoRangeRate"], ["helioRange", "heliocentricDist"], ["helioRangeRate"], ["ephRa"],
      ["ephDec"], ["ephRate"], ["ephRateRa"], ["ephRateDec"], ["ephOffset"],
      ["ephOffsetRa", "residualRa"], ["ephOffsetDec", "residualDec"], ["ephOffsetAlongTrack"],
      ["ephOffsetCrossTrack"], ["ephVmag", "predictedVMagnitude"],
    ] + stateNames("helio_", "heliocentric") + stateNames("topo_", "topocentric")

  private static func stateNames(_ short: String, _ long: String) -> [[String]] {
    let axes = ["x", "y", "z"]
    return axes.map { [short + $0, long + $0.uppercased()] }
      + axes.map { [short + "v" + $0, long + "V" + $0.uppercased()] } + [[short + "vtot"]]
  }

  /// `ssSource`.
  package func sourceValues() -> [TagValue] {
    let ecliptic = (Frames.equatorialToEcliptic * measured).longitudeLatitude
    let galactic = (Frames.equatorialToGalactic * measured).longitudeLatitude
    let (ra, dec) = object.place.raDec
    let rates = object.place.rates
    let total = (rates.raCosDec * rates.raCosDec + rates.dec * rates.dec).squareRoot()
    let sunward = object.heliocentric.position.dot(object.heliocentric.velocity)
    var values: [TagValue] = [
      .whole(diaSourceId), .whole(ssObjectId), .text(orbit.designation),
      .whole(Int64(association.distanceRank)),
      .number(ecliptic.lon / Angle.degree), .number(ecliptic.lat / Angle.degree),
      .number(galactic.lon / Angle.degree), .number(galactic.lat / Angle.degree),
      .number(object.place.elongationRad / Angle.degree),
      .number(object.place.phaseAngleRad / Angle.degree),
      .number(object.place.topocentricAU),
      .number(object.place.topocentricRate * Self.kmPerSecond),
      .number(object.place.heliocentricAU),
      .number(sunward / object.place.heliocentricAU * Self.kmPerSecond),
      .number(ra / Angle.degree), .number(dec / Angle.degree), .number(total / Angle.degree),
      .number(rates.raCosDec / Angle.degree), .number(rates.dec / Angle.degree),
      .number(association.separation / Angle.arcsecond),
      .number(association.offsetRa / Angle.arcsecond),
      .number(association.offsetDec / Angle.arcsecond),
      .number(association.along / Angle.arcsecond), .number(association.across / Angle.arcsecond),
      TagValue(object.magnitudeV),
    ]
    for state in [object.heliocentric, object.topocentric] {
      let (place, speed) = (state.position, state.velocity * Self.kmPerSecond)
      values += [place.x, place.y, place.z, speed.x, speed.y, speed.z, speed.norm].map {
        .number($0)
      }
    }
    return values
  }
}

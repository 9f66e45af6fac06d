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

  /// `ssSource` by field name.
  func sourceFields() -> [String: AvroValue] {
    var fields: [String: AvroValue] = [
      "diaSourceId": .long(diaSourceId), "ssObjectId": .long(ssObjectId),
      "designation": .string(orbit.designation),
      "diaDistanceRank": .int(Int32(clamping: association.distanceRank)),
    ]
    let ecliptic = (Frames.equatorialToEcliptic * measured).longitudeLatitude
    let galactic = (Frames.equatorialToGalactic * measured).longitudeLatitude
    let (ra, dec) = object.place.raDec
    let rates = object.place.rates
    let total = (rates.raCosDec * rates.raCosDec + rates.dec * rates.dec).squareRoot()
    let sunward = object.heliocentric.position.dot(object.heliocentric.velocity)
    let numbers: [(names: [String], value: Double)] = [
      (["eclLambda", "eclipticLambda"], ecliptic.lon / Angle.degree),
      (["eclBeta", "eclipticBeta"], ecliptic.lat / Angle.degree),
      (["galLon", "galacticL"], galactic.lon / Angle.degree),
      (["galLat", "galacticB"], galactic.lat / Angle.degree),
      (["elongation"], object.place.elongationRad / Angle.degree),
      (["phaseAngle"], object.place.phaseAngleRad / Angle.degree),
      (["topoRange", "topocentricDist"], object.place.topocentricAU),
      (["topoRangeRate"], object.place.topocentricRate * Self.kmPerSecond),
      (["helioRange", "heliocentricDist"], object.place.heliocentricAU),
      (["helioRangeRate"], sunward / object.place.heliocentricAU * Self.kmPerSecond),
      (["ephRa"], ra / Angle.degree), (["ephDec"], dec / Angle.degree),
      (["ephRate"], total / Angle.degree), (["ephRateRa"], rates.raCosDec / Angle.degree),
      (["ephRateDec"], rates.dec / Angle.degree),
      (["ephOffset"], association.separation / Angle.arcsecond),
      (["ephOffsetRa", "residualRa"], association.offsetRa / Angle.arcsecond),
      (["ephOffsetDec", "residualDec"], association.offsetDec / Angle.arcsecond),
      (["ephOffsetAlongTrack"], association.along / Angle.arcsecond),
      (["ephOffsetCrossTrack"], association.across / Angle.arcsecond),
    ]
    for (names, value) in numbers { for name in names { fields[name] = .double(value) } }
    for name in ["ephVmag", "predictedVMagnitude"] {
      fields[name] = object.magnitudeV.map { .double($0) } ?? .null
    }
    add(object.heliocentric, short: "helio_", long: "heliocentric", to: &fields)
    add(object.topocentric, short: "topo_", long: "topocentric", to: &fields)
    return fields
  }

  private func add(
    _ state: StateVector, short: String, long: String, to fields: inout [String: AvroValue]
  ) {
    let axes: [(String, Double, Double)] = [
      ("x", state.position.x, state.velocity.x), ("y", state.position.y, state.velocity.y),
      ("z", state.position.z, state.velocity.z),
    ]
    for (axis, place, speed) in axes {
      fields[short + axis] = .double(place)
      fields[short + "v" + axis] = .double(speed * Self.kmPerSecond)
      fields[long + axis.uppercased()] = .double(place)
      fields[long + "V" + axis.uppercased()] = .double(speed * Self.kmPerSecond)
    }
    fields[short + "vtot"] = .double(state.velocity.norm * Self.kmPerSecond)
  }
}

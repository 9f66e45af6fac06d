import Astro
import Astrometry
import Catalog
import Dynamics
import Foundation
import Prediction

/// The detections of a night by exposure, laid out for being searched by many orbits.
struct NightSky: Sendable {
  /// What was seen at one moment from one place.
  struct Exposure: Sendable {
    var epoch: Epoch<TDB>
    /// Barycentric.
    var observer: StateVector
    var sun: StateVector
    /// Holds all its detections.
    var field: SkyField
    /// Of the slots.
    var slots: Range<Int>
    /// Detections for each steradian.
    var density: Double
  }

  private(set) var exposures: [Exposure] = []
  /// By slot, within an exposure by ascending z: row of the observation table, direction,
  /// covariance of the place [rad²], V magnitude.
  private(set) var rows: [Int] = []
  private(set) var directions: [Vector3] = []
  private(set) var covariances: [SkyCovariance] = []
  private(set) var magnitudesV: [Double?] = []

  /// Unrelated detections are at least this dense: few detections say nothing about density.
  /// 1000 a square degree is an LSST visit's 10,000 alerts.
  private static let leastDensity = 1_000 / (Angle.degree * Angle.degree)
  /// A field is not taken to be smaller than one LSST detector [sr].
  private static let leastArea = 0.05 * Angle.degree * Angle.degree
  /// Added to every place: star catalog, light curve centre [rad].
  static let floorRad = 0.05 * Angle.arcsecond

  /// - Parameter table: of observations, those of one night.
  init(_ table: ObservationTable) {
    var groups: [Moment: [Int]] = [:]
    for row in table.observations.indices {
      let detection = table.stored[row].detection
      let moment = Moment(
        midpoint: detection.midpoint, observatory: detection.observatory,
        place: detection.observerGeocentricKm)
      groups[moment, default: []].append(row)
    }
    let ordered = groups.values.sorted { a, b in
      let (x, y) = (table.stored[a[0]].detection, table.stored[b[0]].detection)
      return x.midpoint != y.midpoint ? x.midpoint < y.midpoint : x.diaSourceId < y.diaSourceId
    }
    for group in ordered { append(group, table) }
  }

  private struct Moment: Hashable {
    var midpoint: Epoch<TAI>
    var observatory: ObservatoryCode
    var place: Vector3?
  }

  private mutating func append(_ group: [Int], _ table: ObservationTable) {
    let start = rows.count
    let places = group.map { row in
      let seen = table.observations[row]
      return (row: row, direction: Vector3(raRad: seen.raRad, decRad: seen.decRad))
    }.sorted { ($0.direction.z, $0.row) < ($1.direction.z, $1.row) }
    guard let field = SkyField(holding: places.map(\.direction)) else { return }
    for place in places {
      let seen = table.observations[place.row]
      let detection = table.stored[place.row].detection
      let (ra, dec) = (seen.sigmaRaRad, seen.sigmaDecRad)
      rows.append(place.row)
      directions.append(place.direction)
      covariances.append(
        SkyCovariance(ra: ra * ra, dec: dec * dec, raDec: seen.correlation * ra * dec)
          + .round(sigmaRad: Self.floorRad))
      magnitudesV.append(
        detection.mag.flatMap { mag in BandColor.toV(detection.band).map { mag + $0 } })
    }
    let area = max(Self.leastArea, .pi * field.radiusRad * field.radiusRad)
    let seen = table.observations[group[0]]
    exposures.append(
      Exposure(
        epoch: seen.epoch, observer: seen.observer, sun: seen.sun, field: field,
        slots: start..<rows.count, density: max(Self.leastDensity, Double(group.count) / area)))
  }
}

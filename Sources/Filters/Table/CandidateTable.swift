package import Alerts
import Astro
import Astrometry
import Dynamics
import Prediction

/// The table `candidates`: every known object that a detection may be, with its probability, the most
/// probable ones first; joined to `alerts` by diaSourceId.
package enum CandidateTable {
  package static let columns: [FilterColumn] = [
    FilterColumn("diaSourceId", "the alert's; looked up at once when it is compared by ="),
    FilterColumn("rank", "1 for the most probable of the alert's objects, then 2, 3 …"),
    FilterColumn("ssObjectId", "LSST's number of the object"),
    FilterColumn("designation", "its designation"),
    FilterColumn("probability", "that the detection is that object, 0 to 1"),
    FilterColumn("isTagged", "1: the alert leaves with this object in ssSource"),
    FilterColumn("separation", "measured from predicted place [arcsec]"),
    FilterColumn("along", "along the predicted motion [arcsec]"),
    FilterColumn("across", "across it [arcsec]"),
    FilterColumn("sigmaAlong", "error of both, along [arcsec]"),
    FilterColumn("sigmaAcross", "error of both, across [arcsec]"),
    FilterColumn("chi2", "of the offset, two degrees of freedom"),
    FilterColumn("distanceRank", "1: no detection is nearer to the predicted place"),
    FilterColumn("ephVmag", "predicted V magnitude"),
    FilterColumn("magnitudeOffset", "measured minus predicted V magnitude"),
    FilterColumn("ephRa", "predicted right ascension, ICRS [deg]"),
    FilterColumn("ephDec", "predicted declination, ICRS [deg]"),
    FilterColumn("ephRate", "predicted motion [deg/d]"),
    FilterColumn("topoRange", "from the observer [au]"),
    FilterColumn("helioRange", "from the Sun [au]"),
    FilterColumn("phaseAngle", "[deg]"),
    FilterColumn("elongation", "from the Sun [deg]"),
    FilterColumn("q", "perihelion distance [au]"),
    FilterColumn("e", "eccentricity"),
    FilterColumn("incl", "inclination to the ecliptic, J2000 [deg]"),
    FilterColumn("e_unc", "error of the eccentricity"),
    FilterColumn("h", "absolute magnitude"),
  ]

  /// - Parameter alerts: in the order of the table `alerts`.
  package static func make(_ alerts: some Sequence<TaggedAlert>) -> VisitTable {
    var rows = VisitRows(columnCount: columns.count)
    for alert in alerts {
      for (index, tag) in alert.candidates.enumerated() {
        add(tag, rank: index + 1, isTagged: alert.chosen == index, to: &rows)
      }
    }
    return VisitTable(name: "candidates", columns: columns, key: "diaSourceId", parts: [rows])
  }

  private static func add(
    _ tag: SolarSystemTag, rank: Int, isTagged: Bool, to rows: inout VisitRows
  ) {
    let (association, place) = (tag.association, tag.object.place)
    let (ra, dec) = place.raDec
    let rates = place.rates
    rows.addRow()
    rows.set(0, integer: tag.diaSourceId)
    rows.set(1, integer: Int64(rank))
    rows.set(2, integer: tag.ssObjectId)
    rows.set(3, text: tag.orbit.designation.utf8)
    rows.set(4, real: association.probability)
    rows.set(5, integer: isTagged ? 1 : 0)
    rows.set(12, integer: Int64(association.distanceRank))
    let measured: [Double?] = [
      association.separation, association.along, association.across, association.sigmaAlong,
      association.sigmaAcross,
    ]
    for (index, value) in measured.enumerated() {
      rows.set(6 + index, real: value.map { $0 / Angle.arcsecond })
    }
    rows.set(11, real: association.chi2)
    let predicted: [Double?] = [
      tag.object.magnitudeV, association.magnitudeOffset, ra / Angle.degree, dec / Angle.degree,
      (rates.raCosDec * rates.raCosDec + rates.dec * rates.dec).squareRoot() / Angle.degree,
      place.topocentricAU, place.heliocentricAU, place.phaseAngleRad / Angle.degree,
      place.elongationRad / Angle.degree,
    ]
    for (index, value) in predicted.enumerated() { rows.set(13 + index, real: value) }
    for (value, column) in zip(tag.orbitValues(), orbitColumns) {
      guard let column, case .number(let number) = value else { continue }
      rows.set(column, real: number)
    }
  }

  /// The column of each of the tag's values of its orbit; nil: it has none here.
  private static let orbitColumns: [Int?] = SolarSystemTag.orbitNames.map { names in
    columns.indices.dropFirst(22).first { names.contains(columns[$0].name) }
  }
}

package import Alerts
import Astro
import Astrometry
import Dynamics
import Prediction

/// The table `missing`: known objects that an exposure should show and does not.
package enum MissingTable {
  package static let columns: [FilterColumn] = [
    FilterColumn("missingId", "names the object; a filter on this table selects it"),
    FilterColumn("ssObjectId", "LSST's number of the object"),
    FilterColumn("designation", "its designation"),
    FilterColumn("midpointMjdTai", "middle of the exposure"),
    FilterColumn("observatory", "MPC code of the observatory"),
    FilterColumn("ra", "predicted right ascension, ICRS [deg]"),
    FilterColumn("dec", "predicted declination, ICRS [deg]"),
    FilterColumn("ephVmag", "predicted V magnitude"),
    FilterColumn("limitV", "the faintest V magnitude that the exposure shows"),
    FilterColumn("sigmaMajor", "error of the predicted place, largest axis [arcsec]"),
    FilterColumn("elongation", "from the Sun [deg]"),
    FilterColumn("phaseAngle", "[deg]"),
    FilterColumn("topoRange", "from the observer [au]"),
    FilterColumn("helioRange", "from the Sun [au]"),
  ]

  /// The same for an object in every visit, process and rerun.
  static func id(of designation: String) -> Int64 {
    var hash = StableHash()
    hash.combine(designation.utf8)
    return Int64(hash.value >> 1)
  }

  package static func make(_ objects: [MissingObject]) -> VisitTable {
    var rows = VisitRows(columnCount: columns.count)
    for missing in objects {
      let place = missing.object.place
      let (ra, dec) = place.raDec
      rows.addRow()
      rows.set(0, integer: id(of: missing.designation))
      if let id = Designation(missing.designation)?.ssObjectId { rows.set(1, integer: id) }
      rows.set(2, text: missing.designation.utf8)
      rows.set(3, real: missing.midpoint.mjd)
      rows.set(4, text: missing.observatory.description.utf8)
      rows.set(5, real: ra / Angle.degree)
      rows.set(6, real: dec / Angle.degree)
      rows.set(7, real: missing.object.magnitudeV)
      rows.set(8, real: missing.limitV)
      rows.set(9, real: missing.object.covariance.map { $0.ellipse.major / Angle.arcsecond })
      rows.set(10, real: place.elongationRad / Angle.degree)
      rows.set(11, real: place.phaseAngleRad / Angle.degree)
      rows.set(12, real: place.topocentricAU)
      rows.set(13, real: place.heliocentricAU)
    }
    return VisitTable(name: "missing", columns: columns, key: "missingId", parts: [rows])
  }
}

import Astro
import Astrometry
import Dynamics
import Foundation

/// How a detection stands in `DiaSource`.
enum DiaSourceColumns {
  /// What came in: two rows of the same identifier must agree in all of it.
  static let content = [
    "diaSourceId", "visit", "midpointMjdTai", "ra", "raErr", "dec", "decErr", "ra_dec_Cov",
    "trailLength", "trailAngle", "band", "observatory", "mag", "magErr",
    "sourceId", "designation", "observerX", "observerY", "observerZ", "extendedness",
  ]

  /// Parameters of a row of ``insert(revision:rows:)``: ``content``, flux, its error, night.
  static let parameterCount = Int32(content.count + 3)

  /// - Parameter rows: at a time; SQLite adds many rows of one statement in half the time.
  static func insert(revision: Int, rows: Int = 1) -> String {
    let row = "(\((0..<parameterCount).map { _ in "?" }.joined(separator: ", ")), \(revision))"
    return """
      INSERT INTO main.DiaSource
        (\(content.joined(separator: ", ")), psfFlux, psfFluxErr, night, sinceRevision)
      VALUES \([String](repeating: row, count: rows).joined(separator: ", "))
      """
  }

  static let sameContent = """
    SELECT 1 FROM DiaSource WHERE \(content.map { "\($0) IS ?" }.joined(separator: " AND "))
    """

  /// Binds the columns of ``content``, in order.
  static func bindContent(_ detection: Detection, to statement: inout BulkInsert) {
    statement.bind(detection.diaSourceId)
    statement.bind(detection.visit)
    statement.bind(detection.midpoint.mjd)
    statement.bind(detection.raDeg)
    statement.bind(detection.raErrDeg)
    statement.bind(detection.decDeg)
    statement.bind(detection.decErrDeg)
    statement.bind(detection.raDecCovDeg2)
    statement.bind(detection.trailLengthArcsec)
    statement.bind(detection.trailAngleDeg)
    statement.bind(detection.band)
    statement.bind(detection.observatory.description)
    statement.bind(detection.mag)
    statement.bind(detection.magErr)
    statement.bind(detection.sourceId)
    statement.bind(detection.designation)
    statement.bind(detection.observerGeocentricKm?.x)
    statement.bind(detection.observerGeocentricKm?.y)
    statement.bind(detection.observerGeocentricKm?.z)
    statement.bind(detection.extendedness)
  }

  /// The AB flux [nJy] of a magnitude in a band of LSST; other bands have other zero points.
  static func psfFlux(_ detection: Detection) -> (value: Double, error: Double?)? {
    guard let mag = detection.mag, let band = detection.band, band.utf8.count == 1,
      "ugrizy".utf8.contains(band.utf8[band.utf8.startIndex])
    else { return nil }
    let flux = pow(10, (31.4 - mag) / 2.5)
    return (flux, detection.magErr.map { flux * $0 * log(10) / 2.5 })
  }
}

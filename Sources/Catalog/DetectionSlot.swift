import Astro
import Astrometry
import Dynamics

/// One of the rows of a statement that adds detections, and what is bound in it.
///
/// Neighbouring rows mostly share visit, band, observatory and night, and lack the same columns:
/// those are bound when they change.
struct DetectionSlot {
  /// Parameters before its own.
  private let first: Int32
  private var bound = BoundValues()

  /// What is bound of the columns that seldom change.
  private struct BoundValues {
    var visit: Int64?
    var band: String?
    var observatory: ObservatoryCode?
    var night: Int?
    var hasTrail = false
    var hasName = false
    var hasPlace = false
  }

  /// - Parameter number: of the row, from 0.
  init(number: Int) { first = Int32(number) * DiaSourceColumns.parameterCount }

  /// Columns by their place in ``DiaSourceColumns/insert(revision:rows:)``.
  mutating func bind(_ row: IngestRow, to insert: borrowing BulkInsert) {
    let detection = row.detection
    insert.set(first + 1, detection.diaSourceId)
    insert.set(first + 3, detection.midpoint.mjd)
    insert.set(first + 4, detection.raDeg)
    set(5, detection.raErrDeg, insert)
    insert.set(first + 6, detection.decDeg)
    set(7, detection.decErrDeg, insert)
    set(8, detection.raDecCovDeg2, insert)
    set(13, detection.mag, insert)
    set(14, detection.magErr, insert)
    set(20, detection.extendedness, insert)
    set(21, row.flux?.value, insert)
    set(22, row.flux?.error, insert)
    bindShared(row, insert)
    bindSeldom(detection, insert)
  }

  private mutating func bindShared(_ row: IngestRow, _ insert: borrowing BulkInsert) {
    let detection = row.detection
    if detection.visit != bound.visit {
      if let visit = detection.visit {
        insert.set(first + 2, visit)
      } else {
        insert.setNull(first + 2)
      }
      bound.visit = detection.visit
    }
    if detection.band != bound.band {
      set(11, detection.band, insert)
      bound.band = detection.band
    }
    if detection.observatory != bound.observatory {
      insert.set(first + 12, detection.observatory.description)
      bound.observatory = detection.observatory
    }
    if row.night != bound.night {
      insert.set(first + 23, Int64(row.night))
      bound.night = row.night
    }
  }

  private mutating func bindSeldom(_ detection: Detection, _ insert: borrowing BulkInsert) {
    let hasTrail = detection.trailLengthArcsec != nil || detection.trailAngleDeg != nil
    if hasTrail || bound.hasTrail {
      set(9, detection.trailLengthArcsec, insert)
      set(10, detection.trailAngleDeg, insert)
      bound.hasTrail = hasTrail
    }
    let hasName = detection.sourceId != nil || detection.designation != nil
    if hasName || bound.hasName {
      set(15, detection.sourceId, insert)
      set(16, detection.designation, insert)
      bound.hasName = hasName
    }
    let place = detection.observerGeocentricKm
    if place != nil || bound.hasPlace {
      set(17, place?.x, insert)
      set(18, place?.y, insert)
      set(19, place?.z, insert)
      bound.hasPlace = place != nil
    }
  }

  private func set(_ column: Int32, _ value: Double?, _ insert: borrowing BulkInsert) {
    if let value { insert.set(first + column, value) } else { insert.setNull(first + column) }
  }

  private func set(_ column: Int32, _ value: String?, _ insert: borrowing BulkInsert) {
    if let value { insert.set(first + column, value) } else { insert.setNull(first + column) }
  }
}

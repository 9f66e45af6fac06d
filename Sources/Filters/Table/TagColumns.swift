import Alerts
import Astro
import Dynamics
import Prediction

/// The tag of an alert in the columns `tag_…`, and in those of `ssSource` and `mpc_orbits` where it
/// goes into the packet.
enum TagColumns {
  private static let objectId = OwnColumns.index("tag_ssObjectId")
  private static let designation = OwnColumns.index("tag_designation")
  private static let probability = OwnColumns.index("tag_probability")
  private static let isTagged = OwnColumns.index("tag_isTagged")
  private static let isAmbiguous = OwnColumns.index("tag_isAmbiguous")
  private static let candidates = OwnColumns.index("tag_candidates")
  private static let secondObjectId = OwnColumns.index("tag_secondSsObjectId")
  private static let secondDesignation = OwnColumns.index("tag_secondDesignation")
  private static let secondProbability = OwnColumns.index("tag_secondProbability")
  private static let separation = OwnColumns.index("tag_separation")
  private static let along = OwnColumns.index("tag_along")
  private static let across = OwnColumns.index("tag_across")
  private static let sigmaAlong = OwnColumns.index("tag_sigmaAlong")
  private static let sigmaAcross = OwnColumns.index("tag_sigmaAcross")
  private static let chi2 = OwnColumns.index("tag_chi2")
  private static let ephVmag = OwnColumns.index("tag_ephVmag")
  private static let magnitudeOffset = OwnColumns.index("tag_magnitudeOffset")

  static func write(_ alert: TaggedAlert, to rows: inout VisitRows) {
    rows.set(isTagged, integer: alert.chosen == nil ? 0 : 1)
    rows.set(isAmbiguous, integer: alert.isAmbiguous ? 1 : 0)
    rows.set(candidates, integer: Int64(alert.candidates.count))
    guard let tag = alert.candidates.first else { return }
    let association = tag.association
    rows.set(objectId, integer: tag.ssObjectId)
    rows.set(designation, text: tag.orbit.designation.utf8)
    rows.set(probability, real: association.probability)
    rows.set(separation, real: association.separation / Angle.arcsecond)
    rows.set(along, real: association.along / Angle.arcsecond)
    rows.set(across, real: association.across / Angle.arcsecond)
    rows.set(sigmaAlong, real: association.sigmaAlong / Angle.arcsecond)
    rows.set(sigmaAcross, real: association.sigmaAcross / Angle.arcsecond)
    rows.set(chi2, real: association.chi2)
    rows.set(ephVmag, real: tag.object.magnitudeV)
    rows.set(magnitudeOffset, real: association.magnitudeOffset)
    if let second = alert.candidates.dropFirst().first {
      rows.set(secondObjectId, integer: second.ssObjectId)
      rows.set(secondDesignation, text: second.orbit.designation.utf8)
      rows.set(secondProbability, real: second.association.probability)
    }
    guard alert.chosen == 0 else { return }
    write(tag.sourceValues(), source, to: &rows)
    write(tag.orbitValues(), orbit, to: &rows)
  }

  private static let source = columns(SolarSystemTag.sourceNames, "ssSource_")
  private static let orbit = columns(SolarSystemTag.orbitNames, "mpc_orbits_")

  /// Where a record of the tag goes.
  private struct Columns {
    /// All columns of the record: what the sender had there goes with its record.
    var all: [Int]
    /// The column of each of the tag's values; nil: there is none.
    var values: [Int?]
  }

  private static func columns(_ names: [[String]], _ prefix: String) -> Columns {
    Columns(
      all: AlertColumns.all.indices.filter { AlertColumns.all[$0].name.hasPrefix(prefix) },
      values: names.map { $0.lazy.compactMap { AlertColumns.indices[prefix + $0] }.first })
  }

  private static func write(_ values: [TagValue], _ columns: Columns, to rows: inout VisitRows) {
    for column in columns.all { rows.set(column, .null) }
    for (value, column) in zip(values, columns.values) {
      guard let column else { continue }
      switch value {
      case .none: break
      case .number(let number): rows.set(column, real: number)
      case .whole(let number): rows.set(column, integer: number)
      case .text(let text): rows.set(column, text: text.utf8)
      }
    }
  }
}

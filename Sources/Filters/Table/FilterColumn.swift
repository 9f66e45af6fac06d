/// A column of the table `alerts` or `missing`.
public struct FilterColumn: Sendable, Hashable {
  public let name: String
  /// What it says, with its unit; of a packet's field, where that stands in the packet.
  public let meaning: String

  init(_ name: String, _ meaning: String) {
    self.name = name
    self.meaning = meaning
  }
}

/// All columns of `alerts`, in their order.
package enum AlertColumns {
  /// What is worked out from the tag and from the alert's history, for alerts of any survey.
  package static let own: [FilterColumn] = [
    FilterColumn("survey", "lsst or ztf"),
    FilterColumn("observatory", "MPC code of the observatory"),
    FilterColumn("magnitude", "AB magnitude of psfFlux (ZTF: magpsf); null where that is negative"),
    FilterColumn("magnitudeErr", "its error [mag]"),
    FilterColumn("tag_ssObjectId", "the most probable known object, LSST's number"),
    FilterColumn("tag_designation", "its designation"),
    FilterColumn("tag_probability", "that the detection is that object, 0 to 1"),
    FilterColumn("tag_isTagged", "1: the alert leaves with that object in ssSource"),
    FilterColumn("tag_isAmbiguous", "1: more than one object or detection is likely"),
    FilterColumn("tag_candidates", "number of known objects that it may be: table candidates"),
    FilterColumn("tag_secondSsObjectId", "the second most probable known object, LSST's number"),
    FilterColumn("tag_secondDesignation", "its designation"),
    FilterColumn("tag_secondProbability", "that the detection is that object, 0 to 1"),
    FilterColumn("tag_separation", "measured from predicted place [arcsec]"),
    FilterColumn("tag_along", "along the predicted motion [arcsec]"),
    FilterColumn("tag_across", "across it [arcsec]"),
    FilterColumn("tag_sigmaAlong", "error of both, along [arcsec]"),
    FilterColumn("tag_sigmaAcross", "error of both, across [arcsec]"),
    FilterColumn("tag_chi2", "of the offset, two degrees of freedom"),
    FilterColumn("tag_ephVmag", "predicted V magnitude"),
    FilterColumn("tag_magnitudeOffset", "measured minus predicted V magnitude"),
    FilterColumn("history_count", "earlier detections at this place"),
    FilterColumn("history_forcedCount", "forced measurements at this place"),
    FilterColumn("history_firstMjdTai", "first of the earlier detections"),
    FilterColumn("history_lastMjdTai", "last of them"),
    FilterColumn("history_days", "from the first of them to this detection [d]"),
    FilterColumn("history_hoursSinceLast", "from the last of them to this detection [h]"),
    FilterColumn("history_bands", "number of bands, this detection's with them"),
    FilterColumn("history_magnitudeMin", "brightest in this band, this detection with them"),
    FilterColumn("history_magnitudeMax", "faintest in this band"),
    FilterColumn("history_magnitudeMean", "mean in this band"),
    FilterColumn("history_amplitude", "faintest minus brightest in this band [mag]"),
    FilterColumn("history_slope", "straight line through this band [mag/d]; positive: fading"),
    FilterColumn("history_change", "this detection minus the one before in its band [mag]"),
    FilterColumn("color_ug", "mean magnitudes of all detections, u - g"),
    FilterColumn("color_gr", "g - r"), FilterColumn("color_ri", "r - i"),
    FilterColumn("color_iz", "i - z"), FilterColumn("color_zy", "z - y"),
  ]

  /// A packet's record, the prefix of its columns, and its fields.
  struct Group {
    var record: String
    var prefix: String
    var fields: [String]
  }

  static let lsst = [
    Group(record: "diaSource", prefix: "", fields: PacketFields.diaSource),
    Group(record: "diaObject", prefix: "diaObject_", fields: PacketFields.diaObject),
    Group(record: "ssSource", prefix: "ssSource_", fields: PacketFields.ssSource),
    Group(record: "mpc_orbits", prefix: "mpc_orbits_", fields: PacketFields.mpcOrbits),
  ]
  static let ztf = [
    Group(record: "candidate", prefix: "candidate_", fields: PacketFields.ztfCandidate)
  ]

  package static let all: [FilterColumn] =
    (lsst + ztf).flatMap { group in
      group.fields.map { FilterColumn(group.prefix + $0, "\(group.record).\($0)") }
    } + own

  static let indices = Dictionary(
    uniqueKeysWithValues: all.enumerated().map { ($1.name, $0) })
}

import Alerts

/// What of a schema's packets goes where.
struct PacketPlan: Sendable {
  let survey: AlertSchema.Survey
  let projection: AvroProjection
  /// The column of each of the projection's fields; -1: it is none itself.
  let columns: [Int]
  let history: AvroItems?
  let forced: AvroItems?
  let historySlot: Int?
  let forcedSlot: Int?

  private static let lsstHistory = ["midpointMjdTai", "psfFlux", "band"]
  private static let ztfHistory = ["jd", "magpsf", "fid", "isdiffpos"]

  init(_ schema: AlertSchema) throws(AlertsError) {
    survey = schema.survey
    let groups = survey == .lsst ? AlertColumns.lsst : AlertColumns.ztf
    var paths = groups.flatMap { group in group.fields.map { "\(group.record).\($0)" } }
    var columns = groups.flatMap { group in
      group.fields.map { AlertColumns.indices[group.prefix + $0] ?? -1 }
    }
    let historyField = survey == .lsst ? "prvDiaSources" : "prv_candidates"
    let forcedField = survey == .lsst ? "prvDiaForcedSources" : "fp_hists"
    paths += [historyField, forcedField]
    columns += [-1, -1]
    self.columns = columns
    projection = try AvroProjection(schema: schema.schema, fields: paths)
    historySlot = projection.slot(historyField)
    forcedSlot = projection.slot(forcedField)
    history = try AvroItems(
      schema: schema.schema, field: historyField,
      fields: survey == .lsst ? Self.lsstHistory : Self.ztfHistory)
    forced = try AvroItems(schema: schema.schema, field: forcedField, fields: [])
  }
}

/// Where the columns that we work out stand.
struct OwnColumns: Sendable {
  static let shared = OwnColumns()

  let survey = index("survey")
  let observatory = index("observatory")
  let magnitude = index("magnitude")
  let magnitudeErr = index("magnitudeErr")
  let diaSourceId = index("diaSourceId")
  let midpointMjdTai = index("midpointMjdTai")
  let ra = index("ra")
  let dec = index("dec")
  let band = index("band")
  let curve = LightCurveColumns()

  /// Names here are names of ``AlertColumns/all``, as a test sees to.
  static func index(_ name: String) -> Int { AlertColumns.indices[name] ?? 0 }
}

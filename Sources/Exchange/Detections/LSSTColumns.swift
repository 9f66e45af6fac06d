/// Which column of an LSST CSV holds what; nil for a column that is not there.
struct LSSTColumns: Sendable {
  var names: [String]
  var id: Int?
  /// The identifiers are a column `obs_id` of any text.
  var idIsText = false
  var time: Int
  /// The time is UTC, not TAI.
  var timeIsUTC = false
  var ra: Int
  var dec: Int
  var raErr: Int?
  var decErr: Int?
  var covariance: Int?
  var flux: Int?
  var fluxErr: Int?
  var mag: Int?
  var magErr: Int?
  var band: Int?
  var observatory: Int?
  var visit: Int?
  var designation: Int?
  var trailLength: Int?
  var trailAngle: Int?
  var extendedness: Int?

  static let idNames = ["diaSourceId", "obs_id", "obsID", "obsId"]
  static let timeNames = ["midpointMjdTai", "mjd_tai", "mjd_utc"]
  static let designationNames = ["designation", "trkSub", "provID", "permID"]

  /// Whether a header line is one of an LSST CSV at all.
  static func isHeader(_ names: [String]) -> Bool {
    let known = idNames + timeNames + ["ra", "dec"]
    return known.count(where: names.contains) >= 2
  }

  init(header names: [String], file: String, line: Int) throws(ExchangeError) {
    self.names = names
    func find(_ candidates: String...) -> Int? { Self.first(candidates, in: names) }
    id = Self.first(Self.idNames, in: names)
    idIsText = id.map { names[$0] != "diaSourceId" } ?? false
    designation = Self.first(Self.designationNames, in: names)
    var missing: [String] = []
    // Rows that a designation groups (for a fit) can do without an identifier of their own.
    if id == nil && designation == nil { missing.append("diaSourceId (or obs_id)") }
    let time = Self.first(Self.timeNames, in: names)
    if time == nil { missing.append("midpointMjdTai (or mjd_utc)") }
    if find("ra") == nil { missing.append("ra") }
    if find("dec") == nil { missing.append("dec") }
    guard missing.isEmpty, let time, let ra = find("ra"), let dec = find("dec") else {
      throw .missingColumns(file: file, line: line, missing: missing, seen: names)
    }
    self.time = time
    timeIsUTC = names[time] == "mjd_utc"
    self.ra = ra
    self.dec = dec
    raErr = find("raErr")
    decErr = find("decErr")
    covariance = find("ra_dec_Cov")
    flux = find("psfFlux")
    fluxErr = find("psfFluxErr")
    mag = find("mag")
    magErr = find("magErr")
    band = find("band")
    observatory = find("obscode", "stn")
    visit = find("visit")
    trailLength = find("trailLength")
    trailAngle = find("trailAngle")
    extendedness = find("extendedness")
  }

  private static func first(_ candidates: [String], in names: [String]) -> Int? {
    for candidate in candidates {
      if let index = names.firstIndex(of: candidate) { return index }
    }
    return nil
  }
}

/// Which column of an ADES table holds what. Names and units: IAU ADES 2017 and 2022,
/// https://github.com/IAU-ADES/ADES-Master (ADES_Description).
struct ADESColumns {
  enum Field: Int, CaseIterable {
    case permID, provID, trkSub, obsID, obsSubID, mode, stn, sys, ctr, pos1, pos2, pos3
    case obsTime, ra, dec, raStar, decStar, deltaRA, deltaDec, rmsRA, rmsDec, rmsCorr
    case mag, rmsMag, band, delay, rmsDelay, doppler, rmsDoppler, frq, trx, rcv, com, dist, pa
  }

  let names: [String]
  /// By ``Field``; -1 for none.
  private let index: [Int]

  init(names: [String]) {
    self.names = names
    index = Field.allCases.map { names.firstIndex(of: "\($0)") ?? -1 }
  }

  /// Columns that a table of observations can't do without.
  var missing: [String] {
    var missing: [Field] = []
    if isRadar { return [.obsTime, .trx, .rcv, .frq].filter { !has($0) }.map { "\($0)" } }
    if !has(.obsTime) { missing.append(.obsTime) }
    if !has(.stn) { missing.append(.stn) }
    let hasPlace = has(.ra) && has(.dec) || has(.raStar) && has(.decStar)
    if !hasPlace && !has(.dist) {
      missing += [Field.ra, .dec].filter { !has($0) }
    }
    return missing.map { "\($0)" }
  }

  /// Columns of radar alone. A table of both kinds has a direction's columns too.
  var isRadar: Bool {
    (has(.delay) || has(.doppler)) && !has(.ra) && !has(.raStar) && !has(.stn)
  }

  func has(_ field: Field) -> Bool { index[field.rawValue] >= 0 }

  /// The text of a field of a row; empty where there is no such column.
  func text(_ field: Field, in row: TextRow) -> Bytes {
    let column = index[field.rawValue]
    return column >= 0 ? row[column] : Bytes(start: nil, count: 0)
  }
}

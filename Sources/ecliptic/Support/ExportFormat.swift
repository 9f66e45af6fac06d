import ArgumentParser
import Exchange

/// What `--format` takes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case csv
  case fits
  case votable
  case votableText = "votable-tabledata"
  case parquet
  case mpcorb
  case mpcOrbJSON = "mpc-orb"
  case oef
  case adesPSV = "ades-psv"
  case adesXML = "ades-xml"
  case obs80
  case sqlite

  /// Nil for formats of orbits or observations only.
  var table: TableFormat? { TableFormat(rawValue: rawValue) }

  /// Nil for formats that are not text of orbits.
  var orbitText: OrbitTextFormat? { OrbitTextFormat(rawValue: rawValue) }

  /// Nil for formats that are not of observations.
  var observations: ObservationFormat? { ObservationFormat(rawValue: rawValue) }

  /// What a format is of when nothing else is asked.
  var usualTable: String {
    self == .sqlite
      ? "mpc_orbits" : table != nil ? "SSObject" : observations != nil ? "DiaSource" : "orbits"
  }

  func holds(table name: String) -> Bool {
    table != nil || name == usualTable || self == .sqlite && name == "SSObject"
  }

  /// Rows must be counted and texts measured before the first is written.
  var needsMeasures: Bool {
    table.map { $0 == .fits || $0 == .votable || $0 == .votableText } ?? false
  }
}

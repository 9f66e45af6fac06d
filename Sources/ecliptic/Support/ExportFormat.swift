import ArgumentParser
import Exchange

/// What `--format` takes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case csv
  case fits
  case votable
  case votableText = "votable-tabledata"
  case parquet

  /// Nil for formats that hold orbits or observations only.
  var table: TableFormat? { TableFormat(rawValue: rawValue) }

  /// Rows must be counted and texts measured before the first is written.
  var needsMeasures: Bool {
    table.map { $0 == .fits || $0 == .votable || $0 == .votableText } ?? false
  }
}

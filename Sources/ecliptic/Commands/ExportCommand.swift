import ArgumentParser
import Catalog
import Exchange

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a table of a catalog, or a part of it, to a file.",
    discussion: """
      Tables: orbits (the orbits in force, as orbit CSV), \
      \(Catalog.exportableTables.joined(separator: ", ")).

      EXAMPLE
        ecliptic export --catalog survey.db --format csv --table SSSource \\
          --where "ephOffset < 1" --output sources.csv
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case csv
  }

  private static let orbits = "orbits"

  @OptionGroup var catalog: CatalogOption
  @Option(help: "The output's format: csv.")
  var format: Format
  @Option(help: "The table.")
  var table = "SSObject"
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only rows that meet this SQL condition.", valueName: "sql"))
  var condition: String?
  @Option(help: "The output file; - is standard output.")
  var output: String
  @OptionGroup var report: ReportOption

  /// What was written.
  struct Written: Encodable {
    var table: String
    var output: String
    var rows: Int
  }

  func validate() throws {
    guard table == Self.orbits || Catalog.exportableTables.contains(table) else {
      throw ValidationError("\(CatalogError.unknownTable(name: table))")
    }
  }

  func run() throws {
    let catalog = try Catalog(path: catalog.catalog, access: .readOnly)
    let rows = try table == Self.orbits ? writeOrbits(of: catalog) : writeTable(of: catalog)
    guard report.json else { return }
    try Reporting.printJSON(
      Written(table: table, output: output, rows: rows), dataOnStdout: output == "-")
  }

  /// - Returns: how many rows there are.
  private func writeTable(of catalog: Catalog) throws -> Int {
    var count = 0
    try OutputFile.write(to: output) { out in
      try catalog.rows(of: table, where: condition) { names in
        try out.write(CSVText.line(names))
      } row: { values in
        try out.write(CSVText.line(values))
        count += 1
      }
    }
    return count
  }

  /// The condition's columns are those of mpc_orbits.
  private func writeOrbits(of catalog: Catalog) throws -> Int {
    let orbits = try catalog.orbits(where: condition)
    try OutputFile.write(to: output) { out in
      try out.write(OrbitCSV.header)
      for orbit in orbits { try out.write(OrbitCSV.line(orbit)) }
    }
    return orbits.count
  }
}

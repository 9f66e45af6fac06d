import ArgumentParser
import Astro
import Catalog
import Exchange
import Foundation

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a table of a catalog, or a part of it, to a file.",
    discussion: """
      Tables: orbits (the orbits in force: states, elements, covariances), \
      \(Catalog.exportableTables.joined(separator: ", ")).

      --where and --order take SQL on the table's columns; for orbits, on those of mpc_orbits; for \
      observations, on those of DiaSource. \
      What a format can't hold of the data is said on stderr.

      sqlite is a catalog of its own with the objects that are selected and all that belongs to \
      them: detections, residuals, orbits, names. Every command and any SQLite program opens it.

      EXAMPLE
        ecliptic export --catalog survey.db --format csv --table SSSource \\
          --where "ephOffset < 1" --output sources.csv
        ecliptic export --catalog survey.db --format parquet --table mpc_orbits \\
          --class NEO --order h --output near-earth.parquet
        ecliptic export --catalog survey.db --format mpcorb --gzip --output MPCORB.DAT.gz
        ecliptic export --catalog survey.db --format csv --as-of 2026-11-22T12:00:00Z \\
          --output then.csv
        ecliptic export --catalog survey.db --format ades-psv --ades-header observers.txt \\
          --ades-mode CCD --ades-astcat Gaia3 --where "night = 60440" --output night.psv
        ecliptic export --catalog survey.db --format sqlite --class NEO --output neos.db
      """)

  @OptionGroup var catalog: CatalogOption
  @Option(
    help: "The output's format: \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format: ExportFormat
  @Option(
    help: """
      The table (default: SSObject; orbits or DiaSource for the formats that hold these only).
      """)
  var table: String?
  @OptionGroup var rows: RowOptions
  @OptionGroup var past: AsOfOption
  @Option(
    help: ArgumentHelp(
      """
      Who observed, for ADES: lines as of PSV, # submitter, ! name A. Observer, # measurers, \
      # telescope and so on.
      """, valueName: "file"))
  var adesHeader: String?
  @Option(
    help: ArgumentHelp(
      """
      For ADES: with what the observations were made (CCD, CMO, TDI and so on). Else it is the \
      telescope's detector of --ades-header, else UNK.
      """, valueName: "code"))
  var adesMode: String?
  @Option(
    help: ArgumentHelp(
      "For ADES: the catalog of the reference stars (Gaia3, and so on; default UNK).",
      valueName: "name"))
  var adesAstcat: String?
  @Flag(help: "Compress: the file by gzip, the pages of Parquet.")
  var gzip = false
  @Option(help: "The output file; - is standard output.")
  var output: String
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption

  /// What was written.
  struct Written: Encodable {
    var table: String
    var output: String
    var rows: Int
    /// What the format could not hold.
    var losses: [String]
  }

  func validate() throws {
    guard tableName == "orbits" || Catalog.exportableTables.contains(tableName) else {
      throw ValidationError("\(CatalogError.unknownTable(name: tableName))")
    }
    if past.asOf != nil, !Catalog.versionedTables.contains(tableName) {
      throw ValidationError("\(CatalogError.noPast(table: tableName))")
    }
    guard format.holds(table: tableName) else {
      throw ValidationError("\(format.rawValue) holds \(format.usualTable) only; leave --table out")
    }
    if format != .adesPSV && format != .adesXML {
      for (option, value) in [
        ("--ades-header", adesHeader), ("--ades-mode", adesMode), ("--ades-astcat", adesAstcat),
      ] where value != nil {
        throw ValidationError("\(option) is for ades-psv and ades-xml only")
      }
    }
    if let adesMode, !ADESHeader.isCode(adesMode, letters: 3) {
      throw ValidationError("--ades-mode \(adesMode): it has three letters, as CCD or CMO")
    }
    if let adesAstcat, !ADESHeader.isCode(adesAstcat, letters: 8) {
      throw ValidationError("--ades-astcat \(adesAstcat): it has eight letters at most, as Gaia3")
    }
    if format == .sqlite, output == "-" || gzip {
      throw ValidationError(
        "sqlite is written to a file and not compressed: give --output FILE, leave --gzip out")
    }
  }

  private var tableName: String { table ?? format.usualTable }

  func run() async throws {
    let catalog = try past.open(catalog.catalog)
    let selection = try rows.selection(of: tableName)
    var header = try adesHeader.map { try ADESHeader(path: $0) } ?? .none
    (header.mode, header.astCat) = (adesMode, adesAstcat)
    let export = TableExport(
      catalog: catalog, selection: selection, format: format, isCompressed: gzip,
      jobs: jobs.count, adesHeader: header)
    let (count, losses) = try await export.write(to: output)
    for loss in losses { Reporting.printError("ecliptic: \(output): \(loss)") }
    guard report.json else { return }
    try Reporting.printJSON(
      Written(table: tableName, output: output, rows: count, losses: losses),
      dataOnStdout: output == "-")
  }
}

/// Which rows to write.
struct RowOptions: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only rows that meet this SQL condition.", valueName: "sql"))
  var condition: String?
  @Option(help: ArgumentHelp("Order the rows by these SQL terms.", valueName: "sql"))
  var order: String?
  @Option(
    name: .customLong("class"),
    help: """
      Only objects on an orbit of this kind: \
      \(OrbitClassSelection.allCases.map(\.rawValue).joined(separator: ", ")).
      """, transform: Self.orbitClass)
  var orbitClass: OrbitClassSelection?
  @Option(help: ArgumentHelp("Only objects observed over this arc at least.", valueName: "days"))
  var arc: Double?
  @Option(
    help: ArgumentHelp(
      "Only detections since this time, or objects detected since (ISO 8601, or MJD:scale).",
      valueName: "time"))
  var since: String?

  func validate() throws {
    if let arc, !(arc.isFinite && arc >= 0) {
      throw ValidationError("--arc must be a number of days, not \(arc)")
    }
    for (option, text) in [("--where", condition), ("--order", order)]
    where text?.allSatisfy(\.isWhitespace) ?? false {
      throw ValidationError("\(option) is empty; give an SQL expression, or leave it out")
    }
  }

  private static func orbitClass(_ text: String) throws -> OrbitClassSelection {
    guard let kind = OrbitClassSelection(rawValue: text.uppercased()) else {
      throw ValidationError("‘\(text)’ is no kind of orbit; see --help for the list")
    }
    return kind
  }

  func selection(of table: String) throws -> TableSelection {
    var selection = TableSelection(table: table)
    selection.condition = condition
    selection.order = order
    selection.orbitClass = orbitClass
    selection.minimumArcDays = arc
    if let since {
      let times = try TimeArgument.parse(since)
      guard times.count == 1 else { throw ValidationError("--since \(since): give one time") }
      selection.sinceMjdTai = times[0].tai.mjd
    }
    return selection
  }
}

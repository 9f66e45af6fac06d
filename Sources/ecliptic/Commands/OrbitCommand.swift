import ArgumentParser
import Astrometry
import Catalog
import Dynamics
import Exchange
import Foundation

struct OrbitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orbit", abstract: "One orbit as a person reads it.",
    discussion: "EXAMPLE\n  ecliptic orbit info \"2004 JQ12\" --catalog survey.db",
    subcommands: [OrbitInfoCommand.self])
}

struct OrbitInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Elements, state, brightness and uncertainty of an orbit.",
    discussion: """
      NAME is a designation (readable or packed) with --catalog, or an orbit file (orbit CSV, \
      MPCORB, mpc_orb JSON), of which every orbit is shown, or with --designation one.

      EXAMPLE
        ecliptic orbit info "2004 JQ12" --catalog survey.db
        ecliptic orbit info orbits.csv --designation K04J12Q --json
      """)

  @Argument(help: "A designation (with --catalog), or an orbit file.")
  var name: String
  @Option(help: ArgumentHelp("The catalog that knows the designation.", valueName: "file"))
  var catalog: String?
  @Option(help: "Show only this object of the file.")
  var designation: String?
  @OptionGroup var report: ReportOption

  func validate() throws {
    if catalog != nil, designation != nil {
      throw ValidationError("--designation is for orbit files; with --catalog NAME is the object")
    }
  }

  func run() throws {
    let (orbits, quarantined) = try catalog.map { (try fromCatalog($0), []) } ?? fromFile()
    let solarSystem = try SolarSystem.load()
    let shown = orbits.map { OrbitSummary($0, solarSystem) }
    if report.json {
      try Reporting.printJSON(shown)
    } else {
      try Reporting.printText(shown.map(\.text).joined(separator: "\n"))
    }
    Reporting.printQuarantined(quarantined)
    try Reporting.exitIfQuarantined(quarantined.count)
  }

  private func fromCatalog(_ path: String) throws -> [CatalogOrbit] {
    let catalog = try Catalog(path: path, access: .readOnly)
    let names = Set([name, Designation(name)?.description ?? name])
    let list = names.map { "'" + $0.replacing("'", with: "''") + "'" }.sorted()
    let found = try catalog.orbits(
      where: "designation IN (\(list.joined(separator: ", ")))"
        + " OR packed_primary_provisional_designation IN (\(list.joined(separator: ", ")))"
        + " OR unpacked_primary_provisional_designation IN (\(list.joined(separator: ", ")))")
    guard !found.isEmpty else {
      throw CommandError.unreadable(path: path, reason: "knows no orbit of \(name)")
    }
    return found
  }

  private func fromFile() throws -> ([CatalogOrbit], [QuarantinedRecord]) {
    guard name == "-" || FileManager.default.fileExists(atPath: name) else {
      throw CommandError.unreadable(
        path: name, reason: "no such file; for a designation name its catalog with --catalog")
    }
    let batch = try OrbitFile.readAll(name)
    guard let designation else { return (batch.orbits, batch.quarantined) }
    let wanted = Designation(designation)
    let found = batch.orbits.filter {
      $0.designation == designation || (wanted != nil && Designation($0.designation) == wanted)
    }
    guard !found.isEmpty else {
      Reporting.printQuarantined(batch.quarantined)
      throw CommandError.unreadable(path: name, reason: "holds no orbit of \(designation)")
    }
    return (found, batch.quarantined)
  }
}

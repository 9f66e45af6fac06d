import ArgumentParser
import Astro
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

/// `--approaches A..B`: two moments.
struct TimeSpan: ExpressibleByArgument {
  let start: String
  let stop: String

  init?(argument: String) {
    guard let dots = argument.range(of: "..") else { return nil }
    start = String(argument[..<dots.lowerBound])
    stop = String(argument[dots.upperBound...])
    if start.isEmpty || stop.isEmpty { return nil }
  }
}

/// `--elements KIND`.
struct ElementKindArgument: ExpressibleByArgument {
  let kind: ElementKind

  init?(argument: String) {
    guard let kind = ElementKind(rawValue: argument) else { return nil }
    self.kind = kind
  }

  static var allValueStrings: [String] { ElementKind.allCases.map(\.rawValue) }
}

struct OrbitInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Elements, class, brightness, uncertainty and next approach of an orbit.",
    discussion: """
      NAME is a designation (readable or packed) with --catalog or --orbits FILE, or itself an \
      orbit file (orbit CSV, MPCORB, mpc_orb JSON), of which every orbit is shown, or with \
      --designation one.

      Shown are elements with their standard deviations, JPL's class and the MPC's, MOIDs with \
      all planets (with JPL's orbits of them), Tisserand parameters, H and the diameters it stands \
      for, how the orbit was fitted, where it is seen at --at with its error ellipse, and the next \
      passage within --within of the Sun, a planet, Pluto or the Moon; with --approaches all \
      passages of an interval.

      EXAMPLE
        ecliptic orbit info "2004 JQ12" --catalog survey.db
        ecliptic orbit info orbits.csv --designation K04J12Q --json
        ecliptic orbit info 99942 --orbits MPCORB.DAT --approaches 2029-01-01..2030-01-01
      """)

  @Argument(help: "A designation (with --catalog or --orbits), or an orbit file.")
  var name: String
  @Option(help: ArgumentHelp("The catalog that knows the designation.", valueName: "file"))
  var catalog: String?
  @Option(help: ArgumentHelp("The orbit file that knows the designation.", valueName: "file"))
  var orbits: String?
  @Option(help: "Show only this object of the file.")
  var designation: String?
  @Option(help: ArgumentHelp("Moment of the place on the sky (default: now).", valueName: "time"))
  var at: String?
  @Option(help: "MPC code of the observatory for the place on the sky.")
  var observatory = "500"
  @Option(help: ArgumentHelp("Show all approaches from A to B.", valueName: "A..B"))
  var approaches: TimeSpan?
  @Option(help: ArgumentHelp("Approaches no farther than this [au].", valueName: "au"))
  var within = 0.1
  @Option(
    help: ArgumentHelp(
      "One more set of elements.", valueName: "kind"))
  var elements: ElementKindArgument?
  @OptionGroup var past: AsOfOption
  @OptionGroup var report: ReportOption

  func validate() throws {
    if past.asOf != nil, catalog == nil { throw ValidationError("--as-of needs --catalog") }
    if catalog != nil, orbits != nil {
      throw ValidationError("give --catalog or --orbits, not both")
    }
    if catalog != nil || orbits != nil, designation != nil {
      throw ValidationError(
        "--designation is for orbit files as NAME; with --catalog or --orbits NAME is the object")
    }
    if ObservatoryCode(observatory) == nil {
      throw ValidationError("--observatory \(observatory): expected an MPC code such as X05")
    }
    guard within > 0, within <= 5 else {
      throw ValidationError("--within must be more than 0 and at most 5 au, not \(within)")
    }
  }

  func run() throws {
    let (found, quarantined) =
      try catalog.map { (try fromCatalog($0), []) }
      ?? orbits.map { try fromFile($0, object: name) } ?? fromFile(name, object: designation)
    let view = try view(SolarSystem.load())
    let shown = found.map { orbit in
      var summary = OrbitSummary(orbit, elements: elements?.kind)
      summary.derive(orbit, view)
      return summary
    }
    if report.json {
      try Reporting.printJSON(shown)
    } else {
      try Reporting.printText(shown.map(\.text).joined(separator: "\n"))
    }
    Reporting.printQuarantined(quarantined)
    try Reporting.exitIfQuarantined(quarantined.count)
  }

  private func view(_ solarSystem: SolarSystem) throws -> OrbitView {
    let leapSeconds = solarSystem.leapSeconds
    func moment(_ text: String) throws -> Epoch<TDB> {
      let epochs = try TimeArgument.parse(text, leapSeconds: leapSeconds)
      guard epochs.count == 1 else {
        throw ValidationError("\(text): one moment is expected here")
      }
      return epochs[0]
    }
    let now = Epoch<UTC>(mjdDay: 40_587, fraction: Date().timeIntervalSince1970 / 86_400)
    var interval: ClosedRange<Epoch<TDB>>?
    if let approaches {
      let (start, stop) = (try moment(approaches.start), try moment(approaches.stop))
      guard start <= stop else {
        throw ValidationError("--approaches: \(approaches.stop) is before \(approaches.start)")
      }
      for epoch in [start, stop] where !solarSystem.ephemeris.covers(epoch) {
        throw DynamicsError.outsideEphemeris(
          mjdTdb: epoch.mjd, startMjdTdb: solarSystem.ephemeris.start.mjd,
          endMjdTdb: solarSystem.ephemeris.end.mjd)
      }
      interval = start...stop
    }
    return try OrbitView(
      solarSystem, observatory: ObservatoryCode(observatory) ?? .rubin,
      moment: at.map(moment) ?? leapSeconds.tai(now).tdb, interval: interval, withinAU: within)
  }

  private func fromCatalog(_ path: String) throws -> [CatalogOrbit] {
    let catalog = try past.open(path)
    if let id = try catalog.objectId(named: name),
      let orbit = try catalog.orbits(ofObjects: [id])[id]
    {
      return [orbit]
    }
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

  private func fromFile(
    _ path: String, object: String?
  ) throws -> ([CatalogOrbit], [QuarantinedRecord]) {
    guard path == "-" || FileManager.default.fileExists(atPath: path) else {
      throw CommandError.unreadable(
        path: path, reason: "no such file; for a designation name its catalog with --catalog")
    }
    let batch = try OrbitFile.readAll(path)
    guard let object else { return (batch.orbits, batch.quarantined) }
    let wanted = Designation(object)
    let found = batch.orbits.filter {
      $0.designation == object || (wanted != nil && Designation($0.designation) == wanted)
    }
    guard !found.isEmpty else {
      Reporting.printQuarantined(batch.quarantined)
      throw CommandError.unreadable(path: path, reason: "holds no orbit of \(object)")
    }
    return (found, batch.quarantined)
  }
}

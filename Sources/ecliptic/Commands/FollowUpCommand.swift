import ArgumentParser
import Astro
import Astrometry
import Dynamics
import Exchange
import FollowUp
import Foundation
import Logging
import Synchronization

struct FollowUpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "followup",
    abstract: "Says what tracklets are likely to be, and which to look at again.",
    discussion: """
      Each object's last night is ranged: every orbit that its observations allow, weighed by how many \
      bodies there are of it (Ephemerides/population.txt). That gives probabilities of its class, H and \
      size, and a score from 0 to 100 that can be compared with the MPC's digest2. Where the region \
      reaches the Earth its orbits are carried on for 30 days under all forces: the probability of a \
      strike, of a passage within the Moon's distance, and the errors that the number of orbits leaves.

      With --night the candidates are ranked for that night: where the region will be and how large, \
      when 95 % of it outgrows the field, on which night one more observation says most, and for each \
      --observatory altitude, airmass, Moon, stars, trailing loss and what is left of the limit. The \
      order is that of a formula (--rank); its numbers are pNearEarth, pRare (interior, comet-like, \
      interstellar, Centaur, trans-Neptunian), pImpact, score, H, mag, rate ["/h], region [deg], \
      inField, daysToLoss, galacticLatitude, clearness, margin, detectable, hours, airmass, altitude, \
      moonSeparation, observations. The standard one is
        \(RankExpression.standard)
      With --catalog the tracklets are those of the last nights that are no object's yet.

      EXAMPLE
        ecliptic followup --tracklets night.obs
        ecliptic followup --tracklets night.psv --format csv --output assessed.csv
        ecliptic followup --catalog survey.db --observatory W84,G96 --night 2026-11-22 \\
          --limit-mag 22 --field 0.5 --format html --output tonight.html
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case csv
    case json
    /// Needs a night.
    case html
  }

  enum Population: String, ExpressibleByArgument, CaseIterable {
    case all
    case unknown
  }

  @Option(
    help: ArgumentHelp(
      "Observations with a designation or trkSub: LSST CSV, ADES, MPC 80-column; - is stdin.",
      valueName: "file"))
  var tracklets: String?
  @Option(
    help: ArgumentHelp(
      "Or the catalog: tracklets of --night and the nights before it that are no object's.",
      valueName: "file"))
  var catalog: String?
  @Option(help: "Nights of the catalog, counted back from --night, that are looked through.")
  var window = 3
  @Option(help: "Rank for this night, the date of its evening.")
  var night: String?
  @Option(help: ArgumentHelp("Faintest V that is reached, high in a dark sky.", valueName: "mag"))
  var limitMag = 21.5
  @Option(help: ArgumentHelp("Diameter of the field.", valueName: "deg"))
  var field = 0.5
  @Option(help: ArgumentHelp("Exposure, for trailing losses.", valueName: "s"))
  var exposure = 30.0
  @Option(help: ArgumentHelp("Width of a star's image.", valueName: "arcsec"))
  var seeing = 1.5
  @Option(help: ArgumentHelp("Lowest altitude.", valueName: "deg"))
  var altitude = 25.0
  @Option(help: ArgumentHelp("The formula of the order.", valueName: "formula"))
  var rank = RankExpression.standard
  @Option(help: ArgumentHelp("How many candidates are listed (default: all).", valueName: "n"))
  var top: Int?
  @Option(
    help: """
      Which bodies the tracklets may be: all, or unknown if they were compared with catalogs before.
      """)
  var population = Population.all
  @Option(
    help: "MPC codes of observatories, with commas; the first is that of rows that name none.")
  var observatory = "X05"
  @Flag(help: "Leave out whether the objects may come to the Earth, which takes longest.")
  var noApproaches = false
  @Option(help: "text, csv, json or html.")
  var format: Format?
  @Flag(help: "The same as --format json.")
  var json = false
  @Option(help: "The output file; - is standard output.")
  var output = "-"
  @OptionGroup var jobs: JobsOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    for code in observatory.split(separator: ",", omittingEmptySubsequences: false)
    where ObservatoryCode(code) == nil {
      throw ValidationError("--observatory \(code): expected an MPC code such as X05")
    }
    guard (tracklets == nil) != (catalog == nil) else {
      throw ValidationError("give either --tracklets or --catalog")
    }
    if let night, Night(date: night) == nil {
      throw ValidationError("--night \(night): expected a date such as 2026-11-22")
    }
    if night == nil, catalog != nil { throw ValidationError("--catalog needs --night") }
    if night == nil, format == .html { throw ValidationError("--format html needs --night") }
    try validatePlan()
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) contradict each other")
    }
  }

  private func validatePlan() throws {
    let limits: [(String, Double, ClosedRange<Double>)] = [
      ("--limit-mag", limitMag, 5...35), ("--field", field, 0.001...90),
      ("--exposure", exposure, 0.01...86_400), ("--seeing", seeing, 0.05...30),
      ("--altitude", altitude, 0...89), ("--window", Double(window), 1...60),
      ("--top", Double(top ?? 1), 1...1e9),
    ]
    for (name, value, range) in limits where !range.contains(value) {
      throw ValidationError(
        "\(name) \(value): expected \(range.lowerBound) to \(range.upperBound)")
    }
    do { _ = try RankExpression(rank, names: RankedCandidate.names) } catch {
      throw ValidationError("--rank: \(error)")
    }
  }

  private var codes: [ObservatoryCode] {
    observatory.split(separator: ",").compactMap { ObservatoryCode($0) }
  }

  private func read(_ solarSystem: SolarSystem) async throws -> TrackletSource {
    if let catalog, let last = night.flatMap({ Night(date: $0) })?.mjd {
      return try await TrackletSource.read(
        catalog: catalog, nights: (last - window + 1)...last, solarSystem: solarSystem,
        jobs: jobs.count)
    }
    return try await TrackletSource.read(
      tracklets ?? "-", solarSystem: solarSystem, observatory: codes.first ?? .rubin,
      jobs: jobs.count)
  }

  func run() async throws {
    let solarSystem = try SolarSystem.load()
    let model = try PopulationModel.load(population == .all ? .all : .unknown)
    let source = try await read(solarSystem)
    let started = ContinuousClock.now
    let assessed = try await assess(source.tracklets, model)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    log.logger("followup").info("\(assessed.count) tracklets ranged in \(seconds) s")
    let forecasts = try await forecast(source.tracklets, assessed, model, solarSystem)
    let rows = source.tracklets.indices.map {
      AssessedRow(source.tracklets[$0], assessed[$0], forecasts[$0])
    }
    if let night = night.flatMap({ Night(date: $0) }) {
      let list = try await NightList(
        tracklets: source.tracklets, rows: rows, night: night, codes: codes,
        plan: ObservingPlan(
          limitMagnitude: limitMag, fieldDeg: field, exposureSeconds: exposure,
          seeingArcsec: seeing, leastAltitudeDeg: altitude), formula: rank,
        model: model, solarSystem: solarSystem, jobs: jobs.count)
      try write(list, solarSystem)
    } else {
      try write(rows)
    }
    Reporting.printQuarantined(source.quarantined)
    try Reporting.exitIfQuarantined(source.quarantined.count)
  }

  private func write(_ rows: [AssessedRow]) throws {
    try OutputFile.write(to: output) { out in
      switch json ? .json : format ?? .text {
      case .text, .html:
        try out.write(AssessedRow.summaryHeader)
        for row in rows { try out.write(row.summary) }
      case .csv:
        try out.write(AssessedRow.header)
        for row in rows { try out.write(row.line) }
      case .json: try writeJSON(rows, &out)
      }
    }
  }

  private func write(_ list: NightList, _ solarSystem: SolarSystem) throws {
    let shown = Array(list.candidates.prefix(top ?? .max))
    try OutputFile.write(to: output) { out in
      switch json ? .json : format ?? .text {
      case .text:
        for remark in list.remarks { try out.write("# \(remark)\n") }
        try out.write(RankedCandidate.summaryHeader)
        for candidate in shown { try out.write(candidate.summary) }
      case .csv:
        try out.write(RankedCandidate.header)
        for candidate in shown { try out.write(candidate.lines) }
      case .json: try writeJSON(shown, &out)
      case .html: try out.write(try FollowUpPage(list, shown, solarSystem).html)
      }
    }
    for remark in list.remarks { log.logger("followup").warning("\(remark)") }
  }

  private func writeJSON(_ value: some Encodable, _ out: inout OutputFile) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try out.write(bytes: try encoder.encode(value))
    try out.write("\n")
  }

  /// Of those that may be near: the others can't come within a month.
  private func forecast(
    _ tracklets: [Tracklet], _ assessed: [Assessment], _ model: PopulationModel,
    _ solarSystem: SolarSystem
  ) async throws -> [ApproachForecast?] {
    var result = [ApproachForecast?](repeating: nil, count: tracklets.count)
    if noApproaches { return result }
    let near = assessed.indices.filter {
      assessed[$0].verdict == .ranged && assessed[$0].nearEarth > 0.02
        && (assessed[$0].distanceAU?.low ?? .infinity) < 0.1
    }
    let progress = Progress(quiet: log.quiet)
    defer { progress.clear() }
    let done = Mutex(0)
    let forecaster = ApproachForecaster(solarSystem)
    let found = try await parallelMap(count: near.count, chunk: 1, jobs: jobs.count) { range in
      var ranger = Ranger(model: model)
      let tracklet = tracklets[near[range.lowerBound]]
      _ = ranger.assess(tracklet)
      let forecast = forecaster.forecast(ranger.weightedOrbits(of: tracklet, above: 1e-6))
      let count = done.withLock {
        $0 += 1
        return $0
      }
      progress.show("followup: approaches of \(count) of \(near.count)")
      return forecast
    }
    for (place, forecast) in zip(near, found) { result[place] = forecast }
    return result
  }

  private func assess(
    _ tracklets: [Tracklet], _ model: PopulationModel
  ) async throws -> [Assessment] {
    let progress = Progress(quiet: log.quiet)
    defer { progress.clear() }
    let done = Mutex(0)
    return try await parallelMap(count: tracklets.count, chunk: 32, jobs: jobs.count) { range in
      var ranger = Ranger(model: model)
      let found = range.map { ranger.assess(tracklets[$0]) }
      let count = done.withLock {
        $0 += range.count
        return $0
      }
      progress.show("followup: \(count) of \(tracklets.count) tracklets")
      return found
    }.flatMap { $0 }
  }
}

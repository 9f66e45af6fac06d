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

      EXAMPLE
        ecliptic followup --tracklets night.obs
        ecliptic followup --tracklets night.psv --format csv --output assessed.csv
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case csv
    case json
  }

  enum Population: String, ExpressibleByArgument, CaseIterable {
    case all
    case unknown
  }

  @Option(
    help: ArgumentHelp(
      "Observations with a designation or trkSub: LSST CSV, ADES, MPC 80-column; - is stdin.",
      valueName: "file"))
  var tracklets: String
  @Option(
    help: """
      Which bodies the tracklets may be: all, or unknown if they were compared with catalogs before.
      """)
  var population = Population.all
  @Option(help: "MPC code of the observatory, for rows that name none.")
  var observatory = "X05"
  @Flag(help: "Leave out whether the objects may come to the Earth, which takes longest.")
  var noApproaches = false
  @Option(help: "text, csv or json.")
  var format: Format?
  @Flag(help: "The same as --format json.")
  var json = false
  @Option(help: "The output file; - is standard output.")
  var output = "-"
  @OptionGroup var jobs: JobsOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    if ObservatoryCode(observatory) == nil {
      throw ValidationError("--observatory \(observatory): expected an MPC code such as X05")
    }
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) contradict each other")
    }
  }

  func run() async throws {
    let solarSystem = try SolarSystem.load()
    let model = try PopulationModel.load(population == .all ? .all : .unknown)
    let source = try await TrackletSource.read(
      tracklets, solarSystem: solarSystem, observatory: ObservatoryCode(observatory) ?? .rubin,
      jobs: jobs.count)
    let started = ContinuousClock.now
    let assessed = try await assess(source.tracklets, model)
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    log.logger("followup").info("\(assessed.count) tracklets ranged in \(seconds) s")
    let forecasts = try await forecast(source.tracklets, assessed, model, solarSystem)
    let rows = source.tracklets.indices.map {
      AssessedRow(source.tracklets[$0], assessed[$0], forecasts[$0])
    }
    try OutputFile.write(to: output) { out in
      switch json ? .json : format ?? .text {
      case .text:
        try out.write(AssessedRow.summaryHeader)
        for row in rows { try out.write(row.summary) }
      case .csv:
        try out.write(AssessedRow.header)
        for row in rows { try out.write(row.line) }
      case .json:
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try out.write(bytes: try encoder.encode(rows))
        try out.write("\n")
      }
    }
    Reporting.printQuarantined(source.quarantined)
    try Reporting.exitIfQuarantined(source.quarantined.count)
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

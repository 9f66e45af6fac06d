import ArgumentParser
import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import Logging
import Simulation

/// `ecliptic simulate`: a survey over given orbits, with its truth.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Makes a survey of given orbits: detections, false ones among them, and the truth.",
    discussion: """
      Writes detections.csv (LSST CSV), visits.csv and truth.csv (diaSourceId, designation, class; \
      empty for false detections) into the folder --output. The same seed gives the same bytes, \
      whatever the number of cores.

      EXAMPLE
        ecliptic simulate --orbits Fixtures/orbits/sbdb.csv \\
          --visits Fixtures/visits/rubin-baseline.csv --from 2024-04-27 --nights 3 \\
          --seed 1 --false-ratio 0.5 --output survey
      """)

  @Option(help: ArgumentHelp("Orbits, with H: orbit CSV, MPCORB, mpc_orb JSON.", valueName: "file"))
  var orbits: String
  @Option(
    help: ArgumentHelp(
      "Visits: CSV with visit,midpointMjdTai,ra,dec,rotation,band,fiveSigmaDepth,seeing,"
        + "exposureTime.", valueName: "file"))
  var visits: String
  @Option(name: .customLong("from"), help: "First night, YYYY-MM-DD (default: the first there is).")
  var firstNight: String?
  @Option(help: "Number of nights (default: all there are).")
  var nights: Int?
  @Option(help: "Seed of all random numbers.")
  var seed: UInt64 = 1
  @Option(help: "False detections for each real one.")
  var falseRatio = 0.0
  @Option(help: "Share of the false detections that come back at fixed places, 0 to 1.")
  var repeatingFraction = 0.0
  @Option(help: "Add this many fainter, perturbed copies of each orbit.")
  var clones = 0
  @Option(
    help: ArgumentHelp(
      "Clones are fainter by a number of magnitudes from LOW:HIGH.",
      valueName: "low:high"))
  var clonesFainter = "4:9"
  @Option(help: "Half-width of a clone's change of node, perihelion and mean anomaly [deg].")
  var clonesAnomaly = 180.0
  @Option(help: "MPC code of the observatory.")
  var observatory = "X05"
  @Flag(help: "Write alert packets too: one Avro file a visit in the folder alerts/.")
  var alerts = false
  @Flag(help: "Write the objects' orbits too: orbits.csv.")
  var writeOrbits = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Folder to write to.", valueName: "folder"))
  var output: String
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard falseRatio.isFinite, (0...1000).contains(falseRatio) else {
      throw ValidationError("--false-ratio must be from 0 to 1000")
    }
    guard (0...1).contains(repeatingFraction) else {
      throw ValidationError("--repeating-fraction must be from 0 to 1")
    }
    guard (0...100_000).contains(clones) else {
      throw ValidationError("--clones must be from 0 to 100000")
    }
    guard (0...180).contains(clonesAnomaly) else {
      throw ValidationError("--clones-anomaly must be from 0 to 180")
    }
    if let nights, !(1...100_000).contains(nights) {
      throw ValidationError("--nights must be from 1 to 100000")
    }
    if let firstNight, SurveyNight(firstNight) == nil {
      throw ValidationError("--from \(firstNight): must be a date, YYYY-MM-DD")
    }
    _ = try fainterRange()
    _ = try observatoryCode()
  }

  private func fainterRange() throws -> ClosedRange<Double> {
    let parts = clonesFainter.split(separator: ":").map { Double($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low <= high,
      abs(low) < 40, abs(high) < 40
    else { throw ValidationError("--clones-fainter \(clonesFainter): must be LOW:HIGH, as 4:9") }
    return low...high
  }

  private func observatoryCode() throws -> ObservatoryCode {
    guard let code = ObservatoryCode(observatory) else {
      throw ValidationError("--observatory \(observatory): must be an MPC code, as X05")
    }
    return code
  }
}

extension SimulateCommand {
  /// What `--json` prints.
  struct Report: Encodable {
    var visits: Int
    var objects: Int
    var objectsDetected: Int
    var detections: Int
    var falseDetections: Int
    var alerts: Int?
    /// Objects that could not be followed to the survey.
    var skipped: Int
    var folder: String
  }

  func run() async throws {
    let logger = log.logger("simulate")
    let system = try SolarSystem.load()
    let folder = URL(filePath: output)
    let all = try VisitFile.read(URL(filePath: visits))
    let chosen = try chosenVisits(system, of: all)
    let (objects, bad, lost) = try await population(system, all)
    logger.info("observing \(objects.count) objects in \(chosen.count) visits")
    let options = SurveyOptions(
      seed: seed, falseRatio: falseRatio, repeatingFraction: repeatingFraction,
      observatory: try observatoryCode())
    let simulator = SurveySimulator(system: system, options: options, jobs: jobs.count)
    var survey = try await simulator.observe(objects, visits: chosen)
    survey.skipped += lost

    logger.info("writing \(survey.detections.count) detections to \(output)")
    try SurveyFiles.write(survey, to: folder)
    if writeOrbits { try SurveyFiles.writeOrbits(survey, to: folder) }
    let packets =
      alerts
      ? try await AlertPackets(survey, seed: seed)
        .write(to: folder.appending(path: "alerts"), jobs: jobs.count) : nil
    try print(survey, alerts: packets)
    for skipped in survey.skipped.prefix(20) {
      Reporting.printError("left out: \(skipped.designation): \(skipped.reason)")
    }
    if survey.skipped.count > 20 {
      Reporting.printError("left out: \(survey.skipped.count - 20) more objects")
    }
    Reporting.printQuarantined(bad)
    try Reporting.exitIfQuarantined(bad.count + survey.skipped.count)
  }

  /// The visits of the nights asked for.
  private func chosenVisits(_ system: SolarSystem, of all: [Visit]) throws -> [Visit] {
    let longitude = try system.observatories.site(try observatoryCode()).longitudeDeg
    let nightOf = all.map { SurveyNight(of: $0.midpoint, longitudeDeg: longitude) }
    guard let earliest = nightOf.min() else {
      throw SimulationError.nothingToDo(reason: "\(visits): has no visits")
    }
    let first = firstNight.flatMap { SurveyNight($0) } ?? earliest
    let end = nights.map { SurveyNight(mjd: first.mjd + $0) }
    let chosen = zip(all, nightOf).filter { _, night in
      night >= first && (end.map { night < $0 } ?? true)
    }.map(\.0)
    guard !chosen.isEmpty else {
      let last = nightOf.max() ?? earliest
      throw SimulationError.nothingToDo(
        reason: "\(visits): has no visit in the nights asked for; it has \(earliest) to \(last)")
    }
    return chosen
  }

  /// The objects to observe: those of the file, and their clones. Clones are made of the orbits as
  /// they are in the middle of all visits of the file, so that they are the same objects whichever
  /// nights are asked for.
  private func population(
    _ system: SolarSystem, _ visits: [Visit]
  ) async throws -> ([CatalogOrbit], [QuarantinedRecord], [SimulatedSurvey.Skipped]) {
    let batch = try OrbitFile.readAll(orbits)
    let (given, bad) = (batch.orbits, batch.quarantined)
    guard clones > 0 else { return (given, bad, []) }
    let times = visits.map(\.midpoint)
    guard let first = times.min(), let last = times.max() else { return (given, bad, []) }
    let middle = Epoch<TDB>(
      mjdDay: first.tdb.adding(days: last.days(since: first) / 2).day, fraction: 0)
    let mover = PopulationMover(system: system, jobs: jobs.count)
    let (moved, lost) = try await mover.moved(given, to: middle)
    let maker = CloneMaker(
      copies: clones, fainterBy: try fainterRange(), anomalyDeg: clonesAnomaly)
    return (moved + maker.clones(of: moved, seed: seed), bad, lost)
  }

  private func print(_ survey: SimulatedSurvey, alerts: Int?) throws {
    let real = survey.detections.filter { $0.object >= 0 }
    let summary = Report(
      visits: survey.visits.count, objects: survey.objects.count,
      objectsDetected: Set(real.map(\.object)).count, detections: survey.detections.count,
      falseDetections: survey.detections.count - real.count, alerts: alerts,
      skipped: survey.skipped.count, folder: output)
    if report.json { return try Reporting.printJSON(summary) }
    var text = """
      visits             \(summary.visits)
      objects            \(summary.objects), of them detected \(summary.objectsDetected)
      detections         \(summary.detections), of them false \(summary.falseDetections)
      written to         \(output)

      """
    if let alerts { text += "alert packets      \(alerts)\n" }
    try Reporting.printText(text)
  }
}

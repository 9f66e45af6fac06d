import Alerts
import ArgumentParser
import Astro
import Astrometry
import Catalog
import Dynamics
import Filters
import Foundation
import Nightly
import Prediction

struct TagCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Tags alerts with the known objects that they are.",
    discussion: """
      Matches each alert's detection to the objects predicted for its moment, by the covariances \
      of both, and writes the alerts again with ssSource and mpc_orbits filled; every other byte \
      stays as it was, and the kind of file too. A folder is written as a folder. All candidates \
      of all alerts, with their probabilities, go to --candidates. Alerts whose schema has no \
      ssSource (ZTF) are passed on as they are. - is standard input or output.

      MEMORY
        Files of any size and number: what is read of 20,000 alerts (some 60 MB), or of as many as \
      lie between the first and the last alert of one exposure (sort by exposure what is larger \
      than memory), 72 bytes for each alert of a file, and at most 256 MB of the files' pages, \
      which are mapped. What comes through a pipe is kept in a nameless file in TMPDIR (/tmp), not \
      in memory. Of a night's table 15 bytes an orbit and the fields looked at are in memory, \
      shared by all processes. From topic to topic: --buffer, and 330 MB of librdkafka's queues.

      From one Kafka topic to another, alerts of an exposure are matched together when every \
      partition went on to a later one, or nothing came for --visit-quiet, or after \
      --visit-latency. Partition n goes to partition n; keys, headers and times are kept. Nothing \
      is lost and, for a consumer that reads committed messages, nothing is doubled by a crash. \
      SIGTERM and SIGINT stop it gracefully. --candidates and --missing are appended to, as CSV; \
      a crash may repeat their last lines. --missing wants one member in the group: each knows of \
      its own partitions' alerts only.

      A catalog's objects are looked up in tables of the nights, as by predict. Orbits without a \
      covariance are taken to be good for 1" and, along the orbit, what the MPC's uncertainty \
      parameter U says (2 where there is none) for the time since their epoch.

      --filters runs the catalog's filters (ecliptic filter) on every exposure as it is tagged, and \
      writes what they choose into a folder, as filter run does. Beside a stream the folder's name is the \
      beginning of topics: whole alerts go to NAME.OWNER.FILTER, a line of JSON to NAME.light, together \
      with the tagged alert; the header ecliptic-id is the same again after a crash. A filter that fails \
      delays nobody. What filters saw of the newest nights stays in CATALOG.visits, at most 500 MB of \
      a night (of more visits a sample): filter check and the service try filters on it.

      EXAMPLE
        ecliptic tag --catalog survey.db visit.avro --output tagged.avro \\
          --candidates candidates.csv
        ecliptic tag --catalog survey.db --schemas schemas --kafka-config client.properties \\
          kafka://broker1:9092,broker2:9092/alerts --output kafka://broker1:9092/tagged
      """)

  @OptionGroup var source: OrbitSource
  @Argument(
    help: "Alerts: a container, framed messages, a folder of them, or kafka://brokers/topic.")
  var input: String
  @Option(
    help: "The tagged alerts: a file, a folder where the input is one, a topic where it is one.")
  var output: String
  @Option(
    help: ArgumentHelp(
      "Every candidate of every alert: Avro where the name ends in .avro, else CSV.",
      valueName: "file"))
  var candidates: String?
  @Option(
    help: ArgumentHelp(
      "CSV of objects that an exposure should show and does not.", valueName: "file"))
  var missing: String?
  @Option(
    help: ArgumentHelp(
      "For --missing: the faintest V magnitude shown (default: by each exposure's detections).",
      valueName: "mag"))
  var limit: Double?
  @Flag(
    help: "Take what is no known object into the catalog, where the next nightly run finds it.")
  var ingest = false
  @Option(
    help: ArgumentHelp(
      "Run the catalog's filters; what they choose goes here (a stream: beginning of topics).",
      valueName: "folder"))
  var filters: String?
  @Option(
    help: ArgumentHelp(
      "With --filters: so many nights' visits are kept beside the catalog to try filters on.",
      valueName: "n"))
  var keepNights = VisitArchive.Limits().nights
  @Option(help: "MPC code of the observatory (default: X05 for LSST, I41 for ZTF).")
  var observatory: String?
  @Option(help: ArgumentHelp("Tag from this probability on.", valueName: "p"))
  var probability = 0.5
  @Flag(help: "Leave alerts alone that their sender tagged already.")
  var keepExisting = false
  @Flag(help: "Propagate the orbits near each exposure instead of looking into night tables.")
  var exact = false
  @Flag(help: "Predict by two-body motion: fast, and wrong by minutes of arc within a year.")
  var twoBody = false
  @OptionGroup(title: "Kafka") var kafka: KafkaOptions
  @OptionGroup var jobs: JobsOption
  @OptionGroup var report: ReportOption
  @OptionGroup var log: LogOptions

  func validate() throws {
    guard (0...1).contains(probability) else {
      throw ValidationError("--probability \(probability): expected 0 to 1")
    }
    if let observatory, ObservatoryCode(observatory) == nil {
      throw ValidationError("--observatory \(observatory): expected an MPC code such as X05")
    }
    guard KafkaAddress.isAddress(input) == KafkaAddress.isAddress(output) else {
      throw ValidationError("a kafka:// input needs a kafka:// output, and the other way round")
    }
    if ingest, source.catalog == nil { throw ValidationError("--ingest needs --catalog") }
    if filters != nil {
      guard source.catalog != nil else { throw ValidationError("--filters needs --catalog") }
      if isStream, let fault = filters.flatMap({ FilterTopics.fault(ofPrefix: $0) }) {
        throw ValidationError("--filters: \(fault)")
      }
    }
    guard (0...1_000).contains(keepNights) else {
      throw ValidationError("--keep-nights \(keepNights): expected 0 to 1000")
    }
    if let limit {
      guard limit.isFinite else { throw ValidationError("--limit \(limit): expected a magnitude") }
      guard missing != nil else { throw ValidationError("--limit needs --missing") }
    }
    if isStream { try validateTopics() } else { try validateFiles() }
  }

  var isStream: Bool { KafkaAddress.isAddress(input) }

  func run() async throws {
    let solarSystem = try SolarSystem.load()
    if isStream {
      let (from, to) = (try KafkaAddress(input), try KafkaAddress(output))
      return try await run(from: from, to: to, solarSystem)
    }
    let progress = Progress(quiet: log.quiet)
    let loaded = try predictor(solarSystem, progress)
    let tagger = makeTagger(try source.registry(), solarSystem, loaded.predictor)
    try await run(tagger, solarSystem, loaded.quarantined, progress)
  }

  func predictor(
    _ solarSystem: SolarSystem, _ progress: Progress
  ) throws -> (predictor: any FieldPredictor, quarantined: [QuarantinedRecord]) {
    guard twoBody else {
      return try source.predictor(solarSystem, exact: exact) { progress.show($0) }
    }
    let loaded = try source.load(solarSystem)
    var predictor = try Predictor(orbits: loaded.orbits, solarSystem: solarSystem)
    predictor.motion = .twoBody
    return (predictor, loaded.quarantined)
  }

  func makeFeed(_ solarSystem: SolarSystem) -> DetectionFeed? {
    guard ingest, let catalog = source.catalog else { return nil }
    return DetectionFeed(catalog: catalog, solarSystem: solarSystem)
  }

  /// Alerts that neither we nor their sender know, as `ingest` takes them.
  static func unassociated(_ alerts: [TaggedAlert]) -> [AlertPacket] {
    alerts.filter { $0.chosen == nil && !$0.packet.isSolarSystem }.map(\.packet)
  }

  func finish(_ feed: DetectionFeed?) throws {
    guard let feed, let catalog = source.catalog, try !feed.finish() else { return }
    Reporting.printError(
      "\(catalog) is held by another run: its detections wait in \(catalog).feed for the next "
        + "nightly run or tag --ingest")
  }

  func makeTagger(
    _ registry: SchemaRegistry, _ solarSystem: SolarSystem, _ predictor: any FieldPredictor
  ) -> AlertTagger {
    var reading = AlertReader.Options()
    reading.observatory = observatory.flatMap { ObservatoryCode($0) }
    var options = AlertTagger.Options()
    options.leastProbability = probability
    options.keepsExisting = keepExisting
    options.jobs = jobs.count
    options.assumedCovariance = { AssumedUncertainty.covariance(of: $0) }
    if missing != nil || filters != nil {
      options.missing = limit.map { .magnitude($0) } ?? .ofDetections
    }
    var matcher = Matcher()
    if twoBody {
      // What two-body motion leaves out within a year or two.
      matcher.floorRad = 100 * Angle.arcsecond
      matcher.radiusRad = 600 * Angle.arcsecond
    }
    return AlertTagger(
      reader: AlertReader(
        registry: registry, options: reading, leapSeconds: solarSystem.leapSeconds),
      predictor: predictor, matcher: matcher, options: options)
  }
}

/// What `tag` reports.
struct TagSummary: Encodable {
  var orbits: Int
  var files = 0
  var alerts = 0
  var tagged = 0
  /// More than one object or detection likely.
  var ambiguous = 0
  /// No candidate.
  var unmatched = 0
  /// Tagged with another object than the sender did.
  var disagreeing = 0
  /// Objects that should have been seen (with --missing).
  var missing = 0
  var quarantined = 0
  /// What `--filters` did.
  var filters: FilterStage.Report?
  /// What `--ingest` took into the catalog.
  var ingested: IngestCounts?
  /// Our predicted places against the sender's, of alerts that had any [arcsec].
  var senderEphemeris: Differences?

  struct Differences: Encodable {
    var count: Int
    var medianArcsec: Double
    var maximumArcsec: Double
  }

  private var differences: [Double] = []
  private enum CodingKeys: CodingKey {
    case orbits, files, alerts, tagged, ambiguous, unmatched, disagreeing, missing, quarantined
    case filters, ingested, senderEphemeris
  }

  init(orbits: Int) { self.orbits = orbits }

  mutating func add(_ result: AlertTagger.Result) {
    missing += result.missing.count
    alerts += result.alerts.count
    tagged += result.taggedCount
    ambiguous += result.ambiguousCount
    unmatched += result.unmatchedCount
    disagreeing += result.disagreeingCount
    differences += result.ephemerisDifferences
  }

  mutating func finish(quarantined: Int) {
    self.quarantined = quarantined
    let sorted = differences.sorted().map { $0 / Angle.arcsecond }
    guard let largest = sorted.last else { return }
    senderEphemeris = Differences(
      count: sorted.count, medianArcsec: sorted[sorted.count / 2], maximumArcsec: largest)
  }

  func report(json: Bool, toStderr: Bool) throws {
    if json, !toStderr { return try Reporting.printJSON(self) }
    var text =
      "files \(files), alerts \(alerts), orbits \(orbits): tagged \(tagged), ambiguous "
      + "\(ambiguous), unmatched \(unmatched), disagreeing with the sender \(disagreeing), "
      + "missing \(missing), quarantined \(quarantined)\n"
    if let filters { text += FilterReporting.line(filters) }
    if let ingested {
      text += "ingested \(ingested.added), already in the catalog \(ingested.alreadyThere)\n"
    }
    if let sent = senderEphemeris {
      text += String(
        format:
          "sender's ephemeris: %d places, ours differ by %.4f\" in the median, %.4f\" at most\n",
        sent.count, sent.medianArcsec, sent.maximumArcsec)
    }
    if toStderr { Reporting.printError(text) } else { try Reporting.printText(text) }
  }
}

import Alerts
import ArgumentParser
import Astro
import Foundation

/// How `tag` reads and writes Kafka topics.
struct KafkaOptions: ParsableArguments {
  private static let unset = (
    group: "ecliptic-tag", visitQuiet: 2.0, visitLatency: 10.0, buffer: 2048, reportEvery: 10.0
  )

  @Option(help: "Consumer group of a kafka:// input; its members share the partitions.")
  var group = KafkaOptions.unset.group
  @Option(
    help: ArgumentHelp(
      "librdkafka properties (name=value lines): SASL, TLS, timeouts, sizes.", valueName: "file"))
  var kafkaConfig: String?
  @Option(
    help: ArgumentHelp(
      "The same for the output's cluster, where that is another one.", valueName: "file"))
  var outputKafkaConfig: String?
  @Option(
    help: ArgumentHelp(
      "transactions (one cluster) or marks (two clusters too). Default: by the addresses.",
      valueName: "kind"), transform: KafkaOptions.delivery)
  var delivery: StreamOptions.Delivery?
  @Option(
    help: ArgumentHelp(
      "Rewind to messages of this moment, once for a group and moment.", valueName: "time"))
  var fromTime: String?
  @Flag(help: "Stop at the end of the topic instead of waiting for more.")
  var untilEnd = false
  @Option(
    help: ArgumentHelp(
      "Topic for messages that are no alerts (default: the output's name and .dead-letter).",
      valueName: "topic"))
  var deadLetter: String?
  @Option(
    help: ArgumentHelp(
      "An exposure without a new alert for so long is complete.", valueName: "seconds"))
  var visitQuiet = KafkaOptions.unset.visitQuiet
  @Option(
    help: ArgumentHelp(
      "No exposure is waited for longer, from its first alert on.", valueName: "seconds"))
  var visitLatency = KafkaOptions.unset.visitLatency
  @Option(help: ArgumentHelp("Memory for alerts that wait for their exposure.", valueName: "MiB"))
  var buffer = KafkaOptions.unset.buffer
  @Option(help: ArgumentHelp("Between lines about what was done.", valueName: "seconds"))
  var reportEvery = KafkaOptions.unset.reportEvery

  private static func delivery(_ text: String) throws -> StreamOptions.Delivery {
    guard let delivery = StreamOptions.Delivery(rawValue: text) else {
      let known = StreamOptions.Delivery.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("\(text) is none of \(known)")
    }
    return delivery
  }

  func validate() throws {
    let times = [
      ("--visit-quiet", visitQuiet), ("--visit-latency", visitLatency),
      ("--report-every", reportEvery),
    ]
    for (name, value) in times where !(value >= 0.01 && value <= 86_400) {
      throw ValidationError("\(name) \(value): expected 0.01 to 86400 seconds")
    }
    guard (1...1_048_576).contains(buffer) else {
      throw ValidationError("--buffer \(buffer): expected 1 to 1048576 MiB")
    }
    guard !group.isEmpty else { throw ValidationError("--group is empty") }
  }

  /// The first of these options that has another value than when it is left out.
  var firstGiven: String? {
    let unset = Self.unset
    let given: [(String, Bool)] = [
      ("--group", group != unset.group), ("--kafka-config", kafkaConfig != nil),
      ("--output-kafka-config", outputKafkaConfig != nil), ("--delivery", delivery != nil),
      ("--from-time", fromTime != nil), ("--until-end", untilEnd),
      ("--dead-letter", deadLetter != nil), ("--visit-quiet", visitQuiet != unset.visitQuiet),
      ("--visit-latency", visitLatency != unset.visitLatency), ("--buffer", buffer != unset.buffer),
      ("--report-every", reportEvery != unset.reportEvery),
    ]
    return given.first { $0.1 }?.0
  }

  /// - Throws: ``AlertsError`` for a wrong topic, what is wrong with a time.
  func options(_ leapSeconds: LeapSeconds) throws -> StreamOptions {
    var options = StreamOptions()
    options.group = group
    options.delivery = delivery
    options.untilEnd = untilEnd
    options.deadLetterTopic = deadLetter
    options.quietSeconds = visitQuiet
    options.latencySeconds = visitLatency
    options.bufferBytes = buffer << 20
    options.reportSeconds = reportEvery
    if let fromTime {
      let moments = try TimeArgument.parse(fromTime, leapSeconds: leapSeconds)
      guard moments.count == 1 else {
        throw ValidationError("--from-time \(fromTime): one moment is expected")
      }
      // Milliseconds of Unix time; MJD 40587 is 1970-01-01.
      let utc = leapSeconds.utc(moments[0].tai)
      let milliseconds = ((utc.mjd - 40_587) * 86_400_000).rounded()
      guard milliseconds > 0 else {
        throw ValidationError("--from-time \(fromTime): Kafka knows no times before 1970")
      }
      options.fromTime = Int64(milliseconds)
    }
    return options
  }

  func properties() throws -> (input: KafkaProperties, output: KafkaProperties) {
    let input = try kafkaConfig.map { try KafkaProperties(file: URL(filePath: $0)) }
    let output = try outputKafkaConfig.map { try KafkaProperties(file: URL(filePath: $0)) }
    return (input ?? KafkaProperties(), output ?? input ?? KafkaProperties())
  }
}

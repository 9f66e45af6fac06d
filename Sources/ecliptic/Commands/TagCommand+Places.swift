import Alerts
import ArgumentParser
import Foundation

extension TagCommand {
  /// Topics of one cluster that are read and written must differ: a tagger that reads what it
  /// writes never ends.
  func validateTopics() throws {
    if let candidates, candidates.hasSuffix(".avro") {
      throw ValidationError("--candidates \(candidates): beside a stream it is CSV, which can grow")
    }
    if let candidates, let missing, Self.isSame(candidates, missing) {
      throw ValidationError("--candidates and --missing both go to \(missing)")
    }
    if report.json, candidates == "-" || missing == "-" {
      throw ValidationError("--json: standard output is taken by --candidates or --missing")
    }
    let (from, to) = (try address(input), try address(output))
    let dead: KafkaAddress
    do throws(AlertsError) {
      dead = try KafkaAddress(
        brokers: to.brokers, topic: kafka.deadLetter ?? to.topic + ".dead-letter")
    } catch {
      throw ValidationError("--dead-letter: \(error)")
    }
    if Self.isSame(from, to) {
      throw ValidationError("input and --output are both topic \(to.topic): name another output")
    }
    if Self.isSame(from, dead) || Self.isSame(to, dead) {
      throw ValidationError(
        "--dead-letter: topic \(dead.topic) is read or written already; name another one")
    }
  }

  private func address(_ text: String) throws -> KafkaAddress {
    do throws(AlertsError) {
      return try KafkaAddress(text)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// Brokers may be named in any order, and some of them only.
  private static func isSame(_ first: KafkaAddress, _ second: KafkaAddress) -> Bool {
    func hosts(_ address: KafkaAddress) -> Set<String> {
      Set(address.brokers.lowercased().split(separator: ",").map(String.init))
    }
    return first.topic == second.topic && !hosts(first).isDisjoint(with: hosts(second))
  }

  func validateFiles() throws {
    if let option = kafka.firstGiven {
      throw ValidationError("\(option) goes with kafka:// topics, not with files")
    }
    let places = [("--output", output), ("--candidates", candidates), ("--missing", missing)]
      .compactMap { name, path in path.map { (name, $0) } }
    for (index, (name, path)) in places.enumerated() {
      for (other, otherPath) in places[..<index] where Self.isSame(path, otherPath) {
        throw ValidationError(
          "\(other) and \(name) both go to \(path == "-" ? "standard output" : path)")
      }
    }
  }

  private static func isSame(_ first: String, _ second: String) -> Bool {
    if first == "-" || second == "-" { return first == second }
    func resolved(_ path: String) -> String {
      URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
    // Devices such as /dev/null hold nothing that a second output could spoil.
    let isDevice = first.hasPrefix("/dev/")
    return !isDevice && resolved(first) == resolved(second)
  }
}

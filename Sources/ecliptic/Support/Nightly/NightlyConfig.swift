import Astrometry
import Dynamics
import Foundation
import Linking
import Nightly

/// The configuration file of `nightly`: JSON, every key optional. What the command line says comes
/// before it. `Docs/operator.md` says what each key means.
struct NightlyConfig {
  var catalog: String?
  var night: String?
  var windowDays: Int?
  var jobs: Int?
  var inject: Int?
  var html: String?
  var json: String?
  var text: String?
  var metrics: String?
  var tables: TableOptions? = TableOptions()
  var alarms = AlarmLimits()
  var alarmExitCode = true
  var linking = LinkingOptions()
  private(set) var problems: [String] = []

  static let usualWindowDays = 15
  static let nightForms = "a date such as 2026-11-22, FIRST..LAST, latest or last-evening"

  init() {}

  /// - Throws: ``CommandError`` when the file can't be read or is no JSON object. What is wrong with
  ///   its keys is in ``problems``.
  init(path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError.missingInput(path: path)
    }
    let value: JSONValue
    do {
      value = try JSONDecoder().decode(JSONValue.self, from: data)
    } catch {
      throw CommandError.unreadable(path: path, reason: "it is no JSON: \(Self.whatIsWrong(data))")
    }
    guard case .object(let values) = value else {
      throw CommandError.unreadable(path: path, reason: "expected a JSON object, not \(value.kind)")
    }
    var reader = ConfigReader(values)
    readPlaces(&reader)
    reader.section("tables") { readTables(&$0) }
    reader.section("alarms") { readAlarms(&$0) }
    reader.section("linking") { readLinking(&$0) }
    problems = reader.end()
    do throws(LinkingError) { try linking.validate() } catch {
      problems.append("linking: \(error)")
    }
  }

  /// Where a text is no JSON, for a person: the parser of values does not say it, the other one
  /// counts characters.
  private static func whatIsWrong(_ data: Data) -> String {
    if data.allSatisfy({ $0 <= 0x20 }) { return "it is empty; {} has no options" }
    let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return "it is not in UTF-8"
    } catch {
      let text = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "\(error)"
      guard let place = text.firstMatch(of: /character (\d+)/).flatMap({ Int($0.1) }) else {
        return "it ends early, at line \(lines.count): a value, a quote or a bracket is missing"
      }
      let before = data.prefix(min(place, data.count)).split(
        separator: 0x0A, omittingEmptySubsequences: false)
      return "line \(before.count), column \((before.last?.count ?? 0) + 1): a comma, a colon, a"
        + " double quote or a bracket is missing, or too many"
    }
  }

  private mutating func readPlaces(_ reader: inout ConfigReader) {
    catalog = reader.text("catalog")
    night = reader.text("night", expected: Self.nightForms) { NightChoice($0) != nil }
    windowDays = reader.count("windowDays", 1...400)
    jobs = reader.count("jobs", 1...4096)
    inject = reader.count("inject", 0...100_000)
    html = reader.text("html")
    json = reader.text("json")
    text = reader.text("text")
    metrics = reader.text("metrics")
  }

  private mutating func readTables(_ reader: inout ConfigReader) {
    var options = TableOptions()
    if let names = reader.texts("sites") {
      let codes = names.compactMap { ObservatoryCode($0) }
      if codes.count < names.count {
        reader.refuse(
          "sites", "expected MPC codes such as X05, not \(names.joined(separator: ", "))")
      }
      options.sites = codes
    }
    if let nights = reader.count("keptNights", 0...10_000) { options.keptNights = nights }
    tables = reader.flag("make") ?? true ? options : nil
  }

  private mutating func readAlarms(_ reader: inout ConfigReader) {
    func set<Value>(_ target: inout Value, _ value: Value?) { if let value { target = value } }
    set(&alarms.visitOffsetArcsec, reader.number("visitOffsetArcsec", 0.01...3600))
    set(&alarms.visitClockSeconds, reader.number("visitClockSeconds", 0.1...86_400))
    set(&alarms.knownFoundShare, reader.number("knownFoundShare", 0...1))
    set(&alarms.setsVisitsAside, reader.flag("setVisitsAside"))
    set(&alarms.detectionShare, reader.number("detectionShare", 0...1))
    set(&alarms.comparedNights, reader.count("comparedNights", 1...400))
    set(&alarms.comparedDetections, reader.count("comparedDetections", 1...1_000_000_000))
    set(&alarms.rejectedShare, reader.number("rejectedShare", 0...1))
    set(&alarms.rejectedCount, reader.count("rejectedCount", 1...1_000_000_000))
    set(&alarms.quarantinedShare, reader.number("quarantinedShare", 0...1))
    set(&alarms.quarantinedCount, reader.count("quarantinedCount", 1...1_000_000_000))
    set(&alarmExitCode, reader.flag("exitCode"))
  }

  /// Ranges are the linker's own.
  private mutating func readLinking(_ reader: inout ConfigReader) {
    func set<Value>(_ target: inout Value, _ value: Value?) { if let value { target = value } }
    let any = -1e9...1e9
    set(&linking.minimumNights, reader.count("minNights", 2...1000))
    set(&linking.minimumDetections, reader.count("minDetections", 4...100_000))
    set(&linking.windowDays, reader.number("windowDays", any))
    set(&linking.maximumRateDegPerDay, reader.number("maxRateDegPerDay", any))
    set(&linking.minimumDistanceAU, reader.number("minDistanceAU", any))
    set(&linking.maximumDistanceAU, reader.number("maxDistanceAU", any))
    set(&linking.maximumRmsSigmas, reader.number("maxRmsSigmas", any))
    set(&linking.maximumRmsArcsec, reader.number("maxRmsArcsec", any))
  }
}

/// Which night `--night` names.
enum NightChoice {
  case nights(ClosedRange<Int>)
  /// The newest one that the catalog has.
  case latest
  /// Of yesterday's evening, by UTC's date: for a run in the morning.
  case lastEvening

  init?(_ text: String) {
    switch text {
    case "latest": self = .latest
    case "last-evening": self = .lastEvening
    default:
      guard let dots = text.firstRange(of: "..") else {
        guard let night = Night(date: text) else { return nil }
        self = .nights(night.mjd...night.mjd)
        return
      }
      guard let first = Night(date: String(text[..<dots.lowerBound])),
        let last = Night(date: String(text[dots.upperBound...])), first <= last,
        last.mjd - first.mjd < 4000
      else { return nil }
      self = .nights(first.mjd...last.mjd)
    }
  }

  /// - Parameter newest: of the catalog; nil when it has none.
  func nights(newest: Int?, now: Date) -> ClosedRange<Int>? {
    switch self {
    case .nights(let nights): return nights
    case .latest: return newest.map { $0...$0 }
    case .lastEvening:
      let today = Int((now.timeIntervalSince1970 / 86_400).rounded(.down)) + 40_587
      return today - 1...today - 1
    }
  }
}

import Alerts
import Astro
import Astrometry
import Dynamics
import Filters
import Foundation
import Prediction
import TestSupport
import Testing

/// The real alerts, read as a tagger reads them.
struct RealAlerts {
  private let folder = (TestPaths.sharedData ?? TestPaths.root).appending(path: "alerts")

  /// The parts of a folder's files, and their decoded alerts by diaSourceId.
  func parts(
    _ name: String
  ) async throws -> (parts: [AlertTagger.FilePart], values: [Int64: AvroValue]) {
    let registry = try SchemaRegistry(folder: folder.appending(path: "schemas"))
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let tagger = AlertTagger(
      reader: AlertReader(registry: registry),
      predictor: try Predictor(orbits: [], solarSystem: solarSystem))
    var parts: [AlertTagger.FilePart] = []
    var values: [Int64: AvroValue] = [:]
    try await tagger.match(
      try AlertReader.files(at: folder.appending(path: name)),
      open: { url throws(AlertsError) in try AlertFile(url: url, registry: registry) },
      skip: { throw $1 }
    ) { part in
      parts.append(part)
      for (location, value) in try part.file.locatedAlerts(where: { _ in true }, limit: .max) {
        guard let alert = part.result.alerts.first(where: { $0.packet.location == location })
        else { continue }
        values[alert.packet.detection.diaSourceId] = value
      }
    }
    return (parts, values)
  }
}

/// What filters see of real packets is what a plain decoder sees.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct RealAlertTests {
  private let real = RealAlerts()

  private func same(_ value: FilterValue, _ decoded: AvroValue?) -> Bool {
    switch (value, decoded ?? .null) {
    case (.null, .null): true
    case (.null, let other): other.number.map { !$0.isFinite } ?? false
    case (.integer(let number), .boolean(let flag)): number == (flag ? 1 : 0)
    case (.integer(let number), let other): other.integer == number
    case (.real(let number), let other): other.number == number
    case (.text(let text), let other): other.text == text
    }
  }

  @Test(
    "Every field of every packet, and no value that the packet does not have",
    arguments: [
      ("rubin", ["", "diaObject_", "ssSource_", "mpc_orbits_"]), ("ztf", ["candidate_"]),
    ])
  func fields(_ survey: String, _ prefixes: [String]) async throws {
    let (parts, values) = try await real.parts(survey)
    let visits = try await VisitReader.visits(of: parts, jobs: 3)
    #expect(visits.reduce(0) { $0 + $1.alerts.rowCount } == values.count)
    let records = [
      "": "diaSource", "diaObject_": "diaObject", "ssSource_": "ssSource",
      "mpc_orbits_": "mpc_orbits", "candidate_": "candidate",
    ]
    let own = Set(AlertColumns.own.map(\.name))
    var compared = 0
    for visit in visits {
      let id = try #require(visit.alerts.column("diaSourceId"))
      for row in 0..<visit.alerts.rowCount {
        guard case .integer(let key) = visit.alerts.value(row: row, column: id) else {
          Issue.record("a row without diaSourceId")
          continue
        }
        let packet = try #require(values[key])
        for (index, column) in AlertColumns.all.enumerated() where !own.contains(column.name) {
          let prefix = prefixes.filter { !$0.isEmpty }.first { column.name.hasPrefix($0) } ?? ""
          guard prefixes.contains(prefix), let record = records[prefix] else { continue }
          let field = String(column.name.dropFirst(prefix.count))
          let value = visit.alerts.value(row: row, column: index)
          #expect(same(value, packet[record]?[field]), "\(key) \(column.name) \(value)")
          if value != .null { compared += 1 }
        }
      }
    }
    #expect(compared > 3_000)
  }

  @Test("Light curves' numbers, worked out anew from decoded histories")
  func histories() async throws {
    let (parts, values) = try await real.parts("rubin")
    var withHistory = 0
    for visit in try await VisitReader.visits(of: parts, jobs: 2) {
      func value(_ name: String, _ row: Int) throws -> Double? {
        switch visit.alerts.value(row: row, column: try #require(visit.alerts.column(name))) {
        case .real(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
      }
      for row in 0..<visit.alerts.rowCount {
        guard
          case .integer(let key) = visit.alerts.value(
            row: row, column: try #require(visit.alerts.column("diaSourceId")))
        else { continue }
        let packet = try #require(values[key])
        let history = packet["prvDiaSources"]?.items ?? []
        #expect(try value("history_count", row) == Double(history.count))
        #expect(
          try value("history_forcedCount", row)
            == Double(packet["prvDiaForcedSources"]?.items?.count ?? 0))
        guard !history.isEmpty, let source = packet["diaSource"] else { continue }
        withHistory += 1
        let now = try #require(source["midpointMjdTai"]?.number)
        let times = history.compactMap { $0["midpointMjdTai"]?.number }
        #expect(try value("history_days", row) == now - (times.min() ?? 0))
        let band = source["band"]?.text
        let members = (history + [source]).filter { $0["band"]?.text == band }
        let magnitudes = members.compactMap { item in
          item["psfFlux"]?.number.flatMap { $0 > 0 ? 31.4 - 2.5 * log10($0) : nil }
        }
        if let low = magnitudes.min(), let high = magnitudes.max(), magnitudes.count > 1 {
          #expect(abs((try value("history_amplitude", row) ?? -1) - (high - low)) < 1e-9)
          #expect(abs((try value("history_magnitudeMin", row) ?? -1) - low) < 1e-9)
        }
      }
    }
    #expect(withHistory > 10)
  }
}

package import Alerts
import Astro
package import Astrometry
package import Dynamics

/// An exposure's alerts as filters see them.
package struct FilterVisit: Sendable {
  /// Observatory and middle of the exposure: `X05 61234.12345678`.
  package var name: String
  package var exposure: Exposure
  package var alerts: VisitTable
  package var candidates: VisitTable
  package var missing: VisitTable
  /// The alert of each row of `alerts`: index of the part that it came with, and in its result.
  package var places: [(part: Int, alert: Int)]
  /// Which part of the exposure this is, if it comes in several: its alerts (and missing objects) in
  /// one number, so that a rerun has the same.
  package let part: String

  package init(
    name: String, exposure: Exposure, alerts: VisitTable, candidates: VisitTable? = nil,
    missing: VisitTable, places: [(part: Int, alert: Int)]
  ) {
    self.name = name
    self.exposure = exposure
    self.alerts = alerts
    self.candidates = candidates ?? CandidateTable.make([])
    self.missing = missing
    self.places = places
    var hash = StableHash()
    for key in alerts.keys + missing.keys { hash.combine(key) }
    part = String(hash.value, radix: 36)
  }

  package var tables: [VisitTable] { [alerts, candidates, missing] }

  /// Its name, for files.
  package var fileName: String { name.replacing(" ", with: "_") }
}

/// Reads tagged alerts into the tables that filters see.
package enum VisitReader {
  /// The visits that some parts of files hold, in the order of time.
  ///
  /// Rows are ordered by diaSourceId, so that it does not matter in which order alerts came.
  ///
  /// - Parameter parts: together complete exposures; those of ``AlertTagger/match(_:open:skip:_:)``
  ///   up to the last one of a batch.
  /// - Throws: ``AlertsError``, and when the task is cancelled.
  package static func visits(
    of parts: [AlertTagger.FilePart], jobs: Int
  ) async throws -> [FilterVisit] {
    var rows: [VisitRows] = []
    // The row that each alert of each part has become.
    var rowOf: [[Int: (part: Int, row: Int)]] = []
    for part in parts {
      var found: [Int: (part: Int, row: Int)] = [:]
      for piece in try await Self.rows(of: part, jobs: jobs) {
        for (row, alert) in piece.alerts.enumerated() { found[alert] = (rows.count, row) }
        rows.append(piece.rows)
      }
      rowOf.append(found)
    }
    var visits: [Exposure: [(part: Int, alert: Int)]] = [:]
    for (number, part) in parts.enumerated() {
      for (index, alert) in part.result.alerts.enumerated() where rowOf[number][index] != nil {
        visits[Exposure(alert.packet), default: []].append((number, index))
      }
    }
    let missing = Dictionary(grouping: parts.flatMap(\.result.missing)) {
      Exposure(midpoint: $0.midpoint, observatory: $0.observatory)
    }
    let exposures = Set(visits.keys).union(missing.keys).sorted {
      ($0.midpoint, $0.observatory) < ($1.midpoint, $1.observatory)
    }
    return exposures.map { exposure in
      let places = (visits[exposure] ?? []).sorted {
        let (a, b) = (
          parts[$0.part].result.alerts[$0.alert], parts[$1.part].result.alerts[$1.alert]
        )
        return (a.packet.detection.diaSourceId, $0.part, $0.alert)
          < (b.packet.detection.diaSourceId, $1.part, $1.alert)
      }
      let table = VisitTable(
        name: "alerts", columns: AlertColumns.all, key: "diaSourceId", parts: rows,
        order: places.compactMap { rowOf[$0.part][$0.alert] })
      return FilterVisit(
        name: exposure.name, exposure: exposure, alerts: table,
        candidates: CandidateTable.make(
          places.lazy.map { parts[$0.part].result.alerts[$0.alert] }),
        missing: MissingTable.make(missing[exposure] ?? []), places: places)
    }
  }

  private typealias Rows = (rows: VisitRows, alerts: [Int])

  private static func rows(of part: AlertTagger.FilePart, jobs: Int) async throws -> [Rows] {
    var plans: [PacketPlan] = []
    for schema in part.file.schemas { plans.append(try PacketPlan(schema)) }
    let alerts = part.result.alerts
    let places = Dictionary(
      alerts.indices.map { (alerts[$0].packet.location, $0) },
      uniquingKeysWith: { first, _ in first })
    return try await parallelMap(
      count: part.units.count, chunk: max(1, part.units.count / (jobs * 8)), jobs: jobs
    ) { [plans] range in
      var rows = VisitRows(columnCount: AlertColumns.all.count)
      var found: [Int] = []
      var reader = PacketRowReader()
      for unit in range {
        var plan = 0
        // What can't be read was told when the alerts were read for tagging.
        _ = part.file.walk(
          unit: part.units.lowerBound + unit,
          by: {
            plan = $0
            return plans[$0].projection
          }
        ) { view in
          guard let place = places[view.location] else { return }
          rows.addRow()
          found.append(place)
          reader.read(view, plans[plan], alerts[place], into: &rows)
        }
      }
      return (rows, found)
    }
  }
}

extension FilterVisit {
  /// The observatory's night that it belongs to.
  package func night(_ solarSystem: SolarSystem) -> Night {
    let site = try? solarSystem.observatories.observatory(exposure.observatory).site
    return Night(
      mjdUtc: solarSystem.leapSeconds.utc(exposure.midpoint).mjd,
      longitudeDeg: site?.longitudeDeg ?? 0)
  }
}

extension Exposure {
  /// For people and for ledgers.
  fileprivate var name: String {
    let fraction = (midpoint.mjd * 1e8).rounded() / 1e8
    return "\(observatory) \(fraction)"
  }
}

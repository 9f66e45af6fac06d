import Catalog
import Filters

/// What filters did, for Prometheus: those that come with the program by name, all users' together, so
/// that /metrics, which anybody may read, says nothing of who asks what. `ecliptic filter stats` tells
/// the operator of each.
enum FilterMetrics {
  static func text(_ state: ServiceState) async throws -> String {
    let filters = try await Blocking.run { try state.catalog.userFilters() }
    let (suspended, totals) = try await Blocking.run {
      let ledger = try state.filters.ledger()
      return (try ledger?.suspended() ?? [:], try ledger?.totals() ?? [])
    }
    var states = ["enabled": 0, "disabled": 0, "suspended": 0]
    for filter in filters {
      let key = FilterLedger.Key(
        owner: filter.owner, name: filter.name, version: filter.version)
      let name =
        !filter.isEnabled ? "disabled" : suspended[key] == nil ? "enabled" : "suspended"
      states[name, default: 0] += 1
    }
    var lines = [
      "# HELP ecliptic_filters Filters in the catalog, by state.", "# TYPE ecliptic_filters gauge",
    ]
    lines += states.sorted { $0.key < $1.key }.map {
      "ecliptic_filters{state=\"\($0.key)\"} \($0.value)"
    }
    let groups = Dictionary(grouping: totals) { total in
      total.filter.hasPrefix("\(PredefinedFilters.owner)/") ? total.filter : "users"
    }.sorted { $0.key < $1.key }
    let rows: [(name: String, help: String, value: (FilterLedger.Totals) -> Double)] = [
      ("visits", "Visits that filters ran on.", { Double($0.visits) }),
      ("matched", "Alerts that filters matched.", { Double($0.matched) }),
      ("delivered", "Alerts that filters gave out.", { Double($0.delivered) }),
      ("cut", "Alerts over owners' caps.", { Double($0.cut) }),
      ("failures", "Runs of filters that failed.", { Double($0.failures) }),
      ("seconds", "Processor time of filters.", { $0.milliseconds / 1_000 }),
    ]
    for row in rows {
      let name = "ecliptic_filter_\(row.name)_total"
      lines += ["# HELP \(name) \(row.help)", "# TYPE \(name) counter"]
      lines += groups.map { group in
        "\(name){filter=\"\(group.key)\"} \(group.value.reduce(0) { $0 + row.value($1) })"
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

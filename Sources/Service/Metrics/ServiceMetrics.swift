import Synchronization

/// Counts and times of requests, as Prometheus reads them (text format 0.0.4).
final class ServiceMetrics: Sendable {
  /// Upper bounds of the histogram [s].
  static let bounds = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
  ]

  private struct Series: Hashable {
    var endpoint: String
    var status: Int
  }

  private struct Histogram {
    var counts = [Int](repeating: 0, count: ServiceMetrics.bounds.count + 1)
    var sum = 0.0
  }

  private struct State {
    var requests: [Series: Int] = [:]
    var durations: [String: Histogram] = [:]
    var refused: [String: Int] = [:]
    var inFlight = 0
    var tableSwaps = 0
  }

  private let state = Mutex(State())
  private let started = ContinuousClock.now

  func begin() { state.withLock { $0.inFlight += 1 } }

  /// - Parameter endpoint: the path as it is declared, so that there are few series.
  func end(_ endpoint: String, status: Int, seconds: Double) {
    state.withLock { state in
      state.inFlight -= 1
      state.requests[Series(endpoint: endpoint, status: status), default: 0] += 1
      let bin = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
      state.durations[endpoint, default: Histogram()].counts[bin] += 1
      state.durations[endpoint]?.sum += seconds
    }
  }

  func refuse(_ reason: String) { state.withLock { $0.refused[reason, default: 0] += 1 } }

  func swapTable() { state.withLock { $0.tableSwaps += 1 } }

  /// - Parameter gauges: other values, by name, with what they mean.
  func text(gauges: [(name: String, help: String, value: Double)]) -> String {
    let state = state.withLock { $0 }
    var lines: [String] = []
    func head(_ name: String, _ kind: String, _ help: String) {
      lines.append("# HELP \(name) \(help)")
      lines.append("# TYPE \(name) \(kind)")
    }
    head("ecliptic_http_requests_total", "counter", "Requests answered.")
    for (series, count) in state.requests.sorted(by: {
      ($0.key.endpoint, $0.key.status) < ($1.key.endpoint, $1.key.status)
    }) {
      lines.append(
        "ecliptic_http_requests_total{endpoint=\"\(series.endpoint)\",status=\"\(series.status)\"}"
          + " \(count)")
    }
    head(
      "ecliptic_http_request_duration_seconds", "histogram",
      "Time from a request's head to its answer; of streams, to their beginning.")
    for (endpoint, histogram) in state.durations.sorted(by: { $0.key < $1.key }) {
      let name = "ecliptic_http_request_duration_seconds"
      var total = 0
      for (bound, count) in zip(Self.bounds + [.infinity], histogram.counts) {
        total += count
        let limit = bound.isInfinite ? "+Inf" : "\(bound)"
        lines.append("\(name)_bucket{endpoint=\"\(endpoint)\",le=\"\(limit)\"} \(total)")
      }
      lines.append("\(name)_sum{endpoint=\"\(endpoint)\"} \(histogram.sum)")
      lines.append("\(name)_count{endpoint=\"\(endpoint)\"} \(total)")
    }
    head("ecliptic_http_refused_total", "counter", "Requests refused before any work, by reason.")
    for (reason, count) in state.refused.sorted(by: { $0.key < $1.key }) {
      lines.append("ecliptic_http_refused_total{reason=\"\(reason)\"} \(count)")
    }
    head("ecliptic_http_requests_in_flight", "gauge", "Requests being answered.")
    lines.append("ecliptic_http_requests_in_flight \(state.inFlight)")
    head(
      "ecliptic_night_table_swaps_total", "counter", "Night's tables put in the place of others.")
    lines.append("ecliptic_night_table_swaps_total \(state.tableSwaps)")
    head("ecliptic_uptime_seconds", "gauge", "Since the service began.")
    lines.append("ecliptic_uptime_seconds \((ContinuousClock.now - started) / .seconds(1))")
    for gauge in gauges {
      head(gauge.name, "gauge", gauge.help)
      lines.append("\(gauge.name) \(gauge.value)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

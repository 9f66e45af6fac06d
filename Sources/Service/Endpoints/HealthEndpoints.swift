import Prediction
import Catalog
import HTTPTypes
import Foundation

/// Whether the service lives, whether it can answer, and what it does.
enum HealthEndpoints {
  static func all(_ state: ServiceState) -> [Endpoint] {
    [
      Endpoint(
        path: "/health", operation: "health", summary: "Whether the process answers.",
        tag: "service"
      ) { _ in
        var reply = Reply.json { $0.add("status", "ok") }
        reply.caching = "no-store"
        return reply
      },
      Endpoint(
        path: "/ready", operation: "ready",
        summary: "Whether names and the running night's table are there.", tag: "service",
        otherStatuses: [
          (503, "Not yet: orbitsDone of orbits are in the table of the night that is being made.")
        ]
      ) { _ in
        let isReady = state.isReady
        let orbits = state.names.ids.count
        var reply = Reply.json { text in
          text.add("ready", isReady)
          text.add("orbits", orbits)
          text.add("tableObjects", state.nights.current?.base.objectCount)
          text.add("orbitsDone", state.nights.orbitsDone)
        }
        if !isReady { reply.headers.append((.retryAfter, "5")) }
        reply.status = isReady ? .ok : .serviceUnavailable
        reply.caching = "no-store"
        return reply
      },
      Endpoint(
        path: "/metrics", operation: "metrics", summary: "Counts and times, for Prometheus.",
        tag: "service", mediaTypes: ["text/plain"]
      ) { _ in
        let current = state.nights.current
        let gauges: [(name: String, help: String, value: Double)] = [
          ("ecliptic_orbits", "Orbits in force.", Double(state.names.ids.count)),
          (
            "ecliptic_night_table_bytes", "Size of the running night's table.",
            Double(current?.base.byteCount ?? 0)
          ),
          ("ecliptic_night_tables", "Nights whose tables are open.", Double(state.nights.count)),
          (
            "process_resident_memory_bytes", "Memory of the process.",
            Double(ProcessMemory.residentBytes)
          ),
        ]
        let text =
          state.metrics.text(gauges: gauges) + ((try? await FilterMetrics.text(state)) ?? "")
        var reply = Reply("text/plain; version=0.0.4; charset=utf-8", Array(text.utf8))
        reply.caching = "no-store"
        return reply
      },
    ]
  }
}

/// What the operating system says of this process.
enum ProcessMemory {
  static var residentBytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}

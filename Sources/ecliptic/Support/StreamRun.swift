import Alerts
import Foundation
import Logging
import Synchronization

/// One run of `tag` from topic to topic: stops gracefully at SIGTERM and SIGINT.
struct StreamRun {
  let stream: StreamTagger
  let logger: Logger

  /// - Returns: what was done.
  func run() async throws -> StreamReport {
    StopSignals.watch()
    logger.notice(
      """
      \(stream.input) to \(stream.output), group \(stream.options.group), \
      delivery by \(stream.delivery), dead letters to \(stream.deadLetterTopic)
      """)
    let logger = logger
    let report = try await stream.run(isStopped: { StopSignals.isStopped }) { report, problem in
      if let problem { logger.warning("\(problem)") }
      logger.notice("\(Self.line(report))")
    }
    if StopSignals.isStopped {
      logger.notice("stopped by a signal; what waits is left in the topic")
    }
    return report
  }

  static func line(_ report: StreamReport) -> String {
    """
    alerts \(report.alerts), exposures \(report.exposures), tagged \(report.tagged), ambiguous \
    \(report.ambiguous), unmatched \(report.unmatched), disagreeing with the sender \
    \(report.disagreeing), dead letters \(report.deadLetters), untaggable \(report.untaggable), \
    late \(report.late), delivered before \(report.repeated), restarts \(report.restarts), waiting \
    \(report.waiting), lag \(report.lag), latency \
    \(String(format: "%.2f", report.latencySeconds)) s
    """
  }
}

/// Catches SIGTERM and SIGINT; a second one ends the program at once.
enum StopSignals {
  // Signals come to the process, so what they set is the process's.
  private static let stopped = Atomic(false)

  static var isStopped: Bool { stopped.load(ordering: .relaxed) }

  static func watch() {
    // Made here: a signal handler must not be the first to use it.
    stopped.store(false, ordering: .relaxed)
    for number in [SIGTERM, SIGINT] {
      signal(number) { number in
        StopSignals.stopped.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}

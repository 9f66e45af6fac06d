import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import Prediction

/// Takes the orbits of a file piece by piece through a computation on all cores, and writes the
/// lines that come of each in the order of the file.
struct OrbitRun {
  let path: String
  let jobs: Int
  let quiet: Bool

  /// What one orbit gave: its lines, and what is to be said of it on stderr.
  struct Outcome: Sendable {
    var lines = ""
    var rows = 0
    var complaint: String?
  }

  /// What became of the file's orbits.
  struct Summary: Encodable {
    var output: String
    /// Orbits that could be read.
    var orbits = 0
    var rows = 0
    /// Records that are no orbit.
    var quarantined = 0
    /// Orbits that could not be followed to the last time.
    var endedEarly = 0
  }

  /// - Parameters:
  ///   - header: written first.
  ///   - body: a range of orbits at a time, so that it can keep room for all of them.
  /// - Returns: the counts of orbits and rows.
  func write(
    to output: String, header: String,
    _ body: @escaping @Sendable (ArraySlice<CatalogOrbit>) -> [Outcome]
  ) async throws -> Summary {
    try await write(
      to: output, header: header,
      batch: { orbits in
        let chunk = min(256, max(1, orbits.count / (8 * jobs)))
        let parts = try await parallelMap(count: orbits.count, chunk: chunk, jobs: jobs) {
          body(orbits[$0])
        }
        return parts.flatMap { $0 }
      })
  }

  /// - Parameter body: some thousands of orbits at a time, which it spreads over the cores itself.
  func write(
    to output: String, header: String,
    batch body: @Sendable ([CatalogOrbit]) async throws -> [Outcome]
  ) async throws -> Summary {
    let file = try OrbitFile(path: path)
    var summary = Summary(output: output)
    var quarantined: [QuarantinedRecord] = []
    let progress = Progress(quiet: quiet)
    try await OutputFile.write(to: output) { out in
      try out.write(header)
      while let batch = try file.next(upTo: 16_384) {
        quarantined += batch.quarantined
        let orbits = batch.orbits
        for outcome in try await body(orbits) {
          try out.write(outcome.lines)
          summary.rows += outcome.rows
          guard let complaint = outcome.complaint else { continue }
          summary.endedEarly += 1
          if summary.endedEarly <= 20 { Reporting.printError(complaint) }
        }
        summary.orbits += orbits.count
        progress.show("\(summary.orbits) orbits")
      }
    }
    progress.clear()
    if summary.endedEarly > 20 {
      Reporting.printError("\(summary.endedEarly - 20) more orbits ended early")
    }
    Reporting.printQuarantined(quarantined)
    summary.quarantined = quarantined.count
    return summary
  }

  /// Says on stderr which orbits have no place in a field because they ended early.
  ///
  /// - Returns: how many orbits; one that ended before several moments counts once.
  static func report(
    _ ended: [EndedOrbit], of predictor: any FieldPredictor, leapSeconds: LeapSeconds
  ) throws -> Int {
    var seen: Set<Int> = []
    let names = try predictor.designations(of: Array(Set(ended.map(\.orbit))))
    for end in ended where seen.insert(end.orbit).inserted && seen.count <= 20 {
      let name = names[end.orbit] ?? "object \(end.orbit)"
      if let text = complaint(name, end.verdict, leapSeconds: leapSeconds) {
        Reporting.printError(text)
      }
    }
    if seen.count > 20 { Reporting.printError("\(seen.count - 20) more orbits ended early") }
    return seen.count
  }

  /// What to say of an orbit that ended early; nil when it did not.
  static func complaint(
    _ designation: String, _ verdict: Propagation.Verdict, leapSeconds: LeapSeconds
  ) -> String? {
    func utc(_ epoch: Epoch<TDB>) -> String {
      leapSeconds.utc(epoch.tai).iso8601(decimals: 0, leapSeconds: leapSeconds)
    }
    switch verdict {
    case .complete: return nil
    case .impact(let impact):
      return
        "\(designation): strikes \(impact.body.name) at \(utc(impact.time)); no states beyond"
    case .outsideEphemeris(let epoch):
      return "\(designation): the ephemerides do not reach on from \(utc(epoch)); no states beyond."
        + " Set ECLIPTIC_EPHEMERIDES to a folder with the full kernels"
    case .stalled(let epoch):
      return
        "\(designation): cannot be followed beyond \(utc(epoch)), a passage too close to a mass"
    case .notFinite: return "\(designation): its state is not finite; no states"
    }
  }
}

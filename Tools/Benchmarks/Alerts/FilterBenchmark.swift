import Alerts
import Astro
import Astrometry
import Dynamics
import Filters
import Foundation
import Prediction

/// Users' filters on a visit in memory: reading the alerts into the filters' table, running a thousand
/// different filters, and how soon hostile ones are stopped.
enum FilterBenchmark {
  static let usage = "filters SCHEMAS FOLDER ALERT-COUNT FILTER-COUNT JOBS MEGABYTES"
  private static let repeats = 5

  static func run(_ arguments: [String]) async throws -> [String: Double]? {
    guard arguments.count == 6, let count = Int(arguments[2]), let filterCount = Int(arguments[3]),
      let jobs = Int(arguments[4]), let megabytes = Int(arguments[5]), count > 0, filterCount > 0
    else { return nil }
    let solarSystem = try SolarSystem.load()
    let registry = try SchemaRegistry(folder: URL(filePath: arguments[0]))
    let field = SkyField(
      centre: Frames.eclipticToEquatorial * Vector3(raRad: 2.1, decRad: 0),
      radiusRad: 1.75 * Angle.degree)
    let visit = try SyntheticVisit(
      folder: arguments[1], registry: registry, count: count, knownCount: 0, field: field,
      midpoint: Epoch<TDB>(mjd: 61_000).tai, objects: [], budget: megabytes << 20)
    var options = AlertTagger.Options()
    options.jobs = jobs
    let tagger = AlertTagger(
      reader: AlertReader(registry: registry),
      predictor: try Predictor(orbits: [], solarSystem: solarSystem), options: options)
    let file = try AlertFile(visit.bytes, name: "visit", registry: registry)
    let part = AlertTagger.FilePart(
      file: file, units: 0..<file.unitCount, result: try await tagger.match([file])[0],
      isLastOfBatch: true)
    let runner = FilterRunner(filters(filterCount))
    var results: [String: Double] = ["alerts": Double(count), "filters": Double(filterCount)]
    var best = [Double](repeating: .infinity, count: 4)
    for _ in 0..<repeats {
      let clock = Stopwatch()
      let tables = try await VisitReader.visits(of: [part], jobs: jobs)
      let (loaded, loadedCPU) = (clock.wall, clock.cpu)
      let outcomes = try await runner.run(on: [tables[0].alerts], jobs: jobs)
      let (wall, cpu) = (clock.wall, clock.cpu)
      for (index, value) in [loaded, wall - loaded, loadedCPU, cpu - loadedCPU].enumerated() {
        best[index] = min(best[index], value)
      }
      let failed = outcomes.filter { $0.failure != nil }
      guard tables.count == 1, failed.isEmpty else {
        throw FilterError.engine(reason: "\(failed.count) filters failed, \(tables.count) visits")
      }
      results["matched"] = Double(outcomes.reduce(0) { $0 + $1.matched })
      results["slowestMilliseconds"] = outcomes.map(\.milliseconds).max() ?? 0
    }
    for (index, name) in ["load", "run", "loadCPU", "runCPU"].enumerated() {
      results[name + "Seconds"] = best[index]
    }
    results["columns"] = Double(AlertColumns.all.count)
    let tables = try await VisitReader.visits(of: [part], jobs: jobs)
    let hostile = try await hostile(tables[0].alerts)
    results["hostileMilliseconds"] = hostile.wall
    results["hostileCPUMilliseconds"] = hostile.cpu
    return results
  }

  /// Conditions on three columns and an order, no two alike, as users write them.
  private static func filters(_ count: Int) -> [UserFilter] {
    var random = SplitMix64(seed: 7)
    let columns = [
      "snr", "psfFlux", "reliability", "trailLength", "extendedness", "scienceFlux",
      "templateFlux", "diaObject_nDiaSources", "diaObject_g_psfFluxMean", "ssSource_ephVmag",
      "mpc_orbits_q", "history_count", "history_amplitude", "magnitude", "ra", "dec",
    ]
    return (0..<count).map { index in
      let chosen = columns.shuffled(using: &random).prefix(3)
      let bounds = chosen.map { "\($0) > \(Double.random(in: 0..<30, using: &random))" }
      return UserFilter(
        owner: "user\(index / 2)", name: "f\(index)",
        text: "\(bounds[0]) AND (\(bounds[1]) OR \(bounds[2])) ORDER BY \(chosen[0]) DESC")
    }
  }

  /// The longest times of filters that never end by themselves, the best of three of each [ms].
  private static func hostile(_ table: VisitTable) async throws -> (wall: Double, cpu: Double) {
    let long = "'\(String(repeating: "a", count: 9_000))'"
    let texts = [
      "SELECT a.diaSourceId FROM alerts a, alerts b, alerts c WHERE a.ra + b.ra = c.dec + 1000",
      "SELECT a.diaSourceId, a.ra || b.dec AS t FROM alerts a, alerts b ORDER BY t",
      "SELECT min(a.diaSourceId) AS diaSourceId FROM alerts a, alerts b GROUP BY a.ra * b.dec",
      "SELECT DISTINCT a.diaSourceId, a.ra + b.dec FROM alerts a, alerts b",
      """
      SELECT a.diaSourceId, a.ra + b.dec AS t FROM alerts a, alerts b UNION
      SELECT b.diaSourceId, a.dec + b.ra FROM alerts a, alerts b ORDER BY t
      """,
      """
      WITH pairs AS MATERIALIZED (SELECT a.diaSourceId AS id, a.ra || b.dec AS t FROM alerts a, alerts b)
      SELECT id AS diaSourceId FROM pairs ORDER BY t
      """,
      """
      SELECT diaSourceId, sum(psfFlux) OVER (ORDER BY ra ROWS BETWEEN 20000 PRECEDING AND 20000
        FOLLOWING EXCLUDE TIES) FROM (SELECT a.* FROM alerts a, alerts b)
      """,
      """
      SELECT diaSourceId FROM alerts a WHERE (SELECT count(DISTINCT b.ra || a.ra || c.dec)
        FROM alerts b, alerts c) > 1e12
      """,
      "SELECT a.diaSourceId FROM alerts a, alerts b WHERE instr(a.ra || \(long), \(long) || b.ra) > 0",
      "SELECT a.diaSourceId FROM alerts a, alerts b WHERE trim(a.ra || \(long), b.ra || \(long)) = 'x'",
      """
      SELECT a.diaSourceId FROM alerts a, alerts b
      WHERE a.ra || \(long) || b.ra LIKE '%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%a%ab'
      """,
      """
      SELECT a.diaSourceId, upper(a.ra || \(long) || b.ra) AS t FROM alerts a, alerts b ORDER BY t
      """,
      "SELECT a.diaSourceId, upper(a.ra || \(long)) AS t, rank() OVER (ORDER BY lower(b.ra || \(long))) "
        + "FROM alerts a, alerts b ORDER BY t",
    ]
    var longest = (wall: 0.0, cpu: 0.0)
    for text in texts {
      var best = (wall: Double.infinity, cpu: Double.infinity)
      for _ in 0..<3 {
        let clock = Stopwatch()
        let filter = UserFilter(owner: "mallory", name: "hostile", text: text)
        let outcome = try await FilterRunner([filter]).run(on: [table], jobs: 1)[0]
        best = (min(best.wall, clock.wall * 1_000), min(best.cpu, outcome.milliseconds))
        guard outcome.failure?.isOverrun == true else {
          throw FilterError.engine(reason: "was not stopped: \(text)")
        }
      }
      longest = (max(longest.wall, best.wall), max(longest.cpu, best.cpu))
    }
    return longest
  }
}

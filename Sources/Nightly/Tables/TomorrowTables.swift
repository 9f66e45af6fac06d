import Astro
import Astrometry
import Catalog
public import Dynamics
import Foundation
import Prediction

/// Which tables of predictions a run makes for the night after its own, and how long old ones stay.
public struct TableOptions: Sendable {
  /// For the nights of these sites; nil for those that made most of the window's detections: each
  /// at least a tenth of them, four at most.
  public var sites: [ObservatoryCode]?
  /// Tables of this many nights up to the run's own stay; older ones are removed.
  public var keptNights: Int

  public init(sites: [ObservatoryCode]? = nil, keptNights: Int = 2) {
    self.sites = sites
    self.keptNights = keptNights
  }

  static let mostSites = 4
  static let leastShare = 0.1
}

extension NightlyRun {
  /// Makes the tables of the coming night, so that `tag` and `predict` find them ready, and removes
  /// those of nights that are over.
  ///
  /// A table is one file, renamed into its place when complete; one that is there for the same
  /// orbits is left as it is. Where a table can't be made or kept the report says why: the night's
  /// work is done without it.
  func makeTables(_ journal: inout StageJournal) async throws {
    let stage = "tables"
    guard let wanted = options.tables, journal.begin(stage) else { return }
    let night = Night(mjd: options.night + 1)
    let store = NightTableStore(catalog: catalog, solarSystem: solarSystem, progress: progress)
    var lines: [NightlyReport.TableLine] = []
    var made: [NightTables] = []
    for site in try wanted.sites ?? mainSites() {
      do {
        // The dark hours anywhere: six to each side of local midnight.
        let midnight = try midnight(of: night, at: site)
        let moments = [0, -0.25, 0.25].map { midnight.adding(days: $0) }
        guard let moment = moments.first(where: { moment in !made.contains { $0.covers(moment) } })
        else { continue }
        let tables = try await store.tables(at: moment, observatory: site, jobs: options.jobs)
        made.append(tables)
        lines.append(.init(night: "\(night)", site: "\(site)", tables))
      } catch let error where !(error is CancellationError) && !(error is CatalogError) {
        lines.append(
          .init(night: "\(night)", site: "\(site)", objects: 0, problem: "not made: \(error)"))
      }
    }
    journal.report.tables = lines
    journal.report.removedTables = store.removeTables(before: options.night + 1 - wanted.keptNights)
    try catalog.record(try journal.end(stage), runId: journal.runId)
  }

  private func mainSites() throws -> [ObservatoryCode] {
    let counts = try catalog.observatoryCounts(nights: options.window)
    let all = counts.reduce(0) { $0 + $1.count }
    return counts.filter { line in
      Double(line.count) >= TableOptions.leastShare * Double(all)
        && (try? solarSystem.observatories.site(line.observatory)) != nil
    }.prefix(TableOptions.mostSites).map(\.observatory)
  }

  private func midnight(of night: Night, at code: ObservatoryCode) throws -> Epoch<TDB> {
    let turn = (try solarSystem.observatories.site(code).longitudeDeg / 360)
      .remainder(dividingBy: 1)
    return solarSystem.leapSeconds.tai(Epoch<UTC>(mjd: Double(night.mjd) + 1 - turn)).tdb
  }
}

extension NightlyReport.TableLine {
  init(night: String, site: String, _ tables: NightTables) {
    self.init(night: night, site: site, objects: tables.base.objectCount)
    if tables.base.name == "memory" {
      problem = "could not be written beside the catalog; check the folder's permissions and space"
    } else {
      file = URL(filePath: tables.base.name).lastPathComponent
    }
  }
}

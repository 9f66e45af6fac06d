import ArgumentParser
import Catalog
import Dynamics
import Foundation
import Linking
import Nightly

/// What `nightly --check-config` says: the options in effect, and what would not work.
struct ConfigCheck {
  private let settings: NightlyConfig
  /// The configuration file's name and a colon; empty where there is none.
  private let place: String
  private var problems: [String]

  init(_ settings: NightlyConfig, path: String?) {
    self.settings = settings
    place = path.map { "\($0): " } ?? ""
    problems = settings.problems
    checkCatalog()
    for (key, path) in [
      ("html", settings.html), ("json", settings.json), ("text", settings.text),
      ("metrics", settings.metrics),
    ] {
      if let path { checkOutput(key, path) }
    }
    checkSites()
  }

  private mutating func checkCatalog() {
    guard let path = settings.catalog else {
      problems.append("catalog: missing; give it here or as --catalog")
      return
    }
    do {
      try Catalog(path: path, access: .readOnly).close()
    } catch CatalogError.olderVersion {
      // The run itself brings it up to date.
    } catch {
      problems.append("catalog: \(error)")
    }
  }

  private mutating func checkOutput(_ key: String, _ path: String) {
    guard path != "-" else { return }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    if access(folder, F_OK) != 0 {
      problems.append("\(key): no such folder: \(folder); make it first")
    } else if access(folder, W_OK) != 0 {
      problems.append("\(key): the folder \(folder) is not writable; check its permissions")
    }
  }

  private mutating func checkSites() {
    do {
      let observatories = try SolarSystem.load().observatories
      for code in settings.tables?.sites ?? [] {
        do { _ = try observatories.site(code) } catch { problems.append("tables.sites: \(error)") }
      }
    } catch {
      problems.append("\(error)")
    }
  }

  /// Prints the options in effect as a configuration file, problems on stderr (in JSON beside it).
  func report(json: Bool) throws {
    if json {
      try Reporting.printJSON(Answer(options: Effective(settings), problems: problems))
    } else {
      try Reporting.printJSON(Effective(settings))
      for problem in problems { Reporting.printError("problem: \(place)\(problem)") }
    }
    if !problems.isEmpty { throw ExitStatus.failed }
  }

  private struct Answer: Encodable {
    var options: Effective
    var problems: [String]
  }

  /// The options in effect, in the form of the file.
  private struct Effective: Encodable {
    var catalog: String?
    var night: String?
    var windowDays: Int
    var jobs: Int
    var inject: Int
    var html: String?
    var json: String?
    var text: String?
    var metrics: String?
    var tables: Tables
    var alarms: Alarms
    var linking: Linking

    struct Tables: Encodable {
      var make: Bool
      var sites: [String]?
      var keptNights: Int
    }

    struct Alarms: Encodable {
      var exitCode: Bool
      var setVisitsAside: Bool
      var visitOffsetArcsec: Double
      var visitClockSeconds: Double
      var knownFoundShare: Double
      var detectionShare: Double
      var comparedNights: Int
      var comparedDetections: Int
      var rejectedShare: Double
      var rejectedCount: Int
      var quarantinedShare: Double
      var quarantinedCount: Int
    }

    struct Linking: Encodable {
      var minNights: Int
      var minDetections: Int
      var windowDays: Double
      var maxRateDegPerDay: Double
      var minDistanceAU: Double
      var maxDistanceAU: Double
      var maxRmsSigmas: Double
      var maxRmsArcsec: Double
    }

    init(_ settings: NightlyConfig) {
      catalog = settings.catalog
      night = settings.night
      windowDays = settings.windowDays ?? NightlyConfig.usualWindowDays
      jobs = settings.jobs ?? ProcessInfo.processInfo.activeProcessorCount
      inject = settings.inject ?? 0
      html = settings.html
      json = settings.json
      text = settings.text
      metrics = settings.metrics
      let table = settings.tables
      tables = Tables(
        make: table != nil, sites: table?.sites?.map { "\($0)" },
        keptNights: (table ?? TableOptions()).keptNights)
      let limits = settings.alarms
      alarms = Alarms(
        exitCode: settings.alarmExitCode, setVisitsAside: limits.setsVisitsAside,
        visitOffsetArcsec: limits.visitOffsetArcsec, visitClockSeconds: limits.visitClockSeconds,
        knownFoundShare: limits.knownFoundShare, detectionShare: limits.detectionShare,
        comparedNights: limits.comparedNights, comparedDetections: limits.comparedDetections,
        rejectedShare: limits.rejectedShare, rejectedCount: limits.rejectedCount,
        quarantinedShare: limits.quarantinedShare, quarantinedCount: limits.quarantinedCount)
      let link = settings.linking
      linking = Linking(
        minNights: link.minimumNights, minDetections: link.minimumDetections,
        windowDays: link.windowDays, maxRateDegPerDay: link.maximumRateDegPerDay,
        minDistanceAU: link.minimumDistanceAU, maxDistanceAU: link.maximumDistanceAU,
        maxRmsSigmas: link.maximumRmsSigmas, maxRmsArcsec: link.maximumRmsArcsec)
    }
  }
}

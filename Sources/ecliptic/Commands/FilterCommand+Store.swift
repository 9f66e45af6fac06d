import ArgumentParser
import Catalog
import Filters
import Foundation

extension FilterCommand {
  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keeps a filter in the catalog, as a new version where it is there already.",
      discussion: """
        The filter is checked first. --predefined adds those that come with the program, under the \
        owner ecliptic: bright transients, near-Earth objects, trailed fast movers, comet candidates, \
        interstellar candidates, brightening objects, missing objects.

        EXAMPLE
          ecliptic filter add --catalog survey.db --owner ana --name movers movers.sql
          ecliptic filter add --catalog survey.db --predefined
        """)

    @OptionGroup var catalog: CatalogOption
    @Option(help: "Whose filter: letters, digits, - and _.")
    var owner: String?
    @Option(help: "Its name: letters, digits, - and _.")
    var name: String?
    @Flag(help: "Add the filters that come with the program.")
    var predefined = false
    @OptionGroup var text: FilterTextOption
    @OptionGroup var report: ReportOption

    private struct Line: Encodable {
      var filter: String
      var version: Int
      var isNew: Bool
    }

    func validate() throws {
      guard !predefined else {
        guard owner == nil, name == nil, !text.isGiven else {
          throw ValidationError("--predefined stands alone: their owner and names are given")
        }
        return
      }
      guard let owner, let name else { throw ValidationError("--owner and --name are needed") }
      for (option, value) in [("--owner", owner), ("--name", name)] {
        if let fault = UserFilter.fault(ofName: value) {
          throw ValidationError("\(option) \(value): \(fault)")
        }
      }
      guard owner != PredefinedFilters.owner else {
        throw ValidationError("--owner \(owner): is the program's own; take another name")
      }
      try text.validateOne()
    }

    func run() throws {
      var filters = PredefinedFilters.all
      if let owner, let name {
        filters = [UserFilter(owner: owner, name: name, text: try text.read())]
      }
      for filter in filters { _ = try FilterRunner.check(filter.text) }
      let catalog = try Catalog(path: catalog.catalog, access: .readWriteExisting)
      var lines: [Line] = []
      for filter in filters {
        let (version, isNew) = try catalog.addUserFilter(
          owner: filter.owner, name: filter.name, text: filter.text)
        lines.append(Line(filter: filter.id, version: version, isNew: isNew))
      }
      try catalog.close()
      for line in lines {
        try FilterAudit.write(
          catalog: self.catalog.catalog, "add", line.filter,
          "version \(line.version)\(line.isNew ? "" : ", unchanged")")
      }
      if report.json { return try Reporting.printJSON(lines) }
      try Reporting.printText(
        lines.map {
          "\($0.filter) version \($0.version)\($0.isNew ? "" : ": unchanged")\n"
        }.joined())
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the catalog's filters.",
      discussion: "EXAMPLE\n  ecliptic filter list --catalog survey.db --owner ana")

    @OptionGroup var catalog: CatalogOption
    @Option(help: "Only this owner's.")
    var owner: String?
    @OptionGroup var report: ReportOption

    private struct Line: Encodable {
      var filter: String
      var version: Int
      var state: String
      var reason: String?
      var created: Date
      var text: String
    }

    func run() throws {
      let path = catalog.catalog
      let catalog = try Catalog(path: path, access: .readOnly)
      let stored = try catalog.userFilters(of: owner)
      try catalog.close()
      let suspended = try FilterSelection.suspended(catalog: path)
      let lines = stored.map { filter in
        let reason = suspended[
          FilterLedger.Key(owner: filter.owner, name: filter.name, version: filter.version)]
        return Line(
          filter: "\(filter.owner)/\(filter.name)", version: filter.version,
          state: !filter.isEnabled ? "disabled" : reason == nil ? "enabled" : "suspended",
          reason: reason, created: filter.created, text: filter.text)
      }
      if report.json { return try Reporting.printJSON(lines) }
      try Reporting.printText(
        lines.map { line in
          "\(line.filter)  version \(line.version)  \(line.state)"
            + (line.reason.map { ": \($0)" } ?? "") + "\n"
            + line.text.split(separator: "\n").map { "    \($0)\n" }.joined()
        }.joined())
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Switches a filter off.",
      discussion: "EXAMPLE\n  ecliptic filter disable --catalog survey.db ana/movers")
    @OptionGroup var catalog: CatalogOption
    @Argument(help: "OWNER/NAME.")
    var filter: String

    func run() throws {
      try FilterCommand.set(filter, isEnabled: false, catalog: catalog.catalog)
    }
  }

  struct Enable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Switches a filter on again, also one that was suspended.",
      discussion: "EXAMPLE\n  ecliptic filter enable --catalog survey.db ana/movers")
    @OptionGroup var catalog: CatalogOption
    @Argument(help: "OWNER/NAME.")
    var filter: String

    func run() throws {
      let stored = try FilterCommand.set(filter, isEnabled: true, catalog: catalog.catalog)
      let path = FilterLedger.path(ofCatalog: catalog.catalog)
      if FileManager.default.fileExists(atPath: path) {
        try FilterLedger(path: path).resume(stored)
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes a filter; what its versions asked of past nights stays known.",
      discussion: "EXAMPLE\n  ecliptic filter remove --catalog survey.db ana/movers")
    @OptionGroup var catalog: CatalogOption
    @Argument(help: "OWNER/NAME.")
    var filter: String

    func run() throws {
      let (owner, name) = try FilterCommand.split(filter)
      let path = catalog.catalog
      let catalog = try Catalog(path: path, access: .readWriteExisting)
      guard try catalog.removeUserFilter(owner: owner, name: name) else {
        throw CommandError.unreadable(path: path, reason: "holds no filter \(filter)")
      }
      try catalog.close()
      try FilterAudit.write(catalog: path, "remove", filter, "removed")
    }
  }

  @discardableResult
  private static func set(_ id: String, isEnabled: Bool, catalog path: String) throws -> UserFilter
  {
    let (owner, name) = try split(id)
    let catalog = try Catalog(path: path, access: .readWriteExisting)
    guard try catalog.setUserFilter(owner: owner, name: name, isEnabled: isEnabled),
      let stored = try catalog.userFilters(of: owner).first(where: { $0.name == name })
    else { throw CommandError.unreadable(path: path, reason: "holds no filter \(id)") }
    try catalog.close()
    let action = isEnabled ? "enable" : "disable"
    try FilterAudit.write(
      catalog: path, action, "\(owner)/\(name)", "\(action)d, version \(stored.version)")
    return UserFilter(stored)
  }
}

import ArgumentParser
import Catalog
import Filters
import Foundation

extension UserFilter {
  init(_ stored: StoredFilter) {
    self.init(
      owner: stored.owner, name: stored.name, version: stored.version, text: stored.text)
  }
}

/// Which of a catalog's filters run.
enum FilterSelection {
  /// Enabled filters that are not suspended.
  ///
  /// - Parameter owner: only that one's.
  static func active(catalog path: String, owner: String? = nil) throws -> [UserFilter] {
    let catalog = try Catalog(path: path, access: .readOnly)
    let stored = try catalog.userFilters(of: owner)
    try catalog.close()
    let suspended = try suspended(catalog: path)
    return stored.filter(\.isEnabled).map { UserFilter($0) }
      .filter { suspended[FilterLedger.Key($0)] == nil }
  }

  /// Without making a ledger where there is none.
  static func suspended(catalog path: String) throws -> [FilterLedger.Key: String] {
    let ledger = FilterLedger.path(ofCatalog: path)
    guard FileManager.default.fileExists(atPath: ledger) else { return [:] }
    return try FilterLedger(path: ledger).suspended()
  }
}

/// A filter's text: a file, or on the command line.
struct FilterTextOption: ParsableArguments {
  @Argument(help: ArgumentHelp("A file with the filter; - is standard input.", valueName: "file"))
  var file: String?
  @Option(help: ArgumentHelp("The filter itself.", valueName: "SQL"))
  var text: String?

  var isGiven: Bool { file != nil || text != nil }

  func validateOne() throws {
    guard (file == nil) != (text == nil) else {
      throw ValidationError("give the filter as a file or by --text")
    }
  }

  func read() throws -> String {
    if let text { return text }
    return try Self.read(file ?? "-")
  }

  static func read(_ path: String) throws -> String {
    let data =
      path == "-"
      ? FileHandle.standardInput.readDataToEndOfFile()
      : try? Data(contentsOf: URL(filePath: path))
    guard let data else { throw CommandError.missingInput(path: path) }
    guard let text = String(bytes: data, encoding: .utf8) else {
      throw CommandError.unreadable(path: path, reason: "is not UTF-8 text")
    }
    return text
  }
}

import Filters
import Foundation
import TestSupport
import Testing

struct ColumnGuideTests {
  @Test("The guide of columns and functions has all that there are, and nothing else")
  func complete() throws {
    let guide = try String(
      contentsOf: TestPaths.root.appending(path: "Docs/filter-columns.md"), encoding: .utf8)
    var sections: [String: [String]] = [:]
    var section = ""
    for line in guide.split(separator: "\n") {
      if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
      guard line.hasPrefix("| `") else { continue }
      sections[section, default: []].append(String(line))
    }
    func lines(_ columns: [FilterColumn]) -> [String] {
      columns.map { "| `\($0.name)` | \($0.meaning) |" }
    }
    #expect(sections["alerts: worked out here"] == lines(AlertColumns.own))
    #expect(sections["candidates"] == lines(CandidateTable.columns))
    #expect(sections["missing"] == lines(MissingTable.columns))
    #expect(
      sections["Functions"]
        == FilterFunctions.own.map {
          "| `\($0.name)(\($0.arguments.joined(separator: ", ")))` | \($0.meaning) |"
        })
    let own = Set(AlertColumns.own.map(\.name))
    for column in AlertColumns.all where !own.contains(column.name) {
      #expect(guide.contains("`\(column.name)`"), "\(column.name)")
    }
    for name in FilterFunctions.plain { #expect(guide.contains("`\(name)`"), "\(name)") }
    #expect(guide.contains("\(AlertColumns.all.count) columns"))
  }
}

import Catalog
import Exchange
import Testing

/// A file that is handed on must say what its columns hold: a column that a migration adds is
/// described, or it does not leave.
@Suite struct TableDescriptionTests {
  @Test(arguments: [
    "DiaSource", "SSSource", "SSObject", "mpc_orbits", "orbitSolutions", "visits", "links",
  ])
  func everyColumnIsDescribed(table: String) throws {
    try withTemporaryCatalog { path in
      let catalog = try Catalog(path: path, access: .readWrite)
      let cursor = try catalog.tableCursor(TableSelection(table: table), isMeasured: false)
      #expect(!cursor.description.columns.isEmpty)
      for column in cursor.description.columns {
        #expect(!column.description.isEmpty, "\(table).\(column.name)")
      }
    }
  }
}

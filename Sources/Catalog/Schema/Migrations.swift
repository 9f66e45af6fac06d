import GRDB

/// The schema's history. Append only: a migration that has been released is never changed.
enum Migrations {
  /// `ECLP`, in the file's header, tells a catalog from other SQLite files.
  static let applicationId: Int32 = 0x4543_4C50

  /// The tables that have a past, and their keys.
  static let versioned =
    Version3.versioned + [("designations", "nameId"), ("objectStates", "ssObjectId")]

  static let all: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { database in
      try database.execute(sql: "PRAGMA application_id = \(applicationId)")
      for table in Version1.tables { try database.execute(sql: table) }
    }
    migrator.registerMigration("v2") { database in
      for statement in Version2.statements { try database.execute(sql: statement) }
    }
    migrator.registerMigration("v3") { try Version3.migrate($0) }
    migrator.registerMigration("visitJudgements") { database in
      for statement in VisitJudgements.statements { try database.execute(sql: statement) }
    }
    migrator.registerMigration("v4") { try Version4.migrate($0) }
    migrator.registerMigration("archives") { database in
      for statement in ArchiveTables.statements { try database.execute(sql: statement) }
    }
    migrator.registerMigration("userFilters") { database in
      for statement in UserFilterTable.statements { try database.execute(sql: statement) }
    }
    migrator.registerMigration("priorSolutions") { database in
      try database.execute(sql: PriorSolutions.statement)
    }
    migrator.registerMigration("solutionLaws") { database in
      for statement in SolutionLaws.statements { try database.execute(sql: statement) }
    }
    migrator.registerMigration("knownElsewhere") { database in
      try database.execute(sql: PriorSolutions.observedUntil)
      try database.execute(sql: VisitJudgements.knownLeftOut)
    }
    return migrator
  }()
}

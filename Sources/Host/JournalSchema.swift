import GRDB
import Outbox

/// The journal's file format: one SQLite database, one table for each stream.
enum JournalSchema {
  /// "VKpr" in ASCII: tells `file` and us that a database is a journal of this program.
  static let applicationID: Int64 = 0x564b_7072
  /// Raised with every change of the tables.
  static let version: Int64 = 1

  /// What a database is to us.
  enum State {
    case empty
    case ours
  }

  /// Looks before anything is changed, so that another program's database is refused untouched.
  static func state(_ db: Database, path: String) throws -> State {
    let applicationID = try integer(db, "PRAGMA application_id")
    let version = try integer(db, "PRAGMA user_version")
    let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    if applicationID == 0 && version == 0 && tables.isEmpty { return .empty }
    guard applicationID == Self.applicationID else {
      throw JournalFailure.foreignFormat(what: "\(path) is another program's SQLite database")
    }
    guard version == Self.version else {
      throw JournalFailure.foreignFormat(what: "\(path) has format \(version), this version writes \(Self.version)")
    }
    guard JournalStream.allCases.allSatisfy({ tables.contains($0.rawValue) }) else {
      throw JournalFailure.foreignFormat(what: "\(path) lacks a table; it holds \(tables.joined(separator: ", "))")
    }
    return .ours
  }

  /// Makes the tables, in the caller's transaction.
  static func create(_ db: Database) throws {
    for stream in JournalStream.allCases {
      try db.execute(
        sql: """
          CREATE TABLE \(stream.rawValue) (
            sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
            unix_seconds INTEGER NOT NULL,
            previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            payload BLOB NOT NULL
          ) STRICT
          """)
      // Against our own mistakes and an operator's SQL: what was written stays as it was.
      try db.execute(
        sql: """
          CREATE TRIGGER \(stream.rawValue)_unchanged BEFORE UPDATE ON \(stream.rawValue)
          BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END
          """)
    }
    try db.execute(
      sql: """
        CREATE TRIGGER promises_kept BEFORE DELETE ON promises
        BEGIN SELECT RAISE(ABORT, 'promises are never deleted'); END
        """)
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// A PRAGMA's number; -1 where SQLite gives none, which no setting of ours is.
  static func integer(_ db: Database, _ sql: String) throws -> Int64 { try Int64.fetchOne(db, sql: sql) ?? -1 }
}

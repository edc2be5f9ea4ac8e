import GRDB
import Outbox

/// The journal's file format: one SQLite database, one table for each stream, and one for what was done to the file.
///
/// | format | since | what it has |
/// | ------ | ----- | ----------- |
/// | 1      | 0.1.0 | the two streams |
/// | 2      | 0.2.0 | `lineage`: made, migrated, restored |
enum JournalSchema {
  /// "VKpr" in ASCII: tells `file` and us that a database is a journal of this program.
  static let applicationID: Int64 = 0x564b_7072
  /// Raised with every change of the tables.
  static let version: Int64 = 2
  /// Older formats that are migrated when a writer opens them. Readers read them as they are.
  static let oldestVersion: Int64 = 1

  /// What a database is to us.
  enum State: Equatable {
    case empty
    case ours(version: Int64)
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
    guard (oldestVersion...Self.version).contains(version) else {
      throw JournalFailure.foreignFormat(
        what: "\(path) has format \(version), this version knows \(oldestVersion) to \(Self.version)")
    }
    let expected = JournalStream.allCases.map(\.rawValue) + (version >= 2 ? ["lineage"] : [])
    guard expected.allSatisfy({ tables.contains($0) }) else {
      throw JournalFailure.foreignFormat(what: "\(path) lacks a table; it holds \(tables.joined(separator: ", "))")
    }
    return .ours(version: version)
  }

  /// What is there is no journal, and no other program's database either: SQLite takes a file that is shorter than a
  /// page for an empty database.
  static func cutShort(_ path: String) -> JournalFailure {
    .unreadable(
      what: "\(path) holds nothing: it was cut short; restore the newest backup that verifies. If there never was a "
        + "journal here, remove the file")
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
    try createLineage(db)
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// Brings an older format to this one, in the caller's transaction: all of it or nothing. The streams are never
  /// touched, since their hashes bind every byte.
  static func migrate(_ db: Database, from old: Int64) throws {
    if old < 2 { try createLineage(db) }
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  private static func createLineage(_ db: Database) throws {
    try db.execute(
      sql: """
        CREATE TABLE lineage (
          id INTEGER PRIMARY KEY,
          unix_seconds INTEGER NOT NULL,
          program TEXT NOT NULL,
          event TEXT NOT NULL
        ) STRICT
        """)
  }

  /// Notes what was done to the file as a whole. Beside the chains and not part of them: a help for people.
  static func note(_ event: String, program: String, at unixSeconds: Int64, in db: Database) throws {
    try db.execute(
      sql: "INSERT INTO lineage (unix_seconds, program, event) VALUES (?, ?, ?)",
      arguments: [unixSeconds, program, event])
  }

  /// A PRAGMA's number; -1 where SQLite gives none, which no setting of ours is.
  static func integer(_ db: Database, _ sql: String) throws -> Int64 { try Int64.fetchOne(db, sql: sql) ?? -1 }
}

/// One thing that was done to a journal's file.
package struct JournalEvent: Hashable, Sendable {
  package let unixSeconds: UInt64
  /// The program's version.
  package let program: String
  package let event: String
}

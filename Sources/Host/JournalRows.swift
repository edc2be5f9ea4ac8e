import Ethereum
import FoundationEssentials
import GRDB
import Outbox

/// The way between journal entries and table rows, for the writing store and the reader.
enum JournalRows {
  static func insert(_ entry: JournalEntry, into db: Database) throws {
    guard let sequence = Int64(exactly: entry.sequence), let seconds = Int64(exactly: entry.unixSeconds) else {
      throw JournalFailure.unencodable(what: "sequence \(entry.sequence) or time \(entry.unixSeconds) beyond 2^63 − 1")
    }
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO \(entry.stream.rawValue) (sequence, unix_seconds, previous_hash, hash, payload)
        VALUES (?, ?, ?, ?, ?)
        """)
    do {
      try statement.execute(arguments: [
        sequence, seconds, Data(entry.previousHash.bytes), Data(entry.hash.bytes), Data(entry.payload),
      ])
    } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_PRIMARYKEY {
      throw JournalFailure.sequenceTaken(stream: entry.stream, sequence: entry.sequence)
    }
  }

  /// Steps through a stream one row at a time; nothing is collected.
  static func replay(
    _ stream: JournalStream, from sequence: UInt64, limit: UInt64?, in db: Database,
    _ body: (JournalEntry) throws(JournalFailure) -> Void
  ) throws {
    guard let start = Int64(exactly: sequence) else { return }
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT sequence, unix_seconds, previous_hash, hash, payload FROM \(stream.rawValue)
        WHERE sequence >= ? ORDER BY sequence LIMIT ?
        """, arguments: [start, limit.map { Int64(clamping: $0) } ?? -1])  // to SQLite a negative limit is none
    while let row = try rows.next() { try body(try entry(row, stream)) }
  }

  /// The end of the table's own index; no row is read.
  static func newestSequence(_ stream: JournalStream, in db: Database) throws -> UInt64 {
    let newest = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM \(stream.rawValue)") ?? 0
    return UInt64(clamping: newest)
  }

  /// A row is foreign data: a column that is not what it should be is an error and no trap.
  private static func entry(_ row: Row, _ stream: JournalStream) throws(JournalFailure) -> JournalEntry {
    let columns: [DatabaseValue.Storage] = row.databaseValues.map { $0.storage }
    guard columns.count == 5, case .int64(let number) = columns[0], let sequence = UInt64(exactly: number) else {
      throw .corrupt(stream: stream, sequence: 0, difference: "the row has no sequence")
    }
    guard case .int64(let time) = columns[1], let unixSeconds = UInt64(exactly: time),
      case .blob(let previous) = columns[2], case .blob(let hash) = columns[3], case .blob(let payload) = columns[4]
    else {
      throw .corrupt(stream: stream, sequence: sequence, difference: "a column is of another type")
    }
    do {
      return JournalEntry(
        stream: stream, sequence: sequence, unixSeconds: unixSeconds, payload: [UInt8](payload),
        previousHash: try Bytes32(bytes: previous), hash: try Bytes32(bytes: hash))
    } catch {
      throw .corrupt(stream: stream, sequence: sequence, difference: "a hash is not 32 bytes long")
    }
  }
}

extension JournalFailure {
  /// What was being done when SQLite refused.
  enum Access {
    case reading
    case writing
  }

  /// The failure for an error out of GRDB. Names path and SQLite's code; never a statement's arguments.
  init(_ error: any Error, _ access: Access, path: String) {
    if let failure = error as? JournalFailure {
      self = failure
      return
    }
    guard let error = error as? DatabaseError else {
      self = access == .writing ? .unwritable(what: "\(path): \(error)") : .unreadable(what: "\(path): \(error)")
      return
    }
    let what = "\(path): \(error.message ?? "no message") (SQLite code \(error.extendedResultCode.rawValue))"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(what: what)
    case .SQLITE_NOTADB: self = .foreignFormat(what: what)
    case .SQLITE_CORRUPT:
      self = .unreadable(what: "\(what): the file is damaged; keep a copy and restore the newest backup that verifies")
    default: self = access == .writing ? .unwritable(what: what) : .unreadable(what: what)
    }
  }
}

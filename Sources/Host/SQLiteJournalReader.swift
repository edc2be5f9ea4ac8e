import GRDB
import Glibc
package import Outbox

/// A journal for reading only, without a lock, beside a running keeper or without one.
///
/// SQLite reads a WAL database through two helper files. They are there while the keeper runs, and can be made by its
/// user and by root. Where they are absent and cannot be made (a backup on a read-only medium) the database is read as
/// unchangeable, which is right only while nobody writes: no log beside it, and no writer holding the lock.
package final class SQLiteJournalReader: JournalSource {
  private let path: JournalPath
  private let queue: DatabaseQueue
  /// The format of the file: older ones are read as they are.
  package let version: Int64
  /// The file as it was when it was opened as unchangeable; nil when SQLite's own locking protects us.
  private let frozen: Stamp?

  private struct Stamp: Equatable {
    let inode: ino_t
    let size: off_t
    let seconds: time_t
    let nanoseconds: Int

    init(_ status: stat) {
      inode = status.st_ino
      size = status.st_size
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  /// Whether there is a journal to open.
  package static func isPresent(at path: String) throws(JournalFailure) -> Bool {
    try JournalPath.status(try JournalPath(path).file) != nil
  }

  /// - Throws: `unreadable` when there is no journal, or it can be read neither way; `foreignFormat` for anything else.
  package init(path text: String) throws(JournalFailure) {
    path = try JournalPath(text)
    let file = path.file
    guard let status = try JournalPath.status(file) else { throw .unreadable(what: "\(file) does not exist") }
    let opened: (DatabaseQueue, JournalSchema.State)
    do {
      guard try Self.mayMakeHelperFiles(path, status) else { throw DatabaseError(resultCode: .SQLITE_CANTOPEN) }
      opened = try Self.open(file, named: file)
      frozen = nil
    } catch let error as DatabaseError where Self.lacksHelperFiles(error) {
      let stamp = Stamp(status)
      try Self.checkNobodyWrites(path)
      do {
        opened = try Self.open(Self.unchangeable(file), named: file)
      } catch {
        throw JournalFailure(error, .reading, path: file)
      }
      frozen = stamp
    } catch {
      throw JournalFailure(error, .reading, path: file)
    }
    queue = opened.0
    guard case .ours(let version) = opened.1 else { throw JournalSchema.cutShort(file) }
    self.version = version
  }

  package func replay(
    _ stream: JournalStream, from sequence: UInt64, limit: UInt64?,
    _ body: (JournalEntry) throws(JournalFailure) -> Void
  ) throws(JournalFailure) {
    do {
      try queue.unsafeReentrantRead { db in
        if db.isInsideTransaction {
          return try JournalRows.replay(stream, from: sequence, limit: limit, in: db, body)
        }
        try db.inTransaction(.deferred) {
          try JournalRows.replay(stream, from: sequence, limit: limit, in: db, body)
          return .commit
        }
      }
    } catch {
      throw JournalFailure(error, .reading, path: path.file)
    }
    try checkStillFrozen()
  }

  /// Runs `body`, all of whose reads see one state of both streams, however much the keeper writes meanwhile. Without
  /// it an observation read late can name a promise that was not there yet when the promises were read.
  ///
  /// The keeper is not held up; its write-ahead log grows until `body` returns.
  package func consistently<Result>(
    _ body: () throws(JournalFailure) -> Result
  ) throws(JournalFailure) -> Result {
    var result: Result?
    do {
      try queue.unsafeReentrantRead { db in
        try db.inTransaction(.deferred) {
          result = try body()
          return .commit
        }
      }
    } catch {
      throw JournalFailure(error, .reading, path: path.file)
    }
    guard let result else { throw .unreadable(what: "\(path.file): a transaction that was never run") }
    return result
  }

  /// Every hash, both chains and their links, of one state of the journal.
  ///
  /// - Throws: `corrupt`, naming the first entry that is not what was written; `foreignFormat`; `unreadable`.
  package func verified() throws(JournalFailure) -> JournalVerification {
    try consistently { () throws(JournalFailure) in try JournalReader(self).verify() }
  }

  /// What was done to the file as a whole: made, migrated, restored. Oldest first; empty for formats without it.
  package func lineage() throws(JournalFailure) -> [JournalEvent] {
    guard version >= 2 else { return [] }
    do {
      return try queue.read { db in
        try Row.fetchAll(db, sql: "SELECT unix_seconds, program, event FROM lineage ORDER BY id").map { row in
          let columns: [DatabaseValue] = row.databaseValues.map { (value: DatabaseValue) in value }
          return JournalEvent(
            unixSeconds: UInt64(clamping: Int64.fromDatabaseValue(columns[0]) ?? 0),
            program: String.fromDatabaseValue(columns[1]) ?? "", event: String.fromDatabaseValue(columns[2]) ?? "")
        }
      }
    } catch {
      throw JournalFailure(error, .reading, path: path.file)
    }
  }

  /// Copies one state of the database, page by page, into another one.
  func backup(to target: DatabaseQueue) throws { try queue.backup(to: target) }

  package func newestSequence(_ stream: JournalStream) throws(JournalFailure) -> UInt64 {
    let newest: UInt64
    do {
      newest = try queue.unsafeReentrantRead { db in try JournalRows.newestSequence(stream, in: db) }
    } catch {
      throw JournalFailure(error, .reading, path: path.file)
    }
    try checkStillFrozen()
    return newest
  }

  /// SQLite's own check of the file's structure, for `journal verify`. Reads the whole file.
  ///
  /// - Returns: what is wrong, at most 100 lines; empty when the structure is sound.
  package func structuralProblems() throws(JournalFailure) -> [String] {
    do {
      return try queue.read { db in try String.fetchAll(db, sql: "PRAGMA quick_check(100)") }.filter { $0 != "ok" }
    } catch {
      throw JournalFailure(error, .reading, path: path.file)
    }
  }

  private func checkStillFrozen() throws(JournalFailure) {
    guard let frozen else { return }
    let status = try JournalPath.status(path.file)
    guard status.map(Stamp.init) == frozen, !WriterLock.isHeld(for: path) else {
      throw .unreadable(what: "\(path.file) was written while it was read without protection; try again")
    }
  }

  // MARK: - Opening

  private static func open(_ name: String, named path: String) throws -> (DatabaseQueue, JournalSchema.State) {
    var configuration = Configuration()
    configuration.label = "journal reader"
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    let queue = try DatabaseQueue(path: name, configuration: configuration)
    return (queue, try queue.read { db in try JournalSchema.state(db, path: path) })
  }

  /// Whether the normal way is open to us. Another user who can write the folder must not make the helper files: they
  /// would be his, and the keeper could not open its own journal any more. (SQLite gives root's to the file's owner.)
  private static func mayMakeHelperFiles(_ path: JournalPath, _ status: stat) throws(JournalFailure) -> Bool {
    let user = geteuid()
    if user == 0 || user == status.st_uid { return true }
    return try JournalPath.status(path.sharedMemory) != nil
  }

  private static func lacksHelperFiles(_ error: DatabaseError) -> Bool {
    error.resultCode == .SQLITE_CANTOPEN || error.resultCode == .SQLITE_READONLY
  }

  private static func checkNobodyWrites(_ path: JournalPath) throws(JournalFailure) {
    if access(path.file, R_OK) != 0 {
      throw .unreadable(what: "\(path.file): \(HostError.text(of: errno)); run this as the keeper's user or as root")
    }
    if let log = try JournalPath.status(path.writeAheadLog), log.st_size > 0 {
      throw .unreadable(
        what: "\(path.file) has entries in \(path.writeAheadLog), and its folder cannot be written here; "
          + "run this as the keeper's user or as root, or copy both files to a folder of your own")
    }
    if WriterLock.isHeld(for: path) {
      throw .unreadable(
        what: "\(path.file) is being written by another user's keeper; run this as that user or as root")
    }
  }

  /// The file's name with SQLite's word that it cannot change.
  private static func unchangeable(_ path: String) -> String {
    var uri = "file:"
    for byte in path.utf8 {
      switch byte {
      case 0x2f, 0x2d, 0x2e, 0x5f, 0x30...0x39, 0x41...0x5a, 0x61...0x7a: uri.unicodeScalars.append(.init(byte))
      default: uri += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return uri + "?mode=ro&immutable=1"
  }
}

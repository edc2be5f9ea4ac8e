import GRDB
import Glibc
package import Outbox

/// The journal on disk: a SQLite database in WAL mode with synchronous FULL, so that what `append` has returned from
/// survives a loss of power. Written by the one process that holds the `WriterLock`; readers come and go beside it.
package final class SQLiteJournalStore: JournalStore {
  /// How long a foreign connection (an operator's sqlite3, a backup) may hold the database before a write fails.
  private static let busySeconds = 5.0

  private let lock: WriterLock
  private let path: String
  private let queue: DatabaseQueue
  private let device: dev_t
  private let inode: ino_t
  /// The first failed write. From then on memory and disk may differ, and nothing more is written.
  private var failure: JournalFailure?

  /// Opens the journal the lock is for, or makes it.
  ///
  /// A journal of an older format is copied to a file beside it (`<journal>.format-1-<time>`), verified, and then
  /// migrated in one transaction. The way back is that copy: an older program refuses the newer format.
  ///
  /// - Parameters:
  ///   - program: the program's version, for the file's lineage.
  ///   - now: unix seconds, for the lineage and the copy's name.
  /// - Throws: `foreignFormat` for another program's file or a later version's, `unwritable` when the file cannot be
  ///   made, others may write it, or the durability asked for is not in force after opening.
  package init(
    lock: WriterLock, program: String = "unnamed", at now: UInt64 = UInt64(clamping: time(nil))
  ) throws(JournalFailure) {
    self.lock = lock
    path = lock.path.file
    try Self.prepareFile(lock.path, program: program, at: Int64(clamping: now))
    try Self.backUpOlder(lock.path, at: now)
    do {
      queue = try Self.open(path, program: program, at: Int64(clamping: now))
    } catch {
      throw JournalFailure(error, .writing, path: path)
    }
    guard let status = try JournalPath.status(path) else { throw .unwritable(what: "\(path) vanished while opening") }
    device = status.st_dev
    inode = status.st_ino
  }

  package func append(_ entries: [JournalEntry]) throws(JournalFailure) {
    guard !entries.isEmpty else { return }
    try write { db in
      for entry in entries { try JournalRows.insert(entry, into: db) }
    }
  }

  /// Keeps the newest observation whatever `sequence` says: the next one is chained to it.
  package func pruneObservations(through sequence: UInt64) throws(JournalFailure) {
    let last = Int64(clamping: sequence)
    try write { db in
      try db.execute(
        sql: """
          DELETE FROM observations
          WHERE sequence <= ? AND sequence < (SELECT max(sequence) FROM observations)
          """, arguments: [last])
    }
  }

  package func replay(
    _ stream: JournalStream, from sequence: UInt64, limit: UInt64?,
    _ body: (JournalEntry) throws(JournalFailure) -> Void
  ) throws(JournalFailure) {
    if let failure { throw .closed(after: failure.description) }
    do {
      try queue.unsafeReentrantRead { db in
        try JournalRows.replay(stream, from: sequence, limit: limit, in: db, body)
      }
    } catch {
      throw JournalFailure(error, .reading, path: path)
    }
  }

  package func newestSequence(_ stream: JournalStream) throws(JournalFailure) -> UInt64 {
    if let failure { throw .closed(after: failure.description) }
    do {
      return try queue.unsafeReentrantRead { db in try JournalRows.newestSequence(stream, in: db) }
    } catch {
      throw JournalFailure(error, .reading, path: path)
    }
  }

  /// The settings in force, read back from SQLite; for tests and `check`.
  package func durability() throws(JournalFailure) -> (journalMode: String, synchronous: Int) {
    do {
      return try queue.read { db in try Self.durability(db) }
    } catch {
      throw JournalFailure(error, .reading, path: path)
    }
  }

  /// One transaction, durable when this returns. The first failure closes the store for writing.
  private func write(_ body: (Database) throws -> Void) throws(JournalFailure) {
    if let failure { throw .closed(after: failure.description) }
    do {
      try verifyPlace()
      try queue.write(body)
    } catch {
      let failure = JournalFailure(error, .writing, path: path)
      self.failure = failure
      throw failure
    }
  }

  /// Checks that lock and database are still the files at their paths. A journal that was moved away would go on
  /// being written where no restart finds it.
  private func verifyPlace() throws(JournalFailure) {
    try lock.verify()
    guard let status = try JournalPath.status(path), status.st_ino == inode, status.st_dev == device else {
      throw .unwritable(what: "\(path) was moved or replaced while it is open")
    }
  }

  // MARK: - Opening

  /// Makes a journal with mode 0600 where there is none, and checks the one that is there.
  ///
  /// A new one gets its name when it is whole. So a file without our tables is never one that was just being made: it
  /// was cut short, and to fill it anew would be to forget every promise.
  private static func prepareFile(_ path: JournalPath, program: String, at now: Int64) throws(JournalFailure) {
    if let status = try JournalPath.status(path.file) {
      guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
        throw .unwritable(what: "\(path.file) is not a file of its own (a folder, a device or a hard link)")
      }
      guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
        throw .unwritable(what: "others may write \(path.file); run: chmod 600 \(path.file)")
      }
      return
    }
    if let log = try JournalPath.status(path.writeAheadLog), log.st_size > 0 {
      throw .unreadable(
        what: "\(path.file) is gone but its \(path.writeAheadLog) is there; bring the journal back, or move both away")
    }
    let temporary = try JournalBackup.temporaryName(beside: path)
    defer { JournalBackup.discard(temporary) }
    do {
      let file = try FileDescriptor.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
      let queue = try DatabaseQueue(path: temporary)
      try queue.write { db in
        try JournalSchema.create(db)
        try JournalSchema.note("made", program: program, at: now, in: db)
      }
      try queue.close()
      try file.synchronize(path: temporary)
      guard link(temporary, path.file) == 0 else {
        throw HostError.file(operation: "create", path: path.file, code: errno)
      }
      try Files.synchronize(folder: path.folder)
    } catch {
      throw JournalFailure(error, .writing, path: path.file)
    }
  }

  /// Before a migration, so that one that goes wrong in a way nobody thought of has a way back.
  private static func backUpOlder(_ place: JournalPath, at now: UInt64) throws(JournalFailure) {
    let reader = try SQLiteJournalReader(path: place.file)
    guard reader.version < JournalSchema.version else { return }
    try JournalBackup.make(of: place.file, at: "\(place.file).format-\(reader.version)-\(now)")
  }

  private static func open(_ path: String, program: String, at now: Int64) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "journal"
    configuration.busyMode = .timeout(busySeconds)
    configuration.prepareDatabase { db in
      _ = try JournalSchema.state(db, path: path)
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
      try db.execute(sql: "PRAGMA cell_size_check = ON")
      // Here and not by GRDB's journalMode, which sets synchronous back to NORMAL after this closure.
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA synchronous = FULL")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.write { db in
      switch try JournalSchema.state(db, path: path) {
      case .empty: throw JournalSchema.cutShort(path)
      case .ours(let version) where version < JournalSchema.version:
        try JournalSchema.migrate(db, from: version)
        try JournalSchema.note(
          "migrated from format \(version) to \(JournalSchema.version)", program: program, at: now, in: db)
      case .ours: break
      }
    }
    let (journalMode, synchronous) = try queue.read { db in try durability(db) }
    guard journalMode == "wal", synchronous == 2 else {
      throw JournalFailure.unwritable(
        what: "\(path): SQLite gave journal_mode=\(journalMode), synchronous=\(synchronous) instead of wal, 2 (FULL); "
          + "use a local file system")
    }
    return queue
  }

  private static func durability(_ db: Database) throws -> (journalMode: String, synchronous: Int) {
    let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "none"
    let synchronous = try JournalSchema.integer(db, "PRAGMA synchronous")
    return (mode, Int(synchronous))
  }
}

import GRDB
import Glibc
package import Outbox

/// Copies of a journal: taken beside a running keeper, and believed only after they were read back.
package enum JournalBackup {
  /// Copies the journal at `path` to a new file at `target`, which is one database file without helper files beside it.
  ///
  /// SQLite's online backup copies one consistent state while the keeper goes on writing; the copy is then verified
  /// whole, structure and chains, and made durable, and only then given its name. Never overwrites.
  ///
  /// - Returns: what the copy holds.
  /// - Throws: `unwritable` when something is at `target` or it cannot be written; `corrupt` and the like when the copy
  ///   does not verify, and then nothing is at `target`.
  @discardableResult
  package static func make(of path: String, at target: String) throws(JournalFailure) -> JournalVerification {
    let place = try JournalPath(target)
    for name in [place.file, place.writeAheadLog, place.sharedMemory] where try JournalPath.status(name) != nil {
      throw .unwritable(what: "\(name) exists and is not overwritten; choose another name or move it away")
    }
    let source = try SQLiteJournalReader(path: path)
    let temporary = try temporaryName(beside: place)
    defer { discard(temporary) }
    try copy(from: source, to: temporary)
    let held = try verified(temporary)
    try publish(temporary, as: place)
    return held
  }

  /// Structure, every hash, both chains and their links, of one state of the file.
  static func verified(_ path: String) throws(JournalFailure) -> JournalVerification {
    let reader = try SQLiteJournalReader(path: path)
    let problems = try reader.structuralProblems()
    guard problems.isEmpty else {
      throw .unreadable(what: "\(path) is damaged: \(problems.prefix(3).joined(separator: "; "))")
    }
    return try reader.verified()
  }

  /// A name of its own beside the place: one left behind by a crash must not be in the way.
  static func temporaryName(beside place: JournalPath) throws(JournalFailure) -> String {
    do {
      return place.file + "." + (try Entropy.bytes(8).map { String($0, radix: 16) }.joined()) + ".new"
    } catch {
      throw .unwritable(what: "\(error)")
    }
  }

  static func discard(_ temporary: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(temporary + suffix) }
  }

  private static func copy(from source: SQLiteJournalReader, to temporary: String) throws(JournalFailure) {
    do {
      let file = try FileDescriptor.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
      withExtendedLifetime(file) {}
    } catch {
      throw .unwritable(what: "\(error)")
    }
    do {
      var configuration = Configuration()
      configuration.label = "journal copy"
      let queue = try DatabaseQueue(path: temporary, configuration: configuration)
      try source.backup(to: queue)
      try queue.writeWithoutTransaction { db in
        // One file, whatever the original is in: a copy is carried about without helper files.
        try db.execute(sql: "PRAGMA journal_mode = DELETE")
      }
      try queue.close()
    } catch {
      throw JournalFailure(error, .writing, path: temporary)
    }
  }

  private static func publish(_ temporary: String, as place: JournalPath) throws(JournalFailure) {
    do {
      try FileDescriptor.open(temporary, O_RDONLY).synchronize(path: temporary)
      // link, unlike rename, does not replace what is there.
      guard link(temporary, place.file) == 0 else {
        if errno == EEXIST { throw HostError.fileExists(path: place.file) }
        throw HostError.file(operation: "create", path: place.file, code: errno)
      }
      try Files.synchronize(folder: place.folder)
    } catch {
      throw .unwritable(what: "\(error)")
    }
  }
}

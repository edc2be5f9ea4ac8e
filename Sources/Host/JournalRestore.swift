import GRDB
import Glibc
package import Outbox

/// Puts a backup in a journal's place, in two steps: everything that can be refused is refused when the value is made,
/// and `commit` moves files only.
///
/// A backup has forgotten what was promised after it. The keeper finds that out from the chain (a nonce it knows
/// nothing of) and halts; until it has looked, it must not sign. So whoever restores sets the halt marker before
/// `commit`, which is not this type's affair.
package struct JournalRestore {
  /// What the backup holds.
  package let backup: JournalVerification
  /// What the journal in place holds; nil when there is none, or it does not verify.
  package let replaced: JournalVerification?
  /// Why the journal in place does not verify, for the operator; nil when it does, or there is none.
  package let damage: String?

  private let lock: WriterLock
  private let temporary: String

  /// Verifies the backup and copies it beside the journal.
  ///
  /// - Parameters:
  ///   - forgettingNewer: go on although the journal in place is sound and knows of promises that the backup does not.
  ///   - program: the program's version, for the file's lineage.
  /// - Throws: `locked` while a keeper runs; `corrupt` and the like for a backup that does not verify; `unwritable`
  ///   when promises would be forgotten, or there is no room.
  package init(
    of path: String, from source: String, forgettingNewer: Bool, program: String, at unixSeconds: UInt64
  ) throws(JournalFailure) {
    lock = try WriterLock(journalPath: path)
    let place = lock.path
    let held = try JournalBackup.verified(source)
    backup = held
    (replaced, damage) = try Self.inPlace(place)
    if let replaced, !forgettingNewer, Self.forgets(replaced, held) {
      throw .unwritable(
        what: "the journal in place is sound and holds \(replaced.promises.sequence) promise records, the newest "
          + "\(replaced.promises.hash); the backup holds \(held.promises.sequence). Restoring would forget promises. "
          + "If that is meant, say --forget-newer")
    }
    temporary = try JournalBackup.temporaryName(beside: place)
    do {
      try Self.copy(source, to: temporary, program: program, at: unixSeconds)
    } catch {
      JournalBackup.discard(temporary)
      throw error
    }
  }

  /// Moves the journal in place aside, with its helper files, and gives the copy its name.
  ///
  /// - Returns: what the journal in place is called now; nil when there was none.
  /// - Throws: `unwritable`. Cut short by a crash it leaves either no journal or a write-ahead log without one, which
  ///   a keeper refuses, and the files aside; the halt marker stands in both cases. Run it again.
  package func commit(at unixSeconds: UInt64) throws(JournalFailure) -> String? {
    let place = lock.path
    let aside = place.file + ".before-restore-\(unixSeconds)"
    var isMoved = false
    do {
      // The database before its log: a log alone is refused, a database without its log would have lost its last
      // promises without a word.
      for suffix in ["", "-wal", "-shm"] {
        if try JournalPath.status(aside + suffix) != nil { throw HostError.fileExists(path: aside + suffix) }
        guard try JournalPath.status(place.file + suffix) != nil else { continue }
        try Self.rename(place.file + suffix, aside + suffix)
        isMoved = true
      }
      try Self.rename(temporary, place.file)
      try Files.synchronize(folder: place.folder)
    } catch let failure as JournalFailure {
      throw failure
    } catch {
      throw .unwritable(what: "\(error)")
    }
    return isMoved ? aside : nil
  }

  /// Takes the copy away again, when `commit` is not to happen.
  package func abandon() { JournalBackup.discard(temporary) }

  /// Whether the journal in place knows something that the backup does not. Its chain goes on where the backup's ends,
  /// or it is another chain altogether; only the very same promises forget nothing.
  private static func forgets(_ replaced: JournalVerification, _ backup: JournalVerification) -> Bool {
    replaced.promises.sequence > backup.promises.sequence
      || (replaced.promises.sequence == backup.promises.sequence && replaced.promises.hash != backup.promises.hash)
  }

  private static func inPlace(_ place: JournalPath) throws(JournalFailure) -> (JournalVerification?, String?) {
    guard try JournalPath.status(place.file) != nil else {
      if try JournalPath.status(place.writeAheadLog) != nil { return (nil, "\(place.file) is gone, its log is there") }
      return (nil, nil)
    }
    do {
      return (try JournalBackup.verified(place.file), nil)
    } catch {
      return (nil, error.description)
    }
  }

  private static func copy(
    _ source: String, to temporary: String, program: String, at unixSeconds: UInt64
  ) throws(JournalFailure) {
    try JournalBackup.make(of: source, at: temporary)
    do {
      let queue = try DatabaseQueue(path: temporary)
      try queue.write { db in
        if case .ours(let version) = try JournalSchema.state(db, path: temporary), version >= 2 {
          try JournalSchema.note(
            "restored from \(source)", program: program, at: Int64(clamping: unixSeconds), in: db)
        }
      }
      try queue.close()
      try FileDescriptor.open(temporary, O_RDONLY).synchronize(path: temporary)
    } catch {
      throw JournalFailure(error, .writing, path: temporary)
    }
  }

  private static func rename(_ old: String, _ new: String) throws(HostError) {
    guard Glibc.rename(old, new) == 0 else {
      throw .file(operation: "move to \(new)", path: old, code: errno)
    }
  }
}

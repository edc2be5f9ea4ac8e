import Ethereum
import Foundation
import GRDB
import Glibc
import Outbox
import Testing

@testable import Host

@Suite struct JournalStoreTests {
  let folder: TemporaryFolder
  var path: String { folder("journal.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private func store() throws -> SQLiteJournalStore { try SQLiteJournalStore(lock: WriterLock(journalPath: path)) }

  /// Runs SQL on the journal as an operator's sqlite3 would.
  private func tamper(_ sql: String...) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in for sql in sql { try db.execute(sql: sql) } }
    try queue.close()
  }

  private func failure(_ body: () throws -> Void) -> JournalFailure? {
    do {
      try body()
      return nil
    } catch {
      return error as? JournalFailure
    }
  }

  @Test func durabilityIsReallyInForce() throws {
    let store = try store()
    #expect(try store.durability() == ("wal", 2))
    try store.append([entry(.promises, 1)])
    #expect(try store.durability() == ("wal", 2))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(stat(path + "-wal", &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test func whatWasAppendedIsReplayedAfterReopening() throws {
    let bytes = String(decoding: (0..<128).map { UInt8($0) }, as: UTF8.self)
    let promises = try (1...300).map { try entry(.promises, $0, "p\($0)" + bytes, at: 1_700_000_000 - $0) }
    let observations = try (1...50).map { try entry(.observations, $0, "") }
    do {
      let store = try store()
      try store.append(promises.dropLast() + observations)
      try store.append([promises[299]])
      try store.append([])
      #expect(try store.all(.promises) == promises)
    }
    let store = try store()
    #expect(try store.all(.promises) == promises)
    #expect(try store.all(.observations) == observations)
    #expect(try store.all(.promises, from: 299).map(\.sequence) == [299, 300])
    #expect(try store.all(.promises, from: 301).isEmpty)
    #expect(try store.all(.promises, from: .max).isEmpty)
  }

  @Test func aSequenceHeldIsRefusedAndNothingOfTheCallIsKept() throws {
    let store = try store()
    try store.append([entry(.promises, 1, "first")])
    let failure = failure {
      try store.append([entry(.promises, 2), entry(.observations, 1), entry(.promises, 1, "second")])
    }
    #expect(failure == .sequenceTaken(stream: .promises, sequence: 1))
    let reader = try SQLiteJournalReader(path: path)
    #expect(try reader.all(.promises).map(\.payload) == [Array("first".utf8)])
    #expect(try reader.all(.observations).isEmpty)
  }

  @Test func aFailedWriteClosesTheStore() throws {
    let store = try store()
    try store.append([entry(.promises, 1)])
    #expect(failure { try store.append([entry(.promises, 1)]) } != nil)
    for attempt in [{ try store.append([entry(.promises, 2)]) }, { try store.pruneObservations(through: 1) }] {
      guard case .closed = failure(attempt) else {
        Issue.record("still open")
        return
      }
    }
    #expect(try SQLiteJournalReader(path: path).all(.promises).count == 1)
  }

  @Test func pruningForgetsObservationsOnlyAndKeepsTheNewest() throws {
    let store = try store()
    try store.append(try (1...10).map { try entry(.promises, $0) } + (1...10).map { try entry(.observations, $0) })
    try store.pruneObservations(through: 4)
    #expect(try store.all(.observations).map(\.sequence) == Array(5...10))
    try store.pruneObservations(through: 4)
    try store.pruneObservations(through: .max)
    #expect(try store.all(.observations).map(\.sequence) == [10])
    #expect(try store.all(.promises).count == 10)
    try store.append([entry(.observations, 11)])
    #expect(try store.all(.observations).map(\.sequence) == [10, 11])
  }

  @Test func aReplayEndsAtItsLimitAndTheNewestIsKnown() throws {
    func check(_ source: any JournalSource) throws {
      #expect(try source.newestSequence(.promises) == 0)
      #expect(try source.newestSequence(.observations) == 7)
      for (from, limit, expected) in [
        (0, 2, [3, 4]), (4, 3, [4, 5, 6]), (6, 9, [6, 7]), (5, .max, [5, 6, 7]), (3, 0, []), (8, 1, []),
      ] as [(UInt64, UInt64, [UInt64])] {
        var seen: [UInt64] = []
        try source.replay(.observations, from: from, limit: limit) { seen.append($0.sequence) }
        #expect(seen == expected, "\(limit) from \(from)")
      }
      #expect(try source.all(.observations).count == 5)
    }
    let store = try store()
    #expect(try store.newestSequence(.observations) == 0)
    try store.append(try (1...7).map { try entry(.observations, $0) })
    try store.pruneObservations(through: 2)
    try check(store)
    try check(try SQLiteJournalReader(path: path))
  }

  @Test func theBodyMayStopAReplayAndMayAskAgain() throws {
    let store = try store()
    try store.append(try (1...5).map { try entry(.promises, $0) })
    var seen: [UInt64] = []
    let failure = failure {
      try store.replay(.promises, from: 2) { entry throws(JournalFailure) in
        try store.replay(.promises, from: 5) { seen.append($0.sequence) }
        if entry.sequence == 3 { throw .corrupt(stream: .promises, sequence: 3, difference: "test") }
      }
    }
    #expect(failure == .corrupt(stream: .promises, sequence: 3, difference: "test"))
    #expect(seen == [5, 5])
  }

  @Test func entriesCannotBeChangedNorPromisesDeletedBySQL() throws {
    do { try store().append([entry(.promises, 1), entry(.observations, 1)]) }
    for sql in ["UPDATE promises SET payload = x'00'", "UPDATE observations SET hash = hash", "DELETE FROM promises"] {
      #expect(throws: DatabaseError.self) { try tamper(sql) }
    }
  }

  @Test func aSecondWriterIsRefusedAndNamesTheFirst() throws {
    let first = try WriterLock(journalPath: path)
    guard case .locked(let what) = failure({ _ = try WriterLock(journalPath: path) }) else {
      Issue.record("two writers")
      return
    }
    #expect(what.contains("process \(getpid())"))
    // The same journal by another name.
    try FileManager.default.createSymbolicLink(atPath: folder("other"), withDestinationPath: folder.path)
    #expect(failure { _ = try WriterLock(journalPath: folder("other/journal.sqlite")) } != nil)
    #expect(first.journalPath.hasSuffix("/journal.sqlite"))
  }

  @Test func theLockFallsWithItsOwnerAndAStaleFileMeansNothing() throws {
    do { _ = try WriterLock(journalPath: path) }
    #expect(FileManager.default.fileExists(atPath: path + ".lock"))
    #expect(!WriterLock.isHeld(for: try JournalPath(path)))
    let lock = try WriterLock(journalPath: path)
    #expect(WriterLock.isHeld(for: lock.path))
  }

  @Test func aRemovedLockFileStopsTheWriter() throws {
    let store = try store()
    try store.append([entry(.promises, 1)])
    unlink(path + ".lock")
    guard case .unwritable(let what) = failure({ try store.append([entry(.promises, 2)]) }) else {
      Issue.record("still writing")
      return
    }
    #expect(what.contains(".lock"))
  }

  @Test func aJournalMovedAwayStopsTheWriter() throws {
    let store = try store()
    try store.append([entry(.promises, 1)])
    rename(path, folder("moved.sqlite"))
    guard case .unwritable(let what) = failure({ try store.append([entry(.promises, 2)]) }) else {
      Issue.record("still writing")
      return
    }
    #expect(what.contains("moved"))
  }

  @Test func aLogWithoutItsJournalIsNotTakenForANewOne() throws {
    try folder.write("not empty", to: "journal.sqlite-wal")
    guard case .unreadable(let what) = failure({ _ = try store() }) else {
      Issue.record("started anew")
      return
    }
    #expect(what.contains("-wal"))
  }

  @Test(arguments: [
    "CREATE TABLE t (x)", "PRAGMA application_id = 7",
    "PRAGMA application_id = 0x564b7072; PRAGMA user_version = 99; CREATE TABLE promises (x)",
    "PRAGMA application_id = 0x564b7072; PRAGMA user_version = 1; CREATE TABLE promises (x)",
  ])
  func anotherDatabaseIsRefusedUntouched(sql: String) throws {
    try tamper(sql)
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    for attempt in [{ _ = try store() }, { _ = try SQLiteJournalReader(path: path) }] {
      guard case .foreignFormat = failure(attempt) else {
        Issue.record("\(String(describing: failure(attempt)))")
        return
      }
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test func aFileThatIsNoDatabaseIsRefusedUntouched() throws {
    let text = String(repeating: "chains:\n  - id: 1\n", count: 100)
    try folder.write(text, to: "journal.sqlite")
    for attempt in [{ _ = try store() }, { _ = try SQLiteJournalReader(path: path) }] {
      guard case .foreignFormat = failure(attempt) else {
        Issue.record("\(String(describing: failure(attempt)))")
        return
      }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test func filesThatOthersMayWriteAreRefused() throws {
    do { try store().append([entry(.promises, 1)]) }
    chmod(path, 0o622)
    guard case .unwritable(let what) = failure({ _ = try store() }) else {
      Issue.record("accepted")
      return
    }
    #expect(what.contains("chmod 600"))
    chmod(path, 0o600)
    link(path, folder("second.sqlite"))
    #expect(failure { _ = try store() } != nil)
  }

  @Test func foldersThatWillNotDoAreRefused() throws {
    #expect(failure { _ = try WriterLock(journalPath: folder("missing/journal.sqlite")) } != nil)
    #expect(failure { _ = try WriterLock(journalPath: "") } != nil)
    #expect(failure { _ = try WriterLock(journalPath: folder.path + "/") } != nil)
    try folder.write("", to: "file")
    #expect(failure { _ = try WriterLock(journalPath: folder("file/journal.sqlite")) } != nil)
    chmod(folder.path, 0o777)
    guard case .unwritable(let what) = failure({ _ = try WriterLock(journalPath: path) }) else {
      Issue.record("accepted")
      return
    }
    #expect(what.contains("chmod o-w"))
  }

  @Test func aDamagedPageIsAFailureAndNoTrap() throws {
    do { try store().append(try (1...2000).map { try entry(.promises, $0, String(repeating: "x", count: 200)) }) }
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(data.count > 100_000)
    for index in stride(from: 8192, to: data.count, by: 1) { data[index] = 0xa5 }
    try data.write(to: URL(fileURLWithPath: path))
    chmod(path, 0o600)
    let reader = try SQLiteJournalReader(path: path)
    guard case .unreadable(let what) = failure({ _ = try reader.all(.promises) }) else {
      Issue.record("\(String(describing: failure { _ = try reader.all(.promises) }))")
      return
    }
    #expect(what.contains("damaged"))
    #expect(try !reader.structuralProblems().isEmpty)
  }

  @Test func aTruncatedFileIsAFailureAndNoTrap() throws {
    do { try store().append(try (1...2000).map { try entry(.promises, $0, String(repeating: "x", count: 200)) }) }
    var status = stat()
    stat(path, &status)
    for size in [100, 4096, 8192, Int(status.st_size) / 2] {
      truncate(path, off_t(size))
      #expect(failure { _ = try store().all(.promises) } != nil, "\(size)")
    }
  }

  @Test func aForeignWriterIsWaitedForAndThenNamed() throws {
    let store = try store()
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let foreign = try DatabaseQueue(path: path, configuration: configuration)
    try foreign.writeWithoutTransaction { db in try db.execute(sql: "BEGIN IMMEDIATE") }
    guard case .locked = failure({ try store.append([entry(.promises, 1)]) }) else {
      Issue.record("not locked")
      return
    }
    try foreign.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
  }
}

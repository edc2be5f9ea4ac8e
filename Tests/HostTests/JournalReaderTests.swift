import Foundation
import Glibc
import Outbox
import Testing

@testable import Host

/// For good, so only in an exit test.
private func becomeNobody() throws {
  guard setgid(65534) == 0, setuid(65534) == 0 else { throw POSIXError(.EPERM) }
}

@Suite struct JournalReaderTests {
  let folder: TemporaryFolder
  var path: String { folder("journal.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private func store() throws -> SQLiteJournalStore { try SQLiteJournalStore(lock: WriterLock(journalPath: path)) }

  @Test func readsBesideARunningWriterWithoutALock() throws {
    let store = try store()
    try store.append([entry(.promises, 1)])
    let reader = try SQLiteJournalReader(path: path)
    #expect(try reader.all(.promises).count == 1)
    try store.append([entry(.promises, 2)])
    #expect(try reader.all(.promises).count == 2)
    #expect(try reader.structuralProblems().isEmpty)
  }

  @Test func oneReplaySeesOneState() throws {
    let store = try store()
    try store.append(try (1...5).map { try entry(.observations, $0) })
    let reader = try SQLiteJournalReader(path: path)
    var seen: [UInt64] = []
    try reader.replay(.observations, from: 0) { entry throws(JournalFailure) in
      if seen.isEmpty { try store.pruneObservations(through: 4) }
      seen.append(entry.sequence)
    }
    #expect(seen == [1, 2, 3, 4, 5])
    #expect(try reader.all(.observations).map(\.sequence) == [5])
  }

  @Test func readsAfterTheWriterHasGone() throws {
    do { try store().append([entry(.promises, 1)]) }
    #expect(try SQLiteJournalReader.isPresent(at: path))
    #expect(try SQLiteJournalReader(path: path).all(.promises).count == 1)
    // And leaves nothing that keeps a writer out.
    #expect(try store().all(.promises).count == 1)
  }

  @Test func noJournalIsSaidSo() throws {
    #expect(try !SQLiteJournalReader.isPresent(at: path))
    #expect(throws: JournalFailure.self) { try SQLiteJournalReader(path: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// SQLite takes it for an empty database; filling it anew would be to forget every promise.
  @Test(arguments: [0, 1, 50]) func aFileCutToNothingIsNoJournalToReadNorToFill(bytes: Int) throws {
    do { try store().append([entry(.promises, 1)]) }
    truncate(path, off_t(bytes))
    for open in [{ _ = try SQLiteJournalReader(path: self.path) }, { _ = try self.store() }] as [() throws -> Void] {
      #expect(throws: JournalFailure.self) { try open() }
    }
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_size == off_t(bytes), "it is left as it is")
  }

  /// As nobody, in a process of its own: root may write anywhere.
  @Test(.enabled(if: geteuid() == 0)) func readsAReadOnlyCopyAndRefusesWhatItWouldMisread() async throws {
    do { try store().append([entry(.promises, 1)]) }
    unlink(path + "-shm")
    unlink(path + "-wal")
    unlink(path + ".lock")
    chmod(path, 0o444)
    chmod(folder.path, 0o555)
    let path = self.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      try becomeNobody()
      #expect(try SQLiteJournalReader(path: path).all(.promises).count == 1)
      #expect(!FileManager.default.fileExists(atPath: path + "-shm"))
    }
    // With entries in a log that cannot be read safely, the answer is no.
    chmod(folder.path, 0o755)
    try folder.write("log", to: "journal.sqlite-wal", mode: 0o444)
    chmod(folder.path, 0o555)
    await #expect(processExitsWith: .success) { [path = path as String] in
      try becomeNobody()
      let failure = #expect(throws: JournalFailure.self) { try SQLiteJournalReader(path: path) }
      #expect(failure.map { "\($0)".contains("-wal") } == true)
    }
    chmod(folder.path, 0o755)
    unlink(path + "-wal")
    // Nor may a stranger leave helper files behind in a folder he can write.
    chmod(folder.path, 0o777)
    await #expect(processExitsWith: .success) { [path = path as String] in
      try becomeNobody()
      #expect(try SQLiteJournalReader(path: path).all(.promises).count == 1)
      #expect(!FileManager.default.fileExists(atPath: path + "-shm"))
    }
    // Not readable at all: the message says who can.
    chmod(folder.path, 0o755)
    chmod(path, 0o600)
    await #expect(processExitsWith: .success) { [path = path as String] in
      try becomeNobody()
      let failure = #expect(throws: JournalFailure.self) { try SQLiteJournalReader(path: path) }
      #expect(failure.map { "\($0)".contains("as root") } == true)
    }
  }
}

import Ethereum
import Foundation
import GRDB
import Glibc
import Outbox
import Testing

@testable import Host

/// Journals of earlier releases (`Tests/Fixtures/Journal`).
@Suite struct JournalMigrationTests {
  let folder: TemporaryFolder
  var path: String { folder("journal.sqlite") }

  init() throws {
    folder = try TemporaryFolder()
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Journal")
    try FileManager.default.copyItem(
      atPath: fixtures.appendingPathComponent("format-1.sqlite").path, toPath: folder("journal.sqlite"))
    chmod(folder("journal.sqlite"), 0o600)
  }

  private func versions(_ path: String) throws -> Int64? {
    let queue = try DatabaseQueue(path: path)
    defer { do { try queue.close() } catch { Issue.record("\(error)") } }
    return try queue.read { db in try Int64.fetchOne(db, sql: "PRAGMA user_version") }
  }

  @Test func aReaderTakesTheOldFormatAsItIs() throws {
    let reader = try SQLiteJournalReader(path: path)
    let found = try reader.verified()
    #expect(reader.version == 1 && found.promises.sequence == 8 && found.observations.sequence == 13)
    #expect(try reader.lineage().isEmpty)
    #expect(try versions(path) == 1)
  }

  @Test func opening1BacksUpMigratesVerifiesAndGoesOn() throws {
    let before = try SQLiteJournalReader(path: path).verified()
    let store = try SQLiteJournalStore(lock: WriterLock(journalPath: path), program: "0.2.0", at: 1_800_000_000)
    let journal = try Journal(open: store)
    #expect(journal.tails.promises == before.promises && journal.tails.observations == before.observations)
    // Records of the earlier release are read, and tell the same story.
    var names: [String] = []
    try journal.reader.replayPromises { (durable) throws(JournalFailure) in names.append(durable.record.name) }
    #expect(
      names == ["reserved", "signed", "submitted", "mined", "orderPlaced", "orderOutcome", "settled", "orderOutcome"])
    let policy = LanePolicy(chainID: 7_777_777_777, feeCeilingWei: .max, gasBudgetWei: .max)
    let outbox = try Outbox(policies: [policy], replaying: journal.reader)
    #expect(outbox.state.lanes.map(\.nextFreeNonce) == [1] && outbox.state.openOrders.isEmpty)
    #expect(outbox.state.endedOrders.map(\.note.state) == ["filled"])
    _ = try journal.append([.resumed(note: "on")], at: 1_800_000_001)

    let reader = try SQLiteJournalReader(path: path)
    #expect(try reader.verified().promises.sequence == 9)
    #expect(
      try reader.lineage() == [
        JournalEvent(unixSeconds: 1_800_000_000, program: "0.2.0", event: "migrated from format 1 to 2")
      ])
    let copy = path + ".format-1-1800000000"
    #expect(try versions(copy) == 1)
    #expect(try SQLiteJournalReader(path: copy).verified() == before)
  }

  @Test func aSecondOpeningMigratesNothing() throws {
    for time in [UInt64(1), 2] {
      _ = try SQLiteJournalStore(lock: WriterLock(journalPath: path), program: "0.2.0", at: time)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(".format-") }
    #expect(names == ["journal.sqlite.format-1-1"])
    #expect(try SQLiteJournalReader(path: path).lineage().count == 1)
  }

  @Test func aNewerFormatIsRefusedUntouched() throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA user_version = 3") }
    try queue.close()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for open in [
      { () throws -> Void in _ = try SQLiteJournalReader(path: self.path) },
      { () throws -> Void in _ = try SQLiteJournalStore(lock: WriterLock(journalPath: self.path)) },
    ] {
      let failure = #expect(throws: JournalFailure.self) { try open() }
      guard case .foreignFormat(let what) = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
      #expect(what.contains("format 3"))
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
  }

  /// Without room for the copy nothing is migrated.
  @Test func aBackupThatCannotBeMadeStopsTheMigration() async throws {
    let path = path
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 50_000, rlim_max: 50_000)
      setrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limit)
      let failure = #expect(throws: JournalFailure.self) {
        _ = try SQLiteJournalStore(lock: WriterLock(journalPath: path))
      }
      guard case .unwritable = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
    }
    #expect(try versions(path) == 1)
    #expect(try SQLiteJournalReader(path: path).verified().promises.sequence == 8)
  }
}

@Suite struct JournalExportTests {
  let folder: TemporaryFolder
  var path: String { folder("journal.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private func export(_ streams: [JournalStream] = JournalStream.allCases, from: UInt64 = 1) throws -> [[UInt8]] {
    let reader = try SQLiteJournalReader(path: path)
    var lines: [[UInt8]] = []
    for stream in streams { try reader.replay(stream, from: from) { lines.append(JournalExport.line($0)) } }
    return lines
  }

  private func exported(_ lines: [[UInt8]]) throws -> ExportedJournal {
    let file = folder("export.jsonl")
    try Data(lines.joined(separator: [10])).write(to: URL(fileURLWithPath: file))
    return try ExportedJournal(path: file)
  }

  @Test func anExportIsTheJournalAndVerifiesAsSuch() throws {
    try writeJournal(at: path, promises: 30, observations: 20)
    let reader = try SQLiteJournalReader(path: path)
    let lines = try export()
    #expect(lines.count == 50)
    let source = try exported(lines)
    for stream in JournalStream.allCases { #expect(try source.all(stream) == reader.all(stream)) }
    #expect(try JournalExcerpt(verifying: source).isWhole)
    #expect(try JournalReader(source).verify() == reader.verified())
    #expect(try source.newestSequence(.promises) == 30)
    // As any program may write it anew.
    let pretty = try lines.map { try JSON.parse($0).encoded() }
    #expect(pretty != lines)
    #expect(try JournalReader(exported(pretty)).verify() == reader.verified())
  }

  @Test func aPartIsVerifiedForItself() throws {
    try writeJournal(at: path, promises: 30, observations: 20)
    let part = try JournalExcerpt(verifying: exported(export(from: 11)))
    #expect(!part.isWhole && part.parts.map(\.first) == [11, 11] && part.parts.map(\.tail.sequence) == [30, 20])
    let one = try JournalExcerpt(verifying: exported(export([.observations])))
    #expect(!one.isWhole && one.parts.map(\.stream) == [.observations])
  }

  @Test func whatWasChangedIsFound() throws {
    try writeJournal(at: path, promises: 10, observations: 10)
    let lines = try export()
    func isFound(_ lines: [[UInt8]]) throws -> Bool {
      do {
        let source = try exported(lines)
        guard try JournalExcerpt(verifying: source).isWhole else { return true }
        return try JournalReader(source).verify() != SQLiteJournalReader(path: path).verified()
      } catch {
        return error is JournalFailure
      }
    }
    #expect(try !isFound(lines))
    for index in lines.indices {
      var missing = lines
      missing.remove(at: index)
      #expect(try isFound(missing), "line \(index) is missing")
      var changed = lines
      changed[index][changed[index].count / 2] ^= 1
      #expect(try isFound(changed), "line \(index) is changed")
      #expect(try isFound(lines.dropLast(lines.count - index) + [lines[index].dropLast(10)]), "cut in line \(index)")
    }
    #expect(throws: JournalFailure.self) { _ = try JournalExcerpt(verifying: exported([Array("{}".utf8)])) }
  }

  @Test func everyByteMustArrive() async throws {
    let target = folder("out")
    await #expect(processExitsWith: .success) { [target = target as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      setrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limit)
      let sink = ExportSink(descriptor: open(target, O_WRONLY | O_CREAT, 0o600))
      let line = [UInt8](repeating: 0x61, count: 999)
      #expect(throws: JournalFailure.self) {
        for _ in 0..<200 { try sink.write(line) }
        try sink.flush()
      }
    }
  }
}

import Ethereum
import Foundation
import GRDB
import Glibc
import Outbox
import Testing

@testable import Host

/// A journal with real records, whose chains verify.
func writeJournal(at path: String, promises: Int, observations: Int = 3) throws {
  let journal = try Journal(open: try SQLiteJournalStore(lock: WriterLock(journalPath: path)))
  for number in 0..<max(promises, observations) {
    if number < observations {
      let record = ObservationRecord(
        kind: "tick", configurationHash: .zero, head: nil,
        report: [
          "number": .integer(Int64(number)), "text": "a \"quoted\" line\n, and \u{1F510}", "ratio": .number(0.1),
        ])
      try journal.observe([record], at: 1_700_000_000)
    }
    if number < promises { _ = try journal.append([.resumed(note: "note \(number)")], at: 1_700_000_000) }
  }
}

private func failure(_ body: () throws -> Void) -> JournalFailure? {
  do {
    try body()
    return nil
  } catch {
    return error as? JournalFailure
  }
}

@Suite struct JournalBackupTests {
  let folder: TemporaryFolder
  var path: String { folder("journal.sqlite") }
  var copy: String { folder("copy.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
  }

  @Test func aBackupBesideARunningWriterIsOneFileThatVerifies() throws {
    let journal = try Journal(open: try SQLiteJournalStore(lock: WriterLock(journalPath: path)))
    _ = try journal.append([.resumed(note: "first")], at: 1)
    let held = try JournalBackup.make(of: path, at: copy)
    #expect(held.promises.sequence == 1)
    _ = try journal.append([.resumed(note: "second")], at: 2)
    #expect(
      try files == ["copy.sqlite", "journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal", "journal.sqlite.lock"])
    var status = stat()
    #expect(stat(copy, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(try SQLiteJournalReader(path: copy).verified() == held)
    #expect(try JournalBackup.make(of: path, at: folder("second")).promises.sequence == 2)
  }

  @Test func nothingIsOverwritten() throws {
    try writeJournal(at: path, promises: 1)
    for name in ["copy.sqlite", "copy.sqlite-wal"] {
      let place = try folder.write("precious", to: name)
      let failure = failure { try JournalBackup.make(of: path, at: copy) }
      guard case .unwritable(let what) = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
      #expect(what.contains(name))
      #expect(try String(contentsOfFile: place, encoding: .utf8) == "precious")
      unlink(place)
    }
  }

  @Test func aFullDiskLeavesNothingThatLooksLikeABackup() async throws {
    try writeJournal(at: path, promises: 200, observations: 200)
    let (path, copy) = (path, copy)
    await #expect(processExitsWith: .success) { [path = path as String, copy = copy as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 50_000, rlim_max: 50_000)
      setrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limit)
      let failure = #expect(throws: JournalFailure.self) { try JournalBackup.make(of: path, at: copy) }
      guard case .unwritable = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
    }
    #expect(try files.allSatisfy { $0.hasPrefix("journal.sqlite") })
    #expect(try SQLiteJournalReader(path: path).verified().promises.sequence == 200)
  }

  /// On a file system of 256 KiB: what fits is kept, what does not is refused, and the journal goes on when there is
  /// room again.
  @Test(.enabled(if: geteuid() == 0, "mounting a file system takes root"))
  func aFullFileSystemRefusesAndLosesNothing() throws {
    let small = folder("small")
    try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
    guard mount("tmpfs", small, "tmpfs", 0, "size=256k") == 0 else {
      print("skipped: no file system can be mounted here (\(HostError.text(of: errno)))")
      return
    }
    defer { umount2(small, Int32(MNT_DETACH)) }
    let path = small + "/journal"
    var kept = 0
    do {
      let journal = try Journal(open: try SQLiteJournalStore(lock: WriterLock(journalPath: path)))
      let found = failure {
        for number in 0..<10_000 {
          _ = try journal.append([.resumed(note: String(repeating: "\(number % 10)", count: 500))], at: 1)
          kept += 1
        }
      }
      guard case .unwritable(let what) = found else {
        Issue.record("\(String(describing: found))")
        return
      }
      #expect(what.contains(path))
      #expect(kept > 20)
      guard case .closed = failure({ _ = try journal.append([.resumed(note: "x")], at: 1) }) else {
        Issue.record("a journal that failed goes on")
        return
      }
    }
    guard mount("tmpfs", small, "tmpfs", UInt(MS_REMOUNT), "size=4m") == 0 else {
      Issue.record("no room can be made: \(HostError.text(of: errno))")
      return
    }
    let journal = try Journal(open: try SQLiteJournalStore(lock: WriterLock(journalPath: path)))
    let held = Int(journal.tails.promises.sequence)
    // The entry that failed may be held or not; those before it must be.
    #expect(held == kept || held == kept + 1)
    _ = try journal.append([.resumed(note: "room again")], at: 2)
    #expect(try SQLiteJournalReader(path: path).verified().promises.sequence == UInt64(held + 1))
  }

  /// Bits turned at drawn offsets: either it is found, or what is held is what was written (SQLite has bytes that mean
  /// nothing). No trap, and nothing else is ever read.
  @Test func turnedBitsAreFoundOrMeanNothing() throws {
    try writeJournal(at: path, promises: 40, observations: 40)
    try JournalBackup.make(of: path, at: copy)
    let reader = try SQLiteJournalReader(path: copy)
    let (promises, observations) = (try reader.all(.promises), try reader.all(.observations))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
    var found = 0
    var draw: UInt64 = 0x9e37_79b9_7f4a_7c15
    let rounds = 300
    for _ in 0..<rounds {
      draw = draw &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var damaged = bytes
      damaged[Int(draw >> 24) % bytes.count] ^= UInt8(1) << UInt8(draw >> 8 & 7)
      let place = folder("damaged")
      try damaged.write(to: URL(fileURLWithPath: place))
      let failure = failure {
        _ = try JournalBackup.verified(place)
        let reader = try SQLiteJournalReader(path: place)
        #expect(try reader.all(.promises) == promises && reader.all(.observations) == observations)
      }
      if failure != nil { found += 1 }
      for suffix in ["", "-wal", "-shm", "-journal"] { unlink(place + suffix) }
    }
    #expect(found > rounds / 2, "only \(found) of \(rounds) were found")
  }

  @Test func aTruncatedOrForeignFileIsNoBackup() throws {
    try writeJournal(at: path, promises: 40, observations: 40)
    try JournalBackup.make(of: path, at: copy)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
    for length in [1, 100, 4_096, 10_000, bytes.count / 2, bytes.count - 4_096, bytes.count - 1] {
      let place = folder("short")
      try bytes.prefix(length).write(to: URL(fileURLWithPath: place))
      #expect(failure { _ = try JournalBackup.verified(place) } != nil, "\(length) bytes")
      unlink(place)
    }
    let foreign = try folder.write("precious text of somebody else, long enough for a header", to: "foreign")
    guard case .foreignFormat = failure({ _ = try JournalBackup.verified(foreign) }) else {
      Issue.record("a foreign file is taken")
      return
    }
  }
}

@Suite struct JournalRestoreTests {
  let folder: TemporaryFolder
  var path: String { folder("journal.sqlite") }
  var copy: String { folder("copy.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private func restore(forgettingNewer: Bool = false) throws -> String? {
    let restore = try JournalRestore(
      of: path, from: copy, forgettingNewer: forgettingNewer, program: "9.9", at: 1_700_000_123)
    return try restore.commit(at: 1_700_000_123)
  }

  @Test func aBackupTakesTheJournalsPlaceAndNothingIsDeleted() throws {
    try writeJournal(at: path, promises: 5)
    try JournalBackup.make(of: path, at: copy)
    let aside = try #require(try restore())
    #expect(try SQLiteJournalReader(path: aside).verified().promises.sequence == 5)
    let reader = try SQLiteJournalReader(path: path)
    #expect(try reader.verified().promises.sequence == 5)
    #expect(try reader.lineage().map(\.event) == ["made", "restored from \(copy)"])
    #expect(try reader.lineage().last?.program == "9.9")
    // It goes on where it was.
    let journal = try Journal(open: try SQLiteJournalStore(lock: WriterLock(journalPath: path)))
    _ = try journal.append([.resumed(note: "on")], at: 3)
    #expect(try SQLiteJournalReader(path: copy).verified().promises.sequence == 5, "the backup stays what it was")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasSuffix(".new") })
  }

  @Test func newerPromisesAreForgottenOnlyOnRequest() throws {
    try writeJournal(at: path, promises: 5)
    try JournalBackup.make(of: path, at: copy)
    do {
      let journal = try Journal(open: try SQLiteJournalStore(lock: WriterLock(journalPath: path)))
      _ = try journal.append([.resumed(note: "newer")], at: 3)
    }
    let refused = failure { _ = try restore() }
    guard case .unwritable(let what) = refused else {
      Issue.record("\(String(describing: refused))")
      return
    }
    #expect(what.contains("holds 6 promise records") && what.contains("--forget-newer"))
    #expect(try SQLiteJournalReader(path: path).verified().promises.sequence == 6)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasSuffix(".new") })
    #expect(try restore(forgettingNewer: true) != nil)
    #expect(try SQLiteJournalReader(path: path).verified().promises.sequence == 5)
  }

  @Test func aDamagedJournalIsReplacedAndNamed() throws {
    try writeJournal(at: path, promises: 5)
    try JournalBackup.make(of: path, at: copy)
    truncate(path, 5_000)
    let restore = try JournalRestore(of: path, from: copy, forgettingNewer: false, program: "", at: 7)
    #expect(restore.damage != nil && restore.replaced == nil && restore.backup.promises.sequence == 5)
    let aside = try #require(try restore.commit(at: 7))
    var status = stat()
    #expect(stat(aside, &status) == 0 && status.st_size == 5_000)
    #expect(try SQLiteJournalReader(path: path).verified().promises.sequence == 5)
  }

  @Test func aRunningKeeperAndABadBackupAreRefused() throws {
    try writeJournal(at: path, promises: 5)
    try JournalBackup.make(of: path, at: copy)
    do {
      let lock = try WriterLock(journalPath: path)
      guard case .locked = failure({ _ = try restore() }) else {
        Issue.record("restored under a running keeper")
        return
      }
      withExtendedLifetime(lock) {}
    }
    truncate(copy, 5_000)
    #expect(failure { _ = try restore() } != nil)
    #expect(try SQLiteJournalReader(path: path).verified().promises.sequence == 5)
  }

  /// The moment between the two renames, as a crash would leave it.
  @Test func aRestoreCutShortIsNotTakenForANewJournal() throws {
    try writeJournal(at: path, promises: 5)
    try JournalBackup.make(of: path, at: copy)
    try Data([1]).write(to: URL(fileURLWithPath: path + "-wal"))
    #expect(rename(path, path + ".before-restore-7") == 0)
    #expect(failure { _ = try SQLiteJournalStore(lock: WriterLock(journalPath: path)) } != nil)
    _ = try restore()
    #expect(try SQLiteJournalReader(path: path).verified().promises.sequence == 5)
  }

  private func failure(_ body: () throws -> Void) -> JournalFailure? {
    do {
      try body()
      return nil
    } catch {
      return error as? JournalFailure
    }
  }
}

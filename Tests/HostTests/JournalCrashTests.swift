import Foundation
import Glibc
import Outbox
import Testing

@testable import Host

/// What is left after the worst: a killed process, a full disk.
@Suite struct JournalCrashTests {
  let folder: TemporaryFolder
  var path: String { folder("journal.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [20, 150, 400]) func whatAppendReturnedFromSurvivesAKill(afterMilliseconds: Int) async throws {
    let path = self.path
    let told = folder("told")
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, told = told as String, delay = afterMilliseconds as Int] in
      let store = try SQLiteJournalStore(lock: WriterLock(journalPath: path))
      let log = open(told, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      Thread.detachNewThread {
        usleep(UInt32(delay) * 1000)
        kill(getpid(), SIGKILL)
      }
      for sequence in UInt64(1)... {
        try store.append([entry(.promises, sequence, "p\(sequence)"), entry(.observations, sequence)])
        // The world hears of it only now.
        var byte: UInt8 = 1
        write(log, &byte, 1)
      }
    }
    var status = stat()
    let heard = stat(told, &status) == 0 ? UInt64(status.st_size) : 0
    // Whoever looks first after a crash may only be looking.
    if heard > 0 { #expect(UInt64(try SQLiteJournalReader(path: path).all(.promises).count) >= heard) }
    let store = try SQLiteJournalStore(lock: WriterLock(journalPath: path))
    let promises = try store.all(.promises)
    #expect(UInt64(promises.count) >= heard)
    #expect(promises.map(\.sequence) == Array((1...UInt64(max(1, promises.count))).prefix(promises.count)))
    #expect(promises.allSatisfy { $0.payload == Array("p\($0.sequence)".utf8) })
    // Both streams of a call, or neither.
    #expect(try store.all(.observations).map(\.sequence) == promises.map(\.sequence))
    try store.append([entry(.promises, UInt64(promises.count) + 1)])
  }

  @Test func aFullDiskIsAFailureAndLosesNothing() async throws {
    let path = self.path
    let told = folder("told")
    await #expect(processExitsWith: .success) { [path = path as String, told = told as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 300_000, rlim_max: 300_000)
      setrlimit(__rlimit_resource_t(UInt32(RLIMIT_FSIZE.rawValue)), &limit)
      let store = try SQLiteJournalStore(lock: WriterLock(journalPath: path))
      var kept: UInt64 = 0
      let failure = #expect(throws: JournalFailure.self) {
        for sequence in UInt64(1)...1000 {
          try store.append([entry(.promises, sequence, String(repeating: "x", count: 5000))])
          kept = sequence
        }
      }
      guard case .unwritable(let what) = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
      #expect(what.contains(path) && what.contains("SQLite"))
      #expect(kept > 5)
      try Data("\(kept)".utf8).write(to: URL(fileURLWithPath: told))
    }
    let kept = try #require(Int(String(contentsOfFile: told, encoding: .utf8)))
    let store = try SQLiteJournalStore(lock: WriterLock(journalPath: path))
    let held = try store.all(.promises).count
    // The failed entry may be held or not; those before it must be.
    #expect(held == kept || held == kept + 1)
    try store.append([entry(.promises, UInt64(held) + 1)])
  }

  @Test func aSecondProcessIsRefusedAndTheFirstOnesDeathFreesTheJournal() async throws {
    let path = self.path
    do {
      let lock = try WriterLock(journalPath: path)
      let holder = getpid()
      await #expect(processExitsWith: .success) { [path = path as String, holder = holder as Int32] in
        let failure = #expect(throws: JournalFailure.self) { _ = try WriterLock(journalPath: path) }
        #expect(failure.map { "\($0)".contains("process \(holder)") } == true)
      }
      #expect(WriterLock.isHeld(for: lock.path))
    }
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let lock = try WriterLock(journalPath: path)
      kill(getpid(), SIGKILL)
      withExtendedLifetime(lock) {}
    }
    _ = try WriterLock(journalPath: path)
  }
}

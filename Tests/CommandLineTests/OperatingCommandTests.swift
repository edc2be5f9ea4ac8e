import Foundation
import Host
import Outbox
import Testing

@testable import vaultkeeper

/// The commands of docs/operating.md that need no chain.
@Suite struct OperatingCommandTests {
  private func bench(_ records: [PromiseRecord] = [.resumed(note: "a"), .resumed(note: "b")]) throws -> Workbench {
    let bench = try Workbench()
    try bench.configure()
    let path = bench.folder.appendingPathComponent("vaultkeeper.journal").path
    let journal = try Journal(open: try SQLiteJournalStore(lock: WriterLock(journalPath: path), program: "test"))
    _ = try journal.append(records, at: 1_700_000_000)
    return bench
  }

  private func clean(_ bench: Workbench) {
    do { try bench.remove() } catch { Issue.record("\(error)") }
  }

  @Test func aBackupIsVerifiedAndRestored() throws {
    let bench = try bench()
    defer { clean(bench) }
    let made = try bench.run("journal", "backup", "b.sqlite", "--config", "keeper.yaml")
    #expect(made.status == 0 && made.output.hasSuffix("backed up and verified: b.sqlite\n"), "\(made)")
    let again = try bench.run("journal", "backup", "b.sqlite", "--config", "keeper.yaml")
    #expect(again.status == ExitStatus.journal.rawValue && again.complaints.contains("not overwritten"))
    #expect(try bench.run("journal", "verify", "--file", "b.sqlite").output.hasSuffix("the journal is sound\n"))
    let restored = try bench.run("journal", "restore", "b.sqlite", "--config", "keeper.yaml")
    #expect(restored.status == 0 && restored.output.contains("before-restore-"), "\(restored)")
    #expect(restored.output.contains("restored: ") && restored.output.contains("next:\n  1. start"), "\(restored)")
    #expect(try bench.read("halt").hasPrefix("the journal was restored from b.sqlite; "))
    let verified = try bench.run("journal", "verify", "--config", "keeper.yaml")
    #expect(verified.output.contains("\"restored from b.sqlite\""), "\(verified)")
  }

  @Test func whatCannotBeRestoredHaltsNobody() throws {
    let bench = try bench()
    defer { clean(bench) }
    try bench.write("text", "this is no database, and long enough to look like a file of one; or is it?\n")
    for name in ["text", "absent"] {
      let outcome = try bench.run("journal", "restore", name, "--config", "keeper.yaml")
      #expect(outcome.status == ExitStatus.journal.rawValue, "\(outcome)")
      #expect(!bench.exists("halt"))
    }
  }

  @Test func anExportIsVerifiedAndAChangedOneIsNot() throws {
    let bench = try bench()
    defer { clean(bench) }
    let exported = try bench.run("journal", "export", "--config", "keeper.yaml")
    #expect(exported.status == 0 && exported.output.hasPrefix(#"{"stream":"promises","sequence":1,"#))
    #expect(exported.output.split(separator: "\n").count == 2)
    try bench.write("e.jsonl", exported.output)
    let part = try bench.run("journal", "verify", "--file", "e.jsonl")
    #expect(part.status == 0 && part.output.contains("sound in itself"), "\(part)")
    try bench.write("e.jsonl", exported.output.replacingOccurrences(of: "\"b\"", with: "\"c\""))
    let changed = try bench.run("journal", "verify", "--file", "e.jsonl")
    #expect(changed.status == ExitStatus.journal.rawValue && changed.complaints.contains("entry 2 of promises"))
    let none = try bench.run("journal", "export", "--stream", "observations", "--config", "keeper.yaml")
    #expect(none.status == 0 && none.output.isEmpty)
  }

  @Test func statusSaysWhatIsInTheWay() throws {
    let bench = try bench([.halted(halt: .byOperator(note: "testing", cancelsOrders: true))])
    defer { clean(bench) }
    let status = try bench.run("status", "--config", "keeper.yaml")
    #expect(status.status == ExitStatus.refused.rawValue)
    for reason in ["no keeper runs", "taking orders back: testing", "first-light: no tick is on record"] {
      #expect(status.output.contains(reason), "\(reason): \(status)")
    }
    let json = try bench.run("status", "--json", "--config", "keeper.yaml")
    #expect(json.output.hasPrefix(#"{"canAct":false,"obstacles":["#))
  }

  @Test func haltCancelOrdersLeavesItsWishAndResumeTakesItAway() throws {
    let bench = try Workbench()
    defer { clean(bench) }
    try bench.configure()
    #expect(try bench.run("halt", "--cancel-orders", "--config", "keeper.yaml").status == 0)
    #expect(bench.exists("halt") && bench.exists("halt.cancel-orders"))
    #expect(try bench.run("resume", "--note", "done", "--config", "keeper.yaml").status == 0)
    #expect(!bench.exists("halt") && !bench.exists("halt.cancel-orders"))
    // One that was left behind is not for the next halt.
    try bench.write("halt.cancel-orders", "")
    #expect(try bench.run("halt", "--config", "keeper.yaml").status == 0)
    #expect(!bench.exists("halt.cancel-orders"))
  }

  @Test func aTestAlarmTellsWhatBecameOfIt() throws {
    let bench = try Workbench()
    defer { clean(bench) }
    try bench.configure()
    let text = try bench.read("keeper.yaml")
    let start = try #require(text.range(of: "alarms:\n")).lowerBound
    let script = bench.folder.appendingPathComponent("page").path
    try bench.write("page", "#!/bin/sh\ncat > '\(script).got'\n", mode: 0o700)
    try bench.write("keeper.yaml", String(text[..<start]) + "alarms: {command: [\(script)], timeout: 60s}\n")
    let sent = try bench.run("test-alarm", "--config", "keeper.yaml")
    #expect(sent.status == 0 && sent.output == "command: delivered\n", "\(sent)")
    #expect(try bench.read("page.got").contains(#""phase":"test""#))
    try bench.write("page", "#!/bin/sh\nexit 3\n", mode: 0o700)
    let failed = try bench.run("test-alarm", "--config", "keeper.yaml")
    #expect(failed.status == ExitStatus.refused.rawValue && failed.output == "command: ended with status 3\n")
    try bench.write("keeper.yaml", String(text[..<start]))
    #expect(try bench.run("test-alarm", "--config", "keeper.yaml").status == ExitStatus.refused.rawValue)
  }
}

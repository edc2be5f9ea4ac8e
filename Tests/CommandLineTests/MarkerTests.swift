import Foundation
import Host
import Outbox
import Testing

@testable import vaultkeeper

@Suite struct MarkerTests {
  @Test func theDeskReadsMarkersAndTakesTheNoteAway() throws {
    let bench = try Workbench()
    defer { clean(bench) }
    let desk = MarkerDesk(markerPath: bench.folder.appendingPathComponent("halt").path)
    #expect(desk.haltReason() == nil && desk.resumption() == nil)
    // As `touch` makes it.
    try bench.write("halt", "")
    #expect(desk.haltReason() == "a marker without a reason")
    try bench.write("halt.resume", "looked at it\n")
    #expect(desk.resumption() == "looked at it")
    desk.acknowledgeResumption()
    #expect(desk.resumption() == nil && !bench.exists("halt.resume") && bench.exists("halt"))
    // Again, with nothing there.
    desk.acknowledgeResumption()
    #expect(!bench.exists("halt.resume"))
  }

  @Test func aNoteThatCannotBeTakenAwayHaltsForGood() throws {
    let bench = try Workbench()
    defer { clean(bench) }
    let desk = MarkerDesk(markerPath: bench.folder.appendingPathComponent("halt").path)
    try FileManager.default.createDirectory(
      at: bench.folder.appendingPathComponent("halt.resume"), withIntermediateDirectories: true)
    desk.acknowledgeResumption()
    #expect(desk.haltReason()?.contains("halt.resume cannot be removed") == true)
  }

  /// A halt on record: resume leaves its note for the keeper's next tick, and the marker goes.
  @Test func resumeLeavesANoteForAHaltOnRecord() throws {
    let bench = try Workbench()
    defer { clean(bench) }
    try bench.configure()
    let path = bench.folder.appendingPathComponent("vaultkeeper.journal").path
    try write([.halted(halt: .byOperator(note: "testing"))], to: path)
    let shown = try bench.run("resume", "--config", "keeper.yaml")
    #expect(shown.status == ExitStatus.refused.rawValue)
    #expect(shown.output.hasPrefix("journal: byOperator: halted by the operator: testing"))
    #expect(!bench.exists("halt.resume"))

    try bench.write("halt", "testing\n")
    let resumed = try bench.run("resume", "--config", "keeper.yaml", "--note", "done testing")
    #expect(resumed.status == 0 && resumed.output.hasSuffix("the keeper resumes with its next tick\n"))
    #expect(!bench.exists("halt"))
    #expect(try bench.read("halt.resume") == "done testing\n")
    #expect(try bench.run("pending", "--config", "keeper.yaml").output.contains("HALTED byOperator"))
  }

  @Test func theJournalIsVerifiedAndShown() throws {
    let bench = try Workbench()
    defer { clean(bench) }
    try bench.configure()
    let path = bench.folder.appendingPathComponent("vaultkeeper.journal").path
    try write([.halted(halt: .byOperator(note: "testing")), .resumed(note: "done")], to: path)
    let verified = try bench.run("journal", "verify", "--config", "keeper.yaml")
    #expect(verified.status == 0 && verified.output.hasSuffix("the journal is sound\n"))
    let shown = try bench.run("journal", "show", "--promises", "--config", "keeper.yaml")
    #expect(shown.output.split(separator: "\n").count == 4)
    #expect(shown.output.contains("2023-11-14 22:13:20  halted"))
    let last = try bench.run("journal", "show", "--promises", "--json", "--last", "1", "--config", "keeper.yaml")
    #expect(last.output.split(separator: "\n").count == 1 && last.output.contains("\"resumed\""))
    #expect(try bench.run("journal", "show", "--config", "keeper.yaml").output == "no tick is on record\n")
  }

  private func write(_ records: [PromiseRecord], to path: String) throws {
    let lock = try WriterLock(journalPath: path)
    let journal = try Journal(open: try SQLiteJournalStore(lock: lock))
    _ = try journal.append(records, at: 1_700_000_000)
  }

  private func clean(_ bench: Workbench) {
    do { try bench.remove() } catch { Issue.record("\(error)") }
  }
}

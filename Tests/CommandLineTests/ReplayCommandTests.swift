import Foundation
import Testing

@testable import vaultkeeper

/// What `replay` says where there is nothing to replay, through the built program. That decisions come out again is
/// KeeperTests' affair.
@Suite struct ReplayCommandTests {
  @Test func whatIsNoExportIsNotReplayed() throws {
    let bench = try Workbench()
    defer { do { try bench.remove() } catch { Issue.record("\(error)") } }
    try bench.write("other.jsonl", "not a journal\n")
    #expect(try bench.run("replay", "other.jsonl").status == ExitStatus.journal.rawValue)
    #expect(try bench.run("replay", "none.jsonl").status != 0)
  }

  @Test func nothingToCompareIsSaid() throws {
    let bench = try Workbench()
    defer { do { try bench.remove() } catch { Issue.record("\(error)") } }
    try bench.write("empty.jsonl", "")
    let outcome = try bench.run("replay", "empty.jsonl")
    #expect(outcome.status == ExitStatus.missingInput.rawValue)
    #expect(outcome.output == "there is no decision to compare\n")
    try bench.configure()
    #expect(try bench.run("replay", "--config", "keeper.yaml").status == ExitStatus.missingInput.rawValue)
  }
}

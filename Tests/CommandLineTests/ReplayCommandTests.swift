import Foundation
import Testing

@testable import vaultkeeper

/// `replay` and `shadow` through the built program, on an export of a scripted vault's journal. The fixture is written
/// by KeeperTests' ReplayTests, see Tests/Fixtures/README.md.
@Suite struct ReplayCommandTests {
  private func recorded() throws -> String { try Fixtures.text("recorded.jsonl") }

  @Test func aJournalOfAnotherMachineReplays() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.write("recorded.jsonl", try recorded())
    // No configuration is here, and none is needed.
    let outcome = try bench.run("replay", "recorded.jsonl")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.complaints)")
    #expect(outcome.output.contains(" 0 different\n"))
    let json = try bench.run("replay", "recorded.jsonl", "--json")
    #expect(json.status == 0 && json.output.contains(#""different":0"#) && !json.output.contains("first"))
  }

  @Test func aChangedExportIsNotReplayed() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    let text = try recorded()
    try bench.write("changed.jsonl", text.replacingOccurrences(of: #""isRoleHeld":true"#, with: #""isRoleHeld":false"#))
    #expect(try bench.run("replay", "changed.jsonl").status == ExitStatus.journal.rawValue)
    try bench.write("other.jsonl", "not a journal\n")
    #expect(try bench.run("replay", "other.jsonl").status == ExitStatus.journal.rawValue)
    #expect(try bench.run("replay", "none.jsonl").status != 0)
  }

  @Test func nothingToCompareIsSaid() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.write("empty.jsonl", "")
    let outcome = try bench.run("replay", "empty.jsonl")
    #expect(outcome.status == ExitStatus.missingInput.rawValue)
    #expect(outcome.output == "there is no decision to compare\n")
    try bench.configure()
    #expect(try bench.run("replay", "--config", "keeper.yaml").status == ExitStatus.missingInput.rawValue)
  }

  @Test func aShadowNeedsTheVault() throws {
    let bench = try Workbench()
    defer { remove(bench) }
    try bench.configure()
    try bench.write("recorded.jsonl", try recorded())
    let outcome = try bench.run("shadow", "--config", "keeper.yaml", "recorded.jsonl")
    // Either a vault of that name is configured, at other addresses, or none is.
    #expect([ExitStatus.missingInput.rawValue, ExitStatus.configuration.rawValue].contains(outcome.status))
    #expect(!outcome.output.isEmpty || !outcome.complaints.isEmpty)
  }
}

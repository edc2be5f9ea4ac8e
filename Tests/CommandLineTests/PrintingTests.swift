import Ethereum
import Foundation
import Keeper
import Testing

@testable import vaultkeeper

@Suite struct PrintingTests {
  @Test func tablesLineUp() {
    var table = TextTable(["name", "n"], alignments: [.left, .right])
    table.add(["α", "1"])
    table.add(["beta and\nmore", "100"])
    table.add(["short"])
    #expect(
      table.lines == [
        "name             n", "-------------  ---", "α                1", "beta and more  100", "short",
      ])
    #expect(TextTable().lines == [])
  }

  /// Against `date -u -d @…` of GNU coreutils.
  @Test(arguments: [
    (0, "1970-01-01 00:00:00"), (951_782_399, "2000-02-28 23:59:59"), (951_782_400, "2000-02-29 00:00:00"),
    (951_868_800, "2000-03-01 00:00:00"), (1_700_000_000, "2023-11-14 22:13:20"),
    (4_107_542_399, "2100-02-28 23:59:59"), (4_107_542_400, "2100-03-01 00:00:00"),
    (253_402_300_799, "9999-12-31 23:59:59"), (253_402_300_800, "@253402300800"),
    (UInt64.max, "@18446744073709551615"),
  ])
  func times(seconds: UInt64, text: String) { #expect(TimeText.utc(seconds) == text) }

  @Test func amountsOfTheCoin() throws {
    #expect(EtherText.of(.zero) == "0")
    #expect(EtherText.of(1) == "0.000000000000000001")
    #expect(EtherText.of(1_500_000_000_000_000_000) == "1.5")
    #expect(EtherText.gwei(2_000_000_001) == "2.000000001")
    #expect(EtherText.of(.max).hasPrefix("115792089237316195423570985008687907853269984665640564039457.5"))
  }

  @Test(arguments: [
    ("1", 3, "1000"), ("1.5", 3, "1500"), ("1.5", 0, "1.5"), ("0.001", 3, "1"), ("12", -1, "1.2"), ("12", -4, "0.0012"),
    ("0", 5, "0"), ("0.10", 0, "0.1"), ("100", -2, "1"), ("007", 0, "7"),
  ])
  func shiftedPoints(text: String, places: Int, expected: String) {
    #expect(NumberWithUnit.shifted(text, by: places) == expected)
  }

  @Test func recentKeepsTheLast() {
    var recent = Recent<Int>(limit: 3)
    for number in 0..<100 { recent.add(number) }
    #expect(recent.last == [97, 98, 99] && recent.items.count <= 6)
    var all = Recent<Int>(limit: nil)
    for number in 0..<100 { all.add(number) }
    #expect(all.last == Array(0..<100))
  }

  @Test(arguments: [
    ("tikc", "tick"), ("chainId", "chainID"), ("endpionts", "endpoints"), ("NAME", "name"), ("x", nil), ("", nil),
    ("somethingElse", nil),
  ])
  func nearestKeys(typed: String, meant: String?) {
    #expect(Section.nearest(to: typed, among: ["tick", "chainID", "endpoints", "name"]) == meant)
  }
}

/// The table of ticks, from reports that a keeper wrote while it hedged a vault on the development chain.
@Suite struct TickTableTests {
  private func ticks() throws -> [RecordedTick] {
    try Fixtures.text("ticks.jsonl").split(separator: "\n").enumerated().map { index, line in
      let report = try JSONCoding.decode(TickReport.self, from: Array(line.utf8))
      return RecordedTick(report: report, hash: try Bytes32(bytes: Array(repeating: UInt8(index), count: 32)))
    }
  }

  @Test func theTableIsAsRecorded() throws {
    let text = TickTable.lines(try ticks(), gas: GasLedger()).joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["VAULTKEEPER_RECORD"] == "1" {
      try Data(text.utf8).write(to: Fixtures.folder.appendingPathComponent("ticks.txt"))
    }
    #expect(try text == Fixtures.text("ticks.txt"))
  }

  @Test func theExplanationIsAsRecorded() throws {
    let acted = try #require(try ticks().first { $0.report.ending == .acted })
    let text = Explanation.lines(acted.report).joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["VAULTKEEPER_RECORD"] == "1" {
      try Data(text.utf8).write(to: Fixtures.folder.appendingPathComponent("explanation.txt"))
    }
    #expect(try text == Fixtures.text("explanation.txt"))
  }

  /// Warnings with their meaning, and options that the measures advise, in the table and in the report itself.
  @Test func warningsAndAdvicesAreExplained() throws {
    let acted = try #require(try ticks().first { $0.report.ending == .acted })
    guard case .object(var object) = try JSON(encoding: acted.report) else { return #expect(Bool(false)) }
    object["warnings"] = ["liquidationNear", "ofALaterVersion"]
    object["advisories"] = [
      [
        "code": "protectiveCall", "expiresAtSeconds": 1_800_604_800, "reason": "4 sigmas from the liquidation at 3063",
        "size": "10", "strike": "3031",
      ]
    ]
    let report = try JSONCoding.decode(TickReport.self, from: JSON.object(object).encoded())
    let lines = Explanation.lines(report)
    #expect(lines.contains { $0.hasPrefix("warning: liquidationNear: a position is near its liquidation; ") })
    #expect(lines.contains("warning: ofALaterVersion"))
    #expect(
      lines.contains {
        $0.hasPrefix("advisory protectiveCall: buy a call") && $0.contains("10 at 3031")
          && $0.hasSuffix("4 sigmas from the liquidation at 3063")
      })
    #expect(try JSON(encoding: report) == JSON.object(object))
    #expect(try JSON.parse(JSONCoding.encode(report)) == JSON.object(object))
    #expect(try JSON.parse(Array(JSONText.of(report).utf8))["advisories"]?.array?.count == 1)
  }

  @Test func nothingOnRecord() { #expect(TickTable.lines([], gas: GasLedger()) == ["no tick is on record"]) }
}

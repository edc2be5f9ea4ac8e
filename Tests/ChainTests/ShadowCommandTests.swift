import Ethereum
import Foundation
import Testing

/// `replay` and `shadow` over a journal that a keeper wrote while it traded on a real EVM.
@Suite(.serialized)
struct ShadowCommandTests {
  @Test func anotherConfigurationIsComparedWithWhatWasTraded() throws {
    let chain = try DevChain()
    let settings = KeeperSettings(patience: "0s")
    let keeper = try KeeperProcess(chain, settings)
    try keeper.ticks(until: "insideBand")
    // Both are moves that a band of 4 % does not bear, and one of 30 % does.
    for price in [3_240.0, 3_000.0] {
      try chain.setPrice(price)
      try keeper.ticks(until: "placeMarket")
      try keeper.ticks(until: "insideBand")
    }
    #expect(try chain.events("OrderCreated") == 3)

    let replayed = try keeper.run("replay")
    #expect(replayed.status == 0 && replayed.output.contains(" 0 different"), "\(replayed)")

    let same = try compare(keeper)
    let (compared, acts) = (same["compared"]?.integer ?? 0, same["recorded"]?["acts"]?.integer)
    #expect(compared > 6 && acts == 3, "\(same.text)")
    #expect(same["different"] == 0 && same["recorded"] == same["shadow"] && same["cases"] == [], "\(same.text)")
    #expect(try number(same, "recorded", "turnoverUsd") > 30_000 && number(same, "recorded", "costWei") > 0)

    var wider = settings
    wider.bandWidth = "30%"
    try keeper.configure(wider)
    let other = try compare(keeper)
    let (cases, different) = (other["cases"]?.array ?? [], other["different"]?.integer ?? 0)
    // The first hedge is wanted by both: half of the delta is too much for either.
    #expect(other["compared"]?.integer == compared && other["recorded"] == same["recorded"], "\(other.text)")
    #expect(other["shadow"]?["acts"] == 1 && different >= 2, "\(other.text)")
    #expect(cases.count == min(Int(different), 10))
    #expect(cases.first?["recorded"]?.string?.hasPrefix("placeMarket") == true, "\(other.text)")
    #expect(cases.first?["shadow"]?.string?.hasPrefix("insideBand") == true, "\(other.text)")
    #expect((other["exchanges"]?.array ?? []).compactMap { $0["count"]?.integer }.reduce(0, +) == different)
    #expect(try number(other, "shadow", "turnoverUsd") < number(other, "recorded", "turnoverUsd"))
    #expect(try number(other, "shadow", "costWei") < number(other, "recorded", "costWei"))

    let told = try keeper.run("shadow", journal(keeper))
    for words in [
      "\(compared) decisions compared: \(compared - different) the same, \(different) different", "the first of them:",
      "turnover (USD)", "gas and fees (ether)",
    ] { #expect(told.output.contains(words), "\(told)") }
  }

  private func journal(_ keeper: KeeperProcess) -> String {
    keeper.folder.appendingPathComponent("vaultkeeper.journal").path
  }

  private func compare(_ keeper: KeeperProcess) throws -> JSON {
    let outcome = try keeper.run("shadow", "--json", journal(keeper))
    #expect(outcome.status == 0, "\(outcome)")
    return try JSON.parse(Array(outcome.output.utf8))
  }

  private func number(_ summary: JSON, _ side: String, _ name: String) throws -> Double {
    try #require(summary[side]?[name]?.string.flatMap { Double($0) }, "\(summary.text)")
  }
}

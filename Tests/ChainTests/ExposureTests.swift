import Ethereum
import Foundation
import Testing

/// Vaults that hold more than spot and a position: what they hold beside is read, told and hedged.
@Suite(.serialized)
struct ExposureTests {
  /// Neutral, with a band of 2 % of some 100,000 dollars: two thirds of an ether.
  private func settings(_ exposure: String) -> KeeperSettings {
    var settings = KeeperSettings(patience: "0s")
    settings.target = "{absolute: 0}"
    settings.bandWidth = "2%"
    settings.bandOf = "netAssetValue"
    settings.exposures = [exposure]
    return settings
  }

  private func figure(_ report: JSON, _ name: String) throws -> Double {
    let figures = (report["chapters"]?.array ?? []).flatMap { $0["figures"]?.array ?? [] }
    guard let figure = figures.first(where: { $0["name"]?.string == name }),
      let value = figure["value"]?.string.flatMap(Double.init), figure["source"]?.string?.isEmpty == false
    else {
      throw DevChain.Failure("explain has no \(name) in \(report.text)")
    }
    return value
  }

  /// Recorded ticks are judged again to the same end, exposures and all.
  private func expectSameReplay(_ keeper: KeeperProcess) throws {
    let replayed = try keeper.run("replay")
    #expect(replayed.status == 0 && replayed.output.contains(" 0 different"), "\(replayed)")
    try expectSoundJournal(keeper)
  }

  @Test func aVaultWithLiquidityIsBroughtIntoItsBand() throws {
    let chain = try DevChain()
    // 10^15 between 2,000 and 4,000: L in whole tokens is 10^15/10^12. The pool itself stands 10 % too high.
    let contract = try #require(
      try chain.call("scenario_openLiquidity", 7, 2_000, 4_000, .string("0x38d7ea4c68000"), 3_300).string)
    try chain.mine()
    let keeper = try KeeperProcess(
      chain,
      settings(
        "{kind: uniswapV3, name: pool, manager: \"\(contract)\", pool: \"\(contract)\", base: WETH, quote: USDC, "
          + "positions: [7]}"))
    func held(at price: Double) -> Double {
      1_000 * (1 / min(max(price, 2_000), 4_000).squareRoot() - 1 / 4_000.0.squareRoot())
    }

    let before = try keeper.explain()
    #expect(abs(try figure(before, "pool position 7 delta") - held(at: 3_000)) < 0.001)
    #expect(abs(try figure(before, "delta") - 20 - held(at: 3_000)) < 0.001)
    #expect(abs(try figure(before, "pool position 7 pool's price over oracle's") - 10) < 0.01)
    let gamma = -1_000 / (2 * 3_000 * 3_000.0.squareRoot())
    #expect(abs(try figure(before, "net gamma") - gamma) < 1e-6)

    try keeper.ticks(until: "insideBand")
    #expect(abs(try chain.delta() + held(at: 3_000)) < 0.01)
    // The pool sells ether on the way up, so that the hedge is too large there.
    try chain.setPrice(3_450)
    #expect(try keeper.ticks(until: "placeMarket").ending == "acted")
    try keeper.ticks(until: "insideBand")
    #expect(abs(try chain.delta() + held(at: 3_450)) < 0.01)
    try expectSameReplay(keeper)

    let checked = try keeper.run("check")
    #expect(checked.output.contains("position 7, ticks"), "\(checked)")
    try chain.call("scenario_giveLiquidityAway", .string(contract), 7)
    try chain.mine()
    #expect(try keeper.tick().code == "exposureNotHeld")
    #expect(try chain.events("OrderCreated") == 2)
  }

  @Test func aVaultThatHasWrittenOptionsIsBroughtIntoItsBand() throws {
    let chain = try DevChain()
    let book = try #require(try chain.call("scenario_optionBook").string)
    try chain.call("scenario_addOption", .string(book), 2_592_000, 3_500, -10, true, .number(0.65))
    try chain.call("scenario_addOption", .string(book), 2_592_000, 2_500, 4, false, .number(0.7))
    try chain.mine()
    let keeper = try KeeperProcess(
      chain, settings("{kind: optionBook, name: book, contract: \"\(book)\", maximumMarkAge: 2d}"))

    let before = try keeper.explain()
    // −10 N(d₁) and −4 N(−d₁), calculated elsewhere, for a month; the chain's clock is some hours behind.
    #expect(abs(try figure(before, "book[0] call 3500 delta") + 2.3146) < 0.1)
    #expect(abs(try figure(before, "book[1] put 2500 delta") + 0.6261) < 0.1)
    #expect(try figure(before, "net gamma") < 0)
    #expect(try figure(before, "net theta") > 0)
    #expect(try figure(before, "net vega") < 0)
    let target = try 20 + figure(before, "exposures")
    #expect(abs(try figure(before, "delta") - target) < 1e-5)

    try keeper.ticks(until: "insideBand")
    let after = try keeper.explain()
    #expect(abs(try figure(after, "delta")) < 0.01)
    #expect(abs(try chain.delta() + figure(after, "exposures")) < 0.01)
    // Short gamma: on the way up the calls that were written take more from the delta, and less stays sold.
    try chain.setPrice(3_400)
    #expect(try keeper.ticks(until: "placeMarket").ending == "acted")
    try keeper.ticks(until: "insideBand")
    let higher = try keeper.explain()
    #expect(abs(try chain.delta() + figure(higher, "exposures")) < 0.01)
    #expect(try figure(higher, "exposures") < figure(after, "exposures") - 1)
    try expectSameReplay(keeper)
  }

  @Test func anOptionWithoutAMarkIsNotTradedOn() throws {
    let chain = try DevChain()
    let book = try #require(try chain.call("scenario_optionBook").string)
    try chain.call("scenario_addOption", .string(book), 2_592_000, 3_500, -10, true, 0)
    try chain.mine()
    let keeper = try KeeperProcess(chain, settings("{kind: optionBook, name: book, contract: \"\(book)\"}"))
    #expect(try keeper.tick().code == "optionVolatilityUnknown")
    #expect(try chain.keeperNonce() == 0)
    // Nor on a book that is not there.
    try keeper.configure(
      settings("{kind: optionBook, name: book, contract: \"\(try chain.address("tokens", "USDC", "address"))\"}"))
    #expect(try keeper.tick().code == "exposureUnreadable")
    #expect(try chain.keeperNonce() == 0)
  }

  /// What somebody else wrote may take all the gas of the call it is asked in: the vault's own state is asked apart.
  @Test func aContractThatBurnsAllGasHoldsUpNothingElse() throws {
    let chain = try DevChain()
    let burner = try #require(try chain.call("scenario_gasBurner").string)
    try chain.mine()
    var settings = KeeperSettings(patience: "0s")
    let keeper = try KeeperProcess(chain, settings)
    #expect(try keeper.tick().code == "placeMarket")
    // The call is in flight when the contract is configured: it is settled all the same.
    settings.exposures = ["{kind: optionBook, name: burner, contract: \"\(burner)\"}"]
    try keeper.configure(settings)
    try chain.mine(4)
    let refused = try keeper.ticks(until: "exposureUnreadable")
    #expect(refused.ending == "refused", "\(refused)")
    #expect(try HedgeTests.isHedged(chain))
    let report = try keeper.explain()
    #expect(abs(try figure(report, "delta") - (try chain.delta())) < 2e-6)
    #expect(try chain.keeperNonce() == 1)
    try expectSameReplay(keeper)
  }

  /// A smile that moves along with the price takes its slope from the book's own marks.
  @Test func aBookOfAMovingSmileIsHedgedByItsSlope() throws {
    let chain = try DevChain()
    let book = try #require(try chain.call("scenario_optionBook").string)
    // Three strikes of one expiry, the lower the wilder: 20 points over some 40 % of moneyness.
    for (strike, volatility) in [(2_500, 0.75), (3_000, 0.65), (3_600, 0.58)] {
      try chain.call(
        "scenario_addOption", .string(book), 2_592_000, .number(Double(strike)), -4, true, .number(volatility))
    }
    try chain.mine()
    let exposure = "{kind: optionBook, name: book, contract: \"\(book)\", maximumMarkAge: 2d"
    let keeper = try KeeperProcess(chain, settings(exposure + "}"))
    let still = try figure(keeper.explain(), "exposures")
    try keeper.configure(settings(exposure + ", smile: stickyDelta}"))
    let moving = try keeper.explain()
    // A falling smile that moves along: the price's rise lifts each strike's volatility, so a call has more delta.
    let parts = try [("[0] call 2500"), ("[1] call 3000"), ("[2] call 3600")].map {
      try figure(moving, "book\($0) smile's part of delta")
    }
    #expect(parts.allSatisfy { $0 < -0.02 }, "\(parts)")
    #expect(abs(try figure(moving, "exposures") - still - parts.reduce(0, +)) < 1e-4)
    try keeper.ticks(until: "insideBand")
    #expect(abs(try chain.delta() + figure(keeper.explain(), "exposures")) < 0.01)
    try expectSameReplay(keeper)
  }
}

import Ethereum
import Testing

/// A short that the price runs towards, at a venue that would close it.
@Suite(.serialized)
struct LiquidationTests {
  /// Ten ether short at ten times its collateral: closed by the venue some 8 % higher. A standard deviation of the time
  /// to help is half a percent.
  private func hedged(_ liquidation: String) throws -> (chain: DevChain, keeper: KeeperProcess, fatal: Double) {
    let chain = try DevChain()
    var settings = KeeperSettings(patience: "0s")
    settings.target = "{absolute: 10}"
    settings.leverage = 10
    settings.vaultMore = "volatility: {configured: 65%}"
    if !liquidation.isEmpty { settings.vaultMore += "\n    liquidation: \(liquidation)" }
    let keeper = try KeeperProcess(chain, settings)
    try keeper.ticks(until: "insideBand")
    #expect(try HedgeTests.isHedged(chain))
    #expect(abs(try chain.collateral() - 3_000) < 60)
    let figures = (try keeper.explain()["chapters"]?.array ?? []).flatMap { $0["figures"]?.array ?? [] }
    let price = figures.first { $0["name"]?.string == "liquidation price" }?["value"]?.string.flatMap(Double.init)
    guard let price else { throw DevChain.Failure("explain has no liquidation price: \(figures.count) figures") }
    // A little beyond: what is owed grows by the second.
    return (chain, keeper, price * 1.005)
  }

  /// Less than three deviations below the price at which the venue closes it.
  private func near(_ fatal: Double) -> Double { fatal / 1.005 / 1.014 }

  @Test func withoutHelpTheVenueClosesIt() throws {
    let (chain, _, fatal) = try hedged("")
    try chain.setPrice(near(fatal))
    try chain.mine(3)
    #expect(try chain.position().isNegative)
    try chain.setPrice(fatal)
    try chain.mine(4)
    #expect(try chain.collateral() == 0)
    #expect(try chain.position() == .zero)
  }

  @Test func aShortInDangerIsGivenCollateralAndSurvives() throws {
    let (chain, keeper, fatal) = try hedged("")
    let (size, collateral) = (try chain.position(), try chain.collateral())
    try chain.setPrice(near(fatal))
    let helped = try keeper.tick()
    #expect(helped.code == "topUp" && helped.ending == "acted", "\(helped)")
    try chain.mine(3)
    // An order of no size went through the venue: the short is what it was, to the wei, and the collateral grew.
    #expect(try chain.events("OrderExecuted") == 2)
    #expect(try chain.position() == size && size.isNegative)
    let added = try chain.collateral() - collateral
    #expect(added > 100 && added < 3_000, "\(added)")
    let after = try keeper.ticks(until: "insideBand")
    #expect(after.code == "insideBand", "\(after)")
    // Where it would have been closed it stands.
    try chain.setPrice(fatal)
    try chain.mine(4)
    #expect(try chain.position() == size)
    #expect(try chain.collateral() > collateral)
    let replayed = try keeper.run("replay")
    #expect(replayed.status == 0 && replayed.output.contains(" 0 different"), "\(replayed)")
    try expectSoundJournal(keeper)
  }

  @Test func withTheRungSwitchedOffItIsMadeSmaller() throws {
    let (chain, keeper, fatal) = try hedged("{topUp: 0}")
    let delta = try chain.delta()
    try chain.setPrice(near(fatal))
    #expect(try keeper.tick().code == "placeMarket")
    try chain.mine(3)
    #expect(try chain.delta() > delta + 1)
  }
}

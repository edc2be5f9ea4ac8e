import Ethereum
import Testing

/// A transaction with status 1 is not a fill.
@Suite(.serialized)
struct OrderTests {
  @Test func aCancelledOrderIsRecognisedAndTriedAgain() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    try chain.call("scenario_cancelNextMarketOrder", 1)
    let placed = try keeper.tick()
    #expect(placed.code == "placeMarket")
    try chain.mine()
    let receipt = try chain.call("eth_getTransactionReceipt", .string(try #require(placed.transaction)))
    #expect(receipt["status"]?.string == "0x1")
    try keeper.ticks(until: "insideBand", limit: 16)
    #expect(try chain.events("OrderCreated") == 2)
    #expect(try chain.events("OrderCancelled") == 1)
    #expect(try chain.events("OrderExecuted") == 1)
    #expect(try HedgeTests.isHedged(chain))
    let outcomes = try keeper.promises().map(\.text)
    #expect(outcomes.contains { $0.contains("cancelled") })
  }

  @Test func attemptsAreRationed() throws {
    let chain = try DevChain()
    var settings = KeeperSettings(patience: "0s")
    settings.attemptsPerDay = 2
    let keeper = try KeeperProcess(chain, settings)
    try chain.call("scenario_cancelNextMarketOrder", 9)
    let refused = try keeper.ticks(until: "attemptsExhausted", limit: 16)
    #expect(refused.ending == "refused")
    try chain.mine(2)
    #expect(try keeper.tick().code == "attemptsExhausted")
    #expect(try chain.events("OrderCreated") == 2)
    #expect(try chain.events("OrderCancelled") == 2)
    #expect(try chain.keeperNonce() == 2)
    #expect(try chain.delta() > 19.9)
  }

  @Test func aFrozenOrderIsRepaired() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain)
    try freeze(chain, keeper)
    try keeper.ticks(until: "amend")
    try chain.mine()
    try keeper.ticks(until: "orderResting")
    #expect(try chain.events("OrderUpdated") == 1)
    try chain.setPrice(3_050)
    try chain.mine(3)
    try keeper.ticks(until: "insideBand")
    #expect(try chain.events("OrderCreated") == 1)
    #expect(try chain.events("OrderExecuted") == 1)
  }

  @Test func aFrozenOrderBeyondTheAttemptsIsTakenBack() throws {
    let chain = try DevChain()
    var settings = KeeperSettings()
    settings.attemptsPerDay = 1
    let keeper = try KeeperProcess(chain, settings)
    try freeze(chain, keeper)
    try keeper.ticks(until: "cancel")
    try keeper.ticks(until: "attemptsExhausted")
    #expect(try chain.events("OrderCancelled") == 1)
    #expect(try chain.events("OrderCreated") == 1)
  }

  /// A limit order whose execution found no acceptable price.
  private func freeze(_ chain: DevChain, _ keeper: KeeperProcess) throws {
    try chain.call("scenario_freezeNextLimitOrder", 1)
    #expect(try keeper.tick().code == "placeLimit")
    try chain.mine()
    try keeper.ticks(until: "orderResting")
    try chain.setPrice(3_006)
    try chain.mine(3)
    #expect(try chain.events("OrderFrozen") == 1)
    // Chain time passes until the venue lets an order be changed.
    try chain.call("evm_increaseTime", 400)
    try chain.mine(2)
  }
}

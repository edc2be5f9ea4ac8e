import Ethereum
import Testing

/// Transactions that are orphaned, lost or stuck.
@Suite(.serialized)
struct RecoveryTests {
  private func world(
    _ change: (inout KeeperSettings) -> Void = { _ in }
  ) throws -> (DevChain, KeeperProcess, transaction: String) {
    let chain = try DevChain()
    var settings = KeeperSettings(patience: "0s")
    change(&settings)
    let keeper = try KeeperProcess(chain, settings)
    let tick = try keeper.tick()
    guard tick.code == "placeMarket", let transaction = tick.transaction else {
      throw DevChain.Failure("nothing was sent: \(tick)")
    }
    return (chain, keeper, transaction)
  }

  private func expectHedgedOnce(_ chain: DevChain, _ keeper: KeeperProcess) throws {
    try keeper.ticks(until: "insideBand", limit: 16)
    #expect(try chain.events("OrderCreated") == 1)
    #expect(try chain.keeperNonce() == 1)
    #expect(try HedgeTests.isHedged(chain))
    try expectSoundJournal(keeper)
  }

  @Test(arguments: ["drop", "pool"])
  func aReorgOfTwoBlocksLandsTheSameBytesAgain(_ keep: String) throws {
    let (chain, keeper, transaction) = try world { $0.finalityBlocks = 6 }
    // Long after it was placed, so that a reorg cannot take the execution with it.
    try chain.call("scenario_orderKeeper", true, 6)
    try chain.mine()
    #expect(try keeper.tick().has("mined"))
    let first = try chain.block(of: transaction)
    try chain.mine()
    try chain.call("dev_reorg", ["depth": 2, "keep": .string(keep), "minePool": false])
    #expect(try chain.block(of: transaction) == nil)

    let seen = try keeper.tick()
    #expect(seen.has("unmined"), "\(seen)")
    #expect(try chain.pooled().map { $0["hash"]?.string } == [transaction])
    try chain.mine()
    let second = try chain.block(of: transaction)
    #expect(first != nil && second != nil && first != second)
    try expectHedgedOnce(chain, keeper)
  }

  @Test func aDroppedTransactionIsSentAgain() throws {
    let (chain, keeper, transaction) = try world()
    try chain.call("anvil_dropTransaction", .string(transaction))
    #expect(try chain.pooled().isEmpty)
    // A new decision would make other bytes at another price.
    try chain.setPrice(3_010)
    try chain.mine()
    _ = try keeper.tick()
    #expect(try chain.pooled().first?["hash"]?.string == transaction)
    try chain.mine()
    #expect(try chain.block(of: transaction) != nil)
    try expectHedgedOnce(chain, keeper)
  }

  /// It is decided anew, so its data are of this head: a venue's upfront fee follows what is offered for gas.
  @Test func aStuckTransactionIsReplacedAtAHigherFee() throws {
    let (chain, keeper, transaction) = try world()
    let stuck = try #require(try chain.pooled().first)
    try chain.call("dev_freeze", .string(transaction), true)
    try chain.mine(3)
    _ = try keeper.tick()
    let pooled = try chain.pooled()
    let replacement = try #require(pooled.first)
    #expect(pooled.count == 1)
    #expect(replacement["hash"] != stuck["hash"])
    for same in ["nonce", "to", "value"] { #expect(replacement[same] == stuck[same]) }
    for fee in ["maxFeePerGas", "maxPriorityFeePerGas"] {
      let old = try UInt256(hexQuantity: try #require(stuck[fee]?.string))
      let new = try UInt256(hexQuantity: try #require(replacement[fee]?.string))
      #expect(try new * 1_000 >= old * 1_125, "\(fee): \(old) → \(new)")
    }
    try chain.mine()
    #expect(try chain.block(of: transaction) == nil)
    #expect(try chain.block(of: try #require(replacement["hash"]?.string)) != nil)
    try expectHedgedOnce(chain, keeper)
  }

  /// The base fee rises above the fee cap. The venue's own fee was reckoned at the old price, so the same call at what
  /// the market asks for now would be refused: the nonce is cleared and the call made anew. Still one order, and no gas
  /// is spent on a call that reverts.
  @Test func aPricedOutTransactionIsReplaced() throws {
    let (chain, keeper, transaction) = try world()
    let high = JSON.string(UInt256(3_000_000_000).hexQuantity)
    try chain.call("dev_baseFeePath", .array(Array(repeating: high, count: 30)))
    try chain.mine(3)
    #expect(try chain.block(of: transaction) == nil)
    try keeper.ticks(until: "insideBand", limit: 16)
    #expect(try chain.events("OrderCreated") == 1)
    #expect(try HedgeTests.isHedged(chain))
    #expect(try chain.block(of: transaction) == nil)
    #expect(try !keeper.promises().contains { $0.text.contains("reverted") })
  }

  /// Beyond the ceiling nothing is offered: the keeper waits, and says so.
  @Test func nothingIsOfferedAboveTheCeiling() throws {
    let (chain, keeper, transaction) = try world { $0.feeCeiling = "0.22 gwei" }
    try chain.call("dev_freeze", .string(transaction), true)
    try chain.mine(3)
    let waiting = try keeper.tick()
    #expect(waiting.has("atCeiling"), "\(waiting)")
    #expect(try chain.pooled().map { $0["hash"]?.string } == [transaction])
    try chain.call("dev_freeze", .string(transaction), false)
    try chain.mine()
    try expectHedgedOnce(chain, keeper)
  }
}

import Ethereum
import Testing

/// The main job, on a chain that executes every byte of it.
@Suite(.serialized)
struct HedgeTests {
  /// Delta read from the chain is inside the band: within 4 % of a target that is about this, in ETH.
  static func isHedged(_ chain: DevChain, around target: Double = 10) throws -> Bool {
    try abs(chain.delta() - target) <= 0.04 * target
  }

  @Test func aLimitOrderRestsFillsAndBringsDeltaIntoTheBand() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain)
    #expect(try chain.delta() == 20)

    _ = try chain.requests()
    let placed = try keeper.tick()
    #expect(placed.code == "placeLimit", "\(placed)")
    #expect(placed.exchanges <= 7)
    #expect(try exchanges(chain.requests()) == placed.exchanges)
    #expect(try chain.pooled().count == 1)

    try chain.mine()
    #expect(try keeper.ticks(until: "orderResting").ending == "refused")
    // The price has not come to it: 10 bp above 3,000 is 3,003.
    try chain.mine(4)
    #expect(try chain.events("OrderExecuted") == 0)
    #expect(try !Self.isHedged(chain))

    try chain.setPrice(3_006)
    try chain.mine(3)
    #expect(try chain.events("OrderExecuted") == 1)
    #expect(try Self.isHedged(chain))

    let settled = try keeper.ticks(until: "insideBand")
    #expect(settled.exchanges <= 5)
    try chain.mine()
    _ = try chain.requests()
    let quiet = try keeper.tick()
    #expect(quiet.code == "insideBand", "\(quiet)")
    #expect(quiet.exchanges <= 3)
    #expect(try exchanges(chain.requests()) == quiet.exchanges)
    #expect(try chain.keeperNonce() == 1)
    #expect(try chain.events("OrderCreated") == 1)
    try expectSoundJournal(keeper)
  }

  @Test func whatExplainSaysIsWhatStandsOnChain() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    try keeper.ticks(until: "insideBand")
    let report = try keeper.explain()
    let figures = (report["chapters"]?.array ?? []).flatMap { $0["figures"]?.array ?? [] }
    let delta = figures.first { $0["name"]?.string == "delta" }?["value"]?.string ?? ""
    // A figure is rounded to millionths.
    let onChain = try chain.delta()
    #expect(abs((Double(delta) ?? 0) - onChain) < 2e-6, "explain says \(delta), the chain \(onChain)")
    #expect(try Self.isHedged(chain))
  }

  @Test func aDepositIsCorrected() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    try keeper.ticks(until: "insideBand")
    try chain.call("scenario_depositWeth", .string(UInt256(2_000_000_000_000_000_000).hexQuantity))
    try chain.mine()
    // Two more ether are 0.3 × 2 more of target, and 2 of delta.
    #expect(try keeper.ticks(until: "placeMarket").ending == "acted")
    try keeper.ticks(until: "insideBand")
    #expect(try Self.isHedged(chain, around: 10.6))
    #expect(try chain.events("OrderCreated") == 2)
  }

  @Test func aRiseOfThePriceIsCorrected() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    try keeper.ticks(until: "insideBand")
    try chain.setPrice(3_240)
    #expect(try keeper.ticks(until: "placeMarket").ending == "acted")
    try keeper.ticks(until: "insideBand")
    #expect(try chain.events("OrderCreated") == 2)
  }

  /// Between the order and its execution there is time for many ticks.
  @Test func thereIsNoSecondOrderWhileOneIsPending() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(patience: "0s"))
    try chain.call("scenario_orderKeeper", false)
    #expect(try keeper.tick().code == "placeMarket")
    for _ in 0..<6 {
      try chain.mine()
      let tick = try keeper.tick()
      #expect(["callInFlight", "orderPending"].contains(tick.code), "\(tick)")
    }
    #expect(try keeper.tick().code == "orderPending")
    #expect(try chain.keeperNonce() == 1)
    #expect(try chain.events("OrderCreated") == 1)
    try chain.call("scenario_orderKeeper", true)
    try chain.mine(3)
    try keeper.ticks(until: "insideBand")
    #expect(try chain.events("OrderCreated") == 1)
  }

  /// An exchange is one call of the transport: with one endpoint, one HTTP request.
  private func exchanges(_ requests: [DevChain.Request]) -> Int { requests.count }
}

/// `journal verify` agrees with every hash and link.
func expectSoundJournal(_ keeper: KeeperProcess, _ location: SourceLocation = #_sourceLocation) throws {
  let verified = try keeper.run("journal", "verify")
  #expect(verified.status == 0, "\(verified)", sourceLocation: location)
}

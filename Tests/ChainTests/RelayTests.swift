import Ethereum
import Testing

/// Private submission: a relay hears of a call, the public pools do not.
@Suite(.serialized)
struct RelayTests {
  private static func settings(_ submission: String) -> KeeperSettings {
    var settings = KeeperSettings(relays: ["private"], patience: "0s")
    settings.submission = submission
    return settings
  }

  /// The transactions that wait at the relay.
  private static func held(_ chain: DevChain) throws -> [String] {
    (try chain.call("dev_privatePool").array ?? []).compactMap(\.string)
  }

  /// What each endpoint was asked to send since the last time somebody looked.
  private static func sends(_ chain: DevChain) throws -> [String] {
    try chain.requests().filter { $0.methods.contains("eth_sendRawTransaction") }.map(\.endpoint)
  }

  /// What the journal says of each submission: who was handed the bytes.
  private static func told(_ keeper: KeeperProcess) throws -> [String] {
    try keeper.promises().filter { $0["name"]?.string == "submitted" }.compactMap { $0["text"]?.string }
  }

  /// The daemon, from the first look to the settled hedge. Nobody but the relay is ever handed the call.
  @Test func whatARelayIsGivenIsInNoPublicPoolUntilItIsMined() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, Self.settings("private"))
    _ = try chain.requests()
    try keeper.start()
    try Deadline.wait(for: "a call at the relay") { try !Self.held(chain).isEmpty }
    let transaction = try #require(try Self.held(chain).first)
    try Deadline.wait(for: "ticks with it in flight") { try keeper.logged().count { $0.code == "callInFlight" } >= 2 }
    #expect(try chain.pooled().isEmpty)
    #expect(try chain.call("eth_getTransactionByHash", .string(transaction)) == .null)
    #expect(try chain.block(of: transaction) == nil)
    #expect(try Self.held(chain) == [transaction])

    try chain.mine()
    #expect(try chain.block(of: transaction) != nil)
    try Deadline.wait(for: "the hedge to be settled") {
      try chain.mine()
      #expect(try chain.pooled().isEmpty)
      return try keeper.logged().contains { $0.code == "insideBand" }
    }
    #expect(try keeper.terminate() == 0)
    let requests = try chain.requests()
    #expect(
      Set(requests.filter { $0.methods.contains("eth_sendRawTransaction") }.map(\.endpoint)) == ["private"])
    // The relay is asked for nothing about the chain.
    let asked = Set(requests.filter { $0.endpoint == "private" }.flatMap(\.methods))
    #expect(asked == ["eth_chainId", "eth_sendRawTransaction"])
    #expect(try chain.keeperNonce() == 1)
    #expect(try chain.transactions(emitting: "OrderCreated") == [transaction])
    #expect(try HedgeTests.isHedged(chain))
    let told = try Self.told(keeper)
    #expect(!told.isEmpty && told.allSatisfy { $0.contains("private") }, "\(told)")
    let names = try keeper.promises().compactMap { $0["name"]?.string }
    for name in ["reserved", "signed", "submitted", "mined", "settled"] { #expect(names.contains(name), "\(names)") }
    try expectSoundJournal(keeper)
  }

  /// The relay takes the call, forgets it and dies. After so many blocks the call is public, at the same nonce and
  /// decided anew: whoever held it back has seen its bound.
  @Test func afterSoManyBlocksACallOfADeadRelayGoesPublic() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(
      chain, Self.settings("{privateThenPublic: {afterBlocks: 4, priceBound: 50bp}}"))
    try chain.setFaults([["kind": "swallow", "endpoint": "private"]])
    let signed = try keeper.tick()
    #expect(signed.code == "placeMarket", "\(signed)")
    let transaction = try #require(signed.transaction)
    let start = try chain.head()
    try chain.setFaults([["kind": "http", "status": 503, "endpoint": "private"]])
    #expect(try Self.held(chain).isEmpty && chain.pooled().isEmpty)
    #expect(try Self.sends(chain) == ["private"])

    var pooled: [JSON] = []
    for _ in 0..<12 where pooled.isEmpty {
      try chain.mine()
      _ = try keeper.tick()
      pooled = try chain.pooled()
      let waited = try chain.head() - start
      if waited < 4 { #expect(try pooled.isEmpty && !Self.sends(chain).contains("a"), "after \(waited) blocks") }
    }
    let shown = try #require(pooled.first)
    #expect(pooled.count == 1)
    #expect(shown["nonce"]?.string == "0x0")
    #expect(shown["hash"]?.string != transaction)
    try chain.mine()
    try keeper.ticks(until: "insideBand", limit: 16)
    #expect(try chain.keeperNonce() == 1)
    #expect(try chain.events("OrderCreated") == 1)
    #expect(try HedgeTests.isHedged(chain))
    let told = try Self.told(keeper)
    #expect(told.first?.contains("private") == true && told.last?.contains("private") == false, "\(told)")
    try expectSoundJournal(keeper)
  }
}

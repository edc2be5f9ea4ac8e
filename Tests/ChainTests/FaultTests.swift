import Ethereum
import Testing

/// Two endpoints, of which one misbehaves from the first request on. The vault is hedged all the same, once.
@Suite(.serialized)
struct FaultTests {
  struct Fault: CustomTestStringConvertible, Sendable {
    let name: String
    let rule: JSON

    init(_ name: String, _ rule: JSON) {
      self.name = name
      self.rule = rule
    }

    var testDescription: String { name }

    func rule(at endpoint: String) -> JSON {
      guard case .object(let object) = rule else { return rule }
      return .object(JSONObject(object.members.map { ($0.key, $0.value) } + [("endpoint", .string(endpoint))]))
    }
  }

  static let lasting = [
    Fault("500", ["kind": "http", "status": 500]),
    Fault("truncated", ["kind": "truncate"]),
    Fault("null", ["kind": "null"]),
    Fault("stale", ["kind": "stale", "blocks": 3]),
  ]

  @Test(arguments: lasting)
  func theFirstEndpointFails(_ fault: Fault) throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(endpoints: ["a", "b"], patience: "0s"))
    try chain.setFaults([fault.rule(at: "a")])
    try expectHedgedOnce(chain, keeper)
  }

  static let passing = [
    Fault("429", ["kind": "http", "status": 429, "retryAfter": 1]),
    Fault("html", ["kind": "html"]),
    Fault("wrong id", ["kind": "wrong_id"]),
    Fault("reset", ["kind": "reset"]),
    Fault("garbled", ["kind": "garble"]),
    Fault("empty", ["kind": "empty"]),
  ]

  /// Each tick another fault at the other endpoint, until the hedge is in place; then an undisturbed look.
  @Test func faultsTakeTurns() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(endpoints: ["a", "b"], patience: "0s"))
    for (index, fault) in Self.passing.enumerated() {
      try chain.setFaults([fault.rule(at: index.isMultiple(of: 2) ? "a" : "b")])
      let tick = try keeper.tick()
      #expect(tick.ending != "missed", "\(fault.name): \(tick)")
      try chain.mine()
    }
    try chain.setFaults([])
    try expectHedgedOnce(chain, keeper)

    // One exchange asks several endpoints at one time, and only the look asks them all.
    _ = try chain.requests()
    let quiet = try keeper.tick()
    let requests = try chain.requests()
    #expect(quiet.code == "insideBand" && quiet.exchanges <= 3, "\(quiet)")
    #expect(requests.count(where: { $0.endpoint == "a" }) == quiet.exchanges, "\(requests)")
    #expect(requests.count(where: { $0.endpoint == "b" }) == 1, "\(requests)")
  }

  /// From the send on the endpoint that took the call fails: its fate must be found out from the other one.
  @Test(arguments: [lasting[0], lasting[3]])
  func theEndpointThatTookTheCallFailsAfterwards(_ fault: Fault) throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(endpoints: ["a", "b"], patience: "0s"))
    try chain.setFaults([fault.rule(at: "b")])
    #expect(try keeper.tick().code == "placeMarket")
    try chain.setFaults([fault.rule(at: "a")])
    try expectHedgedOnce(chain, keeper)
  }

  /// Nobody can be asked: nothing is decided, nothing is sent, and the next tick looks again.
  @Test func bothEndpointsFail() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(endpoints: ["a", "b"], patience: "0s"))
    for fault in Self.passing + Self.lasting.prefix(3) {
      try chain.setFaults([fault.rule(at: "*")])
      let tick = try keeper.tick()
      #expect(tick.ending == "missed", "\(fault.name): \(tick)")
    }
    #expect(try chain.pooled().isEmpty)
    #expect(try chain.requests().allSatisfy { !$0.methods.contains("eth_sendRawTransaction") })
  }

  static let sending = [
    Fault("500", ["kind": "http", "status": 500]),
    Fault("acknowledgement lost", ["kind": "ack_lost"]),
    Fault("wrong id", ["kind": "wrong_id"]),
    Fault("swallowed once", ["kind": "swallow", "count": 1]),
    Fault("nonsense", ["kind": "rpc_error", "code": -32_000, "message": "the moon is too high"]),
  ]

  /// Only sending fails, at both endpoints, for a while: no answer says what became of the bytes.
  @Test(arguments: sending)
  func noEndpointAcknowledges(_ fault: Fault) throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(endpoints: ["a", "b"], patience: "0s"))
    let rules = ["a", "b"].map { endpoint -> JSON in
      guard case .object(let object) = fault.rule(at: endpoint) else { return fault.rule }
      let pairs = object.members.map { ($0.key, $0.value) } + [("method", JSON.string("eth_sendRawTransaction"))]
      return .object(JSONObject(pairs + (object["count"] == nil ? [("count", 2)] : [])))
    }
    try chain.setFaults(rules)
    try expectHedgedOnce(chain, keeper)
  }

  /// An endpoint that answers nothing, once to the send and once to the look after it, costs an exchange its deadline
  /// and no more.
  @Test func anEndpointHangs() throws {
    let chain = try DevChain()
    var settings = KeeperSettings(endpoints: ["a", "b"], patience: "0s")
    settings.deadline = "10s"
    let keeper = try KeeperProcess(chain, settings)
    let hangs = ["eth_sendRawTransaction", "eth_getTransactionReceipt"].map { method -> JSON in
      ["kind": "hang", "ms": 60_000, "endpoint": "a", "method": .string(method), "count": 1]
    }
    try chain.setFaults(hangs)
    try expectHedgedOnce(chain, keeper)
  }

  /// A gateway that acknowledges and keeps nothing, for good. Nobody can tell before the chain does; then the bytes go
  /// to the other endpoint as well.
  @Test func theFirstEndpointSwallowsEverySend() throws {
    let chain = try DevChain()
    let keeper = try KeeperProcess(chain, KeeperSettings(endpoints: ["a", "b"], patience: "0s"))
    try chain.setFaults([["kind": "swallow", "endpoint": "a"]])
    try expectHedgedOnce(chain, keeper)
  }

  private func expectHedgedOnce(_ chain: DevChain, _ keeper: KeeperProcess) throws {
    try keeper.ticks(until: "insideBand", limit: 20)
    #expect(try chain.events("OrderCreated") == 1)
    #expect(try chain.keeperNonce() == 1)
    #expect(try HedgeTests.isHedged(chain))
    try expectSoundJournal(keeper)
  }
}

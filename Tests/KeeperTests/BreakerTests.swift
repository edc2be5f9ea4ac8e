import Ethereum
import Outbox
import Simulation
import Testing

@testable import Keeper

/// Who is left alone, for how long, and that nobody is blinded by it.
@Suite struct BreakerTests {
  private let policy = BreakerPolicy(failures: 3, coolDownSeconds: 30, longestCoolDownSeconds: 100)

  @Test func itOpensAfterSoManyFailuresInARow() {
    var breaker = Breaker(policy)
    breaker.failed(0)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(0)
    breaker.failed(0)
    #expect(!breaker.isOpen && breaker.allows(0))
    breaker.failed(0)
    #expect(breaker.isOpen && !breaker.allows(0) && !breaker.allows(29) && breaker.allows(30))
  }

  @Test func eachFailedProbeDoublesTheCoolDownToItsBound() {
    var breaker = Breaker(policy)
    for _ in 0..<3 { breaker.failed(1_000) }
    var now: UInt64 = 1_000
    for expected: UInt64 in [30, 60, 100, 100] {
      #expect(!breaker.allows(now + expected - 1) && breaker.allows(now + expected))
      now += expected
      breaker.failed(now)
    }
    breaker.succeeded()
    #expect(breaker == Breaker(policy))
  }

  @Test func aFailureThatIsNoProbeChangesNothing() {
    var breaker = Breaker(policy)
    for _ in 0..<3 { breaker.failed(0) }
    let before = breaker
    breaker.failed(10)
    #expect(breaker == before)
  }

  @Test(arguments: [(UInt64(0), UInt64(1)), (7, 7), (100, 100), (86_400, 100)])
  func aServerThatAsksForTimeGetsItWithinBounds(asked: UInt64, given: UInt64) {
    var breaker = Breaker(policy)
    breaker.failed(50, retryAfterSeconds: asked)
    #expect(!breaker.allows(50) && !breaker.allows(50 + given - 1) && breaker.allows(50 + given))
  }

  @Test func aClockThatWasSetBackEndsTheWait() {
    var breaker = Breaker(policy)
    for _ in 0..<3 { breaker.failed(1_000) }
    #expect(breaker.allows(999))
    for now in [UInt64.max, 0] {
      var other = Breaker(policy)
      for _ in 0..<3 { other.failed(now) }
      _ = other.allows(.max)
    }
  }

  // MARK: In the conversation

  private func asks(_ transport: ScriptedTransport, _ name: String) -> Int {
    transport.asked.filter { $0.endpoint.name == name && $0.method == "eth_chainId" }.count
  }

  @Test func anEndpointThatHangsIsAskedAgainOnlyAfterTheCoolDown() throws {
    let transport = ScriptedTransport { World.plain($0) }
    var hanging = 0
    transport.fault = { endpoint in
      guard endpoint.name == "b" else { return nil }
      hanging += 1
      return .failure(.timeout(sent: true))
    }
    var node = Node(chain: World.chain(endpoints: ["a", "b"]), transport: transport)
    var asked: [Int] = []
    for tick in 0..<12 {
      let now = World.now + UInt64(tick) * 12
      node.beginTick(now)
      #expect(try node.look(hashes: [], now: now).endpoints.map(\.name) == ["a"])
      if tick == 2 {
        #expect(node.failures.last == .leftAlone(World.endpoint("b", 1), seconds: 30))
      }
      asked.append(hanging)
    }
    // Three failures; a probe 30 s after the third, one 60 s after that.
    #expect(asked == [1, 2, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5])
  }

  @Test func whenAllAreLeftAloneAllAreAsked() throws {
    let transport = ScriptedTransport { World.plain($0) }
    transport.fault = { _ in .status(503, body: "away") }
    var node = Node(chain: World.chain(endpoints: ["a", "b"]), transport: transport)
    for tick in 0..<5 {
      let now = World.now + UInt64(tick)
      node.beginTick(now)
      #expect(throws: NodeFailure.self) { try node.look(hashes: [], now: now) }
    }
    transport.fault = { _ in nil }
    node.beginTick(World.now + 6)
    #expect(try node.look(hashes: [], now: World.now + 6).isComplete)
    node.beginTick(World.now + 7)
    #expect(node.breakers.open == [])
  }

  /// Two of three are needed, one is left alone, and another fails now: then the one that was left alone is asked.
  @Test func cautionDoesNotBreakTheQuorum() throws {
    let transport = ScriptedTransport { World.plain($0) }
    var failing = ["c"]
    transport.fault = { failing.contains($0.name) ? .failure(.connect("refused")) : nil }
    var node = Node(chain: World.chain(endpoints: ["a", "b", "c"], quorum: 2), transport: transport)
    for tick in 0..<3 {
      node.beginTick(World.now + UInt64(tick))
      _ = try node.look(hashes: [], now: World.now + UInt64(tick))
    }
    #expect(node.breakers.open.map(\.name) == ["c"])
    failing = ["b"]
    node.beginTick(World.now + 4)
    #expect(try node.look(hashes: [], now: World.now + 4).endpoints.map(\.name) == ["a", "c"])
    #expect(node.exchanges == 2)
  }

  @Test func anEndpointThatWasOutOfOrderIsNotAskedAgainInTheSameTick() throws {
    let transport = ScriptedTransport { World.plain($0) }
    transport.fault = { $0.name == "a" ? .failure(.timeout(sent: true)) : nil }
    var node = Node(chain: World.chain(endpoints: ["a", "b"]), transport: transport)
    node.beginTick(World.now)
    var batch = Batch()
    let place = batch.ask(.chainID())
    for exchanges in [2, 3, 4] {
      _ = try node.ask(inTurn: node.chain.endpoints, batch) { (answers) throws(NodeFailure) in
        try answers.take(place)
      }
      #expect(node.exchanges == exchanges)
    }
  }

  /// Sixteen endpoints that give their head and hang at everything else: a tick that ends soon, whatever is asked.
  @Test func manyHangingEndpointsCostFewDeadlines() throws {
    let transport = ScriptedTransport { World.plain($0) }
    let names = (0..<16).map { "n\($0)" }
    var node = Node(chain: World.chain(endpoints: names), transport: transport)
    node.beginTick(World.now)
    _ = try node.look(hashes: [], now: World.now)
    transport.fault = { _ in .failure(.timeout(sent: true)) }
    var batch = Batch()
    let place = batch.ask(.chainID())
    for exchanges in [5, 6, 7] {
      #expect(throws: NodeFailure.self) {
        _ = try node.ask(inTurn: node.chain.endpoints, batch) { (answers) throws(NodeFailure) in
          try answers.take(place)
        }
      }
      #expect(node.exchanges == exchanges)
    }
  }

  @Test func rateLimitsCountAndMissingBlocksDoNot() {
    let endpoint = World.endpoint("a", 0)
    let busy = NodeFailure.status(endpoint, 429, retryAfterSeconds: 7, excerpt: "")
    #expect(busy.countsAgainst?.retryAfterSeconds == 7)
    let limited = RPCErrorObject(code: -32_005, message: "daily request count exceeded")
    #expect(NodeFailure.refused(endpoint, method: "eth_call", limited).countsAgainst?.endpoint == endpoint)
    let unknown = RPCErrorObject(code: -32_000, message: "header not found")
    #expect(NodeFailure.refused(endpoint, method: "eth_call", unknown).countsAgainst == nil)
    #expect(NodeFailure.transport(endpoint, .cancelled(sent: true)).countsAgainst == nil)
  }
}

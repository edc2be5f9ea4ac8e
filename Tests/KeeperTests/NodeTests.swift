import Contracts
import Decision
import Ethereum
import Outbox
import Simulation
import Testing

@testable import Keeper

@Suite struct NodeTests {
  @Test func theHighestHeadIsChosenAndWrongChainsAreLeftOut() throws {
    let transport = ScriptedTransport { asked in
      switch asked.method {
      case "eth_chainId": .result(asked.endpoint.name == "c" ? "0x2" : "0x1")
      case "eth_getBlockByNumber":
        .result(World.header(number: asked.endpoint.name == "b" ? 12 : asked.endpoint.name == "c" ? 99 : 10))
      default: World.plain(asked)
      }
    }
    var node = Node(chain: World.chain(endpoints: ["a", "b", "c"]), transport: transport)
    let look = try node.look(hashes: [], now: World.now)
    #expect(look.head.number == 12)
    #expect(look.endpoints.map(\.name) == ["b", "a"])
    #expect(!look.isComplete)
    #expect(node.exchanges == 1)
    #expect(node.failures == [.wrongChain(World.endpoint("c", 2), expected: 1, actual: 2)])
  }

  @Test func aReceiptOfAnotherTransactionIsNoReceiptOfOurs() throws {
    let transport = ScriptedTransport { asked in
      asked.method == "eth_getTransactionReceipt" ? .result(World.receipt(hash: World.hash(2))) : World.plain(asked)
    }
    var node = Node(chain: World.chain(endpoints: ["a"]), transport: transport)
    #expect(throws: NodeFailure.self) { try node.look(hashes: [World.hash(1)], now: World.now) }
  }

  @Test func sightingsTellReceiptPoolAndSilenceApart() throws {
    let (mined, pooled, gone) = (World.hash(1), World.hash(2), World.hash(3))
    let transport = ScriptedTransport { asked in
      let subject = asked.params.first?.string
      if asked.method == "eth_getTransactionReceipt" {
        return .result(subject == mined.description ? World.receipt(hash: mined) : .null)
      }
      if asked.method == "eth_getTransactionByHash" {
        return .result(subject == pooled.description ? World.pending(hash: pooled) : .null)
      }
      return World.plain(asked)
    }
    var node = Node(chain: World.chain(endpoints: ["a"]), transport: transport)
    let sightings = try node.look(hashes: [mined, pooled, gone], now: World.now).sightings([])
    #expect(sightings.map(\.hash) == [mined, pooled, gone])
    guard case .receipt(let inclusion, nil) = sightings[0].sighting else {
      Issue.record("no receipt: \(sightings[0])")
      return
    }
    #expect(inclusion.transactionHash == mined && inclusion.succeeded)
    #expect(sightings[1].sighting == .inPool)
    #expect(sightings[2].sighting == .unknown)
  }

  @Test func aReceiptInACanonicalBlockOutweighsAnotherEndpointsReceipt() throws {
    let ours = World.hash(1)
    let transport = ScriptedTransport { asked in
      guard asked.method == "eth_getTransactionReceipt" else { return World.plain(asked) }
      // a stands on a branch that the chain has left.
      return .result(World.receipt(hash: ours, block: World.hash(asked.endpoint.name == "a" ? 77 : 9)))
    }
    var node = Node(chain: World.chain(endpoints: ["a", "b"]), transport: transport)
    let look = try node.look(hashes: [ours], now: World.now)
    let sightings = look.sightings([CanonicalBlock(number: 9, hash: World.hash(9))])
    guard case .receipt(let inclusion, _) = sightings[0].sighting else {
      Issue.record("no receipt: \(sightings[0])")
      return
    }
    #expect(inclusion.blockHash == World.hash(9))
  }

  @Test func whereNobodyServesTheHighestHeadTheNextLowerOneIsTaken() throws {
    let transport = ScriptedTransport { asked in
      asked.method == "eth_getBlockByNumber"
        ? .result(World.header(number: asked.endpoint.name == "b" ? 12 : 10)) : World.plain(asked)
    }
    var node = Node(chain: World.chain(endpoints: ["a", "b"]), transport: transport)
    let look = try node.look(hashes: [], now: World.now)
    let lower = try look.retreating()
    #expect(look.head.number == 12 && lower?.head.number == 10)
    #expect(lower?.endpoints.map(\.name) == ["a"])
    #expect(lower?.isComplete == false)
    #expect(try lower?.retreating() == nil)
  }

  @Test func aHeadFromTheFutureIsNotBelieved() {
    let transport = ScriptedTransport { World.plain($0) }
    var node = Node(chain: World.chain(endpoints: ["a"]), transport: transport)
    // The scripted head is of 1,700,000,120: a minute and a second ahead of this clock.
    let now: UInt64 = 1_700_000_059
    let expected = NodeFailure.fromTheFuture(World.endpoint("a", 0), timestamp: 1_700_000_120, now: now)
    #expect(throws: NodeFailure.everywhere([expected])) { try node.look(hashes: [], now: now) }
    #expect(throws: Never.self) { try node.look(hashes: [], now: now + 1) }
  }

  @Test(arguments: FaultCase.all)
  func anEndpointThatFailsIsFollowedByTheNext(_ fault: FaultCase) throws {
    let transport = ScriptedTransport { World.plain($0) }
    transport.fault = { $0.name == "a" ? fault.fault() : nil }
    var node = Node(chain: World.chain(endpoints: ["a", "b"]), transport: transport)
    var batch = Batch()
    let place = batch.ask(.chainID())
    let endpoints = node.chain.endpoints
    let (answer, endpoint, _) = try node.ask(inTurn: endpoints, batch) { (answers) throws(NodeFailure) in
      try answers.take(place)
    }
    #expect(answer == 1 && endpoint.name == "b")
    #expect(node.exchanges == 2)
    #expect(node.failures.count == 1 && node.failures[0].code == fault.code)
  }

  @Test func whenAllFailTheFailureNamesEach() {
    let transport = ScriptedTransport { World.plain($0) }
    transport.fault = { _ in .failure(.timeout(sent: true)) }
    var node = Node(chain: World.chain(endpoints: ["a", "b"]), transport: transport)
    let both = [World.endpoint("a", 0), World.endpoint("b", 1)].map {
      NodeFailure.transport($0, .timeout(sent: true))
    }
    #expect(throws: NodeFailure.everywhere(both)) { try node.look(hashes: [], now: World.now) }
  }

  @Test func withoutMulticallEachReadIsACallAtTheSameHash() throws {
    let holder = try Address(hex: "0x00000000000000000000000000000000000000aa")
    let token = try Address(hex: "0x00000000000000000000000000000000000000bb")
    let reader = VaultReader(
      holder: holder,
      tokens: [
        SpotToken(symbol: "ETH", address: nil, decimals: 18, role: .base),
        SpotToken(symbol: "USDC", address: token, decimals: 6, role: .quote),
      ], erc4626: nil, pausable: nil)
    let transport = ScriptedTransport { asked in
      switch asked.method {
      case "eth_getBalance": .result("0x7")
      case "eth_call": .result(.string(Hex.encode(UInt256(9 as UInt64).bigEndian32)))
      default: World.plain(asked)
      }
    }
    var node = Node(chain: World.chain(endpoints: ["a"]), transport: transport)
    var batch = Batch()
    let block = World.hash(5)
    let round = try ReadRound(try reader.reads(), at: block, multicall3: nil, in: &batch)
    let endpoints = node.chain.endpoints
    let results = try node.ask(inTurn: endpoints, batch) { (answers) throws(NodeFailure) in
      try round.results(answers)
    }.answer
    #expect(try reader.reading(results).balances.map(\.units) == [7, 9])
    #expect(transport.exchanges == 1)
    let blocks = transport.asked.map { $0.params.last?["blockHash"]?.string }
    #expect(blocks == [block.description, block.description])
  }
}

/// A way for an endpoint to fail a read, and the code it is counted under.
struct FaultCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let code: String
  let fault: @Sendable () -> ScriptedTransport.Fault

  static let all: [FaultCase] = [
    FaultCase(testDescription: "no connection", code: "nodeUnreachable") { .failure(.connect("refused")) },
    FaultCase(testDescription: "reset", code: "nodeUnreachable") { .failure(.reset(sent: true)) },
    FaultCase(testDescription: "429", code: "nodeHTTPError") { .status(429, body: "slow down") },
    FaultCase(testDescription: "500", code: "nodeHTTPError") { .status(500, body: "<html>") },
    FaultCase(testDescription: "truncated", code: "nodeAnswerMalformed") { .garbled { Array($0.dropLast(5)) } },
    FaultCase(testDescription: "empty", code: "nodeAnswerMalformed") { .garbled { _ in [] } },
    FaultCase(testDescription: "wrong id", code: "nodeAnswerMalformed") {
      .garbled { _ in Array(#"[{"jsonrpc":"2.0","id":99,"result":"0x1"}]"#.utf8) }
    },
    FaultCase(testDescription: "not hexadecimal", code: "nodeAnswerMalformed") {
      .garbled { _ in Array(#"[{"jsonrpc":"2.0","id":1,"result":"one"}]"#.utf8) }
    },
    FaultCase(testDescription: "header not found", code: "nodeRefused") {
      .garbled { _ in Array(#"[{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"header not found"}}]"#.utf8) }
    },
  ]
}

import Ethereum
import Outbox
import Simulation
import Testing

@testable import Keeper

/// Who hears of signed bytes, and when.
@Suite struct RoutingTests {
  private let a = World.endpoint("a", 0)
  private let b = World.endpoint("b", 1)
  private let flash = World.endpoint("flash", 2)

  private func chain(_ sending: ChainSettings.Sending = .first) -> ChainSettings {
    World.chain(endpoints: ["a", "b"], relays: ["flash"], sending: sending)
  }

  private func dispatch(
    _ route: Route, isNoOp: Bool = false, waited: UInt64 = 0, wasPublic: Bool = false, isRepeat: Bool = false,
    relayIsBad: Bool = false, sending: ChainSettings.Sending = .first
  ) -> Dispatch {
    var relays = RelayHealth([flash])
    if relayIsBad { for _ in 0..<6 { relays.note(flash, failed: true, 0) } }
    let passage = Passage(
      route: route, isNoOp: isNoOp, blocksWaited: waited, wasPublic: wasPublic, isRepeat: isRepeat)
    return chain(sending).dispatch(passage, heard: [b], reachable: [a, b], relays: relays)
  }

  @Test func publicBytesGoToOneAndWhenRepeatedToAll() {
    #expect(dispatch(.public) == .inTurn([b]))
    #expect(dispatch(.public, isRepeat: true) == .atOnce([b, a]))
    #expect(dispatch(.public, sending: .all) == .atOnce([b, a]))
  }

  @Test func privateBytesGoToRelaysOnlyHoweverLongTheyWait() {
    for waited: UInt64 in [0, 25, 1_000_000] {
      #expect(dispatch(.relay, waited: waited) == .inTurn([flash]))
      #expect(dispatch(.relay, waited: waited, isRepeat: true, sending: .all) == .atOnce([flash]))
    }
  }

  @Test(arguments: [(UInt64(0), false), (24, false), (25, true), (26, true)])
  func afterSoManyBlocksTheyBecomePublic(waited: UInt64, isPublic: Bool) {
    let route = Route.relayThenPublic(afterBlocks: 25)
    #expect(dispatch(route, waited: waited, isRepeat: true) == .atOnce(isPublic ? [b, a] : [flash]))
    // What was public stays public, also where a reorg has shortened the wait.
    #expect(dispatch(route, waited: waited, wasPublic: true, isRepeat: true) == .atOnce([b, a]))
  }

  @Test func neverBothAtOneTime() {
    let routes = [Route.public, .relay, .relayThenPublic(afterBlocks: 3)]
    for route in routes {
      for waited: UInt64 in 0...5 {
        for bits in 0..<16 {
          let dispatch = dispatch(
            route, isNoOp: bits & 1 != 0, waited: waited, wasPublic: bits & 2 != 0, isRepeat: bits & 4 != 0,
            relayIsBad: bits & 8 != 0, sending: .all)
          let endpoints: [EndpointID]
          switch dispatch {
          case .inTurn(let list), .atOnce(let list): endpoints = list
          case .wait: endpoints = []
          }
          #expect(endpoints.isEmpty || endpoints.contains(flash) == (endpoints == [flash]), "\(route) \(dispatch)")
        }
      }
    }
  }

  /// A nonce that a relay holds can be cleared where the chain sees it; a no-op gives nothing away.
  @Test func aNoOpIsAlwaysPublic() {
    #expect(dispatch(.relay, isNoOp: true, isRepeat: true, relayIsBad: true) == .atOnce([b, a]))
  }

  @Test func withoutAHealthyRelayPrivateBytesWait() {
    for route in [Route.relay, .relayThenPublic(afterBlocks: 25)] {
      guard case .wait(let code, let reason) = dispatch(route, relayIsBad: true) else {
        Issue.record("it is sent: \(dispatch(route, relayIsBad: true))")
        continue
      }
      #expect(code == "noHealthyRelay" && reason.contains("flash: 6 of the last 6"), "\(reason)")
    }
    let transport = ScriptedTransport { World.plain($0) }
    var node = Node(chain: chain(), transport: transport)
    #expect(node.closure(of: .relay) == nil && node.closure(of: .public) == nil)
    for _ in 0..<6 { node.note([EndpointAnswer(endpoint: "flash", submission: .maybeAccepted(why: "late"))]) }
    #expect(node.closure(of: .relay)?.code == "noHealthyRelay")
    #expect(node.closure(of: .public) == nil)
  }

  // MARK: Health

  @Test func aRelayTurnsBadAtThirtyPerCentAndGoodAtTen() {
    var health = RelayHealth([flash])
    func note(_ failed: Bool, _ times: Int) {
      for _ in 0..<times { health.note(flash, failed: failed, 0) }
    }
    note(false, 20)
    for _ in 0..<5 {
      note(true, 1)
      note(false, 1)
    }
    #expect(health.usable == [flash], "five of twenty are a quarter")
    note(true, 1)
    note(false, 1)
    #expect(health.usable == [], "six of twenty")
    // The window slides: all six are in it for eight more answers, three of them for four more.
    note(false, 8)
    note(false, 6)
    #expect(health.usable == [], "\(health.descriptions)")
    note(false, 2)
    #expect(health.usable == [flash], "\(health.descriptions)")
  }

  @Test func onlyWhatIsTheEndpointsFaultCounts() {
    var health = RelayHealth([flash])
    for submission in [
      Submission.accepted, .alreadyKnown, .rejected(.nonceTooLow), .rejected(.insufficientFunds),
      .rejected(.replacementUnderpriced),
    ] {
      for _ in 0..<20 { health.note([EndpointAnswer(endpoint: "flash", submission: submission)], 0) }
      #expect(health.usable == [flash], "\(submission)")
    }
    health.note([EndpointAnswer(endpoint: "a", submission: .notSent(why: "gone"))], 0)
    #expect(
      health
        == {
          var same = RelayHealth([flash]); for _ in 0..<20 { same.note(flash, failed: false, 0) }; return same
        }())
    for _ in 0..<6 { health.note([EndpointAnswer(endpoint: "flash", submission: .rejected(.endpointRefuses))], 0) }
    #expect(health.usable == [])
  }

  /// A relay is asked for a sign of life by who sends through it, and for nothing else by anybody.
  @Test func relaysAreNeverAskedForTheChainsState() throws {
    let transport = ScriptedTransport { World.plain($0) }
    var node = Node(chain: chain(), transport: transport)
    _ = try node.look(hashes: [World.hash(1)], now: World.now)
    #expect(transport.asked.allSatisfy { $0.endpoint != flash })
    node.usesRelays = true
    node.beginTick(World.now)
    _ = try node.look(hashes: [World.hash(1)], now: World.now)
    #expect(transport.asked.filter { $0.endpoint == flash }.map(\.method) == ["eth_chainId"])
    #expect(node.exchanges == 1)
  }

  @Test func aSilentRelayHoldsNobodyUpForLong() throws {
    let transport = ScriptedTransport { World.plain($0) }
    transport.fault = { [flash] in $0 == flash ? .failure(.timeout(sent: true)) : nil }
    var node = Node(chain: chain(), transport: transport)
    node.usesRelays = true
    for tick in 0..<3 {
      node.beginTick(World.now + UInt64(tick) * 12)
      _ = try node.look(hashes: [], now: World.now + UInt64(tick) * 12)
    }
    #expect(node.relays.toAsk(World.now + 30) == [] && node.relays.usable == [])
    #expect(node.relays.toAsk(World.now + 60) == [flash])
  }

  @Test func aRelayOfAnotherChainIsNotUsed() throws {
    let transport = ScriptedTransport { [flash] asked in
      asked.endpoint == flash ? .result("0x5") : World.plain(asked)
    }
    var node = Node(chain: chain(), transport: transport)
    node.usesRelays = true
    for tick in 0..<3 {
      node.beginTick(World.now + UInt64(tick))
      _ = try node.look(hashes: [], now: World.now + UInt64(tick))
    }
    #expect(node.closure(of: .relay) != nil)
    #expect(node.failures.contains(.wrongChain(flash, expected: 1, actual: 5)))
  }
}

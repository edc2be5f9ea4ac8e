import Ethereum
import Outbox
import Simulation
import Testing

@testable import Keeper

/// Which head is decided on when endpoints differ: disagreeing, lagging, lying, reorging and silent ones.
@Suite struct QuorumTests {
  /// A node that asks `nodes`, each under its own name, in their order.
  private func node(
    _ nodes: [(name: String, node: StandingNode)], quorum: Int? = nil, maximumLagBlocks: UInt64 = 3
  ) -> (Node, ScriptedTransport) {
    let transport = ScriptedTransport { asked in
      nodes.first { $0.name == asked.endpoint.name }?.node.answer(asked)
        ?? .error(RPCErrorObject(code: -32_601, message: "nobody"))
    }
    let chain = World.chain(
      endpoints: nodes.map(\.name), quorum: quorum, maximumLagBlocks: maximumLagBlocks)
    return (Node(chain: chain, transport: transport), transport)
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (16, 9)])
  func theDefaultIsTheMajority(count: Int, quorum: Int) {
    let names = (0..<count).map { "n\($0)" }
    #expect(World.chain(endpoints: names, quorum: nil).quorum == quorum)
  }

  @Test func twoOfThreeDecideAndTheThirdIsLeftOut() throws {
    var (node, _) = node([
      ("a", StandingNode(head: 12, branch: "lie", fork: 12)), ("b", StandingNode(head: 12)),
      ("c", StandingNode(head: 12)),
    ])
    let look = try node.look(hashes: [], now: World.now)
    #expect(look.head.hash == World.block(12))
    #expect(look.endpoints.map(\.name) == ["b", "c"] && look.vouchers.map(\.name) == ["b", "c"])
    #expect(!look.isComplete)
    let dissent = NodeFailure.dissenting(
      World.endpoint("a", 0), number: 12, says: World.block(12, branch: "lie"), decided: World.block(12))
    #expect(node.failures == [dissent] && dissent.code == "nodeDissents")
    #expect(node.exchanges == 1)
  }

  /// Whoever repeats the others' hash with a time of its own does not tell the time.
  @Test func aHeaderWithOtherFiguresIsNotTheBlock() throws {
    let transport = ScriptedTransport { asked in
      let answer = StandingNode(head: 12).answer(asked)
      guard asked.endpoint.name == "a", asked.method == "eth_getBlockByNumber",
        case .result(.object(var header)) = answer
      else { return answer }
      header["timestamp"] = World.quantity(1_700_001_999)
      return .result(.object(header))
    }
    var node = Node(chain: World.chain(endpoints: ["a", "b", "c"], quorum: 2), transport: transport)
    let look = try node.look(hashes: [], now: World.now)
    #expect(look.head.timestamp == 1_700_000_144 && look.vouchers.map(\.name) == ["b", "c"])
  }

  @Test func aHeadFarAboveAllOthersConvincesNobody() throws {
    var (node, _) = node([
      ("a", StandingNode(head: 100, branch: "lie", fork: 9)), ("b", StandingNode(head: 12)),
      ("c", StandingNode(head: 12)),
    ])
    #expect(try node.look(hashes: [], now: World.now).head.number == 12)
  }

  /// A head names its parent, so a neighbour of one block behind costs nothing.
  @Test func theParentIsVouchedForWithoutAQuestion() throws {
    var (node, _) = node([("a", StandingNode(head: 13)), ("b", StandingNode(head: 12))])
    let look = try node.look(hashes: [], now: World.now)
    #expect(look.head.hash == World.block(12) && look.isComplete)
    #expect(look.vouchers.map(\.name) == ["a", "b"])
    #expect(node.exchanges == 1)
  }

  @Test func endpointsSeveralBlocksApartAreAskedFurtherBack() throws {
    var (node, transport) = node([
      ("a", StandingNode(head: 18)), ("b", StandingNode(head: 15)), ("c", StandingNode(head: 11)),
    ])
    let look = try node.look(hashes: [], now: World.now)
    #expect(look.head.hash == World.block(15) && look.vouchers.map(\.name) == ["a", "b"])
    #expect(node.exchanges == 2)
    // Of each endpoint the height that two have reached, and the three below it.
    #expect(transport.asked.filter { $0.method == "eth_getBlockByNumber" }.count == 3 + 12)
    #expect(node.failures == [.lagging(World.endpoint("c", 2), blocks: 4, head: 15)])
  }

  /// Two endpoints on different branches of a reorg agree on what is below it.
  @Test(arguments: [UInt64(11), 12, 13])
  func whereABranchBeginsTheyAgreeBelow(fork: UInt64) throws {
    var (node, _) = node([
      ("a", StandingNode(head: 13, branch: "new", fork: fork)), ("b", StandingNode(head: 13)),
    ])
    #expect(try node.look(hashes: [], now: World.now).head.number == fork - 1)
    #expect(node.exchanges == 2)
  }

  @Test func whoAgreesOnNothingSaysSoWithNumbers() throws {
    var (node, _) = node([
      ("a", StandingNode(head: 13, branch: "new", fork: 5)), ("b", StandingNode(head: 12)),
    ])
    let claims = [
      HeadClaim(endpoint: World.endpoint("a", 0), number: 13, hash: World.block(13, branch: "new")),
      HeadClaim(endpoint: World.endpoint("b", 1), number: 12, hash: World.block(12)),
    ]
    let expected = NodeFailure.disagreeing(needed: 2, claims)
    #expect(throws: expected) { try node.look(hashes: [], now: World.now) }
    #expect(expected.code == "nodesDisagree")
    #expect(expected.description.contains("a says block 13"), "\(expected)")
    #expect(node.exchanges == 2)
  }

  @Test func fewerHeadsThanTheQuorumAreNoHead() throws {
    var (node, transport) = node([("a", StandingNode(head: 12)), ("b", StandingNode(head: 12))])
    transport.fault = { $0.name == "a" ? .failure(.timeout(sent: true)) : nil }
    let silent = NodeFailure.transport(World.endpoint("a", 0), .timeout(sent: true))
    let expected = NodeFailure.tooFew(needed: 2, heard: 1, [silent])
    #expect(throws: expected) { try node.look(hashes: [], now: World.now) }
    #expect(expected.code == "nodesTooFew")
  }

  @Test(arguments: [(UInt64(3), UInt64(9), true), (3, 8, false), (0, 11, false), (0, 12, true)])
  func theLagGate(maximum: UInt64, head: UInt64, isHeard: Bool) throws {
    var (node, _) = node(
      [("a", StandingNode(head: 12)), ("b", StandingNode(head: 12)), ("c", StandingNode(head: head))],
      maximumLagBlocks: maximum)
    let look = try node.look(hashes: [], now: World.now)
    #expect(look.head.number == 12)
    #expect(look.endpoints.map(\.name).contains("c") == isHeard && look.isComplete == isHeard)
    #expect(node.failures.map(\.code) == (isHeard ? [] : ["nodeLagging"]))
  }

  /// Whatever three endpoints say: where a head is decided, two of them say so, and no other block has a majority at
  /// its height.
  @Test func everyDecisionHasItsMajority() throws {
    let stands = [(10, "", 0), (11, "", 0), (14, "", 0), (11, "x", 11), (12, "x", 11), (13, "y", 8)]
      .map { StandingNode(head: UInt64($0.0), branch: $0.1, fork: UInt64($0.2)) }
    for a in stands {
      for b in stands {
        for c in stands {
          var (node, _) = node([("a", a), ("b", b), ("c", c)])
          let look: Look
          do throws(NodeFailure) {
            look = try node.look(hashes: [], now: World.now)
          } catch {
            #expect(error.code == "nodesDisagree")
            continue
          }
          let behind = [a, b, c].filter { stand in
            stand.head >= look.head.number
              && World.block(look.head.number, branch: stand.branch, from: stand.fork) == look.head.hash
          }
          #expect(behind.count >= 2, "\(a) \(b) \(c) decided \(look.head)")
        }
      }
    }
  }
}

import Ethereum
import Outbox
import Simulation
import Testing

@testable import Keeper

/// Who used a nonce of ours: found by closing in on its block, in few exchanges, also where nodes have thrown the older
/// states away.
@Suite struct StrangerSearchTests {
  private let sender: Address
  private let other: Address

  init() throws {
    sender = try Address(hex: "0x00000000000000000000000000000000000000aa")
    other = try Address(hex: "0x00000000000000000000000000000000000000bb")
  }

  /// A chain in which the sender's nonce 7 was used in `block`.
  private func transport(block: UInt64, keptFrom: UInt64 = 0) -> ScriptedTransport {
    ScriptedTransport { [sender, other] asked in
      if asked.method == "eth_getTransactionCount", let height = World.height(of: asked, parameter: 1) {
        return height < keptFrom
          ? .error(RPCErrorObject(code: -32_000, message: "missing trie node"))
          : .result(World.quantity(height >= block ? 8 : 7))
      }
      guard asked.method == "eth_getBlockByNumber", asked.params.last == true, let height = World.height(of: asked)
      else { return World.plain(asked) }
      func entry(_ from: Address, _ nonce: UInt64, _ hash: UInt8) -> JSON {
        [
          "hash": .string(World.hash(hash).description), "from": .string(from.description),
          "nonce": World.quantity(nonce), "type": "0x7e",
        ]
      }
      guard case .object(var full) = World.header(number: height) else { return .result(.null) }
      full["transactions"] =
        height == block ? [entry(other, 7, 1), entry(sender, 6, 2), entry(sender, 7, 99)] : [entry(other, 7, 1)]
      return .result(.object(full))
    }
  }

  private func search(
    _ transport: ScriptedTransport, head: UInt64, exchanges: Int = 8
  ) -> (found: Stranger?, node: Node) {
    var node = Node(chain: World.chain(endpoints: ["a"]), transport: transport)
    let found = node.findStranger(
      sender: sender, nonce: 7, head: head, node.chain.endpoints, exchanges: exchanges)
    return (found, node)
  }

  @Test(arguments: [UInt64(10_000), 9_999, 9_998, 9_990, 9_500, 7_777, 4_097, 1_810, 1_809])
  func itIsFoundWithinTheExchangesOfOneTick(block: UInt64) {
    let (found, node) = search(transport(block: block), head: 10_000)
    #expect(
      found == Stranger(nonce: 7, hash: World.hash(99), blockNumber: block, blockHash: World.block(block)))
    #expect(node.exchanges <= 8 && node.failures.isEmpty)
  }

  @Test func everyPlaceInAShortChainIsFound() {
    for block in UInt64(1)...60 {
      #expect(search(transport(block: block), head: 60).found?.blockNumber == block)
    }
  }

  @Test func statesThatWereThrownAwayTellNothing() {
    // A node of 128 states, asked about what happened within them.
    #expect(search(transport(block: 9_950, keptFrom: 9_872), head: 10_000).found?.blockNumber == 9_950)
    // And about what happened before: given up, without an error, and soon.
    let (found, node) = search(transport(block: 5_000, keptFrom: 9_872), head: 10_000)
    #expect(found == nil && node.exchanges == 1 && node.failures.isEmpty)
  }

  @Test func whatLiesTooFarBackIsGivenUp() {
    let (found, node) = search(transport(block: 10), head: 100_000)
    #expect(found == nil && node.exchanges == 1)
  }

  @Test func aNonceThatNobodyUsedEndsTheSearch() {
    let (found, node) = search(transport(block: 20_000), head: 10_000)
    #expect(found == nil && node.exchanges <= 2)
  }

  @Test func theExchangesAreBounded() {
    let (found, node) = search(transport(block: 5_001), head: 10_000, exchanges: 3)
    #expect(found == nil && node.exchanges <= 3)
  }

  @Test func aNodeThatFailsEndsTheSearchWithoutEndingTheTick() {
    let silent = transport(block: 5_001)
    silent.fault = { _ in .failure(.timeout(sent: true)) }
    let (found, node) = search(silent, head: 10_000)
    #expect(found == nil && node.failures.map(\.code).contains("nodeUnreachable"))
  }

  /// A node that answers at random must not keep the search going for ever.
  @Test func nonsenseEndsTheSearch() {
    var state: UInt64 = 1
    for _ in 0..<200 {
      var hunt = NonceHunt(nonce: 7, head: 10_000)
      var rounds = 0
      while !hunt.heights.isEmpty, rounds < 40 {
        hunt.hear(
          hunt.heights.map { height in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (height, [nil, 6, 7, 8, 9][Int(state >> 33) % 5])
          })
        rounds += 1
      }
      #expect(rounds < 40, "\(hunt)")
    }
  }
}

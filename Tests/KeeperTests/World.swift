import Contracts
import Ethereum
import Outbox
import Simulation

@testable import Keeper

/// Pieces of a scripted chain.
enum World {
  static func endpoint(_ name: String, _ index: Int) -> EndpointID { EndpointID(index: index, name: name) }

  /// - Parameter quorum: 1 where a test is about something else than agreement.
  static func chain(
    endpoints: [String], relays: [String] = [], quorum: Int? = 1, maximumLagBlocks: UInt64 = 3,
    breaker: BreakerPolicy = .standard, sending: ChainSettings.Sending = .first, fees: FeePolicy = fees(.eip1559),
    multicall3: Address? = MulticallBatch.canonicalAddress
  ) -> ChainSettings {
    ChainSettings(
      name: "scripted", chainID: 1, endpoints: endpoints.enumerated().map { endpoint($1, $0) },
      relays: relays.enumerated().map { endpoint($1, endpoints.count + $0) }, quorum: quorum,
      maximumLagBlocks: maximumLagBlocks, breaker: breaker, sending: sending,
      multicall3: multicall3, exchangeDeadlineMilliseconds: 1_000, fees: fees,
      gasLimit: 3_000_000, gasMarginPercent: 20, clearNonceReserveWei: 1_000_000,
      lane: LanePolicy(chainID: 1, feeCeilingWei: 100_000_000_000, gasBudgetWei: 1_000_000_000_000_000_000))
  }

  static func fees(_ model: FeePolicy.Model) -> FeePolicy {
    FeePolicy(
      model: model, ceilingWei: 100_000_000_000, minimumTipWei: 100_000_000, tipPercentile: 50, baseFeeMultiple: 2)
  }

  /// Unix seconds, some blocks after those of `header`.
  static let now: UInt64 = 1_700_002_000

  static func hash(_ byte: UInt8) -> Bytes32 { Keccak256.hash([byte]) }

  /// The block of a height on the chain that most agree on, or on a branch that leaves it before a height.
  static func block(_ number: UInt64, branch: String = "", from fork: UInt64 = 0) -> Bytes32 {
    number >= fork && !branch.isEmpty
      ? Keccak256.hash(utf8: "\(branch) \(number)") : hash(UInt8(truncatingIfNeeded: number))
  }

  static func header(
    number: UInt64, baseFee: UInt64 = 1_000_000_000, branch: String = "", from fork: UInt64 = 0
  ) -> JSON {
    [
      "number": .string(UInt256(number).hexQuantity),
      "hash": .string(block(number, branch: branch, from: fork).description),
      "parentHash": .string(block(number &- 1, branch: branch, from: fork).description),
      "timestamp": .string(UInt256(1_700_000_000 + number * 12).hexQuantity),
      "baseFeePerGas": .string(UInt256(baseFee).hexQuantity), "gasUsed": "0xe4e1c0", "gasLimit": "0x1c9c380",
    ]
  }

  static func receipt(hash: Bytes32, block: Bytes32 = World.hash(9)) -> JSON {
    [
      "transactionHash": .string(hash.description), "from": "0x00000000000000000000000000000000000000aa",
      "to": "0x00000000000000000000000000000000000000bb", "status": "0x1",
      "blockHash": .string(block.description),
      "blockNumber": "0x9", "gasUsed": "0x5208", "effectiveGasPrice": "0x1", "logs": [],
    ]
  }

  static func pending(hash: Bytes32) -> JSON {
    [
      "hash": .string(hash.description), "from": "0x00000000000000000000000000000000000000aa",
      "to": "0x00000000000000000000000000000000000000bb", "nonce": "0x0", "value": "0x0", "input": "0x",
      "blockNumber": .null, "blockHash": .null,
    ]
  }

  /// A node of chain 1 at block 10 that knows nothing in particular.
  static func plain(_ asked: ScriptedTransport.Asked) -> ScriptedTransport.Answer {
    switch asked.method {
    case "eth_chainId": .result("0x1")
    case "eth_getBlockByNumber": .result(header(number: height(of: asked) ?? 10))
    case "eth_feeHistory":
      .result([
        "oldestBlock": "0x1", "baseFeePerGas": ["0x3b9aca00", "0x3b9aca00"],
        "reward": [["0xbebc200", "0xbebc201", "0xbebc202"]],
      ])
    case "eth_gasPrice": .result("0x77359400")
    case "eth_getTransactionReceipt", "eth_getTransactionByHash": .result(.null)
    default: .error(RPCErrorObject(code: -32601, message: "the method \(asked.method) does not exist"))
    }
  }

  /// The height that a question names; nil for "latest" and other tags.
  static func height(of asked: ScriptedTransport.Asked, parameter: Int = 0) -> UInt64? {
    guard asked.params.indices.contains(parameter), let text = asked.params[parameter].string else { return nil }
    do { return try UInt256(hexQuantity: text).asUInt64 } catch { return nil }
  }

  static func quantity(_ number: UInt64) -> JSON { .string(UInt256(number).hexQuantity) }
}

/// A node that stands at a height, perhaps on a branch of its own, and answers questions about blocks honestly from
/// there.
struct StandingNode {
  var head: UInt64
  var branch = ""
  var fork: UInt64 = 0

  func answer(_ asked: ScriptedTransport.Asked) -> ScriptedTransport.Answer {
    guard asked.method == "eth_getBlockByNumber" else { return World.plain(asked) }
    let number = World.height(of: asked) ?? head
    return number > head ? .result(.null) : .result(World.header(number: number, branch: branch, from: fork))
  }
}

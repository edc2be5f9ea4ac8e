import Contracts
import Ethereum
import Outbox
import Simulation

@testable import Keeper

/// Pieces of a scripted chain.
enum World {
  static func endpoint(_ name: String, _ index: Int) -> EndpointID { EndpointID(index: index, name: name) }

  static func chain(endpoints: [String], fees: FeePolicy = fees(.eip1559)) -> ChainSettings {
    ChainSettings(
      name: "scripted", chainID: 1, endpoints: endpoints.enumerated().map { endpoint($1, $0) },
      multicall3: MulticallBatch.canonicalAddress, exchangeDeadlineMilliseconds: 1_000, fees: fees,
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

  static func header(number: UInt64, baseFee: UInt64 = 1_000_000_000) -> JSON {
    [
      "number": .string(UInt256(number).hexQuantity),
      "hash": .string(hash(UInt8(truncatingIfNeeded: number)).description),
      "parentHash": .string(hash(0).description),
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
    case "eth_getBlockByNumber": .result(header(number: 10))
    case "eth_feeHistory":
      .result([
        "oldestBlock": "0x1", "baseFeePerGas": ["0x3b9aca00", "0x3b9aca00"], "reward": [["0xbebc200"]],
      ])
    case "eth_gasPrice": .result("0x77359400")
    case "eth_getTransactionReceipt", "eth_getTransactionByHash": .result(.null)
    default: .error(RPCErrorObject(code: -32601, message: "the method \(asked.method) does not exist"))
    }
  }
}

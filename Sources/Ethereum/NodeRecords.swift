// What a node tells of blocks, transactions and receipts. Fields the keeper does not use are not read, so that a
// chain's extra or missing fields do no harm.

/// The head of a block.
package struct BlockHeader: Hashable, Sendable {
  package let number: UInt64
  package let hash: Bytes32
  package let parentHash: Bytes32
  /// Unix seconds, as the block's maker claims.
  package let timestamp: UInt64
  /// Wei per gas; nil on chains without EIP-1559.
  package let baseFeePerGas: UInt256?
  package let gasUsed: UInt64
  package let gasLimit: UInt64

  package init(
    number: UInt64, hash: Bytes32, parentHash: Bytes32, timestamp: UInt64, baseFeePerGas: UInt256?, gasUsed: UInt64,
    gasLimit: UInt64
  ) {
    self.number = number
    self.hash = hash
    self.parentHash = parentHash
    self.timestamp = timestamp
    self.baseFeePerGas = baseFeePerGas
    self.gasUsed = gasUsed
    self.gasLimit = gasLimit
  }

  init(_ json: JSONReading) throws(EthereumError) {
    number = try json["number"].uint64()
    hash = try json["hash"].bytes32()
    parentHash = try json["parentHash"].bytes32()
    timestamp = try json["timestamp"].uint64()
    baseFeePerGas = try json["baseFeePerGas"].optional { json throws(EthereumError) in try json.quantity() }
    gasUsed = try json["gasUsed"].uint64()
    gasLimit = try json["gasLimit"].uint64()
  }
}

/// What became of a mined transaction.
package struct Receipt: Hashable, Sendable {
  package let transactionHash: Bytes32
  package let from: Address
  /// Nil where a contract was created.
  package let to: Address?
  /// False where the call reverted. True says only that it did not: a venue may still refuse later.
  package let status: Bool
  package let blockHash: Bytes32
  package let blockNumber: UInt64
  package let gasUsed: UInt64
  /// Wei per gas paid; nil where the node does not say.
  package let effectiveGasPrice: UInt256?
  package let logs: [Log]

  package init(
    transactionHash: Bytes32, from: Address, to: Address?, status: Bool, blockHash: Bytes32, blockNumber: UInt64,
    gasUsed: UInt64, effectiveGasPrice: UInt256?, logs: [Log]
  ) {
    self.transactionHash = transactionHash
    self.from = from
    self.to = to
    self.status = status
    self.blockHash = blockHash
    self.blockNumber = blockNumber
    self.gasUsed = gasUsed
    self.effectiveGasPrice = effectiveGasPrice
    self.logs = logs
  }

  init(_ json: JSONReading) throws(EthereumError) {
    transactionHash = try json["transactionHash"].bytes32()
    from = try json["from"].address()
    to = try json["to"].optional { json throws(EthereumError) in try json.address() }
    status = try json["status"].quantity() == .one
    blockHash = try json["blockHash"].bytes32()
    blockNumber = try json["blockNumber"].uint64()
    gasUsed = try json["gasUsed"].uint64()
    effectiveGasPrice = try json["effectiveGasPrice"].optional { json throws(EthereumError) in try json.quantity() }
    var logs: [Log] = []
    for log in try json["logs"].array() { logs.append(try Log(log)) }
    self.logs = logs
  }
}

/// What a node knows of a transaction, mined or waiting.
package struct TransactionInfo: Hashable, Sendable {
  package let hash: Bytes32
  package let from: Address
  package let to: Address?
  package let nonce: UInt64
  package let valueWei: UInt256
  package let data: [UInt8]
  /// Where it was mined; nil while it waits.
  package let block: (number: UInt64, hash: Bytes32)?

  init(_ json: JSONReading) throws(EthereumError) {
    hash = try json["hash"].bytes32()
    from = try json["from"].address()
    to = try json["to"].optional { json throws(EthereumError) in try json.address() }
    nonce = try json["nonce"].uint64()
    valueWei = try json["value"].quantity()
    data = try json["input"].bytes(limit: NodeLimits.dataBytes)
    let number = try json["blockNumber"].optional { json throws(EthereumError) in try json.uint64() }
    let hash = try json["blockHash"].optional { json throws(EthereumError) in try json.bytes32() }
    block = if let number, let hash { (number, hash) } else { nil }
  }

  package static func == (left: TransactionInfo, right: TransactionInfo) -> Bool {
    left.hash == right.hash && left.block?.hash == right.block?.hash
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// A block with who sent what in it.
package struct FullBlock: Hashable, Sendable {
  package let header: BlockHeader
  package let transactions: [Entry]

  /// Of a transaction only what tells whose it is: the rest differs from kind to kind.
  package struct Entry: Hashable, Sendable {
    package let hash: Bytes32
    package let from: Address
    package let nonce: UInt64
  }

  init(_ json: JSONReading) throws(EthereumError) {
    header = try BlockHeader(json)
    var transactions: [Entry] = []
    for transaction in try json["transactions"].array() {
      transactions.append(
        Entry(
          hash: try transaction["hash"].bytes32(), from: try transaction["from"].address(),
          nonce: try transaction["nonce"].uint64()))
    }
    self.transactions = transactions
  }
}

/// Fees of recent blocks, oldest first.
package struct FeeHistory: Hashable, Sendable {
  package let oldestBlock: UInt64
  /// Wei per gas; one more than blocks were asked for: the last is the next block's.
  package let baseFeePerGas: [UInt256]
  /// For each block the tip in wei at each percentile asked for.
  package let reward: [[UInt256]]
  /// For each block whether it used no gas at all; empty where the node does not say.
  package let isEmptyBlock: [Bool]

  init(_ json: JSONReading) throws(EthereumError) {
    oldestBlock = try json["oldestBlock"].uint64()
    baseFeePerGas = try json["baseFeePerGas"].quantities()
    var reward: [[UInt256]] = []
    if !json["reward"].isAbsent {
      for block in try json["reward"].array() { reward.append(try block.quantities()) }
    }
    self.reward = reward
    // A ratio is a number between 0 and 1; only whether it is 0 matters, so its digits do not.
    isEmptyBlock =
      json["gasUsedRatio"].isAbsent
      ? [] : try json["gasUsedRatio"].array().map { $0.value == .integer(0) || $0.value == .number(0) }
  }
}

/// Bounds on byte strings in a node's answers.
enum NodeLimits {
  /// 8 MiB: an `eth_call` answer or code far above any in use, below what the transport's cap lets through.
  static let dataBytes = 8 << 20
}

extension Log {
  init(_ json: JSONReading) throws(EthereumError) {
    var topics: [Bytes32] = []
    for topic in try json["topics"].array() { topics.append(try topic.bytes32()) }
    self.init(
      address: try json["address"].address(), topics: topics,
      data: try json["data"].bytes(limit: NodeLimits.dataBytes), blockNumber: try json["blockNumber"].uint64(),
      blockHash: try json["blockHash"].bytes32(), transactionHash: try json["transactionHash"].bytes32(),
      logIndex: try json["logIndex"].uint64(),
      removed: try json["removed"].optional { json throws(EthereumError) in try json.bool() } ?? false)
  }
}

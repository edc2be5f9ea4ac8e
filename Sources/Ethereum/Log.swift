/// An event log as a node reports it.
package struct Log: Hashable, Sendable {
  /// The contract that emitted it.
  package let address: Address
  /// At most four; the first is the event's signature hash unless the event is anonymous.
  package let topics: [Bytes32]
  package let data: [UInt8]
  package let blockNumber: UInt64
  package let blockHash: Bytes32
  package let transactionHash: Bytes32
  /// Position within the block.
  package let logIndex: UInt64
  /// True where the node tells of a log a reorg took back.
  package let removed: Bool

  package init(
    address: Address, topics: [Bytes32], data: [UInt8], blockNumber: UInt64 = 0, blockHash: Bytes32 = .zero,
    transactionHash: Bytes32 = .zero, logIndex: UInt64 = 0, removed: Bool = false
  ) {
    self.address = address
    self.topics = topics
    self.data = data
    self.blockNumber = blockNumber
    self.blockHash = blockHash
    self.transactionHash = transactionHash
    self.logIndex = logIndex
    self.removed = removed
  }

  /// A log's place in its transaction tells it from nearly all others; its data would be hashed byte by byte.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(transactionHash)
    hasher.combine(logIndex)
    hasher.combine(removed)
  }
}

/// Which logs to ask for.
package struct LogFilter: Hashable, Sendable {
  /// Where to look.
  package enum Blocks: Hashable, Sendable {
    case range(from: BlockReference, to: BlockReference)
    /// One block by its hash, which survives reorgs (EIP-234).
    case block(Bytes32)
  }

  package var blocks: Blocks
  /// Emitters; any where empty.
  package var addresses: [Address]
  /// For each topic position the values wanted; any where the inner list is empty.
  package var topics: [[Bytes32]]

  package init(blocks: Blocks, addresses: [Address] = [], topics: [[Bytes32]] = []) {
    self.blocks = blocks
    self.addresses = addresses
    self.topics = topics
  }

  /// The parameter of `eth_getLogs`.
  package var json: JSON {
    var object = JSONObject()
    switch blocks {
    case .range(let from, let to):
      object["fromBlock"] = from.json
      object["toBlock"] = to.json
    case .block(let hash): object["blockHash"] = .string(hash.description)
    }
    if !addresses.isEmpty { object["address"] = .array(addresses.map { .string($0.description) }) }
    if !topics.isEmpty {
      object["topics"] = .array(
        topics.map { $0.isEmpty ? .null : .array($0.map { .string($0.description) }) })
    }
    return .object(object)
  }
}

package import Ethereum

/// One read-only call that a decision needs. All reads of one decision are made at one block.
package struct Read: Hashable, Sendable {
  package let to: Address
  package let data: [UInt8]

  package init(to: Address, data: [UInt8]) {
    self.to = to
    self.data = data
  }
}

/// The answer to one `Read`: return data, or revert data where `success` is false.
package struct ReadResult: Hashable, Sendable {
  package let success: Bool
  package let data: [UInt8]

  package init(success: Bool, data: [UInt8]) {
    self.success = success
    self.data = data
  }
}

/// One state-changing call, before any account wraps it.
package struct Call: Hashable, Sendable {
  package let to: Address
  /// Native currency that goes along, paid by whoever executes the call.
  package let valueWei: UInt256
  package let data: [UInt8]
  /// For people: "ExchangeRouter.createOrder".
  package let label: String

  package init(to: Address, valueWei: UInt256, data: [UInt8], label: String) {
    self.to = to
    self.valueWei = valueWei
    self.data = data
    self.label = label
  }
}

/// Which logs to ask a node for (eth_getLogs): `address` and, per position, the topics any of which may stand there
/// (an empty list admits all).
package struct LogQuery: Hashable, Sendable {
  package let address: Address
  package let topics: [[Bytes32]]

  package init(address: Address, topics: [[Bytes32]]) {
    self.address = address
    self.topics = topics
  }
}

/// Who can put several calls into one of its own (GMX: `ExchangeRouter.multicall`).
package protocol CallBatching: Sendable {
  /// One call that does the same as `calls` in the same order, atomically, sent by the account itself; nil where
  /// some of them are not this batcher's.
  func batch(_ calls: [Call]) throws(ContractsError) -> Call?
}

extension LogQuery {
  /// The query over `blocks`, for the node.
  package func filter(_ blocks: LogFilter.Blocks) -> LogFilter {
    LogFilter(blocks: blocks, addresses: [address], topics: topics)
  }
}

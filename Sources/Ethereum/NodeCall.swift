/// A question to a node together with the way its answer is read: `NodeCall.blockNumber()` is a `NodeCall<UInt64>`.
package struct NodeCall<Answer: Sendable>: Sendable {
  package let method: String
  package let params: [JSON]
  private let read: @Sendable (JSONReading) throws(EthereumError) -> Answer

  init(
    _ method: String, _ params: [JSON], read: @escaping @Sendable (JSONReading) throws(EthereumError) -> Answer
  ) {
    self.method = method
    self.params = params
    self.read = read
  }

  /// The request under an id of the caller's choosing.
  package func request(id: UInt64) -> RPCRequest { RPCRequest(id: id, method: method, params: params) }

  /// Reads the node's answer.
  /// - Throws: `.rpc(.node)` with the node's own error, `.rpc(.result)` where the result has not the promised shape.
  package func answer(_ response: RPCResponse) throws(EthereumError) -> Answer {
    switch response.outcome {
    case .error(let error): throw .rpc(.node(method: method, error))
    case .result(let json):
      do { return try read(JSONReading(json, path: "result")) } catch {
        throw .rpc(.result(method: method, reason: error.description))
      }
    }
  }
}

/// The call whose outcome `eth_call` and `eth_estimateGas` are asked for.
package struct CallRequest: Hashable, Sendable {
  package var to: Address?
  package var data: [UInt8]
  package var from: Address?
  package var valueWei: UInt256?
  package var gas: UInt64?
  package var gasPriceWei: UInt256?

  package init(
    to: Address?, data: [UInt8], from: Address? = nil, valueWei: UInt256? = nil, gas: UInt64? = nil,
    gasPriceWei: UInt256? = nil
  ) {
    self.to = to
    self.data = data
    self.from = from
    self.valueWei = valueWei
    self.gas = gas
    self.gasPriceWei = gasPriceWei
  }

  package var json: JSON {
    // "input" is the name of today; nodes before 2023 know only "data". Equal values in both are accepted by all.
    let text = JSON.string(Hex.encode(data))
    var object: JSONObject = ["data": text, "input": text]
    if let to { object["to"] = .string(to.description) }
    if let from { object["from"] = .string(from.description) }
    if let valueWei { object["value"] = .string(valueWei.hexQuantity) }
    if let gas { object["gas"] = .string(UInt256(gas).hexQuantity) }
    if let gasPriceWei { object["gasPrice"] = .string(gasPriceWei.hexQuantity) }
    return .object(object)
  }
}

/// A call whose parameter is written out, for asking it at block after block.
package struct PreparedCall: Hashable, Sendable {
  let json: JSON

  package init(_ call: CallRequest) { json = call.json }
}

/// An account as it shall look during one `eth_call`.
package struct StateOverride: Hashable, Sendable {
  package var address: Address
  package var code: [UInt8]?
  package var balanceWei: UInt256?

  package init(address: Address, code: [UInt8]? = nil, balanceWei: UInt256? = nil) {
    self.address = address
    self.code = code
    self.balanceWei = balanceWei
  }

  package static func json(_ overrides: [StateOverride]) -> JSON {
    var accounts = JSONObject()
    for override in overrides {
      var account = JSONObject()
      if let code = override.code { account["code"] = .string(Hex.encode(code)) }
      if let balance = override.balanceWei { account["balance"] = .string(balance.hexQuantity) }
      accounts[override.address.description] = .object(account)
    }
    return .object(accounts)
  }
}

// MARK: - The questions the keeper asks

extension NodeCall where Answer == UInt64 {
  package static func chainID() -> Self { Self("eth_chainId", []) { json throws(EthereumError) in try json.uint64() } }

  package static func blockNumber() -> Self {
    Self("eth_blockNumber", []) { json throws(EthereumError) in try json.uint64() }
  }

  /// The next nonce: of mined transactions at `latest`, counting those the node holds at `pending`.
  package static func transactionCount(_ address: Address, at block: BlockReference) -> Self {
    Self("eth_getTransactionCount", [.string(address.description), block.json]) { json throws(EthereumError) in
      try json.uint64()
    }
  }

  /// Gas units the call would use.
  package static func estimateGas(_ call: CallRequest, at block: BlockReference? = nil) -> Self {
    Self("eth_estimateGas", [call.json] + (block.map { [$0.json] } ?? [])) { json throws(EthereumError) in
      try json.uint64()
    }
  }
}

extension NodeCall where Answer == UInt256 {
  /// Wei.
  package static func balance(_ address: Address, at block: BlockReference) -> Self {
    Self("eth_getBalance", [.string(address.description), block.json]) { json throws(EthereumError) in
      try json.quantity()
    }
  }

  /// The node's suggestion of a tip, wei per gas.
  package static func maxPriorityFee() -> Self {
    Self("eth_maxPriorityFeePerGas", []) { json throws(EthereumError) in try json.quantity() }
  }

  /// The node's suggestion of a legacy gas price, wei per gas.
  package static func gasPrice() -> Self {
    Self("eth_gasPrice", []) { json throws(EthereumError) in try json.quantity() }
  }
}

extension NodeCall where Answer == BlockHeader? {
  /// The header of a block, without its transactions; nil where the node does not have it.
  package static func block(_ block: BlockReference) -> Self {
    let read: @Sendable (JSONReading) throws(EthereumError) -> BlockHeader? = { json throws(EthereumError) in
      try json.optional { json throws(EthereumError) in try BlockHeader(json) }
    }
    if case .hash(let hash) = block {
      return Self("eth_getBlockByHash", [.string(hash.description), false], read: read)
    }
    return Self("eth_getBlockByNumber", [block.json, false], read: read)
  }
}

extension NodeCall where Answer == FullBlock? {
  /// A block with its transactions; nil where the node does not have it.
  package static func fullBlock(_ number: UInt64) -> Self {
    Self("eth_getBlockByNumber", [BlockReference.number(number).json, true]) { json throws(EthereumError) in
      try json.optional { json throws(EthereumError) in try FullBlock(json) }
    }
  }
}

extension NodeCall where Answer == [UInt8] {
  /// The return data of a call. A revert is the node's error, with the revert data in `RPCErrorObject.data`.
  package static func call(
    _ call: CallRequest, at block: BlockReference, overrides: [StateOverride] = []
  ) -> Self {
    Self.call(PreparedCall(call), at: block, overrides: overrides)
  }

  /// As above.
  package static func call(
    _ call: PreparedCall, at block: BlockReference, overrides: [StateOverride] = []
  ) -> Self {
    let params = [call.json, block.json] + (overrides.isEmpty ? [] : [StateOverride.json(overrides)])
    return Self("eth_call", params) { json throws(EthereumError) in try json.bytes(limit: NodeLimits.dataBytes) }
  }

  /// The return data of a call of `to` from nobody in particular.
  package static func call(to: Address, data: [UInt8], at block: BlockReference) -> Self {
    call(CallRequest(to: to, data: data), at: block)
  }

  package static func code(_ address: Address, at block: BlockReference) -> Self {
    Self("eth_getCode", [.string(address.description), block.json]) { json throws(EthereumError) in
      try json.bytes(limit: NodeLimits.dataBytes)
    }
  }
}

extension NodeCall where Answer == Bytes32 {
  /// Sends a signed transaction. The answer is the hash the node computed: compare it with our own.
  package static func sendRaw(_ raw: [UInt8]) -> Self {
    Self("eth_sendRawTransaction", [.string(Hex.encode(raw))]) { json throws(EthereumError) in try json.bytes32() }
  }

  /// A storage slot.
  package static func storage(_ address: Address, slot: UInt256, at block: BlockReference) -> Self {
    Self("eth_getStorageAt", [.string(address.description), .string(slot.hexQuantity), block.json]) {
      json throws(EthereumError) in try Bytes32(UInt256(bigEndian: json.bytes(limit: 32)))
    }
  }
}

extension NodeCall where Answer == TransactionInfo? {
  /// Nil where the node has never heard of the transaction, or has forgotten it.
  package static func transaction(_ hash: Bytes32) -> Self {
    Self("eth_getTransactionByHash", [.string(hash.description)]) { json throws(EthereumError) in
      try json.optional { json throws(EthereumError) in try TransactionInfo(json) }
    }
  }
}

extension NodeCall where Answer == Receipt? {
  /// Nil while the transaction is not mined on the node's chain.
  package static func receipt(_ hash: Bytes32) -> Self {
    Self("eth_getTransactionReceipt", [.string(hash.description)]) { json throws(EthereumError) in
      try json.optional { json throws(EthereumError) in try Receipt(json) }
    }
  }
}

extension NodeCall where Answer == [Log] {
  package static func logs(_ filter: LogFilter) -> Self {
    Self("eth_getLogs", [filter.json]) { json throws(EthereumError) in
      var logs: [Log] = []
      for element in try json.array() { logs.append(try Log(element)) }
      return logs
    }
  }
}

extension NodeCall where Answer == FeeHistory {
  /// - Parameter percentiles: of the tips paid in each block, 0…100, ascending.
  package static func feeHistory(blocks: UInt64, newest: BlockReference, percentiles: [Double]) -> Self {
    Self(
      "eth_feeHistory", [.string(UInt256(blocks).hexQuantity), newest.json, .array(percentiles.map { .number($0) })]
    ) { json throws(EthereumError) in try FeeHistory(json) }
  }
}

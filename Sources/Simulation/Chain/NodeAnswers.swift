import Ethereum
import Wallet

/// What one endpoint answers to one question.
enum NodeAnswer {
  case result(JSON)
  case error(code: Int, message: String, data: [UInt8]?)

  static func unsupported(_ method: String) -> NodeAnswer {
    .error(code: -32_601, message: "the method \(method) does not exist/is not available", data: nil)
  }

  static func invalid(_ what: String) -> NodeAnswer { .error(code: -32_602, message: what, data: nil) }
}

/// A message as a node reads it, with what this node makes of it today.
struct NodeQuestion {
  let method: String
  let params: [JSON]
  let node: Int
  /// The head that the node answers from.
  let tip: Int
  /// The lie it tells.
  let lie: NodeCondition?
  /// Acknowledges transactions and keeps them nowhere.
  let swallows: Bool

  func isLie(_ kind: FaultKind) -> Bool { lie?.kind == kind }
}

extension SimulatedWorld {
  func answer(_ question: NodeQuestion) -> NodeAnswer {
    if nodes[question.node].isRelay, question.method != "eth_sendRawTransaction", question.method != "eth_chainId" {
      return .unsupported(question.method)
    }
    switch question.method {
    case "eth_chainId": return .result(quantity(question.isLie(.wrongChain) ? 61 : StormPlan.chainID))
    case "eth_blockNumber": return .result(quantity(chain.blocks[question.tip].number))
    case "eth_getBlockByNumber", "eth_getBlockByHash": return block(question)
    case "eth_feeHistory": return plan.scene.hasLegacyGas ? .unsupported(question.method) : history(question)
    case "eth_gasPrice":
      return .result(.string(sum(chain.nextBaseFeeWei(after: question.tip), chain.blocks[question.tip].tipWei)))
    case "eth_maxPriorityFeePerGas": return .result(.string(chain.blocks[question.tip].tipWei.hexQuantity))
    case "eth_getTransactionReceipt": return receipt(question)
    case "eth_getTransactionByHash": return transaction(question)
    case "eth_getTransactionCount": return count(question)
    case "eth_getBalance":
      return at(question, parameter: 1) { place, contracts in
        address(question).map { .result(.string(contracts.balance(of: $0).hexQuantity)) } ?? .invalid("no address")
      }
    case "eth_getCode":
      return at(question, parameter: 1) { place, contracts in
        address(question).map { .result(.string(Hex.encode(contracts.code(at: $0)))) } ?? .invalid("no address")
      }
    case "eth_call": return call(question)
    case "eth_estimateGas": return estimate(question)
    case "eth_getLogs": return logs(question)
    case "eth_sendRawTransaction": return send(question)
    case "eth_syncing": return .result(false)
    case "net_version": return .result(.string("\(StormPlan.chainID)"))
    default: return .unsupported(question.method)
    }
  }

  private func quantity(_ value: UInt64) -> JSON { .string(UInt256(value).hexQuantity) }

  private func sum(_ left: UInt256, _ right: UInt256) -> String {
    left.addingReportingOverflow(right).value.hexQuantity
  }

  private func address(_ question: NodeQuestion, _ index: Int = 0) -> Address? {
    question.params.count > index ? parsed(question.params[index].string) : nil
  }

  private func parsed(_ text: String?) -> Address? {
    guard let text else { return nil }
    // As a node reads it, which does not ask for the checksum.
    do { return try Address(bytes: Hex.decode(text, limit: 20)) } catch { return nil }
  }

  func hash(_ json: JSON?) -> Bytes32? {
    guard let text = json?.string else { return nil }
    do { return try Bytes32(hex: text) } catch { return nil }
  }

  private func number(_ text: String) -> UInt64? {
    do { return try UInt256(hexQuantity: text).asUInt64 } catch { return nil }
  }

  /// The place of the block that a parameter names, as this node sees the chain; nil where it has none.
  private func place(_ json: JSON?, _ question: NodeQuestion) -> Int? {
    if let named = hash(json?["blockHash"]) {
      guard let place = chain.place(of: named), chain.isAncestor(place, of: question.tip) else { return nil }
      return place
    }
    guard let text = json?.string ?? json?["blockNumber"]?.string else { return question.tip }
    let head = chain.blocks[question.tip].number
    switch text {
    case "latest", "pending": return question.tip
    // Two epochs behind, as in a chain that finalises; half of it counts as safe.
    case "safe": return chain.ancestor(of: question.tip, at: max(head, 32) - 32) ?? 0
    case "finalized": return chain.ancestor(of: question.tip, at: max(head, 64) - 64) ?? 0
    case "earliest": return 0
    default: return number(text).flatMap { chain.ancestor(of: question.tip, at: $0) }
    }
  }

  /// An answer from a block's state, or what geth says where it is not known, or too old.
  private func at(
    _ question: NodeQuestion, parameter: Int, _ body: (Int, ContractWorld) -> NodeAnswer
  ) -> NodeAnswer {
    let json = question.params.count > parameter ? question.params[parameter] : nil
    guard let place = place(json, question) else {
      return .error(code: -32_000, message: "header not found", data: nil)
    }
    guard var contracts = chain.blocks[place].contracts else {
      return .error(code: -32_000, message: "missing trie node: state is not available", data: nil)
    }
    nodes[question.node].delusion?(chain.blocks[place], &contracts)
    return body(place, contracts)
  }

  // MARK: Blocks and fees

  private func block(_ question: NodeQuestion) -> NodeAnswer {
    let parameter = question.params.first
    let found: Int?
    if question.method == "eth_getBlockByHash" {
      found = hash(parameter).flatMap { chain.place(of: $0) }
    } else {
      found = place(parameter, question)
    }
    guard let found else { return .result(.null) }
    let block = chain.blocks[found]
    var number = block.number
    var timestamp = block.timestamp
    var hash = block.hash
    let isHead = found == question.tip && question.method == "eth_getBlockByNumber"
    if isHead, question.isLie(.wrongHead) {
      number += question.lie?.amount ?? 1
      hash = Keccak256.hash(block.hash.bytes + [7])
    }
    if isHead, question.isLie(.futureHead) { timestamp += 3_600 + (question.lie?.amount ?? 0) * 600 }
    var answer: JSONObject = [
      "number": quantity(number), "hash": .string(hash.description),
      "parentHash": .string(block.parentHash.description), "timestamp": quantity(timestamp),
      "baseFeePerGas": .string(block.baseFeeWei.hexQuantity), "gasUsed": quantity(block.gasUsed),
      "gasLimit": quantity(SimulatedChain.gasLimit),
    ]
    if question.params.count > 1, question.params[1].bool == true { answer["transactions"] = transactions(in: block) }
    if plan.scene.hasLegacyGas { answer["baseFeePerGas"] = nil }
    return .result(.object(answer))
  }

  /// Those of the keeper's address: what others send is not simulated as transactions.
  private func transactions(in block: SimulatedBlock) -> JSON {
    .array(
      block.receipts.map { receipt in
        let transaction = receipt.transaction
        return [
          "hash": .string(transaction.hash.description), "from": .string(transaction.sender.description),
          "nonce": quantity(transaction.nonce),
        ]
      })
  }

  private func history(_ question: NodeQuestion) -> NodeAnswer {
    guard question.params.count >= 3, let wanted = question.params[0].string.flatMap(number) else {
      return .invalid("missing value for required argument")
    }
    if let known = feeHistory, known.place == question.tip, known.percentiles == question.params[2] {
      return .result(known.answer)
    }
    let head = chain.blocks[question.tip].number
    let first = max(head + 1 - min(wanted, head), chain.blocks[0].number)
    var fees: [JSON] = []
    var rewards: [JSON] = []
    let percentiles = question.params[2].array?.count ?? 0
    for height in first...head {
      guard let place = chain.ancestor(of: question.tip, at: height) else { continue }
      fees.append(.string(chain.blocks[place].baseFeeWei.hexQuantity))
      rewards.append(
        .array(
          (0..<percentiles).map { step in
            // Higher percentiles pay more: the middle one what most paid.
            .string(sum(chain.blocks[place].tipWei, UInt256(UInt64(step) * 100_000_000)))
          }))
    }
    fees.append(.string(chain.nextBaseFeeWei(after: question.tip).hexQuantity))
    let answer: JSON = [
      "oldestBlock": quantity(first), "baseFeePerGas": .array(fees), "reward": .array(rewards),
      "gasUsedRatio": .array(rewards.map { _ in .number(0.5) }),
    ]
    feeHistory = (question.tip, question.params[2], answer)
    return .result(answer)
  }

  // MARK: Transactions

  private func receipt(_ question: NodeQuestion) -> NodeAnswer {
    guard let hash = hash(question.params.first), let found = chain.inclusion(of: hash, on: question.tip),
      !question.isLie(.wrongReceipt) || question.lie?.amount != 0
    else { return .result(.null) }
    let block = chain.blocks[found.block]
    let receipt = block.receipts[found.index]
    var succeeded = receipt.succeeded
    var blockHash = block.hash
    if question.isLie(.wrongReceipt) {
      if question.lie?.amount == 1 { succeeded.toggle() }
      if question.lie?.amount == 2 { blockHash = Keccak256.hash(block.hash.bytes + [9]) }
    }
    let transaction = receipt.transaction.signed.transaction
    let answer: JSON = [
      "transactionHash": .string(hash.description), "from": .string(receipt.transaction.sender.description),
      "to": transaction.to.map { .string($0.description) } ?? .null, "status": succeeded ? "0x1" : "0x0",
      "blockHash": .string(blockHash.description), "blockNumber": quantity(block.number),
      "gasUsed": quantity(receipt.gasUsed),
      "effectiveGasPrice": .string(receipt.effectiveGasPriceWei.hexQuantity),
      "logs": .array(question.isLie(.noLogs) ? [] : receipt.logs.map { $0.answer }),
    ]
    return .result(answer)
  }

  private func transaction(_ question: NodeQuestion) -> NodeAnswer {
    guard let hash = hash(question.params.first) else { return .invalid("invalid hash") }
    let mined = chain.inclusion(of: hash, on: question.tip)
    let pooled = nodes[question.node].pool.transaction(hash)
    let known = mined.map { chain.blocks[$0.block].receipts[$0.index].transaction } ?? pooled
    guard let known else { return .result(.null) }
    let unsigned = known.signed.transaction
    let block = mined.map { chain.blocks[$0.block] }
    let answer: JSON = [
      "hash": .string(hash.description), "from": .string(known.sender.description),
      "to": unsigned.to.map { .string($0.description) } ?? .null, "nonce": quantity(unsigned.nonce),
      "value": .string(unsigned.valueWei.hexQuantity), "input": .string(Hex.encode(unsigned.data)),
      "blockNumber": block.map { quantity($0.number) } ?? .null,
      "blockHash": block.map { .string($0.hash.description) } ?? .null,
    ]
    return .result(answer)
  }

  private func count(_ question: NodeQuestion) -> NodeAnswer {
    guard address(question) == keeper else { return .result("0x0") }
    guard let place = place(question.params.count > 1 ? question.params[1] : nil, question) else {
      return .error(code: -32_000, message: "header not found", data: nil)
    }
    var nonce = chain.blocks[place].nonce
    if question.params.count > 1, question.params[1].string == "pending" {
      nonce = nodes[question.node].pool.pendingNonce(from: nonce)
    }
    if question.isLie(.wrongNonce), let amount = question.lie?.amount {
      nonce = amount > 2 ? nonce - min(nonce, amount - 2) : nonce + amount + 1
    }
    return .result(quantity(nonce))
  }

  private func logs(_ question: NodeQuestion) -> NodeAnswer {
    guard let filter = question.params.first, !question.isLie(.noLogs) else { return .result([]) }
    let head = chain.blocks[question.tip].number
    var from = filter["fromBlock"]?.string.flatMap(number) ?? head
    var to = filter["toBlock"]?.string.flatMap(number) ?? head
    if let named = hash(filter["blockHash"]) {
      guard let place = chain.place(of: named) else {
        return .error(code: -32_000, message: "unknown block", data: nil)
      }
      (from, to) = (chain.blocks[place].number, chain.blocks[place].number)
    }
    let addresses = (filter["address"]?.array ?? filter["address"].map { [$0] } ?? []).compactMap { parsed($0.string) }
    let topics = (filter["topics"]?.array ?? []).map { wanted in
      wanted.array?.compactMap { self.hash($0) } ?? self.hash(wanted).map { [$0] } ?? []
    }
    var found: [Log] = []
    for place in chain.placesWithLogs(from: from, to: to, on: question.tip) {
      for log in chain.blocks[place].logs {
        guard addresses.isEmpty || addresses.contains(log.address) else { continue }
        let isWanted = topics.enumerated().allSatisfy { index, wanted in
          wanted.isEmpty || (index < log.topics.count && wanted.contains(log.topics[index]))
        }
        if isWanted { found.append(log) }
      }
    }
    found = nodes[question.node].forgery?(found) ?? found
    return .result(.array(found.map(\.answer)))
  }

  private func send(_ question: NodeQuestion) -> NodeAnswer {
    guard let text = question.params.first?.string else { return .invalid("missing value for required argument 0") }
    let signed: SignedTransaction
    do {
      signed = try SignedTransaction.decode(try Hex.decode(text, limit: 1 << 20), chainID: StormPlan.chainID)
    } catch {
      return .error(code: -32_000, message: "rlp: \(error)", data: nil)
    }
    if plan.scene.hasLegacyGas, !signed.transaction.isLegacy {
      return .error(code: -32_000, message: "transaction type not supported", data: nil)
    }
    guard !question.swallows else { return .result(.string(signed.hash.description)) }
    let sender: Address
    do { sender = try recoverer.recover(signed) } catch {
      return .error(code: -32_000, message: "invalid sender", data: nil)
    }
    guard sender == keeper else { return .error(code: -32_000, message: "insufficient funds", data: nil) }
    let transaction = PooledTransaction(signed: signed, sender: sender)
    let tip = nodes[question.node].tip
    if chain.inclusion(of: signed.hash, on: tip) != nil {
      return .error(
        code: -32_000, message: "nonce too low: next nonce \(chain.blocks[tip].nonce), tx nonce \(transaction.nonce)",
        data: nil)
    }
    let refusal = nodes[question.node].pool.add(
      transaction, nonce: chain.blocks[tip].nonce, balanceWei: balanceWei(at: tip))
    if let refusal { return .error(code: -32_000, message: refusal, data: nil) }
    spread(transaction, from: question.node)
    return .result(.string(signed.hash.description))
  }

  // MARK: Calls

  private func call(_ question: NodeQuestion) -> NodeAnswer {
    at(question, parameter: 1) { place, contracts in
      guard let message = message(question.params.first, place) else { return .invalid("invalid argument 0") }
      let overrides = overrides(question.params.count > 2 ? question.params[2] : nil)
      let outcome = contracts.call(
        message, in: callContext(place), codeOverrides: overrides.codes, balanceOverrides: overrides.balances)
      return outcome.failure == nil ? .result(.string(Hex.encode(outcome.output))) : failure(outcome)
    }
  }

  private func estimate(_ question: NodeQuestion) -> NodeAnswer {
    at(question, parameter: 1) { place, contracts in
      guard let message = message(question.params.first, place) else { return .invalid("invalid argument 0") }
      let outcome = contracts.call(message, in: callContext(place))
      return outcome.failure == nil ? .result(quantity(outcome.gasUsed)) : failure(outcome)
    }
  }

  private func failure(_ outcome: ContractWorld.Outcome) -> NodeAnswer {
    switch outcome.failure {
    case .outOfGas: .error(code: -32_000, message: "out of gas", data: nil)
    case .insufficientBalance: .error(code: -32_000, message: "insufficient funds for transfer", data: nil)
    case .reverted, nil: .error(code: 3, message: "execution reverted", data: outcome.output)
    }
  }

  private func callContext(_ place: Int) -> BlockContext { chain.blocks[place].context }

  private func message(_ json: JSON?, _ place: Int) -> ContractWorld.Message? {
    guard let json, json.object != nil else { return nil }
    do {
      return ContractWorld.Message(
        from: try json["from"]?.string.map { try Address(hex: $0) } ?? .zero,
        to: try json["to"]?.string.map { try Address(hex: $0) },
        valueWei: try json["value"]?.string.map { try UInt256(hexQuantity: $0) } ?? .zero,
        data: try (json["input"]?.string ?? json["data"]?.string).map { try Hex.decode($0, limit: 1 << 20) } ?? [],
        gasPriceWei: try json["gasPrice"]?.string.map { try UInt256(hexQuantity: $0) } ?? .zero,
        gasLimit: try json["gas"]?.string.map { try UInt256(hexQuantity: $0).asUInt64 ?? .max } ?? 50_000_000,
        nonce: chain.blocks[place].nonce)
    } catch {
      return nil
    }
  }

  private func overrides(_ json: JSON?) -> (codes: [(Address, [UInt8])], balances: [(Address, UInt256)]) {
    var codes: [(Address, [UInt8])] = []
    var balances: [(Address, UInt256)] = []
    for member in json?.object?.members ?? [] {
      do {
        let address = try Address(hex: member.key)
        if let code = member.value["code"]?.string { codes.append((address, try Hex.decode(code, limit: 1 << 20))) }
        if let wei = member.value["balance"]?.string { balances.append((address, try UInt256(hexQuantity: wei))) }
      } catch {
        continue
      }
    }
    return (codes, balances)
  }
}

extension Log {
  /// As a node tells it.
  fileprivate var answer: JSON {
    [
      "address": .string(address.description), "topics": .array(topics.map { .string($0.description) }),
      "data": .string(Hex.encode(data)), "blockNumber": .string(UInt256(blockNumber).hexQuantity),
      "blockHash": .string(blockHash.description), "transactionHash": .string(transactionHash.description),
      "logIndex": .string(UInt256(logIndex).hexQuantity), "removed": false,
    ]
  }
}

import Ethereum
import Wallet

/// What some bytes are: a signed transaction, the payload of one that is to be signed, or a call's data.
struct DecodedInput {
  enum Kind {
    case signed(hash: Bytes32, sender: Address?)
    case unsigned(signingHash: Bytes32)
    case calldata
  }

  let kind: Kind
  /// Nil for calldata.
  let transaction: UnsignedTransaction?
  let call: DecodedCall

  /// - Throws: `EthereumError` when the bytes are none of the three: what a transaction lacks, if they begin as one.
  init(_ bytes: [UInt8]) throws(EthereumError) {
    let failure: EthereumError
    do {
      let signed = try SignedTransaction.decode(bytes)
      self.init(signed.transaction, .signed(hash: signed.hash, sender: Self.sender(of: signed)))
      return
    } catch {
      failure = error
    }
    if let unsigned = Self.unsigned(bytes) {
      self.init(unsigned, .unsigned(signingHash: Keccak256.hash(bytes)))
      return
    }
    guard bytes.count % 32 == 4 || CallVocabulary.function(bytes) != nil else { throw failure }
    self.init(nil, .calldata, CallDecoder.decode(to: nil, valueWei: .zero, data: bytes))
  }

  private init(_ transaction: UnsignedTransaction, _ kind: Kind) {
    self.init(
      transaction, kind,
      CallDecoder.decode(to: transaction.to, valueWei: transaction.valueWei, data: transaction.data))
  }

  private init(_ transaction: UnsignedTransaction?, _ kind: Kind, _ call: DecodedCall) {
    self.kind = kind
    self.transaction = transaction
    self.call = call
  }

  /// Nil when no key can have made the signature; the transaction is shown all the same.
  private static func sender(of signed: SignedTransaction) -> Address? {
    do { return try Secp256k1().recover(signed) } catch { return nil }
  }

  // MARK: transactions before their signature

  /// The inverse of `UnsignedTransaction.signingPayload`, checked by making the payload again.
  private static func unsigned(_ bytes: [UInt8]) -> UnsignedTransaction? {
    do {
      guard let first = bytes.first else { return nil }
      let isTyped = first == 1 || first == 2
      let fields = try RLP.decode(isTyped ? Array(bytes.dropFirst()) : bytes).items()
      let transaction = try isTyped ? typed(first, fields) : legacy(fields)
      guard let transaction, transaction.signingPayload == bytes else { return nil }
      return transaction
    } catch {
      return nil
    }
  }

  private static func typed(_ type: UInt8, _ fields: [RLP]) throws(EthereumError) -> UnsignedTransaction? {
    let fees = type == 2 ? 2 : 1
    guard fields.count == 7 + fees else { return nil }
    let numbers = try fields[0...2 + fees].map { (field) throws(EthereumError) in try field.unsignedInteger() }
    guard let chainID = numbers[0].asUInt64, let nonce = numbers[1].asUInt64, let gas = numbers[2 + fees].asUInt64
    else {
      return nil
    }
    let kind: UnsignedTransaction.Kind =
      type == 2
      ? .dynamicFee(tipWei: numbers[2], feeCapWei: numbers[3]) : .accessList(gasPriceWei: numbers[2])
    return UnsignedTransaction(
      kind: kind, chainID: chainID, nonce: nonce, gasLimit: gas, to: try address(fields[3 + fees]),
      valueWei: try fields[4 + fees].unsignedInteger(), data: try fields[5 + fees].string(),
      accessList: try accessList(fields[6 + fees]))
  }

  private static func legacy(_ fields: [RLP]) throws(EthereumError) -> UnsignedTransaction? {
    guard fields.count == 6 || fields.count == 9 else { return nil }
    let isProtected = fields.count == 9
    let chainID = isProtected ? try fields[6].unsignedInteger().asUInt64 : 0
    guard let chainID, let nonce = try fields[0].unsignedInteger().asUInt64,
      let gas = try fields[2].unsignedInteger().asUInt64
    else { return nil }
    return UnsignedTransaction(
      kind: .legacy(gasPriceWei: try fields[1].unsignedInteger(), protected: isProtected), chainID: chainID,
      nonce: nonce, gasLimit: gas, to: try address(fields[3]), valueWei: try fields[4].unsignedInteger(),
      data: try fields[5].string())
  }

  private static func address(_ field: RLP) throws(EthereumError) -> Address? {
    let bytes = try field.string()
    return bytes.isEmpty ? nil : try Address(bytes: bytes)
  }

  private static func accessList(_ field: RLP) throws(EthereumError) -> [AccessListEntry] {
    try field.items().map { (item) throws(EthereumError) in
      let parts = try item.items()
      guard parts.count == 2 else { throw .rlp(.wrongKind(expected: "an address and its keys")) }
      return AccessListEntry(
        address: try Address(bytes: try parts[0].string()),
        storageKeys: try parts[1].items().map { (key) throws(EthereumError) in try Bytes32(bytes: try key.string()) })
    }
  }

  // MARK: printing

  private var facts: [(name: String, value: String)] {
    guard let transaction else { return [("kind", "call data")] }
    var facts: [(String, String)] = []
    switch kind {
    case .signed(let hash, let sender):
      facts = [("kind", "signed transaction of type \(transaction.type)"), ("hash", hash.description)]
      facts.append(("from", sender?.description ?? "nobody: no key can have made this signature"))
    case .unsigned(let hash):
      facts = [("kind", "unsigned transaction of type \(transaction.type)"), ("signing hash", hash.description)]
    case .calldata: break
    }
    facts.append(("chain id", isForEveryChain ? "none: valid on every chain" : "\(transaction.chainID)"))
    facts += [("nonce", "\(transaction.nonce)"), ("gas limit", "\(transaction.gasLimit)")]
    switch transaction.kind {
    case .legacy(let price, _), .accessList(let price): facts.append(("gas price", "\(price) wei"))
    case .dynamicFee(let tip, let cap): facts += [("tip", "\(tip) wei"), ("fee cap", "\(cap) wei")]
    }
    if transaction.to == nil { facts.append(("to", "nobody: creates a contract")) }
    if !transaction.accessList.isEmpty { facts.append(("access list", "\(transaction.accessList.count) entries")) }
    return facts
  }

  private var isForEveryChain: Bool {
    if case .legacy(_, protected: false) = transaction?.kind { true } else { false }
  }

  var lines: [String] {
    var table = TextTable()
    for fact in facts { table.add([fact.name, fact.value]) }
    return table.lines + [""] + call.lines()
  }

  var json: JSON {
    .object(
      JSONObject(facts.map { (key: $0.name, value: JSON.string($0.value)) } + [(key: "call", value: call.json)]))
  }
}

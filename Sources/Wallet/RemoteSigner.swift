package import Ethereum

/// The door to a signer outside of this process: bytes out, bytes back. Opened by whoever has a network.
package protocol SignerDoor: AnyObject {
  /// Posts one JSON-RPC request and waits for its answer, to a deadline of the door's own. Nothing is retried: asking
  /// twice is the caller's decision.
  func exchange(_ body: [UInt8]) -> SignerReply
}

/// What came back for a request to a signer.
package enum SignerReply: Hashable, Sendable {
  case answer(status: Int, body: [UInt8])
  /// No answer, or none in time; the reason is fit for a log line.
  case silent(reason: String)
}

/// Signs with a key that somebody else holds, and believes nothing of what comes back: the transaction is decoded
/// strictly, compared field by field with the one that was asked for, and its sender recovered.
///
/// Requests and replies follow the public documentation of web3signer (`eth_signTransaction`, `eth_accounts`) and of
/// clef's external API (`account_signTransaction`, `account_list`). A signer that does not answer has sent nothing:
/// only what passes here is ever journaled, and only what is journaled is sent.
package struct RemoteSigner: Signer {
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    case web3signer, clef
  }

  package let kind: Kind
  package let address: Address
  private let door: any SignerDoor
  private let context: Secp256k1

  /// - Parameter context: recovers senders; needs no seed.
  package init(_ kind: Kind, address: Address, door: any SignerDoor, context: Secp256k1) {
    self.kind = kind
    self.address = address
    self.door = door
    self.context = context
  }

  /// - Throws: `.remote`, after which nothing has been released.
  package func sign(_ transaction: UnsignedTransaction) throws(WalletError) -> SignedTransaction {
    do { try transaction.validate() } catch { throw .transaction(error) }
    // The request's name is drawn from what it is about, so an answer to another question is not taken for this one's.
    let id = transaction.signingHash.bytes.prefix(6).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let parameters = try RemoteRequest(transaction, from: address, for: kind).parameters
    let answer = try ask(RPCRequest(id: id, method: kind.signMethod, params: [parameters]))
    let raw = try rawTransaction(in: answer)
    let signed: SignedTransaction
    do { signed = try SignedTransaction.decode(raw) } catch { throw .remote(.undecodable(error)) }
    try compare(signed, with: transaction)
    if let named = answer["tx"]?["hash"]?.string, named.lowercased() != signed.hash.description {
      throw .remote(.differs(field: "hash", asked: "\(signed.hash)", found: Excerpt.of(named)))
    }
    let sender = try context.recover(signed)
    guard sender == address else { throw .remote(.otherSigner(expected: address, recovered: sender)) }
    return signed
  }

  /// The accounts the signer says it can sign for. Signs nothing.
  /// - Throws: `.remote`.
  package func accounts() throws(WalletError) -> [Address] {
    let answer = try ask(RPCRequest(id: 1, method: kind.accountsMethod, params: []))
    guard let elements = answer.array else {
      throw .remote(.malformed(reason: "\(kind.accountsMethod) gave \(answer.kind), not a list of accounts"))
    }
    var accounts: [Address] = []
    for element in elements {
      do {
        // Lower case or any other spelling: whether it is ours is compared, and no checksum makes it more so.
        accounts.append(try Address(bytes: Hex.decode(element.string ?? "", limit: 20)))
      } catch {
        throw .remote(.malformed(reason: "an account is \(Excerpt.of(element.encoded())), not an address"))
      }
    }
    return accounts
  }

  /// Whether the signer says that it holds the key of `address`.
  /// - Throws: `.remote`.
  package func confirmAddress() throws(WalletError) {
    let accounts = try accounts()
    guard accounts.contains(address) else {
      throw .remote(.unknownAccount(address, accounts: accounts.count))
    }
  }

  // MARK: - Answers

  /// Largest answer that is read: clef returns the data twice in hex, four times the largest that is ever signed.
  private static let limits = JSONLimits(bytes: 1 << 20, depth: 16)

  private func ask(_ request: RPCRequest) throws(WalletError) -> JSON {
    let (status, body): (Int, [UInt8])
    switch door.exchange(request.encoded()) {
    case .silent(let reason): throw .remote(.silent(reason: reason))
    case .answer(let code, let bytes): (status, body) = (code, bytes)
    }
    let response: RPCResponse
    do { response = try RPCResponse.decode(body, expecting: request.id, limits: Self.limits) } catch {
      guard status == 200 else { throw .remote(.status(status)) }
      throw .remote(.malformed(reason: error.description))
    }
    switch response.outcome {
    case .error(let error): throw .remote(.refused(code: error.code, message: Excerpt.of(error.message)))
    case .result(let result):
      guard status == 200 else { throw .remote(.status(status)) }
      return result
    }
  }

  /// The signed bytes: web3signer answers with them, clef with an object that has them as `raw`.
  private func rawTransaction(in answer: JSON) throws(WalletError) -> [UInt8] {
    let field = kind == .clef ? answer["raw"] : answer
    guard let text = field?.string else {
      throw .remote(.malformed(reason: "\(kind.signMethod) gave \(answer.kind) without the signed bytes"))
    }
    do { return try Hex.decode(text, limit: Self.limits.bytes) } catch {
      throw .remote(.malformed(reason: error.description))
    }
  }

  private func compare(_ signed: SignedTransaction, with asked: UnsignedTransaction) throws(WalletError) {
    func same<Value: Equatable>(_ field: String, _ asked: Value, _ found: Value) throws(WalletError) {
      guard asked == found else { throw .remote(.differs(field: field, asked: "\(asked)", found: "\(found)")) }
    }
    let found = signed.transaction
    try same("type", asked.type, found.type)
    try same("replay protection", true, signed.isBoundToChain)
    try same("chain id", asked.chainID, found.chainID)
    try same("nonce", asked.nonce, found.nonce)
    try same("gas limit", asked.gasLimit, found.gasLimit)
    try same("fee cap", asked.caps.feeCapWei, found.caps.feeCapWei)
    try same("tip", asked.caps.tipWei, found.caps.tipWei)
    try same("recipient", asked.to?.description ?? "none", found.to?.description ?? "none")
    try same("value", asked.valueWei, found.valueWei)
    if asked.data != found.data {
      let (mine, theirs) = (Keccak256.hash(asked.data), Keccak256.hash(found.data))
      throw .remote(.differs(field: "data", asked: "hash \(mine)", found: "hash \(theirs)"))
    }
    try same("access list", asked.accessList, found.accessList)
    guard asked == found else { throw .selfCheckDiffers(signer: address) }
  }
}

extension RemoteSigner: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "\(kind.rawValue) for \(address)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["kind": kind, "address": address]) }
}

extension RemoteSigner.Kind {
  var signMethod: String {
    switch self {
    case .web3signer: "eth_signTransaction"
    case .clef: "account_signTransaction"
    }
  }

  var accountsMethod: String {
    switch self {
    case .web3signer: "eth_accounts"
    case .clef: "account_list"
    }
  }
}

/// A transaction as the signers' documentation writes it.
private struct RemoteRequest {
  let parameters: JSON

  /// - Throws: `.remote(.unsupported)` for what the signer's documentation has no field for.
  init(
    _ transaction: UnsignedTransaction, from sender: Address, for kind: RemoteSigner.Kind
  ) throws(WalletError) {
    if case .legacy(_, protected: false) = transaction.kind {
      throw .remote(.unsupported(kind, what: "a transaction without replay protection"))
    }
    let needsAccessList = transaction.type == 1 || !transaction.accessList.isEmpty
    var fields: JSONObject = [
      "from": .string(sender.description), "gas": .string(UInt256(transaction.gasLimit).hexQuantity),
      "nonce": .string(UInt256(transaction.nonce).hexQuantity), "value": .string(transaction.valueWei.hexQuantity),
      "data": .string(Hex.encode(transaction.data)),
    ]
    if let to = transaction.to { fields["to"] = .string(to.description) }
    switch transaction.kind {
    case .legacy(let price, _), .accessList(let price): fields["gasPrice"] = .string(price.hexQuantity)
    case .dynamicFee(let tip, let cap):
      fields["maxPriorityFeePerGas"] = .string(tip.hexQuantity)
      fields["maxFeePerGas"] = .string(cap.hexQuantity)
    }
    switch kind {
    case .web3signer:
      // Its chain is an option of its own command line, and it knows no access lists.
      guard !needsAccessList else { throw .remote(.unsupported(kind, what: "an access list")) }
    case .clef:
      fields["chainId"] = .string(UInt256(transaction.chainID).hexQuantity)
      if needsAccessList { fields["accessList"] = .array(transaction.accessList.map(\.remoteJSON)) }
    }
    parameters = .object(fields)
  }
}

extension AccessListEntry {
  fileprivate var remoteJSON: JSON {
    ["address": .string(address.description), "storageKeys": .array(storageKeys.map { .string($0.description) })]
  }
}

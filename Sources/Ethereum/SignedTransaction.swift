/// A signed transaction of type 0, 1 or 2, with the bytes that go on the wire.
package struct SignedTransaction: Hashable, Sendable {
  package let transaction: UnsignedTransaction
  package let signature: Signature
  /// What `eth_sendRawTransaction` takes.
  package let raw: [UInt8]
  /// Keccak-256 of `raw`: the transaction's name.
  package let hash: Bytes32

  /// Puts a signature of `transaction.signingHash` to it.
  /// - Throws: `.transaction` where the transaction breaks a rule every fork agrees on.
  package init(_ transaction: UnsignedTransaction, signature: Signature) throws(EthereumError) {
    try transaction.validate()
    self.init(transaction, signature, raw: Self.encode(transaction, signature))
  }

  private init(_ transaction: UnsignedTransaction, _ signature: Signature, raw: [UInt8]) {
    self.transaction = transaction
    self.signature = signature
    self.raw = raw
    hash = Keccak256.hash(raw)
  }

  private static func encode(_ transaction: UnsignedTransaction, _ signature: Signature) -> [UInt8] {
    let rs: [RLP] = [.integer(signature.r), .integer(signature.s)]
    let fields = transaction.fields + [.integer(v(of: transaction, signature))] + rs
    let list = RLP.list(fields).encoded()
    return transaction.type == 0 ? list : [transaction.type] + list
  }

  /// 27 or 28; 35 + 2·chain id + parity with EIP-155; the parity itself in typed transactions.
  private static func v(of transaction: UnsignedTransaction, _ signature: Signature) -> UInt256 {
    let parity = UInt64(signature.yParity)
    switch transaction.kind {
    case .legacy(_, protected: false): return UInt256(27 + parity)
    case .legacy(_, protected: true):
      // Below 2⁶⁶: a chain id has 64 bits.
      return (UInt256(transaction.chainID) << 1).addingReportingOverflow(UInt256(35 + parity)).value
    case .accessList, .dynamicFee: return UInt256(parity)
    }
  }

  // MARK: Decoding

  /// Reads the bytes of a signed transaction, strictly: one canonical encoding, every field in range, a low s.
  ///
  /// So the result encodes to the same bytes. What a fork adds (gas, active types) is `transaction.validate(fork:)`.
  /// - Parameter chainID: the chain it must be for; unprotected legacy transactions are for every chain. Nil: any.
  /// - Throws: `.transaction`; types 3 and 4 as `unsupportedType`.
  package static func decode(
    _ raw: [UInt8], chainID: UInt64? = nil, limits: RLP.Limits = .standard
  ) throws(EthereumError) -> SignedTransaction {
    guard let first = raw.first else { throw .transaction(.empty) }
    let decoded: SignedTransaction
    switch first {
    case 0xc0...: decoded = try legacy(raw, limits)
    case 1: decoded = try typed(raw, limits, fieldCount: 11)
    case 2: decoded = try typed(raw, limits, fieldCount: 12)
    case ..<0x80: throw .transaction(.unsupportedType(first))
    default: throw .transaction(.malformed(.wrongKind(expected: "a list or a type below 0x80")))
    }
    try decoded.transaction.validate()
    if let chainID, decoded.isBoundToChain, decoded.transaction.chainID != chainID {
      throw .transaction(.wrongChain(expected: chainID, found: decoded.transaction.chainID))
    }
    return decoded
  }

  /// False only for legacy transactions without EIP-155.
  package var isBoundToChain: Bool {
    if case .legacy(_, protected: false) = transaction.kind { false } else { true }
  }

  private static func legacy(_ raw: [UInt8], _ limits: RLP.Limits) throws(EthereumError) -> SignedTransaction {
    var fields = try TransactionFields(raw, type: 0, count: 9, limits: limits)
    let nonce = try fields.nonce()
    let gasPrice = try fields.integer("gasPrice")
    let gasLimit = try fields.gasLimit()
    let to = try fields.recipient()
    let value = try fields.integer("value")
    let data = try fields.bytes("data")
    let (yParity, chainID) = try parityAndChain(v: try fields.integer("v"))
    let signature = try fields.signature(yParity: yParity)
    return SignedTransaction(
      UnsignedTransaction(
        kind: .legacy(gasPriceWei: gasPrice, protected: chainID != nil), chainID: chainID ?? 0, nonce: nonce,
        gasLimit: gasLimit, to: to, valueWei: value, data: data), signature, raw: raw)
  }

  /// What v says: 27 and 28 no chain, 35 and above a chain (EIP-155).
  private static func parityAndChain(v: UInt256) throws(EthereumError) -> (yParity: UInt256, chainID: UInt64?) {
    if v == 27 || v == 28 { return (v & 1 ^ 1, nil) }
    let (doubled, isBelow) = v.subtractingReportingOverflow(35)
    guard !isBelow else { throw .transaction(.signatureParity(v)) }
    guard let chainID = (doubled >> 1).asUInt64 else { throw .transaction(.chainIDTooHigh(doubled >> 1)) }
    return (doubled & 1, chainID)
  }

  private static func typed(
    _ raw: [UInt8], _ limits: RLP.Limits, fieldCount: Int
  ) throws(EthereumError) -> SignedTransaction {
    let type = raw[0]
    var fields = try TransactionFields(Array(raw.dropFirst()), type: type, count: fieldCount, limits: limits)
    let chainID = try fields.chainID()
    let nonce = try fields.nonce()
    let kind: UnsignedTransaction.Kind
    if type == 1 {
      kind = .accessList(gasPriceWei: try fields.integer("gasPrice"))
    } else {
      let tip = try fields.integer("maxPriorityFeePerGas")
      kind = .dynamicFee(tipWei: tip, feeCapWei: try fields.integer("maxFeePerGas"))
    }
    let gasLimit = try fields.gasLimit()
    let to = try fields.recipient()
    let value = try fields.integer("value")
    let data = try fields.bytes("data")
    let accessList = try fields.accessList()
    let signature = try fields.signature(yParity: try fields.integer("yParity"))
    return SignedTransaction(
      UnsignedTransaction(
        kind: kind, chainID: chainID, nonce: nonce, gasLimit: gasLimit, to: to, valueWei: value, data: data,
        accessList: accessList), signature, raw: raw)
  }
}

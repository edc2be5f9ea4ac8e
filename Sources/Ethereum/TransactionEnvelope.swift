/// A signed transaction of any type, for reading only: of types 3 and 4, which the keeper never makes, just as much as
/// naming, checking and pricing them needs.
package enum TransactionEnvelope: Hashable, Sendable {
  case ours(SignedTransaction)
  case blob(BlobTransaction)
  case setCode(SetCodeTransaction)

  /// Reads the bytes of a signed transaction of type 0 … 4, as strictly as `SignedTransaction.decode`.
  ///
  /// Type 3 without its blobs, as blocks hold it.
  /// - Throws: `.transaction`.
  package static func decode(
    _ raw: [UInt8], chainID: UInt64? = nil, limits: RLP.Limits = .standard
  ) throws(EthereumError) -> TransactionEnvelope {
    let decoded: TransactionEnvelope
    switch raw.first {
    case 3: decoded = .blob(try BlobTransaction(raw, limits: limits))
    case 4: decoded = .setCode(try SetCodeTransaction(raw, limits: limits))
    default: return .ours(try SignedTransaction.decode(raw, chainID: chainID, limits: limits))
    }
    if let chainID, let common = decoded.common, common.chainID != chainID {
      throw .transaction(.wrongChain(expected: chainID, found: common.chainID))
    }
    return decoded
  }

  private var common: ForeignTransaction? {
    switch self {
    case .ours: nil
    case .blob(let transaction): transaction.common
    case .setCode(let transaction): transaction.common
    }
  }

  package var type: UInt8 {
    switch self {
    case .ours(let signed): signed.transaction.type
    case .blob: 3
    case .setCode: 4
    }
  }

  /// Keccak-256 of the bytes.
  package var hash: Bytes32 {
    switch self {
    case .ours(let signed): signed.hash
    case .blob(let transaction): transaction.common.hash
    case .setCode(let transaction): transaction.common.hash
    }
  }

  /// What the signature signs.
  package var signingHash: Bytes32 {
    switch self {
    case .ours(let signed): signed.transaction.signingHash
    case .blob(let transaction): transaction.common.signingHash
    case .setCode(let transaction): transaction.common.signingHash
    }
  }

  package var signature: Signature {
    switch self {
    case .ours(let signed): signed.signature
    case .blob(let transaction): transaction.common.signature
    case .setCode(let transaction): transaction.common.signature
    }
  }

  package var gas: TransactionGas {
    switch self {
    case .ours(let signed): signed.transaction.gas
    case .blob(let transaction): transaction.common.gas(authorizationCount: 0)
    case .setCode(let transaction): transaction.common.gas(authorizationCount: transaction.authorizations.count)
    }
  }

  /// Gas charged before any code runs; from Prague on the gas limit must also reach `gas.floor(for:)`.
  package func intrinsicGas(for fork: Fork) -> UInt64 { gas.intrinsic(for: fork) }

  /// Whether a block of `fork` could hold this transaction, as far as the transaction alone tells.
  /// - Throws: `.transaction`.
  package func validate(fork: Fork) throws(EthereumError) {
    switch self {
    case .ours(let signed): try signed.transaction.validate(fork: fork)
    case .blob(let transaction): try transaction.common.validate(type: 3, since: .cancun, fork: fork, gas: gas)
    case .setCode(let transaction): try transaction.common.validate(type: 4, since: .prague, fork: fork, gas: gas)
    }
  }
}

/// What types 3 and 4 have in common.
package struct ForeignTransaction: Hashable, Sendable {
  package let chainID: UInt64
  package let nonce: UInt64
  package let caps: Fees.Caps
  package let gasLimit: UInt64
  package let to: Address
  package let valueWei: UInt256
  package let data: [UInt8]
  package let accessList: [AccessListEntry]
  package let signature: Signature
  package let hash: Bytes32
  package let signingHash: Bytes32

  /// Reads the nine fields types 3 and 4 begin with, and computes both hashes; the caller reads what follows.
  fileprivate init(
    _ fields: inout TransactionFields, raw: [UInt8], type: UInt8
  ) throws(EthereumError) {
    chainID = try fields.chainID()
    nonce = try fields.nonce()
    let tip = try fields.integer("maxPriorityFeePerGas")
    caps = Fees.Caps(tipWei: tip, feeCapWei: try fields.integer("maxFeePerGas"))
    gasLimit = try fields.gasLimit()
    guard let to = try fields.recipient() else { throw .transaction(.creationNotAllowed(type: type)) }
    self.to = to
    valueWei = try fields.integer("value")
    data = try fields.bytes("data")
    accessList = try fields.accessList()
    hash = Keccak256.hash(raw)
    // The signature covers the same list without its last three fields.
    signingHash = Keccak256.hash([type] + RLP.list(Array(fields.all.dropLast(3))).encoded())
    signature = try Self.signature(fields.all.suffix(3))
    try TransactionRules.check(nonce: nonce, gasLimit: gasLimit, caps: caps)
  }

  private static func signature(_ items: ArraySlice<RLP>) throws(EthereumError) -> Signature {
    var values: [UInt256] = []
    for (item, name) in zip(items, ["yParity", "r", "s"]) { values.append(try TransactionFields.integer(item, name)) }
    guard values.count == 3, values[0] <= .one, let parity = values[0].asUInt64 else {
      throw .transaction(.signatureParity(values.first ?? .zero))
    }
    return try Signature(yParity: UInt8(truncatingIfNeeded: parity), r: values[1], s: values[2])
  }

  fileprivate func gas(authorizationCount: Int) -> TransactionGas {
    TransactionGas(data: data, isCreation: false, accessList: accessList, authorizationCount: authorizationCount)
  }

  fileprivate func validate(
    type: UInt8, since: Fork, fork: Fork, gas: TransactionGas
  ) throws(EthereumError) {
    guard fork >= since else { throw .transaction(.typeNotActive(type, fork: fork.description)) }
    try gas.validate(gasLimit: gasLimit, fork: fork)
  }
}

/// Type 3 (EIP-4844), without blobs.
package struct BlobTransaction: Hashable, Sendable {
  package let common: ForeignTransaction
  package let maxFeePerBlobGasWei: UInt256
  package let blobVersionedHashes: [Bytes32]

  fileprivate init(_ raw: [UInt8], limits: RLP.Limits) throws(EthereumError) {
    var fields = try TransactionFields(Array(raw.dropFirst()), type: 3, count: 14, limits: limits)
    common = try ForeignTransaction(&fields, raw: raw, type: 3)
    maxFeePerBlobGasWei = try fields.integer("maxFeePerBlobGas")
    var hashes: [Bytes32] = []
    for (index, item) in try fields.list("blobVersionedHashes").enumerated() {
      let bytes = try TransactionFields.bytes(item, "blobVersionedHashes")
      guard bytes.count == 32, bytes.first == 1 else { throw .transaction(.blobVersion(index: index)) }
      hashes.append(try Bytes32(bytes: bytes))
    }
    guard !hashes.isEmpty else { throw .transaction(.emptyBlobList) }
    blobVersionedHashes = hashes
  }
}

/// Type 4 (EIP-7702).
package struct SetCodeTransaction: Hashable, Sendable {
  /// An account's consent to run the code at `address`. Whether its signature is any good does not make the transaction
  /// invalid, so only the fields' widths are checked.
  package struct Authorization: Hashable, Sendable {
    package let chainID: UInt256
    package let address: Address
    package let nonce: UInt64
    package let yParity: UInt8
    package let r: UInt256
    package let s: UInt256
  }

  package let common: ForeignTransaction
  package let authorizations: [Authorization]

  fileprivate init(_ raw: [UInt8], limits: RLP.Limits) throws(EthereumError) {
    var fields = try TransactionFields(Array(raw.dropFirst()), type: 4, count: 13, limits: limits)
    common = try ForeignTransaction(&fields, raw: raw, type: 4)
    var authorizations: [Authorization] = []
    for (index, item) in try fields.list("authorizationList").enumerated() {
      authorizations.append(try Authorization(item, index: index))
    }
    guard !authorizations.isEmpty else { throw .transaction(.emptyAuthorizationList) }
    self.authorizations = authorizations
  }
}

extension SetCodeTransaction.Authorization {
  fileprivate init(_ item: RLP, index: Int) throws(EthereumError) {
    func failure(_ reason: String) -> EthereumError { .transaction(.authorization(index: index, reason: reason)) }
    guard case .list(let fields) = item, fields.count == 6 else { throw failure("it must be a list of 6 fields") }
    chainID = try TransactionFields.integer(fields[0], "authorization.chainId")
    let address = try TransactionFields.bytes(fields[1], "authorization.address")
    guard address.count == 20 else { throw failure("its address has \(address.count) bytes") }
    self.address = try Address(bytes: address)
    guard let nonce = try TransactionFields.integer(fields[2], "authorization.nonce").asUInt64 else {
      throw failure("its nonce does not fit 64 bits")
    }
    self.nonce = nonce
    let parity = try TransactionFields.integer(fields[3], "authorization.yParity")
    guard let yParity = parity.asUInt64.flatMap({ UInt8(exactly: $0) }) else {
      throw failure("its y parity does not fit 8 bits")
    }
    self.yParity = yParity
    r = try TransactionFields.integer(fields[4], "authorization.r")
    s = try TransactionFields.integer(fields[5], "authorization.s")
  }
}

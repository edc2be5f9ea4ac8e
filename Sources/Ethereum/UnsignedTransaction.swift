/// An address and the storage keys a transaction announces to touch (EIP-2930).
package struct AccessListEntry: Hashable, Sendable {
  package var address: Address
  package var storageKeys: [Bytes32]

  package init(address: Address, storageKeys: [Bytes32]) {
    self.address = address
    self.storageKeys = storageKeys
  }

  var rlp: RLP { .list([.bytes(address.bytes), .list(storageKeys.map { .bytes($0.bytes) })]) }
}

/// A transaction of the kinds the keeper sends, before it is signed: types 0, 1 and 2.
package struct UnsignedTransaction: Hashable, Sendable {
  /// The type and how it names its price, wei per gas.
  package enum Kind: Hashable, Sendable {
    /// Type 0. `protected` binds the signature to the chain (EIP-155); without it the transaction is valid everywhere.
    case legacy(gasPriceWei: UInt256, protected: Bool)
    /// Type 1 (EIP-2930).
    case accessList(gasPriceWei: UInt256)
    /// Type 2 (EIP-1559).
    case dynamicFee(tipWei: UInt256, feeCapWei: UInt256)
  }

  package var kind: Kind
  /// Not part of a legacy transaction without protection; 0 in one that was decoded.
  package var chainID: UInt64
  package var nonce: UInt64
  package var gasLimit: UInt64
  /// Nil creates a contract.
  package var to: Address?
  package var valueWei: UInt256
  package var data: [UInt8]
  /// Not part of legacy transactions, where it must be empty.
  package var accessList: [AccessListEntry]

  package init(
    kind: Kind, chainID: UInt64, nonce: UInt64, gasLimit: UInt64, to: Address?, valueWei: UInt256 = .zero,
    data: [UInt8] = [], accessList: [AccessListEntry] = []
  ) {
    self.kind = kind
    self.chainID = chainID
    self.nonce = nonce
    self.gasLimit = gasLimit
    self.to = to
    self.valueWei = valueWei
    self.data = data
    self.accessList = accessList
  }

  /// 0, 1 or 2.
  package var type: UInt8 {
    switch kind {
    case .legacy: 0
    case .accessList: 1
    case .dynamicFee: 2
    }
  }

  /// What is offered per gas; a gas price is both tip and fee cap.
  package var caps: Fees.Caps {
    switch kind {
    case .legacy(let price, _), .accessList(let price): Fees.Caps(tipWei: price, feeCapWei: price)
    case .dynamicFee(let tip, let cap): Fees.Caps(tipWei: tip, feeCapWei: cap)
    }
  }

  /// The most wei the sender can lose: value and gas limit times fee cap.
  /// - Throws: `.arithmeticOverflow`.
  package func maximumCostWei() throws(EthereumError) -> UInt256 {
    try valueWei + UInt256(gasLimit) * caps.feeCapWei
  }

  package var gas: TransactionGas {
    TransactionGas(data: data, isCreation: to == nil, accessList: accessList, authorizationCount: 0)
  }

  /// Gas charged before any code runs; from Prague on the gas limit must also reach `gas.floor(for:)`.
  package func intrinsicGas(for fork: Fork) -> UInt64 { gas.intrinsic(for: fork) }

  // MARK: Encoding

  /// The bytes whose Keccak-256 is signed: for types 1 and 2 with the type in front.
  package var signingPayload: [UInt8] {
    switch kind {
    case .legacy(_, protected: false): RLP.list(fields).encoded()
    case .legacy(_, protected: true):
      RLP.list(fields + [.integer(UInt256(chainID)), .integer(.zero), .integer(.zero)]).encoded()
    case .accessList, .dynamicFee: [type] + RLP.list(fields).encoded()
    }
  }

  /// Keccak-256 of `signingPayload`.
  package var signingHash: Bytes32 { Keccak256.hash(signingPayload) }

  /// The fields before the signature.
  var fields: [RLP] {
    let body: [RLP] = [.bytes(to?.bytes ?? []), .integer(valueWei), .bytes(data)]
    let gas = RLP.integer(UInt256(gasLimit))
    let (chain, count) = (RLP.integer(UInt256(chainID)), RLP.integer(UInt256(nonce)))
    let list = RLP.list(accessList.map(\.rlp))
    switch kind {
    case .legacy(let price, _): return [count, .integer(price), gas] + body
    case .accessList(let price): return [chain, count, .integer(price), gas] + body + [list]
    case .dynamicFee(let tip, let cap): return [chain, count, .integer(tip), .integer(cap), gas] + body + [list]
    }
  }

  // MARK: Rules

  /// The rules every fork agrees on: nonce below 2⁶⁴−1, tip not above the fee cap, gas limit times price below 2²⁵⁶.
  /// - Throws: `.transaction`.
  package func validate() throws(EthereumError) {
    try TransactionRules.check(nonce: nonce, gasLimit: gasLimit, caps: caps)
    if case .legacy = kind, !accessList.isEmpty {
      throw .transaction(.accessListEntry(index: 0, reason: "legacy transactions have no access list"))
    }
  }

  /// Whether a block of `fork` could hold this transaction, as far as the transaction alone tells.
  /// - Throws: `.transaction`.
  package func validate(fork: Fork) throws(EthereumError) {
    try validate()
    if type == 2, fork < .london { throw .transaction(.typeNotActive(type, fork: fork.description)) }
    try gas.validate(gasLimit: gasLimit, fork: fork)
  }
}

/// Rules shared by transactions of all types.
enum TransactionRules {
  /// - Throws: `.transaction`: `nonceTooHigh`, `tipAboveFeeCap`, `feeProductOverflow`.
  static func check(nonce: UInt64, gasLimit: UInt64, caps: Fees.Caps) throws(EthereumError) {
    guard nonce < .max else { throw .transaction(.nonceTooHigh(UInt256(nonce))) }
    guard caps.tipWei <= caps.feeCapWei else {
      throw .transaction(.tipAboveFeeCap(tipWei: caps.tipWei, feeCapWei: caps.feeCapWei))
    }
    guard !UInt256(gasLimit).multipliedReportingOverflow(by: caps.feeCapWei).overflow else {
      throw .transaction(.feeProductOverflow(gasLimit: gasLimit, gasPriceWei: caps.feeCapWei))
    }
  }
}

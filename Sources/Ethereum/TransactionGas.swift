/// What a transaction costs before any code runs. Depends on its fields and the fork alone.
package struct TransactionGas: Hashable, Sendable {
  /// Calldata or init code.
  let data: [UInt8]
  let isCreation: Bool
  let accessList: [AccessListEntry]
  let authorizationCount: Int

  /// Gas charged up front: 21,000, calldata (4 a zero byte, 16 another, EIP-2028), 32,000 for a creation and 2 for each
  /// word of its init code (EIP-3860), 2,400 for each address and 1,900 for each key of the access list (EIP-2930),
  /// 25,000 for each authorization (EIP-7702).
  package func intrinsic(for fork: Fork) -> UInt64 {
    let keys = accessList.reduce(0) { $0 + $1.storageKeys.count }
    var gas = 21_000 + 4 * zeroBytes + 16 * otherBytes
    if isCreation {
      gas += 32_000
      if fork >= .shanghai { gas += 2 * UInt64((data.count + 31) / 32) }
    }
    gas += 2_400 * UInt64(accessList.count) + 1_900 * UInt64(keys)
    return gas + 25_000 * UInt64(authorizationCount)
  }

  /// The least a transaction pays for its calldata from Prague on: 21,000 and 10 a token, where a zero byte is one
  /// token and another four (EIP-7623). 0 before.
  package func floor(for fork: Fork) -> UInt64 {
    fork >= .prague ? 21_000 + 10 * (zeroBytes + 4 * otherBytes) : 0
  }

  /// The least gas limit a valid transaction has: the larger of the two.
  package func required(for fork: Fork) -> UInt64 { max(intrinsic(for: fork), floor(for: fork)) }

  private var zeroBytes: UInt64 { data.reduce(0) { $0 + ($1 == 0 ? 1 : 0) } }
  private var otherBytes: UInt64 { UInt64(data.count) - zeroBytes }

  /// Most bytes of init code from Shanghai on (EIP-3860): two contracts' worth.
  static let initCodeLimit = 49_152
  /// Most gas of one transaction from Osaka on (EIP-7825): 2²⁴.
  static let gasCap: UInt64 = 16_777_216

  /// The rules of `fork` on size and gas.
  /// - Throws: `.transaction`: `initCodeTooLong`, `gasLimitAboveCap`, `intrinsicGas`.
  func validate(gasLimit: UInt64, fork: Fork) throws(EthereumError) {
    if isCreation, fork >= .shanghai, data.count > Self.initCodeLimit {
      throw .transaction(.initCodeTooLong(data.count, limit: Self.initCodeLimit))
    }
    if fork >= .osaka, gasLimit > Self.gasCap {
      throw .transaction(.gasLimitAboveCap(gasLimit, cap: Self.gasCap))
    }
    let required = required(for: fork)
    guard gasLimit >= required else {
      throw .transaction(.intrinsicGas(required: required, gasLimit: gasLimit))
    }
  }
}

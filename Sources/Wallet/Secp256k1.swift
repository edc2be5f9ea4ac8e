import CSecp256k1
package import Ethereum

/// The curve: makes keys from scalars, signs hashes (RFC 6979 nonces, low s) and recovers who signed, by libsecp256k1.
///
/// One context serves a process: after its initialiser it is only read, so it may be shared.
package final class Secp256k1: Sendable {
  // Randomised in the initialiser and only read afterwards, which libsecp256k1 allows from any thread.
  private nonisolated(unsafe) let context: OpaquePointer
  private let isRandomised: Bool

  /// A context for everything. `seed` blinds the arithmetic against side channels; it changes no signature.
  ///
  /// - Parameter seed: at least 32 bytes from the operating system's entropy; the first 32 are used, the array is
  /// wiped.
  /// - Throws: `.entropyTooShort`.
  package init(wipingSeed seed: inout [UInt8]) throws(WalletError) {
    defer { Secrecy.wipe(&seed) }
    guard seed.count >= 32 else {
      throw .entropyTooShort(purpose: "the secp256k1 context", needed: 32, found: seed.count)
    }
    let made = Secp256k1.makeContext()
    // libsecp256k1 documents 1 as the only outcome for a context of this kind.
    precondition(secp256k1_context_randomize(made, seed) == 1, "secp256k1_context_randomize failed on a fresh context")
    context = made
    isRandomised = true
  }

  /// A context that recovers senders and derives nothing from secrets, so it needs no entropy; it refuses to sign.
  package init() {
    context = Secp256k1.makeContext()
    isRandomised = false
  }

  deinit { secp256k1_context_destroy(context) }

  private static func makeContext() -> OpaquePointer {
    // Stops the process if the library was miscompiled for this machine; better that than wrong signatures.
    secp256k1_selftest()
    let made = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE))
    guard let made else { preconditionFailure("libsecp256k1 could not allocate a context") }
    return made
  }

  // MARK: - Keys

  /// The key of a 32-byte big-endian scalar; the caller's array is wiped.
  ///
  /// - Throws: `.invalidScalar` for another length, zero, or a scalar that is not below the order of the curve.
  package func key(wiping scalar: inout [UInt8]) throws(WalletError) -> SecretKey {
    defer { Secrecy.wipe(&scalar) }
    guard scalar.count == 32 else { throw .invalidScalar }
    return try key(of: SecretBytes(copying: scalar))
  }

  /// The key that `text` spells as 64 hex digits, with or without 0x, white space around it ignored; the caller's array
  /// is wiped.
  ///
  /// - Throws: `.keyText` says what is wrong and where, quoting nothing; `.invalidScalar`.
  package func key(wipingHexText text: inout [UInt8]) throws(WalletError) -> SecretKey {
    defer { Secrecy.wipe(&text) }
    return try key(of: try KeyText.scalar(text))
  }

  /// A new key from entropy: Keccak-256 of all its bytes, so that more than 32 never hurts; the array is wiped.
  ///
  /// - Parameter entropy: at least 32 bytes from the operating system, used for nothing else.
  /// - Throws: `.entropyTooShort`, `.entropyDegenerate` if all bytes are equal, `.invalidScalar` with probability
  /// 2⁻¹²⁸.
  package func makeKey(wipingEntropy entropy: inout [UInt8]) throws(WalletError) -> SecretKey {
    defer { Secrecy.wipe(&entropy) }
    try Entropy.check(entropy, needed: 32, purpose: "a new key")
    return try key(of: SecretBytes(copying: Keccak256.hash(entropy).bytes))
  }

  func key(of scalar: SecretBytes) throws(WalletError) -> SecretKey {
    guard isRandomised else { throw .contextNotRandomised }
    let publicKey: [UInt8]? = scalar.withBytes { bytes in
      guard bytes.count == 32, let base = bytes.bindMemory(to: UInt8.self).baseAddress,
        secp256k1_ec_seckey_verify(context, base) == 1
      else { return nil }
      var point = secp256k1_pubkey()
      guard secp256k1_ec_pubkey_create(context, &point, base) == 1 else { return nil }
      return serialise(point)
    }
    guard let publicKey else { throw .invalidScalar }
    return SecretKey(checked: scalar, address: try address(of: publicKey))
  }

  // MARK: - Signatures

  /// Signs a 32-byte hash. Deterministic: the same hash and key always give the same signature (RFC 6979, HMAC-SHA256).
  ///
  /// Hashes of transactions go through a `Signer`, which checks what it made; this is for EIP-712 digests.
  ///
  /// - Throws: `.contextNotRandomised`; `.signingFailed`, not known to happen.
  package func sign(_ hash: Bytes32, with key: SecretKey) throws(WalletError) -> Signature {
    guard isRandomised else { throw .contextNotRandomised }
    var made = secp256k1_ecdsa_recoverable_signature()
    let outcome = key.withBytes { bytes -> Int32 in
      guard let scalar = bytes.bindMemory(to: UInt8.self).baseAddress else { return 0 }
      // The default nonce function is RFC 6979, and libsecp256k1 always returns the low s.
      return secp256k1_ecdsa_sign_recoverable(context, &made, hash.bytes, scalar, nil, nil)
    }
    guard outcome == 1 else { throw .signingFailed(hash: hash) }
    var compact = [UInt8](repeating: 0, count: 64)
    var parity: Int32 = 0
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context, &compact, &parity, &made)
    // A parity above 1 means an r that overflowed the order: Ethereum cannot express it, and finding one is as hard as
    // breaking the curve.
    guard parity == 0 || parity == 1 else { throw .signingFailed(hash: hash) }
    do {
      return try Signature(
        yParity: UInt8(parity), r: UInt256(bigEndian: compact.prefix(32)), s: UInt256(bigEndian: compact.suffix(32)))
    } catch {
      throw .transaction(error)
    }
  }

  /// The account whose key made `signature` of `hash`. A `Signature`'s r and s are in range and its s is low already.
  ///
  /// - Throws: `.recoveryFailed` where r is not the x of a point, or the key would be the point at infinity.
  package func recover(_ hash: Bytes32, _ signature: Signature) throws(WalletError) -> Address {
    var parsed = secp256k1_ecdsa_recoverable_signature()
    var point = secp256k1_pubkey()
    guard
      secp256k1_ecdsa_recoverable_signature_parse_compact(
        context, &parsed, signature.compact, Int32(signature.yParity & 1)) == 1,
      secp256k1_ecdsa_recover(context, &point, &parsed, hash.bytes) == 1
    else { throw .recoveryFailed(hash: hash) }
    return try address(of: serialise(point))
  }

  private func serialise(_ point: secp256k1_pubkey) -> [UInt8] {
    var point = point
    var bytes = [UInt8](repeating: 0, count: 65)
    var count = bytes.count
    secp256k1_ec_pubkey_serialize(context, &bytes, &count, &point, UInt32(SECP256K1_EC_UNCOMPRESSED))
    return Array(bytes.dropFirst())
  }

  private func address(of publicKey64: [UInt8]) throws(WalletError) -> Address {
    do { return try Address(publicKey64: publicKey64) } catch { throw .transaction(error) }
  }
}

/// Checks of the entropy that is handed in: the wallet reads none itself.
enum Entropy {
  static func check(_ bytes: [UInt8], needed: Int, purpose: String) throws(WalletError) {
    guard bytes.count >= needed else {
      throw .entropyTooShort(purpose: purpose, needed: needed, found: bytes.count)
    }
    // A source that returns one byte over and over (zeros, most often) is the failure that has made real keys weak.
    guard let first = bytes.first, !bytes.allSatisfy({ $0 == first }) else {
      throw .entropyDegenerate(purpose: purpose)
    }
  }
}

package import Ethereum

/// A Web3 keystore, version 3: a private key enciphered under a passphrase, as geth, eth-account and most wallets write
/// it. Holding one reveals nothing; `unlock` gives the key.
package struct Keystore: Hashable, Sendable {
  /// The file's id, a UUID by convention; kept as read.
  package let id: String?
  /// The account the file says it holds. Some files leave it out; `unlock` checks it where it is there.
  package let address: Address?
  /// How the passphrase becomes a key.
  package let derivation: KeyDerivation

  let salt: [UInt8]
  let initialCounter: [UInt8]
  let ciphertext: [UInt8]
  let authenticationCode: [UInt8]

  /// The derived key: 16 bytes for the cipher, 16 for the authentication code.
  static let derivedBytes = 32

  /// Entropy that `init(sealing:…)` takes: 32 bytes of salt, 16 of initial counter, 16 of UUID.
  package static let entropyBytes = 64

  // MARK: - Reading

  /// Deciphers the key.
  ///
  /// Costs what `derivation` says, about a second and 256 MiB for a standard file.
  /// - Parameter limits: checked before any memory is taken.
  /// - Throws: `.hostileParameter` or `.keystore` for parameters over the limits, `.wrongPassphrase`,
  ///   `.invalidScalar`, `.addressMismatch`.
  package func unlock(
    with passphrase: Passphrase, context: Secp256k1, limits: KeystoreLimits = .standard
  ) throws(WalletError) -> SecretKey {
    try limits.check(derivation)
    let derived = try derivation.derive(passphrase: passphrase.secret, salt: salt)
    let scalar = try derived.withBytes { bytes throws(WalletError) in
      let code = Keystore.authenticationCode(derived: bytes, ciphertext: ciphertext)
      guard Secrecy.constantTimeEqual(code, authenticationCode) else { throw .wrongPassphrase }
      return try decipher(key: UnsafeRawBufferPointer(rebasing: bytes[0..<16]))
    }
    let key = try context.key(of: scalar)
    if let address, address != key.address { throw .addressMismatch(file: address, derived: key.address) }
    return key
  }

  /// The scalar, padded on the left: old writers dropped a key's leading zero bytes, and the authentication code has
  /// already shown that nothing was cut off.
  private func decipher(key: UnsafeRawBufferPointer) throws(WalletError) -> SecretBytes {
    var plain = try AESCounterMode.apply(key: key, initialCounter: initialCounter, to: ciphertext)
    defer { Secrecy.wipe(&plain) }
    guard plain.count <= 32 else { throw .invalidScalar }
    let padding = 32 - plain.count
    return SecretBytes(count: 32) { (block: UnsafeMutableRawBufferPointer) in
      for (offset, byte) in plain.enumerated() { block[padding + offset] = byte }
    }
  }

  /// Keccak-256 of the second half of the derived key and the ciphertext.
  private static func authenticationCode(derived: UnsafeRawBufferPointer, ciphertext: [UInt8]) -> [UInt8] {
    var hasher = Keccak256Hasher()
    hasher.update(UnsafeRawBufferPointer(rebasing: derived[16..<32]))
    hasher.update(ciphertext)
    return hasher.finalize().bytes
  }

  // MARK: - Writing

  /// Enciphers `key` under `passphrase`.
  ///
  /// - Parameters:
  ///   - derivation: what every guess of the passphrase will cost.
  ///   - entropy: at least `entropyBytes` from the operating system. A salt or counter used twice weakens both files.
  /// - Throws: `.entropyTooShort`, `.entropyDegenerate`; `.keystore` or `.hostileParameter` for parameters that no
  ///   reader would take.
  package init(
    sealing key: SecretKey, with passphrase: Passphrase, derivation: KeyDerivation = .standard, entropy: [UInt8]
  ) throws(WalletError) {
    try Entropy.check(entropy, needed: Keystore.entropyBytes, purpose: "a new keystore")
    try KeystoreLimits.standard.check(derivation)
    let salt = Array(entropy[0..<32])
    let counter = Array(entropy[32..<48])
    let derived = try derivation.derive(passphrase: passphrase.secret, salt: salt)
    let sealed = try derived.withBytes { bytes throws(WalletError) in
      let ciphertext = try key.withBytes { plain throws(WalletError) in
        try AESCounterMode.apply(
          key: UnsafeRawBufferPointer(rebasing: bytes[0..<16]), initialCounter: counter, to: plain)
      }
      return (ciphertext, Keystore.authenticationCode(derived: bytes, ciphertext: ciphertext))
    }
    self.init(
      id: Keystore.uuid(Array(entropy[48..<64])), address: key.address, derivation: derivation, salt: salt,
      initialCounter: counter, ciphertext: sealed.0, authenticationCode: sealed.1)
  }

  init(
    id: String?, address: Address?, derivation: KeyDerivation, salt: [UInt8], initialCounter: [UInt8],
    ciphertext: [UInt8], authenticationCode: [UInt8]
  ) {
    self.id = id
    self.address = address
    self.derivation = derivation
    self.salt = salt
    self.initialCounter = initialCounter
    self.ciphertext = ciphertext
    self.authenticationCode = authenticationCode
  }

  /// A random UUID (RFC 9562 version 4) of 16 random bytes.
  private static func uuid(_ random: [UInt8]) -> String {
    var bytes = random
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    let hex = Array(Hex.encode(bytes, prefix: false))
    return [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]].map { String($0) }.joined(separator: "-")
  }
}

extension Keystore: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Which keystore, without its contents: an enciphered key is not for logs either, where it could be attacked at
  /// leisure.
  package var description: String { "keystore of \(address?.description ?? "an unnamed account")" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["address": address as Any, "derivation": derivation]) }
}

extension KeyDerivation {
  /// The 32 bytes that cipher and authentication code use. The caller has checked the limits.
  func derive(passphrase: SecretBytes, salt: [UInt8]) throws(WalletError) -> SecretBytes {
    switch self {
    case .scrypt(let parameters):
      try Scrypt.derive(
        passphrase: passphrase, salt: salt, parameters: parameters, length: Keystore.derivedBytes)
    case .pbkdf2(let iterations):
      try PBKDF2.derive(
        passphrase: passphrase, salt: salt, iterations: iterations, length: Keystore.derivedBytes)
    }
  }
}

import Crypto
import CryptoExtras
import FoundationEssentials

/// PBKDF2-HMAC-SHA256 and AES in counter mode: swift-crypto's, in the wallet's types.
enum PBKDF2 {
  static func derive(
    passphrase: SecretBytes, salt: [UInt8], iterations: Int, length: Int
  ) throws(WalletError) -> SecretBytes {
    try derive(passphrase: passphrase, saltSecret: SecretBytes(copying: salt), iterations: iterations, length: length)
  }

  /// The same with a salt that is itself a secret (scrypt's last step).
  static func derive(
    passphrase: SecretBytes, saltSecret: SecretBytes, iterations: Int, length: Int
  ) throws(WalletError) -> SecretBytes {
    let key: SymmetricKey
    do {
      key = try passphrase.withBytes { passphrase in
        try saltSecret.withBytes { salt in
          // swift-crypto's checked call refuses fewer than 210,000 rounds; scrypt itself asks for one, and keystores
          // carry what their writer chose. KeystoreLimits judges those.
          try KDF.Insecure.PBKDF2.deriveKey(
            from: passphrase, salt: salt, using: .sha256, outputByteCount: length, unsafeUncheckedRounds: iterations)
        }
      }
    } catch {
      throw .derivationFailed(function: "PBKDF2-HMAC-SHA256")
    }
    return key.withUnsafeBytes { SecretBytes(copying: $0) }
  }
}

/// AES in counter mode with a 16-byte initial counter block, as keystores use it. Enciphering and deciphering are one.
package enum AESCounterMode {
  /// Applies the key stream of `key` (16, 24 or 32 bytes) and `initialCounter` (16 bytes) to `bytes`.
  /// Throws `cipherFailed` for other lengths.
  package static func apply(
    key: [UInt8], initialCounter: [UInt8], to bytes: [UInt8]
  ) throws(WalletError) -> [UInt8] {
    try SecretBytes(copying: key).withBytes { key throws(WalletError) in
      try apply(key: key, initialCounter: initialCounter, to: bytes)
    }
  }

  static func apply(
    key: UnsafeRawBufferPointer, initialCounter: [UInt8], to bytes: some DataProtocol
  ) throws(WalletError) -> [UInt8] {
    guard [16, 24, 32].contains(key.count), initialCounter.count == 16 else {
      throw .cipherFailed(keyBytes: key.count, counterBytes: initialCounter.count)
    }
    do {
      let nonce = try AES._CTR.Nonce(nonceBytes: initialCounter)
      return Array(try AES._CTR.encrypt(bytes, using: SymmetricKey(data: key), nonce: nonce))
    } catch {
      throw .cipherFailed(keyBytes: key.count, counterBytes: initialCounter.count)
    }
  }
}

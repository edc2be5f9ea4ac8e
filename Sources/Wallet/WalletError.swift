package import Ethereum

/// Everything that can go wrong with a key. No case can hold a key, a passphrase or a part of one: what comes from a
/// secret is named, never quoted, and an excerpt of a key file is a bounded printable one of a field that is public.
package enum WalletError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Fewer bytes of entropy than `purpose` needs.
  case entropyTooShort(purpose: String, needed: Int, found: Int)
  /// Entropy whose bytes are all the same: the source is broken, and the key would be anybody's.
  case entropyDegenerate(purpose: String)
  /// A private key that is zero, or not below the order of the curve.
  case invalidScalar
  /// Text that should be a private key of 64 hex digits and is not.
  case keyText(KeyTextFault)
  /// Signing was asked of a context made for recovery only.
  case contextNotRandomised
  /// libsecp256k1 found no nonce for this hash and key; not known to happen.
  case signingFailed(hash: Bytes32)
  /// No public key could have made this signature.
  case recoveryFailed(hash: Bytes32)
  /// What was signed, read back, names another sender.
  case selfCheckFailed(expected: Address, recovered: Address)
  /// What was signed, read back, is not the transaction that was asked for.
  case selfCheckDiffers(signer: Address)
  /// The transaction cannot be signed or is not well formed.
  case transaction(EthereumError)
  /// The key file or keystore broke a rule of its format.
  case keystore(KeystoreFault)
  /// A keystore's cost parameter is over a limit, and would take memory or time before the passphrase is even tried.
  case hostileParameter(name: String, value: String, limit: String)
  /// The message authentication code differs: a wrong passphrase, or a damaged file. The two cannot be told apart.
  case wrongPassphrase
  /// The key inside the keystore is not the one its `address` field names.
  case addressMismatch(file: Address, derived: Address)
  /// A passphrase of no bytes, or over the limit.
  case passphraseLength(found: Int, limit: Int)
  /// The key file's mode or owner would let somebody else have the key.
  case keyFile(KeyFileFault)
  /// The key derivation function refused its arguments.
  case derivationFailed(function: String)
  /// The cipher refused its arguments.
  case cipherFailed(keyBytes: Int, counterBytes: Int)
  /// The signing policy does not allow the transaction; the key was not touched.
  case policy(PolicyRefusal)
  /// A signer outside of this process did not do what it was asked for.
  case remote(RemoteSignerFault)

  package var description: String {
    switch self {
    case .entropyTooShort(let purpose, let needed, let found):
      "\(purpose) needs \(needed) bytes of entropy, found \(found); read them from the operating system"
    case .entropyDegenerate(let purpose):
      "the entropy for \(purpose) is one byte repeated; the random source is broken, do not use its keys"
    case .invalidScalar: "the private key is zero or not below the order of secp256k1; make another"
    case .keyText(let fault): fault.description
    case .contextNotRandomised:
      "this secp256k1 context was made for recovery only; make one with a 32-byte seed to sign"
    case .signingFailed(let hash): "libsecp256k1 could not sign \(hash)"
    case .recoveryFailed(let hash):
      "no sender can be recovered for \(hash): r, s and the parity describe no point of the curve"
    case .selfCheckFailed(let expected, let recovered):
      "the signature just made recovers to \(recovered) instead of \(expected); nothing was released, check the memory"
    case .selfCheckDiffers(let signer):
      "the transaction just signed by \(signer) does not read back as the one asked for; nothing was released"
    case .transaction(let error): error.description
    case .keystore(let fault): fault.description
    case .hostileParameter(let name, let value, let limit):
      "keystore parameter \(name) = \(value) is over the limit (\(limit)); refused before any memory is taken. "
        + "Write the key again with standard parameters"
    case .wrongPassphrase:
      "the keystore does not open: its authentication code differs. The passphrase is wrong, or the file is damaged"
    case .addressMismatch(let file, let derived):
      "the keystore names \(file) but holds the key of \(derived); do not use it before you know why"
    case .passphraseLength(let found, let limit):
      found == 0
        ? "the passphrase is empty; write one in the file, without which the key file alone would be the key"
        : "the passphrase has \(found) bytes, more than \(limit); is this the right file?"
    case .keyFile(let fault): fault.description
    case .derivationFailed(let function): "\(function) refused its arguments"
    case .cipherFailed(let keyBytes, let counterBytes):
      "AES-CTR takes a key of 16, 24 or 32 bytes and a counter of 16, found \(keyBytes) and \(counterBytes)"
    case .policy(let refusal): refusal.description
    case .remote(let fault): fault.description
    }
  }
}

extension WalletError {
  /// How a tick that could not sign ends, by the name that reports and metrics count.
  package var tickCode: String {
    switch self {
    case .policy: "signerPolicy"
    case .remote(.silent): "signerSilent"
    case .remote(.refused): "signerRefused"
    case .remote(let fault) where fault.isHostile: "signerUntrusted"
    default: "signer"
    }
  }

  /// Whether it was our own choice not to sign.
  package var isRefusal: Bool { if case .policy = self { true } else { false } }
}

/// Why a text is no private key. Says where, never what.
package enum KeyTextFault: Hashable, Sendable, CustomStringConvertible {
  /// Not 64 hex digits.
  case length(digits: Int)
  /// A character that is no hex digit, at this offset after the optional 0x.
  case badDigit(offset: Int)

  package var description: String {
    switch self {
    case .length(let digits): "a private key is 64 hex digits with or without 0x, found \(digits) characters"
    case .badDigit(let offset): "the private key has a character at offset \(offset) that is no hex digit"
    }
  }
}

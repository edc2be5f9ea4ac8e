/// The passphrase of a keystore: bytes, compared and printed never, zeroised when the last reference goes.
///
/// Where it comes from (a file, a systemd credential, a prompt without echo) is the caller's business; it never comes
/// from an argument, which every user of the machine could read.
package final class Passphrase: Sendable {
  /// Most bytes of a passphrase. 1,024 is far over any that is typed or generated, and small enough that a wrong file
  /// (a log, a disk) is noticed.
  package static let maximumBytes = 1024

  let secret: SecretBytes

  /// Takes what was read, without one newline at its end (`\n` or `\r\n`, which editors and `echo` add), and wipes the
  /// caller's array. Other white space belongs to the passphrase.
  ///
  /// - Throws: `.passphraseLength` for nothing at all, or more than `maximumBytes`.
  package init(wiping bytes: inout [UInt8]) throws(WalletError) {
    defer { Secrecy.wipe(&bytes) }
    var kept = bytes.count
    if bytes.last == UInt8(ascii: "\n") {
      kept -= 1
      if bytes.dropLast().last == UInt8(ascii: "\r") { kept -= 1 }
    }
    guard kept > 0, kept <= Passphrase.maximumBytes else {
      throw .passphraseLength(found: kept, limit: Passphrase.maximumBytes)
    }
    secret = SecretBytes(copying: bytes.prefix(kept))
  }

  /// Whether two passphrases are the same, for a prompt that asks twice; in a time that depends on their lengths only.
  package func matches(_ other: Passphrase) -> Bool {
    secret.withBytes { mine in other.secret.withBytes { Secrecy.constantTimeEqual(mine, $0) } }
  }
}

extension Passphrase: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { Secrecy.placeholder }
  package var debugDescription: String { Secrecy.placeholder }
  package var customMirror: Mirror { Secrecy.mirror(of: self) }
}

package import Ethereum

/// A private key of secp256k1: never printed, mirrored, compared or encoded; zeroised when the last reference goes.
///
/// Made by `Secp256k1`, which checks the scalar and derives `address`.
package final class SecretKey: Sendable {
  /// The account that this key speaks for.
  package let address: Address

  private let scalar: SecretBytes

  /// `scalar` has 32 bytes, big-endian, in 1 ..< order, and `address` is its public key's: `Secp256k1` has checked.
  init(checked scalar: SecretBytes, address: Address) {
    self.scalar = scalar
    self.address = address
  }

  /// Lends the 32 bytes to `body`, which must neither keep the pointer nor copy what it shows.
  func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try scalar.withBytes(body)
  }

  /// Whether both are the same key, in constant time.
  package func matches(_ other: SecretKey) -> Bool {
    withBytes { mine in other.withBytes { Secrecy.constantTimeEqual(mine, $0) } }
  }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { Secrecy.placeholder }
  package var debugDescription: String { Secrecy.placeholder }
  package var customMirror: Mirror { Secrecy.mirror(of: self) }
}

/// A private key as text: 64 hex digits, with or without 0x, white space around it ignored.
enum KeyText {
  static func scalar(_ text: [UInt8]) throws(WalletError) -> SecretBytes {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
    var digits = text.drop(while: isSpace)
    while let last = digits.last, isSpace(last) { digits = digits.dropLast() }
    if digits.starts(with: Array("0x".utf8)) { digits = digits.dropFirst(2) }
    guard digits.count == 64 else { throw .keyText(.length(digits: digits.count)) }
    return try SecretBytes(count: 32) { (block: UnsafeMutableRawBufferPointer) throws(WalletError) in
      for (offset, character) in digits.enumerated() {
        guard let value = digitValue(character) else { throw .keyText(.badDigit(offset: offset)) }
        block[offset / 2] = block[offset / 2] << 4 | value
      }
    }
  }

  // Not Hex.decode: its errors quote the text.
  private static func digitValue(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

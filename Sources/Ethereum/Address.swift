/// The twenty bytes that name an account. Written and read with the EIP-55 checksum.
package struct Address: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Big-endian: bytes 0…7, 8…15, 16…19.
  private let high, middle: UInt64
  private let low: UInt32

  package static let zero = Address(word: .zero)

  /// The low twenty bytes of a word; the rest is dropped.
  package init(word: UInt256) {
    high = word.w2 << 32 | word.w1 >> 32
    middle = word.w1 << 32 | word.w0 >> 32
    low = UInt32(truncatingIfNeeded: word.w0)
  }

  /// - Throws: `.length` unless there are 20.
  package init(bytes: some Collection<UInt8>) throws(EthereumError) {
    guard bytes.count == 20 else { throw .length(what: "an address", expected: "20 bytes", found: bytes.count) }
    self.init(word: try UInt256(bigEndian: bytes))
  }

  /// Reads "0x" and 40 hex digits. All lower or all upper case is taken as it is; mixed case must be the EIP-55
  /// checksum.
  /// - Throws: `.hex`, `.length`, `.addressChecksum`.
  package init(hex: String) throws(EthereumError) {
    try self.init(bytes: Hex.decode(hex, limit: 20))
    let digits = hex.utf8.dropFirst(2)
    let hasLower = digits.contains { $0 >= UInt8(ascii: "a") }
    let hasUpper = digits.contains { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "F") }
    guard hasLower, hasUpper else { return }
    let expected = description
    guard hex == expected else { throw .addressChecksum(text: hex, expected: expected) }
  }

  /// The address of a secp256k1 public key: the last 20 bytes of Keccak-256 of its 64 bytes x ‖ y (Yellow Paper, 284).
  /// - Throws: `.length` unless there are 64 (without the 0x04 in front).
  package init(publicKey64: [UInt8]) throws(EthereumError) {
    guard publicKey64.count == 64 else {
      throw .length(what: "a public key", expected: "64 bytes x ‖ y", found: publicKey64.count)
    }
    self.init(word: Keccak256.hash(publicKey64).word)
  }

  /// Where a contract goes that `sender` creates with a transaction of `nonce`: Keccak-256 of rlp([sender, nonce]).
  package static func create(sender: Address, nonce: UInt64) -> Address {
    let payload = RLP.list([.bytes(sender.bytes), .integer(UInt256(nonce))])
    return Address(word: Keccak256.hash(payload.encoded()).word)
  }

  /// Where CREATE2 puts a contract: Keccak-256 of 0xff ‖ deployer ‖ salt ‖ keccak(init code) (EIP-1014).
  package static func create2(deployer: Address, salt: Bytes32, initCodeHash: Bytes32) -> Address {
    Address(word: Keccak256.hash([0xff] + deployer.bytes + salt.bytes + initCodeHash.bytes).word)
  }

  package var bytes: [UInt8] { Array(word.bigEndian32.suffix(20)) }

  /// The address as the low 20 bytes of a word, as the ABI writes it.
  package var word: UInt256 {
    UInt256(limbs: middle << 32 | UInt64(low), high << 32 | middle >> 32, high >> 32, 0)
  }

  /// "0x" and 40 digits with the EIP-55 checksum: a letter is a capital where the same nibble of Keccak-256 of the
  /// lower-case digits is 8 or more.
  package var description: String {
    String(unsafeUninitializedCapacity: 42) { text in
      text[0] = UInt8(ascii: "0")
      text[1] = UInt8(ascii: "x")
      let digits = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(text)[2..<42])
      Hex.write(high, to: digits, at: 0)
      Hex.write(middle, to: digits, at: 16)
      Hex.write(low, to: digits, at: 32)
      let hash = Keccak256.hash(digits.bytes).word
      for index in 0..<40 {
        let limb = index < 16 ? hash.w3 : index < 32 ? hash.w2 : hash.w1
        let isHigh = limb >> UInt64(63 - index % 16 * 4) & 1 == 1
        if isHigh, digits[index] >= UInt8(ascii: "a") { digits[index] &= 0xdf }
      }
      return 42
    }
  }

  package static func < (left: Address, right: Address) -> Bool {
    (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
  }
}

extension Address: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do { try self.init(hex: text) } catch { throw container.corrupted(by: error) }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

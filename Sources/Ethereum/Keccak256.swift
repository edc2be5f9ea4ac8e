/// Keccak-256 as Ethereum uses it: rate 1088, capacity 512, padding 0x01 … 0x80 (not SHA-3's 0x06).
package enum Keccak256 {
  package static func hash(_ bytes: [UInt8]) -> Bytes32 {
    var hasher = Keccak256Hasher()
    hasher.update(bytes)
    return hasher.finalize()
  }

  package static func hash(_ bytes: some Sequence<UInt8>) -> Bytes32 {
    var hasher = Keccak256Hasher()
    hasher.update(bytes)
    return hasher.finalize()
  }

  package static func hash(_ bytes: RawSpan) -> Bytes32 {
    var hasher = Keccak256Hasher()
    hasher.update(bytes)
    return hasher.finalize()
  }

  /// The hash of a text's UTF-8 bytes, as in signatures and role keys.
  package static func hash(utf8 text: String) -> Bytes32 { hash(text.utf8) }
}

/// Keccak-256 of a message that arrives in parts. A value: copying it forks the hash. Allocates nothing.
package struct Keccak256Hasher: Sendable {
  private var state = KeccakState()
  /// The block being filled, and how many of its 136 bytes are.
  private var block = KeccakBlock(repeating: 0)
  private var filled = 0

  private static let rate = 136

  package init() {}

  /// Takes in the next bytes of the message.
  package mutating func update(_ bytes: [UInt8]) { update(bytes.span.bytes) }

  /// Takes in the next bytes of the message.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { take(byte) }
  }

  /// Takes in the next bytes of the message.
  package mutating func update(_ bytes: RawSpan) {
    var offset = 0
    let count = bytes.byteCount
    while offset < count {
      guard filled.isMultiple(of: 8), count - offset >= 8 else {
        take(bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self))
        offset += 1
        continue
      }
      block[filled / 8] = UInt64(
        littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
      advance(by: 8)
    }
  }

  /// The hash of all bytes taken in. Ends the message: what is taken in later belongs to a new one.
  package mutating func finalize() -> Bytes32 {
    let lane = filled / 8
    block[lane] |= 1 << UInt64(filled % 8 * 8)
    block[16] |= 1 << 63
    state.absorb(block)
    let digest = state.digest
    self = Keccak256Hasher()
    return digest
  }

  private mutating func take(_ byte: UInt8) {
    block[filled / 8] |= UInt64(byte) << UInt64(filled % 8 * 8)
    advance(by: 1)
  }

  private mutating func advance(by count: Int) {
    filled += count
    guard filled == Self.rate else { return }
    state.absorb(block)
    block = KeccakBlock(repeating: 0)
    filled = 0
  }
}

import Ethereum

/// Call data or return data of one frame: a window on bytes that several frames share, so that a call within a call
/// copies nothing. Offsets are checked, and a word that its type cannot hold reverts without data, as compiled decoders
/// do.
struct CallData: Sendable {
  private let bytes: [UInt8]
  private let start: Int
  private let end: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    start = 0
    end = bytes.count
  }

  private init(_ bytes: [UInt8], start: Int, end: Int) {
    self.bytes = bytes
    self.start = start
    self.end = end
  }

  var count: Int { end - start }
  var isEmpty: Bool { start == end }

  /// The first four bytes as a number; nil where there are fewer.
  var selector: UInt32? {
    guard count >= 4 else { return nil }
    return (start..<start + 4).reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
  }

  /// What follows the selector.
  var arguments: CallData { CallData(bytes, start: min(start + 4, end), end: end) }

  var array: [UInt8] { start == 0 && end == bytes.count ? bytes : Array(bytes[start..<end]) }

  /// Whether these are the same bytes.
  func isEqual(to other: [UInt8]) -> Bool { count == other.count && bytes[start..<end].elementsEqual(other) }

  func byte(_ offset: Int) throws -> UInt8 {
    guard offset >= 0, offset < count else { throw Revert.empty }
    return bytes[start + offset]
  }

  /// The word at a byte offset.
  func word(at offset: Int) throws -> UInt256 {
    guard offset >= 0, offset <= count - 32 else { throw Revert.empty }
    let place = start + offset
    return bytes.withUnsafeBytes { memory in
      func limb(_ index: Int) -> UInt64 {
        UInt64(bigEndian: memory.loadUnaligned(fromByteOffset: place + 8 * index, as: UInt64.self))
      }
      return UInt256(limbs: limb(3), limb(2), limb(1), limb(0))
    }
  }

  /// A window of `length` bytes from a byte offset on.
  func slice(_ offset: Int, _ length: Int) throws -> CallData {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { throw Revert.empty }
    return CallData(bytes, start: start + offset, end: start + offset + length)
  }

  // MARK: - Heads of the ABI, by the number of the word

  func uint(_ index: Int) throws -> UInt256 { try word(at: 32 * index) }
  func int(_ index: Int) throws -> Int256 { Int256(bits: try word(at: 32 * index)) }
  func bytes32(_ index: Int) throws -> Bytes32 { Bytes32(try word(at: 32 * index)) }

  func address(_ index: Int) throws -> Address {
    let word = try word(at: 32 * index)
    guard word.significantBitCount <= 160 else { throw Revert.empty }
    return Address(word: word)
  }

  func bool(_ index: Int) throws -> Bool {
    guard let value = try word(at: 32 * index).asUInt64, value <= 1 else { throw Revert.empty }
    return value == 1
  }

  func uint8(_ index: Int) throws -> UInt8 {
    guard let value = try word(at: 32 * index).asUInt64, value <= 255 else { throw Revert.empty }
    return UInt8(value)
  }

  /// What the offset in a head's word points to, up to the end of the data.
  func tail(_ index: Int) throws -> CallData {
    guard let offset = try word(at: 32 * index).asInt, offset <= count else { throw Revert.empty }
    return try slice(offset, count - offset)
  }

  /// The content of `bytes` whose head is at this index.
  func content(_ index: Int) throws -> CallData {
    let tail = try tail(index)
    guard let length = try tail.word(at: 0).asInt, length <= tail.count - 32 else { throw Revert.empty }
    return try tail.slice(32, length)
  }

  /// An array's number of elements and their heads; each head has `words` words.
  func list(_ index: Int, words: Int = 1) throws -> (count: Int, heads: CallData) {
    let tail = try tail(index)
    guard let count = try tail.word(at: 0).asInt, count <= (tail.count - 32) / (32 * words) else {
      throw Revert.empty
    }
    return (count, try tail.slice(32, tail.count - 32))
  }
}

/// Writes words one after the other: return data as the ABI lays it out.
struct WordWriter {
  private(set) var bytes: [UInt8] = []

  init(words: Int = 1) { bytes.reserveCapacity(32 * words) }

  static func one(_ value: UInt256) -> [UInt8] { value.bigEndian32 }
  static func one(_ value: Bool) -> [UInt8] { (value ? UInt256.one : .zero).bigEndian32 }
  static func one(_ value: Address) -> [UInt8] { value.word.bigEndian32 }

  mutating func uint(_ value: UInt256) { value.appendBigEndian(to: &bytes) }
  mutating func int(_ value: Int256) { value.bits.appendBigEndian(to: &bytes) }
  mutating func address(_ value: Address) { value.word.appendBigEndian(to: &bytes) }
  mutating func bool(_ value: Bool) { uint(value ? .one : .zero) }
  mutating func bytes32(_ value: Bytes32) { uint(value.word) }
  mutating func count(_ value: Int) { uint(UInt256(UInt64(value))) }

  /// `bytes` or `string`: length, content, padding.
  mutating func content(_ value: [UInt8]) {
    count(value.count)
    bytes += value
    let rest = value.count % 32
    if rest > 0 { bytes += [UInt8](repeating: 0, count: 32 - rest) }
  }

  /// Leaves room for an offset and says where it is.
  mutating func offset() -> Int {
    uint(.zero)
    return bytes.count - 32
  }

  /// Writes into a place left by `offset` where the next byte will be, counted from `base`.
  mutating func settle(_ place: Int, from base: Int) {
    bytes.replaceSubrange(place..<place + 32, with: UInt256(UInt64(bytes.count - base)).bigEndian32)
  }
}

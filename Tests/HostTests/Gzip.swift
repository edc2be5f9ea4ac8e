/// Just enough gzip to make honest answers and bombs: DEFLATE with the fixed codes, and stored blocks.
enum Gzip {
  /// `count` zero bytes, about 1/160 of the size.
  static func zeros(_ count: Int) -> [UInt8] {
    var bits = BitWriter()
    bits.number(1, 1)
    bits.number(1, 2)
    var left = count
    if left > 0 {
      bits.code(0b0011_0000, 8)
      left -= 1
    }
    while left >= 258 {
      // Length 258 (code 285), distance 1 (code 0).
      bits.code(0b1100_0101, 8)
      bits.code(0, 5)
      left -= 258
    }
    for _ in 0..<left { bits.code(0b0011_0000, 8) }
    bits.code(0, 7)
    var checksum = Checksum()
    for _ in 0..<count { checksum.add(0) }
    return header + bits.bytes + little(checksum.value) + little(UInt32(truncatingIfNeeded: count))
  }

  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let length = UInt16(bytes.count)
    var checksum = Checksum()
    for byte in bytes { checksum.add(byte) }
    let block = [1, UInt8(length & 0xff), UInt8(length >> 8), UInt8(~length & 0xff), UInt8(~length >> 8)] + bytes
    return header + block + little(checksum.value) + little(UInt32(bytes.count))
  }

  private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]

  private static func little(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private struct BitWriter {
    var bytes: [UInt8] = []
    private var used = 8

    mutating func number(_ value: Int, _ width: Int) {
      for bit in 0..<width { put((value >> bit) & 1) }
    }

    /// Huffman codes go in from their highest bit.
    mutating func code(_ value: Int, _ width: Int) {
      for bit in stride(from: width - 1, through: 0, by: -1) { put((value >> bit) & 1) }
    }

    private mutating func put(_ bit: Int) {
      if used == 8 {
        bytes.append(0)
        used = 0
      }
      bytes[bytes.count - 1] |= UInt8(bit << used)
      used += 1
    }
  }

  private struct Checksum {
    private var state: UInt32 = 0xffff_ffff
    private static let table: [UInt32] = (0..<256).map { index in
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1 }
      return value
    }
    var value: UInt32 { ~state }
    mutating func add(_ byte: UInt8) { state = Self.table[Int((state ^ UInt32(byte)) & 0xff)] ^ (state >> 8) }
  }
}

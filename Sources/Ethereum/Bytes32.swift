/// Thirty-two bytes with no meaning of their own: hashes, role keys, order keys, topics. Ordered as big-endian numbers.
package struct Bytes32: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The same bytes read as a big-endian number.
  package let word: UInt256

  package static let zero = Bytes32(.zero)

  /// The big-endian bytes of `word`.
  package init(_ word: UInt256) { self.word = word }

  /// - Throws: `.length` unless there are 32.
  package init(bytes: some Collection<UInt8>) throws(EthereumError) {
    guard bytes.count == 32 else { throw .length(what: "a 32-byte word", expected: "32 bytes", found: bytes.count) }
    self.init(try UInt256(bigEndian: bytes))
  }

  /// Reads "0x" and 64 hex digits of either case.
  /// - Throws: `.hex`, `.length`.
  package init(hex: String) throws(EthereumError) {
    if let word = Hex.word(hex) {
      self.init(word)
    } else {
      try self.init(bytes: Hex.decode(hex, limit: 32))
    }
  }

  package var bytes: [UInt8] { word.bigEndian32 }

  /// "0x" and 64 lower-case digits.
  package var description: String {
    String(unsafeUninitializedCapacity: 66) { text in
      let raw = UnsafeMutableRawBufferPointer(text)
      raw[0] = UInt8(ascii: "0")
      raw[1] = UInt8(ascii: "x")
      Hex.write(word.w3, to: raw, at: 2)
      Hex.write(word.w2, to: raw, at: 18)
      Hex.write(word.w1, to: raw, at: 34)
      Hex.write(word.w0, to: raw, at: 50)
      return 66
    }
  }

  package static func < (left: Bytes32, right: Bytes32) -> Bool { left.word < right.word }
}

extension Bytes32: Codable {
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

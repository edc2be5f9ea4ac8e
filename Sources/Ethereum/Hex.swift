/// Why a text is not the hexadecimal it should be.
package enum HexFailure: Error, Equatable, Sendable, CustomStringConvertible {
  case missingPrefix(text: String)
  case unexpectedPrefix(text: String)
  case oddLength(digits: Int)
  case badDigit(text: String, offset: Int)
  case tooLong(digits: Int, limitBytes: Int)

  package var description: String {
    switch self {
    case .missingPrefix(let text): "hex \"\(Excerpt.of(text))\" does not begin with 0x; write the prefix"
    case .unexpectedPrefix(let text): "hex \"\(Excerpt.of(text))\" begins with 0x where only digits are expected"
    case .oddLength(let digits): "hex has an odd number of digits (\(digits)); two digits make one byte"
    case .badDigit(let text, let offset):
      "hex \"\(Excerpt.of(text))\" has a character at offset \(offset) that is not 0-9, a-f or A-F"
    case .tooLong(let digits, let limitBytes):
      "hex has \(digits) digits, more than the \(limitBytes) bytes allowed here"
    }
  }
}

/// Hexadecimal text of byte strings, lower case when written, either case when read.
package enum Hex {
  /// Whether a text carries `0x`.
  package enum Prefix: Sendable { case required, optional, absent }

  /// `bytes` as lower-case hex, with `0x` unless `prefix` is false.
  package static func encode(_ bytes: some Sequence<UInt8>, prefix: Bool = true) -> String {
    encode(Array(bytes), prefix: prefix)
  }

  /// As above, straight into the text's memory: most of what is said to nodes is hex of arrays.
  package static func encode(_ bytes: [UInt8], prefix: Bool = true) -> String {
    let start = prefix ? 2 : 0
    return String(unsafeUninitializedCapacity: start + 2 * bytes.count) { text in
      if prefix {
        text[0] = UInt8(ascii: "0")
        text[1] = UInt8(ascii: "x")
      }
      bytes.withUnsafeBytes { bytes in
        var index = 0
        // Four bytes at once: their eight digits fill one word.
        while index + 4 <= bytes.count {
          let digits = Self.digits(of: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
          UnsafeMutableRawBufferPointer(text).storeBytes(of: digits, toByteOffset: start + 2 * index, as: UInt64.self)
          index += 4
        }
        while index < bytes.count {
          text[start + 2 * index] = digit(bytes[index] >> 4)
          text[start + 2 * index + 1] = digit(bytes[index] & 15)
          index += 1
        }
      }
      return start + 2 * bytes.count
    }
  }

  /// Writes the sixteen digits of a limb, the highest first.
  @inline(__always)
  static func write(_ limb: UInt64, to text: UnsafeMutableRawBufferPointer, at offset: Int) {
    write(UInt32(truncatingIfNeeded: limb >> 32), to: text, at: offset)
    write(UInt32(truncatingIfNeeded: limb), to: text, at: offset + 8)
  }

  /// Writes the eight digits of half a limb, the highest first.
  @inline(__always)
  static func write(_ half: UInt32, to text: UnsafeMutableRawBufferPointer, at offset: Int) {
    text.storeBytes(of: digits(of: half.bigEndian), toByteOffset: offset, as: UInt64.self)
  }

  /// The eight digits of four bytes, all in the order of memory.
  @inline(__always)
  private static func digits(of bytes: UInt32) -> UInt64 {
    // A byte into each pair of places, then a nibble into each place, the upper one first.
    var spread = UInt64(UInt32(littleEndian: bytes))
    spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff
    spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff
    let nibbles = spread >> 4 & 0x000f_000f_000f_000f | (spread & 0x000f_000f_000f_000f) << 8
    // 6 more than 9 overflows a nibble: a letter, which stands 39 places behind where a digit would.
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39).littleEndian
  }

  @inline(__always)
  static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }

  /// The bytes that `text` spells.
  ///
  /// - Parameter limit: most bytes accepted; longer text is refused before anything is allocated.
  /// - Throws: `.hex`: prefix, odd length, a character that is no digit, or too long.
  package static func decode(
    _ text: String, limit: Int, prefix: Prefix = .required
  ) throws(EthereumError) -> [UInt8] {
    if prefix == .required, let bytes = quickly(text, limit: limit) { return bytes }
    var utf8 = Substring(text).utf8
    let isPrefixed = utf8.starts(with: "0x".utf8)
    switch (prefix, isPrefixed) {
    case (.required, false): throw .hex(.missingPrefix(text: Excerpt.of(text)))
    case (.absent, true): throw .hex(.unexpectedPrefix(text: Excerpt.of(text)))
    case (_, true): utf8.removeFirst(2)
    case (_, false): break
    }
    let count = utf8.count
    guard count / 2 <= max(0, limit) else { throw .hex(.tooLong(digits: count, limitBytes: limit)) }
    guard count.isMultiple(of: 2) else { throw .hex(.oddLength(digits: count)) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count / 2)
    var high: UInt8?
    var offset = isPrefixed ? 2 : 0
    for character in utf8 {
      guard let value = digitValue(character) else { throw .hex(.badDigit(text: Excerpt.of(text), offset: offset)) }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
      offset += 1
    }
    return bytes
  }

  /// The word that `0x` and sixty-four digits spell; nil of anything else.
  static func word(_ text: String) -> UInt256? {
    let read = text.utf8.withContiguousStorageIfAvailable { digits -> UInt256? in
      guard digits.count == 66, digits[0] == UInt8(ascii: "0"), digits[1] == UInt8(ascii: "x") else { return nil }
      let raw = UnsafeRawBufferPointer(digits)
      guard let w3 = limb(raw, at: 2), let w2 = limb(raw, at: 18), let w1 = limb(raw, at: 34),
        let w0 = limb(raw, at: 50)
      else { return nil }
      return UInt256(limbs: w0, w1, w2, w3)
    }
    return read ?? nil
  }

  /// What the sixteen digits at `offset` spell, the highest first; nil where one is no digit.
  @inline(__always)
  private static func limb(_ text: UnsafeRawBufferPointer, at offset: Int) -> UInt64? {
    guard let high = bytes(of: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
      let low = bytes(of: text.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
    else { return nil }
    return UInt64(UInt32(bigEndian: high)) << 32 | UInt64(UInt32(bigEndian: low))
  }

  /// Well-formed text with `0x`, from its memory at once; nil of anything that must be looked at more closely.
  private static func quickly(_ text: String, limit: Int) -> [UInt8]? {
    let read = text.utf8.withContiguousStorageIfAvailable { digits -> [UInt8]? in
      guard digits.count >= 2, digits.count.isMultiple(of: 2), digits[0] == UInt8(ascii: "0"),
        digits[1] == UInt8(ascii: "x"), digits.count / 2 - 1 <= max(0, limit)
      else { return nil }
      // With room for none, the count would be written into the empty array that every thread shares.
      guard digits.count > 2 else { return [] }
      var isGood = true
      let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 2 - 1) { bytes, count in
        count = digits.count / 2 - 1
        let raw = UnsafeRawBufferPointer(digits)
        var index = 0
        // Eight digits at once, as many as there are; what is left one by one.
        while index + 4 <= count {
          let word = raw.loadUnaligned(fromByteOffset: 2 * index + 2, as: UInt64.self)
          guard let four = Self.bytes(of: word) else { break }
          UnsafeMutableRawBufferPointer(bytes).storeBytes(of: four, toByteOffset: index, as: UInt32.self)
          index += 4
        }
        while index < count {
          let high = digitValue(digits[2 * index + 2])
          let low = digitValue(digits[2 * index + 3])
          if high == nil || low == nil { isGood = false }
          bytes[index] = (high ?? 0) << 4 | (low ?? 0)
          index += 1
        }
      }
      return isGood ? bytes : nil
    }
    return read ?? nil
  }

  /// The four bytes that eight digits spell, all in the order of memory; nil where one is no digit.
  @inline(__always)
  private static func bytes(of digits: UInt64) -> UInt32? {
    let word = UInt64(littleEndian: digits)
    let tops: UInt64 = 0x8080_8080_8080_8080
    guard word & tops == 0 else { return nil }
    // What is added carries into a place's top bit where its character is at or above a bound; no place overflows.
    let isDigit = (word &+ 0x5050_5050_5050_5050) & ~(word &+ 0x4646_4646_4646_4646) & tops
    let lower = word | 0x2020_2020_2020_2020
    let isLetter = (lower &+ 0x1f1f_1f1f_1f1f_1f1f) & ~(lower &+ 0x1919_1919_1919_1919) & tops
    guard isDigit | isLetter == tops else { return nil }
    let nibbles = (word & 0x0f0f_0f0f_0f0f_0f0f) &+ (isLetter >> 7) &* 9
    var packed = (nibbles & 0x00ff_00ff_00ff_00ff) << 4 | nibbles >> 8 & 0x00ff_00ff_00ff_00ff
    packed = (packed | packed >> 8) & 0x0000_ffff_0000_ffff
    packed = packed | packed >> 16
    return UInt32(truncatingIfNeeded: packed).littleEndian
  }

  /// 0…15 of an ASCII hex digit, nil of anything else.
  static func digitValue(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

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
      for index in bytes.indices {
        text[start + 2 * index] = digit(bytes[index] >> 4)
        text[start + 2 * index + 1] = digit(bytes[index] & 15)
      }
      return start + 2 * bytes.count
    }
  }

  @inline(__always)
  private static func digit(_ value: UInt8) -> UInt8 {
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

  /// Well-formed text with `0x`, from its memory at once; nil of anything that must be looked at more closely.
  private static func quickly(_ text: String, limit: Int) -> [UInt8]? {
    let read = text.utf8.withContiguousStorageIfAvailable { digits -> [UInt8]? in
      guard digits.count >= 2, digits.count.isMultiple(of: 2), digits[0] == UInt8(ascii: "0"),
        digits[1] == UInt8(ascii: "x"), digits.count / 2 - 1 <= max(0, limit)
      else { return nil }
      var isGood = true
      let bytes = [UInt8](unsafeUninitializedCapacity: digits.count / 2 - 1) { bytes, count in
        count = digits.count / 2 - 1
        for index in 0..<count {
          guard let high = digitValue(digits[2 * index + 2]), let low = digitValue(digits[2 * index + 3]) else {
            isGood = false
            bytes[index] = 0
            continue
          }
          bytes[index] = high << 4 | low
        }
      }
      return isGood ? bytes : nil
    }
    return read ?? nil
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

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

  private static let digits = Array("0123456789abcdef".utf8)

  /// `bytes` as lower-case hex, with `0x` unless `prefix` is false.
  package static func encode(_ bytes: some Sequence<UInt8>, prefix: Bool = true) -> String {
    var text: [UInt8] = prefix ? [UInt8(ascii: "0"), UInt8(ascii: "x")] : []
    text.reserveCapacity(text.count + bytes.underestimatedCount * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes that `text` spells.
  ///
  /// - Parameter limit: most bytes accepted; longer text is refused before anything is allocated.
  /// - Throws: `.hex`: prefix, odd length, a character that is no digit, or too long.
  package static func decode(
    _ text: String, limit: Int, prefix: Prefix = .required
  ) throws(EthereumError) -> [UInt8] {
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

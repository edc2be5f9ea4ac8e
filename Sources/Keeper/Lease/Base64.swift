/// Base64 with padding (RFC 4648, section 4), strictly: one byte string has one text.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let padding = UInt8(ascii: "=")

  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let count = min(3, bytes.count - index)
      var group = UInt32(bytes[index]) << 16
      if count > 1 { group |= UInt32(bytes[index + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[index + 2]) }
      for place in 0..<4 {
        let digit = Int(group >> UInt32(18 - 6 * place) & 63)
        text.append(place <= count ? alphabet[digit] : padding)
      }
      index += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text; nil where it is no base64, is not written in the one canonical way, or holds more than
  /// `limit` bytes.
  package static func decode(_ text: String, limit: Int) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 4 == 0, digits.count / 4 * 3 <= limit + 2 else { return nil }
    let padded = digits.reversed().prefix { $0 == padding }.count
    guard padded <= 2 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 4 * 3)
    var group: UInt32 = 0
    for (index, digit) in digits.dropLast(padded).enumerated() {
      guard let value = value(of: digit) else { return nil }
      group = group << 6 | value
      if index % 4 == 3 {
        bytes += [UInt8(group >> 16 & 255), UInt8(group >> 8 & 255), UInt8(group & 255)]
        group = 0
      }
    }
    // What the last digit carries beyond the last byte must be nothing.
    switch padded {
    case 1:
      guard group & 3 == 0 else { return nil }
      bytes += [UInt8(group >> 10 & 255), UInt8(group >> 2 & 255)]
    case 2:
      guard group & 15 == 0 else { return nil }
      bytes.append(UInt8(group >> 4 & 255))
    default: break
    }
    return bytes.count <= limit ? bytes : nil
  }

  private static func value(of digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}

// Bytes and text of 256-bit words: big-endian bytes, decimal, and the JSON-RPC quantity.

extension UInt256 {
  /// The value of at most 32 big-endian bytes; none is 0.
  /// - Throws: `.length` above 32 bytes.
  package init(bigEndian bytes: some Collection<UInt8>) throws(EthereumError) {
    guard bytes.count <= 32 else {
      throw .length(what: "a 256-bit word", expected: "at most 32 bytes", found: bytes.count)
    }
    let whole = bytes.withContiguousStorageIfAvailable { $0.count == 32 ? Self.word(UnsafeRawBufferPointer($0)) : nil }
    if let whole, let whole {
      self = whole
      return
    }
    var limbs: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var position = bytes.count
    for byte in bytes {
      position -= 1
      let part = UInt64(byte) << UInt64(position % 8 * 8)
      switch position / 8 {
      case 0: limbs.0 |= part
      case 1: limbs.1 |= part
      case 2: limbs.2 |= part
      default: limbs.3 |= part
      }
    }
    self.init(limbs: limbs.0, limbs.1, limbs.2, limbs.3)
  }

  /// The value of exactly 32 bytes, as most are.
  private static func word(_ bytes: UnsafeRawBufferPointer) -> UInt256? {
    guard bytes.count == 32 else { return nil }
    func limb(_ offset: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    return UInt256(limbs: limb(24), limb(16), limb(8), limb(0))
  }

  /// All 32 bytes, most significant first.
  package var bigEndian32: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    appendBigEndian(to: &bytes)
    return bytes
  }

  /// Appends the 32 bytes, most significant first.
  package func appendBigEndian(to bytes: inout [UInt8]) {
    withUnsafeBytes(of: (w3.bigEndian, w2.bigEndian, w1.bigEndian, w0.bigEndian)) { bytes.append(contentsOf: $0) }
  }

  /// The bytes without leading zeros, as RLP writes integers; empty for 0.
  package var minimalBigEndian: [UInt8] { Array(bigEndian32.suffix((significantBitCount + 7) / 8)) }

  /// JSON-RPC quantity: "0x", no leading zeros, "0x0" for zero.
  package var hexQuantity: String {
    let count = Swift.max((significantBitCount + 3) / 4, 1)
    return String(unsafeUninitializedCapacity: 2 + count) { text in
      text[0] = UInt8(ascii: "0")
      text[1] = UInt8(ascii: "x")
      for place in 0..<count { text[1 + count - place] = Hex.digit(nibble(place)) }
      return 2 + count
    }
  }

  /// The four bits at a place, counted from the least significant ones; 0…63.
  private func nibble(_ place: Int) -> UInt8 {
    let limb =
      switch place / 16 {
      case 0: w0
      case 1: w1
      case 2: w2
      default: w3
      }
    return UInt8(truncatingIfNeeded: limb >> UInt64(place % 16 * 4)) & 15
  }

  /// Reads a JSON-RPC quantity, strictly: "0x" and one or more digits, no leading zero but in "0x0", at most 64 digits.
  /// - Throws: `.number`.
  package init(hexQuantity text: String) throws(EthereumError) {
    func failure(_ reason: String) -> EthereumError {
      .number(kind: "JSON-RPC quantity", text: Excerpt.of(text), reason: reason)
    }
    if let small = Self.smallQuantity(text) {
      self.init(small)
      return
    }
    let digits = text.utf8.dropFirst(2)
    guard text.utf8.starts(with: "0x".utf8), let first = digits.first else {
      throw failure("it must be 0x and hex digits")
    }
    guard digits.count <= 64 else { throw failure("it has more than 64 digits") }
    guard first != UInt8(ascii: "0") || digits.count == 1 else { throw failure("it has leading zeros") }
    var (value, limb, count) = (UInt256.zero, UInt64(0), 0)
    for digit in digits {
      guard let nibble = Hex.digitValue(digit) else { throw failure("it must be 0x and hex digits") }
      limb = limb << 4 | UInt64(nibble)
      count += 1
      // Sixteen digits fill a limb; most quantities are shorter than that.
      if count == 16 { (value, limb, count) = (value << 64 | UInt256(limb), 0, 0) }
    }
    self = value << (4 * count) | UInt256(limb)
  }

  /// A well-formed quantity of at most sixteen digits, as nearly all are; nil of anything that must be looked at more
  /// closely.
  static func smallQuantity(_ text: String) -> UInt64? {
    let read = text.utf8.withContiguousStorageIfAvailable { text -> UInt64? in
      guard text.count > 2, text.count <= 18, text[0] == UInt8(ascii: "0"), text[1] == UInt8(ascii: "x"),
        text[2] != UInt8(ascii: "0") || text.count == 3
      else { return nil }
      var value: UInt64 = 0
      for digit in text[2...] {
        guard let nibble = Hex.digitValue(digit) else { return nil }
        value = value << 4 | UInt64(nibble)
      }
      return value
    }
    return read ?? nil
  }

  /// Reads decimal digits; leading zeros are allowed, a sign, spaces or separators are not. At most 128 digits.
  /// - Throws: `.number`, also where the value is 2²⁵⁶ or more.
  package init(decimal text: String) throws(EthereumError) {
    func failure(_ reason: String) -> EthereumError {
      .number(kind: "unsigned 256-bit decimal", text: Excerpt.of(text), reason: reason)
    }
    guard !text.isEmpty else { throw failure("it is empty") }
    guard text.utf8.count <= 128 else { throw failure("it has more than 128 digits") }
    var value = UInt256.zero
    for character in text.utf8 {
      let digit = character &- UInt8(ascii: "0")
      guard digit < 10 else { throw failure("only the digits 0-9 may stand in it") }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt256(UInt64(digit)))
      guard !overflow, !carry else { throw failure("it is 2^256 or more") }
      value = sum
    }
    self = value
  }

  /// Decimal digits.
  package var description: String {
    if let small = asUInt64 { return String(small) }
    return String(unsafeUninitializedCapacity: Self.mostDigits) { text in
      let first = writeDigits(to: text)
      let count = Self.mostDigits - first
      for index in 0..<count { text[index] = text[first + index] }
      return count
    }
  }

  /// The value divided by 10^places as a decimal number, without trailing zeros. `places` is 0…77.
  package func decimal(places: Int, isNegative: Bool) -> String {
    var digits = InlineArray<78, UInt8>(repeating: UInt8(ascii: "0"))
    var span = digits.mutableSpan
    let first = span.withUnsafeMutableBufferPointer { writeDigits(to: $0) }
    let point = Self.mostDigits - places
    var end = Self.mostDigits
    while end > point, digits[end - 1] == UInt8(ascii: "0") { end -= 1 }
    // A sign, the point, and a digit before it.
    return String(unsafeUninitializedCapacity: Self.mostDigits + 3) { text in
      var count = 0
      func append(_ character: UInt8) {
        text[count] = character
        count += 1
      }
      if isNegative { append(UInt8(ascii: "-")) }
      for index in min(first, point - 1)..<point { append(digits[index]) }
      if end > point { append(UInt8(ascii: ".")) }
      for index in point..<end { append(digits[index]) }
      return count
    }
  }

  /// 2²⁵⁶ has 78 digits.
  private static let mostDigits = 78

  /// Writes the digits to the end of `text`, which has room for 78.
  /// - Returns: where they begin.
  private func writeDigits(to text: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var first = Self.mostDigits
    var rest = self
    while rest != .zero {
      // Nineteen digits at a time: 10¹⁹ is the largest power of ten in a limb.
      let division = rest.quotientAndRemainder(dividingByLimb: 10_000_000_000_000_000_000)
      rest = division.quotient
      var group = division.remainder
      let end = Swift.max(first - 19, 0)
      while rest == .zero ? group != 0 : first > end {
        first -= 1
        text[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: group % 10)
        group /= 10
      }
    }
    return first
  }
}

extension UInt256: Codable {
  /// Reads a string of decimal digits.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do { try self.init(decimal: text) } catch { throw container.corrupted(by: error) }
  }

  /// Writes a string of decimal digits: JSON numbers lose digits in most readers.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension SingleValueDecodingContainer {
  /// One of our errors as the standard library's decoding error, keeping its text and the path.
  func corrupted(by error: EthereumError) -> DecodingError {
    DecodingError.dataCorruptedError(in: self, debugDescription: error.description)
  }
}

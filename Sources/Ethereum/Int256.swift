/// A signed integer of 256 bits in two's complement, −2²⁵⁵ … 2²⁵⁵ − 1: Solidity's `int256`.
///
/// `+ - * / %` throw where the exact result does not fit; `/` rounds toward zero and `%` takes the dividend's sign, as
/// in Solidity.
package struct Int256: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
  package enum Sign: Sendable { case plus, minus }

  /// The two's complement bits.
  package let bits: UInt256

  /// The value whose two's complement is `bits`; every pattern is a value.
  package init(bits: UInt256) { self.bits = bits }

  package static let zero = Int256(bits: .zero)
  package static let one = Int256(bits: .one)
  /// 2²⁵⁵ − 1.
  package static let max = Int256(bits: UInt256.max >> 1)
  /// −2²⁵⁵.
  package static let min = Int256(bits: .one << 255)
  /// 2²⁵⁵, the magnitude of `min`.
  private static let limit = UInt256.one << 255

  package init(_ value: Int) { self.init(integerLiteral: Int64(value)) }
  package init(_ value: UInt64) { self.init(bits: UInt256(value)) }

  package init(integerLiteral value: Int64) {
    let high: UInt64 = value < 0 ? .max : 0
    self.init(bits: UInt256(limbs: UInt64(bitPattern: value), high, high, high))
  }

  /// The same value, or nil where it does not fit.
  package init?(exactly value: some BinaryInteger) {
    guard let magnitude = UInt256(exactly: value.magnitude) else { return nil }
    guard value < 0 else {
      guard magnitude < Self.limit else { return nil }
      self.init(bits: magnitude)
      return
    }
    guard magnitude <= Self.limit else { return nil }
    self.init(bits: Self.negate(magnitude))
  }

  /// - Throws: `.arithmeticOverflow` at 2²⁵⁵ and above.
  package init(_ value: UInt256) throws(EthereumError) { try self.init(sign: .plus, magnitude: value) }

  /// - Throws: `.arithmeticOverflow` where the value does not fit. Minus zero is zero.
  package init(sign: Sign, magnitude: UInt256) throws(EthereumError) {
    switch sign {
    case .plus where magnitude < Self.limit: self.init(bits: magnitude)
    case .minus where magnitude <= Self.limit: self.init(bits: Self.negate(magnitude))
    case .plus: throw .arithmeticOverflow(operation: "as signed", left: magnitude.description, right: "")
    case .minus: throw .arithmeticOverflow(operation: "as signed", left: "-\(magnitude)", right: "")
    }
  }

  package var isNegative: Bool { bits.w3 >> 63 == 1 }

  /// The absolute value; fits always, also for `min`.
  package var magnitude: UInt256 { isNegative ? Self.negate(bits) : bits }

  /// −1, 0 or 1.
  package var signum: Int { bits == .zero ? 0 : isNegative ? -1 : 1 }

  /// - Throws: `.arithmeticOverflow` for `min`.
  package func negated() throws(EthereumError) -> Int256 {
    try Int256(sign: isNegative ? .plus : .minus, magnitude: magnitude)
  }

  /// The absolute value.
  /// - Throws: `.arithmeticOverflow` for `min`.
  package func absolute() throws(EthereumError) -> Int256 { try Int256(sign: .plus, magnitude: magnitude) }

  /// The value where it fits `Int`.
  package var asInt: Int? {
    guard let small = magnitude.asUInt64 else { return nil }
    guard isNegative else { return Int(exactly: small) }
    return small <= Int.min.magnitude ? Int(truncatingIfNeeded: 0 &- small) : nil
  }

  /// The value where it is not negative and fits 64 bits.
  package var asUInt64: UInt64? { isNegative ? nil : bits.asUInt64 }

  /// Relative error below 2⁻⁵¹. For ratios and display, not money.
  package var approximateDouble: Double {
    isNegative ? -magnitude.approximateDouble : magnitude.approximateDouble
  }

  package static var bitWidth: Int { 256 }

  /// Zero bits above the highest one bit of the two's complement: 0 where negative.
  package var leadingZeroBitCount: Int { bits.leadingZeroBitCount }

  package static func < (left: Int256, right: Int256) -> Bool {
    switch (left.isNegative, right.isNegative) {
    case (true, false): true
    case (false, true): false
    default: left.bits < right.bits
    }
  }

  private static func negate(_ bits: UInt256) -> UInt256 { UInt256.zero.subtractingReportingOverflow(bits).value }
}

// MARK: - Arithmetic

extension Int256 {
  /// - Throws: `.arithmeticOverflow`.
  package static func + (left: Int256, right: Int256) throws(EthereumError) -> Int256 {
    let sum = Int256(bits: left.bits.addingReportingOverflow(right.bits).value)
    // Two's complement overflows exactly where both operands have the sign the sum has not.
    guard left.isNegative != right.isNegative || sum.isNegative == left.isNegative else {
      throw overflowing("+", left, right)
    }
    return sum
  }

  /// - Throws: `.arithmeticOverflow`.
  package static func - (left: Int256, right: Int256) throws(EthereumError) -> Int256 {
    let difference = Int256(bits: left.bits.subtractingReportingOverflow(right.bits).value)
    guard left.isNegative == right.isNegative || difference.isNegative == left.isNegative else {
      throw overflowing("-", left, right)
    }
    return difference
  }

  /// - Throws: `.arithmeticOverflow`.
  package static func * (left: Int256, right: Int256) throws(EthereumError) -> Int256 {
    let (magnitude, overflow) = left.magnitude.multipliedReportingOverflow(by: right.magnitude)
    guard !overflow, let product = signed(left.isNegative != right.isNegative, magnitude) else {
      throw overflowing("*", left, right)
    }
    return product
  }

  /// Rounds toward zero.
  /// - Throws: `.divisionByZero`; `.arithmeticOverflow` for `min / −1`.
  package static func / (left: Int256, right: Int256) throws(EthereumError) -> Int256 {
    let quotient = try left.magnitude / right.magnitude
    guard let value = signed(left.isNegative != right.isNegative, quotient) else {
      throw overflowing("/", left, right)
    }
    return value
  }

  /// The remainder of `/`: its sign is the dividend's.
  /// - Throws: `.divisionByZero`.
  package static func % (left: Int256, right: Int256) throws(EthereumError) -> Int256 {
    let remainder = try left.magnitude % right.magnitude
    guard let value = signed(left.isNegative, remainder) else { throw overflowing("%", left, right) }
    return value
  }

  /// a·b ÷ d with an exact 512-bit product, rounded once: `.down` toward −∞, `.up` toward +∞.
  /// - Throws: `.divisionByZero`; `.arithmeticOverflow` where the result does not fit.
  package static func mulDiv(
    _ a: Int256, _ b: Int256, _ d: Int256, rounding: Rounding
  ) throws(EthereumError) -> Int256 {
    let isNegative = (a.isNegative != b.isNegative) != d.isNegative
    let towardZero: Rounding = .down
    let awayFromZero: Rounding = .up
    let rounding = (rounding == .down) == isNegative ? awayFromZero : towardZero
    let magnitude = try UInt256.mulDiv(a.magnitude, b.magnitude, d.magnitude, rounding: rounding)
    guard let value = signed(isNegative, magnitude) else { throw overflowing("* … / \(d), with", a, b) }
    return value
  }

  private static func signed(_ isNegative: Bool, _ magnitude: UInt256) -> Int256? {
    if isNegative { return magnitude <= limit ? Int256(bits: negate(magnitude)) : nil }
    return magnitude < limit ? Int256(bits: magnitude) : nil
  }

  private static func overflowing(_ operation: String, _ left: Int256, _ right: Int256) -> EthereumError {
    .arithmeticOverflow(operation: operation, left: left.description, right: right.description)
  }
}

// MARK: - Bits

extension Int256 {
  package static func & (left: Int256, right: Int256) -> Int256 { Int256(bits: left.bits & right.bits) }
  package static func | (left: Int256, right: Int256) -> Int256 { Int256(bits: left.bits | right.bits) }
  package static func ^ (left: Int256, right: Int256) -> Int256 { Int256(bits: left.bits ^ right.bits) }

  /// Bits moved up; those that leave at the top are lost, and the sign may change, as in the EVM's SHL.
  package static func << (value: Int256, count: Int) -> Int256 {
    count < 0 ? value.shiftedDown(by: count.magnitude) : Int256(bits: value.bits << count)
  }

  /// Division by 2^count rounded toward −∞, as in SAR.
  package static func >> (value: Int256, count: Int) -> Int256 {
    count < 0 ? Int256(bits: value.bits >> count) : value.shiftedDown(by: count.magnitude)
  }

  private func shiftedDown(by count: UInt) -> Int256 {
    guard isNegative else { return Int256(bits: bits >> Int(clamping: count)) }
    guard count < 256 else { return Int256(bits: .max) }
    return Int256(bits: ~(~bits >> Int(count)))
  }
}

// MARK: - Text

extension Int256: Codable {
  /// Reads decimal digits with an optional leading `-`.
  /// - Throws: `.number`, also where the value does not fit.
  package init(decimal text: String) throws(EthereumError) {
    func failure(_ reason: String) -> EthereumError {
      .number(kind: "signed 256-bit decimal", text: Excerpt.of(text), reason: reason)
    }
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    let digits = isNegative ? String(text.dropFirst()) : text
    let magnitude: UInt256
    do { magnitude = try UInt256(decimal: digits) } catch {
      guard case .number(_, _, let reason) = error else { throw error }
      throw failure(reason)
    }
    guard let value = Self.signed(isNegative, magnitude) else { throw failure("it does not fit 256 bits with sign") }
    self = value
  }

  /// Decimal digits, with `-` where negative.
  package var description: String { isNegative ? "-\(magnitude)" : magnitude.description }

  /// Reads a string of decimal digits.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do { try self.init(decimal: text) } catch { throw container.corrupted(by: error) }
  }

  /// Writes a string of decimal digits.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

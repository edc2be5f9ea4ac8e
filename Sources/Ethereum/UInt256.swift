/// An unsigned integer of 256 bits: the machine word of the EVM. Four 64-bit limbs.
///
/// `+ - * / %` throw where the exact result does not fit, so one `try` covers an expression:
/// `try (balance - reserve) * price / scale`. Nothing here traps and nothing wraps silently.
package struct UInt256: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
  /// Limbs, least significant first: the value is w0 + w1·2⁶⁴ + w2·2¹²⁸ + w3·2¹⁹².
  let w0, w1, w2, w3: UInt64

  /// The value with these limbs, least significant first.
  @inlinable
  package init(limbs w0: UInt64, _ w1: UInt64, _ w2: UInt64, _ w3: UInt64) {
    self.w0 = w0
    self.w1 = w1
    self.w2 = w2
    self.w3 = w3
  }

  package static let zero = UInt256(limbs: 0, 0, 0, 0)
  package static let one = UInt256(limbs: 1, 0, 0, 0)
  /// 2²⁵⁶ − 1.
  package static let max = UInt256(limbs: .max, .max, .max, .max)

  package init(_ value: UInt64) { self.init(limbs: value, 0, 0, 0) }

  /// Literals up to 2⁶⁴ − 1; the compiler refuses larger ones.
  package init(integerLiteral value: UInt64) { self.init(value) }

  /// The same value, or nil where it is negative or above 2²⁵⁶ − 1.
  package init?(exactly value: some BinaryInteger) {
    guard value >= 0 else { return nil }
    var rest = value
    var limbs: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    limbs.0 = UInt64(truncatingIfNeeded: rest)
    rest >>= 64
    limbs.1 = UInt64(truncatingIfNeeded: rest)
    rest >>= 64
    limbs.2 = UInt64(truncatingIfNeeded: rest)
    rest >>= 64
    limbs.3 = UInt64(truncatingIfNeeded: rest)
    guard rest >> 64 == 0 else { return nil }
    self.init(limbs: limbs.0, limbs.1, limbs.2, limbs.3)
  }

  /// The value of a non-negative `Int256`.
  /// - Throws: `.arithmeticOverflow` where it is negative.
  package init(_ value: Int256) throws(EthereumError) {
    guard !value.isNegative else {
      throw .arithmeticOverflow(operation: "as unsigned", left: value.description, right: "")
    }
    self = value.bits
  }

  /// A power of ten, for scaling token units.
  /// - Throws: `.arithmeticOverflow` above 10⁷⁷ or below 10⁰.
  package static func powerOfTen(_ exponent: Int) throws(EthereumError) -> UInt256 {
    guard exponent >= 0, exponent <= 77 else {
      throw .arithmeticOverflow(operation: "to the power of", left: "10", right: "\(exponent)")
    }
    return powersOfTen[exponent]
  }

  /// 10⁰ … 10⁷⁷.
  private static let powersOfTen: [UInt256] = {
    var powers = [UInt256.one]
    for exponent in 0..<77 { powers.append(powers[exponent].multipliedReportingOverflow(by: 10).value) }
    return powers
  }()

  // MARK: Readings

  /// The value where it fits 64 bits.
  package var asUInt64: UInt64? { w1 | w2 | w3 == 0 ? w0 : nil }

  /// The value where it fits `Int`.
  package var asInt: Int? { asUInt64.flatMap { Int(exactly: $0) } }

  /// The nearest `Double` but for rounding of the limbs: relative error below 2⁻⁵¹. For ratios and display, not money.
  package var approximateDouble: Double {
    let scale = 18_446_744_073_709_551_616.0
    return ((Double(w3) * scale + Double(w2)) * scale + Double(w1)) * scale + Double(w0)
  }

  package static var bitWidth: Int { 256 }

  /// Zero bits above the highest one bit; 256 for zero.
  package var leadingZeroBitCount: Int {
    if w3 != 0 { return w3.leadingZeroBitCount }
    if w2 != 0 { return 64 + w2.leadingZeroBitCount }
    if w1 != 0 { return 128 + w1.leadingZeroBitCount }
    return 192 + w0.leadingZeroBitCount
  }

  /// Bits needed to write the value; 0 for zero.
  package var significantBitCount: Int { 256 - leadingZeroBitCount }

  package static func < (left: UInt256, right: UInt256) -> Bool {
    if left.w3 != right.w3 { return left.w3 < right.w3 }
    if left.w2 != right.w2 { return left.w2 < right.w2 }
    if left.w1 != right.w1 { return left.w1 < right.w1 }
    return left.w0 < right.w0
  }
}

// MARK: - Bits

extension UInt256 {
  package static func & (left: UInt256, right: UInt256) -> UInt256 {
    UInt256(limbs: left.w0 & right.w0, left.w1 & right.w1, left.w2 & right.w2, left.w3 & right.w3)
  }

  package static func | (left: UInt256, right: UInt256) -> UInt256 {
    UInt256(limbs: left.w0 | right.w0, left.w1 | right.w1, left.w2 | right.w2, left.w3 | right.w3)
  }

  package static func ^ (left: UInt256, right: UInt256) -> UInt256 {
    UInt256(limbs: left.w0 ^ right.w0, left.w1 ^ right.w1, left.w2 ^ right.w2, left.w3 ^ right.w3)
  }

  package static prefix func ~ (value: UInt256) -> UInt256 {
    UInt256(limbs: ~value.w0, ~value.w1, ~value.w2, ~value.w3)
  }

  /// Bits moved up by `count`; those that leave at the top are lost, as in the EVM's SHL. A negative count moves down.
  package static func << (value: UInt256, count: Int) -> UInt256 {
    if count < 0 { return value.shiftedDown(by: count.magnitude) }
    return value.shiftedUp(by: count.magnitude)
  }

  /// Bits moved down by `count`; those that leave at the bottom are lost, as in SHR. A negative count moves up.
  package static func >> (value: UInt256, count: Int) -> UInt256 {
    if count < 0 { return value.shiftedUp(by: count.magnitude) }
    return value.shiftedDown(by: count.magnitude)
  }

  private func shiftedUp(by count: UInt) -> UInt256 {
    let bits = UInt64(truncatingIfNeeded: count % 64)
    // A 64-bit `>>` by 64 is 0 in Swift, so `bits == 0` needs no case of its own.
    func joined(_ high: UInt64, _ low: UInt64) -> UInt64 { high << bits | low >> (64 - bits) }
    switch count / 64 {
    case 0: return UInt256(limbs: w0 << bits, joined(w1, w0), joined(w2, w1), joined(w3, w2))
    case 1: return UInt256(limbs: 0, w0 << bits, joined(w1, w0), joined(w2, w1))
    case 2: return UInt256(limbs: 0, 0, w0 << bits, joined(w1, w0))
    case 3: return UInt256(limbs: 0, 0, 0, w0 << bits)
    default: return .zero
    }
  }

  private func shiftedDown(by count: UInt) -> UInt256 {
    let bits = UInt64(truncatingIfNeeded: count % 64)
    func joined(_ low: UInt64, _ high: UInt64) -> UInt64 { low >> bits | high << (64 - bits) }
    switch count / 64 {
    case 0: return UInt256(limbs: joined(w0, w1), joined(w1, w2), joined(w2, w3), w3 >> bits)
    case 1: return UInt256(limbs: joined(w1, w2), joined(w2, w3), w3 >> bits, 0)
    case 2: return UInt256(limbs: joined(w2, w3), w3 >> bits, 0, 0)
    case 3: return UInt256(limbs: w3 >> bits, 0, 0, 0)
    default: return .zero
    }
  }
}

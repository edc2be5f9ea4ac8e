/// Which way an inexact division goes. For `UInt256` this is toward or away from zero.
package enum Rounding: Sendable {
  /// Toward −∞ (for unsigned values: toward zero).
  case down
  /// Toward +∞ (for unsigned values: away from zero).
  case up
}

extension UInt256 {
  /// - Throws: `.arithmeticOverflow` where the sum is 2²⁵⁶ or more.
  package static func + (left: UInt256, right: UInt256) throws(EthereumError) -> UInt256 {
    let (value, overflow) = left.addingReportingOverflow(right)
    guard !overflow else { throw overflowing("+", left, right) }
    return value
  }

  /// - Throws: `.arithmeticOverflow` where `right` exceeds `left`.
  package static func - (left: UInt256, right: UInt256) throws(EthereumError) -> UInt256 {
    let (value, overflow) = left.subtractingReportingOverflow(right)
    guard !overflow else { throw overflowing("-", left, right) }
    return value
  }

  /// - Throws: `.arithmeticOverflow` where the product is 2²⁵⁶ or more.
  package static func * (left: UInt256, right: UInt256) throws(EthereumError) -> UInt256 {
    let (value, overflow) = left.multipliedReportingOverflow(by: right)
    guard !overflow else { throw overflowing("*", left, right) }
    return value
  }

  /// The quotient, rounded toward zero.
  /// - Throws: `.divisionByZero`.
  package static func / (left: UInt256, right: UInt256) throws(EthereumError) -> UInt256 {
    try left.quotientAndRemainder(dividingBy: right).quotient
  }

  /// The remainder of `/`.
  /// - Throws: `.divisionByZero`.
  package static func % (left: UInt256, right: UInt256) throws(EthereumError) -> UInt256 {
    try left.quotientAndRemainder(dividingBy: right).remainder
  }

  /// a·b ÷ d with an exact 512-bit product, rounded once.
  /// - Throws: `.divisionByZero`; `.arithmeticOverflow` where the quotient does not fit 256 bits.
  package static func mulDiv(
    _ a: UInt256, _ b: UInt256, _ d: UInt256, rounding: Rounding
  ) throws(EthereumError) -> UInt256 {
    guard d != .zero else { throw .divisionByZero(dividend: "\(a) * \(b)") }
    let division = a.multipliedFullWidth(by: b).quotientAndRemainder(dividingBy: d)
    guard let quotient = division.quotient.asUInt256 else { throw overflowing("* … / \(d), with", a, b) }
    guard rounding == .up, division.remainder != .zero else { return quotient }
    return try quotient + .one
  }

  /// The sum modulo 2²⁵⁶, and whether it lost a carry.
  package func addingReportingOverflow(_ other: UInt256) -> (value: UInt256, overflow: Bool) {
    var carry: UInt64 = 0
    let r0 = Self.add(w0, other.w0, &carry)
    let r1 = Self.add(w1, other.w1, &carry)
    let r2 = Self.add(w2, other.w2, &carry)
    let r3 = Self.add(w3, other.w3, &carry)
    return (UInt256(limbs: r0, r1, r2, r3), carry != 0)
  }

  /// The difference modulo 2²⁵⁶, and whether `other` was the larger.
  package func subtractingReportingOverflow(_ other: UInt256) -> (value: UInt256, overflow: Bool) {
    var borrow: UInt64 = 0
    let r0 = Self.subtract(w0, other.w0, &borrow)
    let r1 = Self.subtract(w1, other.w1, &borrow)
    let r2 = Self.subtract(w2, other.w2, &borrow)
    let r3 = Self.subtract(w3, other.w3, &borrow)
    return (UInt256(limbs: r0, r1, r2, r3), borrow != 0)
  }

  /// The product modulo 2²⁵⁶, and whether higher bits were lost.
  package func multipliedReportingOverflow(by other: UInt256) -> (value: UInt256, overflow: Bool) {
    let product = multipliedFullWidth(by: other)
    return (product.low, product.high != .zero)
  }

  /// The exact product, by schoolbook multiplication of limbs.
  func multipliedFullWidth(by other: UInt256) -> UInt512 {
    var r: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    var carry: UInt64 = 0
    Self.multiplyAdd(w0, other.w0, &r.0, &carry)
    Self.multiplyAdd(w0, other.w1, &r.1, &carry)
    Self.multiplyAdd(w0, other.w2, &r.2, &carry)
    Self.multiplyAdd(w0, other.w3, &r.3, &carry)
    r.4 = carry
    // The upper limbs of most values are empty.
    if w1 != 0 {
      carry = 0
      Self.multiplyAdd(w1, other.w0, &r.1, &carry)
      Self.multiplyAdd(w1, other.w1, &r.2, &carry)
      Self.multiplyAdd(w1, other.w2, &r.3, &carry)
      Self.multiplyAdd(w1, other.w3, &r.4, &carry)
      r.5 = carry
    }
    if w2 != 0 {
      carry = 0
      Self.multiplyAdd(w2, other.w0, &r.2, &carry)
      Self.multiplyAdd(w2, other.w1, &r.3, &carry)
      Self.multiplyAdd(w2, other.w2, &r.4, &carry)
      Self.multiplyAdd(w2, other.w3, &r.5, &carry)
      r.6 = carry
    }
    if w3 != 0 {
      carry = 0
      Self.multiplyAdd(w3, other.w0, &r.3, &carry)
      Self.multiplyAdd(w3, other.w1, &r.4, &carry)
      Self.multiplyAdd(w3, other.w2, &r.5, &carry)
      Self.multiplyAdd(w3, other.w3, &r.6, &carry)
      r.7 = carry
    }
    return UInt512(
      low: UInt256(limbs: r.0, r.1, r.2, r.3), high: UInt256(limbs: r.4, r.5, r.6, r.7))
  }

  private static func add(_ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
    let (sum, first) = a.addingReportingOverflow(b)
    let (total, second) = sum.addingReportingOverflow(carry)
    carry = first || second ? 1 : 0
    return total
  }

  private static func subtract(_ a: UInt64, _ b: UInt64, _ borrow: inout UInt64) -> UInt64 {
    let (difference, first) = a.subtractingReportingOverflow(b)
    let (total, second) = difference.subtractingReportingOverflow(borrow)
    borrow = first || second ? 1 : 0
    return total
  }

  /// sum, carry = a·b + sum + carry. It fits: (2⁶⁴−1)² + 2·(2⁶⁴−1) = 2¹²⁸ − 1.
  private static func multiplyAdd(_ a: UInt64, _ b: UInt64, _ sum: inout UInt64, _ carry: inout UInt64) {
    let (high, low) = a.multipliedFullWidth(by: b)
    let (first, overflow1) = low.addingReportingOverflow(sum)
    let (second, overflow2) = first.addingReportingOverflow(carry)
    carry = high &+ (overflow1 ? 1 : 0) &+ (overflow2 ? 1 : 0)
    sum = second
  }

  private static func overflowing(_ operation: String, _ left: UInt256, _ right: UInt256) -> EthereumError {
    .arithmeticOverflow(operation: operation, left: left.description, right: right.description)
  }
}

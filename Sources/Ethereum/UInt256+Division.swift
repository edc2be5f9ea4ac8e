/// The exact product of two 256-bit words. Exists only between a multiplication and a division.
struct UInt512: Equatable {
  var low: UInt256
  var high: UInt256

  /// The value where it fits 256 bits.
  var asUInt256: UInt256? { high == .zero ? low : nil }
}

extension UInt256 {
  /// Quotient toward zero and remainder.
  /// - Throws: `.divisionByZero`.
  package func quotientAndRemainder(
    dividingBy divisor: UInt256
  ) throws(EthereumError) -> (quotient: UInt256, remainder: UInt256) {
    guard divisor != .zero else { throw .divisionByZero(dividend: description) }
    guard self >= divisor else { return (.zero, self) }
    if let small = asUInt64, let smallDivisor = divisor.asUInt64 {
      return (UInt256(small / smallDivisor), UInt256(small % smallDivisor))
    }
    let division = UInt512(low: self, high: .zero).quotientAndRemainder(dividingBy: divisor)
    return (division.quotient.low, division.remainder)
  }

  /// Quotient and remainder of one limb. `divisor` is not 0.
  func quotientAndRemainder(dividingByLimb divisor: UInt64) -> (quotient: UInt256, remainder: UInt64) {
    var remainder: UInt64 = 0
    func step(_ limb: UInt64) -> UInt64 {
      // The upper limbs of most values are empty, and a division takes longest of all.
      guard remainder != 0 || limb >= divisor else {
        remainder = limb
        return 0
      }
      let (quotient, rest) = divisor.dividingFullWidth((remainder, limb))
      remainder = rest
      return quotient
    }
    let q3 = step(w3)
    let q2 = step(w2)
    let q1 = step(w1)
    let q0 = step(w0)
    return (UInt256(limbs: q0, q1, q2, q3), remainder)
  }
}

extension UInt512 {
  /// Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D, in base 2⁶⁴.
  ///
  /// `divisor` is not zero: both callers have thrown `.divisionByZero` before.
  func quotientAndRemainder(dividingBy divisor: UInt256) -> (quotient: UInt512, remainder: UInt256) {
    if let limb = divisor.asUInt64 { return quotientAndRemainder(dividingByLimb: limb) }
    let limbCount = (divisor.significantBitCount + 63) / 64
    // D1: shift both so that the divisor's top limb has its highest bit set.
    let shift = divisor.leadingZeroBitCount % 64
    let v = (divisor << shift).limbs
    var u = shiftedUp(by: shift)
    var quotient: InlineArray<8, UInt64> = .init(repeating: 0)
    // D2 … D7: one limb of the quotient per turn, from the highest that may not be empty.
    let top = high == .zero ? 4 : 8
    for j in stride(from: top - limbCount, through: 0, by: -1) {
      var estimate = Self.estimate(u[j + limbCount], u[j + limbCount - 1], u[j + limbCount - 2], v, limbCount)
      if Self.subtract(estimate, v, from: &u, at: j, limbCount) {
        estimate &-= 1
        Self.addBack(v, to: &u, at: j, limbCount)
      }
      quotient[j] = estimate
    }
    // D8: the remainder is what is left of the dividend, shifted back.
    return (UInt512(quotient), UInt256(limbs: u[0], u[1], u[2], u[3]) >> shift)
  }

  private init(_ limbs: InlineArray<8, UInt64>) {
    self.init(
      low: UInt256(limbs: limbs[0], limbs[1], limbs[2], limbs[3]),
      high: UInt256(limbs: limbs[4], limbs[5], limbs[6], limbs[7]))
  }

  private func quotientAndRemainder(dividingByLimb divisor: UInt64) -> (quotient: UInt512, remainder: UInt256) {
    if high == .zero {
      let division = low.quotientAndRemainder(dividingByLimb: divisor)
      return (UInt512(low: division.quotient, high: .zero), UInt256(division.remainder))
    }
    let top = high.quotientAndRemainder(dividingByLimb: divisor)
    var remainder = top.remainder
    func step(_ limb: UInt64) -> UInt64 {
      // The remainder is below the divisor, which is what dividingFullWidth asks for.
      let (quotient, rest) = divisor.dividingFullWidth((remainder, limb))
      remainder = rest
      return quotient
    }
    let q3 = step(low.w3)
    let q2 = step(low.w2)
    let q1 = step(low.w1)
    let q0 = step(low.w0)
    return (UInt512(low: UInt256(limbs: q0, q1, q2, q3), high: top.quotient), UInt256(remainder))
  }

  /// The value · 2^shift as nine limbs; `shift` is 0…63.
  private func shiftedUp(by shift: Int) -> InlineArray<9, UInt64> {
    let (l, h) = (low << shift, high << shift)
    let carry = low >> (256 - shift)
    let spill = high >> (256 - shift)
    return [l.w0, l.w1, l.w2, l.w3, h.w0 | carry.w0, h.w1, h.w2, h.w3, spill.w0]
  }

  /// D3: the estimate of one quotient limb: at most 1 too large after the correction by the second limb.
  private static func estimate(
    _ u2: UInt64, _ u1: UInt64, _ u0: UInt64, _ v: InlineArray<4, UInt64>, _ limbCount: Int
  ) -> UInt64 {
    let (v1, v0) = (v[limbCount - 1], v[limbCount - 2])
    var estimate: UInt64
    var rest: UInt64
    if u2 >= v1 {
      estimate = .max
      let (sum, overflow) = u1.addingReportingOverflow(v1)
      if overflow { return estimate }
      rest = sum
    } else {
      (estimate, rest) = v1.dividingFullWidth((u2, u1))
    }
    while true {
      let (high, low) = estimate.multipliedFullWidth(by: v0)
      guard high > rest || (high == rest && low > u0) else { return estimate }
      estimate &-= 1
      let (sum, overflow) = rest.addingReportingOverflow(v1)
      if overflow { return estimate }
      rest = sum
    }
  }

  /// D4: u[j…] −= estimate · v; true where the result went below zero.
  private static func subtract(
    _ estimate: UInt64, _ v: InlineArray<4, UInt64>, from u: inout InlineArray<9, UInt64>, at j: Int,
    _ limbCount: Int
  ) -> Bool {
    var carry: UInt64 = 0
    for i in 0..<limbCount {
      let (high, low) = estimate.multipliedFullWidth(by: v[i])
      let (part, overflow1) = low.addingReportingOverflow(carry)
      let (limb, overflow2) = u[i + j].subtractingReportingOverflow(part)
      u[i + j] = limb
      carry = high &+ (overflow1 ? 1 : 0) &+ (overflow2 ? 1 : 0)
    }
    let (limb, overflow) = u[j + limbCount].subtractingReportingOverflow(carry)
    u[j + limbCount] = limb
    return overflow
  }

  /// D6: the estimate was 1 too large; give one divisor back.
  private static func addBack(
    _ v: InlineArray<4, UInt64>, to u: inout InlineArray<9, UInt64>, at j: Int, _ limbCount: Int
  ) {
    var carry: UInt64 = 0
    for i in 0..<limbCount {
      let (part, overflow1) = u[i + j].addingReportingOverflow(v[i])
      let (limb, overflow2) = part.addingReportingOverflow(carry)
      u[i + j] = limb
      carry = overflow1 || overflow2 ? 1 : 0
    }
    u[j + limbCount] &+= carry
  }
}

extension UInt256 {
  fileprivate var limbs: InlineArray<4, UInt64> { [w0, w1, w2, w3] }
}

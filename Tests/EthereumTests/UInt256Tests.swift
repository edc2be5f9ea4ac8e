import BigInt
@testable import Ethereum
import TestSupport
import Testing

/// UInt256 and Int256 against attaswift/BigInt, which shares no code with them.
@Suite struct UInt256Tests {
  private static let cases = 20_000

  /// Values whose limbs are often 0, all ones, powers of two or their neighbours.
  static func value(_ random: inout SplitMix64) -> UInt256 {
    func limb() -> UInt64 {
      switch random.below(8) {
      case 0, 1: 0
      case 2: .max
      case 3: 1 << UInt64(random.below(64))
      case 4: (1 << UInt64(random.below(64))) &- 1
      case 5: UInt64(random.below(4))
      default: random.next()
      }
    }
    let value = UInt256(limbs: limb(), limb(), limb(), limb())
    return value >> (random.below(3) == 0 ? random.below(256) : 0)
  }

  private static func big(_ value: UInt256) -> BigInt {
    BigInt(BigUInt(words: [value.w0, value.w1, value.w2, value.w3].map(UInt.init)))
  }

  private static func big(_ value: Int256) -> BigInt {
    value.isNegative ? -big(value.magnitude) : big(value.magnitude)
  }

  private static let ceiling = BigInt(1) << 256

  /// What an operation gave: a number, or nil where it threw.
  private static func outcome(_ operation: () throws(EthereumError) -> UInt256) -> BigInt? {
    do { return big(try operation()) } catch { return nil }
  }

  private static func outcome(_ operation: () throws(EthereumError) -> Int256) -> BigInt? {
    do { return big(try operation()) } catch { return nil }
  }

  private static func inRange(_ value: BigInt) -> BigInt? { value >= 0 && value < ceiling ? value : nil }

  private static func inSignedRange(_ value: BigInt) -> BigInt? {
    value >= -(ceiling / 2) && value < ceiling / 2 ? value : nil
  }

  @Test func arithmeticAgrees() {
    var random = SplitMix64(1)
    for _ in 0..<Self.cases {
      let (a, b, d) = (Self.value(&random), Self.value(&random), Self.value(&random))
      let (x, y, z) = (Self.big(a), Self.big(b), Self.big(d))
      #expect(Self.outcome { () throws(EthereumError) in try a + b } == Self.inRange(x + y))
      #expect(Self.outcome { () throws(EthereumError) in try a - b } == Self.inRange(x - y))
      #expect(Self.outcome { () throws(EthereumError) in try a * b } == Self.inRange(x * y))
      #expect(Self.outcome { () throws(EthereumError) in try a / b } == (y == 0 ? nil : x / y))
      #expect(Self.outcome { () throws(EthereumError) in try a % b } == (y == 0 ? nil : x % y))
      let floor = z == 0 ? nil : Self.inRange(x * y / z)
      let ceiling = z == 0 ? nil : Self.inRange((x * y + z - 1) / z)
      #expect(Self.outcome { () throws(EthereumError) in try UInt256.mulDiv(a, b, d, rounding: .down) } == floor)
      #expect(Self.outcome { () throws(EthereumError) in try UInt256.mulDiv(a, b, d, rounding: .up) } == ceiling)
      #expect((a < b) == (x < y))
    }
  }

  @Test func signedArithmeticAgrees() {
    var random = SplitMix64(2)
    for _ in 0..<Self.cases {
      let a = Int256(bits: Self.value(&random))
      let b = Int256(bits: Self.value(&random))
      let d = Int256(bits: Self.value(&random))
      let (x, y, z) = (Self.big(a), Self.big(b), Self.big(d))
      #expect(Self.outcome { () throws(EthereumError) in try a + b } == Self.inSignedRange(x + y))
      #expect(Self.outcome { () throws(EthereumError) in try a - b } == Self.inSignedRange(x - y))
      #expect(Self.outcome { () throws(EthereumError) in try a * b } == Self.inSignedRange(x * y))
      #expect(Self.outcome { () throws(EthereumError) in try a / b } == (y == 0 ? nil : Self.inSignedRange(x / y)))
      #expect(Self.outcome { () throws(EthereumError) in try a % b } == (y == 0 ? nil : x % y))
      var floor: BigInt?
      var ceiling: BigInt?
      if z != 0 {
        let (quotient, remainder) = (x * y).quotientAndRemainder(dividingBy: z)
        let isBelow = remainder != 0 && (remainder < 0) != (z < 0)
        floor = Self.inSignedRange(isBelow ? quotient - 1 : quotient)
        ceiling = Self.inSignedRange(remainder == 0 || isBelow ? quotient : quotient + 1)
      }
      #expect(Self.outcome { () throws(EthereumError) in try Int256.mulDiv(a, b, d, rounding: .down) } == floor)
      #expect(Self.outcome { () throws(EthereumError) in try Int256.mulDiv(a, b, d, rounding: .up) } == ceiling)
      #expect((a < b) == (x < y))
    }
  }

  @Test func shiftsAgree() {
    var random = SplitMix64(3)
    for _ in 0..<Self.cases {
      let a = Self.value(&random)
      let count = random.below(300)
      #expect(Self.big(a << count) == (Self.big(a) << count) % Self.ceiling)
      #expect(Self.big(a >> count) == Self.big(a) >> count)
      #expect(a << -count == a >> count)
      let signed = Int256(bits: a)
      // BigInt's own >> does not round negative values down.
      let (quotient, remainder) = Self.big(signed).quotientAndRemainder(dividingBy: BigInt(1) << count)
      #expect(Self.big(signed >> count) == (remainder < 0 ? quotient - 1 : quotient))
    }
    #expect(UInt256.max >> .min == .zero)
    #expect(Int256.min >> .max == Int256(-1))
  }

  @Test func textRoundTrips() throws {
    var random = SplitMix64(4)
    for _ in 0..<Self.cases {
      let a = Self.value(&random)
      #expect(a.description == Self.big(a).description)
      #expect(try UInt256(decimal: a.description) == a)
      #expect(try UInt256(hexQuantity: a.hexQuantity) == a)
      #expect(a.hexQuantity == "0x" + String(Self.big(a), radix: 16))
      #expect(try UInt256(bigEndian: a.bigEndian32) == a)
      #expect(try UInt256(bigEndian: a.minimalBigEndian) == a)
      #expect(a.minimalBigEndian.first != 0)
      let signed = Int256(bits: a)
      #expect(signed.description == Self.big(signed).description)
      #expect(try Int256(decimal: signed.description) == signed)
    }
  }

  /// Quotient estimates one and two too large need these patterns (Knuth's exercise 4.3.1-21).
  @Test func divisionNeedsCorrection() throws {
    let patterns: [UInt64] = [0, 1, 2, .max, .max - 1, 1 << 63, (1 << 63) - 1, (1 << 63) + 1]
    for a in patterns {
      for b in patterns {
        for c in patterns {
          for d in patterns {
            let (n, v) = (UInt256(limbs: a, b, c, d), UInt256(limbs: d, a, b, 0))
            guard v != .zero else { continue }
            let (quotient, remainder) = try n.quotientAndRemainder(dividingBy: v)
            #expect(remainder < v)
            #expect(try quotient * v + remainder == n)
            #expect(try UInt256.mulDiv(n, v, v, rounding: .down) == n)
          }
        }
      }
    }
  }

  @Test func limitsAndConversions() throws {
    #expect(throws: EthereumError.arithmeticOverflow(operation: "+", left: "\(UInt256.max)", right: "1")) {
      try UInt256.max + .one
    }
    #expect(throws: EthereumError.divisionByZero(dividend: "7")) { try UInt256(7) / .zero }
    #expect(throws: EthereumError.self) { try Int256.min.negated() }
    #expect(throws: EthereumError.self) { try Int256.min / Int256(-1) }
    #expect(Int256.min.magnitude == UInt256.one << 255)
    #expect(Int256(Int.min).asInt == Int.min && Int256(Int.max).asInt == Int.max)
    #expect(try (Int256(Int.min) - 1).asInt == nil)
    #expect(UInt256(exactly: -1) == nil && UInt256(exactly: Int8(5)) == 5)
    #expect(UInt256(exactly: BigUInt(1) << 256) == nil)
    #expect(Int256(exactly: BigInt(1) << 255) == nil && Int256(exactly: -(BigInt(1) << 255)) == .min)
    #expect(try UInt256.powerOfTen(77).description == "1" + String(repeating: "0", count: 77))
    #expect(throws: EthereumError.self) { try UInt256.powerOfTen(78) }
    #expect(UInt256.zero.leadingZeroBitCount == 256 && UInt256.max.leadingZeroBitCount == 0)
    #expect(UInt256.max.approximateDouble == 0x1p256)
    #expect(Int256(-5).approximateDouble == -5)
  }

  @Test(arguments: [
    "", "-1", "+1", " 1", "1 ", "0x1", "1.0", "1e3", "١",
    "115792089237316195423570985008687907853269984665640564039457584007913129639936",
    String(repeating: "0", count: 129),
  ])
  func badDecimal(_ text: String) { #expect(throws: EthereumError.self) { try UInt256(decimal: text) } }

  @Test(arguments: [
    "", "0x", "1", "0x00", "0x01", "0X1", "0xg", "0x1 ", "-0x1", "0x1" + String(repeating: "0", count: 64),
  ])
  func badQuantity(_ text: String) { #expect(throws: EthereumError.self) { try UInt256(hexQuantity: text) } }

  @Test func codableIsDecimal() throws {
    #expect(try JSONCoding.encode([UInt256.max]) == Array("[\"\(UInt256.max)\"]".utf8))
    #expect(try JSONCoding.decode([Int256].self, from: Array("[\"-12\"]".utf8)) == [Int256(-12)])
    #expect(throws: EthereumError.self) { try JSONCoding.decode([UInt256].self, from: Array("[\"-12\"]".utf8)) }
    #expect(throws: EthereumError.self) { try JSONCoding.decode([UInt256].self, from: Array("[12]".utf8)) }
  }
}

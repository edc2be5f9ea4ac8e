import BigInt
import Ethereum
import TestSupport
import Testing

@testable import Contracts

/// Fixed-point arithmetic against an oracle that has no width.
@Suite struct UnitsTests {
  private struct Generator {
    var random: SplitMix64
    /// Any width from 0 to 255 bits, either sign.
    mutating func word() throws -> Int256 {
      var bytes: [UInt8] = []
      for _ in 0..<4 { bytes += withUnsafeBytes(of: random.next().bigEndian) { Array($0) } }
      let word = try UInt256(bigEndian: bytes) >> Int(1 + random.next() % 255)
      return try Int256(sign: random.next() % 2 == 0 || word == .zero ? .plus : .minus, magnitude: word)
    }
  }

  private let scale = BigInt(10).power(18)

  private func big(_ value: Int256) -> BigInt { BigInt(value.description) ?? 0 }
  private func big(_ value: UInt256) -> BigInt { BigInt(value.description) ?? 0 }

  /// The oracle's quotient, rounded as asked.
  private func divide(_ a: BigInt, _ b: BigInt, _ rounding: RoundingDirection) -> BigInt {
    let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
    guard remainder != 0 else { return quotient }
    let isNegative = (a.sign == .minus) != (b.sign == .minus)
    let away: Bool
    switch rounding {
    case .towardZero: away = false
    case .awayFromZero: away = true
    case .down: away = isNegative
    case .up: away = !isNegative
    }
    return away ? quotient + (isNegative ? -1 : 1) : quotient
  }

  private func fits(_ value: BigInt) -> Bool {
    value >= -BigInt(2).power(255) && value < BigInt(2).power(255)
  }

  private let roundings: [RoundingDirection] = [.down, .up, .towardZero, .awayFromZero]

  @Test func operationsAgreeWithTheOracle() throws {
    var generator = Generator(random: SplitMix64(1))
    for round in 0..<1_500 {
      let a = try generator.word()
      let b = try generator.word()
      let rounding = roundings[round % 4]
      let ratio = Ratio(raw: b)
      check(divide(big(a) * big(b), scale, rounding)) { try Usd(raw: a).scaled(by: ratio, rounding: rounding).raw }
      check(big(a) + big(b)) { try (Quantity(raw: a) + Quantity(raw: b)).raw }
      check(big(a) - big(b)) { try (Quantity(raw: a) - Quantity(raw: b)).raw }
      guard b != .zero else { continue }
      check(divide(big(a) * scale, big(b), rounding)) { try Usd(raw: a).divided(by: ratio, rounding: rounding).raw }
      check(divide(big(a) * scale, big(b), rounding)) {
        try Usd(raw: a).ratio(to: Usd(raw: b), rounding: rounding).raw
      }
      let price = Price(raw: b.magnitude)
      check(divide(big(a) * big(b.magnitude), scale, rounding)) {
        try price.value(of: Quantity(raw: a), rounding: rounding).raw
      }
      check(divide(big(a) * scale, big(b.magnitude), rounding)) {
        try Usd(raw: a).quantity(at: price, rounding: rounding).raw
      }
    }
  }

  /// Either the oracle's number, or an error exactly where it does not fit.
  private func check(_ expected: BigInt, _ operation: () throws -> Int256) {
    do {
      let actual = try operation()
      #expect(big(actual) == expected)
    } catch {
      #expect(!fits(expected), "\(error)")
    }
  }

  @Test func rescalingAgreesWithTheOracle() throws {
    var generator = Generator(random: SplitMix64(2))
    for _ in 0..<500 {
      let units = try generator.word().magnitude
      let decimals = Int(generator.random.next() % 31)
      for rounding in [RoundingDirection.down, .up] {
        let expected = divide(big(units) * scale, BigInt(10).power(decimals), rounding)
        check(expected) { try Quantity(units: units, decimals: decimals, rounding: rounding).raw }
        let back = divide(big(units) * BigInt(10).power(decimals), scale, rounding)
        guard units.leadingZeroBitCount > 0, back < BigInt(2).power(256) else { continue }
        let quantity = Quantity(raw: try Int256(sign: .plus, magnitude: units))
        #expect(big(try quantity.tokenUnits(decimals: decimals, rounding: rounding)) == back)
      }
    }
  }

  @Test func textRoundTrips() throws {
    var generator = Generator(random: SplitMix64(3))
    for _ in 0..<500 {
      let value = Quantity(raw: try generator.word())
      #expect(try Quantity(decimal: value.description) == value)
    }
    #expect(try Usd(decimal: "-0.5").description == "-0.5")
    #expect(try Usd(decimal: "-0").description == "0")
    #expect(try Usd(decimal: "1.250000000000000000").description == "1.25")
    #expect(try Price(decimal: "0003000").description == "3000")
    #expect(Quantity(raw: .min).description.hasPrefix("-578960446186580977"))
  }

  @Test(arguments: ["", ".", "1.", ".5", "-", "--1", "+1", "1e3", "1,5", " 1", "1.0000000000000000001", "0x1", "١"])
  func malformedTextIsRefused(_ text: String) {
    #expect(throws: ContractsError.malformedDecimal(text)) { try Usd(decimal: text) }
  }

  @Test func whatDoesNotFitIsAnError() {
    #expect(throws: ContractsError.self) { try Usd(decimal: String(repeating: "9", count: 60)) }
    #expect(throws: ContractsError.self) { try Usd(decimal: String(repeating: "9", count: 79)) }
    #expect(throws: ContractsError.self) { try Usd(raw: .min).negated() }
    #expect(throws: ContractsError.self) { try Usd(raw: .min).absolute() }
    #expect(throws: ContractsError.self) { try Usd(raw: .max) + .one }
    #expect(throws: ContractsError.self) { try Usd.one.quantity(at: .zero, rounding: .down) }
    #expect(throws: ContractsError.self) { try Usd.one.ratio(to: .zero, rounding: .down) }
    #expect(throws: ContractsError.self) { try Quantity(raw: -1).tokenUnits(decimals: 6, rounding: .down) }
    #expect(throws: ContractsError.self) { try Quantity(units: 1, decimals: 78, rounding: .down) }
    #expect(throws: ContractsError.self) { try Quantity(units: .max, decimals: 0, rounding: .down) }
    #expect(throws: ContractsError.self) { try Price(decimal: "-1") }
    #expect(throws: ContractsError.self) { try Price(decimal: "1").scaled(by: Ratio(raw: -1), rounding: .up) }
  }

  @Test func roundingSaysWhere() throws {
    let third = Usd(raw: 1)
    let half = try Ratio(decimal: "0.5")
    #expect(try third.scaled(by: half, rounding: .down).raw == 0)
    #expect(try third.scaled(by: half, rounding: .up).raw == 1)
    #expect(try third.negated().scaled(by: half, rounding: .down).raw == -1)
    #expect(try third.negated().scaled(by: half, rounding: .up).raw == 0)
    #expect(try Usd(decimal: "-1.239").rounded(places: 2, .down).description == "-1.24")
    #expect(try Usd(decimal: "-1.239").rounded(places: 2, .towardZero).description == "-1.23")
    #expect(try Price(decimal: "1.231").rounded(places: 2, .up).description == "1.24")
    #expect(try Price(decimal: "2970").change(from: Price(decimal: "3000"), rounding: .down).description == "-0.01")
  }

  @Test func floatingPointIsRoundedBeforeItCounts() throws {
    #expect(try Quantity(nearest: 0.1 + 0.2, places: 9).description == "0.3")
    #expect(try Quantity(nearest: -2.5, places: 0).description == "-3")
    #expect(try Price(nearest: 2999.999_999_999_9, places: 6).description == "3000")
    for bad in [Double.nan, .infinity, -.infinity, 1e30] {
      #expect(throws: ContractsError.self) { try Quantity(nearest: bad, places: 9) }
    }
    #expect(throws: ContractsError.self) { try Price(nearest: -1, places: 2) }
    #expect(try Quantity(decimal: "1.5").approximateDouble == 1.5)
  }
}

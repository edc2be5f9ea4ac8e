import Ethereum

/// Arithmetic shared by the units: 18 decimal places over 256-bit words, 512-bit products.
enum FixedPoint {
  /// 10^18
  static let scale: UInt256 = 1_000_000_000_000_000_000
  static let signedScale: Int256 = 1_000_000_000_000_000_000

  /// a · b / divisor, rounded in the stated direction of the signed result.
  static func mulDiv(
    _ a: Int256, _ b: Int256, _ divisor: UInt256, _ rounding: RoundingDirection
  ) throws(ContractsError) -> Int256 {
    let negative = a.isNegative != b.isNegative
    let magnitude = try ContractsError.wrapping { () throws(EthereumError) in
      try UInt256.mulDiv(a.magnitude, b.magnitude, divisor, rounding: rounding.ofMagnitude(negative: negative))
    }
    return try signed(magnitude, negative: negative)
  }

  static func mulDiv(
    _ a: UInt256, _ b: UInt256, _ divisor: UInt256, _ rounding: Rounding
  ) throws(ContractsError) -> UInt256 {
    try ContractsError.wrapping { () throws(EthereumError) in try UInt256.mulDiv(a, b, divisor, rounding: rounding) }
  }

  static func signed(_ magnitude: UInt256, negative: Bool = false) throws(ContractsError) -> Int256 {
    try ContractsError.wrapping { () throws(EthereumError) in
      try Int256(sign: negative && magnitude != .zero ? .minus : .plus, magnitude: magnitude)
    }
  }

  /// 10^exponent, for 0…77.
  static func power(ofTen exponent: Int) throws(ContractsError) -> UInt256 {
    guard (0...77).contains(exponent) else {
      throw .notRepresentable(what: "a power of ten", value: "10^\(exponent)")
    }
    return try ContractsError.wrapping { () throws(EthereumError) in try UInt256.powerOfTen(exponent) }
  }

  /// `units` of a number with `from` decimal places as units of a number with `to`.
  static func rescale(
    _ units: UInt256, from: Int, to: Int, rounding: Rounding
  ) throws(ContractsError) -> UInt256 {
    guard (0...77).contains(from), (0...77).contains(to) else {
      throw .notRepresentable(what: "a number of decimals", value: "\(from) or \(to)")
    }
    if to >= from {
      return try mulDiv(units, power(ofTen: to - from), .one, rounding)
    }
    return try mulDiv(units, .one, power(ofTen: from - to), rounding)
  }

  /// The nearest multiple of 10^−places, ties away from zero, as a raw number.
  static func nearest(_ value: Double, places: Int) throws(ContractsError) -> Int256 {
    let places = min(max(places, 0), 15)
    var step = 1.0
    for _ in 0..<places { step *= 10 }
    let rounded = (value * step).rounded(.toNearestOrAwayFromZero)
    // Above 2^53 a Double no longer counts every integer, so the result would only look precise.
    guard rounded.magnitude <= 9_007_199_254_740_992, let count = Int64(exactly: rounded) else {
      throw .notRepresentable(what: "a calculated number", value: "\(value) at \(places) places")
    }
    let magnitude = try rescale(UInt256(count.magnitude), from: places, to: 18, rounding: .down)
    return try signed(magnitude, negative: count < 0)
  }

  static func text(negative: Bool, magnitude: UInt256) -> String {
    magnitude.decimal(places: 18, isNegative: negative)
  }

  static func parse(_ text: String) throws(ContractsError) -> (negative: Bool, magnitude: UInt256) {
    var rest = Substring(text)
    let negative = rest.first == "-"
    if negative { rest = rest.dropFirst() }
    let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let whole = parts.first ?? ""
    let fraction = parts.count == 2 ? parts[1] : "0"
    let isDigits = { (part: Substring) in !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    // 78 digits hold 2^256, so a longer number could only overflow; the limit keeps hostile text cheap.
    guard isDigits(whole), isDigits(fraction), fraction.utf8.count <= 18, whole.utf8.count <= 78 else {
      throw .malformedDecimal(text)
    }
    let digits = String(whole) + String(fraction) + String(repeating: "0", count: 18 - fraction.utf8.count)
    let magnitude = try ContractsError.wrapping { () throws(EthereumError) in try UInt256(decimal: canonical(digits)) }
    return (negative && magnitude != .zero, magnitude)
  }

  /// Without leading zeros.
  private static func canonical(_ digits: String) -> String {
    let stripped = digits.drop { $0 == "0" }
    return stripped.isEmpty ? "0" : String(stripped)
  }
}

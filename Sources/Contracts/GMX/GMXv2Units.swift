import Ethereum

/// GMX's number formats and ours. Dollars and factors have 30 decimal places there, 18 here; a price there is dollars
/// times 10^(30 − token decimals) for the token's smallest unit, here dollars times 10^18 for a whole token.
enum GMXv2Units {
  /// 10^30: one dollar, and the factor 1.
  static func one() throws(ContractsError) -> UInt256 { try FixedPoint.power(ofTen: 30) }

  // MARK: - From the chain

  static func usd(_ units: UInt256, _ rounding: RoundingDirection) throws(ContractsError) -> Usd {
    try Usd(units: units, decimals: 30, rounding: rounding)
  }

  static func usd(_ units: Int256, _ rounding: RoundingDirection) throws(ContractsError) -> Usd {
    Usd(raw: try FixedPoint.mulDiv(units, .one, FixedPoint.power(ofTen: 12), rounding))
  }

  static func ratio(_ factor: UInt256, _ rounding: RoundingDirection) throws(ContractsError) -> Ratio {
    try Ratio(units: factor, decimals: 30, rounding: rounding)
  }

  static func price(_ units: UInt256, tokenDecimals: Int, _ rounding: Rounding) throws(ContractsError) -> Price {
    let scale = try FixedPoint.power(ofTen: tokenDecimals)
    return Price(raw: try FixedPoint.mulDiv(units, scale, FixedPoint.power(ofTen: 12), rounding))
  }

  // MARK: - To the chain

  /// Dollars with 30 places; throws when negative.
  static func units(_ usd: Usd) throws(ContractsError) -> UInt256 {
    // 18 places go into 30 without rounding.
    try usd.tokenUnits(decimals: 30, rounding: .down)
  }

  static func units(_ price: Price, tokenDecimals: Int, _ rounding: Rounding) throws(ContractsError) -> UInt256 {
    let scale = try FixedPoint.power(ofTen: tokenDecimals)
    return try FixedPoint.mulDiv(price.raw, FixedPoint.power(ofTen: 12), scale, rounding)
  }

  /// Dollars (18 places) that `units` of a token are worth at `price`.
  static func value(
    _ units: UInt256, decimals: Int, at price: Price, _ rounding: RoundingDirection
  ) throws(ContractsError) -> Usd {
    let direction = rounding.ofMagnitude(negative: false)
    let raw = try FixedPoint.mulDiv(units, price.raw, FixedPoint.power(ofTen: decimals), direction)
    return Usd(raw: try FixedPoint.signed(raw))
  }

  /// Units of a token that `usd` buys at `price`; throws when negative or the price is zero.
  static func tokenUnits(
    _ usd: Usd, decimals: Int, at price: Price, _ rounding: Rounding
  ) throws(ContractsError) -> UInt256 {
    guard !usd.isNegative else { throw .negative(what: "an amount of collateral", value: usd.description) }
    return try FixedPoint.mulDiv(usd.raw.magnitude, FixedPoint.power(ofTen: decimals), price.raw, rounding)
  }
}

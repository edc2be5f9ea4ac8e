import Ethereum

extension LiquidityReading {
  /// What the position would pay out at a root price, in whole tokens and rounded down, as the pool itself would round;
  /// fees credited and not collected are beside it.
  package struct Holding: Hashable, Sendable {
    package let base: Quantity
    package let quote: Quantity
    package let owedBase: Quantity
    package let owedQuote: Quantity
  }

  /// - Parameter sqrtPrice: root of token 1 per token 0, Q64.96. Beyond the range of the position it holds one token
  ///   alone, so that beyond the range of all pools nothing special happens.
  package func holding(at sqrtPrice: UniswapV3Math.SqrtPriceX96) throws(ContractsError) -> Holding {
    guard lowerTick < upperTick else {
      throw .implausible(what: "ticks of position \(tokenID)", value: "\(lowerTick) to \(upperTick)")
    }
    let amounts = try UniswapV3Math.amounts(
      at: sqrtPrice, from: try UniswapV3Math.sqrtPrice(atTick: lowerTick),
      to: try UniswapV3Math.sqrtPrice(atTick: upperTick), liquidity: liquidity, rounding: .down)
    let (base, quote) = baseIsToken0 ? (amounts.amount0, amounts.amount1) : (amounts.amount1, amounts.amount0)
    let (owedBase, owedQuote) = baseIsToken0 ? (owed0, owed1) : (owed1, owed0)
    return Holding(
      base: try Quantity(units: base, decimals: baseDecimals, rounding: .down),
      quote: try Quantity(units: quote, decimals: quoteDecimals, rounding: .down),
      owedBase: try Quantity(units: owedBase, decimals: baseDecimals, rounding: .down),
      owedQuote: try Quantity(units: owedQuote, decimals: quoteDecimals, rounding: .down))
  }

  /// The root price that the pool would have if both tokens were worth what the oracles say: Q64.96, rounded down.
  ///
  /// A pool's own price is whatever its last trader left behind; a position is worth what it would hold once others
  /// have traded the pool back to the market, so it is valued there.
  package func sqrtPrice(base: Price, quote: Price) throws(ContractsError) -> UniswapV3Math.SqrtPriceX96 {
    let (price0, price1) = baseIsToken0 ? (base, quote) : (quote, base)
    let (decimals0, decimals1) = baseIsToken0 ? (baseDecimals, quoteDecimals) : (quoteDecimals, baseDecimals)
    guard !price0.isZero, !price1.isZero else { throw .implausible(what: "a token's price", value: "0") }
    // Smallest units of token 1 per smallest unit of token 0.
    let numerator = try FixedPoint.mulDiv(price0.raw, FixedPoint.power(ofTen: decimals1), .one, .down)
    let denominator = try FixedPoint.mulDiv(price1.raw, FixedPoint.power(ofTen: decimals0), .one, .down)
    // √(n/d) · 2⁹⁶ = √(n · 2ˢ/d) · 2^(96 − s/2), with as many digits before the root as fit: at least 96 are left.
    for shift in [192, 128, 64, 0] {
      // Cheaper than to divide and see: the quotient has about so many digits.
      let digits = numerator.significantBitCount + shift - denominator.significantBitCount
      guard digits < 255 else { continue }
      let ratio = try FixedPoint.mulDiv(numerator, .one << shift, denominator, .down)
      let root = ratio.squareRoot
      let spare = 96 - shift / 2
      guard root.significantBitCount + spare <= 160 else { break }
      return root << spare
    }
    throw .notRepresentable(what: "the oracles' price in a pool", value: "\(base) over \(quote)")
  }
}

extension UInt256 {
  /// ⌊√this⌋, by Newton's iteration from above.
  var squareRoot: UInt256 {
    guard self > .one else { return self }
    // At least the root, and at most 2¹²⁸: neither sum nor quotient can overflow.
    var root = UInt256.one << ((significantBitCount + 1) / 2)
    while true {
      let quotient: UInt256
      do { quotient = try self / root } catch { return root }
      let next = root.addingReportingOverflow(quotient).value >> 1
      guard next < root else { return root }
      root = next
    }
  }
}

import RealModule

/// What became of a position between two prices, without its fees.
package struct ImpermanentLoss: Hashable, Sendable {
  /// V(P₁) − (x₀ P₁ + y₀), token 1; never above zero. It is also what a static short of x₀ leaves of the position.
  package let amount: Double
  /// The same as a part of what holding would have been worth.
  package let fraction: Double

  package init(of position: LiquidityPosition, from before: Double, to after: Double) throws(QuantError) {
    let held = try position.amounts(at: before)
    let holding = held.base * (try positive(after, "price")) + held.quote
    amount = try finite(try position.value(at: after) - holding, "impermanent loss")
    fraction = holding > 0 ? amount / holding : 0
  }

  /// 2√k/(1 + k) − 1 over the full range, k = P₁/P₀; a part of what holding would have been worth.
  package static func fullRange(priceRatio: Double) throws(QuantError) -> Double {
    let k = try positive(priceRatio, "price ratio")
    // −(1 − √k)²/(1 + k), without the cancellation.
    let root = k.squareRoot()
    return try finite(-((1 - root) * ((1 - root) / (1 + k))), "impermanent loss")
  }
}

/// A liquidity position with a short of `hedge` units against it.
package struct HedgedLiquidity: Hashable, Sendable {
  package let position: LiquidityPosition
  /// Units of the underlying held outside the position; a hedge is negative.
  package let hedge: Double

  package init(position: LiquidityPosition, hedge: Double) throws(QuantError) {
    self.position = position
    self.hedge = try finite(hedge, "hedge")
  }

  /// The position's delta and the hedge, units.
  package func netDelta(at price: Double) throws(QuantError) -> Double {
    try finite(try position.delta(at: price) + hedge, "net delta")
  }

  /// Profit of position and hedge, held as they are from one price to another, without fees and funding. Token 1.
  package func profit(from before: Double, to after: Double) throws(QuantError) -> Double {
    let change = try position.value(at: after) - (try position.value(at: before))
    return try finite(change + hedge * (after - before), "profit of the hedged position")
  }

  /// What a position hedged all the time earns, token 1 per year: fees − loss versus rebalancing − funding − hedging.
  /// - Parameters:
  ///   - fees: token 1 per year.
  ///   - funding: what the hedge pays, token 1 per year; negative where it receives.
  ///   - hedging: what its trades cost, token 1 per year.
  package static func expectedIncome(
    of position: LiquidityPosition, at price: Double, volatility: Double, fees: Double, funding: Double, hedging: Double
  ) throws(QuantError) -> Double {
    let loss = try position.lossVersusRebalancing(at: price, volatility: volatility)
    return try finite(
      try finite(fees, "fees") - loss - (try finite(funding, "funding")) - (try finite(hedging, "hedging")),
      "expected income")
  }
}

extension LiquidityPosition {
  /// How much of token 1 goes with `base` of token 0 at a price within the range (Elsts 2021, "Liquidity math in
  /// Uniswap v3").
  package static func quote(
    forBase base: Double, price: Double, lowerPrice: Double, upperPrice: Double
  ) throws(QuantError) -> Double {
    let range = try PriceRange(lower: lowerPrice, upper: upperPrice)
    let root = try positive(price, "price").squareRoot()
    guard price >= range.lower, price < range.upper else { throw .outOfRange("price", needs: "within the range") }
    let liquidity = try nonNegative(base, "amount of token 0") / (1 / root - range.upperInverse)
    return try finite(liquidity * (root - range.lowerRoot), "amount of token 1")
  }

  /// The lower price of the range that takes both amounts whole: √Pa = √P − y/L₀.
  package static func lowerPrice(
    forAmounts amounts: Amounts, price: Double, upperPrice: Double
  ) throws(QuantError) -> Double {
    let range = try PriceRange(lower: 0, upper: upperPrice)
    let root = try positive(price, "price").squareRoot()
    guard price < range.upper else { throw .outOfRange("price", needs: "below the upper price") }
    let liquidity = try positive(amounts.base, "amount of token 0") / (1 / root - range.upperInverse)
    let lower = root - amounts.quote / liquidity
    guard lower >= 0 else { throw .noSolution("a lower price for so much of token 1") }
    return try finite(lower * lower, "lower price")
  }

  /// √(1.0001^tick), without the protocol's rounding.
  package static func rootPrice(tick: Int) throws(QuantError) -> Double {
    try finite(Double.exp(Double(tick) * halfLogBase), "root price of the tick")
  }

  /// The greatest tick whose price is at most `price`: ⌊ln P/ln 1.0001⌋. At a tick's own price, where rounding decides,
  /// the protocol's integer function has the last word.
  package static func tick(price: Double) throws(QuantError) -> Int {
    let price = try positive(price, "price")
    var tick = Int((Double.log(price) / (2 * halfLogBase)).rounded(.down))
    let root = price.squareRoot()
    if try rootPrice(tick: tick + 1) <= root { tick += 1 }
    if try rootPrice(tick: tick) > root { tick -= 1 }
    return tick
  }

  /// ln(1.0001)/2
  private static let halfLogBase = Double.log(onePlus: 1e-4) / 2
}

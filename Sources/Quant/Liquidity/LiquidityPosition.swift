import RealModule

/// Concentrated liquidity between two prices (Uniswap v3), in real numbers: token 0 is the underlying, token 1 the
/// money, the price is token 1 per token 0.
///
/// With s = √P held between √Pa and √Pb: x = L (1/s − 1/√Pb), y = L (s − √Pa), V = x P + y. Full range (Uniswap v2) is
/// Pa = 0 and Pb = ∞. For what the contracts themselves calculate, to the last unit, see the integer functions.
package struct LiquidityPosition: Hashable, Sendable {
  /// L: √(token 0 · token 1).
  package let liquidity: Double
  /// Pa ≥ 0.
  package let lowerPrice: Double
  /// Pb > Pa; may be infinite.
  package let upperPrice: Double
  private let lowerRoot: Double
  /// 1/√Pb.
  private let upperInverse: Double

  package init(liquidity: Double, lowerPrice: Double, upperPrice: Double) throws(QuantError) {
    let range = try PriceRange(lower: lowerPrice, upper: upperPrice)
    self.init(liquidity: try nonNegative(liquidity, "liquidity"), range: range)
  }

  private init(liquidity: Double, range: PriceRange) {
    self.liquidity = liquidity
    lowerPrice = range.lower
    upperPrice = range.upper
    lowerRoot = range.lowerRoot
    upperInverse = range.upperInverse
  }

  /// All prices, as in Uniswap v2: L = √(x y).
  package static func fullRange(liquidity: Double) throws(QuantError) -> LiquidityPosition {
    try LiquidityPosition(liquidity: liquidity, lowerPrice: 0, upperPrice: .infinity)
  }

  /// The largest position that amounts can fill at a price: L = min(L₀, L₁) within the range.
  package init(filledWith amounts: Amounts, price: Double, lowerPrice: Double, upperPrice: Double) throws(QuantError) {
    let range = try PriceRange(lower: lowerPrice, upper: upperPrice)
    let bounds = try LiquidityBounds(amounts: amounts, price: price, range: range)
    self.init(liquidity: bounds.least, range: range)
  }

  /// What the position holds.
  package struct Amounts: Hashable, Sendable {
    /// x: units of token 0, the underlying.
    package let base: Double
    /// y: units of token 1, the money.
    package let quote: Double

    package init(base: Double, quote: Double) throws(QuantError) {
      self.base = try nonNegative(base, "amount of token 0")
      self.quote = try nonNegative(quote, "amount of token 1")
    }
  }

  package func amounts(at price: Double) throws(QuantError) -> Amounts {
    let root = clamped(try positive(price, "price").squareRoot())
    return try Amounts(
      base: liquidity * max(1 / root - upperInverse, 0), quote: liquidity * max(root - lowerRoot, 0))
  }

  /// V = x P + y, in token 1.
  package func value(at price: Double) throws(QuantError) -> Double {
    let amounts = try amounts(at: price)
    return try finite(amounts.base * price + amounts.quote, "value of the position")
  }

  /// dV/dP = x, units of token 0. A hedge is short as much.
  package func delta(at price: Double) throws(QuantError) -> Double { try amounts(at: price).base }

  /// d²V/dP² = −L/(2 P^1.5) within the range, nothing outside it. Units of token 0 per unit of price; the hedge's
  /// target moves by minus as much, which is Γ of its band.
  package func gamma(at price: Double) throws(QuantError) -> Double {
    let price = try positive(price, "price")
    guard price > lowerPrice, price < upperPrice else { return 0 }
    return try finite(-liquidity / (2 * price * price.squareRoot()), "gamma")
  }

  /// x P/V: the part of the position's value that is exposed to the price. Nothing for an empty position.
  package func deltaFraction(at price: Double) throws(QuantError) -> Double {
    let value = try value(at: price)
    return value > 0 ? try delta(at: price) * price / value : 0
  }

  /// Loss versus rebalancing: what arbitrageurs take from the position, token 1 per year: σ²P²|V″|/2 = L σ² √P/4 within
  /// the range (Milionis, Moallemi, Roughgarden and Zhang 2022).
  /// - Parameter volatility: per √year.
  package func lossVersusRebalancing(at price: Double, volatility: Double) throws(QuantError) -> Double {
    let price = try positive(price, "price")
    let sigma = try nonNegative(volatility, "volatility")
    guard price > lowerPrice, price < upperPrice else { return 0 }
    return try finite(liquidity * sigma * sigma * price.squareRoot() / 4, "loss versus rebalancing")
  }

  /// The same as a part of the position's value, per year. Over the full range it is σ²/8 at any price.
  package func lossVersusRebalancingFraction(at price: Double, volatility: Double) throws(QuantError) -> Double {
    let value = try value(at: price)
    return value > 0 ? try lossVersusRebalancing(at: price, volatility: volatility) / value : 0
  }

  private func clamped(_ root: Double) -> Double {
    max(lowerRoot, upperInverse > 0 ? min(root, 1 / upperInverse) : root)
  }
}

/// A range of prices, with its roots.
struct PriceRange: Hashable, Sendable {
  let lower: Double
  let upper: Double
  let lowerRoot: Double
  /// 1/√upper, nothing for an infinite upper price.
  let upperInverse: Double

  init(lower: Double, upper: Double) throws(QuantError) {
    self.lower = try nonNegative(lower, "lower price")
    guard !upper.isNaN else { throw .notFinite("upper price") }
    guard upper > lower else { throw .outOfRange("upper price", needs: "above the lower price") }
    self.upper = upper
    lowerRoot = lower.squareRoot()
    upperInverse = 1 / upper.squareRoot()
  }
}

/// How much liquidity each of two amounts allows by itself.
package struct LiquidityBounds: Hashable, Sendable {
  /// L₀ = x/(1/s − 1/√Pb); nil where the price is at or above the range, so that token 0 is not needed.
  package let fromBase: Double?
  /// L₁ = y/(s − √Pa); nil where the price is at or below the range.
  package let fromQuote: Double?

  package init(
    amounts: LiquidityPosition.Amounts, price: Double, lowerPrice: Double, upperPrice: Double
  ) throws(QuantError) {
    try self.init(amounts: amounts, price: price, range: try PriceRange(lower: lowerPrice, upper: upperPrice))
  }

  init(amounts: LiquidityPosition.Amounts, price: Double, range: PriceRange) throws(QuantError) {
    let root = try positive(price, "price").squareRoot()
    let base = 1 / max(root, range.lowerRoot) - range.upperInverse
    let quote = (range.upperInverse > 0 ? min(root, 1 / range.upperInverse) : root) - range.lowerRoot
    fromBase = base > 0 ? try finite(amounts.base / base, "liquidity from token 0") : nil
    fromQuote = quote > 0 ? try finite(amounts.quote / quote, "liquidity from token 1") : nil
  }

  /// What both amounts together allow.
  package var least: Double { min(fromBase ?? .greatestFiniteMagnitude, fromQuote ?? .greatestFiniteMagnitude) }
}

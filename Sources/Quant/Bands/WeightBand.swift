import RealModule

/// The no-trade band of a portfolio weight: let the weight drift within ±`trigger` of the target, else trade it back to
/// ±`reset`.
///
/// A weight π held constant moves as π (1 − π) σ W and misses σ W of wealth per unit of weight, so it is the impulse
/// band with q = π²(1 − π)² σ², v = σ², costs as parts of wealth and the relative risk aversion (Altarovici,
/// Muhle-Karbe and Soner 2015, Finance and Stochastics 19:363-414, with fixed costs; without them the leading order of
/// Davis and Norman 1990 as found by Shreve and Soner 1994 and Janeček and Shreve 2004).
package struct WeightBand: Hashable, Sendable {
  /// b: decimal weight on either side of the target.
  package let trigger: Double
  /// r: decimal weight, 0 ≤ r ≤ b.
  package let reset: Double
  /// The impulse band in weights: its statistics are per year, its costs in parts of wealth.
  package let band: ImpulseBand

  /// - Parameters:
  ///   - targetWeight: π, neither 0 nor 1, where the weight does not move.
  ///   - volatility: σ, per √year.
  ///   - riskAversion: γ, relative, without unit.
  ///   - oneWayCost: part of what is traded.
  ///   - fixedCost: of a trade, as a part of the whole wealth.
  package init(
    targetWeight: Double, volatility: Double, riskAversion: Double, oneWayCost: Double, fixedCost: Double
  ) throws(QuantError) {
    let sigma = try positive(volatility, "volatility")
    let motion = try Self.drift(targetWeight)
    band = try ImpulseBand(
      motion: TargetMotion(targetVariance: motion * motion * (sigma * sigma), priceVariance: sigma * sigma),
      costs: TradingCosts(fixed: fixedCost, perUnit: oneWayCost), riskAversion: riskAversion)
    (trigger, reset) = (band.trigger, band.reset)
  }

  /// π (1 − π): how far the weight moves per unit of return.
  private static func drift(_ targetWeight: Double) throws(QuantError) -> Double {
    let weight = try finite(targetWeight, "target weight")
    let drift = weight * (1 - weight)
    guard drift != 0 else { throw .outOfRange("target weight", needs: "neither 0 nor 1") }
    return drift
  }

  /// ((3/(2γ)) π²(1 − π)² λ)^(1/3) with the one-way cost λ: the leading order of Davis and Norman's edges.
  package static func proportionalHalfWidth(
    targetWeight: Double, riskAversion: Double, oneWayCost: Double
  ) throws(QuantError) -> Double {
    let drift = try Self.drift(targetWeight)
    let aversion = try positive(riskAversion, "risk aversion")
    let cost = try nonNegative(oneWayCost, "one-way cost")
    return try finite(Double.root(1.5 / aversion * drift * drift * cost, 3), "half-width")
  }

  /// (12 π²(1 − π)² F/γ)^(1/4) with the fixed cost F as a part of wealth.
  package static func fixedHalfWidth(
    targetWeight: Double, riskAversion: Double, fixedCost: Double
  ) throws(QuantError) -> Double {
    let drift = try Self.drift(targetWeight)
    let aversion = try positive(riskAversion, "risk aversion")
    let cost = try nonNegative(fixedCost, "fixed cost")
    return try finite((12 / aversion * drift * drift * cost).squareRoot().squareRoot(), "half-width")
  }

  /// Merton's weight μ/(γσ²) for an excess return μ per year.
  package static func mertonWeight(
    excessReturn: Double, volatility: Double, riskAversion: Double
  ) throws(QuantError) -> Double {
    let sigma = try positive(volatility, "volatility")
    return try finite(
      try finite(excessReturn, "excess return") / (try positive(riskAversion, "risk aversion") * sigma * sigma),
      "Merton's weight")
  }
}

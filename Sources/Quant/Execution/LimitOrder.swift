import RealModule

/// A resting order at some distance from a price without drift, and what becomes of it.
///
/// It is touched with P = 2 N(−d/(σ√τ)), and the expected cost of chasing the price if it is not is d P/(1 − P): what
/// the better price gains on average, the chase loses. Only fees, spread and adverse selection decide between the two.
package struct LimitFill: Hashable, Sendable {
  /// P.
  package let touchProbability: Double
  /// d: part of the price.
  package let improvement: Double
  /// d P/(1 − P): part of the price, given that it was not touched.
  package let chaseCost: Double

  /// - Parameters:
  ///   - offset: d, distance of the order as a part of the price, zero or more.
  ///   - volatility: σ per √year.
  ///   - years: τ, how long the order rests.
  package init(offset: Double, volatility: Double, years: Double) throws(QuantError) {
    let offset = try nonNegative(offset, "offset")
    let deviation = try positive(
      try positive(volatility, "volatility") * (try positive(years, "time")).squareRoot(), "deviation over the time")
    let z = try finite(offset / deviation / 2.0.squareRoot(), "offset in deviations")
    improvement = offset
    touchProbability = Double.erfc(z)
    // 1 − P = erf z, which is 2z/√π at the origin.
    chaseCost = try finite(
      z > 0 ? offset * (touchProbability / Double.erf(z)) : deviation * (Double.pi / 2).squareRoot(), "chase cost")
  }
}

/// Whether an order should rest or cross.
package struct LimitOrMarket: Hashable, Sendable {
  /// USD saved by resting, if it fills.
  package let saving: Double
  /// USD that waiting costs: risk of the deviation and the second transaction.
  package let cost: Double

  /// P · (what crossing costs − what resting costs) against (γv/2) x² τ + (1 − P) · extra gas.
  /// - Parameters:
  ///   - fillProbability: P.
  ///   - crossingCost: USD: taker's fee, half the spread, impact and expected loss to front-runners.
  ///   - restingCost: USD: maker's fee and adverse selection; negative for a rebate.
  ///   - deviation: x, units.
  ///   - priceVariance: v, (USD per unit)² per year.
  ///   - riskAversion: γ, per USD.
  ///   - years: τ.
  ///   - extraGas: USD for cancelling and crossing after all.
  package init(
    fillProbability: Double, crossingCost: Double, restingCost: Double, deviation: Double, priceVariance: Double,
    riskAversion: Double, years: Double, extraGas: Double
  ) throws(QuantError) {
    let p = try finite(fillProbability, "fill probability")
    guard p >= 0, p <= 1 else { throw .outOfRange("fill probability", needs: "from 0 to 1") }
    saving = try finite(
      p * (try finite(crossingCost, "cost of crossing") - (try finite(restingCost, "cost of resting"))),
      "saving")
    let risk = try WaitOrPay.riskRate(riskAversion, priceVariance)
    let x = try finite(deviation, "deviation")
    cost = try finite(
      risk * x * x * (try nonNegative(years, "time")) + (1 - p) * (try nonNegative(extraGas, "extra gas")),
      "cost of waiting")
  }

  package var prefersLimit: Bool { saving > cost }
}

/// Whether to wait for cheaper gas.
package struct WaitOrPay: Hashable, Sendable {
  /// (γv/2)(x²τ + qτ²/2) + P[liquidation] · loss, USD.
  package let costOfWaiting: Double
  /// Fee now − fee expected, USD.
  package let saving: Double

  /// - Parameters:
  ///   - deviation: x, units.
  ///   - riskAversion: γ, per USD.
  ///   - years: τ, how long to wait.
  ///   - feeNow: USD.
  ///   - expectedFee: USD after τ.
  ///   - liquidationProbability: within τ.
  ///   - liquidationLoss: USD.
  package init(
    deviation: Double, motion: TargetMotion, riskAversion: Double, years: Double, feeNow: Double, expectedFee: Double,
    liquidationProbability: Double = 0, liquidationLoss: Double = 0
  ) throws(QuantError) {
    let x = try finite(deviation, "deviation")
    let tau = try nonNegative(years, "time")
    let p = try finite(liquidationProbability, "probability of a liquidation")
    guard p >= 0, p <= 1 else { throw .outOfRange("probability of a liquidation", needs: "from 0 to 1") }
    let risk = try Self.riskRate(riskAversion, motion.priceVariance)
    costOfWaiting = try finite(
      risk * (x * x * tau + motion.targetVariance * tau * tau / 2)
        + p * (try nonNegative(liquidationLoss, "loss of a liquidation")), "cost of waiting")
    saving = try finite(
      try nonNegative(feeNow, "fee now") - (try nonNegative(expectedFee, "expected fee")), "saving")
  }

  package var prefersWaiting: Bool { saving > costOfWaiting }

  /// γ v/2: USD per year and unit² of deviation.
  static func riskRate(_ riskAversion: Double, _ priceVariance: Double) throws(QuantError) -> Double {
    try finite(
      0.5 * (try nonNegative(riskAversion, "risk aversion")) * (try nonNegative(priceVariance, "price variance")),
      "cost of risk")
  }

  /// E[F_{t+τ}] of a fee whose logarithm reverts to m: exp(m + (ln F − m) e^(−aτ) + s² (1 − e^(−2aτ))/(4a)).
  /// - Parameters:
  ///   - fee: F, in any unit.
  ///   - meanLogarithm: m.
  ///   - reversion: a, per year.
  ///   - volatility: s, of ln F per √year.
  package static func expectedFee(
    fee: Double, meanLogarithm: Double, reversion: Double, volatility: Double, years: Double
  ) throws(QuantError) -> Double {
    let logarithm = Double.log(try positive(fee, "fee"))
    let mean = try finite(meanLogarithm, "mean logarithm")
    let a = try positive(reversion, "reversion")
    let s = try nonNegative(volatility, "volatility")
    let time = a * (try nonNegative(years, "time"))
    return try finite(
      Double.exp(
        mean + (logarithm - mean) * Double.exp(-time) - s * s * Double.expMinusOne(-2 * time) / (4 * a)),
      "expected fee")
  }
}

import RealModule

/// CPPI rebalanced at n equal dates in a geometric Brownian motion (Balder, Brandl and Mahayni 2009, Journal of
/// Economic Dynamics and Control 33:204-220): the floor can be broken between two dates.
///
///     d₂ = [ln(m/(m − 1)) + (μ − r − σ²/2)Δt]/(σ√Δt), d₁ = d₂ + σ√Δt
///     P[shortfall] = 1 − N(d₂)ⁿ
///     E₁ = m e^(μΔt) N(d₁) − (m − 1) e^(rΔt) N(d₂),  E₂ = m e^(μΔt) − (m − 1) e^(rΔt) − E₁ ≤ 0
///     E[V_T] = G + C₀ [E₁ⁿ + e^(r(T − Δt)) E₂ (1 − (E₁e^(−rΔt))ⁿ)/(1 − E₁e^(−rΔt))]
package struct CPPIShortfall: Hashable, Sendable {
  /// d₂: how many deviations the price is from breaking the floor at one date.
  package let distance: Double
  /// N(−d₂): probability of breaking the floor at one date, given that it stood before.
  package let localProbability: Double
  /// 1 − N(d₂)ⁿ: probability of ending below the guarantee.
  package let probability: Double
  /// E[V_T], USD.
  package let expectedWealth: Double
  /// E[G − V_T | shortfall], USD; nil where a shortfall is too unlikely for floating point.
  package let expectedShortfall: Double?

  /// - Parameters:
  ///   - wealth: V₀, USD; not below the floor.
  ///   - drift: μ, per year.
  ///   - volatility: σ, per √year.
  ///   - rebalancings: n, at equal distances.
  package init(
    _ plan: CPPI, wealth: Double, drift: Double, volatility: Double, rebalancings: Int
  ) throws(QuantError) {
    guard rebalancings >= 1 else { throw .outOfRange("number of rebalancings", needs: "one or more") }
    let cushion = try plan.cushion(wealth)
    let mu = try finite(drift, "drift")
    let sigma = try positive(volatility, "volatility")
    let (m, r, n) = (plan.multiplier, plan.rate, Double(rebalancings))
    let step = plan.years / n
    let deviation = sigma * step.squareRoot()
    // ln(m/(m − 1)) = −ln(1 − 1/m)
    let d2 = (-Double.log(onePlus: -1 / m) + (mu - r - 0.5 * sigma * sigma) * step) / deviation
    let d1 = d2 + deviation
    distance = try finite(d2, "distance to the floor")
    let local = Normal.cumulative(-d2)
    localProbability = local
    let shortfall = -Double.expMinusOne(n * Double.log(onePlus: -local))
    probability = shortfall

    // Both terms are tails, so that a floor hardly ever broken still has its small E₂.
    let risky = m * Double.exp(mu * step)
    let safe = (m - 1) * Double.exp(r * step)
    let breaking = min(risky * Normal.cumulative(-d1) - safe * local, 0)
    // E₁e^(−rΔt) − 1, without subtracting numbers near 1.
    let excess = m * Double.expMinusOne((mu - r) * step) - breaking * Double.exp(-r * step)
    let powerMinusOne = Double.expMinusOne(n * Double.log(onePlus: excess))
    let terms = excess == 0 ? n : powerMinusOne / excess
    let below = cushion * Double.exp(r * (plan.years - step)) * breaking * terms
    let above = cushion * Double.exp(r * plan.years) * (1 + powerMinusOne)
    expectedWealth = try finite(plan.guarantee + above + below, "expected wealth")
    expectedShortfall = shortfall > 0 ? try finite(-below / shortfall, "expected shortfall") : nil
  }
}

extension CPPI {
  /// The highest multiplier whose probability of a shortfall over n rebalancings is at most `ruinProbability`.
  /// - Throws: `.noSolution` where even a multiplier just above 1 is too much.
  package static func maximumMultiplier(
    ruinProbability: Double, drift: Double, volatility: Double, rate: Double, years: Double, rebalancings: Int
  ) throws(QuantError) -> Double {
    guard rebalancings >= 1 else { throw .outOfRange("number of rebalancings", needs: "one or more") }
    let ruin = try probability(ruinProbability, "ruin probability")
    let sigma = try positive(volatility, "volatility")
    let step = try positive(years, "years") / Double(rebalancings)
    let excess = try finite(drift, "drift") - (try finite(rate, "rate"))
    // 1 − N(d₂)ⁿ = ε gives N(−d₂) at one date, then d₂, then ln(m/(m − 1)).
    let local = -Double.expMinusOne(Double.log(onePlus: -ruin) / Double(rebalancings))
    let d2 = -(try Normal.quantile(local))
    let logarithm = d2 * sigma * step.squareRoot() - (excess - 0.5 * sigma * sigma) * step
    return try multiplier(losing: logarithm)
  }

  /// m of ln(m/(m − 1)) = `logarithm`: 1/(1 − e^(−logarithm)).
  static func multiplier(losing logarithm: Double) throws(QuantError) -> Double {
    guard logarithm > 0 else { throw .noSolution("a multiplier that is safe enough by its gap alone") }
    return try finite(-1 / Double.expMinusOne(-logarithm), "multiplier")
  }

  static func probability(_ value: Double, _ quantity: StaticString) throws(QuantError) -> Double {
    let value = try finite(value, quantity)
    guard value > 0, value < 1 else { throw .outOfRange(quantity, needs: "strictly between 0 and 1") }
    return value
  }
}

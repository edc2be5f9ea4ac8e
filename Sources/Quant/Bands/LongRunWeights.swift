import RealModule

/// The exact no-trade region of a long-run investor with constant relative risk aversion and proportional costs, with
/// its growth and its trading volume (Gerhold, Guasoni, Muhle-Karbe and Schachermayer 2014, Finance and Stochastics
/// 18:1-37, theorem 2.2).
///
/// The stock is bought at S and sold at (1 − ε) S. The edges are π± = (μ ± λ)/(γσ²), where the gap λ solves w(L) = π₊
/// for the Riccati equation w′ = −(1 − γ)w² − (2μ/σ² − 1)w + γ π₋π₊, w(0) = π₋, over
/// L = ln[ (1/(1 − ε)) (μ + λ)(μ − λ − γσ²)/((μ − λ)(μ + λ − γσ²)) ]. Its coefficients are constant, so the length of
/// w's way from π₋ to π₊ is an integral of 1/quadratic, and the equation for λ is one in closed form.
package struct LongRunWeights: Hashable, Sendable {
  /// Merton's weight μ/(γσ²).
  package let targetWeight: Double
  /// λ, per year.
  package let gap: Double
  /// The lower edge: buy up to it below.
  package let lowerWeight: Double
  /// The upper edge: sell down to it above.
  package let upperWeight: Double
  /// The growth of the certainty equivalent beyond the safe rate, (μ² − λ²)/(2γσ²), per year.
  package let excessEquivalentRate: Double
  /// What one would give up of the excess return to trade without costs, μ − √(μ² − λ²), per year.
  package let liquidityPremium: Double
  /// Shares traded per year as a part of the shares held.
  package let shareTurnover: Double
  /// Leading orders for small ε: of the gap, of the edges' distance from the target, of the liquidity premium.
  package let leadingGap: Double
  package let leadingHalfWidth: Double
  package let leadingLiquidityPremium: Double

  /// - Parameters:
  ///   - excessReturn: μ over the safe rate, per year, above zero and not γσ² (where the target is 1 and nobody
  ///     trades).
  ///   - volatility: σ, per √year.
  ///   - riskAversion: γ, relative.
  ///   - roundTripSpread: ε: what is bought at 1 is sold at 1 − ε.
  package init(
    excessReturn: Double, volatility: Double, riskAversion: Double, roundTripSpread: Double
  ) throws(QuantError) {
    let mu = try positive(excessReturn, "excess return")
    let sigma = try positive(volatility, "volatility")
    let gamma = try positive(riskAversion, "risk aversion")
    let spread = try positive(roundTripSpread, "spread")
    guard spread < 1 else { throw .outOfRange("spread", needs: "below 1") }
    let unit = try positive(gamma * sigma * sigma, "risk aversion times variance")
    let target = try positive(mu / unit, "Merton's weight")
    let drift = target * (1 - target)
    guard drift != 0, drift.isFinite else { throw .outOfRange("Merton's weight", needs: "not 1, and finite") }

    let leading = try positive(Double.root(0.75 / gamma * drift * drift * spread, 3), "half-width's leading order")
    let half = try Self.halfWidth(target, gamma, spread, leading)
    targetWeight = target
    gap = half * unit
    lowerWeight = target - half
    upperWeight = target + half
    excessEquivalentRate = (mu - gap) * (mu + gap) / (2 * unit)
    liquidityPremium = gap * gap / (mu + ((mu - gap) * (mu + gap)).squareRoot())
    shareTurnover = try Self.turnover(target, half, spread, mu, sigma)
    leadingGap = leading * unit
    leadingHalfWidth = leading
    leadingLiquidityPremium = leadingGap * leadingGap / (2 * mu)
    guard excessEquivalentRate.isFinite, liquidityPremium.isFinite else { throw .notFinite("the no-trade region") }
  }

  /// h = λ/(γσ²).
  private static func halfWidth(
    _ m: Double, _ gamma: Double, _ spread: Double, _ leading: Double
  ) throws(QuantError) -> Double {
    let cost = -Double.log(onePlus: -spread)
    // Beyond it an edge would pass 0 or 1.
    let widest = min(m, (1 - m).magnitude).nextDown
    func miss(_ h: Double) -> Double {
      let length = riccatiLength(m, h, gamma)
      return length.isInfinite ? length : length - logRatio(m, h) - cost
    }
    // The function starts at −cost and rises; the leading order is near the root for small costs.
    var upper = min(2 * leading, widest)
    while miss(upper) < 0 && upper < widest { upper = min(2 * upper, widest) }
    return try RootSearch.between(0, upper, "a no-trade region for this spread") { h throws(QuantError) in miss(h) }
  }

  /// ∫ dw/R(w) from m − h to m + h, infinite where R has a root on the way. With D = R's discriminant and
  /// d = m(1 − m) − (2γ − 1)h² it is (2/√D) artanh(√D h/d), or arctan for a negative D.
  private static func riccatiLength(_ m: Double, _ h: Double, _ gamma: Double) -> Double {
    let discriminant = 1 - 4 * gamma * m * (1 - m) + 4 * gamma * (gamma - 1) * h * h
    let sign: Double = m < 1 ? 1 : -1
    let bottom = sign * (m * (1 - m) - (2 * gamma - 1) * h * h)
    let root = discriminant.magnitude.squareRoot()
    let ratio = root * h / bottom
    if ratio.magnitude < 1e-4 && bottom > 0 {
      // Both functions by their series; their own formulas would divide zero by zero where D vanishes.
      let square = (discriminant < 0 ? -1 : 1) * ratio * ratio
      return sign * 2 * (h / bottom) * (1 + square / 3 + square * square / 5)
    }
    if discriminant < 0 { return sign * 2 / root * Double.atan2(y: root * h, x: bottom) }
    guard bottom > 0, ratio < 1 else { return sign * .infinity }
    return sign * 2 / root * Double.atanh(ratio)
  }

  /// ln[(m + h)(1 − m + h)/((m − h)(1 − m − h))] = 2 artanh(h/(m(1 − m) + h²)).
  private static func logRatio(_ m: Double, _ h: Double) -> Double {
    if m < 1 { return 2 * Double.atanh(h / (m * (1 - m) + h * h)) }
    return Double.log((m + h) / (m - h) * ((m - 1 - h) / (m - 1 + h)))
  }

  private static func turnover(
    _ m: Double, _ h: Double, _ spread: Double, _ mu: Double, _ sigma: Double
  ) throws(QuantError) -> Double {
    let length = logRatio(m, h) - Double.log(onePlus: -spread)
    let slope = 2 * mu / (sigma * sigma) - 1
    let (lower, upper) = (m - h, m + h)
    let variance = sigma * sigma / 2
    // slope/(e^(L·slope) − 1), which is 1/L where the slope vanishes.
    let x = length * slope
    let down = x == 0 ? 1 / length : slope / Double.expMinusOne(x)
    let up = x == 0 ? -1 / length : slope / Double.expMinusOne(-x)
    return try finite(variance * ((1 - lower) * down - (1 - upper) * up), "share turnover")
  }
}

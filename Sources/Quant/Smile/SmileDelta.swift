import RealModule

/// The delta of an option whose volatility moves with the spot.
///
/// Δ = w N(w d₁) + vega (R − 1) ∂σ/∂k / F with k = ln(K/F) and the skew-stickiness ratio R: by how much the
/// at-the-money volatility moves, as a multiple of the skew, when the spot moves by 1 %. 0 is sticky delta (the smile
/// moves with the spot), 1 sticky strike (each strike keeps its volatility), 2 what local volatility implies for short
/// expiries; Bergomi (2009), *Smile dynamics IV*, Risk.
package struct SmileDelta: Hashable, Sendable {
  package static let stickyDelta = 0.0
  package static let stickyStrike = 1.0
  package static let localVolatility = 2.0

  /// The strike's own, annual.
  package let volatility: Double
  /// ∂σ/∂k, per unit of log-moneyness.
  package let skew: Double
  /// Units of a forward per option, not discounted.
  package let delta: Double

  package init(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, smile: SVISlice,
    stickiness: Double = stickyStrike
  ) throws(QuantError) {
    _ = try positive(forward, "the forward price")
    _ = try positive(strike, "the strike")
    _ = try positive(years, "the time to expiry")
    _ = try finite(stickiness, "the skew-stickiness ratio")
    let k = -logRatio(forward, strike)
    let variance = try positive(smile.totalVariance(k), "the total variance of this strike")
    let deviation = variance.squareRoot()
    volatility = try finite((variance / years).squareRoot(), "the volatility of this strike")
    skew = try finite(0.5 * smile.slope(k) / (variance * years).squareRoot(), "the skew at this strike")
    let terms = LognormalTerms(kind, logMoneyness: -k, moneyness: forward / strike, deviation: deviation)
    let vegaPerForward = terms.density1 * years.squareRoot()
    delta = try finite(
      kind.sign * terms.cumulative1 + vegaPerForward * (stickiness - 1) * skew, "the delta that follows the smile")
  }

  /// R by least squares through the origin: changes of the at-the-money volatility against skew · Δln S. At least two
  /// moves that are not all nought.
  package static func stickiness(
    volatilityChanges: [Double], skews: [Double], logReturns: [Double]
  ) throws(QuantError) -> Double {
    guard volatilityChanges.count == skews.count, skews.count == logReturns.count, skews.count >= 2 else {
      throw .outOfRange("the history of the smile", needs: "at least two moves, each with its skew and its return")
    }
    var (product, square) = (0.0, 0.0)
    for index in skews.indices {
      let expected = skews[index] * logReturns[index]
      product += volatilityChanges[index] * expected
      square += expected * expected
    }
    guard square > 0 else { throw .noSolution("a skew-stickiness ratio of a smile that has no skew or never moved") }
    return try finite(product / square, "the skew-stickiness ratio")
  }
}

/// The delta that left the least variance in the past: Δ + vega/(S√T) (a + bΔ + cΔ²), Hull and White (2017), *Optimal
/// delta hedging for options*, Journal of Banking and Finance 82. Its coefficients come from a market's own history of
/// options.
package struct MinimumVarianceDelta: Hashable, Sendable {
  package let a: Double
  package let b: Double
  package let c: Double

  package init(a: Double, b: Double, c: Double) throws(QuantError) {
    self.a = try finite(a, "the coefficient a")
    self.b = try finite(b, "the coefficient b")
    self.c = try finite(c, "the coefficient c")
  }

  /// Units of the underlying per option.
  package func delta(of greeks: Greeks, spot: Double, years: Double) throws(QuantError) -> Double {
    _ = try positive(spot, "the spot price")
    _ = try positive(years, "the time to expiry")
    let delta = greeks.delta
    let shift = greeks.vega / (spot * years.squareRoot()) * (a + delta * (b + delta * c))
    return try finite(delta + shift, "the minimum-variance delta")
  }
}

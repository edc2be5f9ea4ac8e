import RealModule

/// A perpetual on a power of the price (p = 2: Squeeth), worth more than its index because it is convex; the excess is
/// paid as funding.
///
/// The index is I = n Sᵖ/c with the normalisation factor n, by which past funding has shrunk a token, and a scale c.
/// White, Robinson, Koticha and others (2021), *Power Perpetuals*, Paradigm.
package struct PowerPerpetual: Hashable, Sendable {
  /// n Sᵖ/c, USD per token.
  package let index: Double
  /// Funding paid continuously, as Opyn marks it: I e^(f (p − 1) p σ²/2), USD per token.
  package let mark: Double
  /// Funding paid once a period f: I/(2e^(−a) − 1), a = f (p − 1)(r + pσ²/2), USD per token; nil where a ≥ ln 2, so
  /// long a period that no finite price holds.
  package let periodicMark: Double?
  /// ∂mark/∂S, coins per token.
  package let delta: Double
  /// ∂²mark/∂S², coins per USD.
  package let gamma: Double
  /// ∂mark/∂σ, USD per 1.00 of volatility.
  package let vega: Double
  /// What the holder of a token pays as funding for its convexity, USD per year: p (p − 1) σ²/2 of the mark.
  package let fundingPerYear: Double

  /// - Parameters:
  ///   - power: p, above 1 for a convex token.
  ///   - fundingYears: f, 17.5 days at Opyn.
  ///   - normalisation: n.
  ///   - scale: c, 10,000 at Opyn.
  package init(
    spot: Double, power: Double = 2, rate: Double = 0, volatility: Double, fundingYears: Double,
    normalisation: Double = 1, scale: Double = 1
  ) throws(QuantError) {
    _ = try positive(spot, "the spot price")
    _ = try finite(power, "the power")
    _ = try finite(rate, "the interest rate")
    _ = try nonNegative(volatility, "the volatility")
    _ = try positive(fundingYears, "the funding period")
    _ = try positive(normalisation, "the normalisation factor")
    _ = try positive(scale, "the scale")
    let convexity = (power - 1) * power
    let index = try positive(normalisation * Double.pow(spot, power) / scale, "the index of the power perpetual")
    let growth = fundingYears * convexity * volatility * volatility / 2
    let mark = try finite(index * Double.exp(growth), "the mark of the power perpetual")
    // 2e^(−a) − 1 = 1 + 2 (e^(−a) − 1)
    let shrink = 1 + 2 * Double.expMinusOne(-(growth + fundingYears * (power - 1) * rate))
    periodicMark = shrink > 0 ? try finite(index / shrink, "the mark of the power perpetual") : nil
    self.index = index
    self.mark = mark
    delta = try finite(power * mark / spot, "the delta of the power perpetual")
    gamma = try finite(convexity * mark / (spot * spot), "the gamma of the power perpetual")
    vega = try finite(mark * fundingYears * convexity * volatility, "the vega of the power perpetual")
    fundingPerYear = try finite(
      mark * convexity * volatility * volatility / 2, "the funding of the power perpetual")
  }

  /// The volatility at which funding paid continuously holds `mark` over `index`: √(2 ln(mark/index)/(p (p − 1) f)).
  package static func impliedVolatility(
    mark: Double, index: Double, power: Double = 2, fundingYears: Double
  ) throws(QuantError) -> Double {
    _ = try positive(mark, "the mark of the power perpetual")
    _ = try positive(index, "the index of the power perpetual")
    _ = try positive(fundingYears, "the funding period")
    let convexity = try positive((power - 1) * power, "the convexity p (p - 1)")
    let premium = logRatio(mark, index)
    guard premium >= 0 else { throw .noSolution("a volatility for a mark below the index") }
    return try finite((2 * premium / (convexity * fundingYears)).squareRoot(), "the implied volatility")
  }
}

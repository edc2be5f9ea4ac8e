import RealModule

/// Zakamouline's approximation of the utility-maximising hedge with proportional costs: a band of half-width H0 + H1
/// around the Black-Scholes delta at a modified volatility.
///
///     H0 = λ / (γ S σ² T)        H1 = 1.12 λ^0.31 T^0.05 (e^(−rT)/σ)^0.25 (|Γ|/γ)^0.5
///     K  = 4.76 λ^0.78 T^−0.02 (e^(−rT)/σ)^0.25 (γ S² |Γ|)^0.15
///     σ_m² = σ² (1 + K) for a short-gamma book, σ² (1 − K) for a long-gamma book
///
/// Zakamouline 2006, Quantitative Finance 6(5):435-445, as printed in Sinclair, Volatility Trading, 2nd ed. Drafts of
/// 2005 have other coefficients (1.08 and 6.85), which are not these. Γ is at the unmodified volatility.
package struct Zakamouline: Hashable, Sendable {
  /// H0 in units of the underlying: what remains of the band where gamma is zero.
  package let innerHalfWidth: Double
  /// H1 in units of the underlying: the part that gamma makes.
  package let gammaHalfWidth: Double
  /// K: the relative change of the variance at which the centre's delta is taken.
  package let varianceChange: Double
  /// σ√(1 + K) per √year: the volatility of the centre's delta for a short-gamma book.
  package let shortGammaVolatility: Double
  /// σ√(1 − K) per √year for a long-gamma book; nil where K ≥ 1, where the approximation has no meaning.
  package let longGammaVolatility: Double?

  /// H0 + H1 in units of the underlying, on either side of the centre.
  package var halfWidth: Double { innerHalfWidth + gammaHalfWidth }

  /// - Parameters:
  ///   - spot: USD per unit of the underlying.
  ///   - gamma: of the book at `volatility`, units of the underlying per USD; its sign does not matter.
  ///   - volatility: per √year.
  ///   - years: to expiry, of 365 days.
  ///   - rate: continuous, per year.
  ///   - oneWayCost: λ, the part of its value that a trade costs.
  ///   - riskAversion: γ, per USD of wealth.
  package init(
    spot: Double, gamma: Double, volatility: Double, years: Double, rate: Double, oneWayCost: Double,
    riskAversion: Double
  ) throws(QuantError) {
    let spot = try positive(spot, "spot")
    let gamma = try finite(gamma, "gamma").magnitude
    let sigma = try positive(volatility, "volatility")
    let years = try positive(years, "time to expiry")
    let cost = try nonNegative(oneWayCost, "one-way cost")
    let aversion = try positive(riskAversion, "risk aversion")
    let stretch = Double.pow(Double.exp(-(try finite(rate, "rate")) * years) / sigma, 0.25)

    innerHalfWidth = try finite(cost / (aversion * spot * sigma * sigma * years), "Zakamouline H0")
    gammaHalfWidth = try finite(
      1.12 * Double.pow(cost, 0.31) * Double.pow(years, 0.05) * stretch * (gamma / aversion).squareRoot(),
      "Zakamouline H1")
    varianceChange = try finite(
      4.76 * Double.pow(cost, 0.78) * Double.pow(years, -0.02) * stretch
        * Double.pow(aversion * spot * spot * gamma, 0.15), "Zakamouline K")
    shortGammaVolatility = try finite(sigma * (1 + varianceChange).squareRoot(), "modified volatility")
    longGammaVolatility = varianceChange < 1 ? sigma * (1 - varianceChange).squareRoot() : nil
  }
}

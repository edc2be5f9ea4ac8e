import RealModule

/// A European option on a forward or future, discounted at the risk-free rate.
///
/// price = e^(−rT) w [F N(w d₁) − K N(w d₂)], d₁ = ln(F/K)/(σ√T) + σ√T/2; Black (1976, Journal of Financial Economics
/// 3). The forward is held fixed in every derivative by time and rate. Edges as in `BlackScholesMerton`.
package struct Black76: Hashable, Sendable {
  /// USD.
  package let price: Double
  /// ∂V/∂F, discounted: what to hold of a future that settles daily.
  package let forwardDelta: Double
  /// w N(w d₁): what to hold of a forward that settles at expiry.
  package let undiscountedDelta: Double
  /// ∂²V/∂F², per USD.
  package let forwardGamma: Double
  /// USD per 1.00 of volatility.
  package let vega: Double
  /// USD per year that passes.
  package let theta: Double
  /// USD per 1.00 of the interest rate.
  package let rho: Double

  package init(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, rate: Double, volatility: Double
  ) throws(QuantError) {
    // A forward is an underlying whose carry is the interest rate.
    _ = try positive(forward, "the forward price")
    let option = try PricedOption(
      kind, spot: forward, strike: strike, years: years, rate: rate, carry: rate, volatility: volatility)
    price = option.price
    forwardDelta = option.delta
    undiscountedDelta = option.sign * option.cumulative1
    forwardGamma = option.gamma
    vega = option.vega
    let decay = option.density1 > 0 ? 0.5 * vega * option.volatility / option.years : 0
    theta = option.years > 0 ? rate * price - decay : 0
    rho = -option.years * price
    guard price.isFinite, forwardDelta.isFinite, forwardGamma.isFinite, vega.isFinite, theta.isFinite, rho.isFinite
    else { throw .notFinite("a Greek of the option on a forward") }
  }
}

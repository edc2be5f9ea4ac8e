import RealModule

/// An option settled in the coin it is written on, as Deribit lists them: the premium and the payoff are in coin.
///
/// c = w [N(w d₁) − (K/F) N(w d₂)] coins, F the price of the underlying of that expiry, rates nought. Its holder's
/// delta depends on the money he counts in: by `delta` units of the underlying he is long in USD terms when the
/// premium was paid in USD; when premium and collateral are coins, the option's own coins are part of the exposure and
/// `premiumAdjustedDelta` = Δ − c = w (K/F) N(w d₂) is the one to hedge (Reiswich and Wystup 2010, *A Guide to FX
/// Options Quoting Conventions*, Journal of Derivatives 18).
package struct InverseOption: Hashable, Sendable {
  /// USD.
  package let price: Double
  /// Coins.
  package let coinPrice: Double
  /// w N(w d₁), coins per option: the delta venues report.
  package let delta: Double
  /// Δ − c, coins per option.
  package let premiumAdjustedDelta: Double
  /// Coins per USD.
  package let gamma: Double
  /// USD per 1.00 of volatility.
  package let vega: Double
  /// USD per year that passes.
  package let theta: Double
  /// ∂c/∂F = w (K/F²) N(w d₂), coins per USD.
  package let coinDelta: Double

  package init(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double
  ) throws(QuantError) {
    _ = try positive(forward, "the forward price")
    let option = try PricedOption(
      kind, spot: forward, strike: strike, years: years, rate: 0, carry: 0, volatility: volatility)
    price = option.price
    coinPrice = price / forward
    delta = option.delta
    premiumAdjustedDelta = option.sign * (strike / forward) * option.cumulative2
    gamma = option.gamma
    vega = option.vega
    theta = option.density1 > 0 ? -0.5 * vega * option.volatility / option.years : 0
    coinDelta = premiumAdjustedDelta / forward
    guard price.isFinite, coinPrice.isFinite, premiumAdjustedDelta.isFinite, gamma.isFinite, vega.isFinite,
      theta.isFinite, coinDelta.isFinite
    else { throw .notFinite("a Greek of the coin-margined option") }
  }
}

import RealModule

/// What a desk calls delta: which instrument hedges, and whether the premium is paid in the underlying.
///
/// Reiswich and Wystup (2010), *A Guide to FX Options Quoting Conventions*, Journal of Derivatives 18.
package enum DeltaConvention: Hashable, Sendable, CaseIterable {
  /// w e^(−qT) N(w d₁): spot hedges, premium in USD.
  case spot
  /// w N(w d₁): a forward hedges, premium in USD.
  case forward
  /// w e^(−qT) (K/F) N(w d₂): spot hedges, premium in the underlying.
  case premiumAdjustedSpot
  /// w (K/F) N(w d₂): a forward hedges, premium in the underlying.
  case premiumAdjustedForward

  /// - Parameters:
  ///   - discount: e^(−rT), of USD.
  ///   - carryDiscount: e^(−qT), of the underlying.
  ///   - deviation: σ√T.
  package func delta(
    _ kind: OptionKind, spot: Double, strike: Double, discount: Double, carryDiscount: Double, deviation: Double
  ) throws(QuantError) -> Double {
    _ = try positive(spot, "the spot price")
    _ = try positive(strike, "the strike")
    _ = try positive(discount, "the discount factor")
    _ = try positive(carryDiscount, "the discount factor of the underlying")
    _ = try positive(deviation, "the deviation to expiry")
    let forward = try positive(spot * (carryDiscount / discount), "the forward price")
    let terms = LognormalTerms(
      kind, logMoneyness: logRatio(forward, strike), moneyness: forward / strike, deviation: deviation)
    let delta =
      switch self {
      case .spot: carryDiscount * terms.cumulative1
      case .forward: terms.cumulative1
      case .premiumAdjustedSpot: carryDiscount * (strike / forward) * terms.cumulative2
      case .premiumAdjustedForward: (strike / forward) * terms.cumulative2
      }
    return try finite(kind.sign * delta, "the delta")
  }
}

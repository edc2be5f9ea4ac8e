import RealModule

/// A European option that pays all or nothing: a fixed amount, or one unit of the underlying, if it ends in the money.
///
/// cash: X e^(−rT) N(w d₂); asset: S e^(−qT) N(w d₁); Reiner and Rubinstein (1991, Risk 4). Without time or volatility
/// the payment is certain or never comes (exactly at the money: a half), and delta is that of a certain payment.
package struct DigitalOption: Hashable, Sendable {
  package enum Payment: Hashable, Sendable {
    /// This many USD.
    case cash(Double)
    /// One unit of the underlying.
    case asset
  }

  /// USD.
  package let price: Double
  /// Units of the underlying per option; unbounded near the strike at expiry.
  package let delta: Double
  /// Units per USD.
  package let gamma: Double
  /// USD per 1.00 of volatility.
  package let vega: Double

  package init(
    _ kind: OptionKind, pays payment: Payment, spot: Double, strike: Double, years: Double, rate: Double,
    carry: Double = 0, volatility: Double
  ) throws(QuantError) {
    let option = try PricedOption(
      kind, spot: spot, strike: strike, years: years, rate: rate, carry: carry, volatility: volatility)
    let (d1, d2, deviation, sign) = (option.d1, option.d2, option.deviation, option.sign)
    let isCertain = !(option.density1 > 0)
    // S e^(−qT) n(d₁) = K e^(−rT) n(d₂)
    let weight = option.carryDiscount * option.density1
    switch payment {
    case .cash(let amount):
      let cash = try nonNegative(amount, "the cash a digital option pays")
      let perStrike = cash * weight / strike
      price = cash * option.discount * option.cumulative2
      delta = isCertain ? 0 : sign * perStrike / deviation
      gamma = isCertain ? 0 : -sign * perStrike * d1 / (spot * deviation * deviation)
      vega = isCertain ? 0 : -sign * perStrike * spot * d1 / option.volatility
    case .asset:
      price = spot * option.carryDiscount * option.cumulative1
      delta = option.carryDiscount * option.cumulative1 + (isCertain ? 0 : sign * weight / deviation)
      gamma = isCertain ? 0 : -sign * weight * d2 / (spot * deviation * deviation)
      vega = isCertain ? 0 : -sign * spot * weight * d2 / option.volatility
    }
    guard price.isFinite, delta.isFinite, gamma.isFinite, vega.isFinite else {
      throw .notFinite("a Greek of the digital option")
    }
  }
}

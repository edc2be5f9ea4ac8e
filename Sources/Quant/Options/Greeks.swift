import RealModule

/// The price and all sensitivities of a European option (Black, Scholes, Merton), computed at once.
///
/// Conventions: time in years of 365 days, volatility annual and decimal, USD per unit of the underlying. Formulas as
/// in Haug, *The Complete Guide to Option Pricing Formulas* (2nd edition 2007, chapter 2). Where nothing is left to
/// chance (no time or no volatility) the second-order Greeks and vega are 0; without time so are theta, rho and phi.
package struct Greeks: Hashable, Sendable {
  /// USD.
  package let price: Double
  /// ∂V/∂S, units of the underlying per option.
  package let delta: Double
  /// ∂²V/∂S², units per USD.
  package let gamma: Double
  /// ∂V/∂σ, USD per 1.00 of volatility.
  package let vega: Double
  /// ∂V/∂t as time passes, USD per year.
  package let theta: Double
  /// ∂V/∂r, USD per 1.00 of the interest rate.
  package let rho: Double
  /// ∂V/∂q, USD per 1.00 of the carry.
  package let phi: Double
  /// ∂²V/∂S∂σ, units per 1.00 of volatility.
  package let vanna: Double
  /// ∂²V/∂σ², USD per 1.00 of volatility, twice.
  package let volga: Double
  /// ∂Δ/∂t as time passes, units per year.
  package let charm: Double
  /// ∂Γ/∂S, units per USD, twice.
  package let speed: Double
  /// ∂Γ/∂σ, units per USD per 1.00 of volatility.
  package let zomma: Double
  /// ∂V/∂K, USD per USD of the strike: minus the discounted probability of exercise, of a call.
  package let strikeDelta: Double

  /// Refuses a spot or strike that is not positive and anything not finite; years and volatility below 0 count as 0.
  package init(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, rate: Double, carry: Double = 0, volatility: Double
  ) throws(QuantError) {
    let option = try PricedOption(
      kind, spot: spot, strike: strike, years: years, rate: rate, carry: carry, volatility: volatility)
    price = option.price
    delta = option.delta
    let exercised = option.sign * strike * option.discount * option.cumulative2
    let held = spot * option.delta
    strikeDelta = -option.sign * option.discount * option.cumulative2
    rho = option.years * exercised
    phi = -option.years * held
    if option.density1 > 0 {
      let (d1, d2, sigma) = (option.d1, option.d2, option.volatility)
      let weight = option.carryDiscount * option.density1
      let (perDeviation, perVolatility, perSpot) = (1 / option.deviation, 1 / sigma, 1 / spot)
      let product = d1 * d2
      gamma = weight * perDeviation * perSpot
      vega = spot * weight * option.rootYears
      vanna = -weight * d2 * perVolatility
      volga = vega * product * perVolatility
      speed = -gamma * perSpot * (d1 * perDeviation + 1)
      zomma = gamma * (product - 1) * perVolatility
      // σ/√T = σ²/(σ√T), 1/T = (σ/(σ√T))²
      let perRoot = sigma * perDeviation
      theta = -0.5 * spot * weight * sigma * perRoot - rate * exercised + carry * held
      charm = carry * option.delta + weight * (0.5 * d2 * perRoot * perRoot - (rate - carry) * perDeviation)
    } else {
      (gamma, vega, vanna, volga, speed, zomma) = (0, 0, 0, 0, 0, 0)
      theta = option.years > 0 ? carry * held - rate * exercised : 0
      charm = option.years > 0 ? carry * option.delta : 0
    }
    guard isFinite else { throw .notFinite("a Greek of the option") }
  }

  /// Nought times anything finite is nought, and times anything else is no number: one test for all.
  @inline(__always) private var isFinite: Bool {
    let first = (price * 0 + delta * 0) + (gamma * 0 + vega * 0)
    let second = (theta * 0 + rho * 0) + (phi * 0 + vanna * 0)
    let third = (volga * 0 + charm * 0) + (speed * 0 + zomma * 0)
    return (first + second) + (third + strikeDelta * 0) == 0
  }
}

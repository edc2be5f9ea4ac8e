import RealModule

/// European options on an underlying that follows a geometric Brownian motion and pays a continuous yield.
///
/// d₁ = [ln(S/K) + (r − q + σ²/2) T] / (σ√T), d₂ = d₁ − σ√T, w = ±1:
/// price = w [S e^(−qT) N(w d₁) − K e^(−rT) N(w d₂)]; Black and Scholes (1973, Journal of Political Economy 81), Merton
/// (1973, Bell Journal of Economics 4).
///
/// The numbers one by one; all of them at once are `Greeks`. Without time (T ≤ 0) an option is worth its payoff and its
/// delta is a step, a half exactly at the money; without volatility (σ ≤ 0) it is worth the discounted payoff at the
/// forward.
package enum BlackScholesMerton {
  /// USD per unit of the underlying.
  package static func price(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, rate: Double, carry: Double = 0, volatility: Double
  ) throws(QuantError) -> Double {
    let option = try PricedOption(
      kind, spot: spot, strike: strike, years: years, rate: rate, carry: carry, volatility: volatility)
    return try finite(option.price, "the option's price")
  }

  /// Units of the underlying per option: between −1 and 1.
  package static func delta(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, rate: Double, carry: Double = 0, volatility: Double
  ) throws(QuantError) -> Double {
    // What simulations and replays ask for at every step: without the rest of `PricedOption`.
    _ = try positive(spot, "the spot price")
    _ = try positive(strike, "the strike")
    let left = max(try finite(years, "the time to expiry"), 0)
    _ = try finite(rate, "the interest rate")
    _ = try finite(carry, "the carry")
    let deviation = max(try finite(volatility, "the volatility"), 0) * left.squareRoot()
    let logMoneyness = logRatio(spot, strike) + (rate - carry) * left
    let probability: Double
    if deviation > 0 {
      probability = Normal.cumulative(kind.sign * (logMoneyness / deviation + 0.5 * deviation))
    } else {
      probability = logMoneyness == 0 ? 0.5 : kind.sign * logMoneyness > 0 ? 1 : 0
    }
    return try finite(
      kind.sign * probability * (carry == 0 ? 1 : Double.exp(-carry * left)), "the option's delta")
  }

  /// Change of delta per USD of the spot.
  package static func gamma(
    spot: Double, strike: Double, years: Double, rate: Double, carry: Double = 0, volatility: Double
  ) throws(QuantError) -> Double {
    let option = try PricedOption(
      .call, spot: spot, strike: strike, years: years, rate: rate, carry: carry, volatility: volatility)
    return try finite(option.gamma, "the option's gamma")
  }

  /// USD per 1.00 of volatility.
  package static func vega(
    spot: Double, strike: Double, years: Double, rate: Double, carry: Double = 0, volatility: Double
  ) throws(QuantError) -> Double {
    let option = try PricedOption(
      .call, spot: spot, strike: strike, years: years, rate: rate, carry: carry, volatility: volatility)
    return try finite(option.vega, "the option's vega")
  }

  /// The strike at which an option has this delta: K = F exp(−d₁ σ√T + σ²T/2), d₁ = w N⁻¹(w Δ e^(qT)).
  ///
  /// Refuses a delta that no strike gives: a call's lies between 0 and e^(−qT), a put's between −e^(−qT) and 0.
  package static func strike(
    _ kind: OptionKind, delta: Double, spot: Double, years: Double, rate: Double, carry: Double = 0, volatility: Double
  ) throws(QuantError) -> Double {
    _ = try positive(spot, "the spot price")
    _ = try positive(years, "the time to expiry")
    _ = try positive(volatility, "the volatility")
    _ = try finite(rate, "the interest rate")
    _ = try finite(carry, "the carry")
    let probability = try finite(kind.sign * delta * Double.exp(carry * years), "the delta")
    guard probability > 0 && probability < 1 else { throw .noSolution("a strike of this delta") }
    let d1 = kind.sign * (try Normal.quantile(probability))
    let deviation = volatility * years.squareRoot()
    let strike = spot * Double.exp((rate - carry) * years + (0.5 * deviation - d1) * deviation)
    return try positive(strike, "the strike of this delta")
  }
}

/// One option with the terms that its Greeks share. Its numbers are unchecked: whoever hands one out checks it.
struct PricedOption {
  let sign: Double
  let spot: Double
  let strike: Double
  /// T, not below 0.
  let years: Double
  let rate: Double
  let carry: Double
  /// σ, not below 0.
  let volatility: Double
  let rootYears: Double
  /// σ√T; 0 where there is nothing left to chance.
  let deviation: Double
  /// e^(−rT) and e^(−qT).
  let discount: Double
  let carryDiscount: Double
  let d1: Double
  let d2: Double
  /// N(w d₁) and N(w d₂), or the step they are without chance.
  let cumulative1: Double
  let cumulative2: Double
  /// n(d₁); 0 without chance.
  let density1: Double

  @inline(__always) init(
    _ kind: OptionKind, spot: Double, strike: Double, years: Double, rate: Double, carry: Double, volatility: Double
  ) throws(QuantError) {
    self.spot = try positive(spot, "the spot price")
    self.strike = try positive(strike, "the strike")
    self.years = max(try finite(years, "the time to expiry"), 0)
    self.rate = try finite(rate, "the interest rate")
    self.carry = try finite(carry, "the carry")
    self.volatility = max(try finite(volatility, "the volatility"), 0)
    sign = kind.sign
    rootYears = self.years.squareRoot()
    deviation = self.volatility * rootYears
    discount = rate == 0 ? 1 : Double.exp(-rate * self.years)
    carryDiscount = carry == 0 ? 1 : Double.exp(-carry * self.years)
    let logMoneyness = logRatio(spot, strike) + (rate - carry) * self.years
    if deviation > 0 {
      let terms = LognormalTerms(
        kind, logMoneyness: logMoneyness, moneyness: spot * carryDiscount / (strike * discount), deviation: deviation)
      (d1, d2, density1) = (terms.d1, terms.d2, terms.density1)
      (cumulative1, cumulative2) = (terms.cumulative1, terms.cumulative2)
    } else {
      let step = logMoneyness == 0 ? 0.5 : sign * logMoneyness > 0 ? 1.0 : 0.0
      (d1, d2, density1) = (0, 0, 0)
      (cumulative1, cumulative2) = (step, step)
    }
  }

  /// Never below 0, nor below what parity says.
  var price: Double {
    let (long, short) = (spot * carryDiscount, strike * discount)
    return max(sign * (long * cumulative1 - short * cumulative2), sign * (long - short), 0)
  }

  var delta: Double { sign * carryDiscount * cumulative1 }

  var gamma: Double { density1 > 0 ? carryDiscount * density1 / (spot * deviation) : 0 }

  var vega: Double { density1 > 0 ? spot * carryDiscount * density1 * rootYears : 0 }
}

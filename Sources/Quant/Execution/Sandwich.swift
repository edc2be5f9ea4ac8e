/// A swap in a pool of constant product, and what a searcher gains by trading before and after it.
///
/// With reserves X in and Y out, fee φ, g = 1 − φ and the victim's v: quote = Y g v/(X + g v). A front-run of a, sold
/// back after the swap, gains
///
///     g² a (X + a + v)(X + a + g v)/(X (X + a) + g² a (X + a + g v)) − a
///
/// which is above zero for some a only if (1 + v/X)(1 + g v/X) > 1/g²: a smaller clip cannot be sandwiched whatever its
/// tolerance. In a concentrated pool X is the virtual reserve, L/√P or L√P.
package struct Sandwich: Hashable, Sendable {
  /// X, Y: units of each token.
  package let reserveIn: Double
  package let reserveOut: Double
  /// v: units of the token in.
  package let amountIn: Double
  /// φ: 0.003 is 30 bp.
  package let fee: Double
  /// s: the part of the quote that the victim's least output allows to be lost.
  package let tolerance: Double

  package init(
    reserveIn: Double, reserveOut: Double, amountIn: Double, fee: Double, tolerance: Double
  ) throws(QuantError) {
    self.reserveIn = try positive(reserveIn, "reserve in")
    self.reserveOut = try positive(reserveOut, "reserve out")
    self.amountIn = try positive(amountIn, "amount in")
    self.fee = try Self.fee(fee)
    self.tolerance = try nonNegative(tolerance, "tolerance")
    guard tolerance < 1 else { throw .outOfRange("tolerance", needs: "below 1") }
  }

  private static func fee(_ fee: Double) throws(QuantError) -> Double {
    let fee = try nonNegative(fee, "fee")
    guard fee < 1 else { throw .outOfRange("fee", needs: "below 1") }
    return fee
  }

  private var kept: Double { 1 - fee }

  /// What the swap gives if nobody comes before it, units out.
  package var quote: Double { reserveOut * (kept * amountIn / (reserveIn + kept * amountIn)) }

  /// quote · (1 − s), units out.
  package var leastOutput: Double { quote * (1 - tolerance) }

  /// What the victim gets after a front-run of `amount`, units out.
  package func output(afterFrontRun amount: Double) throws(QuantError) -> Double {
    let a = try nonNegative(amount, "front-run")
    let left = reserveOut * (reserveIn / (reserveIn + kept * a))
    return try finite(left * (kept * amountIn / (reserveIn + a + kept * amountIn)), "victim's output")
  }

  /// The front-run that leaves the victim its least output and no more, units in:
  /// (X + ga)(X + a + gv) = X (X + gv)/(1 − s).
  package var frontRunAtLimit: Double {
    let g = kept
    let a = reserveIn + g * amountIn
    let b = reserveIn + g * a
    let c = reserveIn * a * (tolerance / (1 - tolerance))
    // The root of g a² + b a − c without subtracting.
    return 2 * c / (b + (b * b + 4 * g * c).squareRoot())
  }

  /// What the searcher gains by a front-run of `amount`, units in; it does not pay gas here.
  package func profit(frontRun amount: Double) throws(QuantError) -> Double {
    let a = try nonNegative(amount, "front-run")
    let g = kept
    let after = reserveIn + a + g * amountIn
    let upper = g * g * (reserveIn + a + amountIn) * after - reserveIn * (reserveIn + a) - g * g * a * after
    return try finite(a * (upper / (reserveIn * (reserveIn + a) + g * g * a * after)), "searcher's profit")
  }

  /// Whether any front-run at all would gain, were the tolerance wide enough: (1 + v/X)(1 + gv/X) > 1/g².
  package var isSandwichable: Bool {
    let g = kept
    return g * g * (1 + amountIn / reserveIn) * (1 + g * amountIn / reserveIn) > 1
  }

  /// The front-run that gains most within the victim's tolerance, units in; zero where none gains.
  package func optimalFrontRun() throws(QuantError) -> Double {
    let limit = frontRunAtLimit
    guard isSandwichable, limit > 0 else { return 0 }
    if slope(limit) >= 0 { return limit }
    return try RootSearch.between(0, limit, "the best front-run") { a throws(QuantError) in slope(a) }
  }

  /// The sign and zero of the profit's derivative: N′D − ND′ − D² over D², with everything in units of X.
  private func slope(_ amount: Double) -> Double {
    let (g, a, v) = (kept, amount / reserveIn, amountIn / reserveIn)
    let square = g * g
    let (p, q) = (1 + a + v, 1 + a + g * v)
    let upper = square * a * p * q
    let upperSlope = square * (p * q + a * (p + q))
    let lower = 1 + a + square * a * q
    let lowerSlope = 1 + square * (q + a)
    return (upperSlope - upper * lowerSlope / lower) / lower - 1
  }

  /// The largest swap that cannot be sandwiched at any tolerance, units in: the root of (1 + z)(1 + gz) = 1/g², times
  /// X; about φ X. Larger orders want clips, a private relay or a quote.
  package static func largestSafeClip(reserveIn: Double, fee: Double) throws(QuantError) -> Double {
    let reserve = try positive(reserveIn, "reserve in")
    let fee = try Self.fee(fee)
    let g = 1 - fee
    // 1/g² − 1 = φ(2 − φ)/g²
    let excess = fee * (2 - fee) / (g * g)
    return try finite(
      reserve * (2 * excess / (1 + g + ((1 + g) * (1 + g) + 4 * g * excess).squareRoot())), "largest safe clip")
  }
}

/// How much worse than quoted a swap may come out.
package enum SlippageTolerance {
  /// Own impact + 2 σ √(time to inclusion) + one tick, as a part of the value; but no more than makes a sandwich worth
  /// its gas: s · notional < gas of the attacker.
  /// - Parameters:
  ///   - impact: of the swap itself, part of the value.
  ///   - volatility: per √year.
  ///   - inclusionYears: until it is mined.
  ///   - tick: the pool's step, part of the price.
  ///   - notional: USD.
  ///   - attackersGas: USD for the two transactions of a sandwich.
  package static func advised(
    impact: Double, volatility: Double, inclusionYears: Double, tick: Double, notional: Double, attackersGas: Double
  ) throws(QuantError) -> Double {
    let wait = try nonNegative(inclusionYears, "time to inclusion").squareRoot()
    let wanted =
      try nonNegative(impact, "impact") + 2 * (try nonNegative(volatility, "volatility")) * wait
      + (try nonNegative(tick, "tick"))
    let cap = try nonNegative(attackersGas, "attacker's gas") / (try positive(notional, "notional"))
    return try finite(min(wanted, cap, 1), "slippage tolerance")
  }
}

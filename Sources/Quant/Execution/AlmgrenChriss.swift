import RealModule

/// What a market takes for trading, in the model of Almgren and Chriss: arithmetic prices, linear impact.
package struct LinearImpact: Hashable, Sendable {
  /// σ: USD per unit per √day (or whatever the unit of time is).
  package let volatility: Double
  /// ε: USD per unit, half the spread and the fee.
  package let halfSpread: Double
  /// γ: USD per unit², what each unit moves the price for good.
  package let permanent: Double
  /// η: USD · days per unit², what trading one unit per day costs each unit.
  package let temporary: Double

  package init(
    volatility: Double, halfSpread: Double, permanent: Double, temporary: Double
  ) throws(QuantError) {
    self.volatility = try nonNegative(volatility, "volatility")
    self.halfSpread = try nonNegative(halfSpread, "half-spread")
    self.permanent = try nonNegative(permanent, "permanent impact")
    self.temporary = try positive(temporary, "temporary impact")
  }
}

/// The schedule that trades off the cost of impact against the risk of waiting (Almgren and Chriss 2000, Journal of
/// Risk 3(2):5-39, eq. 17-20).
///
///     η̃ = η − γτ/2      2(cosh(κτ) − 1) = τ² λ σ²/η̃      x_j = X sinh(κ(T − t_j))/sinh(κT)
///     E = γX²/2 + ε Σ|n| + (η̃/τ) Σ n²      V = σ² τ Σ x²
///
/// With λ = 0 all clips are equal (TWAP); in volume time that is VWAP.
package struct AlmgrenChriss: Hashable, Sendable {
  /// κ per day.
  package let kappa: Double
  /// x₀…x_N: what is still to be traded after each interval, units.
  package let holdings: [Double]
  /// n₁…n_N: what each interval trades, units.
  package let trades: [Double]
  /// E, USD.
  package let expectedCost: Double
  /// V, USD².
  package let variance: Double

  /// 1/κ, days: after as long, 1/e of the order is left where there is no end in sight; nil for TWAP.
  package var halfLife: Double? {
    let life = 1 / kappa
    return life.isFinite ? life : nil
  }

  /// Clips are copied into arrays; ten thousand is finer than any chain has blocks for in a day.
  package static let maximumIntervals = 10_000

  /// - Parameters:
  ///   - quantity: X, units; its sign is that of all clips.
  ///   - horizon: T, days.
  ///   - intervals: N.
  ///   - riskAversion: λ, per USD.
  package init(
    quantity: Double, horizon: Double, intervals: Int, impact: LinearImpact, riskAversion: Double
  ) throws(QuantError) {
    guard (1...Self.maximumIntervals).contains(intervals) else {
      throw .outOfRange("number of intervals", needs: "from 1 to 10,000")
    }
    let quantity = try finite(quantity, "quantity")
    let tau = try positive(horizon, "horizon") / Double(intervals)
    let aversion = try nonNegative(riskAversion, "risk aversion")
    let eta = impact.temporary - 0.5 * impact.permanent * tau
    guard eta > 0 else {
      throw .outOfRange("temporary impact", needs: "above half the permanent impact of one interval")
    }
    let rate = (aversion / eta).squareRoot() * impact.volatility
    // cosh z − 1 = 2 sinh²(z/2)
    let kappa = try finite(2 / tau * Double.asinh(0.5 * tau * rate), "kappa")
    let holdings = Self.holdings(quantity, kappa * tau, intervals)
    let trades = zip(holdings, holdings.dropFirst()).map { $0 - $1 }
    var (squares, absolute, risk) = (0.0, 0.0, 0.0)
    for trade in trades {
      squares += trade * trade
      absolute += trade.magnitude
    }
    for holding in holdings.dropFirst() { risk += holding * holding }
    self.kappa = kappa
    self.holdings = holdings
    self.trades = trades
    expectedCost = try finite(
      0.5 * impact.permanent * quantity * quantity + impact.halfSpread * absolute + eta / tau * squares,
      "expected cost")
    variance = try finite(impact.volatility * impact.volatility * tau * risk, "variance of the cost")
  }

  /// X sinh((N − j) z)/sinh(N z), by exponentials of negative numbers only.
  private static func holdings(_ quantity: Double, _ z: Double, _ intervals: Int) -> [Double] {
    let n = Double(intervals)
    let whole = -Double.expMinusOne(-2 * n * z)
    return (0...intervals).map { step in
      let left = n - Double(step)
      if step == 0 { return quantity }
      // Where κT is at rounding, the line.
      guard whole > 1e-12 else { return quantity * (left / n) }
      return quantity * Double.exp(-z * Double(step)) * (-Double.expMinusOne(-2 * left * z) / whole)
    }
  }

  /// Equal clips: the schedule for no risk aversion.
  package static func timeWeighted(
    quantity: Double, horizon: Double, intervals: Int, impact: LinearImpact
  ) throws(QuantError) -> AlmgrenChriss {
    try AlmgrenChriss(
      quantity: quantity, horizon: horizon, intervals: intervals, impact: impact, riskAversion: 0)
  }
}

import RealModule

/// What a trade costs: something for trading at all, and something for each unit.
package struct TradingCosts: Hashable, Sendable {
  /// F: USD per transaction (gas).
  package let fixed: Double
  /// k: USD per unit of the underlying, one way (fee, half the spread, impact).
  package let perUnit: Double

  /// At least one of them must be above zero: without costs there is no band.
  package init(fixed: Double, perUnit: Double) throws(QuantError) {
    self.fixed = try nonNegative(fixed, "fixed cost")
    self.perUnit = try nonNegative(perUnit, "cost per unit")
    guard fixed > 0 || perUnit > 0 else { throw .outOfRange("fixed cost and cost per unit", needs: "not both zero") }
  }
}

/// How the target moves against the price it hedges.
package struct TargetMotion: Hashable, Sendable {
  /// q: quadratic variation of the target, units² per year. With Γ in units per USD, (Γ σ S)² and the variance of
  /// flows.
  package let targetVariance: Double
  /// v: variance of the price, (USD per unit)² per year, (σ S)².
  package let priceVariance: Double

  package init(targetVariance: Double, priceVariance: Double) throws(QuantError) {
    self.targetVariance = try positive(targetVariance, "target's quadratic variation")
    self.priceVariance = try positive(priceVariance, "price variance")
  }

  /// A target moved by its gamma, by implied volatility and by flows:
  /// q = (Γ σ S)² + 2 ρ Γ Vanna (σ S) ξ + (Vanna ξ)² + q_flows.
  /// - Parameters:
  ///   - gamma: Γ = d target/d price of the book, units per USD.
  ///   - spot: USD per unit.
  ///   - volatility: σ of the price, per √year.
  ///   - vanna: change of the target per 1.00 of implied volatility, units.
  ///   - volatilityOfVolatility: ξ, absolute, of implied volatility per √year.
  ///   - correlation: ρ between price and implied volatility.
  ///   - flows: quadratic variation from deposits and withdrawals, units² per year.
  package init(
    gamma: Double, spot: Double, volatility: Double, vanna: Double = 0, volatilityOfVolatility: Double = 0,
    correlation: Double = 0, flows: Double = 0
  ) throws(QuantError) {
    let spot = try positive(spot, "spot")
    let sigma = try positive(volatility, "volatility")
    let rho = try finite(correlation, "correlation")
    guard rho.magnitude <= 1 else { throw .outOfRange("correlation", needs: "from -1 to 1") }
    let fromPrice = try finite(gamma, "gamma") * sigma * spot
    let fromVolatility =
      try finite(vanna, "vanna") * (try nonNegative(volatilityOfVolatility, "volatility of volatility"))
    // (a + ρb)² + (1 − ρ²)b², which no rounding makes negative.
    let joint = fromPrice + rho * fromVolatility
    let own = (1 - rho * rho) * fromVolatility * fromVolatility
    try self.init(
      targetVariance: joint * joint + own + (try nonNegative(flows, "quadratic variation of flows")),
      priceVariance: sigma * spot * (sigma * spot))
  }
}

/// The no-trade band for fixed and proportional costs together: hold while the deviation from the target is at most
/// `trigger`; beyond it, trade to a deviation of `reset` on the same side.
///
/// With x = actual − target, dx = √q dW and running cost γ v x²/2, the ergodic control problem has
///
///     b r (b + r) = 3 k q/(γ v) = A        (b + r)(b − r)³ = 12 F q/(γ v) = B
///     u = b + r:  u³ − u^(1/3) B^(2/3) = 4 A,   b − r = (B/u)^(1/3)
///
/// (the small-cost structure of Whalley and Wilmott 1999, European Journal of Applied Mathematics 10:117-139). Without
/// F it is b = r = (3kq/(2γv))^(1/3), trade to the EDGE (Whalley-Wilmott, Davis-Norman); without k it is
/// b = (12Fq/(γv))^(1/4), r = 0, trade to the CENTRE (Korn 1998; Altarovici, Muhle-Karbe and Soner 2015).
///
/// The leading order uses the costs of the moment (Kallsen and Muhle-Karbe 2017), so recalculating with the current gas
/// price is right: dear gas widens the band and moves the reset towards the target.
package struct ImpulseBand: Hashable, Sendable {
  /// b: the deviation beyond which to trade, units of the underlying.
  package let trigger: Double
  /// r: the deviation to trade to, units; 0 ≤ r ≤ b.
  package let reset: Double
  /// b − r: what one trade moves, units; zero where there is no fixed cost.
  package let clip: Double
  package let motion: TargetMotion
  package let costs: TradingCosts
  /// γ: per USD (absolute risk aversion).
  package let riskAversion: Double

  /// The band for a given risk aversion, per USD.
  package init(motion: TargetMotion, costs: TradingCosts, riskAversion: Double) throws(QuantError) {
    let aversion = try positive(riskAversion, "risk aversion")
    // q/(γ v), by quotients that stay in range when the product would not.
    let scale = motion.targetVariance / motion.priceVariance / aversion
    let a = try finite(3 * costs.perUnit * scale, "band's proportional term")
    let b = try finite(12 * costs.fixed * scale, "band's fixed term")
    let sum = Self.sum(a, b)
    let difference = b > 0 ? Double.root(b / sum, 3) : 0
    trigger = 0.5 * (sum + difference)
    // b r (b + r) = A gives r without the cancellation of (u − w)/2.
    reset = b > 0 ? min(a / (trigger * sum), trigger) : trigger
    clip = difference
    guard trigger.isFinite, trigger > 0, reset.isFinite else { throw .notFinite("the band") }
    self.motion = motion
    self.costs = costs
    self.riskAversion = aversion
  }

  /// u of u³ − u^(1/3) B^(2/3) = 4A, for A, B ≥ 0 and not both zero.
  private static func sum(_ a: Double, _ b: Double) -> Double {
    guard b > 0 else { return Double.root(4 * a, 3) }
    let unit = b.squareRoot().squareRoot()
    // u = B^(1/4) s³ makes it s⁹ − s = 4A/B^(3/4).
    let right = 4 * (a / unit / unit / unit)
    guard right.isFinite else { return Double.root(4 * a, 3) }
    // Above the root (s ≤ right makes s⁹ ≤ 2·right, else s⁹ < 2s), where the function is convex: Newton only falls.
    var s = max(Double.root(2 * right, 9), 1.090_507_732_665_257_7)
    for _ in 0..<100 {
      let power4 = s * s * s * s
      let power8 = power4 * power4
      let next = s - (power8 * s - s - right) / (9 * power8 - 1)
      guard next < s else { break }
      s = next
    }
    return unit * s * s * s
  }

  /// The deviation to hold after looking at `deviation`: itself within the trigger, else ±reset on its own side.
  package func deviationAfterLooking(at deviation: Double, trigger: Double? = nil) throws(QuantError) -> Double {
    let deviation = try finite(deviation, "deviation")
    guard deviation.magnitude > trigger ?? self.trigger else { return deviation }
    return deviation < 0 ? -reset : reset
  }

  /// The trigger to use when the deviation is looked at only every `interval` years: b − 0.5826 √(q Δt), never below r.
  ///
  /// Between looks the deviation runs past the trigger by 0.5826 √(q Δt) on average, 0.5826 = −ζ(1/2)/√(2π) (Broadie,
  /// Glasserman and Kou 1997, Mathematical Finance 7:325-349).
  package func monitoredTrigger(interval: Double) throws(QuantError) -> Double {
    let interval = try nonNegative(interval, "interval between looks")
    return max(reset, trigger - 0.5826 * (motion.targetVariance * interval).squareRoot())
  }
}

/// Exact averages of the stationary deviation under the band: see `StationaryBand`.
extension ImpulseBand {
  package var averages: StationaryBand { StationaryBand(self) }

  package var tradesPerYear: Double? { averages.tradesPerYear }
  package var volumePerYear: Double { averages.volumePerYear }
  package var costPerYear: Double { averages.costPerYear }
  package var meanSquareDeviation: Double { averages.meanSquareDeviation }
  package var trackingError: Double { averages.trackingError }

  /// γ v E[x²]/2: what the deviation costs the risk-averse, USD per year. A third of the whole without fixed costs,
  /// half of it without proportional ones.
  package var riskPerYear: Double { 0.5 * riskAversion * motion.priceVariance * meanSquareDeviation }
}

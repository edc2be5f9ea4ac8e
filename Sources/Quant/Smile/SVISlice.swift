import RealModule

/// The smile of one expiry: total implied variance w = σ²T as a function of k = ln(K/F), in Gatheral's raw form.
///
/// w(k) = a + b {ρ (k − m) + √((k − m)² + σ²)}; Gatheral and Jacquier (2014), *Arbitrage-free SVI volatility surfaces*,
/// Quantitative Finance 14.
package struct SVISlice: Hashable, Sendable {
  package let a: Double
  /// The slope of the wings, zero or more.
  package let b: Double
  /// Between −1 and 1: the wings' slopes are b (ρ − 1) and b (ρ + 1).
  package let rho: Double
  package let m: Double
  /// How round the vertex is, above zero.
  package let sigma: Double

  package init(a: Double, b: Double, rho: Double, m: Double, sigma: Double) throws(QuantError) {
    self.a = try finite(a, "the level of the smile")
    self.b = try nonNegative(b, "the wing slope of the smile")
    self.rho = try finite(rho, "the rotation of the smile")
    self.m = try finite(m, "the position of the smile")
    self.sigma = try positive(sigma, "the smoothness of the smile")
    guard abs(rho) <= 1 else { throw .outOfRange("the rotation of the smile", needs: "between -1 and 1") }
  }

  /// w(k); may be negative where the parameters are bad.
  package func totalVariance(_ k: Double) -> Double {
    let x = k - m
    return a + b * (rho * x + hypotenuse(x))
  }

  /// w′(k).
  package func slope(_ k: Double) -> Double {
    let x = k - m
    return b * (rho + x / hypotenuse(x))
  }

  /// w″(k), zero or more.
  package func curvature(_ k: Double) -> Double {
    let ratio = sigma / hypotenuse(k - m)
    return b * ratio * ratio * ratio / sigma
  }

  private func hypotenuse(_ x: Double) -> Double { Double.hypot(x, sigma) }

  /// The least total variance of any strike, a + b σ √(1 − ρ²).
  package var leastVariance: Double { a + b * sigma * ((1 - rho) * (1 + rho)).squareRoot() }

  /// Durrleman's g(k) = (1 − k w′/(2w))² − w′²/4 (1/w + 1/4) + w″/2, the risk-neutral density up to a positive factor.
  /// −∞ where the total variance is not positive.
  package func density(_ k: Double) -> Double {
    let w = totalVariance(k)
    guard w > 0 else { return -.infinity }
    let (w1, w2) = (slope(k), curvature(k))
    let skewed = 1 - 0.5 * k * w1 / w
    return skewed * skewed - 0.25 * w1 * w1 * (1 / w + 0.25) + 0.5 * w2
  }

  /// √(w(k)/T), annual; refuses a strike whose total variance is negative.
  package func volatility(_ k: Double, years: Double) throws(QuantError) -> Double {
    _ = try finite(k, "the log-moneyness")
    _ = try positive(years, "the time to expiry")
    let variance = try nonNegative(totalVariance(k), "the total variance of this strike")
    return try finite((variance / years).squareRoot(), "the volatility of this strike")
  }
}

/// The smile by what a trader sees in it: Gatheral and Jacquier's jump-wings parameters, which hardly depend on the
/// expiry.
package struct SVIJumpWings: Hashable, Sendable {
  /// v: the at-the-money variance, annual.
  package let variance: Double
  /// ψ: the at-the-money skew, ∂√w/∂k.
  package let skew: Double
  /// p and c: the slopes of the put and the call wing over √w.
  package let putSlope: Double
  package let callSlope: Double
  /// ṽ: the least variance of any strike, annual.
  package let leastVariance: Double
  /// T.
  package let years: Double

  package init(
    variance: Double, skew: Double, putSlope: Double, callSlope: Double, leastVariance: Double, years: Double
  ) throws(QuantError) {
    self.variance = try positive(variance, "the at-the-money variance")
    self.skew = try finite(skew, "the skew")
    self.putSlope = try nonNegative(putSlope, "the slope of the put wing")
    self.callSlope = try nonNegative(callSlope, "the slope of the call wing")
    self.leastVariance = try nonNegative(leastVariance, "the least variance")
    self.years = try positive(years, "the time to expiry")
  }

  package init(_ slice: SVISlice, years: Double) throws(QuantError) {
    let atTheMoney = try positive(slice.totalVariance(0), "the at-the-money variance")
    let root = atTheMoney.squareRoot()
    try self.init(
      variance: atTheMoney / (try positive(years, "the time to expiry")), skew: slice.slope(0) / (2 * root),
      putSlope: slice.b * (1 - slice.rho) / root, callSlope: slice.b * (1 + slice.rho) / root,
      leastVariance: slice.leastVariance / years, years: years)
  }

  /// Lemma 3.2 of Gatheral and Jacquier (2014). Refuses parameters that no smile has (the skew outside the wings'
  /// slopes) or that more than one has (a skew of nought: the vertex is then at the money and only one variance says
  /// so).
  package func slice() throws(QuantError) -> SVISlice {
    let root = (variance * years).squareRoot()
    let b = try positive(0.5 * root * (putSlope + callSlope), "the wing slope of the smile")
    let rho = 1 - 2 * putSlope / (putSlope + callSlope)
    // β = −m/√(m² + σ²) turned: w′(0) = b (ρ − β).
    let beta = rho - 4 * skew / (putSlope + callSlope)
    guard abs(beta) < 1 else { throw .noSolution("a smile whose skew is beyond its wings' slopes") }
    let rise = try nonNegative(
      (variance - leastVariance) * years, "the rise from the least to the at-the-money variance")
    let flank = ((1 - rho) * (1 + rho)).squareRoot()
    // With m = σ β/√(1 − β²): rise = b σ [(1 − ρβ)/√(1 − β²) − √(1 − ρ²)], which also holds at m = 0.
    let lean = ((1 - beta) * (1 + beta)).squareRoot()
    let factor = (1 - rho * beta) / lean - flank
    guard rise > 0, factor > 0 else { throw .noSolution("one smile of these jump-wings parameters") }
    let sigma = rise / (b * factor)
    return try SVISlice(
      a: leastVariance * years - b * sigma * flank, b: b, rho: rho, m: sigma * beta / lean, sigma: sigma)
  }
}

import RealModule

/// GARCH(1,1): h_t = ω + α ε²_{t−1} + β h_{t−1} (Bollerslev 1986, Journal of Econometrics 31:307-327).
package struct GARCH: Hashable, Sendable {
  /// ω: variance per period.
  package let omega: Double
  package let alpha: Double
  package let beta: Double

  /// ω > 0, α and β ≥ 0, α + β < 1, so that there is a long-run variance.
  package init(omega: Double, alpha: Double, beta: Double) throws(QuantError) {
    self.omega = try positive(omega, "omega")
    self.alpha = try nonNegative(alpha, "alpha")
    self.beta = try nonNegative(beta, "beta")
    guard alpha + beta < 1 else { throw .outOfRange("alpha + beta", needs: "below 1") }
  }

  /// From the long-run variance instead of ω.
  package init(longRunVariance: Double, alpha: Double, beta: Double) throws(QuantError) {
    let omega = try positive(longRunVariance, "long-run variance") * (1 - alpha - beta)
    try self.init(omega: omega, alpha: alpha, beta: beta)
  }

  /// α + β: what of a shock to the variance is left after one period.
  package var persistence: Double { alpha + beta }

  /// ω/(1 − α − β), per period.
  package var longRunVariance: Double { omega / (1 - persistence) }

  /// The variance of the next period, from the variance and the return (less its mean) of this one.
  package func next(variance: Double, return r: Double) throws(QuantError) -> Double {
    let r = try finite(r, "return")
    return try finite(omega + alpha * r * r + beta * (try nonNegative(variance, "variance")), "variance")
  }

  /// E[h] `periods` after a period whose variance is `variance`: VL + (α + β)^j (h − VL).
  package func forecast(variance: Double, periods: Int) throws(QuantError) -> Double {
    guard periods >= 0 else { throw .outOfRange("periods", needs: "zero or more") }
    let variance = try nonNegative(variance, "variance")
    return try finite(
      longRunVariance + Double.pow(persistence, Double(periods)) * (variance - longRunVariance), "forecast")
  }

  /// The mean of E[h] over `periods` from one whose variance is `variance`: what an option or a band of that length
  /// sees.
  package func averageForecast(variance: Double, periods: Int) throws(QuantError) -> Double {
    guard periods >= 1 else { throw .outOfRange("periods", needs: "one or more") }
    let variance = try nonNegative(variance, "variance")
    let n = Double(periods)
    let weight = persistence == 0 ? 1 : -Double.expMinusOne(n * Double.log(persistence)) / (1 - persistence)
    return try finite(longRunVariance + (variance - longRunVariance) * weight / n, "average forecast")
  }

  /// Variances along a series.
  package struct Filtered: Hashable, Sendable {
    /// h of each period.
    package let variances: [Double]
    /// h of the period after the last.
    package let next: Double
    /// Of normal returns: −½ Σ [ln 2π + ln h + ε²/h].
    package let logLikelihood: Double
  }

  /// Runs along returns less their mean. What came before the first has ε² = h = the mean square of the series
  /// (Fiorentini, Calzolari and Panattoni 1996, Journal of Applied Econometrics 11:399-417).
  package func filter(_ returns: [Double]) throws(QuantError) -> Filtered {
    guard !returns.isEmpty else { throw .outOfRange("number of returns", needs: "one or more") }
    var squares = 0.0
    for r in returns { squares += r * r }
    var square = try finite(squares / Double(returns.count), "mean square of the returns")
    var variance = square
    var variances: [Double] = []
    variances.reserveCapacity(returns.count)
    var likelihood = 0.0
    for r in returns {
      variance = omega + alpha * square + beta * variance
      square = r * r
      variances.append(variance)
      likelihood -= 0.5 * (Double.log(2 * Double.pi * variance) + square / variance)
    }
    return Filtered(
      variances: variances, next: try finite(omega + alpha * square + beta * variance, "variance"),
      logLikelihood: try finite(likelihood, "log-likelihood"))
  }
}

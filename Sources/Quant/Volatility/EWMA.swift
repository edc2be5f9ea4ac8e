import RealModule

/// Exponentially weighted variance: s² ← λ s² + (1 − λ) r² (RiskMetrics 1996; λ = 0.94 for days, 0.97 for covariances).
package struct EWMA: Hashable, Sendable {
  /// λ per period, strictly between 0 and 1.
  package let lambda: Double
  /// Variance per period.
  package private(set) var variance: Double

  package init(lambda: Double, variance: Double) throws(QuantError) {
    self.lambda = try CPPI.probability(lambda, "lambda")
    self.variance = try nonNegative(variance, "variance")
  }

  /// Standard deviation per √period.
  package var deviation: Double { variance.squareRoot() }

  /// Takes in the return of one period.
  package mutating func update(return r: Double) throws(QuantError) {
    let r = try finite(r, "return")
    variance = try finite(lambda * variance + (1 - lambda) * r * r, "variance")
  }

  /// Takes in a return over `periods` of any length, such as an hour as 1/24 of a day: the weight of the past is
  /// λ^periods, and the return counts by its variance per period.
  package mutating func update(return r: Double, periods: Double) throws(QuantError) {
    let r = try finite(r, "return")
    let periods = try positive(periods, "periods")
    let kept = Double.pow(lambda, periods)
    let fresh = -Double.expMinusOne(periods * Double.log(lambda))
    variance = try finite(kept * variance + fresh * r * (r / periods), "variance")
  }
}

/// Exponentially weighted covariance of two series with mean zero, begun with the first pair's products.
package struct EWMACovariance: Hashable, Sendable {
  /// λ per period.
  package let lambda: Double
  /// Per period.
  package private(set) var varianceX: Double
  package private(set) var varianceY: Double
  package private(set) var covariance: Double
  /// Pairs taken in.
  package private(set) var count: Int

  package init(lambda: Double, x: Double, y: Double) throws(QuantError) {
    self.lambda = try CPPI.probability(lambda, "lambda")
    let x = try finite(x, "return x")
    let y = try finite(y, "return y")
    varianceX = try finite(x * x, "variance of x")
    varianceY = try finite(y * y, "variance of y")
    covariance = x * y
    count = 1
  }

  /// Takes in whole series of one length.
  package init(lambda: Double, x: [Double], y: [Double]) throws(QuantError) {
    guard x.count == y.count else { throw .outOfRange("series", needs: "of one length") }
    guard let firstX = x.first, let firstY = y.first else {
      throw .outOfRange("number of returns", needs: "one or more")
    }
    try self.init(lambda: lambda, x: firstX, y: firstY)
    for (x, y) in zip(x.dropFirst(), y.dropFirst()) { try update(x: x, y: y) }
  }

  package mutating func update(x: Double, y: Double) throws(QuantError) {
    let x = try finite(x, "return x")
    let y = try finite(y, "return y")
    varianceX = try finite(lambda * varianceX + (1 - lambda) * x * x, "variance of x")
    varianceY = try finite(lambda * varianceY + (1 - lambda) * y * y, "variance of y")
    covariance = try finite(lambda * covariance + (1 - lambda) * x * y, "covariance")
    count += 1
  }

  /// −1…1; nil where either does not vary.
  package var correlation: Double? {
    let spread = varianceX.squareRoot() * varianceY.squareRoot()
    guard spread > 0 else { return nil }
    return min(max(covariance / spread, -1), 1)
  }

  /// Cov/Var(x): how y moves per move of x, and how much of x hedges y with the least variance; nil where x does not
  /// vary.
  package var beta: Double? {
    guard varianceX > 0 else { return nil }
    let beta = covariance / varianceX
    return beta.isFinite ? beta : nil
  }

  /// Beta drawn towards zero by how much of it may be chance: β (nρ² − 1)/(nρ²), the factor held to 0…1. For hedging
  /// crypto with macro series, whose betas come and go.
  /// - Parameter effectiveCount: n; a weighted series of decay λ has about (1 + λ)/(1 − λ).
  package func shrunkBeta(effectiveCount: Double) throws(QuantError) -> Double? {
    let n = try positive(effectiveCount, "effective count")
    guard let beta, let correlation else { return nil }
    let strength = n * correlation * correlation
    guard strength > 1 else { return 0 }
    return beta * (strength - 1) / strength
  }

  /// The lesser of the pairs seen and (1 + λ)/(1 − λ).
  package var effectiveCount: Double { min(Double(count), (1 + lambda) / (1 - lambda)) }
}

/// How closely one series of returns followed another, and how well it hedged it.
package struct TrackingStatistics: Hashable, Sendable {
  /// Standard deviation of portfolio − benchmark with n − 1, per period (Roll 1992).
  package let trackingError: Double
  /// Per year.
  package let annualTrackingError: Double
  /// Mean of portfolio − benchmark, per period.
  package let meanActive: Double
  /// √mean((portfolio − benchmark)²), per period: the tracking error with its bias.
  package let rootMeanSquareActive: Double
  /// Annual mean over annual tracking error; nil where the tracking error is zero.
  package let informationRatio: Double?
  /// 1 − Var(portfolio − benchmark)/Var(portfolio), the benchmark being the hedge (Ederington 1979, Journal of Finance
  /// 34:157-170); nil where the portfolio does not vary.
  package let hedgeEffectiveness: Double?
  /// Square of the correlation; nil where either does not vary.
  package let rSquared: Double?
  /// Cov/Var(benchmark): how much of the hedge makes the variance least; nil where the benchmark does not vary.
  package let minimumVarianceRatio: Double?
  /// Σ portfolio/Σ benchmark: within 0.80…1.25 a hedge passed as effective under IAS 39; nil where the benchmark ends
  /// where it began.
  package let dollarOffset: Double?

  /// - Parameters:
  ///   - portfolio: returns of the hedged exposure, decimal per period.
  ///   - benchmark: returns of what follows or hedges it, in the same periods.
  ///   - periodsPerYear: 365 for daily returns of a market that never closes.
  package init(portfolio: [Double], benchmark: [Double], periodsPerYear: Double) throws(QuantError) {
    guard portfolio.count == benchmark.count else { throw .outOfRange("series", needs: "of one length") }
    guard portfolio.count >= 2 else { throw .outOfRange("number of returns", needs: "two or more") }
    let periods = try positive(periodsPerYear, "periods per year")
    let n = Double(portfolio.count)
    var (sumPortfolio, sumBenchmark, squares) = (0.0, 0.0, 0.0)
    for (own, other) in zip(portfolio, benchmark) {
      sumPortfolio += try finite(own, "portfolio's return")
      sumBenchmark += try finite(other, "benchmark's return")
      squares += (own - other) * (own - other)
    }
    let (meanPortfolio, meanBenchmark) = (sumPortfolio / n, sumBenchmark / n)
    let meanActive = meanPortfolio - meanBenchmark
    var (portfolioSquares, benchmarkSquares, products, activeSquares) = (0.0, 0.0, 0.0, 0.0)
    for (own, other) in zip(portfolio, benchmark) {
      let (p, b, a) = (own - meanPortfolio, other - meanBenchmark, own - other - meanActive)
      portfolioSquares += p * p
      benchmarkSquares += b * b
      products += p * b
      activeSquares += a * a
    }
    let error = (activeSquares / (n - 1)).squareRoot()
    trackingError = try finite(error, "tracking error")
    annualTrackingError = try finite(error * periods.squareRoot(), "tracking error")
    self.meanActive = meanActive
    rootMeanSquareActive = try finite((squares / n).squareRoot(), "root mean square")
    informationRatio = Self.quotient(meanActive * periods.squareRoot(), error)
    hedgeEffectiveness = Self.quotient(portfolioSquares - activeSquares, portfolioSquares)
    rSquared = Self.quotient(products * products, portfolioSquares * benchmarkSquares)
    minimumVarianceRatio = Self.quotient(products, benchmarkSquares)
    dollarOffset = Self.quotient(sumPortfolio, sumBenchmark)
  }

  private static func quotient(_ upper: Double, _ lower: Double) -> Double? {
    guard lower != 0 else { return nil }
    let quotient = upper / lower
    return quotient.isFinite ? quotient : nil
  }

  /// σ S RMS(x): what deviations x from a target make of tracking error, USD per √year.
  /// - Parameter deviations: units of the underlying, at equal distances of time.
  package static func dollarTrackingError(
    deviations: [Double], spot: Double, volatility: Double
  ) throws(QuantError) -> Double {
    guard !deviations.isEmpty else { throw .outOfRange("number of deviations", needs: "one or more") }
    var squares = 0.0
    for deviation in deviations { squares += deviation * deviation }
    let root = (squares / Double(deviations.count)).squareRoot()
    return try finite(
      try nonNegative(volatility, "volatility") * (try positive(spot, "spot")) * root, "tracking error")
  }
}

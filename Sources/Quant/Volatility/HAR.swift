import RealModule

/// Heterogeneous autoregression of realised variance: tomorrow's from today's, the last five days' and the last 22
/// days' mean (Corsi 2009, Journal of Financial Econometrics 7:174-196), fitted by least squares.
package struct HAR: Hashable, Sendable {
  package enum Scale: Hashable, Sendable {
    /// On the variances themselves; a forecast may come out negative.
    case levels
    /// On their logarithms; a forecast is always positive, e^(prediction + residual variance/2).
    case logarithms
  }

  package let scale: Scale
  package let intercept: Double
  package let daily: Double
  package let weekly: Double
  package let monthly: Double
  /// Variance of the residuals, in the scale's units².
  package let residualVariance: Double
  /// Of the day after the last of the series that was fitted: variance per day.
  package let forecast: Double

  /// - Parameter variances: realised variance of each day, oldest first; 27 or more, on logarithms all above zero.
  package init(_ variances: [Double], scale: Scale = .levels) throws(QuantError) {
    // Four coefficients and 22 days of history; one residual at least.
    guard variances.count >= 27 else { throw .outOfRange("number of days", needs: "27 or more") }
    var rows: [SIMD4<Double>] = []
    var targets: [Double] = []
    for (index, variance) in variances.enumerated() {
      let variance = try scale == .levels ? finite(variance, "variance") : positive(variance, "variance")
      guard index >= 22 else { continue }
      rows.append(Self.row(variances[..<index], scale))
      targets.append(Self.scaled(variance, scale))
    }
    let fit = try Regression(rows: rows, targets: targets)
    self.scale = scale
    (intercept, daily, weekly, monthly) =
      (fit.coefficients.x, fit.coefficients.y, fit.coefficients.z, fit.coefficients.w)
    residualVariance = fit.residualVariance
    let prediction = (fit.coefficients * Self.row(variances[...], scale)).sum()
    forecast = try finite(
      scale == .levels ? prediction : Double.exp(prediction + fit.residualVariance / 2), "forecast")
  }

  private static func scaled(_ value: Double, _ scale: Scale) -> Double {
    scale == .levels ? value : Double.log(value)
  }

  /// 1, the last day, the mean of the last 5, the mean of the last 22; means of variances, then scaled.
  private static func row(_ history: ArraySlice<Double>, _ scale: Scale) -> SIMD4<Double> {
    func mean(_ count: Int) -> Double { scaled(history.suffix(count).reduce(0, +) / Double(count), scale) }
    return SIMD4(1, mean(1), mean(5), mean(22))
  }
}

/// Ordinary least squares with four columns, by orthogonalising them (modified Gram-Schmidt), which keeps the digits
/// that normal equations lose.
private struct Regression {
  let coefficients: SIMD4<Double>
  /// Σ residual²/(rows − 4).
  let residualVariance: Double

  init(rows: [SIMD4<Double>], targets: [Double]) throws(QuantError) {
    var columns = (0..<4).map { column in rows.map { $0[column] } }
    var rest = targets
    // Upper triangle of R, and Qᵀy.
    var triangle = [[Double]](repeating: [Double](repeating: 0, count: 4), count: 4)
    var projections = [Double](repeating: 0, count: 4)
    for column in 0..<4 {
      let original = Self.dot(rows.map { $0[column] }, rows.map { $0[column] }).squareRoot()
      let norm = Self.dot(columns[column], columns[column]).squareRoot()
      // Less than a billionth of it is new: rounding, not information.
      guard norm.isFinite, norm > 1e-9 * original else { throw .noSolution("a regression on columns that repeat") }
      for row in columns[column].indices { columns[column][row] /= norm }
      triangle[column][column] = norm
      for other in (column + 1)..<4 {
        let share = Self.dot(columns[column], columns[other])
        triangle[column][other] = share
        for row in columns[other].indices { columns[other][row] -= share * columns[column][row] }
      }
      projections[column] = Self.dot(columns[column], rest)
      for row in rest.indices { rest[row] -= projections[column] * columns[column][row] }
    }
    var solution = SIMD4<Double>()
    for column in (0..<4).reversed() {
      var value = projections[column]
      for other in (column + 1)..<4 { value -= triangle[column][other] * solution[other] }
      solution[column] = try finite(value / triangle[column][column], "regression coefficient")
    }
    coefficients = solution
    residualVariance = try finite(Self.dot(rest, rest) / Double(max(rows.count - 4, 1)), "residual variance")
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for (x, y) in zip(a, b) { sum += x * y }
    return sum
  }
}

import RealModule

/// GARCH(1,1) with a constant mean, fitted to a series by maximum likelihood of normal returns.
///
/// On the daily mark/pound returns of Bollerslev and Ghysels it gives the benchmark's figures (Fiorentini, Calzolari
/// and Panattoni 1996; Brooks, Burke and Persand 2001): μ −0.00619041, ω 0.0107613, α 0.153134, β 0.805974.
package struct GARCHEstimate: Hashable, Sendable {
  /// μ, per period.
  package let mean: Double
  package let model: GARCH
  package let logLikelihood: Double
  /// Variance of the period after the last.
  package let nextVariance: Double

  /// Fewer returns say nothing about persistence: its standard error would be the whole range.
  package static let minimumReturns = 50

  package init(returns: [Double]) throws(QuantError) {
    guard returns.count >= Self.minimumReturns else { throw .outOfRange("number of returns", needs: "50 or more") }
    let n = Double(returns.count)
    var sum = 0.0
    for r in returns { sum += try finite(r, "return") }
    let mean = sum / n
    var squares = 0.0
    for r in returns { squares += (r - mean) * (r - mean) }
    let deviation = try positive((squares / n).squareRoot(), "deviation of the returns")
    // In units of the deviation, so that no scale of returns is special.
    let problem = Likelihood(returns: returns.map { $0 / deviation })
    let start = problem.bestStart(mean: mean / deviation)
    let found = try QuasiNewton.minimum(from: start, "GARCH likelihood") { problem.negativeLogLikelihood($0) }
    let (alpha, beta) = Likelihood.weights(found)
    let model = try GARCH(omega: Double.exp(found.y) * deviation * deviation, alpha: alpha, beta: beta)
    let fittedMean = found.x * deviation
    let filtered = try model.filter(returns.map { $0 - fittedMean })
    self.mean = fittedMean
    self.model = model
    logLikelihood = filtered.logLikelihood
    nextVariance = filtered.next
  }
}

/// Minus the log-likelihood over (μ, ln ω, a, b) with α = eᵃ/(1 + eᵃ + eᵇ), β = eᵇ/(1 + eᵃ + eᵇ): every point is a
/// model.
private struct Likelihood {
  let returns: [Double]

  static func weights(_ point: SIMD4<Double>) -> (alpha: Double, beta: Double) {
    let top = max(point.z, point.w, 0)
    let (a, b, rest) = (Double.exp(point.z - top), Double.exp(point.w - top), Double.exp(-top))
    return (a / (a + b + rest), b / (a + b + rest))
  }

  /// The best of some usual values, with ω so that the long-run variance is the series' own, which is 1 here.
  func bestStart(mean: Double) -> SIMD4<Double> {
    var best = SIMD4<Double>()
    var least = Double.infinity
    for alpha in [0.02, 0.05, 0.1, 0.2] {
      for persistence in [0.5, 0.8, 0.9, 0.95, 0.99] {
        let beta = persistence - alpha
        let rest = 1 - persistence
        let point = SIMD4(mean, Double.log(rest), Double.log(alpha / rest), Double.log(beta / rest))
        let value = negativeLogLikelihood(point).value
        if value < least { (best, least) = (point, value) }
      }
    }
    return best
  }

  /// Per return, with its gradient by recursion along the series.
  func negativeLogLikelihood(_ point: SIMD4<Double>) -> (value: Double, gradient: SIMD4<Double>) {
    let mean = point.x
    let omega = Double.exp(point.y)
    let (alpha, beta) = Self.weights(point)
    var (sum, squares) = (0.0, 0.0)
    for r in returns {
      sum += r - mean
      squares += (r - mean) * (r - mean)
    }
    let n = Double(returns.count)
    // Of ε² and h before the first return, with their derivatives by μ.
    var square = squares / n
    var squareByMean = -2 * sum / n
    var variance = square
    // By μ, ω, α, β.
    var slope = SIMD4(squareByMean, 0, 0, 0)
    var value = 0.0
    var gradient = SIMD4<Double>()
    for r in returns {
      slope = SIMD4(alpha * squareByMean, 1, square, variance) + beta * slope
      variance = omega + alpha * square + beta * variance
      let error = r - mean
      square = error * error
      squareByMean = -2 * error
      let ratio = square / variance
      value += Double.log(variance) + ratio
      gradient += (1 - ratio) / variance * slope
      gradient.x += squareByMean / variance
    }
    value = 0.5 * (value / n + Double.log(2 * Double.pi))
    gradient *= 0.5 / n
    let (byAlpha, byBeta) = (gradient.z, gradient.w)
    gradient.y *= omega
    gradient.z = alpha * ((1 - alpha) * byAlpha - beta * byBeta)
    gradient.w = beta * ((1 - beta) * byBeta - alpha * byAlpha)
    return (value, gradient)
  }
}

import RealModule

/// One quoted strike of one expiry.
package struct SmileQuote: Hashable, Sendable {
  /// k = ln(K/F).
  package let logMoneyness: Double
  /// σ²T.
  package let totalVariance: Double
  /// How much it counts against the other quotes: its vega, so that a miss counts by what it costs in money.
  package let weight: Double

  package init(logMoneyness: Double, totalVariance: Double, weight: Double) throws(QuantError) {
    self.logMoneyness = try finite(logMoneyness, "the log-moneyness")
    self.totalVariance = try positive(totalVariance, "the quoted total variance")
    self.weight = try nonNegative(weight, "the weight of a quote")
  }

  /// From a quoted volatility; its weight is the vega of one unit of the forward, n(d₁)√T.
  package init(forward: Double, strike: Double, years: Double, volatility: Double) throws(QuantError) {
    _ = try positive(forward, "the forward price")
    _ = try positive(strike, "the strike")
    _ = try positive(years, "the time to expiry")
    _ = try positive(volatility, "the quoted volatility")
    let k = -logRatio(forward, strike)
    let terms = LognormalTerms(
      .call, logMoneyness: -k, moneyness: forward / strike, deviation: volatility * years.squareRoot())
    try self.init(
      logMoneyness: k, totalVariance: volatility * volatility * years, weight: terms.density1 * years.squareRoot())
  }
}

/// The SVI smile nearest to quotes of one expiry that has no butterfly arbitrage.
///
/// Vega-weighted least squares in total variance. The start is quasi-explicit (De Marco and Martini 2009,
/// *Quasi-explicit calibration of Gatheral's SVI model*, Zeliade): for a vertex (m, σ) the other three parameters
/// follow from linear equations, so only the vertex is searched. From the best few starts all five are refined
/// together, with a penalty on negative g.
package struct SVIFit: Hashable, Sendable {
  package let slice: SVISlice
  /// Root of the weighted mean square miss, in total variance.
  package let error: Double
  /// The least g of the fitted smile over the range of its check, not below nought.
  package let leastDensity: Double

  /// Five quotes at different strikes at least. `range`: where butterflies must not pay.
  package init(
    _ quotes: [SmileQuote], range: ClosedRange<Double> = SVISlice.usualRange
  ) throws(QuantError) {
    let weights = quotes.reduce(0) { $0 + $1.weight }
    guard quotes.count >= 5, weights > 0 else {
      throw .outOfRange("the quotes of the smile", needs: "at least five strikes, some with vega")
    }
    let problem = SmileProblem(quotes: quotes, weights: weights, range: range)
    var best: (slice: SVISlice, error: Double, density: Double)?
    for start in problem.starts().prefix(SmileProblem.startsRefined) {
      guard let found = try problem.refined(start) else { continue }
      let check = try found.butterflyCheck(over: range)
      let error = problem.error(found)
      guard check.isFree() else { continue }
      if let kept = best, kept.error <= error { continue }
      best = (found, error, check.leastDensity)
    }
    guard let best else { throw .noSolution("a smile without butterfly arbitrage near these quotes") }
    (slice, error, leastDensity) = (best.slice, best.error, best.density)
  }
}

/// The quotes with what the search needs.
private struct SmileProblem {
  let quotes: [SmileQuote]
  let weights: Double
  let range: ClosedRange<Double>

  static let startsRefined = 4
  /// How far from nought g is kept, and how much falling short of it counts. Smiles whose density nowhere comes near
  /// nought are not bent at all; a penalty alone stops a little outside its bound, so the others are moved inside.
  static let penalties: [(margin: Double, weight: Double)] = [(0, 1), (1e-3, 10), (5e-3, 100), (2e-2, 1000)]

  func error(_ slice: SVISlice) -> Double {
    var sum = 0.0
    for quote in quotes {
      let miss = slice.totalVariance(quote.logMoneyness) - quote.totalVariance
      sum += quote.weight * miss * miss
    }
    return (sum / weights).squareRoot()
  }

  /// Smiles by the quasi-explicit method over a grid of vertices, the best first.
  func starts() -> [SVISlice] {
    let positions = quotes.map(\.logMoneyness)
    let (low, high) = (positions.min() ?? 0, positions.max() ?? 0)
    let width = max(high - low, 1e-3)
    var found: [(slice: SVISlice, error: Double)] = []
    for column in 0...12 {
      let m = low - 0.25 * width + 1.5 * width * Double(column) / 12
      var sigma = 0.01 * width
      while sigma < 4 * width {
        if let slice = explicit(m, sigma) { found.append((slice, error(slice))) }
        sigma *= 1.6
      }
    }
    return found.sorted { $0.error < $1.error }.map(\.slice)
  }

  /// w = a + d y + c z, y = (k − m)/σ, z = √(y² + 1): weighted linear least squares, then b = c/σ and ρ = d/c moved
  /// inside their bounds.
  private func explicit(_ m: Double, _ sigma: Double) -> SVISlice? {
    var matrix = [[Double]](repeating: [0, 0, 0], count: 3)
    var right = [0.0, 0, 0]
    for quote in quotes {
      let y = (quote.logMoneyness - m) / sigma
      let row = [1, y, (y * y + 1).squareRoot()]
      for i in 0..<3 {
        for j in 0..<3 { matrix[i][j] += quote.weight * row[i] * row[j] }
        right[i] += quote.weight * row[i] * quote.totalVariance
      }
    }
    for i in 0..<3 { matrix[i][i] *= 1 + 1e-10 }
    guard let solution = LinearSystem.solve(matrix, right) else { return nil }
    let c = max(solution[2], 1e-8)
    let rho = min(max(solution[1] / c, -0.98), 0.98)
    let b = min(c / sigma, 2 / (1 + abs(rho)))
    let flank = b * sigma * (1 - rho * rho).squareRoot()
    let a = max(solution[0], 1e-8 - flank)
    do {
      return try SVISlice(a: a, b: b, rho: rho, m: m, sigma: sigma)
    } catch {
      return nil
    }
  }

  /// All five parameters, as numbers without bounds: ln of the least variance, ln of b against Lee's bound, artanh ρ,
  /// m, ln σ.
  func refined(_ start: SVISlice) throws(QuantError) -> SVISlice? {
    let steepest = start.b * (1 + abs(start.rho)) / 2
    let share = min(max(steepest, 1e-9), 1 - 1e-6)
    var parameters = [
      Double.log(max(start.leastVariance, 1e-9)), Double.log(share / (1 - share)), Double.atanh(start.rho), start.m,
      Double.log(start.sigma),
    ]
    var found: SVISlice?
    for penalty in Self.penalties {
      parameters = try LeastSquares(from: parameters) {
        residuals($0, margin: penalty.margin, weight: penalty.weight)
      }.parameters
      found = slice(parameters)
      if let found, try found.butterflyCheck(over: range).isFree() { return found }
    }
    return found
  }

  private func slice(_ parameters: [Double]) -> SVISlice? {
    let rho = Double.tanh(parameters[2])
    let sigma = Double.exp(parameters[4])
    let b = 2 / (1 + Double.exp(-parameters[1])) / (1 + abs(rho))
    let flank = b * sigma * ((1 - rho) * (1 + rho)).squareRoot()
    do {
      return try SVISlice(a: Double.exp(parameters[0]) - flank, b: b, rho: rho, m: parameters[3], sigma: sigma)
    } catch {
      return nil
    }
  }

  private func residuals(_ parameters: [Double], margin: Double, weight: Double) -> [Double] {
    guard let slice = slice(parameters) else { return [.infinity] }
    var values = quotes.map {
      (slice.totalVariance($0.logMoneyness) - $0.totalVariance) * ($0.weight / weights).squareRoot()
    }
    // g where a dip can be: over the range, and around the vertex.
    let scale = weight * (quotes.map(\.totalVariance).max() ?? 1)
    for index in 0...96 {
      let share = Double(index) / 96
      let even = range.lowerBound + share * (range.upperBound - range.lowerBound)
      let close = slice.m + slice.sigma * Double.sinh(8 * share - 4)
      values.append(scale * max(0, margin - slice.density(even)))
      values.append(range.contains(close) ? scale * max(0, margin - slice.density(close)) : 0)
    }
    return values
  }
}

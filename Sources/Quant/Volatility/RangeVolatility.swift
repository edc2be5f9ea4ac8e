import RealModule

/// Open, high, low and close of a period.
package struct PriceBar: Hashable, Sendable {
  package let open: Double
  package let high: Double
  package let low: Double
  package let close: Double

  /// Refuses a bar whose high or low is within its open and close, as a broken feed's is.
  package init(open: Double, high: Double, low: Double, close: Double) throws(QuantError) {
    self.open = try positive(open, "open")
    self.high = try positive(high, "high")
    self.low = try positive(low, "low")
    self.close = try positive(close, "close")
    guard low <= min(open, close), high >= max(open, close) else {
      throw .outOfRange("high and low", needs: "around open and close")
    }
  }

  /// ln(close/open)
  fileprivate var body: Double { Double.log(close / open) }
  fileprivate var range: Double { Double.log(high / low) }
  /// h(h − c) + l(l − c) with logarithms against the open.
  fileprivate var rogersSatchell: Double {
    let (up, down, body) = (Double.log(high / open), Double.log(low / open), body)
    return up * (up - body) + down * (down - body)
  }
}

/// Estimators of volatility from bars of equal periods, per √year. Their variance is a fraction of that of closes alone
/// (given in each comment for a price without drift and gaps); real ranges are seen at ticks and fall short of the true
/// ones, so they read a little low.
package enum RangeVolatility {
  /// Standard deviation of log-returns from close to close, about their mean.
  package static func closeToClose(_ bars: [PriceBar], periodsPerYear: Double) throws(QuantError) -> Double {
    try need(3, bars)
    let n = Double(bars.count - 1)
    var (sum, squares) = (0.0, 0.0)
    forEachReturn(bars) { sum += $0 }
    let mean = sum / n
    forEachReturn(bars) { squares += ($0 - mean) * ($0 - mean) }
    return try annual(squares / (n - 1), periodsPerYear)
  }

  /// The same with the mean taken as zero, which over short times is the better guess.
  package static func closeToCloseAboutZero(_ bars: [PriceBar], periodsPerYear: Double) throws(QuantError) -> Double {
    try annual(try realisedVariance(bars) / Double(bars.count - 1), periodsPerYear)
  }

  /// mean ln²(high/low)/(4 ln 2): a fifth of the variance (Parkinson 1980, Journal of Business 53:61-65).
  package static func parkinson(_ bars: [PriceBar], periodsPerYear: Double) throws(QuantError) -> Double {
    try need(1, bars)
    var sum = 0.0
    for bar in bars { sum += bar.range * bar.range }
    return try annual(sum / Double(bars.count) / (4 * Double.log(2)), periodsPerYear)
  }

  /// mean[½ ln²(high/low) − (2 ln 2 − 1) ln²(close/open)]: a 7.4th of the variance (Garman and Klass 1980, Journal of
  /// Business 53:67-78).
  package static func garmanKlass(_ bars: [PriceBar], periodsPerYear: Double) throws(QuantError) -> Double {
    try need(1, bars)
    var sum = 0.0
    for bar in bars {
      let (range, body) = (bar.range, bar.body)
      sum += 0.5 * range * range - (2 * Double.log(2) - 1) * body * body
    }
    return try annual(sum / Double(bars.count), periodsPerYear)
  }

  /// mean[h(h − c) + l(l − c)], right also under drift: a sixth of the variance (Rogers and Satchell 1991, Annals of
  /// Applied Probability 1:504-512).
  package static func rogersSatchell(_ bars: [PriceBar], periodsPerYear: Double) throws(QuantError) -> Double {
    try need(1, bars)
    var sum = 0.0
    for bar in bars { sum += bar.rogersSatchell }
    return try annual(sum / Double(bars.count), periodsPerYear)
  }

  /// Var(gap) + k Var(body) + (1 − k) Rogers-Satchell, k = 0.34/(1.34 + (m + 1)/(m − 1)) over m bars that have one
  /// before them: right under drift and gaps (Yang and Zhang 2000, Journal of Business 73:477-491).
  package static func yangZhang(_ bars: [PriceBar], periodsPerYear: Double) throws(QuantError) -> Double {
    try need(3, bars)
    let m = Double(bars.count - 1)
    let pairs = zip(bars, bars.dropFirst())
    var (gaps, bodies, satchell) = (0.0, 0.0, 0.0)
    for (before, bar) in pairs {
      gaps += Double.log(bar.open / before.close)
      bodies += bar.body
      satchell += bar.rogersSatchell
    }
    var (gapSquares, bodySquares) = (0.0, 0.0)
    for (before, bar) in pairs {
      let gap = Double.log(bar.open / before.close) - gaps / m
      let body = bar.body - bodies / m
      gapSquares += gap * gap
      bodySquares += body * body
    }
    let k = 0.34 / (1.34 + (m + 1) / (m - 1))
    return try annual(gapSquares / (m - 1) + k * bodySquares / (m - 1) + (1 - k) * satchell / m, periodsPerYear)
  }

  /// Σ r² of log-returns from close to close, over the whole time.
  package static func realisedVariance(_ bars: [PriceBar]) throws(QuantError) -> Double {
    try need(2, bars)
    var squares = 0.0
    forEachReturn(bars) { squares += $0 * $0 }
    return try finite(squares, "realised variance")
  }

  /// (π/2) Σ |rᵢ||rᵢ₋₁| · n/(n − 1): the realised variance without its jumps, since a jump has an ordinary neighbour
  /// (Barndorff-Nielsen and Shephard 2004, Journal of Financial Econometrics 2:1-37).
  package static func bipowerVariation(_ bars: [PriceBar]) throws(QuantError) -> Double {
    try need(3, bars)
    let n = Double(bars.count - 1)
    var sum = 0.0
    var last: Double?
    forEachReturn(bars) { size in
      if let last { sum += last.magnitude * size.magnitude }
      last = size
    }
    return try finite(0.5 * Double.pi * sum * n / (n - 1), "bipower variation")
  }

  /// What of the realised variance is jumps: its excess over the bipower variation, nothing where there is none.
  package static func jumpVariance(_ bars: [PriceBar]) throws(QuantError) -> Double {
    max(try realisedVariance(bars) - (try bipowerVariation(bars)), 0)
  }

  private static func forEachReturn(_ bars: [PriceBar], _ body: (Double) -> Void) {
    for (before, bar) in zip(bars, bars.dropFirst()) { body(Double.log(bar.close / before.close)) }
  }

  private static func need(_ count: Int, _ bars: [PriceBar]) throws(QuantError) {
    guard bars.count >= count else { throw .outOfRange("number of bars", needs: "enough for the estimator") }
  }

  private static func annual(_ variance: Double, _ periodsPerYear: Double) throws(QuantError) -> Double {
    let periods = try positive(periodsPerYear, "periods per year")
    // A bar of no range may come out a rounding error below zero.
    return try finite((max(variance, 0) * periods).squareRoot(), "volatility")
  }
}

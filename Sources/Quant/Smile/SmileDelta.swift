import RealModule

/// The delta of an option whose volatility moves with the spot.
///
/// Δ = w N(w d₁) + vega (R − 1) ∂σ/∂k / F with k = ln(K/F) and the skew-stickiness ratio R: by how much the
/// at-the-money volatility moves, as a multiple of the skew, when the spot moves by 1 %. 0 is sticky delta (the smile
/// moves with the spot), 1 sticky strike (each strike keeps its volatility), 2 what local volatility implies for short
/// expiries; Bergomi (2009), *Smile dynamics IV*, Risk.
package struct SmileDelta: Hashable, Sendable {
  package static let stickyDelta = 0.0
  package static let stickyStrike = 1.0
  package static let localVolatility = 2.0

  /// The strike's own, annual.
  package let volatility: Double
  /// ∂σ/∂k, per unit of log-moneyness.
  package let skew: Double
  /// Units of a forward per option, not discounted.
  package let delta: Double

  package init(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, smile: SVISlice,
    stickiness: Double = stickyStrike
  ) throws(QuantError) {
    _ = try positive(forward, "the forward price")
    _ = try positive(strike, "the strike")
    _ = try positive(years, "the time to expiry")
    _ = try finite(stickiness, "the skew-stickiness ratio")
    let k = -logRatio(forward, strike)
    let variance = try positive(smile.totalVariance(k), "the total variance of this strike")
    let deviation = variance.squareRoot()
    volatility = try finite((variance / years).squareRoot(), "the volatility of this strike")
    skew = try finite(0.5 * smile.slope(k) / (variance * years).squareRoot(), "the skew at this strike")
    let terms = LognormalTerms(kind, logMoneyness: -k, moneyness: forward / strike, deviation: deviation)
    delta = try Self.delta(kind, terms, years: years, stickiness: stickiness, skew: skew)
  }

  /// Where volatility and skew of the strike are known without a fitted slice, as from the marks of a book.
  ///
  /// Throws `outOfRange` for a skew at which somebody would be paid for holding a digital option, or would pay more for
  /// it than it can bring: undiscounted, a call that wins costs N(d₂) − F/K n(d₁) √T ∂σ/∂k, and that lies in 0…1. So
  /// the part of the delta that follows the smile is no more than (R − 1) K/F.
  package init(
    _ kind: OptionKind, forward: Double, strike: Double, years: Double, volatility: Double, skew: Double,
    stickiness: Double = stickyStrike
  ) throws(QuantError) {
    _ = try positive(forward, "the forward price")
    _ = try positive(strike, "the strike")
    _ = try positive(years, "the time to expiry")
    _ = try finite(stickiness, "the skew-stickiness ratio")
    self.volatility = try positive(volatility, "the volatility of this strike")
    self.skew = try finite(skew, "the skew at this strike")
    let deviation = try finite(volatility * years.squareRoot(), "the deviation until the expiry")
    let terms = LognormalTerms(
      kind, logMoneyness: logRatio(forward, strike), moneyness: forward / strike, deviation: deviation)
    let above = kind.sign > 0 ? terms.cumulative2 : 1 - terms.cumulative2
    let digital = above - forward / strike * terms.density1 * years.squareRoot() * skew
    guard digital >= 0, digital <= 1 else {
      throw .outOfRange("the skew at this strike", needs: "digital options between 0 and 1")
    }
    delta = try Self.delta(kind, terms, years: years, stickiness: stickiness, skew: skew)
  }

  private static func delta(
    _ kind: OptionKind, _ terms: LognormalTerms, years: Double, stickiness: Double, skew: Double
  ) throws(QuantError) -> Double {
    let vegaPerForward = terms.density1 * years.squareRoot()
    return try finite(
      kind.sign * terms.cumulative1 + vegaPerForward * (stickiness - 1) * skew, "the delta that follows the smile")
  }

  /// R by least squares through the origin: changes of the at-the-money volatility against skew · Δln S. At least two
  /// moves that are not all nought.
  package static func stickiness(
    volatilityChanges: [Double], skews: [Double], logReturns: [Double]
  ) throws(QuantError) -> Double {
    guard volatilityChanges.count == skews.count, skews.count == logReturns.count, skews.count >= 2 else {
      throw .outOfRange("the history of the smile", needs: "at least two moves, each with its skew and its return")
    }
    var (product, square) = (0.0, 0.0)
    for index in skews.indices {
      let expected = skews[index] * logReturns[index]
      product += volatilityChanges[index] * expected
      square += expected * expected
    }
    guard square > 0 else { throw .noSolution("a skew-stickiness ratio of a smile that has no skew or never moved") }
    return try finite(product / square, "the skew-stickiness ratio")
  }
}

/// The volatilities that a book's marks give the strikes of one expiry, as a curve of log-moneyness by least squares: a
/// straight line of three strikes, a parabola of more.
package struct MarkSmile: Hashable, Sendable {
  /// Of log-moneyness, between the outermost strikes. Marks are rounded, to a tenth of a point of volatility or so, and
  /// over less their rounding alone is a slope.
  package static let leastSpread = 0.05

  /// Of the underlying at the expiry.
  package let forward: Double
  package let years: Double
  /// How many different strikes it was made of.
  package let strikes: Int
  private let centre: Double
  private let slope: Double
  private let bend: Double
  /// Of the marks' places, third central moment over second.
  private let lean: Double

  /// - Parameters:
  ///   - rate: continuously compounded, a part per year.
  ///   - marks: strike and annual volatility. Two of one strike count as one of their mean.
  /// - Throws: `outOfRange` for fewer than three strikes, or strikes too near one another to tell a slope.
  package init(
    spot: Double, rate: Double, years: Double, marks: [(strike: Double, volatility: Double)]
  ) throws(QuantError) {
    self.years = try positive(years, "the time to expiry")
    forward = try positive(spot, "the spot price") * Double.exp(try finite(rate, "the interest rate") * years)
    _ = try positive(forward, "the forward price")
    var points: [(place: Double, sum: Double, count: Double)] = []
    for mark in marks.sorted(by: { ($0.strike, $0.volatility) < ($1.strike, $1.volatility) }) {
      let place = logRatio(try positive(mark.strike, "the strike of a mark"), forward)
      let volatility = try positive(mark.volatility, "the volatility of a mark")
      if let last = points.last, place - last.place < 1e-9 {
        points[points.count - 1] = (last.place, last.sum + volatility, last.count + 1)
      } else {
        points.append((place, volatility, 1))
      }
    }
    guard let first = points.first, let last = points.last, points.count >= 3,
      last.place - first.place >= Self.leastSpread
    else { throw .outOfRange("the marks of an expiry", needs: "three strikes that are five per cent apart") }
    strikes = points.count
    let count = Double(points.count)
    let centre = points.reduce(0) { $0 + $1.place } / count
    let places = points.map { $0.place - centre }
    let values = points.map { $0.sum / $0.count }
    let square = places.reduce(0) { $0 + $1 * $1 }
    self.centre = centre
    // Orthogonal polynomials over the marks' places: each coefficient is a sum of its own.
    slope = try finite(zip(places, values).reduce(0) { $0 + $1.0 * $1.1 } / square, "the slope of the marks")
    lean = places.reduce(0) { $0 + $1 * $1 * $1 } / square
    let (tilt, level) = (lean, square / count)
    let second = places.map { $0 * $0 - tilt * $0 - level }
    let size = second.reduce(0) { $0 + $1 * $1 }
    bend =
      points.count == 3 || size < 1e-18
      ? 0 : try finite(zip(second, values).reduce(0) { $0 + $1.0 * $1.1 } / size, "the curvature of the marks")
  }

  /// ∂σ/∂k at a strike.
  package func skew(atStrike strike: Double) throws(QuantError) -> Double {
    let place = logRatio(try positive(strike, "the strike"), forward)
    return slope + bend * (2 * (place - centre) - lean)
  }

  /// Of an option of this expiry at its own mark.
  package func delta(
    _ kind: OptionKind, strike: Double, volatility: Double, stickiness: Double
  ) throws(QuantError) -> SmileDelta {
    try SmileDelta(
      kind, forward: forward, strike: strike, years: years, volatility: volatility,
      skew: try skew(atStrike: strike), stickiness: stickiness)
  }
}

/// The delta that left the least variance in the past: Δ + vega/(S√T) (a + bΔ + cΔ²), Hull and White (2017), *Optimal
/// delta hedging for options*, Journal of Banking and Finance 82. Its coefficients come from a market's own history of
/// options.
package struct MinimumVarianceDelta: Hashable, Sendable {
  package let a: Double
  package let b: Double
  package let c: Double

  package init(a: Double, b: Double, c: Double) throws(QuantError) {
    self.a = try finite(a, "the coefficient a")
    self.b = try finite(b, "the coefficient b")
    self.c = try finite(c, "the coefficient c")
  }

  /// Units of the underlying per option.
  package func delta(of greeks: Greeks, spot: Double, years: Double) throws(QuantError) -> Double {
    _ = try positive(spot, "the spot price")
    _ = try positive(years, "the time to expiry")
    let delta = greeks.delta
    let shift = greeks.vega / (spot * years.squareRoot()) * (a + delta * (b + delta * c))
    return try finite(delta + shift, "the minimum-variance delta")
  }
}

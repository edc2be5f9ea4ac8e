import RealModule

/// Whether a geometric Brownian motion reaches a level within a time: liquidations, stops, resting orders.
///
/// With b = ln(B/P), ν = μ − σ²/2 and s = σ√τ, for a level below:
/// P = N((b − ντ)/s) + e^(2νb/σ²) N((b + ντ)/s), and its mirror image for a level above.
package struct FirstPassage: Hashable, Sendable {
  /// Of touching the level within the time; 1 where the price is at it.
  package let probability: Double
  /// |b|/s: how many deviations of the final price the level is away.
  package let distanceInSigmas: Double

  /// - Parameters:
  ///   - price: USD per unit.
  ///   - level: USD per unit, on either side.
  ///   - drift: μ, per year.
  ///   - volatility: σ, per √year.
  ///   - years: τ.
  package init(
    price: Double, level: Double, drift: Double, volatility: Double, years: Double
  ) throws(QuantError) {
    let price = try positive(price, "price")
    let level = try positive(level, "level")
    let mu = try finite(drift, "drift")
    let sigma = try positive(volatility, "volatility")
    let years = try positive(years, "time")
    let deviation = try positive(sigma * years.squareRoot(), "deviation over the time")
    let ratio = level / price
    guard ratio.isFinite, ratio > 0 else { throw .notFinite("level over price") }
    let distance = Double.log(ratio).magnitude
    distanceInSigmas = try finite(distance / deviation, "distance in sigmas")
    // Drift toward the level, on whichever side it is.
    let toward = (level < price ? -1 : 1) * (mu - 0.5 * sigma * sigma) * years
    guard distance > 0 else {
      probability = 1
      return
    }
    let straight = Normal.cumulative((toward - distance) / deviation)
    let reflected = Self.reflected(
      exponent: 2 * toward * (distance / deviation / deviation), at: (distance + toward) / deviation,
      density: (distance - toward) / deviation)
    probability = min(try finite(straight + reflected, "probability of a touch"), 1)
  }

  /// e^exponent N(−x), where the exponential alone may overflow: for a large x, N(−x) = n(x) M(x) with Mills' ratio,
  /// and e^exponent n(x) = n(y).
  private static func reflected(exponent: Double, at x: Double, density y: Double) -> Double {
    guard x > 36 else { return Double.exp(exponent) * Normal.cumulative(-x) }
    // The asymptotic series; at 36 its first term left out is 945/x¹⁰ < 3e-13.
    let inverse = 1 / (x * x)
    let mills = (1 - inverse * (1 - inverse * (3 - inverse * (15 - inverse * 105)))) / x
    return Normal.density(y) * mills
  }
}

extension FirstPassage {
  /// The level that is so many deviations away: P e^(± n σ √τ), what `distanceInSigmas` is n of.
  /// - Parameters:
  ///   - price: USD per unit.
  ///   - sigmas: n, zero or more.
  ///   - isAbove: on which side of the price.
  ///   - volatility: σ, per √year.
  ///   - years: τ.
  package static func level(
    price: Double, sigmas: Double, isAbove: Bool, volatility: Double, years: Double
  ) throws(QuantError) -> Double {
    let deviation = try nonNegative(volatility, "volatility") * (try nonNegative(years, "time")).squareRoot()
    let away = (isAbove ? 1 : -1) * (try nonNegative(sigmas, "sigmas")) * deviation
    return try finite(try positive(price, "price") * Double.exp(away), "level")
  }
}

import RealModule

/// Probability that a price without drift reaches a level at the given distance within the given time.
///
/// P = 2 N(−d / (σ S √τ)), the reflection principle for a price whose moves over the horizon are small against itself.
/// d: distance in dollars; σ: volatility per √year; S: price; τ: time in years.
package func touchProbability(distance: Double, price: Double, annualVolatility: Double, seconds: Double) -> Double? {
  guard distance.isFinite, price.isFinite, annualVolatility.isFinite, seconds.isFinite,
    price > 0, annualVolatility >= 0, seconds >= 0
  else { return nil }
  if distance <= 0 { return 1 }
  let deviation = annualVolatility * price * (seconds / RealisedVolatility.secondsPerYear).squareRoot()
  if deviation == 0 { return 0 }
  // 2 N(−x) = erfc(x / √2)
  let probability = Double.erfc(distance / deviation / 2.0.squareRoot())
  return probability.isFinite ? probability : nil
}

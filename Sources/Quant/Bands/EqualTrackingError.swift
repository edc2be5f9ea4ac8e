/// What three generations of hedgers pay for the same mean square deviation: the optimal band against a fixed band that
/// is reset to the target, and against a clock that resets to the target.
///
/// Exact for a deviation that moves as √q W. The fixed band of half-width B has E[x²] = B²/6 and trades q/B² times a
/// year; a clock of period τ has E[x²] = q τ/2 and moves √(2 q τ/π) at a time. Only proportional costs: 1 : √2 :
/// 2√(3/π); only fixed costs: 1 : 1 : 3.
package struct EqualTrackingErrorCosts: Hashable, Sendable {
  /// USD per year of the optimal trigger and reset.
  package let optimalBand: Double
  /// USD per year of a fixed band reset to the target, as wide as gives the same mean square.
  package let centredBand: Double
  /// Its half-width, units.
  package let centredHalfWidth: Double
  /// USD per year of resetting to the target at fixed times.
  package let clock: Double
  /// Years between two resets of the clock.
  package let clockPeriod: Double

  package init(of band: ImpulseBand) throws(QuantError) {
    let q = band.motion.targetVariance
    let meanSquare = band.meanSquareDeviation
    let (fixed, perUnit) = (band.costs.fixed, band.costs.perUnit)
    let width = (6 * meanSquare).squareRoot()
    let period = 2 * meanSquare / q
    optimalBand = try positive(band.costPerYear, "cost of the optimal band")
    centredHalfWidth = width
    centredBand = try finite(q / width * (fixed / width + perUnit), "cost of the centred band")
    clockPeriod = period
    clock = try finite(
      (fixed + perUnit * (2 * q * period / Double.pi).squareRoot()) / period, "cost of the clock")
  }

  package var centredBandRatio: Double { centredBand / optimalBand }
  package var clockRatio: Double { clock / optimalBand }
}

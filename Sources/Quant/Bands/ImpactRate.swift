/// How fast to trade towards the target when impact is the main cost: not in jumps but at the rate κ x.
///
/// With temporary impact that costs η (dφ/dt)² USD per year, κ = √(γ v/(2η)) and E[x²] = q/(2κ) (Rogers and Singh 2010,
/// Mathematical Finance 20:597-615; Moreau, Muhle-Karbe and Soner 2017). At the optimum the cost equals the risk.
package struct ImpactRate: Hashable, Sendable {
  /// κ: per year; the part of the deviation that is traded away in a short time, divided by that time.
  package let perYear: Double
  /// E[x²], units².
  package let meanSquareDeviation: Double
  /// USD per year spent on impact.
  package let costPerYear: Double
  /// USD per √year.
  package let trackingError: Double

  /// - Parameters:
  ///   - impact: η, USD · years per unit²: trading one unit per year costs η USD per year.
  ///   - riskAversion: γ, per USD.
  package init(motion: TargetMotion, impact: Double, riskAversion: Double) throws(QuantError) {
    let impact = try positive(impact, "impact")
    let aversion = try positive(riskAversion, "risk aversion")
    perYear = try positive((aversion * (motion.priceVariance / (2 * impact))).squareRoot(), "rate of trading")
    meanSquareDeviation = try finite(motion.targetVariance / (2 * perYear), "mean square deviation")
    costPerYear = try finite(impact * perYear * motion.targetVariance / 2, "cost of impact")
    trackingError = try finite((motion.priceVariance * meanSquareDeviation).squareRoot(), "tracking error")
  }

  /// Units to trade per year at a deviation, towards the target.
  package func tradingRate(at deviation: Double) throws(QuantError) -> Double {
    try finite(-perYear * (try finite(deviation, "deviation")), "trading rate")
  }
}

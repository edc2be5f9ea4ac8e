import Ethereum
import Quant

/// Tracking error and hedge effectiveness.
enum TrackingVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    let operation = try given.text("op")
    guard operation == "tracking" else { throw VectorOutput.unknown(operation) }
    let statistics = try TrackingStatistics(
      portfolio: given.numbers("portfolio"), benchmark: given.numbers("benchmark"),
      periodsPerYear: given.number("periods_per_year"))
    return VectorOutput.object([
      "te": statistics.trackingError, "te_annual": statistics.annualTrackingError,
      "mean_active": statistics.meanActive, "info_ratio_annual": statistics.informationRatio,
      "rms_active": statistics.rootMeanSquareActive, "hedge_effectiveness_var": statistics.hedgeEffectiveness,
      "hedge_r2": statistics.rSquared, "min_var_hedge_ratio": statistics.minimumVarianceRatio,
      "dollar_offset": statistics.dollarOffset,
    ])
  }
}

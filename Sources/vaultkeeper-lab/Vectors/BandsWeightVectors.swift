import Ethereum
import Quant

/// Bands around a portfolio weight.
enum BandsWeightVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    switch try given.text("op") {
    case "gmks": try longRun(given)
    case "weight_band": try band(given)
    case let other: throw VectorOutput.unknown(other)
    }
  }

  private static func longRun(_ given: VectorInput) throws -> JSON {
    let weights = try LongRunWeights(
      excessReturn: given.number("mu_excess"), volatility: given.number("sigma"),
      riskAversion: given.number("risk_aversion_rel"), roundTripSpread: given.number("spread_roundtrip"))
    return VectorOutput.object([
      "pi_star": weights.targetWeight, "gap": weights.gap, "gap_leading": weights.leadingGap,
      "pi_minus": weights.lowerWeight, "pi_plus": weights.upperWeight,
      "ESR_excess": weights.excessEquivalentRate, "LiP": weights.liquidityPremium, "ShTu": weights.shareTurnover,
      "pi_halfwidth_leading": weights.leadingHalfWidth, "LiP_leading": weights.leadingLiquidityPremium,
    ])
  }

  private static func band(_ given: VectorInput) throws -> JSON {
    let (weight, aversion) = (try given.number("pi_target"), try given.number("risk_aversion_rel"))
    let (oneWay, fixed) = (try given.number("cost_oneway"), try given.number("fixed_cost_over_wealth"))
    let band = try WeightBand(
      targetWeight: weight, volatility: given.number("sigma"), riskAversion: aversion, oneWayCost: oneWay,
      fixedCost: fixed)
    return VectorOutput.object([
      "b": band.trigger, "r": band.reset,
      "b_prop_only": try WeightBand.proportionalHalfWidth(
        targetWeight: weight, riskAversion: aversion, oneWayCost: oneWay),
      "b_fixed_only": try WeightBand.fixedHalfWidth(targetWeight: weight, riskAversion: aversion, fixedCost: fixed),
    ])
  }
}

import Foundation
import Testing

@testable import Quant

/// Bands, insurance, liquidity, perpetuals, volatility, execution and tracking against cases computed at 40 digits by
/// independent programs, and published tables. What needs the chain's integers is in the modules that have them.
struct HedgingVectorTests {
  private typealias Case = VectorCases.Case

  @Test func bandsAroundADelta() throws {
    try VectorCases.run(
      "bands_delta",
      [
        "ww_clamp": clamp, "ww_zak": deltaBands, "leland": leland, "impulse_band": impulse,
        "equal_te_cost_ratio": ratios,
      ])
  }

  private func clamp(_ test: Case) throws {
    let given = test.given
    let strike = try given.number("K")
    let spot = strike * exp(try given.number("log_moneyness"))
    let greeks = try Greeks(
      .call, spot: spot, strike: strike, years: given.number("T"), rate: 0, carry: 0,
      volatility: given.number("sigma"))
    let band = try WhalleyWilmott(
      spot: spot, gamma: greeks.gamma, oneWayCost: given.number("lam"), riskAversion: given.number("risk_aversion"))
    test.expect(["new_hedge": try band.hedge(from: given.number("prev_hedge"), target: greeks.delta)])
  }

  private func deltaBands(_ test: Case) throws {
    let given = test.given
    let (spot, years, rate) = (try given.number("S"), try given.number("T"), try given.number("r"))
    func greeks(_ volatility: Double) throws -> Greeks {
      try Greeks(
        given.kind(), spot: spot, strike: given.number("K"), years: years, rate: rate, carry: 0,
        volatility: volatility)
    }
    let volatility = try given.number("sigma")
    let plain = try greeks(volatility)
    let (cost, aversion) = (try given.number("lam"), try given.number("risk_aversion"))
    let wilmott = try WhalleyWilmott(
      spot: spot, gamma: plain.gamma, oneWayCost: cost, riskAversion: aversion, rate: rate, years: years)
    let band = try Zakamouline(
      spot: spot, gamma: plain.gamma, volatility: volatility, years: years, rate: rate, oneWayCost: cost,
      riskAversion: aversion)
    test.expect([
      "gamma_bs": plain.gamma, "delta_bs": plain.delta, "ww_halfwidth": wilmott.halfWidth,
      "zak_H0": band.innerHalfWidth, "zak_H1": band.gammaHalfWidth, "zak_K": band.varianceChange,
      "zak_sigma_short": band.shortGammaVolatility,
      "zak_center_short": try greeks(band.shortGammaVolatility).delta, "zak_sigma_long": band.longGammaVolatility,
      "zak_center_long": try band.longGammaVolatility.map { try greeks($0).delta },
    ])
  }

  private func leland(_ test: Case) throws {
    let leland = try Leland(
      volatility: test.given.number("sigma"), roundTripCost: test.given.number("k_roundtrip"),
      interval: test.given.number("dt"))
    test.expect([
      "leland_number": leland.number, "sigma_short": leland.shortGammaVolatility,
      "sigma_long": leland.longGammaVolatility,
    ])
  }

  private func band(_ test: Case) throws -> ImpulseBand {
    let given = test.given
    return try ImpulseBand(
      motion: TargetMotion(targetVariance: given.number("q"), priceVariance: given.number("v")),
      costs: TradingCosts(fixed: given.number("F"), perUnit: given.number("k")),
      riskAversion: given.number("risk_aversion"))
  }

  private func impulse(_ test: Case) throws {
    let band = try band(test)
    test.expect([
      "b": band.trigger, "r": band.reset, "trades_per_year": band.tradesPerYear,
      "volume_per_year": band.volumePerYear, "msq": band.meanSquareDeviation, "cost_per_year": band.costPerYear,
      "risk_per_year": band.riskPerYear,
    ])
  }

  private func ratios(_ test: Case) throws {
    let costs = try EqualTrackingErrorCosts(of: band(test))
    test.expect(["gen1_centre_over_gen3": costs.centredBandRatio, "gen2_schedule_over_gen3": costs.clockRatio])
  }

  @Test func bandsAroundAWeight() throws {
    try VectorCases.run("bands_weight", ["gmks": longRun, "weight_band": weightBand])
  }

  private func longRun(_ test: Case) throws {
    let given = test.given
    let weights = try LongRunWeights(
      excessReturn: given.number("mu_excess"), volatility: given.number("sigma"),
      riskAversion: given.number("risk_aversion_rel"), roundTripSpread: given.number("spread_roundtrip"))
    test.expect([
      "pi_star": weights.targetWeight, "gap": weights.gap, "gap_leading": weights.leadingGap,
      "pi_minus": weights.lowerWeight, "pi_plus": weights.upperWeight,
      "ESR_excess": weights.excessEquivalentRate, "LiP": weights.liquidityPremium, "ShTu": weights.shareTurnover,
      "pi_halfwidth_leading": weights.leadingHalfWidth, "LiP_leading": weights.leadingLiquidityPremium,
    ])
  }

  private func weightBand(_ test: Case) throws {
    let given = test.given
    let (weight, aversion) = (try given.number("pi_target"), try given.number("risk_aversion_rel"))
    let (oneWay, fixed) = (try given.number("cost_oneway"), try given.number("fixed_cost_over_wealth"))
    let band = try WeightBand(
      targetWeight: weight, volatility: given.number("sigma"), riskAversion: aversion, oneWayCost: oneWay,
      fixedCost: fixed)
    test.expect([
      "b": band.trigger, "r": band.reset,
      "b_prop_only": try WeightBand.proportionalHalfWidth(
        targetWeight: weight, riskAversion: aversion, oneWayCost: oneWay),
      "b_fixed_only": try WeightBand.fixedHalfWidth(
        targetWeight: weight, riskAversion: aversion, fixedCost: fixed),
    ])
  }

  @Test func insurance() throws {
    try VectorCases.run(
      "cppi", ["bbm": discrete, "continuous": continuous, "kou": jumps, "merton": jumps, "path": path])
  }

  private func plan(_ test: Case) throws -> CPPI {
    try CPPI(
      multiplier: test.given.number("m"), guarantee: test.given.number("G"), rate: test.given.number("r"),
      years: test.given.number("T"))
  }

  private func discrete(_ test: Case) throws {
    let given = test.given
    let shortfall = try CPPIShortfall(
      plan(test), wealth: given.number("V0"), drift: given.number("mu"), volatility: given.number("sigma"),
      rebalancings: Int(given.number("n")))
    test.expect([
      "local_shortfall_prob": shortfall.localProbability, "shortfall_prob": shortfall.probability,
      "expected_terminal_value": shortfall.expectedWealth,
      "expected_shortfall_given_shortfall": shortfall.expectedShortfall, "d2": shortfall.distance,
      "max_gap_loss_return": -(try plan(test).toleratedGap),
    ])
  }

  private func continuous(_ test: Case) throws {
    let moments = try plan(test).continuousMoments(
      wealth: test.given.number("V0"), drift: test.given.number("mu"), volatility: test.given.number("sigma"))
    test.expect(["mean": moments.mean, "std": moments.standardDeviation])
  }

  private func jumps(_ test: Case) throws {
    let given = test.given
    let rate = try given.number("lam")
    let risk: GapRisk =
      try given.text("op") == "kou"
      ? .kou(jumpsPerYear: rate, upProbability: given.number("p_up"), downRate: given.number("eta_down"))
      : .merton(jumpsPerYear: rate, mean: given.number("mu_j"), deviation: given.number("sigma_j"))
    test.expect(["loss_prob": try risk.lossProbability(multiplier: given.number("m"), years: given.number("T"))])
  }

  private func path(_ test: Case) throws {
    let given = test.given
    let wealth = try given.number("V0")
    let plan = try CPPI(
      multiplier: given.number("m"), guarantee: given.number("floor_frac") * wealth, rate: given.number("r"),
      years: given.number("T"))
    let path = try plan.path(
      prices: given.numbers("S"), wealth: wealth, leverageCap: given.number("leverage_cap"))
    test.expect([:], lists: ["V": path.wealth, "exposure": path.exposure])
  }

  @Test func tracking() throws {
    try VectorCases.run(
      "tracking",
      [
        "tracking": { test in
          let statistics = try TrackingStatistics(
            portfolio: test.given.numbers("portfolio"), benchmark: test.given.numbers("benchmark"),
            periodsPerYear: test.given.number("periods_per_year"))
          test.expect([
            "te": statistics.trackingError, "te_annual": statistics.annualTrackingError,
            "mean_active": statistics.meanActive, "info_ratio_annual": statistics.informationRatio,
            "rms_active": statistics.rootMeanSquareActive,
            "hedge_effectiveness_var": statistics.hedgeEffectiveness, "hedge_r2": statistics.rSquared,
            "min_var_hedge_ratio": statistics.minimumVarianceRatio, "dollar_offset": statistics.dollarOffset,
          ])
        }
      ])
  }
}

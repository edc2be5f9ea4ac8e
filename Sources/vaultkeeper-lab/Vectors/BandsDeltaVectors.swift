import Ethereum
import Foundation
import Quant

/// Bands around a delta.
enum BandsDeltaVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    switch try given.text("op") {
    case "ww_clamp": try clamp(given)
    case "ww_zak": try bands(given)
    case "leland": try leland(given)
    case "impulse_band": impulse(try band(given))
    case "equal_te_cost_ratio": try ratios(given)
    case let other: throw VectorOutput.unknown(other)
    }
  }

  private static func clamp(_ given: VectorInput) throws -> JSON {
    let strike = try given.number("K")
    let spot = strike * exp(try given.number("log_moneyness"))
    let greeks = try Greeks(
      .call, spot: spot, strike: strike, years: given.number("T"),
      rate: given.number("r"), carry: 0, volatility: given.number("sigma"))
    let band = try WhalleyWilmott(
      spot: spot, gamma: greeks.gamma, oneWayCost: given.number("lam"),
      riskAversion: given.number("risk_aversion"), rate: given.number("r"), years: given.number("T"))
    return VectorOutput.object([
      "new_hedge": try band.hedge(from: given.number("prev_hedge"), target: greeks.delta)
    ])
  }

  private static func bands(_ given: VectorInput) throws -> JSON {
    let kind: OptionKind = try given.text("cp") == "c" ? .call : .put
    let (spot, strike, years) = (try given.number("S"), try given.number("K"), try given.number("T"))
    let (rate, volatility) = (try given.number("r"), try given.number("sigma"))
    func greeks(_ volatility: Double) throws -> Greeks {
      try Greeks(kind, spot: spot, strike: strike, years: years, rate: rate, carry: 0, volatility: volatility)
    }
    let plain = try greeks(volatility)
    let wilmott = try WhalleyWilmott(
      spot: spot, gamma: plain.gamma, oneWayCost: given.number("lam"), riskAversion: given.number("risk_aversion"),
      rate: rate, years: years)
    let zakamouline = try Zakamouline(
      spot: spot, gamma: plain.gamma, volatility: volatility, years: years, rate: rate,
      oneWayCost: given.number("lam"), riskAversion: given.number("risk_aversion"))
    return VectorOutput.object([
      "gamma_bs": plain.gamma, "delta_bs": plain.delta, "ww_halfwidth": wilmott.halfWidth,
      "zak_H0": zakamouline.innerHalfWidth, "zak_H1": zakamouline.gammaHalfWidth,
      "zak_K": zakamouline.varianceChange, "zak_sigma_short": zakamouline.shortGammaVolatility,
      "zak_center_short": try greeks(zakamouline.shortGammaVolatility).delta,
      "zak_sigma_long": zakamouline.longGammaVolatility,
      "zak_center_long": try zakamouline.longGammaVolatility.map { try greeks($0).delta },
    ])
  }

  private static func leland(_ given: VectorInput) throws -> JSON {
    let leland = try Leland(
      volatility: given.number("sigma"), roundTripCost: given.number("k_roundtrip"), interval: given.number("dt"))
    return VectorOutput.object([
      "leland_number": leland.number, "sigma_short": leland.shortGammaVolatility,
      "sigma_long": leland.longGammaVolatility,
    ])
  }

  private static func band(_ given: VectorInput) throws -> ImpulseBand {
    try ImpulseBand(
      motion: TargetMotion(targetVariance: given.number("q"), priceVariance: given.number("v")),
      costs: TradingCosts(fixed: given.number("F"), perUnit: given.number("k")),
      riskAversion: given.number("risk_aversion"))
  }

  private static func impulse(_ band: ImpulseBand) -> JSON {
    VectorOutput.object([
      "b": band.trigger, "r": band.reset, "trades_per_year": band.tradesPerYear,
      "volume_per_year": band.volumePerYear, "msq": band.meanSquareDeviation, "cost_per_year": band.costPerYear,
      "risk_per_year": band.riskPerYear,
    ])
  }

  private static func ratios(_ given: VectorInput) throws -> JSON {
    let costs = try EqualTrackingErrorCosts(of: try band(given))
    return VectorOutput.object([
      "gen1_centre_over_gen3": costs.centredBandRatio, "gen2_schedule_over_gen3": costs.clockRatio,
    ])
  }
}

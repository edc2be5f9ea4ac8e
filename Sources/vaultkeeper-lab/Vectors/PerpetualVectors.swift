import Ethereum
import Quant

/// Perpetuals, margins, funding and carry.
enum PerpetualVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    switch try given.text("op") {
    case "isolated_linear": try linear(given)
    case "isolated_inverse": try inverse(given)
    case "cross_hedged": try cross(given)
    case "touch_prob": try touch(given)
    case "cash_carry": try carry(given)
    case "funding": try funding(given)
    case "funding_clamp":
      VectorOutput.object([
        "rate": try Funding.rate(
          premium: given.number("avg_premium"), interest: given.number("interest"), limit: given.number("clamp"))
      ])
    case let other: throw VectorOutput.unknown(other)
    }
  }

  private static func side(_ given: VectorInput) throws -> PositionSide {
    switch try given.integer("side") {
    case 1: .long
    case -1: .short
    default: throw LabError("side is neither 1 nor -1")
    }
  }

  private static func linear(_ given: VectorInput) throws -> JSON {
    let margin = try IsolatedLinearMargin(
      position: LinearPerpetual(side: side(given), entry: given.number("entry"), size: given.number("size")),
      margin: given.number("isolated_margin"), maintenanceRate: given.number("mmr"))
    let mark = try given.number("mark")
    return VectorOutput.object([
      "liq_price": margin.liquidationPrice, "equity": try margin.equity(at: mark),
      "maint_margin": try margin.maintenanceMargin(at: mark), "margin_ratio": try margin.marginRatio(at: mark),
      // The vectors give its size only; ours is negative past the liquidation.
      "distance_frac": try margin.liquidationDistance(at: mark)?.magnitude,
    ])
  }

  private static func inverse(_ given: VectorInput) throws -> JSON {
    let position = try InversePerpetual(
      side: side(given), entry: given.number("entry"), notional: given.number("notional_usd"))
    let (mark, margin) = (try given.number("mark"), try given.number("margin_coin"))
    return VectorOutput.object([
      "pnl_coin": try position.profit(at: mark), "equity_coin": try position.equity(at: mark, margin: margin),
      "delta_coin": try position.delta(at: mark), "delta_coin_incl_pnl": try position.deltaWithProfit(at: mark),
      "liq_price": try position.liquidationPrice(margin: margin, maintenanceRate: given.number("mmr")),
    ])
  }

  private static func cross(_ given: VectorInput) throws -> JSON {
    let account = try CrossMarginCarry(
      cash: given.number("usd_cash"), collateral: given.number("coin_collateral"), haircut: given.number("haircut"),
      short: given.number("short_size"), entry: given.number("entry"), maintenanceRate: given.number("mmr"))
    return VectorOutput.object(["liq_price_up": try account.upperLiquidationPrice()])
  }

  private static func touch(_ given: VectorInput) throws -> JSON {
    let passage = try FirstPassage(
      price: given.number("P"), level: given.number("barrier"), drift: given.number("mu"),
      volatility: given.number("sigma"), years: given.number("T"))
    return VectorOutput.object(["prob": passage.probability, "distance_sigmas": passage.distanceInSigmas])
  }

  private static func carry(_ given: VectorInput) throws -> JSON {
    let carry = try CashAndCarry(
      spot: given.number("spot"), future: given.number("future"), days: given.number("days"),
      financingRate: given.number("financing_rate"), fees: given.number("fees_roundtrip"),
      marginFraction: given.number("margin_frac"))
    return VectorOutput.object([
      "basis": carry.basis, "annual_simple": carry.annualSimple, "annual_cont": carry.annualContinuous,
      "net_annual_simple": carry.netAnnualSimple, "return_on_capital": carry.returnOnCapital,
    ])
  }

  private static func funding(_ given: VectorInput) throws -> JSON {
    let (rate, periods) = (try given.number("rate_per_period"), try given.number("periods_per_day"))
    return VectorOutput.object([
      "apr": try Funding.annualRate(perPeriod: rate, periodsPerDay: periods),
      "apy": try Funding.annualYield(perPeriod: rate, periodsPerDay: periods),
      "payment_received_by_short_per_period": try Funding.payment(
        to: .short, rate: rate, notional: given.number("notional")),
    ])
  }
}

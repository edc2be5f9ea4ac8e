import Foundation
import Testing

@testable import Quant

/// Liquidity, perpetuals, volatility and execution against the same kinds of cases.
struct MarketVectorTests {
  private typealias Case = VectorCases.Case

  @Test func liquidity() throws {
    try VectorCases.run(
      "lp_uniswap", elsewhere: ["tick_sqrtx96", "swap_in_range", "mint_amounts"],
      [
        "y_for_x": { test in
          let given = test.given
          test.expect([
            "y": try LiquidityPosition.quote(
              forBase: given.number("x"), price: given.number("P"), lowerPrice: given.number("Pa"),
              upperPrice: given.number("Pb"))
          ])
        },
        "pa_for_xy": { test in
          test.expect([
            "Pa": try LiquidityPosition.lowerPrice(
              forAmounts: amounts(test), price: test.given.number("P"), upperPrice: test.given.number("Pb"))
          ])
        },
        "amounts_after": amountsAfter, "liquidity": bounds, "position": position, "il_range": impermanentLoss,
        "lvr_daily": { test in
          let loss = try LiquidityPosition.fullRange(liquidity: 7).lossVersusRebalancingFraction(
            at: 3, volatility: test.given.number("sigma_daily"))
          test.expect(["lvr_bps_per_day": loss * 10_000])
        },
        "il_full_range": { test in
          test.expect(["il": try ImpermanentLoss.fullRange(priceRatio: test.given.number("price_ratio"))])
        },
        "tick_sqrt_real": { test in
          test.expect(["sqrt_price": try LiquidityPosition.rootPrice(tick: Int(test.given.number("tick")))])
        },
        "price_tick": { test in
          test.expect(["tick": Double(try LiquidityPosition.tick(price: test.given.number("price")))])
        },
      ])
  }

  private func amounts(_ test: Case) throws -> LiquidityPosition.Amounts {
    try LiquidityPosition.Amounts(base: test.given.number("x"), quote: test.given.number("y"))
  }

  private func amountsAfter(_ test: Case) throws {
    let given = test.given
    let position = try LiquidityPosition(
      filledWith: amounts(test), price: given.number("P0"), lowerPrice: given.number("Pa"),
      upperPrice: given.number("Pb"))
    let after = try position.amounts(at: given.number("P"))
    test.expect(["x": after.base, "y": after.quote])
  }

  /// Published are the bound of token 0 and the lesser of both; a case's note says which, and one of them it must be.
  private func bounds(_ test: Case) throws {
    let given = test.given
    let bounds = try LiquidityBounds(
      amounts: amounts(test), price: given.number("P"), lowerPrice: given.number("Pa"),
      upperPrice: given.number("Pb"))
    let expected = try #require(test.expected["L"]?.number)
    let base = try #require(bounds.fromBase)
    test.expect(["L": abs(base - expected) < abs(bounds.least - expected) ? base : bounds.least])
    #expect(bounds.least < base)
  }

  private func ranged(_ test: Case) throws -> LiquidityPosition {
    try LiquidityPosition(
      liquidity: test.given.number("L"), lowerPrice: test.given.number("Pa"), upperPrice: test.given.number("Pb"))
  }

  private func position(_ test: Case) throws {
    let position = try ranged(test)
    let (price, volatility) = (try test.given.number("P"), try test.given.number("sigma"))
    let amounts = try position.amounts(at: price)
    test.expect([
      "amount0": amounts.base, "amount1": amounts.quote, "value1": try position.value(at: price),
      "delta0": try position.delta(at: price), "gamma": try position.gamma(at: price),
      "delta_capital_frac": try position.deltaFraction(at: price),
      "lvr_usd_per_year": try position.lossVersusRebalancing(at: price, volatility: volatility),
      "lvr_frac_per_year": try position.lossVersusRebalancingFraction(at: price, volatility: volatility),
    ])
  }

  private func impermanentLoss(_ test: Case) throws {
    let position = try ranged(test)
    let (before, after) = (try test.given.number("P0"), try test.given.number("P1"))
    let loss = try ImpermanentLoss(of: position, from: before, to: after)
    let hedged = try HedgedLiquidity(position: position, hedge: -position.delta(at: before))
    test.expect([
      "il_usd": loss.amount, "il_frac": loss.fraction,
      "hedged_static_pnl": try hedged.profit(from: before, to: after),
    ])
  }

  @Test func perpetuals() throws {
    try VectorCases.run(
      "perp",
      [
        "isolated_linear": linear, "isolated_inverse": inverse, "cross_hedged": cross, "touch_prob": touch,
        "cash_carry": carry, "funding": funding,
        "funding_clamp": { test in
          let given = test.given
          test.expect([
            "rate": try Funding.rate(
              premium: given.number("avg_premium"), interest: given.number("interest"), limit: given.number("clamp"))
          ])
        },
      ])
  }

  private func side(_ test: Case) throws -> PositionSide { try test.given.number("side") > 0 ? .long : .short }

  private func linear(_ test: Case) throws {
    let given = test.given
    let margin = try IsolatedLinearMargin(
      position: LinearPerpetual(side: side(test), entry: given.number("entry"), size: given.number("size")),
      margin: given.number("isolated_margin"), maintenanceRate: given.number("mmr"))
    let mark = try given.number("mark")
    test.expect([
      "liq_price": margin.liquidationPrice, "equity": try margin.equity(at: mark),
      "maint_margin": try margin.maintenanceMargin(at: mark), "margin_ratio": try margin.marginRatio(at: mark),
      "distance_frac": try margin.liquidationDistance(at: mark)?.magnitude,
    ])
  }

  private func inverse(_ test: Case) throws {
    let given = test.given
    let position = try InversePerpetual(
      side: side(test), entry: given.number("entry"), notional: given.number("notional_usd"))
    let (mark, margin) = (try given.number("mark"), try given.number("margin_coin"))
    test.expect([
      "pnl_coin": try position.profit(at: mark), "equity_coin": try position.equity(at: mark, margin: margin),
      "delta_coin": try position.delta(at: mark), "delta_coin_incl_pnl": try position.deltaWithProfit(at: mark),
      "liq_price": try position.liquidationPrice(margin: margin, maintenanceRate: given.number("mmr")),
    ])
  }

  private func cross(_ test: Case) throws {
    let given = test.given
    let account = try CrossMarginCarry(
      cash: given.number("usd_cash"), collateral: given.number("coin_collateral"), haircut: given.number("haircut"),
      short: given.number("short_size"), entry: given.number("entry"), maintenanceRate: given.number("mmr"))
    test.expect(["liq_price_up": try account.upperLiquidationPrice()])
  }

  private func touch(_ test: Case) throws {
    let given = test.given
    let passage = try FirstPassage(
      price: given.number("P"), level: given.number("barrier"), drift: given.number("mu"),
      volatility: given.number("sigma"), years: given.number("T"))
    test.expect(["prob": passage.probability, "distance_sigmas": passage.distanceInSigmas])
  }

  private func carry(_ test: Case) throws {
    let given = test.given
    let carry = try CashAndCarry(
      spot: given.number("spot"), future: given.number("future"), days: given.number("days"),
      financingRate: given.number("financing_rate"), fees: given.number("fees_roundtrip"),
      marginFraction: given.number("margin_frac"))
    test.expect([
      "basis": carry.basis, "annual_simple": carry.annualSimple, "annual_cont": carry.annualContinuous,
      "net_annual_simple": carry.netAnnualSimple, "return_on_capital": carry.returnOnCapital,
    ])
  }

  private func funding(_ test: Case) throws {
    let (rate, periods) = (try test.given.number("rate_per_period"), try test.given.number("periods_per_day"))
    test.expect([
      "apr": try Funding.annualRate(perPeriod: rate, periodsPerDay: periods),
      "apy": try Funding.annualYield(perPeriod: rate, periodsPerDay: periods),
      "payment_received_by_short_per_period": try Funding.payment(
        to: .short, rate: rate, notional: test.given.number("notional")),
    ])
  }

  @Test func volatility() throws {
    try VectorCases.run(
      "volatility", elsewhere: ["garch_fit_dem2gbp"],
      [
        "ewma_step": ewma, "ewma_cov": covariance, "garch_step": step, "garch_filter": filter,
        "garch_calc_quantlib": repeated, "ohlc_estimators": bars,
        "garch_forecast": { test in
          let given = test.given
          test.expect([
            "var_h": try model(test).forecast(variance: given.number("var_now"), periods: Int(given.number("h")))
          ])
        },
        "har_rv": { test in
          let har = try HAR(test.given.numbers("rv"))
          test.expect([
            "beta0": har.intercept, "beta_d": har.daily, "beta_w": har.weekly, "beta_m": har.monthly,
            "forecast": har.forecast,
          ])
        },
      ])
  }

  private func model(_ test: Case) throws -> GARCH {
    try GARCH(
      omega: test.given.number("omega"), alpha: test.given.number("alpha"), beta: test.given.number("beta"))
  }

  private func ewma(_ test: Case) throws {
    let before = try test.given.number("prev_sigma")
    var ewma = try EWMA(lambda: test.given.number("lam"), variance: before * before)
    try ewma.update(return: test.given.number("ret"))
    test.expect(["var": ewma.variance, "sigma": ewma.deviation])
  }

  private func covariance(_ test: Case) throws {
    let ewma = try EWMACovariance(
      lambda: test.given.number("lam"), x: test.given.numbers("x"), y: test.given.numbers("y"))
    test.expect([
      "var_x": ewma.varianceX, "var_y": ewma.varianceY, "cov": ewma.covariance, "corr": ewma.correlation,
      "beta_y_on_x": ewma.beta, "min_var_hedge_of_y_with_x": ewma.beta,
    ])
  }

  private func step(_ test: Case) throws {
    let model = try model(test)
    let before = try test.given.number("prev_sigma")
    let variance = try model.next(variance: before * before, return: test.given.number("ret"))
    test.expect([
      "var": variance, "sigma": variance.squareRoot(), "long_run_var": model.longRunVariance,
      "long_run_sigma": model.longRunVariance.squareRoot(),
    ])
  }

  /// QuantLib's third argument is the long-run variance, whatever the case calls it.
  private func repeated(_ test: Case) throws {
    let given = test.given
    let model = try GARCH(
      longRunVariance: given.number("omega"), alpha: given.number("alpha"), beta: given.number("beta"))
    let size = try given.number("ret")
    var variance = size * size
    var deviations: [Double] = []
    for _ in 0..<(Int(try given.number("n"))) {
      variance = try model.next(variance: variance, return: size)
      deviations.append(variance.squareRoot())
    }
    test.expect([:], lists: ["sigma": deviations])
  }

  private func filter(_ test: Case) throws {
    let model = try model(test)
    let filtered = try model.filter(test.given.numbers("ret"))
    let horizon = Int(try test.given.number("horizon"))
    let path = try (0..<horizon).map { try model.forecast(variance: filtered.next, periods: $0) }
    test.expect(
      [
        "loglik": filtered.logLikelihood, "next_var": filtered.next,
        "avg_var_over_horizon": try model.averageForecast(variance: filtered.next, periods: horizon),
        "long_run_var": model.longRunVariance,
      ], lists: ["h": filtered.variances, "forecast_path": path])
  }

  private func bars(_ test: Case) throws {
    let bars = try #require(test.given["ohlc"]?.array).map { row in
      let prices = try #require(row.array).map { try #require($0.number) }
      return try PriceBar(open: prices[0], high: prices[1], low: prices[2], close: prices[3])
    }
    let periods = try test.given.number("periods_per_year")
    test.expect([
      "close_close": try RangeVolatility.closeToClose(bars, periodsPerYear: periods),
      "close_close_zero_mean": try RangeVolatility.closeToCloseAboutZero(bars, periodsPerYear: periods),
      "parkinson": try RangeVolatility.parkinson(bars, periodsPerYear: periods),
      "garman_klass": try RangeVolatility.garmanKlass(bars, periodsPerYear: periods),
      "rogers_satchell": try RangeVolatility.rogersSatchell(bars, periodsPerYear: periods),
      "yang_zhang": try RangeVolatility.yangZhang(bars, periodsPerYear: periods),
      "realized_var_sum": try RangeVolatility.realisedVariance(bars),
      "bipower_var_sum": try RangeVolatility.bipowerVariation(bars),
    ])
  }

  @Test func execution() throws {
    try VectorCases.run(
      "execution", elsewhere: ["eip1559_basefee", "replacement", "worst_case_basefee"],
      [
        "almgren_chriss": { test in
          let plan = try plan(test)
          test.expect([
            "E_musd": plan.expectedCost / 1e6, "V_musd2": plan.variance / 1e12, "half_life_days": plan.halfLife,
            "kappa": plan.kappa,
          ])
        },
        "almgren_chriss_full": { test in
          let plan = try plan(test)
          test.expect(
            ["kappa": plan.kappa, "E": plan.expectedCost, "V": plan.variance],
            lists: ["x": plan.holdings, "n": plan.trades])
        },
        "sandwich_cpmm": sandwich,
        "limit_fill": { test in
          let fill = try LimitFill(
            offset: test.given.number("offset_frac"), volatility: test.given.number("sigma"),
            years: test.given.number("tau_years"))
          test.expect([
            "touch_prob": fill.touchProbability, "expected_improvement_if_filled": fill.improvement,
            "expected_chase_cost_if_not_filled": fill.chaseCost,
          ])
        },
      ])
  }

  private func plan(_ test: Case) throws -> AlmgrenChriss {
    let given = test.given
    let impact = try LinearImpact(
      volatility: given.number("sigma"), halfSpread: given.number("eps"), permanent: given.number("gamma"),
      temporary: given.number("eta"))
    return try AlmgrenChriss(
      quantity: given.number("X"), horizon: given.number("T"), intervals: Int(given.number("N")), impact: impact,
      riskAversion: given.number("lam"))
  }

  private func sandwich(_ test: Case) throws {
    let given = test.given
    let swap = try Sandwich(
      reserveIn: given.number("reserve_in"), reserveOut: given.number("reserve_out"),
      amountIn: given.number("victim_in"), fee: given.number("fee"), tolerance: given.number("slippage_tol"))
    let (limit, best) = (swap.frontRunAtLimit, try swap.optimalFrontRun())
    test.expect(
      [
        "quote": swap.quote, "min_out": swap.leastOutput, "frontrun_at_limit": limit,
        "profit_at_limit": try swap.profit(frontRun: limit), "frontrun_opt": best,
        "profit_opt": try swap.profit(frontRun: best), "victim_out_at_opt": try swap.output(afterFrontRun: best),
      ], besides: ["sandwichable_marginal"])
    #expect(swap.isSandwichable == test.expected["sandwichable_marginal"]?.bool, "\(test.id)")
  }
}

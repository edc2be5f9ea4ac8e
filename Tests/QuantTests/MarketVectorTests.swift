import Foundation
import Testing

@testable import Quant

/// Liquidity, perpetuals, volatility and execution against the same kinds of cases.
struct MarketVectorTests {
  private typealias Case = VectorCases.Case

  private func run(
    _ kind: String, elsewhere: Set<String> = [], _ operations: [String: (Case) throws -> Void]
  ) throws {
    for test in try VectorCases(kind).cases {
      let name = try test.given.text("op")
      if elsewhere.contains(name) { continue }
      let operation = try #require(operations[name], "\(test.id): \(name)")
      try operation(test)
    }
  }

  private func expect(_ test: Case, _ found: KeyValuePairs<String, Double?>) {
    for (name, value) in found { test.expect(name, value) }
    #expect(found.contains { test.expected.keys.contains($0.key) }, "\(test.id): nothing is compared")
  }

  private func expect(_ test: Case, _ name: String, _ found: [Double]) throws {
    let expected = try #require(test.expected[name]?.array).map { try #require($0.number) }
    #expect(expected.count == found.count)
    let (absolute, relative) = (test.tolerance["abs"]?.number ?? 0, test.tolerance["rel"]?.number ?? 0)
    for (ours, theirs) in zip(found, expected) {
      #expect(abs(ours - theirs) <= absolute + relative * abs(theirs), "\(test.id) \(name): \(ours), not \(theirs)")
    }
  }

  @Test func liquidity() throws {
    try run(
      "lp_uniswap", elsewhere: ["tick_sqrtx96", "swap_in_range", "mint_amounts"],
      [
        "y_for_x": { test in
          let given = test.given
          expect(
            test,
            [
              "y": try LiquidityPosition.quote(
                forBase: given.number("x"), price: given.number("P"), lowerPrice: given.number("Pa"),
                upperPrice: given.number("Pb"))
            ])
        },
        "pa_for_xy": { test in
          expect(
            test,
            [
              "Pa": try LiquidityPosition.lowerPrice(
                forAmounts: amounts(test), price: test.given.number("P"), upperPrice: test.given.number("Pb"))
            ])
        },
        "amounts_after": amountsAfter, "liquidity": bounds, "position": position, "il_range": impermanentLoss,
        "lvr_daily": { test in
          let loss = try LiquidityPosition.fullRange(liquidity: 7).lossVersusRebalancingFraction(
            at: 3, volatility: test.given.number("sigma_daily"))
          expect(test, ["lvr_bps_per_day": loss * 10_000])
        },
        "il_full_range": { test in
          expect(test, ["il": try ImpermanentLoss.fullRange(priceRatio: test.given.number("price_ratio"))])
        },
        "tick_sqrt_real": { test in
          expect(test, ["sqrt_price": try LiquidityPosition.rootPrice(tick: Int(test.given.number("tick")))])
        },
        "price_tick": { test in
          expect(test, ["tick": Double(try LiquidityPosition.tick(price: test.given.number("price")))])
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
    expect(test, ["x": after.base, "y": after.quote])
  }

  /// Published are the bound of token 0 and the lesser of both; a case's note says which, and one of them it must be.
  private func bounds(_ test: Case) throws {
    let given = test.given
    let bounds = try LiquidityBounds(
      amounts: amounts(test), price: given.number("P"), lowerPrice: given.number("Pa"),
      upperPrice: given.number("Pb"))
    let expected = try #require(test.expected["L"]?.number)
    let base = try #require(bounds.fromBase)
    expect(test, ["L": abs(base - expected) < abs(bounds.least - expected) ? base : bounds.least])
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
    expect(
      test,
      [
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
    expect(
      test,
      [
        "il_usd": loss.amount, "il_frac": loss.fraction,
        "hedged_static_pnl": try hedged.profit(from: before, to: after),
      ])
  }

  @Test func perpetuals() throws {
    try run(
      "perp",
      [
        "isolated_linear": linear, "isolated_inverse": inverse, "cross_hedged": cross, "touch_prob": touch,
        "cash_carry": carry, "funding": funding,
        "funding_clamp": { test in
          let given = test.given
          expect(
            test,
            [
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
    expect(
      test,
      [
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
    expect(
      test,
      [
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
    expect(test, ["liq_price_up": try account.upperLiquidationPrice()])
  }

  private func touch(_ test: Case) throws {
    let given = test.given
    let passage = try FirstPassage(
      price: given.number("P"), level: given.number("barrier"), drift: given.number("mu"),
      volatility: given.number("sigma"), years: given.number("T"))
    expect(test, ["prob": passage.probability, "distance_sigmas": passage.distanceInSigmas])
  }

  private func carry(_ test: Case) throws {
    let given = test.given
    let carry = try CashAndCarry(
      spot: given.number("spot"), future: given.number("future"), days: given.number("days"),
      financingRate: given.number("financing_rate"), fees: given.number("fees_roundtrip"),
      marginFraction: given.number("margin_frac"))
    expect(
      test,
      [
        "basis": carry.basis, "annual_simple": carry.annualSimple, "annual_cont": carry.annualContinuous,
        "net_annual_simple": carry.netAnnualSimple, "return_on_capital": carry.returnOnCapital,
      ])
  }

  private func funding(_ test: Case) throws {
    let (rate, periods) = (try test.given.number("rate_per_period"), try test.given.number("periods_per_day"))
    expect(
      test,
      [
        "apr": try Funding.annualRate(perPeriod: rate, periodsPerDay: periods),
        "apy": try Funding.annualYield(perPeriod: rate, periodsPerDay: periods),
        "payment_received_by_short_per_period": try Funding.payment(
          to: .short, rate: rate, notional: test.given.number("notional")),
      ])
  }

  @Test func volatility() throws {
    try run(
      "volatility", elsewhere: ["garch_fit_dem2gbp"],
      [
        "ewma_step": ewma, "ewma_cov": covariance, "garch_step": step, "garch_filter": filter,
        "garch_calc_quantlib": repeated, "ohlc_estimators": bars,
        "garch_forecast": { test in
          let given = test.given
          expect(
            test,
            ["var_h": try model(test).forecast(variance: given.number("var_now"), periods: Int(given.number("h")))])
        },
        "har_rv": { test in
          let har = try HAR(test.given.numbers("rv"))
          expect(
            test,
            [
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
    expect(test, ["var": ewma.variance, "sigma": ewma.deviation])
  }

  private func covariance(_ test: Case) throws {
    let ewma = try EWMACovariance(
      lambda: test.given.number("lam"), x: test.given.numbers("x"), y: test.given.numbers("y"))
    expect(
      test,
      [
        "var_x": ewma.varianceX, "var_y": ewma.varianceY, "cov": ewma.covariance, "corr": ewma.correlation,
        "beta_y_on_x": ewma.beta, "min_var_hedge_of_y_with_x": ewma.beta,
      ])
  }

  private func step(_ test: Case) throws {
    let model = try model(test)
    let before = try test.given.number("prev_sigma")
    let variance = try model.next(variance: before * before, return: test.given.number("ret"))
    expect(
      test,
      [
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
    try expect(test, "sigma", deviations)
  }

  private func filter(_ test: Case) throws {
    let model = try model(test)
    let filtered = try model.filter(test.given.numbers("ret"))
    let horizon = Int(try test.given.number("horizon"))
    try expect(test, "h", filtered.variances)
    try expect(
      test, "forecast_path", (0..<horizon).map { try model.forecast(variance: filtered.next, periods: $0) })
    expect(
      test,
      [
        "loglik": filtered.logLikelihood, "next_var": filtered.next,
        "avg_var_over_horizon": try model.averageForecast(variance: filtered.next, periods: horizon),
        "long_run_var": model.longRunVariance,
      ])
  }

  private func bars(_ test: Case) throws {
    let bars = try #require(test.given["ohlc"]?.array).map { row in
      let prices = try #require(row.array).map { try #require($0.number) }
      return try PriceBar(open: prices[0], high: prices[1], low: prices[2], close: prices[3])
    }
    let periods = try test.given.number("periods_per_year")
    expect(
      test,
      [
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
    try run(
      "execution", elsewhere: ["eip1559_basefee", "replacement", "worst_case_basefee"],
      [
        "almgren_chriss": { test in
          let plan = try plan(test)
          expect(
            test,
            [
              "E_musd": plan.expectedCost / 1e6, "V_musd2": plan.variance / 1e12, "half_life_days": plan.halfLife,
              "kappa": plan.kappa,
            ])
        },
        "almgren_chriss_full": { test in
          let plan = try plan(test)
          try expect(test, "x", plan.holdings)
          try expect(test, "n", plan.trades)
          expect(test, ["kappa": plan.kappa, "E": plan.expectedCost, "V": plan.variance])
        },
        "sandwich_cpmm": sandwich,
        "limit_fill": { test in
          let fill = try LimitFill(
            offset: test.given.number("offset_frac"), volatility: test.given.number("sigma"),
            years: test.given.number("tau_years"))
          expect(
            test,
            [
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
    expect(
      test,
      [
        "quote": swap.quote, "min_out": swap.leastOutput, "frontrun_at_limit": limit,
        "profit_at_limit": try swap.profit(frontRun: limit), "frontrun_opt": best,
        "profit_opt": try swap.profit(frontRun: best), "victim_out_at_opt": try swap.output(afterFrontRun: best),
      ])
    #expect(swap.isSandwichable == test.expected["sandwichable_marginal"]?.bool, "\(test.id)")
  }
}

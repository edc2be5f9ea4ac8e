import Testing

@testable import Quant

struct SmileVectorTests {
  private func slice(_ given: VectorValue) throws -> SVISlice {
    try SVISlice(
      a: given.number("a"), b: given.number("b"), rho: given.number("rho"), m: given.number("m"),
      sigma: given.number("sigma"))
  }

  @Test func smiles() throws {
    for test in try VectorCases("svi").cases {
      let given = test.given
      switch try given.text("op") {
      case "w", "w_g": try expectShape(test)
      case "jw": try expectJumpWings(test)
      case "butterfly_free", "butterfly_free_jw": try expectButterflies(test)
      case "calendar_free": try expectCalendar(test)
      case "ssvi_no_butterfly_sufficient", "ssvi_w": try expectSSVI(test)
      case "smile_delta": try expectDelta(test)
      case let other: Issue.record("\(test.id): no operation \(other)")
      }
    }
  }

  private func expectShape(_ test: VectorCases.Case) throws {
    let k = try test.given.number("k")
    let slice = try slice(test.given)
    test.expect("w", slice.totalVariance(k))
    test.expect("w1", slice.slope(k))
    test.expect("w2", slice.curvature(k))
    test.expect("g", slice.density(k))
  }

  private func expectJumpWings(_ test: VectorCases.Case) throws {
    let slice = try slice(test.given)
    let wings = try SVIJumpWings(slice, years: test.given.number("t"))
    test.expect("v", wings.variance)
    test.expect("psi", wings.skew)
    test.expect("p", wings.putSlope)
    test.expect("c", wings.callSlope)
    test.expect("vt", wings.leastVariance)
    // And back.
    let again = try wings.slice()
    for k in [-2, -0.5, 0, 0.1, 1.5] {
      #expect(abs(again.totalVariance(k) - slice.totalVariance(k)) < 1e-10, "\(test.id)")
    }
  }

  private func wings(_ given: VectorValue) throws -> SVIJumpWings {
    try SVIJumpWings(
      variance: given.number("v"), skew: given.number("psi"), putSlope: given.number("p"),
      callSlope: given.number("c"), leastVariance: given.number("vt"), years: given.number("t"))
  }

  private func expectButterflies(_ test: VectorCases.Case) throws {
    let given = test.given
    let slice = try given["v"] == nil ? slice(given) : wings(given).slice()
    let low = given["k_min"]?.number ?? -3
    let high = given["k_max"]?.number ?? 3
    let check = try slice.butterflyCheck(over: low...high)
    let expected = test.expected["arbitrage_free"]?.bool
    #expect(check.isFree(slack: given["g_slack"]?.number ?? 0) == expected, "\(test.id): \(check)")
    // Other slices share the file's grid minimum; ours may only be below it, by what the grid missed.
    if let least = test.leastDensityOnGrid {
      #expect(check.leastDensity <= least + 1e-12 && check.leastDensity > least - 1e-3, "\(test.id)")
    }
  }

  private func expectCalendar(_ test: VectorCases.Case) throws {
    let nearer = try slice(#require(test.given["slice_t1"]))
    let later = try slice(#require(test.given["slice_t2"]))
    let range = try test.given.number("k_min")...test.given.number("k_max")
    let expected = test.expected["ok"]?.bool
    #expect((try nearer.leastCalendarSpread(to: later, over: range) >= 0) == expected, "\(test.id)")
  }

  private func expectSSVI(_ test: VectorCases.Case) throws {
    let given = test.given
    let slice = try SSVISlice(theta: given.number("theta"), phi: given.number("phi"), rho: given.number("rho"))
    if let expected = test.expected["ok"]?.bool {
      #expect(slice.isSurelyButterflyFree == expected, "\(test.id)")
    } else {
      let k = try given.number("k")
      test.expect("w", slice.totalVariance(k))
      test.expect("w", try slice.raw().totalVariance(k))
    }
  }

  private func expectDelta(_ test: VectorCases.Case) throws {
    let given = test.given
    let delta = try SmileDelta(
      given.kind(), forward: given.number("F"), strike: given.number("K"), years: given.number("t"),
      smile: slice(given), stickiness: given.number("ssr"))
    test.expect("iv", delta.volatility)
    test.expect("dsig_dk", delta.skew)
    test.expect("delta", delta.delta)
  }
}

struct PerpetualAndHedgeVectorTests {
  @Test func powerPerpetuals() throws {
    for test in try VectorCases("power_perp").cases {
      let given = test.given
      let volatility = try given.number("sigma")
      let years = try given.number("f_years")
      let token = try PowerPerpetual(
        spot: given.number("S"), power: given.number("p"), rate: given.number("r"), volatility: volatility,
        fundingYears: years, normalisation: given.number("norm_factor"), scale: given.number("scale"))
      test.expect("mark_opyn", token.mark)
      test.expect("mark_paradigm", token.periodicMark)
      test.expect("delta_opyn", token.delta)
      test.expect("gamma_opyn", token.gamma)
      test.expect("vega_opyn", token.vega)
      test.expect("funding_theta_per_year_paid_by_long", token.fundingPerYear)
      let implied = try PowerPerpetual.impliedVolatility(
        mark: token.mark, index: token.index, power: given.number("p"), fundingYears: years)
      #expect(abs(implied - volatility) < 1e-12, "\(test.id)")
    }
  }

  @Test func replays() throws {
    for test in try VectorCases("hedge_replay").cases {
      let given = test.given
      let replay = try HedgeReplay(
        .call, path: given.numbers("path"), strike: given.number("K"), rate: given.number("r"),
        interval: given.number("dt"), strategy: .delta(volatility: given.number("sigma")),
        costFraction: given.number("lam"))
      test.expect("delta", replay.steps.map(\.units))
      test.expect("total_cost", replay.costs)
      test.expect("final_pnl", replay.profit)
    }
  }

  /// Tables 19.2 and 19.3 of Hull: a dealer's 20 weeks, to the week.
  @Test func printedWeeks() throws {
    for test in try VectorCases("hull_delta_hedge").cases where test.given["path"] != nil {
      let given = test.given
      let (path, strike) = (try given.numbers("path"), try given.number("K"))
      let replay = try HedgeReplay(
        .call, path: path, strike: strike, rate: given.number("r"), interval: 1.0 / 52,
        strategy: .delta(volatility: given.number("sigma")), lot: 0.001)
      let weeks = try HullWeeks(replay, strike: strike, options: given.number("n_options"))
      test.expect("delta", weeks.units)
      test.expect("cum_cost_kusd", weeks.costs)
      test.expect("total_cost_kusd", weeks.total)
    }
  }
}

/// The tables trade once more at expiry, to all or nothing, and count in thousands of dollars.
private struct HullWeeks {
  let units: [Double]
  let costs: [Double]
  let total: Double

  init(_ replay: HedgeReplay, strike: Double, options: Double) throws {
    let last = try #require(replay.steps.last)
    let exercised = last.price > strike ? 1.0 : 0.0
    let final = last.cumulativeCost + (exercised - last.units) * last.price
    units = replay.steps.dropLast().map(\.units) + [exercised]
    costs = (replay.steps.dropLast().map(\.cumulativeCost) + [final]).map { $0 * options / 1000 }
    total = (final - exercised * strike) * options / 1000
  }
}

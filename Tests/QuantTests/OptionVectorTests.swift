import Testing

@testable import Quant

/// Cases computed at 40 digits by independent programs, and published tables.
struct OptionVectorTests {
  @Test func greeks() throws {
    for test in try VectorCases("greeks_bsm").cases { try expectGreeks(test) }
    for test in try VectorCases("greeks_edge").cases { try expectGreeks(test) }
  }

  private func expectGreeks(_ test: VectorCases.Case) throws {
    let given = test.given
    let greeks = try Greeks(
      try given.kind(), spot: given.number("S"), strike: given.number("K"), years: given.number("T"),
      rate: given.number("r"), carry: given.number("q"), volatility: given.number("sigma"))
    test.expect("price", greeks.price)
    test.expect("delta", greeks.delta)
    test.expect("gamma", greeks.gamma)
    test.expect("vega", greeks.vega)
    test.expect("theta", greeks.theta)
    test.expect("rho", greeks.rho)
    test.expect("phi", greeks.phi)
    test.expect("vanna", greeks.vanna)
    test.expect("volga", greeks.volga)
    test.expect("charm", greeks.charm)
    test.expect("speed", greeks.speed)
    test.expect("zomma", greeks.zomma)
    test.expect("strike_delta", greeks.strikeDelta)
  }

  @Test func published() throws {
    for test in try VectorCases("published_greeks").cases {
      if let name = test.given["convention"]?.text {
        let given = test.given
        let conventions: [String: DeltaConvention] = [
          "Spot": .spot, "Fwd": .forward, "PaSpot": .premiumAdjustedSpot, "PaFwd": .premiumAdjustedForward,
        ]
        test.expect(
          "delta",
          try #require(conventions[name]).delta(
            given.kind(), spot: given.number("S"), strike: given.number("K"), discount: given.number("df_dom"),
            carryDiscount: given.number("df_for"), deviation: given.number("stddev")))
      } else if test.given["type"] != nil {
        try expectDigital(test)
      } else {
        try expectGreeks(test)
      }
    }
  }

  @Test func digital() throws {
    for test in try VectorCases("greeks_digital").cases { try expectDigital(test) }
  }

  private func expectDigital(_ test: VectorCases.Case) throws {
    let given = test.given
    let payment: DigitalOption.Payment =
      try given.text("type") == "cash" ? .cash(given.number("cash")) : .asset
    let option = try DigitalOption(
      given.kind(), pays: payment, spot: given.number("S"), strike: given.number("K"), years: given.number("T"),
      rate: given.number("r"), carry: given.number("q"), volatility: given.number("sigma"))
    test.expect("price", option.price)
    test.expect("delta", option.delta)
    test.expect("gamma", option.gamma)
    test.expect("vega", option.vega)
  }

  @Test func black76() throws {
    for test in try VectorCases("greeks_black76").cases {
      let given = test.given
      let option = try Black76(
        given.kind(), forward: given.number("F"), strike: given.number("K"), years: given.number("T"),
        rate: given.number("r"), volatility: given.number("sigma"))
      test.expect("price", option.price)
      test.expect("delta_fwd", option.forwardDelta)
      test.expect("delta_undisc", option.undiscountedDelta)
      test.expect("gamma_fwd", option.forwardGamma)
      test.expect("vega", option.vega)
      test.expect("theta", option.theta)
      test.expect("rho", option.rho)
    }
  }

  @Test func coinMargined() throws {
    for test in try VectorCases("crypto_inverse_options").cases {
      let given = test.given
      let option = try InverseOption(
        given.kind(), forward: given.number("F"), strike: given.number("K"), years: given.number("T"),
        volatility: given.number("sigma"))
      test.expect("price_usd", option.price)
      test.expect("price_coin", option.coinPrice)
      test.expect("delta_bs", option.delta)
      test.expect("delta_premium_adjusted", option.premiumAdjustedDelta)
      test.expect("gamma_usd", option.gamma)
      test.expect("vega_usd_per_1pct", option.vega / 100)
      test.expect("theta_usd_per_day365", option.theta / 365)
      test.expect("dcoin_dF", option.coinDelta)
    }
  }

  @Test func impliedVolatility() throws {
    for test in try VectorCases("implied_vol").cases {
      let given = test.given
      let volatility: Double?
      do {
        volatility = try ImpliedVolatility.black76(
          given.kind(), price: given.number("price"), forward: given.number("F"), strike: given.number("K"),
          years: given.number("T"), discount: given.number("df"))
      } catch is QuantError {
        volatility = nil
      }
      test.expect("iv", volatility)
    }
  }
}

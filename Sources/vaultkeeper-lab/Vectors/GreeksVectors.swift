import Ethereum
import Quant

/// greeks_bsm and greeks_edge: every Greek of a European option.
enum BSMVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    let greeks = try Greeks(
      given.optionKind(), spot: given.number("S"), strike: given.number("K"), years: given.number("T"),
      rate: given.number("r"), carry: given.optionalNumber("q") ?? 0, volatility: given.number("sigma"))
    return VectorOutput.object([
      "price": greeks.price, "delta": greeks.delta, "gamma": greeks.gamma, "vega": greeks.vega,
      "theta": greeks.theta, "rho": greeks.rho, "phi": greeks.phi, "vanna": greeks.vanna,
      "volga": greeks.volga, "charm": greeks.charm, "speed": greeks.speed, "zomma": greeks.zomma,
      "strike_delta": greeks.strikeDelta,
    ])
  }
}

/// greeks_black76: options on a forward.
enum Black76Vectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    let option = try Black76(
      given.optionKind(), forward: given.number("F"), strike: given.number("K"), years: given.number("T"),
      rate: given.number("r"), volatility: given.number("sigma"))
    return VectorOutput.object([
      "price": option.price, "delta_fwd": option.forwardDelta, "delta_undisc": option.undiscountedDelta,
      "gamma_fwd": option.forwardGamma, "vega": option.vega, "theta": option.theta, "rho": option.rho,
    ])
  }
}

/// greeks_digital: cash or asset, or nothing.
enum DigitalVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    let payment: DigitalOption.Payment
    switch try given.text("type") {
    case "cash": payment = .cash(try given.optionalNumber("cash") ?? 1)
    case "asset": payment = .asset
    case let other: throw LabError("no digital option of type \"\(other)\" is known")
    }
    let option = try DigitalOption(
      given.optionKind(), pays: payment, spot: given.number("S"), strike: given.number("K"),
      years: given.number("T"), rate: given.number("r"), carry: given.optionalNumber("q") ?? 0,
      volatility: given.number("sigma"))
    return VectorOutput.object([
      "price": option.price, "delta": option.delta, "gamma": option.gamma, "vega": option.vega,
    ])
  }
}

/// published_greeks: tables of books; `convention` names a desk's delta, `type` a digital option.
enum PublishedGreeksVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    if given.has("convention") { return try delta(given) }
    return try given.has("type") ? DigitalVectors.evaluate(given) : BSMVectors.evaluate(given)
  }

  private static func delta(_ given: VectorInput) throws -> JSON {
    let convention: DeltaConvention
    switch try given.text("convention") {
    case "Spot": convention = .spot
    case "Fwd": convention = .forward
    case "PaSpot": convention = .premiumAdjustedSpot
    case "PaFwd": convention = .premiumAdjustedForward
    case let other: throw LabError("no delta convention \"\(other)\" is known")
    }
    let delta = try convention.delta(
      given.optionKind(), spot: given.number("S"), strike: given.number("K"), discount: given.number("df_dom"),
      carryDiscount: given.number("df_for"), deviation: given.number("stddev"))
    return VectorOutput.object(["delta": delta])
  }
}

/// crypto_inverse_options: premium and payoff in coin.
enum InverseOptionVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    let option = try InverseOption(
      given.optionKind(), forward: given.number("F"), strike: given.number("K"), years: given.number("T"),
      volatility: given.number("sigma"))
    return VectorOutput.object([
      "price_usd": option.price, "price_coin": option.coinPrice, "delta_bs": option.delta,
      "delta_premium_adjusted": option.premiumAdjustedDelta, "gamma_usd": option.gamma,
      "vega_usd_per_1pct": option.vega / 100, "theta_usd_per_day365": option.theta / 365,
      "dcoin_dF": option.coinDelta,
    ])
  }
}

/// implied_vol: the volatility of a price, null of a price beyond its bounds.
enum ImpliedVolatilityVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    let kind = try given.optionKind()
    let (price, forward, strike) = (try given.number("price"), try given.number("F"), try given.number("K"))
    let (years, discount) = (try given.number("T"), try given.optionalNumber("df") ?? 1)
    do {
      let volatility = try ImpliedVolatility.black76(
        kind, price: price, forward: forward, strike: strike, years: years, discount: discount)
      return VectorOutput.object(["iv": volatility])
    } catch {
      return VectorOutput.object(["iv": nil])
    }
  }
}

/// power_perp: both marks of a power perpetual and what they imply.
enum PowerPerpetualVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    let token = try PowerPerpetual(
      spot: given.number("S"), power: given.number("p"), rate: given.optionalNumber("r") ?? 0,
      volatility: given.number("sigma"), fundingYears: given.number("f_years"),
      normalisation: given.optionalNumber("norm_factor") ?? 1, scale: given.optionalNumber("scale") ?? 1)
    return VectorOutput.object([
      "mark_opyn": token.mark, "mark_paradigm": token.periodicMark, "delta_opyn": token.delta,
      "gamma_opyn": token.gamma, "vega_opyn": token.vega,
      "funding_theta_per_year_paid_by_long": token.fundingPerYear,
    ])
  }
}

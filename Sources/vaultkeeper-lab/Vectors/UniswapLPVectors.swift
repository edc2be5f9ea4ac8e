import Contracts
import Ethereum
import Quant

/// Liquidity positions, in real numbers and in the protocol's integers.
enum UniswapLPVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    switch try given.text("op") {
    case "y_for_x": try quote(given)
    case "pa_for_xy": try lowerPrice(given)
    case "amounts_after": try amountsAfter(given)
    case "liquidity": try liquidity(given)
    case "position": try position(given)
    case "mint_amounts": try mint(given)
    case "lvr_daily": try dailyLoss(given)
    case "il_full_range":
      VectorOutput.object(["il": try ImpermanentLoss.fullRange(priceRatio: given.number("price_ratio"))])
    case "il_range": try impermanentLoss(given)
    case "tick_sqrt_real":
      VectorOutput.object(["sqrt_price": try LiquidityPosition.rootPrice(tick: given.integer("tick"))])
    case "tick_sqrtx96":
      ["sqrtPriceX96": VectorOutput.amount(try UniswapV3Math.sqrtPrice(atTick: given.integer("tick")))]
    case "price_tick": ["tick": .integer(Int64(try LiquidityPosition.tick(price: given.number("price"))))]
    case "swap_in_range": try swap(given)
    case let other: throw VectorOutput.unknown(other)
    }
  }

  private static func amounts(_ given: VectorInput) throws -> LiquidityPosition.Amounts {
    try LiquidityPosition.Amounts(base: given.number("x"), quote: given.number("y"))
  }

  private static func ranged(_ given: VectorInput) throws -> LiquidityPosition {
    try LiquidityPosition(
      liquidity: given.number("L"), lowerPrice: given.number("Pa"), upperPrice: given.number("Pb"))
  }

  private static func quote(_ given: VectorInput) throws -> JSON {
    VectorOutput.object([
      "y": try LiquidityPosition.quote(
        forBase: given.number("x"), price: given.number("P"), lowerPrice: given.number("Pa"),
        upperPrice: given.number("Pb"))
    ])
  }

  private static func lowerPrice(_ given: VectorInput) throws -> JSON {
    VectorOutput.object([
      "Pa": try LiquidityPosition.lowerPrice(
        forAmounts: amounts(given), price: given.number("P"), upperPrice: given.number("Pb"))
    ])
  }

  private static func amountsAfter(_ given: VectorInput) throws -> JSON {
    let position = try LiquidityPosition(
      filledWith: amounts(given), price: given.number("P0"), lowerPrice: given.number("Pa"),
      upperPrice: given.number("Pb"))
    let after = try position.amounts(at: given.number("P"))
    return VectorOutput.object(["x": after.base, "y": after.quote])
  }

  private static func liquidity(_ given: VectorInput) throws -> JSON {
    let bounds = try LiquidityBounds(
      amounts: amounts(given), price: given.number("P"), lowerPrice: given.number("Pa"),
      upperPrice: given.number("Pb"))
    switch given.optionalText("which") {
    case "L0": return VectorOutput.object(["L": bounds.fromBase])
    case "L1": return VectorOutput.object(["L": bounds.fromQuote])
    default: return VectorOutput.object(["L": bounds.least])
    }
  }

  private static func position(_ given: VectorInput) throws -> JSON {
    let position = try ranged(given)
    let (price, volatility) = (try given.number("P"), try given.number("sigma"))
    let amounts = try position.amounts(at: price)
    return VectorOutput.object([
      "amount0": amounts.base, "amount1": amounts.quote, "value1": try position.value(at: price),
      "delta0": try position.delta(at: price), "gamma": try position.gamma(at: price),
      "delta_capital_frac": try position.deltaFraction(at: price),
      "lvr_usd_per_year": try position.lossVersusRebalancing(at: price, volatility: volatility),
      "lvr_frac_per_year": try position.lossVersusRebalancingFraction(at: price, volatility: volatility),
    ])
  }

  /// Both tokens have 18 decimals here, so that L is one in units of 10⁻¹⁸.
  private static func mint(_ given: VectorInput) throws -> JSON {
    let (lower, upper) = (try given.integer("tick_lower"), try given.integer("tick_upper"))
    let (lowerRoot, upperRoot) = (
      try LiquidityPosition.rootPrice(tick: lower), try LiquidityPosition.rootPrice(tick: upper)
    )
    let position = try LiquidityPosition(
      liquidity: try given.uint256("L").approximateDouble / 1e18, lowerPrice: lowerRoot * lowerRoot,
      upperPrice: upperRoot * upperRoot)
    let amounts = try position.amounts(at: given.number("P"))
    return VectorOutput.object(["amount0": amounts.base, "amount1": amounts.quote])
  }

  private static func dailyLoss(_ given: VectorInput) throws -> JSON {
    // Over the full range the part lost is the same at any price and size; a day is the unit of time.
    guard try given.flag("full_range") else { throw LabError("a daily loss is asked for over the full range only") }
    let loss = try LiquidityPosition.fullRange(liquidity: 1).lossVersusRebalancingFraction(
      at: 1, volatility: given.number("sigma_daily"))
    return VectorOutput.object(["lvr_bps_per_day": loss * 10_000])
  }

  private static func impermanentLoss(_ given: VectorInput) throws -> JSON {
    let position = try ranged(given)
    let (before, after) = (try given.number("P0"), try given.number("P1"))
    let loss = try ImpermanentLoss(of: position, from: before, to: after)
    let hedged = try HedgedLiquidity(position: position, hedge: -position.delta(at: before))
    return VectorOutput.object([
      "il_usd": loss.amount, "il_frac": loss.fraction, "hedged_static_pnl": try hedged.profit(from: before, to: after),
    ])
  }

  private static func swap(_ given: VectorInput) throws -> JSON {
    let (price, liquidity) = (try given.uint256("sqrtPriceX96"), try given.uint256("L"))
    // Token 1 comes in and the price rises; no border stops it.
    let step = try UniswapV3Math.swapStep(
      from: price, to: UniswapV3Math.maximumSqrtPrice, liquidity: liquidity,
      remaining: .input(given.uint256("amount1_in_wei")), feeMillionths: fee(given))
    return [
      "next_sqrtPriceX96": VectorOutput.amount(step.sqrtPrice), "amount0_out_wei": VectorOutput.amount(step.amountOut),
    ]
  }

  /// Given as a part (0.003).
  private static func fee(_ given: VectorInput) throws -> UInt64 {
    guard let fee = UInt64(exactly: (try given.number("fee") * 1_000_000).rounded()) else {
      throw LabError("fee is no part of one")
    }
    return fee
  }
}

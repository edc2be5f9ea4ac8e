import Ethereum
import Quant

/// Schedules, sandwiches, resting orders, fees.
enum ExecutionVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    switch try given.text("op") {
    case "almgren_chriss": try published(given)
    case "almgren_chriss_full": try schedule(given)
    case "sandwich_cpmm": try sandwich(given)
    case "limit_fill": try limitFill(given)
    case "eip1559_basefee": try baseFee(given)
    case "replacement": try replacement(given)
    case "worst_case_basefee": try worstBaseFee(given)
    case let other: throw VectorOutput.unknown(other)
    }
  }

  private static func plan(_ given: VectorInput) throws -> AlmgrenChriss {
    let impact = try LinearImpact(
      volatility: given.number("sigma"), halfSpread: given.number("eps"), permanent: given.number("gamma"),
      temporary: given.number("eta"))
    return try AlmgrenChriss(
      quantity: given.number("X"), horizon: given.number("T"), intervals: given.integer("N"), impact: impact,
      riskAversion: given.number("lam"))
  }

  /// In millions, as printed.
  private static func published(_ given: VectorInput) throws -> JSON {
    let plan = try plan(given)
    return VectorOutput.object([
      "E_musd": plan.expectedCost / 1e6, "V_musd2": plan.variance / 1e12, "half_life_days": plan.halfLife,
      "kappa": plan.kappa,
    ])
  }

  private static func schedule(_ given: VectorInput) throws -> JSON {
    let plan = try plan(given)
    return [
      "kappa": .number(plan.kappa), "x": VectorOutput.numbers(plan.holdings), "n": VectorOutput.numbers(plan.trades),
      "E": .number(plan.expectedCost), "V": .number(plan.variance),
    ]
  }

  private static func sandwich(_ given: VectorInput) throws -> JSON {
    let swap = try Sandwich(
      reserveIn: given.number("reserve_in"), reserveOut: given.number("reserve_out"),
      amountIn: given.number("victim_in"), fee: given.number("fee"), tolerance: given.number("slippage_tol"))
    let (limit, best) = (swap.frontRunAtLimit, try swap.optimalFrontRun())
    return [
      "quote": .number(swap.quote), "min_out": .number(swap.leastOutput), "frontrun_at_limit": .number(limit),
      "profit_at_limit": .number(try swap.profit(frontRun: limit)), "frontrun_opt": .number(best),
      "profit_opt": .number(try swap.profit(frontRun: best)),
      "victim_out_at_opt": .number(try swap.output(afterFrontRun: best)),
      "sandwichable_marginal": .bool(swap.isSandwichable),
    ]
  }

  private static func limitFill(_ given: VectorInput) throws -> JSON {
    let fill = try LimitFill(
      offset: given.number("offset_frac"), volatility: given.number("sigma"), years: given.number("tau_years"))
    return VectorOutput.object([
      "touch_prob": fill.touchProbability, "expected_improvement_if_filled": fill.improvement,
      "expected_chase_cost_if_not_filled": fill.chaseCost,
    ])
  }

  private static func whole(_ value: UInt256) throws -> JSON {
    guard let small = value.asInt else { return VectorOutput.amount(value) }
    return .integer(Int64(small))
  }

  private static func unsigned(_ given: VectorInput, _ name: String) throws -> UInt64 {
    guard let value = try given.uint256(name).asUInt64 else { throw LabError("\(name) is too large") }
    return value
  }

  private static func baseFee(_ given: VectorInput) throws -> JSON {
    let next = try Fees.nextBaseFee(
      parentBaseFee: given.uint256("parent_base_fee"), gasUsed: unsigned(given, "gas_used"),
      gasLimit: unsigned(given, "gas_limit"))
    return ["base_fee": try whole(next)]
  }

  private static func replacement(_ given: VectorInput) throws -> JSON {
    let old = Fees.Caps(tipWei: try given.uint256("tip"), feeCapWei: try given.uint256("max_fee"))
    let least = try Fees.leastReplacement(of: old, bumpPercent: unsigned(given, "bump_percent"))
    return ["min_max_fee": try whole(least.feeCapWei), "min_tip": try whole(least.tipWei)]
  }

  private static func worstBaseFee(_ given: VectorInput) throws -> JSON {
    let worst = try Fees.worstBaseFee(from: given.uint256("base_fee"), afterBlocks: unsigned(given, "blocks"))
    return ["max_base_fee": try whole(worst)]
  }
}

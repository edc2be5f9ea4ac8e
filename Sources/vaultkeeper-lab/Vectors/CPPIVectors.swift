import Ethereum
import Quant

/// Portfolio insurance.
enum CPPIVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    switch try given.text("op") {
    case "bbm": try discrete(given)
    case "continuous": try continuous(given)
    case "kou": try kou(given)
    case "merton": try merton(given)
    case "path": try path(given)
    case let other: throw VectorOutput.unknown(other)
    }
  }

  private static func plan(_ given: VectorInput) throws -> CPPI {
    try CPPI(
      multiplier: given.number("m"), guarantee: given.number("G"), rate: given.number("r"), years: given.number("T"))
  }

  private static func discrete(_ given: VectorInput) throws -> JSON {
    let plan = try plan(given)
    let shortfall = try CPPIShortfall(
      plan, wealth: given.number("V0"), drift: given.number("mu"), volatility: given.number("sigma"),
      rebalancings: given.integer("n"))
    return VectorOutput.object([
      "local_shortfall_prob": shortfall.localProbability, "shortfall_prob": shortfall.probability,
      "expected_terminal_value": shortfall.expectedWealth,
      "expected_shortfall_given_shortfall": shortfall.expectedShortfall, "d2": shortfall.distance,
      "max_gap_loss_return": -plan.toleratedGap,
    ])
  }

  private static func continuous(_ given: VectorInput) throws -> JSON {
    let moments = try plan(given).continuousMoments(
      wealth: given.number("V0"), drift: given.number("mu"), volatility: given.number("sigma"))
    return VectorOutput.object(["mean": moments.mean, "std": moments.standardDeviation])
  }

  private static func kou(_ given: VectorInput) throws -> JSON {
    let risk = GapRisk.kou(
      jumpsPerYear: try given.number("lam"), upProbability: try given.number("p_up"),
      downRate: try given.number("eta_down"))
    return try loss(risk, given)
  }

  private static func merton(_ given: VectorInput) throws -> JSON {
    let risk = GapRisk.merton(
      jumpsPerYear: try given.number("lam"), mean: try given.number("mu_j"), deviation: try given.number("sigma_j"))
    return try loss(risk, given)
  }

  private static func loss(_ risk: GapRisk, _ given: VectorInput) throws -> JSON {
    VectorOutput.object([
      "loss_prob": try risk.lossProbability(multiplier: given.number("m"), years: given.number("T"))
    ])
  }

  private static func path(_ given: VectorInput) throws -> JSON {
    let wealth = try given.number("V0")
    let plan = try CPPI(
      multiplier: given.number("m"), guarantee: given.number("floor_frac") * wealth, rate: given.number("r"),
      years: given.number("T"))
    let path = try plan.path(
      prices: given.numbers("S"), wealth: wealth, leverageCap: given.number("leverage_cap"))
    return ["V": VectorOutput.numbers(path.wealth), "exposure": VectorOutput.numbers(path.exposure)]
  }
}

import Ethereum
import Quant

/// hedge_replay: a short call, its premium received, hedged along a path with proportional costs.
enum HedgeReplayVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    let replay = try HedgeReplay(
      .call, path: given.numbers("path"), strike: given.number("K"), rate: given.number("r"),
      interval: given.number("dt"), strategy: .delta(volatility: given.number("sigma")),
      costFraction: given.optionalNumber("lam") ?? 0)
    return [
      "total_cost": .number(replay.costs), "final_pnl": .number(replay.profit),
      "delta": VectorOutput.numbers(replay.steps.map(\.units)),
    ]
  }
}

/// hull_delta_hedge: printed weeks replayed, and printed standard deviations simulated again from a fixed seed.
enum HullVectors {
  static func evaluate(_ given: VectorInput) throws -> JSON {
    switch try given.text("table") {
    case "Hull 19.2", "Hull 19.3": return try weeks(given)
    case "Hull 19.4", "Hull 19.4 with interest (PV)":
      return try performance(given, .delta(volatility: given.number("sigma")))
    case "Hull 19.1 stop-loss": return try performance(given, .stopLoss)
    case "Derman-Kamal": return try dermanKamal(given)
    case let other: throw LabError("no table \"\(other)\" is known")
    }
  }

  /// The book rounds deltas to three places, trades once more at expiry, to all or nothing, and counts in thousands.
  private static func weeks(_ given: VectorInput) throws -> JSON {
    let weeks = try Weeks(given, lot: 0.001)
    return [
      "total_cost_kusd": .number(weeks.total), "delta": VectorOutput.numbers(weeks.deltas),
      "cum_cost_kusd": VectorOutput.numbers(weeks.costs),
    ]
  }

  /// What the hedge of a table's weeks costs in all, thousands of USD; deltas are rounded to `lot`, 0 for not at all.
  static func total(_ given: VectorInput, lot: Double) throws -> Double { try Weeks(given, lot: lot).total }

  private struct Weeks {
    let deltas: [Double]
    /// Thousands of USD.
    let costs: [Double]
    let total: Double

    init(_ given: VectorInput, lot: Double) throws {
      let strike = try given.number("K")
      let replay = try HedgeReplay(
        .call, path: given.numbers("path"), strike: strike, rate: given.number("r"), interval: 1.0 / 52,
        strategy: .delta(volatility: given.number("sigma")), lot: lot)
      guard let last = replay.steps.last, replay.steps.count == (try given.integer("weeks")) + 1 else {
        throw LabError("the path has not one price a week")
      }
      let scale = try given.number("n_options") / 1000
      let exercised = last.price > strike ? 1.0 : 0.0
      let final = last.cumulativeCost + (exercised - last.units) * last.price
      deltas = replay.steps.dropLast().map(\.units) + [exercised]
      costs = (replay.steps.dropLast().map(\.cumulativeCost) + [final]).map { $0 * scale }
      total = (final - exercised * strike) * scale
    }
  }

  /// The standard deviation of the hedge's cost as a share of the option's price.
  private static func performance(_ given: VectorInput, _ strategy: HedgeReplay.Strategy) throws -> JSON {
    let (spot, strike, rate) = (try given.number("S0"), try given.number("K"), try given.number("r"))
    let (volatility, years) = (try given.number("sigma"), try given.number("weeks") / 52)
    let market = HedgeSimulation.Market(
      spot: spot, drift: try given.number("mu"), volatility: volatility, rate: rate, years: years)
    let steps = try given.number("weeks") / given.number("weeks_between")
    guard let rehedges = Int(exactly: steps.rounded()), rehedges > 0, abs(steps - Double(rehedges)) < 1e-9 else {
      throw LabError("weeks is no multiple of weeks_between")
    }
    let simulation = try HedgeSimulation(
      market, strike: strike, rehedges: rehedges, strategy: strategy, earnsInterest: given.flag("interest_on_cash"))
    let price = try BlackScholesMerton.price(
      .call, spot: spot, strike: strike, years: years, rate: rate, volatility: volatility)
    return VectorOutput.object(["perf": simulation.standardDeviation / price])
  }

  /// The final profit of a hedged option, drifting at the rate, with interest; and the paper's √(π/4) vega σ/√n.
  private static func dermanKamal(_ given: VectorInput) throws -> JSON {
    let (spot, strike, rate) = (try given.number("S0"), try given.number("K"), try given.number("r"))
    let (volatility, years) = (try given.number("sigma"), try given.number("T"))
    let rehedges = try given.integer("rehedges")
    let market = HedgeSimulation.Market(
      spot: spot, drift: rate, volatility: volatility, rate: rate, years: years)
    let simulation = try HedgeSimulation(
      market, strike: strike, rehedges: rehedges, strategy: .delta(volatility: volatility), earnsInterest: true)
    let vega = try BlackScholesMerton.vega(
      spot: spot, strike: strike, years: years, rate: rate, volatility: volatility)
    return VectorOutput.object([
      "std_pnl": simulation.standardDeviation,
      "formula": (Double.pi / 4).squareRoot() * vega * volatility / Double(rehedges).squareRoot(),
    ])
  }
}

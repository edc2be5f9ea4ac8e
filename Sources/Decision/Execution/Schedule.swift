package import Contracts
import Ethereum
import Quant

/// How a correction that is larger than the market takes at once is spread over several orders. Derived from what is
/// still due and from when orders filled, so that a restart in the middle changes nothing.
package struct Schedule: Hashable, Sendable {
  package enum Method: String, Hashable, Sendable, Codable {
    /// Impact against the risk of what still waits (Almgren and Chriss 2000).
    case almgrenChriss
    /// Equal orders: nobody can tell the risk, or the impact.
    case timeWeighted
  }
  package let method: Method
  /// Magnitude of the order that is due now.
  package let slice: Quantity
  /// How many orders what is due takes from here, this one included.
  package let slices: Int
  package let depth: Depth
  /// Since the schedule's first fill; zero before it.
  package let elapsedSeconds: UInt64
  /// Until this order's time; zero where it has come.
  package let waitSeconds: UInt64
  /// Of fees and impact for all that is due; nil where the impact is unknown.
  package let expectedCost: Usd?
  /// After as long a third of it is left where there is no end in sight; nil for equal orders.
  package let halfLifeSeconds: UInt64?

  func figures(_ unit: String) throws(ContractsError) -> [Figure] {
    var figures = [
      Figure.word("schedule", method.rawValue, from: "due is more than one order may trade"),
      try .quantity("largest slice", depth.largest, unit, from: "limited by \(depth.limit.rawValue)"),
      try .quantity("slice", slice, unit, from: "due, slices, impact against risk"),
      .count("slices", slices, from: "due ÷ largest slice, horizon left ÷ interval"),
      .seconds("since first slice", elapsedSeconds, from: "fills of the vault's orders"),
      .seconds("next slice in", waitSeconds, from: "interval − time since the last fill"),
    ]
    if let expectedCost {
      figures.append(try .usd("expected cost of the schedule", expectedCost, from: "fees and impact of all slices"))
    }
    if let halfLifeSeconds {
      figures.append(.seconds("half-life", halfLifeSeconds, from: "1 ÷ rate of trading"))
    }
    return figures
  }
}

/// What a schedule is made from.
struct ScheduleScene {
  let search: DepthSearch
  let assessment: Assessment
  let circumstances: Circumstances
  let aversion: RiskAversion?
  let volatility: VolatilityForecast?
  /// No order is smaller.
  let minimum: Quantity

  /// Most orders of one schedule; a correction that takes more is made at the largest slice until it does not.
  private static let mostSlices = 1_000

  /// Nil where what is due is one order, or nothing tells how much one order may trade.
  func schedule(of change: Quantity) throws(ContractsError) -> Schedule? {
    let due = try change.absolute()
    guard let depth = try search.depth(of: due), depth.largest.isPositive, depth.largest < due else { return nil }
    let rule = search.rule
    let fills = Fills(circumstances, rule)
    let planned = Int(clamping: rule.horizonSeconds / rule.intervalSeconds)
    let done = Int(clamping: fills.elapsedSeconds / rule.intervalSeconds)
    let least = try slices(due, of: depth.largest)
    let slices = min(max(planned - done, least, 1), Self.mostSlices)
    let optimal = try optimal(due, slices: slices)
    let equal = try due.divided(by: Ratio(nearest: Double(slices), places: 0), rounding: .up)
    let wished = max(optimal.flatMap(\.slice) ?? equal, minimum)
    return Schedule(
      method: optimal?.slice == nil ? .timeWeighted : .almgrenChriss, slice: min(wished, depth.largest), slices: slices,
      depth: depth, elapsedSeconds: fills.elapsedSeconds, waitSeconds: fills.waitSeconds,
      expectedCost: optimal?.cost, halfLifeSeconds: optimal?.halfLifeSeconds)
  }

  private func slices(_ due: Quantity, of size: Quantity) throws(ContractsError) -> Int {
    let count = try due.ratio(to: size, rounding: .up).rounded(places: 0, .up).approximateDouble
    return count < Double(Self.mostSlices) ? max(Int(count), 1) : Self.mostSlices
  }

  private struct Optimal {
    let slice: Quantity?
    let cost: Usd?
    let halfLifeSeconds: UInt64?
  }

  /// By the impact that the venue quotes for equal orders, taken as c n² for an order of n. Nil where it quotes none.
  private func optimal(_ due: Quantity, slices: Int) throws(ContractsError) -> Optimal? {
    let size = try due.divided(by: Ratio(nearest: Double(slices), places: 0), rounding: .up)
    guard let quote = try search.quote(size) else { return nil }
    let (units, impact) = (size.approximateDouble, quote.impact.approximateDouble)
    let interval = Double(search.rule.intervalSeconds) / 86_400
    do {
      let sigma = (volatility?.annual.approximateDouble ?? 0) * assessment.price.approximateDouble
      let market = try LinearImpact(
        volatility: sigma / 365.0.squareRoot(), halfSpread: quote.fee.approximateDouble / units, permanent: 0,
        temporary: impact / (units * units) * interval)
      // A cost of γ/2 per unit of variance.
      let lambda = volatility == nil ? 0 : (aversion?.perUsd ?? 0) / 2
      let path = try AlmgrenChriss(
        quantity: due.approximateDouble, horizon: interval * Double(slices), intervals: slices, impact: market,
        riskAversion: lambda)
      let life = try path.halfLife.map { try Usd(nearest: $0 * 86_400, places: 0).approximateDouble }
      return Optimal(
        slice: lambda > 0 ? try path.trades.first.map { try Quantity(nearest: $0, places: 6) } : nil,
        cost: try Usd(nearest: path.expectedCost, places: 2),
        halfLifeSeconds: lambda > 0 ? life.flatMap { UInt64(exactly: $0) } : nil)
    } catch {
      // No impact at all, or numbers beyond the formula: equal orders.
      return nil
    }
  }
}

/// When the orders of a schedule filled. Fills that follow each other within an interval and half the horizon, which a
/// limit may take to fill, belong together.
private struct Fills {
  var elapsedSeconds: UInt64 = 0
  var waitSeconds: UInt64 = 0

  init(_ circumstances: Circumstances, _ rule: ScheduleRule) {
    let now = circumstances.nowSeconds
    var times = circumstances.recentOutcomes.compactMap { outcome -> UInt64? in
      if case .filled = outcome.state, outcome.atSeconds <= now { return outcome.atSeconds }
      return nil
    }
    if let corrected = circumstances.correctedAtSeconds, corrected <= now, !times.contains(corrected) {
      times.append(corrected)
    }
    times.sort()
    guard let last = times.last else { return }
    let since = now - last
    waitSeconds = since < rule.intervalSeconds ? rule.intervalSeconds - since : 0
    let gap = rule.intervalSeconds.addingReportingOverflow(rule.horizonSeconds / 2).partialValue
    guard since <= gap else { return }
    var first = last
    for time in times.reversed() where first - time <= gap { first = time }
    elapsedSeconds = now - first
  }
}

import RealModule

/// The books of one who replicates an option with its underlying: units held and money in the bank.
///
/// Costs are proportional and one way: a trade of x units at S costs λ S |x|. Money earns or owes the account's rate,
/// or nothing where interest is switched off, as in the tables that leave the cost of carry out.
package struct HedgeAccount: Hashable, Sendable {
  /// Units of the underlying.
  package private(set) var units: Double
  /// USD, negative when borrowed.
  package private(set) var cash: Double
  /// USD paid for trading so far.
  package private(set) var costs: Double
  package let costFraction: Double

  package init(cash: Double = 0, costFraction: Double = 0) throws(QuantError) {
    self.cash = try finite(cash, "the opening cash")
    self.costFraction = try nonNegative(costFraction, "the cost of trading")
    units = 0
    costs = 0
  }

  /// Buys or sells up to `target` units.
  package mutating func trade(to target: Double, at price: Double) {
    let traded = target - units
    let cost = costFraction * price * abs(traded)
    cash -= traded * price + cost
    costs += cost
    units = target
  }

  /// Interest: the cash grows by `growth` = e^(rΔt).
  package mutating func accrue(_ growth: Double) { cash *= growth }
}

/// A deterministic replay of a short option that is hedged along a path of prices.
///
/// The premium is received at the start, the hedge is set to the strategy's position at every price but the last, and
/// at expiry it is sold and the payoff is paid.
package struct HedgeReplay: Hashable, Sendable {
  package enum Strategy: Hashable, Sendable {
    /// The Black–Scholes–Merton delta at this volatility.
    case delta(volatility: Double)
    /// One unit of the underlying while the option is in the money, none otherwise (Hull, *Options, Futures, and Other
    /// Derivatives*, section 19.3).
    case stopLoss
  }

  /// One price of the path, the position after it, and the debt.
  package struct Step: Hashable, Sendable {
    package let price: Double
    package let units: Double
    /// What hedging has cost so far with interest, USD: minus the cash without the premium.
    package let cumulativeCost: Double
  }

  /// One step a price. At the last one `units` is the position still held, and at expiry it is sold.
  package let steps: [Step]
  /// USD received for the option at the start.
  package let premium: Double
  /// USD paid for trading, the sale at expiry included.
  package let costs: Double
  /// Premium, hedge and interest less costs and payoff, USD at expiry.
  package let profit: Double

  /// - Parameters:
  ///   - path: prices Δt apart, the last one at expiry; at least two.
  ///   - premium: received at the start; nil for the Black–Scholes–Merton price at the strategy's volatility, nought
  ///     of a stop-loss.
  ///   - lot: positions are rounded to multiples of it; 0 for none.
  ///   - earnsInterest: whether cash grows at the rate; the deltas know the rate in any case.
  package init(
    _ kind: OptionKind, path: [Double], strike: Double, rate: Double, interval: Double, strategy: Strategy,
    premium: Double? = nil, costFraction: Double = 0, lot: Double = 0, earnsInterest: Bool = true
  ) throws(QuantError) {
    guard path.count >= 2 else { throw .outOfRange("the path of prices", needs: "at least two prices") }
    _ = try positive(interval, "the time between two prices")
    _ = try positive(strike, "the strike")
    _ = try nonNegative(lot, "the lot")
    let last = path.count - 1
    let growth = try finite(earnsInterest ? Double.exp(rate * interval) : 1, "the growth of cash")
    var account = try HedgeAccount(costFraction: costFraction)
    var steps: [Step] = []
    steps.reserveCapacity(path.count)
    for (index, price) in path.enumerated() {
      _ = try positive(price, "a price of the path")
      if index > 0 { account.accrue(growth) }
      if index < last {
        let target = try Self.position(kind, price, strike, rate, Double(last - index) * interval, strategy)
        account.trade(to: lot > 0 ? (target / lot).rounded() * lot : target, at: price)
      }
      steps.append(Step(price: price, units: account.units, cumulativeCost: -account.cash))
    }
    account.trade(to: 0, at: path[last])
    let years = Double(last) * interval
    if let premium {
      self.premium = try finite(premium, "the premium")
    } else {
      self.premium = try Self.fairPremium(kind, path[0], strike, rate, years, strategy)
    }
    self.steps = steps
    costs = try finite(account.costs, "the costs of hedging")
    let carried = self.premium * Double.pow(growth, last)
    profit = try finite(account.cash + carried - kind.payoff(spot: path[last], strike: strike), "the hedge's profit")
  }

  /// What the strategy holds against one short option: units of the underlying.
  package static func position(
    _ kind: OptionKind, _ price: Double, _ strike: Double, _ rate: Double, _ years: Double, _ strategy: Strategy
  ) throws(QuantError) -> Double {
    switch strategy {
    case .delta(let volatility):
      return try BlackScholesMerton.delta(
        kind, spot: price, strike: strike, years: years, rate: rate, volatility: volatility)
    case .stopLoss:
      _ = try positive(price, "a price of the path")
      return kind.sign * (price - strike) > 0 ? kind.sign : 0
    }
  }

  private static func fairPremium(
    _ kind: OptionKind, _ price: Double, _ strike: Double, _ rate: Double, _ years: Double, _ strategy: Strategy
  ) throws(QuantError) -> Double {
    guard case .delta(let volatility) = strategy else { return 0 }
    return try BlackScholesMerton.price(
      kind, spot: price, strike: strike, years: years, rate: rate, volatility: volatility)
  }
}

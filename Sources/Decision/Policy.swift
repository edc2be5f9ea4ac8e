package import Contracts
import Ethereum

/// How one vault is to be hedged, checked for sense when it is made. Money and shares only; addresses, feeds and their
/// limits belong to the readings.
package struct Policy: Hashable, Sendable, Codable {
  package let target: Target
  package let band: BandRule
  /// No correction worth less than this is made.
  package let minimumClip: Usd
  /// No single order is worth more than this; what is left is due again at the next tick.
  package let maximumClip: Usd
  package let orders: OrderPreference
  /// Largest distance of an order's worst price from the oracle's price, as a part of it.
  package let priceBound: Ratio
  /// Notional per collateral of new positions.
  package let leverage: Ratio
  /// A correction is of the highest urgency where a position's liquidation price is no farther from the oracle's than
  /// this part of it.
  package let liquidationAlarm: Ratio
  /// A head older than this is not judged: the node may have stalled.
  package let maximumHeadAgeSeconds: UInt64
  /// Whether a halted keeper may still take its own resting orders back.
  package let cancelsWhenHalted: Bool
  /// Limit or market, schedules, liquidations and circuit breakers; nil for the rules of before there were any.
  package let execution: ExecutionRules?

  /// Throws `DecisionError.policy` naming the first value that makes no sense and what would.
  package init(
    target: Target, band: BandRule, minimumClip: Usd, maximumClip: Usd, orders: OrderPreference, priceBound: Ratio,
    leverage: Ratio, liquidationAlarm: Ratio = Policy.defaultLiquidationAlarm,
    maximumHeadAgeSeconds: UInt64 = Policy.defaultMaximumHeadAgeSeconds,
    cancelsWhenHalted: Bool = true, execution: ExecutionRules? = nil
  ) throws(DecisionError) {
    self.target = target
    self.band = band
    self.minimumClip = minimumClip
    self.maximumClip = maximumClip
    self.orders = orders
    self.priceBound = priceBound
    self.leverage = leverage
    self.liquidationAlarm = liquidationAlarm
    self.maximumHeadAgeSeconds = maximumHeadAgeSeconds
    self.cancelsWhenHalted = cancelsWhenHalted
    self.execution = execution
    if let defect = firstDefect { throw .policy(defect) }
  }

  /// The same policy with a price bound no looser than this.
  package func bounded(by bound: Ratio) throws(DecisionError) -> Policy {
    try Policy(
      target: target, band: band, minimumClip: minimumClip, maximumClip: maximumClip, orders: orders,
      priceBound: min(bound, priceBound), leverage: leverage, liquidationAlarm: liquidationAlarm,
      maximumHeadAgeSeconds: maximumHeadAgeSeconds, cancelsWhenHalted: cancelsWhenHalted,
      execution: execution)
  }

  /// The same, checked again: a policy read from a record has not been through `init`.
  package func checked() throws(DecisionError) -> Policy {
    if let defect = firstDefect { throw .policy(defect) }
    return self
  }

  /// Ten of Ethereum's 12-second slots, which is several hundred blocks of a rollup: a chain that is silent for longer
  /// is not one to place an order on.
  package static let defaultMaximumHeadAgeSeconds: UInt64 = 120

  /// 10 %: two and a half standard deviations of a day at 75 % a year, so that the price of gas stops mattering about a
  /// day before the venue would act.
  package static let defaultLiquidationAlarm = Ratio(raw: 100_000_000_000_000_000)

  /// 100 · 10^18 as 2^4 · 6.25 · 10^18, since a literal ends at 2^64. No venue in use offers more than a hundredfold.
  private static let maximumLeverageRaw = UInt256(6_250_000_000_000_000_000) << 4

  private var firstDefect: PolicyDefect? {
    if let defect = band.firstDefect ?? target.firstDefect { return defect }
    if band.fixed.basis == .target && target.isZero { return .bandOfZeroTarget }
    if minimumClip.isNegative { return .outOfRange(key: "minimumClip", value: minimumClip, allowed: "0 or more") }
    if !maximumClip.isPositive || maximumClip < minimumClip {
      return .outOfRange(key: "maximumClip", value: maximumClip, allowed: "more than 0, not below minimumClip")
    }
    // Half the price is no longer a bound; and the floor of a sale must stay above zero.
    if !priceBound.isPositive || priceBound > Ratio(raw: 500_000_000_000_000_000) {
      return .outOfRange(key: "priceBound", value: priceBound, allowed: "more than 0 and at most 0.5")
    }
    if !leverage.isPositive || leverage.raw.magnitude > Policy.maximumLeverageRaw {
      return .outOfRange(key: "leverage", value: leverage, allowed: "more than 0 and at most 100")
    }
    if liquidationAlarm.isNegative || liquidationAlarm > .one {
      return .outOfRange(key: "liquidationAlarm", value: liquidationAlarm, allowed: "0 to 1")
    }
    if maximumHeadAgeSeconds == 0 {
      return .outOfRange(key: "maximumHeadAgeSeconds", value: Ratio.zero, allowed: "1 or more")
    }
    return orders.firstDefect ?? execution?.firstDefect
  }
}

/// Limit orders first; a market order when waiting has cost more than crossing, or when there is no time.
package struct OrderPreference: Hashable, Sendable, Codable {
  /// How much better than the oracle's price a limit order rests, as a part of it. Zero rests at the price itself.
  package let limitOffset: Ratio
  /// How long a limit order may wait before the price is crossed. Zero never rests: market orders only.
  package let patienceSeconds: UInt64
  /// From how many half-widths of drift on a correction is urgent, so that it crosses at once.
  package let urgentBands: Ratio
  /// How far a standing order may be from what would be placed now before it is replaced: of its size as a part of the
  /// size due, of its price as a part of the price.
  package let requoteTolerance: Ratio

  package init(
    limitOffset: Ratio = OrderPreference.defaultLimitOffset,
    patienceSeconds: UInt64 = OrderPreference.defaultPatienceSeconds,
    urgentBands: Ratio = OrderPreference.defaultUrgentBands,
    requoteTolerance: Ratio = OrderPreference.defaultRequoteTolerance
  ) {
    self.limitOffset = limitOffset
    self.patienceSeconds = patienceSeconds
    self.urgentBands = urgentBands
    self.requoteTolerance = requoteTolerance
  }

  /// 0.1 %: about one standard deviation of a minute at 75 % a year, so that most orders fill within minutes.
  package static let defaultLimitOffset = Ratio(raw: 1_000_000_000_000_000)
  /// Ten minutes: ten times the minute in which the default offset is one standard deviation away.
  package static let defaultPatienceSeconds: UInt64 = 600
  /// Three half-widths: a drift that a correction at the first edge leaves far behind, so something jumped.
  package static let defaultUrgentBands = Ratio(raw: 3_000_000_000_000_000_000)
  /// 0.5 %: five default offsets, so that crossing is considered before an order is chased, and replacing one costs
  /// gas.
  package static let defaultRequoteTolerance = Ratio(raw: 5_000_000_000_000_000)

  fileprivate var firstDefect: PolicyDefect? {
    if limitOffset.isNegative || limitOffset > Ratio(raw: 100_000_000_000_000_000) {
      return .outOfRange(key: "orders.limitOffset", value: limitOffset, allowed: "0 to 0.1")
    }
    if urgentBands < .one {
      return .outOfRange(key: "orders.urgentBands", value: urgentBands, allowed: "1 or more")
    }
    if requoteTolerance.isNegative || requoteTolerance > .one {
      return .outOfRange(key: "orders.requoteTolerance", value: requoteTolerance, allowed: "0 to 1")
    }
    return nil
  }
}

/// What is wrong with a policy.
package enum PolicyDefect: Hashable, Sendable, CustomStringConvertible {
  /// Values as decimal text; the key as `Policy` names it.
  case range(key: String, value: String, allowed: String)
  /// A percentage of a target of zero is no width at all.
  case bandOfZeroTarget

  static func outOfRange(key: String, value: some CustomStringConvertible, allowed: String) -> PolicyDefect {
    .range(key: key, value: value.description, allowed: allowed)
  }

  package var description: String {
    switch self {
    case .range(let key, let value, let allowed):
      "\(key) is \(value); it must be \(allowed)"
    case .bandOfZeroTarget:
      "the band is a part of the target and the target is 0, so the band has no width; measure it by net asset value"
    }
  }
}

package import Contracts
import Ethereum

/// How a correction is carried out, and what comes before it. A policy without any places a limit first, makes one
/// order of what is due, and looks at a liquidation's distance only: the rules of version 0.1, by which its records are
/// judged again.
package struct ExecutionRules: Hashable, Sendable, Codable {
  /// nil: a limit first, until its patience or the cost of waiting ends it.
  package let choice: ChoiceRule?
  package let schedule: ScheduleRule
  package let liquidation: LiquidationRule
  package let breakers: BreakerRule

  package init(
    choice: ChoiceRule? = ChoiceRule(), schedule: ScheduleRule = ScheduleRule(),
    liquidation: LiquidationRule = LiquidationRule(), breakers: BreakerRule = BreakerRule()
  ) {
    self.choice = choice
    self.schedule = schedule
    self.liquidation = liquidation
    self.breakers = breakers
  }

  var firstDefect: PolicyDefect? {
    choice?.firstDefect ?? schedule.firstDefect ?? liquidation.firstDefect ?? breakers.firstDefect
  }
}

/// What resting is weighed by against crossing, beside what the venue quotes.
package struct ChoiceRule: Hashable, Sendable, Codable {
  /// What an order that fills at any price within its bound is expected to lose to whoever sees it first, as a part of
  /// its value.
  package let frontRunning: Ratio
  /// What a resting order is expected to lose to those who know more, when it fills, as a part of its value.
  package let adverseSelection: Ratio
  /// Aversion to risk times net asset value, where no adaptive band tells the aversion.
  package let relativeRiskAversion: Ratio

  package init(
    frontRunning: Ratio = ChoiceRule.defaultFrontRunning,
    adverseSelection: Ratio = ChoiceRule.defaultAdverseSelection,
    relativeRiskAversion: Ratio = ChoiceRule.defaultRelativeRiskAversion
  ) {
    self.frontRunning = frontRunning
    self.adverseSelection = adverseSelection
    self.relativeRiskAversion = relativeRiskAversion
  }

  /// 2 bp: one standard deviation of two and a half seconds at 75 % a year, the time within which whoever executes a
  /// market order can choose its price.
  package static let defaultFrontRunning = Ratio(raw: 200_000_000_000_000)
  /// None: a limit filled at an oracle's price is not picked off by whoever is faster.
  package static let defaultAdverseSelection = Ratio.zero
  /// 3: the middle of what investors' choices show, from 1 (who maximises growth) to 10.
  package static let defaultRelativeRiskAversion = Ratio(raw: 3_000_000_000_000_000_000)

  fileprivate var firstDefect: PolicyDefect? {
    let most = Ratio(raw: 100_000_000_000_000_000)
    if frontRunning.isNegative || frontRunning > most {
      return .outOfRange(key: "orders.frontRunning", value: frontRunning, allowed: "0 to 0.1")
    }
    if adverseSelection.isNegative || adverseSelection > most {
      return .outOfRange(key: "orders.adverseSelection", value: adverseSelection, allowed: "0 to 0.1")
    }
    if relativeRiskAversion.isNegative || relativeRiskAversion.raw.magnitude > ScheduleRule.hundredRaw {
      return .outOfRange(key: "orders.riskAversion", value: relativeRiskAversion, allowed: "0 to 100")
    }
    return nil
  }
}

/// When a correction is made in several orders, and how they are spread over time.
package struct ScheduleRule: Hashable, Sendable, Codable {
  /// No order of a schedule is worth more; nil leaves that to the venue's depth.
  package let clip: Usd?
  /// The largest price impact of one order as a part of its value, where that is more than the gas of one more order.
  package let impact: Ratio
  /// From one fill to the next order: what the market is given to come back.
  package let intervalSeconds: UInt64
  /// Within which the whole is to be done where the clips allow it.
  package let horizonSeconds: UInt64

  package init(
    clip: Usd? = nil, impact: Ratio = ScheduleRule.defaultImpact,
    intervalSeconds: UInt64 = ScheduleRule.defaultIntervalSeconds,
    horizonSeconds: UInt64 = ScheduleRule.defaultHorizonSeconds
  ) {
    self.clip = clip
    self.impact = impact
    self.intervalSeconds = intervalSeconds
    self.horizonSeconds = horizonSeconds
  }

  /// 10 bp: as much again as the two fees of a venue's usual rate. An order that moves the price by more pays the
  /// market more than the venue.
  package static let defaultImpact = Ratio(raw: 1_000_000_000_000_000)
  /// Five minutes: arbitrage between venues closes gaps of that size within one or two.
  package static let defaultIntervalSeconds: UInt64 = 300
  /// Half an hour: one standard deviation of the price is then half a percent at 75 % a year, half the price bound that
  /// an order has by default.
  package static let defaultHorizonSeconds: UInt64 = 1_800

  /// 100 · 10^18, as a literal ends at 2^64.
  static let hundredRaw = UInt256(6_250_000_000_000_000_000) << 4

  fileprivate var firstDefect: PolicyDefect? {
    if let clip, !clip.isPositive {
      return .outOfRange(key: "schedule.clip", value: clip, allowed: "more than 0")
    }
    if !impact.isPositive || impact > Ratio(raw: 100_000_000_000_000_000) {
      return .outOfRange(key: "schedule.impact", value: impact, allowed: "more than 0 and at most 0.1")
    }
    if intervalSeconds == 0 || intervalSeconds > horizonSeconds || horizonSeconds > 604_800 {
      return .outOfRange(
        key: "schedule.interval", value: intervalSeconds, allowed: "1 to schedule.horizon, which is at most a week")
    }
    return nil
  }
}

/// From when on a liquidation is prevented rather than waited for.
package struct LiquidationRule: Hashable, Sendable, Codable {
  /// How far ahead the price is looked for at the liquidation price: the time within which help can be there.
  package let horizonSeconds: UInt64
  /// By how much more than forecast the price is taken to move.
  package let volatilityFactor: Ratio
  /// From how many standard deviations on a position is called near, in danger, and safe again.
  package let warningSigmas: Ratio
  package let actionSigmas: Ratio
  package let safeSigmas: Ratio
  /// Probability of a touch within the horizon from which on something is done.
  package let actionProbability: Ratio
  /// What the vault may lose by its own short gamma in a day of one standard deviation, as a part of net asset value,
  /// before options are advised.
  package let gammaLoss: Ratio
  /// The part of the vault's free collateral that one top-up may take; zero, and nil as in records from before there
  /// were any, for none.
  package let topUp: Ratio?

  package init(
    horizonSeconds: UInt64 = LiquidationRule.defaultHorizonSeconds,
    volatilityFactor: Ratio = LiquidationRule.defaultVolatilityFactor,
    warningSigmas: Ratio = LiquidationRule.defaultWarningSigmas,
    actionSigmas: Ratio = LiquidationRule.defaultActionSigmas,
    safeSigmas: Ratio = LiquidationRule.defaultWarningSigmas,
    actionProbability: Ratio = LiquidationRule.defaultActionProbability,
    gammaLoss: Ratio = LiquidationRule.defaultGammaLoss, topUp: Ratio? = LiquidationRule.defaultTopUp
  ) {
    self.horizonSeconds = horizonSeconds
    self.volatilityFactor = volatilityFactor
    self.warningSigmas = warningSigmas
    self.actionSigmas = actionSigmas
    self.safeSigmas = safeSigmas
    self.actionProbability = actionProbability
    self.gammaLoss = gammaLoss
    self.topUp = topUp
  }

  /// A quarter of an hour: an order, an order keeper that is late, a second order, and a chain that is busy meanwhile.
  package static let defaultHorizonSeconds: UInt64 = 900
  /// Half as much again: prices that liquidate come in bursts, which a forecast over hours has not seen yet.
  package static let defaultVolatilityFactor = Ratio(raw: 1_500_000_000_000_000_000)
  /// 6: a position that is nearer is looked at by a person who is awake.
  package static let defaultWarningSigmas = Ratio(raw: 6_000_000_000_000_000_000)
  /// 3.3, which is a touch once in a thousand such quarters of an hour: about once in ten days.
  package static let defaultActionSigmas = Ratio(raw: 3_300_000_000_000_000_000)
  package static let defaultActionProbability = Ratio(raw: 1_000_000_000_000_000)
  /// All of it: what lies idle in the vault earns a position time without a trade, and stays the vault's own. What is
  /// used up by it is made up for by a reduction the next time.
  package static let defaultTopUp = Ratio.one
  /// 0.5 % in a day: a hundred such days cost half the vault.
  package static let defaultGammaLoss = Ratio(raw: 5_000_000_000_000_000)

  fileprivate var firstDefect: PolicyDefect? {
    if horizonSeconds == 0 || horizonSeconds > 604_800 {
      return .outOfRange(key: "liquidation.horizon", value: horizonSeconds, allowed: "1 second to a week")
    }
    if volatilityFactor < .one || volatilityFactor.raw.magnitude > ScheduleRule.hundredRaw {
      return .outOfRange(key: "liquidation.volatilityFactor", value: volatilityFactor, allowed: "1 to 100")
    }
    if !actionSigmas.isPositive || actionSigmas > warningSigmas {
      return .outOfRange(key: "liquidation.action", value: actionSigmas, allowed: "more than 0, not above warning")
    }
    if safeSigmas < actionSigmas || max(safeSigmas, warningSigmas).raw.magnitude > ScheduleRule.hundredRaw {
      return .outOfRange(key: "liquidation.safe", value: safeSigmas, allowed: "not below action; both at most 100")
    }
    if !actionProbability.isPositive || actionProbability > .one {
      return .outOfRange(key: "liquidation.probability", value: actionProbability, allowed: "more than 0, at most 1")
    }
    if !gammaLoss.isPositive || gammaLoss > .one {
      return .outOfRange(key: "liquidation.gammaLoss", value: gammaLoss, allowed: "more than 0, at most 1")
    }
    if let topUp, topUp.isNegative || topUp > .one {
      return .outOfRange(key: "liquidation.topUp", value: topUp, allowed: "0 to 1")
    }
    return nil
  }
}

/// What kind of price is not traded on, however fresh it is.
package struct BreakerRule: Hashable, Sendable, Codable {
  /// From one look to the next: a move beyond both of these is a jump.
  package let jump: Ratio
  package let jumpSigmas: Ratio
  /// How long after a jump nothing is done.
  package let coolDownSeconds: UInt64
  /// How far the venue's own price may be from our oracle's, as a part of it.
  package let divergence: Ratio

  package init(
    jump: Ratio = BreakerRule.defaultJump, jumpSigmas: Ratio = BreakerRule.defaultJumpSigmas,
    coolDownSeconds: UInt64 = BreakerRule.defaultCoolDownSeconds, divergence: Ratio = BreakerRule.defaultDivergence
  ) {
    self.jump = jump
    self.jumpSigmas = jumpSigmas
    self.coolDownSeconds = coolDownSeconds
    self.divergence = divergence
  }

  /// 20 %: more than ten minutes of March 2020 or May 2021 moved. What does that from one look to the next is a broken
  /// feed, or a market whose books are empty.
  package static let defaultJump = Ratio(raw: 200_000_000_000_000_000)
  /// 10 standard deviations of the time between the looks: after a long silence a large move is no jump.
  package static let defaultJumpSigmas = Ratio(raw: Int256(bits: UInt256(5_000_000_000_000_000_000) << 1))
  /// Ten minutes: as long as an order may rest, and time for a feed's next answers to contradict the first.
  package static let defaultCoolDownSeconds: UInt64 = 600
  /// 2 %: four times the deviation at which the usual feed answers anew.
  package static let defaultDivergence = Ratio(raw: 20_000_000_000_000_000)

  fileprivate var firstDefect: PolicyDefect? {
    if !jump.isPositive || jump > .one {
      return .outOfRange(key: "breakers.jump", value: jump, allowed: "more than 0 and at most 1")
    }
    if jumpSigmas.isNegative || jumpSigmas.raw.magnitude > ScheduleRule.hundredRaw {
      return .outOfRange(key: "breakers.jumpSigmas", value: jumpSigmas, allowed: "0 to 100")
    }
    if coolDownSeconds > 86_400 {
      return .outOfRange(key: "breakers.coolDown", value: coolDownSeconds, allowed: "at most a day")
    }
    if !divergence.isPositive || divergence > .one {
      return .outOfRange(key: "breakers.divergence", value: divergence, allowed: "more than 0 and at most 1")
    }
    return nil
  }
}

import Contracts
import Decision
import Ethereum

// How a correction is carried out. The defaults and their reasons stand beside the rules in Decision;
// docs/configuration.md repeats both.
extension ConfigurationReader {
  func orders(_ section: Section) -> (orders: OrderPreference, choice: ChoiceRule?)? {
    let offset = section.optional("limitOffset", .ratio("0", "5%"), default: OrderPreference.defaultLimitOffset)
    let patience = section.optional(
      "patience", .duration(0...604_800), default: OrderPreference.defaultPatienceSeconds)
    let urgent = section.optional("urgentBands", .ratio("1", "100"), default: OrderPreference.defaultUrgentBands)
    let requote = section.optional(
      "requoteTolerance", .ratio("0", "100%"), default: OrderPreference.defaultRequoteTolerance)
    // Weighed: a limit is worth its wait only where that costs less than it saves.
    let isWeighed = section.optional("choice", .choice([("weighed", true), ("limitFirst", false)]), default: true)
    let ahead = section.optional("frontRunning", .ratio("0", "10%"), default: ChoiceRule.defaultFrontRunning)
    let adverse = section.optional("adverseSelection", .ratio("0", "10%"), default: ChoiceRule.defaultAdverseSelection)
    let aversion = section.optional("riskAversion", .ratio("0", "100"), default: ChoiceRule.defaultRelativeRiskAversion)
    guard let offset, let patience, let urgent, let requote, let isWeighed, let ahead, let adverse, let aversion else {
      return nil
    }
    let orders = OrderPreference(
      limitOffset: offset, patienceSeconds: patience, urgentBands: urgent, requoteTolerance: requote)
    let choice = ChoiceRule(frontRunning: ahead, adverseSelection: adverse, relativeRiskAversion: aversion)
    return (orders, isWeighed ? choice : nil)
  }

  /// Everything of the execution but the orders themselves, from the vault's section.
  func execution(_ section: Section, choice: ChoiceRule?) -> ExecutionRules? {
    let schedule = section.optionalSection("schedule", self.schedule)
    let liquidation = section.optionalSection("liquidation", self.liquidation)
    let breakers = section.optionalSection("breakers", self.breakers)
    guard let schedule, let liquidation, let breakers else { return nil }
    return ExecutionRules(choice: choice, schedule: schedule, liquidation: liquidation, breakers: breakers)
  }

  private func schedule(_ section: Section) -> ScheduleRule? {
    let clip = section.ifPresent("clip", .usd)
    let impact = section.optional("impact", .ratio("0.1bp", "10%"), default: ScheduleRule.defaultImpact)
    let interval = section.optional("interval", .duration(1...604_800), default: ScheduleRule.defaultIntervalSeconds)
    let horizon = section.optional("horizon", .duration(1...604_800), default: ScheduleRule.defaultHorizonSeconds)
    guard let clip, let impact, let interval, let horizon else { return nil }
    if let clip, !clip.isPositive {
      section.report("clip", "an order of nothing corrects nothing", remedy: "write a sum above 0 USD")
      return nil
    }
    guard interval <= horizon else {
      section.report(
        "interval", "the second slice is due after the last",
        remedy: "write no more than horizon, \(durationText(horizon))")
      return nil
    }
    return ScheduleRule(clip: clip, impact: impact, intervalSeconds: interval, horizonSeconds: horizon)
  }

  private func liquidation(_ section: Section) -> LiquidationRule? {
    let horizon = section.optional("horizon", .duration(1...604_800), default: LiquidationRule.defaultHorizonSeconds)
    let factor = section.optional(
      "volatilityFactor", .ratio("1", "100"), default: LiquidationRule.defaultVolatilityFactor)
    let warning = section.optional("warning", .ratio("0.1", "100"), default: LiquidationRule.defaultWarningSigmas)
    let action = section.optional("action", .ratio("0.1", "100"), default: LiquidationRule.defaultActionSigmas)
    let safe = section.ifPresent("safe", .ratio("0.1", "100"))
    let probability = section.optional(
      "probability", .ratio("0.0001%", "100%"), default: LiquidationRule.defaultActionProbability)
    let gammaLoss = section.optional("gammaLoss", .ratio("1bp", "100%"), default: LiquidationRule.defaultGammaLoss)
    let topUp = section.optional("topUp", .ratio("0", "100%"), default: LiquidationRule.defaultTopUp)
    guard let horizon, let factor, let warning, let action, let safe, let probability, let gammaLoss, let topUp else {
      return nil
    }
    guard action <= warning, action <= safe ?? warning else {
      section.report("action", "is above warning or safe", remedy: "write no more sigmas than warning and safe")
      return nil
    }
    return LiquidationRule(
      horizonSeconds: horizon, volatilityFactor: factor, warningSigmas: warning, actionSigmas: action,
      safeSigmas: safe ?? warning, actionProbability: probability, gammaLoss: gammaLoss,
      topUp: topUp)
  }

  private func breakers(_ section: Section) -> BreakerRule? {
    let jump = section.optional("jump", .ratio("1bp", "100%"), default: BreakerRule.defaultJump)
    let sigmas = section.optional("jumpSigmas", .ratio("0", "100"), default: BreakerRule.defaultJumpSigmas)
    let coolDown = section.optional("coolDown", .duration(0...86_400), default: BreakerRule.defaultCoolDownSeconds)
    let divergence = section.optional("divergence", .ratio("1bp", "100%"), default: BreakerRule.defaultDivergence)
    guard let jump, let sigmas, let coolDown, let divergence else { return nil }
    return BreakerRule(jump: jump, jumpSigmas: sigmas, coolDownSeconds: coolDown, divergence: divergence)
  }
}

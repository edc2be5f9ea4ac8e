import Contracts
import Ethereum
import Foundation
import Testing

@testable import Decision

/// A limit or a market order, by QUANT's balance. The README's vault: 10 ETH at 3,000 to sell, 100,000 of worth; two
/// million gas at 1 gwei and 3,000 dollars are six dollars.
struct OrderChoiceTests {
  private func judged(
    _ choice: ChoiceRule? = ChoiceRule(), patience: UInt64 = 600, _ circumstances: Circumstances? = nil,
    rule: BandRule? = nil, orders: [OpenOrder] = [], base: Quantity = 20, venue: ScriptedVenue = ScriptedVenue()
  ) throws -> Judgement {
    try World.judgement(
      World.observation(vault: World.vault(base: base), orders: orders),
      policy: World.policy(
        target: .absolute(10), rule: rule, orders: World.orders(patience: patience),
        execution: ExecutionRules(choice: choice)),
      circumstances: try circumstances ?? World.known(), venue: venue)
  }

  /// Calculated here from the formulas of the field, and not by the program's.
  @Test func theTermsAreThoseOfTheFormula() throws {
    let judgement = try judged()
    let choice = try #require(judgement.plan?.choice)
    let tau = 600 / 31_536_000.0
    let chance = erfc(0.001 / (0.65 * tau.squareRoot()) / 2.0.squareRoot())
    #expect(abs(choice.fillProbability.approximateDouble - chance) < 1e-4)
    // The scripted venue's fees are the same either way: 2 bp of 30,000 is what crossing costs more.
    #expect(try choice.crossingCost - choice.restingCost == 6)
    #expect(abs(choice.saving.approximateDouble - chance * 6) < 1e-3)
    let worth = 100_000.0
    let risk = 0.5 * (3 / worth) * pow(0.65 * 3000, 2) * 100 * tau
    #expect(abs(choice.waitingRisk.approximateDouble - risk) < 1e-3)
    #expect(abs(choice.gasRisk.approximateDouble - (1 - chance) * 6) < 1e-3)
    #expect(judgement.actions == ["place -10 limit 3003"])
    #expect(judgement.reasons == [.driftOutsideBand])
  }

  @Test func dearGasMakesTheLimitAMarketOrderOnce() throws {
    var kinds: [Reason] = []
    for gwei in [1, 2, 4, 8, 50, 500] as [UInt64] {
      kinds += try judged(ChoiceRule(), try World.known(gwei: gwei)).reasons
    }
    #expect(kinds.first == .driftOutsideBand && kinds.last == .crossingCheaper)
    #expect(kinds == kinds.filter { $0 == .driftOutsideBand } + kinds.filter { $0 == .crossingCheaper })
  }

  @Test func whatCrossingCostsMoreSpeaksForTheLimit() throws {
    #expect(try judged(ChoiceRule(frontRunning: 0)).actions == ["place -10 market"])
    #expect(try judged(ChoiceRule(frontRunning: 0)).reasons == [.crossingCheaper])
    let cheapMaker = ScriptedVenue(takerFee: 0.001, makerFee: 0.0002)
    #expect(try judged(ChoiceRule(frontRunning: 0), venue: cheapMaker).reasons == [.driftOutsideBand])
    #expect(try judged(ChoiceRule(adverseSelection: 0.001), venue: cheapMaker).reasons == [.crossingCheaper])
  }

  /// More aversion, volatility, drift or time is more risk, and never makes a market order a limit.
  @Test func riskSpeaksForCrossing() throws {
    func risk(_ choice: ChoiceRule, patience: UInt64, volatility: Double, base: Quantity) throws -> Usd {
      try #require(
        try judged(choice, patience: patience, World.known(volatility: volatility), base: base).plan?.choice
      ).waitingRisk
    }
    let usual = try risk(ChoiceRule(), patience: 600, volatility: 0.65, base: 20)
    #expect(try risk(ChoiceRule(relativeRiskAversion: 6), patience: 600, volatility: 0.65, base: 20) > usual)
    #expect(try risk(ChoiceRule(), patience: 1200, volatility: 0.65, base: 20) > usual)
    #expect(try risk(ChoiceRule(), patience: 600, volatility: 1.3, base: 20) > usual)
    #expect(try risk(ChoiceRule(), patience: 600, volatility: 0.65, base: 21) > usual)
    #expect(try judged(ChoiceRule(relativeRiskAversion: 100)).reasons == [.crossingCheaper])
  }

  @Test func whereSomethingIsUnknownTheLimitComesFirstAndSaysWhy() throws {
    var cases: [(ChoiceGap, Circumstances)] = [(.volatilityUnknown, World.circumstances())]
    var noPrice = try World.known()
    noPrice.nativePrice = nil
    cases.append((.nativePriceMissing, noPrice))
    for (gap, circumstances) in cases {
      let judgement = try judged(ChoiceRule(frontRunning: 0), circumstances)
      #expect(judgement.actions == ["place -10 limit 3003"])
      #expect(judgement.plan?.choice == nil)
      #expect(
        judgement.plan?.figures.contains { $0.name == "limit first because" && $0.value == gap.rawValue } == true)
    }
    // Nobody is asked: no code either.
    let first = try judged(nil, World.known())
    #expect(first.actions == ["place -10 limit 3003"])
    #expect(first.plan?.figures.contains { $0.name == "limit first because" } == false)
  }

  @Test func theBoundsOfBeforeStillHold() throws {
    #expect(try judged(patience: 0).reasons == [.noPatience])
    let late = World.order(-10, updatedAt: World.now - 5 - 601)
    #expect(try judged(orders: [late]).reasons == [.patienceOver])
    var venue = ScriptedVenue()
    venue.capabilities.limit = .none
    #expect(try judged(venue: venue).reasons == [.limitUnsupported])
  }

  @Test func anAdaptiveBandTellsTheAversion() throws {
    let fixed = FixedBand(width: 0.04, of: .target, reset: .centre)
    let rule = BandRule.adaptive(AdaptiveBand(trackingError: 0.01, fallback: fixed))
    let choice = try #require(try judged(rule: rule).plan?.choice)
    #expect(choice.aversionSource.contains("adaptive"))
    let narrower = BandRule.adaptive(AdaptiveBand(trackingError: 0.005, fallback: fixed))
    #expect(try #require(try judged(rule: narrower).plan?.choice).waitingRisk > choice.waitingRisk)
  }

  /// An order that rests is left where crossing would cost its gas for nothing, and crosses where resting costs more.
  @Test func aRestingOrderIsWeighedAgain() throws {
    let order = World.order(-10)
    #expect(try judged(orders: [order]).code == .orderResting)
    let judgement = try judged(ChoiceRule(adverseSelection: 0.001), orders: [order])
    #expect(judgement.reasons == [.crossingCheaper])
    #expect(judgement.actions == ["amend -10 limit 2970"])
    // What makes a new order a market order is not enough: the gas of crossing is certain.
    #expect(try judged(ChoiceRule(frontRunning: 0)).reasons == [.crossingCheaper])
    #expect(try judged(ChoiceRule(frontRunning: 0), orders: [order]).code == .orderResting)
  }

  @Test func aProspectUsesTheForecast() throws {
    let figures = try #require(try judged(nil, World.known()).plan).figures
    #expect(figures.contains { $0.name == "volatility" && $0.value == "65" && $0.source.contains("configured") })
    #expect(figures.contains { $0.name == "chance of a touch" })
  }
}

/// Corrections larger than the market takes at once. An order of n has an impact of n² dollars, so that at 3,000 dollars
/// 10 bp are reached at three.
struct ScheduleTests {
  private static let venue = ScriptedVenue(impactPerSquare: 1)

  private func judged(
    _ schedule: ScheduleRule = ScheduleRule(), _ circumstances: Circumstances = World.circumstances(),
    base: Quantity = 20, target: Quantity = 10, aversion: Ratio = 3, minimumClip: Usd = 100,
    venue: ScriptedVenue = ScheduleTests.venue,
    terms: MarketTerms = World.terms(), orders: [OpenOrder] = [], positions: [Position] = []
  ) throws -> Judgement {
    try World.judgement(
      World.observation(vault: World.vault(base: base), positions: positions, orders: orders, terms: terms),
      policy: World.policy(
        target: .absolute(target), minimumClip: minimumClip,
        execution: ExecutionRules(
          choice: ChoiceRule(frontRunning: 0.01, relativeRiskAversion: aversion), schedule: schedule)),
      circumstances: circumstances, venue: venue)
  }

  private func schedule(_ judgement: Judgement) throws -> Schedule { try #require(judgement.plan?.schedule) }

  private func filled(_ ages: [UInt64], in circumstances: Circumstances = World.circumstances()) -> Circumstances {
    var circumstances = circumstances
    circumstances.recentOutcomes = ages.map {
      OrderOutcome(
        key: World.key(1), state: .filled(averagePrice: nil, feesUsd: nil), atSeconds: World.now - $0, gasWei: 0)
    }
    circumstances.correctedAtSeconds = ages.last.map { World.now - $0 }
    return circumstances
  }

  @Test func equalSlicesWhereNobodyKnowsTheRisk() throws {
    let judgement = try judged()
    let schedule = try schedule(judgement)
    #expect(schedule.method == .timeWeighted && schedule.slices == 6 && schedule.waitSeconds == 0)
    #expect(schedule.depth.limit == .impact)
    // Halved twice, then to a sixteenth.
    #expect(schedule.depth.largest == 2.96875)
    #expect(try schedule.slice.rounded(places: 6, .down) == 1.666666)
    #expect(judgement.plan?.clip?.limitedBy == [.slice])
    #expect(judgement.code == nil)
  }

  @Test func riskMakesTheFirstSlicesLarger() throws {
    let mild = try schedule(try judged(ScheduleRule(), World.known(), aversion: 50))
    let bold = try schedule(try judged(ScheduleRule(), World.known(), aversion: 100))
    #expect(mild.method == .almgrenChriss)
    #expect(mild.slice > 1.667 && bold.slice > mild.slice)
    #expect(try #require(mild.halfLifeSeconds) > (try #require(bold.halfLifeSeconds)))
    #expect(try #require(mild.expectedCost) < (try #require(bold.expectedCost)))
    #expect(bold.slice <= bold.depth.largest)
  }

  @Test func whatOneOrderMayTradeIsNotSliced() throws {
    #expect(try judged(base: 12.9).plan?.schedule == nil)
    #expect(try judged(venue: ScriptedVenue()).plan?.schedule == nil)
    // 40 gwei and two million gas are 240 dollars: more than the hundred of impact that slicing would save.
    #expect(try judged(ScheduleRule(), World.known(gwei: 40)).plan?.schedule == nil)
    #expect(try judged(ScheduleRule(), World.known(gwei: 40)).plan?.clip?.change == -10)
  }

  /// More gas makes fewer and larger orders, more impact smaller ones.
  @Test func theLargestSliceFollowsGasAndImpact() throws {
    var last = Quantity.zero
    for gwei in [1, 2, 4, 8, 15] as [UInt64] {
      let largest = try schedule(try judged(ScheduleRule(), World.known(gwei: gwei))).depth.largest
      #expect(largest >= last)
      last = largest
    }
    #expect(last > 3)
    var least: Quantity = 10
    for impact in [0.5, 1, 2, 4] as [Ratio] {
      let largest = try schedule(try judged(venue: ScriptedVenue(impactPerSquare: impact))).depth.largest
      #expect(largest < least)
      least = largest
    }
  }

  /// Nothing is remembered: the fills tell where the schedule stands.
  @Test func fillsTellHowFarItIs() throws {
    let later = try schedule(try judged(ScheduleRule(), filled([600, 300])))
    #expect(later.elapsedSeconds == 600 && later.waitSeconds == 0)
    // Two of six intervals have passed.
    #expect(later.slices == 4 && later.slice == 2.5)
    let over = try schedule(try judged(ScheduleRule(), filled([1800, 1200, 600])))
    // Past the horizon, the depth alone says how many.
    #expect(over.slices == 4)
    // A fill of long ago belongs to another correction.
    #expect(try schedule(try judged(ScheduleRule(), filled([9_000]))).elapsedSeconds == 0)
  }

  @Test(arguments: [(299, 1), (300, 0)] as [(UInt64, UInt64)])
  func theNextSliceWaitsForTheInterval(age: UInt64, wait: UInt64) throws {
    let judgement = try judged(ScheduleRule(), filled([age]))
    #expect(try schedule(judgement).waitSeconds == wait)
    #expect(judgement.code == (wait > 0 ? .sliceNotDue : nil))
    #expect(judgement.actions.isEmpty == (wait > 0))
  }

  @Test func aSliceThatRestsIsNotReplacedByALargerOne() throws {
    let order = World.order(-1.6, collateral: 2_000)
    let judgement = try judged(ScheduleRule(), filled([900, 400]), orders: [order])
    #expect(try schedule(judgement).slice > 1.7)
    #expect(judgement.code == .orderResting)
  }

  @Test func aConfiguredClipAndTheLeastOrderBoundTheSlice() throws {
    let configured = try schedule(try judged(ScheduleRule(clip: 6_000), venue: ScriptedVenue()))
    #expect(configured.depth.limit == .configured && configured.depth.largest == 2)
    #expect(try schedule(try judged(ScheduleRule(clip: 9_000), minimumClip: 7_500)).slice == 2.5)
  }

  @Test func aPoolBoundsTheSliceByWhatCannotBeTradedAround() throws {
    var venue = ScriptedVenue()
    venue.capabilities.counterparty = .pool
    let pool = PoolDepth(base: 1_000, quote: 3_000_000, fee: 0.003)
    let depth = try schedule(try judged(venue: venue, terms: World.terms(pool: pool))).depth
    #expect(depth.limit == .sandwich)
    // About the fee times the reserve: the root of (1 + z)(1 + g z) = 1/g², times 1,000.
    let z = depth.largest.approximateDouble / 1_000
    #expect(abs((1 + z) * (1 + 0.997 * z) * 0.997 * 0.997 - 1) < 1e-8)
    let bought = try schedule(
      try judged(base: 0, venue: venue, terms: World.terms(pool: pool), positions: [])
    ).depth
    #expect(bought.largest == depth.largest)
    let other = try judged(venue: venue).plan?.schedule
    #expect(other == nil)
    let figures = try #require(try judged().plan).figures
    #expect(figures.contains { $0.name == "sandwich bound" && $0.value == "not applicable" })
  }

  @Test func symmetricInSign() throws {
    for known in [World.circumstances(), try World.known()] {
      let sale = try schedule(try judged(ScheduleRule(), known, base: 10, target: 4))
      let purchase = try schedule(try judged(ScheduleRule(), known, base: 10, target: 16))
      #expect(sale.slice == purchase.slice && sale.slices == purchase.slices)
    }
  }
}

/// Prices that are not traded on.
struct CircuitBreakerTests {
  private func code(
    _ points: [(UInt64, Price)], price: Price = 3000, rule: BreakerRule = BreakerRule(),
    volatility: Double? = nil, orders: [OpenOrder] = []
  ) throws -> Refusal.Code? {
    var circumstances = volatility == nil ? World.circumstances() : try World.known(volatility: volatility ?? 0)
    circumstances.priceHistory = points.map { PricePoint(atSeconds: World.now - 5 - $0.0, price: $0.1) }
    return try World.judgement(
      World.observation(price: World.feed(price), orders: orders),
      policy: World.policy(target: .absolute(10), execution: ExecutionRules(choice: nil, breakers: rule)),
      circumstances: circumstances
    ).code
  }

  /// A fifth, of the lower of the two prices.
  @Test(arguments: [(2500, nil), (2499.9, Refusal.Code.priceJump), (3600, nil), (3600.1, .priceJump)])
  func aFifthIsAJump(before: Double, expected: Refusal.Code?) throws {
    #expect(try code([(12, Price(floatLiteral: before))]) == expected)
  }

  @Test func itEndsWithTheCoolDown() throws {
    #expect(try code([(620, 2000), (600, 3000), (12, 3000)]) == .priceJump)
    #expect(try code([(620, 2000), (601, 3000), (12, 3000)]) == nil)
    #expect(try code([(620, 2000), (600, 3000)], rule: BreakerRule(coolDownSeconds: 599)) == nil)
  }

  @Test func manySmallStepsAreNone() throws {
    #expect(try code([(48, 2000), (36, 2300), (24, 2600), (12, 2900)]) == nil)
  }

  /// Ten standard deviations of a month at 65 % are 186 %.
  @Test func afterASilenceALargeMoveIsNone() throws {
    #expect(try code([(2_592_000, 2000)]) == .priceJump)
    #expect(try code([(2_592_000, 2000)], volatility: 0.65) == nil)
    #expect(try code([(2_592_000, 1000)], volatility: 0.65) == .priceJump)
  }

  @Test func ordersAreTakenBackAllTheSame() throws {
    #expect(try code([(12, 2000)], orders: [World.order(5)]) == nil)
    #expect(try code([(12, 2000)], orders: [World.order(-10)]) == .priceJump)
  }

  @Test(arguments: [(3060, nil), (3060.1, Refusal.Code.venueDivergence), (2940, nil), (2939.9, .venueDivergence)])
  func theVenuesPriceIsHeldAgainstOurs(shown: Double, expected: Refusal.Code?) throws {
    let judgement = try World.judgement(
      World.observation(terms: World.terms(venuePrice: Price(floatLiteral: shown))),
      policy: World.policy(execution: ExecutionRules()))
    #expect(judgement.code == expected)
  }

  /// Where the venue shows no price, the checklist says so rather than that all is well.
  @Test func withoutAPriceThereIsNothingToHold() throws {
    let checks = try World.judgement(policy: World.policy(execution: ExecutionRules())).verdict.checks
    #expect(checks.first { $0.name == "venue's price" }?.outcome == .notApplicable)
    #expect(checks.first { $0.name == "price jump" }?.outcome == .notApplicable)
  }

  @Test func nonsenseIsNamed() {
    let rules: [(String, ExecutionRules)] = [
      ("orders.frontRunning", ExecutionRules(choice: ChoiceRule(frontRunning: 0.2))),
      ("orders.adverseSelection", ExecutionRules(choice: ChoiceRule(adverseSelection: -0.1))),
      ("orders.riskAversion", ExecutionRules(choice: ChoiceRule(relativeRiskAversion: -1))),
      ("schedule.clip", ExecutionRules(schedule: ScheduleRule(clip: 0))),
      ("schedule.impact", ExecutionRules(schedule: ScheduleRule(impact: 0))),
      ("schedule.interval", ExecutionRules(schedule: ScheduleRule(intervalSeconds: 0))),
      ("schedule.interval", ExecutionRules(schedule: ScheduleRule(intervalSeconds: 1_801))),
      ("liquidation.horizon", ExecutionRules(liquidation: LiquidationRule(horizonSeconds: 0))),
      ("liquidation.volatilityFactor", ExecutionRules(liquidation: LiquidationRule(volatilityFactor: 0.9))),
      ("liquidation.action", ExecutionRules(liquidation: LiquidationRule(actionSigmas: 7))),
      ("liquidation.safe", ExecutionRules(liquidation: LiquidationRule(safeSigmas: 3))),
      ("liquidation.probability", ExecutionRules(liquidation: LiquidationRule(actionProbability: 0))),
      ("liquidation.gammaLoss", ExecutionRules(liquidation: LiquidationRule(gammaLoss: 0))),
      ("breakers.jump", ExecutionRules(breakers: BreakerRule(jump: 0))),
      ("breakers.jumpSigmas", ExecutionRules(breakers: BreakerRule(jumpSigmas: -1))),
      ("breakers.coolDown", ExecutionRules(breakers: BreakerRule(coolDownSeconds: 86_401))),
      ("breakers.divergence", ExecutionRules(breakers: BreakerRule(divergence: 2))),
    ]
    for (key, rule) in rules {
      #expect { try World.policy(execution: rule) } throws: { "\($0)".contains(key) }
    }
  }

  /// Records from before there were rules hold none, and are judged as they were.
  @Test func aPolicyWithoutRulesKeepsItsForm() throws {
    let plain = try JSON(encoding: World.policy())
    #expect(plain["execution"] == nil)
    #expect(try JSONDecoder().decode(Policy.self, from: Data(plain.encoded())) == World.policy())
    let ruled = try World.policy(execution: ExecutionRules(choice: nil))
    #expect(try JSONDecoder().decode(Policy.self, from: Data(JSON(encoding: ruled).encoded())) == ruled)
  }
}

import Contracts
import Ethereum
import Foundation
import Testing

@testable import Decision

/// A liquidation seen coming. The README's vault hedged by a short of 10 ETH at 3,000: inside its band. With 65 % of
/// volatility, half as much again, a quarter of an hour has a standard deviation of 0.52 %.
struct LiquidationTests {
  private static let deviation = 1.5 * 0.65 * (900 / 31_536_000.0).squareRoot()

  private func judged(
    at liquidation: Price?, size: Quantity = -10, base: Quantity = 20, target: Quantity = 10,
    rule: LiquidationRule = LiquidationRule(), _ circumstances: Circumstances? = nil, orders: [OpenOrder] = [],
    maximumClip: Usd = 1_000_000, minimumClip: Usd = 100, execution: Bool = true
  ) throws -> Judgement {
    // Without collateral to add, so that what is done is a reduction; with some, see TopUpTests.
    try World.judgement(
      World.observation(
        vault: World.vault(base: base), positions: [World.short(size, liquidationPrice: liquidation)], orders: orders,
        terms: World.terms(collateral: 0)),
      policy: World.policy(
        target: .absolute(target), minimumClip: minimumClip, maximumClip: maximumClip,
        execution: execution ? ExecutionRules(liquidation: rule) : nil),
      circumstances: try circumstances ?? World.known())
  }

  /// A price so many deviations above 3,000, or below.
  private func price(sigmas: Double) throws -> Price {
    try Price(nearest: 3000 * exp(sigmas * Self.deviation), places: 6)
  }

  @Test func distanceAndChanceAreThoseOfAFirstPassage() throws {
    let risk = try #require(try judged(at: try price(sigmas: 4)).calibration?.risk)
    #expect(risk.sigmas == 4 && risk.level == .near && risk.horizonSeconds == 900)
    // The reflection principle, but for the drift of the logarithm.
    #expect(abs(risk.touchProbability.approximateDouble - erfc(4 / 2.0.squareRoot())) < 5e-6)
  }

  @Test(
    arguments: [(6.01, .calm, nil), (5.99, .near, Advisory.Code.protectiveCall), (3.31, .near, .protectiveCall)]
      as [(Double, LiquidationRisk.Level, Advisory.Code?)])
  func aNearOneIsAWarningAndAnAdvice(sigmas: Double, level: LiquidationRisk.Level, code: Advisory.Code?) throws {
    let judgement = try judged(at: try price(sigmas: sigmas))
    #expect(judgement.calibration?.risk?.level == level)
    #expect(judgement.plan?.warnings == (level == .calm ? [] : [.liquidationNear]))
    #expect(judgement.plan?.advisories.map(\.code) == (code.map { [$0] } ?? []))
    #expect(judgement.code == .insideBand && judgement.actions == [])
  }

  /// The smallest reduction that makes it safe: from 3.2 deviations to six, by hand.
  @Test func inDangerThePositionIsMadeSmallerInsideTheBand() throws {
    let liquidation = try price(sigmas: 3.2)
    let judgement = try judged(at: liquidation)
    #expect(judgement.code == nil)
    #expect(judgement.reasons == [.deRisk])
    #expect(judgement.calibration?.urgency == .liquidation)
    #expect(judgement.plan?.warnings == [.liquidationDanger])
    let trade = try #require(judgement.plan?.actions.first?.trade)
    #expect(trade.kind == .market && trade.reduceOnly && trade.change.isPositive)
    let (distance, safe, fee) = (liquidation.approximateDouble - 3000, 3000 * (exp(6 * Self.deviation) - 1), 1.8)
    let expected = 10 - 10 * (distance - fee) / (safe - fee)
    #expect(abs(trade.change.approximateDouble - expected) < 1e-5)
    // What is left is safe: its equity, less the fee, lasts six deviations.
    let left = 10 - trade.change.approximateDouble
    let room = (10 * distance - fee * trade.change.approximateDouble) / left
    #expect(abs(log(1 + room / 3000) / Self.deviation - 6) < 1e-3)
    let band = try #require(judgement.verdict.checks.first { $0.name == "band" })
    #expect(band.outcome == .passed && band.figures.contains { $0.name == "reduction" })
  }

  @Test func longAndShortAreTreatedAlike() throws {
    let short = try judged(at: try price(sigmas: 2))
    let long = try judged(at: try price(sigmas: -2), size: 10, base: 0)
    #expect(long.calibration?.risk?.sigmas == short.calibration?.risk?.sigmas)
    #expect(long.reasons == [.deRisk])
    #expect(long.plan?.advisories.map(\.code) == [.protectivePut])
    #expect(long.plan?.actions.first?.trade?.change.isNegative == true)
    // A price falls by a little less than it rises in as many deviations.
    let sizes = try [short, long].map { try #require($0.plan?.deRisk).change.absolute().approximateDouble }
    #expect(abs(sizes[0] - sizes[1]) < 0.1)
  }

  @Test func moreVolatilityAndMoreTimeReduceMore() throws {
    var last = Quantity.zero
    for volatility in [0.65, 0.8, 1, 2, 5] {
      let change = try #require(
        try judged(at: 3050, rule: LiquidationRule(), World.known(volatility: volatility)).plan?.deRisk
      ).change
      #expect(change > last)
      last = change
    }
    last = .zero
    for horizon in [900, 1_800, 3_600] as [UInt64] {
      let rule = LiquidationRule(horizonSeconds: horizon)
      let change = try #require(try judged(at: 3050, rule: rule).plan?.deRisk).change
      #expect(change > last)
      last = change
    }
  }

  @Test func whatIsThereAlreadyIsClosed() throws {
    for liquidation in [3000, 2900, 3001] as [Price] {
      let judgement = try judged(at: liquidation)
      #expect(judgement.actions == ["place 10 market"])
      #expect(judgement.reasons == [.deRisk])
    }
  }

  @Test func theLeastAndTheLargestOrderBoundTheReduction() throws {
    let liquidation = try price(sigmas: 3.2)
    #expect(try judged(at: liquidation, maximumClip: 6_000).actions == ["place 2 market"])
    #expect(try judged(at: liquidation, minimumClip: 24_000).actions == ["place 8 market"])
    #expect(try judged(at: liquidation, minimumClip: 90_000).actions == ["place 10 market"])
  }

  /// A correction that takes as much from the position needs no reduction beside it.
  @Test func aCorrectionInTheSameDirectionIsEnough() throws {
    let judgement = try judged(at: try price(sigmas: 3), target: 19)
    #expect(judgement.plan?.deRisk == nil)
    #expect(judgement.reasons == [.driftUrgent])
    #expect(judgement.calibration?.urgency == .liquidation)
    #expect(judgement.plan?.actions.first?.trade?.change == 9)
    // And one in the other direction is not made at all.
    #expect(try judged(at: try price(sigmas: 3), target: 5).reasons == [.deRisk])
  }

  @Test func ordersMakeWayForTheReduction() throws {
    let liquidation = try price(sigmas: 3)
    let resting = World.order(-1)
    let judgement = try judged(at: liquidation, orders: [resting])
    #expect(judgement.actions.first == "cancel" && judgement.actions.count == 2)
    #expect(judgement.reasons == [.deRisk, .deRisk])
    #expect(judgement.code == nil)
    // One that is being executed is waited for, and not doubled.
    let pending = World.order(3, kind: .marketDecrease, state: .pending, trigger: nil, acceptable: 3030)
    #expect(try judged(at: liquidation, orders: [pending]).code == .orderPending)
    let old = World.order(
      3, kind: .marketDecrease, state: .pending, trigger: nil, acceptable: 3030, updatedAt: World.now - 5_000)
    #expect(try judged(at: liquidation, orders: [old]).actions.first == "cancel")
    let strange = World.order(3, kind: .stopLossDecrease)
    #expect(try judged(at: liquidation, orders: [strange]).code == .foreignOrder)
  }

  @Test func aJumpDoesNotKeepAPositionInDanger() throws {
    var circumstances = try World.known()
    circumstances.priceHistory = [PricePoint(atSeconds: World.now - 60, price: 2000)]
    #expect(try judged(at: try price(sigmas: 2), circumstances).reasons == [.deRisk])
    #expect(try judged(at: try price(sigmas: 2), circumstances).code == nil)
    #expect(try judged(at: try price(sigmas: 20), circumstances).code == .priceJump)
  }

  @Test func withoutAVolatilityTheDistanceAloneIsLookedAt() throws {
    let judgement = try judged(at: 3010, World.circumstances())
    #expect(judgement.calibration?.risk == nil)
    #expect(judgement.plan?.warnings == [.liquidationUnmeasured])
    #expect(judgement.code == .insideBand)
    // The alarm of ten percent is the operator's floor as before.
    let due = try judged(at: 3290, target: 12, World.circumstances())
    #expect(due.calibration?.urgency == .liquidation)
    #expect(try judged(at: 3310, target: 12, World.circumstances()).calibration?.urgency == .routine)
    #expect(try judged(at: 3290, target: 12, World.known()).calibration?.urgency == .liquidation)
    // A policy without rules says nothing of it.
    #expect(try judged(at: 3010, World.circumstances(), execution: false).plan?.warnings == [])
    #expect(try judged(at: 3010, World.known(), execution: false).code == .insideBand)
  }

  @Test func theVenuesDelayLengthensTheTime() throws {
    #expect(try judged(at: 3200, rule: LiquidationRule(horizonSeconds: 60)).calibration?.risk?.horizonSeconds == 600)
  }

  /// What the venue shows after the call is held against the reduction, and not against the band.
  @Test(arguments: [(nil, true), (-1, false), (12, false)] as [(Quantity?, Bool)])
  func theSimulatedStateMustOnlyBeSmaller(stray: Quantity?, isGood: Bool) throws {
    let judgement = try judged(at: try price(sigmas: 3))
    let approved = try #require(judgement.verdict.approved)
    let venue = ScriptedVenue()
    let proposal = try approved.proposal(at: venue, through: ScriptedAccount())
    var after = approved.venueState
    for planned in approved.plan.actions {
      after = try venue.after(planned.action, after, price: 3000, now: World.now)
    }
    if let stray {
      let order = World.order(stray, key: 77, kind: .marketDecrease, state: .pending, trigger: nil)
      after = VenueState(positions: after.positions, orders: [order], terms: after.terms)
    }
    let simulation = Simulation(dataHash: proposal.dataHash, outcome: .succeeded, gasUsed: nil, postState: after)
    let clearance = try Clearance(proposal, simulation)
    #expect((clearance.cleared != nil) == isGood)
    #expect(clearance.checks.contains { $0.name == "exposure" })
  }
}

struct AdvisoryTests {
  private func gamma(_ gamma: Double, drift: Quantity = 1, worth: Usd = 100_000) throws -> Advisory? {
    let forecast = try #require(
      try VolatilityForecast([VolatilityEstimate(.configured, annual: 0.65, source: "a test")]))
    return try Advisory(
      gamma: gamma, drift: drift, price: 3000, netAssetValue: worth, volatility: forecast, rule: LiquidationRule(),
      nowSeconds: World.now)
  }

  /// ½ Γ (σS)²/365 is 5,209 Γ dollars a day, and 500 are allowed: short of 0.096 it is too much.
  @Test func shortGammaBeyondWhatIsBornIsAdvisedAgainst() throws {
    #expect(try gamma(0) == nil && gamma(1) == nil && gamma(-0.0959) == nil)
    let advice = try #require(try gamma(-0.2))
    #expect(advice.code == .gammaPut && advice.strike == 3000)
    // What is above the rule, at the gamma of an option at the money: n(d₁)/(Sσ√T).
    let years = Double(advice.expiresAtSeconds - World.now) / 31_536_000
    let deviation = 0.65 * years.squareRoot()
    let option = exp(-deviation * deviation / 8) / (2 * Double.pi).squareRoot() / (3000 * deviation)
    let excess = 0.2 - 500 / (0.5 * pow(0.65 * 3000, 2) / 365)
    #expect(abs(advice.size.approximateDouble - excess / option) < 0.02)
    #expect(try gamma(-0.2, drift: -1)?.code == .gammaCall)
    #expect(try #require(try gamma(-0.4)).size > advice.size)
    #expect(try gamma(-0.2, worth: 10_000_000) == nil)
  }

  /// A book of written options is what the measure is about; where nobody vouches for it nothing is advised.
  @Test func aBookOfWrittenOptionsCallsForSome() throws {
    func judged(_ option: ExposureReading, _ execution: ExecutionRules? = ExecutionRules()) throws -> Judgement {
      try World.judgement(
        World.observation(exposures: [option]), policy: World.policy(execution: execution),
        circumstances: World.known())
    }
    let written = ExposureTests.option(-300, strike: 3000)
    let plan = try #require(try judged(written).plan)
    #expect(plan.advisories.map(\.code) == [.gammaPut] || plan.advisories.map(\.code) == [.gammaCall])
    #expect(plan.figures.contains { $0.name.hasSuffix("strike") && $0.unit == "USD/ETH" })
    #expect(try judged(ExposureTests.option(300, strike: 3000)).plan?.advisories == [])
    #expect(try judged(ExposureTests.option(-300, strike: 3000, markedAt: 0)).plan?.advisories == [])
    #expect(try judged(written, nil).plan?.advisories == [])
  }

  /// Fridays, 08:00 UTC: 2027-01-15 08:00 is World's `now` (a Friday); four weeks on is one again.
  @Test func expiriesAreFridays() throws {
    let advice = try #require(try gamma(-0.2))
    #expect((advice.expiresAtSeconds - 115_200) % 604_800 == 0)
    #expect(advice.expiresAtSeconds >= World.now + 28 * 86_400 && advice.expiresAtSeconds < World.now + 35 * 86_400)
  }
}

import Contracts
import Ethereum
import Foundation
import Testing

@testable import Decision

/// The first rung: collateral for a position in danger, where the vault has some and a reduction is no cheaper. The
/// short of 10 ETH at 3,000 of LiquidationTests, three deviations of 0.52 % from its liquidation.
struct TopUpTests {
  private static let deviation = 1.5 * 0.65 * (900 / 31_536_000.0).squareRoot()

  private static func price(sigmas: Double) throws -> Price {
    try Price(nearest: 3000 * exp(sigmas * deviation), places: 6)
  }

  /// Dollars that move the liquidation of 10 ETH from three deviations to six.
  private static let needed = 10 * 3000 * (exp(6 * deviation) - exp(3 * deviation))

  private func judged(
    sigmas: Double = 3, size: Quantity = -10, free: Quantity = 40_000, rule: LiquidationRule = LiquidationRule(),
    orders: [OpenOrder] = [], venue: ScriptedVenue = ScriptedVenue(), maximumClip: Usd = 1_000_000,
    _ circumstances: Circumstances? = nil
  ) throws -> Judgement {
    let isShort = size.isNegative
    return try World.judgement(
      World.observation(
        vault: World.vault(base: isShort ? 20 : 0),
        positions: [World.short(size, liquidationPrice: try Self.price(sigmas: isShort ? sigmas : -sigmas))],
        orders: orders, terms: World.terms(collateral: free)),
      policy: World.policy(
        target: .absolute(10), maximumClip: maximumClip, execution: ExecutionRules(liquidation: rule)),
      circumstances: try circumstances ?? World.known(), venue: venue)
  }

  @Test func aPositionInDangerIsGivenWhatMakesItSafe() throws {
    let judgement = try judged()
    #expect(judgement.code == nil && judgement.reasons == [.topUp])
    let topUp = try #require(judgement.plan?.actions.first?.topUp)
    // Six deviations away, and the size is what it was.
    #expect(abs(topUp.value.approximateDouble - Self.needed) < 0.001)
    let level = try Self.price(sigmas: 3).approximateDouble + topUp.value.approximateDouble / 10
    #expect(abs(log(level / 3000) / Self.deviation - 6) < 1e-4)
    #expect(topUp.position.quantity == -10 && topUp.worstPrice == 2970)
    let plan = try #require(judgement.plan)
    #expect(plan.turnover == .zero && plan.upfrontFeeWei == 8_700_000_000_000_000)
    #expect(plan.warnings == [.liquidationDanger] && plan.advisories.map(\.code) == [.protectiveCall])
    #expect(judgement.calibration?.urgency == .liquidation)
    let word = plan.figures.first { $0.name == "way to safety" }
    #expect(word?.value == "top up")
    #expect(plan.figures.contains { $0.name == "add collateral" && $0.unit == "USD" })
  }

  @Test func aLongIsToppedUpUnderACeiling() throws {
    let topUp = try #require(try judged(size: 10).plan?.actions.first?.topUp)
    let needed = 10 * 3000 * (exp(-3 * Self.deviation) - exp(-6 * Self.deviation))
    #expect(abs(topUp.value.approximateDouble - needed) < 0.001 && topUp.worstPrice == 3030)
  }

  /// A position that the price has passed is given what it lacks besides.
  @Test func beyondTheLiquidationMoreIsNeeded() throws {
    let topUp = try #require(try judged(sigmas: -1).plan?.actions.first?.topUp)
    let needed = 10 * 3000 * (exp(6 * Self.deviation) - exp(-Self.deviation))
    #expect(abs(topUp.value.approximateDouble - needed) < 0.001)
  }

  /// One thing at a time is in the way.
  @Test func elseItIsMadeSmallerAndThePlanSaysWhy() throws {
    func gap(_ judgement: Judgement) throws -> Relief.Gap? {
      #expect(judgement.reasons == [.deRisk] && judgement.plan?.deRisk != nil)
      let relief = try #require(judgement.plan?.relief)
      #expect(relief.topUp == nil)
      #expect(judgement.plan?.figures.first { $0.name == "way to safety" }?.value == "reduce")
      return relief.gap
    }
    var stiff = ScriptedVenue()
    stiff.capabilities.topUp = false
    #expect(try gap(judged(venue: stiff)) == .notOffered)
    #expect(try gap(judged(rule: LiquidationRule(topUp: 0))) == .switchedOff)
    #expect(try gap(judged(rule: LiquidationRule(topUp: nil))) == .switchedOff)
    #expect(try gap(judged(free: 479)) == .tooLittleCollateral)
    #expect(try judged(free: 480).reasons == [.topUp])
    #expect(try gap(judged(free: 959, rule: LiquidationRule(topUp: 0.5))) == .tooLittleCollateral)
    #expect(try judged(free: 960, rule: LiquidationRule(topUp: 0.5)).reasons == [.topUp])
    #expect(try gap(judged(venue: ScriptedVenue(topUpFailure: .cannotPlace("another token")))) == .notQuoted)
  }

  /// At 2 gwei and 3,000 dollars 4.35 million gas are 26 dollars; the reduction costs the same and 0.06 % of what it
  /// trades, some 9 dollars.
  @Test func theCheaperWayIsTaken() throws {
    let reduction = try #require(try judged().plan?.deRisk).change.approximateDouble
    let relief = try #require(try judged().plan?.relief)
    let (adding, reducing) = (try #require(relief.costOfAdding), try #require(relief.costOfReducing))
    let fee = try reducing - adding
    #expect(abs(fee.approximateDouble - reduction * 3000 * 0.0006) < 0.001)
    let gas = UInt256(UInt64(fee.approximateDouble / 3000 * 1e9 / 2))
    #expect(try judged(venue: ScriptedVenue(topUpGas: 4_350_000 + gas)).reasons == [.topUp])
    let dear = try judged(venue: ScriptedVenue(topUpGas: 4_350_000 + gas + 1_000))
    #expect(dear.reasons == [.deRisk] && dear.plan?.relief?.gap == .dearer)
    // Without a price of the native currency the venue's own fee cannot be weighed.
    var circumstances = try World.known()
    circumstances.nativePrice = nil
    #expect(try judged(venue: ScriptedVenue(topUpGas: 400_000_000), circumstances).reasons == [.topUp])
  }

  /// What one order cannot do is done in turn: a reduction as large as an order may be, then measured anew the rest.
  @Test func bothInTurn() throws {
    let first = try judged(free: 300, maximumClip: 9_000)
    #expect(first.actions == ["place 3 market"])
    // Still in danger, and the smaller position needs no more than there is.
    #expect(try judged(sigmas: 3.25, size: -6, free: 300, maximumClip: 9_000).reasons == [.topUp])
    #expect(try judged(sigmas: 3.25, size: -7, free: 300, maximumClip: 9_000).reasons == [.deRisk])
  }

  @Test func oneThatIsUnderWayIsWaitedForAndNotDoubled() throws {
    let standing = World.topUp(key: 5)
    let waiting = try judged(orders: [standing])
    #expect(waiting.code == .orderPending && waiting.actions == [])
    #expect(waiting.plan?.standing.map(\.reason) == [.executing])
    // Nor is it taken for one while the danger is over, and no longer than patience lets it.
    #expect(try judged(sigmas: 9, orders: [standing]).plan?.standing.map(\.reason) == [.executing])
    let ripe = World.topUp(key: 5, updatedAt: World.now - 400)
    #expect(try judged(sigmas: 9, orders: [ripe]).plan?.standing.map(\.reason) == [.executing])
    let old = World.topUp(key: 5, updatedAt: World.now - 5_000)
    #expect(try judged(sigmas: 9, orders: [old]).reasons == [.pendingTooLong])
    #expect(try judged(orders: [old]).reasons == [.deRisk, .topUp])
    // Collateral for the other side is no help.
    #expect(
      try judged(orders: [World.topUp(key: 5, isLong: true)]).plan?.standing.map(\.reason) == [.notYetCancellable])
  }

  /// What the venue shows after the call: an order that trades nothing, on the right side, of no more than was planned.
  @Test(
    arguments: [
      (World.topUp(collateralUnits: 400_000_000), true), (World.topUp(isLong: true, collateralUnits: 1), false),
      (World.topUp(collateralUnits: 600_000_000), false), (World.topUp(acceptable: 2900, collateralUnits: 1), false),
      (World.topUp(acceptable: nil, collateralUnits: 1), false),
      (World.order(-0.1, key: 77, kind: .marketIncrease, state: .pending, trigger: nil), false),
      (World.order(0.1, key: 77, kind: .marketDecrease, state: .pending, trigger: nil), false),
    ] as [(OpenOrder, Bool)])
  func theOrderThatStandsMustOnlyAdd(order: OpenOrder, isGood: Bool) throws {
    let judgement = try judged()
    let approved = try #require(judgement.verdict.approved)
    let proposal = try approved.proposal(at: ScriptedVenue(), through: ScriptedAccount())
    #expect(proposal.call.data == [4])
    let before = approved.venueState
    let after = VenueState(positions: before.positions, orders: [order], terms: before.terms)
    let simulation = Simulation(dataHash: proposal.dataHash, outcome: .succeeded, gasUsed: nil, postState: after)
    let clearance = try Clearance(proposal, simulation)
    #expect((clearance.cleared != nil) == isGood)
    // And on the block that mines it.
    let unseen = Simulation(dataHash: proposal.dataHash, outcome: .succeeded, gasUsed: nil, postState: nil)
    let cleared = try #require(try Clearance(proposal, unseen).cleared)
    let invariants = try Invariants(cleared, policy: World.policy())
    let checks = try invariants.checks(after, placed: [order.key])
    #expect(checks.allSatisfy { $0.outcome == .passed } == isGood)
    #expect((checks.first { $0.name == "orders on the mined block" }?.outcome == .passed) == isGood)
    // The journal keeps it.
    let read = try JSONCoding.decode(Invariants.self, from: try JSONCoding.encode(invariants))
    #expect(read == invariants)
    #expect(invariants.lowest == -10 && invariants.highest == -10)
  }

  /// A record from before there was such a thing says nothing of it, and is judged by what it says.
  @Test func anOlderRecordKnowsNoTopUps() throws {
    let rule = LiquidationRule(topUp: nil)
    let text = try JSONCoding.encode(rule)
    #expect(!String(decoding: text, as: UTF8.self).contains("topUp"))
    #expect(try JSONCoding.decode(LiquidationRule.self, from: text) == rule)
  }
}

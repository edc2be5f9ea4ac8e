import Contracts
import Ethereum
import Testing

@testable import Decision

/// A new order: kind, size, price, and what cuts it.
struct PlacementTests {
  @Test func readmeVaultSellsTen() throws {
    let judgement = try World.judgement()
    #expect(judgement.actions == ["place -10 limit 3003"])
    #expect(judgement.reasons == [.driftOutsideBand])
    let trade = try #require(judgement.plan?.actions.first?.trade)
    #expect(trade.worstPrice == 2970)
    #expect(trade.reduceOnly == false)
    #expect(judgement.code == nil)
  }

  @Test func aRiseOfEightPercentIsCorrected() throws {
    let judgement = try World.judgement(
      World.observation(
        price: World.feed(3240), vault: World.vault(quote: 30_000),
        positions: [World.short(unrealised: -2400)], terms: World.terms(collateral: 30_000)))
    // 0.3 × 102,400 ÷ 3240 = 9.48148148; 10 − that
    let trade = try #require(judgement.plan?.actions.first?.trade)
    #expect(try trade.change.rounded(places: 6, .towardZero) == -0.518518)
    #expect(trade.kind == .limit(3243.24))
    #expect(trade.worstPrice == 3207.6)
    #expect(judgement.code == nil)
  }

  @Test func aDepositOfTwoIsCorrected() throws {
    let judgement = try World.judgement(
      World.observation(
        vault: World.vault(base: 22, quote: 30_000), positions: [World.short()],
        terms: World.terms(collateral: 30_000)))
    // NAV 106,000: target 10.6, delta 12
    #expect(judgement.actions == ["place -1.4 limit 3003"])
  }

  @Test func aWithdrawalClosesBeforeItBuys() throws {
    let judgement = try World.judgement(
      World.observation(
        vault: World.vault(base: 15, quote: 30_000), positions: [World.short()],
        terms: World.terms(collateral: 30_000)))
    // NAV 85,000: target 8.5, delta 5: buy 3.5 of the short of 10
    #expect(judgement.actions == ["place 3.5 limit 2997"])
    #expect(judgement.plan?.actions.first?.trade?.reduceOnly == true)
    #expect(judgement.plan?.clip?.collateralNeeded == 0)
  }

  @Test func anOpposingPositionIsClosedFirst() throws {
    let judgement = try World.judgement(World.observation(positions: [World.short(3, collateral: 0)]))
    // delta 23 − 10, 3 of it a long
    #expect(judgement.actions == ["place -3 limit 3003"])
    #expect(judgement.plan?.actions.first?.trade?.reduceOnly == true)
    #expect(judgement.plan?.clip?.limitedBy == [.opposingPosition])
  }

  @Test func aTinyOpposingPositionIsNoObstacle() throws {
    let judgement = try World.judgement(World.observation(positions: [World.short(0.001, collateral: 0)]))
    #expect(judgement.actions == ["place -0.001 limit 3003"])
    #expect(judgement.code == nil)
  }

  @Test func maximumClipCuts() throws {
    let judgement = try World.judgement(policy: World.policy(maximumClip: 6000))
    #expect(judgement.actions == ["place -2 limit 3003"])
    #expect(judgement.plan?.clip?.limitedBy == [.maximumClip])
  }

  @Test func collateralCuts() throws {
    let judgement = try World.judgement(World.observation(terms: World.terms(collateral: 1001)))
    // 1001 × 3 ÷ 3003
    #expect(judgement.actions == ["place -1 limit 3003"])
    #expect(judgement.plan?.clip?.limitedBy == [.collateral])
    #expect(judgement.plan?.clip?.collateralNeeded == 1001)
  }

  @Test func tooLittleCollateralIsRefusedWithNumbers() throws {
    let judgement = try World.judgement(World.observation(terms: World.terms(collateral: 10)))
    #expect(judgement.code == .insufficientCollateral)
    #expect(judgement.verdict.refusal?.figures.contains { $0.name == "collateral free" && $0.value == "10" } == true)
    let none = try World.judgement(World.observation(terms: World.terms(collateral: 0)))
    #expect(none.code == .insufficientCollateral)
  }

  @Test func belowMinimumIsRefusedWithNumbers() throws {
    let judgement = try World.judgement(policy: World.policy(minimumClip: 30_001))
    #expect(judgement.code == .belowMinimumClip)
    #expect(judgement.actions == [])
    let venue = try World.judgement(World.observation(terms: World.terms(minimumPosition: 30_001)))
    #expect(venue.code == .belowMinimumClip)
  }

  /// With a wide bound a filled order may be larger than wanted; it is cut so that its worst still ends inside.
  @Test func aWideBoundCuts() throws {
    let judgement = try World.judgement(policy: World.policy(priceBound: 0.05))
    #expect(judgement.plan?.clip?.limitedBy == [.worstCaseFill])
    let size = try #require(judgement.plan?.clip).change.absolute()
    // 10.4 ÷ (1.1 × 1.001)
    #expect(try size.rounded(places: 6, .down) == 9.4451)
  }

  @Test(arguments: [
    (World.orders(patience: 0), Capabilities.Limit.restingNative, Reason.noPatience),
    (World.orders(urgentBands: 25), .restingNative, .driftUrgent),
    (World.orders(), .none, .limitUnsupported),
  ])
  func marketOrders(orders: OrderPreference, limit: Capabilities.Limit, reason: Reason) throws {
    var venue = ScriptedVenue()
    venue.capabilities.limit = limit
    let judgement = try World.judgement(policy: World.policy(orders: orders), venue: venue)
    #expect(judgement.actions == ["place -10 market"])
    #expect(judgement.reasons == [reason])
    #expect(judgement.plan?.actions.first?.trade?.worstPrice == 2970)
  }

  @Test func insideTheBandNothingIsPlanned() throws {
    let judgement = try World.judgement(World.observation(positions: [World.short(collateral: 0)]))
    #expect(judgement.code == .insideBand)
    #expect(judgement.actions == [])
    #expect(judgement.plan?.clip == nil)
  }

  @Test func theVenuesFailureIsNotAPlan() throws {
    var venue = ScriptedVenue()
    venue.quoteFailure = .cannotPlace("closed on Sundays")
    #expect(throws: DecisionError.calculation(stage: .plan, .cannotPlace("closed on Sundays"))) {
      try World.judgement(venue: venue)
    }
  }
}

/// Standing orders: left alone, changed, or taken back. The vault of the README, drift +10, half-width 0.4, unless
/// said.
struct StandingOrderTests {
  private func judged(
    _ order: OpenOrder, base: Quantity = 20, price: Price = 3000, policy: Policy? = nil,
    venue: ScriptedVenue = ScriptedVenue(), circumstances: Circumstances = World.circumstances()
  ) throws -> Judgement {
    try World.judgement(
      World.observation(price: World.feed(price), vault: World.vault(base: base), orders: [order]),
      policy: try policy ?? World.policy(target: .absolute(10)), circumstances: circumstances, venue: venue)
  }

  @Test func aFittingOrderRests() throws {
    let judgement = try judged(World.order(-10))
    #expect(judgement.code == .orderResting)
    #expect(judgement.actions == [])
    #expect(judgement.verdict.refusal?.figures.contains { $0.name == "waiting cost" && $0.value == "0" } == true)
    // 0.1 % of 30,000
    #expect(judgement.plan?.waiting?.crossingCost == 30)
  }

  @Test func insideTheBandAnImprovingOrderRests() throws {
    let judgement = try judged(World.order(-0.5), base: 10.3)
    #expect(judgement.code == .orderResting)
    #expect(judgement.actions == [])
  }

  @Test func aMarketOrderIsWaitedFor() throws {
    let order = World.order(-10, kind: .marketIncrease, state: .pending, trigger: nil)
    let judgement = try judged(order)
    #expect(judgement.code == .orderPending)
    #expect(judgement.verdict.refusal?.figures.contains { $0.name == "cancellable in" } == true)
  }

  /// cancellable at updatedAt + 300, given up after the patience of 600 beyond
  @Test(arguments: [(905, false), (906, true)] as [(UInt64, Bool)])
  func aMarketOrderNobodyExecutesIsTakenBack(age: UInt64, isTakenBack: Bool) throws {
    let order = World.order(
      -10, kind: .marketIncrease, state: .pending, trigger: nil, updatedAt: World.now - age)
    let judgement = try judged(order)
    #expect(judgement.actions == (isTakenBack ? ["cancel"] : []))
    #expect(judgement.reasons == (isTakenBack ? [.pendingTooLong] : []))
    #expect(judgement.code == (isTakenBack ? nil : .orderPending))
  }

  @Test func aMarketOrderThatWouldOvershootIsTakenBackAsSoonAsItCan() throws {
    let young = World.order(-10, kind: .marketIncrease, state: .pending, trigger: nil)
    #expect(try judged(young, base: 11).code == .orderPending)
    let old = World.order(
      -10, kind: .marketIncrease, state: .pending, trigger: nil, updatedAt: World.now - 400)
    #expect(try judged(old, base: 11).actions == ["cancel"])
  }

  @Test(
    arguments: [
      // drift gone, and what is left would be overdone
      (-10.0, 10.0, [], [Reason.noLongerImproves], ["cancel"]),
      (-0.5, 10.2, [], [.noLongerImproves], ["cancel"]),
      // the wrong side
      (10.0, 20.0, [], [.noLongerImproves], ["cancel"]),
      // too large by far, too large by a little: the same order, smaller
      (-10.0, 12.0, [], [.noLongerImproves], ["amend -2 limit 3003"]),
      (-10.0, 19.5, [], [.overshoots], ["amend -9.5 limit 3003"]),
      // within the far edge: let it be
      (-10.0, 19.7, [Refusal.Code.orderResting], [], []),
      // too small: a larger one next tick
      (-5.0, 20.0, [], [.tooSmall], ["cancel"]),
      // what is missing is inside the band, or below the tolerance
      (-9.7, 20.0, [.orderResting], [], []),
    ] as [(Double, Double, [Refusal.Code], [Reason], [String])])
  func size(change: Double, base: Double, codes: [Refusal.Code], reasons: [Reason], actions: [String]) throws {
    let judgement = try judged(
      World.order(Quantity(floatLiteral: change)), base: Quantity(floatLiteral: base))
    #expect(judgement.actions == actions)
    #expect(judgement.reasons == reasons)
    #expect([judgement.code].compactMap { $0 } == codes)
  }

  @Test func aVenueThatCannotAmendGetsACancel() throws {
    var venue = ScriptedVenue()
    venue.capabilities.modify = false
    #expect(try judged(World.order(-10), base: 19.5, venue: venue).actions == ["cancel"])
    let late = World.order(-10, updatedAt: World.now - 700)
    #expect(try judged(late, venue: venue).actions == ["cancel", "place -10 market"])
  }

  @Test(arguments: [(600, false), (601, true)] as [(UInt64, Bool)])
  func patienceEnds(age: UInt64, crosses: Bool) throws {
    // The head is five seconds behind.
    let judgement = try judged(World.order(-10, updatedAt: World.now - 5 - age))
    #expect(judgement.actions == (crosses ? ["amend -10 limit 2970"] : []))
    #expect(judgement.reasons == (crosses ? [.patienceOver] : []))
  }

  /// Placed at 3000 with its limit at 3003: crossing gives up 0.1 %.
  @Test(arguments: [(2997.01, false), (2996.9, true)] as [(Double, Bool)])
  func waitingThatCostsMoreEnds(price: Double, crosses: Bool) throws {
    let judgement = try judged(World.order(-10), price: Price(floatLiteral: price))
    #expect(judgement.reasons == (crosses ? [.waitingCostsMore] : []))
    if crosses { #expect(judgement.actions == ["amend -10 limit 2966.931"]) }
  }

  @Test func theReferencePriceComesFromHistoryWhereThereIsOne() throws {
    let circumstances = World.circumstances {
      $0.priceHistory = [
        PricePoint(atSeconds: World.now - 120, price: 2990), PricePoint(atSeconds: World.now - 70, price: 2997),
        PricePoint(atSeconds: World.now - 30, price: 3100),
      ]
    }
    let judgement = try judged(World.order(-10), price: 2995, circumstances: circumstances)
    #expect(judgement.plan?.waiting?.referencePrice == 2997)
    #expect(judgement.plan?.waiting?.waitingCost == 20)
    #expect(judgement.code == .orderResting)
  }

  @Test func feesRaiseTheCostOfCrossing() throws {
    let venue = ScriptedVenue(takerFee: 0.001, makerFee: 0.0002)
    let judgement = try judged(World.order(-10), price: 2995, venue: venue)
    // (0.0008 + 0.001) × 29,950 against 50
    #expect(judgement.plan?.waiting?.crossingCost == 53.91)
    #expect(judgement.plan?.waiting?.waitingCost == 50)
    #expect(judgement.code == .orderResting)
  }

  @Test func aPriceLeftBehindIsFollowedWhereCrossingIsDear() throws {
    let venue = ScriptedVenue(takerFee: 0.02, makerFee: 0)
    let judgement = try judged(World.order(-10), price: 2980, venue: venue)
    #expect(judgement.reasons == [.priceTooFar])
    #expect(judgement.actions == ["amend -10 limit 2982.98"])
  }

  @Test func anUrgentDriftCrosses() throws {
    let policy = try World.policy(target: .absolute(10), orders: World.orders(urgentBands: 20))
    let judgement = try judged(World.order(-10), policy: policy)
    #expect(judgement.actions == ["amend -10 limit 2970"])
    #expect(judgement.reasons == [.driftUrgent])
  }

  @Test func anOrderTheMarketHasReachedIsWaitedFor() throws {
    let judgement = try judged(World.order(-10, trigger: 2999))
    #expect(judgement.code == .orderPending)
    #expect(judgement.plan?.standing.first?.reason == .executing)
  }

  /// By our price it would fill and by the venue's it does not: patience ends here too, 5 seconds behind. What lies
  /// within 0.5 % of 3,000 from the worst price, 2,970, crosses already.
  @Test(
    arguments: [(2999, 600, false), (2999, 601, true), (2986, 601, true), (2985, 601, false), (2970, 10_000, false)]
      as [(Price, UInt64, Bool)])
  func anOrderTheMarketHasReachedIsNotWaitedForForEver(trigger: Price, age: UInt64, crosses: Bool) throws {
    let judgement = try judged(World.order(-10, trigger: trigger, updatedAt: World.now - 5 - age))
    #expect(judgement.actions == (crosses ? ["amend -10 limit 2970"] : []))
    #expect(judgement.reasons == (crosses ? [.patienceOver] : []))
    #expect(judgement.code == (crosses ? nil : .orderPending))
  }

  @Test(arguments: [(nil, true), (2955, true), (2956, false), (2990, false)] as [(Price?, Bool)])
  func aLooseBoundIsTightened(acceptable: Price?, isLoose: Bool) throws {
    let judgement = try judged(World.order(-10, acceptable: acceptable))
    #expect(judgement.reasons == (isLoose ? [.boundTooLoose] : []))
    #expect(judgement.actions == (isLoose ? ["amend -10 limit 3003"] : []))
  }

  @Test func aFrozenOrderIsRepairedWhileWantedAndAttemptsLast() throws {
    let frozen = World.order(-10, state: .frozen(reason: "price"), acceptable: 2990)
    #expect(try judged(frozen).actions == ["amend -10 limit 3003"])
    #expect(try judged(frozen).reasons == [.frozen])
    #expect(try judged(frozen, base: 10.3).actions == ["cancel"])
    #expect(try judged(frozen, base: 15).actions == ["amend -5 limit 3003"])
    let used = World.circumstances { $0.attemptsInWindow = 5 }
    let judgement = try judged(frozen, circumstances: used)
    #expect(judgement.actions == ["cancel"])
    #expect(judgement.reasons == [.frozenBeyondAttempts])
    #expect(judgement.code == nil)
  }

  @Test func fateUnknownIsWaitedFor() throws {
    let judgement = try judged(World.order(-10, state: .unknown))
    #expect(judgement.code == .orderPending)
    #expect(judgement.plan?.standing.first?.reason == .fateUnknown)
  }

  @Test func expiredIsTakenBack() throws {
    #expect(try judged(World.order(-10, state: .expired)).actions == ["cancel"])
  }

  @Test func somebodyElsesOrderStopsEverything() throws {
    let judgement = try judged(World.order(10, kind: .stopLossDecrease))
    #expect(judgement.code == .foreignOrder)
    #expect(judgement.actions == [])
  }

  @Test func ofSeveralTheOnesThatFitRest() throws {
    let orders = [World.order(-6, key: 1), World.order(-4, key: 2), World.order(-3, key: 3)]
    let judgement = try World.judgement(
      World.observation(orders: orders), policy: World.policy(target: .absolute(10)))
    #expect(judgement.actions == ["cancel"])
    guard case .cancel(let order)? = judgement.plan?.actions.first?.action else {
      Issue.record("no cancel")
      return
    }
    #expect(order.key == World.key(3))
    #expect(judgement.plan?.standing.count == 2)
  }

  @Test func haltedTakesItsOwnBackAndNothingElse() throws {
    let halted = World.circumstances { $0.isHalted = true }
    let resting = try judged(World.order(-10), circumstances: halted)
    #expect(resting.actions == ["cancel"])
    #expect(resting.reasons == [.halted])
    #expect(resting.code == nil)
    let policy = try World.policy(cancelsWhenHalted: false)
    #expect(try judged(World.order(-10), policy: policy, circumstances: halted).code == .halted)
    // The word of whoever halted goes beyond the policy, and no further than to the orders.
    let asked = World.circumstances { ($0.isHalted, $0.takesOrdersBack) = (true, true) }
    #expect(try judged(World.order(-10), policy: policy, circumstances: asked).actions == ["cancel"])
    #expect(try judged(World.order(-10), policy: policy, circumstances: asked).code == nil)
    #expect(try World.judgement(circumstances: asked).code == .halted)
    #expect(try World.judgement(circumstances: halted).code == .halted)
    #expect(try World.judgement(circumstances: halted).actions == [])
  }

  @Test func aCancelledOrderIsPlacedAgainWithinItsAttempts() throws {
    let cancelled = OrderOutcome(
      key: World.key(1), state: .cancelled(reason: "OrderNotFulfillableAtAcceptablePrice", refunded: true),
      atSeconds: World.now - 60, gasWei: 1)
    let again = World.circumstances {
      $0.recentOutcomes = [cancelled]
      $0.attemptsInWindow = 4
    }
    #expect(try World.judgement(circumstances: again).actions == ["place -10 limit 3003"])
    let used = World.circumstances {
      $0.recentOutcomes = [cancelled]
      $0.attemptsInWindow = 5
    }
    let judgement = try World.judgement(circumstances: used)
    #expect(judgement.code == .attemptsExhausted)
    #expect(judgement.verdict.refusal?.figures.contains { $0.name == "last outcome" } == true)
  }
}

import Ethereum
@testable import Outbox
import Testing

@Suite struct BudgetTests {
  private struct Missing: Error {}
  private let usd: UInt256 = 1_000_000_000_000_000_000

  private func refusal(_ body: () throws -> Void) throws -> OutboxRefusal {
    do { try body() } catch OutboxError.refused(let refusal) { return refusal }
    throw Missing()
  }

  private func mark(_ number: UInt64, seconds: UInt64) -> HeadMark {
    HeadMark(number: number, hash: Make.hash("\(number)"), timestamp: seconds)
  }

  /// Promises `intent` at `head` and settles it as mined and final there, at a cost of 241,000,000 wei if it succeeds.
  private func serve(
    _ desk: inout Desk, _ intent: PromiseIntent, nonce: UInt64, at head: HeadMark, succeeded: Bool = true
  ) throws {
    let evidence = try Make.evidence(head, minedNonce: nonce)
    try desk.commit([try desk.outbox.reserve(intent, fees: Make.fees, evidence: evidence, now: desk.now)])
    let sent = try desk.sign(try #require(desk.outbox.firstReservation(intent.id, head: head)))
    let inclusion = Inclusion.of(sent, in: head, succeeded: succeeded)
    let final = try Make.evidence(
      head, minedNonce: nonce + 1, finalizedNonce: nonce + 1, sightings: [inclusion.sighting])
    #expect(try desk.settle(final) == ["mined"])
    #expect(try desk.settle(final) == ["settled"])
  }

  private func reserve(_ desk: Desk, _ name: String, nonce: UInt64, at head: HeadMark, turnover: UInt256 = .zero) throws
  {
    _ = try desk.outbox.reserve(
      try Make.intent(name, at: head, turnover: turnover, nativePrice: nil), fees: Make.fees,
      evidence: try Make.evidence(head, minedNonce: nonce), now: desk.now)
  }

  /// All that is in flight may be mined: it counts with the most it can cost, here and for whoever asks.
  @Test func whatIsInFlightCountsWithTheMostItCanCost() throws {
    var desk = try Desk(Make.policy(unsettled: 2, budget: 900_000_000))
    _ = try desk.send(try Make.intent("1"))
    let budget = try desk.outbox.gasBudget(try Make.lane(), now: desk.now)
    #expect(budget.spentWei == .zero && budget.heldWei == 501_000_000 && budget.usedWei == 501_000_000)
    #expect(
      try refusal { try reserve(desk, "2", nonce: 7, at: Make.head(100)) }
        == .gasBudgetUsed(
          spentWei: 501_000_000, wantedWei: 501_000_000, budgetWei: 900_000_000, windowSeconds: 86_400))
  }

  @Test func everyWindowCountsForItself() throws {
    let hour = GasWindow(seconds: 3_600, wei: 600_000_000)
    var desk = try Desk(Make.policy(budget: 900_000_000, windows: [hour]))
    let start = desk.now
    try serve(&desk, try Make.intent("1", at: mark(100, seconds: start)), nonce: 7, at: mark(100, seconds: start))
    // 241 spent and 501 wanted are above the hour's 600 million.
    #expect(
      try refusal { try reserve(desk, "2", nonce: 8, at: mark(101, seconds: start + 3_599)) }
        == .gasBudgetUsed(
          spentWei: 241_000_000, wantedWei: 501_000_000, budgetWei: 600_000_000, windowSeconds: 3_600))
    desk.now = start + 3_600
    try serve(
      &desk, try Make.intent("2", at: mark(400, seconds: start + 3_600)), nonce: 8,
      at: mark(400, seconds: start + 3_600))
    desk.now = start + 7_200
    #expect(
      try refusal { try reserve(desk, "3", nonce: 9, at: mark(700, seconds: start + 7_200)) }
        == .gasBudgetUsed(
          spentWei: 482_000_000, wantedWei: 501_000_000, budgetWei: 900_000_000, windowSeconds: 86_400))
    #expect(try desk.outbox.gasBudgets(try Make.lane(), now: desk.now).map(\.windowSeconds) == [3_600, 86_400])
    #expect(try desk.outbox.gasBudgets(try Make.lane(), now: desk.now).map(\.spentWei) == [0, 482_000_000])
    desk.now = start + 86_400
    try reserve(desk, "3", nonce: 9, at: mark(7_300, seconds: start + 86_400))
  }

  @Test func noJumpOfALocalClockFreesABudget() throws {
    for jump in [0, 86_400, 400 * 86_400] as [UInt64] {
      for isBack in [false, true] {
        var desk = try Desk(Make.policy(budget: 700_000_000))
        let start = desk.now
        // The clock is wrong while it is charged, or while it is asked, or both.
        for (charging, asking) in [(jump, 0), (0, jump), (jump, jump)] as [(UInt64, UInt64)] {
          var desk = desk
          let store = desk.store.copy()
          desk = try Desk(Make.policy(budget: 700_000_000), store: store)
          desk.now = isBack ? start - charging : start + charging
          let head = mark(100, seconds: start)
          if isBack, charging > 0 {
            // The Keeper hands in no heads of the future; the outbox does not rely on it.
            desk.now = start - charging
          }
          try serve(&desk, try Make.intent("1", at: head), nonce: 7, at: head)
          desk.now = isBack ? start - asking : start + asking
          let next = mark(200, seconds: start + 1_200)
          #expect(
            try refusal { try reserve(desk, "2", nonce: 8, at: next) }.code == "gasBudgetUsed",
            "\(jump) \(isBack) \(charging) \(asking)")
          // With the clock right again, and a day of blocks later, it is free.
          let restarted = try Desk(Make.policy(budget: 700_000_000), store: store)
          var later = restarted
          later.now = start + 86_400
          try reserve(later, "2", nonce: 8, at: mark(7_300, seconds: start + 86_400))
        }
        desk.now = start
      }
    }
  }

  @Test func anOrderDatedByAClockThatWasAheadIsBroughtBackToTheChainsTime() throws {
    var desk = try Desk(vaults: [VaultPolicy(vault: "alpha", chainID: testChainID, attemptsPerDay: 1)])
    let start = desk.now
    let head = mark(100, seconds: start)
    try serve(&desk, try Make.intent("1", at: head), nonce: 7, at: head)
    let id = try Make.intent("1", at: head).id
    desk.now = start + 365 * 86_400
    try desk.commit([
      .orderPlaced(intentID: id, keys: [.zero]),
      .orderOutcome(key: .zero, note: OrderNote(state: "cancelled", isFinal: true, isFailure: true)),
    ])
    let next = mark(101, seconds: start + 12)
    #expect(
      try desk.settle(try Make.evidence(next, minedNonce: 8)) == ["clockBounded"])
    #expect(try desk.settle(try Make.evidence(next, minedNonce: 8)) == [])
    desk.now = start + 12
    #expect(
      try refusal { try reserve(desk, "2", nonce: 8, at: next) }
        == .attemptsUsedUp(vault: "alpha", failed: 1, limit: 1))
    // A day later, and not a year, it is forgotten. Cancels of our own orders were never refused.
    desk.now = start + 2 * 86_400
    try reserve(desk, "2", nonce: 8, at: mark(20_000, seconds: desk.now))
    #expect(try Desk(store: desk.store).outbox.state == desk.outbox.state)
  }

  @Test func gasIsLimitedInQuoteCurrencyToo() throws {
    // 501,000,000 wei at 10¹⁹ USD (18 decimals) a coin, that is 10 USD for 10¹⁸ wei, are 5.01 × 10⁹ of 10⁻¹⁸ USD.
    let price = try usd * 10
    let policy = Make.policy(quoteBudget: 6_000_000_000)
    var desk = try Desk(policy)
    let head = mark(100, seconds: desk.now)
    #expect(
      try refusal { try reserve(desk, "no price", nonce: 7, at: head) }
        == .nativePriceUnknown(lane: try Make.lane()))
    let dear = try Make.intent("dear", at: head, nativePrice: try usd * 12)
    #expect(
      try refusal {
        _ = try desk.outbox.reserve(
          dear, fees: Make.fees, evidence: try Make.evidence(head, minedNonce: 7), now: desk.now)
      } == .gasQuoteBudgetUsed(spentUsd: .zero, wantedUsd: 6_012_000_000, budgetUsd: 6_000_000_000))
    try serve(&desk, try Make.intent("1", at: head, nativePrice: price), nonce: 7, at: head)
    let budget = try #require(try desk.outbox.gasQuoteBudget(try Make.lane(), now: desk.now))
    #expect((budget.spentUsd, budget.heldUsd) == (2_410_000_000, .zero))
    // The last known price serves where a decision has none.
    #expect(
      try refusal { try reserve(desk, "2", nonce: 8, at: mark(101, seconds: desk.now + 12)) }
        == .gasQuoteBudgetUsed(spentUsd: 2_410_000_000, wantedUsd: 5_010_000_000, budgetUsd: 6_000_000_000))
    #expect(USD.worth(ofWei: 1, at: 1) == 1)
    #expect(USD.worth(ofWei: .max, at: .max) == .max)
  }

  @Test func turnoverIsHeldByThePromiseAndSpentByTheServedCall() throws {
    let limit = try usd * 100
    let vaults = [VaultPolicy(vault: "alpha", chainID: testChainID, turnoverPerDay: limit)]
    var desk = try Desk(vaults: vaults)
    let start = desk.now
    let head = mark(100, seconds: start)
    #expect(
      try refusal { try reserve(desk, "too much", nonce: 7, at: head, turnover: try limit + 1) }
        == .turnoverBudgetUsed(vault: "alpha", usedUsd: .zero, wantedUsd: try limit + 1, limitUsd: limit))
    try serve(&desk, try Make.intent("1", at: head, turnover: try usd * 60), nonce: 7, at: head)
    try serve(
      &desk, try Make.intent("reverted", at: head, turnover: try usd * 40), nonce: 8, at: head, succeeded: false)
    func spending(_ desk: Desk) -> VaultSpending {
      desk.outbox.spending(vault: "alpha", chainID: testChainID, now: desk.now)
    }
    #expect((spending(desk).turnoverSpent, spending(desk).turnoverHeld) == (try usd * 60, .zero))
    #expect(spending(desk).failedTries == 1)
    let next = mark(101, seconds: start + 12)
    #expect(
      try refusal { try reserve(desk, "2", nonce: 9, at: next, turnover: try usd * 41) }.code
        == "turnoverBudgetUsed")
    // A cancel trades nothing and is always let through.
    try reserve(desk, "cancel", nonce: 9, at: next)
    let intent = try Make.intent("2", at: next, turnover: try usd * 30)
    try desk.commit([
      try desk.outbox.reserve(
        intent, fees: Make.fees, evidence: try Make.evidence(next, minedNonce: 9), now: desk.now)
    ])
    let sent = try desk.sign(try #require(desk.outbox.firstReservation(intent.id, head: next)))
    #expect(spending(desk).turnoverHeld == (try usd * 30))
    // A revision takes the place of what is held, and holds the larger of the two.
    let evidence = try Make.evidence(next, minedNonce: 9)
    func revise(_ amount: UInt256) throws -> PromiseRecord {
      try desk.outbox.revise(
        sent.intentID, to: try Make.intent("size \(amount)", at: next, turnover: amount), fees: Make.fees,
        evidence: evidence, now: desk.now)
    }
    #expect(try refusal { _ = try revise(try usd * 41) }.code == "turnoverBudgetUsed")
    try desk.commit([try revise(try usd * 10)])
    #expect(spending(desk).turnoverHeld == (try usd * 30))
    desk.now = start + 86_400
    #expect(spending(desk).turnoverSpent == .zero)
    #expect(try Desk(vaults: vaults, store: desk.store).outbox.state == desk.outbox.state)
  }

  @Test func lossesCountFromTheBestMomentAndAResumeAcceptsThem() throws {
    let vaults = [VaultPolicy(vault: "alpha", chainID: testChainID, lossLimit: 100)]
    var desk = try Desk(vaults: vaults)
    let head = mark(100, seconds: desk.now)
    try serve(&desk, try Make.intent("1", at: head), nonce: 7, at: head)
    let id = try Make.intent("1", at: head).id
    func execute(_ name: String, _ shortfall: Int256, fees: UInt256 = .zero, isFinal: Bool = true) throws {
      let key = Make.hash(name)
      let isOpen = desk.outbox.state.openOrders.contains { $0.key == key }
      try desk.commit(isOpen ? [] : [.orderPlaced(intentID: id, keys: [key])])
      try desk.commit([
        .orderOutcome(
          key: key,
          note: OrderNote(
            state: isFinal ? "filled" : "partial", isFinal: isFinal, isFailure: false, shortfall: shortfall,
            feesUsd: fees))
      ])
    }
    func drawdown() -> UInt256 {
      desk.outbox.spending(vault: "alpha", chainID: testChainID, now: desk.now).drawdown
    }
    try execute("a", 30, fees: 5)
    #expect(drawdown() == 35)
    // A gain of 60 moves the best moment to 25 below nothing.
    try execute("b", -60)
    #expect(drawdown() == 0)
    // An order in parts is told as it stands, and counted once.
    try execute("c", 40, isFinal: false)
    try execute("c", 90, fees: 4)
    #expect(drawdown() == 94)
    #expect(desk.outbox.lossLimitHalts() == [])
    let next = mark(101, seconds: desk.now + 12)
    try reserve(desk, "allowed", nonce: 8, at: next)
    try execute("d", 6)
    #expect(
      try refusal { try reserve(desk, "refused", nonce: 8, at: next) }
        == .lossLimitReached(vault: "alpha", drawdownUsd: 100, limitUsd: 100))
    let halt = Halt.lossLimit(vault: "alpha", chainID: testChainID, drawdownUsd: 100, limitUsd: 100)
    #expect(desk.outbox.lossLimitHalts() == [.halted(halt: halt)])
    try desk.commit(desk.outbox.lossLimitHalts())
    try execute("e", 7)
    // Told once, however the loss grows.
    #expect(desk.outbox.lossLimitHalts() == [])
    #expect(try Desk(vaults: vaults, store: desk.store).outbox.state == desk.outbox.state)
    try desk.commit([.resumed(note: "seen")])
    #expect(drawdown() == 0)
    try reserve(desk, "allowed again", nonce: 8, at: next)
    // Amounts that no market has saturate.
    try execute("f", .max, fees: .max)
    try execute("g", .max, fees: .max)
    try execute("h", .min)
    try execute("i", .min)
    #expect(drawdown() == 0)
    try execute("j", .max)
    #expect(drawdown() > 0)
  }

  @Test func aNodesFiguresNeverStopTheSettlingNorFreeTheBudget() throws {
    for (gasUsed, price, spent) in [
      (UInt64.max, UInt256.max, 501_000_000), (400_000, .zero, 401_000_000), (0, .zero, 1_000_000),
    ] as [(UInt64, UInt256, UInt256)] {
      var desk = try Desk()
      let sent = try desk.send(try Make.intent())
      let head = Make.head(101)
      let inclusion = Inclusion(
        transactionHash: sent.hash, blockNumber: 101, blockHash: head.hash, succeeded: true, gasUsed: gasUsed,
        effectiveGasPriceWei: price)
      let evidence = try Make.evidence(head, minedNonce: 8, finalizedNonce: 8, sightings: [inclusion.sighting])
      _ = try desk.settle(evidence)
      #expect(try desk.settle(evidence) == ["settled"])
      #expect(desk.outbox.lane(try Make.lane())?.settled.first?.spentWei == spent)
    }
  }

  @Test func theReserveToClearANonceIsKeptFromActs() throws {
    // 21,000 × 3,000 = 63,000,000 for the no-op; a cheap call of 22,000 × 1,000.
    let cheap = try Make.intent("cheap", gasLimit: 22_000, upfrontFeeWei: .zero)
    let evidence = try Make.evidence(Make.head(100), minedNonce: 7)
    let poor = try Desk(Make.policy(budget: 62_999_999))
    #expect(
      try refusal { _ = try poor.outbox.reserve(cheap, fees: Make.fees, evidence: evidence, now: 0) }
        == .gasBudgetUsed(spentWei: 0, wantedWei: 63_000_000, budgetWei: 62_999_999, windowSeconds: 86_400))
    var desk = try Desk(Make.policy(budget: 63_000_000))
    var last = try desk.send(cheap)
    // Whatever it takes to clear it fits, up to the ceiling for clearing, where it waits for gas to fall.
    var number: UInt64 = 150
    for _ in 0..<20 {
      let steps = try desk.outbox.due(
        try Make.evidence(Make.head(number), minedNonce: 7, sightings: [.unknown(last)]), quote: Make.fees,
        now: desk.now)
      guard case .replace(let noOp)? = steps.first else {
        #expect(steps.count == 2)
        guard case .wait(.atCeiling(_, let current, let needed, 3_000))? = steps.first else { throw Missing() }
        #expect(current.feeCapWei <= 3_000 && needed.feeCapWei > 3_000)
        #expect(steps.last == .resend(last))
        return
      }
      #expect(noOp.kind == .noOp)
      last = try desk.sign(noOp)
      try desk.submit(last, at: Make.head(number))
      let budget = try desk.outbox.gasBudget(try Make.lane(), now: desk.now)
      #expect(budget.usedWei <= budget.budgetWei)
      number += 4
    }
    Issue.record("never reached the ceiling")
  }

  @Test func noActOffersMoreThanItsClearingCouldReplace() throws {
    for (ceiling, clearing) in [(1_000, 1_100), (1_000, 1_000), (1, 1), (5, 3), (0, 0), (1_500, 3_000)]
      as [(UInt256, UInt256)]
    {
      let policy = Make.policy(ceiling: ceiling, clearingCeiling: clearing)
      let highest = policy.ceilingWei(for: .first)
      #expect(highest <= ceiling)
      guard clearing > .zero else { continue }
      let raised = try FeeTerms.legacy(gasPriceWei: highest).raised(perMille: policy.replacementPerMille)
      #expect(raised.feeCapWei <= clearing)
    }
  }

  @Test func aSecondFailureThatTheVenueDatesCountsAgain() throws {
    var desk = try Desk()
    let head = mark(100, seconds: desk.now)
    try serve(&desk, try Make.intent("1", at: head), nonce: 7, at: head)
    try desk.commit([.orderPlaced(intentID: try Make.intent("1", at: head).id, keys: [.zero])])
    func frozen(_ updatedAt: UInt64?, isFinal: Bool = false) -> OrderNote {
      OrderNote(state: "frozen", isFinal: isFinal, isFailure: true, updatedAt: updatedAt)
    }
    let told: [(OrderNote, Int)] = [
      (frozen(10), 1), (frozen(10), 1), (frozen(nil), 1), (frozen(20), 1), (frozen(30), 2),
      (OrderNote(state: "resting", isFinal: false, isFailure: false, updatedAt: 40), 2), (frozen(50), 3),
      (frozen(60, isFinal: true), 3),
    ]
    for (note, failures) in told {
      try desk.commit([.orderOutcome(key: .zero, note: note)])
      let count = desk.outbox.failedTries(vault: "alpha", chainID: testChainID, windowSeconds: 60, now: 0)
      #expect(count == failures, "\(note)")
    }
  }

  @Test func aFillIsDatedByTheChainThoughTheClockRanAhead() throws {
    var desk = try Desk()
    let start = desk.now
    let head = mark(100, seconds: start)
    try serve(&desk, try Make.intent("1", at: head), nonce: 7, at: head)
    let id = try Make.intent("1", at: head).id
    let keys = [Make.hash("cancelled"), Make.hash("filled")]
    try desk.commit([.orderPlaced(intentID: id, keys: keys)])
    func lastFill() -> UInt64? { desk.outbox.state.lastFillSeconds(vault: "alpha", chainID: testChainID) }

    // The machine's clock is a day ahead when the venue's word comes, which here carries no time of its own.
    desk.now = start + 86_400
    try desk.commit([
      .orderOutcome(key: keys[1], note: OrderNote(state: "filled", isFinal: true, isFailure: false)),
      .orderOutcome(key: keys[0], note: OrderNote(state: "cancelled", isFinal: true, isFailure: true)),
    ])
    #expect(lastFill() == start + 86_400)
    #expect(desk.outbox.state.lastFillSeconds(vault: "beta", chainID: testChainID) == nil)
    #expect(desk.outbox.state.lastFillSeconds(vault: "alpha", chainID: testChainID + 1) == nil)

    // The clock is right again; the next look at the chain brings the fill back to the chain's time.
    desk.now = start + 12
    _ = try desk.settle(try Make.evidence(mark(101, seconds: start + 12), minedNonce: 8))
    #expect(lastFill() == BudgetTime.bound(start + 12))
    #expect(try Desk(store: desk.store).outbox.state == desk.outbox.state)
  }

  @Test func aFillThatTheVenueDatesKeepsItsTime() throws {
    var desk = try Desk()
    let head = mark(100, seconds: desk.now)
    try serve(&desk, try Make.intent("1", at: head), nonce: 7, at: head)
    let note = OrderNote(state: "filled", isFinal: true, isFailure: false, updatedAt: desk.now + 24)
    try desk.commit([.orderPlaced(intentID: try Make.intent("1", at: head).id, keys: [.zero])])
    let told = desk.now + 24
    desk.now += 86_400
    try desk.commit([.orderOutcome(key: .zero, note: note)])
    #expect(desk.outbox.state.lastFillSeconds(vault: "alpha", chainID: testChainID) == told)
  }

  @Test func memoryStaysSmallAndTheSameOverAYear() throws {
    var desk = try Desk(Make.policy(budget: .max))
    let start = desk.now
    // A promise every two days, with an order each.
    for day in stride(from: UInt64(0), to: 240, by: 2) {
      desk.now = start + day * 86_400
      let head = mark(100 + day * 7_200, seconds: desk.now)
      let intent = try Make.intent("\(day)", at: head)
      try serve(&desk, intent, nonce: 7 + day / 2, at: head)
      try desk.commit([
        .orderPlaced(intentID: intent.id, keys: [Make.hash("\(day)")]),
        .orderOutcome(key: Make.hash("\(day)"), note: OrderNote(state: "filled", isFinal: true, isFailure: false)),
      ])
    }
    let lane = try #require(desk.outbox.lane(try Make.lane()))
    #expect(lane.settled.count == Lane.settledKept)
    #expect(desk.outbox.state.endedOrders.count == OutboxState.endedOrdersKept)
    #expect(try Desk(Make.policy(budget: .max), store: desk.store).outbox.state == desk.outbox.state)
  }
}

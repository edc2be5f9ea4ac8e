import Ethereum
@testable import Outbox
import Testing

@Suite struct ReservationTests {
  private func refusal(_ body: () throws -> Void) throws -> OutboxRefusal {
    do { try body() } catch OutboxError.refused(let refusal) { return refusal }
    throw Missing(what: "a refusal")
  }

  struct Missing: Error { let what: String }

  @Test func firstNonceIsTheChainsAndLaterOnesFollowOurs() throws {
    var desk = try Desk(Make.policy(unsettled: 2))
    let first = try desk.send(try Make.intent("one"))
    #expect(first.nonce == 7)
    let second = try desk.outbox.reserve(
      try Make.intent("two"), fees: Make.fees, evidence: try Make.evidence(Make.head(101), minedNonce: 7), now: 0)
    guard case .reserved(_, let nonce, _) = second else { throw Missing(what: "a reservation") }
    #expect(nonce == 8)
  }

  /// What used the key before us may be taken back: no call of ours is put on top of it. Where nothing did, nothing can.
  @Test func theFirstNonceWaitsUntilWhatUsedTheKeyIsFinal() throws {
    let desk = try Desk()
    func asked(mined: UInt64, deep: UInt64?, finalized: UInt64? = nil) throws -> OutboxRefusal? {
      let evidence = NodeEvidence(
        lane: try Make.lane(), head: Make.head(100), minedNonce: mined, finalizedNonce: finalized, deepNonce: deep,
        isComplete: true)
      do {
        _ = try desk.outbox.reserve(try Make.intent(), fees: Make.fees, evidence: evidence, now: 0)
        return nil
      } catch OutboxError.refused(let refusal) {
        return refusal
      }
    }
    let lane = try Make.lane()
    #expect(try asked(mined: 7, deep: 6) == .firstNonceNotFinal(lane: lane, minedNonce: 7, finalNonce: 6))
    #expect(try asked(mined: 7, deep: 5, finalized: 6) == .firstNonceNotFinal(lane: lane, minedNonce: 7, finalNonce: 6))
    #expect(try asked(mined: 7, deep: nil) == .firstNonceNotFinal(lane: lane, minedNonce: 7, finalNonce: nil))
    // More final than counted is a contradiction and no word at all.
    #expect(try asked(mined: 7, deep: 8) == .firstNonceNotFinal(lane: lane, minedNonce: 7, finalNonce: nil))
    for (mined, deep, finalized) in [(7, 7, nil), (7, 6, 7), (7, nil, 7), (0, nil, nil)] as [(UInt64, UInt64?, UInt64?)]
    {
      #expect(try asked(mined: mined, deep: deep, finalized: finalized) == nil)
    }
  }

  /// Once something of ours is known the journal tells the next nonce, and nobody need say what is final.
  @Test func laterNoncesAskForNoFinality() throws {
    var desk = try Desk()
    let sent = try desk.send(try Make.intent("one"))
    let mined = Inclusion.of(sent, in: Make.head(101))
    _ = try desk.settle(try Make.evidence(Make.head(101), minedNonce: 8, sightings: [mined.sighting]))
    _ = try desk.settle(try Make.evidence(Make.head(104), minedNonce: 8, sightings: [mined.sighting]))
    let evidence = NodeEvidence(lane: try Make.lane(), head: Make.head(105), minedNonce: 8, isComplete: true)
    #expect(try desk.outbox.nextNonce(evidence) == 8)
  }

  @Test func laneIsOccupiedUntilSettledAndDecisionsAreUnique() throws {
    var desk = try Desk()
    let intent = try Make.intent()
    let sent = try desk.send(intent)
    let evidence = try Make.evidence(Make.head(101), minedNonce: 7)
    #expect(
      try refusal { _ = try desk.outbox.reserve(try Make.intent("other"), fees: Make.fees, evidence: evidence, now: 0) }
        .code == "laneOccupied")
    #expect(
      try refusal { _ = try desk.outbox.reserve(intent, fees: Make.fees, evidence: evidence, now: 0) }.code
        == "alreadyPromised")
    let mined = Inclusion.of(sent, in: Make.head(101))
    #expect(
      try desk.settle(try Make.evidence(Make.head(101), minedNonce: 8, sightings: [mined.sighting])) == ["mined"])
    #expect(
      try refusal {
        _ = try desk.outbox.reserve(
          try Make.intent("other"), fees: Make.fees, evidence: try Make.evidence(Make.head(102), minedNonce: 8), now: 0)
      }.code == "laneOccupied")
    #expect(
      try desk.settle(try Make.evidence(Make.head(104), minedNonce: 8, sightings: [mined.sighting])) == ["settled"])
    #expect(
      try refusal {
        _ = try desk.outbox.reserve(
          intent, fees: Make.fees, evidence: try Make.evidence(Make.head(105), minedNonce: 8), now: 0)
      }.code == "alreadyPromised")
    _ = try desk.outbox.reserve(
      try Make.intent("other"), fees: Make.fees, evidence: try Make.evidence(Make.head(105), minedNonce: 8), now: 0)
  }

  @Test func disagreementAboutNoncesGivesNothingOut() throws {
    var desk = try Desk()
    let sent = try desk.send(try Make.intent())
    let mined = Inclusion.of(sent, in: Make.head(101))
    _ = try desk.settle(try Make.evidence(Make.head(101), minedNonce: 8, sightings: [mined.sighting]))
    _ = try desk.settle(try Make.evidence(Make.head(104), minedNonce: 8, sightings: [mined.sighting]))
    let other = try Make.intent("other")
    let cases: [(NodeEvidence, String)] = [
      (try Make.evidence(Make.head(103), minedNonce: 8), "staleEvidence"),
      (try Make.evidence(Make.head(105), minedNonce: 7), "chainBehind"),
      (try Make.evidence(Make.head(105), minedNonce: 9), "chainAhead"),
      (try Make.evidence(Make.head(105), minedNonce: 8, pooledNonce: 9), "poolAhead"),
      (
        NodeEvidence(
          lane: LaneID(chainID: 1, sender: try Make.address(1)), head: Make.head(105), minedNonce: 8,
          isComplete: true), "otherLane"
      ),
    ]
    for (evidence, code) in cases {
      #expect(
        try refusal { _ = try desk.outbox.reserve(other, fees: Make.fees, evidence: evidence, now: 0) }.code == code)
    }
  }

  /// Settling lifts a doubt before anything is promised. Evidence that looks harmless and has lifted nothing is not enough.
  @Test func whileANonceIsInDoubtNothingIsPromised() throws {
    var desk = try Desk()
    let sent = try desk.send(try Make.intent())
    let mined = Inclusion.of(sent, in: Make.head(101))
    _ = try desk.settle(try Make.evidence(Make.head(101), minedNonce: 8, sightings: [mined.sighting]))
    _ = try desk.settle(try Make.evidence(Make.head(104), minedNonce: 8, sightings: [mined.sighting]))
    #expect(try desk.settle(try Make.evidence(Make.head(105), minedNonce: 9)) == ["nonceDoubted"])
    let free = try Make.evidence(Make.head(106), minedNonce: 8)
    let other = try Make.intent("other")
    #expect(
      try refusal { _ = try desk.outbox.reserve(other, fees: Make.fees, evidence: free, now: 0) }
        == .nonceInDoubt(lane: try Make.lane(), nonce: 8, since: Make.head(105)))
    #expect(try desk.settle(free) == ["nonceDoubtLifted"])
    _ = try desk.outbox.reserve(other, fees: Make.fees, evidence: free, now: 0)
  }

  @Test func feesAndBudgetAreCheckedBeforeAnythingIsPromised() throws {
    // Worst cost of the fixture: 500,000 × 1,000 + 1,000,000 = 501,000,000.
    let evidence = try Make.evidence(Make.head(100), minedNonce: 7)
    var desk = try Desk(Make.policy(budget: 501_000_000))
    #expect(
      try refusal {
        _ = try desk.outbox.reserve(
          try Make.intent(), fees: .dynamic(tipWei: 1, feeCapWei: 1_501), evidence: evidence, now: 0)
      } == .feeAboveCeiling(feeCapWei: 1_501, ceilingWei: 1_500))
    let sent = try desk.send(try Make.intent())
    #expect(try desk.outbox.gasBudget(try Make.lane(), now: desk.now).heldWei == 501_000_000)
    let mined = Inclusion.of(sent, in: Make.head(101))
    _ = try desk.settle(try Make.evidence(Make.head(101), minedNonce: 8, sightings: [mined.sighting]))
    #expect(try desk.outbox.gasBudget(try Make.lane(), now: desk.now).heldWei == 501_000_000)
    _ = try desk.settle(try Make.evidence(Make.head(104), minedNonce: 8, sightings: [mined.sighting]))
    // 400,000 × 600 + 1,000,000 are spent, the rest is free again.
    let budget = try desk.outbox.gasBudget(try Make.lane(), now: desk.now)
    #expect(budget.heldWei == .zero)
    #expect(budget.spentWei == 241_000_000)
    #expect(
      try refusal {
        _ = try desk.outbox.reserve(
          try Make.intent("next"), fees: Make.fees, evidence: try Make.evidence(Make.head(105), minedNonce: 8),
          now: desk.now)
      }
        == .gasBudgetUsed(
          spentWei: 241_000_000, wantedWei: 501_000_000, budgetWei: 501_000_000, windowSeconds: 86_400))
    // A day later it is free; a clock that was set back frees nothing; a restart changes nothing.
    let charged = Make.head(104).timestamp
    #expect(try desk.outbox.gasBudget(try Make.lane(), now: charged + 86_400).spentWei == .zero)
    #expect(try desk.outbox.gasBudget(try Make.lane(), now: charged + 86_399).spentWei == 241_000_000)
    #expect(try desk.outbox.gasBudget(try Make.lane(), now: 0).spentWei == 241_000_000)
    let restarted = try Desk(Make.policy(budget: 501_000_000), store: desk.store)
    #expect(try restarted.outbox.gasBudget(try Make.lane(), now: desk.now).spentWei == 241_000_000)
  }

  @Test func aSignerThatChangesAnythingIsCaught() throws {
    var desk = try Desk()
    let intent = try Make.intent()
    try desk.commit([
      try desk.outbox.reserve(
        intent, fees: Make.fees, evidence: try Make.evidence(Make.head(100), minedNonce: 7), now: 0)
    ])
    let reservation = try #require(desk.outbox.firstReservation(intent.id, head: Make.head(100)))
    let changes: [(String, (inout UnsignedTransaction) throws -> Void)] = [
      ("chain id", { $0.chainID += 1 }), ("nonce", { $0.nonce += 1 }),
      ("kind and fees", { $0.kind = .dynamicFee(tipWei: 100, feeCapWei: 1_001) }),
      ("kind and fees", { $0.kind = .legacy(gasPriceWei: 1_000, protected: true) }),
      ("gas limit", { $0.gasLimit += 1 }), ("recipient", { $0.to = try Make.address(0xCC) }),
      ("recipient", { $0.to = nil }), ("value", { $0.valueWei = try $0.valueWei + 1 }),
      ("data", { $0.data.append(0) }),
      (
        "access list",
        { $0.accessList = [AccessListEntry(address: try Make.address(1), storageKeys: [])] }
      ),
    ]
    for (field, change) in changes {
      var transaction = reservation.transaction
      try change(&transaction)
      let signed = try Make.sign(transaction)
      #expect { try desk.outbox.signed(signed, for: reservation) } throws: { error in
        guard case OutboxError.signedOtherwise(field, _, _) = error else { return false }
        return true
      }
    }
    _ = try desk.outbox.signed(try Make.sign(reservation.transaction), for: reservation)
  }

  @Test func aBareReservationIsReleasedAndItsDecisionMayComeAgain() throws {
    var desk = try Desk()
    let intent = try Make.intent()
    let evidence = try Make.evidence(Make.head(100), minedNonce: 7)
    try desk.commit([try desk.outbox.reserve(intent, fees: Make.fees, evidence: evidence, now: 0)])
    var restarted = try Desk(store: desk.store)
    #expect(
      try restarted.outbox.due(evidence, quote: Make.fees, now: 0)
        == [.release(intentID: intent.id, reason: "reserved and never signed")])
    try restarted.commit([.released(intentID: intent.id, reason: "reserved and never signed")])
    #expect(try restarted.outbox.gasBudget(try Make.lane(), now: 0).usedWei == .zero)
    let sent = try restarted.send(intent)
    #expect(sent.nonce == 7)
    // Once signed, nothing releases it.
    #expect(throws: OutboxError.self) {
      try restarted.commit([.released(intentID: intent.id, reason: "no")])
    }
  }

  @Test func aHaltStopsSignaturesAndPolicyMayLetCancelsThrough() throws {
    for cancels in [false, true] {
      var desk = try Desk(Make.policy(cancels: cancels))
      try desk.commit([.halted(halt: .byOperator(note: "stop"))])
      #expect(try !desk.outbox.mayReserve(.act, chainID: testChainID))
      #expect(try !desk.outbox.mayReserve(.clearNonce, chainID: testChainID))
      #expect(try desk.outbox.mayReserve(.cancelOrder, chainID: testChainID) == cancels)
      let evidence = try Make.evidence(Make.head(100), minedNonce: 7)
      #expect(
        try refusal { _ = try desk.outbox.reserve(try Make.intent(), fees: Make.fees, evidence: evidence, now: 0) }
          == .halted(codes: ["byOperator"], purpose: .act))
      // Survives a restart, and a person ends it.
      var restarted = try Desk(Make.policy(cancels: cancels), store: desk.store)
      #expect(restarted.outbox.halts == [.byOperator(note: "stop")])
      try restarted.commit([.resumed(note: "looked")])
      #expect(try restarted.outbox.mayReserve(.act, chainID: testChainID))
    }
  }

  @Test func theOperatorsWordLetsCancelsThroughWhateverPolicySays() throws {
    var desk = try Desk(Make.policy(cancels: false))
    try desk.commit([.halted(halt: .byOperator(note: "stop"))])
    #expect(try !desk.outbox.mayReserve(.cancelOrder, chainID: testChainID))
    try desk.commit([.halted(halt: .byOperator(note: "stop", cancelsOrders: true))])
    #expect(try desk.outbox.mayReserve(.cancelOrder, chainID: testChainID))
    for purpose in [Purpose.act, .clearNonce] {
      #expect(try !desk.outbox.mayReserve(purpose, chainID: testChainID))
    }
    var restarted = try Desk(Make.policy(cancels: false), store: desk.store)
    #expect(restarted.outbox.takesOrdersBack && restarted.outbox.halts.allSatisfy(\.isByOperator))
    try restarted.commit([.resumed(note: "looked")])
    #expect(!restarted.outbox.takesOrdersBack)
  }

  @Test func aHaltBetweenReservationAndSignatureStopsTheSignature() throws {
    var desk = try Desk()
    let intent = try Make.intent()
    let evidence = try Make.evidence(Make.head(100), minedNonce: 7)
    try desk.commit([try desk.outbox.reserve(intent, fees: Make.fees, evidence: evidence, now: 0)])
    let reservation = try #require(desk.outbox.firstReservation(intent.id, head: Make.head(100)))
    try desk.commit([.halted(halt: .roleRevoked(vault: "alpha", detail: "gone"))])
    #expect(
      try refusal { _ = try desk.outbox.signed(try Make.sign(reservation.transaction), for: reservation) }.code
        == "halted")
  }
}

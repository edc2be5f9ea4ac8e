import Ethereum
@testable import Outbox
import Testing

@Suite struct RevisionTests {
  private struct Missing: Error {}

  private func refusal(_ body: () throws -> Void) throws -> OutboxRefusal {
    do { try body() } catch OutboxError.refused(let refusal) { return refusal }
    throw Missing()
  }

  private func unknown(_ sent: [JournaledTransaction], _ number: UInt64, minedNonce: UInt64 = 7) throws -> NodeEvidence
  {
    try Make.evidence(Make.head(number), minedNonce: minedNonce, sightings: sent.map(TransactionSighting.unknown))
  }

  /// One call sent at block 100 and revised to another size at 104, both signed and sent.
  private func revised(
    _ policy: LanePolicy = Make.policy()
  ) throws -> (desk: Desk, first: JournaledTransaction, second: JournaledTransaction, intent: PromiseIntent) {
    var desk = try Desk(policy)
    let first = try desk.send(try Make.intent())
    let intent = try Make.intent("other size", at: Make.head(104), gasLimit: 600_000)
    let record = try desk.outbox.revise(
      first.intentID, to: intent, fees: Make.fees, evidence: try unknown([first], 104), now: desk.now)
    try desk.commit([record])
    let second = try desk.sign(try #require(desk.outbox.revisionReservation(first.intentID, head: Make.head(104))))
    try desk.submit(second, at: Make.head(104))
    return (desk, first, second, intent)
  }

  @Test func aRevisionTakesTheNonceAndHoldsTheMost() throws {
    let (desk, first, second, intent) = try revised()
    #expect((first.nonce, second.nonce) == (7, 7))
    #expect(second.kind == .revision)
    #expect(second.intentID == intent.id)
    let promise = try desk.promise
    #expect(promise.intents.map(\.id) == [first.intentID, intent.id])
    #expect(promise.intent(of: first.hash)?.id == first.intentID)
    #expect(promise.intent(of: second.hash)?.id == intent.id)
    // 600,000 × 1,125 + 1,000,000; the first alone was 501,000,000.
    #expect(promise.heldWei == 676_000_000)
    #expect(try desk.outbox.gasBudget(try Make.lane(), now: desk.now).heldWei == 676_000_000)
    // Found under either decision; replayed, it is the same.
    #expect(desk.outbox.state.openPromise(first.intentID) == desk.outbox.state.openPromise(intent.id))
    #expect(try Desk(store: desk.store).outbox.state == desk.outbox.state)
    // From now on it is the revision's fee that rises.
    let steps = try desk.outbox.due(try unknown([first, second], 108), quote: Make.fees, now: desk.now)
    guard case .replace(let bump)? = steps.first else {
      Issue.record("\(steps)")
      return
    }
    #expect((bump.kind, bump.intentID) == (.feeBump, intent.id))
    #expect(bump.transaction.gasLimit == 600_000)
  }

  @Test(arguments: [false, true])
  func theMinedTransactionTellsWhichDecisionWasServed(_ isFirst: Bool) throws {
    var (desk, first, second, intent) = try revised()
    let (mined, other) = isFirst ? (first, second) : (second, first)
    let inclusion = Inclusion.of(mined, in: Make.head(105))
    let sightings = [inclusion.sighting, .unknown(other)]
    let evidence = try Make.evidence(Make.head(105), minedNonce: 8, sightings: sightings)
    let served = isFirst ? first.intentID : intent.id
    #expect(
      try desk.outbox.settle(evidence) == [.mined(intentID: served, inclusion: inclusion, seen: Make.head(105))])
    _ = try desk.settle(evidence)
    // Orders belong to the decision that was served, and to no other one of the nonce.
    #expect(throws: OutboxError.self) { try desk.commit([.orderPlaced(intentID: other.intentID, keys: [.zero])]) }
    try desk.commit([.orderPlaced(intentID: served, keys: [.zero])])
    #expect(desk.outbox.state.openOrders.map(\.placedInBlock) == [105])
    #expect(
      try desk.settle(try Make.evidence(Make.head(108), minedNonce: 8, sightings: sightings)) == ["settled"])
    let settled = try #require(desk.outbox.lane(try Make.lane())?.settled.first)
    #expect(settled.servedIntent == served)
    #expect(settled.intentIDs == [first.intentID, intent.id])
    #expect(desk.outbox.finalResolution(of: mined.hash) == .mined(inclusion: inclusion))
    #expect(desk.outbox.finalResolution(of: other.hash) == .replacedByUs(by: mined.hash))
    // Neither is ever promised again.
    for again in [try Make.intent(), intent] {
      #expect(
        try refusal {
          _ = try desk.outbox.reserve(
            again, fees: Make.fees, evidence: try Make.evidence(Make.head(109), minedNonce: 8), now: desk.now)
        }.code == "alreadyPromised")
    }
  }

  @Test func aRevisionThatWasNeverSignedIsWithdrawnAndTheOldCallGoesOn() throws {
    var desk = try Desk()
    let first = try desk.send(try Make.intent())
    let intent = try Make.intent("other size", at: Make.head(104), gasLimit: 900_000)
    let evidence = try unknown([first], 104)
    try desk.commit([
      try desk.outbox.revise(first.intentID, to: intent, fees: Make.fees, evidence: evidence, now: desk.now)
    ])
    #expect(try desk.promise.heldWei == 1_013_500_000)
    var restarted = try Desk(store: desk.store)
    let steps = try restarted.outbox.due(evidence, quote: Make.fees, now: desk.now)
    #expect(steps.first == .release(intentID: intent.id, reason: "revised and never signed"))
    guard case .replace(let bump)? = steps.dropFirst().first, steps.count == 2 else {
      Issue.record("\(steps)")
      return
    }
    #expect((bump.kind, bump.intentID) == (.feeBump, first.intentID))
    // Until it is withdrawn nothing but the revision may be signed.
    let signed = try restarted.outbox.signed(try Make.sign(bump.transaction), for: bump)
    #expect(throws: OutboxError.self) { try restarted.commit([signed]) }
    #expect(
      try restarted.outbox.clearing(first.intentID, evidence, quote: Make.fees, now: 0)
        == .release(intentID: intent.id, reason: "revised, and not wanted any more"))
    try restarted.commit([.released(intentID: intent.id, reason: "never signed"), signed])
    #expect(try restarted.promise.heldWei == 563_500_000)
    // The decision was never signed, so it may come again.
    let again = try restarted.outbox.revise(
      first.intentID, to: intent, fees: Make.fees, evidence: evidence, now: desk.now)
    #expect(again.name == "revised")
  }

  @Test func whatMayNotBeRevisedIsRefusedWithItsNumbers() throws {
    let (desk, first, _, intent) = try revised(Make.policy(attempts: 2))
    let next = try Make.intent("third size", at: Make.head(108))
    func revise(_ desk: Desk, _ evidence: NodeEvidence, _ to: PromiseIntent) throws {
      _ = try desk.outbox.revise(first.intentID, to: to, fees: Make.fees, evidence: evidence, now: desk.now)
    }
    #expect(
      try refusal { try revise(desk, try unknown([], 108), next) }
        == .signaturesUsedUp(intentID: intent.id, signatures: 2, limit: 2))
    let roomy = try Desk(store: desk.store)
    #expect(try refusal { try revise(roomy, try unknown([], 108), intent) }.code == "alreadyPromised")
    #expect(try refusal { try revise(roomy, try unknown([], 103), next) }.code == "staleEvidence")
    #expect(try refusal { try revise(roomy, try unknown([], 108, minedNonce: 8), next) }.code == "chainAhead")
    let low = try Desk(Make.policy(ceiling: 1_200), store: desk.store)
    #expect(
      try refusal { try revise(low, try unknown([], 108), next) }
        == .feeAboveCeiling(feeCapWei: 1_266, ceilingWei: 1_200))
    let poor = try Desk(Make.policy(budget: 600_000_000), store: desk.store)
    #expect(
      try refusal { try revise(poor, try unknown([], 108), next) }
        == .gasBudgetUsed(spentWei: 0, wantedWei: 676_000_000, budgetWei: 600_000_000, windowSeconds: 86_400))
    var halted = try Desk(store: desk.store)
    try halted.commit([.halted(halt: .byOperator(note: "stop"))])
    #expect(try refusal { try revise(halted, try unknown([], 108), next) }.code == "halted")
    #expect(throws: OutboxError.self) {
      _ = try roomy.outbox.revise(.zero, to: next, fees: Make.fees, evidence: try unknown([], 108), now: 0)
    }
  }

  @Test func onceClearedANonceTakesNoOtherDecision() throws {
    var desk = try Desk()
    let first = try desk.send(try Make.intent())
    let evidence = try unknown([first], 104)
    guard case .replace(let noOp)? = try desk.outbox.clearing(first.intentID, evidence, quote: Make.fees, now: 0) else {
      throw Missing()
    }
    #expect(noOp.intentID == first.intentID)
    try desk.submit(try desk.sign(noOp), at: Make.head(104))
    #expect(
      try refusal {
        _ = try desk.outbox.revise(
          first.intentID, to: try Make.intent("late", at: Make.head(108)), fees: Make.fees,
          evidence: try unknown([first], 108), now: 0)
      } == .isBeingCleared(intentID: first.intentID))
  }

  @Test func whatCannotFollowARevisionIsRefusedByTheMemory() throws {
    var (desk, first, second, intent) = try revised()
    let before = desk.outbox.state
    let foreign = PromiseIntent(
      chainID: testChainID, sender: try Make.address(0xAA), vault: "beta", purpose: .act, to: try Make.address(0xBB),
      valueWei: 0, data: [], gasLimit: 1, upfrontFeeWei: 0, configurationHash: .zero, decidedAt: Make.head(108),
      grounds: Grounds(summary: "another vault"))
    let inclusion = Inclusion.of(first, in: Make.head(105))
    let impossible: [PromiseRecord] = [
      .revised(intentID: intent.id, intent: intent, fees: Make.fees),
      .revised(intentID: intent.id, intent: try Make.intent(), fees: Make.fees),
      .revised(intentID: intent.id, intent: foreign, fees: Make.fees),
      .revised(intentID: .zero, intent: try Make.intent("new"), fees: Make.fees),
      .released(intentID: intent.id, reason: "signed by now"),
      .released(intentID: first.intentID, reason: "signed long ago"),
      // The right hash for the wrong decision.
      .submitted(
        intentID: intent.id, transactionHash: first.hash,
        answers: [EndpointAnswer(endpoint: "a", submission: .accepted)],
        head: Make.head(105)),
      .mined(intentID: intent.id, inclusion: inclusion, seen: Make.head(105)),
      .mined(intentID: second.intentID, inclusion: inclusion, seen: Make.head(105)),
    ]
    for record in impossible {
      #expect(throws: OutboxError.self, "\(record)") { try desk.commit([record]) }
      #expect(desk.outbox.state == before)
    }
    // A promise that has nothing signed is released and not revised; one that is mined is neither.
    var bare = try Desk()
    let reserved = try Make.intent()
    try bare.commit([
      try bare.outbox.reserve(
        reserved, fees: Make.fees, evidence: try Make.evidence(Make.head(100), minedNonce: 7), now: 0)
    ])
    #expect(throws: OutboxError.self) {
      try bare.commit([.revised(intentID: reserved.id, intent: try Make.intent("new"), fees: Make.fees)])
    }
    try desk.commit([.mined(intentID: first.intentID, inclusion: inclusion, seen: Make.head(105))])
    #expect(throws: OutboxError.self) {
      try desk.commit([.revised(intentID: intent.id, intent: try Make.intent("new"), fees: Make.fees)])
    }
    // Two calls at one nonce, and no record that says why.
    var plain = try Desk()
    let sent = try plain.send(try Make.intent())
    let other = Reservation(
      promise: Promise(
        intent: intent, nonce: 7, reservedAtUnixSeconds: 0, firstFees: Make.fees, heldWei: .zero), kind: .revision,
      gasLimit: 600_000, fees: try Make.fees.raised(perMille: 125), head: Make.head(104))
    let bytes = try Make.sign(other.transaction)
    for kind in [Attempt.Kind.feeBump, .revision, .adopted, .noOp] {
      for id in [sent.intentID, intent.id] {
        let record = PromiseRecord.signed(
          intentID: id,
          attempt: AttemptRecord(
            kind: kind, transactionHash: bytes.hash, raw: Octets(bytes.raw), head: Make.head(104)))
        #expect(throws: OutboxError.self, "\(kind)") { try plain.commit([record]) }
      }
    }
  }
}

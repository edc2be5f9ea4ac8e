import Ethereum
@testable import Outbox
import Testing

@Suite struct SettlementTests {
  /// A desk whose one call was accepted at block 100, nonce 7.
  private func sent() throws -> (Desk, JournaledTransaction, PromiseIntent) {
    var desk = try Desk()
    let intent = try Make.intent()
    let transaction = try desk.send(intent)
    return (desk, transaction, intent)
  }

  private func mined(in block: HeadMark = Make.head(101)) throws -> (Desk, JournaledTransaction, Inclusion) {
    var (desk, sent, _) = try sent()
    let inclusion = Inclusion.of(sent, in: block)
    #expect(try desk.settle(try Make.evidence(block, minedNonce: 8, sightings: [inclusion.sighting])) == ["mined"])
    return (desk, sent, inclusion)
  }

  @Test func noEvidenceNoConclusion() throws {
    var (desk, sent, _) = try sent()
    let inclusion = Inclusion.of(sent, in: Make.head(101))
    let cases: [NodeEvidence] = [
      // Nothing new.
      try Make.evidence(Make.head(101), minedNonce: 7, sightings: [.unknown(sent)]),
      // A receipt, but the count of transactions says no: two nodes that disagree.
      try Make.evidence(Make.head(101), minedNonce: 7, sightings: [inclusion.sighting]),
      // A receipt in a block that is not canonical, or not known to be.
      try Make.evidence(
        Make.head(101), minedNonce: 8,
        sightings: [
          TransactionSighting(hash: sent.hash, sighting: .receipt(inclusion, canonicalHash: Make.hash("x")))
        ]),
      try Make.evidence(
        Make.head(101), minedNonce: 8,
        sightings: [TransactionSighting(hash: sent.hash, sighting: .receipt(inclusion, canonicalHash: nil))]),
      // A receipt above the head.
      try Make.evidence(Make.head(100), minedNonce: 8, sightings: [inclusion.sighting]),
      // A head behind what we have seen.
      try Make.evidence(
        Make.head(99), minedNonce: 8, sightings: [Inclusion.of(sent, in: Make.head(98)).sighting]),
      // Counted, but nobody answered about our hash, or a pool still has it.
      try Make.evidence(Make.head(101), minedNonce: 8),
      try Make.evidence(
        Make.head(101), minedNonce: 8, sightings: [TransactionSighting(hash: sent.hash, sighting: .inPool)]),
    ]
    for evidence in cases { #expect(try desk.settle(evidence) == []) }
  }

  @Test func depthIsBlocksAndSecondsTheLaterCounts() throws {
    // 3 blocks and 36 s in the policy.
    let (desk, _, inclusion) = try mined()
    func names(_ number: UInt64, seconds: UInt64) throws -> [String] {
      let head = HeadMark(
        number: number, hash: Make.hash("\(number)"), timestamp: Make.head(101).timestamp + seconds)
      return try desk.outbox.settle(
        try Make.evidence(head, minedNonce: 8, sightings: [inclusion.sighting])
      ).map(\.name)
    }
    #expect(try names(103, seconds: 100) == [])
    #expect(try names(200, seconds: 35) == [])
    #expect(try names(104, seconds: 36) == ["settled"])
  }

  @Test func aReceiptToldWithOtherFiguresSettlesAndOneWithAnotherStatusIsCorrected() throws {
    let (desk, sent, inclusion) = try mined()
    func settled(succeeded: Bool) throws -> [PromiseRecord] {
      // As a node tells it that leaves the price out.
      let found = Inclusion(
        transactionHash: sent.hash, blockNumber: 101, blockHash: Make.head(101).hash, succeeded: succeeded,
        gasUsed: 400_000, effectiveGasPriceWei: .zero)
      return try desk.outbox.settle(
        try Make.evidence(Make.head(104), minedNonce: 8, sightings: [found.sighting]))
    }
    // What was seen first counts for the figures; a status that has changed begins its wait anew.
    #expect(
      try settled(succeeded: true)
        == [.settled(intentID: sent.intentID, outcome: .served(inclusion: inclusion), seen: Make.head(104))])
    #expect(try settled(succeeded: false).map(\.name) == ["unmined", "mined"])
  }

  @Test func outcomesAreServedRevertedAndCleared() throws {
    for succeeded in [true, false] {
      var (desk, sent, _) = try sent()
      let inclusion = Inclusion.of(sent, in: Make.head(101), succeeded: succeeded)
      _ = try desk.settle(try Make.evidence(Make.head(101), minedNonce: 8, sightings: [inclusion.sighting]))
      _ = try desk.settle(try Make.evidence(Make.head(104), minedNonce: 8, sightings: [inclusion.sighting]))
      let settled = try #require(desk.outbox.lane(try Make.lane())?.settled.first)
      #expect(settled.outcome == (succeeded ? .served(inclusion: inclusion) : .reverted(inclusion: inclusion)))
      // A revert gives the value back: gas alone is spent.
      #expect(settled.spentWei == (succeeded ? 241_000_000 : 240_000_000))
      let failed = desk.outbox.failedTries(vault: "alpha", chainID: testChainID, windowSeconds: 60, now: desk.now)
      #expect(failed == (succeeded ? 0 : 1))
    }
  }

  @Test func aReorgReopensThePromiseAndTheSameBytesGoOutAgain() throws {
    var (desk, sent, _) = try mined()
    // Silence is no reorg: no receipt, while the block still stands, or while nobody says what stands.
    let silent = try Make.evidence(Make.head(102), minedNonce: 8, sightings: [.unknown(sent)])
    #expect(try desk.settle(silent) == [])
    let standing = [CanonicalBlock(number: 101, hash: Make.head(101).hash)]
    #expect(
      try desk.settle(
        try Make.evidence(Make.head(102), minedNonce: 8, sightings: [.unknown(sent)], canonical: standing)) == [])
    // Another block in its place is.
    let other = [CanonicalBlock(number: 101, hash: Make.head(101, branch: "fork").hash)]
    let reorg = try Make.evidence(
      Make.head(102, branch: "fork"), minedNonce: 7, sightings: [.unknown(sent)], canonical: other)
    #expect(try desk.settle(reorg) == ["unmined"])
    let later = try Make.evidence(
      Make.head(103, branch: "fork"), minedNonce: 7, sightings: [.unknown(sent)], canonical: other)
    #expect(try desk.outbox.due(later, quote: Make.fees, now: 0) == [.resend(sent)])
    // And it settles where it lands then.
    let again = Inclusion.of(sent, in: Make.head(104, branch: "fork"))
    #expect(
      try desk.settle(
        try Make.evidence(Make.head(104, branch: "fork"), minedNonce: 8, sightings: [again.sighting])) == ["mined"])
    #expect(
      try desk.settle(
        try Make.evidence(Make.head(107, branch: "fork"), minedNonce: 8, sightings: [again.sighting])) == ["settled"])
  }

  /// The pools may have given them up, and the usual wait was for those who have them: the fixture's two blocks.
  @Test func whatAReorgTookOutGoesOutAgainAtOnce() throws {
    let (quiet, waiting, _) = try sent()
    let next = try Make.evidence(Make.head(101), minedNonce: 7, sightings: [.unknown(waiting)])
    #expect(try quiet.outbox.due(next, quote: Make.fees, now: 0).contains(.resend(waiting)) == false)
    var (desk, sent, _) = try mined()
    let fork = Make.head(101, branch: "fork")
    let reorg = try Make.evidence(
      fork, minedNonce: 7, sightings: [.unknown(sent)], canonical: [CanonicalBlock(number: 101, hash: fork.hash)])
    #expect(try desk.settle(reorg) == ["unmined"])
    #expect(try desk.outbox.due(reorg, quote: Make.fees, now: 0) == [.resend(sent)])
  }

  @Test func aReorgThatLandsItElsewhereIsTwoRecordsAtOnce() throws {
    var (desk, sent, _) = try mined()
    let again = Inclusion.of(sent, in: Make.head(102, branch: "fork"))
    let evidence = try Make.evidence(
      Make.head(102, branch: "fork"), minedNonce: 8, sightings: [again.sighting],
      canonical: [CanonicalBlock(number: 101, hash: Make.head(101, branch: "fork").hash)])
    #expect(try desk.settle(evidence) == ["unmined", "mined"])
    #expect(try desk.promise.inclusion == again)
  }

  @Test func aReplacementOfOursMayServeThePromiseAndSoMayTheFirst() throws {
    for servesFirst in [true, false] {
      var (desk, first, _) = try sent()
      let steps = try desk.outbox.due(
        try Make.evidence(Make.head(104), minedNonce: 7, sightings: [.unknown(first)]), quote: Make.fees, now: 0)
      guard case .replace(let reservation)? = steps.first else {
        Issue.record("no replacement in \(steps)")
        return
      }
      let second = try desk.sign(reservation)
      let inclusion = Inclusion.of(servesFirst ? first : second, in: Make.head(105))
      let other = TransactionSighting.unknown(servesFirst ? second : first)
      let sightings = [other, inclusion.sighting]
      #expect(
        try desk.settle(try Make.evidence(Make.head(105), minedNonce: 8, sightings: sightings)) == ["mined"])
      #expect(try desk.promise.view.attempts.map(\.standing).sorted() == ["mined", "replacedByUs"])
      #expect(
        try desk.settle(try Make.evidence(Make.head(108), minedNonce: 8, sightings: sightings)) == ["settled"])
      #expect(desk.outbox.lane(try Make.lane())?.settled.first?.outcome == .served(inclusion: inclusion))
    }
  }

  @Test func aStrangersNonceIsDoubtedFirstAndHaltsAtDepth() throws {
    var (desk, sent, intent) = try sent()
    func evidence(_ number: UInt64, complete: Bool = true, by hash: Bytes32? = nil) throws -> NodeEvidence {
      try Make.evidence(
        Make.head(number), minedNonce: 8, sightings: [.unknown(sent)], isComplete: complete, strangerHash: hash)
    }
    #expect(try desk.settle(try evidence(101)) == ["nonceDoubted"])
    #expect(desk.outbox.standing(try Make.lane()) == .inDoubt)
    #expect(try desk.outbox.due(try evidence(102), quote: Make.fees, now: 0) == [])
    #expect(try desk.settle(try evidence(103)) == [])
    // At depth, but one endpoint did not answer, and nobody named the culprit.
    #expect(try desk.settle(try evidence(104, complete: false)) == [])
    // The receipt turns up after all on one path; on the other it never does.
    let late = Inclusion.of(sent, in: Make.head(101))
    #expect(
      try desk.outbox.settle(try Make.evidence(Make.head(104), minedNonce: 8, sightings: [late.sighting])).map(\.name)
        == ["mined"])
    let culprit = Make.hash("stranger")
    #expect(try desk.settle(try evidence(104, complete: false, by: culprit)) == ["settled", "halted"])
    let expected = ForeignNonce(
      lane: try Make.lane(), nonce: 7, ourHashes: [sent.hash], strangerHash: culprit, minedNonce: 8,
      seen: Make.head(104))
    #expect(desk.outbox.halts == [.foreignNonce(evidence: expected)])
    #expect(desk.outbox.lane(try Make.lane())?.settled.map(\.intentID) == [intent.id])
    // Said once, and after a resume the chain's nonce is taken as it is.
    #expect(try desk.settle(try evidence(110)) == [])
    try desk.commit([.resumed(note: "it was me")])
    #expect(try desk.settle(try evidence(111)) == [])
    let next = try desk.outbox.reserve(
      try Make.intent("next"), fees: Make.fees, evidence: try Make.evidence(Make.head(112), minedNonce: 8), now: 0)
    guard case .reserved(_, 8, _) = next else {
      Issue.record("reserved otherwise: \(next)")
      return
    }
  }

  /// A stranger used one nonce, and one endpoint counts three: whoever resumes takes one as gone, and leaves no gap.
  @Test func whatOnlyOneEndpointCountsIsNotAccepted() throws {
    var (desk, sent, _) = try sent()
    func evidence(_ number: UInt64, agreed: UInt64) throws -> NodeEvidence {
      let lie = try Make.evidence(Make.head(number), minedNonce: 10, sightings: [.unknown(sent)])
      return NodeEvidence(
        lane: lie.lane, head: lie.head, minedNonce: lie.minedNonce, agreedNonce: agreed, sightings: lie.sightings,
        isComplete: true)
    }
    #expect(try desk.settle(try evidence(101, agreed: 8)) == ["nonceDoubted"])
    // Nobody else was there to count.
    #expect(try desk.settle(try evidence(104, agreed: 0)) == [])
    #expect(try desk.settle(try evidence(105, agreed: 8)) == ["settled", "halted"])
    #expect(try desk.settle(try evidence(110, agreed: 8)) == [])
    try desk.commit([.resumed(note: "it was me")])
    #expect(desk.outbox.lane(try Make.lane())?.nextFreeNonce == 8)
  }

  @Test func anEndpointThatIsAwayKeepsAStrangerFromBecomingAHaltForTenDepthsOnly() throws {
    var (desk, sent, _) = try sent()
    func evidence(_ number: UInt64) throws -> NodeEvidence {
      try Make.evidence(Make.head(number), minedNonce: 8, sightings: [.unknown(sent)], isComplete: false)
    }
    #expect(try desk.settle(try evidence(101)) == ["nonceDoubted"])
    // 30 blocks and 360 s from there.
    #expect(try desk.settle(try evidence(130)) == [])
    #expect(try desk.settle(try evidence(131)) == ["settled", "halted"])
    #expect(Patience(blocks: .max / 2, seconds: 36).tenfold == Patience(blocks: .max, seconds: 360))
  }

  @Test func aKeyUsedWhileWeWereIdleHaltsToo() throws {
    var (desk, sent, _) = try sent()
    let inclusion = Inclusion.of(sent, in: Make.head(101))
    _ = try desk.settle(try Make.evidence(Make.head(101), minedNonce: 8, sightings: [inclusion.sighting]))
    _ = try desk.settle(try Make.evidence(Make.head(104), minedNonce: 8, sightings: [inclusion.sighting]))
    #expect(try desk.settle(try Make.evidence(Make.head(105), minedNonce: 10)) == ["nonceDoubted"])
    #expect(try desk.settle(try Make.evidence(Make.head(108), minedNonce: 10)) == ["halted"])
    #expect(try desk.settle(try Make.evidence(Make.head(109), minedNonce: 10)) == [])
    try desk.commit([.resumed(note: "topped up by hand")])
    #expect(desk.outbox.lane(try Make.lane())?.nextFreeNonce == 10)
    #expect(try desk.settle(try Make.evidence(Make.head(110), minedNonce: 10)) == [])
  }

  @Test func aDoubtIsLiftedWhenTheNonceIsFreeAgain() throws {
    var (desk, sent, _) = try sent()
    let unknown = [TransactionSighting.unknown(sent)]
    #expect(
      try desk.settle(try Make.evidence(Make.head(101), minedNonce: 8, sightings: unknown)) == ["nonceDoubted"])
    #expect(
      try desk.settle(try Make.evidence(Make.head(102), minedNonce: 7, sightings: unknown)) == ["nonceDoubtLifted"])
    #expect(
      try desk.outbox.due(
        try Make.evidence(Make.head(102), minedNonce: 7, sightings: unknown), quote: Make.fees, now: 0)
        == [.resend(sent)])
  }

  @Test func aLowerHeadWithALaterTimeIsAReorgAndNotALag() {
    let seen = Make.head(110)
    #expect(Make.head(109).mayBeBehind(seen))
    #expect(!Make.head(110).mayBeBehind(seen))
    #expect(!HeadMark(number: 109, hash: .zero, timestamp: seen.timestamp + 1).mayBeBehind(seen))
  }

  @Test func eachFreezeOfAnOrderCountsAgainstTheRetries() throws {
    var (desk, _, _) = try mined()
    let key = Make.hash("order 1")
    try desk.commit([.orderPlaced(intentID: try desk.promise.intent.id, keys: [key])])
    let frozen = OrderNote(state: "frozen", isFinal: false, isFailure: true)
    let resting = OrderNote(state: "resting", isFinal: false, isFailure: false)
    let cancelled = OrderNote(state: "cancelled", isFinal: true, isFailure: true)
    let told = [(resting, 0), (frozen, 1), (frozen, 1), (resting, 1), (frozen, 2), (cancelled, 2)]
    for (step, (note, failures)) in told.enumerated() {
      try desk.commit([.orderOutcome(key: key, note: note)])
      for outbox in [desk.outbox, try Desk(store: desk.store).outbox] {
        let counted = outbox.failedTries(vault: "alpha", chainID: testChainID, windowSeconds: 60, now: desk.now)
        #expect(counted == failures, "\(step): \(note.state)")
      }
    }
  }

  @Test func anOrderRemembersWhenItWasLastHeardOf() throws {
    var (desk, _, _) = try mined()
    let key = Make.hash("order 1")
    try desk.commit([.orderPlaced(intentID: try desk.promise.intent.id, keys: [key])])
    let placedAt = desk.now
    #expect(desk.outbox.state.openOrders.map(\.notedAtUnixSeconds) == [placedAt])
    desk.now += 7_200
    try desk.commit([.orderOutcome(key: key, note: OrderNote(state: "unknown", isFinal: false, isFailure: false))])
    for outbox in [desk.outbox, try Desk(store: desk.store).outbox] {
      #expect(outbox.state.openOrders.map(\.notedAtUnixSeconds) == [placedAt + 7_200])
      #expect(outbox.state.openOrders.map(\.placedAtUnixSeconds) == [placedAt])
    }
  }

  @Test func ordersFollowTheCallThatPlacedThem() throws {
    var (desk, sent, _) = try mined()
    let keys = [Make.hash("order 1"), Make.hash("order 2")]
    let id = try desk.promise.intent.id
    try desk.commit([.orderPlaced(intentID: id, keys: keys)])
    #expect(desk.outbox.openOrders(vault: "alpha", chainID: testChainID).map(\.key) == keys)
    try desk.commit([
      .orderOutcome(key: keys[0], note: OrderNote(state: "resting", isFinal: false, isFailure: false))
    ])
    // A reorg takes the orders with it, and the call may place them anew.
    let evidence = try Make.evidence(
      Make.head(102, branch: "fork"), minedNonce: 7, sightings: [.unknown(sent)],
      canonical: [CanonicalBlock(number: 101, hash: Make.hash("other"))])
    let records = try desk.outbox.settle(evidence)
    #expect(records.map(\.name) == ["unmined"])
    var state = desk.outbox.state
    for record in records { try state.fold(record, at: 0) }
    #expect(state.openOrders == [])
    // Without a reorg they end one by one, and a failure counts against the retries, also after a restart.
    let ended = Make.head(200).timestamp
    desk.now = ended
    try desk.commit([
      .orderOutcome(key: keys[0], note: OrderNote(state: "cancelled", isFinal: true, isFailure: true)),
      .orderOutcome(key: keys[1], note: OrderNote(state: "filled", isFinal: true, isFailure: false)),
    ])
    let restarted = try Desk(store: desk.store)
    #expect(restarted.outbox.state.openOrders == [])
    // Later than the block that placed them, so the clock dates their end.
    for (outbox, later, count) in [(desk.outbox, 59, 1), (restarted.outbox, 59, 1), (restarted.outbox, 60, 0)] {
      #expect(
        outbox.failedTries(vault: "alpha", chainID: testChainID, windowSeconds: 60, now: ended + UInt64(later))
          == count)
    }
    #expect(throws: OutboxError.self) {
      try desk.commit([
        .orderOutcome(key: keys[0], note: OrderNote(state: "filled", isFinal: true, isFailure: false))
      ])
    }
  }
}

import Ethereum
@testable import Outbox
import Testing

@Suite struct AdoptionTests {
  private func evidence(_ number: UInt64, nonce: UInt64 = 7) throws -> NodeEvidence {
    try Make.evidence(Make.head(number), minedNonce: nonce)
  }

  /// What another writer has promised at `nonce`, read back from the bytes that it put away.
  private func another(
    _ summary: String = "another's", nonce: UInt64 = 7, fees: FeeTerms = Make.fees
  ) throws -> [PromiseRecord] {
    var other = try Desk()
    let sent = try other.sign(try Make.intent(summary, at: Make.head(101)), nonce: nonce, fees: fees)
    try other.submit(sent, at: Make.head(101))
    var records: [PromiseRecord] = []
    try JournalReader(other.store).replayPromises { records.append($0.record) }
    return try records.map { try PromiseRecord(decoding: try $0.encoded()) }
  }

  private func adopt(_ desk: inout Desk, _ records: [PromiseRecord]) throws -> [String] {
    let adopted = try desk.outbox.adoption(of: records, seen: Make.head(102), now: desk.now)
    try desk.commit(adopted)
    #expect(try desk.outbox.adoption(of: records, seen: Make.head(102), now: desk.now) == [])
    #expect(try Desk(store: desk.store).outbox.state == desk.outbox.state)
    return adopted.map(\.name)
  }

  @Test func anothersPromiseBecomesOurs() throws {
    var desk = try Desk()
    let records = try another()
    #expect(try adopt(&desk, records) == ["reserved", "signed", "submitted"])
    let promise = try desk.promise
    #expect(promise.intent.grounds.summary == "another's")
    #expect(promise.attempts.map(\.kind) == [.first])
    #expect(try desk.outbox.gasBudget(try Make.lane(), now: desk.now).heldWei == 501_000_000)
    // It is kept like our own: the same bytes go out again.
    let unknown = [TransactionSighting(hash: promise.hashes[0], sighting: .unknown)]
    let later = try Make.evidence(Make.head(103), minedNonce: 7, sightings: unknown)
    guard case .resend(let bytes)? = try desk.outbox.due(later, quote: Make.fees, now: 0).first else {
      Issue.record("nothing goes out")
      return
    }
    #expect(bytes.raw == promise.attempts[0].raw.bytes)
  }

  @Test func noncesBetweenWereUsedByTheOther() throws {
    var desk = try Desk()
    let sent = try desk.send(try Make.intent())
    let inclusion = Inclusion.of(sent, in: Make.head(100))
    let final = try Make.evidence(Make.head(100), minedNonce: 8, finalizedNonce: 8, sightings: [inclusion.sighting])
    _ = try desk.settle(final)
    _ = try desk.settle(final)
    #expect(try adopt(&desk, try another(nonce: 12)) == ["laneAdvanced", "reserved", "signed", "submitted"])
    #expect(try desk.promise.nonce == 12)
    // Below what is settled nothing is taken over.
    #expect(try adopt(&desk, try another("old", nonce: 7)) == [])
    #expect(try adopt(&desk, try another("gap", nonce: 10)) == [])
  }

  @Test func whereBothSignedTheNonceIsOnePromise() throws {
    for fees in [Make.fees, .dynamic(tipWei: 50, feeCapWei: 600), .dynamic(tipWei: 500, feeCapWei: 1_400)] {
      var desk = try Desk()
      let own = try desk.sign(try Make.intent())
      #expect(try adopt(&desk, try another(fees: fees)) == ["revised", "signed", "submitted"])
      let promise = try desk.promise
      #expect(promise.attempts.map(\.kind) == [.first, .adopted])
      #expect(promise.nonce == 7)
      let theirs = promise.attempts[1]
      // Whichever is mined tells; a replacement outbids both.
      let overdue = try Make.evidence(
        Make.head(106), minedNonce: 7,
        sightings: promise.hashes.map { TransactionSighting(hash: $0, sighting: .unknown) })
      guard case .replace(let bump)? = try desk.outbox.due(overdue, quote: Make.fees, now: 0).first else {
        #expect(fees.feeCapWei == 1_400)
        continue
      }
      let terms = FeeTerms(of: bump.transaction)
      #expect(terms.mayReplace(Make.fees) && terms.mayReplace(fees))
      #expect(bump.intentID == theirs.intentID)
      let inclusion = Inclusion.of(own, in: Make.head(106))
      let evidence = try Make.evidence(Make.head(106), minedNonce: 8, sightings: [inclusion.sighting])
      #expect(
        try desk.outbox.settle(evidence)
          == [.mined(intentID: own.intentID, inclusion: inclusion, seen: Make.head(106))])
    }
  }

  @Test func aBareReservationOfOursGivesWay() throws {
    var desk = try Desk()
    try desk.commit([
      try desk.outbox.reserve(try Make.intent(), fees: Make.fees, evidence: try evidence(100), now: 0)
    ])
    #expect(try adopt(&desk, try another()) == ["released", "reserved", "signed", "submitted"])
    #expect(try desk.promise.intents.count == 1)
  }

  @Test func aNonceThatTheChainGaveUsIsNotTakenOver() throws {
    var desk = try Desk()
    let sent = try desk.send(try Make.intent())
    let inclusion = Inclusion.of(sent, in: Make.head(101))
    _ = try desk.settle(try Make.evidence(Make.head(101), minedNonce: 8, sightings: [inclusion.sighting]))
    // Not before it is final: a reorg may give the nonce to the other one's call.
    let records = try another()
    #expect(throws: OutboxError.self) {
      _ = try desk.outbox.adoption(of: records, seen: Make.head(102), now: desk.now)
    }
    let final = try Make.evidence(Make.head(104), minedNonce: 8, sightings: [inclusion.sighting])
    #expect(try desk.settle(final) == ["settled"])
    #expect(try adopt(&desk, records) == [])
  }

  @Test func aLaneAdvancesOnlyWhereNothingIsOpen() throws {
    var desk = try Desk()
    let lane = try Make.lane()
    try desk.commit([.laneAdvanced(lane: lane, nextNonce: 9, seen: Make.head(100))])
    #expect(desk.outbox.lane(lane)?.nextFreeNonce == 9)
    for nonce in [0, 8, 9] as [UInt64] {
      #expect(throws: OutboxError.self) {
        try desk.commit([.laneAdvanced(lane: lane, nextNonce: nonce, seen: Make.head(101))])
      }
    }
    try desk.sign(try Make.intent("own", at: Make.head(101)), nonce: 9)
    #expect(throws: OutboxError.self) {
      try desk.commit([.laneAdvanced(lane: lane, nextNonce: 12, seen: Make.head(102))])
    }
    // A doubt about a nonce that the other writer used ends with that news.
    var idle = try Desk()
    try idle.commit([
      .laneAdvanced(lane: lane, nextNonce: 9, seen: Make.head(100)),
      .nonceDoubted(lane: lane, nonce: 9, seen: Make.head(101)),
      .laneAdvanced(lane: lane, nextNonce: 10, seen: Make.head(102)),
    ])
    #expect(idle.outbox.standing(lane) == .free)
  }

  /// A stranger took the nonce of an adopted call. Where a person has accepted that at the other writer, the promise
  /// ends as superseded, the wait for depth included, and nothing halts.
  @Test(arguments: [false, true]) func aStrangerAcceptedElsewhereHaltsNothing(isAccepted: Bool) throws {
    var desk = try Desk()
    _ = try adopt(&desk, try another())
    let lane = try Make.lane()
    if isAccepted { desk.outbox.accept([7], in: lane) }
    let unknown = [TransactionSighting(hash: try desk.promise.hashes[0], sighting: .unknown)]
    func seen(_ number: UInt64) throws -> NodeEvidence {
      try Make.evidence(Make.head(number), minedNonce: 8, sightings: unknown)
    }
    #expect(try desk.settle(try seen(103)) == ["nonceDoubted"])
    #expect(try desk.settle(try seen(104)) == [])
    #expect(try desk.settle(try seen(110)) == (isAccepted ? ["settled"] : ["settled", "halted"]))
    #expect(desk.outbox.halts.isEmpty == isAccepted)
    #expect(try Desk(store: desk.store).outbox.state == desk.outbox.state)
    // Who comes next need not halt either; while a halt stands nobody has accepted anything.
    #expect(desk.outbox.acceptedNonces(in: lane) == (isAccepted ? [7] : []))
    try desk.commit(desk.outbox.resume(note: "looked at"))
    #expect(desk.outbox.acceptedNonces(in: lane) == [7])
    #expect(try desk.outbox.nextNonce(try seen(111)) == 8)
  }

  /// The same of a nonce for which nothing of ours was signed.
  @Test func aFreeNonceAcceptedElsewhereIsPassedOver() throws {
    var desk = try Desk()
    let lane = try Make.lane()
    try desk.commit([.laneAdvanced(lane: lane, nextNonce: 9, seen: Make.head(100))])
    desk.outbox.accept([9], in: lane)
    #expect(try desk.settle(try Make.evidence(Make.head(101), minedNonce: 10)) == ["nonceDoubted"])
    let deep = try Make.evidence(Make.head(110), minedNonce: 10)
    #expect(try desk.settle(deep) == ["laneAdvanced"])
    #expect(desk.outbox.halts.isEmpty && desk.outbox.lane(lane)?.nextFreeNonce == 10)
    // The next one is nobody's, and nobody has accepted it.
    #expect(try desk.settle(try Make.evidence(Make.head(111), minedNonce: 11)) == ["nonceDoubted"])
    #expect(try desk.settle(try Make.evidence(Make.head(120), minedNonce: 11)) == ["halted"])
  }

  /// Of what the other writer tried and lost the successor is charged the tries by the chain's word; a call of another
  /// vault or one that came to nothing else is none.
  @Test func failedTriesOfAnotherWriterAreCharged() throws {
    var desk = try Desk()
    try desk.commit(
      try desk.outbox.inheriting(
        [try Bequest(place: 0, records: Array(try another().prefix(2)))], settledBelow: 8, in: try Make.lane(),
        now: desk.now))
    let sent = try #require(desk.outbox.transaction(try desk.promise.hashes[0], of: try desk.promise.intent.id))
    #expect(desk.outbox.failedTries(vault: "alpha", chainID: testChainID, windowSeconds: 86_400, now: desk.now) == 0)
    let reverted = Inclusion.of(sent, in: Make.head(102), succeeded: false)
    let final = try Make.evidence(Make.head(103), minedNonce: 8, finalizedNonce: 8, sightings: [reverted.sighting])
    #expect(try desk.settle(final) == ["mined"])
    #expect(try desk.settle(final) == ["settled"])
    #expect(desk.outbox.failedTries(vault: "alpha", chainID: testChainID, windowSeconds: 86_400, now: desk.now) == 1)
    #expect(
      try desk.outbox.gasBudget(try Make.lane(), now: desk.now).spentWei == reverted.effectiveGasPriceWei * 400_000)
  }

  /// So are losses: the orders of the other's calls are found in the receipt, and what they cost is read anew.
  @Test func lossesOfAnotherWriterAreCharged() throws {
    var desk = try Desk()
    try desk.commit(
      try desk.outbox.inheriting(
        [try Bequest(place: 0, records: Array(try another().prefix(2)))], settledBelow: 8, in: try Make.lane(),
        now: desk.now))
    let intentID = try desk.promise.intent.id
    let sent = try #require(desk.outbox.transaction(try desk.promise.hashes[0], of: intentID))
    let inclusion = Inclusion.of(sent, in: Make.head(102))
    _ = try desk.settle(try Make.evidence(Make.head(103), minedNonce: 8, sightings: [inclusion.sighting]))
    let key = Make.hash("order")
    let lost = OrderNote(state: "filled", isFinal: true, isFailure: false, shortfall: 900)
    try desk.commit([.orderPlaced(intentID: intentID, keys: [key]), .orderOutcome(key: key, note: lost)])
    #expect(desk.outbox.spending(vault: "alpha", chainID: testChainID, now: desk.now).drawdown == 900)
  }

  @Test func bytesOfAnotherWriterAreReadWithTheirVersion() throws {
    let record = PromiseRecord.resumed(note: "n")
    let bytes = try record.encoded()
    #expect(String(decoding: bytes, as: UTF8.self) == #"{"format":2,"record":{"resumed":{"note":"n"}}}"#)
    #expect(try PromiseRecord(decoding: bytes) == record)
    for (text, isForeign) in [
      (#"{"format":3,"record":{"unheardOf":{}}}"#, true), (#"{"format":2,"record":{"unheardOf":{}}}"#, false),
      (#"{"record":{"resumed":{"note":"n"}}}"#, false), ("", false), ("[]", false), ("\u{0}", false),
    ] {
      #expect { try PromiseRecord(decoding: Array(text.utf8)) } throws: {
        switch $0 as? JournalFailure {
        case .foreignFormat: isForeign
        case .unreadable: !isForeign
        default: false
        }
      }
    }
  }
}

import Ethereum
@testable import Outbox
import Testing

@Suite struct ResolutionTests {
  private func codes(_ desk: Desk, _ evidence: NodeEvidence) throws -> [String] {
    try desk.outbox.resolutions(evidence).map { "\($0.resolution.code) \($0.firmness)" }
  }

  @Test func everyRungOfTheLadder() throws {
    var desk = try Desk()
    let sent = try desk.sign(try Make.intent())
    let unknown = [TransactionSighting.unknown(sent)]
    // Signed and nobody knows whether it went out.
    #expect(try codes(desk, try Make.evidence(Make.head(100), minedNonce: 7, sightings: unknown)) == ["inDoubt head"])
    try desk.submit(sent, .maybeAccepted(why: "timeout"))
    #expect(try codes(desk, try Make.evidence(Make.head(101), minedNonce: 7)) == ["inDoubt head"])
    let pooled = [TransactionSighting(hash: sent.hash, sighting: .inPool)]
    #expect(try codes(desk, try Make.evidence(Make.head(101), minedNonce: 7, sightings: pooled)) == ["pending head"])
    // Dropped only after the wait, and only if every endpoint says so.
    #expect(try codes(desk, try Make.evidence(Make.head(101), minedNonce: 7, sightings: unknown)) == ["inDoubt head"])
    #expect(try codes(desk, try Make.evidence(Make.head(102), minedNonce: 7, sightings: unknown)) == ["dropped head"])
    #expect(
      try codes(desk, try Make.evidence(Make.head(102), minedNonce: 7, sightings: unknown, isComplete: false))
        == ["inDoubt head"])
    // Mined or reverted by the receipt; how firm by depth, safe and finalised counts.
    for (succeeded, code) in [(true, "mined"), (false, "reverted")] {
      var desk = desk
      let inclusion = Inclusion.of(sent, in: Make.head(103), succeeded: succeeded)
      func evidence(_ number: UInt64, safe: UInt64? = nil, final: UInt64? = nil) throws -> NodeEvidence {
        try Make.evidence(
          Make.head(number), minedNonce: 8, safeNonce: safe, finalizedNonce: final, sightings: [inclusion.sighting])
      }
      #expect(try codes(desk, try evidence(103)) == ["\(code) head"])
      #expect(try codes(desk, try evidence(103, safe: 7)) == ["\(code) head"])
      #expect(try codes(desk, try evidence(103, safe: 8)) == ["\(code) safe"])
      #expect(try codes(desk, try evidence(103, safe: 8, final: 8)) == ["\(code) final"])
      // More final than there is: a node that contradicts itself.
      #expect(try codes(desk, try evidence(103, safe: 9, final: 9)) == ["\(code) head"])
      desk = try Desk(store: desk.store.copy())
      #expect(try desk.settle(try evidence(103)) == ["mined"])
      #expect(try codes(desk, try evidence(105)) == ["\(code) head"])
      #expect(try codes(desk, try evidence(106)) == ["\(code) final"])
    }
  }

  @Test func aFinalisedNonceSettlesAtOnceAndOnlyWithItsReceipt() throws {
    var desk = try Desk()
    let sent = try desk.send(try Make.intent())
    let inclusion = Inclusion.of(sent, in: Make.head(101))
    func evidence(_ final: UInt64?, seen: Bool = true) throws -> NodeEvidence {
      try Make.evidence(
        Make.head(101), minedNonce: 8, finalizedNonce: final,
        sightings: seen ? [inclusion.sighting] : [TransactionSighting(hash: sent.hash, sighting: .notAnswered)])
    }
    #expect(try desk.settle(try evidence(nil)) == ["mined"])
    for (final, seen) in [(nil, true), (7, true), (9, true), (8, false)] as [(UInt64?, Bool)] {
      #expect(try desk.settle(try evidence(final, seen: seen)) == [], "\(String(describing: final)) \(seen)")
    }
    #expect(try desk.settle(try evidence(8)) == ["settled"])
  }

  @Test func aStrangersFinalNonceHaltsWithoutWaitingForDepth() throws {
    var desk = try Desk()
    let sent = try desk.send(try Make.intent())
    let evidence = try Make.evidence(
      Make.head(101), minedNonce: 8, finalizedNonce: 8, sightings: [.unknown(sent)])
    #expect(try codes(desk, evidence) == ["superseded final"])
    #expect(try desk.settle(evidence) == ["nonceDoubted"])
    #expect(try desk.settle(evidence) == ["settled", "halted"])
    #expect(desk.outbox.finalResolution(of: sent.hash) == .superseded(by: nil))
    // Without the culprit and with an endpoint away it is only in doubt.
    var away = try Desk()
    let call = try away.send(try Make.intent())
    let silent = try Make.evidence(
      Make.head(101), minedNonce: 8, finalizedNonce: 8, sightings: [.unknown(call)], isComplete: false)
    #expect(try codes(away, silent) == ["inDoubt final"])
    #expect(try away.settle(silent) == ["nonceDoubted"])
    #expect(try away.settle(silent) == [])
  }

  @Test func aReplacementOfOursIsToldApart() throws {
    var desk = try Desk()
    let first = try desk.send(try Make.intent())
    let overdue = try Make.evidence(Make.head(104), minedNonce: 7, sightings: [.unknown(first)])
    guard case .replace(let bump)? = try desk.outbox.due(overdue, quote: Make.fees, now: 0).first else {
      Issue.record("no replacement")
      return
    }
    let second = try desk.sign(bump)
    try desk.submit(second, at: Make.head(104))
    let inclusion = Inclusion.of(first, in: Make.head(105))
    let evidence = try Make.evidence(
      Make.head(105), minedNonce: 8, sightings: [inclusion.sighting, .unknown(second)])
    #expect(
      try desk.outbox.resolutions(evidence).map(\.resolution) == [
        .mined(inclusion: inclusion), .replacedByUs(by: first.hash),
      ])
  }

  @Test func whileACallIsInDoubtNothingElseOfItsKeyIsPromised() throws {
    var desk = try Desk(Make.policy(unsettled: 3))
    let first = try desk.sign(try Make.intent("one"))
    try desk.submit(first, .maybeAccepted(why: "timeout"))
    let evidence = try Make.evidence(Make.head(101), minedNonce: 7, sightings: [.unknown(first)])
    // Of every vault: the nonce belongs to the key.
    #expect(throws: OutboxError.refused(.callInDoubt(lane: try Make.lane(), intentID: first.intentID, nonce: 7))) {
      _ = try desk.outbox.reserve(try Make.intent("two"), fees: Make.fees, evidence: evidence, now: 0)
    }
    // Sending the same bytes again, and replacing them, is what ends it.
    let later = try Make.evidence(Make.head(104), minedNonce: 7, sightings: [.unknown(first)])
    guard case .replace? = try desk.outbox.due(later, quote: Make.fees, now: 0).first else {
      Issue.record("frozen for ever")
      return
    }
    try desk.submit(first, .accepted, at: Make.head(104))
    _ = try desk.outbox.reserve(try Make.intent("two"), fees: Make.fees, evidence: later, now: 0)
  }
}

import Ethereum
@testable import Outbox
import Testing

@Suite struct AgeingTests {
  private func unknown(_ sent: [JournaledTransaction], _ number: UInt64) throws -> NodeEvidence {
    try Make.evidence(Make.head(number), minedNonce: 7, sightings: sent.map(TransactionSighting.unknown))
  }

  @Test func durableBytesThatWereNeverSubmittedGoOutFirst() throws {
    var desk = try Desk()
    let signed = try desk.sign(try Make.intent())
    let restarted = try Desk(store: desk.store)
    #expect(try restarted.outbox.due(try unknown([signed], 100), quote: Make.fees, now: 0) == [.resend(signed)])
    #expect(restarted.outbox.standing(try Make.lane()) == .inDoubt)
  }

  @Test func yesterdaysBytesThatWereNeverSentAreClearedAndNotSent() throws {
    var desk = try Desk()
    let signed = try desk.sign(try Make.intent())
    #expect(try desk.outbox.due(try unknown([signed], 149), quote: Make.fees, now: 0) == [.resend(signed)])
    // 50 blocks and 600 s after the signature.
    #expect(try desk.outbox.due(try unknown([signed], 150), quote: Make.fees, now: 0).map(name) == ["noOp"])
    // Where nothing is ever cleared they go out after any length of time.
    var never = try Desk(Make.policy(clearAfter: nil))
    let old = try never.sign(try Make.intent())
    #expect(try never.outbox.due(try unknown([old], 9_000), quote: Make.fees, now: 0) == [.resend(old)])
  }

  @Test func underANoOpThatIsRefusedForGoodTheCallIsOfferedAgain() throws {
    var desk = try Desk()
    let call = try desk.sign(try Make.intent())
    try desk.submit(call, .rejected(.feeCapBelowBaseFee))
    let noOp = try refusedNoOp(below: call, &desk)
    #expect(try desk.outbox.due(try unknown([call, noOp], 104), quote: Make.fees, now: 0) == [.resend(call)])
    // Once taken it waits like any other.
    try desk.submit(call, .accepted, at: Make.head(104))
    #expect(
      try desk.outbox.due(try unknown([call, noOp], 105), quote: Make.fees, now: 0).map(name) == ["refusedForGood"])
    #expect(try desk.outbox.due(try unknown([call, noOp], 106), quote: Make.fees, now: 0) == [.resend(call)])
    let pooled = [TransactionSighting(hash: call.hash, sighting: .inPool), .unknown(noOp)]
    let evidence = try Make.evidence(Make.head(106), minedNonce: 7, sightings: pooled)
    #expect(try desk.outbox.due(evidence, quote: Make.fees, now: 0).map(name) == ["refusedForGood"])
  }

  @Test func aCallThatIsHopelessOrWasNeverSentIsNotOfferedUnderItsNoOp() throws {
    var desk = try Desk()
    let hopeless = try desk.sign(try Make.intent())
    try desk.submit(hopeless, .rejected(.typeNotSupported))
    let noOp = try refusedNoOp(below: hopeless, &desk)
    #expect(
      try desk.outbox.due(try unknown([hopeless, noOp], 120), quote: Make.fees, now: 0).map(name)
        == ["refusedForGood"])
    var late = try Desk()
    let unsent = try late.sign(try Make.intent())
    let clearing = try refusedNoOp(below: unsent, &late)
    #expect(
      try late.outbox.due(try unknown([unsent, clearing], 160), quote: Make.fees, now: 0).map(name)
        == ["refusedForGood"])
  }

  /// Signs the no-op that clears `call` at block 101, and submits it at 102 to nodes that will never take it.
  private func refusedNoOp(below call: JournaledTransaction, _ desk: inout Desk) throws -> JournaledTransaction {
    let evidence = try unknown([call], 101)
    let step = try desk.outbox.clearing(call.intentID, evidence, quote: Make.fees, now: 0)
    guard case .replace(let reservation)? = step else {
      Issue.record("\(String(describing: step))")
      return call
    }
    let noOp = try desk.sign(reservation)
    try desk.submit(noOp, .rejected(.intrinsicGasTooLow), at: Make.head(102))
    return noOp
  }

  @Test func theSameAnswersAreNewsOnlyAfterTheWait() throws {
    var desk = try Desk()
    let sent = try desk.sign(try Make.intent())
    func isNews(_ submissions: [Submission], _ number: UInt64) throws -> Bool {
      let answers = submissions.enumerated().map { EndpointAnswer(endpoint: "\($0.offset)", submission: $0.element) }
      return try desk.outbox.isNews(answers, for: sent, at: Make.head(number))
    }
    #expect(try isNews([.rejected(.busy), .notSent(why: "no route")], 100))
    try desk.commit([
      desk.outbox.submitted(
        sent,
        answers: [
          EndpointAnswer(endpoint: "0", submission: .rejected(.busy)),
          EndpointAnswer(endpoint: "1", submission: .notSent(why: "no route")),
        ], head: Make.head(100))
    ])
    #expect(try !isNews([.rejected(.busy), .notSent(why: "no route to host")], 101))
    #expect(try isNews([.rejected(.busy), .accepted], 101))
    #expect(try isNews([.rejected(.busy)], 101))
    #expect(try isNews([.notSent(why: "no route"), .rejected(.busy)], 101))
    // 2 blocks and 24 s.
    #expect(try isNews([.rejected(.busy), .notSent(why: "no route")], 102))
    // A reorg since: until it is written that the bytes went out again, they are due each tick.
    let inclusion = Inclusion.of(sent, in: Make.head(101))
    try desk.commit([
      .mined(intentID: sent.intentID, inclusion: inclusion, seen: Make.head(101)),
      .unmined(
        intentID: sent.intentID, inclusion: inclusion, canonicalHash: .zero, seen: Make.head(101, branch: "fork")),
    ])
    #expect(try isNews([.rejected(.busy), .notSent(why: "no route")], 101))
  }

  @Test func theSameBytesGoOutAgainAfterTheWaitUnlessAPoolHasThem() throws {
    var desk = try Desk(Make.policy(replaceAfter: nil))
    let sent = try desk.send(try Make.intent())
    // 2 blocks and 24 s.
    #expect(try desk.outbox.due(try unknown([sent], 101), quote: Make.fees, now: 0) == [])
    #expect(try desk.outbox.due(try unknown([sent], 102), quote: Make.fees, now: 0) == [.resend(sent)])
    let pooled = try Make.evidence(
      Make.head(110), minedNonce: 7, sightings: [TransactionSighting(hash: sent.hash, sighting: .inPool)])
    #expect(try desk.outbox.due(pooled, quote: Make.fees, now: 0) == [])
    // A node that stands behind what we have seen proves nothing.
    #expect(try desk.outbox.due(try unknown([sent], 99), quote: Make.fees, now: 0) == [])
    // Consumed: settling decides.
    #expect(try desk.outbox.due(try Make.evidence(Make.head(110), minedNonce: 8), quote: Make.fees, now: 0) == [])
  }

  @Test func submissionsDecideWhatIsDueAtOnce() throws {
    let cases: [(Submission, [String])] = [
      (.accepted, []), (.alreadyKnown, []), (.maybeAccepted(why: "timeout"), []),
      (.notSent(why: "no route"), ["resend"]), (.rejected(.busy), ["resend"]),
      (.rejected(.endpointRefuses), ["resend"]), (.rejected(.nonceTooLow), []),
      (.rejected(.insufficientFunds), ["insufficientFunds"]), (.rejected(.underpriced), ["replace"]),
      (.rejected(.feeCapBelowBaseFee), ["replace"]), (.rejected(.typeNotSupported), ["noOp"]),
      (.rejected(.intrinsicGasTooLow), ["noOp"]),
    ]
    for (submission, expected) in cases {
      var desk = try Desk()
      let sent = try desk.sign(try Make.intent())
      try desk.submit(sent, submission)
      let steps = try desk.outbox.due(
        try unknown([sent], 101), quote: .dynamic(tipWei: 100, feeCapWei: 1_400), now: 0)
      #expect(steps.map(name) == expected, "\(submission)")
    }
  }

  private func name(_ step: Step) -> String {
    switch step {
    case .resend: "resend"
    case .replace(let reservation): reservation.kind == .noOp ? "noOp" : "replace"
    case .release: "release"
    case .wait(let waiting): waiting.code
    }
  }

  @Test func aReplacementRaisesBothCapsAndKeepsTheCall() throws {
    var desk = try Desk()
    let sent = try desk.send(try Make.intent())
    let before = try desk.promise
    #expect(try !desk.outbox.due(try unknown([sent], 103), quote: Make.fees, now: 0).map(name).contains("replace"))
    let steps = try desk.outbox.due(try unknown([sent], 104), quote: Make.fees, now: 0)
    guard case .replace(let reservation)? = steps.first else {
      Issue.record("\(steps)")
      return
    }
    #expect(steps.count == 1)
    #expect(reservation.transaction.kind == .dynamicFee(tipWei: 113, feeCapWei: 1_125))
    #expect(reservation.transaction.nonce == 7)
    #expect(reservation.transaction.data == before.intent.data.bytes)
    #expect(reservation.transaction.to == before.intent.to)
    #expect(reservation.transaction.valueWei == before.intent.valueWei)
    // The market's price, where that is more; the ceiling, where that is more still.
    func kind(_ quote: FeeTerms) throws -> UnsignedTransaction.Kind? {
      guard case .replace(let it)? = try desk.outbox.due(try unknown([sent], 104), quote: quote, now: 0).first else {
        return nil
      }
      return it.transaction.kind
    }
    #expect(try kind(.dynamic(tipWei: 200, feeCapWei: 1_300)) == .dynamicFee(tipWei: 200, feeCapWei: 1_300))
    #expect(try kind(.dynamic(tipWei: 200, feeCapWei: 9_999)) == .dynamicFee(tipWei: 200, feeCapWei: 1_500))
    #expect(try kind(.dynamic(tipWei: 9_999, feeCapWei: 9_999)) == .dynamicFee(tipWei: 1_500, feeCapWei: 1_500))
    // Signed and durable, the difference is held.
    let second = try desk.sign(reservation)
    #expect(second.nonce == 7)
    #expect(try desk.promise.heldWei == 563_500_000)
    #expect(try desk.outbox.due(try unknown([sent, second], 104), quote: Make.fees, now: 0) == [.resend(second)])
  }

  @Test func atTheCeilingItWaitsAndIsClearedInTheEnd() throws {
    var desk = try Desk(Make.policy(ceiling: 1_100))
    let sent = try desk.send(try Make.intent())
    let id = try desk.promise.intent.id
    let waiting = Waiting.atCeiling(
      intentID: id, current: Make.fees, needed: .dynamic(tipWei: 113, feeCapWei: 1_125), ceilingWei: 1_100)
    #expect(
      try desk.outbox.due(try unknown([sent], 104), quote: Make.fees, now: 0) == [.wait(waiting), .resend(sent)])
    // 50 blocks and 600 s after the first signature, under the ceiling for clearing (twice the other).
    let steps = try desk.outbox.due(try unknown([sent], 150), quote: Make.fees, now: 0)
    guard case .replace(let reservation)? = steps.first else {
      Issue.record("\(steps)")
      return
    }
    #expect(
      reservation.transaction
        == UnsignedTransaction(
          kind: .dynamicFee(tipWei: 113, feeCapWei: 1_125), chainID: testChainID, nonce: 7, gasLimit: 21_000,
          to: try Make.address(0xAA)))
    let noOp = try desk.sign(reservation)
    try desk.submit(noOp, at: Make.head(150))
    // From now on only the no-op is raised, and whichever is mined ends the promise.
    let later = try desk.outbox.due(try unknown([sent, noOp], 154), quote: Make.fees, now: 0)
    #expect(later.map(name) == ["noOp"])
    let inclusion = Inclusion.of(noOp, in: Make.head(155))
    _ = try desk.settle(
      try Make.evidence(Make.head(155), minedNonce: 8, sightings: [.unknown(sent), inclusion.sighting]))
    _ = try desk.settle(
      try Make.evidence(Make.head(158), minedNonce: 8, sightings: [.unknown(sent), inclusion.sighting]))
    let settled = try #require(desk.outbox.lane(try Make.lane())?.settled.first)
    #expect(settled.outcome == .cleared(inclusion: inclusion))
    // The receipt of these tests tells more gas than the no-op had; no call costs more than it could.
    #expect(settled.spentWei == 23_625_000)
  }

  @Test func countsBudgetsAndHaltsStopReplacements() throws {
    var limited = try Desk(Make.policy(attempts: 1))
    let first = try limited.send(try Make.intent())
    #expect(
      try limited.outbox.due(try unknown([first], 104), quote: Make.fees, now: 0).map(name)
        == ["attemptsUsed", "resend"])

    var poor = try Desk(Make.policy(budget: 501_000_000))
    let second = try poor.send(try Make.intent())
    #expect(
      try poor.outbox.due(try unknown([second], 104), quote: Make.fees, now: 0).map(name)
        == ["gasBudgetUsed", "resend"])
    // A no-op costs less than what is held already.
    #expect(try poor.outbox.due(try unknown([second], 150), quote: Make.fees, now: 0).map(name) == ["noOp"])

    var halted = try Desk()
    let third = try halted.send(try Make.intent())
    try halted.commit([.halted(halt: .byOperator(note: "stop"))])
    #expect(try halted.outbox.due(try unknown([third], 150), quote: Make.fees, now: 0).map(name) == ["halted"])

    var sequencer = try Desk(Make.policy(replaceAfter: nil, clearAfter: nil))
    let fourth = try sequencer.send(try Make.intent())
    #expect(
      try sequencer.outbox.due(try unknown([fourth], 900), quote: Make.fees, now: 0).map(name) == ["resend"])
  }

  @Test func raisedTermsReplaceAtEverySize() throws {
    var sizes: [UInt256] = [0, 1, 2, 7, 8, 9, 10, 11, 99, 100, 101, 1_000_000_007]
    for exponent in stride(from: 20, to: 250, by: 23) { sizes.append(try UInt256(3) * (UInt256(1) << exponent)) }
    for tip in sizes {
      for cap in sizes where tip <= cap {
        let old = FeeTerms.dynamic(tipWei: tip, feeCapWei: cap)
        let new = try old.raised(perMille: 125)
        #expect(new.mayReplace(old), "\(old) → \(new)")
        #expect(!old.mayReplace(old))
        #expect(new.tipWei <= new.feeCapWei)
        let legacy = FeeTerms.legacy(gasPriceWei: cap)
        #expect(try legacy.raised(perMille: 125).mayReplace(legacy))
      }
    }
    #expect(throws: EthereumError.self) { _ = try FeeTerms.legacy(gasPriceWei: .max).raised(perMille: 125) }
  }
}

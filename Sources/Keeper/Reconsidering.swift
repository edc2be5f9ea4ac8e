import Contracts
import Decision
import Ethereum
import Outbox

/// What deciding again came to, for a call that is promised and not mined.
enum Reconsidered {
  /// The very same call is still the right one.
  case asItWas
  /// Another call is: its size, its price or its upfront fee has changed.
  case otherwise(Cleared, gasLimit: UInt64)
  /// Nothing is to be done any more, or this must not be done.
  case unwanted(code: String)
  /// It cannot be told now, or it is wanted and a budget or ceiling does not cover it.
  case undecided(code: String)
}

extension Keeper {
  /// Decides again, at this tick's state, on what a promise is for: before its call is offered more, and before bytes
  /// go out for the first time that an earlier process signed. A trade that nobody wants any more must not be paid for.
  ///
  /// - Parameter terms: what the next attempt would offer; upfront fees are sized by them.
  mutating func reconsider(
    _ promise: Promise, offering terms: FeeTerms, _ seen: Seen, _ vault: Int
  ) throws -> Reconsidered {
    var circumstances = try circumstances(seen, vault, apartFrom: promise)
    circumstances.offer(terms)
    circumstances.priceBound = watches[vault].publicBound(of: promise, at: seen.evidence.head)
    var aside = TickReport(
      vault: watches[vault].vault.name, chain: watches[vault].node.chain.name, startedAtUnixSeconds: 0)
    let judged = try watches[vault].judge(seen, circumstances, &aside)
    try record(reconsideration: aside, vault)
    guard let (cleared, gasLimit) = judged else {
      let standing = Refusal.Code(rawValue: aside.code)?.standing ?? .unknown
      return standing == .unwanted ? .unwanted(code: aside.code) : .undecided(code: aside.code)
    }
    let call = cleared.call
    let latest = promise.intent
    let isSame = call.to == latest.to && call.valueWei == latest.valueWei && call.data == latest.data.bytes
    return isSame ? .asItWas : .otherwise(cleared, gasLimit: gasLimit)
  }

  /// What to do about an overdue promise, after deciding again. Nil: nothing in this tick.
  mutating func reconsidered(
    _ step: Step, _ seen: Seen, _ vault: Int, _ report: inout TickReport
  ) throws -> Step? {
    guard let (intentID, terms) = step.reconsiderable(outbox), let promise = outbox.state.openPromise(intentID) else {
      return step
    }
    let name = watches[vault].vault.name
    guard promise.intent.vault == name else {
      // Its own vault's tick decides it; where that vault is no longer kept, nobody can.
      let isKept = watches.contains { $0.vault.name == promise.intent.vault && $0.lane == watches[vault].lane }
      return isKept ? nil : try clearing(promise, "vaultGone", seen, &report)
    }
    switch try reconsider(promise, offering: terms, seen, vault) {
    case .asItWas:
      return step
    case .unwanted(let code):
      return try clearing(promise, code, seen, &report)
    case .undecided(let code):
      report.note(event: "undecided", "\(intentID) is left as it is: \(code)")
      return nil
    case .otherwise(let cleared, let gasLimit):
      if case .resend(let transaction) = step {
        return try mayStillGo(transaction, promise, seen, vault)
          ? step : clearing(promise, "decidedOtherwise", seen, &report)
      }
      return try revision(of: promise, to: cleared, gasLimit: gasLimit, terms, seen, vault, &report)
    }
  }

  /// Bytes of an earlier process that may never have left: sent, although today's numbers are a little different, while
  /// the picture they were decided on is no older than a head may be, and they do not revert.
  private mutating func mayStillGo(
    _ transaction: JournaledTransaction, _ promise: Promise, _ seen: Seen, _ vault: Int
  ) throws -> Bool {
    let decidedAt = promise.intent.decidedAt.timestamp
    let now = max(clock.now().unixSeconds, seen.evidence.head.timestamp)
    guard now <= decidedAt || now - decidedAt <= watches[vault].vault.policy.maximumHeadAgeSeconds else { return false }
    let unsigned: UnsignedTransaction
    do { unsigned = try SignedTransaction.decode(transaction.raw).transaction } catch {
      throw TickEnd.outbox(.ethereum(what: "bytes of \(transaction.hash): \(error)"))
    }
    return try !watches[vault].wouldRevert(unsigned, seen: seen)
  }

  private func clearing(
    _ promise: Promise, _ code: String, _ seen: Seen, _ report: inout TickReport
  ) throws(TickEnd) -> Step? {
    report.note(event: "noLongerWanted", "\(promise.intent.id) is no longer wanted (\(code)); clearing its nonce")
    return try asking { () throws(OutboxError) in
      try outbox.clearing(
        promise.intent.id, seen.evidence, quote: seen.look.terms, now: clock.now().unixSeconds)
    }
  }

  /// Puts the new decision into the journal, at the same nonce, and hands back what is to be signed for it.
  private mutating func revision(
    of promise: Promise, to cleared: Cleared, gasLimit: UInt64, _ terms: FeeTerms, _ seen: Seen, _ vault: Int,
    _ report: inout TickReport
  ) throws -> Step? {
    let intent = try intent(for: cleared, gasLimit: gasLimit, seen, vault, report)
    let record = try asking { () throws(OutboxError) in
      try outbox.revise(
        promise.intent.id, to: intent, fees: terms, evidence: seen.evidence, now: clock.now().unixSeconds)
    }
    try commit([record])
    report.note(event: record.name, record.words)
    guard let reservation = outbox.revisionReservation(promise.intent.id, head: seen.evidence.head) else {
      throw TickEnd.outbox(.contradiction(record: "revised", what: "a revision just committed is not there"))
    }
    return .replace(reservation)
  }
}

extension Watch {
  /// The tighter price bound for a call that was private and is public from now on, since whoever held it back has seen
  /// it; nil for any other.
  func publicBound(of promise: Promise, at head: HeadMark) -> Ratio? {
    guard promise.intent.route != .public, Passage(promise, at: head, among: node.chain.endpoints).isPublic else {
      return nil
    }
    return vault.submission.publicPriceBound
  }

  /// Whether these bytes were decided for relays only, and would now be handed to everybody as they are.
  func isTooLooseForPublic(_ transaction: JournaledTransaction, of promise: Promise, at head: HeadMark) -> Bool {
    guard transaction.kind != .noOp, case .relayThenPublic(let blocks) = promise.intent.route,
      vault.submission.publicPriceBound != nil, let first = promise.attempts.first?.signedAt,
      let attempt = promise.attempts.first(where: { $0.transactionHash == transaction.hash })
    else { return false }
    let (publicFrom, isBeyond) = first.number.addingReportingOverflow(blocks)
    let wasPrivate = isBeyond || attempt.signedAt.number < publicFrom
    return wasPrivate && Passage(promise, at: head, among: node.chain.endpoints).isPublic
  }
}

extension Passage {
  /// Of a call that would be signed for a promise now.
  fileprivate init(_ promise: Promise, at head: HeadMark, among publicEndpoints: [EndpointID]) {
    self.init(promise, .zero, at: head, among: publicEndpoints, isRepeat: false)
  }
}

extension Step {
  /// The promise whose call this step would give another chance, and what it would offer; nil for steps that do not:
  /// a no-op asks for nothing, and bytes that are out already are out.
  fileprivate func reconsiderable(_ outbox: Outbox) -> (intentID: Bytes32, terms: FeeTerms)? {
    switch self {
    case .replace(let reservation) where reservation.kind == .feeBump:
      return (reservation.intentID, FeeTerms(of: reservation.transaction))
    case .resend(let transaction) where transaction.kind != .noOp:
      guard
        let attempt = outbox.state.openPromise(transaction.intentID)?.attempts.first(where: {
          $0.transactionHash == transaction.hash
        }), attempt.submittedAt == nil
      else { return nil }
      return (transaction.intentID, attempt.fees)
    default:
      return nil
    }
  }
}

extension Circumstances {
  /// Judges by what a certain transaction would offer, whatever its urgency.
  mutating func offer(_ terms: FeeTerms) {
    let offered = FeeQuote(
      nextBaseFeeWei: fees.nextBaseFeeWei, tipWei: terms.tipWei, feeCapWei: terms.feeCapWei,
      gasPriceCeilingWei: fees.gasPriceCeilingWei)
    (fees, urgentFees, liquidationFees) = (offered, nil, nil)
  }
}

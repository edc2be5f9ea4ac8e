package import Ethereum

/// A promise that is not settled: a nonce, the decisions it was given to, and everything signed for it.
///
/// Its life: reserved → signed → (submitted, replaced, revised, re-sent)* → mined → settled, where a reorg leads from
/// mined back to signed, and where only a promise without signed bytes may be released. A promise is one nonce, so of
/// all that is signed for it one transaction is mined at most, and that one tells which decision was served.
package struct Promise: Hashable, Sendable {
  /// The newest decision the nonce was given to.
  package internal(set) var intent: PromiseIntent
  /// Those before it, oldest first: their bytes may still be mined.
  package internal(set) var earlier: [PromiseIntent] = []
  /// The terms the newest decision is to be signed with, as long as it is a revision that is not signed yet.
  package internal(set) var revisedFees: FeeTerms?
  package let nonce: UInt64
  /// When it was reserved, by the writer's clock.
  package let reservedAtUnixSeconds: UInt64
  /// The terms the first attempt is to be signed with.
  package let firstFees: FeeTerms
  /// Everything signed for this nonce, in the order of signing. Each may be mined; the last one offers most.
  package internal(set) var attempts: [Attempt] = []
  /// Where one of the attempts was last seen in the chain, not yet final.
  package internal(set) var inclusion: Inclusion?
  /// The head at which `inclusion` was first seen: its wait for depth, in seconds, starts here.
  package internal(set) var includedSeen: HeadMark?
  /// The head at which a reorg was last seen to take its inclusion back: from there its bytes have their chance anew
  /// before they are replaced.
  package internal(set) var orphanedSeen: HeadMark?
  /// The most this promise can cost, wei: what the budget holds for it until it is settled.
  package internal(set) var heldWei: UInt256

  init(intent: PromiseIntent, nonce: UInt64, reservedAtUnixSeconds: UInt64, firstFees: FeeTerms, heldWei: UInt256) {
    self.intent = intent
    self.nonce = nonce
    self.reservedAtUnixSeconds = reservedAtUnixSeconds
    self.firstFees = firstFees
    self.heldWei = heldWei
  }

  /// Every decision the nonce was given to, oldest first.
  package var intents: [PromiseIntent] { earlier + [intent] }

  /// The decision that a transaction of ours with this hash serves, or clears away.
  package func intent(of hash: Bytes32) -> PromiseIntent? {
    guard let attempt = attempt(hash) else { return nil }
    return intent(attempt.intentID)
  }

  func intent(_ id: Bytes32) -> PromiseIntent? {
    intent.id == id ? intent : earlier.first { $0.id == id }
  }

  /// The most that it may trade, whichever of its calls is mined; USD with 18 decimals.
  package var heldTurnover: UInt256 { earlier.reduce(intent.turnover) { max($0, $1.turnover) } }

  /// USD for a native coin, the highest that any of its decisions knew.
  var nativePrice: UInt256? { intents.compactMap(\.nativePrice).max() }

  /// The same promise without the revision that was never signed.
  var withoutUnsignedRevision: Promise {
    guard revisedFees != nil, let before = earlier.last else { return self }
    var promise = self
    promise.intent = before
    promise.earlier.removeLast()
    promise.revisedFees = nil
    // What is left is what was signed; the terms of the first reservation never cost more than its signature.
    promise.heldWei = attempts.reduce(.zero) { max($0, $1.worstWei) }
    return promise
  }

  /// How far it has come, as far as the journal knows.
  package var state: State {
    if attempts.isEmpty { return .reserved }
    if inclusion != nil { return .mined }
    return attempts.contains { !$0.answers.isEmpty } ? .submitted : .signed
  }

  /// Stations of an open promise.
  package enum State: String, Hashable, Sendable {
    case reserved, signed, submitted, mined
  }

  /// All transaction hashes that can serve or clear this nonce for us.
  package var hashes: [Bytes32] { attempts.map(\.transactionHash) }

  func attempt(_ hash: Bytes32) -> Attempt? {
    attempts.first { $0.transactionHash == hash }
  }

  /// The outcome this inclusion leads to once it is final, or nil if it is none of our attempts.
  func outcome(of inclusion: Inclusion) -> PromiseOutcome? {
    guard let attempt = attempt(inclusion.transactionHash) else { return nil }
    if attempt.kind == .noOp { return .cleared(inclusion: inclusion) }
    return inclusion.succeeded ? .served(inclusion: inclusion) : .reverted(inclusion: inclusion)
  }
}

/// One signed transaction for a promise's nonce.
package struct Attempt: Hashable, Sendable {
  /// What the transaction does with the nonce.
  package enum Kind: String, Hashable, Sendable, Codable {
    /// The decision's call, signed for the first time.
    case first
    /// The same call at a higher fee.
    case feeBump
    /// Another call in place of the one before: the decision was made again, and `revised` says which it is now.
    case revision
    /// The call of another writer with our key for the same nonce, taken over with its decision.
    case adopted
    /// A transfer of nothing to ourselves, which consumes the nonce in place of the call.
    case noOp
  }

  package let kind: Kind
  /// The decision it serves; of a no-op, the one that it clears away.
  package let intentID: Bytes32
  package let transactionHash: Bytes32
  package let raw: Octets
  package let fees: FeeTerms
  /// The most it can cost if it is mined, wei.
  package let worstWei: UInt256
  /// The head when it was signed.
  package let signedAt: HeadMark
  /// What the endpoints said to the last submission; empty if it was never submitted as far as we know.
  package internal(set) var answers: [EndpointAnswer] = []
  /// The head at the last submission.
  package internal(set) var submittedAt: HeadMark?
  /// How many times it was submitted as far as we know.
  package internal(set) var submissions: UInt64 = 0
  /// Whether, by all that was ever answered, a node may hold the bytes.
  package internal(set) var mayBeKnown = false
}

/// What is kept in memory of a promise that is over, as long as a budget may ask for it. Its bytes stay in the journal.
package struct SettledPromise: Hashable, Sendable {
  /// The decision whose transaction ended it; the newest one if a stranger's did.
  package let intentID: Bytes32
  /// Every decision the nonce was given to, oldest first.
  package let intentIDs: [Bytes32]
  package let vault: String
  package let purpose: Purpose
  package let nonce: UInt64
  package let outcome: PromiseOutcome
  package let hashes: [Bytes32]
  package let reservedAtUnixSeconds: UInt64
  package let settledAtUnixSeconds: UInt64
  /// The chain's time at which it counts in budgets, see `BudgetTime`.
  package internal(set) var chargedAtSeconds: UInt64
  /// What it cost: gas used × effective price, and the venue's upfront fee if the call took effect.
  package let spentWei: UInt256
  /// USD for a native coin when it was decided, 18 decimals.
  package let nativePrice: UInt256?
  /// What it may have traded, USD with 18 decimals; nothing if no call took effect.
  package let turnover: UInt256

  /// The decision that took effect; nil if the call reverted, was cleared away or lost its nonce.
  package var servedIntent: Bytes32? {
    if case .served = outcome { intentID } else { nil }
  }
}

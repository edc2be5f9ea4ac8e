package import Ethereum

/// A promise that is not settled: a decision, its nonce, and everything signed for it.
///
/// Its life: reserved → signed → (submitted, replaced, re-sent)* → mined → settled, where a reorg leads from mined back
/// to signed, and where only a promise without signed bytes may be released.
package struct Promise: Hashable, Sendable {
  package let intent: PromiseIntent
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
    /// A transfer of nothing to ourselves, which consumes the nonce in place of the call.
    case noOp
  }

  package let kind: Kind
  package let transactionHash: Bytes32
  package let raw: Octets
  package let fees: FeeTerms
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

/// What is kept in memory of a promise that is over. Its bytes stay in the journal.
package struct SettledPromise: Hashable, Sendable {
  package let intentID: Bytes32
  package let vault: String
  package let purpose: Purpose
  package let nonce: UInt64
  package let outcome: PromiseOutcome
  package let hashes: [Bytes32]
  package let reservedAtUnixSeconds: UInt64
  package let settledAtUnixSeconds: UInt64
  /// What it cost: gas used × effective price, and the venue's upfront fee if the call took effect.
  package let spentWei: UInt256
}

package import Ethereum

/// What became of one signed transaction, as far as can be told. Decided by evidence alone and never by a person.
package enum Resolution: Hashable, Sendable, Codable, CustomStringConvertible {
  /// On its way: a pool holds it, or took it and was not asked since.
  case pending
  /// In the chain, and its call took effect.
  case mined(inclusion: Inclusion)
  /// In the chain; gas was paid and nothing else happened.
  case reverted(inclusion: Inclusion)
  /// Another transaction of ours took the nonce.
  case replacedByUs(by: Bytes32)
  /// A stranger's transaction took the nonce.
  case superseded(by: Bytes32?)
  /// No node holds it and its nonce is free: the same bytes go out again.
  case dropped
  /// It may have been sent, or its nonce was used and nobody tells by what.
  case inDoubt

  /// Stable name for reports and metrics.
  package var code: String {
    switch self {
    case .pending: "pending"
    case .mined: "mined"
    case .reverted: "reverted"
    case .replacedByUs: "replacedByUs"
    case .superseded: "superseded"
    case .dropped: "dropped"
    case .inDoubt: "inDoubt"
    }
  }

  package var description: String {
    switch self {
    case .pending, .dropped, .inDoubt: code
    case .mined(let it): "mined in block \(it.blockNumber)"
    case .reverted(let it): "reverted in block \(it.blockNumber)"
    case .replacedByUs(let hash): "replaced by our own \(hash)"
    case .superseded(let hash): "superseded by " + (hash.map { "\($0)" } ?? "a transaction that no node named")
    }
  }
}

/// How much a resolution may be relied on.
package enum Firmness: String, Hashable, Comparable, Sendable, Codable {
  /// Seen at the head: a reorg may take it back, and nothing is closed on it.
  case head
  /// The nonce is counted at the block that nodes call safe.
  case safe
  /// At the configured depth, or finalised: the promise is settled, or is about to be.
  case final

  package static func < (left: Firmness, right: Firmness) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .head: 0
    case .safe: 1
    case .final: 2
    }
  }
}

/// What became of one transaction of a promise that is open, or was.
package struct CallResolution: Hashable, Sendable, Codable {
  /// The decision the transaction serves; of a no-op, the one that it clears away.
  package let intentID: Bytes32
  package let transactionHash: Bytes32
  package let kind: Attempt.Kind
  package let nonce: UInt64
  package let resolution: Resolution
  package let firmness: Firmness
}

extension Outbox {
  /// What became of every transaction of the lane's open promises, by this tick's evidence, in the order of signing.
  /// It concludes nothing: `settle` does, from the same evidence and by the table there.
  /// - Throws: `noPolicy`.
  package func resolutions(_ evidence: NodeEvidence) throws(OutboxError) -> [CallResolution] {
    let policy = try policy(for: evidence.lane.chainID)
    guard let lane = state.lane(evidence.lane) else { return [] }
    return lane.open.flatMap { promise in
      let ending = Ending(promise, lane, evidence, policy)
      return promise.attempts.map { attempt in
        CallResolution(
          intentID: attempt.intentID, transactionHash: attempt.transactionHash, kind: attempt.kind,
          nonce: promise.nonce, resolution: ending.resolution(of: attempt), firmness: ending.firmness)
      }
    }
  }

  /// How a transaction of a settled promise ended; nil if it is open, unknown, or settled so long ago that it is only
  /// in the journal.
  package func finalResolution(of hash: Bytes32) -> Resolution? {
    for lane in state.lanes {
      guard let promise = lane.settled.last(where: { $0.hashes.contains(hash) }) else { continue }
      switch promise.outcome {
      case .superseded(let evidence): return .superseded(by: evidence.strangerHash)
      case .served(let inclusion), .cleared(let inclusion):
        return inclusion.transactionHash == hash
          ? .mined(inclusion: inclusion) : .replacedByUs(by: inclusion.transactionHash)
      case .reverted(let inclusion):
        return inclusion.transactionHash == hash
          ? .reverted(inclusion: inclusion) : .replacedByUs(by: inclusion.transactionHash)
      }
    }
    return nil
  }

  /// What the evidence says about the nonce of one promise.
  private struct Ending {
    let evidence: NodeEvidence
    let policy: LanePolicy
    /// The one of ours that took the nonce, if any is known to have.
    let inclusion: Inclusion?
    let isCounted: Bool
    let firmness: Firmness
    let isStale: Bool

    init(_ promise: Promise, _ lane: Lane, _ evidence: NodeEvidence, _ policy: LanePolicy) {
      self.evidence = evidence
      self.policy = policy
      isStale = lane.isStale(evidence.head)
      isCounted = evidence.minedNonce > promise.nonce
      let found = isStale ? nil : Outbox.inclusion(of: promise, evidence)
      inclusion = found ?? promise.inclusion
      let isDeep =
        if let found, let known = promise.inclusion, let since = promise.includedSeen, found.isInSameBlock(as: known) {
          Outbox.isFinal(known, since: since, evidence.head, policy.depth)
        } else if let doubt = lane.doubt, doubt.nonce == promise.nonce {
          doubt.since.hasWaited(policy.depth, until: evidence.head)
        } else {
          false
        }
      if isCounted, !isStale, isDeep || evidence.isFinal(promise.nonce) {
        firmness = .final
      } else if isCounted, let safe = evidence.safeNonce, safe > promise.nonce, safe <= evidence.minedNonce {
        firmness = .safe
      } else {
        firmness = .head
      }
    }

    func resolution(of attempt: Attempt) -> Resolution {
      if let inclusion {
        guard inclusion.transactionHash == attempt.transactionHash else {
          return .replacedByUs(by: inclusion.transactionHash)
        }
        return inclusion.succeeded ? .mined(inclusion: inclusion) : .reverted(inclusion: inclusion)
      }
      if isCounted, !isStale {
        // Who took the nonce is believed at depth, and where the culprit is named or everybody was asked.
        let isTold = evidence.isComplete || evidence.strangerHash != nil
        return firmness == .final && isTold && evidence.sighting(of: attempt.transactionHash) == .unknown
          ? .superseded(by: evidence.strangerHash) : .inDoubt
      }
      let sighting = evidence.sighting(of: attempt.transactionHash)
      if sighting == .inPool { return .pending }
      if sighting == .unknown, !isStale, evidence.isComplete, let submittedAt = attempt.submittedAt,
        submittedAt.hasWaited(policy.resendAfter, until: evidence.head)
      {
        return .dropped
      }
      return attempt.isInDoubt ? .inDoubt : .pending
    }
  }
}

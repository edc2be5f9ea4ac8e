package import Ethereum

/// One fact about our promises, as the journal keeps it. The state of the outbox is the fold of these and nothing else.
///
/// The names of cases and labels are the journal's written form: to rename one is to change the format, and a test
/// holds the form of every case.
package enum PromiseRecord: Hashable, Sendable, Codable {
  /// A decision has a nonce, and its worst cost is charged to the budget. Nothing is signed yet. A promise is one
  /// nonce: where a record names it by `intentID`, that is the decision which the transaction in question serves.
  case reserved(intent: PromiseIntent, nonce: UInt64, fees: FeeTerms)
  /// The nonce is given back, or the revision withdrawn: nothing was ever signed for this decision.
  case released(intentID: Bytes32, reason: String)
  /// Signed bytes. From here on the world may hear them, and only the chain can end the promise.
  case signed(intentID: Bytes32, attempt: AttemptRecord)
  /// The decision was made again, and the nonce is promised to this one now. Nothing new is signed yet; what was signed
  /// before may still be mined.
  case revised(intentID: Bytes32, intent: PromiseIntent, fees: FeeTerms)
  /// The bytes were handed to endpoints, with what each answered.
  case submitted(intentID: Bytes32, transactionHash: Bytes32, answers: [EndpointAnswer], head: HeadMark)
  /// One of our attempts is in a canonical block.
  case mined(intentID: Bytes32, inclusion: Inclusion, seen: HeadMark)
  /// The block of that inclusion is canonical no more; `canonicalHash` stands at its height now.
  case unmined(intentID: Bytes32, inclusion: Inclusion, canonicalHash: Bytes32, seen: HeadMark)
  /// The promise is over, on evidence at depth.
  case settled(intentID: Bytes32, outcome: PromiseOutcome, seen: HeadMark)
  /// The chain has consumed `nonce`, and none of our transactions is known to have done it. Perhaps a stranger, perhaps
  /// a node without an index: time at depth will tell.
  case nonceDoubted(lane: LaneID, nonce: UInt64, seen: HeadMark)
  /// That was wrong: the nonce is free after all.
  case nonceDoubtLifted(lane: LaneID, nonce: UInt64, seen: HeadMark)
  /// Another writer with our key has used all nonces below `nextNonce` and settled what they were for.
  case laneAdvanced(lane: LaneID, nextNonce: UInt64, seen: HeadMark)
  /// The writer's clock was ahead of the chain when something was charged; that counts as of `seen` at the latest.
  case clockBounded(lane: LaneID, seen: HeadMark)
  /// The mined call left orders at a venue.
  case orderPlaced(intentID: Bytes32, keys: [Bytes32])
  /// What became of an order.
  case orderOutcome(key: Bytes32, note: OrderNote)
  /// Nothing is signed any more, but what policy still allows.
  case halted(halt: Halt)
  /// A person has looked, and ends all halts.
  case resumed(note: String)
  /// The observations through this sequence are forgotten; `hash` is the last one's, on which the kept ones go on.
  case observationsPruned(through: UInt64, hash: Bytes32)

  /// The case's name, for tables and logs.
  package var name: String {
    switch self {
    case .reserved: "reserved"
    case .released: "released"
    case .signed: "signed"
    case .revised: "revised"
    case .submitted: "submitted"
    case .mined: "mined"
    case .unmined: "unmined"
    case .settled: "settled"
    case .nonceDoubted: "nonceDoubted"
    case .nonceDoubtLifted: "nonceDoubtLifted"
    case .laneAdvanced: "laneAdvanced"
    case .clockBounded: "clockBounded"
    case .orderPlaced: "orderPlaced"
    case .orderOutcome: "orderOutcome"
    case .halted: "halted"
    case .resumed: "resumed"
    case .observationsPruned: "observationsPruned"
    }
  }
}

/// Signed bytes and what they are for.
package struct AttemptRecord: Hashable, Sendable, Codable {
  package let kind: Attempt.Kind
  package let transactionHash: Bytes32
  /// The signed transaction as it goes over the wire. The single source of its nonce, fees and call.
  package let raw: Octets
  /// The head when it was signed: its age is counted from here.
  package let head: HeadMark
}

/// What one endpoint said to one submission.
package struct EndpointAnswer: Hashable, Sendable, Codable {
  /// The endpoint's name, without secrets.
  package let endpoint: String
  package let submission: Submission

  package init(endpoint: String, submission: Submission) {
    self.endpoint = endpoint
    self.submission = submission
  }
}

/// How a promise ended.
package enum PromiseOutcome: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The call was mined with status 1.
  case served(inclusion: Inclusion)
  /// The call was mined with status 0: gas was paid, nothing else happened.
  case reverted(inclusion: Inclusion)
  /// Our own no-op took the nonce: the call will never happen.
  case cleared(inclusion: Inclusion)
  /// Somebody else's transaction took the nonce: the call will never happen, and we halt.
  case superseded(evidence: ForeignNonce)

  /// The transaction of ours that ended it; nil if it was a stranger's.
  package var inclusion: Inclusion? {
    switch self {
    case .served(let inclusion), .reverted(let inclusion), .cleared(let inclusion): inclusion
    case .superseded: nil
    }
  }

  package var name: String {
    switch self {
    case .served: "served"
    case .reverted: "reverted"
    case .cleared: "cleared"
    case .superseded: "superseded"
    }
  }

  package var description: String {
    switch self {
    case .served(let it): "served in block \(it.blockNumber) by \(it.transactionHash)"
    case .reverted(let it): "reverted in block \(it.blockNumber), transaction \(it.transactionHash)"
    case .cleared(let it): "cleared by a no-op in block \(it.blockNumber), transaction \(it.transactionHash)"
    case .superseded(let evidence): "superseded: \(evidence)"
    }
  }
}

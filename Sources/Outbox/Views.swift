package import Ethereum

/// Where a lane stands, as the judge needs to know it.
package enum LaneStanding: String, Hashable, Sendable, Codable {
  /// Nothing is unsettled.
  case free
  /// A call is on its way, or mined and not final.
  case inFlight
  /// It is not known whether the world has heard of a call, or who used a nonce.
  case inDoubt
}

/// All that is unsettled, for `pending` and for a tick's report. Values only; printing computes nothing.
package struct PendingView: Hashable, Sendable, Codable {
  package let lanes: [LaneView]
  package let openOrders: [OrderView]
  package let halts: [HaltView]
}

/// One sender on one chain.
package struct LaneView: Hashable, Sendable, Codable {
  package let chainID: UInt64
  package let sender: Address
  package let standing: LaneStanding
  /// nil until the first call, while only the chain knows.
  package let nextNonce: UInt64?
  package let nonceInDoubt: UInt64?
  package let gasSpentWei: UInt256
  package let gasHeldWei: UInt256
  package let gasBudgetWei: UInt256
  package let promises: [PromiseView]
}

/// One promise.
package struct PromiseView: Hashable, Sendable, Codable {
  package let intentID: Bytes32
  package let vault: String
  package let purpose: Purpose
  package let nonce: UInt64
  /// "reserved", "signed", "submitted", "mined"; or the outcome's name.
  package let state: String
  package let summary: String
  package let call: String
  /// The most it can cost while open, what it did cost once settled.
  package let costWei: UInt256
  package let reservedAtUnixSeconds: UInt64
  package let block: UInt64?
  package let attempts: [AttemptView]
}

/// One signed transaction.
package struct AttemptView: Hashable, Sendable, Codable {
  package let transactionHash: Bytes32
  package let kind: Attempt.Kind
  package let tipWei: UInt256
  package let feeCapWei: UInt256
  package let submissions: UInt64
  /// What each endpoint said last.
  package let answers: [EndpointAnswer]
  /// "submitted", "inDoubt", "outbid" by a later attempt, "mined", or "replacedByUs" where another one was mined.
  package let standing: String
}

/// One order at a venue that is not over.
package struct OrderView: Hashable, Sendable, Codable {
  package let key: Bytes32
  package let vault: String
  package let intentID: Bytes32
  package let state: String
  package let placedAtUnixSeconds: UInt64
}

/// One halt in force, with its remedy in the text.
package struct HaltView: Hashable, Sendable, Codable {
  package let code: String
  package let text: String
}

/// One promise record as a line of `journal show`.
package struct JournalLine: Hashable, Sendable, Codable {
  package let sequence: UInt64
  package let unixSeconds: UInt64
  package let hash: Bytes32
  package let name: String
  /// The intent, order or lane it is about.
  package let subject: String
  package let text: String

  package init(_ durable: Durable<PromiseRecord>) {
    sequence = durable.sequence
    unixSeconds = durable.unixSeconds
    hash = durable.hash
    name = durable.record.name
    (subject, text) = Self.words(for: durable.record)
  }

  private static func words(for record: PromiseRecord) -> (subject: String, text: String) {
    switch record {
    case .reserved(let intent, let nonce, let fees):
      ("\(intent.id)", "\(intent.vault): \(intent.grounds.summary); nonce \(nonce), \(fees)")
    case .released(let id, let reason): ("\(id)", reason)
    case .signed(let id, let attempt):
      ("\(id)", "\(attempt.kind.rawValue) \(attempt.transactionHash), \(attempt.raw.bytes.count) bytes")
    case .revised(let id, let intent, let fees):
      ("\(id)", "now \(intent.id), \(intent.vault): \(intent.grounds.summary); \(fees)")
    case .submitted(let id, let hash, let answers, _):
      ("\(id)", "\(hash): " + answers.map { "\($0.endpoint) \($0.submission)" }.joined(separator: "; "))
    case .mined(let id, let it, _):
      ("\(id)", "\(it.transactionHash) in block \(it.blockNumber), status \(it.succeeded ? 1 : 0), gas \(it.gasUsed)")
    case .unmined(let id, let it, let canonicalHash, _):
      ("\(id)", "\(it.transactionHash) left block \(it.blockNumber) (\(it.blockHash)), \(canonicalHash) stands there")
    case .settled(let id, let outcome, _): ("\(id)", "\(outcome)")
    case .nonceDoubted(let lane, let nonce, let seen): ("\(lane)", "nonce \(nonce) in doubt since \(seen)")
    case .nonceDoubtLifted(let lane, let nonce, let seen): ("\(lane)", "nonce \(nonce) is free at \(seen)")
    case .laneAdvanced(let lane, let nextNonce, let seen):
      ("\(lane)", "another writer used the nonces below \(nextNonce), seen at \(seen)")
    case .clockBounded(let lane, let seen): ("\(lane)", "the clock was ahead of \(seen); charges count as of then")
    case .orderPlaced(let id, let keys): ("\(id)", "orders " + keys.map(\.description).joined(separator: ", "))
    case .orderOutcome(let key, let note): ("\(key)", note.state)
    case .halted(let halt): (halt.code, "\(halt)")
    case .resumed(let note): ("", note)
    case .observationsPruned(let through, let hash): ("observations", "forgotten through \(through) (\(hash))")
    }
  }
}

extension Outbox {
  /// Where a lane stands; a lane without any promise is free.
  package func standing(_ id: LaneID) -> LaneStanding {
    guard let lane = state.lane(id) else { return .free }
    if lane.doubt != nil || lane.open.contains(where: \.isInDoubt) { return .inDoubt }
    return lane.open.isEmpty ? .free : .inFlight
  }

  /// Everything that is unsettled at `now`.
  /// - Throws: `noPolicy` for a chain that is in the journal and not in the configuration.
  package func pending(now unixSeconds: UInt64) throws(OutboxError) -> PendingView {
    var lanes: [LaneView] = []
    for lane in state.lanes {
      let budget = try gasBudget(lane.id, now: unixSeconds)
      lanes.append(
        LaneView(
          chainID: lane.id.chainID, sender: lane.id.sender, standing: standing(lane.id),
          nextNonce: lane.nextFreeNonce, nonceInDoubt: lane.doubt?.nonce, gasSpentWei: budget.spentWei,
          gasHeldWei: budget.heldWei, gasBudgetWei: budget.budgetWei, promises: lane.open.map(\.view)))
    }
    return PendingView(
      lanes: lanes,
      openOrders: state.openOrders.map {
        OrderView(
          key: $0.key, vault: $0.vault, intentID: $0.intentID, state: $0.note?.state ?? "placed",
          placedAtUnixSeconds: $0.placedAtUnixSeconds)
      },
      halts: state.halts.map { HaltView(code: $0.code, text: $0.description) })
  }

  /// Orders of a vault that are not over, for the venue's adapter to look after.
  package func openOrders(vault: String, chainID: UInt64) -> [PlacedOrder] {
    state.openOrders.filter { $0.vault == vault && $0.chainID == chainID }
  }
}

extension Promise {
  /// Sent, and no node said that it took the bytes, nor that it did not.
  var isInDoubt: Bool {
    guard inclusion == nil, let last = attempts.last else { return false }
    return last.isInDoubt
  }

  var view: PromiseView {
    PromiseView(
      intentID: intent.id, vault: intent.vault, purpose: intent.purpose, nonce: nonce, state: state.rawValue,
      summary: intent.grounds.summary, call: intent.grounds.call, costWei: heldWei,
      reservedAtUnixSeconds: reservedAtUnixSeconds, block: inclusion?.blockNumber,
      attempts: attempts.map { $0.view(in: self) })
  }
}

extension Attempt {
  var isInDoubt: Bool {
    switch Submission.strongest(of: answers) {
    // Signed, and the process ended before an answer was written down: it may have gone out.
    case nil, .maybeAccepted: true
    case .rejected(.nonceTooLow): true
    case .accepted, .alreadyKnown, .rejected, .notSent: false
    }
  }

  func view(in promise: Promise) -> AttemptView {
    let standing =
      if let inclusion = promise.inclusion {
        inclusion.transactionHash == transactionHash ? "mined" : "replacedByUs"
      } else if transactionHash != promise.attempts.last?.transactionHash {
        "outbid"
      } else if isInDoubt {
        "inDoubt"
      } else {
        "submitted"
      }
    return AttemptView(
      transactionHash: transactionHash, kind: kind, tipWei: fees.tipWei, feeCapWei: fees.feeCapWei,
      submissions: submissions, answers: answers, standing: standing)
  }
}

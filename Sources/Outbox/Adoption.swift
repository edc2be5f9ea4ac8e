package import Ethereum

/// One transaction of ours as another writer with the same key finds it: the decision it serves and its signed bytes.
/// Whoever holds it can keep the promise.
package struct Bequest: Hashable, Sendable {
  /// Which of the promise's transactions it is, from 0, as its writer counted.
  package let place: Int
  /// `reserved` with the decision that this very transaction serves, then `signed`.
  package let records: [PromiseRecord]
  package let lane: LaneID
  package let nonce: UInt64
  package let transactionHash: Bytes32
  let intent: PromiseIntent
  let fees: FeeTerms
  let attempt: AttemptRecord

  init(place: Int, intent: PromiseIntent, nonce: UInt64, fees: FeeTerms, attempt: AttemptRecord) {
    self.place = place
    self.intent = intent
    self.nonce = nonce
    self.fees = fees
    self.attempt = attempt
    lane = intent.lane
    transactionHash = attempt.transactionHash
    records = [
      .reserved(intent: intent, nonce: nonce, fees: fees), .signed(intentID: intent.id, attempt: attempt),
    ]
  }

  /// From records that came from elsewhere. Whether they can follow what is known is for folding them to say.
  /// - Throws: `contradiction` when they are not one decision and a transaction for it.
  package init(place: Int, records: [PromiseRecord]) throws(OutboxError) {
    guard place >= 0, records.count == 2, case .reserved(let intent, let nonce, let fees) = records[0],
      case .signed(let intentID, let attempt) = records[1], intentID == intent.id
    else { throw .contradiction(record: "bequest", what: "it is not one decision and one transaction for it") }
    self.init(place: place, intent: intent, nonce: nonce, fees: fees, attempt: attempt)
  }
}

extension Outbox {
  /// What another writer would need to keep the promise of this transaction: the transactions for its nonce, up to and
  /// with it. Empty when the promise is over.
  package func bequests(through transaction: JournaledTransaction) -> [Bequest] {
    guard let promise = state.openPromise(transaction.intentID),
      let last = promise.attempts.firstIndex(where: { $0.transactionHash == transaction.hash })
    else { return [] }
    return promise.attempts[...last].enumerated().compactMap { place, attempt in
      promise.intent(of: attempt.transactionHash).map { intent in
        Bequest(
          place: place, intent: intent, nonce: promise.nonce, fees: attempt.fees,
          attempt: AttemptRecord(
            kind: attempt.kind, transactionHash: attempt.transactionHash, raw: attempt.raw, head: attempt.signedAt))
      }
    }
  }

  /// The records with which this journal learns what another writer with our key has promised in the meantime.
  ///
  /// What was never signed here is given back. A nonce of ours that is open takes up the other writer's transactions,
  /// whether it served them or not: the chain will tell which one is mined, and nothing of ours can be mined beside it.
  /// Nonces that were settled elsewhere are passed over, unless one of ours is open below them.
  /// - Parameters:
  ///   - bequests: in the order of nonces, and of sending within one.
  ///   - settledBelow: every nonce below this one was settled by the other writer.
  /// - Throws: `contradiction` when the other writer's nonces do not join on to ours.
  package func adopting(
    _ bequests: [Bequest], settledBelow: UInt64, in id: LaneID
  ) throws(OutboxError) -> [PromiseRecord] {
    let open = (state.lane(id)?.open ?? []).filter { !$0.attempts.isEmpty }.map(\.withoutUnsignedRevision)
    let next = state.lane(id)?.nextNonce
    let first = open.first?.nonce ?? max(settledBelow, next ?? 0)
    let wanted = bequests.filter { $0.lane == id && $0.nonce >= first }
    var records = givingBack(in: id)
    if open.isEmpty, let next, first > next, let seen = wanted.first ?? bequests.last {
      records.append(.laneAdvanced(lane: id, nextNonce: first, seen: seen.attempt.head))
    }
    // The nonce that comes next here; any, where nothing was ever promised.
    var expected = open.last.map { $0.nonce &+ 1 } ?? (next == nil ? wanted.first?.nonce ?? first : first)
    var newest: (nonce: UInt64, intentID: Bytes32)?
    for bequest in wanted {
      let own = open.first { $0.nonce == bequest.nonce }
      // What is known here needs no record; what is mined, as we last saw it, takes none.
      if let own, own.attempt(bequest.transactionHash) != nil || own.inclusion != nil { continue }
      if let current = newest?.nonce == bequest.nonce ? newest?.intentID : own?.intent.id {
        records += Self.joining(bequest, to: current)
      } else {
        guard bequest.nonce == expected else {
          throw .contradiction(
            record: "bequest",
            what: "the other writer goes on at nonce \(bequest.nonce) of \(id), here \(expected) is next")
        }
        expected &+= 1
        records += [
          .reserved(intent: bequest.intent, nonce: bequest.nonce, fees: bequest.fees),
          .signed(intentID: bequest.intent.id, attempt: bequest.attempt.as(.first)),
        ]
      }
      newest = (bequest.nonce, bequest.intent.id)
    }
    return records
  }

  /// Another transaction for a nonce whose newest decision is `current`.
  private static func joining(_ bequest: Bequest, to current: Bytes32) -> [PromiseRecord] {
    guard bequest.intent.id == current else {
      return [
        .revised(intentID: current, intent: bequest.intent, fees: bequest.fees),
        .signed(intentID: bequest.intent.id, attempt: bequest.attempt.as(.adopted)),
      ]
    }
    let kind: Attempt.Kind = bequest.attempt.kind == .noOp ? .noOp : .feeBump
    return [.signed(intentID: current, attempt: bequest.attempt.as(kind))]
  }

  /// Nonces and revisions that nothing was signed for.
  private func givingBack(in id: LaneID) -> [PromiseRecord] {
    let why = "the writer's lease passed on before this was signed"
    return (state.lane(id)?.open ?? []).compactMap { promise in
      guard promise.attempts.isEmpty || promise.revisedFees != nil else { return nil }
      return .released(intentID: promise.intent.id, reason: why)
    }
  }
}

extension AttemptRecord {
  /// The same bytes in another place of a promise's history: what was the first transaction of its writer may be the
  /// second one here.
  func `as`(_ kind: Attempt.Kind) -> AttemptRecord {
    AttemptRecord(kind: kind, transactionHash: transactionHash, raw: raw, head: head)
  }
}

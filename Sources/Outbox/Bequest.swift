package import Ethereum

/// One transaction of ours as another writer with the same key finds it: the decision it serves and its signed bytes.
/// Whoever holds it can keep the promise.
package struct Bequest: Hashable, Sendable {
  /// Which of the promise's transactions it is, from 0, as its writer counted.
  package let place: Int
  package let lane: LaneID
  package let nonce: UInt64
  package let transactionHash: Bytes32
  /// `reserved` with the decision that this very transaction serves, then `signed`.
  package let records: [PromiseRecord]
  /// The head when it was signed.
  let head: HeadMark

  /// From records that came from elsewhere. Whether they can follow what is known is for `inheriting` to say.
  /// - Throws: `contradiction` when they are not one decision and a transaction for it.
  package init(place: Int, records: [PromiseRecord]) throws(OutboxError) {
    guard place >= 0, records.count == 2, case .reserved(let intent, let nonce, _) = records[0],
      case .signed(let intentID, let attempt) = records[1], intentID == intent.id
    else { throw .contradiction(record: "bequest", what: "it is not one decision and one transaction for it") }
    self.place = place
    self.records = records
    self.nonce = nonce
    lane = intent.lane
    transactionHash = attempt.transactionHash
    head = attempt.head
  }
}

extension Outbox {
  /// What another writer would need to keep the promise of this transaction: the transactions for its nonce, up to and
  /// with it. Empty when the promise is over.
  package func bequests(through transaction: JournaledTransaction) throws(OutboxError) -> [Bequest] {
    guard let promise = state.openPromise(transaction.intentID),
      let last = promise.attempts.firstIndex(where: { $0.transactionHash == transaction.hash })
    else { return [] }
    var bequests: [Bequest] = []
    for (place, attempt) in promise.attempts[...last].enumerated() {
      guard let intent = promise.intent(of: attempt.transactionHash) else { continue }
      let record = AttemptRecord(
        kind: attempt.kind, transactionHash: attempt.transactionHash, raw: attempt.raw, head: attempt.signedAt)
      bequests.append(
        try Bequest(
          place: place,
          records: [
            .reserved(intent: intent, nonce: promise.nonce, fees: attempt.fees),
            .signed(intentID: intent.id, attempt: record),
          ]))
    }
    return bequests
  }

  /// The records with which this journal learns what another writer with our key has promised meanwhile.
  ///
  /// What was reserved here and never signed is given back. Of the nonces that the other writer settled, the newest
  /// that a budget may still ask for are taken over as if they were not: the chain tells once more what became of them,
  /// and what they cost and traded is charged here, as of now. Those before them are passed over, unless one of ours is
  /// still open: it takes up the other's transactions, and the chain will tell which was mined.
  /// - Parameters:
  ///   - bequests: in the order of nonces, and of sending within one.
  ///   - settledBelow: every nonce below this one was settled by the other writer.
  /// - Throws: `contradiction` when the other writer's promises do not join on to ours.
  package func inheriting(
    _ bequests: [Bequest], settledBelow: UInt64, in id: LaneID, now unixSeconds: UInt64
  ) throws(OutboxError) -> [PromiseRecord] {
    let open = state.lane(id)?.open ?? []
    let signed = open.filter { !$0.attempts.isEmpty }
    let first =
      signed.first?.nonce ?? max(firstToCharge(bequests, below: settledBelow, in: id), state.lane(id)?.nextNonce ?? 0)
    // A promise that is mined, as we last saw it, takes no further transaction.
    let wanted = bequests.filter { bequest in
      bequest.lane == id && bequest.nonce >= first
        && !signed.contains { $0.nonce == bequest.nonce && $0.inclusion != nil }
    }
    let givenBack = open.filter { $0.attempts.isEmpty || $0.revisedFees != nil }.map {
      PromiseRecord.released(intentID: $0.intent.id, reason: "the writer's lease passed on before this was signed")
    }
    guard let seen = wanted.first?.head ?? signed.first?.attempts.first?.signedAt ?? open.first?.intent.decidedAt else {
      return []
    }
    return try adoption(of: givenBack + wanted.flatMap(\.records), seen: seen, now: unixSeconds)
  }

  /// How many nonces of another writer are taken over although they are settled. Two questions to a node for each of
  /// their transactions keep within the hundred of a batch that the strictest providers take; it is a day's work of a
  /// vault that is hedged every three quarters of an hour.
  private static let settledNoncesCharged = 32

  /// The lowest nonce of an unbroken row below `settledBelow` whose calls the longest budget may ask for, by the time
  /// of the newest call. A nonce that is missing was not the other writer's, and is nothing to look for.
  private func firstToCharge(_ bequests: [Bequest], below settledBelow: UInt64, in id: LaneID) -> UInt64 {
    let own = bequests.filter { $0.lane == id }
    let newest = own.map(\.head.timestamp).max() ?? 0
    let windows = policies.first { $0.chainID == id.chainID }?.gasWindows.map(\.seconds) ?? []
    let window = windows.reduce(LanePolicy.daySeconds) { max($0, $1) }
    var first = settledBelow
    for _ in 0..<Self.settledNoncesCharged {
      guard first > 0,
        own.contains(where: {
          $0.nonce == first - 1 && BudgetTime.isWithin(window, of: newest, $0.head.timestamp)
        })
      else { break }
      first -= 1
    }
    return first
  }
}

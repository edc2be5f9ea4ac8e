import Ethereum

/// Taking over what another writer with the same key has promised: a standby that becomes the writer reads the records
/// that were put under the other's lease, and goes on with them as if it had written them itself.
extension Outbox {
  /// The records to commit, in this order, so that the promises in `records` are ours as well. Those that are known
  /// already are left out, so that the same tail may be read any number of times; nonces that the other writer used
  /// and settled in between are skipped by `laneAdvanced`.
  ///
  /// Where both have signed for the same nonce, the other's call becomes a revision of ours: the nonce is one promise,
  /// and whichever is mined tells which decision was served.
  /// - Parameter records: `reserved`, `revised`, `released`, `signed` and `submitted` of the other writer, oldest
  ///   first. Others are ignored: what the chain tells is read from the chain.
  /// - Throws: `contradiction` if they cannot follow what is known: then nothing may be sent.
  package func adoption(
    of records: [PromiseRecord], seen: HeadMark, now unixSeconds: UInt64
  ) throws(OutboxError) -> [PromiseRecord] {
    var state = state
    var adopted: [PromiseRecord] = []
    for record in records {
      for own in state.adopting(record, seen: seen) {
        try state.fold(own, at: unixSeconds)
        adopted.append(own)
      }
    }
    return adopted
  }
}

extension OutboxState {
  /// The records by which one of another writer becomes ours; none if it is known, or over.
  fileprivate func adopting(_ record: PromiseRecord, seen: HeadMark) -> [PromiseRecord] {
    switch record {
    case .reserved(let intent, let nonce, let fees):
      return adopting(intent, nonce: nonce, fees: fees, record, seen: seen)
    case .revised(let intentID, let intent, let fees):
      guard !promisedIDs.contains(intent.id), let promise = openPromise(intentID) else { return [] }
      return withdrawing(promise) + [.revised(intentID: promise.signedIntent.id, intent: intent, fees: fees)]
    case .released(let intentID, _):
      guard let promise = openPromise(intentID), promise.intent.id == intentID,
        promise.attempts.isEmpty || promise.revisedFees != nil
      else { return [] }
      return [record]
    case .signed(let intentID, let attempt):
      guard let promise = openPromise(intentID), promise.attempt(attempt.transactionHash) == nil else { return [] }
      guard promise.revisedFees != nil, !attempt.kind.isRevision else { return [record] }
      return [
        .signed(
          intentID: intentID,
          attempt: AttemptRecord(
            kind: .adopted, transactionHash: attempt.transactionHash, raw: attempt.raw, head: attempt.head))
      ]
    case .submitted(let intentID, let hash, _, _):
      // What the other heard of it is of use only as long as we have sent nothing ourselves.
      guard let attempt = openPromise(intentID)?.attempt(hash), attempt.intentID == intentID,
        attempt.submittedAt == nil
      else { return [] }
      return [record]
    case .mined, .unmined, .settled, .nonceDoubted, .nonceDoubtLifted, .laneAdvanced, .clockBounded, .orderPlaced,
      .orderOutcome, .halted, .resumed, .observationsPruned:
      return []
    }
  }

  private func adopting(
    _ intent: PromiseIntent, nonce: UInt64, fees: FeeTerms, _ record: PromiseRecord, seen: HeadMark
  ) -> [PromiseRecord] {
    guard !promisedIDs.contains(intent.id) else { return [] }
    guard let lane = lane(intent.lane), let free = lane.nextFreeNonce else { return [record] }
    if let own = lane.open.first(where: { $0.nonce == nonce }) {
      // Nothing of ours is out: the nonce is the other's.
      if own.attempts.isEmpty { return [.released(intentID: own.intent.id, reason: "another writer took it"), record] }
      guard own.inclusion == nil else { return [] }
      return withdrawing(own) + [.revised(intentID: own.signedIntent.id, intent: intent, fees: fees)]
    }
    // Below what we know to be used it is over; a gap was used by the other writer and settled by the chain.
    if nonce < free { return [] }
    if nonce == free { return [record] }
    return [.laneAdvanced(lane: intent.lane, nextNonce: nonce, seen: seen), record]
  }

  private func withdrawing(_ promise: Promise) -> [PromiseRecord] {
    guard promise.revisedFees != nil else { return [] }
    return [.released(intentID: promise.intent.id, reason: "another writer took the nonce")]
  }
}

extension Promise {
  /// The newest decision that has signed bytes, or the only one.
  var signedIntent: PromiseIntent { withoutUnsignedRevision.intent }
}

extension PromiseRecord {
  /// The record with the version of its form, as another writer reads it.
  /// - Throws: `unencodable`, which is a bug and never a loss.
  package func encoded() throws(JournalFailure) -> [UInt8] {
    try JournalEnvelope(self, link: nil).encoded()
  }

  /// A record that another writer has encoded.
  /// - Throws: `foreignFormat` for one of a newer version, `unreadable` for anything that is no record.
  package init(decoding bytes: [UInt8]) throws(JournalFailure) {
    if let version = JournalFormat.foreign(in: bytes) {
      throw .foreignFormat(
        what: "a record of another writer has format \(version), known are 1 to \(JournalFormat.current)")
    }
    do { self = try JSONCoding.decode(JournalEnvelope<PromiseRecord>.self, from: bytes).record } catch {
      throw .unreadable(what: "bytes of another writer are no record: \(error)")
    }
  }
}

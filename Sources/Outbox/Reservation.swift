package import Ethereum

/// A transaction that may now be signed for a promise: the nonce is reserved, the fees are within policy and budget.
/// Only the outbox makes one, and what comes back from the signer is compared with it field by field.
package struct Reservation: Hashable, Sendable {
  package let intentID: Bytes32
  package let lane: LaneID
  package let kind: Attempt.Kind
  /// What is to be signed.
  package let transaction: UnsignedTransaction
  /// The head at which it is signed; the attempt's age is counted from here.
  package let head: HeadMark

  init(promise: Promise, kind: Attempt.Kind, gasLimit: UInt64, fees: FeeTerms, head: HeadMark) {
    intentID = promise.intent.id
    lane = promise.intent.lane
    self.kind = kind
    self.head = head
    let isNoOp = kind == .noOp
    transaction = UnsignedTransaction(
      kind: fees.transactionKind, chainID: promise.intent.chainID, nonce: promise.nonce,
      gasLimit: isNoOp ? gasLimit : promise.intent.gasLimit,
      to: isNoOp ? promise.intent.sender : promise.intent.to,
      valueWei: isNoOp ? .zero : promise.intent.valueWei, data: isNoOp ? [] : promise.intent.data.bytes,
      accessList: [])
  }

  /// Compares what was signed with what was asked for, field by field.
  /// - Throws: `signedOtherwise`, naming the first field that differs.
  func verify(_ signed: UnsignedTransaction) throws(OutboxError) {
    let asked = transaction
    func same<Value: Equatable>(_ field: String, _ expected: Value, _ found: Value) throws(OutboxError) {
      guard expected == found else {
        throw .signedOtherwise(field: field, expected: "\(expected)", found: "\(found)")
      }
    }
    try same("chain id", asked.chainID, signed.chainID)
    try same("nonce", asked.nonce, signed.nonce)
    try same("kind and fees", asked.kind, signed.kind)
    try same("gas limit", asked.gasLimit, signed.gasLimit)
    try same("recipient", asked.to?.description ?? "none", signed.to?.description ?? "none")
    try same("value", asked.valueWei, signed.valueWei)
    try same("data", Keccak256.hash(asked.data), Keccak256.hash(signed.data))
    try same("access list", asked.accessList, signed.accessList)
    guard asked == signed else {
      throw .signedOtherwise(field: "a field that has no name here", expected: "\(asked)", found: "\(signed)")
    }
  }
}

extension Outbox {
  /// Gives a decision its nonce. Commit the record, ask for `firstReservation`, sign, and commit `signed(…)`.
  ///
  /// The nonce is the larger of the chain's count and our own next one, but where the two disagree somebody is wrong or
  /// somebody else is at work, and nothing is given out.
  /// - Throws: `refused` with the numbers, `noPolicy`, or `ethereum` for costs beyond 256 bits.
  package func reserve(
    _ intent: PromiseIntent, fees: FeeTerms, evidence: NodeEvidence, now unixSeconds: UInt64
  ) throws(OutboxError) -> PromiseRecord {
    let policy = try policy(for: intent.chainID)
    guard evidence.lane == intent.lane else {
      throw .refused(.otherLane(intent: intent.lane, evidence: evidence.lane))
    }
    guard try mayReserve(intent.purpose, chainID: intent.chainID) else {
      throw .refused(.halted(codes: state.halts.map(\.code), purpose: intent.purpose))
    }
    guard !state.promisedIDs.contains(intent.id) else { throw .refused(.alreadyPromised(intentID: intent.id)) }
    let nonce = try freeNonce(in: intent.lane, evidence, policy)
    let ceilingWei = policy.ceilingWei(for: .first)
    guard fees.feeCapWei <= ceilingWei else {
      throw .refused(.feeAboveCeiling(feeCapWei: fees.feeCapWei, ceilingWei: ceilingWei))
    }
    let worst = try Cost.worst(of: intent, kind: .first, gasLimit: intent.gasLimit, fees: fees)
    try checkGas(
      Charge(
        lane: intent.lane, worstWei: worst, promise: nil, nativePrice: intent.nativePrice, policy: policy,
        end: BudgetTime.end(now: unixSeconds, head: evidence.head)))
    try checkVault(intent, inPlaceOf: nil, now: unixSeconds, head: evidence.head)
    return .reserved(intent: intent, nonce: nonce, fees: fees)
  }

  /// The nonce that a decision made on this evidence would get.
  /// - Throws: `refused` with the numbers where none is given out now, `noPolicy`.
  package func nextNonce(_ evidence: NodeEvidence) throws(OutboxError) -> UInt64 {
    try freeNonce(in: evidence.lane, evidence, policy(for: evidence.lane.chainID))
  }

  private func freeNonce(
    in id: LaneID, _ evidence: NodeEvidence, _ policy: LanePolicy
  ) throws(OutboxError) -> UInt64 {
    let lane = state.lane(id) ?? Lane(id: id)
    if let newest = lane.newestSeen, lane.isStale(evidence.head) {
      throw .refused(.staleEvidence(lane: id, head: evidence.head, newestSeen: newest))
    }
    if let doubt = lane.doubt { throw .refused(.nonceInDoubt(lane: id, nonce: doubt.nonce, since: doubt.since)) }
    if let call = lane.open.first(where: \.isInDoubt), policy.unsettledPromises > 1 {
      throw .refused(.callInDoubt(lane: id, intentID: call.intent.id, nonce: call.nonce))
    }
    guard lane.open.count < policy.unsettledPromises, lane.open.allSatisfy({ !$0.attempts.isEmpty }) else {
      throw .refused(
        .laneOccupied(lane: id, unsettled: lane.open.map(\.intent.id), limit: policy.unsettledPromises))
    }
    let next = lane.nextFreeNonce ?? evidence.minedNonce
    guard evidence.minedNonce <= next else {
      throw .refused(.chainAhead(lane: id, minedNonce: evidence.minedNonce, ourNext: next))
    }
    guard !lane.open.isEmpty || evidence.minedNonce == next else {
      throw .refused(.chainBehind(lane: id, minedNonce: evidence.minedNonce, ourNext: next))
    }
    if let pooled = evidence.pooledNonce, pooled > next {
      throw .refused(.poolAhead(lane: id, pooledNonce: pooled, ourNext: next))
    }
    // Nothing of ours tells the first nonce. What used the key before may still be undone for good: a call above it
    // would wait behind a nonce that nobody uses, and who looks anew would promise that one. Of a key that was never
    // used nothing can be undone.
    if lane.isFresh, next > 0, evidence.finalCount != next {
      throw .refused(.firstNonceNotFinal(lane: id, minedNonce: next, finalNonce: evidence.finalCount))
    }
    return next
  }

  /// The transaction to sign for a promise that is reserved and has no signed bytes yet, at `head`.
  package func firstReservation(_ intentID: Bytes32, head: HeadMark) -> Reservation? {
    guard let promise = state.openPromise(intentID), promise.attempts.isEmpty else { return nil }
    return Reservation(
      promise: promise, kind: .first, gasLimit: promise.intent.gasLimit, fees: promise.firstFees, head: head)
  }

  /// The record of a signature, after comparing it with the reservation. Commit it before anything is sent.
  ///
  /// The sender is not recovered here, since that takes the curve: the wallet does it before it hands the bytes out.
  /// - Throws: `signedOtherwise` if the signer changed anything, `refused` if a halt came in between.
  package func signed(
    _ transaction: SignedTransaction, for reservation: Reservation
  ) throws(OutboxError) -> PromiseRecord {
    let purpose: Purpose =
      reservation.kind == .noOp ? .clearNonce : state.openPromise(reservation.intentID)?.intent.purpose ?? .act
    guard try mayReserve(purpose, chainID: reservation.lane.chainID) else {
      throw .refused(.halted(codes: state.halts.map(\.code), purpose: purpose))
    }
    try reservation.verify(transaction.transaction)
    let decoded: SignedTransaction
    do { decoded = try SignedTransaction.decode(transaction.raw) } catch {
      throw .signedOtherwise(field: "encoding", expected: "a transaction", found: "\(error)")
    }
    try reservation.verify(decoded.transaction)
    guard decoded.hash == transaction.hash else {
      throw .signedOtherwise(field: "hash", expected: "\(decoded.hash)", found: "\(transaction.hash)")
    }
    return .signed(
      intentID: reservation.intentID,
      attempt: AttemptRecord(
        kind: reservation.kind, transactionHash: decoded.hash, raw: Octets(transaction.raw),
        head: reservation.head))
  }
}

/// Signed bytes that the journal holds. The only thing a sender accepts, and only a durable record leads to one, so
/// nothing can be broadcast that would be forgotten in a crash.
package struct JournaledTransaction: Hashable, Sendable {
  /// The decision it serves; of a no-op, the one that it clears away.
  package let intentID: Bytes32
  package let lane: LaneID
  package let kind: Attempt.Kind
  package let nonce: UInt64
  package let hash: Bytes32
  package let raw: [UInt8]

  /// From the folded state, which holds durable records only.
  fileprivate init(_ attempt: Attempt, of promise: Promise) {
    intentID = attempt.intentID
    lane = promise.intent.lane
    kind = attempt.kind
    nonce = promise.nonce
    hash = attempt.transactionHash
    raw = attempt.raw.bytes
  }
}

extension Outbox {
  /// The bytes to send for a signature that was just committed. nil if the record is no signature, or its promise is
  /// over already.
  package func transaction(for durable: Durable<PromiseRecord>) -> JournaledTransaction? {
    guard case .signed(let intentID, let record) = durable.record else { return nil }
    return transaction(record.transactionHash, of: intentID)
  }

  /// Bytes that were signed for an open promise; nil if these were not, or it is over.
  package func transaction(_ hash: Bytes32, of intentID: Bytes32) -> JournaledTransaction? {
    guard let promise = state.openPromise(intentID), let attempt = promise.attempt(hash) else { return nil }
    return JournaledTransaction(attempt, of: promise)
  }

  /// The record of what the endpoints answered to a submission.
  package func submitted(
    _ transaction: JournaledTransaction, answers: [EndpointAnswer], head: HeadMark
  ) -> PromiseRecord {
    .submitted(
      intentID: transaction.intentID, transactionHash: transaction.hash, answers: answers, head: head)
  }
}

package import Ethereum

/// A replacement is a new decision: before it goes out the judge looks again at the world as it is now. What it then
/// wants takes the nonce of the call that waits, so that one of the two is mined and never both.
extension Outbox {
  /// Gives a waiting promise's nonce to another decision. Commit the record, ask for `revisionReservation`, sign, and
  /// commit `signed(…)`. `fees` is what the market asks for; the record offers at least that, at least what pools
  /// demand of a replacement, and never more than the ceiling.
  /// - Parameter intentID: any decision the nonce was given to.
  /// - Throws: `refused` with the numbers, `contradiction` for a promise that is not open, not signed or mined,
  ///   `noPolicy`, or `ethereum` for costs beyond 256 bits.
  package func revise(
    _ intentID: Bytes32, to intent: PromiseIntent, fees quote: FeeTerms, evidence: NodeEvidence,
    now unixSeconds: UInt64
  ) throws(OutboxError) -> PromiseRecord {
    let policy = try policy(for: intent.chainID)
    guard evidence.lane == intent.lane else {
      throw .refused(.otherLane(intent: intent.lane, evidence: evidence.lane))
    }
    guard try mayReserve(intent.purpose, chainID: intent.chainID) else {
      throw .refused(.halted(codes: state.halts.map(\.code), purpose: intent.purpose))
    }
    guard !state.promisedIDs.contains(intent.id) else { throw .refused(.alreadyPromised(intentID: intent.id)) }
    guard let promise = state.openPromise(intentID), let last = promise.attempts.last else {
      throw .contradiction(record: "revised", what: "promise \(intentID) is not open, or has nothing signed")
    }
    try checkIsFree(promise, evidence, policy)
    let needed = try replacementTerms(of: promise, last, policy)
    let ceilingWei = policy.ceilingWei(for: .revision)
    guard needed.feeCapWei <= ceilingWei, needed.tipWei <= ceilingWei else {
      throw .refused(.feeAboveCeiling(feeCapWei: needed.feeCapWei, ceilingWei: ceilingWei))
    }
    let fees = needed.atLeast(quote).lowered(to: ceilingWei)
    let worst = try Cost.worst(of: intent, kind: .revision, gasLimit: intent.gasLimit, fees: fees)
    try checkGas(
      Charge(
        lane: intent.lane, worstWei: max(worst, promise.heldWei), promise: promise, nativePrice: intent.nativePrice,
        policy: policy, end: BudgetTime.end(now: unixSeconds, head: evidence.head)))
    try checkVault(intent, inPlaceOf: promise, now: unixSeconds, head: evidence.head)
    let record = PromiseRecord.revised(intentID: promise.intent.id, intent: intent, fees: fees)
    // What the memory would refuse is no record.
    var next = state
    try next.fold(record, at: unixSeconds)
    return record
  }

  /// Whether the nonce may still be given to another decision, as far as evidence and policy go.
  private func checkIsFree(
    _ promise: Promise, _ evidence: NodeEvidence, _ policy: LanePolicy
  ) throws(OutboxError) {
    let id = promise.intent.lane
    guard let lane = state.lane(id) else { return }
    if let newest = lane.newestSeen, lane.isStale(evidence.head) {
      throw .refused(.staleEvidence(lane: id, head: evidence.head, newestSeen: newest))
    }
    if let doubt = lane.doubt { throw .refused(.nonceInDoubt(lane: id, nonce: doubt.nonce, since: doubt.since)) }
    guard evidence.minedNonce <= promise.nonce else {
      throw .refused(.chainAhead(lane: id, minedNonce: evidence.minedNonce, ourNext: promise.nonce))
    }
    // Once its clearing was signed a nonce is given up: a call that came after it could not be told from a late one.
    guard !promise.attempts.contains(where: { $0.kind == .noOp }) else {
      throw .refused(.isBeingCleared(intentID: promise.intent.id))
    }
    let used = promise.attempts.count
    guard used < policy.attemptsPerPromise else {
      throw .refused(
        .signaturesUsedUp(intentID: promise.intent.id, signatures: used, limit: policy.attemptsPerPromise))
    }
  }

  /// The transaction to sign for a revision that has no signed bytes yet, at `head`. nil if there is none.
  package func revisionReservation(_ intentID: Bytes32, head: HeadMark) -> Reservation? {
    guard let promise = state.openPromise(intentID), promise.inclusion == nil, let fees = promise.revisedFees else {
      return nil
    }
    return Reservation(
      promise: promise, kind: .revision, gasLimit: promise.intent.gasLimit, fees: fees, head: head)
  }

  /// The least terms at which pools take something in place of whatever they hold of a promise: of `last`, which offers
  /// most, unless it was taken over from another writer.
  func replacementTerms(
    of promise: Promise, _ last: Attempt, _ policy: LanePolicy
  ) throws(OutboxError) -> FeeTerms {
    let highest = promise.attempts.reduce(last.fees) { $0.atLeast($1.fees) }
    do { return try highest.raised(perMille: policy.replacementPerMille) } catch {
      throw .ethereum(what: "raising \(highest): \(error)")
    }
  }
}

import Ethereum

/// Closing what the chain has closed. Each rule draws one conclusion from positive evidence; silence of a node, a node
/// that stands behind what we have seen, and answers that contradict each other prove nothing, and nothing follows.
///
/// | seen                                                          | concluded                             |
/// | ------------------------------------------------------------- | ------------------------------------- |
/// | receipt of ours in a canonical block, nonce counted           | mined                                 |
/// | the same, at depth, or nonce counted at the finalised block   | settled: served, reverted or cleared  |
/// | another block stands at the height of an inclusion            | unmined; the same bytes go out again  |
/// | the same block, and the receipt's status is another one       | corrected; the wait for depth is new  |
/// | nonce counted, every hash of ours unknown                     | in doubt: the lane is frozen          |
/// | the same, at depth, from all endpoints or with the culprit    | superseded, halt                      |
/// | the same, at ten depths, from those that still answer         | superseded, halt                      |
/// | the same, and a person has accepted it at another writer      | superseded; or passed over            |
/// | nonce in doubt, and not counted any more                      | doubt lifted                          |
///
/// What is told of a single transaction meanwhile (`resolutions`), from the same evidence:
///
/// | seen                                                          | resolution                            |
/// | ------------------------------------------------------------- | ------------------------------------- |
/// | its own inclusion                                             | mined or reverted, by the receipt     |
/// | the inclusion of another one of the same nonce                | replacedByUs                          |
/// | nonce counted, none of ours found                             | inDoubt                               |
/// | the same, at depth, from all endpoints or with the culprit    | superseded                            |
/// | nonce free, a pool holds it                                   | pending                               |
/// | nonce free, no endpoint knows it, the wait is over            | dropped; the same bytes go out again  |
/// | nonce free, nobody answered whether it was taken              | inDoubt                               |
///
/// Nobody needs to be asked: every line either waits for evidence or ends. While a nonce is in doubt nothing is
/// promised for any vault of its key and chain, and nothing goes out but what holds that very nonce.
extension Outbox {
  /// What follows from this tick's evidence, in the order in which it must be committed. Empty most of the time.
  ///
  /// Asked again with the same evidence after committing, it answers nothing new, or goes one step on.
  package func settle(_ evidence: NodeEvidence) throws(OutboxError) -> [PromiseRecord] {
    let policy = try policy(for: evidence.lane.chainID)
    guard let lane = state.lane(evidence.lane), !lane.isStale(evidence.head) else { return [] }
    var records: [PromiseRecord] = []
    var isLowest = true
    for promise in lane.open where !promise.attempts.isEmpty {
      let found = Self.inclusion(of: promise, evidence)
      let concluded = Self.conclude(promise, found: found, evidence, policy, maySettle: isLowest)
      if case .settled = concluded.last {} else { isLowest = false }
      records += concluded
    }
    records += doubts(lane, evidence, policy)
    records += clockCorrection(evidence)
    return records
  }

  /// The canonical inclusion of one of the promise's attempts, if the sender's count of transactions agrees. A receipt
  /// without the count, or the count without a receipt, comes from nodes that do not agree, and waits.
  static func inclusion(of promise: Promise, _ evidence: NodeEvidence) -> Inclusion? {
    guard evidence.minedNonce > promise.nonce else { return nil }
    for hash in promise.hashes.reversed() {
      if let inclusion = evidence.canonicalInclusion(of: hash) { return inclusion }
    }
    return nil
  }

  private static func conclude(
    _ promise: Promise, found: Inclusion?, _ evidence: NodeEvidence, _ policy: LanePolicy, maySettle: Bool
  ) -> [PromiseRecord] {
    func served(_ inclusion: Inclusion) -> Bytes32 {
      promise.intent(of: inclusion.transactionHash)?.id ?? promise.intent.id
    }
    guard let known = promise.inclusion, let since = promise.includedSeen else {
      guard let found else { return [] }
      return [.mined(intentID: served(found), inclusion: found, seen: evidence.head)]
    }
    if let found, found.isInSameBlock(as: known) {
      // Told to have failed and now to have succeeded, or the other way round: one of the two was a lie. What is told
      // now is written down, and has to stand for the whole depth. Figures may differ: there are nodes that leave the
      // price out.
      guard found.succeeded == known.succeeded else {
        return [
          .unmined(intentID: served(known), inclusion: known, canonicalHash: known.blockHash, seen: evidence.head),
          .mined(intentID: served(found), inclusion: found, seen: evidence.head),
        ]
      }
      guard maySettle,
        evidence.isFinal(promise.nonce) || isFinal(known, since: since, evidence.head, policy.depth),
        let outcome = promise.outcome(of: known)
      else { return [] }
      return [.settled(intentID: served(known), outcome: outcome, seen: evidence.head)]
    }
    guard let standing = standingBlock(inPlaceOf: known, evidence) else { return [] }
    let orphaned = PromiseRecord.unmined(
      intentID: served(known), inclusion: known, canonicalHash: standing, seen: evidence.head)
    guard let found else { return [orphaned] }
    return [orphaned, .mined(intentID: served(found), inclusion: found, seen: evidence.head)]
  }

  /// Deep enough in blocks from the block itself, and in seconds from when we first saw it: the later counts.
  static func isFinal(
    _ inclusion: Inclusion, since: HeadMark, _ head: HeadMark, _ depth: Patience
  ) -> Bool {
    head.number >= inclusion.blockNumber && head.number - inclusion.blockNumber >= depth.blocks
      && head.timestamp >= since.timestamp && head.timestamp - since.timestamp >= depth.seconds
  }

  /// The hash of another block that is canonical where `inclusion` was: the positive proof of a reorg.
  private static func standingBlock(inPlaceOf inclusion: Inclusion, _ evidence: NodeEvidence) -> Bytes32? {
    guard let hash = evidence.canonicalHash(at: inclusion.blockNumber), hash != inclusion.blockHash else { return nil }
    return hash
  }

  // MARK: Strangers

  private func doubts(
    _ lane: Lane, _ evidence: NodeEvidence, _ policy: LanePolicy
  ) -> [PromiseRecord] {
    guard let suspect = Self.unaccounted(lane, evidence) else { return [] }
    if evidence.minedNonce <= suspect.nonce {
      // A doubt about a nonce that was just found to be ours ends with the record of that.
      guard let doubt = lane.doubt, evidence.minedNonce <= doubt.nonce else { return [] }
      return [.nonceDoubtLifted(lane: lane.id, nonce: doubt.nonce, seen: evidence.head)]
    }
    guard !isHaltedFor(lane.id, counted: evidence.agreedNonce) else { return [] }
    guard let doubt = lane.doubt, doubt.nonce == suspect.nonce else {
      return [.nonceDoubted(lane: lane.id, nonce: suspect.nonce, seen: evidence.head)]
    }
    // Everybody who was asked must count it, before anybody is accused.
    guard evidence.agreedNonce > suspect.nonce else { return [] }
    guard evidence.isFinal(doubt.nonce) || doubt.since.hasWaited(policy.depth, until: evidence.head),
      // An endpoint that has been away for ten depths will not tell any more; a halt is the safe answer.
      evidence.isComplete || evidence.strangerHash != nil
        || doubt.since.hasWaited(policy.depth.tenfold, until: evidence.head)
    else { return [] }
    // What somebody counts beyond the others is not taken for used: whoever resumes would leave a gap.
    let foreign = ForeignNonce(
      lane: lane.id, nonce: suspect.nonce, ourHashes: suspect.promise?.hashes ?? [],
      strangerHash: evidence.strangerHash, minedNonce: evidence.agreedNonce, seen: evidence.head)
    let halt = PromiseRecord.halted(halt: .foreignNonce(evidence: foreign))
    let isAccepted = isAccepted(suspect.nonce, in: lane.id)
    guard let promise = suspect.promise else {
      guard isAccepted, let next = lane.open.isEmpty ? suspect.nonce.successor : nil else { return [halt] }
      return [.laneAdvanced(lane: lane.id, nextNonce: next, seen: evidence.head)]
    }
    // Promises end in the order of their nonces: lower ones that are mined and not final come first.
    guard lane.open.first == promise else { return [] }
    let ended = PromiseRecord.settled(
      intentID: promise.intent.id, outcome: .superseded(evidence: foreign), seen: evidence.head)
    return isAccepted ? [ended] : [ended, halt]
  }

  /// The lowest nonce that is ours to account for and of which no transaction of ours is known to be mined. nil if the
  /// evidence is not good enough to say anything about it.
  private static func unaccounted(
    _ lane: Lane, _ evidence: NodeEvidence
  ) -> (nonce: UInt64, promise: Promise?)? {
    for promise in lane.open {
      // A bare reservation is released before anything is concluded from its nonce.
      if promise.attempts.isEmpty { return nil }
      if promise.inclusion != nil || inclusion(of: promise, evidence) != nil { continue }
      let isUnknownEverywhere = promise.hashes.allSatisfy { evidence.sighting(of: $0) == .unknown }
      guard isUnknownEverywhere || evidence.minedNonce <= promise.nonce else { return nil }
      return (promise.nonce, promise)
    }
    return lane.nextFreeNonce.map { ($0, nil) }
  }

  private func isHaltedFor(_ id: LaneID, counted: UInt64) -> Bool {
    state.halts.contains {
      guard case .foreignNonce(let evidence) = $0 else { return false }
      return evidence.lane == id && evidence.minedNonce >= counted
    }
  }
}

extension UInt64 {
  fileprivate var successor: UInt64? { self < .max ? self + 1 : nil }
}

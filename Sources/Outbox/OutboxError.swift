package import Ethereum

/// Why the outbox would not do what it was asked. Refusals of a reservation are no errors of the machine: nothing was
/// promised, and the next tick may ask again.
package enum OutboxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The journal failed; nothing may be promised any more by this process.
  case journal(JournalFailure)
  /// A record that cannot follow what is known. From a caller it is a bug; in a journal it is corruption.
  case contradiction(record: String, what: String)
  /// No reservation now, with the numbers.
  case refused(OutboxRefusal)
  /// The signer returned another transaction than it was given.
  case signedOtherwise(field: String, expected: String, found: String)
  /// No policy is configured for this chain.
  case noPolicy(chainID: UInt64)
  /// Fees or gas so large that their product does not fit, or bytes that are no transaction.
  case ethereum(what: String)

  package var description: String {
    switch self {
    case .journal(let failure): failure.description
    case .contradiction(let record, let what):
      "outbox: record \(record) contradicts the promises so far: \(what); verify the journal before going on"
    case .refused(let refusal): refusal.description
    case .signedOtherwise(let field, let expected, let found):
      """
      outbox: the signer changed \(field): asked for \(expected), signed \(found); \
      nothing was sent, check the signer before going on
      """
    case .noPolicy(let chainID): "outbox: no chain \(chainID) in the configuration; add it under chains:"
    case .ethereum(let what): "outbox: \(what)"
    }
  }
}

/// Why no nonce is given out now.
package enum OutboxRefusal: Hashable, Sendable, CustomStringConvertible {
  /// Halted, and this purpose is not among what policy still allows.
  case halted(codes: [String], purpose: Purpose)
  /// As many promises of this sender are unsettled as policy allows.
  case laneOccupied(lane: LaneID, unsettled: [Bytes32], limit: Int)
  /// A nonce of this sender is in doubt.
  case nonceInDoubt(lane: LaneID, nonce: UInt64, since: HeadMark)
  /// This very decision was promised before.
  case alreadyPromised(intentID: Bytes32)
  /// The evidence stands behind what we have seen already.
  case staleEvidence(lane: LaneID, head: HeadMark, newestSeen: HeadMark)
  /// The chain counts fewer transactions than we had mined: the node lags, or a deep reorg took them.
  case chainBehind(lane: LaneID, minedNonce: UInt64, ourNext: UInt64)
  /// The chain counts more than ours: a stranger may be at work. Settling will tell.
  case chainAhead(lane: LaneID, minedNonce: UInt64, ourNext: UInt64)
  /// Nothing of ours is known in this lane, and not all that used the key before is final; nil where no node told how
  /// much is.
  case firstNonceNotFinal(lane: LaneID, minedNonce: UInt64, finalNonce: UInt64?)
  /// A pool holds transactions of this sender that are none of ours.
  case poolAhead(lane: LaneID, pooledNonce: UInt64, ourNext: UInt64)
  /// Evidence about another sender or chain than the intent's.
  case otherLane(intent: LaneID, evidence: LaneID)
  case feeAboveCeiling(feeCapWei: UInt256, ceilingWei: UInt256)
  /// It is not known whether the world has heard of a call of this sender.
  case callInDoubt(lane: LaneID, intentID: Bytes32, nonce: UInt64)
  /// A no-op is signed for the nonce: it is given up, and takes no other decision.
  case isBeingCleared(intentID: Bytes32)
  /// As many signatures as policy allows one promise.
  case signaturesUsedUp(intentID: Bytes32, signatures: Int, limit: Int)
  case gasBudgetUsed(spentWei: UInt256, wantedWei: UInt256, budgetWei: UInt256, windowSeconds: UInt64)
  /// As above in a rolling day and in USD with 18 decimals, as are all amounts below.
  case gasQuoteBudgetUsed(spentUsd: UInt256, wantedUsd: UInt256, budgetUsd: UInt256)
  /// Gas is limited in USD, and nobody knows what the native coin is worth.
  case nativePriceUnknown(lane: LaneID)
  case turnoverBudgetUsed(vault: String, usedUsd: UInt256, wantedUsd: UInt256, limitUsd: UInt256)
  /// The vault's executions have lost this much since their best moment.
  case lossLimitReached(vault: String, drawdownUsd: UInt256, limitUsd: UInt256)
  /// As many tries for the vault failed in a rolling day as policy allows.
  case attemptsUsedUp(vault: String, failed: Int, limit: Int)

  /// Stable name for reports and metrics.
  package var code: String {
    switch self {
    case .halted: "halted"
    case .laneOccupied: "laneOccupied"
    case .nonceInDoubt: "nonceInDoubt"
    case .alreadyPromised: "alreadyPromised"
    case .staleEvidence: "staleEvidence"
    case .chainBehind: "chainBehind"
    case .chainAhead: "chainAhead"
    case .firstNonceNotFinal: "firstNonceNotFinal"
    case .poolAhead: "poolAhead"
    case .otherLane: "otherLane"
    case .feeAboveCeiling: "feeAboveCeiling"
    case .callInDoubt: "callInDoubt"
    case .isBeingCleared: "isBeingCleared"
    case .signaturesUsedUp: "signaturesUsedUp"
    case .gasBudgetUsed: "gasBudgetUsed"
    case .gasQuoteBudgetUsed: "gasQuoteBudgetUsed"
    case .nativePriceUnknown: "nativePriceUnknown"
    case .turnoverBudgetUsed: "turnoverBudgetUsed"
    case .lossLimitReached: "lossLimitReached"
    case .attemptsUsedUp: "attemptsUsedUp"
    }
  }

  package var description: String {
    switch self {
    case .halted(let codes, let purpose):
      "halted (\(codes.joined(separator: ", "))): nothing is signed for \(purpose); look at `pending`, then resume"
    case .laneOccupied(let lane, let unsettled, let limit):
      "\(unsettled.count) of \(limit) promises of \(lane) are not settled; the next one waits for the chain"
    case .nonceInDoubt(let lane, let nonce, let since):
      "nonce \(nonce) of \(lane) is in doubt since \(since); waiting until the chain tells who used it"
    case .alreadyPromised(let intentID): "decision \(intentID) was promised before; a new head makes a new decision"
    case .staleEvidence(let lane, let head, let newestSeen):
      "the node stands at \(head), \(lane) was seen at \(newestSeen); waiting for a node that is not behind"
    case .chainBehind(let lane, let minedNonce, let ourNext):
      "the chain counts \(minedNonce) transactions of \(lane), we had \(ourNext) final; the node lags, or a deep reorg"
    case .chainAhead(let lane, let minedNonce, let ourNext):
      "the chain counts \(minedNonce) transactions of \(lane), ours end at \(ourNext); somebody else may use the key"
    case .firstNonceNotFinal(let lane, let minedNonce, let finalNonce?):
      """
      \(finalNonce) of the \(minedNonce) transactions of \(lane) are final, and none of them is in this journal; the \
      first call waits until the others are, since a reorg may take them back
      """
    case .firstNonceNotFinal(let lane, let minedNonce, nil):
      """
      too few nodes tell how many of the \(minedNonce) transactions of \(lane) are final, and none of them is in this \
      journal; use nodes that know the tag finalized, or that keep the state of finality's blocks
      """
    case .poolAhead(let lane, let pooledNonce, let ourNext):
      "a pool holds transactions of \(lane) up to nonce \(pooledNonce), ours end at \(ourNext); none of them is ours"
    case .otherLane(let intent, let evidence): "evidence about \(evidence) says nothing about \(intent)"
    case .feeAboveCeiling(let feeCapWei, let ceilingWei):
      "fee cap \(feeCapWei) wei is above the ceiling of \(ceilingWei) wei; wait, or raise the ceiling"
    case .gasBudgetUsed(let spentWei, let wantedWei, let budgetWei, let windowSeconds):
      """
      gas budget of \(budgetWei) wei in \(windowSeconds) s: \(spentWei) wei are spent or held, \
      \(wantedWei) wei more would exceed it
      """
    case .callInDoubt(let lane, let intentID, let nonce):
      "it is not known whether nodes hold \(intentID), nonce \(nonce) of \(lane); waiting until one tells"
    case .isBeingCleared(let intentID):
      "the nonce of \(intentID) is being cleared; the next decision takes the next one"
    case .signaturesUsedUp(let intentID, let signatures, let limit):
      "\(intentID) was signed \(signatures) times, the limit is \(limit)"
    case .gasQuoteBudgetUsed(let spentUsd, let wantedUsd, let budgetUsd):
      """
      gas budget of \(USD.text(budgetUsd)) USD in a day: \(USD.text(spentUsd)) USD are spent or held, \
      \(USD.text(wantedUsd)) USD more would exceed it
      """
    case .nativePriceUnknown(let lane):
      "gas of \(lane) is limited in USD, and no price of its coin is known; name a feed for it, or limit wei only"
    case .turnoverBudgetUsed(let vault, let usedUsd, let wantedUsd, let limitUsd):
      """
      turnover of \(vault) is limited to \(USD.text(limitUsd)) USD in a day: \(USD.text(usedUsd)) USD are traded or \
      held, \(USD.text(wantedUsd)) USD more would exceed it
      """
    case .lossLimitReached(let vault, let drawdownUsd, let limitUsd):
      """
      \(vault) has lost \(USD.text(drawdownUsd)) USD in execution since its best moment, the limit is \
      \(USD.text(limitUsd)) USD; look at its orders, then resume
      """
    case .attemptsUsedUp(let vault, let failed, let limit):
      "\(failed) tries of \(vault) failed within a day, the limit is \(limit); look at its venue, or wait"
    }
  }
}

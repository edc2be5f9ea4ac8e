package import Ethereum

/// What the Keeper can do for a promise that the chain has not served yet.
package enum Step: Hashable, Sendable {
  /// Send these bytes, which the journal holds: for the first time after a crash, or again because the pools lost them.
  /// Sending the same bytes twice cannot do a thing twice.
  case resend(JournaledTransaction)
  /// Sign this in place of what is pending: the same call at a higher fee, or the no-op that clears the nonce
  /// (`kind` tells which). Decide anew first: sign it as it is if the same call is wanted, `revise` if another one is,
  /// ask for `clearing` if none. Commit `signed(…)` before sending.
  ///
  /// Fees only ever rise within a nonce, since no pool takes less than what it holds. When gas falls nothing needs to
  /// be lowered: of a type-2 transaction the base fee and the tip are paid, whatever the cap. What must cost less is
  /// replaced by what is smaller: a no-op, or a revision.
  case replace(Reservation)
  /// Give the nonce back, or withdraw the revision: by a tick that ended before it signed. Commit `released`.
  case release(intentID: Bytes32, reason: String)
  /// Nothing can be done now, and this is why.
  case wait(Waiting)
}

/// Why a promise that is overdue is left as it is, with the figures.
package enum Waiting: Hashable, Sendable, CustomStringConvertible {
  /// A replacement that pools would take costs more than policy allows.
  case atCeiling(intentID: Bytes32, current: FeeTerms, needed: FeeTerms, ceilingWei: UInt256)
  case gasBudgetUsed(intentID: Bytes32, refusal: OutboxRefusal)
  /// A limit of the vault allows no further signature for its exposure.
  case vaultLimitReached(intentID: Bytes32, refusal: OutboxRefusal)
  /// As many signatures as policy allows one promise.
  case attemptsUsed(intentID: Bytes32, attempts: Int, limit: Int)
  /// Every node refuses the bytes, for a reason that no waiting and no fee will change, and policy clears no nonce.
  case refusedForGood(intentID: Bytes32, rejection: Rejection)
  /// The sender cannot pay; the same bytes go out again when it can.
  case insufficientFunds(intentID: Bytes32, heldWei: UInt256)
  /// Halted: nothing of this purpose is signed or sent.
  case halted(intentID: Bytes32, purpose: Purpose)
  /// A nonce of the lane is in doubt: nothing is signed or sent until the chain tells.
  case nonceInDoubt(intentID: Bytes32, nonce: UInt64)

  /// Stable name for reports and metrics.
  package var code: String {
    switch self {
    case .atCeiling: "atCeiling"
    case .gasBudgetUsed: "gasBudgetUsed"
    case .vaultLimitReached: "vaultLimitReached"
    case .attemptsUsed: "attemptsUsed"
    case .refusedForGood: "refusedForGood"
    case .insufficientFunds: "insufficientFunds"
    case .halted: "halted"
    case .nonceInDoubt: "nonceInDoubt"
    }
  }

  package var description: String {
    switch self {
    case .atCeiling(let id, let current, let needed, let ceilingWei):
      "\(id) pays \(current); a replacement needs \(needed), above the ceiling of \(ceilingWei) wei"
    case .gasBudgetUsed(let id, let refusal), .vaultLimitReached(let id, let refusal):
      "\(id) is not replaced: \(refusal)"
    case .attemptsUsed(let id, let attempts, let limit): "\(id) was signed \(attempts) times, the limit is \(limit)"
    case .refusedForGood(let id, let rejection):
      "\(id) is refused by the nodes (\(rejection)); its nonce must be cleared (configuration: chains[].clear)"
    case .insufficientFunds(let id, let heldWei): "\(id) may cost \(heldWei) wei, and the sender holds less; top it up"
    case .halted(let id, let purpose): "\(id) is left alone while halted (\(purpose))"
    case .nonceInDoubt(let id, let nonce): "\(id) waits until it is known who used nonce \(nonce)"
    }
  }
}

extension Outbox {
  /// What is due in a lane now, lowest nonce first. Ask after `settle`'s records are committed.
  ///
  /// `quote` is what the market asks for at present; a replacement offers at least that, at least what pools demand of
  /// a replacement, and never more than the ceiling.
  /// - Throws: `noPolicy`, or `ethereum` for fees beyond 256 bits.
  package func due(
    _ evidence: NodeEvidence, quote: FeeTerms, now unixSeconds: UInt64
  ) throws(OutboxError) -> [Step] {
    let policy = try policy(for: evidence.lane.chainID)
    guard let lane = state.lane(evidence.lane), !lane.isStale(evidence.head) else { return [] }
    var steps: [Step] = []
    // Only the lowest nonce that is not mined can be helped by a higher fee: those above wait for it.
    var mayReplace = true
    for waiting in lane.open where waiting.inclusion == nil {
      guard let last = waiting.attempts.last else {
        steps.append(.release(intentID: waiting.intent.id, reason: "reserved and never signed"))
        continue
      }
      if waiting.revisedFees != nil {
        steps.append(.release(intentID: waiting.intent.id, reason: "revised and never signed"))
      }
      let promise = waiting.withoutUnsignedRevision
      guard evidence.minedNonce <= promise.nonce else { continue }
      let purpose: Purpose = last.kind == .noOp ? .clearNonce : promise.intent.purpose
      if try !mayReserve(purpose, chainID: lane.id.chainID) {
        steps.append(.wait(.halted(intentID: promise.intent.id, purpose: purpose)))
      } else if let doubt = lane.doubt, doubt.nonce != promise.nonce {
        steps.append(.wait(.nonceInDoubt(intentID: promise.intent.id, nonce: doubt.nonce)))
      } else {
        let overdue = Overdue(
          promise: promise, last: last, evidence: evidence, policy: policy, quote: quote, now: unixSeconds)
        steps += try self.steps(overdue, mayReplace: mayReplace)
      }
      mayReplace = false
    }
    return steps
  }

  /// One promise that is signed and not mined, with all that its next step depends on.
  private struct Overdue {
    let promise: Promise
    let last: Attempt
    let evidence: NodeEvidence
    let policy: LanePolicy
    let quote: FeeTerms
    let now: UInt64

    var head: HeadMark { evidence.head }
    var id: Bytes32 { promise.intent.id }
    var verdict: Submission? { Submission.strongest(of: last.answers) }
    var refusedForGood: Rejection? { refusedForGood(last) }
    var isToBeResent: Bool { isToBeResent(last) }

    /// The call's last bytes below a no-op, if the world has heard them before: they may be takeable again, even though
    /// their clearing was not. What was never sent is not sent for the first time after its clearing was tried.
    var callBelow: Attempt? {
      guard last.kind == .noOp,
        let call = promise.attempts.last(where: { $0.kind != .noOp && $0.submittedAt != nil }),
        refusedForGood(call) == nil
      else { return nil }
      return call
    }

    /// The market asks for more than the last attempt offers, and its bytes are in no pool that we know of: waiting
    /// would only cost time.
    var isPricedOut: Bool {
      guard case .rejected(let rejection) = verdict, rejection.consequence == .offerMore else { return false }
      return quote.feeCapWei > last.fees.feeCapWei || quote.tipWei > last.fees.tipWei
    }

    /// No node ever took the bytes, and the last word is that none will.
    private func refusedForGood(_ attempt: Attempt) -> Rejection? {
      guard !attempt.mayBeKnown, case .rejected(let rejection) = Submission.strongest(of: attempt.answers),
        rejection.consequence == .hopeless
      else { return nil }
      return rejection
    }

    /// Long enough since the first signature to give the call up and clear its nonce, or hopeless from the start.
    var isToBeCleared: Bool {
      guard let clearAfter = policy.clearAfter, last.kind != .noOp, let first = promise.attempts.first else {
        return false
      }
      return refusedForGood != nil || first.signedAt.hasWaited(clearAfter, until: head)
    }

    var isToBeReplaced: Bool {
      guard let replaceAfter = policy.replaceAfter else {
        // Without a pool nothing is replaced, but what was never taken can be offered anew.
        return isPricedOut && !last.mayBeKnown
      }
      return isPricedOut || waitingSince.hasWaited(replaceAfter, until: head)
    }

    /// From when on the last attempt has been waiting for a block: its signature, or the reorg that took it out of one.
    private var waitingSince: HeadMark {
      guard let orphaned = promise.orphanedSeen, orphaned.number > last.signedAt.number else { return last.signedAt }
      return orphaned
    }

    func isToBeResent(_ attempt: Attempt) -> Bool {
      guard let submittedAt = attempt.submittedAt else { return true }
      if evidence.sighting(of: attempt.transactionHash) == .inPool { return false }
      // Mined once and orphaned since: the pools that gave them up must hear them again, now.
      if let orphaned = promise.orphanedSeen, submittedAt.number < orphaned.number { return true }
      // An endpoint that was too busy, or never reached, has not heard them: once per tick is polite enough.
      let verdict = Submission.strongest(of: attempt.answers)
      if case .rejected(let rejection) = verdict, rejection.consequence == .tryAgain { return true }
      if case .notSent = verdict { return true }
      return submittedAt.hasWaited(policy.resendAfter, until: head)
    }
  }

  private func steps(_ overdue: Overdue, mayReplace: Bool) throws(OutboxError) -> [Step] {
    var steps: [Step] = []
    if overdue.last.submittedAt == nil {
      // Durable, perhaps never heard of, and older than a decision may get: it is cleared and not sent any more.
      if mayReplace, overdue.isToBeCleared { return [try replacement(overdue, kind: .noOp)] }
      // Otherwise the one thing a recovery must do first.
      return transaction(overdue.last.transactionHash, of: overdue.id).map { [.resend($0)] } ?? []
    }
    if mayReplace, overdue.isToBeCleared {
      steps.append(try replacement(overdue, kind: .noOp))
    } else if let rejection = overdue.refusedForGood {
      if let call = overdue.callBelow, overdue.isToBeResent(call),
        let bytes = transaction(call.transactionHash, of: overdue.id)
      {
        return [.resend(bytes)]
      }
      return [.wait(.refusedForGood(intentID: overdue.id, rejection: rejection))]
    } else if mayReplace, overdue.isToBeReplaced {
      steps.append(try replacement(overdue, kind: overdue.last.kind == .noOp ? .noOp : .feeBump))
    }
    if case .rejected(.insufficientFunds) = overdue.verdict {
      steps.append(.wait(.insufficientFunds(intentID: overdue.id, heldWei: overdue.promise.heldWei)))
    }
    let isReplaced = steps.contains { if case .replace = $0 { true } else { false } }
    if !isReplaced, overdue.isToBeResent, let bytes = transaction(overdue.last.transactionHash, of: overdue.id) {
      steps.append(.resend(bytes))
    }
    return steps
  }

  /// The no-op that clears the nonce of a promise whose call is not wanted any more, or would come to nothing, in place
  /// of a replacement that `due` proposed. A revision that was not signed is withdrawn first. nil if the promise is
  /// over, mined, or was never signed.
  /// - Throws: as `due`.
  package func clearing(
    _ intentID: Bytes32, _ evidence: NodeEvidence, quote: FeeTerms, now unixSeconds: UInt64
  ) throws(OutboxError) -> Step? {
    guard let promise = state.openPromise(intentID), promise.inclusion == nil, let last = promise.attempts.last else {
      return nil
    }
    guard promise.revisedFees == nil else {
      return .release(intentID: promise.intent.id, reason: "revised, and not wanted any more")
    }
    let overdue = Overdue(
      promise: promise, last: last, evidence: evidence, policy: try policy(for: evidence.lane.chainID), quote: quote,
      now: unixSeconds)
    return try replacement(overdue, kind: .noOp)
  }

  /// The replacement that pools would take at the least price, at market if that is more, or the reason why not.
  private func replacement(_ overdue: Overdue, kind: Attempt.Kind) throws(OutboxError) -> Step {
    let (promise, policy) = (overdue.promise, overdue.policy)
    // No-ops have a count of their own, so that a call that used all of its attempts can still be cleared.
    let used = promise.attempts.count { ($0.kind == .noOp) == (kind == .noOp) }
    guard used < policy.attemptsPerPromise else {
      return .wait(.attemptsUsed(intentID: overdue.id, attempts: used, limit: policy.attemptsPerPromise))
    }
    let needed = try replacementTerms(of: promise, overdue.last, policy)
    let ceilingWei = policy.ceilingWei(for: kind)
    guard needed.feeCapWei <= ceilingWei, needed.tipWei <= ceilingWei else {
      return .wait(
        .atCeiling(intentID: overdue.id, current: overdue.last.fees, needed: needed, ceilingWei: ceilingWei))
    }
    let fees = needed.atLeast(overdue.quote).lowered(to: ceilingWei)
    let gasLimit = kind == .noOp ? policy.noOpGasLimit : promise.intent.gasLimit
    let worst = try Cost.worst(of: promise.intent, kind: kind, gasLimit: gasLimit, fees: fees)
    if kind != .noOp, let waiting = try refusal(of: worst, overdue) { return .wait(waiting) }
    return .replace(
      Reservation(promise: promise, kind: kind, gasLimit: gasLimit, fees: fees, head: overdue.head))
  }

  /// Why the same call may not be signed again at a cost of `worstWei`, or nil. The no-op that clears a nonce is not
  /// asked: its reserve was held back when the call was promised.
  private func refusal(of worstWei: UInt256, _ overdue: Overdue) throws(OutboxError) -> Waiting? {
    let (promise, head) = (overdue.promise, overdue.head)
    do throws(OutboxError) {
      try checkVault(promise.intent, inPlaceOf: promise, now: overdue.now, head: head)
    } catch {
      guard case .refused(let refusal) = error else { throw error }
      return .vaultLimitReached(intentID: overdue.id, refusal: refusal)
    }
    guard worstWei > promise.heldWei else { return nil }
    do throws(OutboxError) {
      try checkGas(
        Charge(
          lane: promise.intent.lane, worstWei: worstWei, promise: promise, nativePrice: promise.nativePrice,
          policy: overdue.policy, end: BudgetTime.end(now: overdue.now, head: head)))
    } catch {
      guard case .refused(let refusal) = error else { throw error }
      return .gasBudgetUsed(intentID: overdue.id, refusal: refusal)
    }
    return nil
  }
}

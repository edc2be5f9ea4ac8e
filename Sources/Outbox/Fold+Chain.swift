import Ethereum

/// What the chain's word means.
extension OutboxState {
  mutating func include(_ intentID: Bytes32, _ inclusion: Inclusion, _ seen: HeadMark) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "mined")
    let promise = lanes[at.lane].open[at.promise]
    guard promise.inclusion == nil else {
      throw Self.contradiction("mined", "promise \(intentID) is in the chain already")
    }
    guard promise.attempt(inclusion.transactionHash)?.intentID == intentID else {
      throw Self.contradiction("mined", "\(inclusion.transactionHash) was never signed for promise \(intentID)")
    }
    lanes[at.lane].open[at.promise].inclusion = inclusion
    lanes[at.lane].open[at.promise].includedSeen = seen
    if lanes[at.lane].doubt?.nonce == promise.nonce { lanes[at.lane].doubt = nil }
    lanes[at.lane].see(seen)
  }

  mutating func orphan(_ intentID: Bytes32, _ inclusion: Inclusion, _ seen: HeadMark) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "unmined")
    let promise = lanes[at.lane].open[at.promise]
    guard promise.inclusion == inclusion, promise.attempt(inclusion.transactionHash)?.intentID == intentID else {
      throw Self.contradiction("unmined", "promise \(intentID) is not in block \(inclusion.blockHash)")
    }
    lanes[at.lane].open[at.promise].inclusion = nil
    lanes[at.lane].open[at.promise].includedSeen = nil
    lanes[at.lane].open[at.promise].orphanedSeen = seen
    // Orders of an orphaned block do not exist; those of the block that takes its place may have other keys.
    forgetOrders(of: intentID)
    lanes[at.lane].see(seen)
  }

  mutating func settle(
    _ intentID: Bytes32, _ outcome: PromiseOutcome, _ seen: HeadMark, at unixSeconds: UInt64
  ) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "settled")
    let promise = lanes[at.lane].open[at.promise]
    guard at.promise == 0 else {
      throw Self.contradiction("settled", "nonce \(lanes[at.lane].open[0].nonce) is open below \(promise.nonce)")
    }
    let ending = outcome.inclusion.flatMap { promise.attempt($0.transactionHash) }
    if let inclusion = outcome.inclusion {
      guard promise.inclusion == inclusion, promise.outcome(of: inclusion) == outcome, ending?.intentID == intentID
      else { throw Self.contradiction("settled", "promise \(intentID) was not seen \(outcome)") }
    } else {
      guard promise.inclusion == nil, lanes[at.lane].doubt?.nonce == promise.nonce else {
        throw Self.contradiction("settled", "promise \(intentID) was not in doubt before it was given up")
      }
      lanes[at.lane].doubt = nil
    }
    lanes[at.lane].open.remove(at: at.promise)
    lanes[at.lane].remember(promise, ended: ending, outcome, seen, at: unixSeconds)
    lanes[at.lane].see(seen)
  }

  mutating func doubt(_ id: LaneID, _ nonce: UInt64, _ seen: HeadMark) throws(OutboxError) {
    let index = laneIndex(creating: id)
    if let promise = lanes[index].open.first(where: { $0.nonce == nonce }), promise.inclusion != nil {
      throw Self.contradiction("nonceDoubted", "nonce \(nonce) of \(id) was consumed by us")
    }
    lanes[index].doubt = NonceDoubt(nonce: nonce, since: seen)
    lanes[index].see(seen)
  }

  mutating func liftDoubt(_ id: LaneID, _ nonce: UInt64, _ seen: HeadMark) throws(OutboxError) {
    let index = laneIndex(creating: id)
    guard lanes[index].doubt?.nonce == nonce else {
      throw Self.contradiction("nonceDoubtLifted", "nonce \(nonce) of \(id) is not in doubt")
    }
    lanes[index].doubt = nil
    lanes[index].see(seen)
  }

  /// A person accepts what the halts told: nonces that a stranger consumed are taken as gone, and losses as made.
  mutating func resume() {
    for halt in halts {
      switch halt {
      case .foreignNonce(let evidence):
        let index = laneIndex(creating: evidence.lane)
        // A free nonce that was counted once and is not counted any more was not consumed: there is nothing to accept.
        if evidence.ourHashes.isEmpty, lanes[index].doubt == nil { continue }
        lanes[index].nextNonce = max(lanes[index].nextNonce ?? 0, evidence.minedNonce)
        if let doubt = lanes[index].doubt, doubt.nonce < evidence.minedNonce { lanes[index].doubt = nil }
      case .lossLimit(let vault, let chainID, _, _):
        acceptLosses(vault: vault, chainID: chainID)
      case .wrongChain, .corruptJournal, .roleRevoked, .invariantBreached, .byOperator:
        break
      }
    }
    halts = []
  }

  /// No charge on this chain counts later than the chain's own time allows.
  mutating func boundClock(_ id: LaneID, _ seen: HeadMark) {
    let bound = BudgetTime.bound(seen.timestamp)
    for lane in lanes.indices where lanes[lane].id.chainID == id.chainID {
      for index in lanes[lane].settled.indices where lanes[lane].settled[index].chargedAtSeconds > bound {
        lanes[lane].settled[index].chargedAtSeconds = bound
      }
    }
    for index in endedOrders.indices
    where endedOrders[index].chainID == id.chainID && endedOrders[index].chargedAtSeconds > bound {
      endedOrders[index].chargedAtSeconds = bound
    }
  }
}

extension Lane {
  /// How many settled promises are remembered whatever their age: enough to say what happened last.
  static let settledKept = 32

  /// Keeps what budgets and views may ask of a promise that is over, and forgets what none can ask for any more.
  mutating func remember(
    _ promise: Promise, ended ending: Attempt?, _ outcome: PromiseOutcome, _ seen: HeadMark, at unixSeconds: UInt64
  ) {
    let intent = ending.flatMap { promise.intent($0.intentID) } ?? promise.intent
    let isServed = if case .served = outcome { true } else { false }
    settled.append(
      SettledPromise(
        intentID: intent.id, intentIDs: promise.intents.map(\.id), vault: intent.vault, purpose: intent.purpose,
        nonce: promise.nonce, outcome: outcome, hashes: promise.hashes,
        reservedAtUnixSeconds: promise.reservedAtUnixSeconds, settledAtUnixSeconds: unixSeconds,
        // In the order of settling, so that the newest charge is the last one.
        chargedAtSeconds: max(seen.timestamp, settled.last?.chargedAtSeconds ?? 0),
        spentWei: Cost.actual(of: intent, ending, outcome), nativePrice: promise.nativePrice,
        turnover: isServed ? intent.turnover : .zero))
    let newest = settled.last?.chargedAtSeconds ?? 0
    let forgotten = settled.dropLast(Self.settledKept).prefix {
      BudgetTime.isForgotten($0.chargedAtSeconds, newest: newest)
    }
    settled.removeFirst(forgotten.count)
  }
}

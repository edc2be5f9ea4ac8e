import Ethereum

/// What records of nonces, decisions and signatures mean.
extension OutboxState {
  mutating func reserve(
    _ intent: PromiseIntent, nonce: UInt64, fees: FeeTerms, at unixSeconds: UInt64
  ) throws(OutboxError) {
    try checkIsNew(intent, for: "reserved")
    guard nonce < .max else { throw Self.contradiction("reserved", "nonce \(nonce) has no successor") }
    let index = laneIndex(creating: intent.lane)
    if let unsigned = lanes[index].open.first(where: { $0.attempts.isEmpty }) {
      throw Self.contradiction("reserved", "nonce \(unsigned.nonce) is reserved and not signed yet")
    }
    if let free = lanes[index].nextFreeNonce, nonce != free {
      throw Self.contradiction("reserved", "nonce \(nonce) is not the next free one, \(free)")
    }
    lanes[index].open.append(
      Promise(
        intent: intent, nonce: nonce, reservedAtUnixSeconds: unixSeconds, firstFees: fees,
        heldWei: try Cost.worst(of: intent, kind: .first, gasLimit: intent.gasLimit, fees: fees)))
    lanes[index].see(intent.decidedAt)
    promisedIDs.insert(intent.id)
  }

  private func checkIsNew(_ intent: PromiseIntent, for record: String) throws(OutboxError) {
    guard intent.hasOwnIdentity else { throw Self.contradiction(record, "id \(intent.id) is not the intent's own") }
    guard !promisedIDs.contains(intent.id) else {
      throw Self.contradiction(record, "decision \(intent.id) was promised before")
    }
  }

  mutating func release(_ intentID: Bytes32) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "released")
    let promise = lanes[at.lane].open[at.promise]
    guard intentID == promise.intent.id, promise.attempts.isEmpty || promise.revisedFees != nil else {
      throw Self.contradiction("released", "promise \(intentID) has signed bytes; only the chain can end it")
    }
    if promise.attempts.isEmpty {
      lanes[at.lane].open.remove(at: at.promise)
    } else {
      lanes[at.lane].open[at.promise] = promise.withoutUnsignedRevision
    }
    promisedIDs.remove(intentID)
  }

  mutating func revise(_ intentID: Bytes32, _ intent: PromiseIntent, _ fees: FeeTerms) throws(OutboxError) {
    try checkIsNew(intent, for: "revised")
    let at = try openPosition(of: intentID, for: "revised")
    let promise = lanes[at.lane].open[at.promise]
    guard intent.lane == promise.intent.lane, intent.vault == promise.intent.vault else {
      throw Self.contradiction("revised", "\(intent.id) is of another vault, sender or chain than \(intentID)")
    }
    guard !promise.attempts.isEmpty else {
      throw Self.contradiction("revised", "promise \(intentID) has no signed bytes; release it and reserve anew")
    }
    guard promise.revisedFees == nil else {
      throw Self.contradiction("revised", "revision \(promise.intent.id) is not signed yet; release it first")
    }
    guard promise.inclusion == nil else {
      throw Self.contradiction("revised", "promise \(intentID) is in the chain already")
    }
    let worst = try Cost.worst(of: intent, kind: .revision, gasLimit: intent.gasLimit, fees: fees)
    lanes[at.lane].open[at.promise].earlier.append(promise.intent)
    lanes[at.lane].open[at.promise].intent = intent
    lanes[at.lane].open[at.promise].revisedFees = fees
    lanes[at.lane].open[at.promise].heldWei = max(promise.heldWei, worst)
    lanes[at.lane].see(intent.decidedAt)
    promisedIDs.insert(intent.id)
  }

  mutating func sign(_ intentID: Bytes32, _ record: AttemptRecord) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "signed")
    let promise = lanes[at.lane].open[at.promise]
    guard promise.inclusion == nil else {
      throw Self.contradiction("signed", "promise \(intentID) is in the chain already")
    }
    guard intentID == promise.intent.id else {
      throw Self.contradiction("signed", "nonce \(promise.nonce) is promised to \(promise.intent.id) by now")
    }
    guard (record.kind == .first) == promise.attempts.isEmpty else {
      throw Self.contradiction("signed", "\(record.kind) cannot be attempt \(promise.attempts.count + 1)")
    }
    // Another call at a nonce that has bytes already, only where a record says that it is another one.
    guard record.kind.isRevision == (promise.revisedFees != nil) else {
      throw Self.contradiction("signed", "\(record.kind) of \(intentID), which no revision precedes, or which is one")
    }
    let signed: SignedTransaction
    do { signed = try SignedTransaction.decode(record.raw.bytes) } catch {
      throw Self.contradiction("signed", "its bytes are no transaction: \(error)")
    }
    guard signed.hash == record.transactionHash else {
      throw Self.contradiction("signed", "its bytes hash to \(signed.hash), it names \(record.transactionHash)")
    }
    guard promise.attempt(signed.hash) == nil else {
      throw Self.contradiction("signed", "\(signed.hash) is known already")
    }
    let fees = FeeTerms(of: signed.transaction)
    try Reservation(
      promise: promise, kind: record.kind, gasLimit: signed.transaction.gasLimit, fees: fees,
      head: record.head
    ).verify(signed.transaction)
    // Bytes of another writer were not signed to replace ours, which that writer did not know.
    if record.kind != .adopted, let last = promise.attempts.last, !fees.mayReplace(last.fees) {
      throw Self.contradiction("signed", "\(fees) cannot replace \(last.fees)")
    }
    let worst = try Cost.worst(
      of: promise.intent, kind: record.kind, gasLimit: signed.transaction.gasLimit, fees: fees)
    lanes[at.lane].open[at.promise].attempts.append(
      Attempt(
        kind: record.kind, intentID: intentID, transactionHash: record.transactionHash, raw: record.raw, fees: fees,
        worstWei: worst, signedAt: record.head))
    lanes[at.lane].open[at.promise].heldWei = max(promise.heldWei, worst)
    lanes[at.lane].open[at.promise].revisedFees = nil
    lanes[at.lane].nextNonce = max(lanes[at.lane].nextNonce ?? 0, promise.nonce &+ 1)
    lanes[at.lane].see(record.head)
  }

  mutating func submit(
    _ intentID: Bytes32, _ hash: Bytes32, _ answers: [EndpointAnswer], _ head: HeadMark
  ) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "submitted")
    let attempts = lanes[at.lane].open[at.promise].attempts
    guard let index = attempts.firstIndex(where: { $0.transactionHash == hash && $0.intentID == intentID }) else {
      throw Self.contradiction("submitted", "\(hash) was never signed for promise \(intentID)")
    }
    guard !answers.isEmpty else { throw Self.contradiction("submitted", "no endpoint is named") }
    lanes[at.lane].open[at.promise].attempts[index].answers = answers
    lanes[at.lane].open[at.promise].attempts[index].submittedAt = head
    lanes[at.lane].open[at.promise].attempts[index].submissions &+= 1
    if answers.contains(where: \.submission.mayBeKnown) {
      lanes[at.lane].open[at.promise].attempts[index].mayBeKnown = true
    }
    lanes[at.lane].see(head)
  }

  /// Another writer has used our nonces up to here. What we have open ends by the chain's word only.
  mutating func advance(_ id: LaneID, _ nextNonce: UInt64, _ seen: HeadMark) throws(OutboxError) {
    let index = laneIndex(creating: id)
    if let open = lanes[index].open.first {
      throw Self.contradiction("laneAdvanced", "nonce \(open.nonce) of \(id) is open; only the chain can end it")
    }
    guard nextNonce > lanes[index].nextNonce ?? 0 else {
      throw Self.contradiction(
        "laneAdvanced", "nonce \(nextNonce) of \(id) is not above \(lanes[index].nextNonce ?? 0)")
    }
    lanes[index].nextNonce = nextNonce
    if let doubt = lanes[index].doubt, doubt.nonce < nextNonce { lanes[index].doubt = nil }
    lanes[index].see(seen)
  }
}

extension Attempt.Kind {
  /// Whether it serves another decision than what was signed for the nonce before.
  var isRevision: Bool {
    switch self {
    case .revision, .adopted: true
    case .first, .feeBump, .noOp: false
    }
  }
}

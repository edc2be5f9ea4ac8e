import Ethereum

/// Folding a record into the state. The one place that says what each record means, used for every new record before
/// it is written and for every old one when it is replayed.
///
/// It depends on the records only, never on policy, so that a changed configuration cannot make an old journal
/// unreadable. It is strict: a record that cannot follow what is known is refused.
extension OutboxState {
  /// Takes one record into the state. After a throw the state is of no use: fold into a copy, keep it on success.
  mutating func fold(_ record: PromiseRecord, at unixSeconds: UInt64) throws(OutboxError) {
    switch record {
    case .reserved(let intent, let nonce, let fees):
      try reserve(intent, nonce: nonce, fees: fees, at: unixSeconds)
    case .released(let intentID, _):
      try release(intentID)
    case .signed(let intentID, let attempt):
      try sign(intentID, attempt)
    case .submitted(let intentID, let hash, let answers, let head):
      try submit(intentID, hash, answers, head)
    case .mined(let intentID, let inclusion, let seen):
      try include(intentID, inclusion, seen)
    case .unmined(let intentID, let inclusion, _, let seen):
      try orphan(intentID, inclusion, seen)
    case .settled(let intentID, let outcome, let seen):
      try settle(intentID, outcome, seen, at: unixSeconds)
    case .nonceDoubted(let lane, let nonce, let seen):
      try doubt(lane, nonce, seen)
    case .nonceDoubtLifted(let lane, let nonce, let seen):
      try liftDoubt(lane, nonce, seen)
    case .orderPlaced(let intentID, let keys):
      try place(intentID, keys, at: unixSeconds)
    case .orderOutcome(let key, let note):
      try conclude(order: key, note, at: unixSeconds)
    case .halted(let halt):
      if !halts.contains(halt) { halts.append(halt) }
    case .resumed:
      resume()
    case .observationsPruned:
      break
    }
  }

  // MARK: Nonces

  private mutating func reserve(
    _ intent: PromiseIntent, nonce: UInt64, fees: FeeTerms, at unixSeconds: UInt64
  ) throws(OutboxError) {
    guard intent.hasOwnIdentity else { throw Self.contradiction("reserved", "id \(intent.id) is not the intent's own") }
    guard !promisedIDs.contains(intent.id) else {
      throw Self.contradiction("reserved", "decision \(intent.id) was promised before")
    }
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

  private mutating func release(_ intentID: Bytes32) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "released")
    guard lanes[at.lane].open[at.promise].attempts.isEmpty else {
      throw Self.contradiction("released", "promise \(intentID) has signed bytes; only the chain can end it")
    }
    lanes[at.lane].open.remove(at: at.promise)
    promisedIDs.remove(intentID)
  }

  private mutating func sign(_ intentID: Bytes32, _ record: AttemptRecord) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "signed")
    let promise = lanes[at.lane].open[at.promise]
    guard promise.inclusion == nil else {
      throw Self.contradiction("signed", "promise \(intentID) is in the chain already")
    }
    guard (record.kind == .first) == promise.attempts.isEmpty else {
      throw Self.contradiction("signed", "\(record.kind) cannot be attempt \(promise.attempts.count + 1)")
    }
    let signed: SignedTransaction
    do { signed = try SignedTransaction.decode(record.raw.bytes) } catch {
      throw Self.contradiction("signed", "its bytes are no transaction: \(error)")
    }
    guard signed.hash == record.transactionHash else {
      throw Self.contradiction("signed", "its bytes hash to \(signed.hash), it names \(record.transactionHash)")
    }
    let fees = FeeTerms(of: signed.transaction)
    try Reservation(
      promise: promise, kind: record.kind, gasLimit: signed.transaction.gasLimit, fees: fees,
      head: record.head
    ).verify(signed.transaction)
    if let last = promise.attempts.last, !fees.mayReplace(last.fees) {
      throw Self.contradiction("signed", "\(fees) cannot replace \(last.fees)")
    }
    let worst = try Cost.worst(
      of: promise.intent, kind: record.kind, gasLimit: signed.transaction.gasLimit, fees: fees)
    lanes[at.lane].open[at.promise].attempts.append(
      Attempt(
        kind: record.kind, transactionHash: record.transactionHash, raw: record.raw, fees: fees,
        signedAt: record.head))
    lanes[at.lane].open[at.promise].heldWei = max(promise.heldWei, worst)
    lanes[at.lane].nextNonce = max(lanes[at.lane].nextNonce ?? 0, promise.nonce &+ 1)
    lanes[at.lane].see(record.head)
  }

  private mutating func submit(
    _ intentID: Bytes32, _ hash: Bytes32, _ answers: [EndpointAnswer], _ head: HeadMark
  ) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "submitted")
    let attempts = lanes[at.lane].open[at.promise].attempts
    guard let index = attempts.firstIndex(where: { $0.transactionHash == hash }) else {
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

  // MARK: The chain's word

  private mutating func include(_ intentID: Bytes32, _ inclusion: Inclusion, _ seen: HeadMark) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "mined")
    let promise = lanes[at.lane].open[at.promise]
    guard promise.inclusion == nil else {
      throw Self.contradiction("mined", "promise \(intentID) is in the chain already")
    }
    guard promise.attempt(inclusion.transactionHash) != nil else {
      throw Self.contradiction("mined", "\(inclusion.transactionHash) was never signed for promise \(intentID)")
    }
    lanes[at.lane].open[at.promise].inclusion = inclusion
    lanes[at.lane].open[at.promise].includedSeen = seen
    if lanes[at.lane].doubt?.nonce == promise.nonce { lanes[at.lane].doubt = nil }
    lanes[at.lane].see(seen)
  }

  private mutating func orphan(_ intentID: Bytes32, _ inclusion: Inclusion, _ seen: HeadMark) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "unmined")
    guard lanes[at.lane].open[at.promise].inclusion == inclusion else {
      throw Self.contradiction("unmined", "promise \(intentID) is not in block \(inclusion.blockHash)")
    }
    lanes[at.lane].open[at.promise].inclusion = nil
    lanes[at.lane].open[at.promise].includedSeen = nil
    lanes[at.lane].open[at.promise].orphanedSeen = seen
    // Orders of an orphaned block do not exist; those of the block that takes its place may have other keys.
    openOrders.removeAll { $0.intentID == intentID }
    lanes[at.lane].see(seen)
  }

  private mutating func settle(
    _ intentID: Bytes32, _ outcome: PromiseOutcome, _ seen: HeadMark, at unixSeconds: UInt64
  ) throws(OutboxError) {
    let at = try openPosition(of: intentID, for: "settled")
    let promise = lanes[at.lane].open[at.promise]
    guard at.promise == 0 else {
      throw Self.contradiction("settled", "nonce \(lanes[at.lane].open[0].nonce) is open below \(promise.nonce)")
    }
    if let inclusion = outcome.inclusion {
      guard promise.inclusion == inclusion, promise.outcome(of: inclusion) == outcome else {
        throw Self.contradiction("settled", "promise \(intentID) was not seen \(outcome)")
      }
    } else {
      guard promise.inclusion == nil, lanes[at.lane].doubt?.nonce == promise.nonce else {
        throw Self.contradiction("settled", "promise \(intentID) was not in doubt before it was given up")
      }
      lanes[at.lane].doubt = nil
    }
    lanes[at.lane].open.remove(at: at.promise)
    lanes[at.lane].settled.append(
      SettledPromise(
        intentID: intentID, vault: promise.intent.vault, purpose: promise.intent.purpose, nonce: promise.nonce,
        outcome: outcome, hashes: promise.hashes, reservedAtUnixSeconds: promise.reservedAtUnixSeconds,
        settledAtUnixSeconds: unixSeconds, spentWei: try Cost.actual(of: promise.intent, outcome)))
    lanes[at.lane].see(seen)
  }

  private mutating func doubt(_ id: LaneID, _ nonce: UInt64, _ seen: HeadMark) throws(OutboxError) {
    let index = laneIndex(creating: id)
    if let promise = lanes[index].open.first(where: { $0.nonce == nonce }), promise.inclusion != nil {
      throw Self.contradiction("nonceDoubted", "nonce \(nonce) of \(id) was consumed by us")
    }
    lanes[index].doubt = NonceDoubt(nonce: nonce, since: seen)
    lanes[index].see(seen)
  }

  private mutating func liftDoubt(_ id: LaneID, _ nonce: UInt64, _ seen: HeadMark) throws(OutboxError) {
    let index = laneIndex(creating: id)
    guard lanes[index].doubt?.nonce == nonce else {
      throw Self.contradiction("nonceDoubtLifted", "nonce \(nonce) of \(id) is not in doubt")
    }
    lanes[index].doubt = nil
    lanes[index].see(seen)
  }

  /// A person accepts what the halts told: nonces that a stranger consumed are taken as gone.
  private mutating func resume() {
    for halt in halts {
      guard case .foreignNonce(let evidence) = halt else { continue }
      let index = laneIndex(creating: evidence.lane)
      // A free nonce that was counted once and is not counted any more was not consumed: there is nothing to accept.
      if evidence.ourHashes.isEmpty, lanes[index].doubt == nil { continue }
      lanes[index].nextNonce = max(lanes[index].nextNonce ?? 0, evidence.minedNonce)
      if let doubt = lanes[index].doubt, doubt.nonce < evidence.minedNonce { lanes[index].doubt = nil }
    }
    halts = []
  }

  // MARK: Orders

  private mutating func place(_ intentID: Bytes32, _ keys: [Bytes32], at unixSeconds: UInt64) throws(OutboxError) {
    guard let origin = originOfOrders(intentID) else {
      throw Self.contradiction("orderPlaced", "promise \(intentID) is not in the chain")
    }
    for key in keys {
      guard !openOrders.contains(where: { $0.key == key }) else {
        throw Self.contradiction("orderPlaced", "order \(key) is known already")
      }
      openOrders.append(
        PlacedOrder(
          key: key, intentID: intentID, chainID: origin.chainID, vault: origin.vault,
          placedAtUnixSeconds: unixSeconds, notedAtUnixSeconds: unixSeconds))
    }
  }

  private func originOfOrders(_ intentID: Bytes32) -> (chainID: UInt64, vault: String)? {
    if let promise = openPromise(intentID) {
      return promise.inclusion == nil ? nil : (promise.intent.chainID, promise.intent.vault)
    }
    for lane in lanes {
      if let promise = lane.settled.last(where: { $0.intentID == intentID }), promise.outcome.inclusion != nil {
        return (lane.id.chainID, promise.vault)
      }
    }
    return nil
  }

  private mutating func conclude(
    order key: Bytes32, _ note: OrderNote, at unixSeconds: UInt64
  ) throws(OutboxError) {
    guard let index = openOrders.firstIndex(where: { $0.key == key }) else {
      throw Self.contradiction("orderOutcome", "order \(key) is not open")
    }
    // One failure is told once and for as long as it lasts; after better news the next one is another.
    if note.isFailure, openOrders[index].note?.isFailure != true { openOrders[index].failures += 1 }
    guard note.isFinal else {
      openOrders[index].note = note
      openOrders[index].notedAtUnixSeconds = unixSeconds
      return
    }
    let order = openOrders.remove(at: index)
    endedOrders.append(
      EndedOrder(
        key: key, intentID: order.intentID, chainID: order.chainID, vault: order.vault, note: note,
        failures: order.failures, placedAtUnixSeconds: order.placedAtUnixSeconds, endedAtUnixSeconds: unixSeconds))
  }

  // MARK: Helpers

  private mutating func laneIndex(creating id: LaneID) -> Int {
    if let index = lanes.firstIndex(where: { $0.id == id }) { return index }
    let index = lanes.firstIndex { id < $0.id } ?? lanes.count
    lanes.insert(Lane(id: id), at: index)
    return index
  }

  private func openPosition(of intentID: Bytes32, for record: String) throws(OutboxError) -> (lane: Int, promise: Int) {
    guard let found = openPosition(of: intentID) else {
      throw Self.contradiction(record, "promise \(intentID) is not open")
    }
    return found
  }

  private static func contradiction(_ record: String, _ what: String) -> OutboxError {
    .contradiction(record: record, what: what)
  }
}

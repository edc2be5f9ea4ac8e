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
    case .revised(let intentID, let intent, let fees):
      try revise(intentID, intent, fees)
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
    case .laneAdvanced(let lane, let nextNonce, let seen):
      try advance(lane, nextNonce, seen)
    case .clockBounded(let lane, let seen):
      boundClock(lane, seen)
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

  // MARK: Helpers

  mutating func laneIndex(creating id: LaneID) -> Int {
    if let index = lanes.firstIndex(where: { $0.id == id }) { return index }
    let index = lanes.firstIndex { id < $0.id } ?? lanes.count
    lanes.insert(Lane(id: id), at: index)
    return index
  }

  func openPosition(of intentID: Bytes32, for record: String) throws(OutboxError) -> (lane: Int, promise: Int) {
    guard let found = openPosition(of: intentID) else {
      throw Self.contradiction(record, "promise \(intentID) is not open")
    }
    return found
  }

  static func contradiction(_ record: String, _ what: String) -> OutboxError {
    .contradiction(record: record, what: what)
  }
}

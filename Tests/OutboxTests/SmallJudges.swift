import Ethereum
@testable import Outbox

extension SmallKeeper {
  /// What the journal says, read entry by entry as it grows, without the outbox.
  struct Ledger {
    struct Signature {
      let id: Bytes32
      let kind: Attempt.Kind
      let transaction: UnsignedTransaction
      let raw: [UInt8]
      let hash: Bytes32
    }

    var read: UInt64 = 0
    var signed: [Signature] = []
    /// Decisions that took the place of another one.
    var revised: Set<Bytes32> = []
    var intents: [PromiseIntent] = []
    /// The memory that follows from what was read.
    var state = OutboxState()

    mutating func take(_ durable: Durable<PromiseRecord>) throws {
      read = durable.sequence
      try state.fold(durable.record, at: durable.unixSeconds)
      switch durable.record {
      case .reserved(let intent, _, _): intents.append(intent)
      case .revised(_, let intent, _):
        intents.append(intent)
        revised.insert(intent.id)
      case .signed(let id, let attempt):
        let transaction = try SignedTransaction.decode(attempt.raw.bytes).transaction
        signed.append(
          Signature(
            id: id, kind: attempt.kind, transaction: transaction, raw: attempt.raw.bytes,
            hash: attempt.transactionHash))
      default: break
      }
    }
  }

  /// Reads what was written since it was last asked.
  mutating func readJournal() throws {
    var fresh: [Durable<PromiseRecord>] = []
    try JournalReader(store).replayPromises(from: ledger.read + 1) { fresh.append($0) }
    for durable in fresh { try ledger.take(durable) }
  }

  /// Before bytes go out: the journal must hold them, no halt may be in force, and fees stay below the ceiling.
  mutating func judge(_ transaction: JournaledTransaction) throws {
    try readJournal()
    guard let signature = ledger.signed.first(where: { $0.raw == transaction.raw }) else {
      throw Violation(description: "broadcast of bytes that the journal does not hold: \(transaction.hash)")
    }
    guard signature.id == transaction.intentID, signature.kind == transaction.kind else {
      throw Violation(description: "\(transaction.hash) is sent for \(transaction.intentID), not \(signature.id)")
    }
    guard outbox.halts.isEmpty else { throw Violation(description: "broadcast while halted: \(transaction.hash)") }
    let cap = signature.transaction.caps.feeCapWei
    guard cap <= policy.clearingCeilingWei, transaction.kind == .noOp || cap <= policy.feeCeilingWei else {
      throw Violation(description: "fee cap \(cap) above the ceiling")
    }
  }

  /// After every event: what the world saw, and what would be left after a power loss right now. The memory is compared
  /// with what follows from the journal's bytes, which were read once each: a replay from the first is the same.
  mutating func check() throws {
    try readJournal()
    guard ledger.state == outbox.state else {
      throw Violation(description: "replayed memory differs:\n\(ledger.state)\n\(outbox.state)")
    }
    let hedges = chain.mined.filter { $0.transaction.to != lane.sender }
    guard hedges.count <= 1 else { throw Violation(description: "hedged \(hedges.count) times") }
    guard chain.mined.allSatisfy({ mined in ledger.signed.contains { $0.hash == mined.hash } }) else {
      throw Violation(description: "something was mined that the journal does not hold")
    }
    try checkNonces()
    try checkServed()
    try checkBudgets()
  }

  /// A decision has one nonce and one call; a nonce has one decision, but where the journal says that it was revised.
  private func checkNonces() throws {
    for (index, late) in ledger.signed.enumerated() {
      for early in ledger.signed[..<index] {
        let isSameNonce = early.transaction.nonce == late.transaction.nonce
        if early.id == late.id {
          guard isSameNonce else { throw Violation(description: "\(late.id) has two nonces") }
        } else {
          guard !isSameNonce || ledger.revised.contains(late.id) else {
            throw Violation(description: "nonce \(late.transaction.nonce) has \(early.id) and \(late.id)")
          }
        }
        guard early.id == late.id, early.kind != .noOp, late.kind != .noOp else { continue }
        let (a, b) = (early.transaction, late.transaction)
        guard (a.to, a.valueWei, a.gasLimit) == (b.to, b.valueWei, b.gasLimit), a.data == b.data else {
          throw Violation(description: "\(late.id) was signed as two calls")
        }
      }
    }
  }

  /// What the outbox calls served is what the chain holds, and no decision is served twice.
  private func checkServed() throws {
    let settled = outbox.lane(lane)?.settled ?? []
    let served = settled.compactMap(\.servedIntent)
    guard Set(served).count == served.count else { throw Violation(description: "served twice: \(served)") }
    for promise in settled {
      guard let inclusion = promise.outcome.inclusion else { continue }
      guard let mined = chain.mined.first(where: { $0.hash == inclusion.transactionHash }),
        let signature = ledger.signed.first(where: { $0.hash == mined.hash }), signature.id == promise.intentID
      else { throw Violation(description: "\(promise.intentID) is settled, and the chain does not hold its call") }
      guard let id = promise.servedIntent else { continue }
      guard let intent = ledger.intents.first(where: { $0.id == id }), intent.data.bytes == mined.transaction.data
      else {
        throw Violation(description: "\(id) is called served by another call than its own")
      }
    }
  }

  private func checkBudgets() throws {
    for budget in try outbox.gasBudgets(lane, now: chain.head.timestamp, head: chain.head) {
      guard budget.usedWei <= budget.budgetWei else {
        throw Violation(description: "\(budget.usedWei) wei used of \(budget.budgetWei) in \(budget.windowSeconds) s")
      }
    }
    // The most that any signed call costs is held until the chain has told.
    for promise in outbox.lane(lane)?.open ?? [] {
      for attempt in promise.attempts where attempt.worstWei > promise.heldWei {
        throw Violation(description: "\(promise.heldWei) wei are held for a call of \(attempt.worstWei)")
      }
    }
    let spending = outbox.spending(vault: "alpha", chainID: testChainID, now: chain.head.timestamp, head: chain.head)
    // What another writer promises is not asked here whether it may.
    guard hasAdopted || spending.turnoverHeld.saturatingAdd(spending.turnoverSpent) <= Self.vault.turnoverPerDay ?? .max
    else { throw Violation(description: "turnover beyond the limit: \(spending)") }
  }

  /// Fair weather for long enough: the hedge stands and nothing is open, or the keeper halted and says why.
  mutating func calmDown() throws {
    for _ in 0..<14 {
      try tick()
      chain.mine(including: true)
      try check()
    }
    try tick()
    try check()
    let replayed = try Outbox(policies: [policy], replaying: JournalReader(store))
    guard replayed.state == outbox.state else {
      throw Violation(description: "replayed from the first, memory differs")
    }
    if !outbox.halts.isEmpty { return }
    guard chain.mined.contains(where: { $0.transaction.to != lane.sender }) else {
      throw Violation(description: "calm, and no hedge; open: \(outbox.lane(lane)?.open.map(\.state) ?? [])")
    }
    guard outbox.standing(lane) == .free else {
      throw Violation(description: "calm, and \(outbox.standing(lane)): \(outbox.lane(lane)?.open.map(\.state) ?? [])")
    }
  }
}

package import Ethereum

/// Every call we have promised, and nothing else: a value that is the fold of the journal's promise records.
///
/// Nothing changes it but a durable record (`commit`, `apply`), so memory can never know more than the journal, and
/// starting and recovering are the same code. Its other functions only look and answer with values: records to commit,
/// steps to take. It knows no clock, no node and no key; the Keeper brings time and evidence, asks, and acts.
package struct Outbox: Sendable {
  /// How promises are kept, one for each chain. Not part of the memory.
  package let policies: [LanePolicy]
  /// How vaults are limited, one for each that is. Not part of the memory either.
  package let vaults: [VaultPolicy]
  /// The memory.
  package internal(set) var state: OutboxState

  /// What a person accepted at another writer, as that writer left it. Not part of the memory: whoever becomes the
  /// writer reads it anew.
  private(set) var accepted: [AcceptedNonce] = []

  /// An outbox that has promised nothing.
  package init(policies: [LanePolicy], vaults: [VaultPolicy] = []) {
    self.policies = policies
    self.vaults = vaults
    state = OutboxState()
  }

  /// The outbox as the journal remembers it. This is both the first start (an empty journal) and every recovery.
  /// - Throws: `journal` if it cannot be read or is corrupt, `contradiction` if its records cannot follow each other.
  package init(
    policies: [LanePolicy], vaults: [VaultPolicy] = [], replaying journal: JournalReader
  ) throws(OutboxError) {
    var folded = OutboxState()
    var contradiction: OutboxError?
    do {
      try journal.replayPromises { (durable) throws(JournalFailure) in
        guard contradiction == nil else { return }
        do throws(OutboxError) { try folded.fold(durable.record, at: durable.unixSeconds) } catch {
          contradiction = error
        }
      }
    } catch {
      throw .journal(error)
    }
    if let contradiction { throw contradiction }
    self.policies = policies
    self.vaults = vaults
    state = folded
  }

  /// Makes `records` durable, all or none, and then part of the memory. Records that could not be replayed are refused
  /// before anything is written.
  ///
  /// - Throws: `contradiction` (nothing happened) or `journal` (it is unknown whether they were written: end the
  ///   process, replay at the next start).
  @discardableResult
  package mutating func commit(
    _ records: [PromiseRecord], to journal: Journal, at unixSeconds: UInt64
  ) throws(OutboxError) -> [Durable<PromiseRecord>] {
    var next = state
    for record in records { try next.fold(record, at: unixSeconds) }
    let durable: [Durable<PromiseRecord>]
    do { durable = try journal.append(records, at: unixSeconds) } catch { throw .journal(error) }
    state = next
    return durable
  }

  /// `commit` for a single record.
  @discardableResult
  package mutating func commit(
    _ record: PromiseRecord, to journal: Journal, at unixSeconds: UInt64
  ) throws(OutboxError) -> Durable<PromiseRecord> {
    let durable = try commit([record], to: journal, at: unixSeconds)
    guard let only = durable.first, durable.count == 1 else {
      throw .contradiction(record: record.name, what: "the journal answered \(durable.count) records for one")
    }
    return only
  }

  /// How promises on this chain are kept.
  /// - Throws: `noPolicy` if the configuration does not name it.
  package func policy(for chainID: UInt64) throws(OutboxError) -> LanePolicy {
    guard let policy = policies.first(where: { $0.chainID == chainID }) else { throw .noPolicy(chainID: chainID) }
    return policy
  }

  /// The promises of one sender on one chain; nil if there never was one.
  package func lane(_ id: LaneID) -> Lane? { state.lane(id) }

  /// Halts that are in force, oldest first.
  package var halts: [Halt] { state.halts }

  /// Learns that these nonces were a stranger's, and that a person has accepted it at another writer with our key.
  package mutating func accept(_ nonces: [UInt64], in id: LaneID) {
    for nonce in nonces where !isAccepted(nonce, in: id) { accepted.append(AcceptedNonce(lane: id, nonce: nonce)) }
  }

  /// Whether another writer has left word that a stranger's use of this nonce was accepted.
  func isAccepted(_ nonce: UInt64, in id: LaneID) -> Bool {
    accepted.contains { $0.lane == id && $0.nonce == nonce }
  }

  /// The nonces of ours that a stranger used and a person has accepted, here or at another writer: what a successor
  /// need not halt for again. None while a halt for a stranger stands.
  package func acceptedNonces(in id: LaneID) -> [UInt64] {
    let isUnanswered = halts.contains {
      guard case .foreignNonce(let evidence) = $0 else { return false }
      return evidence.lane == id
    }
    guard !isUnanswered else { return [] }
    let own = (lane(id)?.settled ?? []).compactMap { promise in
      if case .superseded = promise.outcome { promise.nonce } else { nil }
    }
    let others = accepted.filter { $0.lane == id && !own.contains($0.nonce) }.map(\.nonce)
    return (own + others).sorted()
  }

  /// The record of a halt, or none if this very halt is in force already: safe to ask every tick.
  package func halt(_ halt: Halt) -> [PromiseRecord] {
    state.halts.contains { $0.isSameCause(as: halt) } ? [] : [.halted(halt: halt)]
  }

  /// The record that ends all halts, or none if there are none.
  package func resume(note: String) -> [PromiseRecord] {
    state.halts.isEmpty ? [] : [.resumed(note: note)]
  }

  // MARK: What may be done now

  /// Whether a call with this purpose may be promised and signed on this chain, as far as halts go.
  package func mayReserve(_ purpose: Purpose, chainID: UInt64) throws(OutboxError) -> Bool {
    if state.halts.isEmpty { return true }
    guard purpose == .cancelOrder else { return false }
    return try mayTakeOrdersBack(chainID: chainID)
  }

  /// Whether our own resting orders may be cancelled while halted: by policy, or because the operator who halted asked
  /// for it.
  package func mayTakeOrdersBack(chainID: UInt64) throws(OutboxError) -> Bool {
    let policy = try policy(for: chainID)
    return policy.cancelsOrdersWhileHalted || takesOrdersBack
  }

  /// An operator's halt is in force that asks for our own orders to be taken back.
  package var takesOrdersBack: Bool {
    state.halts.contains {
      guard case .byOperator(_, let cancelsOrders) = $0 else { return false }
      return cancelsOrders == true
    }
  }

  /// What the Keeper must ask the nodes about in this lane: every hash that may yet be mined, or be mined no more.
  package func hashesToLookUp(_ id: LaneID) -> [Bytes32] {
    lane(id)?.open.flatMap(\.hashes) ?? []
  }

  /// Heights whose canonical block the Keeper must ask for: those of inclusions that are not final.
  package func heightsToLookUp(_ id: LaneID) -> [UInt64] {
    lane(id)?.open.compactMap { $0.inclusion?.blockNumber } ?? []
  }
}

/// A nonce that a stranger used, and a person has accepted it.
struct AcceptedNonce: Hashable, Sendable {
  let lane: LaneID
  let nonce: UInt64
}

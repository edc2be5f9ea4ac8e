import Ethereum

/// One nonce as a journal's signatures show it: the decisions that were made for it one after the other, and what was
/// signed for them.
struct WitnessedPromise: Sendable {
  let nonce: UInt64
  /// The height of the block that the first of them was decided at: from there the blocks of a private call count.
  let decidedAtHeight: UInt64
  /// The highest caps so far.
  var caps: Fees.Caps
  /// A public endpoint was handed bytes of it.
  var wentPublic = false
}

extension Checkers {
  /// A signature was written down: it keeps its promise's nonce, pays as its chain is paid, and outbids by a tenth what
  /// it replaces.
  func judgeSignature(_ hash: Bytes32) {
    guard let attempt = witness.attempt(hash) else { return }
    let transaction: UnsignedTransaction
    do { transaction = try SignedTransaction.decode(attempt.raw).transaction } catch {
      return breach(.soundness, "\(hash) is journaled, and its bytes are no transaction: \(error)")
    }
    test(.spending)
    if transaction.isLegacy != plan.scene.hasLegacyGas {
      breach(.spending, "\(hash) offers fees of a kind that its chain does not have")
    }
    let root = witness.root(of: attempt.intent.id)
    guard var promise = promises[machine][root] else {
      promises[machine][root] = WitnessedPromise(
        nonce: transaction.nonce, decidedAtHeight: attempt.intent.decidedAt.number, caps: transaction.caps)
      return
    }
    test(.lane)
    if promise.nonce != transaction.nonce {
      breach(.lane, "\(hash) has nonce \(transaction.nonce), its promise has nonce \(promise.nonce)")
    }
    // What another keeper signed for the nonce, it signed without knowing of ours.
    if attempt.kind != "adopted" {
      test(.replacement)
      let isEnough =
        Self.outbids(transaction.caps.tipWei, promise.caps.tipWei)
        && Self.outbids(transaction.caps.feeCapWei, promise.caps.feeCapWei)
      if !isEnough {
        breach(
          .replacement,
          "\(hash) offers \(transaction.caps.tipWei) and \(transaction.caps.feeCapWei) wei in the place of "
            + "\(promise.caps.tipWei) and \(promise.caps.feeCapWei)")
      }
    }
    promise.caps = Fees.Caps(
      tipWei: max(promise.caps.tipWei, transaction.caps.tipWei),
      feeCapWei: max(promise.caps.feeCapWei, transaction.caps.feeCapWei))
    promises[machine][root] = promise
  }

  /// At least a tenth more, and more.
  private static func outbids(_ new: UInt256, _ old: UInt256) -> Bool {
    do { return try new > old && new >= UInt256.mulDiv(old, 11, 10, rounding: .up) } catch { return false }
  }

  /// Bytes leave for the first time: every earlier nonce of the key is mined, whichever vault it was for.
  func judgeLane(_ hash: Bytes32, _ attempt: JournalWitness.Attempt, _ world: SimulatedWorld) {
    guard let promise = promises[machine][witness.root(of: attempt.intent.id)] else { return }
    test(.lane)
    let mined = world.chain.head.nonce
    if promise.nonce > mined {
      breach(.lane, "\(hash) left with nonce \(promise.nonce) while nonce \(mined) of the key was open")
    }
  }

  /// A message goes to an endpoint, in a world with relays: is that one that may hear it?
  func routed(_ body: [UInt8], isToRelay: Bool, in world: SimulatedWorld) {
    guard let raw = Self.transaction(in: body) else { return }
    let hash = Keccak256.hash(raw)
    guard let attempt = witness.attempt(hash) else { return }
    test(.privacy)
    // A no-op tells nobody anything. What was in a block everybody has seen, also where a reorg took it back.
    guard !attempt.isNoOp, !mined.contains(hash) else {
      if isToRelay, attempt.isNoOp { breach(.privacy, "\(hash) clears a nonce, and went to a relay") }
      return
    }
    let root = witness.root(of: attempt.intent.id)
    guard let promise = promises[machine][root] else { return }
    let height = world.chain.head.number
    let waited = height - min(height, promise.decidedAtHeight)
    switch attempt.intent.route {
    case .public:
      if isToRelay { breach(.privacy, "\(hash) is public, and went to a relay") }
    case .private:
      if !isToRelay { breach(.privacy, "\(hash) is private, and went to a public endpoint") }
    case .privateThenPublic(let blocks):
      if isToRelay, promise.wentPublic { breach(.privacy, "\(hash) went to a relay after it had been public") }
      if !isToRelay, waited < blocks {
        breach(.privacy, "\(hash) became public after \(waited) blocks, \(blocks) are to be waited for")
      }
    }
    if !isToRelay { promises[machine][root]?.wentPublic = true }
  }

  // MARK: Between two keepers

  /// The lease's store took a key: only the one who holds the lease may put a transaction there.
  func entered(_ key: [UInt8], in world: SimulatedWorld) {
    guard let hash = LeaseStore.hash(in: key) else { return }
    test(.lease)
    guard let leader = world.leaseStore?.leader else {
      return breach(.lease, "\(hash) was put into the lease's store while nobody held the lease")
    }
    if witnesses[leader].attempt(hash) == nil {
      breach(.lease, "\(hash) was put into the lease's store by another than machine \(leader), which held the lease")
    }
  }

  /// Bytes leave a machine that is one of two.
  func judgeLease(_ hash: Bytes32, _ world: SimulatedWorld) {
    guard let store = world.leaseStore else { return }
    test(.lease)
    if !store.holds(hash) { breach(.lease, "\(hash) left machine \(machine), and the lease's store does not hold it") }
  }
}

import Ethereum
package import Outbox

/// Judges of a run. They stand outside the program: they see bytes that left it, blocks, and the truth of the
/// contracts, and they read the journal with eyes of their own.
package final class Checkers {
  let plan: StormPlan
  package private(set) var violations: [Violation] = []
  /// What each machine's journal says.
  var witnesses: [JournalWitness]
  /// Promises by the first decision for their nonce, of each machine.
  var promises: [[Bytes32: WitnessedPromise]]
  /// On which machine the keeper runs that is at work.
  private(set) var machine = 0
  /// What was ever in a block.
  private(set) var mined: Set<Bytes32> = []
  private var tick: UInt64 = 0
  /// Hashes that left the process at least once.
  private var heard: Set<Bytes32> = []
  /// Transactions that somebody else signed with the keeper's key.
  private(set) var strangers: [(hash: Bytes32, tick: UInt64, mustHalt: Bool)] = []
  /// How often each law was put to the test: a law that was never tested has not held.
  package private(set) var tested = [UInt64](repeating: 0, count: Law.allCases.count)
  package private(set) var broadcasts: UInt64 = 0
  /// The largest error of the machine's clock so far in this tick, in either direction.
  private var clockErrorSeconds: UInt64 = 0

  init(plan: StormPlan) {
    self.plan = plan
    witnesses = (0..<plan.scene.keeperCount).map { _ in JournalWitness() }
    promises = witnesses.map { _ in [:] }
  }

  /// The journal of the machine that is at work.
  var witness: JournalWitness { witnesses[machine] }

  /// A signature that any of the machines has written down.
  private func known(_ hash: Bytes32) -> JournalWitness.Attempt? {
    for witness in witnesses {
      if let attempt = witness.attempt(hash) { return attempt }
    }
    return nil
  }

  func breach(_ law: Law, _ text: String) {
    // One cause can break a law at every tick; a few of each say it all.
    guard violations.count(where: { $0.law == law }) < 5 else { return }
    violations.append(Violation(law: law, tick: tick, text: text))
  }

  func test(_ law: Law) { tested[Law.allCases.firstIndex(of: law) ?? 0] += 1 }

  func begin(tick: UInt64, clockErrorSeconds: Int64, machine: Int = 0) {
    self.tick = tick
    self.machine = machine
    self.clockErrorSeconds = clockErrorSeconds.magnitude
  }

  /// How many signatures were made beyond the first of their promises, in the journal that has the most of
  /// them.
  var replacements: Int {
    witnesses.map { witness in
      var intents: [Bytes32] = []
      return witness.hashes.count { hash in
        guard let intent = witness.attempt(hash)?.intent.id else { return false }
        if intents.contains(intent) { return true }
        intents.append(intent)
        return false
      }
    }.max() ?? 0
  }

  func intruded(_ hash: Bytes32, tick: UInt64, mustHalt: Bool = true) { strangers.append((hash, tick, mustHalt)) }

  func journaled(_ entry: JournalEntry, at milliseconds: UInt64) {
    let signatures = witness.hashes.count
    if let defect = witnesses[machine].read(entry, at: milliseconds) { breach(.soundness, defect) }
    if witness.hashes.count > signatures, let hash = witness.hashes.last { judgeSignature(hash) }
  }

  // MARK: What leaves the process

  /// A message that never left the machine.
  func unsent(_ body: [UInt8]) {
    if let raw = Self.transaction(in: body) { requireJournaled(raw) }
  }

  /// A message that left, whatever became of it.
  func heard(_ body: [UInt8], in world: SimulatedWorld) {
    guard let raw = Self.transaction(in: body) else { return }
    broadcasts += 1
    let hash = Keccak256.hash(raw)
    requireJournaled(raw)
    guard let attempt = witness.attempt(hash) else { return }
    if attempt.raw != raw { breach(.journalledFirst, "\(hash) left in other bytes than the journal holds") }
    test(.standstill)
    if world.haltReason != nil, world.haltSinceTick < tick {
      breach(.standstill, "\(hash) left while the operator's marker lay there since tick \(world.haltSinceTick)")
    }
    judgeLease(hash, world)
    judgeLane(hash, attempt, world)
    guard heard.insert(hash).inserted, !attempt.isNoOp else { return }
    judgePicture(attempt, hash, world)
  }

  private func requireJournaled(_ raw: [UInt8]) {
    test(.journalledFirst)
    let hash = Keccak256.hash(raw)
    if witness.attempt(hash) == nil { breach(.journalledFirst, "\(hash) left, and the journal does not hold it") }
  }

  /// The bytes of `eth_sendRawTransaction` in a message, if it is one.
  static func transaction(in body: [UInt8]) -> [UInt8]? {
    guard isSending(body) else { return nil }
    do {
      let requests = try JSON.parse(body).array ?? []
      for request in requests where request["method"]?.string == "eth_sendRawTransaction" {
        return try Hex.decode(request["params"]?[0]?.string ?? "", limit: 1 << 20)
      }
    } catch {
      return []
    }
    return nil
  }

  private static let sending = Array("eth_sendRawTransaction".utf8)
  /// How far `sending` may move on where a byte stands under its last one (Horspool 1980). Most of a message is zeros,
  /// which it does not contain.
  private static let leaps: [Int] = {
    var leaps = [Int](repeating: sending.count, count: 256)
    for (place, byte) in sending.dropLast().enumerated() { leaps[Int(byte)] = sending.count - 1 - place }
    return leaps
  }()

  private static func isSending(_ body: [UInt8]) -> Bool {
    var end = sending.count
    while end <= body.count {
      if body[end - 1] == sending[sending.count - 1], body[end - sending.count..<end].elementsEqual(sending) {
        return true
      }
      end += leaps[Int(body[end - 1])]
    }
    return false
  }

  /// When bytes are heard for the first time: what was their decision looking at?
  private func judgePicture(_ attempt: JournalWitness.Attempt, _ hash: Bytes32, _ world: SimulatedWorld) {
    guard let place = world.chain.place(of: attempt.intent.decidedAt.hash) else { return }
    let picture = world.chain.blocks[place]
    test(.freshness)
    let now = world.milliseconds / 1_000
    let age = now > picture.timestamp ? now - picture.timestamp : 0
    // A clock that is wrong by less than what makes heads look as if they came from the future deceives by as much;
    // and the tick itself may take some exchanges until their deadlines.
    let patience = UInt64(plan.deadlineMilliseconds) / 1_000 * 10
    let isSameTick = world.milliseconds - attempt.journaledAt < patience * 1_000
    let allowed = isSameTick && attempt.isDecidedAnew ? plan.maximumHeadAgeSeconds : StormPolicy.clearAfterSeconds * 3
    if age > allowed + min(clockErrorSeconds, 60) + patience {
      breach(.freshness, "\(hash) left \(age) s after the block it was decided at, \(allowed) s are allowed")
    }
    guard attempt.intent.purpose == "act" else { return }
    guard let vault = StormPolicy.vaultNames.firstIndex(of: attempt.intent.vault),
      picture.vaults.indices.contains(vault)
    else { return }
    if let reason = picture.vaults[vault].standstill {
      breach(.standstill, "\(hash) was decided at block \(picture.number), where \(reason)")
    }
  }

  // MARK: What is mined

  func included(
    _ receipt: BlockReceipt, brought: [Int64], before: ContractWorld, after: ContractWorld, chain: SimulatedChain
  ) {
    let transaction = receipt.transaction
    mined.insert(transaction.hash)
    guard let attempt = known(transaction.hash) else {
      if !strangers.contains(where: { $0.hash == transaction.hash }) {
        breach(.journalledFirst, "\(transaction.hash) is mined, and the journal does not hold it")
      }
      return
    }
    test(.spending)
    let ceiling = attempt.isNoOp ? StormPolicy.clearingCeilingWei(plan) : plan.feeCeilingWei
    if transaction.caps.feeCapWei > ceiling {
      breach(
        .spending,
        "\(transaction.hash) is mined with a fee cap of \(transaction.caps.feeCapWei) wei, allowed \(ceiling)")
    }
    guard receipt.succeeded, !attempt.isNoOp else { return }
    judgeClips(transaction, after: after)
    judgeExposure(attempt, transaction, brought: brought, before: before, after: after, chain: chain)
  }

  // MARK: Memory

  /// What the keeper remembers against what a replay of its journal gives.
  package func remember(_ outbox: Outbox, store: any JournalStore) {
    test(.memory)
    do {
      let replayed = try Outbox(policies: outbox.policies, replaying: JournalReader(store))
      if replayed.state != outbox.state { breach(.memory, "the replayed journal gives another state than memory") }
    } catch {
      breach(.memory, "the journal cannot be replayed: \(error)")
    }
  }

  // MARK: The end

  /// What the canonical chain holds in the end: each intent served at most once, and all within the day's budget.
  func judgeChain(_ chain: SimulatedChain) {
    var served: [Bytes32: Bytes32] = [:]
    var spent = UInt256.zero
    for (_, receipt) in chain.canonicalReceipts {
      guard let attempt = known(receipt.transaction.hash) else { continue }
      do {
        spent = try spent + UInt256(receipt.gasUsed) * receipt.effectiveGasPriceWei + receipt.valueWei
      } catch {
        breach(.spending, "what was spent does not fit 256 bits")
      }
      guard receipt.succeeded, !attempt.isNoOp else { continue }
      test(.servedOnce)
      if let first = served[attempt.intent.id] {
        breach(.servedOnce, "intent \(attempt.intent.id) is served by \(first) and \(receipt.transaction.hash)")
      }
      served[attempt.intent.id] = receipt.transaction.hash
    }
    test(.spending)
    if let contracts = chain.head.contracts, contracts.plan.account == .safeRoles {
      spent = spent.addingReportingOverflow(contracts.records.feesPaidWei).value
    }
    // Of all keepers together: a successor is charged what the writers before it have spent.
    if spent > plan.gasBudgetWei {
      breach(.spending, "\(spent) wei are spent, the day's budget is \(plan.gasBudgetWei)")
    }
  }
}

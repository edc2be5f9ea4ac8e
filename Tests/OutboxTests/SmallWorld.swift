import Ethereum
@testable import Outbox
import Simulation

/// A chain with one account that matters, and a pool with geth's rules for it. A value: copy it, and two futures part.
struct SmallChain {
  struct Block {
    let mark: HeadMark
    let transactions: [SignedTransaction]
    /// How many transactions of strangers on our key it holds.
    let strangers: UInt64
  }

  private(set) var blocks: [Block]
  private(set) var pool: [SignedTransaction] = []
  private var branches: UInt64 = 0
  private let sender: Address

  init(sender: Address) {
    self.sender = sender
    let genesis = HeadMark(number: 100, hash: Make.hash("genesis"), timestamp: 1_200)
    blocks = [Block(mark: genesis, transactions: [], strangers: 0)]
  }

  var head: HeadMark { mark(behind: 0) }

  func mark(behind: Int) -> HeadMark { blocks[max(blocks.count - 1 - behind, 0)].mark }

  func nonce(behind: Int = 0) -> UInt64 {
    blocks.dropLast(min(behind, blocks.count - 1)).reduce(0) { $0 + UInt64($1.transactions.count) + $1.strangers }
  }

  /// All of our transactions in the canonical chain, oldest first.
  var mined: [SignedTransaction] { blocks.flatMap(\.transactions) }

  /// Takes bytes as geth's pool does, with its texts.
  mutating func submit(_ raw: [UInt8]) throws -> Submission {
    let transaction = try SignedTransaction.decode(raw)
    if pool.contains(transaction) { return Submission.classify(code: -32_000, message: "already known") }
    guard transaction.transaction.nonce >= nonce() else {
      let text = "nonce too low: next nonce \(nonce()), tx nonce \(transaction.transaction.nonce)"
      return Submission.classify(code: -32_000, message: text)
    }
    if let index = pool.firstIndex(where: { $0.transaction.nonce == transaction.transaction.nonce }) {
      guard Fees.replacementMeets(old: pool[index].transaction.caps, new: transaction.transaction.caps) else {
        return Submission.classify(code: -32_000, message: "replacement transaction underpriced")
      }
      pool[index] = transaction
    } else {
      pool.append(transaction)
    }
    return Submission.classify(.result(.string("\(transaction.hash)")), sent: transaction.hash)
  }

  /// One more block; with what the pool can give it, or empty.
  mutating func mine(including: Bool, strangers: UInt64 = 0) {
    var taken: [SignedTransaction] = []
    var next = nonce() + strangers
    while including, let index = pool.firstIndex(where: { $0.transaction.nonce == next }) {
      taken.append(pool.remove(at: index))
      next += 1
    }
    let parent = head
    let mark = HeadMark(
      number: parent.number + 1, hash: Make.hash("\(parent.hash) \(branches) \(taken.map(\.hash)) \(strangers)"),
      timestamp: parent.timestamp + 12)
    blocks.append(Block(mark: mark, transactions: taken, strangers: strangers))
    let used = nonce()
    pool.removeAll { $0.transaction.nonce < used }
  }

  /// The last `depth` blocks are replaced by one more empty block than there were. Their transactions go back to the
  /// pool, or are lost.
  mutating func reorg(depth: Int, keepsTransactions: Bool) {
    branches += 1
    let count = min(depth, blocks.count - 1)
    let orphaned = blocks.suffix(count).flatMap(\.transactions)
    blocks.removeLast(count)
    if keepsTransactions {
      for transaction in orphaned {
        let isTaken = pool.contains { $0.transaction.nonce == transaction.transaction.nonce }
        if !isTaken { pool.append(transaction) }
      }
    }
    for _ in 0...count { mine(including: false) }
  }

  mutating func drop() { pool = [] }

  /// What a node standing `behind` blocks behind the head answers about these hashes and heights. A node without an
  /// index knows of no receipt.
  func evidence(
    _ lane: LaneID, hashes: [Bytes32], heights: [UInt64], behind: Int = 0, hasIndex: Bool = true
  ) -> NodeEvidence {
    let seen = blocks.dropLast(min(behind, blocks.count - 1))
    let sightings = hashes.map { hash in
      for block in seen where hasIndex && block.transactions.contains(where: { $0.hash == hash }) {
        let inclusion = Inclusion(
          transactionHash: hash, blockNumber: block.mark.number, blockHash: block.mark.hash, succeeded: true,
          gasUsed: 400_000, effectiveGasPriceWei: 600)
        return TransactionSighting(hash: hash, sighting: .receipt(inclusion, canonicalHash: block.mark.hash))
      }
      return TransactionSighting(
        hash: hash, sighting: hasIndex && pool.contains { $0.hash == hash } ? .inPool : .unknown)
    }
    let canonical = heights.compactMap { height in
      seen.first { $0.mark.number == height }.map { CanonicalBlock(number: height, hash: $0.mark.hash) }
    }
    return NodeEvidence(
      lane: lane, head: mark(behind: behind), minedNonce: nonce(behind: behind), sightings: sightings,
      canonical: canonical, isComplete: true)
  }
}

/// A keeper in that world that wants one thing: that the chain holds one call of purpose `act`. It looks at the chain
/// to see whether it is there, as a hedger looks at its position; so a call too many is a hedge too many.
struct SmallKeeper {
  /// What goes wrong with the network in a tick.
  enum Weather: CaseIterable {
    case fair
    /// Bytes are taken, the answer is lost.
    case answerLost
    /// The node says that it took the bytes, and keeps them nowhere.
    case swallowed
    /// No connection.
    case unreachable
    /// The node stands two blocks behind.
    case behind
    /// The node has lost its index: no receipt, no pool, no canonical hashes to compare.
    case withoutIndex
  }

  /// The process ends here.
  struct Crash: Error {}

  /// What must never happen, and did.
  struct Violation: Error, CustomStringConvertible {
    let description: String
  }

  let policy: LanePolicy
  let lane: LaneID
  var chain: SmallChain
  let store: MemoryJournalStore
  private(set) var outbox: Outbox
  private var journal: Journal
  /// Effects still allowed before the power goes; nil for ever.
  private var effectsLeft: Int?
  /// Effects of the last tick: journal writes and submissions, each with a boundary before and after.
  private(set) var boundaries = 0

  init(policy: LanePolicy) throws {
    self.policy = policy
    lane = try Make.lane()
    chain = SmallChain(sender: lane.sender)
    store = MemoryJournalStore()
    journal = try Journal(open: store)
    outbox = try Outbox(policies: [policy], replaying: journal.reader)
  }

  /// The same keeper with a medium of its own, whose future touches nobody else's.
  func fork() throws -> SmallKeeper {
    try SmallKeeper(copying: self)
  }

  private init(copying other: SmallKeeper) throws {
    policy = other.policy
    lane = other.lane
    chain = other.chain
    store = other.store.copy()
    journal = try Journal(open: store)
    outbox = other.outbox
  }

  /// Memory is lost; what the journal holds is not.
  private mutating func restart() throws {
    journal = try Journal(open: store)
    outbox = try Outbox(policies: [policy], replaying: journal.reader)
  }

  /// One tick, ended by a power loss at the boundary with this number (from 0) if there is one.
  mutating func tick(_ weather: Weather = .fair, crashAt boundary: Int? = nil) throws {
    effectsLeft = boundary
    boundaries = 0
    do { try work(weather) } catch is Crash { try restart() }
  }

  private mutating func pass() throws {
    boundaries += 1
    guard let left = effectsLeft else { return }
    if left == 0 { throw Crash() }
    effectsLeft = left - 1
  }

  private mutating func commit(_ records: [PromiseRecord]) throws -> [Durable<PromiseRecord>] {
    guard !records.isEmpty else { return [] }
    try pass()
    let durable = try outbox.commit(records, to: journal, at: chain.head.timestamp)
    try pass()
    return durable
  }

  private func observe(_ weather: Weather) -> NodeEvidence {
    chain.evidence(
      lane, hashes: outbox.hashesToLookUp(lane),
      heights: weather == .withoutIndex ? [] : outbox.heightsToLookUp(lane), behind: weather == .behind ? 2 : 0,
      hasIndex: weather != .withoutIndex)
  }

  /// observe → settle → due → decide → sign → journal → submit, as a keeper does it.
  private mutating func work(_ weather: Weather) throws {
    _ = try commit(try outbox.settle(observe(weather)))
    for step in try outbox.due(observe(weather), quote: Make.fees, now: chain.head.timestamp) {
      switch step {
      case .release(let intentID, let reason): _ = try commit([.released(intentID: intentID, reason: reason)])
      case .resend(let transaction): try send(transaction, weather)
      case .replace(let reservation): try signAndSend(reservation, weather)
      case .wait: break
      }
    }
    let seen = observe(weather)
    let isThere = chain.blocks.dropLast(weather == .behind ? 2 : 0).contains { block in
      block.transactions.contains { $0.transaction.to != lane.sender }
    }
    guard !isThere else { return }
    let intent = try Make.intent(at: seen.head)
    guard let record = try reserve(intent, seen) else { return }
    _ = try commit([record])
    guard let reservation = outbox.firstReservation(intent.id, head: seen.head) else { return }
    try signAndSend(reservation, weather)
  }

  /// The reservation, or nil where the outbox gives none.
  private func reserve(_ intent: PromiseIntent, _ seen: NodeEvidence) throws -> PromiseRecord? {
    do throws(OutboxError) {
      return try outbox.reserve(intent, fees: Make.fees, evidence: seen, now: chain.head.timestamp)
    } catch {
      guard case .refused = error else { throw error }
      return nil
    }
  }

  private mutating func signAndSend(_ reservation: Reservation, _ weather: Weather) throws {
    let record = try outbox.signed(try Make.sign(reservation.transaction), for: reservation)
    for durable in try commit([record]) {
      if let transaction = outbox.transaction(for: durable) { try send(transaction, weather) }
    }
  }

  private mutating func send(_ transaction: JournaledTransaction, _ weather: Weather) throws {
    try pass()
    var answer = Submission.notSent(why: "unreachable")
    if weather != .unreachable {
      try judge(transaction)
      answer = .accepted
      if weather != .swallowed { answer = try chain.submit(transaction.raw) }
      if weather == .answerLost { answer = .maybeAccepted(why: "timeout") }
    }
    try pass()
    let answers = [EndpointAnswer(endpoint: "a", submission: answer)]
    guard try outbox.isNews(answers, for: transaction, at: chain.head) else { return }
    _ = try commit([outbox.submitted(transaction, answers: answers, head: chain.head)])
  }

  // MARK: The judges

  /// Before bytes go out: the journal must hold them, no halt may be in force, and fees stay below the ceiling.
  private func judge(_ transaction: JournaledTransaction) throws {
    guard try signedRecords().contains(where: { $0.attempt.raw.bytes == transaction.raw }) else {
      throw Violation(description: "broadcast of bytes that the journal does not hold: \(transaction.hash)")
    }
    guard outbox.halts.isEmpty else { throw Violation(description: "broadcast while halted: \(transaction.hash)") }
    let cap = try SignedTransaction.decode(transaction.raw).transaction.caps.feeCapWei
    guard cap <= policy.clearingCeilingWei, transaction.kind == .noOp || cap <= policy.feeCeilingWei else {
      throw Violation(description: "fee cap \(cap) above the ceiling")
    }
  }

  private func signedRecords() throws -> [(id: Bytes32, attempt: AttemptRecord, nonce: UInt64)] {
    var signed: [(id: Bytes32, attempt: AttemptRecord, nonce: UInt64)] = []
    try JournalReader(store).replayPromises { (durable) throws(JournalFailure) in
      guard case .signed(let id, let attempt) = durable.record else { return }
      do {
        signed.append((id, attempt, try SignedTransaction.decode(attempt.raw.bytes).transaction.nonce))
      } catch {
        throw .unreadable(what: "\(error)")
      }
    }
    return signed
  }

  /// After every event: what the world saw, and what would be left after a power loss right now.
  func check() throws {
    let hedges = chain.mined.filter { $0.transaction.to != lane.sender }
    guard hedges.count <= 1 else { throw Violation(description: "hedged \(hedges.count) times") }
    let signed = try signedRecords()
    for one in signed {
      for other in signed where (one.id == other.id) != (one.nonce == other.nonce) {
        throw Violation(description: "intents \(one.id), \(other.id) have nonces \(one.nonce), \(other.nonce)")
      }
    }
    guard chain.mined.allSatisfy({ mined in signed.contains { $0.attempt.transactionHash == mined.hash } }) else {
      throw Violation(description: "something was mined that the journal does not hold")
    }
    let budget = try outbox.gasBudget(lane, now: chain.head.timestamp)
    guard budget.usedWei <= budget.budgetWei else {
      throw Violation(description: "\(budget.usedWei) wei used of \(budget.budgetWei)")
    }
    let recovered = try Outbox(policies: [policy], replaying: JournalReader(store))
    guard recovered.state == outbox.state else {
      throw Violation(description: "replayed memory differs:\n\(recovered.state)\n\(outbox.state)")
    }
  }

  /// Fair weather for long enough: the hedge stands and nothing is open, or the keeper halted and says why.
  mutating func calmDown() throws {
    for _ in 0..<14 {
      try tick()
      chain.mine(including: true)
      try check()
    }
    try tick()
    if !outbox.halts.isEmpty { return }
    guard chain.mined.contains(where: { $0.transaction.to != lane.sender }) else {
      throw Violation(description: "calm, and no hedge; open: \(outbox.lane(lane)?.open.map(\.state) ?? [])")
    }
    guard outbox.standing(lane) == .free else {
      throw Violation(description: "calm, and \(outbox.standing(lane)): \(outbox.lane(lane)?.open.map(\.state) ?? [])")
    }
  }
}

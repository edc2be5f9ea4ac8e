import Ethereum
@testable import Outbox

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
    /// The node tells what is final, and what is safe.
    case finality
    /// The market has moved: whatever is to be replaced is decided anew, and another size is wanted.
    case otherSize
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
  /// What the judges have read in the journal so far.
  var ledger = Ledger()
  /// Whether records of another writer were ever taken over.
  private(set) var hasAdopted = false
  /// Effects still allowed before the power goes; nil for ever.
  private var effectsLeft: Int?
  /// Effects of the last tick: journal writes and submissions, each with a boundary before and after.
  private(set) var boundaries = 0

  /// What the vault may trade in a day: the smallest that lets one decision of either size in, and not two.
  static let vault = VaultPolicy(vault: "alpha", chainID: testChainID, turnoverPerDay: 1_500)

  init(policy: LanePolicy) throws {
    self.policy = policy
    lane = try Make.lane()
    chain = SmallChain(sender: lane.sender)
    store = MemoryJournalStore()
    journal = try Journal(open: store)
    outbox = try Outbox(policies: [policy], vaults: [Self.vault], replaying: journal.reader)
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
    journal = Journal(continuing: other.journal, on: store)
    outbox = other.outbox
    ledger = other.ledger
    hasAdopted = other.hasAdopted
  }

  /// Memory is lost; what the journal holds is not.
  private mutating func restart() throws {
    journal = try Journal(open: store)
    outbox = try Outbox(policies: [policy], vaults: [Self.vault], replaying: journal.reader)
  }

  /// One tick, ended by a power loss at the boundary with this number (from 0) if there is one.
  mutating func tick(_ weather: Weather = .fair, crashAt boundary: Int? = nil) throws {
    effectsLeft = boundary
    boundaries = 0
    do { try work(weather) } catch is Crash { try restart() }
    effectsLeft = nil
  }

  private mutating func pass() throws {
    boundaries += 1
    guard let left = effectsLeft else { return }
    if left == 0 { throw Crash() }
    effectsLeft = left - 1
  }

  @discardableResult
  private mutating func commit(_ records: [PromiseRecord]) throws -> [Durable<PromiseRecord>] {
    guard !records.isEmpty else { return [] }
    try pass()
    let durable = try outbox.commit(records, to: journal, at: chain.head.timestamp)
    try pass()
    return durable
  }

  func observe(_ weather: Weather) -> NodeEvidence {
    chain.evidence(
      lane, hashes: outbox.hashesToLookUp(lane),
      heights: weather == .withoutIndex ? [] : outbox.heightsToLookUp(lane), behind: weather == .behind ? 2 : 0,
      hasIndex: weather != .withoutIndex, tellsFinality: weather == .finality)
  }

  /// Whether a keeper that looks at the chain in this weather sees the hedge.
  private func seesHedge(_ weather: Weather) -> Bool {
    chain.blocks.dropLast(weather == .behind ? 2 : 0).contains { block in
      block.transactions.contains { $0.transaction.to != lane.sender }
    }
  }

  /// observe → settle → due → decide → sign → journal → submit, as a keeper does it.
  private mutating func work(_ weather: Weather) throws {
    try commit(try outbox.settle(observe(weather)))
    for step in try outbox.due(observe(weather), quote: Make.fees, now: chain.head.timestamp) {
      switch step {
      case .release(let intentID, let reason): try commit([.released(intentID: intentID, reason: reason)])
      case .resend(let transaction): try send(transaction, weather)
      case .replace(let reservation): try replace(reservation, weather)
      case .wait: break
      }
    }
    guard !seesHedge(weather) else { return }
    let seen = observe(weather)
    let intent = try Make.intent(at: seen.head, turnover: 1_000)
    guard
      let record = try allowed({ () throws(OutboxError) in
        try outbox.reserve(intent, fees: Make.fees, evidence: seen, now: chain.head.timestamp)
      })
    else { return }
    try commit([record])
    guard let reservation = outbox.firstReservation(intent.id, head: seen.head) else { return }
    try signAndSend(reservation, weather)
  }

  /// The same call again at a higher fee, or another size in its place if that is wanted by now.
  private mutating func replace(_ reservation: Reservation, _ weather: Weather) throws {
    guard weather == .otherSize, reservation.kind == .feeBump else { return try signAndSend(reservation, weather) }
    let seen = observe(weather)
    let intent = try Make.intent("other size", at: seen.head, turnover: 1_500)
    guard
      let record = try allowed({ () throws(OutboxError) in
        try outbox.revise(
          reservation.intentID, to: intent, fees: Make.fees, evidence: seen, now: chain.head.timestamp)
      })
    else { return }
    try commit([record])
    guard let revision = outbox.revisionReservation(intent.id, head: seen.head) else {
      throw Violation(description: "a revision just committed is not there")
    }
    try signAndSend(revision, weather)
  }

  /// The record, or nil where the outbox refuses it.
  private func allowed(_ ask: () throws(OutboxError) -> PromiseRecord) throws -> PromiseRecord? {
    do throws(OutboxError) { return try ask() } catch {
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
    try commit([outbox.submitted(transaction, answers: answers, head: chain.head)])
  }

  // MARK: Another writer with the same key

  /// While we were away with nothing open, another writer used a nonce, and the chain has settled what it was for.
  mutating func learnThatAnotherWriterWasHere() throws {
    guard outbox.lane(lane)?.open.isEmpty ?? true, outbox.halts.isEmpty,
      chain.nonce() >= outbox.lane(lane)?.nextNonce ?? 0
    else { return }
    chain.mine(including: false, strangers: 1)
    for _ in 0..<2 { chain.mine(including: false) }
    try commit([.laneAdvanced(lane: lane, nextNonce: chain.nonce(), seen: chain.head)])
  }

  /// Another writer, which knows the chain and not what we have signed, promises the hedge and sends it. We read its
  /// records.
  mutating func adoptAnothersCall() throws {
    // It promises a nonce only where those before are final, as we do.
    guard !seesHedge(.fair), outbox.halts.isEmpty, chain.nonce(behind: 2) == chain.nonce() else { return }
    var other = Outbox(policies: [policy])
    let seen = observe(.fair)
    let intent = try Make.intent("another's", at: seen.head, turnover: 1_000)
    let reserved = try other.reserve(intent, fees: Make.fees, evidence: seen, now: chain.head.timestamp)
    try other.state.fold(reserved, at: chain.head.timestamp)
    guard let reservation = other.firstReservation(intent.id, head: seen.head) else { return }
    let signature = try Make.sign(reservation.transaction)
    let signed = try other.signed(signature, for: reservation)
    let adopted: [PromiseRecord]
    do { adopted = try outbox.adoption(of: [reserved, signed], seen: seen.head, now: chain.head.timestamp) } catch {
      // Not before the chain has told what became of ours.
      guard case .contradiction = error, outbox.lane(lane)?.open.isEmpty == false else { throw error }
      return
    }
    if !adopted.isEmpty { hasAdopted = true }
    try commit(adopted)
    guard try outbox.adoption(of: [reserved, signed], seen: seen.head, now: chain.head.timestamp).isEmpty else {
      throw Violation(description: "the same records are adopted twice")
    }
    _ = try chain.submit(signature.raw)
  }
}

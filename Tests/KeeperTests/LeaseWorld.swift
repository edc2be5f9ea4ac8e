import Ethereum
@testable import Outbox
import Simulation
import Testing

@testable import Keeper

/// Keepers with one key between them, an etcd in memory, and a chain that takes each nonce once.
final class LeaseWorld {
  let clock = ManualClock(unixSeconds: World.now)
  let etcd: MemoryEtcd
  /// What was broadcast, in order.
  private(set) var sent: [JournaledTransaction] = []
  private(set) var mined: [JournaledTransaction] = []

  /// 30 s, and exchanges of 5 s: a keeper may act until its last renewal is 22 s old, and steps down at 27 s.
  static func settings(_ holder: String = "a", members: Int = 1) -> LeaseSettings {
    LeaseSettings(
      members: (0..<members).map {
        LeaseSettings.Member(name: "m\($0)", firstIndex: 100 + $0 * EtcdMethod.allCases.count)
      }, prefix: "/vaultkeeper/test", ttlSeconds: 30, exchangeDeadlineMilliseconds: 5_000, holder: holder)
  }

  init(members: Int = 1) { etcd = MemoryEtcd(Self.settings(members: members), clock: clock) }

  static let sender = Address(word: World.hash(0xAA))
  static let lane = LaneID(chainID: 1, sender: sender)

  /// The chain's head: a block for each transaction.
  var head: HeadMark {
    let number = 100 + UInt64(mined.count)
    return HeadMark(number: number, hash: World.hash(UInt8(truncatingIfNeeded: number)), timestamp: World.now + number)
  }

  func broadcast(_ transaction: JournaledTransaction) {
    // The store knows it before the world does.
    let key = Self.settings().keys.transaction(transaction.hash, nonce: transaction.nonce, of: transaction.lane)
    #expect(etcd.value(key) != nil, "\(transaction.hash) was sent without its put")
    sent.append(transaction)
  }

  /// Mines what was sent first for the next nonce.
  func mine() {
    guard let next = sent.first(where: { $0.nonce == UInt64(mined.count) }) else { return }
    mined.append(next)
  }

  func inclusion(of hash: Bytes32) -> Inclusion? {
    guard let index = mined.firstIndex(where: { $0.hash == hash }) else { return nil }
    let number = 101 + UInt64(index)
    return Inclusion(
      transactionHash: hash, blockNumber: number, blockHash: World.hash(UInt8(truncatingIfNeeded: number)),
      succeeded: true, gasUsed: 100, effectiveGasPriceWei: 1)
  }
}

extension Address {
  fileprivate init(word: Bytes32) {
    do { self = try Address(bytes: Array(word.bytes.suffix(20))) } catch { preconditionFailure("20 bytes: \(error)") }
  }
}

/// One keeper of that world: its journal, its fence, and the order in which the real one does things.
final class Holder {
  let name: String
  let fence: LeaseFence
  private(set) var outbox: Outbox
  private let transport: LeasedTransport
  private let journal: Journal
  private let world: LeaseWorld
  /// What happens to its messages to the store.
  var fault: (EtcdMethod) -> MemoryEtcd.Fault? = { _ in nil }
  private var decisions = 0

  init(_ name: String, in world: LeaseWorld, members: Int = 1) throws {
    self.name = name
    self.world = world
    let settings = LeaseWorld.settings(name, members: members)
    transport = LeasedTransport(world.etcd, settings: settings, clock: world.clock)
    fence = LeaseFence(settings: settings, transport: transport, clock: world.clock)
    journal = try Journal(open: MemoryJournalStore())
    let policy = LanePolicy(
      chainID: 1, depth: Patience(blocks: 0, seconds: 0), feeCeilingWei: 1_000_000, gasBudgetWei: .max)
    outbox = try Outbox(policies: [policy], replaying: journal.reader)
  }

  var mayAct: Bool { fence.standing(world.clock.now()) == .mayAct }
  var lane: Lane? { outbox.lane(LeaseWorld.lane) }

  private func underFaults<Answer>(_ body: () throws -> Answer) rethrows -> Answer {
    world.etcd.fault = fault
    defer { world.etcd.fault = { _ in nil } }
    return try body()
  }

  /// An exchange with the nodes, with the renewal riding along.
  func exchange() { underFaults { _ = transport.exchange([], deadlineMilliseconds: 5_000) } }

  /// As the beginning of a tick.
  @discardableResult
  func seekOffice() throws -> Bool {
    if mayAct { return true }
    try underFaults {
      guard let inheritance = try fence.stand(deadlineMilliseconds: 5_000) else { return }
      for lane in inheritance.lanes {
        let records = try outbox.inheriting(
          lane.bequests, settledBelow: lane.settledBelow, in: lane.id, now: world.clock.now().unixSeconds)
        try commit(records)
      }
      fence.takeOffice(inheritance)
    }
    return mayAct
  }

  /// Signs a new decision; it is in the journal, and nowhere else.
  func sign() throws -> JournaledTransaction {
    decisions += 1
    let intent = PromiseIntent(
      chainID: 1, sender: LeaseWorld.sender, vault: "alpha", purpose: .act, to: LeaseWorld.sender, valueWei: .zero,
      data: Array("\(name) \(decisions)".utf8), gasLimit: 100_000, upfrontFeeWei: .zero,
      configurationHash: World.hash(1), decidedAt: world.head, grounds: Grounds(summary: "hedge"),
      turnover: 1_000)
    let fees = FeeTerms.dynamic(tipWei: 100, feeCapWei: 1_000)
    try commit([try outbox.reserve(intent, fees: fees, evidence: evidence, now: world.clock.now().unixSeconds)])
    let reservation = try #require(outbox.firstReservation(intent.id, head: world.head))
    var bytes = reservation.transaction.signingHash.bytes
    bytes[0] = 0
    bytes[31] |= 1
    let signed = try SignedTransaction(
      reservation.transaction, signature: Signature(yParity: 0, r: try UInt256(bigEndian: bytes), s: 1))
    let record = try outbox.signed(signed, for: reservation)
    let durable = try outbox.commit(record, to: journal, at: world.clock.now().unixSeconds)
    return try #require(outbox.transaction(for: durable))
  }

  /// Asks the fence, and sends.
  func send(_ transaction: JournaledTransaction, accepted: [UInt64] = []) throws {
    let estate = Estate(
      bequests: try outbox.bequests(through: transaction), settledBelow: lane?.open.first?.nonce ?? 0,
      accepted: accepted)
    let admitted = try underFaults {
      try fence.admit(transaction, estate: estate, deadlineMilliseconds: 5_000)
    }
    world.broadcast(admitted.transaction)
  }

  /// One tick: settles what is mined, sends what is open again, or decides anew.
  func tick() throws {
    guard try seekOffice() else { return }
    exchange()
    guard mayAct else { return }
    for _ in 0..<8 {
      let records = try outbox.settle(evidence)
      if records.isEmpty { break }
      try commit(records)
    }
    #expect(outbox.halts.isEmpty, "\(name) takes the other keeper for a stranger: \(outbox.halts)")
    if let open = lane?.open.last, let last = open.attempts.last {
      guard open.inclusion == nil else { return }
      guard let transaction = outbox.transaction(last.transactionHash, of: last.intentID) else { return }
      try send(transaction)
    } else {
      try send(try sign())
    }
  }

  private func commit(_ records: [PromiseRecord]) throws {
    try outbox.commit(records, to: journal, at: world.clock.now().unixSeconds)
  }

  private var evidence: NodeEvidence {
    let hashes = outbox.hashesToLookUp(LeaseWorld.lane)
    return NodeEvidence(
      lane: LeaseWorld.lane, head: world.head, minedNonce: UInt64(world.mined.count),
      deepNonce: UInt64(world.mined.count),
      sightings: hashes.map { hash in
        let sighting = world.inclusion(of: hash).map { Sighting.receipt($0, canonicalHash: $0.blockHash) }
        return TransactionSighting(hash: hash, sighting: sighting ?? .unknown)
      },
      canonical: world.mined.compactMap { world.inclusion(of: $0.hash) }.map {
        CanonicalBlock(number: $0.blockNumber, hash: $0.blockHash)
      }, isComplete: true)
  }
}

import Ethereum
@testable import Outbox
import Testing

/// The chain id of these tests is above 2^32, where a 32-bit field would show.
let testChainID: UInt64 = 7_777_777_777

/// Short ways to make the values that these tests need.
enum Make {
  static func address(_ tag: UInt8) throws -> Address { try Address(bytes: [UInt8](repeating: tag, count: 20)) }
  static func hash(_ text: String) -> Bytes32 { Keccak256.hash(Array(text.utf8)) }

  static func lane() throws -> LaneID { LaneID(chainID: testChainID, sender: try address(0xAA)) }

  static func head(_ number: UInt64, branch: String = "main") -> HeadMark {
    HeadMark(number: number, hash: hash("\(branch) \(number)"), timestamp: 1_700_000_000 + number * 12)
  }

  static func intent(
    _ summary: String = "hedge", purpose: Purpose = .act, at head: HeadMark = head(100), gasLimit: UInt64 = 500_000,
    upfrontFeeWei: UInt256 = 1_000_000, data: [UInt8] = [1, 2, 3, 4], turnover: UInt256 = .zero,
    nativePrice: UInt256? = nil
  ) throws -> PromiseIntent {
    PromiseIntent(
      chainID: testChainID, sender: try address(0xAA), vault: "alpha", purpose: purpose, to: try address(0xBB),
      valueWei: upfrontFeeWei, data: data + Array(summary.utf8), gasLimit: gasLimit, upfrontFeeWei: upfrontFeeWei,
      configurationHash: hash("configuration"), decidedAt: head, grounds: Grounds(summary: summary),
      turnover: turnover, nativePrice: nativePrice)
  }

  static let fees = FeeTerms.dynamic(tipWei: 100, feeCapWei: 1_000)

  static func policy(
    depth: Patience = Patience(blocks: 3, seconds: 36), replaceAfter: Patience? = Patience(blocks: 4, seconds: 48),
    ceiling: UInt256 = 1_500, clearingCeiling: UInt256? = nil,
    clearAfter: Patience? = Patience(blocks: 50, seconds: 600), attempts: Int = 10,
    unsettled: Int = 1, budget: UInt256 = 10_000_000_000, windows: [GasWindow] = [], quoteBudget: UInt256? = nil,
    cancels: Bool = false
  ) -> LanePolicy {
    LanePolicy(
      chainID: testChainID, depth: depth, resendAfter: Patience(blocks: 2, seconds: 24), replaceAfter: replaceAfter,
      feeCeilingWei: ceiling, clearingCeilingWei: clearingCeiling, clearAfter: clearAfter, attemptsPerPromise: attempts,
      unsettledPromises: unsettled, gasBudgetWei: budget, gasWindows: windows,
      gasQuotePerDay: quoteBudget, cancelsOrdersWhileHalted: cancels)
  }

  /// - Parameter deepNonce: how much of `minedNonce` is final; all of it where a test is about something else.
  static func evidence(
    _ head: HeadMark, minedNonce: UInt64, pooledNonce: UInt64? = nil, safeNonce: UInt64? = nil,
    finalizedNonce: UInt64? = nil, deepNonce: UInt64? = nil, sightings: [TransactionSighting] = [],
    canonical: [CanonicalBlock] = [], isComplete: Bool = true, strangerHash: Bytes32? = nil
  ) throws -> NodeEvidence {
    NodeEvidence(
      lane: try lane(), head: head, minedNonce: minedNonce, pooledNonce: pooledNonce, safeNonce: safeNonce,
      finalizedNonce: finalizedNonce, deepNonce: deepNonce ?? minedNonce, sightings: sightings, canonical: canonical,
      isComplete: isComplete,
      strangerHash: strangerHash)
  }

  /// A signature that is well-formed and belongs to nobody: the outbox compares fields, the wallet recovers senders.
  static func sign(_ transaction: UnsignedTransaction) throws -> SignedTransaction {
    var bytes = transaction.signingHash.bytes
    bytes[0] = 0
    bytes[31] |= 1
    return try SignedTransaction(
      transaction, signature: Signature(yParity: 0, r: try UInt256(bigEndian: bytes), s: 1))
  }
}

/// An outbox with its journal, and the moves of a keeper in short.
struct Desk {
  var outbox: Outbox
  let journal: Journal
  let store: MemoryJournalStore
  var now: UInt64 = 1_700_000_000

  init(
    _ policy: LanePolicy = Make.policy(), vaults: [VaultPolicy] = [], store: MemoryJournalStore = MemoryJournalStore()
  ) throws {
    self.store = store
    journal = try Journal(open: store)
    outbox = try Outbox(policies: [policy], vaults: vaults, replaying: journal.reader)
  }

  mutating func commit(_ records: [PromiseRecord]) throws {
    try outbox.commit(records, to: journal, at: now)
  }

  /// Reserves and signs; the bytes are durable, and nothing is sent.
  @discardableResult
  mutating func sign(
    _ intent: PromiseIntent, nonce: UInt64 = 7, fees: FeeTerms = Make.fees
  ) throws -> JournaledTransaction {
    let evidence = try Make.evidence(intent.decidedAt, minedNonce: nonce)
    try commit([try outbox.reserve(intent, fees: fees, evidence: evidence, now: now)])
    return try sign(try #require(outbox.firstReservation(intent.id, head: intent.decidedAt)))
  }

  @discardableResult
  mutating func sign(_ reservation: Reservation) throws -> JournaledTransaction {
    let record = try outbox.signed(try Make.sign(reservation.transaction), for: reservation)
    let durable = try outbox.commit(record, to: journal, at: now)
    return try #require(outbox.transaction(for: durable))
  }

  mutating func submit(
    _ transaction: JournaledTransaction, _ answer: Submission = .accepted, at head: HeadMark = Make.head(100)
  ) throws {
    try commit([
      outbox.submitted(transaction, answers: [EndpointAnswer(endpoint: "a", submission: answer)], head: head)
    ])
  }

  /// Signed and accepted by a node at block 100, nonce 7.
  mutating func send(_ intent: PromiseIntent) throws -> JournaledTransaction {
    let transaction = try sign(intent)
    try submit(transaction)
    return transaction
  }

  mutating func settle(_ evidence: NodeEvidence) throws -> [String] {
    let records = try outbox.settle(evidence)
    try commit(records)
    return records.map(\.name)
  }

  var promise: Promise {
    get throws { try #require(outbox.lane(try Make.lane())?.open.first) }
  }
}

extension Inclusion {
  static func of(_ transaction: JournaledTransaction, in block: HeadMark, succeeded: Bool = true) -> Inclusion {
    Inclusion(
      transactionHash: transaction.hash, blockNumber: block.number, blockHash: block.hash, succeeded: succeeded,
      gasUsed: 400_000, effectiveGasPriceWei: 600)
  }

  /// Sighted with its own block as the canonical one.
  var sighting: TransactionSighting {
    TransactionSighting(hash: transactionHash, sighting: .receipt(self, canonicalHash: blockHash))
  }
}

extension TransactionSighting {
  static func unknown(_ transaction: JournaledTransaction) -> TransactionSighting {
    TransactionSighting(hash: transaction.hash, sighting: .unknown)
  }
}

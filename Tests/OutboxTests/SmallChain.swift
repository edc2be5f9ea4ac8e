import Ethereum
@testable import Outbox

/// A chain with one account that matters, and a pool with geth's rules for it. A value: copy it, and two futures part.
struct SmallChain: Hashable {
  struct Block: Hashable {
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
    _ lane: LaneID, hashes: [Bytes32], heights: [UInt64], behind: Int = 0, hasIndex: Bool = true,
    tellsFinality: Bool = false
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
      lane: lane, head: mark(behind: behind), minedNonce: nonce(behind: behind),
      // No reorg of this world goes deeper than two blocks.
      safeNonce: tellsFinality ? nonce(behind: behind + 1) : nil,
      finalizedNonce: tellsFinality ? nonce(behind: behind + 2) : nil,
      // A node without an index has pruned its states, too.
      deepNonce: hasIndex ? nonce(behind: behind + 2) : nil, sightings: sightings, canonical: canonical,
      isComplete: true)
  }
}

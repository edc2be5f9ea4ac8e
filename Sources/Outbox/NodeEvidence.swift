package import Ethereum

/// A block as a place in time: what a node called its head when it was asked.
package struct HeadMark: Hashable, Sendable, Codable, CustomStringConvertible {
  package let number: UInt64
  package let hash: Bytes32
  /// The block's own time, unix seconds.
  package let timestamp: UInt64

  package init(number: UInt64, hash: Bytes32, timestamp: UInt64) {
    self.number = number
    self.hash = hash
    self.timestamp = timestamp
  }

  package var description: String { "block \(number) (\(hash), time \(timestamp))" }

  /// Whether `self` could be an ancestor of `other`, so that a node standing there may just be behind.
  ///
  /// An ancestor has a smaller number and a time that is not later. A head with a smaller number and a *later* time is
  /// on another branch: that is a reorg, not a lag.
  func mayBeBehind(_ other: HeadMark) -> Bool {
    number < other.number && timestamp <= other.timestamp
  }

  /// Whether at least `patience` has passed from `self` to `later`, in blocks and in seconds of the chain's time: the
  /// later of the two counts. The chain's time and not ours, so that no jump of a local clock can hurry or stop it.
  package func hasWaited(_ patience: Patience, until later: HeadMark) -> Bool {
    later.number >= number && later.number - number >= patience.blocks
      && later.timestamp >= timestamp && later.timestamp - timestamp >= patience.seconds
  }
}

/// A span of time on a chain: over when both parts are over.
package struct Patience: Hashable, Sendable, Codable, CustomStringConvertible {
  package let blocks: UInt64
  package let seconds: UInt64

  package init(blocks: UInt64, seconds: UInt64) {
    self.blocks = blocks
    self.seconds = seconds
  }

  package var description: String { "\(blocks) blocks and \(seconds) s" }

  /// Ten times as long in both parts; as long as can be told where that is beyond 64 bits.
  var tenfold: Patience { Patience(blocks: Self.tenfold(blocks), seconds: Self.tenfold(seconds)) }

  private static func tenfold(_ part: UInt64) -> UInt64 {
    let (product, overflow) = part.multipliedReportingOverflow(by: 10)
    return overflow ? .max : product
  }
}

/// A transaction in a block, as a receipt tells it.
package struct Inclusion: Hashable, Sendable, Codable {
  /// Which of our attempts it was.
  package let transactionHash: Bytes32
  package let blockNumber: UInt64
  package let blockHash: Bytes32
  /// Receipt status 1. A status of 1 says that the call did not revert, not that an order was filled.
  package let succeeded: Bool
  package let gasUsed: UInt64
  package let effectiveGasPriceWei: UInt256

  package init(
    transactionHash: Bytes32, blockNumber: UInt64, blockHash: Bytes32, succeeded: Bool, gasUsed: UInt64,
    effectiveGasPriceWei: UInt256
  ) {
    self.transactionHash = transactionHash
    self.blockNumber = blockNumber
    self.blockHash = blockHash
    self.succeeded = succeeded
    self.gasUsed = gasUsed
    self.effectiveGasPriceWei = effectiveGasPriceWei
  }

  func isInSameBlock(as other: Inclusion) -> Bool {
    transactionHash == other.transactionHash && blockHash == other.blockHash
  }
}

/// What the nodes answered about one of our transaction hashes.
package enum Sighting: Hashable, Sendable {
  /// A receipt, and the hash of the canonical block at the receipt's height as far as it was asked for. Only a receipt
  /// whose block is canonical counts.
  case receipt(Inclusion, canonicalHash: Bytes32?)
  /// At least one node holds it unmined.
  case inPool
  /// Every node that answered knows nothing of it.
  case unknown
  /// Nobody answered, or nobody was asked. Never evidence of anything.
  case notAnswered
}

/// A block hash that a node gave for a height: asked for at the height of every inclusion that is not yet final.
package struct CanonicalBlock: Hashable, Sendable {
  package let number: UInt64
  package let hash: Bytes32

  package init(number: UInt64, hash: Bytes32) {
    self.number = number
    self.hash = hash
  }
}

/// Everything the nodes said in one tick about one lane. Handed in by the Keeper; believed as far as `Settlement` says.
package struct NodeEvidence: Hashable, Sendable {
  package let lane: LaneID
  /// The head that all of this was read at, or after. The Keeper hands in none whose time lies in the future: every
  /// later evidence is measured against the newest head in a record.
  package let head: HeadMark
  /// `eth_getTransactionCount(sender, head)`: the number of the sender's transactions in the chain.
  package let minedNonce: UInt64
  /// The lowest such count of all endpoints that were asked for it at that head. A single one may count too many: what
  /// only one has seen holds up, and accuses nobody.
  package let agreedNonce: UInt64
  /// `eth_getTransactionCount(sender, "pending")`, where a node gives one: counts its pool, too.
  package let pooledNonce: UInt64?
  /// The same count at the block a node calls "safe", where it gives one. Told in resolutions; nothing is concluded
  /// from it alone.
  package let safeNonce: UInt64?
  /// The same count at the block a node calls "finalized", where it gives one: what is below is final, whatever depth
  /// is configured.
  package let finalizedNonce: UInt64?
  /// The same count at a block as deep as `LanePolicy.depth` asks, where nodes told it. Asked only of a lane in which
  /// nothing of ours is known: its first nonce is the chain's word, and must not be taken back.
  package let deepNonce: UInt64?
  /// For each hash of `Outbox.hashesToLookUp(lane)` what was seen, in any order.
  package let sightings: [TransactionSighting]
  /// For each height of `Outbox.heightsToLookUp(lane)` the canonical block, where a node told it.
  package let canonical: [CanonicalBlock]
  /// Whether every endpoint that is configured for this chain answered every question. Only then does silence about a
  /// hash count towards "a stranger did it".
  package let isComplete: Bool
  /// The hash of the transaction that consumed the first nonce we cannot account for, if the Keeper found one.
  package let strangerHash: Bytes32?

  package init(
    lane: LaneID, head: HeadMark, minedNonce: UInt64, agreedNonce: UInt64? = nil, pooledNonce: UInt64? = nil,
    safeNonce: UInt64? = nil, finalizedNonce: UInt64? = nil, deepNonce: UInt64? = nil,
    sightings: [TransactionSighting] = [], canonical: [CanonicalBlock] = [], isComplete: Bool,
    strangerHash: Bytes32? = nil
  ) {
    self.lane = lane
    self.head = head
    self.minedNonce = minedNonce
    self.agreedNonce = min(agreedNonce ?? minedNonce, minedNonce)
    self.pooledNonce = pooledNonce
    self.safeNonce = safeNonce
    self.finalizedNonce = finalizedNonce
    self.deepNonce = deepNonce
    self.sightings = sightings
    self.canonical = canonical
    self.isComplete = isComplete
    self.strangerHash = strangerHash
  }

  /// Whether the chain calls the transaction with this nonce final. A node that counts more at its finalised block than
  /// at its head contradicts itself and proves nothing.
  func isFinal(_ nonce: UInt64) -> Bool {
    guard let finalizedNonce, finalizedNonce <= minedNonce else { return false }
    return finalizedNonce > nonce
  }

  /// How many of the sender's transactions no reorg will take back, by the better of the two words; nil where neither
  /// was told, or only what contradicts the count at the head.
  var finalCount: UInt64? {
    [finalizedNonce, deepNonce].compactMap { $0 }.filter { $0 <= minedNonce }.max()
  }

  func sighting(of hash: Bytes32) -> Sighting {
    sightings.first { $0.hash == hash }?.sighting ?? .notAnswered
  }

  func canonicalHash(at number: UInt64) -> Bytes32? {
    canonical.first { $0.number == number }?.hash
  }

  /// The inclusion of `hash` in a block that is canonical and not above the head, or nil.
  func canonicalInclusion(of hash: Bytes32) -> Inclusion? {
    guard case .receipt(let inclusion, let canonicalHash) = sighting(of: hash),
      inclusion.transactionHash == hash, inclusion.blockNumber <= head.number,
      (canonicalHash ?? self.canonicalHash(at: inclusion.blockNumber)) == inclusion.blockHash
    else { return nil }
    return inclusion
  }
}

/// One hash and what was seen of it.
package struct TransactionSighting: Hashable, Sendable {
  package let hash: Bytes32
  package let sighting: Sighting

  package init(hash: Bytes32, sighting: Sighting) {
    self.hash = hash
    self.sighting = sighting
  }
}

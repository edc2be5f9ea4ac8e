package import Ethereum

/// Nonces belong to a key on a chain: everything in doubt there concerns every vault of that key and chain.
package struct LaneID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  package let chainID: UInt64
  package let sender: Address

  package init(chainID: UInt64, sender: Address) {
    self.chainID = chainID
    self.sender = sender
  }

  package var description: String { "\(sender) on chain \(chainID)" }

  package static func < (left: LaneID, right: LaneID) -> Bool {
    left.chainID != right.chainID ? left.chainID < right.chainID : left.sender < right.sender
  }
}

/// The promises of one sender on one chain, and what the chain was last seen to say about its nonces.
package struct Lane: Hashable, Sendable {
  package let id: LaneID
  /// Promises that are not settled, ascending by nonce, nonces contiguous.
  package internal(set) var open: [Promise] = []
  /// Promises that are, in the order in which they were settled: the last ones, and those that a budget may ask for.
  package internal(set) var settled: [SettledPromise] = []
  /// One above the highest nonce for which we ever signed, or that a resume accepted. nil as long as there is none:
  /// then the chain's nonce is taken as it is.
  package internal(set) var nextNonce: UInt64?
  /// A nonce the chain consumed and we cannot account for.
  package internal(set) var doubt: NonceDoubt?
  /// The newest head in any record of this lane. What stands behind it may be a node that lags, and proves nothing.
  package internal(set) var newestSeen: HeadMark?

  init(id: LaneID) { self.id = id }

  /// The nonce the next reservation would get if the chain agrees; nil if only the chain knows.
  package var nextFreeNonce: UInt64? {
    guard let last = open.last else { return nextNonce }
    return max(last.nonce &+ 1, nextNonce ?? 0)
  }

  /// Nothing of ours is known here, so that only the chain can tell the first nonce.
  package var isFresh: Bool { nextFreeNonce == nil }

  func isStale(_ head: HeadMark) -> Bool {
    newestSeen.map(head.mayBeBehind) ?? false
  }

  mutating func see(_ head: HeadMark) {
    if !isStale(head) { newestSeen = head }
  }

  func position(of intentID: Bytes32) -> Int? {
    open.firstIndex { $0.intent(intentID) != nil }
  }
}

/// A nonce that the chain has consumed and that none of our transactions is known to have consumed.
package struct NonceDoubt: Hashable, Sendable {
  package let nonce: UInt64
  /// The head at which it was first noticed: the wait for depth starts here.
  package let since: HeadMark
}

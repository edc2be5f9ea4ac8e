package import Ethereum

/// What happened in a world, kept beside the contracts for whoever judges a run: the truth, never read through the ABI.
/// It is part of the state, so what a reorg or a revert takes back is taken back here too.
package struct WorldRecords: Sendable {
  /// In the order of placing.
  package internal(set) var orders: [PlacedOrder] = []
  package internal(set) var positionChanges: [PositionChange] = []
  /// Wei of execution fees that accounts sent to the order vault with orders and amendments.
  package internal(set) var feesPaidWei = UInt256.zero
  /// Wei of them that came back.
  package internal(set) var feesRefundedWei = UInt256.zero
  /// Wei of them that order keepers earned.
  package internal(set) var feesEarnedWei = UInt256.zero

  mutating func change(_ key: Bytes32, _ body: (inout PlacedOrder) -> Void) {
    guard let index = orders.lastIndex(where: { $0.key == key }) else { return }
    body(&orders[index])
  }
}

/// An order that was placed once, with what placed it and what became of it.
package struct PlacedOrder: Hashable, Sendable {
  package enum Fate: Hashable, Sendable {
    case open
    /// How often it has been frozen is in `freezes`.
    case frozen
    case executed(inBlock: UInt64)
    case cancelled(inBlock: UInt64, byAccount: Bool)
  }

  package let key: Bytes32
  package let account: Address
  package let type: VenueOrderType
  package let isLong: Bool
  /// Keccak-256 of the whole call data of the transaction that placed it.
  package let dataHash: Bytes32
  /// Sender and nonce of that transaction.
  package let sender: Address
  package let senderNonce: UInt64
  package let placedInBlock: UInt64
  /// Dollars with 30 decimals, as last amended.
  package internal(set) var sizeDeltaUsd: UInt256
  /// Prices with 12 decimals.
  package internal(set) var triggerPrice: UInt256
  package internal(set) var acceptablePrice: UInt256
  package internal(set) var fate = Fate.open
  package internal(set) var freezes = 0
  /// Call data hash and sender nonce of each amendment, in order.
  package internal(set) var amendments: [Amendment] = []

  package struct Amendment: Hashable, Sendable {
    package let dataHash: Bytes32
    package let sender: Address
    package let senderNonce: UInt64
    package let inBlock: UInt64
  }
}

/// One execution against a position.
package struct PositionChange: Hashable, Sendable {
  package let orderKey: Bytes32
  package let account: Address
  package let type: VenueOrderType
  package let inBlock: UInt64
  /// Change of the account's delta in the smallest units of the index token.
  package let tokens: Int256
  /// Dollars with 30 decimals.
  package let sizeUsd: UInt256
  /// Prices with 12 decimals (dollars times 10^30 for the token's smallest unit of 18 decimals).
  package let executionPrice: UInt256
  package let indexPrice: UInt256
}

package import Ethereum

/// What a venue made of an order. The words are the venue's adapter's; the outbox reads the two flags only.
package struct OrderNote: Hashable, Sendable, Codable {
  /// The state's name: "resting", "filled", "cancelled", "frozen"…
  package let state: String
  /// The order is gone from the venue, and nothing more will come of it.
  package let isFinal: Bool
  /// It ended, or hangs, without doing what it was placed for. Counts against the retry budget.
  package let isFailure: Bool
  package let figures: [NotedFigure]
  /// The venue's own time of the order's last change, unix seconds; nil where it keeps none. Tells a second failure
  /// from the first one that lasts.
  package let updatedAt: UInt64?
  /// What the order has lost so far against the oracle's price when it was executed, USD with 18 decimals; negative is
  /// a gain, nil is unknown.
  package let shortfall: Int256?
  /// What the venue took for executing it so far, USD with 18 decimals.
  package let feesUsd: UInt256?

  package init(
    state: String, isFinal: Bool, isFailure: Bool, figures: [NotedFigure] = [], updatedAt: UInt64? = nil,
    shortfall: Int256? = nil, feesUsd: UInt256? = nil
  ) {
    self.state = state
    self.isFinal = isFinal
    self.isFailure = isFailure
    self.figures = figures
    self.updatedAt = updatedAt
    self.shortfall = shortfall
    self.feesUsd = feesUsd
  }

  /// What the order has cost so far: shortfall and fees; saturates.
  var costUsd: Int256 { (shortfall ?? .zero).saturatingAdd(Int256(saturating: feesUsd ?? .zero)) }
}

/// An order that one of our calls placed and that is not over.
package struct PlacedOrder: Hashable, Sendable {
  package let key: Bytes32
  package let intentID: Bytes32
  package let chainID: UInt64
  package let vault: String
  package let placedAtUnixSeconds: UInt64
  /// The block that holds the call which placed it: from there on its logs can lie.
  package let placedInBlock: UInt64
  /// The chain's time when the call was first seen mined: what becomes of the order is charged no earlier.
  let placedAtChainSeconds: UInt64
  /// The last that was heard of it; nil if nothing yet.
  package internal(set) var note: OrderNote?
  /// When `note` was written, or the order was placed if nothing has been heard of it yet.
  package internal(set) var notedAtUnixSeconds: UInt64
  /// How often it has failed, whatever it is now: a frozen order that we take back has failed all the same, and one
  /// that is repaired and freezes again has failed twice. To end while frozen is no second failure.
  package internal(set) var failures = 0
}

/// An order that is over.
package struct EndedOrder: Hashable, Sendable {
  package let key: Bytes32
  package let intentID: Bytes32
  package let chainID: UInt64
  package let vault: String
  package let note: OrderNote
  /// How often it failed, in the end and on the way there. Counts against the retry budget.
  package let failures: Int
  package let placedAtUnixSeconds: UInt64
  package let endedAtUnixSeconds: UInt64
  /// The time at which it counts in budgets, see `BudgetTime`.
  package internal(set) var chargedAtSeconds: UInt64
}

extension OutboxState {
  /// When an order of the vault last ended wholly filled, in the time that budgets count in (see `BudgetTime`): where
  /// the local clock ran ahead, the next look at the chain brings it back. Nil where none is remembered.
  package func lastFillSeconds(vault: String, chainID: UInt64) -> UInt64? {
    endedOrders.last { $0.vault == vault && $0.chainID == chainID && $0.note.state == "filled" }?.chargedAtSeconds
  }
}

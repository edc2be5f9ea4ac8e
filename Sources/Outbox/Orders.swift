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

  package init(state: String, isFinal: Bool, isFailure: Bool, figures: [NotedFigure] = []) {
    self.state = state
    self.isFinal = isFinal
    self.isFailure = isFailure
    self.figures = figures
  }
}

/// An order that one of our calls placed and that is not over.
package struct PlacedOrder: Hashable, Sendable {
  package let key: Bytes32
  package let intentID: Bytes32
  package let chainID: UInt64
  package let vault: String
  package let placedAtUnixSeconds: UInt64
  /// The last that was heard of it; nil if nothing yet.
  package internal(set) var note: OrderNote?
  /// It has failed once, whatever it is now: a frozen order that we take back has failed all the same.
  package internal(set) var hasFailed = false
}

/// An order that is over.
package struct EndedOrder: Hashable, Sendable {
  package let key: Bytes32
  package let intentID: Bytes32
  package let chainID: UInt64
  package let vault: String
  package let note: OrderNote
  /// It failed, in the end or on the way there. Counts against the retry budget.
  package let hasFailed: Bool
  package let placedAtUnixSeconds: UInt64
  package let endedAtUnixSeconds: UInt64
}

import Ethereum

/// The time by which budgets roll: the chain's and not ours.
///
/// A charge counts as of the head at which it was seen, and a window ends at the head of the evidence at hand. So a
/// local clock that jumps ahead frees nothing, and one that jumps back makes no charge too old. What has no head (an
/// order's end) counts by the venue's time or the writer's clock; if that was ahead, `clockBounded` puts it right.
enum BudgetTime {
  /// How far a head may be ahead of the local clock, and a charge ahead of the chain. 900 s: far beyond what block
  /// times and an honest clock differ by, and short against an hour, the smallest window there is a use for.
  static let toleranceSeconds: UInt64 = 900

  /// The longest window a budget may have, and how much longer charges are remembered than that: a week and a day.
  static let longestWindowSeconds: UInt64 = 604_800
  static let retentionSeconds: UInt64 = longestWindowSeconds + 86_400

  /// The end of a window: the head's time. A head that is far ahead of the local clock is a lie; without a head, in
  /// views only, the local clock has to do.
  static func end(now unixSeconds: UInt64, head: HeadMark?) -> UInt64 {
    guard let head else { return unixSeconds }
    return min(head.timestamp, bound(unixSeconds))
  }

  /// The latest time that is believable at `seconds`.
  static func bound(_ seconds: UInt64) -> UInt64 {
    let (sum, overflow) = seconds.addingReportingOverflow(toleranceSeconds)
    return overflow ? .max : sum
  }

  /// Whether a charge at `then` counts in a window that ends at `end`. One from the future counts: it is new.
  static func isWithin(_ windowSeconds: UInt64, of end: UInt64, _ then: UInt64) -> Bool {
    end <= then || end - then < windowSeconds
  }

  /// Whether no window can ask for a charge at `then` any more, now that others are charged at `newest`.
  static func isForgotten(_ then: UInt64, newest: UInt64) -> Bool {
    then < newest && newest - then > retentionSeconds
  }
}

extension Outbox {
  /// The record that brings charges back to the chain's time if some were written while the local clock was ahead.
  func clockCorrection(_ evidence: NodeEvidence) -> [PromiseRecord] {
    let bound = BudgetTime.bound(evidence.head.timestamp)
    let chainID = evidence.lane.chainID
    let isAhead =
      state.endedOrders.contains { $0.chargedAtSeconds > bound && $0.chainID == chainID }
      || state.lanes.contains { $0.id.chainID == chainID && ($0.settled.last?.chargedAtSeconds ?? 0) > bound }
    return isAhead ? [.clockBounded(lane: evidence.lane, seen: evidence.head)] : []
  }
}

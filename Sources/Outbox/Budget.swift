package import Ethereum

/// How much may be spent on gas within a rolling window.
package struct GasWindow: Hashable, Sendable, Codable {
  /// Length of the window; at most a week, which is as long as charges are remembered.
  package let seconds: UInt64
  /// The most that may be spent and held in it, venue's upfront fees included.
  package let wei: UInt256

  package init(seconds: UInt64, wei: UInt256) {
    self.seconds = min(seconds, BudgetTime.longestWindowSeconds)
    self.wei = wei
  }
}

/// The gas budget of one lane at one moment.
package struct GasBudget: Hashable, Sendable {
  /// Spent by promises that were settled within the window.
  package let spentWei: UInt256
  /// Held for promises that are not settled, whatever their age: they may still cost it.
  package let heldWei: UInt256
  /// The most that may be spent and held.
  package let budgetWei: UInt256
  /// Length of the rolling window.
  package let windowSeconds: UInt64

  /// What counts against the budget.
  package var usedWei: UInt256 { spentWei.saturatingAdd(heldWei) }
}

/// The gas budget in quote currency of one lane at one moment, USD with 18 decimals, over a rolling day.
package struct GasQuoteBudget: Hashable, Sendable {
  package let spentUsd: UInt256
  package let heldUsd: UInt256
  package let budgetUsd: UInt256

  package var usedUsd: UInt256 { spentUsd.saturatingAdd(heldUsd) }
}

extension Outbox {
  /// The day's gas budget of a lane. It follows from the journal alone, so it survives restarts.
  ///
  /// The window is rolling and ends at `head`, see `BudgetTime`: neither setting the clock back nor setting it forward
  /// frees anything. Without a head, in views only, it ends now.
  package func gasBudget(
    _ id: LaneID, now unixSeconds: UInt64, head: HeadMark? = nil
  ) throws(OutboxError) -> GasBudget {
    gasBudget(id, try policy(for: id.chainID).dayWindow, end: BudgetTime.end(now: unixSeconds, head: head))
  }

  /// The gas budgets of a lane, one for each window of its policy, the shortest first.
  /// - Throws: `noPolicy`.
  package func gasBudgets(
    _ id: LaneID, now unixSeconds: UInt64, head: HeadMark? = nil
  ) throws(OutboxError) -> [GasBudget] {
    let end = BudgetTime.end(now: unixSeconds, head: head)
    return try policy(for: id.chainID).gasWindows.map { gasBudget(id, $0, end: end) }
  }

  /// The day's gas budget of a lane in quote currency; nil where policy sets none. What was spent without a known price
  /// counts at the last one that is known.
  /// - Throws: `noPolicy`.
  package func gasQuoteBudget(
    _ id: LaneID, now unixSeconds: UInt64, head: HeadMark? = nil
  ) throws(OutboxError) -> GasQuoteBudget? {
    guard let budgetUsd = try policy(for: id.chainID).gasQuotePerDay else { return nil }
    let lane = state.lane(id)
    let price = lane?.newestNativePrice ?? .zero
    return quoteBudget(lane, budgetUsd, price: price, end: BudgetTime.end(now: unixSeconds, head: head))
  }

  private func gasBudget(_ id: LaneID, _ window: GasWindow, end: UInt64) -> GasBudget {
    let lane = state.lane(id)
    return GasBudget(
      spentWei: (lane?.charged(within: window.seconds, of: end) ?? []).map(\.spentWei).saturatingSum(),
      heldWei: (lane?.open ?? []).map(\.heldWei).saturatingSum(), budgetWei: window.wei,
      windowSeconds: window.seconds)
  }

  private func quoteBudget(_ lane: Lane?, _ budgetUsd: UInt256, price: UInt256, end: UInt64) -> GasQuoteBudget {
    let spent = (lane?.charged(within: LanePolicy.daySeconds, of: end) ?? []).map {
      USD.worth(ofWei: $0.spentWei, at: $0.nativePrice ?? price)
    }
    let held = (lane?.open ?? []).map { USD.worth(ofWei: $0.heldWei, at: $0.nativePrice ?? price) }
    return GasQuoteBudget(
      spentUsd: spent.saturatingSum(), heldUsd: held.saturatingSum(), budgetUsd: budgetUsd)
  }

  /// What is to be held for a promise that is new, revised or replaced.
  struct Charge {
    let lane: LaneID
    /// The most it can cost after the step.
    let worstWei: UInt256
    /// The promise it belongs to already; what is held for it is not held twice.
    let promise: Promise?
    let nativePrice: UInt256?
    let policy: LanePolicy
    /// Where every window ends.
    let end: UInt64

    /// The reserve to clear its nonce is a part of what it takes. A no-op costs that reserve at most, so it is never
    /// above what the budget let in, and is not asked for again when a nonce must be cleared.
    var wantedWei: UInt256 { max(worstWei, Cost.clearing(policy)) }

    func isAnother(_ promise: Promise) -> Bool { promise.nonce != self.promise?.nonce }
  }

  /// Whether the lane's budgets have room for a charge.
  /// - Throws: `refused` with the first budget that has none.
  func checkGas(_ charge: Charge) throws(OutboxError) {
    let lane = state.lane(charge.lane)
    let reserve = Cost.clearing(charge.policy)
    let others = (lane?.open ?? []).filter(charge.isAnother).map { max($0.heldWei, reserve) }.saturatingSum()
    for window in charge.policy.gasWindows {
      let spent = (lane?.charged(within: window.seconds, of: charge.end) ?? []).map(\.spentWei).saturatingSum()
      let used = spent.saturatingAdd(others)
      guard used.saturatingAdd(charge.wantedWei) <= window.wei else {
        throw .refused(
          .gasBudgetUsed(
            spentWei: used, wantedWei: charge.wantedWei, budgetWei: window.wei, windowSeconds: window.seconds))
      }
    }
    guard let budgetUsd = charge.policy.gasQuotePerDay else { return }
    guard let price = charge.nativePrice ?? lane?.newestNativePrice else {
      throw .refused(.nativePriceUnknown(lane: charge.lane))
    }
    let quote = quoteBudget(lane, budgetUsd, price: price, end: charge.end)
    let heldUsd = (lane?.open ?? []).filter(charge.isAnother)
      .map { USD.worth(ofWei: max($0.heldWei, reserve), at: $0.nativePrice ?? price) }.saturatingSum()
    let (usedUsd, wantedUsd) = (
      quote.spentUsd.saturatingAdd(heldUsd), USD.worth(ofWei: charge.wantedWei, at: price)
    )
    guard usedUsd.saturatingAdd(wantedUsd) <= budgetUsd else {
      throw .refused(.gasQuoteBudgetUsed(spentUsd: usedUsd, wantedUsd: wantedUsd, budgetUsd: budgetUsd))
    }
  }

  /// How many tries for a vault failed within a window: reverted calls, and orders that the venue cancelled, let expire
  /// or froze, each freeze counted. The judge's retry budget is spent by these. The window ends as in `gasBudget`.
  package func failedTries(
    vault: String, chainID: UInt64, windowSeconds: UInt64, now unixSeconds: UInt64, head: HeadMark? = nil
  ) -> Int {
    let end = BudgetTime.end(now: unixSeconds, head: head)
    var count = 0
    for lane in state.lanes where lane.id.chainID == chainID {
      for promise in lane.charged(within: windowSeconds, of: end) where promise.vault == vault {
        if case .reverted = promise.outcome, promise.purpose == .act { count += 1 }
      }
    }
    for order in state.endedOrders where order.chainID == chainID && order.failures > 0 && order.vault == vault {
      if BudgetTime.isWithin(windowSeconds, of: end, order.chargedAtSeconds) { count += order.failures }
    }
    for order in state.openOrders where order.vault == vault && order.chainID == chainID {
      count += order.failures
    }
    return count
  }
}

extension Lane {
  /// Promises that count in a window. Charges ascend, so what is too old is not even looked at.
  func charged(within windowSeconds: UInt64, of end: UInt64) -> ArraySlice<SettledPromise> {
    var first = settled.endIndex
    while first > settled.startIndex,
      BudgetTime.isWithin(windowSeconds, of: end, settled[first - 1].chargedAtSeconds)
    {
      first -= 1
    }
    return settled[first...]
  }

  /// USD for a native coin as the newest decision that asked for it knew it.
  var newestNativePrice: UInt256? {
    for promise in open.reversed() {
      if let price = promise.intents.last(where: { $0.nativePrice != nil })?.nativePrice { return price }
    }
    return settled.last { $0.nativePrice != nil }?.nativePrice
  }
}

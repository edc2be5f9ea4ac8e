package import Ethereum

/// What calls cost, in wei.
enum Cost {
  /// The most a transaction can cost: gas limit × fee cap, and the venue's upfront fee if it is the call itself.
  static func worst(
    of intent: PromiseIntent, kind: Attempt.Kind, gasLimit: UInt64, fees: FeeTerms
  ) throws(OutboxError) -> UInt256 {
    do {
      let gas = try UInt256(gasLimit) * fees.feeCapWei
      return kind == .noOp ? gas : try gas + intent.upfrontFeeWei
    } catch {
      throw .ethereum(what: "cost of \(gasLimit) gas at \(fees) and \(intent.upfrontFeeWei) wei: \(error)")
    }
  }

  /// What a promise did cost. The upfront fee is gone only if the call took effect; what the venue pays back of it
  /// later is not counted, so this is never too low.
  static func actual(of intent: PromiseIntent, _ outcome: PromiseOutcome) throws(OutboxError) -> UInt256 {
    guard let inclusion = outcome.inclusion else { return .zero }
    do {
      let gas = try UInt256(inclusion.gasUsed) * inclusion.effectiveGasPriceWei
      if case .served = outcome { return try gas + intent.upfrontFeeWei }
      return gas
    } catch {
      throw .ethereum(what: "cost of \(outcome): \(error)")
    }
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
  package var usedWei: UInt256 {
    do { return try spentWei + heldWei } catch { return .max }
  }
}

extension Outbox {
  /// The gas budget of a lane at `now`. It follows from the journal alone, so it survives restarts.
  ///
  /// The window is rolling. A record whose time lies in the future (the clock was set back since) counts as new:
  /// setting a clock back never frees anything. Setting it forward by a window does, and no journal can know better.
  package func gasBudget(_ id: LaneID, now unixSeconds: UInt64) throws(OutboxError) -> GasBudget {
    let policy = try policy(for: id.chainID)
    guard let lane = state.lane(id) else {
      return GasBudget(
        spentWei: .zero, heldWei: .zero, budgetWei: policy.gasBudgetWei, windowSeconds: policy.budgetWindowSeconds)
    }
    let recent = lane.settled.lazy.filter {
      Self.isWithin(policy.budgetWindowSeconds, of: unixSeconds, $0.settledAtUnixSeconds)
    }
    return GasBudget(
      spentWei: Self.sum(recent.map(\.spentWei)), heldWei: Self.sum(lane.open.map(\.heldWei)),
      budgetWei: policy.gasBudgetWei, windowSeconds: policy.budgetWindowSeconds)
  }

  /// - Throws: `refused(.gasBudgetUsed)` if `wantedWei` more would exceed the budget.
  func chargeable(
    _ wantedWei: UInt256, in id: LaneID, _ policy: LanePolicy, now unixSeconds: UInt64
  ) throws(OutboxError) {
    let budget = try gasBudget(id, now: unixSeconds)
    let total = Self.sum([budget.usedWei, wantedWei])
    guard total <= policy.gasBudgetWei else {
      throw .refused(
        .gasBudgetUsed(
          spentWei: budget.usedWei, wantedWei: wantedWei, budgetWei: policy.gasBudgetWei,
          windowSeconds: policy.budgetWindowSeconds))
    }
  }

  /// How many tries for a vault failed within a window: reverted calls, and orders that the venue cancelled, let expire
  /// or froze, each freeze counted. The judge's retry budget is spent by these.
  package func failedTries(
    vault: String, chainID: UInt64, windowSeconds: UInt64, now unixSeconds: UInt64
  ) -> Int {
    var count = 0
    for lane in state.lanes where lane.id.chainID == chainID {
      for promise in lane.settled where promise.vault == vault && promise.purpose == .act {
        guard case .reverted = promise.outcome else { continue }
        if Self.isWithin(windowSeconds, of: unixSeconds, promise.settledAtUnixSeconds) { count += 1 }
      }
    }
    for order in state.endedOrders where order.vault == vault && order.chainID == chainID {
      if Self.isWithin(windowSeconds, of: unixSeconds, order.endedAtUnixSeconds) { count += order.failures }
    }
    for order in state.openOrders where order.vault == vault && order.chainID == chainID {
      count += order.failures
    }
    return count
  }

  static func isWithin(_ windowSeconds: UInt64, of now: UInt64, _ then: UInt64) -> Bool {
    now <= then || now - then < windowSeconds
  }

  /// A sum that saturates: a budget that cannot be counted is used up.
  private static func sum(_ amounts: some Sequence<UInt256>) -> UInt256 {
    var total = UInt256.zero
    for amount in amounts {
      do { total = try total + amount } catch { return .max }
    }
    return total
  }
}

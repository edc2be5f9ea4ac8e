import Contracts
import Decision
import Ethereum
import Outbox

extension Keeper {
  /// Everything a judgement needs of time, budgets, fees, balance and history.
  func circumstances(_ seen: Seen, _ vault: Int) throws(TickEnd) -> Circumstances {
    try asking { () throws(OutboxError) in
      try Circumstances(
        watch: watches[vault], seen: seen, outbox: outbox, history: history[vault],
        isHalted: !outbox.halts.isEmpty || desk.haltReason() != nil, now: clock.now().unixSeconds)
    }
  }
}

extension Circumstances {
  init(
    watch: Watch, seen: Seen, outbox: Outbox, history: PriceHistory, isHalted: Bool, now: UInt64
  ) throws(OutboxError) {
    let chain = watch.node.chain
    let budget = try outbox.gasBudget(watch.lane, now: now, head: seen.evidence.head)
    let balance = seen.observation.account.keeperBalanceWei
    let name = watch.vault.name
    self.init(
      nowSeconds: now, fees: seen.look.fees, gasLimit: chain.gasLimit, gasSpentDayWei: budget.usedWei,
      gasBudgetDayWei: budget.budgetWei,
      keeperBalanceWei: balance > budget.heldWei ? balance.saturatingSubtract(budget.heldWei) : .zero,
      clearNonceReserveWei: chain.clearNonceReserveWei,
      keeperPaysUpfrontFee: watch.vault.account.holder == watch.keeper,
      calls: CallsInFlight(outbox.standing(watch.lane)), isHalted: isHalted,
      recentOutcomes: outbox.state.endedOrders.suffix(10).filter { $0.vault == name && $0.chainID == chain.chainID }
        .map { OrderOutcome($0) },
      // A day: the window of the gas budget, so that both reset together.
      attemptsInWindow: outbox.failedTries(
        vault: name, chainID: chain.chainID, windowSeconds: 86_400, now: now, head: seen.evidence.head),
      attemptLimit: watch.vault.attemptLimit, priceHistory: history.points)
  }
}

extension UInt256 {
  fileprivate func saturatingSubtract(_ other: UInt256) -> UInt256 {
    do { return try self - other } catch { return .zero }
  }
}

extension CallsInFlight {
  init(_ standing: LaneStanding) {
    switch standing {
    case .free: self = .none
    case .inFlight: self = .inFlight
    case .inDoubt: self = .inDoubt
    }
  }
}

extension OrderOutcome {
  init(_ order: EndedOrder) {
    let reason = order.note.figures.first { $0.name == "reason" }?.value ?? order.note.state
    let state: OrderState
    switch order.note.state {
    case "filled": state = .filled(averagePrice: nil, feesUsd: nil)
    case "cancelled": state = .cancelled(reason: reason, refunded: true)
    case "expired": state = .expired
    default: state = .unknown
    }
    self.init(key: order.key, state: state, atSeconds: order.endedAtUnixSeconds, gasWei: .zero)
  }
}

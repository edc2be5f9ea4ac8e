import Contracts
import Decision
import Ethereum
import Outbox

extension Keeper {
  /// Everything a judgement needs of time, budgets, fees, balance and history.
  /// - Parameter promise: a promise that is being decided again: it is not in its own way, and what is held for it may
  ///   be spent on it.
  mutating func circumstances(
    _ seen: Seen, _ vault: Int, apartFrom promise: Promise? = nil
  ) throws(TickEnd) -> Circumstances {
    let (outlook, isFilled) = studies[vault].outlook(
      &history[vault], seen.observation, papers, now: clock.now().unixSeconds)
    if isFilled { recorders[vault].beginFrame() }
    return try asking { () throws(OutboxError) in
      try Circumstances(
        watch: watches[vault], seen: seen, outbox: outbox, history: history[vault], outlook: outlook,
        aims: aims.state(for: watches[vault].vault), apartFrom: promise,
        isHalted: !outbox.halts.isEmpty || desk.haltReason() != nil, takesOrdersBack: outbox.takesOrdersBack,
        now: clock.now().unixSeconds)
    }
  }
}

extension Circumstances {
  init(
    watch: Watch, seen: Seen, outbox: Outbox, history: PriceHistory, outlook: PriceStudy.Outlook, aims: AimState,
    apartFrom promise: Promise? = nil, isHalted: Bool, takesOrdersBack: Bool, now: UInt64
  ) throws(OutboxError) {
    let chain = watch.node.chain
    let name = watch.vault.name
    let head = seen.evidence.head
    let used = try Spending(watch, outbox, apartFrom: promise, head: head, now: now)
    let balance = seen.observation.account.keeperBalanceWei
    self.init(
      nowSeconds: now, fees: seen.look.fees, urgentFees: seen.look.fees(for: .urgent),
      liquidationFees: seen.look.fees(for: .liquidation), gasLimit: chain.gasLimit, gasBudgets: used.gas,
      gasCost: used.gasCost, nativePrice: watch.nativePrice(seen, now: now), turnover: used.turnover, loss: used.loss,
      keeperBalanceWei: balance.saturatingSubtract(used.heldWei), clearNonceReserveWei: chain.clearNonceReserveWei,
      keeperPaysUpfrontFee: watch.vault.account.holder == watch.keeper,
      calls: CallsInFlight(
        outbox.standing(of: name, in: watch.lane, own: outbox.standing(watch.lane, apartFrom: promise))),
      isHalted: isHalted,
      takesOrdersBack: takesOrdersBack,
      recentOutcomes: outbox.state.endedOrders.suffix(10).filter { $0.vault == name && $0.chainID == chain.chainID }
        .map { OrderOutcome($0) },
      // A day: the window of the gas budget, so that both reset together.
      attemptsInWindow: outbox.failedTries(
        vault: name, chainID: chain.chainID, windowSeconds: LanePolicy.daySeconds, now: now, head: head),
      attemptLimit: watch.vault.attemptLimit, priceHistory: history.points,
      correctedAtSeconds: outbox.state.lastFillSeconds(vault: name, chainID: chain.chainID),
      volatility: outlook.estimates, volatilityGaps: outlook.gaps, macro: outlook.macro, warnings: outlook.warnings,
      aims: aims)
  }
}

/// What counts against a vault's and its lane's limits, in the judge's terms.
private struct Spending {
  let gas: [GasAllowance]
  let gasCost: Allowance?
  let turnover: Allowance?
  let loss: Allowance?
  /// Native currency that calls in flight may still take.
  let heldWei: UInt256

  init(
    _ watch: Watch, _ outbox: Outbox, apartFrom promise: Promise?, head: HeadMark, now: UInt64
  ) throws(OutboxError) {
    let budgets = try outbox.gasBudgets(watch.lane, now: now, head: head)
    let own = promise?.heldWei ?? .zero
    gas = budgets.map {
      GasAllowance(
        windowSeconds: $0.windowSeconds, usedWei: $0.usedWei.saturatingSubtract(own), budgetWei: $0.budgetWei)
    }
    heldWei = (budgets.first?.heldWei ?? .zero).saturatingSubtract(own)
    gasCost = try outbox.gasQuoteBudget(watch.lane, now: now, head: head).map {
      Allowance(
        used: Usd($0.usedUsd.saturatingSubtract(promise?.heldUsd ?? .zero)), limit: Usd($0.budgetUsd))
    }
    let spent = outbox.spending(
      vault: watch.vault.name, chainID: watch.node.chain.chainID, now: now, head: head)
    turnover = watch.vault.turnoverPerDay.map {
      let held = spent.turnoverHeld.saturatingSubtract(promise?.heldTurnover ?? .zero)
      return Allowance(used: Usd(held.saturatingAdd(spent.turnoverSpent)), limit: $0)
    }
    loss = watch.vault.lossLimit.map { Allowance(used: Usd(spent.drawdown), limit: $0) }
  }
}

extension Promise {
  /// What is held for it, at the price its decision knew.
  fileprivate var heldUsd: UInt256 {
    do {
      return try UInt256.mulDiv(
        heldWei, intent.nativePrice ?? .zero, UInt256(1_000_000_000_000_000_000), rounding: .down)
    } catch {
      return .zero
    }
  }
}

extension Outbox {
  /// Where a lane stands, as if a promise that is being decided again were not there.
  fileprivate func standing(_ id: LaneID, apartFrom promise: Promise?) -> LaneStanding {
    guard let promise, let lane = lane(id), lane.doubt == nil,
      lane.open.allSatisfy({ $0.nonce == promise.nonce })
    else { return standing(id) }
    return .free
  }
}

extension Watch {
  /// Limits of this vault as the outbox enforces them once more, before anything is signed.
  var vaultPolicy: VaultPolicy {
    VaultPolicy(
      vault: vault.name, chainID: node.chain.chainID, turnoverPerDay: vault.turnoverPerDay?.raw.magnitude,
      lossLimit: vault.lossLimit?.raw.magnitude, attemptsPerDay: vault.attemptLimit)
  }

  /// Dollars for one whole native coin: from its own feed, or the base asset's where that is the native coin. Nil where
  /// neither is, or the feed is too old to count with.
  func nativePrice(_ seen: Seen, now: UInt64) -> Price? {
    let isBase = vault.reader.tokens.contains { $0.role == .base && $0.address == nil }
    guard let reading = seen.observation.nativePrice ?? (isBase ? seen.observation.price : nil) else { return nil }
    let time = max(now, seen.observation.head.timestamp)
    let age = time > reading.updatedAt ? time - reading.updatedAt : 0
    guard age <= reading.limits.maximumAgeSeconds, let price = reading.price, !price.isZero else { return nil }
    return price
  }
}

extension Usd {
  /// From the journal's form, which is never negative; as large as can be told where it is larger.
  fileprivate init(_ raw: UInt256) {
    do { self.init(raw: try Int256(raw)) } catch { self.init(raw: .max) }
  }
}

extension UInt256 {
  fileprivate func saturatingSubtract(_ other: UInt256) -> UInt256 {
    do { return try self - other } catch { return .zero }
  }

  fileprivate func saturatingAdd(_ other: UInt256) -> UInt256 {
    do { return try self + other } catch { return .max }
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
    self.init(key: order.key, state: state, atSeconds: order.chargedAtSeconds, gasWei: .zero)
  }
}

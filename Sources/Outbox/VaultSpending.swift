package import Ethereum

/// What one vault may do within its limits. Configuration, not memory.
package struct VaultPolicy: Hashable, Sendable {
  package let vault: String
  package let chainID: UInt64
  /// The most it may trade in a rolling day, USD with 18 decimals. nil: no limit but the clips of the plan.
  package let turnoverPerDay: UInt256?
  /// The most its executions may lose since their best moment, USD with 18 decimals. nil: no limit.
  package let lossLimit: UInt256?
  /// How many failed tries a rolling day may have. Default 20: a venue that refuses every few minutes is stopped within
  /// the hour, and one bad block is not the end of the day.
  package let attemptsPerDay: Int

  package init(
    vault: String, chainID: UInt64, turnoverPerDay: UInt256? = nil, lossLimit: UInt256? = nil,
    attemptsPerDay: Int = 20
  ) {
    self.vault = vault
    self.chainID = chainID
    self.turnoverPerDay = turnoverPerDay
    self.lossLimit = lossLimit
    self.attemptsPerDay = attemptsPerDay
  }
}

/// What one vault has used of its limits, USD with 18 decimals.
package struct VaultSpending: Hashable, Sendable {
  /// What calls that are not settled may still trade.
  package let turnoverHeld: UInt256
  /// What calls of the last rolling day may have traded.
  package let turnoverSpent: UInt256
  /// What executions have cost against the oracle, venue's fees included, since the journal began; negative is a gain.
  package let shortfall: Int256
  /// How much of that since the best moment.
  package let drawdown: UInt256
  /// Failed tries of the last rolling day.
  package let failedTries: Int
}

extension Outbox {
  /// How a vault is limited; nil where policy sets nothing.
  package func policy(vault: String, chainID: UInt64) -> VaultPolicy? {
    vaults.first { $0.vault == vault && $0.chainID == chainID }
  }

  /// What a vault has used of its limits. Windows end as in `gasBudget`.
  package func spending(
    vault: String, chainID: UInt64, now unixSeconds: UInt64, head: HeadMark? = nil
  ) -> VaultSpending {
    let account = state.account(vault: vault, chainID: chainID)
    let turnover = turnover(vault, chainID, except: nil, end: BudgetTime.end(now: unixSeconds, head: head))
    return VaultSpending(
      turnoverHeld: turnover.held, turnoverSpent: turnover.spent, shortfall: account.costUsd,
      drawdown: account.drawdownUsd,
      failedTries: failedTries(
        vault: vault, chainID: chainID, windowSeconds: LanePolicy.daySeconds, now: unixSeconds, head: head))
  }

  private func turnover(
    _ vault: String, _ chainID: UInt64, except nonce: (LaneID, UInt64)?, end: UInt64
  ) -> (held: UInt256, spent: UInt256) {
    var (held, spent) = (UInt256.zero, UInt256.zero)
    for lane in state.lanes where lane.id.chainID == chainID {
      for promise in lane.open where promise.intent.vault == vault {
        if let nonce, nonce == (lane.id, promise.nonce) { continue }
        held = held.saturatingAdd(promise.heldTurnover)
      }
      for promise in lane.charged(within: LanePolicy.daySeconds, of: end) where promise.vault == vault {
        spent = spent.saturatingAdd(promise.turnover)
      }
    }
    return (held, spent)
  }

  /// Whether a vault's limits have room for a decision: a new one, or one in place of `promise`'s. What takes back our
  /// own orders lowers risk, and only its turnover is counted.
  /// - Throws: `refused` with the first limit that has no room.
  func checkVault(
    _ intent: PromiseIntent, inPlaceOf promise: Promise?, now unixSeconds: UInt64, head: HeadMark
  ) throws(OutboxError) {
    guard let policy = policy(vault: intent.vault, chainID: intent.chainID) else { return }
    if let limit = policy.turnoverPerDay {
      let used = turnover(
        intent.vault, intent.chainID, except: promise.map { ($0.intent.lane, $0.nonce) },
        end: BudgetTime.end(now: unixSeconds, head: head))
      let total = used.held.saturatingAdd(used.spent)
      let wanted = max(intent.turnover, promise?.heldTurnover ?? .zero)
      guard total.saturatingAdd(wanted) <= limit || intent.turnover == .zero else {
        throw .refused(
          .turnoverBudgetUsed(vault: intent.vault, usedUsd: total, wantedUsd: wanted, limitUsd: limit))
      }
    }
    guard intent.purpose == .act else { return }
    let drawdown = state.account(vault: intent.vault, chainID: intent.chainID).drawdownUsd
    if let limit = policy.lossLimit, drawdown >= limit {
      throw .refused(.lossLimitReached(vault: intent.vault, drawdownUsd: drawdown, limitUsd: limit))
    }
    let failed = failedTries(
      vault: intent.vault, chainID: intent.chainID, windowSeconds: LanePolicy.daySeconds, now: unixSeconds, head: head)
    guard failed < policy.attemptsPerDay else {
      throw .refused(.attemptsUsedUp(vault: intent.vault, failed: failed, limit: policy.attemptsPerDay))
    }
  }

  /// The records of halts for vaults that have reached their loss limit, without those that are in force: safe to ask
  /// every tick.
  package func lossLimitHalts() -> [PromiseRecord] {
    vaults.compactMap { policy in
      guard let limit = policy.lossLimit else { return nil }
      let drawdown = state.account(vault: policy.vault, chainID: policy.chainID).drawdownUsd
      let isHalted = state.halts.contains {
        guard case .lossLimit(policy.vault, policy.chainID, _, _) = $0 else { return false }
        return true
      }
      guard drawdown >= limit, !isHalted else { return nil }
      return .halted(
        halt: .lossLimit(vault: policy.vault, chainID: policy.chainID, drawdownUsd: drawdown, limitUsd: limit))
    }
  }
}

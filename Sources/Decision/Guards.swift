import Contracts
import Ethereum

/// What one guard found.
enum Finding: Hashable, Sendable {
  case passed([Figure])
  case refused(Refusal)
  /// There is nothing for it to judge: a cancel needs no price bound.
  case notApplicable
  /// What it judges could not be calculated; an earlier guard has refused.
  case notReached
}

/// One condition for acting.
struct Guard: Sendable {
  /// Stable: reports and `explain` show it.
  let name: String
  let examine: @Sendable (Evidence) throws(ContractsError) -> Finding

  /// The order is part of the keeper's contract: the first that refuses is the one reported. First whether we may act
  /// at all, then whether what we see is to be trusted, then whether the vault lets us, then whether there is something
  /// to do, then whether it is bounded and affordable.
  static let inOrder: [Guard] = [
    Guard(name: "halt") { e throws(ContractsError) in e.halt() },
    Guard(name: "calls") { e throws(ContractsError) in e.calls() },
    Guard(name: "head") { e throws(ContractsError) in e.head() },
    Guard(name: "oracle") { e throws(ContractsError) in try e.oracle() },
    Guard(name: "price jump") { e throws(ContractsError) in try e.priceJump() },
    Guard(name: "venue's price") { e throws(ContractsError) in try e.divergence() },
    Guard(name: "sequencer") { e throws(ContractsError) in e.sequencer() },
    Guard(name: "exposures") { e throws(ContractsError) in try e.exposures() },
    Guard(name: "pause") { e throws(ContractsError) in e.pause() },
    Guard(name: "account") { e throws(ContractsError) in e.account() },
    Guard(name: "role") { e throws(ContractsError) in e.role() },
    Guard(name: "venue") { e throws(ContractsError) in e.venue() },
    Guard(name: "worth") { e throws(ContractsError) in try e.worth() },
    Guard(name: "aim") { e throws(ContractsError) in try e.aim() },
    Guard(name: "orders") { e throws(ContractsError) in try e.orders() },
    Guard(name: "band") { e throws(ContractsError) in try e.band() },
    Guard(name: "schedule") { e throws(ContractsError) in try e.schedule() },
    Guard(name: "clip") { e throws(ContractsError) in try e.clip() },
    Guard(name: "collateral") { e throws(ContractsError) in try e.collateral() },
    Guard(name: "price bound") { e throws(ContractsError) in try e.priceBound() },
    Guard(name: "gas price") { e throws(ContractsError) in try e.gasPrice() },
    Guard(name: "gas budget") { e throws(ContractsError) in try e.gasBudget() },
    Guard(name: "gas cost") { e throws(ContractsError) in try e.gasCost() },
    Guard(name: "turnover") { e throws(ContractsError) in try e.turnover() },
    Guard(name: "loss") { e throws(ContractsError) in try e.loss() },
    Guard(name: "balance") { e throws(ContractsError) in try e.balance() },
    Guard(name: "attempts") { e throws(ContractsError) in e.attempts() },
  ]
}

// MARK: - May we act at all?

extension Evidence {
  /// Taking our own orders back is what a halt still allows.
  func halt() -> Finding {
    guard circumstances.isHalted else { return .passed([]) }
    if let plan, plan.isOnlyCancels, policy.cancelsWhenHalted || circumstances.takesOrdersBack {
      return .passed([.count("orders to take back", plan.actions.count, from: "plan")])
    }
    return .refused(Refusal(.halted, []))
  }

  func calls() -> Finding {
    switch circumstances.calls {
    case .none: .passed([])
    case .inFlight: .refused(Refusal(.callInFlight, []))
    case .inDoubt: .refused(Refusal(.callInDoubt, []))
    }
  }
}

// MARK: - Is what we see to be trusted?

extension Evidence {
  func head() -> Finding {
    let time = observation.head.timestamp
    let age = circumstances.nowSeconds > time ? circumstances.nowSeconds - time : 0
    let figures = [
      Figure.seconds("head age", age, from: "clock − head's time"),
      .seconds("allowed", policy.maximumHeadAgeSeconds, from: "policy"),
    ]
    return age > policy.maximumHeadAgeSeconds ? .refused(Refusal(.headTooOld, figures)) : .passed(figures)
  }

  /// Both feeds: each must have a price, be young enough and inside its bounds.
  func oracle() throws(ContractsError) -> Finding {
    var figures: [Figure] = []
    for (name, feed) in [("base feed", observation.price), ("quote feed", observation.quotePrice)] {
      guard let feed else { continue }
      let age = latestSeconds > feed.updatedAt ? latestSeconds - feed.updatedAt : 0
      let ageFigures = [
        Figure.seconds("\(name) age", age, from: "later of clock and head − feed's time"),
        .seconds("allowed", feed.limits.maximumAgeSeconds, from: "feed's heartbeat and margin"),
      ]
      if age > feed.limits.maximumAgeSeconds { return .refused(Refusal(.oracleStale, ageFigures)) }
      let unit = name == "base feed" ? unit : "quote"
      guard let price = feed.price, !price.isZero else {
        let answer = Figure.word("\(name) answer", feed.rawAnswer.description, from: "round \(feed.roundID)")
        return .refused(Refusal(.oracleOutOfBounds, [answer]))
      }
      var bounds = [try Figure.price("\(name) price", price, per: unit, from: "round \(feed.roundID)")]
      if let minimum = feed.limits.minimum {
        bounds.append(try .price("minimum", minimum, per: unit, from: "feed's limits"))
      }
      if let maximum = feed.limits.maximum {
        bounds.append(try .price("maximum", maximum, per: unit, from: "feed's limits"))
      }
      let isLow = feed.limits.minimum.map { price < $0 } ?? false
      let isHigh = feed.limits.maximum.map { price > $0 } ?? false
      if isLow || isHigh { return .refused(Refusal(.oracleOutOfBounds, bounds)) }
      figures += ageFigures + bounds
    }
    return .passed(figures)
  }

  func sequencer() -> Finding {
    guard let sequencer = observation.sequencer else { return .notApplicable }
    let time = observation.head.timestamp
    let upFor = time > sequencer.since ? time - sequencer.since : 0
    let figures = [
      Figure.word("sequencer", sequencer.isUp ? "up" : "down", from: "sequencer feed"),
      .seconds("since", upFor, from: "head's time − feed's"),
      .seconds("grace", sequencer.graceSeconds, from: "configuration"),
    ]
    let isTrusted = sequencer.isUp && upFor > sequencer.graceSeconds
    return isTrusted ? .passed(figures) : .refused(Refusal(.sequencerDown, figures))
  }
}

// MARK: - Does the vault let us?

extension Evidence {
  func pause() -> Finding {
    observation.vault.isPaused ? .refused(Refusal(.vaultPaused, [])) : .passed([])
  }

  func account() -> Finding {
    observation.account.isEnabled ? .passed([]) : .refused(Refusal(.accountDisabled, []))
  }

  func role() -> Finding {
    observation.isRoleHeld ? .passed([]) : .refused(Refusal(.roleMissing, []))
  }

  /// Taking an order back stays possible where a market is closed.
  func venue() -> Finding {
    guard let venue = observation.venue, let plan else { return .notReached }
    guard venue.terms.isDisabled, !plan.isOnlyCancels else { return .passed([]) }
    return .refused(Refusal(.venueDisabled, []))
  }

  func worth() throws(ContractsError) -> Finding {
    guard let assessment, let plan else { return .notReached }
    let figures = [try Figure.usd("net asset value", assessment.netAssetValue, from: "assessment")]
    if assessment.netAssetValue.isPositive || plan.isOnlyCancels { return .passed(figures) }
    return .refused(Refusal(.netAssetValueNotPositive, figures))
  }
}

// MARK: - Is there something to do?

extension Evidence {
  /// An order left standing is waited for. With one of a kind we never place nothing new is done at all.
  func orders() throws(ContractsError) -> Finding {
    guard let plan else { return .notReached }
    if let foreign = plan.standing.first(where: { $0.order.isForeign }), !plan.isOnlyCancels {
      return .refused(Refusal(.foreignOrder, try figures(of: foreign)))
    }
    guard plan.actions.isEmpty, let kept = plan.standing.first else { return .passed([]) }
    var figures = try figures(of: kept)
    if let waiting = plan.waiting { figures += try waiting.figures(unit) }
    return .refused(Refusal(kept.reason == .resting ? .orderResting : .orderPending, figures))
  }

  private func figures(of standing: StandingOrder) throws(ContractsError) -> [Figure] {
    let order = standing.order
    let time = observation.head.timestamp
    var figures = [
      Figure.word("order", order.key.description, from: "venue"),
      .word("kind", order.kind.rawValue, from: "venue"),
      .word("left because", standing.reason.rawValue, from: "plan"),
      try .quantity("change if filled", order.change, unit, from: "venue"),
      .seconds("age", time > order.updatedAt ? time - order.updatedAt : 0, from: "head's time − order's"),
    ]
    if order.cancellableAt > time {
      figures.append(.seconds("cancellable in", order.cancellableAt - time, from: "venue"))
    }
    if let trigger = order.triggerPrice {
      figures.append(try .price("trigger price", trigger, per: unit, from: "venue"))
    }
    return figures
  }

  func band() throws(ContractsError) -> Finding {
    guard let assessment, let calibration, let plan else { return .notReached }
    let figures = [
      try Figure.quantity("drift", assessment.drift, unit, from: "assessment"),
      try .quantity("half-width", calibration.band.halfWidth, unit, from: "calibration"),
    ]
    if plan.isOnlyCancels { return .notApplicable }
    // A position in danger is made smaller wherever the drift is.
    if let deRisk = plan.deRisk {
      return .passed(try figures + deRisk.figures(unit) + (plan.relief?.figures() ?? []))
    }
    return calibration.due.isZero ? .refused(Refusal(.insideBand, figures)) : .passed(figures)
  }

  func schedule() throws(ContractsError) -> Finding {
    guard let plan else { return .notReached }
    guard let schedule = plan.schedule else { return .notApplicable }
    let figures = try schedule.figures(unit)
    return plan.actions.isEmpty && schedule.waitSeconds > 0
      ? .refused(Refusal(.sliceNotDue, figures)) : .passed(figures)
  }

  func clip() throws(ContractsError) -> Finding {
    guard let plan else { return .notReached }
    guard let clip = plan.clip else { return .notApplicable }
    let figures = [
      try Figure.usd("due value", clip.dueValue, from: "due × price"),
      try .usd("minimum clip", clip.minimum, from: "policy, and the venue's least position"),
    ]
    return clip.shortfall == .belowMinimum ? .refused(Refusal(.belowMinimumClip, figures)) : .passed(figures)
  }

  func collateral() throws(ContractsError) -> Finding {
    guard let plan else { return .notReached }
    guard let clip = plan.clip else { return .notApplicable }
    let figures = [
      try Figure.usd("minimum clip", clip.minimum, from: "policy, and the venue's least position"),
      try .usd("affordable clip", clip.value, from: "collateral free × leverage"),
      try .usd("collateral free", clip.collateralFree, from: "vault's balance and allowance"),
    ]
    return clip.shortfall == .insufficientCollateral
      ? .refused(Refusal(.insufficientCollateral, figures)) : .passed(figures)
  }
}

// MARK: - Is it bounded and affordable?

extension Evidence {
  /// Judged anew, not taken from the plan's word: every trade carries a bound no looser than the policy's, and a limit
  /// no worse than its bound.
  func priceBound() throws(ContractsError) -> Finding {
    guard let plan, let assessment else { return .notReached }
    let pricing = Pricing(price: assessment.price, policy: policy)
    var figures: [Figure] = []
    for trade in plan.actions.compactMap(\.trade) {
      let loosest = try pricing.worstPrice(for: trade.change)
      let isSale = trade.change.isNegative
      var isBounded =
        !trade.worstPrice.isZero && !trade.change.isZero
        && (isSale ? trade.worstPrice >= loosest : trade.worstPrice <= loosest)
      if case .limit(let limit) = trade.kind {
        isBounded = isBounded && (isSale ? limit >= trade.worstPrice : limit <= trade.worstPrice)
      }
      figures += [
        try .price("worst price", trade.worstPrice, per: unit, from: "plan"),
        try .price("loosest allowed", loosest, per: unit, from: "oracle price and policy"),
      ]
      if !isBounded { return .refused(Refusal(.priceBoundMissing, figures)) }
    }
    for topUp in plan.actions.compactMap(\.topUp) {
      let (loosest, isLong) = (try pricing.worstPrice(toppingUp: topUp.position), topUp.position.isLong)
      figures += [
        try .price("worst price", topUp.worstPrice, per: unit, from: "plan"),
        try .price("loosest allowed", loosest, per: unit, from: "oracle price and policy"),
      ]
      let isBounded = !topUp.worstPrice.isZero && (isLong ? topUp.worstPrice <= loosest : topUp.worstPrice >= loosest)
      if !isBounded { return .refused(Refusal(.priceBoundMissing, figures)) }
    }
    return figures.isEmpty ? .notApplicable : .passed(figures)
  }

  func gasPrice() throws(ContractsError) -> Finding {
    let next = try sum(fees.nextBaseFeeWei, fees.tipWei)
    let figures = [
      Figure.wei("gas price", next, from: "next base fee + tip"),
      .wei("fee cap", fees.feeCapWei, from: "fee quote"),
      .wei("ceiling", fees.gasPriceCeilingWei, from: "configuration"),
    ]
    let isAbove = next > fees.gasPriceCeilingWei || fees.feeCapWei > fees.gasPriceCeilingWei
    return isAbove ? .refused(Refusal(.gasPriceAboveCeiling, figures)) : .passed(figures)
  }

  /// The upfront fee belongs to the budgets, whoever pays it.
  func gasBudget() throws(ContractsError) -> Finding {
    guard let plan else { return .notReached }
    let act = try actWei(plan)
    var all = [Figure.wei("this act", act, from: "gas limit × fee cap + upfront fee")]
    for budget in circumstances.gasBudgets {
      let figures = [
        Figure.seconds("window", budget.windowSeconds, from: "configuration"),
        .wei("spent in it", budget.usedWei, from: "journal"),
        .wei("budget", budget.budgetWei, from: "configuration"),
      ]
      guard try sum(budget.usedWei, act) <= budget.budgetWei else {
        return .refused(Refusal(.gasBudgetUsed, all + figures))
      }
      all += figures
    }
    return .passed(all)
  }

  /// The same in dollars, at the native currency's price.
  func gasCost() throws(ContractsError) -> Finding {
    guard let plan else { return .notReached }
    guard let budget = circumstances.gasCost else { return .notApplicable }
    guard let price = circumstances.nativePrice, !price.isZero else {
      return .refused(Refusal(.nativePriceMissing, []))
    }
    // One native coin is 10^18 wei on every chain that speaks JSON-RPC of Ethereum's kind.
    let act = try price.value(of: Quantity(units: actWei(plan), decimals: 18, rounding: .up), rounding: .up)
    let figures = [
      try Figure.usd("this act", act, from: "gas limit × fee cap + upfront fee, at the native price"),
      try .usd("spent in the day", budget.used, from: "journal"),
      try .usd("budget", budget.limit, from: "configuration"),
    ]
    return try budget.used + act > budget.limit ? .refused(Refusal(.gasCostBudgetUsed, figures)) : .passed(figures)
  }

  func turnover() throws(ContractsError) -> Finding {
    guard let plan else { return .notReached }
    guard let budget = circumstances.turnover, !plan.isOnlyCancels else { return .notApplicable }
    let figures = [
      try Figure.usd("this act", plan.turnover, from: "plan: order's size at the oracle's price"),
      try .usd("traded in the day", budget.used, from: "journal, standing orders included"),
      try .usd("budget", budget.limit, from: "configuration"),
    ]
    return try budget.used + plan.turnover > budget.limit
      ? .refused(Refusal(.turnoverBudgetUsed, figures)) : .passed(figures)
  }

  /// Taking orders back stays possible: it can only lower what is still to be lost.
  func loss() throws(ContractsError) -> Finding {
    guard let plan else { return .notReached }
    guard let loss = circumstances.loss, !plan.isOnlyCancels else { return .notApplicable }
    let figures = [
      try Figure.usd("lost since the best", loss.used, from: "journal: fills against the oracle's price, fees"),
      try .usd("limit", loss.limit, from: "configuration"),
    ]
    return loss.used >= loss.limit ? .refused(Refusal(.lossLimitReached, figures)) : .passed(figures)
  }

  /// To act and still be able to clear a stuck nonce afterwards.
  func balance() throws(ContractsError) -> Finding {
    guard let plan else { return .notReached }
    let act = circumstances.keeperPaysUpfrontFee ? try actWei(plan) : try gasWei()
    let needed = try sum(act, circumstances.clearNonceReserveWei)
    let figures = [
      Figure.wei("balance", circumstances.keeperBalanceWei, from: "node, less calls in flight"),
      .wei("this act", act, from: "gas limit × fee cap, and the upfront fee where the keeper pays it"),
      .wei("reserve", circumstances.clearNonceReserveWei, from: "cost of clearing a stuck nonce"),
    ]
    return circumstances.keeperBalanceWei < needed ? .refused(Refusal(.balanceTooLow, figures)) : .passed(figures)
  }

  /// Taking orders back is never rationed: an order that no longer fits is the greater danger.
  func attempts() -> Finding {
    guard let plan else { return .notReached }
    if plan.isOnlyCancels { return .notApplicable }
    var figures = [
      Figure.count("attempts", circumstances.attemptsInWindow, from: "journal"),
      .count("allowed", circumstances.attemptLimit, from: "configuration"),
    ]
    if case .cancelled(let reason, _)? = circumstances.recentOutcomes.last?.state {
      figures.append(.word("last outcome", "cancelled: \(reason)", from: "venue"))
    }
    let isUsedUp = circumstances.attemptsInWindow >= circumstances.attemptLimit
    return isUsedUp ? .refused(Refusal(.attemptsExhausted, figures)) : .passed(figures)
  }
}

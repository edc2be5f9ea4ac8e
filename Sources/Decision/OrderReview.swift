import Contracts

/// What to do with one standing order, and why.
enum Disposition: Hashable, Sendable {
  case keep(Reason)
  case cancel(Reason)
  /// Change it in place; where the venue cannot, take it back and place again at a later tick.
  case amend(Trade, Reason)
  /// Make this much of it fill now.
  case cross(Quantity, Reason)
}

/// Why an action is planned, or an order is left as it is. The raw values are stable: journal and reports carry them.
package enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
  // a new order
  case driftOutsideBand, driftUrgent, noPatience, limitUnsupported, crossingCheaper
  // a position in danger, wherever the drift is
  case deRisk, topUp
  // an order left alone
  case resting, executing, notYetCancellable, fateUnknown, notOurs
  // an order changed
  case waitingCostsMore, patienceOver, priceTooFar
  // an order changed, or taken back where none of it is wanted
  case noLongerImproves, overshoots, boundTooLoose, frozen
  // an order taken back
  case tooSmall, frozenBeyondAttempts, expired, pendingTooLong, halted
}

/// Judges standing orders one by one, against the drift that earlier ones leave when they fill.
struct OrderReview {
  let assessment: Assessment
  let calibration: Calibration
  let venue: VenueState
  let policy: Policy
  let circumstances: Circumstances
  /// Chain time: cancel delays are measured by it.
  let headSeconds: UInt64
  let hasAttemptsLeft: Bool
  /// The order is the only one that stands.
  let isAlone: Bool
  /// The schedule that the order is a slice of, or would be; nil where what is due is one order.
  let schedule: Schedule?
  /// By what resting is weighed against crossing; nil where it cannot be.
  let choiceScene: ChoiceScene?
  /// The two ways of having this order, quoted by the venue.
  let quote: (OpenOrder, Trade) throws(ContractsError) -> Quote

  var pricing: Pricing { Pricing(price: assessment.price, policy: policy) }

  /// `drift` is what is left after the orders already judged have filled.
  func disposition(
    of order: OpenOrder, drift: Quantity
  ) throws(ContractsError) -> (Disposition, Waiting?) {
    if order.state == .unknown { return (.keep(.fateUnknown), nil) }
    let canCancel = headSeconds >= order.cancellableAt
    if order.kind.isMarket, !order.state.isFrozen {
      return (try dispositionOfMarket(order, drift: drift, canCancel: canCancel), nil)
    }
    guard canCancel else { return (.keep(.notYetCancellable), nil) }
    if order.state == .expired { return (.cancel(.expired), nil) }
    let fit = try Fit(order.change, drift: drift, band: calibration.band)
    let wanted = try Clip(assessment, calibration, venue, policy, held: order.collateralValue, slice: schedule?.slice)
    if !fit.improves { return (try resized(order, to: wanted, .noLongerImproves), nil) }
    if fit.overshoots { return (try resized(order, to: wanted, .overshoots), nil) }
    if order.state.isFrozen {
      return (hasAttemptsLeft ? try resized(order, to: wanted, .frozen) : .cancel(.frozenBeyondAttempts), nil)
    }
    if try isTooSmall(order, wanted, fit) { return (.cancel(.tooSmall), nil) }
    if try isBoundTooLoose(order) { return (try resized(order, to: wanted, .boundTooLoose), nil) }
    // Inside the band, and where what is due is too little for an order of its own, an order that brings delta nearer
    // may rest; nothing presses.
    guard let size = try sharedSize(order, wanted) else { return (.keep(.resting), nil) }
    return try dispositionOfFitting(order, size)
  }

  private func dispositionOfMarket(
    _ order: OpenOrder, drift: Quantity, canCancel: Bool
  ) throws(ContractsError) -> Disposition {
    guard canCancel else { return .keep(.executing) }
    if order.state == .expired { return .cancel(.expired) }
    // One that only adds collateral does not move the drift, and is not judged by it.
    if !order.isTopUp {
      let fit = try Fit(order.change, drift: drift, band: calibration.band)
      if !fit.improves || fit.overshoots { return .cancel(.noLongerImproves) }
    }
    // It can be taken back and still nobody has executed it: after our patience somebody else may.
    let waited = headSeconds - order.cancellableAt
    return waited > policy.orders.patienceSeconds ? .cancel(.pendingTooLong) : .keep(.executing)
  }

  /// An order whose size is right: is its price, and has it waited long enough?
  private func dispositionOfFitting(
    _ order: OpenOrder, _ size: Quantity
  ) throws(ContractsError) -> (Disposition, Waiting?) {
    guard let trigger = order.triggerPrice else { return (.cancel(.priceTooFar), nil) }
    if pricing.isMarketable(trigger, for: order.change) {
      // The venue's price is not ours: what our price has reached may have to wait all the same, and gives way like any
      // other that has waited long enough. One that crosses already can do no more.
      let age = headSeconds > order.updatedAt ? headSeconds - order.updatedAt : 0
      let isAtWorst = try crosses(trigger, order.change)
      if isAtWorst || age <= policy.orders.patienceSeconds { return (.keep(.executing), nil) }
      return (.cross(size, .patienceOver), nil)
    }
    if calibration.isUrgent { return (.cross(size, .driftUrgent), nil) }
    let resting = try pricing.resting(size, reduceOnly: order.kind.isDecrease)
    let crossing = try pricing.crossing(size, reduceOnly: order.kind.isDecrease)
    let waiting = try Waiting(
      order, trigger: trigger, pricing: pricing, atSeconds: headSeconds, history: circumstances.priceHistory,
      resting: quote(order, resting), crossing: quote(order, crossing))
    let choice = try choice(order, trigger: trigger, waiting: waiting, resting: resting, crossing: crossing)
    if waiting.ageSeconds > policy.orders.patienceSeconds { return (.cross(size, .patienceOver), waiting) }
    if waiting.waitingCost > waiting.crossingCost { return (.cross(size, .waitingCostsMore), waiting) }
    if let choice, try !choice.keepsResting { return (.cross(size, .crossingCheaper), waiting) }
    if try isPriceTooFar(trigger, order.change) { return (.amend(resting, .priceTooFar), waiting) }
    return (.keep(.resting), waiting)
  }

  /// What is left of the patience, weighed.
  private func choice(
    _ order: OpenOrder, trigger: Price, waiting: Waiting, resting: Trade, crossing: Trade
  ) throws(ContractsError) -> OrderChoice? {
    let patience = policy.orders.patienceSeconds
    guard let choiceScene, waiting.ageSeconds < patience else { return nil }
    return try choiceScene.choice(
      change: order.change, limit: trigger, seconds: patience - waiting.ageSeconds,
      resting: quote(order, resting), crossing: quote(order, crossing))
  }

  /// The same order with today's prices, no larger than is wanted now; taken back where nothing is wanted.
  private func resized(_ order: OpenOrder, to wanted: Clip, _ reason: Reason) throws(ContractsError) -> Disposition {
    guard let size = try sharedSize(order, wanted) else { return .cancel(reason) }
    let isDecrease = order.kind.isDecrease
    let presses = calibration.isUrgent || policy.orders.patienceSeconds == 0
    return .amend(
      presses
        ? try pricing.crossing(size, reduceOnly: isDecrease) : try pricing.resting(size, reduceOnly: isDecrease),
      reason)
  }

  /// The lesser of the order and what is wanted, in the direction of both; nil where they have none in common, or the
  /// order is of the other kind (opening where closing is due). An amended order never grows: its collateral is given.
  private func sharedSize(_ order: OpenOrder, _ wanted: Clip) throws(ContractsError) -> Quantity? {
    guard wanted.shortfall == nil, !wanted.change.isZero, wanted.reduceOnly == order.kind.isDecrease,
      wanted.change.isNegative == order.change.isNegative
    else { return nil }
    return try wanted.change.absolute() < order.change.absolute() ? wanted.change : order.change
  }

  /// It leaves drift outside the band, and a new order would be larger by more than the tolerance and the minimum.
  private func isTooSmall(_ order: OpenOrder, _ wanted: Clip, _ fit: Fit) throws(ContractsError) -> Bool {
    // A slice grows with time; the one that stands is made up for by the next.
    guard isAlone, schedule == nil, fit.leavesOutside, wanted.shortfall == nil,
      wanted.change.isNegative == order.change.isNegative
    else { return false }
    let missing = try wanted.change.absolute() - order.change.absolute()
    let tolerated = try wanted.change.absolute().scaled(by: policy.orders.requoteTolerance, rounding: .up)
    let value = try assessment.price.value(of: missing, rounding: .down)
    return missing.isPositive && missing > tolerated && value >= policy.minimumClip
  }

  /// The bound it was placed with is looser than today's by more than the tolerance, or there is none.
  private func isBoundTooLoose(_ order: OpenOrder) throws(ContractsError) -> Bool {
    guard let acceptable = order.acceptablePrice else { return true }
    let worst = try pricing.worstPrice(for: order.change)
    let tolerance = policy.orders.requoteTolerance
    return order.change.isNegative
      ? try acceptable < worst.scaled(by: .one - tolerance, rounding: .down)
      : try acceptable > worst.scaled(by: .one + tolerance, rounding: .up)
  }

  /// As near to the worst price allowed as makes no difference.
  private func crosses(_ trigger: Price, _ change: Quantity) throws(ContractsError) -> Bool {
    let slack = try assessment.price.scaled(by: policy.orders.requoteTolerance, rounding: .up)
    return try trigger.distance(to: pricing.worstPrice(for: change)) <= slack
  }

  /// Farther from the price than a new limit would be. Nearer is never too far: it is about to fill.
  private func isPriceTooFar(_ trigger: Price, _ change: Quantity) throws(ContractsError) -> Bool {
    let resting = try pricing.restingPrice(for: change)
    let slack = try assessment.price.scaled(by: policy.orders.requoteTolerance, rounding: .up)
    let distance = try resting.distance(to: trigger)
    return (change.isNegative ? trigger > resting : trigger < resting) && distance > slack
  }
}

/// How one order, filled wholly, changes drift.
struct Fit: Hashable, Sendable {
  /// Drift is strictly nearer to zero.
  let improves: Bool
  /// Drift is beyond the far edge of the band.
  let overshoots: Bool
  /// Drift is still beyond the edge it was at.
  let leavesOutside: Bool

  init(_ change: Quantity, drift: Quantity, band: Band) throws(ContractsError) {
    let after = try drift + change
    let isOnOtherSide = after.isNegative != drift.isNegative
    let isInside = try band.contains(after)
    // Overshooting the far edge of a drift that was larger still is an improvement, and not good enough.
    improves = try after.absolute() < drift.absolute()
    overshoots = isOnOtherSide && !isInside
    leavesOutside = !isOnOtherSide && !isInside
  }
}

extension OrderState {
  var isFrozen: Bool {
    if case .frozen = self { return true }
    return false
  }
}

package import Contracts
package import Ethereum

/// One thing to do at the venue, why, and what the venue says it costs.
package struct PlannedAction: Hashable, Sendable {
  package let action: VenueAction
  package let reason: Reason
  package let quote: Quote

  /// It only takes an order of ours back.
  package var isCancel: Bool {
    if case .cancel = action { return true }
    return false
  }

  /// What it trades; nil for a cancel.
  package var trade: Trade? {
    switch action {
    case .place(let trade), .amend(_, let trade): trade
    case .cancel, .topUp: nil
    }
  }

  /// What it adds to a position; nil for everything else.
  package var topUp: TopUp? {
    if case .topUp(let topUp) = action { return topUp }
    return nil
  }
}

/// An order that is left standing, and why.
package struct StandingOrder: Hashable, Sendable {
  package let order: OpenOrder
  package let reason: Reason
}

/// What is to be done at the venue in this tick: at most one order placed, amended or made to cross, or orders taken
/// back. A plan with nothing to do says through its parts why; the guards turn that into a refusal.
package struct Plan: Hashable, Sendable {
  /// In the order of execution, all in one transaction.
  package let actions: [PlannedAction]
  package let standing: [StandingOrder]
  /// Sizing of a new order; nil where none was considered.
  package let clip: Clip?
  /// What the first waiting order has cost and would cost; nil without one.
  package let waiting: Waiting?
  /// Resting weighed against crossing, for a new order; nil where none was considered or it could not be weighed.
  package let choice: OrderChoice?
  /// The orders that what is due is made in; nil where it is one.
  package let schedule: Schedule?
  /// The reduction that takes the place of the correction, wherever the drift is; nil where none does.
  package let deRisk: DeRisk?
  /// Whether collateral is added in its place, and by which numbers; nil where nothing is in danger, or orders must go
  /// out of the way first.
  package let relief: Relief?
  /// Options that the measures call for. Nothing of the keeper's executes them.
  package let advisories: [Advisory]
  package let warnings: [Warning]
  /// Native currency the actions need beside the gas.
  package let upfrontFeeWei: UInt256
  /// What the orders placed may trade, and the amended ones more than before: at the oracle's price.
  package let turnover: Usd
  package let figures: [Figure]

  /// Nothing but cancels.
  package var isOnlyCancels: Bool { !actions.isEmpty && actions.allSatisfy(\.isCancel) }

  /// Throws `calculation` when a number is too large or the venue cannot quote what is wanted, and `missing` without a
  /// reading of the venue.
  package init(
    _ assessment: Assessment, _ calibration: Calibration, _ observation: Observation, policy: Policy,
    circumstances: Circumstances, venue: any Venue
  ) throws(DecisionError) {
    guard let state = observation.venue else {
      throw .missing(stage: .plan, what: "reading of the venue")
    }
    self = try DecisionError.calculating(.plan) { () throws(ContractsError) in
      var draft = Draft(
        assessment: assessment, calibration: calibration, state: state, policy: policy,
        circumstances: circumstances, venue: venue, headSeconds: observation.head.timestamp)
      try draft.compose()
      return try Plan(draft, unit: assessment.unit)
    }
  }

  private init(_ draft: Draft, unit: String) throws(ContractsError) {
    actions = draft.actions
    standing = draft.standing
    clip = draft.clip
    waiting = draft.waiting
    choice = draft.choice
    schedule = draft.schedule
    deRisk = draft.calibration.deRisk
    relief = draft.relief
    advisories = try draft.advisories()
    warnings = draft.warnings
    var upfront = UInt256.zero
    for action in draft.actions {
      upfront = try ContractsError.wrapping { () throws(EthereumError) in try upfront + action.quote.upfrontFeeWei }
    }
    upfrontFeeWei = upfront
    turnover = try draft.actions.turnover(at: draft.assessment.price)
    var figures = try draft.figures(unit)
    for advisory in advisories { figures += try advisory.figures(unit) }
    self.figures = figures + [.wei("upfront fee", upfront, from: "venue's quotes at the fee cap")]
  }
}

/// A plan in the making.
private struct Draft {
  let assessment: Assessment
  let calibration: Calibration
  let state: VenueState
  let policy: Policy
  let circumstances: Circumstances
  let venue: any Venue
  let headSeconds: UInt64

  var actions: [PlannedAction] = []
  var standing: [StandingOrder] = []
  var clip: Clip?
  var waiting: Waiting?
  var choice: OrderChoice?
  var gap: ChoiceGap?
  var schedule: Schedule?
  var relief: Relief?

  init(
    assessment: Assessment, calibration: Calibration, state: VenueState, policy: Policy,
    circumstances: Circumstances, venue: any Venue, headSeconds: UInt64
  ) {
    self.assessment = assessment
    self.calibration = calibration
    self.state = state
    self.policy = policy
    self.circumstances = circumstances
    self.venue = venue
    self.headSeconds = headSeconds
  }

  /// The upfront fee is checked against the price paid, which follows the urgency.
  private var feeCapWei: UInt256 { circumstances.fees(for: calibration.urgency).feeCapWei }

  mutating func compose() throws(ContractsError) {
    let orders = state.orders.filter(\.isStanding)
    if circumstances.isHalted {
      try takeBack(orders)
    } else if let deRisk = calibration.deRisk {
      try relieve(deRisk, orders)
    } else if !orders.isEmpty {
      try review(orders)
    } else if !calibration.due.isZero {
      try placeNew()
    }
  }

  private mutating func add(_ action: VenueAction, _ reason: Reason) throws(ContractsError) {
    let quote = try quote(action)
    actions.append(PlannedAction(action: action, reason: reason, quote: quote))
  }

  private func quote(_ action: VenueAction) throws(ContractsError) -> Quote {
    try venue.quote(
      action, state: state, price: assessment.price, gasPriceWei: feeCapWei)
  }

  /// A halted keeper may only take its own resting orders back, where the policy or the operator's word lets it.
  private mutating func takeBack(_ orders: [OpenOrder]) throws(ContractsError) {
    let isAllowed = policy.cancelsWhenHalted || circumstances.takesOrdersBack
    for order in orders {
      if isAllowed, !order.isForeign, headSeconds >= order.cancellableAt, order.state != .unknown {
        try add(.cancel(order), .halted)
      } else {
        standing.append(StandingOrder(order: order, reason: .halted))
      }
    }
  }

  /// Adds collateral to a position in danger or makes it smaller, with every order of ours out of the way first. A
  /// market order that does either already is waited for as any other.
  private mutating func relieve(_ deRisk: DeRisk, _ orders: [OpenOrder]) throws(ContractsError) {
    for order in orders {
      let canCancel = headSeconds >= order.cancellableAt && order.state != .unknown
      let isReducing = order.kind == .marketDecrease && order.change.isNegative == deRisk.change.isNegative
      // A reduction is a change against the position, so a short's is a purchase.
      let isAdding = order.isTopUp && order.isLong == deRisk.change.isNegative
      let isHelping = (isReducing || isAdding) && !order.state.isFrozen
      let waited = headSeconds > order.cancellableAt ? headSeconds - order.cancellableAt : 0
      if order.isForeign {
        standing.append(StandingOrder(order: order, reason: .notOurs))
      } else if isHelping && (!canCancel || waited <= policy.orders.patienceSeconds) {
        standing.append(StandingOrder(order: order, reason: .executing))
      } else if canCancel {
        try add(.cancel(order), .deRisk)
      } else {
        standing.append(
          StandingOrder(order: order, reason: order.state == .unknown ? .fateUnknown : .notYetCancellable))
      }
    }
    guard standing.isEmpty else { return }
    let pricing = Pricing(price: assessment.price, policy: policy)
    let reduction = try pricing.market(deRisk.change, reduceOnly: true)
    guard let risk = calibration.risk else { return try add(.place(reduction), .deRisk) }
    let relief = try Relief(
      risk, reducing: reduction, assessment, policy: policy, capabilities: venue.capabilities,
      nativePrice: circumstances.nativePrice, quote: quote)
    self.relief = relief
    if let topUp = relief.topUp {
      try add(.topUp(topUp), .topUp)
    } else {
      try add(.place(reduction), .deRisk)
    }
  }

  private mutating func placeNew() throws(ContractsError) {
    let schedule = try foundSchedule()
    self.schedule = schedule
    let clip = try Clip(assessment, calibration, state, policy, slice: schedule?.slice)
    self.clip = clip
    guard clip.shortfall == nil, !clip.change.isZero, (schedule?.waitSeconds ?? 0) == 0 else { return }
    let pricing = Pricing(price: assessment.price, policy: policy)
    let restsNowhere = venue.capabilities.limit == .none
    if restsNowhere || calibration.isUrgent || policy.orders.patienceSeconds == 0 {
      let reason: Reason =
        calibration.isUrgent ? .driftUrgent : restsNowhere ? .limitUnsupported : .noPatience
      try add(.place(pricing.market(clip.change, reduceOnly: clip.reduceOnly)), reason)
    } else if try prefersCrossing(clip, pricing) {
      try add(.place(pricing.market(clip.change, reduceOnly: clip.reduceOnly)), .crossingCheaper)
    } else {
      try add(.place(pricing.resting(clip.change, reduceOnly: clip.reduceOnly)), .driftOutsideBand)
    }
  }

  /// Weighs the two ways of a new order, and keeps what was found. A limit comes first where they cannot be weighed.
  private mutating func prefersCrossing(_ clip: Clip, _ pricing: Pricing) throws(ContractsError) -> Bool {
    guard let scene = try weighing() else { return false }
    let resting = try pricing.resting(clip.change, reduceOnly: clip.reduceOnly)
    let crossing = try pricing.market(clip.change, reduceOnly: clip.reduceOnly)
    let quotes: (resting: Quote, crossing: Quote)
    do { quotes = (try quote(.place(resting)), try quote(.place(crossing))) } catch {
      // The order itself is quoted again, and says what is wrong.
      gap = .costUnknown
      return false
    }
    choice = try scene.choice(
      change: clip.change, limit: pricing.restingPrice(for: clip.change), seconds: policy.orders.patienceSeconds,
      resting: quotes.resting, crossing: quotes.crossing)
    guard let choice else {
      gap = .notCalculable
      return false
    }
    return try !choice.prefersLimit
  }

  private mutating func weighing() throws(ContractsError) -> ChoiceScene? {
    guard let rule = policy.execution?.choice else { return nil }
    switch try ChoiceScene.found(rule, assessment, calibration, circumstances) {
    case .success(let scene): return scene
    case .failure(let found):
      gap = found.gap
      return nil
    }
  }

  /// A liquidation does not wait for slices.
  private func foundSchedule() throws(ContractsError) -> Schedule? {
    guard let rules = policy.execution, !calibration.due.isZero, calibration.urgency != .liquidation else { return nil }
    let due = calibration.due
    let pricing = Pricing(price: assessment.price, policy: policy)
    let reduceOnly = try state.positions.quantity(opposing: due).isPositive
    let scene = ScheduleScene(
      search: DepthSearch(
        venue: venue, state: state, pricing: pricing, isSale: due.isNegative, reduceOnly: reduceOnly,
        gasPriceWei: feeCapWei, rule: rules.schedule, fixedCost: try circumstances.gasOfOneMore()),
      assessment: assessment, circumstances: circumstances,
      aversion: RiskAversion(rules.choice ?? ChoiceRule(), assessment, calibration),
      volatility: try VolatilityForecast(circumstances),
      minimum: try Clip.minimum(policy, state, opening: due, reduceOnly: reduceOnly)
        .quantity(at: assessment.price, rounding: .up))
    return try scene.schedule(of: due)
  }

  func advisories() throws(ContractsError) -> [Advisory] {
    guard let rule = policy.execution?.liquidation, let volatility = try VolatilityForecast(circumstances) else {
      return []
    }
    var found: [Advisory] = []
    if let risk = calibration.risk, risk.level != .calm {
      found.append(
        try Advisory(protecting: risk, price: assessment.price, nowSeconds: headSeconds))
    }
    // Advice by numbers that nobody vouches for is none.
    guard assessment.exposureRefusals.isEmpty else { return found }
    let gamma = try Advisory(
      gamma: assessment.greeks.gamma, drift: assessment.drift, price: assessment.price,
      netAssetValue: assessment.netAssetValue, volatility: volatility, rule: rule, nowSeconds: headSeconds)
    return found + (gamma.map { [$0] } ?? [])
  }

  var warnings: [Warning] {
    guard policy.execution != nil else { return [] }
    switch calibration.risk?.level {
    case .danger: return [.liquidationDanger]
    case .near: return [.liquidationNear]
    case .calm: return []
    case nil:
      let isCross = venue.capabilities.margin == .cross
      let hasOne = state.positions.contains { !$0.quantity.isZero && (isCross || $0.liquidationPrice != nil) }
      return hasOne ? [.liquidationUnmeasured] : []
    }
  }

  private mutating func review(_ orders: [OpenOrder]) throws(ContractsError) {
    let (venue, state, circumstances, price, headSeconds, feeCapWei) =
      (venue, state, circumstances, assessment.price, headSeconds, feeCapWei)
    let (schedule, choiceScene) = (try foundSchedule(), try weighing())
    self.schedule = schedule
    let review = OrderReview(
      assessment: assessment, calibration: calibration, venue: state, policy: policy,
      circumstances: circumstances, headSeconds: headSeconds,
      hasAttemptsLeft: circumstances.attemptsInWindow < circumstances.attemptLimit, isAlone: orders.count == 1,
      schedule: schedule, choiceScene: choiceScene,
      quote: { (order, trade) throws(ContractsError) in
        try venue.quote(
          venue.capabilities.modify ? .amend(order, trade) : .place(trade), state: state, price: price,
          gasPriceWei: feeCapWei)
      })
    var drift = assessment.drift
    // Orders that cannot be taken back may fill whatever we think of them, so they count first.
    let isStuck = { (order: OpenOrder) in
      headSeconds < order.cancellableAt || order.state == .unknown || order.isForeign
    }
    for order in orders.filter(isStuck) + orders.filter({ !isStuck($0) }) {
      if order.isForeign {
        standing.append(StandingOrder(order: order, reason: .notOurs))
        continue
      }
      let (disposition, waiting) = try review.disposition(of: order, drift: drift)
      if self.waiting == nil { self.waiting = waiting }
      if try apply(disposition, to: order, isAlone: review.isAlone) { drift = try drift + order.change }
    }
  }

  /// True where the order goes on standing as it is.
  private mutating func apply(
    _ disposition: Disposition, to order: OpenOrder, isAlone: Bool
  ) throws(ContractsError) -> Bool {
    let canAmend = isAlone && venue.capabilities.modify
    let pricing = Pricing(price: assessment.price, policy: policy)
    switch disposition {
    case .keep(let reason):
      standing.append(StandingOrder(order: order, reason: reason))
      return true
    case .cancel(let reason):
      try add(.cancel(order), reason)
    case .amend(let trade, let reason):
      try add(canAmend ? .amend(order, trade) : .cancel(order), reason)
    case .cross(let size, let reason) where canAmend:
      try add(.amend(order, pricing.crossing(size, reduceOnly: order.kind.isDecrease)), reason)
    case .cross(let size, let reason) where isAlone:
      // One transaction: if the order has filled meanwhile, its cancel reverts, and the new order with it.
      try add(.cancel(order), reason)
      try add(.place(pricing.market(size, reduceOnly: order.kind.isDecrease)), reason)
    case .cross(_, let reason):
      try add(.cancel(order), reason)
    }
    return false
  }

  func figures(_ unit: String) throws(ContractsError) -> [Figure] {
    var figures = try schedule?.figures(unit) ?? []
    if policy.execution != nil, clip != nil, venue.capabilities.counterparty != .pool {
      figures.append(
        .word("sandwich bound", "not applicable", from: "venue's capability: nobody trades before an order of ours"))
    }
    figures += try clip?.figures(unit) ?? []
    if let relief { figures += try relief.figures() }
    if let choice { figures += try choice.figures() }
    if let gap { figures.append(.word("limit first because", gap.rawValue, from: "resting and crossing not weighed")) }
    if let waiting { figures += try waiting.figures(unit) }
    for kept in standing {
      figures.append(try .quantity("standing order", kept.order.change, unit, from: kept.reason.rawValue))
    }
    for planned in actions {
      figures += try planned.figures(unit)
    }
    if let limit = restingLimit,
      let prospect = try Prospect(
        limit: limit, assessment: assessment, policy: policy, circumstances: circumstances)
    {
      figures += try prospect.figures()
    }
    return figures
  }

  /// The limit price that will rest after this tick, new or old.
  private var restingLimit: Price? {
    for planned in actions {
      if case .limit(let limit)? = planned.trade?.kind { return limit }
    }
    return standing.first { $0.reason == .resting }?.order.triggerPrice
  }
}

extension [PlannedAction] {
  fileprivate func turnover(at price: Price) throws(ContractsError) -> Usd {
    var sum = Usd.zero
    for planned in self {
      guard let trade = planned.trade else { continue }
      var size = try trade.change.absolute()
      if case .amend(let order, _) = planned.action { size = try Swift.max(size - order.change.absolute(), .zero) }
      sum = try sum + price.value(of: size, rounding: .up)
    }
    return sum
  }
}

extension PlannedAction {
  fileprivate func figures(_ unit: String) throws(ContractsError) -> [Figure] {
    let source = "plan: \(reason.rawValue)"
    switch action {
    case .cancel(let order):
      return [try .quantity("cancel", order.change, unit, from: source)]
    case .topUp(let topUp):
      return [
        try .usd("add collateral", quote.collateralValue, from: source),
        .word("collateral units", "\(quote.collateralUnits)", from: "venue's quote, smallest units of its token"),
        try .price("worst price", topUp.worstPrice, per: unit, from: "oracle price and policy's bound"),
      ]
    case .place(let trade), .amend(_, let trade):
      var figures = [try Figure.quantity(name, trade.change, unit, from: source)]
      if case .limit(let limit) = trade.kind {
        figures.append(try .price("limit price", limit, per: unit, from: "oracle price and policy"))
      }
      figures += [
        try .price("worst price", trade.worstPrice, per: unit, from: "oracle price and policy's bound"),
        try .usd("fee", quote.fee, from: "venue's quote"),
        try .usd("impact", quote.impact, from: "venue's quote"),
      ]
      return figures
    }
  }

  private var name: String {
    switch (action, trade?.kind) {
    case (.amend, _): "amend"
    case (_, .limit): "place limit"
    default: "place market"
    }
  }
}

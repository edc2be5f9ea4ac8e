import Contracts
import Ethereum

/// The venue after the simulated call, held against the plan. For venues that execute orders later nothing has traded
/// yet, so the order that now stands is judged unfilled and filled.
struct PostState {
  let plan: Plan
  let before: VenueState
  let after: VenueState
  let settlement: Capabilities.Settlement
  let unit: String
  let price: Price
  let halfWidth: Quantity
  let driftBefore: Quantity
  let worstBefore: Interval
  /// As it stands after the call, orders unfilled.
  let driftAfter: Quantity
  let worstAfter: Interval
  /// With every standing order filled.
  let driftFilled: Quantity

  init(_ proposal: Proposal, _ after: VenueState) throws(ContractsError) {
    let approved = proposal.approved
    plan = approved.plan
    before = approved.venueState
    self.after = after
    settlement = proposal.settlement
    unit = approved.assessment.unit
    price = approved.assessment.price
    halfWidth = approved.calibration.band.halfWidth
    driftBefore = approved.assessment.drift
    worstBefore = approved.assessment.worstCaseDrift
    driftAfter = try driftBefore + after.positions.total() - before.positions.total()
    let changes = after.orders.filter(\.isStanding).map(\.change)
    worstAfter = try Interval(at: driftAfter).widened(by: changes)
    var filled = driftAfter
    for change in changes { filled = try filled + change }
    driftFilled = filled
  }

  func findings() throws(ContractsError) -> [(String, Finding)] {
    [
      ("positions", try positions()),
      ("orders", try orders()),
      plan.deRisk == nil ? ("drift", try drift()) : ("exposure", try exposure()),
      ("order as planned", try ordersAsPlanned()),
    ]
  }

  private func judged(_ isGood: Bool, _ figures: [Figure]) -> Finding {
    isGood ? .passed(figures) : .refused(Refusal(.postStateNotBetter, figures))
  }

  /// Where orders execute later, no position has changed yet.
  private func positions() throws(ContractsError) -> Finding {
    guard settlement != .sync else { return .notApplicable }
    let (was, now) = (try before.positions.total(), try after.positions.total())
    let figures = [
      try Figure.quantity("positions before", was, unit, from: "observation"),
      try .quantity("positions after", now, unit, from: "simulation"),
    ]
    return judged(was == now, figures)
  }

  /// Exactly the orders that should stand: those before, less the cancelled, plus the placed.
  private func orders() throws(ContractsError) -> Finding {
    let placed = settlement == .sync ? 0 : plan.actions.count(where: \.placesOrder)
    let expected = keysLeft.count + placed
    let standing = after.orders.filter(\.isStanding)
    let areOldOnesThere = keysLeft.allSatisfy { key in standing.contains { $0.key == key } }
    let figures = [
      Figure.count("orders expected", expected, from: "plan"),
      .count("orders after", standing.count, from: "simulation"),
    ]
    return judged(standing.count == expected && areOldOnesThere, figures)
  }

  /// Nearer when filled, no farther when not, and at no combination of fills beyond the far edge.
  private func drift() throws(ContractsError) -> Finding {
    let figures = [
      try Figure.quantity("drift before", driftBefore, unit, from: "assessment"),
      try .quantity("drift after", driftAfter, unit, from: "simulation, orders unfilled"),
      try .quantity("drift filled", driftFilled, unit, from: "simulation, orders filled"),
      try .quantity("lowest drift", worstAfter.low, unit, from: "simulation, worst case"),
      try .quantity("highest drift", worstAfter.high, unit, from: "simulation, worst case"),
      try .quantity("half-width", halfWidth, unit, from: "calibration"),
    ]
    if plan.isOnlyCancels {
      return judged(worstAfter.low >= worstBefore.low && worstAfter.high <= worstBefore.high, figures)
    }
    let size = try driftBefore.absolute()
    let isNoFarther = try driftAfter.absolute() <= size
    let isNearerFilled = try driftFilled.absolute() < size
    let isBounded =
      driftBefore.isNegative
      ? worstAfter.high <= halfWidth && worstAfter.low >= driftBefore
      : try worstAfter.low >= halfWidth.negated() && worstAfter.high <= driftBefore
    return judged(isNoFarther && isNearerFilled && isBounded, figures)
  }

  /// A position is only made smaller: every order left takes from it, and all together no more than there is. Where
  /// collateral is added instead, nothing that is left trades at all.
  private func exposure() throws(ContractsError) -> Finding {
    let held = try before.positions.total()
    let changes = after.orders.filter(\.isStanding).map(\.change)
    let filled = try Interval(at: after.positions.total()).widened(by: changes)
    let figures = [
      try Figure.quantity("positions before", held, unit, from: "observation"),
      try .quantity("lowest delta at the venue", filled.low, unit, from: "simulation, worst case"),
      try .quantity("highest delta at the venue", filled.high, unit, from: "simulation, worst case"),
    ]
    if plan.isOnlyCancels {
      return judged(worstAfter.low >= worstBefore.low && worstAfter.high <= worstBefore.high, figures)
    }
    if plan.relief?.topUp != nil { return judged(filled.low == held && filled.high == held, figures) }
    let isSmaller =
      held.isNegative
      ? filled.low >= held && filled.high > held && !filled.high.isPositive
      : filled.high <= held && filled.low < held && !filled.low.isNegative
    return judged(isSmaller, figures)
  }

  /// The order that stands carries the plan's bound, or a tighter one, its direction, and no more collateral.
  private func ordersAsPlanned() throws(ContractsError) -> Finding {
    guard settlement != .sync else { return .notApplicable }
    var figures: [Figure] = []
    for planned in plan.actions {
      guard let expected = try ExpectedOrder(planned, price: price) else { continue }
      guard let order = resulting(from: planned.action) else {
        return judged(false, [.word("order", "not found", from: "simulation")])
      }
      figures += try expected.figures(of: order, unit)
      guard try expected.admits(order) else { return judged(false, figures) }
    }
    return figures.isEmpty ? .notApplicable : .passed(figures)
  }

  /// The order an action leaves behind: the same key, or the one that was not there.
  private func resulting(from action: VenueAction) -> OpenOrder? {
    let standing = after.orders.filter(\.isStanding)
    switch action {
    case .amend(let order, _): return standing.first { $0.key == order.key }
    case .place, .topUp: return standing.first { new in !before.orders.contains { $0.key == new.key } }
    case .cancel: return nil
    }
  }

  /// Keys of the orders that stood before and are not taken back.
  private var keysLeft: [Bytes32] {
    let cancelled = plan.actions.compactMap { planned in
      if case .cancel(let order) = planned.action { order.key } else { nil }
    }
    return before.orders.filter(\.isStanding).map(\.key).filter { !cancelled.contains($0) }
  }
}

extension PlannedAction {
  /// A venue that executes later lists one more order afterwards.
  fileprivate var placesOrder: Bool {
    switch action {
    case .place, .topUp: true
    case .amend, .cancel: false
    }
  }
}

extension [Position] {
  /// Net base quantity.
  func total() throws(ContractsError) -> Quantity {
    var sum = Quantity.zero
    for position in self { sum = try sum + position.quantity }
    return sum
  }
}

package import Contracts
package import Ethereum

/// What must hold of the vault at its venue on the block that mines a cleared call, whatever else that block did: the
/// same limits that the simulation was held to, in the form that survives a restart.
///
/// It is made of things that only our own call, or somebody on the vault's account, can change. Prices, fills of
/// standing orders and cancels by the venue move inside it.
package struct Invariants: Hashable, Sendable, Codable {
  /// What the base asset is called in figures.
  package let unit: String
  /// Least and greatest delta at the venue: the positions at the decision with any subset of the orders that stood then
  /// or were placed, each filled at its worst price.
  package let lowest: Quantity
  package let highest: Quantity
  /// What the call leaves behind, one for each order placed or amended.
  package let orders: [ExpectedOrder]

  /// - Throws: `calculation` when a number is too large to add up.
  package init(_ cleared: Cleared, policy: Policy) throws(DecisionError) {
    self = try DecisionError.calculating(.clearance) { () throws(ContractsError) in
      try Invariants(cleared.proposal.approved, policy)
    }
  }

  private init(_ approved: Approved, _ policy: Policy) throws(ContractsError) {
    let plan = approved.plan
    unit = approved.assessment.unit
    var expected: [ExpectedOrder] = []
    for planned in plan.actions {
      if let order = try ExpectedOrder(planned, price: approved.assessment.price) { expected.append(order) }
    }
    orders = expected
    // What a venue that sizes orders in dollars may give of the base asset at the worst price, as `Clip.largestSafe`
    // has it.
    let bound = try Ratio.one + policy.priceBound + policy.priceBound
    let excess = try bound.scaled(by: .one + policy.orders.limitOffset, rounding: .up)
    var changes = approved.venueState.orders.filter(\.isStanding).map(\.change)
    for planned in plan.actions {
      guard let trade = planned.trade else { continue }
      changes.append(trade.change)
      // The amended order fills as it was or as it is now, never both.
      guard case .amend(let order, _) = planned.action, order.change.isNegative == trade.change.isNegative,
        let old = changes.firstIndex(of: order.change)
      else { continue }
      let larger = try order.change.absolute() > trade.change.absolute() ? order.change : trade.change
      changes.removeLast()
      changes[old] = larger
    }
    let most = try changes.map { (change) throws(ContractsError) in
      try change.scaled(by: excess, rounding: .awayFromZero)
    }
    let reach = try Interval(at: try approved.venueState.positions.total()).widened(by: most)
    (lowest, highest) = (reach.low, reach.high)
  }

  /// Holds the venue, as the mined block left it, against this.
  /// - Parameter placed: keys of the orders that the call's receipt shows as placed.
  /// - Throws: `calculation` when a number in the state is too large.
  package func checks(_ state: VenueState, placed: [Bytes32]) throws(DecisionError) -> [Check] {
    try DecisionError.calculating(.clearance) { () throws(ContractsError) in
      [
        Check("exposure on the mined block", try exposure(state)),
        Check("orders on the mined block", try orders(state, placed: placed)),
      ]
    }
  }

  private func exposure(_ state: VenueState) throws(ContractsError) -> Finding {
    let worst = try Interval(at: try state.positions.total())
      .widened(by: state.orders.filter(\.isStanding).map(\.change))
    let figures = [
      try Figure.quantity("lowest delta at the venue", worst.low, unit, from: "mined block, worst case"),
      try .quantity("highest delta at the venue", worst.high, unit, from: "mined block, worst case"),
      try .quantity("least expected", lowest, unit, from: "decision"),
      try .quantity("most expected", highest, unit, from: "decision"),
    ]
    return worst.low >= lowest && worst.high <= highest
      ? .passed(figures) : .refused(Refusal(.postStateNotBetter, figures))
  }

  private func orders(_ state: VenueState, placed: [Bytes32]) throws(ContractsError) -> Finding {
    let count = Figure.count("orders placed", placed.count, from: "receipt")
    let places = orders.filter { $0.amends == nil }
    guard placed.count <= places.count else {
      return .refused(
        Refusal(.postStateNotBetter, [count, .count("expected", places.count, from: "decision")]))
    }
    for expected in orders {
      // What is not listed has filled or was given back in the same block.
      let standing = state.orders.filter(\.isStanding)
      let found =
        if let key = expected.amends { standing.first { $0.key == key } } else {
          standing.first { placed.contains($0.key) }
        }
      guard let found else { continue }
      guard try expected.admits(found) else {
        return .refused(Refusal(.postStateNotBetter, try [count] + expected.figures(of: found, unit)))
      }
    }
    return .passed([count])
  }
}

/// What an order may look like that a call placed or amended.
package struct ExpectedOrder: Hashable, Sendable, Codable {
  /// The order that was amended; nil for a new one.
  package let amends: Bytes32?
  package let isSale: Bool
  /// The price bound it must carry, or a tighter one.
  package let worstPrice: Price
  /// Where it must rest; nil for a market order.
  package let limitPrice: Price?
  /// The most collateral a new order may have taken, in the token's units; nil for an amended one.
  package let collateralUnits: UInt256?
  /// By how much the venue's own units may round a price.
  let slack: Price
  /// It adds collateral and must trade nothing; then a sale is what is on a short's side. nil in records from before
  /// there were any, and for all others.
  let isTopUp: Bool?

  /// Nil for a cancel.
  init?(_ planned: PlannedAction, price: Price) throws(ContractsError) {
    // The venue's own units may round the last places of a price; a billionth is far below anything that costs.
    slack = try price.scaled(by: Ratio(raw: 1_000_000_000), rounding: .up)
    if let topUp = planned.topUp {
      (amends, limitPrice, isTopUp) = (nil, nil, true)
      collateralUnits = planned.quote.collateralUnits
      isSale = !topUp.position.isLong
      worstPrice = topUp.worstPrice
      return
    }
    isTopUp = nil
    guard let trade = planned.trade else { return nil }
    if case .amend(let order, _) = planned.action {
      amends = order.key
      collateralUnits = nil
    } else {
      amends = nil
      collateralUnits = planned.quote.collateralUnits
    }
    isSale = trade.change.isNegative
    worstPrice = trade.worstPrice
    if case .limit(let limit) = trade.kind { limitPrice = limit } else { limitPrice = nil }
  }

  /// Whether an order the venue lists is as planned: its direction, its bound or a tighter one, its price, and no more
  /// collateral.
  func admits(_ order: OpenOrder) throws(ContractsError) -> Bool {
    if isTopUp == true {
      guard order.isTopUp, order.isLong != isSale else { return false }
    } else {
      guard order.change.isNegative == isSale, !order.change.isZero else { return false }
    }
    guard let acceptable = order.acceptablePrice, !acceptable.isZero else { return false }
    let isTight = isSale ? acceptable >= worstPrice : acceptable <= worstPrice
    let isClose = try acceptable.distance(to: worstPrice) <= slack
    guard isTight || isClose else { return false }
    if let limitPrice {
      guard let trigger = order.triggerPrice, try trigger.distance(to: limitPrice) <= slack else { return false }
    }
    return collateralUnits.map { order.collateralUnits <= $0 } ?? true
  }

  func figures(of order: OpenOrder, _ unit: String) throws(ContractsError) -> [Figure] {
    [
      try .price("price bound", order.acceptablePrice ?? .zero, per: unit, from: "venue"),
      try .price("planned bound", worstPrice, per: unit, from: "plan"),
      try .quantity("order", order.change, unit, from: "venue"),
      try .usd("collateral in order", order.collateralValue, from: "venue"),
    ]
  }
}

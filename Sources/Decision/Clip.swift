package import Contracts

/// How much of a due change one order makes, and what cuts it.
package struct Clip: Hashable, Sendable {
  package enum Limit: String, Hashable, Sendable, Codable {
    /// Policy's largest order.
    case maximumClip
    /// Filled at its worst price, a larger order could pass the far edge of the band.
    case worstCaseFill
    /// A position on the other side is closed first.
    case opposingPosition
    /// It is one order of a schedule.
    case slice
    /// The account has no more collateral to give.
    case collateral
  }
  package enum Shortfall: String, Hashable, Sendable, Codable {
    case belowMinimum, insufficientCollateral
  }

  /// Signed size of the order; meaningless where there is a shortfall.
  package let change: Quantity
  /// |change| at the oracle's price.
  package let value: Usd
  /// The whole due change at the oracle's price, and the least for which an order is placed.
  package let dueValue: Usd
  package let minimum: Usd
  /// A position on the other side is made smaller; no collateral is needed.
  package let reduceOnly: Bool
  package let collateralNeeded: Usd
  package let collateralFree: Usd
  package let limitedBy: [Limit]
  package let shortfall: Shortfall?

  /// Sizes `calibration.due`. `held` is collateral in an order that this one would take the place of,
  /// `slice` what the schedule gives one order.
  init(
    _ assessment: Assessment, _ calibration: Calibration, _ venue: VenueState, _ policy: Policy, held: Usd = .zero,
    slice: Quantity? = nil
  ) throws(ContractsError) {
    let due = calibration.due
    let price = assessment.price
    let opposing = try venue.positions.quantity(opposing: due)
    reduceOnly = opposing.isPositive
    dueValue = try price.value(of: due.absolute(), rounding: .down)
    minimum = try Clip.minimum(policy, venue, opening: due, reduceOnly: reduceOnly)
    collateralFree = try assessment.collateralFree + held

    var size = try due.absolute()
    var limits: [Limit] = []
    func cut(to most: Quantity, by limit: Limit) {
      guard most < size else { return }
      size = most
      limits.append(limit)
    }
    cut(to: try policy.maximumClip.quantity(at: price, rounding: .down), by: .maximumClip)
    cut(to: try Clip.largestSafe(assessment, calibration, policy), by: .worstCaseFill)
    if let slice { cut(to: slice, by: .slice) }
    if reduceOnly {
      cut(to: opposing, by: .opposingPosition)
      collateralNeeded = .zero
    } else {
      // A limit sale rests above the price, and its collateral is sized there.
      let reference = try price.scaled(by: .one + policy.orders.limitOffset, rounding: .up)
      let affordable = try collateralFree.absolute().scaled(by: policy.leverage, rounding: .down)
        .quantity(at: reference, rounding: .down)
      cut(to: affordable, by: .collateral)
      collateralNeeded = try reference.value(of: size, rounding: .up).divided(by: policy.leverage, rounding: .up)
    }
    limitedBy = limits
    change = due.isNegative ? try size.negated() : size
    value = try price.value(of: size, rounding: .down)
    // Closing a small position first is exempt, or what lies behind it would never be reached.
    let isTooSmall = size.isZero || (!reduceOnly && value < minimum)
    if dueValue < minimum {
      shortfall = .belowMinimum
    } else if isTooSmall {
      shortfall = limits.contains(.collateral) ? .insufficientCollateral : .belowMinimum
    } else {
      shortfall = nil
    }
  }

  /// Policy's minimum, and for a new position also the venue's.
  static func minimum(
    _ policy: Policy, _ venue: VenueState, opening due: Quantity, reduceOnly: Bool
  ) throws(ContractsError) -> Usd {
    let enlarges = venue.positions.contains { !$0.quantity.isZero && $0.quantity.isNegative == due.isNegative }
    guard !reduceOnly, !enlarges else { return policy.minimumClip }
    let byCollateral = try venue.terms.minimumCollateral.scaled(by: policy.leverage, rounding: .up)
    return max(policy.minimumClip, venue.terms.minimumPositionSize, byCollateral)
  }

  /// The largest order that, filled at its worst price, still ends inside the far edge. A venue that sizes orders in
  /// dollars gives up to (1 + offset)/(1 − bound) times the base asset, and 1/(1 − bound) ≤ 1 + 2 · bound for bounds up
  /// to a half.
  private static func largestSafe(
    _ assessment: Assessment, _ calibration: Calibration, _ policy: Policy
  ) throws(ContractsError) -> Quantity {
    let reach = try assessment.drift.absolute() + calibration.band.halfWidth
    let bound = try Ratio.one + policy.priceBound + policy.priceBound
    let excess = try bound.scaled(by: .one + policy.orders.limitOffset, rounding: .up)
    return try reach.divided(by: excess, rounding: .down)
  }

  func figures(_ unit: String) throws(ContractsError) -> [Figure] {
    [
      try .quantity("clip", change, unit, from: limitedBy.isEmpty ? "due" : "due, cut by \(limitedBy.names)"),
      try .usd("clip value", value, from: "clip × price"),
      try .usd("due value", dueValue, from: "due × price"),
      try .usd("minimum clip", minimum, from: "policy, and the venue's least position"),
      try .usd("collateral needed", collateralNeeded, from: reduceOnly ? "closing needs none" : "clip ÷ leverage"),
      try .usd("collateral free", collateralFree, from: "vault's balance and allowance"),
    ]
  }
}

extension [Clip.Limit] {
  fileprivate var names: String { map(\.rawValue).joined(separator: ", ") }
}

extension [Position] {
  /// How much position a change would first have to close: the magnitude on the other side.
  func quantity(opposing change: Quantity) throws(ContractsError) -> Quantity {
    guard !change.isZero else { return .zero }
    var sum = Quantity.zero
    for position in self where position.quantity.isNegative != change.isNegative && !position.quantity.isZero {
      sum = try sum + position.quantity.absolute()
    }
    return sum
  }
}

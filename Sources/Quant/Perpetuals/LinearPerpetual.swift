/// Which way a position goes.
package enum PositionSide: Hashable, Sendable {
  case long
  case short

  /// +1 or −1.
  package var sign: Double { self == .long ? 1 : -1 }
}

/// A perpetual or future settled in money: profit = side · size · (P − entry).
package struct LinearPerpetual: Hashable, Sendable {
  package let side: PositionSide
  /// USD per unit.
  package let entry: Double
  /// Units of the underlying, above zero.
  package let size: Double

  package init(side: PositionSide, entry: Double, size: Double) throws(QuantError) {
    self.side = side
    self.entry = try positive(entry, "entry price")
    self.size = try positive(size, "size")
  }

  /// USD.
  package func profit(at price: Double) throws(QuantError) -> Double {
    try finite(side.sign * size * (try positive(price, "price") - entry), "profit")
  }

  /// USD.
  package func notional(at price: Double) throws(QuantError) -> Double {
    try finite(size * (try positive(price, "price")), "notional")
  }
}

/// A linear position with a margin of its own: liquidated where margin + profit is no more than the maintenance margin.
package struct IsolatedLinearMargin: Hashable, Sendable {
  package let position: LinearPerpetual
  /// USD; zero or more.
  package let margin: Double
  /// Maintenance margin as a part of the notional, below 1.
  package let maintenanceRate: Double

  package init(position: LinearPerpetual, margin: Double, maintenanceRate: Double) throws(QuantError) {
    self.position = position
    self.margin = try nonNegative(margin, "margin")
    self.maintenanceRate = try Self.rate(maintenanceRate)
  }

  static func rate(_ rate: Double) throws(QuantError) -> Double {
    let rate = try nonNegative(rate, "maintenance rate")
    guard rate < 1 else { throw .outOfRange("maintenance rate", needs: "below 1") }
    return rate
  }

  /// (entry·side − margin/size)/(side − rate), USD per unit; nil where no price above zero liquidates: a long with more
  /// margin than notional.
  package var liquidationPrice: Double? {
    let sign = position.side.sign
    let price = (position.entry * sign - margin / position.size) / (sign - maintenanceRate)
    return price > 0 && price.isFinite ? price : nil
  }

  /// Margin and profit, USD.
  package func equity(at price: Double) throws(QuantError) -> Double {
    try finite(margin + (try position.profit(at: price)), "equity")
  }

  /// USD.
  package func maintenanceMargin(at price: Double) throws(QuantError) -> Double {
    maintenanceRate * (try position.notional(at: price))
  }

  /// Maintenance margin/equity, 1 at the liquidation; nil where equity is gone.
  package func marginRatio(at price: Double) throws(QuantError) -> Double? {
    let equity = try equity(at: price)
    guard equity > 0 else { return nil }
    let ratio = try maintenanceMargin(at: price) / equity
    return ratio.isFinite ? ratio : nil
  }

  /// By which part of itself the price must move to liquidate; negative where it is already past. Nil where no price
  /// does.
  package func liquidationDistance(at price: Double) throws(QuantError) -> Double? {
    let price = try positive(price, "price")
    guard let liquidation = liquidationPrice else { return nil }
    return try finite(position.side.sign * (price - liquidation) / price, "distance to the liquidation")
  }

  /// Liquidation price as a venue with account-wide margin states it (Hyperliquid):
  /// price − side · available/size/(1 − rate · side), with `marginAvailable` = account value − maintenance margin at
  /// `price`. For an isolated position's own figures it is algebraically `liquidationPrice`. Nil where it is not above
  /// zero.
  package static func liquidationPrice(
    price: Double, side: PositionSide, size: Double, marginAvailable: Double, maintenanceRate: Double
  ) throws(QuantError) -> Double? {
    let price = try positive(price, "price")
    let available = try finite(marginAvailable, "available margin")
    let room = available / (try positive(size, "size")) / (1 - (try rate(maintenanceRate)) * side.sign)
    let liquidation = try finite(price - side.sign * room, "liquidation price")
    return liquidation > 0 ? liquidation : nil
  }
}

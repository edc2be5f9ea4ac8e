/// A perpetual quoted in money and settled in the coin: profit in coin = side · Q (1/entry − 1/P).
package struct InversePerpetual: Hashable, Sendable {
  package let side: PositionSide
  /// USD per coin.
  package let entry: Double
  /// Q: USD, above zero.
  package let notional: Double

  package init(side: PositionSide, entry: Double, notional: Double) throws(QuantError) {
    self.side = side
    self.entry = try positive(entry, "entry price")
    self.notional = try positive(notional, "notional")
  }

  /// Coin.
  package func profit(at price: Double) throws(QuantError) -> Double {
    try finite(side.sign * notional * (1 / entry - 1 / (try positive(price, "price"))), "profit")
  }

  /// side · Q/P: how many coins the position is long against money. Coin.
  package func delta(at price: Double) throws(QuantError) -> Double {
    try finite(side.sign * notional / (try positive(price, "price")), "delta")
  }

  /// The same with the profit, which is itself held in coin. Coin.
  package func deltaWithProfit(at price: Double) throws(QuantError) -> Double {
    try finite(try delta(at: price) + (try profit(at: price)), "delta")
  }

  /// Margin and profit, coin.
  package func equity(at price: Double, margin: Double) throws(QuantError) -> Double {
    try finite(try nonNegative(margin, "margin") + (try profit(at: price)), "equity")
  }

  /// Coin.
  package func maintenanceMargin(at price: Double, rate: Double) throws(QuantError) -> Double {
    try finite(try IsolatedLinearMargin.rate(rate) * notional / (try positive(price, "price")), "maintenance margin")
  }

  /// Where the margin and the profit are the maintenance margin, USD per coin: long Q(1 + rate)/(margin + Q/entry),
  /// short Q(1 − rate)/(Q/entry − margin). Nil for a short with at least its notional in coin, which no price
  /// liquidates.
  /// - Parameter margin: coin.
  package func liquidationPrice(margin: Double, maintenanceRate: Double) throws(QuantError) -> Double? {
    let margin = try nonNegative(margin, "margin")
    let rate = try IsolatedLinearMargin.rate(maintenanceRate)
    let coins = notional / entry
    switch side {
    case .long: return try finite(notional * (1 + rate) / (margin + coins), "liquidation price")
    case .short:
      guard margin < coins else { return nil }
      return try finite(notional * (1 - rate) / (coins - margin), "liquidation price")
    }
  }
}

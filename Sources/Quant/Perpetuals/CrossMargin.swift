/// A short against coin in one account: money B, coin c counted with a haircut h, a short of q.
///
/// equity(P) = B + c (1 − h) P + q (entry − P), maintenance = rate · q P. With c = q the haircut is all that the price
/// can eat: liquidated at (B + q entry)/(q (rate + h)).
package struct CrossMarginCarry: Hashable, Sendable {
  /// B: USD; negative where it is borrowed.
  package let cash: Double
  /// c: coin.
  package let collateral: Double
  /// h: the part of the coin's value that does not count, 0…1.
  package let haircut: Double
  /// q: coin sold short, above zero.
  package let short: Double
  /// USD per coin.
  package let entry: Double
  package let maintenanceRate: Double

  package init(
    cash: Double, collateral: Double, haircut: Double, short: Double, entry: Double, maintenanceRate: Double
  ) throws(QuantError) {
    self.cash = try finite(cash, "cash")
    self.collateral = try nonNegative(collateral, "coin collateral")
    self.haircut = try nonNegative(haircut, "haircut")
    guard haircut <= 1 else { throw .outOfRange("haircut", needs: "from 0 to 1") }
    self.short = try positive(short, "short position")
    self.entry = try positive(entry, "entry price")
    self.maintenanceRate = try IsolatedLinearMargin.rate(maintenanceRate)
  }

  /// USD.
  package func equity(at price: Double) throws(QuantError) -> Double {
    let price = try positive(price, "price")
    return try finite(cash + collateral * (1 - haircut) * price + short * (entry - price), "equity")
  }

  /// USD.
  package func maintenanceMargin(at price: Double) throws(QuantError) -> Double {
    try finite(maintenanceRate * short * (try positive(price, "price")), "maintenance margin")
  }

  /// By how much what the price eats grows with it: q (1 + rate) − c (1 − h), coin.
  private var slope: Double { short * (1 + maintenanceRate) - collateral * (1 - haircut) }

  /// The price above which it is liquidated, (B + q entry)/(q (1 + rate) − c (1 − h)), USD per coin; nil where the coin
  /// covers the short at every higher price. Zero or less is no price: then it is liquidated at every one, and this
  /// throws.
  package func upperLiquidationPrice() throws(QuantError) -> Double? {
    guard slope > 0 else { return nil }
    let price = (cash + short * entry) / slope
    guard price > 0 else { throw .noSolution("a price at which the account is not liquidated") }
    return price.isFinite ? price : nil
  }

  /// The price below which it is liquidated, where the account has more coin than it is short and owes money; else nil.
  package var lowerLiquidationPrice: Double? {
    let owed = -(cash + short * entry)
    guard slope < 0, owed > 0 else { return nil }
    let price = owed / -slope
    return price.isFinite ? price : nil
  }
}

/// An account with several coins and perpetuals, liquidated as a whole, under one shock common to all of them: each
/// price moves by beta times the shock.
///
/// equity(z) = B + Σ cᵢ Pᵢ(z)(1 − hᵢ) + Σ qᵢ (Pᵢ(z) − entryᵢ), maintenance(z) = Σ rateᵢ |qᵢ| Pᵢ(z), with
/// Pᵢ(z) = Pᵢ max(1 + βᵢ z, 0). Both are straight between the shocks that bring a price to zero, so their crossing is
/// exact.
package struct CommonShock: Hashable, Sendable {
  package struct Holding: Hashable, Sendable {
    /// USD per coin.
    package let price: Double
    /// Move of the price per move of the common factor: an exponentially weighted beta, or the worse of it and 1.
    package let beta: Double
    /// c: coin held as collateral.
    package let collateral: Double
    package let haircut: Double
    /// q: coin of perpetual, negative for a short.
    package let position: Double
    /// USD per coin; of no account without a position.
    package let entry: Double
    package let maintenanceRate: Double

    package init(
      price: Double, beta: Double, collateral: Double, haircut: Double, position: Double, entry: Double,
      maintenanceRate: Double
    ) throws(QuantError) {
      self.price = try positive(price, "price")
      self.beta = try finite(beta, "beta")
      self.collateral = try nonNegative(collateral, "coin collateral")
      self.haircut = try nonNegative(haircut, "haircut")
      guard haircut <= 1 else { throw .outOfRange("haircut", needs: "from 0 to 1") }
      self.position = try finite(position, "position")
      self.entry = try nonNegative(entry, "entry price")
      self.maintenanceRate = try IsolatedLinearMargin.rate(maintenanceRate)
    }

    /// The worse of `beta` and 1, as where correlations of a calm market must not be trusted.
    package static func prudentBeta(_ beta: Double) throws(QuantError) -> Double { max(try finite(beta, "beta"), 1) }

    func excess(_ shock: Double) -> Double {
      let shocked = price * max(1 + beta * shock, 0)
      return (collateral * (1 - haircut) + position - maintenanceRate * position.magnitude) * shocked - position * entry
    }
  }

  /// USD.
  package let cash: Double
  package let holdings: [Holding]

  package init(cash: Double, holdings: [Holding]) throws(QuantError) {
    self.cash = try finite(cash, "cash")
    self.holdings = holdings
  }

  /// Equity − maintenance margin at a shock (−0.2 is a fall of the common factor by 20 %), USD.
  package func excess(at shock: Double) throws(QuantError) -> Double {
    let shock = try finite(shock, "shock")
    return try finite(sum(shock), "margin above maintenance")
  }

  private func sum(_ shock: Double) -> Double {
    var sum = cash
    for holding in holdings { sum += holding.excess(shock) }
    return sum
  }

  /// How far the common factor must fall, as a negative number no lower than −1, to liquidate; nil where no fall does;
  /// 0 where the account is past it already.
  package func liquidationFall() throws(QuantError) -> Double? { try root(toward: -1, until: -1) }

  /// How far it must rise; nil where no rise up to `limit` does (10 is a rise by 1,000 %).
  package func liquidationRise(until limit: Double = 10) throws(QuantError) -> Double? {
    try root(toward: 1, until: try positive(limit, "limit"))
  }

  private func root(toward sign: Double, until limit: Double) throws(QuantError) -> Double? {
    var here = 0.0
    var value = try excess(at: here)
    guard value > 0 else { return 0 }
    // One stretch for each kink, and the last.
    for _ in 0...holdings.count {
      let next = nextKink(after: here, sign, limit)
      let valueThere = try excess(at: next)
      if valueThere <= 0 {
        return try finite(here + (next - here) * (value / (value - valueThere)), "liquidating shock")
      }
      if next == limit { return nil }
      (here, value) = (next, valueThere)
    }
    return nil
  }

  /// The nearest shock beyond `here` that brings some price to zero, or the limit.
  private func nextKink(after here: Double, _ sign: Double, _ limit: Double) -> Double {
    var next = limit
    for holding in holdings where holding.beta != 0 {
      let kink = -1 / holding.beta
      if (kink - here) * sign > 0 && (kink - next) * sign < 0 { next = kink }
    }
    return next
  }
}

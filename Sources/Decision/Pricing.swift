import Contracts
import Ethereum

/// The prices an order may carry: how good it rests, how bad it may fill.
struct Pricing: Hashable, Sendable {
  /// The oracle's.
  let price: Price
  let policy: Policy

  /// Where a limit order rests: better than the oracle's price by the policy's offset, rounded to the better side.
  func restingPrice(for change: Quantity) throws(ContractsError) -> Price {
    let offset = policy.orders.limitOffset
    return change.isNegative
      ? try price.scaled(by: .one + offset, rounding: .up)
      : try price.scaled(by: .one - offset, rounding: .down)
  }

  /// The floor of a sale or the ceiling of a purchase, rounded to the tighter side.
  func worstPrice(for change: Quantity) throws(ContractsError) -> Price {
    change.isNegative
      ? try price.scaled(by: .one - policy.priceBound, rounding: .up)
      : try price.scaled(by: .one + policy.priceBound, rounding: .down)
  }

  /// The bound of an order that only adds collateral: that of a trade which would make the position larger.
  func worstPrice(toppingUp position: Position) throws(ContractsError) -> Price {
    try worstPrice(for: position.quantity)
  }

  /// True where a limit at `trigger` would fill at the oracle's price as it is.
  func isMarketable(_ trigger: Price, for change: Quantity) -> Bool {
    change.isNegative ? trigger <= price : trigger >= price
  }

  /// How much worse than `reference` the price now is for `change`; zero where it is better.
  func adverseMove(since reference: Price, for change: Quantity) throws(ContractsError) -> Usd {
    let move = try Quantity.one.value(at: price) - Quantity.one.value(at: reference)
    let adverse = change.isNegative ? try move.negated() : move
    return adverse.isPositive ? adverse : .zero
  }

  func resting(_ change: Quantity, reduceOnly: Bool) throws(ContractsError) -> Trade {
    Trade(
      change: change, kind: .limit(try restingPrice(for: change)), worstPrice: try worstPrice(for: change),
      leverage: policy.leverage, reduceOnly: reduceOnly)
  }

  func market(_ change: Quantity, reduceOnly: Bool) throws(ContractsError) -> Trade {
    Trade(
      change: change, kind: .market, worstPrice: try worstPrice(for: change), leverage: policy.leverage,
      reduceOnly: reduceOnly)
  }

  /// A limit order that fills at once: its limit is the worst price allowed. This is how an order that already stands
  /// is made to cross without a second order beside it.
  func crossing(_ change: Quantity, reduceOnly: Bool) throws(ContractsError) -> Trade {
    let worst = try worstPrice(for: change)
    return Trade(
      change: change, kind: .limit(worst), worstPrice: worst, leverage: policy.leverage, reduceOnly: reduceOnly)
  }
}

extension Quantity {
  fileprivate func value(at price: Price) throws(ContractsError) -> Usd {
    try price.value(of: self, rounding: .towardZero)
  }
}

extension Price {
  /// |this − other|
  func distance(to other: Price) throws(ContractsError) -> Price {
    let (low, high) = self < other ? (self, other) : (other, self)
    return Price(raw: try ContractsError.wrapping { () throws(EthereumError) in try high.raw - low.raw })
  }

  /// This divided by `ratio`, which must be positive, rounded down.
  func divided(by ratio: Ratio) throws(ContractsError) -> Price {
    let scale: UInt256 = 1_000_000_000_000_000_000
    return Price(
      raw: try ContractsError.wrapping { () throws(EthereumError) in
        try UInt256.mulDiv(raw, scale, ratio.raw.magnitude, rounding: .down)
      })
  }
}

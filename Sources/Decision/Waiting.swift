package import Contracts
import Ethereum

/// What a resting limit order has cost by waiting, against what crossing costs. Known from the chain and the price
/// history alone, so that a restart forgets nothing.
package struct Waiting: Hashable, Sendable {
  /// Since the order was placed or last amended.
  package let ageSeconds: UInt64
  /// The oracle's price then: from the price history, else from the order's trigger less the offset.
  package let referencePrice: Price
  /// Adverse move since then × the order's size: what filling at once would have saved.
  package let waitingCost: Usd
  /// What crossing costs more than resting: difference of fees and of impact by the venue's quotes, and the offset
  /// given up.
  package let crossingCost: Usd

  init(
    _ order: OpenOrder, trigger: Price, pricing: Pricing, atSeconds: UInt64, history: [PricePoint], resting: Quote,
    crossing: Quote
  ) throws(ContractsError) {
    let size = try order.change.absolute()
    ageSeconds = atSeconds > order.updatedAt ? atSeconds - order.updatedAt : 0
    // The newest price not later than the order; the history is oldest first.
    if let known = history.last(where: { $0.atSeconds <= order.updatedAt && !$0.price.isZero }) {
      referencePrice = known.price
    } else {
      referencePrice = try Waiting.price(behind: trigger, order.change, offset: pricing.policy.orders.limitOffset)
    }
    let move = try pricing.adverseMove(since: referencePrice, for: order.change)
    waitingCost = try Price(raw: move.raw.magnitude).value(of: size, rounding: .down)
    let fees = try crossing.fee - resting.fee
    let impact = try crossing.impact - resting.impact
    let offset = try pricing.price.value(of: size, rounding: .up)
      .scaled(by: pricing.policy.orders.limitOffset, rounding: .up)
    crossingCost = try max(fees, .zero) + max(impact, .zero) + offset
  }

  private static func price(behind trigger: Price, _ change: Quantity, offset: Ratio) throws(ContractsError) -> Price {
    let factor = change.isNegative ? try Ratio.one + offset : try Ratio.one - offset
    return try trigger.divided(by: factor)
  }

  func figures(_ unit: String) throws(ContractsError) -> [Figure] {
    [
      .seconds("order age", ageSeconds, from: "head's time − order's"),
      try .price("price when placed", referencePrice, per: unit, from: "price history, else trigger less offset"),
      try .usd("waiting cost", waitingCost, from: "adverse move × order"),
      try .usd("crossing cost", crossingCost, from: "fee and impact difference + offset given up"),
    ]
  }
}

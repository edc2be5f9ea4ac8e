/// Maintenance margins that grow with the size of a position: in tier i, from a notional `from` on, it is
/// rate · notional − deduction (Binance's "maintenance amount").
package struct MaintenanceTiers: Hashable, Sendable {
  package struct Tier: Hashable, Sendable {
    /// USD: the least notional of this tier.
    package let from: Double
    /// Part of the whole notional.
    package let rate: Double
    /// USD taken off.
    package let deduction: Double

    package init(from: Double, rate: Double, deduction: Double) throws(QuantError) {
      self.from = try nonNegative(from, "tier's least notional")
      self.rate = try IsolatedLinearMargin.rate(rate)
      self.deduction = try nonNegative(deduction, "tier's deduction")
      // A nanopart for amounts that venues round.
      guard deduction <= rate * from * (1 + 1e-9) else {
        throw .outOfRange("tier's deduction", needs: "no more than the margin it is taken off")
      }
    }
  }

  package let tiers: [Tier]

  /// Tiers from zero upwards, their rates not falling.
  package init(_ tiers: [Tier]) throws(QuantError) {
    guard let first = tiers.first, first.from == 0 else {
      throw .outOfRange("tiers", needs: "one or more, beginning at a notional of zero")
    }
    for (tier, next) in zip(tiers, tiers.dropFirst()) where next.from <= tier.from || next.rate < tier.rate {
      throw .outOfRange("tiers", needs: "in rising order of notional, their rates not falling")
    }
    self.tiers = tiers
  }

  /// Each part of the notional at its own tier's rate, so that the margin does not jump: deductions follow from the
  /// rates.
  package init(marginalRates: [(from: Double, rate: Double)]) throws(QuantError) {
    var tiers: [Tier] = []
    var deduction = 0.0
    for step in marginalRates {
      if let last = tiers.last { deduction += step.from * (step.rate - last.rate) }
      tiers.append(try Tier(from: step.from, rate: step.rate, deduction: deduction))
    }
    try self.init(tiers)
  }

  /// USD.
  package func maintenanceMargin(notional: Double) throws(QuantError) -> Double {
    let notional = try nonNegative(notional, "notional")
    let tier = tiers[index(of: notional)]
    return max(tier.rate * notional - tier.deduction, 0)
  }

  private func index(of notional: Double) -> Int {
    (tiers.lastIndex { $0.from <= notional }) ?? 0
  }

  /// The price at which a position with its own margin is liquidated, USD per unit: the first one met as the price
  /// moves against it, from where it is not liquidated yet. Nil where no price above zero is.
  ///
  /// (margin + deduction − side · size · entry)/(size · (rate − side)) of the tier that contains its own notional;
  /// where the margin jumps between two tiers, the liquidation may be at the very border.
  package func liquidationPrice(_ position: LinearPerpetual, margin: Double) throws(QuantError) -> Double? {
    let margin = try nonNegative(margin, "margin")
    let order = position.side == .short ? Array(tiers.indices) : tiers.indices.reversed()
    for index in order {
      let price = try price(position, margin, tiers[index])
      let notional = price * position.size
      let above = notional >= tiers[index].from
      let below = index + 1 == tiers.count || notional < tiers[index + 1].from
      switch position.side {
      case .short where !above:
        // Past it already where this tier begins: the jump of the margin did it.
        return index == 0 ? nil : tiers[index].from / position.size
      case .short where below: return price
      case .long where above && !below: return tiers[index + 1].from / position.size
      case .long where above: return price > 0 ? price : nil
      default: continue
      }
    }
    return nil
  }

  private func price(_ position: LinearPerpetual, _ margin: Double, _ tier: Tier) throws(QuantError) -> Double {
    let sign = position.side.sign
    return try finite(
      (margin + tier.deduction - sign * position.size * position.entry) / (position.size * (tier.rate - sign)),
      "liquidation price")
  }
}

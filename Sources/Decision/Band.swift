package import Contracts

/// The rule of a band of fixed width: how far delta may drift, and how far back a correction goes.
package struct FixedBand: Hashable, Sendable, Codable {
  /// What the width is a part of.
  package enum Basis: String, Hashable, Sendable, Codable {
    case netAssetValue, target
  }
  /// Where a correction ends.
  package enum Reset: String, Hashable, Sendable, Codable {
    /// At the edge that was crossed: least traded per correction, best where cost is proportional to size.
    case edge
    /// At the target: fewest corrections, best where cost is per transaction.
    case centre
  }

  /// Half-width as a part of the basis: 0.04 of a target of 10 ETH lets delta be 9.6 to 10.4.
  package let width: Ratio
  package let basis: Basis
  package let reset: Reset

  package init(width: Ratio, of basis: Basis, reset: Reset) {
    self.width = width
    self.basis = basis
    self.reset = reset
  }

  /// The band at these values, rounded toward zero (narrower: a correction earlier rather than later).
  func band(target: Quantity, netAssetValue: Usd, price: Price) throws(ContractsError) -> Band {
    let half: Quantity
    switch basis {
    case .target:
      half = try target.absolute().scaled(by: width, rounding: .towardZero)
    case .netAssetValue:
      let worth = netAssetValue.isPositive ? netAssetValue : .zero
      half = try worth.scaled(by: width, rounding: .towardZero).quantity(at: price, rounding: .towardZero)
    }
    return Band(halfWidth: half, resetDistance: reset == .edge ? half : .zero)
  }
}

/// A no-trade band in base units, whatever rule it came from: nothing is due while |drift| ≤ `halfWidth`; beyond, drift
/// is brought back to `resetDistance` on the same side (0 ≤ resetDistance ≤ halfWidth).
package struct Band: Hashable, Sendable {
  package let halfWidth: Quantity
  package let resetDistance: Quantity

  /// The edge itself is inside.
  package func contains(_ drift: Quantity) throws(ContractsError) -> Bool {
    try drift.absolute() <= halfWidth
  }

  /// The change of delta that is due at `drift`: zero inside, else toward the target and never past it.
  package func change(dueAt drift: Quantity) throws(ContractsError) -> Quantity {
    guard try !contains(drift) else { return .zero }
    let correction = try drift.absolute() - resetDistance
    return drift.isNegative ? correction : try correction.negated()
  }
}

/// A closed range of delta or drift.
package struct Interval: Hashable, Sendable {
  package let low: Quantity
  package let high: Quantity

  init(at point: Quantity) {
    low = point
    high = point
  }

  private init(low: Quantity, high: Quantity) {
    self.low = low
    self.high = high
  }

  /// All values after any subset of `changes` has happened.
  func widened(by changes: [Quantity]) throws(ContractsError) -> Interval {
    var low = low
    var high = high
    for change in changes {
      if change.isNegative { low = try low + change } else { high = try high + change }
    }
    return Interval(low: low, high: high)
  }

  func shifted(by offset: Quantity) throws(ContractsError) -> Interval {
    Interval(low: try low + offset, high: try high + offset)
  }

  /// The end farther from zero.
  func farthest() throws(ContractsError) -> Quantity {
    try low.absolute() > high.absolute() ? low : high
  }
}

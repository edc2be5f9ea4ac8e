package import Contracts

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

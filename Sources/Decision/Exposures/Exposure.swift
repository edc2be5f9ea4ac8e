package import Contracts

/// What one reading beside spot and venue adds to a vault, at the oracle's price.
package struct Exposure: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case liquidity, option, powerPerpetual
  }
  /// For people: source and what it is.
  package let label: String
  package let kind: Kind
  package let value: Usd
  package let delta: Quantity
  /// Base units per dollar.
  package let gamma: Double
  /// Dollars per year.
  package let theta: Double
  /// Dollars per 1.00 of volatility.
  package let vega: Double
}

/// What a vault holds moves with price, time and volatility by this much. Spot and linear positions have a delta alone.
package struct NetGreeks: Hashable, Sendable {
  /// Base units, without standing orders.
  package let delta: Quantity
  /// Base units per dollar.
  package let gamma: Double
  /// Dollars per year.
  package let theta: Double
  /// Dollars per 1.00 of volatility.
  package let vega: Double
}

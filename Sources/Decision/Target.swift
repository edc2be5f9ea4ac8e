package import Contracts

/// The delta a vault should have.
package enum Target: Hashable, Sendable, Codable {
  /// So much of the base asset whatever the vault is worth; zero is delta-neutral.
  case absolute(Quantity)
  /// This part of net asset value in the base asset: 0.3 keeps 30 % of the vault's worth exposed to the price.
  case fractionOfNetAssetValue(Ratio)

  /// True where the target is zero at every price and worth.
  package var isZero: Bool {
    switch self {
    case .absolute(let quantity): quantity.isZero
    case .fractionOfNetAssetValue(let fraction): fraction.isZero
    }
  }

  /// The target in base units, rounded toward zero. A vault worth nothing or less can hold no fraction: zero.
  func quantity(netAssetValue: Usd, price: Price) throws(ContractsError) -> Quantity {
    switch self {
    case .absolute(let quantity):
      return quantity
    case .fractionOfNetAssetValue(let fraction):
      guard netAssetValue.isPositive else { return .zero }
      return try netAssetValue.scaled(by: fraction, rounding: .towardZero).quantity(at: price, rounding: .towardZero)
    }
  }

  /// How the target moves with the price, base units per dollar, in a vault of this delta: d(π V / S)/dS with
  /// dV/dS = delta.
  func slope(delta: Quantity, target: Quantity, price: Price) -> Double {
    switch self {
    case .absolute: 0
    case .fractionOfNetAssetValue(let fraction):
      (fraction.approximateDouble * delta.approximateDouble - target.approximateDouble) / price.approximateDouble
    }
  }
}

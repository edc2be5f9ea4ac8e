package import Contracts

/// The delta a vault should have.
package enum Target: Hashable, Sendable, Codable {
  /// So much of the base asset whatever the vault is worth; zero is delta-neutral.
  case absolute(Quantity)
  /// This part of net asset value in the base asset: 0.3 keeps 30 % of the vault's worth exposed to the price, 2 is a
  /// constant leverage of two.
  case fractionOfNetAssetValue(Ratio)
  /// As much risk as what stands above a floor bears: constant proportion portfolio insurance.
  case insured(CPPIRule)
  /// The spot held against an equal short while funding pays for it.
  case carry(CarryRule)
  /// This vault's part of what a portfolio of several vaults is worth.
  case portfolioWeight(PortfolioShare)

  /// True where a band measured by the target has no width: the target is zero at every price and worth, or for as long
  /// as it is what it is there for.
  package var isZero: Bool {
    switch self {
    case .absolute(let quantity): quantity.isZero
    case .fractionOfNetAssetValue(let fraction): fraction.isZero
    case .insured: false
    case .carry: true
    case .portfolioWeight(let share): share.weight.isZero
    }
  }

  /// Whether its judgements leave something behind that later ones, or those of other vaults, need.
  package var remembers: Bool {
    switch self {
    case .absolute, .fractionOfNetAssetValue: false
    case .insured(let rule): rule.ratchet != nil
    case .carry, .portfolioWeight: true
    }
  }

  /// The names of the other vaults whose worth it needs.
  package var members: [String] {
    if case .portfolioWeight(let share) = self { return share.members }
    return []
  }

  /// The most exposure per net asset value that it asks for at any time; nil where its rule has no such number.
  var highestLeverage: Ratio? {
    get throws(ContractsError) {
      switch self {
      case .fractionOfNetAssetValue(let fraction): try fraction.absolute()
      case .insured(let rule): rule.leverageCap
      case .absolute, .carry, .portfolioWeight: nil
      }
    }
  }

  /// What makes no sense in it whatever the vault; nil for a good one.
  var firstDefect: PolicyDefect? {
    switch self {
    case .absolute, .fractionOfNetAssetValue: nil
    case .insured(let rule): rule.firstDefect
    case .carry(let rule): rule.firstDefect
    case .portfolioWeight(let share): share.firstDefect
    }
  }

  /// The target in base units, rounded toward zero, with how it moves and where it comes from.
  func aim(_ scene: AimScene) throws(ContractsError) -> Aim {
    switch self {
    case .absolute(let quantity):
      return Aim(quantity, slope: 0, source: "policy")
    case .fractionOfNetAssetValue(let fraction):
      let source = "policy × net asset value ÷ price"
      // A vault worth nothing or less can hold no fraction.
      guard scene.netAssetValue.isPositive else { return Aim(.zero, slope: 0, source: source) }
      let quantity = try scene.netAssetValue.scaled(by: fraction, rounding: .towardZero)
        .quantity(at: scene.price, rounding: .towardZero)
      return Aim(quantity, slope: scene.slope(ofShare: fraction, target: quantity), source: source)
    case .insured(let rule): return try rule.aim(scene)
    case .carry(let rule): return try rule.aim(scene)
    case .portfolioWeight(let share): return try share.aim(scene)
    }
  }
}

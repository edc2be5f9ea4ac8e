package import Contracts

/// This vault's part of a portfolio of several vaults, on any chains and of any assets: the target is `weight` times
/// what all of them are worth together.
package struct PortfolioShare: Hashable, Sendable, Codable {
  /// The portfolio's name.
  package let portfolio: String
  package let weight: Ratio
  /// The names of its other vaults.
  package let members: [String]
  /// The worth of another vault is not counted with for longer.
  package let maximumAgeSeconds: UInt64

  package init(
    portfolio: String, weight: Ratio, members: [String],
    maximumAgeSeconds: UInt64 = PortfolioShare.defaultMaximumAgeSeconds
  ) {
    self.portfolio = portfolio
    self.weight = weight
    self.members = members
    self.maximumAgeSeconds = maximumAgeSeconds
  }

  /// Ten minutes: fifty ticks of twelve seconds, so that a node may be restarted; a price moves by a third of a percent
  /// in it at 75 % a year.
  package static let defaultMaximumAgeSeconds: UInt64 = 600

  var firstDefect: PolicyDefect? {
    if weight.isNegative || weight > .one {
      return .outOfRange(key: "target.portfolio.weight", value: weight, allowed: "0 to 1")
    }
    if maximumAgeSeconds == 0 {
      return .outOfRange(key: "target.portfolio.maximumAge", value: Ratio.zero, allowed: "1 second or more")
    }
    if members.isEmpty {
      return .outOfRange(
        key: "target.portfolio.name", value: portfolio, allowed: "the name of a portfolio with another vault in it")
    }
    return nil
  }

  /// The other vaults' worth is taken not to move with this asset: the slope is (weight · delta − target)/S, too low in
  /// magnitude by weight · their delta where they hold the same.
  func aim(_ scene: AimScene) throws(ContractsError) -> Aim {
    let known = scene.circumstances.aims.portfolio
    let mark = scene.mark()
    var total = scene.netAssetValue
    var oldest: UInt64 = 0
    let now = scene.circumstances.nowSeconds
    for name in members {
      guard let member = known.first(where: { $0.vault == name }) else {
        let figures = [
          Figure.word("portfolio", portfolio, from: "policy"), .word("never assessed", name, from: "keeper's memory"),
        ]
        return Self.unknown(scene, mark, Refusal(.portfolioIncomplete, figures))
      }
      let age = now > member.atSeconds ? now - member.atSeconds : 0
      guard age <= maximumAgeSeconds else {
        let figures = [
          Figure.word("portfolio", portfolio, from: "policy"), .word("vault", name, from: "policy"),
          .seconds("age of its worth", age, from: "clock − its block's time"),
          .seconds("allowed", maximumAgeSeconds, from: "policy"),
        ]
        return Self.unknown(scene, mark, Refusal(.portfolioStale, figures))
      }
      oldest = max(oldest, age)
      total = try total + member.worth
    }
    let source = "weight × portfolio's worth ÷ price"
    let quantity = try max(total, .zero).scaled(by: weight, rounding: .towardZero)
      .quantity(at: scene.price, rounding: .towardZero)
    let slope = total.isPositive ? scene.slope(ofShare: weight, target: quantity) : 0
    let figures = [
      Figure.word("portfolio", portfolio, from: "policy, \(members.count + 1) vaults"),
      try .usd("portfolio's worth", total, from: "this vault and \(members.joined(separator: ", "))"),
      try .percent("weight", weight, from: "policy"),
      .seconds("oldest worth", oldest, from: "clock − its block's time"), .slope(slope, scene.unit),
    ]
    return Aim(quantity, slope: slope, source: source, figures: figures, mark: mark)
  }

  /// Without the others' worth there is no target: what the vault holds stands for it, and a guard refuses.
  private static func unknown(_ scene: AimScene, _ mark: AimMark, _ refusal: Refusal) -> Aim {
    Aim(
      scene.delta, slope: scene.gamma, source: "not known: delta as it is", figures: refusal.figures, refusal: refusal,
      mark: mark)
  }
}

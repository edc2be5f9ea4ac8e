import Quant

/// The long-run investor of Gerhold, Guasoni, Muhle-Karbe and Schachermayer (2014): 8 % excess return, 16 % volatility,
/// risk aversion 5.
enum WeightStudy {
  struct Case: Sendable {
    let spread: Double
    let lower: Double
    let upper: Double
    let ratio: Double
  }

  static let published = [
    Case(spread: 0.0001, lower: 0.61563, upper: 0.63437, ratio: 0.743),
    Case(spread: 0.001, lower: 0.60485, upper: 0.64515, ratio: 0.718),
    Case(spread: 0.01, lower: 0.58194, upper: 0.66806, ratio: 0.627),
    Case(spread: 0.1, lower: 0.53490, upper: 0.71510, ratio: 0.426),
  ]

  static func findings() throws -> [Finding] {
    try published.flatMap { each in
      let weights = try LongRunWeights(
        excessReturn: 0.08, volatility: 0.16, riskAversion: 5, roundTripSpread: each.spread)
      let label = "spread \(each.spread)"
      return [
        Finding("\(label): lowest weight", weights.lowerWeight, published: each.lower, within: 5.1e-6),
        Finding("\(label): highest weight", weights.upperWeight, published: each.upper, within: 5.1e-6),
        Finding(
          "\(label): premium ÷ (spread × turnover)",
          weights.liquidityPremium / (each.spread * weights.shareTurnover), published: each.ratio, within: 5.1e-4),
      ]
    }
  }
}

import Foundation
import Quant

/// Leland 1985: hedging at his volatility costs on average what his price asks for on top of Black and Scholes.
///
/// A short call is replicated at fixed times with the delta at σ̂; the costs of the rebalancings, discounted, are held
/// against BS(σ̂) − BS(σ). Setting the first hedge up and taking the last one down are not part of his premium.
enum LelandStudy {
  struct Case: Sendable {
    /// κ, and hedges a year.
    let roundTripCost: Double
    let rebalancings: Int
    let published: Double
  }

  static let cases = [
    Case(roundTripCost: 0.01, rebalancings: 12, published: 0.947),
    Case(roundTripCost: 0.01, rebalancings: 52, published: 0.992),
    Case(roundTripCost: 0.005, rebalancings: 52, published: 0.991),
    Case(roundTripCost: 0.0025, rebalancings: 250, published: 1.000),
  ]

  static func findings(paths: Int, cases: [Case] = Self.cases) throws -> [Finding] {
    try cases.map { each in
      Finding(
        "cost ÷ premium, κ \(each.roundTripCost), \(each.rebalancings) hedges", try ratio(each, paths: paths),
        published: each.published, accepted: 0.94...1.01)
    }
  }

  private static func ratio(_ each: Case, paths: Int) throws -> Double {
    let (spot, strike, rate, volatility) = (100.0, 100.0, 0.05, 0.2)
    let interval = 1 / Double(each.rebalancings)
    let hedge = try Leland(volatility: volatility, roundTripCost: each.roundTripCost, interval: interval)
      .shortGammaVolatility
    func price(_ volatility: Double) throws -> Double {
      try BlackScholesMerton.price(
        .call, spot: spot, strike: strike, years: 1, rate: rate, volatility: volatility)
    }
    var normals = NormalDraws(seed: 0x1E1A_ED)
    let drift = (rate - 0.5 * volatility * volatility) * interval
    let deviation = volatility * interval.squareRoot()
    var costs = Sample()
    for _ in 0..<paths {
      var account = try HedgeAccount(costFraction: 0.5 * each.roundTripCost)
      var (current, present) = (spot, 0.0)
      for step in 0..<each.rebalancings {
        let paid = account.costs
        let years = Double(step) * interval
        account.trade(
          to: try BlackScholesMerton.delta(
            .call, spot: current, strike: strike, years: 1 - years, rate: rate, volatility: hedge), at: current)
        if step > 0 { present += (account.costs - paid) * exp(-rate * years) }
        current *= exp(drift + deviation * normals.next())
      }
      costs.add(present)
    }
    return costs.mean / (try price(hedge) - price(volatility))
  }
}

import Foundation
import Quant

/// The spread of what hedging a short call costs, over random paths from a fixed seed: the same figure on every run.
struct HedgeSimulation {
  struct Market {
    let spot: Double
    /// Annual, of the underlying's expected price.
    let drift: Double
    let volatility: Double
    let rate: Double
    let years: Double
  }

  /// Of the cost's present value where cash earns interest, of its plain sum where it does not. USD per option.
  let standardDeviation: Double

  /// At least 200,000, and up to a million where paths are short: the standard deviation's own relative error is then
  /// below 0.2 %, and where hedges are rare and the printed figure large, below 0.1 %.
  static func paths(rehedges: Int) -> Int { min(max(200_000, 10_000_000 / max(rehedges, 1)), 1_000_000) }
  static let seed: UInt64 = 0x5EED_0F_4ED6E

  init(
    _ market: Market, strike: Double, rehedges: Int, strategy: HedgeReplay.Strategy, earnsInterest: Bool
  ) throws {
    guard rehedges > 0 else { throw LabError("a simulation needs steps") }
    let paths = Self.paths(rehedges: rehedges)
    let interval = market.years / Double(rehedges)
    let growth = earnsInterest ? exp(market.rate * interval) : 1
    let drift = (market.drift - 0.5 * market.volatility * market.volatility) * interval
    let deviation = market.volatility * interval.squareRoot()
    var normals = NormalDraws(seed: Self.seed)
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<paths {
      var account = try HedgeAccount()
      var price = market.spot
      for step in 0..<rehedges {
        let left = Double(rehedges - step) * interval
        account.trade(
          to: try HedgeReplay.position(.call, price, strike, market.rate, left, strategy), at: price)
        account.accrue(growth)
        price *= exp(drift + deviation * normals.next())
      }
      account.trade(to: 0, at: price)
      let cost = OptionKind.call.payoff(spot: price, strike: strike) - account.cash
      sum += cost
      squares += cost * cost
    }
    let mean = sum / Double(paths)
    let variance = max(squares / Double(paths) - mean * mean, 0)
    let discount = earnsInterest ? exp(-market.rate * market.years) : 1
    standardDeviation = variance.squareRoot() * discount
  }
}

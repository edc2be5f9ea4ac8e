import Foundation
import Quant

/// Loss versus rebalancing (Milionis, Moallemi, Roughgarden and Zhang 2022): what a liquidity position loses that is
/// hedged at every look is what the formula says.
enum LiquidityStudy {
  static func findings(paths: Int) throws -> [Finding] {
    let daily = try LiquidityPosition.fullRange(liquidity: 1).lossVersusRebalancingFraction(at: 1, volatility: 0.05)
    return [
      Finding("loss at 5 % a day, bp a day", daily * 10_000, published: 3.125, within: 1e-9),
      try hedged(LiquidityPosition.fullRange(liquidity: 1000), "full range", paths: paths),
      try hedged(
        LiquidityPosition(liquidity: 1000, lowerPrice: 1500, upperPrice: 2500), "1500 to 2500", paths: paths),
    ]
  }

  /// In errors of the simulation. 30 days at 60 %, looked at every six hours.
  private static func hedged(_ position: LiquidityPosition, _ name: String, paths: Int) throws -> Finding {
    let (volatility, interval, looks) = (0.6, 0.25 / 365, 120)
    let (drift, deviation) = (-0.5 * volatility * volatility * interval, volatility * interval.squareRoot())
    var normals = NormalDraws(seed: 0x11_0BAA)
    var excess = Sample()
    for _ in 0..<paths {
      var price = 2000.0
      var (loss, formula) = (0.0, 0.0)
      for _ in 0..<looks {
        let next = price * exp(drift + deviation * normals.next())
        // The hedge is short the position's delta.
        loss += try position.delta(at: price) * (next - price) - (position.value(at: next) - position.value(at: price))
        // The formula's rate over the look, by the trapezium.
        formula +=
          try 0.5 * interval
          * (position.lossVersusRebalancing(at: price, volatility: volatility)
            + position.lossVersusRebalancing(at: next, volatility: volatility))
        price = next
      }
      excess.add(loss - formula)
    }
    return Finding(
      "hedged loss less formula, \(name), in errors", excess.mean / excess.error, published: 0, within: 3)
  }
}

import Foundation
import Quant

/// A searcher who tries every size of front-run, with a pool of its own, against the formula's bound and best.
enum SandwichStudy {
  static func findings(pools: Int) throws -> [Finding] {
    var draws = NormalDraws(seed: 0x5A4D)
    var (safe, mostOnSafe, mostBeyondBest, leastOfBest) = (0.0, 0.0, 0.0, Double.infinity)
    for round in 0..<pools {
      let reserve = draws.between(1e3, 1e9)
      let fee = draws.between(1e-4, 0.02)
      // Every other clip near the bound, on both sides of it.
      let clip =
        round.isMultiple(of: 2)
        ? try Sandwich.largestSafeClip(reserveIn: reserve, fee: fee) * draws.between(0.5, 2)
        : reserve * draws.between(1e-4, 1)
      let swap = try Sandwich(
        reserveIn: reserve, reserveOut: draws.between(1, 1e9), amountIn: clip, fee: fee,
        tolerance: draws.between(1e-4, 0.9))
      let limit = swap.frontRunAtLimit
      let best = try swap.profit(frontRun: swap.optimalFrontRun())
      var found = -Double.infinity
      // Evenly, and ever smaller, since the best may be a small part of what the tolerance allows.
      for part in 1...200 {
        found = max(found, searched(swap, limit * Double(part) / 200))
        found = max(found, searched(swap, limit * pow(0.93, Double(part))))
      }
      if swap.isSandwichable {
        mostBeyondBest = max(mostBeyondBest, (found - max(best, 0)) / (best > 0 ? best : reserve))
        // The best is the searcher's own, and not merely a bound.
        if best > 1e-6 * reserve { leastOfBest = min(leastOfBest, found / best) }
      } else {
        safe += 1
        mostOnSafe = max(mostOnSafe, found / reserve)
      }
    }
    return [
      Finding("clips within the bound", safe, atLeast: Double(pools) / 5),
      // The searcher's own rounding, of numbers as large as the reserve.
      Finding("most gained on one of them ÷ reserve", mostOnSafe, atMost: 1e-12),
      Finding("most gained beyond the best, as a part of it", mostBeyondBest, atMost: 1e-5),
      Finding("least of the best that was found", leastOfBest, atLeast: 0.99),
    ]
  }

  /// By the pool's own arithmetic: buy before the victim, sell after.
  private static func searched(_ swap: Sandwich, _ amount: Double) -> Double {
    let kept = 1 - swap.fee
    let (x, y) = (swap.reserveIn, swap.reserveOut)
    let bought = y * kept * amount / (x + kept * amount)
    let (x1, y1) = (x + amount, y - bought)
    let victims = y1 * kept * swap.amountIn / (x1 + kept * swap.amountIn)
    let (x2, y2) = (x1 + swap.amountIn, y1 - victims)
    return x2 * kept * bought / (y2 + kept * bought) - amount
  }
}

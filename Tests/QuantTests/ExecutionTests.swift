import Foundation
import Testing

@testable import Quant

struct ExecutionTests {
  private func sandwich(_ clip: Double, fee: Double, tolerance: Double = 0.5) throws -> Sandwich {
    try Sandwich(reserveIn: 1e6, reserveOut: 500, amountIn: clip, fee: fee, tolerance: tolerance)
  }

  /// The swaps themselves, one after another in a pool of constant product.
  private func searched(_ swap: Sandwich, _ a: Double) -> Double {
    let g = 1 - swap.fee
    var (x, y) = (swap.reserveIn, swap.reserveOut)
    func trade(_ amount: Double, _ from: inout Double, _ to: inout Double) -> Double {
      let out = to * g * amount / (from + g * amount)
      from += amount
      to -= out
      return out
    }
    let bought = trade(a, &x, &y)
    _ = trade(swap.amountIn, &x, &y)
    return trade(bought, &y, &x) - a
  }

  @Test(arguments: [0, 0.0005, 0.003, 0.01]) func noSearcherGainsBelowTheBound(fee: Double) throws {
    let safe = try Sandwich.largestSafeClip(reserveIn: 1e6, fee: fee)
    #expect(abs(safe - fee * 1e6) <= 0.02 * fee * 1e6)
    let sizes = (0..<200).map { 1e-3 * pow(10, Double($0) / 20) }
    if fee > 0 {
      let swap = try sandwich(safe * 0.999, fee: fee)
      #expect(!swap.isSandwichable)
      #expect(try swap.optimalFrontRun() == 0)
      for size in sizes { #expect(searched(swap, size) <= 1e-9 * size) }
    }
    // Above it one gains, given the tolerance.
    let swap = try sandwich(max(safe, 100) * 1.5, fee: fee)
    #expect(swap.isSandwichable)
    #expect(try swap.profit(frontRun: swap.optimalFrontRun()) > 0)
  }

  @Test func bruteForceNeverBeatsTheBestFrontRun() throws {
    var numbers = SeededNormals(seed: 14)
    for _ in 0..<60 {
      let swap = try Sandwich(
        reserveIn: numbers.between(1e3, 1e8), reserveOut: numbers.between(1, 1e6), amountIn: numbers.between(1, 1e6),
        fee: numbers.between(1e-4, 0.02), tolerance: numbers.between(1e-3, 0.5))
      let best = try swap.profit(frontRun: swap.optimalFrontRun())
      let limit = swap.frontRunAtLimit
      for part in 1...200 {
        let size = limit * Double(part) / 200
        let gain = searched(swap, size)
        #expect(abs(try swap.profit(frontRun: size) - gain) <= 1e-9 * (size + swap.amountIn + swap.reserveIn * 1e-3))
        #expect(gain <= max(best, 0) * (1 + 1e-5) + 1e-9 * swap.reserveIn)
      }
      // The victim gets its least output and no less.
      #expect(abs(try swap.output(afterFrontRun: limit) / swap.leastOutput - 1) < 1e-12)
    }
  }

  private func plan(_ aversion: Double, intervals: Int = 5) throws -> AlmgrenChriss {
    let impact = try LinearImpact(volatility: 0.95, halfSpread: 0.0625, permanent: 2.5e-7, temporary: 2.5e-6)
    return try AlmgrenChriss(quantity: 1e6, horizon: 5, intervals: intervals, impact: impact, riskAversion: aversion)
  }

  /// More aversion costs more and risks less; the whole order is traded; no nearby schedule has less cost + λ · risk.
  @Test func schedulesTradeOffCostAgainstRisk() throws {
    var last = try plan(0)
    #expect(last.trades.allSatisfy { abs($0 - 200_000) < 1e-6 } && last.halfLife == nil)
    for aversion in [1e-9, 1e-7, 1e-6, 1e-5, 1e-3] {
      let next = try plan(aversion)
      #expect(next.expectedCost > last.expectedCost && next.variance < last.variance)
      #expect(abs(next.trades.reduce(0, +) - 1e6) < 1e-6)
      last = next
    }
    let best = try plan(1e-6)
    let eta = 2.5e-6 - 0.5 * 2.5e-7
    func objective(_ holdings: [Double]) -> Double {
      var value = 0.0
      for (before, after) in zip(holdings, holdings.dropFirst()) {
        value += eta * (before - after) * (before - after) + 1e-6 * 0.9025 * after * after
      }
      return value
    }
    for index in 1...4 {
      for change in [-1_000.0, 1_000] {
        var holdings = best.holdings
        holdings[index] += change
        #expect(objective(holdings) > objective(best.holdings))
      }
    }
  }

  @Test func schedulesAtTheEdges() throws {
    let urgent = try plan(1e6, intervals: 1_000)
    #expect(urgent.holdings[1] < 1 && urgent.holdings.last == 0)
    let single = try plan(1e-6, intervals: 1)
    #expect(single.trades == [1e6] && single.variance == 0)
    let impact = try LinearImpact(volatility: 1, halfSpread: 0, permanent: 1, temporary: 0.1)
    #expect(throws: QuantError.self) {
      try AlmgrenChriss.timeWeighted(quantity: 1, horizon: 1, intervals: 1, impact: impact)
    }
    #expect(throws: QuantError.self) { try plan(1, intervals: 0) }
    #expect(throws: QuantError.self) { try plan(1, intervals: .max) }
    #expect(throws: QuantError.self) { try plan(.nan) }
  }

  /// What the better price gains on average, the chase loses, at every distance.
  @Test(arguments: [1e-9, 1e-4, 0.001, 0.01]) func restingIsAFairGame(offset: Double) throws {
    let fill = try LimitFill(offset: offset, volatility: 0.7, years: 1e-5)
    let p = fill.touchProbability
    #expect(abs(p * fill.improvement - (1 - p) * fill.chaseCost) <= 1e-9 * offset)
    let touched = try LimitFill(offset: 0, volatility: 0.7, years: 1e-5)
    #expect(touched.touchProbability == 1)
    #expect(abs(touched.chaseCost / (try LimitFill(offset: 1e-12, volatility: 0.7, years: 1e-5).chaseCost) - 1) < 1e-6)
  }

  @Test func restOrCross() throws {
    func choice(_ deviation: Double) throws -> LimitOrMarket {
      try LimitOrMarket(
        fillProbability: 0.8, crossingCost: 20, restingCost: 5, deviation: deviation, priceVariance: 5e6,
        riskAversion: 1e-5, years: 1e-4, extraGas: 10)
    }
    #expect(try choice(10).prefersLimit && choice(10).saving == 12)
    #expect(try !choice(100).prefersLimit)
  }

  @Test func waitOrPay() throws {
    let motion = try TargetMotion(targetVariance: 50_000, priceVariance: 5e6)
    func choice(_ fee: Double, _ probability: Double = 0) throws -> WaitOrPay {
      try WaitOrPay(
        deviation: 40, motion: motion, riskAversion: 1e-5, years: 1e-5, feeNow: fee, expectedFee: 10,
        liquidationProbability: probability, liquidationLoss: 1e6)
    }
    #expect(try choice(20).prefersWaiting && !choice(10).prefersWaiting)
    #expect(try !choice(20, 1e-3).prefersWaiting)
    // A fee at its mean stays there; far off it comes half way back in a half-life.
    let still = try WaitOrPay.expectedFee(fee: 20, meanLogarithm: log(20), reversion: 100, volatility: 0, years: 1)
    #expect(abs(still - 20) < 1e-12)
    let half = try WaitOrPay.expectedFee(
      fee: 80, meanLogarithm: log(20), reversion: 100, volatility: 0, years: log(2) / 100)
    #expect(abs(half - 40) < 1e-9)
    let late = try WaitOrPay.expectedFee(fee: 80, meanLogarithm: log(20), reversion: 100, volatility: 5, years: 10)
    #expect(abs(late - 20 * exp(25.0 / 400)) < 1e-9)
  }

  @Test func tolerancesEndWhereASandwichPays() throws {
    func advised(_ notional: Double) throws -> Double {
      try SlippageTolerance.advised(
        impact: 0.0005, volatility: 0.8, inclusionYears: 12 / 31_536_000, tick: 0.0001, notional: notional,
        attackersGas: 30)
    }
    #expect(abs(try advised(1_000) - (0.0006 + 1.6 * (12 / 31_536_000.0).squareRoot())) < 1e-15)
    #expect(try advised(1e6) == 3e-5)
  }

  @Test func statisticsOfTwoSeries() throws {
    let same = try TrackingStatistics(portfolio: [0.1, -0.2, 0.3], benchmark: [0.1, -0.2, 0.3], periodsPerYear: 365)
    #expect(same.trackingError == 0 && same.informationRatio == nil && same.hedgeEffectiveness == 1)
    let flat = try TrackingStatistics(portfolio: [0.1, -0.2], benchmark: [0, 0], periodsPerYear: 365)
    #expect(flat.rSquared == nil && flat.minimumVarianceRatio == nil && flat.dollarOffset == nil)
    #expect(flat.hedgeEffectiveness == 0)
    #expect(throws: QuantError.self) { try TrackingStatistics(portfolio: [1], benchmark: [1], periodsPerYear: 1) }
    #expect(throws: QuantError.self) { try TrackingStatistics(portfolio: [1, 2], benchmark: [1], periodsPerYear: 1) }
    #expect(
      try TrackingStatistics.dollarTrackingError(deviations: [3, -4], spot: 100, volatility: 0.5)
        == 50 * 12.5.squareRoot())
  }
}

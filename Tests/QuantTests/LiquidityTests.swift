import Foundation
import Testing

@testable import Quant

struct LiquidityTests {
  private let position: LiquidityPosition

  init() throws {
    position = try LiquidityPosition(liquidity: 1_000, lowerPrice: 1_500, upperPrice: 2_500)
  }

  /// Delta is the slope of the value, gamma that of delta; outside the range the position is one token.
  @Test(arguments: [1_600.0, 2_000, 2_400]) func deltaAndGammaAreSlopes(price: Double) throws {
    let step = price * 1e-5
    let slope = (try position.value(at: price + step) - (try position.value(at: price - step))) / (2 * step)
    #expect(abs(slope / (try position.delta(at: price)) - 1) < 1e-7)
    let bend = (try position.delta(at: price + step) - (try position.delta(at: price - step))) / (2 * step)
    #expect(abs(bend / (try position.gamma(at: price)) - 1) < 1e-7)
  }

  @Test func outsideTheRangeItIsOneToken() throws {
    let (below, above) = (try position.amounts(at: 1_000), try position.amounts(at: 3_000))
    #expect(below.quote == 0 && below.base > 0 && above.base == 0 && above.quote > 0)
    for price in [1_000.0, 1_500, 2_500, 3_000] {
      #expect(try position.gamma(at: price) == 0)
      #expect(try position.lossVersusRebalancing(at: price, volatility: 1) == 0)
    }
    #expect(try below.base == position.amounts(at: 1_500).base)
  }

  /// σ²/8 of a full-range pool: 3.125 bp a day at 5 %, some 11 % a year.
  @Test(arguments: [1e-6, 1, 3_000, 1e9]) func lossVersusRebalancing(price: Double) throws {
    let whole = try LiquidityPosition.fullRange(liquidity: 42)
    let daily = try whole.lossVersusRebalancingFraction(at: price, volatility: 0.05)
    #expect(abs(daily - 0.0003125) < 1e-15)
    #expect(abs(daily * 365 - 0.114) < 0.001)
    // Half the variance of the price times the curvature.
    let loss = try position.lossVersusRebalancing(at: 2_000, volatility: 0.8)
    #expect(abs(loss / (-0.5 * 0.64 * 4e6 * (try position.gamma(at: 2_000))) - 1) < 1e-12)
  }

  @Test func liquidityComesBackFromItsAmounts() throws {
    for price in [1_000.0, 1_700, 2_499, 4_000] {
      let amounts = try position.amounts(at: price)
      let back = try LiquidityPosition(filledWith: amounts, price: price, lowerPrice: 1_500, upperPrice: 2_500)
      #expect(abs(back.liquidity / 1_000 - 1) < 1e-9)
    }
    let amounts = try position.amounts(at: 2_000)
    #expect(
      abs(
        try LiquidityPosition.quote(forBase: amounts.base, price: 2_000, lowerPrice: 1_500, upperPrice: 2_500)
          / amounts.quote - 1) < 1e-12)
    #expect(
      abs(try LiquidityPosition.lowerPrice(forAmounts: amounts, price: 2_000, upperPrice: 2_500) / 1_500 - 1) < 1e-12)
  }

  @Test func lossesAreNeverGains() throws {
    for after in stride(from: 500.0, through: 5_000, by: 100) {
      #expect(try ImpermanentLoss(of: position, from: 2_000, to: after).amount <= 1e-9)
      let whole = try LiquidityPosition.fullRange(liquidity: 1_000)
      let closed = try ImpermanentLoss.fullRange(priceRatio: after / 2_000)
      #expect(abs(try ImpermanentLoss(of: whole, from: 2_000, to: after).fraction - closed) < 1e-12)
    }
    #expect(try ImpermanentLoss.fullRange(priceRatio: 1) == 0)
    #expect(abs(try ImpermanentLoss.fullRange(priceRatio: 4) + 0.2) < 1e-15)
  }

  @Test func aHedgedPositionEarnsFeesLessItsLosses() throws {
    let hedged = try HedgedLiquidity(position: position, hedge: -(try position.delta(at: 2_000)))
    #expect(try hedged.netDelta(at: 2_000) == 0)
    #expect(try hedged.netDelta(at: 1_900) > 0)
    let loss = try position.lossVersusRebalancing(at: 2_000, volatility: 0.8)
    let income = try HedgedLiquidity.expectedIncome(
      of: position, at: 2_000, volatility: 0.8, fees: loss + 30, funding: 10, hedging: 5)
    #expect(abs(income - 15) < 1e-9)
  }

  /// A full-range position hedged at every step of a seeded path loses what arbitrageurs take, within three standard
  /// errors.
  @Test func theHedgedLossIsTheLossVersusRebalancing() throws {
    let whole = try LiquidityPosition.fullRange(liquidity: 1_000)
    var numbers = SeededNormals(seed: 9)
    let (sigma, steps, paths) = (0.8, 50, 200)
    let step = 0.01 / Double(steps)
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<paths {
      var price = 2_000.0
      var profit = 0.0
      for _ in 0..<steps {
        let next = price * exp(-0.5 * sigma * sigma * step + sigma * step.squareRoot() * numbers.normal())
        let hedged = try HedgedLiquidity(position: whole, hedge: -(try whole.delta(at: price)))
        // As a part of the loss expected over the step from here.
        profit -=
          try hedged.profit(from: price, to: next)
          / (whole.lossVersusRebalancing(at: price, volatility: sigma) * step)
        price = next
      }
      sum += profit / Double(steps)
      squares += profit / Double(steps) * (profit / Double(steps))
    }
    let mean = sum / Double(paths)
    let error = ((squares / Double(paths) - mean * mean) / Double(paths)).squareRoot()
    #expect(abs(mean - 1) < 3 * error && error < 0.02)
  }

  @Test func ticksAreTheirOwnFloors() throws {
    for tick in stride(from: -887_272, through: 887_272, by: 12_345) {
      let (root, next) = (
        try LiquidityPosition.rootPrice(tick: tick), try LiquidityPosition.rootPrice(tick: tick + 1)
      )
      let middle = (root * next)
      #expect(try LiquidityPosition.tick(price: middle) == tick)
    }
    #expect(throws: QuantError.self) { try LiquidityPosition.rootPrice(tick: .max) }
    #expect(throws: QuantError.self) { try LiquidityPosition(liquidity: 1, lowerPrice: 2, upperPrice: 2) }
    #expect(throws: QuantError.self) { try LiquidityPosition(liquidity: 1, lowerPrice: 2, upperPrice: .nan) }
  }
}

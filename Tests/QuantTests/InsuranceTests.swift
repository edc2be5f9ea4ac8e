import Foundation
import Testing

@testable import Quant

struct InsuranceTests {
  private func plan(_ m: Double, rate: Double = 0.05, years: Double = 1) throws -> CPPI {
    try CPPI(multiplier: m, guarantee: 800, rate: rate, years: years)
  }

  /// Five cases whose closed forms were checked by simulations of two million paths.
  @Test(arguments: [
    (4, 0.085, 0.05, 0.3, 12, 1.0, 0.005539), (6, 0.085, 0.05, 0.3, 12, 1, 0.19641),
    (5, 0.15, 0.05, 0.8, 52, 1, 0.72075), (3, 0.1, 0, 0.8, 26, 0.5, 0.003872),
  ])
  func discreteShortfall(
    m: Double, mu: Double, r: Double, sigma: Double, n: Int, years: Double, expected: Double
  ) throws {
    let shortfall = try CPPIShortfall(
      try plan(m, rate: r, years: years), wealth: 1000, drift: mu, volatility: sigma, rebalancings: n)
    #expect(abs(shortfall.probability / expected - 1) < 2e-4)
    if m == 6 {
      #expect(abs(shortfall.expectedWealth - 1110.43) < 0.005)
      #expect(abs((try #require(shortfall.expectedShortfall)) - 47.36) < 0.005)
    }
    // The multiplier for that probability is the one it came from.
    let back = try CPPI.maximumMultiplier(
      ruinProbability: shortfall.probability, drift: mu, volatility: sigma, rate: r, years: years, rebalancings: n)
    #expect(abs(back / m - 1) < 1e-9)
  }

  /// A seeded simulation by the path recursion itself, within three standard errors.
  @Test func aSimulationFallsShortAsOften() throws {
    let plan = try plan(6)
    let shortfall = try CPPIShortfall(plan, wealth: 1000, drift: 0.085, volatility: 0.3, rebalancings: 12)
    var numbers = SeededNormals(seed: 4)
    let paths = 10_000
    let (drift, deviation) = ((0.085 - 0.045) / 12, 0.3 / 12.0.squareRoot())
    var (broken, sum, squares) = (0.0, 0.0, 0.0)
    for _ in 0..<paths {
      var prices = [100.0]
      for _ in 0..<12 { prices.append((prices.last ?? 0) * exp(drift + deviation * numbers.normal())) }
      let final = try #require(plan.path(prices: prices, wealth: 1000, leverageCap: 1e9).wealth.last)
      if final < 800 { broken += 1 }
      sum += final
      squares += final * final
    }
    let n = Double(paths)
    let p = shortfall.probability
    #expect(abs(broken / n - p) < 3 * (p * (1 - p) / n).squareRoot())
    let error = ((squares / n - sum / n * (sum / n)) / n).squareRoot()
    #expect(abs(sum / n - shortfall.expectedWealth) < 3 * error)
  }

  /// Ever more dates come to the continuous mean; with μ = r the mean is that of the bond.
  @Test func moreDatesComeToTheContinuousPlan() throws {
    let plan = try plan(4)
    let limit = try plan.continuousMoments(wealth: 1000, drift: 0.085, volatility: 0.3).mean
    var last = Double.infinity
    for n in [12, 52, 365, 100_000] {
      let miss = abs(
        try CPPIShortfall(plan, wealth: 1000, drift: 0.085, volatility: 0.3, rebalancings: n).expectedWealth - limit)
      #expect(miss < last)
      last = miss
    }
    let fair = try CPPIShortfall(plan, wealth: 1000, drift: 0.05, volatility: 0.3, rebalancings: 52)
    #expect(abs(fair.expectedWealth - 1000 * exp(0.05)) < 1e-9)
  }

  @Test func aFloorHardlyEverBrokenKeepsItsDigits() throws {
    let shortfall = try CPPIShortfall(plan(2), wealth: 1000, drift: 0.05, volatility: 0.1, rebalancings: 365)
    #expect(shortfall.distance > 100 && shortfall.probability == 0 && shortfall.expectedShortfall == nil)
    let rare = try CPPIShortfall(plan(3), wealth: 1000, drift: 0.05, volatility: 0.2, rebalancings: 52)
    #expect(rare.probability > 0 && rare.probability < 1e-40)
    #expect((try #require(rare.expectedShortfall)) > 0)
  }

  @Test func jumpsThatCannotBeHedged() throws {
    let kou = GapRisk.kou(jumpsPerYear: 10, upProbability: 0.4, downRate: 12)
    #expect(abs(try kou.lossProbability(multiplier: 5, years: 1) - 0.33789) < 5e-6)
    let merton = GapRisk.merton(jumpsPerYear: 3, mean: -0.03, deviation: 0.14)
    for risk in [kou, merton] {
      for ruin in [0.3, 0.01, 1e-6] {
        let m = try risk.maximumMultiplier(ruinProbability: ruin, years: 0.5)
        #expect(m > 1)
        #expect(abs(try risk.lossProbability(multiplier: m, years: 0.5) / ruin - 1) < 1e-9)
      }
      // So few jumps in all that no multiplier reaches the probability.
      #expect(throws: QuantError.self) { try risk.maximumMultiplier(ruinProbability: 0.9, years: 0.01) }
    }
    #expect(try CPPI.maximumMultiplier(worstGap: 0.4) == 2.5)
  }

  @Test func pathsKeepTheCap() throws {
    let path = try plan(20).path(prices: [100, 120, 130, 60, 70], wealth: 1000, leverageCap: 1.5)
    for (exposure, wealth) in zip(path.exposure, path.wealth) {
      #expect(exposure >= 0 && exposure <= max(1.5 * wealth, 0))
    }
    #expect(path.exposure.last == 0)
  }
}

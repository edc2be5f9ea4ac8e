import Foundation
import Quant

/// Portfolio insurance by its own recursion along simulated prices, against the closed forms of Balder, Brandl and
/// Mahayni (2009) at dates, and of Cont and Tankov (2009) with Kou's jumps.
enum InsuranceStudy {
  struct Case: Sendable {
    let multiplier: Double
    let drift: Double
    let rate: Double
    let volatility: Double
    let dates: Int
    let years: Double
    let published: Double
    /// E[V_T] and the expected shortfall, where they were published.
    var wealth: Double?
    var shortfall: Double?
  }

  static let cases = [
    Case(
      multiplier: 4, drift: 0.085, rate: 0.05, volatility: 0.3, dates: 12, years: 1, published: 0.005539),
    Case(
      multiplier: 6, drift: 0.085, rate: 0.05, volatility: 0.3, dates: 12, years: 1, published: 0.19641,
      wealth: 1110.43, shortfall: 47.36),
    Case(multiplier: 5, drift: 0.15, rate: 0.05, volatility: 0.8, dates: 52, years: 1, published: 0.72075),
    Case(multiplier: 3, drift: 0.1, rate: 0, volatility: 0.8, dates: 26, years: 0.5, published: 0.003872),
  ]

  static func findings(paths: Int) throws -> [Finding] {
    var findings: [Finding] = []
    for (index, each) in cases.enumerated() { findings += try atDates(each, paths: paths, seed: UInt64(index)) }
    return findings + (try jumps(paths: paths))
  }

  private static func atDates(_ each: Case, paths: Int, seed: UInt64) throws -> [Finding] {
    let plan = try CPPI(multiplier: each.multiplier, guarantee: 800, rate: each.rate, years: each.years)
    let exact = try CPPIShortfall(
      plan, wealth: 1000, drift: each.drift, volatility: each.volatility, rebalancings: each.dates)
    let step = each.years / Double(each.dates)
    let growth = exp(each.rate * step)
    let drift = (each.drift - 0.5 * each.volatility * each.volatility) * step
    let deviation = each.volatility * step.squareRoot()
    let floors = try (0...each.dates).map { try plan.floor(at: Double($0) * step) }
    var normals = NormalDraws(seed: 0xC001 + seed)
    var (broken, wealths, gaps) = (Sample(), Sample(), Sample())
    for _ in 0..<paths {
      var wealth = 1000.0
      for date in 0..<each.dates {
        let held = try plan.exposure(wealth: wealth, floor: floors[date], leverageCap: 1e9)
        wealth = held * exp(drift + deviation * normals.next()) + (wealth - held) * growth
      }
      broken.add(wealth < 800 ? 1 : 0)
      wealths.add(wealth)
      if wealth < 800 { gaps.add(800 - wealth) }
    }
    let label = "m \(each.multiplier), \(each.dates) dates"
    let p = exact.probability
    var findings = [
      Finding("\(label): shortfall, exact", p, published: each.published, withinPart: 2e-4),
      Finding(
        "\(label): shortfall, simulated", broken.mean, published: p,
        within: 3 * (p * (1 - p) / Double(paths)).squareRoot()),
    ]
    // The cushion grows like a lognormal of deviation mσ√T. Where that is large, the mean is made by paths that no
    // simulation draws.
    if each.multiplier * each.volatility * each.years.squareRoot() < 2 {
      findings.append(
        Finding("\(label): E[V], simulated", wealths.mean, published: exact.expectedWealth, within: 3 * wealths.error))
    }
    if let wealth = each.wealth {
      findings.append(Finding("\(label): E[V], exact", exact.expectedWealth, published: wealth, within: 0.005))
    }
    if let shortfall = each.shortfall, let ours = exact.expectedShortfall {
      findings += [
        Finding("\(label): expected shortfall, exact", ours, published: shortfall, within: 0.005),
        Finding("\(label): expected shortfall, simulated", gaps.mean, published: ours, within: 3 * gaps.error),
      ]
    }
    return findings
  }

  /// m 5, ten jumps a year, four in ten up, falls of 1/12 on average: whether any falls below 1 − 1/m.
  private static func jumps(paths: Int) throws -> [Finding] {
    let (multiplier, rate, up, down) = (5.0, 10.0, 0.4, 12.0)
    let risk = GapRisk.kou(jumpsPerYear: rate, upProbability: up, downRate: down)
    let exact = try risk.lossProbability(multiplier: multiplier, years: 1)
    let fatal = log(1 - 1 / multiplier)
    var draws = NormalDraws(seed: 0x0C0)
    var lost = Sample()
    for _ in 0..<paths {
      var time = 0.0
      var isLost = false
      while true {
        time -= log(draws.uniform()) / rate
        guard time < 1 else { break }
        if draws.uniform() > up, log(draws.uniform()) / down < fatal { isLost = true }
      }
      lost.add(isLost ? 1 : 0)
    }
    return [
      Finding("Kou's jumps: loss, exact", exact, published: 0.33789, within: 5e-6),
      Finding(
        "Kou's jumps: loss, simulated", lost.mean, published: exact,
        within: 3 * (exact * (1 - exact) / Double(paths)).squareRoot()),
    ]
  }
}

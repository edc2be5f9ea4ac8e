import Testing

@testable import Quant

/// Numbers that feeds, files and rounding can produce: every entry refuses them or gives finite numbers, and none
/// traps.
struct HostileHedgingTests {
  private static let values: [Double] = [
    .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, 1e-300, 1e-12, 0.3, 0.5, 1, 1.7, 12, 1e12, 1e300,
    .greatestFiniteMagnitude, -1, -1e300,
  ]

  /// Calls `body` with all pairs of values as two of its arguments, each of the others being ordinary.
  private func each(_ count: Int, _ ordinary: Double, _ body: ([Double]) throws -> [Double?]) throws {
    var finite = 0
    for first in 0..<count {
      for second in 0..<count where second != first {
        for a in Self.values {
          for b in Self.values {
            var arguments = [Double](repeating: ordinary, count: count)
            (arguments[first], arguments[second]) = (a, b)
            do {
              let found = try body(arguments)
              #expect(found.allSatisfy { $0?.isFinite ?? true }, "\(arguments) gave \(found)")
              finite += 1
            } catch is QuantError {}
          }
        }
      }
    }
    #expect(finite > 0, "nothing was accepted")
  }

  @Test func bands() throws {
    try each(4, 0.5) { a in
      [try WhalleyWilmott(spot: a[0], gamma: a[1], oneWayCost: a[2], riskAversion: a[3]).halfWidth]
    }
    try each(7, 0.5) { a in
      let band = try Zakamouline(
        spot: a[0], gamma: a[1], volatility: a[2], years: a[3], rate: a[4], oneWayCost: a[5], riskAversion: a[6])
      return [band.halfWidth.isFinite ? 0 : nil, band.shortGammaVolatility, band.longGammaVolatility]
    }
    try each(3, 0.5) { a in
      let leland = try Leland(volatility: a[0], roundTripCost: a[1], interval: a[2])
      return [leland.number, leland.shortGammaVolatility, leland.longGammaVolatility]
    }
    try each(5, 0.5) { a in
      let band = try ImpulseBand(
        motion: TargetMotion(targetVariance: a[0], priceVariance: a[1]),
        costs: TradingCosts(fixed: a[2], perUnit: a[3]),
        riskAversion: a[4])
      #expect(band.reset >= 0 && band.reset <= band.trigger && band.trigger > 0)
      return [band.trigger, band.reset, band.clip, band.tradesPerYear, try band.monitoredTrigger(interval: 0.1)]
    }
    try each(5, 0.5) { a in
      let band = try ImpulseBand(
        motion: TargetMotion(targetVariance: a[0], priceVariance: a[1]),
        costs: TradingCosts(fixed: a[2], perUnit: a[3]),
        targetTrackingError: a[4])
      return [band.trigger, band.reset, band.riskAversion]
    }
    try each(4, 0.5) { a in
      let weights = try LongRunWeights(
        excessReturn: a[0], volatility: a[1], riskAversion: a[2], roundTripSpread: a[3])
      return [weights.lowerWeight, weights.upperWeight, weights.shareTurnover, weights.liquidityPremium]
    }
    try each(5, 0.5) { a in
      let band = try WeightBand(
        targetWeight: a[0], volatility: a[1], riskAversion: a[2], oneWayCost: a[3], fixedCost: a[4])
      return [band.trigger, band.reset]
    }
  }

  @Test func insurance() throws {
    try each(7, 1.7) { a in
      let shortfall = try CPPIShortfall(
        CPPI(multiplier: a[0], guarantee: a[1], rate: a[2], years: a[3]), wealth: a[4] * 1e3, drift: a[5],
        volatility: a[6], rebalancings: 12)
      return [shortfall.probability, shortfall.expectedWealth, shortfall.expectedShortfall]
    }
    try each(5, 0.5) { a in
      [
        try GapRisk.kou(jumpsPerYear: a[0], upProbability: a[1], downRate: a[2])
          .lossProbability(multiplier: 1 + a[3], years: a[4])
      ]
    }
    try each(5, 0.5) { a in
      [
        try GapRisk.merton(jumpsPerYear: a[0], mean: a[1], deviation: a[2])
          .maximumMultiplier(ruinProbability: a[3], years: a[4])
      ]
    }
  }

  @Test func liquidityAndMargins() throws {
    try each(5, 0.5) { a in
      let position = try LiquidityPosition(liquidity: a[0], lowerPrice: a[1], upperPrice: a[1] + a[2])
      let amounts = try position.amounts(at: a[3])
      return [
        amounts.base, amounts.quote, try position.value(at: a[3]), try position.gamma(at: a[3]),
        try position.lossVersusRebalancing(at: a[3], volatility: a[4]),
      ]
    }
    try each(5, 0.5) { a in
      for side in [PositionSide.long, .short] {
        let margin = try IsolatedLinearMargin(
          position: LinearPerpetual(side: side, entry: a[0], size: a[1]), margin: a[2], maintenanceRate: a[3])
        let inverse = try InversePerpetual(side: side, entry: a[0], notional: a[1])
        let found = [
          margin.liquidationPrice, try margin.equity(at: a[4]), try margin.marginRatio(at: a[4]),
          try inverse.deltaWithProfit(at: a[4]),
          try inverse.liquidationPrice(margin: a[2], maintenanceRate: a[3]),
        ]
        #expect(found.allSatisfy { $0?.isFinite ?? true })
      }
      return [0]
    }
    try each(6, 0.5) { a in
      let account = try CrossMarginCarry(
        cash: a[0], collateral: a[1], haircut: a[2], short: a[3], entry: a[4], maintenanceRate: a[5])
      return [try account.upperLiquidationPrice(), account.lowerLiquidationPrice]
    }
    try each(5, 0.5) { a in
      let passage = try FirstPassage(price: a[0], level: a[1], drift: a[2], volatility: a[3], years: a[4])
      #expect(passage.probability >= 0 && passage.probability <= 1)
      return [passage.distanceInSigmas]
    }
    for price in Self.values {
      do throws(QuantError) { _ = try LiquidityPosition.tick(price: price) } catch { continue }
    }
  }

  @Test func execution() throws {
    try each(5, 0.5) { a in
      let swap = try Sandwich(reserveIn: a[0], reserveOut: a[1], amountIn: a[2], fee: a[3], tolerance: a[4])
      let best = try swap.optimalFrontRun()
      return [try swap.output(afterFrontRun: best), try swap.profit(frontRun: best)]
    }
    try each(7, 0.5) { a in
      let impact = try LinearImpact(volatility: a[0], halfSpread: a[1], permanent: a[2], temporary: a[3])
      let plan = try AlmgrenChriss(
        quantity: a[4], horizon: a[5], intervals: 3, impact: impact, riskAversion: a[6])
      return plan.holdings + [plan.expectedCost, plan.variance]
    }
    try each(3, 0.5) { a in
      let fill = try LimitFill(offset: a[0], volatility: a[1], years: a[2])
      return [fill.touchProbability, fill.chaseCost]
    }
    try each(4, 0.5) { a in
      let ewma = try EWMACovariance(lambda: 0.9, x: [a[0], a[1]], y: [a[2], a[3]])
      return [ewma.varianceX, ewma.covariance, ewma.correlation, ewma.beta]
    }
    try each(4, 0.5) { a in
      let statistics = try TrackingStatistics(
        portfolio: [a[0], a[1]], benchmark: [a[2], a[3]], periodsPerYear: 365)
      return [statistics.trackingError, statistics.informationRatio, statistics.rSquared, statistics.dollarOffset]
    }
    try each(4, 0.5) { a in
      let bars = [
        try PriceBar(open: a[0], high: max(a[0], a[1]), low: min(a[0], a[1]), close: a[1]),
        try PriceBar(open: a[2], high: max(a[2], a[3]), low: min(a[2], a[3]), close: a[3]),
        try PriceBar(open: 1, high: 2, low: 0.5, close: 1),
      ]
      return [
        try RangeVolatility.yangZhang(bars, periodsPerYear: 365),
        try RangeVolatility.bipowerVariation(bars), try RangeVolatility.garmanKlass(bars, periodsPerYear: 365),
      ]
    }
  }
}

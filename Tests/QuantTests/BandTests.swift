import Foundation
import Testing

@testable import Quant

/// Scaling laws, optimality and published examples of the no-trade bands.
struct BandTests {
  private func wilmott(
    spot: Double = 3500, gamma: Double = 0.002, cost: Double = 0.001, aversion: Double = 1e-4
  ) throws -> Double {
    try WhalleyWilmott(spot: spot, gamma: gamma, oneWayCost: cost, riskAversion: aversion).halfWidth
  }

  private func close(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
    abs(a - b) <= tolerance * max(abs(a), abs(b))
  }

  @Test(arguments: [1e-6, 0.01, 0.5, 3, 1e5])
  func theBandScalesByItsLaws(factor: Double) throws {
    let plain = try wilmott()
    #expect(close(try wilmott(gamma: 0.002 * factor), plain * pow(factor, 2.0 / 3)))
    #expect(close(try wilmott(gamma: -0.002 * factor), plain * pow(factor, 2.0 / 3)))
    #expect(close(try wilmott(cost: 0.001 * factor), plain * cbrt(factor)))
    #expect(close(try wilmott(spot: 3500 * factor), plain * cbrt(factor)))
    #expect(close(try wilmott(aversion: 1e-4 * factor), plain / cbrt(factor)))
  }

  /// At a given gamma the volatility drops out of the rule, also out of the impulse band without fixed costs, which is
  /// Whalley and Wilmott's for the same costs.
  @Test(arguments: [0.1, 0.65, 2]) func withoutGasItIsWhalleyWilmott(volatility: Double) throws {
    let motion = try TargetMotion(gamma: 0.002, spot: 3500, volatility: volatility)
    let band = try ImpulseBand(
      motion: motion, costs: TradingCosts(fixed: 0, perUnit: 3.5), riskAversion: 1e-4)
    #expect(close(band.trigger, try wilmott()))
    #expect(band.trigger == band.reset && band.clip == 0 && band.tradesPerYear == nil)
    #expect(close(band.costPerYear, 2 * band.riskPerYear))
  }

  @Test func withGasAloneItResetsToTheTarget() throws {
    let motion = try TargetMotion(targetVariance: 50_000, priceVariance: 5e6)
    let band = try ImpulseBand(motion: motion, costs: TradingCosts(fixed: 20, perUnit: 0), riskAversion: 1e-5)
    #expect(band.reset == 0)
    #expect(close(band.trigger, pow(12 * 20 * 50_000 / (1e-5 * 5e6), 0.25)))
    #expect(close(band.costPerYear, band.riskPerYear))
  }

  private func draw(_ numbers: inout SeededNormals) throws -> ImpulseBand {
    try ImpulseBand(
      motion: TargetMotion(
        targetVariance: numbers.between(1e-6, 1e6), priceVariance: numbers.between(1e2, 1e10)),
      costs: TradingCosts(fixed: numbers.between(1e-4, 1e4), perUnit: numbers.between(1e-4, 1e3)),
      riskAversion: numbers.between(1e-9, 1e-1))
  }

  /// Cost and risk per year of a band of any trigger and reset.
  private func rate(_ band: ImpulseBand, _ b: Double, _ r: Double) -> Double {
    let frequency = band.motion.targetVariance / (b * b - r * r)
    return frequency * (band.costs.fixed + band.costs.perUnit * (b - r))
      + band.riskAversion * band.motion.priceVariance / 2 * (b * b + r * r) / 6
  }

  /// The closed system holds, and no band nearby costs less.
  @Test func theBandIsTheBest() throws {
    var numbers = SeededNormals(seed: 1)
    for _ in 0..<300 {
      let band = try draw(&numbers)
      let (b, r) = (band.trigger, band.reset)
      let scale = band.motion.targetVariance / (band.riskAversion * band.motion.priceVariance)
      #expect(r >= 0 && r <= b)
      #expect(close(b * r * (b + r), 3 * band.costs.perUnit * scale, 1e-9))
      #expect(close((b + r) * pow(band.clip, 3), 12 * band.costs.fixed * scale, 1e-9))
      #expect(close(b - r, band.clip, 1e-6) || band.clip < 1e-9 * b)
      let best = band.costPerYear + band.riskPerYear
      for (trigger, reset) in [(b * 1.1, r), (b, r * 1.1), (b, r * 0.9), (b * 0.95, r * 0.9), (b * 1.02, r * 1.02)]
      where reset < trigger {
        #expect(rate(band, trigger, reset) >= best * (1 - 1e-9))
      }
    }
  }

  /// The worked example of a desk short 300 calls on ether: the three gas prices.
  @Test(arguments: [(2.0, 32.1, 20.7, 0.78), (20, 40.0, 15.7, 0.35), (80, 49.2, 11.7, 0.21)])
  func theWorkedExample(gas: Double, b: Double, r: Double, perDay: Double) throws {
    let greeks = try Greeks(
      .call, spot: 3500, strike: 3500, years: 30.0 / 365, rate: 0, carry: 0, volatility: 0.65)
    let motion = try TargetMotion(gamma: 300 * greeks.gamma, spot: 3500, volatility: 0.65)
    let band = try ImpulseBand(
      motion: motion, costs: TradingCosts(fixed: gas, perUnit: 3.5), riskAversion: 1e-5)
    #expect(abs(band.trigger - b) < 0.1)
    #expect(abs(band.reset - r) < 0.1)
    #expect(abs((try #require(band.tradesPerYear)) / 365 - perDay) < 0.01)
  }

  /// Dear gas widens the band and moves the reset to the target; dear trading widens both.
  @Test func theBandAnswersItsCosts() throws {
    let motion = try TargetMotion(targetVariance: 50_000, priceVariance: 5e6)
    var last: ImpulseBand?
    for gas in [0, 0.1, 1, 5, 50, 500, 50_000] {
      let band = try ImpulseBand(motion: motion, costs: TradingCosts(fixed: gas, perUnit: 3.5), riskAversion: 1e-5)
      if let last { #expect(band.trigger > last.trigger && band.reset < last.reset) }
      last = band
    }
  }

  @Test func aTrackingErrorIsMet() throws {
    var numbers = SeededNormals(seed: 2)
    for round in 0..<300 {
      let band = try draw(&numbers)
      let costs =
        round % 3 == 0
        ? band.costs
        : try TradingCosts(fixed: round % 3 == 1 ? 0 : band.costs.fixed, perUnit: round % 3 == 1 ? 2 : 0)
      let target = numbers.between(1, 1e6)
      let found = try ImpulseBand(motion: band.motion, costs: costs, targetTrackingError: target)
      #expect(close(found.trackingError, target, 1e-9))
    }
  }

  /// Bisection on the risk aversion finds the same band.
  @Test func aTrackingErrorIsMetAsBySearch() throws {
    let motion = try TargetMotion(targetVariance: 51_750, priceVariance: 5.175e6)
    let costs = try TradingCosts(fixed: 20, perUnit: 3.5)
    let found = try ImpulseBand(motion: motion, costs: costs, targetTrackingError: 30_000)
    var (lower, upper) = (1e-12, 1.0)
    for _ in 0..<200 {
      let middle = (lower * upper).squareRoot()
      let band = try ImpulseBand(motion: motion, costs: costs, riskAversion: middle)
      if band.trackingError > 30_000 { lower = middle } else { upper = middle }
    }
    #expect(close(found.riskAversion, upper, 1e-9))
  }

  @Test func impactAndClipAgree() throws {
    let motion = try TargetMotion(targetVariance: 51_750, priceVariance: 5.175e6)
    let cost = try MarginalCost(spot: 3500, fee: 0.0005, halfSpread: 0.0002, impactPerUnit: 2e-5)
    let band = try ImpulseBand(motion: motion, fixedCost: 20, cost: cost, riskAversion: 1e-5)
    #expect(close(band.costs.perUnit, try cost.perUnit(clip: band.clip), 1e-9))
    let free = try ImpulseBand(
      motion: motion, costs: TradingCosts(fixed: 20, perUnit: cost.perUnit(clip: 0)), riskAversion: 1e-5)
    #expect(band.clip < free.clip && band.trigger > free.trigger)
    let targeted = try ImpulseBand(motion: motion, fixedCost: 20, cost: cost, targetTrackingError: 30_000)
    #expect(close(targeted.trackingError, 30_000, 1e-9))
    #expect(close(targeted.costs.perUnit, try cost.perUnit(clip: targeted.clip), 1e-9))
  }

  @Test func whatIsPaidForTheSameTrackingError() throws {
    let motion = try TargetMotion(targetVariance: 4, priceVariance: 9)
    let proportional = try EqualTrackingErrorCosts(
      of: ImpulseBand(motion: motion, costs: TradingCosts(fixed: 0, perUnit: 3), riskAversion: 2))
    #expect(close(proportional.centredBandRatio, 2.0.squareRoot()))
    #expect(close(proportional.clockRatio, 2 * (3 / Double.pi).squareRoot()))
    let fixed = try EqualTrackingErrorCosts(
      of: ImpulseBand(motion: motion, costs: TradingCosts(fixed: 3, perUnit: 0), riskAversion: 2))
    #expect(close(fixed.centredBandRatio, 1))
    #expect(close(fixed.clockRatio, 3))
  }

  /// q = v = γ = 1, k = F = 0.1: the published band and its statistics, and a simulation looked at every hundredth of a
  /// year, whose trades the corrected trigger brings back to q/(b² − r²).
  @Test func theMonitoredBandTradesAsOftenAsItShould() throws {
    let band = try ImpulseBand(
      motion: TargetMotion(targetVariance: 1, priceVariance: 1), costs: TradingCosts(fixed: 0.1, perUnit: 0.1),
      riskAversion: 1)
    #expect(abs(band.trigger - 1.154838) < 1e-6)
    #expect(abs(band.reset - 0.192769) < 1e-6)
    #expect(abs(band.meanSquareDeviation - 0.22847) < 1e-5)
    let expected = try #require(band.tradesPerYear)
    #expect(abs(expected - 0.7713) < 1e-4)

    let trigger = try band.monitoredTrigger(interval: 0.01)
    var numbers = SeededNormals(seed: 3)
    var (corrected, plain) = (0.0, 0.0)
    var (x, y) = (0.0, 0.0)
    let years = 4_000.0
    for _ in 0..<Int(years * 100) {
      let step = numbers.normal() * 0.1
      x += step
      y += step
      if abs(x) > trigger {
        x = try band.deviationAfterLooking(at: x, trigger: trigger)
        corrected += 1
      }
      if abs(y) > band.trigger {
        y = try band.deviationAfterLooking(at: y)
        plain += 1
      }
    }
    // Three standard errors of a count of 3,000.
    #expect(abs(corrected / years / expected - 1) < 0.05)
    #expect(plain / years / expected < 0.95)
  }

  @Test func theMonitoredTriggerNeverFallsBelowTheReset() throws {
    let band = try ImpulseBand(
      motion: TargetMotion(targetVariance: 1, priceVariance: 1), costs: TradingCosts(fixed: 0.001, perUnit: 1),
      riskAversion: 1)
    #expect(try band.monitoredTrigger(interval: 1) == band.reset)
    #expect(try band.monitoredTrigger(interval: 0) == band.trigger)
  }

  @Test func tradesGoToTheirOwnSide() throws {
    let band = try ImpulseBand(
      motion: TargetMotion(targetVariance: 1, priceVariance: 1), costs: TradingCosts(fixed: 0.1, perUnit: 0.1),
      riskAversion: 1)
    #expect(try band.deviationAfterLooking(at: 1) == 1)
    #expect(try band.deviationAfterLooking(at: band.trigger) == band.trigger)
    #expect(try band.deviationAfterLooking(at: 1.2) == band.reset)
    #expect(try band.deviationAfterLooking(at: -1.2) == -band.reset)
    #expect(throws: QuantError.notFinite("deviation")) { try band.deviationAfterLooking(at: .nan) }
  }

  @Test func theTargetMovesWithVolatilityToo() throws {
    let plain = try TargetMotion(gamma: 0.01, spot: 100, volatility: 0.5)
    #expect(close(plain.targetVariance, 0.25) && close(plain.priceVariance, 2_500))
    let joint = try TargetMotion(
      gamma: 0.01, spot: 100, volatility: 0.5, vanna: 2, volatilityOfVolatility: 0.3, correlation: -0.7, flows: 0.1)
    #expect(close(joint.targetVariance, 0.25 - 2 * 0.7 * 0.5 * 0.6 + 0.36 + 0.1))
  }

  @Test func impactAloneIsTradedAway() throws {
    let motion = try TargetMotion(targetVariance: 4, priceVariance: 9)
    let rate = try ImpactRate(motion: motion, impact: 0.5, riskAversion: 1)
    #expect(close(rate.perYear, 3) && close(rate.meanSquareDeviation, 4.0 / 6))
    // At the optimum the cost of impact is the cost of risk.
    #expect(close(rate.costPerYear, 0.5 * 9 * rate.meanSquareDeviation))
    #expect(try rate.tradingRate(at: 2) == -6)
  }

  /// For small λ, H1 ~ |Γ|^½, H0 does not know Γ, and long and short gamma lie on either side of σ.
  @Test func zakamoulineScales() throws {
    func band(_ gamma: Double) throws -> Zakamouline {
      try Zakamouline(
        spot: 100, gamma: gamma, volatility: 0.3, years: 0.25, rate: 0.02, oneWayCost: 0.005, riskAversion: 0.5)
    }
    let (one, four) = (try band(0.02), try band(-0.08))
    #expect(close(four.gammaHalfWidth, 2 * one.gammaHalfWidth))
    #expect(four.innerHalfWidth == one.innerHalfWidth)
    #expect(one.shortGammaVolatility > 0.3)
    #expect(try #require(one.longGammaVolatility) < 0.3)
    let flat = try band(0)
    #expect(flat.halfWidth == flat.innerHalfWidth && flat.shortGammaVolatility == 0.3)
  }
}

/// Portfolio weights.
struct WeightBandTests {
  /// Printed: 8 % excess return, 16 % volatility, risk aversion 5.
  @Test(arguments: [
    (0.0001, 0.61563, 0.63437, 0.743), (0.001, 0.60485, 0.64515, 0.718), (0.01, 0.58194, 0.66806, 0.627),
    (0.1, 0.53490, 0.71510, 0.426),
  ])
  func theLongRunInvestor(spread: Double, lower: Double, upper: Double, ratio: Double) throws {
    let weights = try LongRunWeights(
      excessReturn: 0.08, volatility: 0.16, riskAversion: 5, roundTripSpread: spread)
    #expect(abs(weights.lowerWeight - lower) < 5e-6 && abs(weights.upperWeight - upper) < 5e-6)
    #expect(abs(weights.liquidityPremium / (spread * weights.shareTurnover) - ratio) < 5e-4)
  }

  /// LiP → (3/4) ε ShTu and the gap to its leading order as costs vanish, for unlevered and levered targets.
  @Test(arguments: [0.3, 1.4, 5]) func smallCostsAreUniversal(aversion: Double) throws {
    let weights = try LongRunWeights(
      excessReturn: 0.08, volatility: 0.2, riskAversion: aversion, roundTripSpread: 1e-9)
    #expect(abs(weights.liquidityPremium / (1e-9 * weights.shareTurnover) - 0.75) < 0.01)
    #expect(abs(weights.gap / weights.leadingGap - 1) < 0.01)
  }

  /// The Riccati equation itself, integrated step by step from π₋, arrives at π₊.
  @Test(arguments: [(0.7, 0.6, 0.15), (5, 0.16, 0.08), (1.2, 0.7, 0.3), (0.5, 0.3, 0.09)])
  func theRiccatiEquationHolds(gamma: Double, sigma: Double, mu: Double) throws {
    let spread = 0.01
    let weights = try LongRunWeights(
      excessReturn: mu, volatility: sigma, riskAversion: gamma, roundTripSpread: spread)
    let (lower, upper, unit) = (weights.lowerWeight, weights.upperWeight, gamma * sigma * sigma)
    let gap = weights.gap
    let length = log(1 / (1 - spread) * (mu + gap) * (mu - gap - unit) / ((mu - gap) * (mu + gap - unit)))
    func slope(_ w: Double) -> Double {
      -(1 - gamma) * w * w - (2 * mu / (sigma * sigma) - 1) * w + gamma * lower * upper
    }
    var w = lower
    let step = length / 1_000
    for _ in 0..<1_000 {
      let k1 = slope(w)
      let k2 = slope(w + step / 2 * k1)
      let k3 = slope(w + step / 2 * k2)
      let k4 = slope(w + step * k3)
      w += step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    }
    #expect(abs(w - upper) < 1e-9)
  }

  @Test func aWeightThatDoesNotMoveHasNoBand() throws {
    for weight in [0.0, 1, .nan, .infinity] {
      #expect(throws: QuantError.self) {
        try WeightBand(targetWeight: weight, volatility: 0.5, riskAversion: 2, oneWayCost: 0.01, fixedCost: 0)
      }
    }
    #expect(throws: QuantError.self) {
      // μ = γσ²: everything in the stock, and nobody trades.
      try LongRunWeights(excessReturn: 0.5, volatility: 0.5, riskAversion: 2, roundTripSpread: 0.01)
    }
    #expect(try WeightBand.mertonWeight(excessReturn: 0.08, volatility: 0.16, riskAversion: 5) == 0.625)
  }
}

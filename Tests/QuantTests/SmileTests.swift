import RealModule
import Testing

@testable import Quant

struct SmileTests {
  /// Vogt's example in Gatheral and Jacquier (2014): their guaranteed repair is printed.
  @Test func vogtIsRepairedAsPrinted() throws {
    let vogt = try SVISlice(a: -0.0410, b: 0.1331, rho: 0.3060, m: 0.3586, sigma: 0.4153)
    #expect(try !vogt.butterflyCheck().isFree())
    let wings = try SVIJumpWings(vogt, years: 1)
    let sure = try wings.surelyRepaired()
    #expect(abs(sure.callSlope - 0.3493158) < 1e-6 && abs(sure.leastVariance - 0.01548182) < 1e-7)
    let nearest = try wings.repaired()
    // Their best fit to option prices moves the wing to 0.8565 with the least variance held; less does.
    #expect(abs(nearest.callSlope - 0.9218) < 1e-4, "\(nearest.callSlope)")
    let density = try nearest.slice().butterflyCheck().leastDensity
    #expect(density >= 0 && density < 1e-9)
    #expect(nearest.leastVariance == wings.leastVariance && nearest.skew == wings.skew)
    #expect(try nearest.slice().butterflyCheck().isFree())
    // A smile that needs none is left alone.
    #expect(try sure.repaired() == sure)
  }

  @Test func aDipBetweenGridPointsIsFound() throws {
    // A vertex a ten-thousandth wide: far narrower than any even grid, and it costs the density below nought.
    let narrow = try SVISlice(a: 0.0399, b: 0.6, rho: -0.9, m: 0.123_456_7, sigma: 1e-4)
    let check = try narrow.butterflyCheck()
    let brute = stride(from: -0.05, through: 0.05, by: 1e-6).map { narrow.density(0.1234567 + $0) }.min()
    #expect(check.leastDensity <= (try #require(brute)) + 1e-12)
    let trough = Trough(from: -3, through: 3, vertices: (narrow, nil)) { ($0 - 0.001_234_5) * ($0 - 0.001_234_5) }
    #expect(abs(trough.position - 0.001_234_5) < 1e-6 && trough.value < 1e-12)
  }

  @Test func densityIsThatOfThePrices() throws {
    // ∂²C/∂K² ∝ g n(d₂)/√w; by differences of Black's price on the smile.
    let smile = try SVISlice(a: 0.02, b: 0.2, rho: -0.3, m: 0.05, sigma: 0.2)
    let price = { (strike: Double) in
      try Black76(
        .call, forward: 100, strike: strike, years: 1, rate: 0,
        volatility: smile.volatility(Double.log(strike / 100), years: 1)
      ).price
    }
    for strike in [60.0, 90, 100, 115, 160] {
      let width = 1e-2
      let second =
        try (price(strike + width) - 2 * price(strike) + price(strike - width)) / (width * width)
      let k = Double.log(strike / 100)
      let root = smile.totalVariance(k).squareRoot()
      let density = smile.density(k) * Normal.density(-k / root - root / 2) / (root * strike)
      #expect(abs(second - density) < 1e-6, "\(strike)")
    }
  }

  @Test func jumpWingsOfTheUnusual() throws {
    // A vertex at the money, and wings that no slice has.
    let flat = try SVISlice(a: 0.01, b: 0.1, rho: 0.3, m: 0, sigma: 0.2)
    let again = try SVIJumpWings(flat, years: 0.5).slice()
    #expect(abs(again.sigma - 0.2) < 1e-12 && abs(again.m) < 1e-15)
    #expect(throws: QuantError.self) {
      try SVIJumpWings(variance: 0.04, skew: 3, putSlope: 0.5, callSlope: 0.5, leastVariance: 0.02, years: 1).slice()
    }
    #expect(throws: QuantError.self) { try SVISlice(a: 0, b: -1, rho: 0, m: 0, sigma: 1) }
    #expect(throws: QuantError.self) { try SVISlice(a: 0, b: 1, rho: 1.1, m: 0, sigma: 1) }
    #expect(throws: QuantError.self) { try SVISlice(a: .nan, b: 1, rho: 0, m: 0, sigma: 1) }
    #expect(throws: QuantError.self) { try SSVISlice(theta: 0.04, phi: 1, rho: 1) }
  }

  @Test func aSliceIsFoundAgain() throws {
    let truth = try SVISlice(a: 0.0149, b: 0.195, rho: -0.36, m: 0.086, sigma: 0.21)
    var quotes: [SmileQuote] = []
    for strike in stride(from: 50.0, through: 200, by: 10) {
      let volatility = try truth.volatility(Double.log(strike / 100), years: 0.4)
      quotes.append(try SmileQuote(forward: 100, strike: strike, years: 0.4, volatility: volatility))
    }
    let fit = try SVIFit(quotes)
    #expect(fit.error < 1e-8, "\(fit)")
    #expect(abs(fit.slice.rho - truth.rho) < 1e-4 && abs(fit.slice.sigma - truth.sigma) < 1e-4, "\(fit)")
  }

  @Test func aFitHasNoButterflies() throws {
    // Quotes of Vogt's smile, which has butterflies: the fit is near them and has none.
    let vogt = try SVISlice(a: -0.0410, b: 0.1331, rho: 0.3060, m: 0.3586, sigma: 0.4153)
    var quotes: [SmileQuote] = []
    for k in stride(from: -1.2, through: 1.2, by: 0.1) {
      quotes.append(try SmileQuote(logMoneyness: k, totalVariance: vogt.totalVariance(k), weight: 1))
    }
    let fit = try SVIFit(quotes)
    #expect(fit.error < 0.01 && fit.leastDensity >= 0, "\(fit)")
    #expect(throws: QuantError.self) { try SVIFit(Array(quotes.prefix(4))) }
  }

  @Test func aSurfaceIsFoundAgain() throws {
    let truth = try SSVISurface(
      rho: -0.4, eta: 1.1, gamma: 0.4,
      expiries: [.init(years: 0.1, theta: 0.03), .init(years: 0.3, theta: 0.08), .init(years: 1, theta: 0.3)])
    #expect(try truth.isSurelyArbitrageFree())
    var expiries: [SSVIFit.Expiry] = []
    for expiry in truth.expiries {
      var quotes: [SmileQuote] = []
      for strike in stride(from: 60.0, through: 160, by: 10) {
        let volatility = try truth.volatility(Double.log(strike / 100), years: expiry.years)
        quotes.append(
          try SmileQuote(forward: 100, strike: strike, years: expiry.years, volatility: volatility))
      }
      expiries.append(.init(years: expiry.years, quotes: quotes))
    }
    let fit = try SSVIFit(expiries)
    #expect(fit.error < 1e-7, "\(fit)")
    #expect(abs(fit.surface.rho + 0.4) < 1e-4 && abs(fit.surface.gamma - 0.4) < 1e-3, "\(fit)")
    // Between the expiries and beyond them variance only grows.
    var last = 0.0
    for years in stride(from: 0.02, through: 2, by: 0.02) {
      let theta = try truth.theta(years: years)
      #expect(theta > last)
      last = theta
    }
    #expect(throws: QuantError.self) {
      try SSVISurface(
        rho: 0, eta: 1, gamma: 0.5, expiries: [.init(years: 1, theta: 0.1), .init(years: 2, theta: 0.09)])
    }
  }

  @Test func deltasThatFollowTheSmile() throws {
    let smile = try SVISlice(a: 0.02, b: 0.2, rho: -0.4, m: 0, sigma: 0.2)
    let at = { (stickiness: Double) in
      try SmileDelta(.call, forward: 100, strike: 100, years: 1, smile: smile, stickiness: stickiness)
    }
    let strike = try at(SmileDelta.stickyStrike)
    #expect(strike.skew < 0)
    #expect(abs(strike.delta - Normal.cumulative(strike.volatility / 2)) < 1e-14)
    // The volatility of a smile that falls with the strike: sticky delta hedges more, local volatility less.
    #expect(try at(SmileDelta.stickyDelta).delta > strike.delta)
    #expect(try at(SmileDelta.localVolatility).delta < strike.delta)
    let ratio = try SmileDelta.stickiness(
      volatilityChanges: [0.003, -0.0015], skews: [-0.1, -0.1], logReturns: [-0.02, 0.01])
    #expect(abs(ratio - 1.5) < 1e-12)
    #expect(throws: QuantError.self) {
      try SmileDelta.stickiness(volatilityChanges: [0, 0], skews: [0, 0], logReturns: [1, 1])
    }
    let greeks = try Greeks(.call, spot: 100, strike: 100, years: 1, rate: 0, volatility: 0.2)
    let variance = try MinimumVarianceDelta(a: -0.25, b: 0.4, c: -0.3)
    let expected = greeks.delta + greeks.vega / 100 * (-0.25 + 0.4 * greeks.delta - 0.3 * greeks.delta * greeks.delta)
    #expect(abs(try variance.delta(of: greeks, spot: 100, years: 1) - expected) < 1e-15)
  }

  /// What a slice says of a strike and what is said of it directly come to the same delta.
  @Test(arguments: [(OptionKind.call, 80), (.call, 130), (.put, 80), (.put, 130)] as [(OptionKind, Double)])
  func aStrikeNeedsNoSlice(kind: OptionKind, strike: Double) throws {
    let smile = try SVISlice(a: 0.02, b: 0.2, rho: -0.4, m: 0, sigma: 0.2)
    for stickiness in [0, 0.5, 1, 2] {
      let one = try SmileDelta(kind, forward: 100, strike: strike, years: 0.5, smile: smile, stickiness: stickiness)
      let other = try SmileDelta(
        kind, forward: 100, strike: strike, years: 0.5, volatility: one.volatility, skew: one.skew,
        stickiness: stickiness)
      #expect(abs(one.delta - other.delta) < 1e-14)
    }
  }

  /// The price of a digital option by differences in the strike tells from where on no market has such a skew.
  @Test(arguments: [OptionKind.call, .put]) func aSkewThatPaysForADigitalIsRefused(kind: OptionKind) throws {
    func digital(_ skew: Double) throws -> Double {
      let price = { (strike: Double) in
        try Black76(
          .call, forward: 100, strike: strike, years: 0.25, rate: 0, volatility: 0.6 + skew * Double.log(strike / 110)
        ).price
      }
      return try (price(109.999) - price(110.001)) / 0.002
    }
    var seen = [false, false]
    for skew in stride(from: -6.0, through: 6, by: 0.37) {
      let fair = try digital(skew)
      let isFair = fair >= 0 && fair <= 1
      seen[isFair ? 1 : 0] = true
      let delta = {
        try SmileDelta(kind, forward: 100, strike: 110, years: 0.25, volatility: 0.6, skew: skew, stickiness: 0)
      }
      if isFair { _ = try delta() } else { #expect(throws: QuantError.self) { try delta() } }
    }
    #expect(seen == [true, true])
  }

  /// Three marks give a line, more a parabola; the slope at each strike by differences of what they were drawn from.
  @Test func marksGiveTheirSlope() throws {
    let forward = 100 * Double.exp(0.02 * 0.5)
    func smile(_ strikes: [Double], _ curve: (Double) -> Double) throws -> MarkSmile {
      try MarkSmile(
        spot: 100, rate: 0.02, years: 0.5, marks: strikes.map { ($0, curve(Double.log($0 / forward))) })
    }
    let bent = { (k: Double) in 0.6 - 0.2 * k + 0.5 * k * k }
    let four = try smile([70, 90, 105, 140], bent)
    #expect(four.strikes == 4 && abs(four.forward - forward) < 1e-12)
    for strike in [70.0, 90, 100, 140] {
      #expect(abs(try four.skew(atStrike: strike) - (-0.2 + Double.log(strike / forward))) < 1e-12)
    }
    let line = try smile([70, 100, 140]) { 0.6 - 0.3 * $0 }
    for strike in [70.0, 100, 140] { #expect(abs(try line.skew(atStrike: strike) + 0.3) < 1e-12) }
    // Two marks of one strike are one, of their mean.
    let twice = try MarkSmile(
      spot: 100, rate: 0, years: 0.5, marks: [(100, 0.61), (70, 0.7), (140, 0.5), (100, 0.59)])
    let once = try MarkSmile(spot: 100, rate: 0, years: 0.5, marks: [(140, 0.5), (70, 0.7), (100, 0.6)])
    let (first, second) = (try twice.skew(atStrike: 90), try once.skew(atStrike: 90))
    #expect(twice.strikes == 3 && abs(first - second) < 1e-12)
    for marks in [
      [], [(100, 0.6), (120, 0.6)], [(100, 0.6), (102, 0.6), (104, 0.6)], [(100, 0.6), (120, 0), (140, 0.6)],
      [(100, 0.6), (-120, 0.6), (140, 0.6)], [(100, .nan), (120, 0.6), (140, 0.6)],
    ] as [[(Double, Double)]] {
      #expect(throws: QuantError.self) { try MarkSmile(spot: 100, rate: 0, years: 0.5, marks: marks) }
    }
    for (spot, rate, years) in [(0.0, 0.0, 1.0), (100, .infinity, 1), (100, 0, 0), (100, 9_000, 1)] {
      #expect(throws: QuantError.self) {
        try MarkSmile(spot: spot, rate: rate, years: years, marks: [(70, 0.7), (100, 0.6), (140, 0.5)])
      }
    }
  }
}

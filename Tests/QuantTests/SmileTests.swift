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
}

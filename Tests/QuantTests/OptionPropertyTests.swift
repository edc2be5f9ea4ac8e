import RealModule
import Testing

@testable import Quant

struct OptionPropertyTests {
  private static let hostile: [Double] = [
    .nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e-300, 1e300, -1, 0.3, 100,
    .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
  ]

  /// Whatever the numbers: a refusal, or numbers. Every argument in turn meets every hostile value, two at a time.
  @Test func nothingIsNaN() {
    let usual = [100.0, 90, 0.5, 0.05, 0.02, 0.6]
    for first in usual.indices {
      for second in usual.indices {
        for one in Self.hostile {
          for other in Self.hostile {
            var given = usual
            (given[first], given[second]) = (one, other)
            for kind in OptionKind.allCases { expectNumbers(kind, given) }
          }
        }
      }
    }
  }

  private func expectNumbers(_ kind: OptionKind, _ x: [Double]) {
    if let greeks = ifGiven({ () throws(QuantError) in
      try Greeks(kind, spot: x[0], strike: x[1], years: x[2], rate: x[3], carry: x[4], volatility: x[5])
    }) {
      let all = [
        greeks.price, greeks.delta, greeks.gamma, greeks.vega, greeks.theta, greeks.rho, greeks.phi, greeks.vanna,
        greeks.volga, greeks.charm, greeks.speed, greeks.zomma, greeks.strikeDelta,
      ]
      #expect(all.allSatisfy { $0.isFinite } && greeks.price >= 0 && greeks.gamma >= 0 && greeks.vega >= 0, "\(x)")
    }
    let volatility = ifGiven { () throws(QuantError) in
      try ImpliedVolatility.black76(kind, price: x[3], forward: x[0], strike: x[1], years: x[2], discount: x[5])
    }
    #expect(volatility.map { $0.isFinite && $0 > 0 } ?? true, "\(x)")
    let digital = ifGiven { () throws(QuantError) in
      try DigitalOption(
        kind, pays: .cash(x[4]), spot: x[0], strike: x[1], years: x[2], rate: x[3], volatility: x[5])
    }
    #expect(digital.map { $0.price.isFinite && $0.delta.isFinite && $0.gamma.isFinite } ?? true, "\(x)")
    let inverse = ifGiven { () throws(QuantError) in
      try InverseOption(kind, forward: x[0], strike: x[1], years: x[2], volatility: x[5])
    }
    #expect(inverse.map { $0.coinPrice.isFinite && $0.theta.isFinite } ?? true, "\(x)")
    let token = ifGiven { () throws(QuantError) in
      try PowerPerpetual(
        spot: x[0], power: x[1], rate: x[3], volatility: x[5], fundingYears: x[2], normalisation: x[4])
    }
    #expect(token.map { $0.mark.isFinite && $0.periodicMark?.isFinite ?? true && $0.vega.isFinite } ?? true, "\(x)")
    let strike = ifGiven { () throws(QuantError) in
      try BlackScholesMerton.strike(
        kind, delta: x[4], spot: x[0], years: x[2], rate: x[3], volatility: x[5])
    }
    #expect(strike.map { $0.isFinite && $0 > 0 } ?? true, "\(x)")
    let replay = ifGiven { () throws(QuantError) in
      try HedgeReplay(
        kind, path: [x[0], x[1], 100], strike: 100, rate: x[3], interval: x[2],
        strategy: .delta(volatility: x[5]), costFraction: x[4])
    }
    #expect(replay.map { $0.profit.isFinite && $0.costs.isFinite } ?? true, "\(x)")
  }

  private func ifGiven<Value>(_ value: () throws(QuantError) -> Value) -> Value? {
    do { return try value() } catch { return nil }
  }

  @Test(arguments: [0.6, 0.9, 1, 1.2, 2.5], [0.01, 0.25, 3.0])
  func parity(_ moneyness: Double, _ years: Double) throws {
    for volatility in [0.05, 0.5, 1.5] {
      let greeks = try OptionKind.allCases.map {
        try Greeks(
          $0, spot: 100, strike: 100 * moneyness, years: years, rate: 0.05, carry: 0.02, volatility: volatility)
      }
      let (call, put) = (greeks[0], greeks[1])
      let forward = 100 * Double.exp(-0.02 * years) - 100 * moneyness * Double.exp(-0.05 * years)
      #expect(abs(call.price - put.price - forward) < 1e-11)
      #expect(abs(call.delta - put.delta - Double.exp(-0.02 * years)) < 1e-14)
      #expect(call.gamma == put.gamma && call.vega == put.vega && call.vanna == put.vanna && call.speed == put.speed)
      // The equation they all solve: θ + (r − q) S Δ + σ² S² Γ/2 = r V.
      let residue =
        call.theta + 0.03 * 100 * call.delta + 0.5 * volatility * volatility * 10_000 * call.gamma - 0.05 * call.price
      #expect(abs(residue) < 1e-10)
    }
  }

  @Test func pricesRiseWithVolatilityAndStayInBounds() throws {
    for moneyness in [0.5, 0.95, 1, 1.05, 2] {
      var last = -1.0
      for volatility in stride(from: 0.0, through: 5, by: 0.05) {
        let price = try BlackScholesMerton.price(
          .call, spot: 100, strike: 100 * moneyness, years: 0.3, rate: 0.01, volatility: volatility)
        #expect(price >= last && price <= 100 && price >= 100 - 100 * moneyness)
        last = price
      }
    }
  }

  @Test func strikeOfADelta() throws {
    for (kind, delta) in [(OptionKind.call, 0.25), (.put, -0.1), (.call, 0.9)] {
      let strike = try BlackScholesMerton.strike(
        kind, delta: delta, spot: 3000, years: 0.1, rate: 0.03, carry: 0.01, volatility: 0.7)
      let found = try BlackScholesMerton.delta(
        kind, spot: 3000, strike: strike, years: 0.1, rate: 0.03, carry: 0.01, volatility: 0.7)
      #expect(abs(found - delta) < 1e-13)
    }
    #expect(throws: QuantError.noSolution("a strike of this delta")) {
      try BlackScholesMerton.strike(.call, delta: -0.2, spot: 1, years: 1, rate: 0, volatility: 1)
    }
  }

  @Test func withoutChance() throws {
    let forward = try Greeks(.put, spot: 90, strike: 100, years: 1, rate: 0.05, carry: 0.01, volatility: 0)
    #expect(abs(forward.price - (100 * Double.exp(-0.05) - 90 * Double.exp(-0.01))) < 1e-12)
    #expect(forward.gamma == 0 && forward.vega == 0 && forward.delta == -Double.exp(-0.01))
    let expired = try Greeks(.put, spot: 90, strike: 100, years: -1, rate: 0.05, volatility: 0.5)
    #expect(expired.price == 10 && expired.delta == -1 && expired.theta == 0 && expired.rho == 0)
    let digital = try DigitalOption(
      .call, pays: .cash(7), spot: 101, strike: 100, years: 0, rate: 0.05, volatility: 0.5)
    #expect(digital.price == 7 && digital.delta == 0 && digital.gamma == 0)
  }

  /// There and back: a volatility to a few units in the last place, however small the price.
  @Test func impliedVolatilityThereAndBack() throws {
    for exponent in stride(from: -5.0, through: 0.5, by: 0.25) {
      let m = Double.pow(10, exponent)
      let strike = 100 * Double.exp(m)
      let black = NormalisedBlack(m: logRatio(strike, 100))
      for ratio in [0.05, 0.3, 1, 1.41, 1.42, 3, 8, 20, 36] {
        let s = m / ratio
        let value = black.value(s)
        let missing = Double.exp(-0.5 * m) - value
        // Closer to its bound than the price has digits, there is nothing to find.
        guard s > 1e-7, s < 8, missing > 1e-9 else { continue }
        let slope = NormalisedBlack.Point(m: m, s: s).slope
        let found = try ImpliedVolatility.black76(
          .call, price: value * (100 * strike).squareRoot(), forward: 100, strike: strike, years: 1)
        let units = 8 * s.ulp + 8 * value.ulp / slope
        #expect(abs(found - s) <= units, "m \(m) s \(s): \(found)")
      }
    }
  }

  @Test func impliedVolatilityOfTinyPrices() throws {
    // By mpmath at 60 digits: 100 against 100 exp(0.6) at σ√T = 0.0165 and 0.0172.
    for volatility in [0.0165, 0.0172, 0.02] {
      let strike = 100 * Double.exp(0.6)
      let black = NormalisedBlack(m: logRatio(strike, 100))
      let price = black.value(volatility) * (100 * strike).squareRoot()
      #expect(price < 1e-190 && price > 0)
      let found = try ImpliedVolatility.black76(.call, price: price, forward: 100, strike: strike, years: 1)
      #expect(abs(found - volatility) < 1e-16)
    }
    #expect(throws: QuantError.self) {
      try ImpliedVolatility.black76(.put, price: 0, forward: 100, strike: 90, years: 1)
    }
  }

  @Test func impliedVolatilityWithRates() throws {
    for kind in OptionKind.allCases {
      for strike in [40.0, 95, 100, 130] {
        let price = try BlackScholesMerton.price(
          kind, spot: 100, strike: strike, years: 0.7, rate: 0.06, carry: 0.03, volatility: 0.8)
        let found = try ImpliedVolatility.blackScholesMerton(
          kind, price: price, spot: 100, strike: strike, years: 0.7, rate: 0.06, carry: 0.03)
        #expect(abs(found - 0.8) < 1e-13)
      }
    }
  }

  @Test func millsRatioMatchesTheTail() {
    for x in stride(from: 0.0, through: 37, by: 0.1) {
      let expected = Normal.cumulative(-x) / Normal.density(x)
      #expect(abs(Normal.millsRatio(x) - expected) <= 8 * expected.ulp, "\(x)")
    }
  }

  @Test func coinsAndDollarsAgree() throws {
    let option = try InverseOption(.put, forward: 2500, strike: 3000, years: 0.1, volatility: 0.9)
    #expect(abs(option.premiumAdjustedDelta - (option.delta - option.coinPrice)) < 1e-15)
    // c(F) by differences.
    let above = try InverseOption(.put, forward: 2500.1, strike: 3000, years: 0.1, volatility: 0.9).coinPrice
    let below = try InverseOption(.put, forward: 2499.9, strike: 3000, years: 0.1, volatility: 0.9).coinPrice
    #expect(abs((above - below) / 0.2 - option.coinDelta) < 1e-11)
  }

  @Test func replaysKeepTheirBooks() throws {
    // By hand: stop-loss of a call at 100, no interest: buys at 101, sells at 99, buys at 103, sells at 104 and pays 4.
    let replay = try HedgeReplay(
      .call, path: [98, 101, 99, 103, 104], strike: 100, rate: 0, interval: 0.1, strategy: .stopLoss, costFraction: 0.01
    )
    #expect(replay.steps.map(\.units) == [0, 1, 0, 1, 1])
    #expect(abs(replay.costs - 0.01 * (101 + 99 + 103 + 104)) < 1e-12)
    #expect(abs(replay.profit - (-2 + 1 - 4.07 - 4)) < 1e-12)
    #expect(throws: QuantError.self) {
      try HedgeReplay(.call, path: [1], strike: 1, rate: 0, interval: 1, strategy: .stopLoss)
    }
  }
}

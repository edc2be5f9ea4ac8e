import Testing

@testable import Quant

struct RealisedVolatilityTests {
  private typealias Sample = RealisedVolatility.Sample

  /// Alternating returns of ±r each `step` seconds: σ = r √(year / step), by hand.
  private func zigzag(count: Int, step: UInt64, factor: Double) -> [Sample] {
    (0..<count).map { Sample(seconds: UInt64($0) * step, price: $0.isMultiple(of: 2) ? 100 : 100 * factor) }
  }

  @Test func alternatingReturnsGiveTheirOwnSize() throws {
    // ln 1.01 per hour, √8760 hours a year: 0.00995033085 · 93.5948717 = 0.931300…
    let volatility = try #require(RealisedVolatility(zigzag(count: 61, step: 3600, factor: 1.01)))
    #expect(abs(volatility.annual - 0.931_299_941) < 1e-8)
    #expect(volatility.returns == 60)
  }

  @Test func unevenSamplingDoesNotMatter() throws {
    // The same variance per second, sampled at 1 and at 4 seconds: returns in ratio 1 : 2.
    var samples = [Sample(seconds: 0, price: 100)]
    for index in 1...40 {
      let gap: UInt64 = index.isMultiple(of: 2) ? 4 : 1
      let size = gap == 4 ? 0.002 : 0.001
      let last = samples[index - 1]
      samples.append(Sample(seconds: last.seconds + gap, price: last.price * (1 + size)))
    }
    let volatility = try #require(RealisedVolatility(samples))
    #expect(abs(volatility.annual - 0.001 * 31_536_000.0.squareRoot()) < 0.01)
  }

  @Test(arguments: [
    [], [Sample(seconds: 1, price: 100)],
    Array(repeating: Sample(seconds: 5, price: 100), count: 50),
    (0..<50).map { Sample(seconds: UInt64($0), price: -1) },
    (0..<50).map { Sample(seconds: UInt64($0), price: .nan) },
    (0..<30).map { Sample(seconds: UInt64($0), price: 100) },
  ])
  private func tooLittleIsNil(_ samples: [Sample]) {
    #expect(RealisedVolatility(samples) == nil)
  }

  @Test func aFlatPriceHasNone() throws {
    let flat = (0..<40).map { Sample(seconds: UInt64($0), price: 100) }
    #expect(try #require(RealisedVolatility(flat)).annual == 0)
  }
}

struct TouchProbabilityTests {
  @Test func oneAndTwoDeviations() throws {
    // 2 N(−1) = 0.31731, 2 N(−2) = 0.04550 (tables of the normal distribution).
    let deviation = 3000 * 0.75 * (600 / 31_536_000.0).squareRoot()
    let one = try #require(
      touchProbability(distance: deviation, price: 3000, annualVolatility: 0.75, seconds: 600))
    let two = try #require(
      touchProbability(distance: 2 * deviation, price: 3000, annualVolatility: 0.75, seconds: 600))
    #expect(abs(one - 0.317_310_507_862_914) < 1e-12)
    #expect(abs(two - 0.045_500_263_896_358) < 1e-12)
  }

  @Test func edges() {
    #expect(touchProbability(distance: 0, price: 1, annualVolatility: 0, seconds: 0) == 1)
    #expect(touchProbability(distance: -1, price: 1, annualVolatility: 1, seconds: 1) == 1)
    #expect(touchProbability(distance: 1, price: 1, annualVolatility: 0, seconds: 1) == 0)
    #expect(touchProbability(distance: 1, price: 1, annualVolatility: 1, seconds: 0) == 0)
    #expect(touchProbability(distance: .nan, price: 1, annualVolatility: 1, seconds: 1) == nil)
    #expect(touchProbability(distance: 1, price: 0, annualVolatility: 1, seconds: 1) == nil)
    #expect(touchProbability(distance: 1, price: 1, annualVolatility: -1, seconds: 1) == nil)
    #expect(touchProbability(distance: 1, price: .infinity, annualVolatility: 1, seconds: 1) == nil)
  }

  @Test func moreTimeAndLessDistanceTouchMoreOften() throws {
    var last = 0.0
    for seconds in stride(from: 60.0, through: 86_400, by: 600) {
      let next = try #require(
        touchProbability(distance: 30, price: 3000, annualVolatility: 0.75, seconds: seconds))
      #expect(next > last && next <= 1)
      last = next
    }
  }
}

import Foundation
import Testing

@testable import Quant

struct VolatilityTests {
  /// The daily mark/pound returns of Bollerslev and Ghysels and the benchmark's figures for them.
  @Test func theBenchmarkOfMaximumLikelihood() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: folder.appending(path: "Fixtures/Vectors/data/dem2gbp.csv"), encoding: .utf8)
    let returns = try text.split(whereSeparator: \.isNewline).dropFirst().map { try #require(Double($0)) }
    #expect(returns.count == 1974)
    let estimate = try GARCHEstimate(returns: returns)
    #expect(abs(estimate.mean - -0.00619041) < 2e-5)
    #expect(abs(estimate.model.omega - 0.0107613) < 2e-5)
    #expect(abs(estimate.model.alpha - 0.153134) < 1e-4)
    #expect(abs(estimate.model.beta - 0.805974) < 1e-4)
    #expect(abs(estimate.logLikelihood - -1106.60788) < 1e-3)
    // The scale of the returns is nothing to the model.
    let scaled = try GARCHEstimate(returns: returns.map { $0 / 100 })
    #expect(abs(scaled.model.alpha - estimate.model.alpha) < 1e-6)
    #expect(abs(scaled.nextVariance / estimate.nextVariance * 1e4 - 1) < 1e-6)
  }

  /// Returns drawn from a model give it back, within what 4,000 of them can tell.
  @Test func drawnReturnsGiveTheirModelBack() throws {
    var numbers = SeededNormals(seed: 10)
    let model = try GARCH(longRunVariance: 0.0009, alpha: 0.08, beta: 0.9)
    var variance = model.longRunVariance
    var returns: [Double] = []
    for _ in 0..<4_000 {
      let r = variance.squareRoot() * numbers.normal()
      returns.append(r)
      variance = try model.next(variance: variance, return: r)
    }
    let found = try GARCHEstimate(returns: returns).model
    #expect(abs(found.alpha - 0.08) < 0.03 && abs(found.beta - 0.9) < 0.04)
    #expect(abs(found.longRunVariance / 0.0009 - 1) < 0.25)
  }

  @Test func seriesWithoutAModelAreRefusedOrFitted() throws {
    #expect(throws: QuantError.self) { try GARCHEstimate(returns: []) }
    #expect(throws: QuantError.self) { try GARCHEstimate(returns: Array(repeating: 0.01, count: 100)) }
    #expect(throws: QuantError.self) {
      try GARCHEstimate(returns: (0..<99).map { $0 == 50 ? .nan : Double($0 % 7) })
    }
    // No trap on series that are nothing like GARCH.
    let zigzag: [Double] = (0..<200).map { $0.isMultiple(of: 2) ? 1 : -1 }
    let spike: [Double] = (0..<200).map { $0 == 100 ? 1e6 : Double($0 % 3) * 1e-6 }
    let ramp: [Double] = (0..<200).map { Double($0) }
    for series in [zigzag, spike, ramp] {
      do { _ = try GARCHEstimate(returns: series) } catch { continue }
    }
  }

  @Test func forecastsGoToTheLongRun() throws {
    let model = try GARCH(omega: 2e-6, alpha: 0.13, beta: 0.86)
    #expect(abs(try model.forecast(variance: 0.001, periods: 5_000) / model.longRunVariance - 1) < 1e-9)
    let mean = try (0..<10).map { try model.forecast(variance: 0.001, periods: $0) }.reduce(0, +) / 10
    #expect(abs(try model.averageForecast(variance: 0.001, periods: 10) / mean - 1) < 1e-12)
    #expect(throws: QuantError.self) { try GARCH(omega: 1, alpha: 0.5, beta: 0.5) }
    #expect(throws: QuantError.self) { try GARCH(omega: 0, alpha: 0.1, beta: 0.5) }
  }

  /// How many times smaller than that of closes the variance of each estimator is, on paths of 1,000 steps without
  /// drift: 7.4, 5.0 and 6.0 in the papers; the steps cost some of it.
  @Test func efficienciesOfRanges() throws {
    var numbers = SeededNormals(seed: 11)
    let days = 1_500
    let steps = 300
    var bars: [PriceBar] = []
    for _ in 0..<days {
      var (x, high, low) = (0.0, 0.0, 0.0)
      for _ in 0..<steps {
        x += numbers.normal() * 0.01 / Double(steps).squareRoot()
        high = max(high, x)
        low = min(low, x)
      }
      bars.append(try PriceBar(open: 1, high: exp(high), low: exp(low), close: exp(x)))
    }
    func efficiency(_ estimate: ([PriceBar]) throws -> Double) throws -> Double {
      var (sum, squares, closeSum, closeSquares) = (0.0, 0.0, 0.0, 0.0)
      for bar in bars {
        let sigma = try estimate([bar])
        let variance = sigma * sigma
        let close = log(bar.close / bar.open) * log(bar.close / bar.open)
        sum += variance
        squares += variance * variance
        closeSum += close
        closeSquares += close * close
      }
      let n = Double(days)
      // Relative, so that the bias of a finite number of steps does not count.
      let own = squares / n / (sum / n * (sum / n)) - 1
      return (closeSquares / n / (closeSum / n * (closeSum / n)) - 1) / own
    }
    // 1,500 days tell the ratio of variances to some 15 %.
    #expect(abs(try efficiency { try RangeVolatility.garmanKlass($0, periodsPerYear: 1) } / 7.4 - 1) < 0.2)
    #expect(abs(try efficiency { try RangeVolatility.parkinson($0, periodsPerYear: 1) } / 5.0 - 1) < 0.2)
    #expect(abs(try efficiency { try RangeVolatility.rogersSatchell($0, periodsPerYear: 1) } / 6.0 - 1) < 0.2)
  }

  @Test func jumpsAreSeen() throws {
    var price = 100.0
    let bars = try (0..<60).map { day in
      let open = price
      price *= day == 30 ? 0.7 : (day.isMultiple(of: 2) ? 1.01 : 0.99)
      return try PriceBar(open: open, high: max(open, price), low: min(open, price), close: price)
    }
    let jump = log(0.7) * log(0.7)
    #expect(abs(try RangeVolatility.jumpVariance(bars) / jump - 1) < 0.2)
    #expect(try RangeVolatility.jumpVariance(Array(bars[..<20])) < jump / 100)
    #expect(throws: QuantError.self) { try PriceBar(open: 10, high: 9, low: 8, close: 9) }
    #expect(throws: QuantError.self) { try RangeVolatility.yangZhang(Array(bars[..<2]), periodsPerYear: 365) }
    #expect(throws: QuantError.self) { try RangeVolatility.parkinson([], periodsPerYear: 365) }
  }

  /// Two half-days are one day, when each half carries half the variance.
  @Test func weightsFollowTheTime() throws {
    var whole = try EWMA(lambda: 0.94, variance: 0.0004)
    var halves = whole
    try whole.update(return: 0.03)
    for _ in 0..<2 { try halves.update(return: 0.03 / 2.0.squareRoot(), periods: 0.5) }
    #expect(abs(whole.variance / halves.variance - 1) < 1e-12)
    #expect(throws: QuantError.self) { try EWMA(lambda: 1, variance: 1) }
    #expect(throws: QuantError.self) { try whole.update(return: .infinity) }
  }

  @Test func weakBetasAreShrunk() throws {
    var numbers = SeededNormals(seed: 12)
    var (x, y): ([Double], [Double]) = ([], [])
    for _ in 0..<300 {
      let common = numbers.normal()
      x.append(common)
      y.append(2 * common + 0.1 * numbers.normal())
    }
    let strong = try EWMACovariance(lambda: 0.97, x: x, y: y)
    let beta = try #require(strong.beta)
    #expect(abs(beta - 2) < 0.1)
    let shrunk = try #require(try strong.shrunkBeta(effectiveCount: strong.effectiveCount))
    #expect(shrunk < beta && shrunk > 0.97 * beta)
    let noise = try EWMACovariance(lambda: 0.97, x: x, y: (0..<300).map { _ in numbers.normal() })
    let weak = try #require(try noise.shrunkBeta(effectiveCount: noise.effectiveCount))
    #expect(abs(weak) < abs(try #require(noise.beta)))
    #expect(try EWMACovariance(lambda: 0.9, x: 0, y: 1).correlation == nil)
  }

  /// Days made from known coefficients give them back; on logarithms a forecast is positive whatever the days.
  @Test func regressionsGiveTheirCoefficientsBack() throws {
    var numbers = SeededNormals(seed: 13)
    var days = (0..<22).map { _ in exp(numbers.normal()) }
    for _ in 0..<400 {
      let week = days.suffix(5).reduce(0, +) / 5
      let month = days.suffix(22).reduce(0, +) / 22
      days.append(0.2 + 0.3 * (days.last ?? 0) + 0.25 * week + 0.15 * month + 0.4 * numbers.uniform())
    }
    let har = try HAR(days)
    #expect(abs(har.daily - 0.3) < 0.1 && abs(har.weekly - 0.25) < 0.2)
    #expect(har.forecast > 0)
    let logarithms = try HAR(days, scale: .logarithms)
    #expect(logarithms.forecast > 0 && abs(logarithms.forecast / har.forecast - 1) < 0.3)
    #expect(throws: QuantError.self) { try HAR(Array(repeating: 1, count: 100)) }
    #expect(throws: QuantError.self) { try HAR([1, 2, 3]) }
    #expect(throws: QuantError.self) { try HAR(days.map { $0 - 5 }, scale: .logarithms) }
  }
}

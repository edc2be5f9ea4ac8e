import Contracts
import Ethereum
import Foundation
import Quant
import TestSupport
import Testing

@testable import Decision

/// Hours of a price that walks by itself, drawn from a seed.
enum Walk {
  /// 2026-01-01 in hours since 1970.
  static let start: UInt32 = 490_896

  /// - Parameter volatility: per √year, as it is on each day from 0.
  static func closes(
    days: Int, seed: UInt64 = 1, from start: UInt32 = start, volatility: (Int) -> Double = { _ in 0.65 }
  ) -> [HourlyCloses.Close] {
    var draws = SplitMix64(seed)
    var level = 800_000.0
    return (0..<days * 24).map { hour in
      var sum = -6.0
      for _ in 0..<12 { sum += Double(draws.next() >> 11) / 9_007_199_254_740_992 }
      level += sum * volatility(hour / 24) / (365.0 * 24).squareRoot() * 100_000
      return HourlyCloses.Close(
        hour: start + UInt32(hour), price: LogPrice(hundredThousandths: Int32(level.rounded())))
    }
  }

  /// When the hours are over.
  static func end(_ closes: [HourlyCloses.Close]) -> UInt64 { (UInt64(closes.last?.hour ?? 0) + 1) * 3_600 }

  static func result(
    _ closes: [HourlyCloses.Close], _ methods: [VolatilityEstimate.Method] = [.ewma, .garch, .har], horizon: Int = 1
  ) throws -> VolatilityStudy.Result {
    var study = VolatilityStudy()
    let history = try #require(HourlyCloses(closes))
    return study.estimates(of: history, methods, horizonDays: horizon, atSeconds: end(closes))
  }
}

@Suite struct HourlyClosesTests {
  private func point(_ seconds: UInt64, _ price: Price) -> PricePoint { PricePoint(atSeconds: seconds, price: price) }

  @Test func theLastPriceOfAnHourIsItsClose() {
    var closes = HourlyCloses()
    closes.add(point(7_200, 100))
    closes.add(point(10_799, 101))
    closes.add(point(10_800, 102))
    // An earlier hour is history's matter.
    closes.add(point(3_600, 500))
    closes.add(point(20_000, 0))
    #expect(closes.closes.map(\.hour) == [2, 3])
    #expect(
      closes.closes.map(\.price) == [LogPrice(hundredThousandths: 461_512), LogPrice(hundredThousandths: 462_497)])
    #expect(closes.finished(atSeconds: 10_900).map(\.hour) == [2])
    #expect(closes.finished(atSeconds: 14_400).map(\.hour) == [2, 3])
  }

  @Test func itIsBounded() throws {
    let closes = Walk.closes(days: 401)
    #expect(HourlyCloses(closes) == nil)
    var history = try #require(HourlyCloses(Array(closes.prefix(HourlyCloses.limit))))
    history.add(point(UInt64(Walk.start + 20_000) * 3_600, 3_000))
    #expect(history.closes.count == HourlyCloses.limit && history.closes.first?.hour == Walk.start + 1)
    let filled = try HourlyCloses().filled(with: closes, words: "a test")
    #expect(filled.closes == Array(closes.suffix(HourlyCloses.limit)))
  }

  @Test func whatWasSeenStaysAndGapsAreFilled() throws {
    let walk = Walk.closes(days: 4)
    let seen = walk.filter { $0.hour % 3 == 0 }
    let told = walk.map { close in
      HourlyCloses.Close(hour: close.hour, price: LogPrice(hundredThousandths: close.price.hundredThousandths + 7))
    }
    let filled = try #require(HourlyCloses(seen)).filled(with: told, words: "a test")
    #expect(filled.closes.map(\.hour) == walk.map(\.hour))
    for (close, own) in zip(filled.closes, walk) where seen.contains(own) { #expect(close == own) }
    #expect(filled.fillings.map(\.words) == ["a test"])
    #expect(filled.words(96) == "96 hourly closes, 94 by a test" || filled.words(96).contains("by a test"))
  }

  @Test func stepsThatNoPriceMakesAreRefused() throws {
    func close(_ hour: UInt32, _ units: Int32) -> HourlyCloses.Close {
      HourlyCloses.Close(hour: hour, price: LogPrice(hundredThousandths: units))
    }
    try HourlyCloses.check([close(1, 0), close(2, 69_315), close(3, 0)])
    #expect(throws: ImplausibleStep(fromHour: 1, toHour: 2)) {
      try HourlyCloses.check([close(1, 0), close(2, 69_316)])
    }
    // Over four days twice as much.
    try HourlyCloses.check([close(1, 0), close(97, 138_630)])
    #expect(throws: ImplausibleStep.self) { try HourlyCloses.check([close(1, 0), close(97, 138_700)]) }
    #expect(throws: ImplausibleStep.self) {
      try HourlyCloses().filled(with: [close(1, .min), close(2, .max)], words: "")
    }
  }
}

@Suite struct VolatilityStudyTests {
  @Test(arguments: [0.3, 0.65, 1.5]) func aWalksVolatilityIsFound(volatility: Double) throws {
    let result = try Walk.result(Walk.closes(days: 200) { _ in volatility })
    #expect(result.gaps.isEmpty && result.estimates.map(\.method) == [.ewma, .garch, .har])
    for estimate in result.estimates {
      let found = estimate.annual.approximateDouble / volatility
      #expect((0.8...1.25).contains(found), "\(estimate.method): \(estimate.annual) of \(volatility)")
    }
  }

  @Test func wilderDaysRaiseEveryEstimate() throws {
    let calm = try Walk.result(Walk.closes(days: 200))
    let wild = try Walk.result(Walk.closes(days: 200) { $0 >= 190 ? 1.6 : 0.65 })
    for (before, after) in zip(calm.estimates, wild.estimates) {
      #expect(after.annual > before.annual, "\(after.method)")
    }
  }

  /// λ 0.94 a day, said again in other words: the weights of the hourly squares.
  @Test func theWeightedAverageIsWhatItSays() throws {
    let closes = Walk.closes(days: 30)
    let squares = zip(closes, closes.dropFirst()).map { pow($1.price.logReturn(since: $0.price), 2) }
    let kept = pow(0.94, 1.0 / 24)
    var variance = squares.reduce(0, +) / Double(squares.count) * 24
    for square in squares { variance = kept * variance + (1 - kept) * square * 24 }
    let estimate = try #require(try Walk.result(closes, [.ewma]).estimates.first)
    #expect(abs(estimate.annual.approximateDouble - (variance * 365).squareRoot()) < 0.000_06)
  }

  @Test func gapsAreNamed() throws {
    func reasons(_ result: VolatilityStudy.Result) -> [String] {
      result.gaps.map { "\($0.method.rawValue) \($0.reason.rawValue)" }
    }
    let none = try Walk.result([])
    #expect(reasons(none) == ["ewma historyTooShort", "garch historyTooShort", "har historyTooShort"])
    let day = try Walk.result(Walk.closes(days: 1))
    #expect(reasons(day) == reasons(none))
    let month = try Walk.result(Walk.closes(days: 40))
    #expect(reasons(month) == ["garch historyTooShort", "har historyTooShort"])
    #expect(month.gaps.first?.detail == "39 of 100 daily returns")
    // A feed that stands still has no logarithm of its variance, and no volatility.
    let still = (0..<150 * 24).map {
      HourlyCloses.Close(hour: Walk.start + UInt32($0), price: LogPrice(hundredThousandths: 5))
    }
    #expect(
      reasons(try Walk.result(still)) == ["ewma absurd", "garch notCalculable", "har historyTooShort"])
    // A day of wild jumps between calm ones is beyond what an honest forecast may be.
    var result = VolatilityStudy.Result()
    result.add(.garch) { try VolatilityEstimate(.garch, annual: 150.0, source: "") }
    result.add(.har) { throw QuantError.notConverged("a test") }
    #expect(reasons(result) == ["garch absurd", "har notConverged"])
    #expect(try VolatilityForecast([]) == nil)
  }

  @Test func nothingIsMadeFromTheRunningHourNorADayThatIsNotOver() throws {
    let closes = Walk.closes(days: 150)
    var study = VolatilityStudy()
    let whole = try #require(HourlyCloses(closes))
    let noon = Walk.end(closes) + 12 * 3_600
    let before = study.estimates(of: whole, [.ewma, .garch, .har], horizonDays: 1, atSeconds: noon)
    var running = whole
    running.add(PricePoint(atSeconds: noon, price: 1_000_000))
    #expect(study.estimates(of: running, [.ewma, .garch, .har], horizonDays: 1, atSeconds: noon) == before)
    // One that has just started says the same.
    var fresh = VolatilityStudy()
    #expect(fresh.estimates(of: running, [.ewma, .garch, .har], horizonDays: 1, atSeconds: noon) == before)
    // The next hour moves the weighted average, and no daily one.
    let after = study.estimates(
      of: running, [.ewma, .garch, .har], horizonDays: 1, atSeconds: noon + 3_600)
    #expect(after.estimates[0] != before.estimates[0])
    #expect(Array(after.estimates.dropFirst()) == Array(before.estimates.dropFirst()))
  }

  @Test func aLongerHorizonLooksTowardsTheLongRun() throws {
    let closes = Walk.closes(days: 300) { $0 % 40 < 20 ? 0.4 : 1.2 }
    let near = try #require(try Walk.result(closes, [.garch]).estimates.first)
    let far = try #require(try Walk.result(closes, [.garch], horizon: 30).estimates.first)
    #expect(near.annual != far.annual && far.source.contains("over 30 days"))
  }

  @Test func marksOfOptionsAreOneMoreEstimate() throws {
    func option(_ index: Int, size: Quantity, mark: Ratio?, markedAt: UInt64 = 900, expiry: UInt64 = 5_000)
      -> ExposureReading
    {
      .option(
        OptionReading(
          source: "book", index: index, expiry: expiry, strike: 3_000, quantity: size, isCall: true,
          markVolatility: mark, markedAt: markedAt,
          terms: OptionTerms(interestRate: 0, maximumMarkAgeSeconds: 600, expiryHoldSeconds: 60)))
    }
    var result = VolatilityStudy.Result()
    result.add(marksOf: [], atSeconds: 1_000)
    #expect(result == VolatilityStudy.Result())
    result.add(
      marksOf: [
        option(0, size: 3, mark: 0.6), option(1, size: -1, mark: 0.8), option(2, size: 9, mark: nil),
        option(3, size: 9, mark: 5, markedAt: 100), option(4, size: 9, mark: 5, expiry: 1_000),
      ], atSeconds: 1_000)
    #expect(result.estimates.map(\.annual) == [0.65])
    #expect(result.estimates.first?.source == "marks of 2 of 5 options")
    result.add(marksOf: [option(0, size: 3, mark: nil)], atSeconds: 1_000)
    #expect(result.gaps.map(\.reason) == [.noMarks])
  }
}

@Suite struct VolatilityForecastTests {
  private func forecast(_ annuals: [Ratio]) throws -> VolatilityForecast? {
    try VolatilityForecast(
      zip(VolatilityEstimate.Method.allCases, annuals).map { VolatilityEstimate($0, annual: $1, source: "") })
  }

  @Test(arguments: [[0.4, 0.9, 0.6], [0.9, 0.6, 0.4], [0.4, 0.6, 0.9]] as [[Ratio]])
  func theWildestEstimateCountsWhereverItStands(annuals: [Ratio]) throws {
    let found = try #require(try forecast(annuals))
    #expect(found.annual == 0.9 && found.estimates.count == 3)
    #expect(found.estimates.first { $0.method == found.method }?.annual == 0.9)
  }

  @Test func whatNoMarketShowsIsLeftOut() throws {
    let found = try #require(try forecast([0, 0.4, VolatilityForecast.absurd]))
    #expect(found.annual == 0.4 && found.estimates.map(\.method) == [.ewma])
    #expect(try forecast([0, VolatilityForecast.absurd]) == nil)
  }
}

@Suite struct MacroReadingTests {
  /// A series that moves with the asset's days, and by itself.
  private func days(
    _ closes: [HourlyCloses.Close], share: Double, wildFrom: Int = .max, seed: UInt64 = 9
  ) -> [MacroReading.Day] {
    var draws = SplitMix64(seed)
    var level = 850_000.0
    var before: Int32?
    return closes.filter { $0.hour % 24 == 20 }.enumerated().compactMap { index, close in
      let move = before.map { Double(close.price.hundredThousandths - $0) } ?? 0
      before = close.price.hundredThousandths
      let own = Double(draws.next() % 2_001) - 1_000
      let scale = index >= wildFrom ? 4.0 : 1
      level += (share * move + (1 - share) * own) * scale
      // Weekends have no value.
      let day = close.hour / 24
      return day % 7 < 5 ? MacroReading.Day(day: day, value: LogPrice(hundredThousandths: Int32(level))) : nil
    }
  }

  @Test func whatMovesTogetherIsFoundAndCalmRaisesNothing() throws {
    let walk = Walk.closes(days: 300)
    let closes = try #require(HourlyCloses(walk))
    let with = try #require(try MacroReading("SPX", days(walk, share: 0.9), closes))
    #expect(with.correlation > 0.8 && with.beta > 0.5 && with.pairs > 150)
    #expect(with.factor >= 1 && with.factor < 1.3)
    let without = try #require(try MacroReading("SPX", days(walk, share: 0), closes))
    #expect(without.correlation < 0.5)
    // What may be chance scales nothing.
    #expect(without.factor < 1.02)
  }

  @Test func wildTimesElsewhereRaiseTheVolatilityAndNeverMoreThanTwice() throws {
    let walk = Walk.closes(days: 300)
    let closes = try #require(HourlyCloses(walk))
    let wild = try #require(try MacroReading("SPX", days(walk, share: 0.9, wildFrom: 280), closes))
    #expect(wild.factor > 1.1 && wild.factor <= 2)
    let estimate = try VolatilityEstimate(.configured, annual: 0.5, source: "")
    let forecast = try #require(try VolatilityForecast([estimate], macroFactor: wild.factor))
    #expect(forecast.annual > 0.55 && forecast.annual <= 1)
  }

  @Test func tooFewDaysSayNothing() throws {
    let walk = Walk.closes(days: 60)
    #expect(try MacroReading("SPX", days(walk, share: 0.9), #require(HourlyCloses(walk))) == nil)
    #expect(try MacroReading("SPX", [], HourlyCloses()) == nil)
    let still = (0..<90).map { MacroReading.Day(day: Walk.start / 24 + $0, value: LogPrice(hundredThousandths: 7)) }
    #expect(try MacroReading("SPX", still, #require(HourlyCloses(Walk.closes(days: 90)))) == nil)
  }
}

@Suite struct WarningTests {
  @Test func everyFallbackIsAWarningOfItsOwnName() {
    for fallback in BandFallback.allCases { #expect(Decision.Warning(fallback).rawValue == fallback.rawValue) }
    for warning in Decision.Warning.allCases { #expect(!warning.meaning.isEmpty && !warning.remedy.isEmpty) }
  }

  @Test func circumstancesCarryThemAndAreReadBack() throws {
    var circumstances = World.circumstances()
    #expect(try JSON(encoding: circumstances)["warnings"] == nil)
    circumstances.warnings = [.macroStale]
    circumstances.volatilityGaps = [VolatilityGap(.garch, .historyTooShort, "3 of 100 daily returns")]
    circumstances.macro = MacroReading(
      series: "SPX", pairs: 60, correlation: 0.4, beta: 1.2, factor: 1.1, newestAtSeconds: 86_400)
    let written = try JSON(encoding: circumstances)
    #expect(try JSON.parse(JSONCoding.encode(circumstances)) == written)
    #expect(try JSONDecoder().decode(Circumstances.self, from: Data(written.encoded())) == circumstances)
  }
}

import Foundation
import Testing

@testable import Quant

/// docs/hedging.md: every number of its tables is what the program calculates.
struct HedgingDocumentTests {
  /// A table of the document by its heading's first cell, as numbers.
  private func table(_ first: String) throws -> [[Double]] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/hedging.md"), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("| \(first) |") }, "\(first)")
    let rows = try lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
      try line.split(separator: "|").map { cell in
        try #require(Double(cell.trimmingCharacters(in: .whitespaces)), "\(cell) in \(line)")
      }
    }
    try #require(!rows.isEmpty)
    return rows
  }

  /// Rounded to as many places as the document shows.
  private func expect(
    _ found: Double, shown: Double, places: Int, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      abs(found - shown) <= 0.5 * pow(10, -Double(places)) * (1 + 1e-9), "\(what): \(found), not \(shown)",
      sourceLocation: sourceLocation)
  }

  /// The desk: short 300 calls, price 3500, 30 days, 65 %, worth 1,000,000 USD, 10 bp.
  private func motion() throws -> TargetMotion {
    let gamma = try BlackScholesMerton.gamma(
      spot: 3500, strike: 3500, years: 30.0 / 365, rate: 0, volatility: 0.65)
    expect(300 * gamma, shown: 0.1827, places: 4, "gamma")
    return try TargetMotion(gamma: 300 * gamma, spot: 3500, volatility: 0.65)
  }

  @Test func theDesksTable() throws {
    let motion = try motion()
    expect((motion.targetVariance / 365).squareRoot(), shown: 21.76, places: 2, "drift of a day")
    let rows = try table("tracking error, %")
    #expect(rows.count == 9)
    for row in rows {
      try #require(row.count == 6)
      let band = try ImpulseBand(
        motion: motion, costs: TradingCosts(fixed: row[1], perUnit: 3.5), targetTrackingError: row[0] * 10_000)
      let label = "\(row[0]) % at \(row[1]) USD"
      expect(band.trigger, shown: row[2], places: 2, "\(label): trigger")
      expect(band.reset, shown: row[3], places: 2, "\(label): reset")
      expect((try #require(band.tradesPerYear)) / 365, shown: row[4], places: 2, "\(label): corrections")
      expect(band.costPerYear, shown: row[5], places: 0, "\(label): cost")
    }
    // What the text says of them.
    func cost(_ error: Double) throws -> Double { try #require(rows.first { $0[0] == error && $0[1] == 20 })[5] }
    #expect(try cost(3) - cost(5) == 8_645)
    #expect(try cost(2) - cost(3) == 12_549)
    #expect(try cost(5) == 10_282)
  }

  @Test func theMultipliersTable() throws {
    let risk = GapRisk.kou(jumpsPerYear: 10, upProbability: 0.4, downRate: 12)
    for row in try table("multiplier") {
      try #require(row.count == 3)
      let plan = try CPPI(multiplier: row[0], guarantee: 1, rate: 0, years: 1)
      expect(plan.toleratedGap * 100, shown: row[1], places: 1, "fall at \(row[0])")
      expect(
        try risk.lossProbability(multiplier: row[0], years: 1) * 100, shown: row[2], places: row[0] < 2 ? 3 : 2,
        "jump at \(row[0])")
    }
    expect(try CPPI.maximumMultiplier(worstGap: 0.415), shown: 2.4, places: 1, "bitcoin's multiplier")
    expect(try CPPI.maximumMultiplier(worstGap: 0.48), shown: 2.08, places: 2, "ether's multiplier")
  }

  @Test func theCarrysTable() throws {
    for row in try table("funding, % per 8 hours") {
      try #require(row.count == 4)
      let annual = try Funding.annualRate(perPeriod: row[0] / 100, periodsPerDay: 3)
      expect(annual * 100, shown: row[1], places: 2, "a year at \(row[0])")
      expect(row[2] / (annual * 100 / 365), shown: row[3], places: 1, "days at \(row[0])")
    }
  }

  /// A quarter of an hour at one and a half times 65 %; without drift.
  @Test func theLiquidationsTable() throws {
    let years = 900 / 31_536_000.0
    let deviation = 1.5 * 0.65 * years.squareRoot()
    expect(deviation * 100, shown: 0.52, places: 2, "a deviation")
    for row in try table("deviations away") {
      try #require(row.count == 3)
      expect(row[0] * deviation * 100, shown: row[1], places: 2, "distance")
      let chance = try #require(
        touchProbability(
          distance: row[0] * deviation * 3500, price: 3500, annualVolatility: 1.5 * 0.65, seconds: 900))
      expect(chance * 100, shown: row[2], places: row[0] > 5 ? 7 : 4, "chance at \(row[0])")
    }
  }

  /// The generations' ratios in the text are the exact ones.
  @Test func theGenerationsRatios() throws {
    let perUnit = try EqualTrackingErrorCosts(
      of: ImpulseBand(motion: motion(), costs: TradingCosts(fixed: 0, perUnit: 1), riskAversion: 1e-5))
    expect(perUnit.centredBandRatio, shown: 1.41, places: 2, "fixed band, fees")
    expect(perUnit.clockRatio, shown: 1.95, places: 2, "clock, fees")
    let fixed = try EqualTrackingErrorCosts(
      of: ImpulseBand(motion: motion(), costs: TradingCosts(fixed: 1, perUnit: 0), riskAversion: 1e-5))
    expect(fixed.centredBandRatio, shown: 1, places: 2, "fixed band, gas")
    expect(fixed.clockRatio, shown: 3, places: 2, "clock, gas")
  }
}

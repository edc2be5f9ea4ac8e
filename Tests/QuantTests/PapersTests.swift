import Foundation
import Testing

@testable import Quant

/// The published results of `make papers`, by the same studies with fewer paths. Vectors (A) and Hull's tables (B) have
/// suites of their own.
struct PapersTests {
  private func expect(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(!findings.isEmpty)
    for finding in findings {
      #expect(
        finding.passed, "\(finding.what) is \(finding.ours), not in \(finding.accepted)",
        sourceLocation: sourceLocation)
    }
  }

  @Test func lelandsPremiumPaysForTheCosts() throws {
    // 250 hedges a path take too long here.
    expect(try LelandStudy.findings(paths: 1_500, cases: Array(LelandStudy.cases.prefix(3))))
  }

  @Test func noBandBesideTheImpulseBandIsCheaper() throws { expect(try BandStudy.optimality(looks: 1_200_000)) }

  @Test func threeGenerationsAtEqualTrackingError() throws { expect(try BandStudy.equalDeviation(looks: 2_000_000)) }

  @Test func insuranceFailsAsOftenAsItsFormulasSay() throws { expect(try InsuranceStudy.findings(paths: 8_000)) }

  @Test func theMarkAgainstThePound() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: folder.appending(path: "Fixtures/Vectors/data/dem2gbp.csv"), encoding: .utf8)
    expect(
      try VolatilityStudy.markPound(
        text.split(whereSeparator: \.isNewline).dropFirst().map { try #require(Double($0)) }))
  }

  @Test func rangesTellMoreThanCloses() throws { expect(try VolatilityStudy.efficiencies(days: 12_000)) }

  @Test func longRunWeights() throws { expect(try WeightStudy.findings()) }

  @Test func aHedgedPositionLosesWhatTheFormulaSays() throws { expect(try LiquidityStudy.findings(paths: 400)) }

  @Test func noSearcherBeatsTheBound() throws { expect(try SandwichStudy.findings(pools: 300)) }

  @Test func liquidationPricesAreWhereMarginEnds() throws { expect(try PerpetualStudy.findings(positions: 4_000)) }

  /// A finding that could not fail would be worth nothing.
  @Test func aWrongNumberFails() {
    #expect(!Finding("wrong", 1.1, published: 1, withinPart: 0.05).passed)
    #expect(!Finding("no number", .nan, atLeast: -1).passed)
    #expect(!Finding("too much", 2, atMost: 1).passed)
    #expect(Finding("right", 1.04, published: 1, withinPart: 0.05).passed)
  }
}

import Contracts
import Ethereum
import Foundation
import Testing

@testable import Decision

/// Another processor's logarithm ends in another digit. No verdict may depend on it.
@Suite struct RoundingTests {
  private static func judged(_ history: [PricePoint], order: OpenOrder?) throws -> Judgement {
    try World.judgement(
      World.observation(orders: order.map { [$0] } ?? []),
      circumstances: World.circumstances { $0.priceHistory = history })
  }

  /// Prices that walk, one a minute.
  private static func walk(seed: UInt64, nudge: (Int) -> Int) -> [PricePoint] {
    var state = seed
    var price: UInt64 = 300_000_000_000
    return (0..<90).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      price = price - 100_000_000 + (state >> 33) % 200_000_001
      // In raw units of 10^-18 dollars; 2^19 of them are the last digit of a Double near 3,000.
      let raw = UInt256(price).multipliedReportingOverflow(by: 10_000_000_000).value
      let step = UInt256(UInt64(nudge(index).magnitude) << 19)
      let moved =
        nudge(index) < 0
        ? raw.subtractingReportingOverflow(step).value : raw.addingReportingOverflow(step).value
      return PricePoint(atSeconds: World.now - 5_400 + UInt64(index) * 60, price: Price(raw: moved))
    }
  }

  @Test(arguments: 1...40)
  func theLastDigitOfEveryDoubleChangesNoVerdict(seed: Int) throws {
    for order in [nil, World.order(-10)] {
      let plain = try Self.judged(Self.walk(seed: UInt64(seed)) { _ in 0 }, order: order)
      for nudge in [{ _ in 1 }, { _ in -1 }, { $0 % 2 == 0 ? 1 : -1 }, { ($0 * 7919) % 3 - 1 }] as [(Int) -> Int] {
        let moved = try Self.judged(Self.walk(seed: UInt64(seed), nudge: nudge), order: order)
        #expect(moved.code == plain.code)
        #expect(moved.actions == plain.actions && moved.reasons == plain.reasons)
        #expect(moved.verdict.checks.map(\.outcome) == plain.verdict.checks.map(\.outcome))
        // There is a Double at work, or this test is about nothing.
        #expect(moved.plan?.figures.contains { $0.name == "volatility" } == true)
      }
    }
  }

  /// The band that adapts, too: its width is rounded to the sixth place of a base unit.
  @Test func theLastDigitChangesNoAdaptiveBand() throws {
    let rule = BandRule.adaptive(
      AdaptiveBand(
        trackingError: 0.03, fallback: FixedBand(width: 0.04, of: .target, reset: .centre)))
    for seed in 1...40 as ClosedRange<UInt64> {
      let bands = try [0, 1, -1].map { nudge in
        let circumstances = World.circumstances {
          $0.priceHistory = Self.walk(seed: seed) { _ in nudge }
          $0.nativePrice = 3000
        }
        let policy = try World.policy(rule: rule)
        let observation = World.observation()
        let calibration = try Calibration(
          try Assessment(observation, policy: policy, circumstances: World.circumstances()), observation,
          policy: policy, circumstances: circumstances,
          venue: ScriptedVenue())
        #expect(calibration.fallback == nil)
        return calibration.band
      }
      #expect(bands[0] == bands[1] && bands[0] == bands[2])
    }
  }

  /// The same of limit or market, slices and what makes a position safe.
  @Test func aPlanIsTheSameOnEveryProcessor() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      for liquidation in [nil, 3020] as [Price?] {
        let plans = try [0, 1, -1].map { nudge in
          let circumstances = World.circumstances {
            $0.priceHistory = Self.walk(seed: seed) { _ in nudge }
            $0.nativePrice = 3000
          }
          let policy = try World.policy(
            target: .absolute(10), execution: ExecutionRules(choice: ChoiceRule(relativeRiskAversion: 50)))
          return try World.judgement(
            World.observation(positions: liquidation == nil ? [] : [World.short(-5, liquidationPrice: liquidation)]),
            policy: policy, circumstances: circumstances, venue: ScriptedVenue(impactPerSquare: 1)
          ).plan
        }
        #expect(plans[0] != nil && plans[0] == plans[1] && plans[0] == plans[2])
      }
    }
  }

  /// Floating point has its places in the judgement: what is calculated there is rounded before anything compares it,
  /// and shown.
  @Test func floatingPointStandsInItsPlaces() throws {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    folder.append(path: "Sources/Decision")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".swift") }
    #expect(names.count > 15)
    let using = try names.filter { name in
      try String(contentsOf: folder.appending(path: name), encoding: .utf8).components(separatedBy: "\n").contains {
        let code = $0.components(separatedBy: "//")[0]
        return code.contains("Double") || code.contains("import Quant")
      }
    }
    let places = [
      "AdaptiveBand.swift",
      "Aims/Aim.swift",
      "Aims/CPPIRule+Aim.swift",
      "Aims/CPPIRule.swift",
      "Aims/CarryRule.swift",
      "Assessment.swift",
      "BandExpectation.swift",
      "BandRule.swift",
      "BandScene.swift",
      "Calibration.swift",
      "Execution/Breakers.swift",
      "Execution/Depth.swift",
      "Execution/OrderChoice.swift",
      "Execution/Schedule.swift",
      "Exposures/Appraisal.swift",
      "Exposures/BookSmiles.swift",
      "Exposures/Exposure.swift",
      "ImpactPace.swift",
      "Liquidation/Advisory.swift",
      "Liquidation/CrossAccount.swift",
      "Liquidation/LiquidationRisk.swift",
      "Prospect.swift",
      "Volatility/HourlyCloses.swift",
      "Volatility/ImpliedVolatility.swift",
      "Volatility/MacroReading.swift",
      "Volatility/VolatilityForecast.swift",
      "Volatility/VolatilityStudy.swift",
    ]
    #expect(using.sorted() == places)
  }
}

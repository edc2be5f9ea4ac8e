import Contracts
import Ethereum
import Foundation
import Testing

@testable import Decision

struct TimeWeightedBandTests {
  private static let fixed = FixedBand(width: 0.04, of: .target, reset: .centre)

  private func calibration(
    since seconds: UInt64?, base: Quantity, minimum: UInt64 = 0, maximum: UInt64 = 1_000
  ) throws -> Calibration {
    let policy = try World.policy(
      target: .absolute(10),
      rule: .timeWeighted(
        TimeWeightedBand(Self.fixed, minimumIntervalSeconds: minimum, maximumAgeSeconds: maximum)),
      orders: World.orders(urgentBands: 3))
    let observation = World.observation(vault: World.vault(base: base))
    var circumstances = World.circumstances()
    circumstances.correctedAtSeconds = seconds.map { World.now - $0 }
    let assessment = try Assessment(observation, policy: policy, circumstances: World.circumstances())
    return try Calibration(
      assessment, observation, policy: policy, circumstances: circumstances, venue: ScriptedVenue())
  }

  @Test(
    arguments: [
      (nil, 0.4), (0, 0.4), (250, 0.3), (500, 0.2), (999, 0.0004), (1_000, 0.0), (9_000, 0.0),
    ] as [(UInt64?, Double)])
  func theBandClosesWithTime(seconds: UInt64?, half: Double) throws {
    #expect(try calibration(since: seconds, base: 10).band.halfWidth == Quantity(floatLiteral: half))
  }

  @Test func whatIsDueGrowsWithTimeAndIsNeverMoreThanTheDrift() throws {
    // 0.25 off: inside at first, due once the band is narrower.
    #expect(try calibration(since: 0, base: 10.25).due == 0)
    #expect(try calibration(since: 250, base: 10.25).due == 0)
    #expect(try calibration(since: 500, base: 10.25).due == -0.25)
    #expect(try calibration(since: 500, base: 9.75).due == 0.25)
  }

  @Test func whileItRestsOnlyWhatIsUrgentIsDue() throws {
    let small = try calibration(since: 50, base: 10.5, minimum: 100)
    #expect(small.due == 0)
    #expect(small.urgency == .routine)
    // Three widths of 0.4.
    #expect(try calibration(since: 50, base: 11.2, minimum: 100).due == 0)
    let large = try calibration(since: 50, base: 11.3, minimum: 100)
    #expect(large.due == -1.3)
    #expect(large.urgency == .urgent)
    #expect(try calibration(since: 100, base: 10.5, minimum: 100).due == -0.5)
  }

  @Test func aTimeThatMakesNoSenseIsNamed() {
    for (minimum, maximum) in [(0, 0), (10, 10), (11, 10)] as [(UInt64, UInt64)] {
      #expect {
        try World.policy(
          rule: .timeWeighted(
            TimeWeightedBand(Self.fixed, minimumIntervalSeconds: minimum, maximumAgeSeconds: maximum)))
      } throws: { "\($0)".contains("band.maximumAge") }
    }
  }
}

struct AdaptiveBandTests {
  private static let fixed = FixedBand(width: 0.04, of: .target, reset: .centre)

  private func rule(
    trackingError: Ratio = 0.03, flow: Ratio = 0.1, monitoring: UInt64 = 12, typical: UInt256? = nil,
    narrowest: Ratio = 0.001, widest: Ratio = 0.5, recovery: UInt64? = nil
  ) -> BandRule {
    .adaptive(
      AdaptiveBand(
        trackingError: trackingError, narrowest: narrowest, widest: widest, flowVolatility: flow,
        monitoringSeconds: monitoring, typicalGasPriceWei: typical, recoverySeconds: recovery,
        fallback: Self.fixed))
  }

  private func circumstances(
    volatility: Double? = 0.65, gwei: UInt64 = 1, nativePrice: Price? = 3000
  ) throws -> Circumstances {
    var circumstances = World.circumstances()
    circumstances.fees = FeeQuote(
      nextBaseFeeWei: UInt256(gwei * World.gwei), tipWei: 0, feeCapWei: UInt256(2 * gwei * World.gwei),
      gasPriceCeilingWei: UInt256(5_000 * World.gwei))
    circumstances.nativePrice = nativePrice
    if let volatility {
      circumstances.volatility = [try VolatilityEstimate(.configured, annual: volatility, source: "a test")]
    }
    return circumstances
  }

  private func calibration(
    _ rule: BandRule, _ circumstances: Circumstances, target: Target = .fractionOfNetAssetValue(0.3),
    base: Quantity = 20, quote: Quantity = 40_000, venue: ScriptedVenue = ScriptedVenue()
  ) throws -> Calibration {
    let policy = try World.policy(target: target, rule: rule)
    let observation = World.observation(vault: World.vault(base: base, quote: quote))
    return try Calibration(
      try Assessment(observation, policy: policy, circumstances: World.circumstances()), observation, policy: policy,
      circumstances: circumstances,
      venue: venue)
  }

  /// The two conditions of the impulse band and its tracking error hold to the rounding of the sixth place, calculated
  /// here from the world's numbers and not from the program's.
  @Test func theBandSolvesItsEquations() throws {
    let band = try calibration(rule(monitoring: 1), circumstances(gwei: 20)).band
    let (b, r) = (band.halfWidth.approximateDouble, band.resetDistance.approximateDouble)
    let (spot, sigma, worth) = (3000.0, 0.65, 100_000.0)
    // Target 0.3 V/S of a vault with 20 ETH of delta.
    let slope = (0.3 * 20 - 10) / spot
    let driftVariance = pow(slope * sigma * spot, 2) + pow(0.1 * worth / spot, 2)
    let priceVariance = pow(sigma * spot, 2)
    let monitored = b + 0.5826 * (driftVariance / 31_536_000).squareRoot()
    let k = 0.0006 * spot
    let fixed = (2_000_000 + 4_350_000) * 20e-9 * spot
    // The tracking error that was asked for.
    let error = (priceVariance * (monitored * monitored + r * r) / 6).squareRoot()
    #expect(abs(error - 0.03 * worth) < 0.01)
    // Both equations give one aversion to risk.
    let byCost = 3 * k * driftVariance / priceVariance / (monitored * r * (monitored + r))
    let byGas = 12 * fixed * driftVariance / priceVariance / ((monitored + r) * pow(monitored - r, 3))
    #expect(abs(byCost / byGas - 1) < 1e-4)
  }

  @Test func dearGasNeverNarrowsTheTriggerAndBringsTheResetNearer() throws {
    var last = try calibration(rule(), circumstances(gwei: 1)).band
    for gwei in [2, 5, 10, 50, 200, 1_000] as [UInt64] {
      let band = try calibration(rule(), circumstances(gwei: gwei)).band
      #expect(band.halfWidth >= last.halfWidth)
      #expect(band.resetDistance <= last.resetDistance)
      last = band
    }
  }

  /// With a typical day named, the tracking error is kept on such a day; when the drift moves faster the band is wider,
  /// and when it moves more slowly it is narrower. Without it, it is kept on both.
  @Test func aTypicalDayKeepsOneAversionToRisk() throws {
    func calibration(flow: Ratio, typical: Ratio?) throws -> Band {
      let rule = BandRule.adaptive(
        AdaptiveBand(
          trackingError: 0.03, narrowest: 0.001, widest: 0.5, flowVolatility: flow, typicalDailyDrift: typical,
          fallback: Self.fixed))
      return try self.calibration(rule, circumstances(gwei: 20), target: .absolute(10)).band
    }
    // Flows alone move this drift: 38.21 % a year is 2 % a day.
    let typical = try calibration(flow: 0.3821, typical: 0.02)
    let plain = try calibration(flow: 0.3821, typical: nil)
    #expect(abs(typical.halfWidth.approximateDouble / plain.halfWidth.approximateDouble - 1) < 1e-3)
    let fast = try calibration(flow: 1.5, typical: 0.02)
    let slow = try calibration(flow: 0.1, typical: 0.02)
    #expect(fast.halfWidth > typical.halfWidth && typical.halfWidth > slow.halfWidth)
    #expect(fast.resetDistance > typical.resetDistance && typical.resetDistance > slow.resetDistance)
    #expect(throws: DecisionError.self) {
      try World.policy(
        rule: .adaptive(AdaptiveBand(trackingError: 0.03, typicalDailyDrift: 0, fallback: Self.fixed)))
    }
  }

  /// With a typical volatility named, the band of a drift that flows move does not know the price's own.
  @Test func aTypicalVolatilityLetsTheWorthStrayInAStorm() throws {
    func trigger(_ volatility: Double, typical: Ratio?) throws -> Double {
      let rule = BandRule.adaptive(
        AdaptiveBand(
          trackingError: 0.03, narrowest: 0.001, widest: 0.5, flowVolatility: 0.3, typicalVolatility: typical,
          fallback: Self.fixed))
      return try calibration(rule, circumstances(volatility: volatility, gwei: 20), target: .absolute(10)).band
        .halfWidth.approximateDouble
    }
    #expect(abs(try trigger(0.6, typical: 0.6) / trigger(0.6, typical: nil) - 1) < 1e-4)
    // Without it a price that moves three times as much has a third of the band; with it, no less than the root of a third.
    #expect(try trigger(1.8, typical: nil) < 0.35 * trigger(0.6, typical: nil))
    #expect(try trigger(1.8, typical: 0.6) > 0.4 * trigger(0.6, typical: 0.6))
    #expect(try trigger(1.8, typical: 0.6) < trigger(0.6, typical: 0.6))
  }

  /// With a typical price of gas the vault waits where gas is dear, beyond what the tracking error alone allows.
  @Test func aSpikeAboveTheTypicalPriceWidensFurther() throws {
    let typical = UInt256(10 * World.gwei)
    let usual = try calibration(rule(typical: typical), circumstances(gwei: 10)).band
    #expect(try calibration(rule(), circumstances(gwei: 10)).band == usual)
    let spike = try calibration(rule(typical: typical), circumstances(gwei: 500)).band
    let bounded = try calibration(rule(), circumstances(gwei: 500)).band
    #expect(spike.halfWidth > bounded.halfWidth)
    let cheap = try calibration(rule(typical: typical), circumstances(gwei: 1)).band
    #expect(cheap.halfWidth < usual.halfWidth)
  }

  @Test func aLargerTrackingErrorIsAWiderBandInProportion() throws {
    let one = try calibration(rule(trackingError: 0.01), circumstances(gwei: 0)).band.halfWidth.approximateDouble
    let three = try calibration(rule(trackingError: 0.03), circumstances(gwei: 0)).band.halfWidth.approximateDouble
    // The correction for looking only every 12 s is the same for both.
    #expect(abs(three / one - 3) < 0.01)
  }

  @Test func moreVolatilityIsANarrowerBand() throws {
    var last: Quantity?
    for volatility in [0.2, 0.4, 0.8, 1.6] {
      let half = try calibration(rule(), circumstances(volatility: volatility)).band.halfWidth
      if let last { #expect(half < last) }
      last = half
    }
  }

  @Test func theBoundsHold() throws {
    // 100,000 at 3,000: 1 % is a third of an ETH.
    let narrow = try calibration(rule(trackingError: 0.0001, narrowest: 0.01), circumstances())
    #expect(narrow.band.halfWidth == (try Usd(1000).quantity(at: 3000, rounding: .towardZero)))
    let wide = try calibration(rule(trackingError: 1, widest: 0.02), circumstances())
    #expect(wide.band.halfWidth == (try Usd(2000).quantity(at: 3000, rounding: .towardZero)))
    #expect(wide.band.resetDistance <= wide.band.halfWidth)
  }

  @Test func whatIsMissingIsNamedAndTheFixedBandHolds() throws {
    let fixed = Band(halfWidth: 0.4, resetDistance: 0)
    let cases: [(BandFallback, Circumstances, ScriptedVenue)] = [
      (.volatilityUnknown, try circumstances(volatility: nil), ScriptedVenue()),
      (.nativePriceMissing, try circumstances(nativePrice: nil), ScriptedVenue()),
      (.costUnknown, try circumstances(), ScriptedVenue(quoteFailure: .foreignState(venue: "scripted"))),
    ]
    for (fallback, circumstances, venue) in cases {
      let calibration = try calibration(rule(), circumstances, venue: venue)
      #expect(calibration.fallback == fallback)
      #expect(calibration.band == fixed)
      #expect(calibration.figures.contains { $0.name == "fixed band because" && $0.value == fallback.rawValue })
    }
    // A vault with nothing in it has no tracking error.
    let poor = try calibration(rule(), circumstances(), target: .absolute(10), base: 0, quote: 0)
    #expect(poor.fallback == .notCalculable)
  }

  @Test func whatIsExpectedIsSaid() throws {
    let figures = try calibration(rule(), circumstances(gwei: 20)).figures
    for name in ["expected corrections", "expected cost", "expected tracking error", "volatility, configured"] {
      #expect(figures.contains { $0.name == name }, "\(name)")
    }
    let error = try #require(figures.first { $0.name == "expected tracking error" })
    #expect(error.value == "3" && error.unit == "%")
  }

  /// The clip agrees with its own cost: quoted at the clip that comes out, the cost is the one that it was made with.
  @Test(arguments: [0.5, 5, 50, 500]) func theClipAgreesWithWhatItCostsAtTheVenuesDepth(impact: Double) throws {
    let venue = ScriptedVenue(impactPerSquare: Ratio(floatLiteral: impact))
    let calibration = try calibration(rule(monitoring: 1), circumstances(gwei: 100), venue: venue)
    let band = calibration.band
    let clip = band.halfWidth.approximateDouble - band.resetDistance.approximateDouble
    let figure = try #require(calibration.figures.first { $0.name == "cost of trading" })
    let expected = (0.0006 * 3_000 + impact * clip) / 3_000 * 100
    #expect(abs((Double(figure.value) ?? 0) / expected - 1) < 0.01, "\(figure.value), \(expected)")
    // A thinner book is corrected in smaller steps.
    let thinner = ScriptedVenue(impactPerSquare: Ratio(floatLiteral: 2 * impact))
    let thin = try self.calibration(rule(monitoring: 1), circumstances(gwei: 100), venue: thinner).band
    #expect(try thin.halfWidth - thin.resetDistance < band.halfWidth - band.resetDistance)
  }

  @Test func whereImpactIsTheMainCostTheDriftIsTradedAwayBitByBit() throws {
    let thin = ScriptedVenue(takerFee: 0.0001, makerFee: 0.0001, impactPerSquare: 200)
    let paced = rule(trackingError: 0.002, recovery: 3_600)
    func calibrated(_ rule: BandRule, _ venue: ScriptedVenue, base: Quantity = 20, since: UInt64? = nil) throws
      -> Calibration
    {
      var circumstances = try circumstances()
      // Two cents a correction, as on a rollup: gas must not be the main cost.
      circumstances.fees = FeeQuote(
        nextBaseFeeWei: 1_000_000, tipWei: 0, feeCapWei: 2_000_000, gasPriceCeilingWei: UInt256(5_000 * World.gwei))
      circumstances.correctedAtSeconds = since.map { World.now - $0 }
      return try calibration(rule, circumstances, target: .absolute(20), base: base, venue: venue)
    }
    let off = try calibrated(paced, thin, base: 22)
    #expect(off.figures.contains { $0.name == "rate because" })
    let part = try #require(off.figures.first { $0.name == "due at a time" }.flatMap { Double($0.value) })
    #expect(part > 0 && part < 100)
    // Towards the target, and by that part of the drift.
    #expect(off.due.isNegative && abs(off.due.approximateDouble + 2 * part / 100) < 0.000_01)
    let short = try calibrated(paced, thin, base: 18)
    #expect(try short.due == off.due.negated())
    // The book is left to fill.
    #expect(try calibrated(paced, thin, base: 22, since: 3_599).due == 0)
    #expect(try calibrated(paced, thin, base: 22, since: 3_600).due == off.due)
    // What is worth less than the smallest clip waits.
    #expect(try calibrated(paced, thin, base: Quantity(floatLiteral: 20.000_1)).due == 0)
    // Not at a deep book, not without a time, and not where gas is dear.
    for (rule, venue) in [
      (paced, ScriptedVenue()), (self.rule(trackingError: 0.002), thin),
    ] {
      #expect(!(try calibrated(rule, venue, base: 22)).figures.contains { $0.name == "rate because" })
    }
    let dear = try calibration(paced, circumstances(gwei: 1_000), target: .absolute(20), base: 22, venue: thin)
    #expect(!dear.figures.contains { $0.name == "rate because" })
  }

  /// What other rules would cost: between the closed forms for proportional costs alone and for fixed ones alone.
  @Test func otherRulesAreComparedAtTheSameTrackingError() throws {
    func value(_ name: String, gwei: UInt64, fee: Ratio) throws -> Double {
      var venue = ScriptedVenue()
      (venue.takerFee, venue.makerFee) = (fee, fee)
      let figures = try calibration(rule(), circumstances(gwei: gwei), venue: venue).figures
      return try #require(figures.first { $0.name == name }.flatMap { Double($0.value) })
    }
    #expect(abs(try value("cost of a fixed band", gwei: 0, fee: 0.001) - 1.4142) < 0.0002)
    #expect(abs(try value("cost of a clock", gwei: 0, fee: 0.001) - 1.9544) < 0.0002)
    #expect(abs(try value("cost of a fixed band", gwei: 100, fee: 0) - 1) < 0.0002)
    #expect(abs(try value("cost of a clock", gwei: 100, fee: 0) - 3) < 0.0002)
  }

  @Test func dearTradingIsCorrectedInSmallerStepsAndDearGasInLargerOnes() throws {
    func clip(gwei: UInt64, fee: Ratio) throws -> Double {
      var venue = ScriptedVenue()
      (venue.takerFee, venue.makerFee) = (fee, fee)
      let band = try calibration(rule(monitoring: 1), circumstances(gwei: gwei), venue: venue).band
      return band.halfWidth.approximateDouble - band.resetDistance.approximateDouble
    }
    let fees = try [0.0001, 0.001, 0.01].map { try clip(gwei: 20, fee: Ratio(floatLiteral: $0)) }
    #expect(fees[0] > fees[1] && fees[1] > fees[2])
    let gas = try [2, 20, 200].map { try clip(gwei: $0, fee: 0.001) }
    #expect(gas[0] < gas[1] && gas[1] < gas[2])
  }

  /// The tracking error alone sets the width; gamma decides how often it is reached.
  @Test func moreGammaIsMoreCorrectionsAndNoOtherWidth() throws {
    func corrections(_ share: Ratio) throws -> (Double, Quantity) {
      let calibration = try calibration(
        rule(flow: 0.01, monitoring: 1), circumstances(gwei: 20), target: .fractionOfNetAssetValue(share))
      let figure = try #require(calibration.figures.first { $0.name == "expected corrections" })
      return (try #require(Double(figure.value)), calibration.band.halfWidth)
    }
    // The larger the part of the vault's worth, the more the target moves with the price.
    let (few, narrow) = try corrections(0.1)
    let (many, wide) = try corrections(0.5)
    #expect(many > few)
    #expect(abs(wide.approximateDouble / narrow.approximateDouble - 1) < 0.02)
  }

  @Test func whatIsMissingIsAFigureBesideTheFallback() throws {
    var circumstances = try circumstances(volatility: nil)
    circumstances.volatilityGaps = [VolatilityGap(.garch, .historyTooShort, "3 of 100 daily returns")]
    let calibration = try calibration(rule(), circumstances)
    #expect(calibration.fallback == .volatilityUnknown)
    let figure = try #require(calibration.figures.first { $0.name == "no GARCH because" })
    #expect(figure.value == "historyTooShort" && figure.source == "3 of 100 daily returns")
  }

  @Test func theMacroFactorRaisesTheVolatilityAndNothingElse() throws {
    var raised = try circumstances()
    raised.macro = MacroReading(
      series: "SPX", pairs: 60, correlation: 0.4, beta: 1.2, factor: 1.2, newestAtSeconds: 86_400)
    let calibration = try calibration(rule(), raised)
    #expect(calibration.figures.contains { $0.name == "volatility" && $0.value == "78" && $0.unit == "%" })
    #expect(calibration.figures.contains { $0.name == "macro factor" && $0.value == "1.2" })
    #expect(calibration.band == (try self.calibration(rule(), circumstances(volatility: 0.78))).band)
  }

  /// Rules that need no forecast print one all the same, where somebody has looked at more than the last hours.
  @Test func everyRuleSaysWhatItIsExpectedToCost() throws {
    let rules: [BandRule] = [
      .fixed(Self.fixed),
      .timeWeighted(TimeWeightedBand(Self.fixed, minimumIntervalSeconds: 0, maximumAgeSeconds: 86_400)),
    ]
    for rule in rules {
      let figures = try calibration(rule, circumstances(gwei: 20), target: .absolute(10)).figures
      for name in ["expected corrections", "expected cost", "expected tracking error", "volatility"] {
        #expect(figures.contains { $0.name == name }, "\(name)")
      }
      // √(b²/6) of 0.4 ETH at 65 % of 3,000 USD, of a vault worth 100,000.
      let error = try #require(figures.first { $0.name == "expected tracking error" })
      #expect(error.value.hasPrefix("0.318"), "\(error.value)")
      let before = try calibration(rule, circumstances(volatility: nil), target: .absolute(10)).figures
      #expect(!before.contains { $0.name.hasPrefix("expected") })
    }
  }

  @Test func nonsenseIsNamed() {
    let rules: [(String, BandRule)] = [
      ("band.trackingError", rule(trackingError: 0)), ("band.trackingError", rule(trackingError: 1.1)),
      ("band.narrowest", rule(narrowest: 0)), ("band.narrowest", rule(narrowest: 0.6)),
      ("band.widest", rule(widest: 1.5)), ("band.flowVolatility", rule(flow: -0.1)),
      ("band.flowVolatility", rule(flow: 6)), ("band.monitoring", rule(monitoring: 0)),
      ("band.bookRecovery", rule(recovery: 0)),
    ]
    for (key, rule) in rules {
      #expect { try World.policy(rule: rule) } throws: { "\($0)".contains(key) }
    }
  }
}

struct BandRecordTests {
  /// Records from before there were kinds.
  @Test func aFixedBandKeepsTheFormItHad() throws {
    let band = BandRule.fixed(FixedBand(width: 0.04, of: .target, reset: .edge))
    let written = try JSON(encoding: band)
    #expect(written == ["basis": "target", "reset": "edge", "width": "0.04"])
    #expect(try written.decoded() == band)
  }

  @Test func everyKindIsReadBack() throws {
    let fixed = FixedBand(width: 0.04, of: .target, reset: .edge)
    let rules: [BandRule] = [
      .timeWeighted(TimeWeightedBand(fixed, minimumIntervalSeconds: 5, maximumAgeSeconds: 50)),
      .adaptive(
        AdaptiveBand(
          trackingError: 0.03, typicalGasPriceWei: 7, typicalDailyDrift: 0.02, typicalVolatility: 0.6, fallback: fixed)),
      .adaptive(AdaptiveBand(trackingError: 0.03, recoverySeconds: 60, fallback: fixed)),
    ]
    for rule in rules { #expect(try JSON(encoding: rule).decoded() == rule) }
  }

  @Test func circumstancesWithoutEstimatesKeepTheirForm() throws {
    var circumstances = World.circumstances()
    let written = try JSON(encoding: circumstances)
    #expect(written["volatility"] == nil)
    #expect(try JSONDecoder().decode(Circumstances.self, from: Data(written.encoded())) == circumstances)
    circumstances.volatility = [try VolatilityEstimate(.garch, annual: 0.5, source: "a test")]
    let again = try JSON(encoding: circumstances)
    #expect(try JSONDecoder().decode(Circumstances.self, from: Data(again.encoded())) == circumstances)
  }
}

extension JSON {
  fileprivate func decoded() throws -> BandRule {
    try JSONDecoder().decode(BandRule.self, from: Data(encoded()))
  }
}

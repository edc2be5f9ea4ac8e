import Contracts
import Ethereum
import Quant
import Testing

@testable import Contracts
@testable import Decision

/// Targets that follow worth, floor, funding or a portfolio: what each asks for in the one world of these tests.
enum AimWorld {
  static func policy(
    _ target: Target, band: FixedBand = FixedBand(width: 0.01, of: .netAssetValue, reset: .centre)
  ) throws -> Policy { try World.policy(target: target, band: band) }

  static func circumstances(
    last: AimMark? = nil, portfolio: [MemberWorth] = [], nativePrice: Price? = 3000,
    _ change: (inout Circumstances) -> Void = { _ in }
  ) -> Circumstances {
    var circumstances = World.circumstances()
    circumstances.aims = AimState(last: last, portfolio: portfolio)
    circumstances.nativePrice = nativePrice
    change(&circumstances)
    return circumstances
  }

  static func assessment(
    _ target: Target, _ observation: Observation = World.observation(), _ circumstances: Circumstances = circumstances()
  ) throws -> Assessment {
    try Assessment(observation, policy: policy(target), circumstances: circumstances)
  }

  static func floor(_ sum: Usd, rate: Ratio = 0, due: UInt64? = nil) -> CPPIRule.Floor {
    .guaranteed(CPPIRule.Guarantee(sum: sum, rate: rate, dueSeconds: due))
  }

  static func share(of members: [String], weight: Ratio = 0.3) -> PortfolioShare {
    PortfolioShare(portfolio: "all", weight: weight, members: members)
  }

  /// A venue's own state of which only its margins matter, in percent.
  static func native(maintenance percent: UInt64) -> NativeVenueState {
    let factor = UInt256(percent).multipliedReportingOverflow(by: UInt256(10_000_000_000_000_000)).value
      .multipliedReportingOverflow(by: 1_000_000_000_000).value
    return .gmxV2(
      GMXv2State(
        account: .zero, positions: [], orders: [],
        parameters: GMXv2State.Parameters(
          estimatedGasBase: 0, estimatedGasPerOraclePrice: 0, estimatedGasMultiplier: 0, increaseGas: 0, decreaseGas: 0,
          requestExpirationSeconds: 300, minimumCollateralUsd: 0, minimumPositionSizeUsd: 0, minimumCollateralFactor: 1,
          minimumCollateralFactorForLiquidation: factor, maximumImpactFactorForLiquidation: 0, positionFeeImproving: 0,
          positionFeeWorsening: 0, claimableLongToken: 0, claimableShortToken: 0),
        indexPrice: 3000, collateralPrice: 1, collateralBalance: 0, collateralAllowance: 0, isRouterController: true))
  }

  static func terms(funding: Ratio = 0, borrowing: Ratio = 0) -> MarketTerms {
    let old = World.terms()
    return MarketTerms(
      isDisabled: false, positionFee: old.positionFee, impactProbe: old.impactProbe,
      impactOfBuyingProbe: old.impactOfBuyingProbe, impactOfSellingProbe: old.impactOfSellingProbe,
      minimumCollateral: 1, minimumPositionSize: 1, borrowingPerSecondLong: .zero,
      borrowingPerSecondShort: borrowing, fundingPerSecondLong: .zero, fundingPerSecondShort: funding,
      cancelDelaySeconds: 300, increaseExecutionGas: 4_350_000, decreaseExecutionGas: 4_350_000,
      collateralBalanceUnits: old.collateralBalanceUnits, collateralAllowanceUnits: .max, collateralDecimals: 6)
  }
}

@Suite struct InsuredAimTests {
  /// 20 ETH and 40,000 USDC at 3,000: worth 100,000.
  @Test(
    arguments: [
      // Below the cap: 2 · (100,000 − 80,000) = 40,000.
      (80_000, 2, 1, 13.333333, "2 · 20,000 USD"),
      (80_000, 1.5, 1, 10, "1.5 · 20,000 USD"),
      // At the cap: 2 · 60,000 would be 120,000.
      (40_000, 2, 1, 33.333333, "the cap of 1"),
      (40_000, 2, 1.1, 36.666666, "the cap of 1.1"),
      (40_000, 2, 0.5, 16.666666, "the cap of 0.5"),
      // At the floor and below it.
      (100_000, 2, 1, 0, "at the floor"), (120_000, 2, 1, 0, "below the floor"),
    ] as [(Int64, Double, Double, Double, String)])
  func holdsTheMultipleOfTheCushion(
    floor: Int64, multiplier: Double, cap: Double, target: Double, what: String
  ) throws {
    let rule = CPPIRule(
      floor: AimWorld.floor(Usd(integerLiteral: floor)), multiplier: Ratio(floatLiteral: multiplier),
      leverageCap: Ratio(floatLiteral: cap))
    let assessment = try AimWorld.assessment(.insured(rule))
    #expect(try assessment.target.rounded(places: 6, .towardZero) == Quantity(floatLiteral: target), "\(what)")
    #expect(assessment.netAssetValue == 100_000)
    // Quant's formula, in floating point, says the same.
    let plan = try CPPI(multiplier: multiplier, guarantee: Double(floor), rate: 0, years: 1)
    let exposure = try plan.exposure(wealth: 100_000, floor: Double(floor), leverageCap: cap)
    #expect(abs(assessment.target.approximateDouble * 3_000 - exposure) < 1e-6)
  }

  @Test func theSlopeIsThatOfTheTable() throws {
    // φ = 40,000/3,000 held on the spot, so that delta is the target: (m − 1) φ / S below the cap.
    func slope(_ base: Quantity, _ quote: Quantity, _ rule: CPPIRule) throws -> (slope: Double, target: Double) {
      let observation = World.observation(vault: World.vault(base: base, quote: quote))
      let assessment = try AimWorld.assessment(.insured(rule), observation)
      #expect(assessment.gammaOfDrift == -assessment.aim.slope)
      return (assessment.aim.slope, assessment.target.approximateDouble)
    }
    let below = try slope(15, 45_000, CPPIRule(floor: AimWorld.floor(60_000), multiplier: 1.5, leverageCap: 1))
    // Worth 90,000, cushion 30,000, φ = 15.
    #expect(abs(below.target - 15) < 1e-9 && abs(below.slope - 0.5 * 15 / 3_000) < 1e-12)
    // At the cap of 1 a vault that holds nothing else needs no trade at any price.
    let capped = try slope(30, 0, CPPIRule(floor: AimWorld.floor(10_000), multiplier: 2, leverageCap: 1))
    #expect(abs(capped.target - 30) < 1e-9 && abs(capped.slope) < 1e-12)
    let cashedIn = try slope(10, 0, CPPIRule(floor: AimWorld.floor(60_000)))
    #expect(cashedIn.target == 0 && cashedIn.slope == 0)
  }

  @Test func atItsFloorTheVaultIsCashedInAndSaysSo() throws {
    func warnings(_ floor: Usd) throws -> [Decision.Warning] {
      try AimWorld.assessment(.insured(CPPIRule(floor: AimWorld.floor(floor)))).aim.warnings
    }
    #expect(try warnings(99_999) == [])
    #expect(try warnings(100_000) == [.floorReached])
    #expect(try warnings(100_001) == [.floorReached, .floorBroken])
    // The plan takes all of it off the table.
    let policy = try AimWorld.policy(.insured(CPPIRule(floor: AimWorld.floor(100_000))))
    let judgement = try World.judgement(policy: policy)
    #expect(judgement.assessment?.target == 0 && judgement.calibration?.due == -20)
    #expect(judgement.actions.count == 1 && judgement.actions.allSatisfy { $0.hasPrefix("place -") })
  }

  @Test func aFallBeyondTheWorstGapIsSaid() throws {
    func warnings(_ before: Price) throws -> [Decision.Warning] {
      let circumstances = AimWorld.circumstances {
        $0.priceHistory = [PricePoint(atSeconds: World.now - 30, price: before)]
      }
      let rule = CPPIRule(floor: AimWorld.floor(50_000), multiplier: 3, worstGap: 0.25)
      return try AimWorld.assessment(.insured(rule), World.observation(), circumstances).aim.warnings
    }
    #expect(try warnings(3_999) == [])
    #expect(try warnings(4_000) == [.gapExceeded])
    #expect(try warnings(2_000) == [])
  }

  @Test func aFloorGrowsToItsSumAndStaysThere() throws {
    let day: UInt64 = 86_400
    func floor(daysLeft: UInt64, rate: Ratio = 0.05) throws -> String? {
      let due = World.now + daysLeft * day
      let rule = CPPIRule(floor: AimWorld.floor(80_000, rate: rate, due: due))
      return try AimWorld.assessment(.insured(rule)).figures.first { $0.name == "floor" }?.value
    }
    // 80,000 e^(−0.05), 80,000 e^(−0.05 · 0.2), and the sum.
    #expect(try floor(daysLeft: 365) == "76098.35")
    #expect(try floor(daysLeft: 73) == "79203.99")
    #expect(try floor(daysLeft: 0) == "80000")
    #expect(try floor(daysLeft: 365, rate: 0) == "80000")
  }

  /// The formula itself is held to its vectors in QuantTests; here, that it is asked the right question.
  @Test func theShortfallProbabilityIsPrinted() throws {
    let estimate = try VolatilityEstimate(.configured, annual: 0.8, source: "a test")
    let circumstances = AimWorld.circumstances { $0.volatility = [estimate] }
    let due = World.now + 26 * 86_400
    let rule = CPPIRule(
      floor: AimWorld.floor(80_000, due: due), multiplier: 3, worstGap: 0.3, controlSeconds: 86_400)
    let figures = try AimWorld.assessment(.insured(rule), World.observation(), circumstances).figures
    let figure = try #require(figures.first { $0.name == "shortfall probability" })
    let plan = try CPPI(multiplier: 3, guarantee: 80_000, rate: 0, years: 26.0 / 365)
    let expected = try CPPIShortfall(plan, wealth: 100_000, drift: 0, volatility: 0.8, rebalancings: 26).probability
    #expect(abs((Double(figure.value) ?? -1) / 100 - expected) < 1e-6, "\(figure)")
    #expect(figure.unit == "%" && figure.source.contains("26 corrections in 26 days"))
    #expect(figures.first { $0.name == "highest multiplier" }?.value == "3.333333")
    // Without a volatility nobody can say, and nothing is said.
    let silent = try AimWorld.assessment(.insured(rule)).figures
    #expect(!silent.contains { $0.name == "shortfall probability" })
  }

  @Test func theMultiplierIsBoundByGapAndJumps() throws {
    func defect(_ multiplier: Ratio, gap: Ratio, jumps: JumpModel? = nil) -> String? {
      CPPIRule(floor: AimWorld.floor(1), multiplier: multiplier, worstGap: gap, jumps: jumps).firstDefect?.description
    }
    #expect(defect(2.4, gap: 0.4) == nil)
    #expect(defect(2.5, gap: 0.4)?.contains("less than 2.5") == true)
    #expect(defect(2.1, gap: 0.48)?.contains("less than 2.083333") == true)
    // QUANT's Kou: λ = 10, p = 0.4, η = 12; a loss of 1 % a year allows m = 1 ÷ (1 − (6/0.01005)^(−1/12)).
    let kou = JumpModel(.kou(upProbability: 0.4, downRate: 12), jumpsPerYear: 10)
    let highest = try GapRisk.kou(jumpsPerYear: 10, upProbability: 0.4, downRate: 12)
      .maximumMultiplier(ruinProbability: 0.01, years: 1)
    #expect(highest > 2.4 && highest < 2.5)
    #expect(defect(2.4, gap: 0.1, jumps: kou) == nil)
    #expect(defect(2.5, gap: 0.1, jumps: kou)?.contains("by the jumps") == true)
    // Jumps so rare that only the gap binds.
    let rare = JumpModel(.merton(mean: -0.1, deviation: 0.05), jumpsPerYear: 0.001)
    #expect(defect(9.9, gap: 0.1, jumps: rare) == nil)
    #expect(throws: DecisionError.self) {
      try AimWorld.policy(.insured(CPPIRule(floor: AimWorld.floor(1), multiplier: 3, worstGap: 0.4)))
    }
    for bad in [
      CPPIRule(floor: AimWorld.floor(0)), CPPIRule(floor: AimWorld.floor(1, rate: 0.1)),
      CPPIRule(floor: AimWorld.floor(1), multiplier: 1), CPPIRule(floor: AimWorld.floor(1), leverageCap: 0),
      CPPIRule(floor: AimWorld.floor(1), worstGap: 0), CPPIRule(floor: AimWorld.floor(1), controlSeconds: 0),
      CPPIRule(floor: .ratcheted(CPPIRule.Ratchet(share: 1))),
      CPPIRule(floor: .ratcheted(CPPIRule.Ratchet(share: 0.8, leastPeak: 0))),
    ] { #expect(bad.firstDefect != nil, "\(bad)") }
  }

  @Test func moreMultiplierNeverHoldsLess() throws {
    for floor in [0.5, 20_000, 60_000, 99_000, 99_999.99, 100_000, 130_000] as [Usd] {
      for cap in [0.3, 1, 4] as [Ratio] {
        var last = Quantity.zero
        for multiplier in [1.01, 1.2, 2, 2.5, 4, 7, 10] as [Ratio] {
          let rule = CPPIRule(floor: AimWorld.floor(floor), multiplier: multiplier, leverageCap: cap, worstGap: 0.05)
          let target = try AimWorld.assessment(.insured(rule)).target
          #expect(target >= last && !target.isNegative)
          last = target
        }
      }
    }
  }

  // MARK: a floor that ratchets

  private func ratchet(
    last: AimMark?, base: Quantity = 20, shares: UInt256? = nil, from: UInt64 = 0, least: Usd? = nil
  ) throws -> (aim: Aim, floor: String?, peak: String?) {
    let rule = CPPIRule(
      floor: .ratcheted(CPPIRule.Ratchet(share: 0.8, leastPeak: least, fromSeconds: from)), multiplier: 2)
    let vault = World.vault(base: base)
    let reading = VaultReading(balances: vault.balances, totalAssets: nil, totalSupply: shares, isPaused: false)
    let assessment = try AimWorld.assessment(
      .insured(rule), World.observation(vault: reading), AimWorld.circumstances(last: last))
    func value(_ name: String) -> String? { assessment.figures.first { $0.name == name }?.value }
    return (assessment.aim, value("floor"), value("peak worth"))
  }

  private func mark(_ worth: Usd, shares: UInt256? = nil, peak: Usd? = nil, at: UInt64 = World.now - 17) -> AimMark {
    AimMark(
      atSeconds: at, worth: worth, shares: shares,
      peak: peak.map { PeakMark(worth: $0, shares: shares, sinceSeconds: World.now - 1_000) })
  }

  @Test func theFloorRatchetsWithThePeakAndNeverFalls() throws {
    // A first look: the worth is all there is, and it is no peak yet.
    let first = try ratchet(last: nil)
    #expect(first.floor == "80000" && first.aim.mark?.peak == nil && first.aim.mark?.worth == 100_000)
    // Seen twice, the lower of both is one.
    #expect(try ratchet(last: mark(99_000)).aim.mark?.peak?.worth == 99_000)
    #expect(try ratchet(last: mark(150_000)).aim.mark?.peak?.worth == 100_000)
    // A peak stays, whatever the worth is now.
    let fallen = try ratchet(last: mark(112_000, peak: 120_000))
    #expect(fallen.floor == "96000" && fallen.peak == "120000" && fallen.aim.mark?.peak?.worth == 120_000)
    #expect(try fallen.aim.quantity == Usd(8_000).quantity(at: 3_000, rounding: .towardZero))
    // The policy's own peak counts where it is higher.
    #expect(try ratchet(last: mark(99_000), least: 110_000).floor == "88000")
    // What was before the date does not.
    #expect(try ratchet(last: mark(90_000, peak: 120_000), from: World.now - 100).floor == "72000")
    #expect(try ratchet(last: mark(90_000, peak: 120_000), from: World.now - 5).floor == "80000")
  }

  /// One block that shows a tenfold price, however it passed the guards: the floor of the next tick is what it was.
  @Test func oneManipulatedLookLiftsNothing() throws {
    let before = try #require(try ratchet(last: mark(100_000, peak: 100_000)).aim.mark)
    let spiked = try ratchet(last: before, base: 200)
    #expect(spiked.peak == "100000")
    let after = try ratchet(last: spiked.aim.mark)
    #expect(after.floor == "80000" && after.aim.mark?.peak?.worth == 100_000)
  }

  @Test func withSharesADepositIsNoGainAndAWithdrawalNoLoss() throws {
    // A tenth more shares for a tenth more worth: the floor is a tenth higher, and nothing per share has changed.
    let held = mark(100_000, shares: 1_000, peak: 100_000)
    let deposited = try ratchet(last: held, base: 23.333333333, shares: 1_100)
    #expect(deposited.peak == "110000" && deposited.floor == "88000")
    // Half of everything withdrawn.
    let withdrawn = try ratchet(last: mark(200_000, shares: 1_000, peak: 200_000), shares: 500)
    #expect(withdrawn.peak == "100000" && withdrawn.floor == "80000" && withdrawn.aim.warnings == [])
    // Without shares it looks like a loss.
    #expect(try ratchet(last: mark(200_000, peak: 200_000)).aim.warnings == [.floorReached, .floorBroken])
    // Shares of nothing tell nothing.
    #expect(try ratchet(last: mark(100_000, shares: 0, peak: 100_000), shares: 500).peak == "100000")
  }
}

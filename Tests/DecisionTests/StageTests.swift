import Contracts
import Ethereum
import Testing

@testable import Decision

struct AssessmentTests {
  @Test func readmeVault() throws {
    let assessment = try Assessment(World.observation(), policy: World.policy(), circumstances: World.circumstances())
    #expect(assessment.netAssetValue == 100_000)
    #expect(assessment.delta == 20)
    #expect(assessment.target == 10)
    #expect(assessment.drift == 10)
    #expect(assessment.worstCaseDrift.low == 10 && assessment.worstCaseDrift.high == 10)
    #expect(assessment.liquidationDistance == nil)
    #expect(assessment.collateralFree == 40_000)
  }

  @Test func hedgedVaultAfterARiseOfEightPercent() throws {
    let observation = World.observation(
      price: World.feed(3240), vault: World.vault(quote: 30_000),
      positions: [World.short(unrealised: -2400, pendingFees: 12, liquidationPrice: 3888)])
    let assessment = try Assessment(observation, policy: World.policy(), circumstances: World.circumstances())
    // 20 × 3240 + 30,000 + 10,000 − 2,400 − 12
    #expect(assessment.netAssetValue == 102_388)
    #expect(assessment.delta == 10)
    // 0.3 × 102,388 ÷ 3,240 = 9.48037037…
    #expect(try assessment.target.rounded(places: 6, .down) == 9.480370)
    #expect(assessment.liquidationDistance == 0.2)
  }

  /// Orders count in worth by their collateral and in delta by any subset that may fill.
  @Test(arguments: [
    ([-10.0], 10.0, 20.0), ([5.0], 20.0, 25.0), ([-10.0, 5.0, -1.0], 9.0, 25.0), ([], 20.0, 20.0),
  ])
  func worstCase(changes: [Double], low: Double, high: Double) throws {
    let orders = changes.enumerated().map { index, change in
      World.order(Quantity(floatLiteral: change), key: UInt8(index), collateral: 1000)
    }
    let assessment = try Assessment(
      World.observation(orders: orders), policy: World.policy(), circumstances: World.circumstances())
    #expect(assessment.worstCaseDelta.low == Quantity(floatLiteral: low))
    #expect(assessment.worstCaseDelta.high == Quantity(floatLiteral: high))
    #expect(assessment.netAssetValue == Usd(floatLiteral: 100_000 + 1000 * Double(changes.count)))
  }

  @Test func finalOrdersCountForNothing() throws {
    let filled = World.order(-10, state: .filled(averagePrice: nil, feesUsd: nil), collateral: 1000)
    let cancelled = World.order(-10, key: 2, state: .cancelled(reason: "", refunded: true), collateral: 1000)
    let assessment = try Assessment(
      World.observation(orders: [filled, cancelled]), policy: World.policy(), circumstances: World.circumstances())
    #expect(assessment.worstCaseDelta.low == 20)
    #expect(assessment.netAssetValue == 100_000)
  }

  @Test func quoteTokenIsWorthWhatItsFeedSays() throws {
    let observation = World.observation(quotePrice: World.feed(0.9, minimum: nil))
    let assessment = try Assessment(observation, policy: World.policy(), circumstances: World.circumstances())
    #expect(assessment.netAssetValue == 96_000)
    #expect(assessment.collateralFree == 36_000)
  }

  @Test func allowanceLimitsFreeCollateral() throws {
    let observation = World.observation(terms: World.terms(allowance: 5_000_000_000))
    #expect(
      try Assessment(observation, policy: World.policy(), circumstances: World.circumstances()).collateralFree == 5000)
  }

  /// The venue's own token counts, whatever other quote tokens the vault lists before it.
  @Test func collateralIsCountedInTheVenuesDecimals() throws {
    let dai = SpotToken(symbol: "DAI", address: nil, decimals: 18, role: .quote)
    let balances = [SpotBalance(token: dai, units: 1)] + World.vault().balances
    let vault = VaultReading(balances: balances, totalAssets: nil, totalSupply: nil, isPaused: false)
    #expect(
      try Assessment(World.observation(vault: vault), policy: World.policy(), circumstances: World.circumstances())
        .collateralFree == 40_000)
  }

  @Test func aWorthlessVaultHasNoFraction() throws {
    let observation = World.observation(
      vault: World.vault(base: 0, quote: 0), positions: [World.short(collateral: 0, unrealised: -100)])
    let assessment = try Assessment(observation, policy: World.policy(), circumstances: World.circumstances())
    #expect(assessment.netAssetValue == -100)
    #expect(assessment.target == 0)
  }

  @Test func withoutPriceThereIsNone() throws {
    let policy = try World.policy()
    #expect(throws: DecisionError.missing(stage: .assessment, what: "price of the base asset")) {
      try Assessment(World.observation(price: World.feed(nil)), policy: policy, circumstances: World.circumstances())
    }
    #expect(throws: DecisionError.missing(stage: .assessment, what: "price of the quote token")) {
      try Assessment(
        World.observation(quotePrice: World.feed(nil)), policy: policy, circumstances: World.circumstances())
    }
    #expect(throws: DecisionError.missing(stage: .assessment, what: "reading of the venue")) {
      try Assessment(World.observation(hasVenue: false), policy: policy, circumstances: World.circumstances())
    }
  }

  @Test func figuresCarryNumberUnitAndSource() throws {
    let figures = try Assessment(World.observation(), policy: World.policy(), circumstances: World.circumstances())
      .figures
    #expect(figures.contains(Figure(name: "drift", value: "10", unit: "ETH", source: "delta − target")))
    #expect(figures.contains { $0.name == "net asset value" && $0.value == "100000" && $0.unit == "USD" })
  }
}

struct CalibrationTests {
  /// target, band (width, basis, reset), base held → half-width, due
  @Test(arguments: [
    (10.0, 0.04, FixedBand.Basis.target, FixedBand.Reset.centre, 20.0, 0.4, -10.0),
    (10.0, 0.04, .target, .edge, 20.0, 0.4, -9.6),
    (10.0, 0.04, .target, .centre, 10.4, 0.4, 0.0),
    (10.0, 0.04, .target, .centre, 9.6, 0.4, 0.0),
    (10.0, 0.04, .target, .centre, 9.5, 0.4, 0.5),
    (10.0, 0.04, .target, .edge, 9.5, 0.4, 0.1),
    (-10.0, 0.04, .target, .centre, 0.0, 0.4, -10.0),
    // NAV = 20 × 3000 + 40,000: 3 % of 100,000 is 1 ETH
    (0.0, 0.03, .netAssetValue, .centre, 20.0, 1.0, -20.0),
    (19.5, 0.03, .netAssetValue, .centre, 20.0, 1.0, 0.0),
    (18.5, 0.03, .netAssetValue, .edge, 20.0, 1.0, -0.5),
  ])
  func bandAndDue(
    target: Double, width: Double, basis: FixedBand.Basis, reset: FixedBand.Reset, base: Double, half: Double,
    due: Double
  ) throws {
    let policy = try World.policy(
      target: .absolute(Quantity(floatLiteral: target)),
      band: FixedBand(width: Ratio(floatLiteral: width), of: basis, reset: reset))
    let observation = World.observation(vault: World.vault(base: Quantity(floatLiteral: base)))
    let assessment = try Assessment(observation, policy: policy, circumstances: World.circumstances())
    let calibration = try Calibration(assessment, observation, policy: policy)
    #expect(calibration.band.halfWidth == Quantity(floatLiteral: half))
    #expect(calibration.due == Quantity(floatLiteral: due))
  }

  @Test func urgencyIsCountedInHalfWidths() throws {
    for (bands, isUrgent) in [(25.0, true), (25.001, false)] as [(Double, Bool)] {
      let policy = try World.policy(orders: World.orders(urgentBands: Ratio(floatLiteral: bands)))
      let assessment = try Assessment(World.observation(), policy: policy, circumstances: World.circumstances())
      let calibration = try Calibration(assessment, World.observation(), policy: policy)
      #expect(calibration.bandsOfDrift == 25)
      #expect(calibration.isUrgent == isUrgent)
    }
  }

  @Test func ordersAreSubtractedInDueAfterOrders() throws {
    let observation = World.observation(orders: [World.order(-9)])
    let assessment = try Assessment(observation, policy: World.policy(), circumstances: World.circumstances())
    let calibration = try Calibration(assessment, observation, policy: World.policy())
    #expect(calibration.due == -10)
    #expect(calibration.dueAfterOrders == -1)
  }
}

struct PolicyTests {
  @Test func aPercentageOfAZeroTargetIsAnError() {
    for target in [Target.absolute(0), .fractionOfNetAssetValue(0)] {
      #expect(throws: DecisionError.policy(.bandOfZeroTarget)) { try World.policy(target: target) }
    }
    #expect(throws: Never.self) {
      try World.policy(target: .absolute(0), band: FixedBand(width: 0.04, of: .netAssetValue, reset: .edge))
    }
  }

  @Test func nonsenseIsNamed() throws {
    let cases: [(String, () throws -> Policy)] = [
      ("band.width", { try World.policy(band: FixedBand(width: 0, of: .target, reset: .edge)) }),
      ("band.width", { try World.policy(band: FixedBand(width: 1.1, of: .target, reset: .edge)) }),
      ("minimumClip", { try World.policy(minimumClip: -1) }),
      ("maximumClip", { try World.policy(minimumClip: 0, maximumClip: 0) }),
      ("maximumClip", { try World.policy(minimumClip: 10, maximumClip: 9) }),
      ("priceBound", { try World.policy(priceBound: 0) }),
      ("priceBound", { try World.policy(priceBound: 0.6) }),
      ("leverage", { try World.policy(leverage: 0) }),
      ("leverage", { try World.policy(leverage: 101) }),
      ("orders.limitOffset", { try World.policy(orders: World.orders(limitOffset: -0.1)) }),
      ("orders.limitOffset", { try World.policy(orders: World.orders(limitOffset: 0.2)) }),
      ("orders.urgentBands", { try World.policy(orders: World.orders(urgentBands: 0.5)) }),
      ("orders.requoteTolerance", { try World.policy(orders: World.orders(tolerance: 1.5)) }),
    ]
    for (key, make) in cases {
      let error = #expect(throws: DecisionError.self) { try make() }
      guard case .policy(.range(let named, _, _))? = error else {
        Issue.record("\(key): \(String(describing: error))")
        continue
      }
      #expect(named == key)
    }
  }
}

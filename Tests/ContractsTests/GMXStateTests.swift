import Ethereum
import Testing

@testable import Contracts

/// Hand-built answers of Reader and DataStore become units.
@Suite struct GMXStateTests {
  private let fixture = Fixture.shared

  @Test func emptyAccount() throws {
    let state = try Scenario.state()
    #expect(state.positions.isEmpty)
    #expect(state.orders.isEmpty)
    let terms = state.terms
    #expect(!terms.isDisabled)
    #expect(terms.positionFee == (try Ratio(decimal: "0.0006")), "the worse of the two rates")
    #expect(terms.minimumCollateral == .one)
    #expect(terms.minimumPositionSize == .one)
    #expect(terms.cancelDelaySeconds == 300)
    #expect(terms.increaseExecutionGas == 4_350_000)
    #expect(terms.decreaseExecutionGas == 4_350_000)
    #expect(terms.impactOfBuyingProbe == .zero, "a gain is no cost")
    #expect(terms.impactOfSellingProbe.description == "8.000000000000000001", "a loss is rounded up")
    #expect(terms.collateralBalanceUnits == 40_000_000_000)
    #expect(terms.collateralAllowanceUnits == 50_000_000_000 && terms.collateralDecimals == 6)
    #expect(terms.borrowingPerSecondLong.raw == 1_585_489_600, "1585489599188229325215 of 10^30, rounded up")
    #expect(terms.borrowingPerSecondShort == .zero)
    #expect(terms.fundingPerSecondLong.raw == 20_000_000_001, "the paying side, rounded up")
    #expect(terms.fundingPerSecondShort.raw == -20_000_000_000, "the receiving side, rounded down")
    // 0.002 WETH at 3000 and 7 USDC.
    #expect(state.claimable == (try Usd(decimal: "13")))
  }

  @Test func shortPosition() throws {
    let state = try Scenario.state(positions: "short", infos: ["infoShort"])
    let position = try #require(state.positions.first)
    #expect(position.key == (try fixture.key("position short")))
    #expect(!position.isLong)
    #expect(position.quantity.description == "-5")
    #expect(position.notional.description == "15000")
    #expect(position.entry.description == "3100")
    #expect(position.collateralUnits == 7_500_000_000)
    #expect(position.collateralValue.description == "7500")
    // 15,500 − 15,000 less the closing impact of 12.
    #expect(position.unrealised.description == "488")
    #expect(position.pendingFees.description == "31.415926")
    // 0.001 WETH and 2.5 USDC.
    #expect(position.claimable.description == "5.5")
    #expect(position.liquidationPrice?.description == (try fixture.expected("liquidationShort")))
    #expect(try position.netValue().description == "7962.084074")
  }

  @Test func bothSidesStandSideBySide() throws {
    let state = try Scenario.state(positions: "both", infos: ["infoShort", "infoLong"])
    #expect(state.positions.map(\.quantity.description) == ["-5", "3.000000000000000001"])
    let long = try #require(state.positions.last)
    #expect(long.liquidationPrice?.description == (try fixture.expected("liquidationLong")))
    #expect(long.pendingFees.description == "5.000001")
    // The closing impact of +3 is not counted; the tokens' odd unit is worth 3000e-18, the size's 7e-30 rounds down.
    #expect(long.unrealised.description == "0.000000000000002999")
  }

  @Test func infosOfAnotherPositionAreRefused() throws {
    #expect(throws: ContractsError.self) { try Scenario.state(positions: "short", infos: ["infoLong"]) }
    #expect(throws: ContractsError.self) { try Scenario.state(positions: "both", infos: ["infoLong", "infoShort"]) }
  }

  @Test func openOrders() throws {
    let state = try Scenario.state(positions: "both", infos: ["infoShort", "infoLong"], orders: "orders")
    let orders = state.orders
    #expect(orders.map(\.kind) == [.limitIncrease, .marketIncrease, .limitDecrease, .stopLossDecrease])
    #expect(orders.map(\.state) == [.resting, .pending, .frozen(reason: "listed as frozen"), .resting])
    // 15,150 / 3030; 3000 / 3000; 6200 of 15,500 of 5; all of the long, although the order asks for more.
    #expect(orders.map(\.change.description) == ["-5", "1", "2", "-3.000000000000000001"])
    #expect(orders.map(\.collateralValue.description) == ["7575", "1500", "0", "0"])
    #expect(orders.map(\.triggerPrice?.description) == ["3030", nil, "2950", "2500"])
    #expect(orders.map(\.acceptablePrice?.description) == ["3000", "3030", nil, "2400"], "2^256 - 1 is any price")
    #expect(orders.map(\.cancellableAt) == [1_700_000_100, 1_700_000_400, 1_700_000_100, 1_700_000_100])
    #expect(orders.map(\.executionFeeWei) == [4_350_000_000_000_000, 4_350_000_000_000_000, 0, 4_350_000_000_000_000])
  }

  @Test func disabledMarketAndOldRouter() throws {
    let venue = try Scenario.venue()
    var first = try Scenario.first()
    let disabled = try venue.state(
      account: Scenario.account, first: first, second: Scenario.second(info: "marketInfoShortsPay"),
      price: Scenario.price, collateralPrice: Scenario.one, now: 0)
    #expect(disabled.terms.isDisabled)
    #expect(disabled.terms.fundingPerSecondLong.isNegative)
    first[3] = ReadResult(success: true, data: UInt256.zero.bigEndian32)
    let old = try venue.state(
      account: Scenario.account, first: first, second: Scenario.second(), price: Scenario.price,
      collateralPrice: Scenario.one, now: 0)
    #expect(old.terms.isDisabled, "a router without the role CONTROLLER cannot create orders")
  }

  @Test func anotherMarketIsRefused() throws {
    var first = try Scenario.first()
    first[2] = try fixture.answer("otherMarket")
    #expect(throws: ContractsError.self) {
      try Scenario.venue().pricedReads(
        account: Scenario.account, first: first, price: Scenario.price, collateralPrice: Scenario.one)
    }
  }

  @Test func anotherAccountsListIsRefused() throws {
    #expect(throws: ContractsError.self) {
      try Scenario.venue().pricedReads(
        account: Scenario.keeper, first: Scenario.first(positions: "short"), price: Scenario.price,
        collateralPrice: Scenario.one)
    }
  }

  /// Collateral in the index asset: its value moves with the price, so more of it moves the boundary further.
  @Test func liquidationWithIndexCollateral() throws {
    let cases: [(isLong: Bool, collateral: UInt256, expected: String?)] = [
      (false, 2_000_000_000_000_000_000, "4975"),  // (15,000 − 75) / (5 − 2)
      (true, 2_000_000_000_000_000_000, "2153.571428571429"),  // (15,000 + 75) / (5 + 2), rounded up
      (false, 5_000_000_000_000_000_000, nil),  // wholly covered: no price does it
      (false, 0, "2985"),  // nothing but profit above the margin holds it
    ]
    for test in cases {
      let price = try liquidation(isLong: test.isLong, collateral: test.collateral)
      #expect(price?.description == test.expected, "\(test)")
    }
  }

  private func liquidation(isLong: Bool, collateral: UInt256) throws -> Price? {
    let venue = try Scenario.venue(collateral: Scenario.weth)
    let short = try GMXReader.GetPositionInfo.output(of: fixture.answer("infoShort"), "")
    let numbers = GMXReader.PositionNumbers(
      sizeInUsd: try GMXv2Units.units(Usd(decimal: "15000")), sizeInTokens: 5_000_000_000_000_000_000,
      collateralAmount: collateral, pendingImpactAmount: 0, borrowingFactor: 0, fundingFeeAmountPerSize: 0,
      longTokenClaimableFundingAmountPerSize: 0, shortTokenClaimableFundingAmountPerSize: 0, increasedAtTime: 0,
      decreasedAtTime: 0)
    let position = GMXReader.PositionProps(
      addresses: .init(account: Scenario.account, market: Scenario.market, collateralToken: Scenario.weth),
      numbers: numbers, flags: .init(isLong: isLong))
    let info = try free(of: short)
    let native = try venue.first(
      Scenario.first(), account: Scenario.account, price: Scenario.price, collateralPrice: Scenario.price)
    return try venue.liquidationPrice(position, info: info, impact: 0, in: native)
  }

  /// The same without costs.
  private func free(of info: GMXReader.PositionInfo) throws -> GMXReader.PositionInfo {
    let fees = info.fees
    return GMXReader.PositionInfo(
      positionKey: info.positionKey, position: info.position,
      fees: .init(
        referral: fees.referral, pro: fees.pro, funding: fees.funding, borrowing: fees.borrowing, ui: fees.ui,
        liquidation: fees.liquidation, collateralTokenPrice: fees.collateralTokenPrice,
        positionFeeFactor: fees.positionFeeFactor, protocolFeeAmount: fees.protocolFeeAmount,
        positionFeeReceiverFactor: fees.positionFeeReceiverFactor, feeReceiverAmount: fees.feeReceiverAmount,
        feeAmountForPool: fees.feeAmountForPool, positionFeeAmountForPool: fees.positionFeeAmountForPool,
        positionFeeAmount: fees.positionFeeAmount,
        totalCostAmountExcludingFunding: fees.totalCostAmountExcludingFunding, totalCostAmount: 0,
        totalDiscountAmount: fees.totalDiscountAmount),
      executionPriceResult: info.executionPriceResult, basePnlUsd: info.basePnlUsd,
      uncappedBasePnlUsd: info.uncappedBasePnlUsd, pnlAfterPriceImpactUsd: info.pnlAfterPriceImpactUsd)
  }
}

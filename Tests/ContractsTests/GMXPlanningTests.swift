import Ethereum
import Testing

@testable import Contracts

@Suite struct GMXPlanningTests {
  private func quote(_ trade: Trade, _ state: VenueState) throws -> Quote {
    try Scenario.venue().quote(.place(trade), state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei)
  }

  private func order(_ trade: Trade, _ state: VenueState) throws -> GMXExchangeRouter.CreateOrderParams {
    let calls = try Scenario.venue().calls(
      for: .place(trade), state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei,
      account: Scenario.account)
    return try GMXExchangeRouter.CreateOrder.decodeCall(try #require(calls.last).data).params
  }

  @Test func quoteOfAnIncrease() throws {
    let quote = try quote(Scenario.trade("-5", worst: "2970"), Scenario.state())
    #expect(quote.change.description == "-5")
    #expect(quote.expectedPrice == Scenario.price)
    #expect(quote.fee.description == "9", "0.06 % of 15,000")
    // Three quarters of the probe's 8.000000000000000001.
    #expect(quote.impact.description == "6.000000000000000001")
    #expect(quote.collateralUnits == 7_500_000_000)
    #expect(quote.collateralValue.description == "7500")
    #expect(quote.upfrontFeeWei == 4_350_000_000_000_000)
  }

  @Test func impactAboveTheProbeGrowsWithTheSquare() throws {
    let quote = try quote(Scenario.trade("-20", worst: "2970"), Scenario.state())
    #expect(quote.impact.description == "72.000000000000000009", "three times the probe, nine times its impact")
  }

  @Test func collateralIsRoundedUpAndSizeDown() throws {
    let trade = try Scenario.trade("-1.000000000000000001", worst: "2970", leverage: "7")
    let order = try order(trade, Scenario.state())
    // ceil(3000.000000000000003 / 7 · 1e6)
    #expect(order.numbers.initialCollateralDeltaAmount == 428_571_429)
    #expect(order.numbers.sizeDeltaUsd == (try GMXv2Units.units(Usd(decimal: "3000.000000000000003"))))
  }

  @Test func tradeAgainstAPositionIsCutToIt() throws {
    let state = try Scenario.state(positions: "short", infos: ["infoShort"])
    let order = try order(Scenario.trade("8", worst: "3030"), state)
    #expect(order.orderType == 4)
    #expect(!order.isLong)
    #expect(order.numbers.sizeDeltaUsd == (try GMXv2Units.units(Usd(decimal: "15500"))), "exactly the whole")
    #expect(order.numbers.initialCollateralDeltaAmount == 0)
    #expect(try quote(Scenario.trade("8", worst: "3030"), state).change.description == "5")
    #expect(try quote(Scenario.trade("8", worst: "3030"), state).collateralUnits == 0)
  }

  @Test func partialDecreaseKeepsTheRestAtItsLeverage() throws {
    let state = try Scenario.state(positions: "short", infos: ["infoShort"])
    let order = try order(Scenario.trade("2", worst: "3030"), state)
    // 2 of 5: 6200 of 15,500. The rest of 9300 needs 4650 at leverage 2, so 2850 of 7500 is free; its share is 3000.
    #expect(order.numbers.sizeDeltaUsd == (try GMXv2Units.units(Usd(decimal: "6200"))))
    #expect(order.numbers.initialCollateralDeltaAmount == 2_850_000_000)
    #expect(try quote(Scenario.trade("2", worst: "3030"), state).change.description == "2")
  }

  @Test func aRestBelowTheMinimumIsClosedToo() throws {
    let state = try Scenario.state(positions: "short", infos: ["infoShort"])
    let order = try order(Scenario.trade("4.9999", worst: "3030"), state)
    #expect(order.numbers.sizeDeltaUsd == (try GMXv2Units.units(Usd(decimal: "15500"))))
  }

  @Test func aTradeWithThePositionAddsToIt() throws {
    let state = try Scenario.state(positions: "short", infos: ["infoShort"])
    let order = try order(Scenario.trade("-1", worst: "2970"), state)
    #expect(order.orderType == 2)
    #expect(!order.isLong)
  }

  @Test func everyOrderIsOurs() throws {
    let order = try order(Scenario.trade("1", .limit(Price(decimal: "2950")), worst: "2960"), Scenario.state())
    #expect(order.orderType == 3)
    #expect(order.isLong)
    #expect(order.addresses.receiver == Scenario.account)
    #expect(order.addresses.cancellationReceiver == Scenario.account)
    #expect(order.addresses.callbackContract == .zero)
    #expect(order.addresses.swapPath.isEmpty)
    #expect(order.decreasePositionSwapType == 0)
    #expect(!order.autoCancel)
    #expect(!order.shouldUnwrapNativeToken)
    #expect(order.dataList.isEmpty)
    #expect(order.numbers.executionFee == 4_350_000_000_000_000)
  }

  /// A ceiling never grows and a floor never falls, whatever digits a price has.
  @Test func boundsAreRoundedAgainstUs() throws {
    let buy = try order(Scenario.trade("1", worst: "3030.0000000000019"), Scenario.state())
    #expect(buy.numbers.acceptablePrice == 3_030_000_000_000_001)
    let sell = try order(Scenario.trade("-1", worst: "2970.0000000000011"), Scenario.state())
    #expect(sell.numbers.acceptablePrice == 2_970_000_000_000_002)
  }

  /// Whatever the digits: never more than asked for, never the other way round, always a real bound.
  @Test func plansStayInsideTheTrade() throws {
    let venue = try Scenario.venue()
    let flat = try Scenario.state()
    let short = try Scenario.state(positions: "short", infos: ["infoShort"])
    var seed: UInt64 = 7
    for round in 0..<200 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // 0.01 to 6.5 of the base asset, to the last digit.
      let size = try Int256(
        sign: .plus, magnitude: UInt256(10_000_000_000_000_000 + (seed >> 2) % 6_500_000_000_000_000_000))
      let isBuy = round.isMultiple(of: 2)
      let change = Quantity(raw: isBuy ? size : try size.negated())
      let trade = Trade(
        change: change, kind: .market, worstPrice: try Price(decimal: isBuy ? "3030.123456789" : "2970.987654321"),
        leverage: try Ratio(decimal: "3"), reduceOnly: false)
      for state in [flat, short] {
        guard case .gmxV2(let native) = state.native else { continue }
        let plan = try venue.plan(trade, state: native)
        #expect(plan.change.isPositive == isBuy)
        #expect(try plan.change.absolute() <= change.absolute())
        let bound = try GMXv2Units.price(plan.acceptablePrice, tokenDecimals: 18, .down)
        #expect(isBuy ? bound <= trade.worstPrice : bound >= trade.worstPrice)
        let notional = try Scenario.price.value(of: change.absolute(), rounding: .up)
        #expect(try !plan.isIncrease || GMXv2Units.usd(plan.sizeDeltaUsd, .up) <= notional)
      }
    }
  }

  @Test func whatCannotBePlacedSaysWhy() throws {
    let state = try Scenario.state()
    let limit = Trade.Kind.limit(try Price(decimal: "3030"))
    let cases: [(Trade, String)] = [
      (try Scenario.trade("0", worst: "3000"), "zero"),
      (try Scenario.trade("1", worst: "0"), "worst price"),
      (try Scenario.trade("-1", worst: "0"), "worst price"),
      (try Scenario.trade("1", worst: "2999"), "stricter than the index"),
      (try Scenario.trade("-1", worst: "3001"), "stricter than the index"),
      (try Scenario.trade("1", worst: "3000", leverage: "0"), "leverage"),
      (try Scenario.trade("1", worst: "3000", reduceOnly: true), "reduce"),
      (try Scenario.trade("-5", limit, worst: "3031"), "stricter"),
      (try Scenario.trade("5", limit, worst: "3029"), "stricter"),
      (try Scenario.trade("5", .limit(.zero), worst: "3029"), "limit price"),
      (try Scenario.trade("0.0001", worst: "3030"), "minimum"),
      (try Scenario.trade("1", worst: "3030", leverage: "100"), "leverage"),
    ]
    for (trade, part) in cases {
      do {
        _ = try quote(trade, state)
        Issue.record("\(part): was accepted")
      } catch {
        #expect("\(error)".contains(part), "\(error)")
      }
    }
  }

  @Test func aStateWithoutNativeFiguresIsForeign() throws {
    let state = try Scenario.state()
    let foreign = VenueState(positions: [], orders: [], terms: state.terms)
    #expect(throws: ContractsError.foreignState(venue: "gmx-v2")) {
      try quote(Scenario.trade("1", worst: "3030"), foreign)
    }
  }

  // MARK: - Amending

  private func amend(_ index: Int, _ trade: Trade) throws -> (quote: Quote, calls: [Call]) {
    let venue = try Scenario.venue()
    let state = try Scenario.state(positions: "both", infos: ["infoShort", "infoLong"], orders: "orders")
    let action = VenueAction.amend(state.orders[index], trade)
    return (
      try venue.quote(action, state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei),
      try venue.calls(
        for: action, state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei, account: Scenario.account)
    )
  }

  @Test func aFrozenOrderGetsItsFeeAgain() throws {
    let (quote, calls) = try amend(2, Scenario.trade("2", .limit(Price(decimal: "2980")), worst: "2990"))
    #expect(calls.map(\.label) == ["ExchangeRouter.sendWnt", "ExchangeRouter.updateOrder"])
    #expect(calls.map(\.valueWei) == [4_350_000_000_000_000, 0])
    #expect(quote.upfrontFeeWei == 4_350_000_000_000_000)
    let update = try GMXExchangeRouter.UpdateOrder.decodeCall(calls[1].data)
    #expect(update.triggerPrice == 2_980_000_000_000_000)
    #expect(update.sizeDeltaUsd == (try GMXv2Units.units(Usd(decimal: "6200"))))
  }

  @Test func anAmendmentIsCutToItsCollateral() throws {
    let (quote, calls) = try amend(0, Scenario.trade("-9", .limit(Price(decimal: "3030")), worst: "3000"))
    #expect(calls.map(\.label) == ["ExchangeRouter.updateOrder"], "it still holds its fee")
    #expect(quote.upfrontFeeWei == 0)
    #expect(quote.change.description == "-5")
    #expect(quote.collateralUnits == 0)
  }

  @Test func aFeeThatIsTooLowNowIsToppedUp() throws {
    let venue = try Scenario.venue()
    let state = try Scenario.state(orders: "firstOrder")
    let action = VenueAction.amend(
      state.orders[0], try Scenario.trade("-5", .limit(Price(decimal: "3030")), worst: "3000"))
    let calls = try venue.calls(
      for: action, state: state, price: Scenario.price, gasPriceWei: 3_000_000_000, account: Scenario.account)
    #expect(calls.map(\.valueWei) == [8_700_000_000_000_000, 0])
  }

  @Test func whatCannotBeAmendedSaysWhy() throws {
    let limit = Trade.Kind.limit(try Price(decimal: "3030"))
    #expect(throws: ContractsError.self) { try amend(1, Scenario.trade("1", limit, worst: "3040")) }
    #expect(throws: ContractsError.self) { try amend(0, Scenario.trade("-5", worst: "3000")) }
    #expect(throws: ContractsError.self) { try amend(0, Scenario.trade("5", limit, worst: "3040")) }
    // The position that a decrease was for is gone: an amendment must not become an increase.
    let venue = try Scenario.venue()
    let listed = try Scenario.state(positions: "both", infos: ["infoShort", "infoLong"], orders: "orders").orders[2]
    let trade = try Scenario.trade("2", .limit(Price(decimal: "2980")), worst: "2990")
    #expect(throws: ContractsError.self) {
      try venue.calls(
        for: .amend(listed, trade), state: Scenario.state(orders: "orders"), price: Scenario.price,
        gasPriceWei: Scenario.gasPriceWei, account: Scenario.account)
    }
  }

  // MARK: - More collateral

  /// An increase of nothing: the collateral goes to the order vault, the order has size zero and the position's side.
  @Test func aTopUpIsAnIncreaseOfNothing() throws {
    let state = try Scenario.state(positions: "short", infos: ["infoShort"])
    let position = try #require(state.positions.first)
    let topUp = TopUp(
      position: position, value: try Usd(decimal: "1234.5678901"), worstPrice: try Price(decimal: "2970"))
    let venue = try Scenario.venue()
    let quote = try venue.quote(
      .topUp(topUp), state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei)
    #expect(quote.change == .zero && quote.fee == .zero && quote.impact == .zero)
    #expect(quote.collateralUnits == 1_234_567_891 && quote.upfrontFeeWei == 4_350_000_000_000_000)
    let calls = try venue.calls(
      for: .topUp(topUp), state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei,
      account: Scenario.account)
    #expect(
      calls.map(\.label) == [
        "ExchangeRouter.sendWnt", "ExchangeRouter.sendTokens", "ExchangeRouter.createOrder",
      ])
    #expect(calls.map(\.valueWei) == [4_350_000_000_000_000, 0, 0])
    let sent = try GMXExchangeRouter.SendTokens.decodeCall(calls[1].data)
    #expect(sent.amount == 1_234_567_891 && sent.token == Scenario.usdc)
    let order = try GMXExchangeRouter.CreateOrder.decodeCall(calls[2].data).params
    #expect(order.orderType == 2 && !order.isLong && order.numbers.sizeDeltaUsd == 0)
    #expect(order.numbers.initialCollateralDeltaAmount == 1_234_567_891 && order.numbers.triggerPrice == 0)
    // 2,970 dollars per token with 30 − 18 decimals.
    #expect(order.numbers.acceptablePrice == 2_970_000_000_000_000)
    #expect(order.addresses.receiver == Scenario.account && order.addresses.initialCollateralToken == Scenario.usdc)
    #expect(venue.describe(calls[2])?.first?.contains("size 0 USD, collateral 1234.567891 USDC") == true)
  }

  @Test func whatCannotBeToppedUpIsSaid() throws {
    let state = try Scenario.state(positions: "short", infos: ["infoShort"])
    let position = try #require(state.positions.first)
    func refusal(
      _ value: String, _ state: VenueState, worst: String = "2970", in token: Address = Scenario.usdc
    ) -> String {
      do {
        let topUp = TopUp(position: position, value: try Usd(decimal: value), worstPrice: try Price(decimal: worst))
        _ = try Scenario.venue(collateral: token).quote(
          .topUp(topUp), state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei)
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal("10", state) == "")
    #expect(refusal("0", state).contains("adds nothing"))
    #expect(refusal("-1", state).contains("adds nothing"))
    #expect(refusal("10", state, worst: "0").contains("price bound"))
    #expect(refusal("10", try Scenario.state()).contains("is not listed any more"))
    #expect(refusal("10", state, in: Scenario.weth).contains("only more of the same can be added"))
  }
}

import Ethereum
import Testing

@testable import Contracts

/// Typed calls against call data of eth-abi and web3, byte for byte.
@Suite struct GeneratedCallTests {
  private let fixture = Fixture.shared

  @Test func marketShortIsThreeCalls() throws {
    let venue = try Scenario.venue()
    let calls = try venue.calls(
      for: .place(Scenario.trade("-5", worst: "2970")), state: Scenario.state(), price: Scenario.price,
      gasPriceWei: Scenario.gasPriceWei, account: Scenario.account)
    #expect(
      calls.map(\.data) == [
        try fixture.call("sendWnt"), try fixture.call("sendTokens"), try fixture.call("createMarketShort"),
      ])
    #expect(calls.map(\.valueWei) == [4_350_000_000_000_000, 0, 0])
    #expect(calls.allSatisfy { $0.to == Scenario.deployment.exchangeRouter })
    #expect(
      calls.map(\.label) == [
        "ExchangeRouter.sendWnt", "ExchangeRouter.sendTokens", "ExchangeRouter.createOrder",
      ])
  }

  @Test func limitShortCarriesTriggerAndBound() throws {
    let trade = try Scenario.trade("-5", .limit(Price(decimal: "3030")), worst: "3000")
    let calls = try Scenario.venue().calls(
      for: .place(trade), state: Scenario.state(), price: Scenario.price, gasPriceWei: Scenario.gasPriceWei,
      account: Scenario.account)
    #expect(calls.count == 3)
    #expect(calls.last?.data == (try fixture.call("createLimitShort")))
  }

  @Test func buyingBackIsADecreaseWithoutTokens() throws {
    // Leverage 1 needs more collateral than the position has, so none comes out.
    let state = try Scenario.state(positions: "short", infos: ["infoShort"])
    let venue = try Scenario.venue()
    for (trade, name) in [
      (try Scenario.trade("1.935483870967741936", worst: "3030", leverage: "1"), "createMarketClose"),
      (
        try Scenario.trade(
          "1.935483870967741936", .limit(Price(decimal: "2950")), worst: "2980", leverage: "1"), "createLimitClose"
      ),
    ] {
      let calls = try venue.calls(
        for: .place(trade), state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei,
        account: Scenario.account)
      #expect(calls.count == 2)
      let expected = try GMXExchangeRouter.CreateOrder.decodeCall(fixture.call(name)).params
      let actual = try GMXExchangeRouter.CreateOrder.decodeCall(calls[1].data).params
      #expect(actual.orderType == expected.orderType)
      #expect(actual.numbers.acceptablePrice == expected.numbers.acceptablePrice)
      #expect(actual.numbers.triggerPrice == expected.numbers.triggerPrice)
      #expect(actual.numbers.initialCollateralDeltaAmount == 0)
      #expect(actual.isLong == false)
    }
  }

  @Test func updateAndCancel() throws {
    let venue = try Scenario.venue()
    let state = try Scenario.state(orders: "firstOrder")
    let order = try #require(state.orders.first)
    // 14,000 dollars at the new limit of 3010.
    let change = try Usd(decimal: "-14000").quantity(at: Price(decimal: "3010"), rounding: .down)
    let trade = Trade(
      change: change, kind: .limit(try Price(decimal: "3010")), worstPrice: try Price(decimal: "2990"),
      leverage: try Ratio(decimal: "2"), reduceOnly: false)
    let update = try venue.calls(
      for: .amend(order, trade), state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei,
      account: Scenario.account)
    #expect(update.count == 1, "the fee it holds is enough")
    let expected = try GMXExchangeRouter.UpdateOrder.decodeCall(fixture.call("updateOrder"))
    let actual = try GMXExchangeRouter.UpdateOrder.decodeCall(update[0].data)
    #expect(actual.triggerPrice == expected.triggerPrice)
    #expect(actual.acceptablePrice == expected.acceptablePrice)
    let cancel = try venue.calls(
      for: .cancel(order), state: state, price: Scenario.price, gasPriceWei: Scenario.gasPriceWei,
      account: Scenario.account)
    #expect(cancel.map(\.data) == [try fixture.call("cancelOrder")])
  }

  @Test func generatedCallsEncodeWhatWeb3Encodes() throws {
    let update = GMXExchangeRouter.UpdateOrder(
      key: try fixture.orderKey(0), sizeDeltaUsd: try GMXv2Units.units(Usd(decimal: "14000")),
      acceptablePrice: 2_990_000_000_000_000, triggerPrice: 3_010_000_000_000_000, minOutputAmount: 0,
      validFromTime: 0, autoCancel: false)
    #expect(try update.encoded() == fixture.call("updateOrder"))
    for name in ["createMarketShort", "createLimitShort", "createMarketClose", "createLimitClose"] {
      let data = try fixture.call(name)
      #expect(try GMXExchangeRouter.CreateOrder.decodeCall(data).encoded() == data)
    }
  }

  @Test func readsAreWhatWeb3Encodes() throws {
    let venue = try Scenario.venue()
    let reads = try venue.reads(account: Scenario.account)
    #expect(reads[0].data == (try fixture.call("getAccountPositions")))
    #expect(reads[1].data == (try fixture.call("getAccountOrders")))
    let second = try venue.pricedReads(
      account: Scenario.account, first: Scenario.first(positions: "short"), price: Scenario.price,
      collateralPrice: Scenario.one)
    #expect(second.count == 4)
    #expect(second[0].data == (try fixture.call("getMarketInfo")))
    #expect(second[1].data == (try fixture.call("getExecutionPrice")))
    #expect(second[3].data == (try fixture.call("getPositionInfo")))
  }

  @Test func dataStoreKeysAreDerivedAsTheProtocolDoes() throws {
    let configuration = try Scenario.venue().configuration
    for parameter in GMXv2Parameter.allCases {
      #expect(
        try parameter.key(configuration, account: Scenario.account) == fixture.key("\(parameter)"), "\(parameter)")
    }
    #expect(try GMXv2Keys.named("CONTROLLER") == fixture.key("CONTROLLER"))
    for (isLong, name) in [(false, "position short"), (true, "position long")] {
      let key = try GMXv2Keys.position(
        account: Scenario.account, market: Scenario.market, collateral: Scenario.usdc, isLong: isLong)
      #expect(key == (try fixture.key(name)))
    }
  }

  @Test func multicallBatch() throws {
    let calls = [
      Read(to: Scenario.usdc, data: try ERC20.BalanceOf(account: Scenario.account).encoded()),
      Read(to: Scenario.weth, data: [1, 2]),
    ]
    #expect(try MulticallBatch.encode(calls) == fixture.call("aggregate3"))
    let results = try MulticallBatch.decode(fixture.answer("aggregate3").data, count: 2)
    #expect(results[0] == ReadResult(success: true, data: UInt256(42).bigEndian32))
    #expect(results[1] == ReadResult(success: false, data: [0xde, 0xad]))
    #expect(throws: ContractsError.answerCount(what: "aggregate3", expected: 3, actual: 2)) {
      try MulticallBatch.decode(fixture.answer("aggregate3").data, count: 3)
    }
    #expect(MulticallBatch.canonicalAddress.description == "0xcA11bde05977b3631167028862bE2a173976CA11")
    let balance = try MulticallBatch.balance(of: Scenario.keeper, multicall: Scenario.weth)
    #expect(MulticallBatch.balanceHolder(of: balance) == Scenario.keeper)
    #expect(calls.allSatisfy { MulticallBatch.balanceHolder(of: $0) == nil })
  }

  @Test func selectorsOfTheStandards() {
    #expect(ChainlinkAggregator.LatestRoundData.selector == [0xfe, 0xaf, 0x96, 0x8c])
    #expect(Safe.IsModuleEnabled.selector == [0x2d, 0x9a, 0xd5, 0x3d])
    #expect(MultiSend.MultiSend.selector == [0x8d, 0x80, 0xff, 0x0a])
    #expect(ZodiacRoles.Allowances.selector == [0x5e, 0x7c, 0x9f, 0xe8])
    #expect(ERC4626.TotalAssets.selector == [0x01, 0xe1, 0xd1, 0x14])
    #expect(GMXEventEmitter.EventLog1Event.topic0.description.hasPrefix("0x137a44067c8961cd"))
    #expect(GMXEventEmitter.EventLog2Event.topic0.description.hasPrefix("0x468a25a7ba624cee"))
  }
}

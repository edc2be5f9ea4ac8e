import Contracts
import Ethereum
import Testing

@testable import Simulation

/// The production codecs read the simulated contracts and act on them, end to end.
@Suite struct ContractWorldTests {
  typealias Kind = WorldPlan.AccountKind

  @Test(arguments: Kind.allCases) func everythingIsReadAtTheStart(kind: Kind) throws {
    let stage = try WorldStage(kind)
    let state = try stage.state()
    #expect(state.positions.isEmpty && state.orders.isEmpty)
    #expect(!state.terms.isDisabled)
    #expect(state.terms.positionFee == (try Ratio(decimal: "0.0006")))
    #expect(state.terms.increaseExecutionGas == 4_350_000)
    #expect(state.terms.cancelDelaySeconds == 300)
    #expect(state.terms.collateralBalanceUnits == 40_000_000_000)
    #expect(state.terms.collateralAllowanceUnits == .max)
    // 3e-10 · 20,000² of a market in balance.
    #expect(state.terms.impactOfBuyingProbe == (try Usd(decimal: "0.12")))
    let vault = try stage.vault()
    #expect(vault.balances.map(\.units) == [ether(kind == .eoa ? 5 : 1), ether(19), 40_000_000_000])
    #expect(!vault.isPaused)
    let account = try stage.account()
    #expect(account.isEnabled)
    #expect(account.keeperBalanceWei == ether(5))
    #expect(try stage.prices().base == Price(decimal: "3000"))
    let sequencer = stage.settings.sequencerFeed
    #expect(try sequencer.reading(stage.read(sequencer.reads())).isUp)
    for (name, address) in stage.settings.venue.contracts + stage.settings.account.contracts {
      #expect(!stage.world.code(at: address).isEmpty, "\(name)")
    }
  }

  @Test(arguments: Kind.allCases) func aMarketShortIsPlacedFilledAndClosed(kind: Kind) throws {
    var stage = try WorldStage(kind)
    let placed = try stage.act(.place(WorldStage.trade("-5", worst: "2970")))
    let key = try #require(placed.first)
    let open = try #require(try stage.state().orders.first)
    #expect(open.key == key && open.state == .pending && open.kind == .marketIncrease)
    #expect(open.change == (try Quantity(decimal: "-5")))
    #expect(open.collateralUnits == 7_500_000_000)
    #expect(open.executionFeeWei == 4_350_000_000_000_000)
    #expect(try stage.fate(of: key) == .pending)
    #expect(stage.world.exposure(of: stage.holder).low == stage.world.netExposure(of: stage.holder).less(ether(5)))

    stage.advance()
    stage.runOrderKeeper { _ in .execute() }
    let fate = try stage.fate(of: key)
    guard case .filled(let price?, let fees?, _) = fate else {
      Issue.record("\(fate)")
      return
    }
    let (floor, ceiling) = (try Price(decimal: "2999"), try Price(decimal: "3000"))
    #expect(price > floor && price <= ceiling)
    #expect(fees == (try Usd(decimal: "9")), "0.06 % of 15,000 USD")
    let position = try #require(try stage.state().positions.first)
    #expect(position.quantity == (try Quantity(decimal: "-5")))
    #expect(position.collateralUnits == 7_491_000_000)

    stage.advance(seconds: 3_600)
    stage.world.publish(.base, answer: 290_000_000_000, in: stage.block)
    let close = try stage.act(.place(WorldStage.trade("5", worst: "2950", reduceOnly: true)))
    stage.advance()
    stage.runOrderKeeper { _ in .execute() }
    guard case .filled = try stage.fate(of: try #require(close.first)) else {
      Issue.record("the close did not fill: \(try stage.fate(of: close[0]))")
      return
    }
    #expect(try stage.state().positions.isEmpty)
    // 5 · 100 USD of profit less fees, funding and impact.
    let quote = stage.world.quoteUnits(of: stage.holder)
    #expect(quote > 40_480_000_000 && quote < 40_500_000_000)
  }

  // MARK: - Orders that rest

  private func limitShort(_ stage: inout WorldStage) throws -> Bytes32 {
    let price = try Price(decimal: "3050")
    return try #require(stage.act(.place(WorldStage.trade("-4", .limit(price), worst: "3040"))).first)
  }

  @Test(arguments: Kind.allCases) func aLimitRestsUntilThePriceCrosses(kind: Kind) throws {
    var stage = try WorldStage(kind)
    let key = try limitShort(&stage)
    stage.advance()
    stage.runOrderKeeper { order in
      #expect(!order.isTriggered && order.key == key)
      return .execute()
    }
    #expect(try stage.fate(of: key) == .resting)
    stage.world.publish(.base, answer: 305_500_000_000, in: stage.block)
    stage.runOrderKeeper { $0.isTriggered ? .execute() : .wait }
    guard case .filled(let price?, _, _) = try stage.fate(of: key) else {
      Issue.record("\(try stage.fate(of: key))")
      return
    }
    #expect(price.isClose(to: try Price(decimal: "3055")))
  }

  @Test(arguments: Kind.allCases) func aLimitIsAmendedThenCancelledAndPaidBack(kind: Kind) throws {
    var stage = try WorldStage(kind)
    let before = stage.world.totals
    let (quote, native) = (stage.world.quoteUnits(of: stage.holder), stage.world.balance(of: stage.holder))
    let key = try limitShort(&stage)
    stage.advance()
    let order = try #require(try stage.state().orders.first)
    let price = try Price(decimal: "3040")
    try stage.act(.amend(order, WorldStage.trade("-3", .limit(price), worst: "3030")))
    let amended = try #require(try stage.state().orders.first)
    #expect(amended.key == key && amended.triggerPrice == price)
    #expect(amended.change.isClose(to: try Quantity(decimal: "-3")))
    #expect(stage.world.records.orders.map(\.amendments.count) == [1])
    // A limit can be cancelled at once.
    try stage.act(.cancel(amended))
    #expect(try stage.fate(of: key) == .cancelled(reason: "by account", refunded: true))
    #expect(try stage.state().orders.isEmpty)
    #expect(stage.world.quoteUnits(of: stage.holder) == quote)
    #expect(stage.world.balance(of: stage.holder) == native, "the whole fee comes back")
    #expect(stage.world.records.feesPaidWei == stage.world.records.feesRefundedWei)
    #expect(stage.world.totals == before)
  }

  @Test(arguments: Kind.allCases) func aFrozenLimitWaitsForAnAmendmentWithANewFee(kind: Kind) throws {
    var stage = try WorldStage(kind)
    let key = try limitShort(&stage)
    stage.advance()
    stage.runOrderKeeper { _ in .freeze(.unacceptablePrice(Price(raw: VenueScale.power(21)))) }
    guard case .frozen(let reason) = try stage.fate(of: key) else {
      Issue.record("\(try stage.fate(of: key))")
      return
    }
    #expect(reason == "OrderNotFulfillableAtAcceptablePrice(price: 1000, acceptable: 3040)")
    #expect(stage.world.exposure(of: stage.holder).low == stage.world.netExposure(of: stage.holder))
    stage.runOrderKeeper { _ in
      Issue.record("nobody is asked about a frozen order")
      return .wait
    }
    let frozen = try #require(try stage.state().orders.first)
    #expect(frozen.executionFeeWei == 0)
    let price = try Price(decimal: "2990")
    try stage.act(.amend(frozen, WorldStage.trade("-4", .limit(price), worst: "2980")))
    #expect(try stage.fate(of: key) == .resting)
    stage.runOrderKeeper { _ in .execute() }
    guard case .filled = try stage.fate(of: key) else {
      Issue.record("\(try stage.fate(of: key))")
      return
    }
    #expect(stage.world.records.orders.map(\.freezes) == [1])
  }

  @Test(arguments: Kind.allCases) func aMarketOrderIsCancelledWithItsReason(kind: Kind) throws {
    var stage = try WorldStage(kind)
    let quote = stage.world.quoteUnits(of: stage.holder)
    let first = try #require(stage.act(.place(WorldStage.trade("-4", worst: "2990"))).first)
    stage.runOrderKeeper { _ in .execute(at: Price(raw: VenueScale.power(21))) }
    let second = try #require(stage.act(.place(WorldStage.trade("-4", worst: "2990"))).first)
    stage.runOrderKeeper { _ in .freeze(.expired) }
    guard case .cancelled(let reason, true) = try stage.fate(of: first) else {
      Issue.record("\(try stage.fate(of: first))")
      return
    }
    #expect(reason.hasPrefix("OrderNotFulfillableAtAcceptablePrice(price: "))
    #expect(try stage.fate(of: second) == .expired, "a market order cannot freeze")
    #expect(stage.world.quoteUnits(of: stage.holder) == quote)
    #expect(stage.world.records.positionChanges.isEmpty)
  }

  @Test func aMarketOrderCannotBeCancelledAtOnce() throws {
    var stage = try WorldStage(.eoa)
    try stage.act(.place(WorldStage.trade("-4", worst: "2990")))
    let order = try #require(try stage.state().orders.first)
    let early = stage.call(stage.message(try stage.wrapped(.cancel(order))))
    #expect(stage.describe(early).hasPrefix("RequestNotYetCancellable(0, 300"))
    stage.advance(seconds: 300)
    try stage.act(.cancel(order))
    #expect(try stage.state().orders.isEmpty)
  }

  @Test func aPositionThatIsDueIsClosedByForce() throws {
    var stage = try WorldStage(.eoa)
    try stage.act(.place(WorldStage.trade("-5", worst: "2970")))
    stage.runOrderKeeper { _ in .execute() }
    let liquidation = try #require(try stage.state().positions.first?.liquidationPrice)
    func publish(_ price: Price) throws {
      let answer = try (price.raw / VenueScale.power(10)).asUInt64
      stage.world.publish(.base, answer: answer.flatMap { Int64(exactly: $0) }, in: stage.block)
    }
    try publish(Price(raw: try liquidation.raw - VenueScale.power(18)))
    stage.runOrderKeeper { _ in .wait }
    #expect(try stage.state().positions.count == 1, "a dollar below the production code's liquidation price")
    try publish(Price(raw: try liquidation.raw + VenueScale.power(18)))
    stage.runOrderKeeper { _ in .wait }
    #expect(try stage.state().positions.isEmpty)
    #expect(stage.world.records.positionChanges.map(\.type) == [.marketIncrease, .liquidation])
  }

  /// Collateral alone: the size stays, the price of the execution is of no account, and where it would have been closed
  /// by force it stands.
  @Test(arguments: Kind.allCases) func aPositionIsGivenCollateral(kind: Kind) throws {
    var stage = try WorldStage(kind)
    try stage.act(.place(WorldStage.trade("-5", worst: "2970")))
    stage.runOrderKeeper { _ in .execute() }
    let before = try #require(try stage.state().positions.first)
    let liquidation = try #require(before.liquidationPrice)
    let topUp = TopUp(position: before, value: try Usd(decimal: "1000"), worstPrice: try Price(decimal: "2970"))
    let key = try #require(try stage.act(.topUp(topUp)).first)
    let order = try #require(try stage.state().orders.first)
    #expect(order.key == key && order.kind == .marketIncrease && order.change == .zero && !order.isLong)
    #expect(order.collateralUnits == 1_000_000_000)
    #expect(stage.world.exposure(of: stage.holder).low == stage.world.netExposure(of: stage.holder))
    // Below the floor that the order carries, where a sale would be given back.
    stage.advance()
    stage.world.publish(.base, answer: 290_000_000_000, in: stage.block)
    stage.runOrderKeeper { _ in .execute() }
    guard case .filled(_, _, let shortfall) = try stage.fate(of: key) else {
      Issue.record("\(try stage.fate(of: key))")
      return
    }
    #expect(shortfall == .zero)
    stage.advance()
    stage.world.publish(.base, answer: 300_000_000_000, in: stage.block)
    let after = try #require(try stage.state().positions.first)
    #expect(after.quantity == before.quantity && after.entry == before.entry)
    // What the position owed until then was taken out of it.
    let added = try after.collateralUnits - before.collateralUnits
    #expect(added > 999_000_000 && added <= 1_000_000_000)
    // A thousand dollars over five ether.
    let moved = try #require(after.liquidationPrice).approximateDouble - liquidation.approximateDouble
    #expect(abs(moved - 200) < 1)
    let beyond = try Price(raw: liquidation.raw + VenueScale.power(18))
    let answer = try (beyond.raw / VenueScale.power(10)).asUInt64
    stage.world.publish(.base, answer: answer.flatMap { Int64(exactly: $0) }, in: stage.block)
    stage.runOrderKeeper { _ in .wait }
    #expect(try stage.state().positions.count == 1)
    // For a position that is gone it comes back.
    let last = try stage.act(.topUp(topUp))
    let close = try stage.act(.place(WorldStage.trade("5", worst: "4500", reduceOnly: true)))
    stage.advance()
    stage.runOrderKeeper { $0.key == close.first ? .execute() : .wait }
    #expect(try stage.state().positions.isEmpty)
    let held = stage.world.quoteUnits(of: stage.holder)
    stage.runOrderKeeper { _ in .execute() }
    guard case .cancelled(_, refunded: true) = try stage.fate(of: try #require(last.first)) else {
      Issue.record("\(try stage.fate(of: last[0]))")
      return
    }
    #expect(stage.world.quoteUnits(of: stage.holder) == (try held + 1_000_000_000))
  }

  // MARK: - The account and the outside

  @Test(arguments: Kind.allCases) func theKeepersOwnAddressRunsTheAggregate(kind: Kind) throws {
    var stage = try WorldStage(kind)
    let call = try stage.wrapped(.place(WorldStage.trade("-5", worst: "2970")))
    let reads = try stage.settings.venue.reads(account: stage.holder)
    let code = stage.world.code(at: stage.settings.multicall)
    let message = ContractWorld.Message(
      from: WorldStage.keeper, to: WorldStage.keeper, valueWei: call.valueWei,
      data: try MulticallBatch.encode(call, then: reads), gasPriceWei: WorldStage.gasPrice)
    let plain = stage.call(message)
    #expect(plain.succeeded && plain.output.isEmpty, "an account without code answers nothing")
    let outcome = stage.world.call(message, in: stage.block, codeOverrides: [(WorldStage.keeper, code)])
    let results = try MulticallBatch.decode(outcome.output, count: 1 + reads.count)
    #expect(results.map(\.success) == [Bool](repeating: true, count: results.count))
    #expect(results[2].data.count > 32 * 10, "the order is listed after the call")
    #expect(try stage.state().orders.isEmpty, "and nothing stays")
    let router = stage.addresses.exchangeRouter
    let bare = ContractWorld.Message(from: WorldStage.keeper, to: router, data: [1, 2, 3, 4])
    #expect(stage.world.call(bare, in: stage.block, codeOverrides: [(router, [])]).succeeded, "no code, no revert")
    #expect(!stage.world.call(bare, in: stage.block, codeOverrides: [(router, [0xfe])]).succeeded)
    let foreign = stage.world.call(
      .init(
        from: .zero, to: .zero, valueWei: .zero,
        data: try MulticallBatch.encode(Call(to: call.to, valueWei: .zero, data: call.data, label: ""), then: [])),
      in: stage.block, codeOverrides: [(.zero, code)])
    let refused = try #require(try MulticallBatch.decode(foreign.output, count: 1).first)
    #expect(!refused.success, "another sender is another account")
    try stage.act(.place(WorldStage.trade("-5", worst: "2970")))
  }

  @Test func aLostRoleSaysSo() throws {
    var stage = try WorldStage(.safeRoles)
    let account = stage.settings.account
    func probe() throws -> ContractWorld.Outcome {
      stage.call(stage.message(try #require(try account.probe())))
    }
    #expect(account.isRoleHeld(probeRevert: try probe().output))
    stage.world.isRoleHeld = false
    #expect(stage.describe(try probe()) == "NoMembership()")
    #expect(!account.isRoleHeld(probeRevert: try probe().output))
    stage.world.isRoleHeld = true
    stage.world.isKeeperEnabled = false
    #expect(stage.describe(try probe()).hasPrefix("NotAuthorized"))
    stage.world.isRoleHeld = true
    stage.world.isModuleEnabled = false
    #expect(!(try stage.account().isEnabled))
    let order = try stage.wrapped(.place(WorldStage.trade("-4", worst: "2990")))
    #expect(stage.describe(stage.call(stage.message(order))) == "Error(\"GS104\")")
    stage.world.isModuleEnabled = true
    #expect(stage.call(stage.message(order)).succeeded)
  }

  @Test func whatTheOutsideDoesIsRead() throws {
    var stage = try WorldStage(.safeRoles)
    stage.world.isPaused = true
    #expect(try stage.vault().isPaused)
    stage.advance(seconds: 600)
    stage.world.setSequencer(isUp: false, in: stage.block)
    let feed = stage.settings.sequencerFeed
    #expect(try !feed.reading(stage.read(feed.reads())).isUp)
    try stage.act(.place(WorldStage.trade("-4", worst: "2990")))
    stage.runOrderKeeper { _ in .execute() }
    #expect(try stage.state().orders.count == 1, "nobody executes while the sequencer is down")
    stage.world.setSequencer(isUp: true, in: stage.block)
    stage.runOrderKeeper { _ in .execute() }
    #expect(try stage.state().orders.count == 1, "nor within the grace period")
    stage.advance(seconds: 301)
    stage.runOrderKeeper { _ in .execute() }
    #expect(try stage.state().positions.count == 1)
    let price = stage.settings.priceFeed
    let before = try price.reading(stage.read(price.reads()))
    stage.world.publish(.base, answer: -1, updatedAt: 5)
    let after = try price.reading(stage.read(price.reads()))
    #expect(after.price == nil && after.updatedAt == 5 && after.roundID > before.roundID)
    stage.world.publish(.base, answer: 300_000_000_000, in: stage.block)
    stage.world.isRouterController = false
    #expect(try stage.state().terms.isDisabled)
    let order = try stage.state().positions.first.map { _ in try WorldStage.trade("1", worst: "3100") }
    let refused = stage.call(stage.message(try stage.wrapped(.place(try #require(order)))))
    #expect(stage.describe(refused) == "ModuleTransactionFailed()")
  }

  @Test func theFeeIsCheckedAtTheTransactionsOwnPrice() throws {
    let stage = try WorldStage(.eoa)
    let call = try stage.wrapped(.place(WorldStage.trade("-4", worst: "2990")))
    #expect(stage.call(stage.message(call)).succeeded)
    let dearer = try WorldStage.gasPrice + 1
    #expect(stage.describe(stage.call(stage.message(call, gasPriceWei: dearer))).hasPrefix("InsufficientExecutionFee"))
  }

  @Test func selectorsAreThoseOfTheirSignatures() {
    for selector in Selector.allCases {
      let hash = Keccak256.hash(utf8: selector.signature).bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      #expect(hash == selector.rawValue, "\(selector)")
    }
  }
}

func ether(_ count: UInt64) -> UInt256 { sure { try UInt256(count) * VenueScale.power(18) } }

extension Int256 {
  func less(_ other: UInt256) -> Int256 { sure { try self - Int256(other) } }
}

extension Price {
  /// Within a ten-thousandth.
  func isClose(to other: Price) -> Bool {
    let difference = max(raw, other.raw).subtractingReportingOverflow(min(raw, other.raw)).value
    return difference.multipliedReportingOverflow(by: 10_000).value <= other.raw
  }
}

extension Quantity {
  /// Within a millionth of a whole unit.
  func isClose(to other: Quantity) -> Bool {
    sure { try (raw - other.raw).magnitude <= VenueScale.power(12) }
  }
}

extension Selector {
  var signature: String {
    switch self {
    case .aggregate3: "aggregate3((address,bool,bytes)[])"
    case .aggregate3Value: "aggregate3Value((address,bool,uint256,bytes)[])"
    case .getEthBalance, .balanceOf, .isModuleEnabled: "\(self)(address)"
    case .allowance: "allowance(address,address)"
    case .approve, .transfer, .sendWnt: "\(self)(address,uint256)"
    case .transferFrom: "transferFrom(address,address,uint256)"
    case .withdraw, .convertToAssets: "\(self)(uint256)"
    case .version: "VERSION()"
    case .execTransactionFromModule: "execTransactionFromModule(address,uint256,bytes,uint8)"
    case .execTransactionWithRole: "execTransactionWithRole(address,uint256,bytes,uint8,bytes32,bool)"
    case .multiSend: "multiSend(bytes)"
    case .allowances, .getUint, .getInt, .getBool, .getBytes32Count, .cancelOrder: "\(self)(bytes32)"
    case .hasRole: "hasRole(address,bytes32)"
    case .getMarket: "getMarket(address,address)"
    case .getAccountPositions, .getAccountOrders: "\(self)(address,address,uint256,uint256)"
    case .getMarketInfo: "getMarketInfo(address,\(Self.prices),address)"
    case .getExecutionPrice:
      "getExecutionPrice(address,address,\(Self.prices),uint256,uint256,int256,int256,bool)"
    case .getPositionInfo: "getPositionInfo(address,address,bytes32,\(Self.prices),uint256,address,bool)"
    case .routerMulticall: "multicall(bytes[])"
    case .sendTokens: "sendTokens(address,address,uint256)"
    case .createOrder:
      "createOrder(((address,address,address,address,address,address,address[]),(uint256,uint256,uint256,uint256,"
        + "uint256,uint256,uint256,uint256),uint8,uint8,bool,bool,bool,bytes32,bytes32[]))"
    case .updateOrder: "updateOrder(bytes32,uint256,uint256,uint256,uint256,uint256,bool)"
    case .claimFundingFees: "claimFundingFees(address[],address[],address)"
    default: "\(self)()"
    }
  }

  private static let prices = "((uint256,uint256),(uint256,uint256),(uint256,uint256))"
}

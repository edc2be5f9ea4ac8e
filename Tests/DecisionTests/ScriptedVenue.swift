import Contracts
import Ethereum

/// A two-step venue without a chain: quotes by fixed rates, and does to a state what its calls would do.
struct ScriptedVenue: Venue {
  var capabilities = Capabilities(
    settlement: .twoStep(minimumCancelDelaySeconds: 300, isFeeBearing: true), limit: .restingNative,
    reduceOnly: .byOrderType, postOnly: false, nativeStop: true, modify: true, partialFill: false,
    maximumOpenOrders: 1, priceBound: .executionPrice, upfrontFee: true, counterparty: .oracle,
    showsPrice: false, margin: .isolated, topUp: true)
  let name = "scripted"
  let contracts: [(name: String, address: Address)] = []
  let knownErrors: [ABIErrorType] = []
  /// Fee of an order that fills at once, and of one that rests.
  var takerFee: Ratio = 0.0006
  var makerFee: Ratio = 0.0006
  /// Dollars that a trade of n units costs beside its fee, divided by n².
  var impactPerSquare: Ratio = 0
  var quoteFailure: ContractsError?
  /// Of a top-up: gas that its upfront fee pays for, and what the venue says against it.
  var topUpGas: UInt256 = 4_350_000
  var topUpFailure: ContractsError?

  func batch(_ calls: [Call]) -> Call? { nil }
  func reads(account: Address) -> [Read] { [] }

  func pricedReads(
    account: Address, first: [ReadResult], price: Price, collateralPrice: Price
  ) throws(ContractsError) -> [Read] { [] }

  func state(
    account: Address, first: [ReadResult], second: [ReadResult], price: Price, collateralPrice: Price, now: UInt64
  ) throws(ContractsError) -> VenueState { throw .foreignState(venue: name) }

  func quote(
    _ action: VenueAction, state: VenueState, price: Price, gasPriceWei: UInt256
  ) throws(ContractsError) -> Quote {
    if let quoteFailure { throw quoteFailure }
    if case .topUp(let topUp) = action { return try quote(topUp, state: state, price: price, gasPriceWei: gasPriceWei) }
    guard let trade = trade(of: action) else {
      return Quote(
        change: .zero, expectedPrice: price, worstPrice: price, fee: .zero, impact: .zero, collateralUnits: 0,
        collateralValue: .zero, upfrontFeeWei: 0)
    }
    let notional = try price.value(of: trade.change.absolute(), rounding: .up)
    let collateral = trade.reduceOnly ? Usd.zero : try notional.divided(by: trade.leverage, rounding: .up)
    let upfront = try ContractsError.wrapping { () throws(EthereumError) in
      try state.terms.increaseExecutionGas * gasPriceWei
    }
    return Quote(
      change: trade.change, expectedPrice: price, worstPrice: trade.worstPrice,
      fee: try notional.scaled(by: fillsAtOnce(trade, price) ? takerFee : makerFee, rounding: .up),
      impact: try impact(of: trade.change), collateralUnits: try collateral.tokenUnits(decimals: 6, rounding: .up),
      collateralValue: collateral,
      upfrontFeeWei: upfront)
  }

  private func quote(
    _ topUp: TopUp, state: VenueState, price: Price, gasPriceWei: UInt256
  ) throws(ContractsError) -> Quote {
    if let topUpFailure { throw topUpFailure }
    let upfront = try ContractsError.wrapping { () throws(EthereumError) in
      try topUpGas * gasPriceWei
    }
    return Quote(
      change: .zero, expectedPrice: price, worstPrice: topUp.worstPrice, fee: .zero, impact: .zero,
      collateralUnits: try topUp.value.tokenUnits(decimals: 6, rounding: .up), collateralValue: topUp.value,
      upfrontFeeWei: upfront)
  }

  private func impact(of change: Quantity) throws(ContractsError) -> Usd {
    let size = Ratio(raw: try change.absolute().raw)
    return Usd(raw: try size.scaled(by: size, rounding: .up).scaled(by: impactPerSquare, rounding: .up).raw)
  }

  private func fillsAtOnce(_ trade: Trade, _ price: Price) -> Bool {
    guard case .limit(let limit) = trade.kind else { return true }
    return trade.change.isNegative ? limit <= price : limit >= price
  }

  private func trade(of action: VenueAction) -> Trade? {
    switch action {
    case .place(let trade), .amend(_, let trade): trade
    case .cancel, .topUp: nil
    }
  }

  func calls(
    for action: VenueAction, state: VenueState, price: Price, gasPriceWei: UInt256, account: Address
  ) throws(ContractsError) -> [Call] {
    let word: UInt8 =
      switch action {
      case .place: 1
      case .amend: 2
      case .cancel: 3
      case .topUp: 4
      }
    return [Call(to: .zero, valueWei: 0, data: [word], label: "scripted")]
  }

  /// The state after the action's call, before anybody executes the order.
  func after(_ action: VenueAction, _ state: VenueState, price: Price, now: UInt64) throws -> VenueState {
    var orders = state.orders
    switch action {
    case .cancel(let order):
      orders.removeAll { $0.key == order.key }
    case .amend(let order, let trade):
      orders = try orders.map {
        $0.key == order.key ? try listed(trade, key: order.key, state, price: price, now: now) : $0
      }
    case .topUp(let topUp):
      let quote = try quote(topUp, state: state, price: price, gasPriceWei: 1)
      orders.append(
        World.topUp(
          isLong: topUp.position.isLong, acceptable: topUp.worstPrice, updatedAt: now, collateral: topUp.value,
          collateralUnits: quote.collateralUnits))
    case .place(let trade):
      orders.append(try listed(trade, key: World.key(77), state, price: price, now: now))
    }
    return VenueState(positions: state.positions, orders: orders, terms: state.terms)
  }

  private func listed(
    _ trade: Trade, key: Bytes32, _ state: VenueState, price: Price, now: UInt64
  ) throws -> OpenOrder {
    var trigger: Price?
    if case .limit(let limit) = trade.kind { trigger = limit }
    let kind: OrderKind =
      switch (trade.kind, trade.reduceOnly) {
      case (.market, true): .marketDecrease
      case (.market, false): .marketIncrease
      case (.limit, true): .limitDecrease
      case (.limit, false): .limitIncrease
      }
    let quote = try quote(.place(trade), state: state, price: price, gasPriceWei: 1)
    return OpenOrder(
      key: key, kind: kind, isLong: trade.reduceOnly == trade.change.isNegative,
      state: kind.isMarket ? .pending : .resting, change: trade.change, collateralUnits: quote.collateralUnits,
      collateralValue: quote.collateralValue, triggerPrice: trigger, acceptablePrice: trade.worstPrice,
      updatedAt: now, cancellableAt: kind.isMarket ? now + 300 : now, executionFeeWei: 1)
  }

  func logQueries(orderKeys: [Bytes32], account: Address) -> [LogQuery] { [] }
  func placedOrders(in logs: [Log], account: Address) -> [Bytes32] { [] }
  func classify(order key: Bytes32, logs: [Log], stillListed: OpenOrder?) -> OrderState { .unknown }
  func describe(_ call: Call) -> [String]? { nil }
}

/// An account that is the keeper itself.
struct ScriptedAccount: Account {
  let name = "scripted"
  let holder = Address.zero
  let contracts: [(name: String, address: Address)] = []
  let knownErrors: [ABIErrorType] = []

  func wrap(_ calls: [Call]) throws(ContractsError) -> Call {
    guard let first = calls.first else { throw .cannotPlace("no calls") }
    return Call(to: first.to, valueWei: 0, data: calls.flatMap(\.data), label: "scripted")
  }
  func unwrap(_ call: Call) throws(ContractsError) -> [Call] { [call] }
  func reads(keeper: Address) -> [Read] { [] }
  func reading(_ results: [ReadResult]) throws(ContractsError) -> AccountReading {
    throw .cannotPlace("not read")
  }
  func probe() throws(ContractsError) -> Call? { nil }
  func isRoleHeld(probeRevert revert: [UInt8]?) -> Bool { true }
  func classify(revert: [UInt8], venueErrors: [ABIErrorType]) -> FailureClass { .retryable("") }
}

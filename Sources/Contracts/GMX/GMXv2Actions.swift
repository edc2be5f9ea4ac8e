package import Ethereum

// What an action costs, and the calls that carry it out.
extension GMXv2Venue {
  package func quote(
    _ action: VenueAction, state: VenueState, price: Price, gasPriceWei: UInt256
  ) throws(ContractsError) -> Quote {
    let native = try native(state)
    switch action {
    case .place(let trade):
      return try quote(
        placing: try plan(trade, state: native), state: state, native: native, gasPriceWei: gasPriceWei)
    case .topUp(let topUp):
      return try quote(
        placing: try plan(topUp, state: native), state: state, native: native, gasPriceWei: gasPriceWei)
    case .amend(let order, let trade):
      let plan = try amendment(of: order, to: trade, state: native)
      let fee = try topUp(order, gas: plan.executionGas, gasPriceWei: gasPriceWei)
      return try quote(plan, collateral: .zero, upfrontFeeWei: fee, state: state, native: native)
    case .cancel:
      return Quote(
        change: .zero, expectedPrice: price, worstPrice: price, fee: .zero, impact: .zero, collateralUnits: .zero,
        collateralValue: .zero, upfrontFeeWei: .zero)
    }
  }

  private func quote(
    placing plan: GMXv2Plan, state: VenueState, native: GMXv2State, gasPriceWei: UInt256
  ) throws(ContractsError) -> Quote {
    try quote(
      plan, collateral: plan.isIncrease ? plan.collateralDelta : .zero,
      upfrontFeeWei: executionFee(gas: plan.executionGas, gasPriceWei: gasPriceWei), state: state, native: native)
  }

  private func quote(
    _ plan: GMXv2Plan, collateral: UInt256, upfrontFeeWei: UInt256, state: VenueState, native: GMXv2State
  ) throws(ContractsError) -> Quote {
    let notional = try GMXv2Units.usd(plan.sizeDeltaUsd, .up)
    return Quote(
      change: plan.change, expectedPrice: plan.expectedPrice, worstPrice: plan.worstPrice,
      fee: try notional.scaled(by: state.terms.positionFee, rounding: .up),
      impact: try impact(of: notional, isBuy: plan.change.isPositive, terms: state.terms),
      collateralUnits: collateral,
      collateralValue: try GMXv2Units.value(
        collateral, decimals: configuration.collateral.decimals, at: native.collateralPrice, .up),
      upfrontFeeWei: upfrontFeeWei)
  }

  /// The probe's impact scaled to the notional: by its ratio below the probe (impact is convex, so that is too much
  /// rather than too little), by the ratio's square above.
  private func impact(of notional: Usd, isBuy: Bool, terms: MarketTerms) throws(ContractsError) -> Usd {
    let probe = isBuy ? terms.impactOfBuyingProbe : terms.impactOfSellingProbe
    let ratio = try notional.ratio(to: terms.impactProbe, rounding: .up)
    let scaled = try probe.scaled(by: ratio, rounding: .up)
    return ratio > .one ? try scaled.scaled(by: ratio, rounding: .up) : scaled
  }

  /// The protocol checks the fee against the gas price that the transaction really pays, so the highest possible
  /// counts.
  private func executionFee(gas: UInt256, gasPriceWei: UInt256) throws(ContractsError) -> UInt256 {
    try ContractsError.wrapping { () throws(EthereumError) in try gas * gasPriceWei }
  }

  /// What an amendment must add: its fee is checked anew, and a frozen order has none left.
  private func topUp(_ order: OpenOrder, gas: UInt256, gasPriceWei: UInt256) throws(ContractsError) -> UInt256 {
    let fee = try executionFee(gas: gas, gasPriceWei: gasPriceWei)
    guard fee > order.executionFeeWei else { return .zero }
    return try ContractsError.wrapping { () throws(EthereumError) in try fee - order.executionFeeWei }
  }

  // MARK: - Amending

  /// The plan of an order after an amendment. Type, side and collateral of an order cannot change, so the size is cut
  /// to what its collateral carries at the trade's leverage.
  func amendment(of order: OpenOrder, to trade: Trade, state: GMXv2State) throws(ContractsError) -> GMXv2Plan {
    guard let listed = state.orders.first(where: { $0.key == order.key })?.order else {
      throw .cannotPlace("order \(order.key) is not listed any more; read the state again")
    }
    guard order.kind == .limitIncrease || order.kind == .limitDecrease, case .limit = trade.kind else {
      throw .cannotPlace(
        "only limit orders can be amended, to another limit; cancel the \(order.kind.rawValue) instead")
    }
    let isBuy = order.isLong == order.kind.isIncrease
    guard trade.change.isPositive == isBuy, !trade.change.isZero else {
      throw .cannotPlace("an amendment cannot turn order \(order.key) around; cancel it and place another")
    }
    let expected = try checkedPrice(trade, index: state.indexPrice)
    if order.kind.isDecrease {
      let position = state.positions.first { keyed in
        keyed.position.flags.isLong == order.isLong && keyed.position.numbers.sizeInTokens != .zero
          && keyed.position.addresses.collateralToken == listed.addresses.initialCollateralToken
      }
      guard let position else {
        throw .cannotPlace("order \(order.key) has no position left to reduce; cancel it")
      }
      return try decrease(position.position, trade: trade, expected: expected, state: state)
    }
    let size = try amendedIncrease(order, trade: trade, expected: expected, state: state)
    let quantity = try GMXv2Units.usd(size, .down).quantity(at: expected, rounding: .up)
    return GMXv2Plan(
      type: .limitIncrease, isLong: order.isLong,
      collateralToken: listed.addresses.initialCollateralToken, sizeDeltaUsd: size,
      collateralDelta: listed.numbers.initialCollateralDeltaAmount, triggerPrice: try trigger(trade, isBuy: isBuy),
      acceptablePrice: try bound(trade.worstPrice, isBuy: isBuy),
      executionGas: try state.parameters.executionGas(increase: true),
      change: isBuy ? quantity : try quantity.negated(), expectedPrice: expected, worstPrice: trade.worstPrice)
  }

  private func amendedIncrease(
    _ order: OpenOrder, trade: Trade, expected: Price, state: GMXv2State
  ) throws(ContractsError) -> UInt256 {
    let wanted = try expected.value(of: trade.change.absolute(), rounding: .down)
    let carried = try order.collateralValue.scaled(by: trade.leverage, rounding: .down)
    let size = try GMXv2Units.units(min(wanted, carried))
    guard size >= state.parameters.minimumPositionSizeUsd else {
      throw .cannotPlace(
        "the collateral of order \(order.key) (\(order.collateralValue) USD) carries too little; cancel it instead")
    }
    return size
  }

  // MARK: - Calls

  package func calls(
    for action: VenueAction, state: VenueState, price: Price, gasPriceWei: UInt256, account: Address
  ) throws(ContractsError) -> [Call] {
    let native = try native(state)
    switch action {
    case .place(let trade):
      return try calls(placing: try plan(trade, state: native), gasPriceWei: gasPriceWei, account: account)
    case .topUp(let topUp):
      return try calls(placing: try plan(topUp, state: native), gasPriceWei: gasPriceWei, account: account)
    case .amend(let order, let trade):
      let plan = try amendment(of: order, to: trade, state: native)
      let fee = try topUp(order, gas: plan.executionGas, gasPriceWei: gasPriceWei)
      let update = GMXExchangeRouter.UpdateOrder(
        key: order.key, sizeDeltaUsd: plan.sizeDeltaUsd, acceptablePrice: plan.acceptablePrice,
        triggerPrice: plan.triggerPrice, minOutputAmount: .zero, validFromTime: .zero, autoCancel: false)
      return (fee == .zero ? [] : [try sendFee(fee)]) + [try call(update, label: "ExchangeRouter.updateOrder")]
    case .cancel(let order):
      return [try call(GMXExchangeRouter.CancelOrder(key: order.key), label: "ExchangeRouter.cancelOrder")]
    }
  }

  private func calls(
    placing plan: GMXv2Plan, gasPriceWei: UInt256, account: Address
  ) throws(ContractsError) -> [Call] {
    let fee = try executionFee(gas: plan.executionGas, gasPriceWei: gasPriceWei)
    var calls = [try sendFee(fee)]
    if plan.isIncrease, plan.collateralDelta != .zero {
      let send = GMXExchangeRouter.SendTokens(
        token: plan.collateralToken, receiver: configuration.deployment.orderVault, amount: plan.collateralDelta)
      calls.append(try call(send, label: "ExchangeRouter.sendTokens"))
    }
    calls.append(try call(create(plan, fee: fee, account: account), label: "ExchangeRouter.createOrder"))
    return calls
  }

  private func call(
    _ function: some ContractFunction, valueWei: UInt256 = .zero, label: String
  ) throws(ContractsError) -> Call {
    Call(
      to: configuration.deployment.exchangeRouter, valueWei: valueWei, data: try function.encoded(), label: label)
  }

  private func sendFee(_ fee: UInt256) throws(ContractsError) -> Call {
    let send = GMXExchangeRouter.SendWnt(receiver: configuration.deployment.orderVault, amount: fee)
    return try call(send, valueWei: fee, label: "ExchangeRouter.sendWnt")
  }

  /// Fields that are the same in every order of ours: receiver and cancellationReceiver are the account, said outright
  /// so that a role can require it; no callback; no swap path and decreasePositionSwapType 0, because a swap would be a
  /// second trade without a price bound of its own (profit of a long comes in the long token); native currency stays
  /// wrapped, as tokens that the vault counts; autoCancel false, since a hedge's orders do not depend on each other;
  /// dataList empty.
  private func create(
    _ plan: GMXv2Plan, fee: UInt256, account: Address
  ) throws(ContractsError) -> GMXExchangeRouter.CreateOrder {
    GMXExchangeRouter.CreateOrder(
      params: GMXExchangeRouter.CreateOrderParams(
        addresses: .init(
          receiver: account, cancellationReceiver: account, callbackContract: .zero,
          uiFeeReceiver: configuration.uiFeeReceiver, market: configuration.market,
          initialCollateralToken: plan.collateralToken, swapPath: []),
        numbers: .init(
          sizeDeltaUsd: plan.sizeDeltaUsd, initialCollateralDeltaAmount: plan.collateralDelta,
          triggerPrice: plan.triggerPrice, acceptablePrice: plan.acceptablePrice, executionFee: fee,
          callbackGasLimit: .zero, minOutputAmount: .zero, validFromTime: .zero),
        orderType: UInt256(plan.type.rawValue), decreasePositionSwapType: .zero, isLong: plan.isLong,
        shouldUnwrapNativeToken: false, autoCancel: false, referralCode: configuration.referralCode, dataList: []))
  }
}

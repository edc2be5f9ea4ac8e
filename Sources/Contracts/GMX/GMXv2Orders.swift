import Ethereum

/// Order types of the protocol, by number.
enum GMXv2OrderType: UInt64, CaseIterable {
  case marketSwap = 0, limitSwap, marketIncrease, limitIncrease, marketDecrease, limitDecrease, stopLossDecrease
  case liquidation, stopIncrease

  var kind: OrderKind {
    switch self {
    case .marketSwap, .limitSwap: .swap
    case .marketIncrease: .marketIncrease
    case .limitIncrease: .limitIncrease
    case .marketDecrease: .marketDecrease
    case .limitDecrease: .limitDecrease
    case .stopLossDecrease: .stopLossDecrease
    case .liquidation: .liquidation
    case .stopIncrease: .stopIncrease
    }
  }
}

extension GMXv2Venue {
  /// One listed order in our units.
  func openOrder(_ keyed: GMXv2State.KeyedOrder, in state: GMXv2State) throws(ContractsError) -> OpenOrder {
    let numbers = keyed.order.numbers
    guard let type = numbers.orderType.asUInt64.flatMap(GMXv2OrderType.init(rawValue:)) else {
      throw .implausible(what: "the type of GMX order \(keyed.key)", value: "\(numbers.orderType)")
    }
    let updatedAt = try seconds(numbers.updatedAtTime, what: "GMX order \(keyed.key) updatedAtTime")
    let kind = type.kind
    let decimals = configuration.indexToken.decimals
    // A decrease holds nothing: its collateral figure is what it will take out of the position.
    let held = kind.isDecrease ? UInt256.zero : numbers.initialCollateralDeltaAmount
    let token = keyed.order.addresses.initialCollateralToken
    let (cancellableAt, overflow) = updatedAt.addingReportingOverflow(state.parameters.requestExpirationSeconds)
    let isMarket = type == .marketSwap || kind.isMarket
    return OpenOrder(
      key: keyed.key, kind: kind, isLong: keyed.order.flags.isLong,
      state: orderState(keyed.order, isMarket: isMarket), change: try change(keyed.order, kind: kind, in: state),
      collateralUnits: held,
      collateralValue: configuration.token(at: token) == nil ? .zero : try tokenValue(held, of: token, in: state),
      triggerPrice: numbers.triggerPrice == .zero
        ? nil : representable(numbers.triggerPrice, tokenDecimals: decimals),
      acceptablePrice: representable(numbers.acceptablePrice, tokenDecimals: decimals), updatedAt: updatedAt,
      cancellableAt: isMarket ? (overflow ? .max : cancellableAt) : updatedAt, executionFeeWei: numbers.executionFee)
  }

  private func orderState(_ order: GMXReader.OrderProps, isMarket: Bool) -> OrderState {
    if order.flags.isFrozen { return .frozen(reason: "listed as frozen") }
    return isMarket ? .pending : .resting
  }

  private func seconds(_ value: UInt256, what: String) throws(ContractsError) -> UInt64 {
    guard let seconds = value.asUInt64 else { throw .implausible(what: what, value: "\(value)") }
    return seconds
  }

  /// A price of somebody's choice (an order may carry 2^256 − 1 for "any"); nil where our format cannot hold it.
  private func representable(_ units: UInt256, tokenDecimals: Int) -> Price? {
    do {
      return try GMXv2Units.price(units, tokenDecimals: tokenDecimals, .down)
    } catch {
      return nil
    }
  }

  /// Signed change of the base delta if the order fills wholly, magnitude rounded up.
  ///
  /// An increase of S dollars gives S / P tokens. P is not known before the fill; taken is the price that gives most
  /// tokens among those that the order admits and the market has now: for a long the lower of trigger and index price,
  /// for a short the trigger where there is one (it fills at that price or higher), else the index price. A decrease is
  /// its share of the position, at most the whole.
  private func change(
    _ order: GMXReader.OrderProps, kind: OrderKind, in state: GMXv2State
  ) throws(ContractsError) -> Quantity {
    let isLong = order.flags.isLong
    if kind.isIncrease {
      let index = try GMXv2Units.units(state.indexPrice, tokenDecimals: configuration.indexToken.decimals, .down)
      let trigger = order.numbers.triggerPrice
      let price = trigger == .zero || kind.isMarket ? index : isLong ? min(trigger, index) : trigger
      let tokens = try FixedPoint.mulDiv(order.numbers.sizeDeltaUsd, .one, price, .up)
      return try baseQuantity(tokens, isNegative: !isLong)
    }
    guard kind.isDecrease,
      let position = state.positions.first(where: { keyed in
        keyed.position.flags.isLong == isLong
          && keyed.position.addresses.collateralToken == order.addresses.initialCollateralToken
      })?.position.numbers,
      position.sizeInUsd != .zero
    else { return .zero }
    let size = min(order.numbers.sizeDeltaUsd, position.sizeInUsd)
    let tokens = try FixedPoint.mulDiv(position.sizeInTokens, size, position.sizeInUsd, .up)
    return try baseQuantity(tokens, isNegative: isLong)
  }

  private func baseQuantity(_ tokens: UInt256, isNegative: Bool) throws(ContractsError) -> Quantity {
    let size = try Quantity(units: tokens, decimals: configuration.indexToken.decimals, rounding: .up)
    return isNegative ? try size.negated() : size
  }
}

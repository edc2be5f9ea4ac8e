import Ethereum

/// An order as it will be written, in the protocol's units, with what it means in ours.
struct GMXv2Plan: Hashable, Sendable {
  let type: GMXv2OrderType
  let isLong: Bool
  let collateralToken: Address
  let sizeDeltaUsd: UInt256
  /// Sent with an increase; taken out of the position with a decrease.
  let collateralDelta: UInt256
  let triggerPrice: UInt256
  let acceptablePrice: UInt256
  /// Gas the execution fee must pay for.
  let executionGas: UInt256

  /// What it changes of the base delta.
  let change: Quantity
  let expectedPrice: Price
  let worstPrice: Price

  var isIncrease: Bool { type.kind.isIncrease }
}

extension GMXv2Venue {
  /// What an order for `trade` would be. A trade against a position makes it smaller and is cut to it: GMX holds long
  /// and short side by side, and a remainder that opens the other side belongs to a later tick, when the first has
  /// executed.
  func plan(_ trade: Trade, state: GMXv2State) throws(ContractsError) -> GMXv2Plan {
    guard !trade.change.isZero else { throw .cannotPlace("the change of a trade must not be zero") }
    guard trade.leverage.isPositive else {
      throw .cannotPlace("leverage is \(trade.leverage); it must be more than 0")
    }
    let expected = try checkedPrice(trade, index: state.indexPrice)
    let isBuy = trade.change.isPositive
    let opposing = state.positions.first { keyed in
      keyed.position.flags.isLong != isBuy && keyed.position.numbers.sizeInTokens != .zero
    }
    if let opposing { return try decrease(opposing.position, trade: trade, expected: expected, state: state) }
    guard !trade.reduceOnly else {
      throw .cannotPlace("a reduce-only trade of \(trade.change) has no position to reduce")
    }
    return try increase(trade, expected: expected, state: state)
  }

  /// The price a fill is expected at, after the bound has been checked: the limit where there is one, else the index.
  func checkedPrice(_ trade: Trade, index: Price) throws(ContractsError) -> Price {
    let isBuy = trade.change.isPositive
    guard !trade.worstPrice.isZero else {
      throw .cannotPlace("a trade needs a worst price; 0 would accept any")
    }
    guard case .limit(let limit) = trade.kind else {
      guard isBuy ? trade.worstPrice >= index : trade.worstPrice <= index else {
        // The order keeper would cancel it, and the fee would be spent.
        throw .cannotPlace(
          "worst price \(trade.worstPrice) is stricter than the index price \(index); widen the bound or use a limit")
      }
      return index
    }
    guard !limit.isZero else { throw .cannotPlace("a limit price must not be 0") }
    guard isBuy ? trade.worstPrice >= limit : trade.worstPrice <= limit else {
      // Triggered and not fulfillable, it would be frozen and its fee lost.
      throw .cannotPlace(
        "worst price \(trade.worstPrice) is stricter than the limit \(limit); widen the bound or move the limit")
    }
    return limit
  }

  // MARK: - Increase

  private func increase(
    _ trade: Trade, expected: Price, state: GMXv2State
  ) throws(ContractsError) -> GMXv2Plan {
    let isLong = trade.change.isPositive
    let notional = try expected.value(of: trade.change.absolute(), rounding: .down)
    let size = try GMXv2Units.units(notional)
    let collateralValue = try notional.divided(by: trade.leverage, rounding: .up)
    let token = configuration.collateral
    let units = try GMXv2Units.tokenUnits(collateralValue, decimals: token.decimals, at: state.collateralPrice, .up)
    let existing = state.positions.first { keyed in
      keyed.position.flags.isLong == isLong && keyed.position.addresses.collateralToken == token.address
    }?.position.numbers
    try checkMinima(addedSize: size, addedCollateral: units, to: existing, trade: trade, state: state)
    return GMXv2Plan(
      type: trade.kind == .market ? .marketIncrease : .limitIncrease, isLong: isLong, collateralToken: token.address,
      sizeDeltaUsd: size, collateralDelta: units, triggerPrice: try trigger(trade, isBuy: isLong),
      acceptablePrice: try bound(trade.worstPrice, isBuy: isLong),
      executionGas: try state.parameters.executionGas(increase: true),
      change: try changeOf(size, at: expected, isNegative: !isLong), expectedPrice: expected,
      worstPrice: trade.worstPrice)
  }

  /// Position size, collateral and leverage after the increase against the market's limits. Unrealised profit and loss
  /// are not counted; the simulation of the order's execution is the protocol's.
  private func checkMinima(
    addedSize: UInt256, addedCollateral: UInt256, to existing: GMXReader.PositionNumbers?, trade: Trade,
    state: GMXv2State
  ) throws(ContractsError) {
    let parameters = state.parameters
    let token = configuration.collateral
    let unitPrice = try GMXv2Units.units(state.collateralPrice, tokenDecimals: token.decimals, .down)
    let one = try GMXv2Units.one()
    let fee = max(parameters.positionFeeImproving, parameters.positionFeeWorsening)
    let (size, collateral, required) = try ContractsError.wrapping { () throws(EthereumError) in
      let size = try addedSize + (existing?.sizeInUsd ?? .zero)
      let held = try (addedCollateral + (existing?.collateralAmount ?? .zero)) * unitPrice
      let cost = try UInt256.mulDiv(addedSize, fee, one, rounding: .up)
      let required = try UInt256.mulDiv(size, parameters.minimumCollateralFactor, one, rounding: .up)
      return (size, held > cost ? try held - cost : UInt256.zero, max(required, parameters.minimumCollateralUsd))
    }
    guard size >= parameters.minimumPositionSizeUsd else {
      throw .cannotPlace(
        "position of \(try GMXv2Units.usd(size, .down)) USD is below the venue's minimum of "
          + "\(try GMXv2Units.usd(parameters.minimumPositionSizeUsd, .up)) USD; raise the minimum clip")
    }
    guard collateral >= required else {
      throw .cannotPlace(
        "collateral of \(try GMXv2Units.usd(collateral, .down)) USD after fees is below the "
          + "\(try GMXv2Units.usd(required, .up)) USD that the venue requires; lower the leverage (\(trade.leverage))")
    }
  }

  // MARK: - More collateral

  /// An increase by nothing, which is how the protocol adds collateral: a market order, charged what the position owes
  /// until then and no fee of its own. The price it executes at is of no account; the bound is carried all the same.
  func plan(_ topUp: TopUp, state: GMXv2State) throws(ContractsError) -> GMXv2Plan {
    let token = configuration.collateral
    let held = state.positions.first { $0.key == topUp.position.key }?.position
    guard let held, held.numbers.sizeInTokens != .zero else {
      throw .cannotPlace("position \(topUp.position.key) is not listed any more; read the state again")
    }
    // Of another token it would be another position, without size.
    guard held.addresses.collateralToken == token.address else {
      throw .cannotPlace(
        "position \(topUp.position.key) is backed by \(held.addresses.collateralToken), and the vault gives "
          + "\(token.symbol); only more of the same can be added")
    }
    guard topUp.value.isPositive else { throw .cannotPlace("a top-up of \(topUp.value) USD adds nothing") }
    let units = try GMXv2Units.tokenUnits(topUp.value, decimals: token.decimals, at: state.collateralPrice, .up)
    let isLong = held.flags.isLong
    return GMXv2Plan(
      type: .marketIncrease, isLong: isLong, collateralToken: token.address, sizeDeltaUsd: .zero,
      collateralDelta: units, triggerPrice: .zero, acceptablePrice: try bound(topUp.worstPrice, isBuy: isLong),
      executionGas: try state.parameters.executionGas(increase: true), change: .zero,
      expectedPrice: state.indexPrice, worstPrice: topUp.worstPrice)
  }

  // MARK: - Decrease

  func decrease(
    _ position: GMXReader.PositionProps, trade: Trade, expected: Price, state: GMXv2State
  ) throws(ContractsError) -> GMXv2Plan {
    let numbers = position.numbers
    let isLong = position.flags.isLong
    let wanted = try trade.change.absolute().tokenUnits(
      decimals: configuration.indexToken.decimals, rounding: .down)
    let share = min(wanted, numbers.sizeInTokens)
    var size = numbers.sizeInUsd
    if share < numbers.sizeInTokens {
      size = try FixedPoint.mulDiv(numbers.sizeInUsd, share, numbers.sizeInTokens, .down)
      let rest = try ContractsError.wrapping { () throws(EthereumError) in try numbers.sizeInUsd - size }
      // The venue closes a position whole that would be left below its minimum, so that is what is planned.
      if rest < state.parameters.minimumPositionSizeUsd { size = numbers.sizeInUsd }
    }
    guard size != .zero else { throw .cannotPlace("a decrease of \(trade.change) is too small for the venue's units") }
    let isWhole = size == numbers.sizeInUsd
    let tokens =
      isWhole
      ? numbers.sizeInTokens : try FixedPoint.mulDiv(numbers.sizeInTokens, size, numbers.sizeInUsd, .down)
    let change = try Quantity(units: tokens, decimals: configuration.indexToken.decimals, rounding: .down)
    return GMXv2Plan(
      type: trade.kind == .market ? .marketDecrease : .limitDecrease, isLong: isLong,
      collateralToken: position.addresses.collateralToken, sizeDeltaUsd: size,
      // A whole close returns all collateral by itself.
      collateralDelta: isWhole ? .zero : try surplus(position, closing: size, trade: trade, state: state),
      triggerPrice: try trigger(trade, isBuy: !isLong), acceptablePrice: try bound(trade.worstPrice, isBuy: !isLong),
      executionGas: try state.parameters.executionGas(increase: false),
      change: isLong ? try change.negated() : change, expectedPrice: expected, worstPrice: trade.worstPrice)
  }

  /// Collateral that a decrease takes out: at most the closed share of it, and only what the rest does not need for the
  /// trade's leverage, losses counted and profits not.
  private func surplus(
    _ position: GMXReader.PositionProps, closing size: UInt256, trade: Trade, state: GMXv2State
  ) throws(ContractsError) -> UInt256 {
    let numbers = position.numbers
    guard let token = configuration.token(at: position.addresses.collateralToken),
      let price = tokenPrice(token.address, in: state)
    else { return .zero }
    let held = try GMXv2Units.value(numbers.collateralAmount, decimals: token.decimals, at: price, .down)
    let rest = try ContractsError.wrapping { () throws(EthereumError) in try numbers.sizeInUsd - size }
    let needed = try GMXv2Units.usd(rest, .up).divided(by: trade.leverage, rounding: .up)
    let quantity = try Quantity(
      units: numbers.sizeInTokens, decimals: configuration.indexToken.decimals, rounding: .up)
    let worth = try state.indexPrice.value(of: quantity, rounding: .up)
    let cost = try GMXv2Units.usd(numbers.sizeInUsd, .down)
    let result = position.flags.isLong ? try worth - cost : try cost - worth
    let free = try held - needed + min(result, .zero)
    guard free.isPositive else { return .zero }
    let share = try FixedPoint.mulDiv(numbers.collateralAmount, size, numbers.sizeInUsd, .down)
    return min(share, try GMXv2Units.tokenUnits(free, decimals: token.decimals, at: price, .down))
  }

  // MARK: - Prices

  private func changeOf(_ size: UInt256, at price: Price, isNegative: Bool) throws(ContractsError) -> Quantity {
    let quantity = try GMXv2Units.usd(size, .down).quantity(at: price, rounding: .up)
    return isNegative ? try quantity.negated() : quantity
  }

  func trigger(_ trade: Trade, isBuy: Bool) throws(ContractsError) -> UInt256 {
    guard case .limit(let price) = trade.kind else { return .zero }
    return try bound(price, isBuy: isBuy)
  }

  /// A ceiling is rounded down and a floor up, so that the bound is never wider than asked; one that would become 0 or
  /// "any price" is refused.
  func bound(_ price: Price, isBuy: Bool) throws(ContractsError) -> UInt256 {
    let units = try GMXv2Units.units(
      price, tokenDecimals: configuration.indexToken.decimals, isBuy ? .down : .up)
    guard units != .zero, units != .max else {
      throw .cannotPlace("price bound \(price) is outside what the venue can hold; every order needs a real bound")
    }
    return units
  }
}

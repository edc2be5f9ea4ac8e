import Ethereum

/// The argument of createOrder: CreateOrderParams.
struct OrderRequest {
  private let params: CallData
  private let addresses: CallData

  init(_ params: CallData) throws {
    self.params = params
    addresses = try params.tail(0)
  }

  /// The order this asks for; throws what the order handler refuses.
  func order(account: Address, machine: ContractMachine) throws -> VenueOrder {
    let type = try type(account: account, machine: machine)
    let (count, heads) = try params.list(15)
    return VenueOrder(
      key: .zero, account: account, receiver: try addresses.address(0),
      cancellationReceiver: try addresses.address(1), callbackContract: try addresses.address(2),
      uiFeeReceiver: try addresses.address(3), market: try addresses.address(4),
      collateralToken: try addresses.address(5), type: type, swapType: try params.uint8(10),
      sizeDeltaUsd: try params.uint(1), collateralDelta: try params.uint(2), triggerPrice: try params.uint(3),
      acceptablePrice: try params.uint(4), executionFee: try params.uint(5), callbackGasLimit: try params.uint(6),
      minimumOutput: try params.uint(7), updatedAt: machine.now, validFrom: try params.uint(8),
      isLong: try params.bool(11), unwrapsNative: try params.bool(12), autoCancel: try params.bool(13),
      dataList: try (0..<count).map { try heads.bytes32($0) }, changedInBlock: machine.block.number)
  }

  private func type(account: Address, machine: ContractMachine) throws -> VenueOrderType {
    if account == .zero { throw Revert(VenueError.emptyAccount) }
    if try addresses.address(0) == .zero { throw Revert(VenueError.emptyReceiver) }
    let number = try params.uint8(9)
    let value = ABIValue.uint(UInt256(UInt64(number)))
    let type = VenueOrderType(rawValue: number)
    if type == .liquidation { throw Revert(VenueError.orderTypeCannotBeCreated, value) }
    // Swaps are the one thing left out, here as on the dev chain.
    guard let type, number >= VenueOrderType.marketIncrease.rawValue, try addresses.list(6).count == 0 else {
      throw Revert(VenueError.unsupportedOrderType, value)
    }
    let market = try addresses.address(4)
    guard market == machine.addresses.market else { throw Revert(VenueError.emptyMarket) }
    if machine.state.venue.bools[machine.site.keys.isDisabled] ?? false {
      throw Revert(VenueError.disabledMarket, .address(market))
    }
    if try params.uint(8) != .zero, type.isMarket { throw Revert(VenueError.unexpectedValidFromTime, value) }
    return type
  }
}

extension VenueOrder {
  func with(key: Bytes32) -> VenueOrder {
    VenueOrder(
      key: key, account: account, receiver: receiver, cancellationReceiver: cancellationReceiver,
      callbackContract: callbackContract, uiFeeReceiver: uiFeeReceiver, market: market,
      collateralToken: collateralToken, type: type, swapType: swapType, sizeDeltaUsd: sizeDeltaUsd,
      collateralDelta: collateralDelta, triggerPrice: triggerPrice, acceptablePrice: acceptablePrice,
      executionFee: executionFee, callbackGasLimit: callbackGasLimit, minimumOutput: minimumOutput,
      updatedAt: updatedAt, validFrom: validFrom, isLong: isLong, unwrapsNative: unwrapsNative, isFrozen: isFrozen,
      autoCancel: autoCancel, dataList: dataList, changedInBlock: changedInBlock)
  }

  /// Whether the order waits for the price to come down to its trigger; nil where it has none.
  private var waitsForFall: Bool? {
    switch type {
    case .limitIncrease, .stopLossDecrease: isLong
    case .stopIncrease, .limitDecrease: !isLong
    default: nil
    }
  }

  func isTriggered(at price: PriceRange) -> Bool {
    guard let waitsForFall else { return true }
    return waitsForFall ? price.max <= triggerPrice : price.min >= triggerPrice
  }
}

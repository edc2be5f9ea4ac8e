import Ethereum

/// An event of the venue's EventEmitter: a name, one or two topics, and named items of seven kinds.
struct VenueEvent {
  let name: String
  /// Which contract asked for it; it is part of the data.
  let isFromPositions: Bool
  let topic: Bytes32
  /// A third topic in orders' events.
  let account: Address?
  var addresses: [(String, Address)] = []
  var addressLists: [(String, [Address])] = []
  var uints: [(String, UInt256)] = []
  var ints: [(String, Int256)] = []
  var bools: [(String, Bool)] = []
  var words: [(String, Bytes32)] = []
  var wordLists: [(String, [Bytes32])] = []
  var bytes: [(String, [UInt8])] = []
  var strings: [(String, String)] = []

  /// EventUtils.EventLogData.
  static let dataType: ABIType = {
    func items(_ type: ABIType) -> ABIType {
      .tuple([.array(.tuple([.string, type])), .array(.tuple([.string, .array(type)]))])
    }
    return .tuple([
      items(.address), items(.uint256), items(.int256), items(.bool), items(.bytes32), items(.bytes),
      items(.string),
    ])
  }()

  func encoded(sender: Address) -> [UInt8] {
    func items<Value>(_ values: [(String, Value)], _ encode: (Value) -> ABIValue) -> ABIValue {
      .array(values.map { .tuple([.string($0.0), encode($0.1)]) })
    }
    func plain<Value>(_ values: [(String, Value)], _ encode: (Value) -> ABIValue) -> ABIValue {
      .tuple([items(values, encode), .array([])])
    }
    let data = ABIValue.tuple([
      .tuple([
        items(addresses) { .address($0) },
        items(addressLists) { .array($0.map { .address($0) }) },
      ]),
      plain(uints) { .uint($0) }, plain(ints) { .int($0) }, plain(bools) { .bool($0) },
      .tuple([items(words) { .bytes32($0) }, items(wordLists) { .array($0.map { .bytes32($0) }) }]),
      plain(bytes) { .bytes($0) }, plain(strings) { .string($0) },
    ])
    do {
      return try ABI.encode([.address(sender), .string(name), data], as: [.address, .string, Self.dataType])
    } catch {
      preconditionFailure("the items of \(name) are of their types: \(error)")
    }
  }
}

extension ContractMachine {
  mutating func emit(_ event: VenueEvent) {
    let sender = event.isFromPositions ? addresses.positionHandler : addresses.orderHandler
    var topics = [
      event.account == nil ? Topic.eventLog1 : Topic.eventLog2, Keccak256.hash(utf8: event.name), event.topic,
    ]
    if let account = event.account { topics.append(Bytes32(account.word)) }
    log(addresses.eventEmitter, topics, event.encoded(sender: sender))
  }
}

// MARK: - Orders

extension VenueEvent {
  private init(order name: String, _ order: VenueOrder) {
    self.init(name: name, isFromPositions: false, topic: order.key, account: order.account)
    words = [("key", order.key)]
    addresses = [("account", order.account)]
  }

  static func orderCreated(_ order: VenueOrder) -> VenueEvent {
    var event = VenueEvent(order: "OrderCreated", order)
    event.addresses = [
      ("account", order.account), ("receiver", order.receiver), ("callbackContract", order.callbackContract),
      ("uiFeeReceiver", order.uiFeeReceiver), ("market", order.market),
      ("initialCollateralToken", order.collateralToken), ("cancellationReceiver", order.cancellationReceiver),
    ]
    event.addressLists = [("swapPath", [])]
    event.uints = [
      ("orderType", UInt256(UInt64(order.type.rawValue))),
      ("decreasePositionSwapType", UInt256(UInt64(order.swapType))), ("sizeDeltaUsd", order.sizeDeltaUsd),
      ("initialCollateralDeltaAmount", order.collateralDelta), ("triggerPrice", order.triggerPrice),
      ("acceptablePrice", order.acceptablePrice), ("executionFee", order.executionFee),
      ("callbackGasLimit", order.callbackGasLimit), ("minOutputAmount", order.minimumOutput),
      ("updatedAtTime", order.updatedAt), ("validFromTime", order.validFrom), ("srcChainId", .zero),
    ]
    event.bools = [
      ("isLong", order.isLong), ("shouldUnwrapNativeToken", order.unwrapsNative), ("isFrozen", order.isFrozen),
      ("autoCancel", order.autoCancel),
    ]
    event.wordLists = [("dataList", order.dataList)]
    return event
  }

  static func orderUpdated(_ order: VenueOrder) -> VenueEvent {
    var event = VenueEvent(order: "OrderUpdated", order)
    event.uints = [
      ("sizeDeltaUsd", order.sizeDeltaUsd), ("acceptablePrice", order.acceptablePrice),
      ("triggerPrice", order.triggerPrice), ("minOutputAmount", order.minimumOutput),
      ("updatedAtTime", order.updatedAt), ("validFromTime", order.validFrom),
    ]
    event.bools = [("autoCancel", order.autoCancel)]
    return event
  }

  static func orderExecuted(_ order: VenueOrder) -> VenueEvent {
    var event = VenueEvent(order: "OrderExecuted", order)
    event.uints = [("secondaryOrderType", .zero)]
    return event
  }

  static func orderCancelled(_ order: VenueOrder, reason: String, cause: [UInt8]) -> VenueEvent {
    withReason("OrderCancelled", order, reason, cause)
  }

  static func orderFrozen(_ order: VenueOrder, reason: String, cause: [UInt8]) -> VenueEvent {
    withReason("OrderFrozen", order, reason, cause)
  }

  private static func withReason(
    _ name: String, _ order: VenueOrder, _ reason: String, _ cause: [UInt8]
  ) -> VenueEvent {
    var event = VenueEvent(order: name, order)
    event.strings = [("reason", reason)]
    event.bytes = [("reasonBytes", cause)]
    return event
  }
}

// MARK: - Positions

extension VenueEvent {
  private init(
    position name: String, _ order: VenueOrder, _ position: VenuePosition, _ prices: MarketPrices,
    _ fees: PositionFees, price: UInt256
  ) {
    self.init(name: name, isFromPositions: true, topic: Bytes32(position.account.word), account: nil)
    addresses = [
      ("account", position.account), ("market", position.market), ("collateralToken", position.collateralToken),
    ]
    uints = [
      ("sizeInUsd", position.sizeInUsd), ("sizeInTokens", position.sizeInTokens),
      ("collateralAmount", position.collateralAmount), ("borrowingFactor", position.borrowingFactor),
      ("fundingFeeAmountPerSize", position.fundingFeePerSize),
      ("longTokenClaimableFundingAmountPerSize", position.longClaimablePerSize),
      ("shortTokenClaimableFundingAmountPerSize", position.shortClaimablePerSize), ("executionPrice", price),
      ("indexTokenPrice.max", prices.index.max), ("indexTokenPrice.min", prices.index.min),
      ("collateralTokenPrice.max", fees.collateralPrice.max),
      ("collateralTokenPrice.min", fees.collateralPrice.min),
    ]
    bools = [("isLong", position.isLong)]
    words = [("orderKey", order.key), ("positionKey", position.key)]
  }

  static func positionIncrease(
    _ order: VenueOrder, _ position: VenuePosition, _ prices: MarketPrices, _ fees: PositionFees,
    _ result: ExecutionPrice, tokens: UInt256, change: Int256, impact: Int256
  ) -> VenueEvent {
    var event = VenueEvent(position: "PositionIncrease", order, position, prices, fees, price: result.price)
    event.uints += [
      ("sizeDeltaUsd", order.sizeDeltaUsd), ("sizeDeltaInTokens", tokens),
      ("orderType", UInt256(UInt64(order.type.rawValue))), ("increasedAtTime", position.increasedAt),
    ]
    event.ints = [
      ("collateralDeltaAmount", change), ("pendingPriceImpactUsd", result.impactUsd),
      ("pendingPriceImpactAmount", impact),
    ]
    return event
  }

  static func positionDecrease(
    _ order: VenueOrder, _ position: VenuePosition, _ prices: MarketPrices, _ fees: PositionFees,
    _ decrease: PositionDecrease
  ) -> VenueEvent {
    let execution = decrease.execution
    var event = VenueEvent(position: "PositionDecrease", order, position, prices, fees, price: execution.price)
    event.uints += [
      ("sizeDeltaUsd", decrease.sizeDeltaUsd), ("sizeDeltaInTokens", decrease.tokens),
      ("collateralDeltaAmount", decrease.collateralDelta), ("values.priceImpactDiffUsd", .zero),
      ("orderType", UInt256(UInt64(order.type.rawValue))), ("decreasedAtTime", position.decreasedAt),
    ]
    event.ints = [
      ("priceImpactUsd", execution.impactUsd), ("proportionalPendingImpactUsd", execution.pendingImpactUsd),
      ("totalImpactUsd", execution.totalImpactUsd), ("basePnlUsd", decrease.gainUsd),
      ("uncappedBasePnlUsd", decrease.gainUsd),
    ]
    return event
  }

  static func feesCollected(
    _ order: VenueOrder, _ position: VenuePosition, size: UInt256, isIncrease: Bool, _ fees: PositionFees
  ) -> VenueEvent {
    var event = VenueEvent(
      name: "PositionFeesCollected", isFromPositions: true, topic: Bytes32(position.market.word), account: nil)
    event.words = [("orderKey", order.key), ("positionKey", position.key), ("referralCode", .zero)]
    event.addresses = [
      ("market", position.market), ("collateralToken", position.collateralToken), ("affiliate", .zero),
      ("trader", fees.trader), ("uiFeeReceiver", .zero),
    ]
    event.uints = [
      ("collateralTokenPrice.min", fees.collateralPrice.min),
      ("collateralTokenPrice.max", fees.collateralPrice.max), ("tradeSizeUsd", size), ("totalRebateFactor", .zero),
      ("traderDiscountFactor", .zero), ("totalRebateAmount", .zero), ("traderDiscountAmount", .zero),
      ("affiliateRewardAmount", .zero), ("fundingFeeAmount", fees.fundingAmount),
      ("claimableLongTokenAmount", fees.claimable.long), ("claimableShortTokenAmount", fees.claimable.short),
      ("latestFundingFeeAmountPerSize", fees.latestFundingPerSize),
      ("latestLongTokenClaimableFundingAmountPerSize", fees.latestClaimablePerSize.long),
      ("latestShortTokenClaimableFundingAmountPerSize", fees.latestClaimablePerSize.short),
      ("borrowingFeeUsd", fees.borrowingUsd), ("borrowingFeeAmount", fees.borrowingAmount),
      ("borrowingFeeReceiverFactor", .zero), ("borrowingFeeAmountForFeeReceiver", .zero),
      ("positionFeeFactor", fees.feeFactor), ("protocolFeeAmount", fees.feeAmount),
      ("positionFeeReceiverFactor", fees.receiverFactor), ("feeReceiverAmount", fees.receiverAmount),
      ("feeAmountForPool", fees.poolAmount), ("positionFeeAmountForPool", fees.feePoolAmount),
      ("positionFeeAmount", fees.feeAmount), ("totalCostAmount", fees.total), ("uiFeeReceiverFactor", .zero),
      ("uiFeeAmount", .zero),
    ]
    event.bools = [("isIncrease", isIncrease)]
    return event
  }
}

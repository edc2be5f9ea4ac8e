// Generated from abi/GMXReader.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum GMXReader {
  /// `getMarket`, selector 0x714af34b.
  struct GetMarket: ContractFunction {
    let dataStore: Address
    let key: Address

    static let name = "GMXReader.getMarket"
    static let selector: [UInt8] = [0x71, 0x4a, 0xf3, 0x4b]
    static let inputTypes: [ABIType] = [.address, .address]
    static let outputTypes: [ABIType] = [MarketProps.abiType]
    var arguments: [ABIValue] { [.address(dataStore), .address(key)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(dataStore: reader.address(), key: reader.address())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> MarketProps {
      try reader.tuple(MarketProps.self)
    }
  }

  /// `getAccountPositions`, selector 0x77cfb162.
  struct GetAccountPositions: ContractFunction {
    let dataStore: Address
    let account: Address
    let start: UInt256
    let end: UInt256

    static let name = "GMXReader.getAccountPositions"
    static let selector: [UInt8] = [0x77, 0xcf, 0xb1, 0x62]
    static let inputTypes: [ABIType] = [.address, .address, .uint(256), .uint(256)]
    static let outputTypes: [ABIType] = [.array(PositionProps.abiType)]
    var arguments: [ABIValue] { [.address(dataStore), .address(account), .uint(start), .uint(end)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(dataStore: reader.address(), account: reader.address(), start: reader.uint(), end: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> [PositionProps] {
      try reader.list { (reader) throws(ContractsError) in try reader.tuple(PositionProps.self) }
    }
  }

  /// `getAccountOrders`, selector 0x42a6f8d3.
  struct GetAccountOrders: ContractFunction {
    let dataStore: Address
    let account: Address
    let start: UInt256
    let end: UInt256

    static let name = "GMXReader.getAccountOrders"
    static let selector: [UInt8] = [0x42, 0xa6, 0xf8, 0xd3]
    static let inputTypes: [ABIType] = [.address, .address, .uint(256), .uint(256)]
    static let outputTypes: [ABIType] = [.array(OrderInfo.abiType)]
    var arguments: [ABIValue] { [.address(dataStore), .address(account), .uint(start), .uint(end)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(dataStore: reader.address(), account: reader.address(), start: reader.uint(), end: reader.uint())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> [OrderInfo] {
      try reader.list { (reader) throws(ContractsError) in try reader.tuple(OrderInfo.self) }
    }
  }

  /// `getPositionInfo`, selector 0x0815bce1.
  struct GetPositionInfo: ContractFunction {
    let dataStore: Address
    let referralStorage: Address
    let positionKey: Bytes32
    let prices: MarketPrices
    let sizeDeltaUsd: UInt256
    let uiFeeReceiver: Address
    let usePositionSizeAsSizeDeltaUsd: Bool

    static let name = "GMXReader.getPositionInfo"
    static let selector: [UInt8] = [0x08, 0x15, 0xbc, 0xe1]
    static let inputTypes: [ABIType] = [
      .address, .address, .fixedBytes(32), MarketPrices.abiType, .uint(256), .address, .bool
    ]
    static let outputTypes: [ABIType] = [PositionInfo.abiType]
    var arguments: [ABIValue] { [
      .address(dataStore), .address(referralStorage), .fixedBytes(positionKey.bytes), prices.abiValue,
      .uint(sizeDeltaUsd), .address(uiFeeReceiver), .bool(usePositionSizeAsSizeDeltaUsd)
    ] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        dataStore: reader.address(), referralStorage: reader.address(), positionKey: reader.bytes32(),
        prices: reader.tuple(MarketPrices.self), sizeDeltaUsd: reader.uint(), uiFeeReceiver: reader.address(),
        usePositionSizeAsSizeDeltaUsd: reader.bool()
      )
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> PositionInfo {
      try reader.tuple(PositionInfo.self)
    }
  }

  /// `getMarketInfo`, selector 0x847bb469.
  struct GetMarketInfo: ContractFunction {
    let dataStore: Address
    let prices: MarketPrices
    let marketKey: Address

    static let name = "GMXReader.getMarketInfo"
    static let selector: [UInt8] = [0x84, 0x7b, 0xb4, 0x69]
    static let inputTypes: [ABIType] = [.address, MarketPrices.abiType, .address]
    static let outputTypes: [ABIType] = [MarketInfo.abiType]
    var arguments: [ABIValue] { [.address(dataStore), prices.abiValue, .address(marketKey)] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(dataStore: reader.address(), prices: reader.tuple(MarketPrices.self), marketKey: reader.address())
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> MarketInfo {
      try reader.tuple(MarketInfo.self)
    }
  }

  /// `getExecutionPrice`, selector 0x689031a2.
  struct GetExecutionPrice: ContractFunction {
    let dataStore: Address
    let marketKey: Address
    let prices: MarketPrices
    let positionSizeInUsd: UInt256
    let positionSizeInTokens: UInt256
    let sizeDeltaUsd: Int256
    let pendingImpactAmount: Int256
    let isLong: Bool

    static let name = "GMXReader.getExecutionPrice"
    static let selector: [UInt8] = [0x68, 0x90, 0x31, 0xa2]
    static let inputTypes: [ABIType] = [
      .address, .address, MarketPrices.abiType, .uint(256), .uint(256), .int(256), .int(256), .bool
    ]
    static let outputTypes: [ABIType] = [ExecutionPriceResult.abiType]
    var arguments: [ABIValue] { [
      .address(dataStore), .address(marketKey), prices.abiValue, .uint(positionSizeInUsd), .uint(positionSizeInTokens),
      .int(sizeDeltaUsd), .int(pendingImpactAmount), .bool(isLong)
    ] }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        dataStore: reader.address(), marketKey: reader.address(), prices: reader.tuple(MarketPrices.self),
        positionSizeInUsd: reader.uint(), positionSizeInTokens: reader.uint(), sizeDeltaUsd: reader.int(),
        pendingImpactAmount: reader.int(), isLong: reader.bool()
      )
    }
    static func readOutput(_ reader: inout ABIReader) throws(ContractsError) -> ExecutionPriceResult {
      try reader.tuple(ExecutionPriceResult.self)
    }
  }

  /// `Market.Props`
  struct MarketProps: ContractStruct {
    let marketToken: Address
    let indexToken: Address
    let longToken: Address
    let shortToken: Address

    static let abiType = ABIType.tuple([.address, .address, .address, .address])
    var abiValue: ABIValue { .tuple([
      .address(marketToken), .address(indexToken), .address(longToken), .address(shortToken)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        marketToken: reader.address(), indexToken: reader.address(), longToken: reader.address(),
        shortToken: reader.address()
      )
    }
  }

  /// `Position.Addresses`
  struct PositionAddresses: ContractStruct {
    let account: Address
    let market: Address
    let collateralToken: Address

    static let abiType = ABIType.tuple([.address, .address, .address])
    var abiValue: ABIValue { .tuple([.address(account), .address(market), .address(collateralToken)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(account: reader.address(), market: reader.address(), collateralToken: reader.address())
    }
  }

  /// `Position.Numbers`
  struct PositionNumbers: ContractStruct {
    let sizeInUsd: UInt256
    let sizeInTokens: UInt256
    let collateralAmount: UInt256
    let pendingImpactAmount: Int256
    let borrowingFactor: UInt256
    let fundingFeeAmountPerSize: UInt256
    let longTokenClaimableFundingAmountPerSize: UInt256
    let shortTokenClaimableFundingAmountPerSize: UInt256
    let increasedAtTime: UInt256
    let decreasedAtTime: UInt256

    static let abiType = ABIType.tuple([
      .uint(256), .uint(256), .uint(256), .int(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256),
      .uint(256)
    ])
    var abiValue: ABIValue { .tuple([
      .uint(sizeInUsd), .uint(sizeInTokens), .uint(collateralAmount), .int(pendingImpactAmount), .uint(borrowingFactor),
      .uint(fundingFeeAmountPerSize), .uint(longTokenClaimableFundingAmountPerSize),
      .uint(shortTokenClaimableFundingAmountPerSize), .uint(increasedAtTime), .uint(decreasedAtTime)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        sizeInUsd: reader.uint(), sizeInTokens: reader.uint(), collateralAmount: reader.uint(),
        pendingImpactAmount: reader.int(), borrowingFactor: reader.uint(), fundingFeeAmountPerSize: reader.uint(),
        longTokenClaimableFundingAmountPerSize: reader.uint(), shortTokenClaimableFundingAmountPerSize: reader.uint(),
        increasedAtTime: reader.uint(), decreasedAtTime: reader.uint()
      )
    }
  }

  /// `Position.Flags`
  struct PositionFlags: ContractStruct {
    let isLong: Bool

    static let abiType = ABIType.tuple([.bool])
    var abiValue: ABIValue { .tuple([.bool(isLong)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(isLong: reader.bool())
    }
  }

  /// `Position.Props`
  struct PositionProps: ContractStruct {
    let addresses: PositionAddresses
    let numbers: PositionNumbers
    let flags: PositionFlags

    static let abiType = ABIType.tuple([PositionAddresses.abiType, PositionNumbers.abiType, PositionFlags.abiType])
    var abiValue: ABIValue { .tuple([addresses.abiValue, numbers.abiValue, flags.abiValue]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        addresses: reader.tuple(PositionAddresses.self), numbers: reader.tuple(PositionNumbers.self),
        flags: reader.tuple(PositionFlags.self)
      )
    }
  }

  /// `Order.Addresses`
  struct OrderAddresses: ContractStruct {
    let account: Address
    let receiver: Address
    let cancellationReceiver: Address
    let callbackContract: Address
    let uiFeeReceiver: Address
    let market: Address
    let initialCollateralToken: Address
    let swapPath: [Address]

    static let abiType = ABIType.tuple([
      .address, .address, .address, .address, .address, .address, .address, .array(.address)
    ])
    var abiValue: ABIValue { .tuple([
      .address(account), .address(receiver), .address(cancellationReceiver), .address(callbackContract),
      .address(uiFeeReceiver), .address(market), .address(initialCollateralToken), .array(swapPath.map { .address($0) })
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        account: reader.address(), receiver: reader.address(), cancellationReceiver: reader.address(),
        callbackContract: reader.address(), uiFeeReceiver: reader.address(), market: reader.address(),
        initialCollateralToken: reader.address(),
        swapPath: reader.list { (reader) throws(ContractsError) in try reader.address() }
      )
    }
  }

  /// `Order.Numbers`
  struct OrderNumbers: ContractStruct {
    let orderType: UInt256
    let decreasePositionSwapType: UInt256
    let sizeDeltaUsd: UInt256
    let initialCollateralDeltaAmount: UInt256
    let triggerPrice: UInt256
    let acceptablePrice: UInt256
    let executionFee: UInt256
    let callbackGasLimit: UInt256
    let minOutputAmount: UInt256
    let updatedAtTime: UInt256
    let validFromTime: UInt256
    let srcChainId: UInt256

    static let abiType = ABIType.tuple([
      .uint(8), .uint(8), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256),
      .uint(256), .uint(256), .uint(256)
    ])
    var abiValue: ABIValue { .tuple([
      .uint(orderType), .uint(decreasePositionSwapType), .uint(sizeDeltaUsd), .uint(initialCollateralDeltaAmount),
      .uint(triggerPrice), .uint(acceptablePrice), .uint(executionFee), .uint(callbackGasLimit), .uint(minOutputAmount),
      .uint(updatedAtTime), .uint(validFromTime), .uint(srcChainId)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        orderType: reader.uint(), decreasePositionSwapType: reader.uint(), sizeDeltaUsd: reader.uint(),
        initialCollateralDeltaAmount: reader.uint(), triggerPrice: reader.uint(), acceptablePrice: reader.uint(),
        executionFee: reader.uint(), callbackGasLimit: reader.uint(), minOutputAmount: reader.uint(),
        updatedAtTime: reader.uint(), validFromTime: reader.uint(), srcChainId: reader.uint()
      )
    }
  }

  /// `Order.Flags`
  struct OrderFlags: ContractStruct {
    let isLong: Bool
    let shouldUnwrapNativeToken: Bool
    let isFrozen: Bool
    let autoCancel: Bool

    static let abiType = ABIType.tuple([.bool, .bool, .bool, .bool])
    var abiValue: ABIValue { .tuple([
      .bool(isLong), .bool(shouldUnwrapNativeToken), .bool(isFrozen), .bool(autoCancel)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        isLong: reader.bool(), shouldUnwrapNativeToken: reader.bool(), isFrozen: reader.bool(),
        autoCancel: reader.bool()
      )
    }
  }

  /// `Order.Props`
  struct OrderProps: ContractStruct {
    let addresses: OrderAddresses
    let numbers: OrderNumbers
    let flags: OrderFlags
    let dataList: [Bytes32]

    static let abiType = ABIType.tuple([
      OrderAddresses.abiType, OrderNumbers.abiType, OrderFlags.abiType, .array(.fixedBytes(32))
    ])
    var abiValue: ABIValue { .tuple([
      addresses.abiValue, numbers.abiValue, flags.abiValue, .array(dataList.map { .fixedBytes($0.bytes) })
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        addresses: reader.tuple(OrderAddresses.self), numbers: reader.tuple(OrderNumbers.self),
        flags: reader.tuple(OrderFlags.self),
        dataList: reader.list { (reader) throws(ContractsError) in try reader.bytes32() }
      )
    }
  }

  /// `ReaderUtils.OrderInfo`
  struct OrderInfo: ContractStruct {
    let orderKey: Bytes32
    let order: OrderProps

    static let abiType = ABIType.tuple([.fixedBytes(32), OrderProps.abiType])
    var abiValue: ABIValue { .tuple([.fixedBytes(orderKey.bytes), order.abiValue]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(orderKey: reader.bytes32(), order: reader.tuple(OrderProps.self))
    }
  }

  /// `Price.Props`
  struct PriceProps: ContractStruct {
    let min: UInt256
    let max: UInt256

    static let abiType = ABIType.tuple([.uint(256), .uint(256)])
    var abiValue: ABIValue { .tuple([.uint(min), .uint(max)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(min: reader.uint(), max: reader.uint())
    }
  }

  /// `MarketUtils.MarketPrices`
  struct MarketPrices: ContractStruct {
    let indexTokenPrice: PriceProps
    let longTokenPrice: PriceProps
    let shortTokenPrice: PriceProps

    static let abiType = ABIType.tuple([PriceProps.abiType, PriceProps.abiType, PriceProps.abiType])
    var abiValue: ABIValue { .tuple([indexTokenPrice.abiValue, longTokenPrice.abiValue, shortTokenPrice.abiValue]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        indexTokenPrice: reader.tuple(PriceProps.self), longTokenPrice: reader.tuple(PriceProps.self),
        shortTokenPrice: reader.tuple(PriceProps.self)
      )
    }
  }

  /// `PositionPricingUtils.PositionReferralFees`
  struct PositionReferralFees: ContractStruct {
    let referralCode: Bytes32
    let affiliate: Address
    let trader: Address
    let totalRebateFactor: UInt256
    let affiliateRewardFactor: UInt256
    let adjustedAffiliateRewardFactor: UInt256
    let traderDiscountFactor: UInt256
    let totalRebateAmount: UInt256
    let traderDiscountAmount: UInt256
    let affiliateRewardAmount: UInt256

    static let abiType = ABIType.tuple([
      .fixedBytes(32), .address, .address, .uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256),
      .uint(256)
    ])
    var abiValue: ABIValue { .tuple([
      .fixedBytes(referralCode.bytes), .address(affiliate), .address(trader), .uint(totalRebateFactor),
      .uint(affiliateRewardFactor), .uint(adjustedAffiliateRewardFactor), .uint(traderDiscountFactor),
      .uint(totalRebateAmount), .uint(traderDiscountAmount), .uint(affiliateRewardAmount)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        referralCode: reader.bytes32(), affiliate: reader.address(), trader: reader.address(),
        totalRebateFactor: reader.uint(), affiliateRewardFactor: reader.uint(),
        adjustedAffiliateRewardFactor: reader.uint(), traderDiscountFactor: reader.uint(),
        totalRebateAmount: reader.uint(), traderDiscountAmount: reader.uint(), affiliateRewardAmount: reader.uint()
      )
    }
  }

  /// `PositionPricingUtils.PositionProFees`
  struct PositionProFees: ContractStruct {
    let traderTier: UInt256
    let traderDiscountFactor: UInt256
    let traderDiscountAmount: UInt256

    static let abiType = ABIType.tuple([.uint(256), .uint(256), .uint(256)])
    var abiValue: ABIValue { .tuple([.uint(traderTier), .uint(traderDiscountFactor), .uint(traderDiscountAmount)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(traderTier: reader.uint(), traderDiscountFactor: reader.uint(), traderDiscountAmount: reader.uint())
    }
  }

  /// `PositionPricingUtils.PositionFundingFees`
  struct PositionFundingFees: ContractStruct {
    let fundingFeeAmount: UInt256
    let claimableLongTokenAmount: UInt256
    let claimableShortTokenAmount: UInt256
    let latestFundingFeeAmountPerSize: UInt256
    let latestLongTokenClaimableFundingAmountPerSize: UInt256
    let latestShortTokenClaimableFundingAmountPerSize: UInt256

    static let abiType = ABIType.tuple([.uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256)])
    var abiValue: ABIValue { .tuple([
      .uint(fundingFeeAmount), .uint(claimableLongTokenAmount), .uint(claimableShortTokenAmount),
      .uint(latestFundingFeeAmountPerSize), .uint(latestLongTokenClaimableFundingAmountPerSize),
      .uint(latestShortTokenClaimableFundingAmountPerSize)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        fundingFeeAmount: reader.uint(), claimableLongTokenAmount: reader.uint(),
        claimableShortTokenAmount: reader.uint(), latestFundingFeeAmountPerSize: reader.uint(),
        latestLongTokenClaimableFundingAmountPerSize: reader.uint(),
        latestShortTokenClaimableFundingAmountPerSize: reader.uint()
      )
    }
  }

  /// `PositionPricingUtils.PositionBorrowingFees`
  struct PositionBorrowingFees: ContractStruct {
    let borrowingFeeUsd: UInt256
    let borrowingFeeAmount: UInt256
    let borrowingFeeReceiverFactor: UInt256
    let borrowingFeeAmountForFeeReceiver: UInt256

    static let abiType = ABIType.tuple([.uint(256), .uint(256), .uint(256), .uint(256)])
    var abiValue: ABIValue { .tuple([
      .uint(borrowingFeeUsd), .uint(borrowingFeeAmount), .uint(borrowingFeeReceiverFactor),
      .uint(borrowingFeeAmountForFeeReceiver)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        borrowingFeeUsd: reader.uint(), borrowingFeeAmount: reader.uint(), borrowingFeeReceiverFactor: reader.uint(),
        borrowingFeeAmountForFeeReceiver: reader.uint()
      )
    }
  }

  /// `PositionPricingUtils.PositionUiFees`
  struct PositionUiFees: ContractStruct {
    let uiFeeReceiver: Address
    let uiFeeReceiverFactor: UInt256
    let uiFeeAmount: UInt256

    static let abiType = ABIType.tuple([.address, .uint(256), .uint(256)])
    var abiValue: ABIValue { .tuple([.address(uiFeeReceiver), .uint(uiFeeReceiverFactor), .uint(uiFeeAmount)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(uiFeeReceiver: reader.address(), uiFeeReceiverFactor: reader.uint(), uiFeeAmount: reader.uint())
    }
  }

  /// `PositionPricingUtils.PositionLiquidationFees`
  struct PositionLiquidationFees: ContractStruct {
    let liquidationFeeUsd: UInt256
    let liquidationFeeAmount: UInt256
    let liquidationFeeReceiverFactor: UInt256
    let liquidationFeeAmountForFeeReceiver: UInt256

    static let abiType = ABIType.tuple([.uint(256), .uint(256), .uint(256), .uint(256)])
    var abiValue: ABIValue { .tuple([
      .uint(liquidationFeeUsd), .uint(liquidationFeeAmount), .uint(liquidationFeeReceiverFactor),
      .uint(liquidationFeeAmountForFeeReceiver)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        liquidationFeeUsd: reader.uint(), liquidationFeeAmount: reader.uint(),
        liquidationFeeReceiverFactor: reader.uint(), liquidationFeeAmountForFeeReceiver: reader.uint()
      )
    }
  }

  /// `PositionPricingUtils.PositionFees`
  struct PositionFees: ContractStruct {
    let referral: PositionReferralFees
    let pro: PositionProFees
    let funding: PositionFundingFees
    let borrowing: PositionBorrowingFees
    let ui: PositionUiFees
    let liquidation: PositionLiquidationFees
    let collateralTokenPrice: PriceProps
    let positionFeeFactor: UInt256
    let protocolFeeAmount: UInt256
    let positionFeeReceiverFactor: UInt256
    let feeReceiverAmount: UInt256
    let feeAmountForPool: UInt256
    let positionFeeAmountForPool: UInt256
    let positionFeeAmount: UInt256
    let totalCostAmountExcludingFunding: UInt256
    let totalCostAmount: UInt256
    let totalDiscountAmount: UInt256

    static let abiType = ABIType.tuple([
      PositionReferralFees.abiType, PositionProFees.abiType, PositionFundingFees.abiType, PositionBorrowingFees.abiType,
      PositionUiFees.abiType, PositionLiquidationFees.abiType, PriceProps.abiType, .uint(256), .uint(256), .uint(256),
      .uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256), .uint(256)
    ])
    var abiValue: ABIValue { .tuple([
      referral.abiValue, pro.abiValue, funding.abiValue, borrowing.abiValue, ui.abiValue, liquidation.abiValue,
      collateralTokenPrice.abiValue, .uint(positionFeeFactor), .uint(protocolFeeAmount),
      .uint(positionFeeReceiverFactor), .uint(feeReceiverAmount), .uint(feeAmountForPool),
      .uint(positionFeeAmountForPool), .uint(positionFeeAmount), .uint(totalCostAmountExcludingFunding),
      .uint(totalCostAmount), .uint(totalDiscountAmount)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        referral: reader.tuple(PositionReferralFees.self), pro: reader.tuple(PositionProFees.self),
        funding: reader.tuple(PositionFundingFees.self), borrowing: reader.tuple(PositionBorrowingFees.self),
        ui: reader.tuple(PositionUiFees.self), liquidation: reader.tuple(PositionLiquidationFees.self),
        collateralTokenPrice: reader.tuple(PriceProps.self), positionFeeFactor: reader.uint(),
        protocolFeeAmount: reader.uint(), positionFeeReceiverFactor: reader.uint(), feeReceiverAmount: reader.uint(),
        feeAmountForPool: reader.uint(), positionFeeAmountForPool: reader.uint(), positionFeeAmount: reader.uint(),
        totalCostAmountExcludingFunding: reader.uint(), totalCostAmount: reader.uint(),
        totalDiscountAmount: reader.uint()
      )
    }
  }

  /// `ReaderPricingUtils.ExecutionPriceResult`
  struct ExecutionPriceResult: ContractStruct {
    let priceImpactUsd: Int256
    let executionPrice: UInt256
    let balanceWasImproved: Bool
    let proportionalPendingImpactUsd: Int256
    let totalImpactUsd: Int256
    let priceImpactDiffUsd: UInt256

    static let abiType = ABIType.tuple([.int(256), .uint(256), .bool, .int(256), .int(256), .uint(256)])
    var abiValue: ABIValue { .tuple([
      .int(priceImpactUsd), .uint(executionPrice), .bool(balanceWasImproved), .int(proportionalPendingImpactUsd),
      .int(totalImpactUsd), .uint(priceImpactDiffUsd)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        priceImpactUsd: reader.int(), executionPrice: reader.uint(), balanceWasImproved: reader.bool(),
        proportionalPendingImpactUsd: reader.int(), totalImpactUsd: reader.int(), priceImpactDiffUsd: reader.uint()
      )
    }
  }

  /// `ReaderPositionUtils.PositionInfo`
  struct PositionInfo: ContractStruct {
    let positionKey: Bytes32
    let position: PositionProps
    let fees: PositionFees
    let executionPriceResult: ExecutionPriceResult
    let basePnlUsd: Int256
    let uncappedBasePnlUsd: Int256
    let pnlAfterPriceImpactUsd: Int256

    static let abiType = ABIType.tuple([
      .fixedBytes(32), PositionProps.abiType, PositionFees.abiType, ExecutionPriceResult.abiType, .int(256), .int(256),
      .int(256)
    ])
    var abiValue: ABIValue { .tuple([
      .fixedBytes(positionKey.bytes), position.abiValue, fees.abiValue, executionPriceResult.abiValue, .int(basePnlUsd),
      .int(uncappedBasePnlUsd), .int(pnlAfterPriceImpactUsd)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        positionKey: reader.bytes32(), position: reader.tuple(PositionProps.self),
        fees: reader.tuple(PositionFees.self), executionPriceResult: reader.tuple(ExecutionPriceResult.self),
        basePnlUsd: reader.int(), uncappedBasePnlUsd: reader.int(), pnlAfterPriceImpactUsd: reader.int()
      )
    }
  }

  /// `MarketUtils.CollateralType`
  struct CollateralType: ContractStruct {
    let longToken: UInt256
    let shortToken: UInt256

    static let abiType = ABIType.tuple([.uint(256), .uint(256)])
    var abiValue: ABIValue { .tuple([.uint(longToken), .uint(shortToken)]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(longToken: reader.uint(), shortToken: reader.uint())
    }
  }

  /// `MarketUtils.PositionType`
  struct PositionType: ContractStruct {
    let long: CollateralType
    let short: CollateralType

    static let abiType = ABIType.tuple([CollateralType.abiType, CollateralType.abiType])
    var abiValue: ABIValue { .tuple([long.abiValue, short.abiValue]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(long: reader.tuple(CollateralType.self), short: reader.tuple(CollateralType.self))
    }
  }

  /// `ReaderUtils.BaseFundingValues`
  struct BaseFundingValues: ContractStruct {
    let fundingFeeAmountPerSize: PositionType
    let claimableFundingAmountPerSize: PositionType

    static let abiType = ABIType.tuple([PositionType.abiType, PositionType.abiType])
    var abiValue: ABIValue { .tuple([fundingFeeAmountPerSize.abiValue, claimableFundingAmountPerSize.abiValue]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        fundingFeeAmountPerSize: reader.tuple(PositionType.self),
        claimableFundingAmountPerSize: reader.tuple(PositionType.self)
      )
    }
  }

  /// `MarketUtils.GetNextFundingAmountPerSizeResult`
  struct GetNextFundingAmountPerSizeResult: ContractStruct {
    let longsPayShorts: Bool
    let fundingFactorPerSecond: UInt256
    let nextSavedFundingFactorPerSecond: Int256
    let fundingFeeAmountPerSizeDelta: PositionType
    let claimableFundingAmountPerSizeDelta: PositionType

    static let abiType = ABIType.tuple([.bool, .uint(256), .int(256), PositionType.abiType, PositionType.abiType])
    var abiValue: ABIValue { .tuple([
      .bool(longsPayShorts), .uint(fundingFactorPerSecond), .int(nextSavedFundingFactorPerSecond),
      fundingFeeAmountPerSizeDelta.abiValue, claimableFundingAmountPerSizeDelta.abiValue
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        longsPayShorts: reader.bool(), fundingFactorPerSecond: reader.uint(),
        nextSavedFundingFactorPerSecond: reader.int(), fundingFeeAmountPerSizeDelta: reader.tuple(PositionType.self),
        claimableFundingAmountPerSizeDelta: reader.tuple(PositionType.self)
      )
    }
  }

  /// `ReaderUtils.VirtualInventory`
  struct VirtualInventory: ContractStruct {
    let virtualPoolAmountForLongToken: UInt256
    let virtualPoolAmountForShortToken: UInt256
    let virtualInventoryForPositions: Int256

    static let abiType = ABIType.tuple([.uint(256), .uint(256), .int(256)])
    var abiValue: ABIValue { .tuple([
      .uint(virtualPoolAmountForLongToken), .uint(virtualPoolAmountForShortToken), .int(virtualInventoryForPositions)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        virtualPoolAmountForLongToken: reader.uint(), virtualPoolAmountForShortToken: reader.uint(),
        virtualInventoryForPositions: reader.int()
      )
    }
  }

  /// `ReaderUtils.MarketInfo`
  struct MarketInfo: ContractStruct {
    let market: MarketProps
    let borrowingFactorPerSecondForLongs: UInt256
    let borrowingFactorPerSecondForShorts: UInt256
    let baseFunding: BaseFundingValues
    let nextFunding: GetNextFundingAmountPerSizeResult
    let virtualInventory: VirtualInventory
    let isDisabled: Bool

    static let abiType = ABIType.tuple([
      MarketProps.abiType, .uint(256), .uint(256), BaseFundingValues.abiType, GetNextFundingAmountPerSizeResult.abiType,
      VirtualInventory.abiType, .bool
    ])
    var abiValue: ABIValue { .tuple([
      market.abiValue, .uint(borrowingFactorPerSecondForLongs), .uint(borrowingFactorPerSecondForShorts),
      baseFunding.abiValue, nextFunding.abiValue, virtualInventory.abiValue, .bool(isDisabled)
    ]) }
    static func read(_ reader: inout ABIReader) throws(ContractsError) -> Self {
      try Self(
        market: reader.tuple(MarketProps.self), borrowingFactorPerSecondForLongs: reader.uint(),
        borrowingFactorPerSecondForShorts: reader.uint(), baseFunding: reader.tuple(BaseFundingValues.self),
        nextFunding: reader.tuple(GetNextFundingAmountPerSizeResult.self),
        virtualInventory: reader.tuple(VirtualInventory.self), isDisabled: reader.bool()
      )
    }
  }
}

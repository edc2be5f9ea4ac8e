// Generated from abi/GMXErrors.json by `make abi`. Do not edit: change the interface and generate again.
// swift-format-ignore-file

import Ethereum

enum GMXErrors {
  /// The contract's custom errors.
  static let errors: [ABIErrorType] = [
    ABIErrorType(name: "DisabledFeature", inputParameters: [ABIParameter("key", .fixedBytes(32))]),
    ABIErrorType(name: "DisabledMarket", inputParameters: [ABIParameter("market", .address)]),
    ABIErrorType(name: "DuplicatedIndex", inputParameters: [
      ABIParameter("index", .uint(256)), ABIParameter("label", .string)
    ]),
    ABIErrorType(name: "EmptyAccount", inputParameters: []),
    ABIErrorType(name: "EmptyMarket", inputParameters: []),
    ABIErrorType(name: "EmptyOrder", inputParameters: []),
    ABIErrorType(name: "EmptyPosition", inputParameters: []),
    ABIErrorType(name: "EmptyReceiver", inputParameters: []),
    ABIErrorType(name: "EmptySizeDeltaInTokens", inputParameters: []),
    ABIErrorType(name: "EndOfOracleSimulation", inputParameters: []),
    ABIErrorType(name: "ExecutionFeeTooHigh", inputParameters: [
      ABIParameter("maxExecutionFee", .uint(256)), ABIParameter("executionFee", .uint(256))
    ]),
    ABIErrorType(name: "InsufficientCollateralAmount", inputParameters: [
      ABIParameter("collateralAmount", .uint(256)), ABIParameter("collateralDeltaAmount", .int(256))
    ]),
    ABIErrorType(name: "InsufficientCollateralUsd", inputParameters: [
      ABIParameter("remainingCollateralUsd", .int(256))
    ]),
    ABIErrorType(name: "InsufficientExecutionFee", inputParameters: [
      ABIParameter("minExecutionFee", .uint(256)), ABIParameter("executionFee", .uint(256))
    ]),
    ABIErrorType(name: "InsufficientExecutionGas", inputParameters: [
      ABIParameter("startingGas", .uint(256)), ABIParameter("estimatedGasLimit", .uint(256)),
      ABIParameter("minAdditionalGasForExecution", .uint(256))
    ]),
    ABIErrorType(name: "InsufficientFundsToPayForCosts", inputParameters: [
      ABIParameter("remainingCostUsd", .uint(256)), ABIParameter("step", .string)
    ]),
    ABIErrorType(name: "InsufficientOutputAmount", inputParameters: [
      ABIParameter("outputAmount", .uint(256)), ABIParameter("minOutputAmount", .uint(256))
    ]),
    ABIErrorType(name: "InsufficientPoolAmount", inputParameters: [
      ABIParameter("poolAmount", .uint(256)), ABIParameter("amount", .uint(256))
    ]),
    ABIErrorType(name: "InsufficientReserve", inputParameters: [
      ABIParameter("reservedUsd", .uint(256)), ABIParameter("maxReservedUsd", .uint(256))
    ]),
    ABIErrorType(name: "InsufficientReserveForOpenInterest", inputParameters: [
      ABIParameter("reservedUsd", .uint(256)), ABIParameter("maxReservedUsd", .uint(256))
    ]),
    ABIErrorType(name: "InsufficientWntAmountForExecutionFee", inputParameters: [
      ABIParameter("wntAmount", .uint(256)), ABIParameter("executionFee", .uint(256))
    ]),
    ABIErrorType(name: "InvalidCollateralTokenForMarket", inputParameters: [
      ABIParameter("market", .address), ABIParameter("token", .address)
    ]),
    ABIErrorType(name: "InvalidDecreaseOrderSize", inputParameters: [
      ABIParameter("sizeDeltaUsd", .uint(256)), ABIParameter("positionSizeInUsd", .uint(256))
    ]),
    ABIErrorType(name: "InvalidOrderPrices", inputParameters: [
      ABIParameter("primaryPriceMin", .uint(256)), ABIParameter("primaryPriceMax", .uint(256)),
      ABIParameter("triggerPrice", .uint(256)), ABIParameter("orderType", .uint(256))
    ]),
    ABIErrorType(name: "InvalidPositionSizeValues", inputParameters: [
      ABIParameter("sizeInUsd", .uint(256)), ABIParameter("sizeInTokens", .uint(256))
    ]),
    ABIErrorType(name: "InvalidReceiverForSubaccountOrder", inputParameters: [
      ABIParameter("receiver", .address), ABIParameter("expectedReceiver", .address)
    ]),
    ABIErrorType(name: "LiquidatablePosition", inputParameters: [
      ABIParameter("reason", .string), ABIParameter("remainingCollateralUsd", .int(256)),
      ABIParameter("minCollateralUsd", .int(256)), ABIParameter("minCollateralUsdForLeverage", .int(256))
    ]),
    ABIErrorType(name: "MaxCallbackGasLimitExceeded", inputParameters: [
      ABIParameter("callbackGasLimit", .uint(256)), ABIParameter("maxCallbackGasLimit", .uint(256))
    ]),
    ABIErrorType(name: "MaxOpenInterestExceeded", inputParameters: [
      ABIParameter("openInterest", .uint(256)), ABIParameter("maxOpenInterest", .uint(256))
    ]),
    ABIErrorType(name: "MaxPoolAmountExceeded", inputParameters: [
      ABIParameter("poolAmount", .uint(256)), ABIParameter("maxPoolAmount", .uint(256))
    ]),
    ABIErrorType(name: "MaxPriceAgeExceeded", inputParameters: [
      ABIParameter("oracleTimestamp", .uint(256)), ABIParameter("currentTimestamp", .uint(256))
    ]),
    ABIErrorType(name: "MaxSubaccountActionCountExceeded", inputParameters: [
      ABIParameter("account", .address), ABIParameter("subaccount", .address), ABIParameter("count", .uint(256)),
      ABIParameter("maxCount", .uint(256))
    ]),
    ABIErrorType(name: "MinPositionSize", inputParameters: [
      ABIParameter("positionSizeInUsd", .uint(256)), ABIParameter("minPositionSizeUsd", .uint(256))
    ]),
    ABIErrorType(name: "NegativeExecutionPrice", inputParameters: [
      ABIParameter("executionPrice", .int(256)), ABIParameter("price", .uint(256)),
      ABIParameter("positionSizeInUsd", .uint(256)), ABIParameter("priceImpactUsd", .int(256)),
      ABIParameter("sizeDeltaUsd", .uint(256))
    ]),
    ABIErrorType(name: "OracleTimestampsAreLargerThanRequestExpirationTime", inputParameters: [
      ABIParameter("maxOracleTimestamp", .uint(256)), ABIParameter("requestTimestamp", .uint(256)),
      ABIParameter("requestExpirationTime", .uint(256))
    ]),
    ABIErrorType(name: "OracleTimestampsAreSmallerThanRequired", inputParameters: [
      ABIParameter("minOracleTimestamp", .uint(256)), ABIParameter("expectedTimestamp", .uint(256))
    ]),
    ABIErrorType(name: "OrderAlreadyFrozen", inputParameters: []),
    ABIErrorType(name: "OrderNotFound", inputParameters: [ABIParameter("key", .fixedBytes(32))]),
    ABIErrorType(name: "OrderNotFulfillableAtAcceptablePrice", inputParameters: [
      ABIParameter("price", .uint(256)), ABIParameter("acceptablePrice", .uint(256))
    ]),
    ABIErrorType(name: "OrderNotUpdatable", inputParameters: [ABIParameter("orderType", .uint(256))]),
    ABIErrorType(name: "OrderTypeCannotBeCreated", inputParameters: [ABIParameter("orderType", .uint(256))]),
    ABIErrorType(name: "OrderValidFromTimeNotReached", inputParameters: [
      ABIParameter("validFromTime", .uint(256)), ABIParameter("currentTimestamp", .uint(256))
    ]),
    ABIErrorType(name: "PnlFactorExceededForLongs", inputParameters: [
      ABIParameter("pnlToPoolFactor", .int(256)), ABIParameter("maxPnlFactor", .uint(256))
    ]),
    ABIErrorType(name: "PnlFactorExceededForShorts", inputParameters: [
      ABIParameter("pnlToPoolFactor", .int(256)), ABIParameter("maxPnlFactor", .uint(256))
    ]),
    ABIErrorType(name: "PositionNotFound", inputParameters: [ABIParameter("key", .fixedBytes(32))]),
    ABIErrorType(name: "PriceImpactLargerThanOrderSize", inputParameters: [
      ABIParameter("priceImpactUsd", .int(256)), ABIParameter("sizeDeltaUsd", .uint(256))
    ]),
    ABIErrorType(name: "RequestNotYetCancellable", inputParameters: [
      ABIParameter("requestAge", .uint(256)), ABIParameter("requestExpirationAge", .uint(256)),
      ABIParameter("requestType", .string)
    ]),
    ABIErrorType(name: "SequencerDown", inputParameters: []),
    ABIErrorType(name: "SequencerGraceDurationNotYetPassed", inputParameters: [
      ABIParameter("timeSinceUp", .uint(256)), ABIParameter("sequencerGraceDuration", .uint(256))
    ]),
    ABIErrorType(name: "TokenTransferError", inputParameters: [
      ABIParameter("token", .address), ABIParameter("receiver", .address), ABIParameter("amount", .uint(256))
    ]),
    ABIErrorType(name: "UnableToWithdrawCollateral", inputParameters: [
      ABIParameter("estimatedRemainingCollateralUsd", .int(256))
    ]),
    ABIErrorType(name: "Unauthorized", inputParameters: [
      ABIParameter("msgSender", .address), ABIParameter("role", .string)
    ]),
    ABIErrorType(name: "UnexpectedMarket", inputParameters: []),
    ABIErrorType(name: "UnexpectedPositionState", inputParameters: []),
    ABIErrorType(name: "UnsupportedOrderType", inputParameters: [ABIParameter("orderType", .uint(256))]),
    ABIErrorType(name: "UsdDeltaExceedsLongOpenInterest", inputParameters: [
      ABIParameter("usdDelta", .int(256)), ABIParameter("longOpenInterest", .uint(256))
    ]),
    ABIErrorType(name: "UsdDeltaExceedsPoolValue", inputParameters: [
      ABIParameter("usdDelta", .int(256)), ABIParameter("poolUsd", .uint(256))
    ]),
  ]
}

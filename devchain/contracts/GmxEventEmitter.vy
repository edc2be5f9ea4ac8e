# pragma version ~=0.4.3
# pragma evm-version cancun
# pragma optimize codesize
"""
@notice Stand-in for GMX v2's EventEmitter. What it logs is the protocol's, topic for topic and item for
        item; how the venue's own contracts ask it to is the stand-in's own affair.
"""

import gmx_events as events
import gmx_roles as roles
import gmx_types as types
initializes: roles
exports: roles.roleStore

# keccak256 of the protocol's event signatures, which a test derives from its ABI.
EVENT_LOG_1: constant(bytes32) = 0x137a44067c8961cd7e1d876f4754a5a3a75989b4552f1843fc69c3b372def160
EVENT_LOG_2: constant(bytes32) = 0x468a25a7ba624ceea6e540ad6f49171b52495b648417ae91bca21676d8a24dc5

@deploy
def __init__(role_store: address):
    roles.__init__(role_store)

@internal
def _log(name: String[32], topic: bytes32, account: address, content: events.EventLogData):
    """
    @dev One encoder for both events, so that the contract stays under the size limit; the account is a
         third topic where there is one.
    """
    roles.only("CONTROLLER")
    payload: Bytes[20480] = abi_encode(msg.sender, name, content)
    if account == empty(address):
        raw_log([EVENT_LOG_1, keccak256(name), topic], payload)
    else:
        raw_log([EVENT_LOG_2, keccak256(name), topic, convert(account, bytes32)], payload)

@external
def orderCreated(key: bytes32, order: types.Order):
    content: events.EventLogData = empty(events.EventLogData)
    content.addressItems.items = [
        events.AddressItem(key="account", value=order.addresses.account),
        events.AddressItem(key="receiver", value=order.addresses.receiver),
        events.AddressItem(key="callbackContract", value=order.addresses.callbackContract),
        events.AddressItem(key="uiFeeReceiver", value=order.addresses.uiFeeReceiver),
        events.AddressItem(key="market", value=order.addresses.market),
        events.AddressItem(key="initialCollateralToken", value=order.addresses.initialCollateralToken),
        events.AddressItem(key="cancellationReceiver", value=order.addresses.cancellationReceiver),
    ]
    content.addressItems.arrayItems = [
        events.AddressArrayItem(key="swapPath", value=order.addresses.swapPath)
    ]
    content.uintItems.items = [
        events.UintItem(key="orderType", value=convert(order.numbers.orderType, uint256)),
        events.UintItem(
            key="decreasePositionSwapType", value=convert(order.numbers.decreasePositionSwapType, uint256)
        ),
        events.UintItem(key="sizeDeltaUsd", value=order.numbers.sizeDeltaUsd),
        events.UintItem(
            key="initialCollateralDeltaAmount", value=order.numbers.initialCollateralDeltaAmount
        ),
        events.UintItem(key="triggerPrice", value=order.numbers.triggerPrice),
        events.UintItem(key="acceptablePrice", value=order.numbers.acceptablePrice),
        events.UintItem(key="executionFee", value=order.numbers.executionFee),
        events.UintItem(key="callbackGasLimit", value=order.numbers.callbackGasLimit),
        events.UintItem(key="minOutputAmount", value=order.numbers.minOutputAmount),
        events.UintItem(key="updatedAtTime", value=order.numbers.updatedAtTime),
        events.UintItem(key="validFromTime", value=order.numbers.validFromTime),
        events.UintItem(key="srcChainId", value=order.numbers.srcChainId),
    ]
    content.boolItems.items = [
        events.BoolItem(key="isLong", value=order.flags.isLong),
        events.BoolItem(key="shouldUnwrapNativeToken", value=order.flags.shouldUnwrapNativeToken),
        events.BoolItem(key="isFrozen", value=order.flags.isFrozen),
        events.BoolItem(key="autoCancel", value=order.flags.autoCancel),
    ]
    content.bytes32Items.items = [events.Bytes32Item(key="key", value=key)]
    content.bytes32Items.arrayItems = [events.Bytes32ArrayItem(key="dataList", value=order.dataList)]
    self._log("OrderCreated", key, order.addresses.account, content)

@external
def orderExecuted(key: bytes32, account: address):
    content: events.EventLogData = empty(events.EventLogData)
    content.bytes32Items.items = [events.Bytes32Item(key="key", value=key)]
    content.addressItems.items = [events.AddressItem(key="account", value=account)]
    content.uintItems.items = [events.UintItem(key="secondaryOrderType", value=0)]
    self._log("OrderExecuted", key, account, content)

@external
def orderUpdated(key: bytes32, order: types.Order):
    content: events.EventLogData = empty(events.EventLogData)
    content.bytes32Items.items = [events.Bytes32Item(key="key", value=key)]
    content.addressItems.items = [events.AddressItem(key="account", value=order.addresses.account)]
    content.uintItems.items = [
        events.UintItem(key="sizeDeltaUsd", value=order.numbers.sizeDeltaUsd),
        events.UintItem(key="acceptablePrice", value=order.numbers.acceptablePrice),
        events.UintItem(key="triggerPrice", value=order.numbers.triggerPrice),
        events.UintItem(key="minOutputAmount", value=order.numbers.minOutputAmount),
        events.UintItem(key="updatedAtTime", value=order.numbers.updatedAtTime),
        events.UintItem(key="validFromTime", value=order.numbers.validFromTime),
    ]
    content.boolItems.items = [events.BoolItem(key="autoCancel", value=order.flags.autoCancel)]
    self._log("OrderUpdated", key, order.addresses.account, content)

@internal
def _with_reason(name: String[32], key: bytes32, account: address, reason: String[128], cause: Bytes[512]):
    content: events.EventLogData = empty(events.EventLogData)
    content.bytes32Items.items = [events.Bytes32Item(key="key", value=key)]
    content.addressItems.items = [events.AddressItem(key="account", value=account)]
    content.stringItems.items = [events.StringItem(key="reason", value=reason)]
    content.bytesItems.items = [events.BytesItem(key="reasonBytes", value=cause)]
    self._log(name, key, account, content)

@external
def orderCancelled(key: bytes32, account: address, reason: String[128], cause: Bytes[512]):
    self._with_reason("OrderCancelled", key, account, reason, cause)

@external
def orderFrozen(key: bytes32, account: address, reason: String[128], cause: Bytes[512]):
    self._with_reason("OrderFrozen", key, account, reason, cause)

@external
def positionIncrease(
    orderKey: bytes32,
    positionKey: bytes32,
    position: types.Position,
    prices: types.MarketPrices,
    collateralTokenPrice: types.Price,
    result: types.ExecutionPriceResult,
    orderType: uint8,
    sizeDeltaUsd: uint256,
    sizeDeltaInTokens: uint256,
    collateralDeltaAmount: int256,
    priceImpactAmount: int256,
):
    content: events.EventLogData = empty(events.EventLogData)
    content.addressItems.items = self._position_addresses(position)
    content.uintItems.items = self._position_numbers(
        position, result.executionPrice, prices, collateralTokenPrice
    )
    content.uintItems.items.append(events.UintItem(key="sizeDeltaUsd", value=sizeDeltaUsd))
    content.uintItems.items.append(events.UintItem(key="sizeDeltaInTokens", value=sizeDeltaInTokens))
    content.uintItems.items.append(events.UintItem(key="orderType", value=convert(orderType, uint256)))
    content.uintItems.items.append(
        events.UintItem(key="increasedAtTime", value=position.numbers.increasedAtTime)
    )
    content.intItems.items = [
        events.IntItem(key="collateralDeltaAmount", value=collateralDeltaAmount),
        events.IntItem(key="pendingPriceImpactUsd", value=result.priceImpactUsd),
        events.IntItem(key="pendingPriceImpactAmount", value=priceImpactAmount),
    ]
    content.boolItems.items = [events.BoolItem(key="isLong", value=position.flags.isLong)]
    content.bytes32Items.items = [
        events.Bytes32Item(key="orderKey", value=orderKey),
        events.Bytes32Item(key="positionKey", value=positionKey),
    ]
    self._log("PositionIncrease", convert(position.addresses.account, bytes32), empty(address), content)

@external
def positionDecrease(
    orderKey: bytes32,
    positionKey: bytes32,
    position: types.Position,
    prices: types.MarketPrices,
    collateralTokenPrice: types.Price,
    orderType: uint8,
    decrease: types.Decrease,
):
    content: events.EventLogData = empty(events.EventLogData)
    content.addressItems.items = self._position_addresses(position)
    content.uintItems.items = self._position_numbers(
        position, decrease.executionPrice, prices, collateralTokenPrice
    )
    content.uintItems.items.append(events.UintItem(key="sizeDeltaUsd", value=decrease.sizeDeltaUsd))
    content.uintItems.items.append(
        events.UintItem(key="sizeDeltaInTokens", value=decrease.sizeDeltaInTokens)
    )
    content.uintItems.items.append(
        events.UintItem(key="collateralDeltaAmount", value=decrease.collateralDeltaAmount)
    )
    content.uintItems.items.append(
        events.UintItem(key="values.priceImpactDiffUsd", value=decrease.priceImpactDiffUsd)
    )
    content.uintItems.items.append(events.UintItem(key="orderType", value=convert(orderType, uint256)))
    content.uintItems.items.append(
        events.UintItem(key="decreasedAtTime", value=position.numbers.decreasedAtTime)
    )
    content.intItems.items = [
        events.IntItem(key="priceImpactUsd", value=decrease.priceImpactUsd),
        events.IntItem(key="proportionalPendingImpactUsd", value=decrease.proportionalPendingImpactUsd),
        events.IntItem(key="totalImpactUsd", value=decrease.totalImpactUsd),
        events.IntItem(key="basePnlUsd", value=decrease.basePnlUsd),
        events.IntItem(key="uncappedBasePnlUsd", value=decrease.uncappedBasePnlUsd),
    ]
    content.boolItems.items = [events.BoolItem(key="isLong", value=position.flags.isLong)]
    content.bytes32Items.items = [
        events.Bytes32Item(key="orderKey", value=orderKey),
        events.Bytes32Item(key="positionKey", value=positionKey),
    ]
    self._log("PositionDecrease", convert(position.addresses.account, bytes32), empty(address), content)

@pure
@internal
def _position_addresses(position: types.Position) -> DynArray[events.AddressItem, 7]:
    return [
        events.AddressItem(key="account", value=position.addresses.account),
        events.AddressItem(key="market", value=position.addresses.market),
        events.AddressItem(key="collateralToken", value=position.addresses.collateralToken),
    ]

@pure
@internal
def _position_numbers(
    position: types.Position,
    executionPrice: uint256,
    prices: types.MarketPrices,
    collateralTokenPrice: types.Price,
) -> DynArray[events.UintItem, 32]:
    n: types.PositionNumbers = position.numbers
    return [
        events.UintItem(key="sizeInUsd", value=n.sizeInUsd),
        events.UintItem(key="sizeInTokens", value=n.sizeInTokens),
        events.UintItem(key="collateralAmount", value=n.collateralAmount),
        events.UintItem(key="borrowingFactor", value=n.borrowingFactor),
        events.UintItem(key="fundingFeeAmountPerSize", value=n.fundingFeeAmountPerSize),
        events.UintItem(
            key="longTokenClaimableFundingAmountPerSize", value=n.longTokenClaimableFundingAmountPerSize
        ),
        events.UintItem(
            key="shortTokenClaimableFundingAmountPerSize", value=n.shortTokenClaimableFundingAmountPerSize
        ),
        events.UintItem(key="executionPrice", value=executionPrice),
        events.UintItem(key="indexTokenPrice.max", value=prices.indexTokenPrice.max),
        events.UintItem(key="indexTokenPrice.min", value=prices.indexTokenPrice.min),
        events.UintItem(key="collateralTokenPrice.max", value=collateralTokenPrice.max),
        events.UintItem(key="collateralTokenPrice.min", value=collateralTokenPrice.min),
    ]

@external
def positionFeesCollected(
    orderKey: bytes32,
    positionKey: bytes32,
    market: address,
    collateralToken: address,
    tradeSizeUsd: uint256,
    isIncrease: bool,
    fees: types.PositionFees,
):
    content: events.EventLogData = empty(events.EventLogData)
    content.bytes32Items.items = [
        events.Bytes32Item(key="orderKey", value=orderKey),
        events.Bytes32Item(key="positionKey", value=positionKey),
        events.Bytes32Item(key="referralCode", value=fees.referral.referralCode),
    ]
    content.addressItems.items = [
        events.AddressItem(key="market", value=market),
        events.AddressItem(key="collateralToken", value=collateralToken),
        events.AddressItem(key="affiliate", value=fees.referral.affiliate),
        events.AddressItem(key="trader", value=fees.referral.trader),
        events.AddressItem(key="uiFeeReceiver", value=fees.ui.uiFeeReceiver),
    ]
    content.uintItems.items = [
        events.UintItem(key="collateralTokenPrice.min", value=fees.collateralTokenPrice.min),
        events.UintItem(key="collateralTokenPrice.max", value=fees.collateralTokenPrice.max),
        events.UintItem(key="tradeSizeUsd", value=tradeSizeUsd),
        events.UintItem(key="totalRebateFactor", value=fees.referral.totalRebateFactor),
        events.UintItem(key="traderDiscountFactor", value=fees.referral.traderDiscountFactor),
        events.UintItem(key="totalRebateAmount", value=fees.referral.totalRebateAmount),
        events.UintItem(key="traderDiscountAmount", value=fees.referral.traderDiscountAmount),
        events.UintItem(key="affiliateRewardAmount", value=fees.referral.affiliateRewardAmount),
        events.UintItem(key="fundingFeeAmount", value=fees.funding.fundingFeeAmount),
        events.UintItem(key="claimableLongTokenAmount", value=fees.funding.claimableLongTokenAmount),
        events.UintItem(key="claimableShortTokenAmount", value=fees.funding.claimableShortTokenAmount),
        events.UintItem(
            key="latestFundingFeeAmountPerSize", value=fees.funding.latestFundingFeeAmountPerSize
        ),
        events.UintItem(
            key="latestLongTokenClaimableFundingAmountPerSize",
            value=fees.funding.latestLongTokenClaimableFundingAmountPerSize,
        ),
        events.UintItem(
            key="latestShortTokenClaimableFundingAmountPerSize",
            value=fees.funding.latestShortTokenClaimableFundingAmountPerSize,
        ),
        events.UintItem(key="borrowingFeeUsd", value=fees.borrowing.borrowingFeeUsd),
        events.UintItem(key="borrowingFeeAmount", value=fees.borrowing.borrowingFeeAmount),
        events.UintItem(key="borrowingFeeReceiverFactor", value=fees.borrowing.borrowingFeeReceiverFactor),
        events.UintItem(
            key="borrowingFeeAmountForFeeReceiver", value=fees.borrowing.borrowingFeeAmountForFeeReceiver
        ),
        events.UintItem(key="positionFeeFactor", value=fees.positionFeeFactor),
        events.UintItem(key="protocolFeeAmount", value=fees.protocolFeeAmount),
        events.UintItem(key="positionFeeReceiverFactor", value=fees.positionFeeReceiverFactor),
        events.UintItem(key="feeReceiverAmount", value=fees.feeReceiverAmount),
        events.UintItem(key="feeAmountForPool", value=fees.feeAmountForPool),
        events.UintItem(key="positionFeeAmountForPool", value=fees.positionFeeAmountForPool),
        events.UintItem(key="positionFeeAmount", value=fees.positionFeeAmount),
        events.UintItem(key="totalCostAmount", value=fees.totalCostAmount),
        events.UintItem(key="uiFeeReceiverFactor", value=fees.ui.uiFeeReceiverFactor),
        events.UintItem(key="uiFeeAmount", value=fees.ui.uiFeeAmount),
    ]
    content.boolItems.items = [events.BoolItem(key="isIncrease", value=isIncrease)]
    self._log("PositionFeesCollected", convert(market, bytes32), empty(address), content)

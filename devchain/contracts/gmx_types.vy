# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice The structs of GMX v2's external interface, member by member. A test decodes every answer with
        the protocol's own ABI, so order and width here are not free.
"""

struct OrderAddresses:
    account: address
    receiver: address
    cancellationReceiver: address
    callbackContract: address
    uiFeeReceiver: address
    market: address
    initialCollateralToken: address
    swapPath: DynArray[address, 4]

struct OrderNumbers:
    orderType: uint8
    decreasePositionSwapType: uint8
    sizeDeltaUsd: uint256
    initialCollateralDeltaAmount: uint256
    triggerPrice: uint256
    acceptablePrice: uint256
    executionFee: uint256
    callbackGasLimit: uint256
    minOutputAmount: uint256
    updatedAtTime: uint256
    validFromTime: uint256
    srcChainId: uint256

struct OrderFlags:
    isLong: bool
    shouldUnwrapNativeToken: bool
    isFrozen: bool
    autoCancel: bool

struct Order:
    addresses: OrderAddresses
    numbers: OrderNumbers
    flags: OrderFlags
    dataList: DynArray[bytes32, 4]

struct OrderInfo:
    orderKey: bytes32
    order: Order

struct CreateOrderParamsAddresses:
    receiver: address
    cancellationReceiver: address
    callbackContract: address
    uiFeeReceiver: address
    market: address
    initialCollateralToken: address
    swapPath: DynArray[address, 4]

struct CreateOrderParamsNumbers:
    sizeDeltaUsd: uint256
    initialCollateralDeltaAmount: uint256
    triggerPrice: uint256
    acceptablePrice: uint256
    executionFee: uint256
    callbackGasLimit: uint256
    minOutputAmount: uint256
    validFromTime: uint256

struct CreateOrderParams:
    addresses: CreateOrderParamsAddresses
    numbers: CreateOrderParamsNumbers
    orderType: uint8
    decreasePositionSwapType: uint8
    isLong: bool
    shouldUnwrapNativeToken: bool
    autoCancel: bool
    referralCode: bytes32
    dataList: DynArray[bytes32, 4]

struct SetPricesParams:
    tokens: DynArray[address, 8]
    providers: DynArray[address, 8]
    data: DynArray[Bytes[256], 8]

struct PositionAddresses:
    account: address
    market: address
    collateralToken: address

struct PositionNumbers:
    sizeInUsd: uint256
    sizeInTokens: uint256
    collateralAmount: uint256
    pendingImpactAmount: int256
    borrowingFactor: uint256
    fundingFeeAmountPerSize: uint256
    longTokenClaimableFundingAmountPerSize: uint256
    shortTokenClaimableFundingAmountPerSize: uint256
    increasedAtTime: uint256
    decreasedAtTime: uint256

struct PositionFlags:
    isLong: bool

struct Position:
    addresses: PositionAddresses
    numbers: PositionNumbers
    flags: PositionFlags

struct Market:
    marketToken: address
    indexToken: address
    longToken: address
    shortToken: address

struct Price:
    min: uint256
    max: uint256

struct MarketPrices:
    indexTokenPrice: Price
    longTokenPrice: Price
    shortTokenPrice: Price

struct CollateralType:
    longToken: uint256
    shortToken: uint256

struct PositionType:
    long: CollateralType
    short: CollateralType

struct NextFunding:
    longsPayShorts: bool
    fundingFactorPerSecond: uint256
    nextSavedFundingFactorPerSecond: int256
    fundingFeeAmountPerSizeDelta: PositionType
    claimableFundingAmountPerSizeDelta: PositionType

struct BaseFunding:
    fundingFeeAmountPerSize: PositionType
    claimableFundingAmountPerSize: PositionType

struct VirtualInventory:
    virtualPoolAmountForLongToken: uint256
    virtualPoolAmountForShortToken: uint256
    virtualInventoryForPositions: int256

struct MarketInfo:
    market: Market
    borrowingFactorPerSecondForLongs: uint256
    borrowingFactorPerSecondForShorts: uint256
    baseFunding: BaseFunding
    nextFunding: NextFunding
    virtualInventory: VirtualInventory
    isDisabled: bool

struct ReferralFees:
    referralCode: bytes32
    affiliate: address
    trader: address
    totalRebateFactor: uint256
    affiliateRewardFactor: uint256
    adjustedAffiliateRewardFactor: uint256
    traderDiscountFactor: uint256
    totalRebateAmount: uint256
    traderDiscountAmount: uint256
    affiliateRewardAmount: uint256

struct ProFees:
    traderTier: uint256
    traderDiscountFactor: uint256
    traderDiscountAmount: uint256

struct FundingFees:
    fundingFeeAmount: uint256
    claimableLongTokenAmount: uint256
    claimableShortTokenAmount: uint256
    latestFundingFeeAmountPerSize: uint256
    latestLongTokenClaimableFundingAmountPerSize: uint256
    latestShortTokenClaimableFundingAmountPerSize: uint256

struct BorrowingFees:
    borrowingFeeUsd: uint256
    borrowingFeeAmount: uint256
    borrowingFeeReceiverFactor: uint256
    borrowingFeeAmountForFeeReceiver: uint256

struct UiFees:
    uiFeeReceiver: address
    uiFeeReceiverFactor: uint256
    uiFeeAmount: uint256

struct LiquidationFees:
    liquidationFeeUsd: uint256
    liquidationFeeAmount: uint256
    liquidationFeeReceiverFactor: uint256
    liquidationFeeAmountForFeeReceiver: uint256

struct PositionFees:
    referral: ReferralFees
    pro: ProFees
    funding: FundingFees
    borrowing: BorrowingFees
    ui: UiFees
    liquidation: LiquidationFees
    collateralTokenPrice: Price
    positionFeeFactor: uint256
    protocolFeeAmount: uint256
    positionFeeReceiverFactor: uint256
    feeReceiverAmount: uint256
    feeAmountForPool: uint256
    positionFeeAmountForPool: uint256
    positionFeeAmount: uint256
    totalCostAmountExcludingFunding: uint256
    totalCostAmount: uint256
    totalDiscountAmount: uint256

struct ExecutionPriceResult:
    priceImpactUsd: int256
    executionPrice: uint256
    balanceWasImproved: bool
    proportionalPendingImpactUsd: int256
    totalImpactUsd: int256
    priceImpactDiffUsd: uint256

struct PositionInfo:
    positionKey: bytes32
    position: Position
    fees: PositionFees
    executionPriceResult: ExecutionPriceResult
    basePnlUsd: int256
    uncappedBasePnlUsd: int256
    pnlAfterPriceImpactUsd: int256

struct LiquidationInfo:
    remainingCollateralUsd: int256
    minCollateralUsd: int256
    minCollateralUsdForLeverage: int256

# What the stand-in's own contracts tell each other about one decrease; not of the protocol.
struct Decrease:
    executionPrice: uint256
    sizeDeltaUsd: uint256
    sizeDeltaInTokens: uint256
    collateralDeltaAmount: uint256
    priceImpactUsd: int256
    proportionalPendingImpactUsd: int256
    totalImpactUsd: int256
    priceImpactDiffUsd: uint256
    basePnlUsd: int256
    uncappedBasePnlUsd: int256

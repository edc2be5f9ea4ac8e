# pragma version ~=0.4.3
# pragma evm-version cancun
# pragma optimize codesize
"""
@notice Stand-in for GMX v2's Reader. It is stateless like the protocol's, but for the addresses of the
        contracts that keep orders and positions here; `dataStore` must be the venue's own.
"""

import IDataStore
import gmx_keys as keys
import gmx_types as types

interface Math:
    def market(marketToken: address) -> types.Market: view
    def marketInfo(prices: types.MarketPrices, marketToken: address) -> types.MarketInfo: view
    def execution(
        m: types.Market,
        prices: types.MarketPrices,
        sizeInUsd: uint256,
        sizeInTokens: uint256,
        sizeDeltaUsd: int256,
        pendingImpactAmount: int256,
        isLong: bool,
    ) -> types.ExecutionPriceResult: view
    def profit(
        p: types.Position, prices: types.MarketPrices, sizeDeltaUsd: uint256
    ) -> (int256, int256, uint256): view
    def fees(
        p: types.Position,
        m: types.Market,
        prices: types.MarketPrices,
        sizeDeltaUsd: uint256,
        improved: bool,
        withPending: bool,
    ) -> types.PositionFees: view
    def liquidation(
        p: types.Position,
        m: types.Market,
        prices: types.MarketPrices,
        validateMinCollateralUsd: bool,
        forLiquidation: bool,
        withPending: bool,
    ) -> (bool, String[64], types.LiquidationInfo): view

interface OrderHandler:
    def getOrder(key: bytes32) -> types.Order: view

interface PositionHandler:
    def getPosition(key: bytes32) -> types.Position: view

MATH: immutable(Math)
ORDERS: immutable(OrderHandler)
POSITIONS: immutable(PositionHandler)

@deploy
def __init__(math: address, orders: address, positions: address):
    MATH = Math(math)
    ORDERS = OrderHandler(orders)
    POSITIONS = PositionHandler(positions)

@view
@external
def getMarket(dataStore: address, key: address) -> types.Market:
    return staticcall MATH.market(key)

@view
@external
def getMarkets(dataStore: address, start: uint256, end: uint256) -> DynArray[types.Market, 16]:
    found: DynArray[types.Market, 16] = []
    tokens: DynArray[address, 128] = staticcall IDataStore(dataStore).getAddressValuesAt(
        keys.name("MARKET_LIST"), start, min(end, start + 16)
    )
    for token: address in tokens:
        found.append(staticcall MATH.market(token))
    return found

@view
@external
def getMarketInfo(dataStore: address, prices: types.MarketPrices, marketKey: address) -> types.MarketInfo:
    return staticcall MATH.marketInfo(prices, marketKey)

@view
@external
def getOrder(dataStore: address, key: bytes32) -> types.Order:
    return staticcall ORDERS.getOrder(key)

@view
@external
def getAccountOrders(
    dataStore: address, account: address, start: uint256, end: uint256
) -> DynArray[types.OrderInfo, 32]:
    found: DynArray[types.OrderInfo, 32] = []
    order_keys: DynArray[bytes32, 128] = staticcall IDataStore(dataStore).getBytes32ValuesAt(
        keys.of_address("ACCOUNT_ORDER_LIST", account), start, min(end, start + 32)
    )
    for key: bytes32 in order_keys:
        found.append(types.OrderInfo(orderKey=key, order=staticcall ORDERS.getOrder(key)))
    return found

@view
@external
def getPosition(dataStore: address, key: bytes32) -> types.Position:
    return staticcall POSITIONS.getPosition(key)

@view
@external
def getAccountPositions(
    dataStore: address, account: address, start: uint256, end: uint256
) -> DynArray[types.Position, 32]:
    found: DynArray[types.Position, 32] = []
    position_keys: DynArray[bytes32, 128] = staticcall IDataStore(dataStore).getBytes32ValuesAt(
        keys.of_address("ACCOUNT_POSITION_LIST", account), start, min(end, start + 32)
    )
    for key: bytes32 in position_keys:
        found.append(staticcall POSITIONS.getPosition(key))
    return found

@view
@external
def getPositionInfo(
    dataStore: address,
    referralStorage: address,
    positionKey: bytes32,
    prices: types.MarketPrices,
    sizeDeltaUsd: uint256,
    uiFeeReceiver: address,
    usePositionSizeAsSizeDeltaUsd: bool,
) -> types.PositionInfo:
    """
    @notice What closing `sizeDeltaUsd` would give, pending funding and borrowing included.
    """
    p: types.Position = staticcall POSITIONS.getPosition(positionKey)
    if p.numbers.sizeInUsd == 0:
        raw_revert(abi_encode(positionKey, method_id=method_id("PositionNotFound(bytes32)")))
    m: types.Market = staticcall MATH.market(p.addresses.market)
    size: uint256 = p.numbers.sizeInUsd if usePositionSizeAsSizeDeltaUsd else sizeDeltaUsd
    info: types.PositionInfo = empty(types.PositionInfo)
    info.positionKey = positionKey
    info.position = p
    info.executionPriceResult = staticcall MATH.execution(
        m, prices, p.numbers.sizeInUsd, p.numbers.sizeInTokens, -convert(size, int256),
        p.numbers.pendingImpactAmount, p.flags.isLong,
    )
    info.fees = staticcall MATH.fees(
        p, m, prices, size, info.executionPriceResult.balanceWasImproved, True
    )
    tokens: uint256 = 0
    info.basePnlUsd, info.uncappedBasePnlUsd, tokens = staticcall MATH.profit(p, prices, size)
    info.pnlAfterPriceImpactUsd = info.executionPriceResult.totalImpactUsd + info.basePnlUsd
    return info

@view
@external
def getPositionPnlUsd(
    dataStore: address,
    market: types.Market,
    prices: types.MarketPrices,
    positionKey: bytes32,
    sizeDeltaUsd: uint256,
) -> (int256, int256, uint256):
    p: types.Position = staticcall POSITIONS.getPosition(positionKey)
    return staticcall MATH.profit(p, prices, sizeDeltaUsd)

@view
@external
def getExecutionPrice(
    dataStore: address,
    marketKey: address,
    prices: types.MarketPrices,
    positionSizeInUsd: uint256,
    positionSizeInTokens: uint256,
    sizeDeltaUsd: int256,
    pendingImpactAmount: int256,
    isLong: bool,
) -> types.ExecutionPriceResult:
    m: types.Market = staticcall MATH.market(marketKey)
    return staticcall MATH.execution(
        m, prices, positionSizeInUsd, positionSizeInTokens, sizeDeltaUsd, pendingImpactAmount, isLong
    )

@view
@external
def isPositionLiquidatable(
    dataStore: address,
    referralStorage: address,
    positionKey: bytes32,
    market: types.Market,
    prices: types.MarketPrices,
    shouldValidateMinCollateralUsd: bool,
    forLiquidation: bool,
) -> (bool, String[64], types.LiquidationInfo):
    """
    @notice A trap kept on purpose: as in the protocol, this leaves out the funding and borrowing that have
            accrued since the market was last brought up to date.
    """
    p: types.Position = staticcall POSITIONS.getPosition(positionKey)
    return staticcall MATH.liquidation(
        p, market, prices, shouldValidateMinCollateralUsd, forLiquidation, False
    )

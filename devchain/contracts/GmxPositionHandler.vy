# pragma version ~=0.4.3
# pragma evm-version cancun
# pragma optimize codesize
"""
@notice What in GMX v2 is IncreasePositionUtils, DecreasePositionUtils and PositionStoreUtils: positions,
        and the execution of an order against them. A refusal is one of the protocol's custom errors,
        which the OrderHandler above judges.
"""

import IDataStore
import gmx_keys as keys
import gmx_roles as roles
import gmx_types as types
initializes: roles
exports: roles.roleStore

interface Math:
    def market(marketToken: address) -> types.Market: view
    def nextFunding(m: types.Market, prices: types.MarketPrices) -> types.NextFunding: view
    def nextBorrowingFactor(marketToken: address, isLong: bool) -> uint256: view
    def execution(
        m: types.Market,
        prices: types.MarketPrices,
        sizeInUsd: uint256,
        sizeInTokens: uint256,
        sizeDeltaUsd: int256,
        pendingImpactAmount: int256,
        isLong: bool,
    ) -> types.ExecutionPriceResult: view
    def impactTokens(impactUsd: int256, price: types.Price) -> int256: view
    def share(amount: int256, size: uint256, total: uint256) -> int256: view
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

interface Oracle:
    def getPrimaryPrice(token: address) -> types.Price: view

interface Bank:
    def transferOut(token: address, receiver: address, amount: uint256, shouldUnwrap: bool): nonpayable

interface Emitter:
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
    ): nonpayable
    def positionDecrease(
        orderKey: bytes32,
        positionKey: bytes32,
        position: types.Position,
        prices: types.MarketPrices,
        collateralTokenPrice: types.Price,
        orderType: uint8,
        decrease: types.Decrease,
    ): nonpayable
    def positionFeesCollected(
        orderKey: bytes32,
        positionKey: bytes32,
        market: address,
        collateralToken: address,
        tradeSizeUsd: uint256,
        isIncrease: bool,
        fees: types.PositionFees,
    ): nonpayable

FLOAT: constant(uint256) = 10**30
MARKET_INCREASE: constant(uint8) = 2
LIMIT_INCREASE: constant(uint8) = 3
MARKET_DECREASE: constant(uint8) = 4
LIMIT_DECREASE: constant(uint8) = 5
STOP_LOSS_DECREASE: constant(uint8) = 6
LIQUIDATION: constant(uint8) = 7
STOP_INCREASE: constant(uint8) = 8

STORE: immutable(IDataStore)
MATH: immutable(Math)
ORACLE: immutable(Oracle)
EMITTER: immutable(Emitter)
ORDER_VAULT: immutable(Bank)

positions: HashMap[bytes32, types.Position]

@deploy
def __init__(
    role_store: address, store: address, math: address, oracle: address, emitter: address, order_vault: address
):
    roles.__init__(role_store)
    STORE = IDataStore(store)
    MATH = Math(math)
    ORACLE = Oracle(oracle)
    EMITTER = Emitter(emitter)
    ORDER_VAULT = Bank(order_vault)

@view
@external
def getPosition(key: bytes32) -> types.Position:
    return self.positions[key]

@external
def execute(key: bytes32, order: types.Order):
    """
    @notice Carry an order out at the oracle's price. Reverts where it cannot be.
    """
    roles.only("CONTROLLER")
    m: types.Market = staticcall MATH.market(order.addresses.market)
    prices: types.MarketPrices = self._prices(m)
    self._check_trigger(order, prices.indexTokenPrice)
    if order.numbers.validFromTime > block.timestamp:
        raw_revert(abi_encode(
            order.numbers.validFromTime, block.timestamp,
            method_id=method_id("OrderValidFromTimeNotReached(uint256,uint256)"),
        ))
    self._update_market(m, prices)
    if order.numbers.orderType in [MARKET_INCREASE, LIMIT_INCREASE, STOP_INCREASE]:
        self._increase(key, order, m, prices)
    else:
        self._decrease(key, order, m, prices)

@view
@internal
def _prices(m: types.Market) -> types.MarketPrices:
    return types.MarketPrices(
        indexTokenPrice=staticcall ORACLE.getPrimaryPrice(m.indexToken),
        longTokenPrice=staticcall ORACLE.getPrimaryPrice(m.longToken),
        shortTokenPrice=staticcall ORACLE.getPrimaryPrice(m.shortToken),
    )

@pure
@internal
def _check_trigger(order: types.Order, price: types.Price):
    kind: uint8 = order.numbers.orderType
    trigger: uint256 = order.numbers.triggerPrice
    is_long: bool = order.flags.isLong
    falling: bool = is_long  # whether the order waits for the price to come down to the trigger
    if kind in [STOP_INCREASE, LIMIT_DECREASE]:
        falling = not is_long
    elif kind not in [LIMIT_INCREASE, STOP_LOSS_DECREASE]:
        return
    is_triggered: bool = price.max <= trigger if falling else price.min >= trigger
    if not is_triggered:
        raw_revert(abi_encode(
            price.min, price.max, trigger, convert(kind, uint256),
            method_id=method_id("InvalidOrderPrices(uint256,uint256,uint256,uint256)"),
        ))

@pure
@internal
def _check_acceptable(price: uint256, acceptable: uint256, at_most: bool):
    if (price > acceptable) if at_most else (price < acceptable):
        raw_revert(abi_encode(
            price, acceptable, method_id=method_id("OrderNotFulfillableAtAcceptablePrice(uint256,uint256)")
        ))

# The market's running totals

@internal
def _update_market(m: types.Market, prices: types.MarketPrices):
    """
    @dev Bring funding and borrowing up to this block, as the protocol does before any position moves.
    """
    more: types.NextFunding = staticcall MATH.nextFunding(m, prices)
    fee: String[64] = "FUNDING_FEE_AMOUNT_PER_SIZE"
    claim: String[64] = "CLAIMABLE_FUNDING_AMOUNT_PER_SIZE"
    self._grow(fee, m, True, more.fundingFeeAmountPerSizeDelta.long)
    self._grow(fee, m, False, more.fundingFeeAmountPerSizeDelta.short)
    self._grow(claim, m, True, more.claimableFundingAmountPerSizeDelta.long)
    self._grow(claim, m, False, more.claimableFundingAmountPerSizeDelta.short)
    extcall STORE.setUint(keys.of_address("FUNDING_UPDATED_AT", m.marketToken), block.timestamp)
    for side: bool in [True, False]:
        extcall STORE.setUint(
            keys.of_market_side("CUMULATIVE_BORROWING_FACTOR", m.marketToken, side),
            staticcall MATH.nextBorrowingFactor(m.marketToken, side),
        )
        extcall STORE.setUint(
            keys.of_market_side("CUMULATIVE_BORROWING_FACTOR_UPDATED_AT", m.marketToken, side),
            block.timestamp,
        )

@internal
def _grow(text: String[64], m: types.Market, is_long: bool, amount: types.CollateralType):
    if amount.longToken > 0:
        extcall STORE.incrementUint(
            keys.of_market_token_side(text, m.marketToken, m.longToken, is_long), amount.longToken
        )
    if amount.shortToken > 0:
        extcall STORE.incrementUint(
            keys.of_market_token_side(text, m.marketToken, m.shortToken, is_long), amount.shortToken
        )

@internal
def _change_open_interest(p: types.Position, usd: int256, tokens: int256):
    usd_key: bytes32 = keys.of_market_token_side(
        "OPEN_INTEREST", p.addresses.market, p.addresses.collateralToken, p.flags.isLong
    )
    token_key: bytes32 = keys.of_market_token_side(
        "OPEN_INTEREST_IN_TOKENS", p.addresses.market, p.addresses.collateralToken, p.flags.isLong
    )
    was: uint256 = staticcall STORE.getUint(usd_key)
    extcall STORE.setUint(usd_key, convert(max(convert(was, int256) + usd, 0), uint256))
    was = staticcall STORE.getUint(token_key)
    extcall STORE.setUint(token_key, convert(max(convert(was, int256) + tokens, 0), uint256))

@internal
def _credit_funding(p: types.Position, m: types.Market, f: types.FundingFees):
    """
    @dev Funding received is claimed by hand; it never joins the collateral.
    """
    if f.claimableLongTokenAmount > 0:
        extcall STORE.incrementUint(
            keys.of_market_token_account(
                "CLAIMABLE_FUNDING_AMOUNT", m.marketToken, m.longToken, p.addresses.account
            ),
            f.claimableLongTokenAmount,
        )
    if f.claimableShortTokenAmount > 0:
        extcall STORE.incrementUint(
            keys.of_market_token_account(
                "CLAIMABLE_FUNDING_AMOUNT", m.marketToken, m.shortToken, p.addresses.account
            ),
            f.claimableShortTokenAmount,
        )

@pure
@internal
def _with_latest(p: types.Position, f: types.FundingFees, borrowing_factor: uint256) -> types.Position:
    updated: types.Position = p
    updated.numbers.borrowingFactor = borrowing_factor
    updated.numbers.fundingFeeAmountPerSize = f.latestFundingFeeAmountPerSize
    updated.numbers.longTokenClaimableFundingAmountPerSize = f.latestLongTokenClaimableFundingAmountPerSize
    updated.numbers.shortTokenClaimableFundingAmountPerSize = f.latestShortTokenClaimableFundingAmountPerSize
    return updated

@pure
@internal
def _position_key(order: types.Order) -> bytes32:
    return keys.position(
        order.addresses.account,
        order.addresses.market,
        order.addresses.initialCollateralToken,
        order.flags.isLong,
    )

# Increase

@internal
def _increase(key: bytes32, order: types.Order, m: types.Market, prices: types.MarketPrices):
    position_key: bytes32 = self._position_key(order)
    p: types.Position = self.positions[position_key]
    size: uint256 = order.numbers.sizeDeltaUsd
    paid_in: uint256 = order.numbers.initialCollateralDeltaAmount
    is_long: bool = order.flags.isLong
    token: address = order.addresses.initialCollateralToken
    if token != m.longToken and token != m.shortToken:
        raw_revert(abi_encode(
            m.marketToken, token, method_id=method_id("InvalidCollateralTokenForMarket(address,address)")
        ))
    if p.numbers.sizeInUsd == 0:
        p.addresses = types.PositionAddresses(
            account=order.addresses.account, market=m.marketToken, collateralToken=token
        )
        p.flags.isLong = is_long
    extcall ORDER_VAULT.transferOut(token, m.marketToken, paid_in, False)

    result: types.ExecutionPriceResult = staticcall MATH.execution(
        m, prices, p.numbers.sizeInUsd, p.numbers.sizeInTokens, convert(size, int256), 0, is_long
    )
    # An order that only adds collateral trades nothing, and the protocol does not hold it to a price.
    if size > 0:
        self._check_acceptable(result.executionPrice, order.numbers.acceptablePrice, is_long)
    costs: types.PositionFees = staticcall MATH.fees(p, m, prices, size, result.balanceWasImproved, False)
    change: int256 = convert(paid_in, int256) - convert(costs.totalCostAmount, int256)
    if convert(p.numbers.collateralAmount, int256) + change < 0:
        raw_revert(abi_encode(
            p.numbers.collateralAmount, change,
            method_id=method_id("InsufficientCollateralAmount(uint256,int256)"),
        ))
    p = self._with_latest(p, costs.funding, staticcall MATH.nextBorrowingFactor(m.marketToken, is_long))
    impact: int256 = 0
    tokens: uint256 = 0
    if size > 0:
        impact = staticcall MATH.impactTokens(result.priceImpactUsd, prices.indexTokenPrice)
        # A long's tokens round down and a short's up, both against the trader.
        tokens = size // prices.indexTokenPrice.max
        if not is_long:
            tokens = (size - 1) // prices.indexTokenPrice.min + 1
    p.numbers.collateralAmount = convert(convert(p.numbers.collateralAmount, int256) + change, uint256)
    p.numbers.sizeInUsd += size
    p.numbers.sizeInTokens += tokens
    p.numbers.pendingImpactAmount += impact
    p.numbers.increasedAtTime = block.timestamp
    self._change_open_interest(p, convert(size, int256), convert(tokens, int256))
    self._check_position(p, m, prices)
    self._credit_funding(p, m, costs.funding)
    self.positions[position_key] = p
    extcall STORE.addBytes32(keys.name("POSITION_LIST"), position_key)
    extcall STORE.addBytes32(
        keys.of_address("ACCOUNT_POSITION_LIST", order.addresses.account), position_key
    )
    extcall EMITTER.positionFeesCollected(
        key, position_key, m.marketToken, p.addresses.collateralToken, size, True, costs
    )
    extcall EMITTER.positionIncrease(
        key, position_key, p, prices, costs.collateralTokenPrice, result, order.numbers.orderType, size,
        tokens, change, impact,
    )

@view
@internal
def _check_position(p: types.Position, m: types.Market, prices: types.MarketPrices):
    """
    @dev A position that is left open must be large enough and must not be due for liquidation.
    """
    least: uint256 = staticcall STORE.getUint(keys.name("MIN_POSITION_SIZE_USD"))
    if p.numbers.sizeInUsd < least:
        raw_revert(abi_encode(
            p.numbers.sizeInUsd, least, method_id=method_id("MinPositionSize(uint256,uint256)")
        ))
    due: bool = False
    reason: String[64] = ""
    info: types.LiquidationInfo = empty(types.LiquidationInfo)
    due, reason, info = staticcall MATH.liquidation(p, m, prices, True, False, False)
    if due and info.remainingCollateralUsd > 0 and info.remainingCollateralUsd >= info.minCollateralUsd:
        raw_revert(abi_encode(
            info.remainingCollateralUsd, method_id=method_id("InsufficientCollateralUsd(int256)")
        ))
    if due:
        raw_revert(abi_encode(
            reason, info.remainingCollateralUsd, info.minCollateralUsd, info.minCollateralUsdForLeverage,
            method_id=method_id("LiquidatablePosition(string,int256,int256,int256)"),
        ))

# Decrease

@internal
def _decrease(key: bytes32, order: types.Order, m: types.Market, prices: types.MarketPrices):
    position_key: bytes32 = self._position_key(order)
    p: types.Position = self.positions[position_key]
    if p.numbers.sizeInUsd == 0:
        raw_revert(method_id("EmptyPosition()"))
    is_liquidation: bool = order.numbers.orderType == LIQUIDATION
    if is_liquidation:
        self._check_due(p, m, prices)
    d: types.Decrease = empty(types.Decrease)
    d.sizeDeltaUsd = order.numbers.sizeDeltaUsd
    if d.sizeDeltaUsd > p.numbers.sizeInUsd:
        if order.numbers.orderType == MARKET_DECREASE:
            raw_revert(abi_encode(
                d.sizeDeltaUsd, p.numbers.sizeInUsd,
                method_id=method_id("InvalidDecreaseOrderSize(uint256,uint256)"),
            ))
        # Limit orders shrink to the position: it may have been reduced since they were placed.
        d.sizeDeltaUsd = p.numbers.sizeInUsd
    is_close: bool = d.sizeDeltaUsd == p.numbers.sizeInUsd

    result: types.ExecutionPriceResult = staticcall MATH.execution(
        m, prices, p.numbers.sizeInUsd, p.numbers.sizeInTokens, -convert(d.sizeDeltaUsd, int256),
        p.numbers.pendingImpactAmount, order.flags.isLong,
    )
    d.executionPrice = result.executionPrice
    d.priceImpactUsd = result.priceImpactUsd
    d.proportionalPendingImpactUsd = result.proportionalPendingImpactUsd
    d.totalImpactUsd = result.totalImpactUsd
    if not is_liquidation and d.sizeDeltaUsd > 0:
        self._check_acceptable(d.executionPrice, order.numbers.acceptablePrice, not order.flags.isLong)
    costs: types.PositionFees = staticcall MATH.fees(
        p, m, prices, d.sizeDeltaUsd, result.balanceWasImproved, False
    )
    d.basePnlUsd, d.uncappedBasePnlUsd, d.sizeDeltaInTokens = staticcall MATH.profit(p, prices, d.sizeDeltaUsd)
    if not is_close:
        d.collateralDeltaAmount = min(order.numbers.initialCollateralDeltaAmount, p.numbers.collateralAmount)
    p = self._settle(p, m, prices, order, d, costs, is_close, is_liquidation)
    p = self._with_latest(
        p, costs.funding, staticcall MATH.nextBorrowingFactor(m.marketToken, p.flags.isLong)
    )
    p.numbers.decreasedAtTime = block.timestamp
    self._change_open_interest(
        p, -convert(d.sizeDeltaUsd, int256), -convert(d.sizeDeltaInTokens, int256)
    )
    self._credit_funding(p, m, costs.funding)
    if is_close:
        p.numbers.sizeInUsd = 0
        p.numbers.sizeInTokens = 0
        self.positions[position_key] = empty(types.Position)
        extcall STORE.removeBytes32(keys.name("POSITION_LIST"), position_key)
        extcall STORE.removeBytes32(
            keys.of_address("ACCOUNT_POSITION_LIST", p.addresses.account), position_key
        )
    else:
        self._check_position(p, m, prices)
        self.positions[position_key] = p
    extcall EMITTER.positionFeesCollected(
        key, position_key, m.marketToken, p.addresses.collateralToken, d.sizeDeltaUsd, False, costs
    )
    extcall EMITTER.positionDecrease(
        key, position_key, p, prices, costs.collateralTokenPrice, order.numbers.orderType, d
    )

@view
@internal
def _check_due(p: types.Position, m: types.Market, prices: types.MarketPrices):
    due: bool = False
    reason: String[64] = ""
    info: types.LiquidationInfo = empty(types.LiquidationInfo)
    due, reason, info = staticcall MATH.liquidation(p, m, prices, True, True, True)
    if not due:
        raw_revert(abi_encode(
            reason, info.remainingCollateralUsd, info.minCollateralUsd, info.minCollateralUsdForLeverage,
            method_id=method_id("PositionShouldNotBeLiquidated(string,int256,int256,int256)"),
        ))

@internal
def _settle(
    before: types.Position,
    m: types.Market,
    prices: types.MarketPrices,
    order: types.Order,
    d: types.Decrease,
    costs: types.PositionFees,
    is_close: bool,
    is_liquidation: bool,
) -> types.Position:
    """
    @dev Pay profit, loss, impact and fees, send out what is due, and return the position that remains.
         Profit is paid in the long token to longs and in the short token to shorts; everything else
         moves the collateral.
    """
    p: types.Position = before
    price: types.Price = costs.collateralTokenPrice
    token: address = p.addresses.collateralToken
    profit_token: address = m.longToken if p.flags.isLong else m.shortToken
    profit_price: types.Price = prices.longTokenPrice if p.flags.isLong else prices.shortTokenPrice
    gain: int256 = d.basePnlUsd + d.totalImpactUsd
    remaining: int256 = convert(p.numbers.collateralAmount, int256) - convert(costs.totalCostAmount, int256)
    secondary: uint256 = 0
    output: uint256 = d.collateralDeltaAmount
    if gain > 0:
        amount: uint256 = convert(gain, uint256) // profit_price.max
        if profit_token == token:
            output += amount
            remaining += convert(amount, int256)
        else:
            secondary = amount
    elif gain < 0:
        remaining -= convert((convert(-gain, uint256) - 1) // price.min + 1, int256)
    if remaining < 0:
        if not is_liquidation:
            raw_revert(abi_encode(
                convert(-remaining, uint256) * price.min, "pnl",
                method_id=method_id("InsufficientFundsToPayForCosts(uint256,string)"),
            ))
        remaining = 0
    if is_close:
        output = convert(remaining, uint256)
    elif convert(output, int256) > remaining:
        output = convert(remaining, uint256)
    p.numbers.collateralAmount = convert(remaining, uint256) - output
    left: uint256 = p.numbers.sizeInUsd - d.sizeDeltaUsd
    if p.numbers.sizeInUsd > 0:
        # What the closed part had pending is settled now; the rest goes on waiting.
        p.numbers.pendingImpactAmount -= staticcall MATH.share(
            p.numbers.pendingImpactAmount, d.sizeDeltaUsd, p.numbers.sizeInUsd
        )
    p.numbers.sizeInUsd = left
    p.numbers.sizeInTokens -= d.sizeDeltaInTokens
    unwrap: bool = order.flags.shouldUnwrapNativeToken
    extcall Bank(m.marketToken).transferOut(token, order.addresses.receiver, output, unwrap)
    extcall Bank(m.marketToken).transferOut(profit_token, order.addresses.receiver, secondary, unwrap)
    return p

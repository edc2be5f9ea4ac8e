# pragma version ~=0.4.3
# pragma evm-version cancun
# pragma optimize codesize
"""
@notice The arithmetic of GMX v2's positions, read by the Reader and used by the PositionHandler: price
        impact, fees, funding, borrowing, profit and the liquidation test. Prices are USD * 10^(30 -
        decimals) per smallest unit, USD and factors 1e30, amounts per size 1e45 per USD of size.
        Funding and borrowing rates are what DataStore says, not functions of the pool's balance.
"""

import IDataStore
import gmx_keys as keys
import gmx_types as types

FLOAT: constant(uint256) = 10**30
SQRT_FLOAT: constant(uint256) = 10**15
PER_SIZE: constant(uint256) = 10**45

STORE: immutable(IDataStore)

@deploy
def __init__(store: address):
    STORE = IDataStore(store)

@pure
@internal
def _ceil_div(a: uint256, b: uint256) -> uint256:
    return 0 if a == 0 else (a - 1) // b + 1

@pure
@internal
def _signed(a: uint256) -> int256:
    return convert(a, int256)

@view
@external
def market(marketToken: address) -> types.Market:
    return self._market(marketToken)

@view
@internal
def _market(marketToken: address) -> types.Market:
    return types.Market(
        marketToken=staticcall STORE.getAddress(keys.of_address("MARKET_TOKEN", marketToken)),
        indexToken=staticcall STORE.getAddress(keys.of_address("INDEX_TOKEN", marketToken)),
        longToken=staticcall STORE.getAddress(keys.of_address("LONG_TOKEN", marketToken)),
        shortToken=staticcall STORE.getAddress(keys.of_address("SHORT_TOKEN", marketToken)),
    )

@view
@internal
def _open_interest_in(m: types.Market, token: address, is_long: bool) -> uint256:
    return staticcall STORE.getUint(
        keys.of_market_token_side("OPEN_INTEREST", m.marketToken, token, is_long)
    )

@view
@internal
def _open_interest(m: types.Market, is_long: bool) -> uint256:
    return self._open_interest_in(m, m.longToken, is_long) + self._open_interest_in(m, m.shortToken, is_long)

# Funding and borrowing

@view
@internal
def _collateral_deltas(
    m: types.Market, prices: types.MarketPrices, payer_is_long: bool, growth: uint256, of_payer: bool
) -> types.CollateralType:
    """
    @dev What `growth` (factor * seconds) adds per USD of size: to the payer's fee, or to the receiver's
         claim, in either collateral token.
    """
    if of_payer:
        return types.CollateralType(
            longToken=self._ceil_div(growth * SQRT_FLOAT, prices.longTokenPrice.min),
            shortToken=self._ceil_div(growth * SQRT_FLOAT, prices.shortTokenPrice.min),
        )
    receivers: uint256 = self._open_interest(m, not payer_is_long)
    if receivers == 0:
        return empty(types.CollateralType)
    in_long: uint256 = self._open_interest_in(m, m.longToken, payer_is_long) // SQRT_FLOAT * growth // SQRT_FLOAT
    in_short: uint256 = self._open_interest_in(m, m.shortToken, payer_is_long) // SQRT_FLOAT * growth // SQRT_FLOAT
    return types.CollateralType(
        longToken=in_long * FLOAT // receivers * SQRT_FLOAT // prices.longTokenPrice.max,
        shortToken=in_short * FLOAT // receivers * SQRT_FLOAT // prices.shortTokenPrice.max,
    )

@view
@external
def nextFunding(m: types.Market, prices: types.MarketPrices) -> types.NextFunding:
    return self._next_funding(m, prices)

@view
@internal
def _next_funding(m: types.Market, prices: types.MarketPrices) -> types.NextFunding:
    factor: int256 = staticcall STORE.getInt(
        keys.of_address("SAVED_FUNDING_FACTOR_PER_SECOND", m.marketToken)
    )
    since: uint256 = staticcall STORE.getUint(keys.of_address("FUNDING_UPDATED_AT", m.marketToken))
    seconds: uint256 = block.timestamp - since if since != 0 else 0
    per_second: uint256 = convert(abs(factor), uint256)
    growth: uint256 = per_second * seconds
    payer_is_long: bool = factor > 0
    payer: types.CollateralType = self._collateral_deltas(m, prices, payer_is_long, growth, True)
    receiver: types.CollateralType = self._collateral_deltas(m, prices, payer_is_long, growth, False)
    nothing: types.CollateralType = empty(types.CollateralType)
    return types.NextFunding(
        longsPayShorts=payer_is_long,
        fundingFactorPerSecond=per_second,
        nextSavedFundingFactorPerSecond=factor,
        fundingFeeAmountPerSizeDelta=types.PositionType(
            long=payer if payer_is_long else nothing, short=nothing if payer_is_long else payer
        ),
        claimableFundingAmountPerSizeDelta=types.PositionType(
            long=nothing if payer_is_long else receiver, short=receiver if payer_is_long else nothing
        ),
    )

@view
@internal
def _stored_per_size(text: String[64], m: types.Market, is_long: bool) -> types.CollateralType:
    return types.CollateralType(
        longToken=staticcall STORE.getUint(
            keys.of_market_token_side(text, m.marketToken, m.longToken, is_long)
        ),
        shortToken=staticcall STORE.getUint(
            keys.of_market_token_side(text, m.marketToken, m.shortToken, is_long)
        ),
    )

@view
@external
def marketInfo(prices: types.MarketPrices, marketToken: address) -> types.MarketInfo:
    m: types.Market = self._market(marketToken)
    return types.MarketInfo(
        market=m,
        borrowingFactorPerSecondForLongs=staticcall STORE.getUint(
            keys.of_market_side("BORROWING_FACTOR", marketToken, True)
        ),
        borrowingFactorPerSecondForShorts=staticcall STORE.getUint(
            keys.of_market_side("BORROWING_FACTOR", marketToken, False)
        ),
        baseFunding=types.BaseFunding(
            fundingFeeAmountPerSize=types.PositionType(
                long=self._stored_per_size("FUNDING_FEE_AMOUNT_PER_SIZE", m, True),
                short=self._stored_per_size("FUNDING_FEE_AMOUNT_PER_SIZE", m, False),
            ),
            claimableFundingAmountPerSize=types.PositionType(
                long=self._stored_per_size("CLAIMABLE_FUNDING_AMOUNT_PER_SIZE", m, True),
                short=self._stored_per_size("CLAIMABLE_FUNDING_AMOUNT_PER_SIZE", m, False),
            ),
        ),
        nextFunding=self._next_funding(m, prices),
        virtualInventory=empty(types.VirtualInventory),
        isDisabled=staticcall STORE.getBool(keys.of_address("IS_MARKET_DISABLED", marketToken)),
    )

@view
@external
def nextBorrowingFactor(marketToken: address, is_long: bool) -> uint256:
    return self._borrowing_factor(marketToken, is_long, True)

@view
@internal
def _borrowing_factor(marketToken: address, is_long: bool, with_pending: bool) -> uint256:
    stored: uint256 = staticcall STORE.getUint(
        keys.of_market_side("CUMULATIVE_BORROWING_FACTOR", marketToken, is_long)
    )
    since: uint256 = staticcall STORE.getUint(
        keys.of_market_side("CUMULATIVE_BORROWING_FACTOR_UPDATED_AT", marketToken, is_long)
    )
    if since == 0 or not with_pending:
        return stored
    return stored + (block.timestamp - since) * staticcall STORE.getUint(
        keys.of_market_side("BORROWING_FACTOR", marketToken, is_long)
    )

# Price impact

@view
@internal
def _impact_of(difference: uint256, factor: uint256) -> uint256:
    """
    @dev factor * difference^2, the protocol's curve at an exponent of 2.
    """
    dollars: uint256 = difference // SQRT_FLOAT
    return dollars * dollars // FLOAT * factor

@view
@internal
def _impact(m: types.Market, size_delta: int256, is_long: bool) -> (int256, bool):
    long_before: int256 = self._signed(self._open_interest(m, True))
    short_before: int256 = self._signed(self._open_interest(m, False))
    before: int256 = long_before - short_before
    after: int256 = before + (size_delta if is_long else -size_delta)
    improved: bool = abs(after) < abs(before)
    positive: uint256 = staticcall STORE.getUint(
        keys.of_market_side("POSITION_IMPACT_FACTOR", m.marketToken, True)
    )
    negative: uint256 = staticcall STORE.getUint(
        keys.of_market_side("POSITION_IMPACT_FACTOR", m.marketToken, False)
    )
    was: uint256 = convert(abs(before), uint256)
    now: uint256 = convert(abs(after), uint256)
    # What a scenario adds to the cost of every execution, to move a fill past its acceptable price.
    adverse: uint256 = staticcall STORE.getUint(keys.name("STAND_IN_ADVERSE_IMPACT_FACTOR"))
    size: uint256 = convert(abs(size_delta), uint256)
    added: int256 = self._signed(size // SQRT_FLOAT * adverse // SQRT_FLOAT)
    is_crossover: bool = (before < 0) != (after < 0) and before != 0
    first: uint256 = positive
    second: uint256 = negative
    if not is_crossover:
        first = positive if improved else negative
        second = first
    change: int256 = self._signed(self._impact_of(was, first)) - self._signed(self._impact_of(now, second))
    return change - added, improved

@view
@external
def execution(
    m: types.Market,
    prices: types.MarketPrices,
    sizeInUsd: uint256,
    sizeInTokens: uint256,
    sizeDeltaUsd: int256,
    pendingImpactAmount: int256,
    isLong: bool,
) -> types.ExecutionPriceResult:
    return self._execution(m, prices, sizeInUsd, sizeInTokens, sizeDeltaUsd, pendingImpactAmount, isLong)

@view
@internal
def _execution(
    m: types.Market,
    prices: types.MarketPrices,
    size_usd: uint256,
    size_tokens: uint256,
    size_delta: int256,
    pending_impact: int256,
    is_long: bool,
) -> types.ExecutionPriceResult:
    result: types.ExecutionPriceResult = empty(types.ExecutionPriceResult)
    is_buy: bool = is_long == (size_delta > 0)
    index: uint256 = prices.indexTokenPrice.max if is_buy else prices.indexTokenPrice.min
    result.executionPrice = index
    if size_delta == 0:
        return result
    result.priceImpactUsd, result.balanceWasImproved = self._impact(m, size_delta, is_long)
    size: uint256 = convert(abs(size_delta), uint256)
    if size_delta > 0:
        tokens: int256 = self._signed(size // index if is_long else self._ceil_div(size, index))
        impact: int256 = self._impact_tokens(result.priceImpactUsd, prices.indexTokenPrice)
        tokens = tokens + impact if is_long else tokens - impact
        result.executionPrice = size // convert(tokens, uint256)
        result.totalImpactUsd = result.priceImpactUsd
        return result
    share: int256 = self._share(pending_impact, size, size_usd)
    result.proportionalPendingImpactUsd = share * self._signed(
        prices.indexTokenPrice.min if share > 0 else prices.indexTokenPrice.max
    )
    result.totalImpactUsd = result.priceImpactUsd + result.proportionalPendingImpactUsd
    if size_tokens > 0 and size_usd > 0:
        adverse: int256 = result.priceImpactUsd if is_long else -result.priceImpactUsd
        moved: int256 = self._signed(index) + adverse * self._signed(size_usd // size_tokens) // self._signed(size)
        if moved < 0:
            raw_revert(abi_encode(
                moved, index, size_usd, result.priceImpactUsd, size,
                method_id=method_id("NegativeExecutionPrice(int256,uint256,uint256,int256,uint256)"),
            ))
        result.executionPrice = convert(moved, uint256)
    return result

@pure
@external
def share(amount: int256, size: uint256, total: uint256) -> int256:
    return self._share(amount, size, total)

@pure
@internal
def _share(amount: int256, size: uint256, total: uint256) -> int256:
    """
    @dev The part of an amount that goes with a part of the size; a cost rounds up.
    """
    if total == 0:
        return 0
    part: uint256 = convert(abs(amount), uint256) * (size // SQRT_FLOAT)
    whole: uint256 = total // SQRT_FLOAT
    if amount > 0:
        return convert(part // whole, int256)
    return -convert(self._ceil_div(part, whole), int256)

@view
@external
def impactTokens(impactUsd: int256, price: types.Price) -> int256:
    return self._impact_tokens(impactUsd, price)

@pure
@internal
def _impact_tokens(impact_usd: int256, price: types.Price) -> int256:
    """
    @dev Rounded against the trader.
    """
    if impact_usd > 0:
        return impact_usd // convert(price.max, int256)
    return -convert(self._ceil_div(convert(-impact_usd, uint256), price.min), int256)

# Profit

@view
@external
def profit(p: types.Position, prices: types.MarketPrices, sizeDeltaUsd: uint256) -> (int256, int256, uint256):
    return self._profit(p, prices, sizeDeltaUsd)

@pure
@internal
def _profit(p: types.Position, prices: types.MarketPrices, size_delta: uint256) -> (int256, int256, uint256):
    """
    @return base profit in USD, the same uncapped, and the size's tokens, all of the part `size_delta`.
    """
    index: uint256 = prices.indexTokenPrice.min if p.flags.isLong else prices.indexTokenPrice.max
    worth: int256 = self._signed(p.numbers.sizeInTokens * index)
    total: int256 = worth - self._signed(p.numbers.sizeInUsd)
    if not p.flags.isLong:
        total = -total
    tokens: uint256 = p.numbers.sizeInTokens
    if size_delta < p.numbers.sizeInUsd:
        part: uint256 = p.numbers.sizeInTokens * (size_delta // SQRT_FLOAT)
        whole: uint256 = p.numbers.sizeInUsd // SQRT_FLOAT
        tokens = self._ceil_div(part, whole) if p.flags.isLong else part // whole
    if p.numbers.sizeInTokens == 0:
        return 0, 0, 0
    here: int256 = total // self._signed(SQRT_FLOAT) * self._signed(tokens) // self._signed(p.numbers.sizeInTokens)
    return here * self._signed(SQRT_FLOAT), here * self._signed(SQRT_FLOAT), tokens

# Fees

@pure
@internal
def _collateral_price(p: types.Position, m: types.Market, prices: types.MarketPrices) -> types.Price:
    return prices.longTokenPrice if p.addresses.collateralToken == m.longToken else prices.shortTokenPrice

@view
@external
def fees(
    p: types.Position,
    m: types.Market,
    prices: types.MarketPrices,
    sizeDeltaUsd: uint256,
    improved: bool,
    withPending: bool,
) -> types.PositionFees:
    return self._fees(p, m, prices, sizeDeltaUsd, improved, withPending)

@view
@internal
def _fees(
    p: types.Position,
    m: types.Market,
    prices: types.MarketPrices,
    size_delta: uint256,
    improved: bool,
    with_pending: bool,
) -> types.PositionFees:
    f: types.PositionFees = empty(types.PositionFees)
    f.collateralTokenPrice = self._collateral_price(p, m, prices)
    f.referral.trader = p.addresses.account
    f.positionFeeFactor = staticcall STORE.getUint(
        keys.of_market_side("POSITION_FEE_FACTOR", m.marketToken, improved)
    )
    f.positionFeeAmount = size_delta // FLOAT * f.positionFeeFactor // f.collateralTokenPrice.min
    f.protocolFeeAmount = f.positionFeeAmount
    f.positionFeeReceiverFactor = staticcall STORE.getUint(keys.name("POSITION_FEE_RECEIVER_FACTOR"))
    f.feeReceiverAmount = f.protocolFeeAmount * f.positionFeeReceiverFactor // FLOAT
    f.positionFeeAmountForPool = f.protocolFeeAmount - f.feeReceiverAmount
    f.feeAmountForPool = f.positionFeeAmountForPool
    f.borrowing = self._borrowing(p, f.collateralTokenPrice, with_pending)
    f.feeAmountForPool += f.borrowing.borrowingFeeAmount
    f.funding = self._funding(p, m, prices, with_pending)
    f.totalCostAmountExcludingFunding = f.positionFeeAmount + f.borrowing.borrowingFeeAmount
    f.totalCostAmount = f.totalCostAmountExcludingFunding + f.funding.fundingFeeAmount
    return f

@view
@internal
def _borrowing(p: types.Position, price: types.Price, with_pending: bool) -> types.BorrowingFees:
    b: types.BorrowingFees = empty(types.BorrowingFees)
    factor: uint256 = self._borrowing_factor(p.addresses.market, p.flags.isLong, with_pending)
    if p.numbers.sizeInUsd > 0 and factor > p.numbers.borrowingFactor:
        grown: uint256 = factor - p.numbers.borrowingFactor
        b.borrowingFeeUsd = p.numbers.sizeInUsd // SQRT_FLOAT * grown // SQRT_FLOAT
        b.borrowingFeeAmount = b.borrowingFeeUsd // price.min
    return b

@view
@internal
def _funding(
    p: types.Position, m: types.Market, prices: types.MarketPrices, with_pending: bool
) -> types.FundingFees:
    is_long: bool = p.flags.isLong
    fee: types.CollateralType = self._stored_per_size("FUNDING_FEE_AMOUNT_PER_SIZE", m, is_long)
    claim: types.CollateralType = self._stored_per_size("CLAIMABLE_FUNDING_AMOUNT_PER_SIZE", m, is_long)
    if with_pending:
        more: types.NextFunding = self._next_funding(m, prices)
        added: types.CollateralType = more.fundingFeeAmountPerSizeDelta.short
        earned: types.CollateralType = more.claimableFundingAmountPerSizeDelta.short
        if is_long:
            added = more.fundingFeeAmountPerSizeDelta.long
            earned = more.claimableFundingAmountPerSizeDelta.long
        fee.longToken += added.longToken
        fee.shortToken += added.shortToken
        claim.longToken += earned.longToken
        claim.shortToken += earned.shortToken
    f: types.FundingFees = empty(types.FundingFees)
    f.latestFundingFeeAmountPerSize = (
        fee.longToken if p.addresses.collateralToken == m.longToken else fee.shortToken
    )
    f.latestLongTokenClaimableFundingAmountPerSize = claim.longToken
    f.latestShortTokenClaimableFundingAmountPerSize = claim.shortToken
    n: types.PositionNumbers = p.numbers
    f.fundingFeeAmount = self._ceil_div(
        n.sizeInUsd // SQRT_FLOAT * (f.latestFundingFeeAmountPerSize - n.fundingFeeAmountPerSize), FLOAT
    )
    f.claimableLongTokenAmount = (
        n.sizeInUsd // SQRT_FLOAT * (claim.longToken - n.longTokenClaimableFundingAmountPerSize) // FLOAT
    )
    f.claimableShortTokenAmount = (
        n.sizeInUsd // SQRT_FLOAT * (claim.shortToken - n.shortTokenClaimableFundingAmountPerSize) // FLOAT
    )
    return f

# Liquidation

@view
@external
def liquidation(
    p: types.Position,
    m: types.Market,
    prices: types.MarketPrices,
    validateMinCollateralUsd: bool,
    forLiquidation: bool,
    withPending: bool,
) -> (bool, String[64], types.LiquidationInfo):
    """
    @notice Whether a position may be liquidated. The Reader asks without pending funding and borrowing,
            as the protocol's does; the handler, which has just brought the market up to date, asks with.
    """
    info: types.LiquidationInfo = empty(types.LiquidationInfo)
    size: uint256 = p.numbers.sizeInUsd
    price: types.Price = self._collateral_price(p, m, prices)
    collateral: int256 = self._signed(p.numbers.collateralAmount * price.min)
    gained: int256 = 0
    uncapped: int256 = 0
    tokens: uint256 = 0
    gained, uncapped, tokens = self._profit(p, prices, size)
    impact: int256 = 0
    improved: bool = False
    impact, improved = self._impact(m, -self._signed(size), p.flags.isLong)
    worst: int256 = -self._signed(size // SQRT_FLOAT * staticcall STORE.getUint(
        keys.of_address("MAX_POSITION_IMPACT_FACTOR_FOR_LIQUIDATIONS", m.marketToken)
    ) // SQRT_FLOAT)
    impact = min(max(impact, worst), 0)
    costs: types.PositionFees = self._fees(p, m, prices, size, improved, withPending)
    info.remainingCollateralUsd = collateral + gained + impact - self._signed(costs.totalCostAmount * price.min)
    info.minCollateralUsd = self._signed(staticcall STORE.getUint(keys.name("MIN_COLLATERAL_USD")))
    factor_name: String[64] = "MIN_COLLATERAL_FACTOR"
    if forLiquidation:
        factor_name = "MIN_COLLATERAL_FACTOR_FOR_LIQUIDATION"
    factor: uint256 = staticcall STORE.getUint(keys.of_address(factor_name, m.marketToken))
    info.minCollateralUsdForLeverage = self._signed(size // SQRT_FLOAT * factor // SQRT_FLOAT)
    if validateMinCollateralUsd and info.remainingCollateralUsd < info.minCollateralUsd:
        return True, "min collateral", info
    if info.remainingCollateralUsd <= 0:
        return True, "< 0", info
    if info.remainingCollateralUsd < info.minCollateralUsdForLeverage:
        return True, "min collateral for leverage", info
    return False, "", info

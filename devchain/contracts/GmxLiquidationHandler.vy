# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stand-in for GMX v2's LiquidationHandler: closes a position that is due, on the true boundary,
        pending funding and borrowing included.
"""

import gmx_keys as keys
import gmx_roles as roles
import gmx_types as types
initializes: roles
exports: roles.roleStore

interface OrderHandler:
    def liquidate(order: types.Order): nonpayable

interface PositionHandler:
    def getPosition(key: bytes32) -> types.Position: view

interface Oracle:
    def validateSequencerUp(): nonpayable

LIQUIDATION: constant(uint8) = 7

ORDERS: immutable(OrderHandler)
POSITIONS: immutable(PositionHandler)
ORACLE: immutable(Oracle)

@deploy
def __init__(role_store: address, orders: address, positions: address, oracle: address):
    roles.__init__(role_store)
    ORDERS = OrderHandler(orders)
    POSITIONS = PositionHandler(positions)
    ORACLE = Oracle(oracle)

@external
def executeLiquidation(
    account: address,
    market: address,
    collateralToken: address,
    isLong: bool,
    oracleParams: types.SetPricesParams,
):
    roles.only("LIQUIDATION_KEEPER")
    extcall ORACLE.validateSequencerUp()
    position: types.Position = staticcall POSITIONS.getPosition(
        keys.position(account, market, collateralToken, isLong)
    )
    order: types.Order = empty(types.Order)
    order.addresses.account = account
    order.addresses.receiver = account
    order.addresses.market = market
    order.addresses.initialCollateralToken = collateralToken
    order.numbers.orderType = LIQUIDATION
    order.numbers.sizeDeltaUsd = position.numbers.sizeInUsd
    order.numbers.acceptablePrice = 0 if isLong else max_value(uint256)
    order.numbers.updatedAtTime = block.timestamp
    order.flags.isLong = isLong
    order.flags.shouldUnwrapNativeToken = True
    extcall ORDERS.liquidate(order)

# pragma version ~=0.4.3
# pragma evm-version cancun
# pragma optimize codesize
"""
@notice Stand-in for GMX v2's OrderHandler, and the store of orders. Orders come from the ExchangeRouter
        and are carried out by an order keeper in a transaction of its own, whose success says nothing
        of the order's: that is in the events.
"""

import IDataStore
import gmx_keys as keys
import gmx_roles as roles
import gmx_types as types
initializes: roles
exports: roles.roleStore

interface PositionHandler:
    def execute(key: bytes32, order: types.Order): nonpayable
    def getPosition(key: bytes32) -> types.Position: view

interface Oracle:
    def validateSequencerUp(): nonpayable

interface Bank:
    def recordTransferIn(token: address) -> uint256: nonpayable
    def transferOut(token: address, receiver: address, amount: uint256, shouldUnwrap: bool): nonpayable

interface Emitter:
    def orderCreated(key: bytes32, order: types.Order): nonpayable
    def orderExecuted(key: bytes32, account: address): nonpayable
    def orderUpdated(key: bytes32, order: types.Order): nonpayable
    def orderCancelled(key: bytes32, account: address, reason: String[128], cause: Bytes[512]): nonpayable
    def orderFrozen(key: bytes32, account: address, reason: String[128], cause: Bytes[512]): nonpayable

FLOAT: constant(uint256) = 10**30
MARKET_INCREASE: constant(uint8) = 2
LIMIT_INCREASE: constant(uint8) = 3
MARKET_DECREASE: constant(uint8) = 4
STOP_LOSS_DECREASE: constant(uint8) = 6
LIQUIDATION: constant(uint8) = 7
STOP_INCREASE: constant(uint8) = 8
ORACLE_PRICES: constant(uint256) = 3

STORE: immutable(IDataStore)
POSITIONS: immutable(PositionHandler)
ORACLE: immutable(Oracle)
EMITTER: immutable(Emitter)
ORDER_VAULT: immutable(Bank)
WNT: immutable(address)

orders: HashMap[bytes32, types.Order]

@deploy
def __init__(
    role_store: address,
    store: address,
    positions: address,
    oracle: address,
    emitter: address,
    order_vault: address,
    wnt: address,
):
    roles.__init__(role_store)
    STORE = IDataStore(store)
    POSITIONS = PositionHandler(positions)
    ORACLE = Oracle(oracle)
    EMITTER = Emitter(emitter)
    ORDER_VAULT = Bank(order_vault)
    WNT = wnt

@view
@external
def getOrder(key: bytes32) -> types.Order:
    return self.orders[key]

# Creation

@external
def createOrder(account: address, params: types.CreateOrderParams) -> bytes32:
    roles.only("CONTROLLER")
    self._check_params(account, params)
    order: types.Order = self._order_of(account, params)
    is_increase: bool = self._is_increase(params.orderType)
    fee: uint256 = params.numbers.executionFee
    if is_increase:
        order.numbers.initialCollateralDeltaAmount = extcall ORDER_VAULT.recordTransferIn(
            order.addresses.initialCollateralToken
        )
    if is_increase and order.addresses.initialCollateralToken == WNT:
        # One transfer pays both: the fee comes out of the collateral.
        self._check_wnt(order.numbers.initialCollateralDeltaAmount, fee)
        order.numbers.initialCollateralDeltaAmount -= fee
    else:
        received: uint256 = extcall ORDER_VAULT.recordTransferIn(WNT)
        self._check_wnt(received, fee)
        fee = received
    order.numbers.executionFee = fee
    if order.numbers.sizeDeltaUsd == 0 and order.numbers.initialCollateralDeltaAmount == 0:
        raw_revert(method_id("EmptyOrder()"))
    self._check_fee(order)
    key: bytes32 = self._next_key()
    self._store(key, order)
    extcall EMITTER.orderCreated(key, order)
    return key

@view
@internal
def _check_params(account: address, params: types.CreateOrderParams):
    if account == empty(address):
        raw_revert(method_id("EmptyAccount()"))
    if params.addresses.receiver == empty(address):
        raw_revert(method_id("EmptyReceiver()"))
    kind: uint256 = convert(params.orderType, uint256)
    if params.orderType == LIQUIDATION:
        raw_revert(abi_encode(kind, method_id=method_id("OrderTypeCannotBeCreated(uint256)")))
    if params.orderType < MARKET_INCREASE or params.orderType > STOP_INCREASE or len(params.addresses.swapPath) > 0:
        # Swaps are the one thing this stand-in leaves out.
        raw_revert(abi_encode(kind, method_id=method_id("UnsupportedOrderType(uint256)")))
    market: address = params.addresses.market
    if staticcall STORE.getAddress(keys.of_address("MARKET_TOKEN", market)) == empty(address):
        raw_revert(method_id("EmptyMarket()"))
    if staticcall STORE.getBool(keys.of_address("IS_MARKET_DISABLED", market)):
        raw_revert(abi_encode(market, method_id=method_id("DisabledMarket(address)")))
    is_market_order: bool = self._is_market(params.orderType)
    if params.numbers.validFromTime != 0 and is_market_order:
        raw_revert(abi_encode(kind, method_id=method_id("UnexpectedValidFromTime(uint256)")))

@view
@internal
def _order_of(account: address, params: types.CreateOrderParams) -> types.Order:
    return types.Order(
        addresses=types.OrderAddresses(
            account=account,
            receiver=params.addresses.receiver,
            cancellationReceiver=params.addresses.cancellationReceiver,
            callbackContract=params.addresses.callbackContract,
            uiFeeReceiver=params.addresses.uiFeeReceiver,
            market=params.addresses.market,
            initialCollateralToken=params.addresses.initialCollateralToken,
            swapPath=params.addresses.swapPath,
        ),
        numbers=types.OrderNumbers(
            orderType=params.orderType,
            decreasePositionSwapType=params.decreasePositionSwapType,
            sizeDeltaUsd=params.numbers.sizeDeltaUsd,
            initialCollateralDeltaAmount=params.numbers.initialCollateralDeltaAmount,
            triggerPrice=params.numbers.triggerPrice,
            acceptablePrice=params.numbers.acceptablePrice,
            executionFee=0,
            callbackGasLimit=params.numbers.callbackGasLimit,
            minOutputAmount=params.numbers.minOutputAmount,
            updatedAtTime=block.timestamp,
            validFromTime=params.numbers.validFromTime,
            srcChainId=0,
        ),
        flags=types.OrderFlags(
            isLong=params.isLong,
            shouldUnwrapNativeToken=params.shouldUnwrapNativeToken,
            isFrozen=False,
            autoCancel=params.autoCancel,
        ),
        dataList=params.dataList,
    )

@pure
@internal
def _check_wnt(received: uint256, fee: uint256):
    if received < fee:
        raw_revert(abi_encode(
            received, fee, method_id=method_id("InsufficientWntAmountForExecutionFee(uint256,uint256)")
        ))

@view
@internal
def _check_fee(order: types.Order):
    """
    @dev The estimate counts at the transaction's own gas price, so a fee computed from another is refused.
    """
    kind: uint8 = order.numbers.orderType
    limit: String[64] = "DECREASE_ORDER_GAS_LIMIT"
    if self._is_increase(kind):
        limit = "INCREASE_ORDER_GAS_LIMIT"
    gas: uint256 = order.numbers.callbackGasLimit + staticcall STORE.getUint(keys.name(limit))
    base: uint256 = staticcall STORE.getUint(keys.name("ESTIMATED_GAS_FEE_BASE_AMOUNT_V2_1"))
    base += ORACLE_PRICES * staticcall STORE.getUint(keys.name("ESTIMATED_GAS_FEE_PER_ORACLE_PRICE"))
    factor: uint256 = staticcall STORE.getUint(keys.name("ESTIMATED_GAS_FEE_MULTIPLIER_FACTOR"))
    least: uint256 = (base + gas * factor // FLOAT) * tx.gasprice
    if order.numbers.executionFee < least:
        raw_revert(abi_encode(
            least, order.numbers.executionFee,
            method_id=method_id("InsufficientExecutionFee(uint256,uint256)"),
        ))

@internal
def _next_key() -> bytes32:
    nonce: uint256 = extcall STORE.incrementUint(keys.name("NONCE"), 1)
    return keccak256(abi_encode(STORE.address, nonce))

@internal
def _store(key: bytes32, order: types.Order):
    self.orders[key] = order
    extcall STORE.addBytes32(keys.name("ORDER_LIST"), key)
    extcall STORE.addBytes32(keys.of_address("ACCOUNT_ORDER_LIST", order.addresses.account), key)
    self._register_auto_cancel(key, order, order.flags.autoCancel)

@internal
def _remove(key: bytes32, order: types.Order):
    self.orders[key] = empty(types.Order)
    extcall STORE.removeBytes32(keys.name("ORDER_LIST"), key)
    extcall STORE.removeBytes32(keys.of_address("ACCOUNT_ORDER_LIST", order.addresses.account), key)
    self._register_auto_cancel(key, order, False)

@view
@internal
def _auto_cancel_list(order: types.Order) -> bytes32:
    return keys.of_bytes32("AUTO_CANCEL_ORDER_LIST", keys.position(
        order.addresses.account,
        order.addresses.market,
        order.addresses.initialCollateralToken,
        order.flags.isLong,
    ))

@internal
def _register_auto_cancel(key: bytes32, order: types.Order, wanted: bool):
    """
    @dev Only exits take part: they go when the position they would leave has closed.
    """
    set_key: bytes32 = self._auto_cancel_list(order)
    if not wanted:
        extcall STORE.removeBytes32(set_key, key)
        return
    if self._is_increase(order.numbers.orderType) or self._is_market(order.numbers.orderType):
        return
    extcall STORE.addBytes32(set_key, key)
    count: uint256 = staticcall STORE.getBytes32Count(set_key)
    most: uint256 = staticcall STORE.getUint(keys.name("MAX_AUTO_CANCEL_ORDERS"))
    if count > most:
        raw_revert(abi_encode(
            count, most, method_id=method_id("MaxAutoCancelOrdersExceeded(uint256,uint256)")
        ))

@pure
@internal
def _is_increase(kind: uint8) -> bool:
    return kind in [MARKET_INCREASE, LIMIT_INCREASE, STOP_INCREASE]

@pure
@internal
def _is_market(kind: uint8) -> bool:
    return kind in [MARKET_INCREASE, MARKET_DECREASE, LIQUIDATION]

# The owner's changes

@view
@internal
def _owned(key: bytes32, account: address, action: String[32]) -> types.Order:
    order: types.Order = self.orders[key]
    if order.addresses.account == empty(address):
        raw_revert(abi_encode(key, method_id=method_id("OrderNotFound(bytes32)")))
    if order.addresses.account != account:
        raw_revert(abi_encode(account, action, method_id=method_id("Unauthorized(address,string)")))
    return order

@external
def updateOrder(
    account: address,
    key: bytes32,
    sizeDeltaUsd: uint256,
    acceptablePrice: uint256,
    triggerPrice: uint256,
    minOutputAmount: uint256,
    validFromTime: uint256,
    autoCancel: bool,
):
    roles.only("CONTROLLER")
    order: types.Order = self._owned(key, account, "account for updateOrder")
    if self._is_market(order.numbers.orderType):
        raw_revert(abi_encode(
            convert(order.numbers.orderType, uint256), method_id=method_id("OrderNotUpdatable(uint256)")
        ))
    # WNT sent along tops the fee up: a frozen order has none left.
    order.numbers.executionFee += extcall ORDER_VAULT.recordTransferIn(WNT)
    self._check_fee(order)
    order.numbers.sizeDeltaUsd = sizeDeltaUsd
    order.numbers.acceptablePrice = acceptablePrice
    order.numbers.triggerPrice = triggerPrice
    order.numbers.minOutputAmount = minOutputAmount
    order.numbers.validFromTime = validFromTime
    order.numbers.updatedAtTime = block.timestamp
    order.flags.autoCancel = autoCancel
    order.flags.isFrozen = False
    self._register_auto_cancel(key, order, autoCancel)
    self.orders[key] = order
    extcall EMITTER.orderUpdated(key, order)

@external
def cancelOrder(account: address, key: bytes32):
    roles.only("CONTROLLER")
    order: types.Order = self._owned(key, account, "account for cancelOrder")
    if self._is_market(order.numbers.orderType):
        age: uint256 = block.timestamp - order.numbers.updatedAtTime
        least: uint256 = staticcall STORE.getUint(keys.name("REQUEST_EXPIRATION_TIME"))
        if age < least:
            raw_revert(abi_encode(
                age, least, "Order", method_id=method_id("RequestNotYetCancellable(uint256,uint256,string)")
            ))
    self._cancel(key, order, "USER_INITIATED_CANCEL", b"", 0, account)

@internal
def _cancel(
    key: bytes32, order: types.Order, reason: String[128], cause: Bytes[512], fee: uint256, keeper: address
):
    """
    @dev Give the collateral back and pay the keeper `fee` of the execution fee, the account the rest.
    """
    self._remove(key, order)
    back_to: address = order.addresses.cancellationReceiver
    if back_to == empty(address):
        back_to = order.addresses.account
    if self._is_increase(order.numbers.orderType):
        extcall ORDER_VAULT.transferOut(
            order.addresses.initialCollateralToken,
            back_to,
            order.numbers.initialCollateralDeltaAmount,
            order.flags.shouldUnwrapNativeToken,
        )
    extcall EMITTER.orderCancelled(key, order.addresses.account, reason, cause)
    self._pay_fee(order, fee, keeper, back_to)

@internal
def _pay_fee(order: types.Order, wanted: uint256, keeper: address, refund_to: address):
    fee: uint256 = min(wanted, order.numbers.executionFee)
    extcall ORDER_VAULT.transferOut(WNT, keeper, fee, True)
    extcall ORDER_VAULT.transferOut(WNT, refund_to, order.numbers.executionFee - fee, True)

# The order keeper

@external
def executeOrder(key: bytes32, oracleParams: types.SetPricesParams):
    """
    @notice Carry out an order. An error of the order's own cancels it (market) or freezes it (limit) in a
            transaction that succeeds; one that time may heal reverts, and the order stays as it was.
    """
    roles.only("ORDER_KEEPER")
    gas_at_start: uint256 = msg.gas
    extcall ORACLE.validateSequencerUp()
    order: types.Order = self.orders[key]
    if order.addresses.account == empty(address):
        raw_revert(abi_encode(key, method_id=method_id("OrderNotFound(bytes32)")))
    if order.flags.isFrozen:
        # The protocol lets a FROZEN_ORDER_KEEPER alone retry these; nobody here is one.
        raw_revert(abi_encode(
            msg.sender, "FROZEN_ORDER_KEEPER", method_id=method_id("Unauthorized(address,string)")
        ))
    succeeded: bool = False
    cause: Bytes[512] = b""
    succeeded, cause = raw_call(
        POSITIONS.address,
        abi_encode(key, order, method_id=_EXECUTE),
        max_outsize=512,
        revert_on_failure=False,
    )
    if succeeded:
        self._remove(key, order)
        extcall EMITTER.orderExecuted(key, order.addresses.account)
        self._cancel_exits(order)
        fee: uint256 = self._spent(gas_at_start)
        self._pay_fee(order, fee, msg.sender, order.addresses.receiver)
        return
    self._handle_error(key, order, cause, gas_at_start)

# The selector of PositionHandler.execute, whose argument is an Order.Props.
_EXECUTE: constant(Bytes[4]) = method_id(
    "execute(bytes32,((address,address,address,address,address,address,address,address[]),(uint8,uint8,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256),(bool,bool,bool,bool),bytes32[]))"
)

@internal
def _handle_error(key: bytes32, order: types.Order, cause: Bytes[512], gas_at_start: uint256):
    selector: Bytes[4] = slice(cause, 0, 4) if len(cause) >= 4 else b""
    may_heal: bool = (
        selector == b""
        or selector == method_id("InvalidOrderPrices(uint256,uint256,uint256,uint256)")
        or selector == method_id("OrderValidFromTimeNotReached(uint256,uint256)")
        or selector == method_id("EmptyPrimaryPrice(address)")
        or selector == method_id("InvalidFeedPrice(address,int256)")
        or selector == method_id("Unauthorized(address,string)")
    )
    if may_heal:
        raw_revert(cause)
    reason: String[128] = ""
    is_hopeless: bool = selector == method_id("EmptyPosition()") or selector == method_id(
        "InvalidCollateralTokenForMarket(address,address)"
    )
    if self._is_market(order.numbers.orderType) or is_hopeless:
        self._cancel(key, order, reason, cause, self._spent(gas_at_start), msg.sender)
        return
    frozen: types.Order = order
    frozen.flags.isFrozen = True
    frozen.numbers.executionFee = 0
    self.orders[key] = frozen
    extcall EMITTER.orderFrozen(key, order.addresses.account, reason, cause)
    fee: uint256 = self._spent(gas_at_start)
    self._pay_fee(order, fee, msg.sender, order.addresses.receiver)

@internal
def _cancel_exits(order: types.Order):
    """
    @dev After a position has closed, the exits that were marked to go with it.
    """
    position: types.Position = staticcall POSITIONS.getPosition(keys.position(
        order.addresses.account,
        order.addresses.market,
        order.addresses.initialCollateralToken,
        order.flags.isLong,
    ))
    if position.numbers.sizeInUsd > 0:
        return
    found: DynArray[bytes32, 128] = staticcall STORE.getBytes32ValuesAt(self._auto_cancel_list(order), 0, 16)
    for i: uint256 in range(len(found), bound=16):
        sibling: types.Order = self.orders[found[i]]
        self._cancel(found[i], sibling, "AUTO_CANCEL", b"", 0, order.addresses.account)

@view
@internal
def _spent(gas_at_start: uint256) -> uint256:
    """
    @dev What execution has cost the keeper so far, as the protocol reckons it.
    """
    base: uint256 = staticcall STORE.getUint(keys.name("EXECUTION_GAS_FEE_BASE_AMOUNT_V2_1"))
    base += ORACLE_PRICES * staticcall STORE.getUint(keys.name("EXECUTION_GAS_FEE_PER_ORACLE_PRICE"))
    factor: uint256 = staticcall STORE.getUint(keys.name("EXECUTION_GAS_FEE_MULTIPLIER_FACTOR"))
    return (base + (gas_at_start - msg.gas) * factor // FLOAT) * tx.gasprice

@external
def liquidate(order: types.Order):
    """
    @notice For the LiquidationHandler: an order of type Liquidation, created and executed at once.
    """
    roles.only("CONTROLLER")
    key: bytes32 = self._next_key()
    extcall EMITTER.orderCreated(key, order)
    extcall POSITIONS.execute(key, order)
    extcall EMITTER.orderExecuted(key, order.addresses.account)
    self._cancel_exits(order)

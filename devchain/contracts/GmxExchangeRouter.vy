# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stand-in for GMX v2's ExchangeRouter, the traders' door. `multicall` delegates to itself, so every
        call of a batch has the caller and the ether of the whole.
"""

from ethereum.ercs import IERC20
import IDataStore
import gmx_keys as keys
import gmx_roles as roles
import gmx_types as types
initializes: roles
exports: roles.roleStore

interface OrderHandler:
    def createOrder(account: address, params: types.CreateOrderParams) -> bytes32: nonpayable
    def updateOrder(
        account: address,
        key: bytes32,
        sizeDeltaUsd: uint256,
        acceptablePrice: uint256,
        triggerPrice: uint256,
        minOutputAmount: uint256,
        validFromTime: uint256,
        autoCancel: bool,
    ): nonpayable
    def cancelOrder(account: address, key: bytes32): nonpayable

interface Router:
    def pluginTransfer(token: address, account: address, receiver: address, amount: uint256): nonpayable

interface Bank:
    def transferOut(token: address, receiver: address, amount: uint256, shouldUnwrap: bool): nonpayable

interface Wnt:
    def deposit(): payable

STORE: immutable(IDataStore)
ROUTER: immutable(Router)
HANDLER: immutable(OrderHandler)
EMITTER: immutable(address)
WNT: immutable(address)

@deploy
def __init__(
    role_store: address, store: address, router: address, handler: address, emitter: address, wnt: address
):
    roles.__init__(role_store)
    STORE = IDataStore(store)
    ROUTER = Router(router)
    HANDLER = OrderHandler(handler)
    EMITTER = emitter
    WNT = wnt

@view
@external
def dataStore() -> address:
    return STORE.address

@view
@external
def router() -> address:
    return ROUTER.address

@view
@external
def orderHandler() -> address:
    return HANDLER.address

@view
@external
def eventEmitter() -> address:
    return EMITTER

@payable
@external
def multicall(data: DynArray[Bytes[2048], 12]) -> DynArray[Bytes[512], 12]:
    results: DynArray[Bytes[512], 12] = []
    for call: Bytes[2048] in data:
        succeeded: bool = False
        answer: Bytes[512] = b""
        succeeded, answer = raw_call(
            self, call, max_outsize=512, is_delegate_call=True, revert_on_failure=False
        )
        if not succeeded:
            raw_revert(answer)
        results.append(answer)
    return results

@view
@internal
def _check_receiver(receiver: address):
    if receiver == empty(address):
        raw_revert(method_id("EmptyReceiver()"))

@payable
@external
def sendWnt(receiver: address, amount: uint256):
    self._check_receiver(receiver)
    extcall Wnt(WNT).deposit(value=amount)
    assert extcall IERC20(WNT).transfer(receiver, amount)

@payable
@external
def sendTokens(token: address, receiver: address, amount: uint256):
    self._check_receiver(receiver)
    extcall ROUTER.pluginTransfer(token, msg.sender, receiver, amount)

@payable
@external
def createOrder(params: types.CreateOrderParams) -> bytes32:
    return extcall HANDLER.createOrder(msg.sender, params)

@payable
@external
def updateOrder(
    key: bytes32,
    sizeDeltaUsd: uint256,
    acceptablePrice: uint256,
    triggerPrice: uint256,
    minOutputAmount: uint256,
    validFromTime: uint256,
    autoCancel: bool,
):
    extcall HANDLER.updateOrder(
        msg.sender, key, sizeDeltaUsd, acceptablePrice, triggerPrice, minOutputAmount, validFromTime, autoCancel
    )

@payable
@external
def cancelOrder(key: bytes32):
    extcall HANDLER.cancelOrder(msg.sender, key)

@payable
@external
def claimFundingFees(
    markets: DynArray[address, 8], tokens: DynArray[address, 8], receiver: address
) -> DynArray[uint256, 8]:
    if len(markets) != len(tokens):
        raw_revert(abi_encode(
            len(markets), len(tokens), method_id=method_id("InvalidClaimFundingFeesInput(uint256,uint256)")
        ))
    self._check_receiver(receiver)
    claimed: DynArray[uint256, 8] = []
    for i: uint256 in range(len(markets), bound=8):
        key: bytes32 = keys.of_market_token_account(
            "CLAIMABLE_FUNDING_AMOUNT", markets[i], tokens[i], msg.sender
        )
        amount: uint256 = staticcall STORE.getUint(key)
        extcall STORE.setUint(key, 0)
        extcall Bank(markets[i]).transferOut(tokens[i], receiver, amount, False)
        claimed.append(amount)
    return claimed

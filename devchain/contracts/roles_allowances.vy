# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice The allowances of the Roles modifier: balances that refill with time, for amounts, ether and calls.
"""

event ConsumeAllowance:
    allowanceKey: bytes32
    consumed: uint128
    newBalance: uint128

struct Allowance:
    refill: uint128
    maxRefill: uint128
    period: uint64
    balance: uint128
    timestamp: uint64

allowances: public(HashMap[bytes32, Allowance])

@internal
def assign(
    key: bytes32, balance: uint128, maxRefill: uint128, refill: uint128, period: uint64, timestamp: uint64
):
    self.allowances[key] = Allowance(
        refill=refill,
        maxRefill=maxRefill if maxRefill != 0 else max_value(uint128),
        period=period,
        balance=balance,
        timestamp=timestamp if timestamp != 0 else convert(block.timestamp, uint64),
    )

@view
@internal
def _accrued(key: bytes32) -> (uint128, uint64):
    """
    @return the balance with what has been refilled since, and the time of the last refill.
    """
    a: Allowance = self.allowances[key]
    now: uint64 = convert(block.timestamp, uint64)
    if a.period == 0 or now < a.timestamp + a.period:
        return a.balance, a.timestamp
    periods: uint64 = (now - a.timestamp) // a.period
    balance: uint128 = a.balance
    if balance < a.maxRefill:
        refilled: uint256 = convert(balance, uint256) + convert(a.refill, uint256) * convert(periods, uint256)
        balance = convert(min(refilled, convert(a.maxRefill, uint256)), uint128)
    return balance, a.timestamp + a.period * periods

@view
@internal
def available(key: bytes32) -> uint128:
    balance: uint128 = 0
    since: uint64 = 0
    balance, since = self._accrued(key)
    return balance

@internal
def take(key: bytes32, wanted: uint256, status: uint8):
    """
    @dev Every call of a batch takes its share before any of them runs; `status` says what ran out.
    """
    balance: uint128 = 0
    since: uint64 = 0
    balance, since = self._accrued(key)
    if convert(balance, uint256) < wanted:
        self.violation(status, key)
    left: uint128 = balance - convert(wanted, uint128)
    self.allowances[key].balance = left
    self.allowances[key].timestamp = since
    log ConsumeAllowance(allowanceKey=key, consumed=convert(wanted, uint128), newBalance=left)

@pure
@internal
def violation(status: uint8, info: bytes32):
    raw_revert(abi_encode(status, info, method_id=method_id("ConditionViolation(uint8,bytes32)")))

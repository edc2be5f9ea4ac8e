# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stand-in for GMX v2's StrictBank, deployed once as the OrderVault and once as the market's token.
        What came in is the difference of the balance to the last one recorded, so a transfer outside
        of the transaction that uses it belongs to whoever records next.
"""

from ethereum.ercs import IERC20
import gmx_roles as roles
initializes: roles
exports: roles.roleStore

interface Wnt:
    def withdraw(amount: uint256): nonpayable

WNT: immutable(address)
tokenBalances: public(HashMap[address, uint256])

@deploy
def __init__(role_store: address, wnt: address):
    roles.__init__(role_store)
    WNT = wnt

@payable
@external
def __default__():
    assert msg.sender == WNT

@external
def recordTransferIn(token: address) -> uint256:
    roles.only("CONTROLLER")
    before: uint256 = self.tokenBalances[token]
    self.tokenBalances[token] = staticcall IERC20(token).balanceOf(self)
    return self.tokenBalances[token] - before

@external
def transferOut(token: address, receiver: address, amount: uint256, shouldUnwrap: bool):
    roles.only("CONTROLLER")
    if amount == 0:
        return
    is_sent: bool = False
    if shouldUnwrap and token == WNT:
        extcall Wnt(WNT).withdraw(amount)
        is_sent = raw_call(receiver, b"", value=amount, gas=200000, revert_on_failure=False)
        if not is_sent:
            # A receiver that refuses ether gets the wrapped token, as in the protocol.
            raw_call(WNT, b"", value=amount)
    if not is_sent:
        assert extcall IERC20(token).transfer(receiver, amount, default_return_value=True)
    self.tokenBalances[token] = staticcall IERC20(token).balanceOf(self)

# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stand-in for GMX v2's Router: the one contract traders approve, for its plugins to pull through.
"""

from ethereum.ercs import IERC20
import gmx_roles as roles
initializes: roles
exports: roles.roleStore

@deploy
def __init__(role_store: address):
    roles.__init__(role_store)

@external
def pluginTransfer(token: address, account: address, receiver: address, amount: uint256):
    roles.only("ROUTER_PLUGIN")
    assert extcall IERC20(token).transferFrom(account, receiver, amount, default_return_value=True)

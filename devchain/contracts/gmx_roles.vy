# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice The role check every contract of the venue begins with.
"""

interface RoleStore:
    def hasRole(account: address, roleKey: bytes32) -> bool: view

ROLE_STORE: immutable(RoleStore)

@deploy
def __init__(role_store: address):
    ROLE_STORE = RoleStore(role_store)

@view
@external
def roleStore() -> address:
    return ROLE_STORE.address

@view
@internal
def only(role: String[32]):
    if not staticcall ROLE_STORE.hasRole(msg.sender, keccak256(abi_encode(role))):
        raw_revert(abi_encode(msg.sender, role, method_id=method_id("Unauthorized(address,string)")))

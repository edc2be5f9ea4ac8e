# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stand-in for GMX v2's RoleStore. A role key is keccak256(abi.encode("NAME")).
"""

admin: address
has: HashMap[bytes32, HashMap[address, bool]]
members: HashMap[bytes32, DynArray[address, 64]]

@deploy
def __init__():
    self.admin = msg.sender

@view
@external
def hasRole(account: address, roleKey: bytes32) -> bool:
    return self.has[roleKey][account]

@view
@external
def getRoleMemberCount(roleKey: bytes32) -> uint256:
    return len(self.members[roleKey])

@view
@external
def getRoleMembers(roleKey: bytes32, start: uint256, end: uint256) -> DynArray[address, 64]:
    found: DynArray[address, 64] = []
    for i: uint256 in range(start, min(end, len(self.members[roleKey])), bound=64):
        found.append(self.members[roleKey][i])
    return found

@external
def grantRole(account: address, roleKey: bytes32):
    assert msg.sender == self.admin
    if not self.has[roleKey][account]:
        self.has[roleKey][account] = True
        self.members[roleKey].append(account)

@external
def revokeRole(account: address, roleKey: bytes32):
    assert msg.sender == self.admin
    if self.has[roleKey][account]:
        self.has[roleKey][account] = False
        kept: DynArray[address, 64] = []
        for member: address in self.members[roleKey]:
            if member != account:
                kept.append(member)
        self.members[roleKey] = kept

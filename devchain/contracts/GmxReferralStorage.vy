# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stand-in for GMX v2's ReferralStorage: nobody is referred.
"""

@view
@external
def traderReferralCodes(account: address) -> bytes32:
    return empty(bytes32)

@view
@external
def codeOwners(code: bytes32) -> address:
    return empty(address)

@view
@external
def getTraderReferralInfo(_account: address) -> (bytes32, address):
    return empty(bytes32), empty(address)

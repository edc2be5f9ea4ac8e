# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice The share layer over a Safe, as ERC-4626 reads it: a valuation manager posts what the Safe holds,
        as Lagoon's vaults have it. Shares here are only counted; nobody deposits.
"""

owner: public(address)
safe: public(address)
asset: public(address)
name: public(String[32])
symbol: public(String[8])
totalAssets: public(uint256)
totalSupply: public(uint256)
paused: public(bool)

SHARE_DECIMALS: constant(uint8) = 18

@deploy
def __init__(safe: address, asset: address, totalAssets: uint256, totalSupply: uint256):
    self.owner = msg.sender
    self.safe = safe
    self.asset = asset
    self.name = "First Light Shares"
    self.symbol = "FLS"
    self.totalAssets = totalAssets
    self.totalSupply = totalSupply

@view
@external
def decimals() -> uint8:
    return SHARE_DECIMALS

@view
@external
def convertToAssets(shares: uint256) -> uint256:
    return shares * self.totalAssets // self.totalSupply

@view
@external
def convertToShares(assets: uint256) -> uint256:
    return assets * self.totalSupply // self.totalAssets

@external
def updateNewTotalAssets(totalAssets: uint256):
    assert msg.sender == self.owner
    self.totalAssets = totalAssets

@external
def pause():
    assert msg.sender == self.owner
    self.paused = True

@external
def unpause():
    assert msg.sender == self.owner
    self.paused = False

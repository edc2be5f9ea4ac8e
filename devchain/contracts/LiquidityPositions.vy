# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stands in for Uniswap v3: positions as its NonfungiblePositionManager answers them and the price as
        its pool does, one contract for both. It holds no tokens and trades nothing; its owner writes what
        a position has and where the pool's price stands.
"""

struct Position:
    owner: address
    tickLower: int24
    tickUpper: int24
    liquidity: uint128
    owed0: uint128
    owed1: uint128

owner: public(address)
token0: public(address)
token1: public(address)
fee: public(uint24)
sqrtPriceX96: uint160
held: HashMap[uint256, Position]

@deploy
def __init__(token0: address, token1: address, fee: uint24, sqrtPriceX96: uint160):
    # As in a pool: the lower address is token 0.
    assert convert(token0, uint160) < convert(token1, uint160)
    self.owner = msg.sender
    self.token0 = token0
    self.token1 = token1
    self.fee = fee
    self.sqrtPriceX96 = sqrtPriceX96

@external
def setPosition(
    tokenId: uint256, holder: address, tickLower: int24, tickUpper: int24, liquidity: uint128, owed0: uint128,
    owed1: uint128,
):
    assert msg.sender == self.owner
    assert tickLower < tickUpper
    self.held[tokenId] = Position(
        owner=holder, tickLower=tickLower, tickUpper=tickUpper, liquidity=liquidity, owed0=owed0, owed1=owed1
    )

@external
def setSqrtPrice(sqrtPriceX96: uint160):
    """
    @notice Where the pool's own price stands, which nobody should value a position by.
    """
    assert msg.sender == self.owner
    self.sqrtPriceX96 = sqrtPriceX96

@view
@external
def slot0() -> (uint160, int24, uint16, uint16, uint16, uint8, bool):
    return self.sqrtPriceX96, 0, 0, 1, 1, 0, True

@view
@external
def ownerOf(tokenId: uint256) -> address:
    assert self.held[tokenId].owner != empty(address), "ERC721: owner query for nonexistent token"
    return self.held[tokenId].owner

@view
@external
def positions(
    tokenId: uint256
) -> (uint96, address, address, address, uint24, int24, int24, uint128, uint256, uint256, uint128, uint128):
    p: Position = self.held[tokenId]
    assert p.owner != empty(address), "Invalid token ID"
    return (
        0, empty(address), self.token0, self.token1, self.fee, p.tickLower, p.tickUpper, p.liquidity, 0, 0,
        p.owed0, p.owed1,
    )

# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice The options a vault has bought and written, as its own contract lists them (abi/OptionBook.json).
"""

struct Option:
    expiry: uint64  # unix seconds
    strike: uint256  # USD per base unit, 1e18
    quantity: int256  # base units, 1e18; negative for options written
    isCall: bool
    markVolatility: uint256  # per year, 1e18; 0 where there is no mark
    markedAt: uint64

owner: public(address)
book: DynArray[Option, 64]

@deploy
def __init__():
    self.owner = msg.sender

@external
def add(expiry: uint64, strike: uint256, quantity: int256, isCall: bool, markVolatility: uint256):
    """
    @notice Another line of the book, marked now.
    """
    assert msg.sender == self.owner
    self.book.append(
        Option(
            expiry=expiry, strike=strike, quantity=quantity, isCall=isCall, markVolatility=markVolatility,
            markedAt=convert(block.timestamp, uint64),
        )
    )

@external
def mark(index: uint256, volatility: uint256):
    """
    @notice A new mark of one line, taken now.
    """
    assert msg.sender == self.owner
    self.book[index].markVolatility = volatility
    self.book[index].markedAt = convert(block.timestamp, uint64)

@external
def clear():
    assert msg.sender == self.owner
    self.book = []

@view
@external
def options() -> DynArray[Option, 64]:
    return self.book

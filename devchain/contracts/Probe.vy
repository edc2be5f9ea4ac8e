# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice A probe of the chain itself: a state write, an event, every kind of revert data, and what a
        contract sees of its transaction.
"""

event Stored:
    who: indexed(address)
    key: indexed(uint256)
    content: uint256
    note: String[32]

x: public(uint256)
written: public(HashMap[address, uint256])

@external
def set(v: uint256):
    self.x = v
    self.written[msg.sender] += v
    log Stored(who=msg.sender, key=v, content=v * 2, note="hello")

@external
@payable
def pay():
    pass

@external
@view
def rev_string():
    raise "boom: slippage"

@external
@view
def rev_panic():
    raw_revert(abi_encode(convert(0x11, uint256), method_id=method_id("Panic(uint256)")))

@external
@view
def rev_custom(need: uint256, got: uint256):
    raw_revert(abi_encode(need, got, method_id=method_id("TooLittleReceived(uint256,uint256)")))

@external
@view
def rev_empty():
    raw_revert(b"")

@external
def set_or_revert(v: uint256):
    self.x = v
    assert v < 100, "too big"

@external
@view
def surroundings() -> (uint256, uint256, uint256, address, uint256, uint256, bytes32):
    return (
        block.number, block.timestamp, block.basefee, block.coinbase, chain.id, block.gaslimit,
        blockhash(block.number - 1),
    )

@external
@view
def call_context() -> (address, uint256, uint256):
    return msg.sender, tx.gasprice, self.balance

@external
def burn(n: uint256) -> uint256:
    s: uint256 = 0
    for i: uint256 in range(n, bound=100000):
        s = unsafe_add(unsafe_mul(s, 31), i)
    self.x = s
    return s

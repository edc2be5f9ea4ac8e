# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice Stand-in for Zodiac's MultiSendUnwrapper: takes multiSend(bytes) apart into the calls it will make,
        each by its place in the data, so that every one can be judged alone.
"""

struct UnwrappedTransaction:
    operation: uint8
    to: address
    amount: uint256
    dataLocation: uint256
    dataSize: uint256

MULTI_SEND: constant(bytes4) = 0x8d80ff0a
# Selector, offset and length come before the packed calls; each call is operation (1), to (20), value
# (32), length (32), data.
PACKED_AT: constant(uint256) = 4 + 32 + 32
HEAD: constant(uint256) = 1 + 20 + 32 + 32

@view
@external
def unwrap(to: address, amount: uint256, data: Bytes[16384], operation: uint8) -> DynArray[UnwrappedTransaction, 32]:
    if amount != 0:
        raw_revert(method_id("UnsupportedMode()"))
    if operation != 1:
        raw_revert(method_id("UnsupportedMode()"))
    is_packed: bool = len(data) >= PACKED_AT and convert(slice(data, 0, 4), bytes4) == MULTI_SEND
    if not is_packed or extract32(data, 4, output_type=uint256) != 32:
        raw_revert(method_id("MalformedHeader()"))
    length: uint256 = extract32(data, 36, output_type=uint256)
    if len(data) < PACKED_AT + length:
        raw_revert(method_id("MalformedHeader()"))
    found: DynArray[UnwrappedTransaction, 32] = []
    at: uint256 = PACKED_AT
    for i: uint256 in range(32):
        if at >= PACKED_AT + length:
            break
        if at + HEAD > PACKED_AT + length:
            raw_revert(method_id("MalformedBody()"))
        size: uint256 = extract32(data, at + 53, output_type=uint256)
        if at + HEAD + size > PACKED_AT + length:
            raw_revert(method_id("MalformedBody()"))
        # The head is read byte by byte where no whole word is left behind it.
        found.append(UnwrappedTransaction(
            operation=convert(slice(data, at, 1), uint8),
            to=convert(convert(slice(data, at + 1, 20), uint160), address),
            amount=extract32(data, at + 21, output_type=uint256),
            dataLocation=at + HEAD,
            dataSize=size,
        ))
        at += HEAD + size
    return found

# pragma version ~=0.4.3
# pragma evm-version cancun
"""
@notice The DataStore's keys as the protocol derives them: keccak256(abi.encode("NAME")), then
        keccak256(abi.encode(key, arguments...)).
"""

@pure
@internal
def name(text: String[64]) -> bytes32:
    return keccak256(abi_encode(text))

@pure
@internal
def of_address(text: String[64], a: address) -> bytes32:
    return keccak256(abi_encode(self.name(text), a))

@pure
@internal
def of_bytes32(text: String[64], a: bytes32) -> bytes32:
    return keccak256(abi_encode(self.name(text), a))

@pure
@internal
def of_bool(text: String[64], a: bool) -> bytes32:
    return keccak256(abi_encode(self.name(text), a))

@pure
@internal
def of_market_side(text: String[64], market: address, flag: bool) -> bytes32:
    return keccak256(abi_encode(self.name(text), market, flag))

@pure
@internal
def of_market_token_side(text: String[64], market: address, token: address, is_long: bool) -> bytes32:
    return keccak256(abi_encode(self.name(text), market, token, is_long))

@pure
@internal
def of_market_token_account(text: String[64], market: address, token: address, account: address) -> bytes32:
    return keccak256(abi_encode(self.name(text), market, token, account))

@pure
@internal
def position(account: address, market: address, token: address, is_long: bool) -> bytes32:
    return keccak256(abi_encode(account, market, token, is_long))

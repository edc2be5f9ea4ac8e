"""GMX v2's DataStore keys: keccak256(abi.encode("NAME")), then keccak256(abi.encode(key, arguments...))."""

from __future__ import annotations

from typing import Any

from eth_abi import encode
from eth_hash.auto import keccak


def name(text: str) -> bytes:
    return keccak(encode(["string"], [text]))


def of(text: str, types: list[str], *values: Any) -> bytes:
    return keccak(encode(["bytes32", *types], [name(text), *values]))


def of_address(text: str, account: bytes) -> bytes:
    return of(text, ["address"], account)


def of_side(text: str, market: bytes, flag: bool) -> bytes:
    return of(text, ["address", "bool"], market, flag)


def of_token_side(text: str, market: bytes, token: bytes, is_long: bool) -> bytes:
    return of(text, ["address", "address", "bool"], market, token, is_long)


def position(account: bytes, market: bytes, collateral: bytes, is_long: bool) -> bytes:
    types = ["address", "address", "address", "bool"]
    return keccak(encode(types, [account, market, collateral, is_long]))

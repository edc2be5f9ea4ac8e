"""Reading and writing JSON-RPC values, and the errors geth answers."""

from __future__ import annotations

from typing import Any

from eth_hash.auto import keccak

from ..evm import Outcome

REVERTED = 3
SERVER_ERROR = -32000
INVALID_PARAMS = -32602
METHOD_NOT_FOUND = -32601

PANICS = {
    0x00: "generic panic",
    0x01: "assert(false)",
    0x11: "arithmetic underflow or overflow",
    0x12: "division or modulo by zero",
    0x21: "enum overflow",
    0x22: "invalid encoded storage byte array accessed",
    0x31: "out-of-bounds array access; popping on an empty array",
    0x32: "out-of-bounds access of an array or bytesN",
    0x41: "out of memory",
    0x51: "uninitialized function",
}


class RpcError(Exception):
    """An error object of JSON-RPC."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    def json(self) -> dict[str, Any]:
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            error["data"] = self.data
        return error


def quantity(number: int) -> str:
    return hex(number)


def hexed(data: bytes) -> str:
    return "0x" + data.hex()


def word(number: int) -> str:
    return f"0x{number:064x}"


def number(value: str | int) -> int:
    """A quantity; plain integers and decimal strings are taken too, for people typing by hand."""
    if isinstance(value, str) and value.startswith("0x"):
        return int(value, 16)
    return int(value)


def data(value: str) -> bytes:
    return bytes.fromhex(value[2:] if value.startswith("0x") else value)


def address(value: str) -> bytes:
    parsed = data(value)
    if len(parsed) != 20:
        raise RpcError(INVALID_PARAMS, f"invalid argument: address {value}")
    return parsed


def checksummed(raw: bytes) -> str:
    """The EIP-55 spelling."""
    plain = raw.hex()
    digest = keccak(plain.encode()).hex()
    return "0x" + "".join(c.upper() if int(digest[i], 16) > 7 else c for i, c in enumerate(plain))


def call_error(outcome: Outcome) -> RpcError:
    """What geth answers for a call that failed."""
    if outcome.reverted:
        reason = revert_reason(outcome.output)
        suffix = f": {reason}" if reason else ""
        return RpcError(REVERTED, "execution reverted" + suffix, hexed(outcome.output))
    return RpcError(SERVER_ERROR, outcome.error)


def revert_reason(output: bytes) -> str | None:
    if output[:4] == bytes.fromhex("08c379a0") and len(output) >= 68:
        length = int.from_bytes(output[36:68], "big")
        return output[68 : 68 + length].decode("utf8", "replace")
    if output[:4] == bytes.fromhex("4e487b71") and len(output) >= 36:
        code = int.from_bytes(output[4:36], "big")
        return PANICS.get(code, f"unknown panic code: {code:#x}")
    return None

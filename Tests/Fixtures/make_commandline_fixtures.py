#!/usr/bin/env python3
"""Makes Tests/Fixtures/CommandLine/decode.json with eth-abi and eth-account, independent of the Swift decoder.

    devchain/.venv/bin/python Tests/Fixtures/make_commandline_fixtures.py

Each case is an input for `vaultkeeper decode --json` with the output it should have. The trees are built from the inside
out, so every expectation is what went into the encoding.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import eth_abi
import rlp
from eth_abi.packed import encode_packed
from eth_account import Account
from eth_utils import keccak, to_checksum_address

HERE = Path(__file__).resolve().parent / "CommandLine"
KEY = keccak(b"vaultkeeper command line fixtures")
KEEPER = Account.from_key(KEY).address
ROLES = "0x22d491Bde2303f2f43325b2108D26f1eAbA1e32b"
MULTISEND = "0x9641d764fc13c8B624c04430C7356C1C7C8102e2"
ROUTER = "0x1C3fa76e6E1088bCE750f23a5BFcffa1efEF6A41"
VAULT = "0x31eF83a530Fde1B38EE9A18093A333D8Bbbc40D5"
SAFE = "0xFFcf8FDEE72ac11b5c542428B35EEF5769C409f0"
USDC = "0xaf88d065e77c8cC2239327C5EDb3A432268e5831"
MARKET = "0x70d95587d40A2caf56bd97485aB3Eec10Bee6336"
ZERO = "0x" + "00" * 20
ROLE_KEY = b"keeper".ljust(32, b"\0")
ORDER_KEY = keccak(b"an order")

Tree = dict[str, Any]


class Call:
    """A call as bytes, and as the tree that `decode` should show."""

    def __init__(self, data: bytes, tree: Tree) -> None:
        self.data = data
        self.tree = tree

    def sent(self, to: str | None, value: int = 0, note: str | None = None) -> Tree:
        tree: Tree = {"to": to} if to else {}
        tree["valueWei"] = str(value)
        tree.update(self.tree)
        if note:
            tree["notes"] = [note]
        return tree


def text(kind: str, value: Any) -> str:
    if kind.endswith("[]"):
        return "[" + ", ".join(text(kind[:-2], item) for item in value) + "]"
    if kind.startswith("("):
        members = split(kind[1:-1])
        return "(" + ", ".join(text(member, item) for member, item in zip(members, value)) + ")"
    if kind == "bool":
        return "true" if value else "false"
    if kind.startswith("bytes"):
        return "0x" + value.hex()
    return str(value)


def split(types: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, character in enumerate(types):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(types[start:index])
            start = index + 1
    return parts + [types[start:]]


def call(name: str, parameters: list[tuple[str, str, Any]], inner: list[Tree] | None = None) -> Call:
    """A function with (name, type, value) for each parameter; inner calls are shown below it."""
    types = [kind for _, kind, _ in parameters]
    signature = f"{name}({','.join(types)})"
    data = keccak(signature.encode())[:4] + eth_abi.encode(types, [value for _, _, value in parameters])
    tree: Tree = {"function": signature}
    if parameters:
        tree["arguments"] = [{"name": n, "type": k, "value": text(k, v)} for n, k, v in parameters]
    if inner:
        tree["calls"] = inner
    return Call(data, tree)


def create_order() -> Call:
    """GMX's createOrder: the one call with nested tuples, whose members are shown by their paths."""
    addresses = [
        ("receiver", "address", SAFE), ("cancellationReceiver", "address", SAFE), ("callbackContract", "address", ZERO),
        ("uiFeeReceiver", "address", ZERO), ("market", "address", MARKET), ("initialCollateralToken", "address", USDC),
        ("swapPath", "address[]", []),
    ]
    numbers = [
        ("sizeDeltaUsd", "uint256", 25_000 * 10**30), ("initialCollateralDeltaAmount", "uint256", 12_500 * 10**6),
        ("triggerPrice", "uint256", 3003 * 10**12), ("acceptablePrice", "uint256", 2970 * 10**12),
        ("executionFee", "uint256", 4_350_000_000_000_000), ("callbackGasLimit", "uint256", 0),
        ("minOutputAmount", "uint256", 0), ("validFromTime", "uint256", 0),
    ]
    rest = [
        ("orderType", "uint8", 3), ("decreasePositionSwapType", "uint8", 0), ("isLong", "bool", False),
        ("shouldUnwrapNativeToken", "bool", False), ("autoCancel", "bool", False), ("referralCode", "bytes32", bytes(32)),
        ("dataList", "bytes32[]", []),
    ]
    groups = {"addresses": addresses, "numbers": numbers}
    types = ["(" + ",".join(kind for _, kind, _ in group) + ")" for group in groups.values()]
    types += [kind for _, kind, _ in rest]
    values = [tuple(value for _, _, value in group) for group in groups.values()] + [value for _, _, value in rest]
    made = call("createOrder", [("params", "(" + ",".join(types) + ")", tuple(values))])
    flat = [(f"params.{name}.{n}", k, v) for name, group in groups.items() for n, k, v in group]
    flat += [(f"params.{n}", k, v) for n, k, v in rest]
    made.tree["arguments"] = [{"name": n, "type": k, "value": text(k, v)} for n, k, v in flat]
    return made


def multi_send(calls: list[tuple[Call, str, int]]) -> Call:
    packed = b"".join(
        encode_packed(["uint8", "address", "uint256", "uint256", "bytes"], [0, to, value, len(made.data), made.data])
        for made, to, value in calls)
    return call(
        "multiSend", [("transactions", "bytes", packed)], [made.sent(to, value) for made, to, value in calls])


def with_role(inner: Call, to: str, operation: int) -> Call:
    return call(
        "execTransactionWithRole",
        [("to", "address", to), ("value", "uint256", 0), ("data", "bytes", inner.data), ("operation", "uint8", operation),
         ("roleKey", "bytes32", ROLE_KEY), ("shouldRevert", "bool", True)],
        [inner.sent(to, 0, "delegatecall" if operation == 1 else None)])


def hedge() -> Call:
    """What a keeper sends: three calls of GMX through MultiSend and Roles."""
    fee = call("sendWnt", [("receiver", "address", VAULT), ("amount", "uint256", 4_350_000_000_000_000)])
    collateral = call(
        "sendTokens",
        [("token", "address", USDC), ("receiver", "address", VAULT), ("amount", "uint256", 12_500 * 10**6)])
    calls = [(fee, ROUTER, 4_350_000_000_000_000), (collateral, ROUTER, 0), (create_order(), ROUTER, 0)]
    return with_role(multi_send(calls), MULTISEND, 1)


def signed(kind: int, made: Call, to: str | None, chain: int | None = 7_777_777_777) -> Tree:
    fields: Tree = {"nonce": 7, "gas": 1_500_000, "value": 0, "data": made.data}
    if to:
        fields["to"] = to
    if chain:
        fields["chainId"] = chain
    facts = {
        "kind": f"signed transaction of type {kind}", "from": KEEPER, "nonce": "7", "gas limit": "1500000",
        "chain id": str(chain) if chain else "none: valid on every chain"}
    if kind == 2:
        fields.update(type=2, maxPriorityFeePerGas=10**9, maxFeePerGas=3 * 10**9)
        facts.update({"tip": "1000000000 wei", "fee cap": "3000000000 wei"})
    else:
        fields.update(gasPrice=2 * 10**9)
        facts.update({"gas price": "2000000000 wei"})
    if kind == 1:
        fields.update(type=1, accessList=[{"address": ROUTER, "storageKeys": ["0x" + "01" * 32]}])
        facts["access list"] = "1 entries"
    if not to:
        facts["to"] = "nobody: creates a contract"
    done = Account.sign_transaction(fields, KEY)
    facts["hash"] = "0x" + done.hash.hex().removeprefix("0x")
    tree = made.sent(to)
    return {"input": "0x" + done.raw_transaction.hex().removeprefix("0x"), "facts": facts, "call": tree}


def unsigned(made: Call, to: str) -> Tree:
    fields = [7_777_777_777, 7, 10**9, 3 * 10**9, 1_500_000, bytes.fromhex(to[2:]), 0, made.data, []]
    payload = b"\x02" + rlp.encode(fields)
    facts = {
        "kind": "unsigned transaction of type 2", "signing hash": "0x" + keccak(payload).hex(), "nonce": "7",
        "chain id": "7777777777", "gas limit": "1500000", "tip": "1000000000 wei", "fee cap": "3000000000 wei"}
    return {"input": "0x" + payload.hex(), "facts": facts, "call": made.sent(to)}


def data(made: Call) -> Tree:
    return {"input": "0x" + made.data.hex(), "facts": {"kind": "call data"}, "call": made.sent(None)}


def cases() -> dict[str, Tree]:
    approve = call("approve", [("spender", "address", ROUTER), ("amount", "uint256", 2**256 - 1)])
    cancel = call("cancelOrder", [("key", "bytes32", ORDER_KEY)])
    batch = call("multicall", [("data", "bytes[]", [cancel.data, cancel.data])], [cancel.sent(ROUTER)] * 2)
    reads = call(
        "aggregate3", [("calls", "(address,bool,bytes)[]", [(USDC, True, approve.data)])], [approve.sent(USDC)])
    foreign = Call(bytes.fromhex("deadbeef") + bytes(32), {})
    foreign.tree = {"data": "0x" + foreign.data.hex(), "notes": ["unknown function"]}
    nothing = Call(b"", {"data": "0x"})
    cut = multi_send([(cancel, ROUTER, 0)])
    broken = call("multiSend", [("transactions", "bytes", encode_packed(["uint8", "address"], [0, ROUTER]))])
    broken.tree["notes"] = ["a packed call is cut short after 21 bytes"]
    return {
        "hedge, type 2": signed(2, hedge(), ROLES),
        "hedge, unsigned": unsigned(hedge(), ROLES),
        "hedge, call data": data(hedge()),
        "batch, type 1": signed(1, batch, ROUTER),
        "cancel, legacy": signed(0, with_role(cancel, ROUTER, 0), ROLES),
        "transfer of nothing, unprotected": signed(0, nothing, KEEPER, None),
        "unknown function": signed(2, foreign, ROUTER),
        "creation": signed(2, foreign, None),
        "approve, call data": data(approve),
        "aggregate3, call data": data(reads),
        "multiSend, call data": data(cut),
        "multiSend cut short, call data": data(broken),
    }


def main() -> None:
    assert to_checksum_address(ROUTER) == ROUTER
    made = [{"name": name, **case} for name, case in cases().items()]
    (HERE / "decode.json").write_text(json.dumps(made, indent=1) + "\n")


if __name__ == "__main__":
    main()

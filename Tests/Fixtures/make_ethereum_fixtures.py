#!/usr/bin/env python3
"""Makes Tests/Fixtures/Ethereum from independent implementations.

Sources of truth: rlp (RLP), eth-abi (ABI), eth-account (transactions, EIP-712, keys), pycryptodome (Keccak, AES).
The folders RLPTests, ABITests, BasicTests and TransactionTests have the layout of the ethereum/tests repository.

Inputs come from SplitMix64, which is written here and in Tests/EthereumTests/SplitMix64.swift alike, so that large inputs
need not be stored: a file then holds only seeds, types and expected digests.

    python3 make_ethereum_fixtures.py [output folder]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import eth_abi
import rlp
from Crypto.Cipher import AES
from Crypto.Hash import keccak as _keccak
from Crypto.Util import Counter
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys import keys

OUT = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "Ethereum")
MASK = (1 << 64) - 1
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def keccak(data: bytes) -> bytes:
    return _keccak.new(digest_bits=256, data=data).digest()


class SplitMix64:
    """Steele, Lea, Flood 2014; also java.util.SplittableRandom."""

    def __init__(self, seed: int) -> None:
        self.state = seed & MASK

    def next(self) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def below(self, bound: int) -> int:
        return self.next() % bound

    def bytes(self, count: int) -> bytes:
        """Eight bytes a draw, little-endian; what is left of the last draw is dropped."""
        out = b"".join(self.next().to_bytes(8, "little") for _ in range((count + 7) // 8))
        return out[:count]

    def uint(self, bits: int) -> int:
        kind = self.below(4)
        mask = (1 << bits) - 1
        if kind == 0:
            return 0
        if kind == 1:
            return mask
        if kind == 2:
            return self.below(256) & mask
        return int.from_bytes(self.bytes(32), "big") & mask

    def int(self, bits: int) -> int:
        value = self.uint(bits)
        return value - (1 << bits) if value >> (bits - 1) else value

    LETTERS = ["a", "Z", "0", " ", '"', "\\", "\n", "é", "漢", "🦊"]

    def text(self) -> str:
        return "".join(self.LETTERS[self.below(len(self.LETTERS))] for _ in range(self.below(40)))


# --- Keccak ---------------------------------------------------------------------------------------------------------


def keccak_fixture() -> dict[str, Any]:
    """10,000 inputs: case i is SplitMix64(i).below(10001) bytes of the same generator. The digest of all digests in a row,
    and a few single ones."""
    everything = _keccak.new(digest_bits=256)
    single = {}
    for case in range(10_000):
        rng = SplitMix64(case)
        digest = keccak(rng.bytes(rng.below(10_001)))
        everything.update(digest)
        if case % 500 == 0:
            single[str(case)] = digest.hex()
    blocks = {str(n): keccak(SplitMix64(n).bytes(n)).hex() for n in range(0, 300)}
    boundary = keccak("".join(blocks[str(n)] for n in range(0, 300)).encode()).hex()
    return {"count": 10_000, "digestOfDigests": everything.hexdigest(), "single": single, "digestOfLengths0To299": boundary}


# --- ABI ------------------------------------------------------------------------------------------------------------


def abi_type(rng: SplitMix64, depth: int) -> str:
    kind = rng.below(9 if depth == 0 else 13)
    if kind == 0:
        return f"uint{8 * (1 + rng.below(32))}"
    if kind == 1:
        return f"int{8 * (1 + rng.below(32))}"
    if kind == 2:
        return "address"
    if kind == 3:
        return "bool"
    if kind == 4:
        return f"bytes{1 + rng.below(32)}"
    if kind == 5:
        return "bytes"
    if kind == 6:
        return "string"
    if kind == 7:
        return "function"
    if kind == 8:
        return "uint256"
    if kind == 9:
        return abi_type(rng, depth - 1) + "[]"
    if kind == 10:
        return abi_type(rng, depth - 1) + f"[{1 + rng.below(3)}]"
    return "(" + ",".join(abi_type(rng, depth - 1) for _ in range(1 + rng.below(4))) + ")"


def split_types(text: str) -> list[str]:
    parts, level, start = [], 0, 0
    for i, c in enumerate(text):
        level += c == "("
        level -= c == ")"
        if c == "," and level == 0:
            parts.append(text[start:i])
            start = i + 1
    return parts + [text[start:]] if text else []


def abi_value(rng: SplitMix64, kind: str) -> Any:
    if kind.endswith("]"):
        element, size = kind[:-1].rsplit("[", 1)
        return [abi_value(rng, element) for _ in range(int(size) if size else rng.below(4))]
    if kind.startswith("("):
        return tuple(abi_value(rng, part) for part in split_types(kind[1:-1]))
    if kind.startswith("uint"):
        return rng.uint(int(kind[4:]))
    if kind.startswith("int"):
        return rng.int(int(kind[3:]))
    if kind == "address":
        return "0x" + rng.bytes(20).hex()
    if kind == "bool":
        return bool(rng.next() & 1)
    if kind == "bytes":
        return rng.bytes(rng.below(70))
    if kind == "string":
        return rng.text()
    if kind == "function":
        return rng.bytes(24)
    return rng.bytes(int(kind[5:]))


def abi_lines() -> list[str]:
    """One line a case: the types; Keccak-256 of eth-abi's encoding of values drawn from SplitMix64(1000000 + case)."""
    lines = []
    case = 0
    while len(lines) < 1_000:
        rng = SplitMix64(2_000_000 + case)
        kinds = [abi_type(rng, 4) for _ in range(1 + rng.below(4))]
        text = "(" + ",".join(kinds) + ")"
        case += 1
        if len(text) > 300:
            continue
        rng = SplitMix64(1_000_000 + len(lines))
        values = [abi_value(rng, kind) for kind in kinds]
        lines.append(f"{text} {keccak(eth_abi.encode(kinds, values)).hex()}")
    return lines


def abi_tests() -> dict[str, Any]:
    def case(kinds: list[str], args: list[Any]) -> dict[str, Any]:
        plain = [a.decode() if isinstance(a, bytes) else a for a in args]
        return {"types": kinds, "args": plain, "result": eth_abi.encode(kinds, args).hex()}

    return {
        "OneWord": case(["uint256"], [98127491]),
        "NarrowAndWide": case(["uint8", "uint256"], [255, 1 << 60]),
        "TwoAddresses": case(
            ["address", "uint256"], ["0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826", 31337]),
        "ArrayBetween": case(["uint256", "uint32[]", "bytes10"], [7, [1, 2, 3], b"abcdefghij"]),
        "EmptyArrayAndBytes": case(["uint256[]", "bytes"], [[], b""]),
        "LongBytes": case(["bytes"], [b"x" * 33]),
    }


# --- RLP ------------------------------------------------------------------------------------------------------------


def rlp_item(value: Any) -> Any:
    if isinstance(value, list):
        return [rlp_item(v) for v in value]
    if isinstance(value, str) and value.startswith("#"):
        return rlp.sedes.big_endian_int.serialize(int(value[1:]))
    if isinstance(value, int):
        return rlp.sedes.big_endian_int.serialize(value)
    return value.encode()


def rlp_tests() -> tuple[dict[str, Any], dict[str, Any]]:
    nested: Any = []
    for _ in range(10):
        nested = [nested, "x"]
    valid = {
        "emptystring": "", "dog": "dog", "oneByte": "a", "zero": 0, "one": 1, "byte127": 127, "byte128": 128,
        "word": 0xFFFF, "big": "#" + str(2**255 + 12345), "wide256": "#" + str(2**256), "string55": "a" * 55, "string56": "b" * 56,
        "string1024": "Lorem " * 171, "emptylist": [], "mixed": ["zw", [4], 1, "#" + str(2**64)],
        "setTheory": [[], [[]], [[], [[]]]], "list55": ["a" * 54], "list56": ["b" * 55], "nested": nested,
        "wide": [str(i) for i in range(300)],
    }
    good = {name: {"in": value, "out": "0x" + rlp.encode(rlp_item(value)).hex()} for name, value in valid.items()}
    bad = {
        "empty": "", "byteInString": "817f", "zeroInString": "8100", "truncatedString": "83646f", "trailing": "83646f6700",
        "longFormForShort": "b837" + "61" * 55, "longFormForEmpty": "b800", "lengthLeadingZero": "b90038" + "61" * 56,
        "lengthBeyondInput": "bfffffffffffffffff", "lengthMissing": "b9ff", "longListForShort": "f800",
        "listOverrun": "c28363", "listLengthBeyondInput": "ffffffffffffffffff", "itemBeyondList": "c483646f6700",
        "listLengthLeadingZero": "f90038" + "61" * 56, "innerTrailing": "c3c2616100", "truncatedList": "c3616",
    }
    refused = {}
    for name, text in bad.items():
        text = text if len(text) % 2 == 0 else text + "1"
        try:
            rlp.decode(bytes.fromhex(text), strict=True)
        except Exception:
            refused[name] = {"in": "INVALID", "out": "0x" + text}
    return good, refused


# --- Transactions ---------------------------------------------------------------------------------------------------


def transaction(rng: SplitMix64, kind: int) -> dict[str, Any]:
    chains = [1, 10, 42161, (1 << 32) + 7, (1 << 63) + 11]
    nonces = [0, 7, 1 << 32, MASK - 1]
    tx: dict[str, Any] = {
        "chainId": chains[rng.below(5)], "nonce": nonces[rng.below(4)], "gas": 21_000 + rng.below(30_000_000)}
    tip = rng.uint(96)
    cap = tip + rng.uint(96)
    tx["to"] = b"" if rng.below(5) == 0 else rng.bytes(20)
    tx["value"] = rng.uint(256)
    tx["data"] = rng.bytes(rng.below(100))
    entries = []
    for _ in range(rng.below(3)):
        address = rng.bytes(20)
        entries.append({"address": "0x" + address.hex(),
                        "storageKeys": ["0x" + rng.bytes(32).hex() for _ in range(rng.below(3))]})
    if kind in (0, 1):
        tx["gasPrice"] = cap
    if kind == 1:
        tx.pop("chainId")
    if kind == 2:
        tx |= {"type": 1, "gasPrice": cap, "accessList": entries}
    if kind == 3:
        tx |= {"type": 2, "maxPriorityFeePerGas": tip, "maxFeePerGas": cap, "accessList": entries}
    return tx


def signed(tx: dict[str, Any], key: bytes) -> Any:
    return Account.sign_transaction(tx, key)


def transaction_lines() -> list[str]:
    """One line a case: kind (0 legacy with chain, 1 legacy without, 2 access list, 3 dynamic fee), index, parity, r, s and
    the hash by eth-account. Fields are drawn from SplitMix64(3000000 + 10000 kind + index), then the key's 32 bytes."""
    lines = []
    for kind in range(4):
        for index in range(1_000):
            rng = SplitMix64(3_000_000 + 10_000 * kind + index)
            tx = transaction(rng, kind)
            key = b"\x01" + rng.bytes(31)
            result = signed(tx, key)
            parity = result.v if kind >= 2 else (result.v + 1) % 2
            lines.append(f"{kind} {index} {parity} {result.r:064x} {result.s:064x} {bytes(result.hash).hex()}")
    return lines


FORKS = ["Berlin", "London", "Paris", "Shanghai", "Cancun", "Prague"]


def intrinsic(tx: dict[str, Any], fork: str) -> int:
    data = bytes(tx.get("data", b""))
    create = not tx["to"]
    gas = 21_000 + sum(4 if b == 0 else 16 for b in data) + (32_000 if create else 0)
    if create and FORKS.index(fork) >= FORKS.index("Shanghai"):
        gas += 2 * ((len(data) + 31) // 32)
    for entry in tx.get("accessList", []):
        gas += 2_400 + 1_900 * len(entry["storageKeys"])
    return gas + 25_000 * len(tx.get("authorizationList", []))


def floor(tx: dict[str, Any], fork: str) -> int:
    if fork != "Prague":
        return 0
    return 21_000 + 10 * sum(1 if b == 0 else 4 for b in bytes(tx.get("data", b"")))


FIRST = {0: "Berlin", 1: "Berlin", 2: "London", 3: "Cancun", 4: "Prague"}


def judged(tx: dict[str, Any], raw: bytes, key: bytes, refused: str | None = None) -> dict[str, Any]:
    """What each fork says of a transaction; `refused` names the exception all forks raise."""
    result: dict[str, Any] = {}
    for fork in FORKS:
        gas = intrinsic(tx, fork)
        if refused:
            result[fork] = {"exception": f"TransactionException.{refused}", "intrinsicGas": "0x00"}
        elif FORKS.index(fork) < FORKS.index(FIRST[int(tx.get("type", 0))]):
            result[fork] = {"exception": "TransactionException.TYPE_NOT_SUPPORTED", "intrinsicGas": "0x00"}
        elif tx["gas"] < max(gas, floor(tx, fork)):
            result[fork] = {"exception": "TransactionException.INTRINSIC_GAS_TOO_LOW", "intrinsicGas": hex(gas)}
        elif not tx["to"] and len(tx["data"]) > 49_152 and FORKS.index(fork) >= FORKS.index("Shanghai"):
            result[fork] = {"exception": "TransactionException.INITCODE_SIZE_EXCEEDED", "intrinsicGas": hex(gas)}
        else:
            sender = Account.from_key(key).address.lower()
            result[fork] = {"hash": "0x" + keccak(raw).hex(), "intrinsicGas": hex(gas), "sender": sender}
    return {"result": result, "txbytes": "0x" + raw.hex()}


KEY = keccak(b"cow")
TO = bytes.fromhex("095e7baea6a6c7c4c2dfeb977efac326af552d87")


def base(**changes: Any) -> dict[str, Any]:
    tx: dict[str, Any] = {"chainId": 1, "nonce": 3, "gas": 50_000, "gasPrice": 10**9, "to": TO, "value": 10, "data": b""}
    return {k: v for k, v in (tx | changes).items() if v is not None}


def dynamic(**changes: Any) -> dict[str, Any]:
    fields = {"type": 2, "gasPrice": None, "maxPriorityFeePerGas": 5, "maxFeePerGas": 100, "accessList": []}
    return base(**(fields | changes))


def valid_transactions() -> dict[str, dict[str, Any]]:
    key32 = "0x" + "11" * 32
    access = [{"address": "0x" + TO.hex(), "storageKeys": [key32, key32]}, {"address": "0x" + TO.hex(), "storageKeys": []}]
    address = "0x" + TO.hex()
    consent = Account.from_key(KEY).sign_authorization({"chainId": 1, "address": address, "nonce": 9})
    cases = {
        "Legacy": base(), "LegacyUnprotected": base(chainId=None), "LegacyData": base(data=b"\x00\x01" * 20, gas=100_000),
        "LegacyCreation": base(to=b"", data=b"\x60\x00", gas=60_000),
        "CreationExactGasBeforeShanghai": base(to=b"", data=b"\x60\x00" * 10, gas=53_000 + 20 * 10),
        "CreationExactGas": base(to=b"", data=b"\x60" * 33, gas=53_000 + 33 * 16 + 4),
        "InitCodeLimit": base(to=b"", data=b"\x00" * 49_152, gas=10_000_000),
        "InitCodeAboveLimit": base(to=b"", data=b"\x00" * 49_153, gas=10_000_000),
        "ExactGas": base(gas=21_000), "OneGasTooLittle": base(gas=20_999),
        "FloorGas": base(data=b"\x01" * 100, gas=21_000 + 4_000),
        "BelowFloorGas": base(data=b"\x01" * 100, gas=21_000 + 3_999),
        "HighestNonce": base(nonce=MASK - 1), "HighGasPrice": base(gasPrice=(1 << 240) - 1), "HighestValue": base(value=2**256 - 1),
        "AccessList": base(type=1, accessList=access), "AccessListEmpty": base(type=1, accessList=[]),
        "AccessListGas": base(type=1, accessList=access, gas=21_000 + 4_800 + 3_799),
        "Dynamic": dynamic(), "DynamicAccessList": dynamic(accessList=access), "DynamicCreation": dynamic(to=b"", gas=60_000),
        "DynamicTipEqualsCap": dynamic(maxPriorityFeePerGas=100),
        "Blob": dynamic(type=3, maxFeePerBlobGas=7, blobVersionedHashes=["0x01" + "22" * 31]),
        "SetCode": dynamic(type=4, authorizationList=[consent], gas=100_000),
        "SetCodeTooLittleGas": dynamic(type=4, authorizationList=[consent], gas=45_999),
    }
    out = {}
    for name, tx in cases.items():
        raw = bytes(signed(tx, KEY).raw_transaction)
        out[name] = judged(tx, raw, KEY)
    return out


def invalid_transactions() -> dict[str, dict[str, Any]]:
    """Transactions made wrong on the RLP items themselves; their signatures are of the right ones."""
    tx = base()
    items = rlp.decode(bytes(signed(tx, KEY).raw_transaction))
    typed = bytes(signed(dynamic(), KEY).raw_transaction)
    fields = rlp.decode(typed[1:])

    def legacy(changes: dict[int, Any], extra: list[bytes] | None = None) -> bytes:
        return rlp.encode([changes.get(i, item) for i, item in enumerate(items)] + (extra or []))

    def type2(changes: dict[int, Any], extra: list[Any] | None = None, prefix: int = 2) -> bytes:
        return bytes([prefix]) + rlp.encode([changes.get(i, item) for i, item in enumerate(fields)] + (extra or []))

    def word(value: int) -> bytes:
        return value.to_bytes((value.bit_length() + 7) // 8, "big")

    s = int.from_bytes(items[8], "big")
    key32 = b"\x11" * 32
    cases: dict[str, tuple[bytes, str]] = {
        "Empty": (b"", "RLP"), "NotAList": (rlp.encode(b"dog"), "RLP"), "Trailing": (legacy({}) + b"\x00", "RLP"),
        "Truncated": (legacy({})[:-1], "RLP"), "TooFewFields": (rlp.encode(items[:-1]), "RLP"),
        "TooManyFields": (legacy({}, [b""]), "RLP"), "NonceLeadingZero": (legacy({0: b"\x00\x03"}), "NONCE"),
        "NonceZeroByte": (legacy({0: b"\x00"}), "NONCE"), "NonceIsMax": (legacy({0: b"\xff" * 8}), "NONCE_TOO_BIG"),
        "Nonce2To64": (legacy({0: b"\x01" + b"\x00" * 8}), "NONCE_OVERFLOW"), "NonceIsList": (legacy({0: []}), "RLP"),
        "GasPriceOverflow": (legacy({1: b"\x01" * 33}), "GASPRICE"), "GasPriceLeadingZero": (legacy({1: b"\x00\x01"}), "GASPRICE"),
        "GasLimitOverflow": (legacy({2: b"\x01" + b"\x00" * 8}), "GASLIMIT"),
        "GasProductOverflow": (legacy({1: b"\xff" * 32}), "GASLIMIT_PRICE_PRODUCT_OVERFLOW"),
        "To19": (legacy({3: TO[1:]}), "ADDRESS_TOO_SHORT"), "To21": (legacy({3: TO + b"\x00"}), "ADDRESS_TOO_LONG"),
        "To1": (legacy({3: b"\x01"}), "ADDRESS_TOO_SHORT"), "ValueOverflow": (legacy({4: b"\x01" * 33}), "VALUE"),
        "ValueLeadingZero": (legacy({4: b"\x00\x0a"}), "VALUE"), "DataIsList": (legacy({5: [b""]}), "RLP"),
        "V0": (legacy({6: b""}), "V"), "V26": (legacy({6: b"\x1a"}), "V"), "V29": (legacy({6: b"\x1d"}), "V"),
        "V34": (legacy({6: b"\x22"}), "V"), "VChain2": (legacy({6: word(39)}), "CHAINID"), "VHuge": (legacy({6: b"\xff" * 32}), "V"),
        "VLeadingZero": (legacy({6: b"\x00\x25"}), "V"), "RZero": (legacy({7: b""}), "R"), "SZero": (legacy({8: b""}), "S"),
        "RIsN": (legacy({7: word(N)}), "R"), "SIsN": (legacy({8: word(N)}), "S"), "R33Bytes": (legacy({7: b"\x01" * 33}), "R"),
        "HighS": (legacy({6: b"\x26" if items[6] == b"\x25" else b"\x25", 8: word(N - s)}), "S"),
        "SLeadingZero": (legacy({8: b"\x00" + items[8]}), "S"),
        "TypeFive": (b"\x05" + typed[1:], "TYPE"), "TypeZero": (b"\x00" + legacy({}), "TYPE"), "Type7f": (b"\x7f" + typed[1:], "TYPE"),
        "TypeAlone": (b"\x02", "RLP"), "TypeFF": (b"\xff" + typed[1:], "TYPE"), "TypedTrailing": (typed + b"\x00", "RLP"),
        "ChainTwo": (type2({0: b"\x02"}), "CHAINID"), "ChainHuge": (type2({0: b"\x01" * 9}), "CHAINID"),
        "TipAboveCap": (type2({2: b"\x65", 3: b"\x64"}), "PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS"),
        "CapLeadingZero": (type2({3: b"\x00\x64"}), "RLP"), "CapOverflow": (type2({3: b"\x01" * 33}), "RLP"),
        "ParityTwo": (type2({9: b"\x02"}), "V"), "Parity27": (type2({9: b"\x1b"}), "V"), "ParityZeroByte": (type2({9: b"\x00"}), "V"),
        "AccessListIsBytes": (type2({8: b"\x01"}), "RLP"), "AccessListFlat": (type2({8: [TO]}), "RLP"),
        "AccessListAddress19": (type2({8: [[TO[1:], []]]}), "RLP"), "AccessListKey31": (type2({8: [[TO, [key32[1:]]]]}), "RLP"),
        "AccessListKey33": (type2({8: [[TO, [key32 + b"\x00"]]]}), "RLP"), "AccessListNoKeys": (type2({8: [[TO]]}), "RLP"),
        "AccessListExtra": (type2({8: [[TO, [], b""]]}), "RLP"), "TypedTooManyFields": (type2({}, [b""]), "RLP"),
    }
    consent = [b"\x01", TO, b"\x09", b"\x01", b"\x11" * 32, b"\x12" * 32]

    def type4(consents: Any, to: bytes = TO) -> bytes:
        return b"\x04" + rlp.encode(fields[:5] + [to] + fields[6:9] + [consents] + fields[9:])

    def type3(hashes: Any, to: bytes = TO) -> bytes:
        return b"\x03" + rlp.encode(fields[:5] + [to] + fields[6:9] + [b"\x07", hashes] + fields[9:])

    cases |= {
        "SetCodeEmptyList": (type4([]), "TYPE_4_EMPTY_AUTHORIZATION_LIST"), "SetCodeCreation": (type4([consent], b""), "TYPE_4"),
        "SetCodeFiveFields": (type4([consent[:5]]), "TYPE_4"), "SetCodeSevenFields": (type4([consent + [b""]]), "TYPE_4"),
        "SetCodeParity256": (type4([consent[:3] + [b"\x01\x00"] + consent[4:]]), "TYPE_4"),
        "SetCodeR33": (type4([consent[:4] + [b"\x01" * 33] + consent[5:]]), "TYPE_4"),
        "SetCodeNonce65": (type4([consent[:2] + [b"\x01" + b"\x00" * 8] + consent[3:]]), "TYPE_4"),
        "SetCodeAddress19": (type4([consent[:1] + [TO[1:]] + consent[2:]]), "TYPE_4"),
        "SetCodeChain33": (type4([[b"\x01" * 33] + consent[1:]]), "TYPE_4"), "SetCodeBytes": (type4([b"\x01"]), "TYPE_4"),
        "BlobNoHashes": (type3([]), "TYPE_3_TX_ZERO_BLOBS"), "BlobVersionTwo": (type3([b"\x02" + key32[1:]]), "TYPE_3"),
        "BlobHash31": (type3([b"\x01" * 31]), "TYPE_3"), "BlobCreation": (type3([b"\x01" * 32], b""), "TYPE_3_TX_CONTRACT_CREATION"),
    }
    return {name: judged(tx, raw, KEY, refused=why) for name, (raw, why) in cases.items()}


# --- BasicTests -----------------------------------------------------------------------------------------------------


def basic_tests() -> dict[str, Any]:
    key_tests, tx_tests = [], []
    for seed in ["cow", "horse", "keeper"]:
        secret = keccak(seed.encode())
        key = keys.PrivateKey(secret)
        signature = key.sign_msg_hash(keccak(b""))
        key_tests.append({
            "seed": seed, "key": secret.hex(), "addr": key.public_key.to_canonical_address().hex(),
            "sig_of_emptystring": {"v": str(27 + signature.v), "r": str(signature.r), "s": str(signature.s)}})
    for data, to, value in [(b"", TO, 10**16), (b"\x60\x00\x60\x00", b"", 0)]:
        tx = {"nonce": 1, "gasPrice": 10**12, "gas": 90_000, "to": to, "value": value, "data": data}
        unsigned = rlp.encode([rlp.sedes.big_endian_int.serialize(tx[k]) for k in ("nonce", "gasPrice", "gas")] + [
            to, rlp.sedes.big_endian_int.serialize(value), data, b"", b"", b""])
        tx_tests.append({
            "key": KEY.hex(), "nonce": 1, "gasprice": 10**12, "startgas": 90_000, "to": to.hex(), "value": value,
            "data": data.hex(), "unsigned": unsigned.hex(), "signed": bytes(signed(tx, KEY).raw_transaction).hex()})
    # The official case is AES-256 in counter mode from counter 0, without the counter in the cipher text.
    payload = bytes(range(37))
    cipher = AES.new(keccak(b"aes"), AES.MODE_CTR, counter=Counter.new(128, initial_value=0))
    crypto = {"aes1": {
        "decryption_type": "aes_ctr", "key": keccak(b"aes").hex(), "cipher": cipher.encrypt(payload).hex(),
        "payload": payload.hex()}}
    return {"keyaddrtest": key_tests, "txtest": tx_tests, "crypto": crypto}


# --- EIP-712 --------------------------------------------------------------------------------------------------------


def typed_value(rng: SplitMix64, kind: str, types: dict[str, Any]) -> Any:
    if kind.endswith("]"):
        element, size = kind[:-1].rsplit("[", 1)
        return [typed_value(rng, element, types) for _ in range(int(size) if size else rng.below(3))]
    if kind in types:
        return {field["name"]: typed_value(rng, field["type"], types) for field in types[kind]}
    value = abi_value(rng, kind)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 53:
        return str(value)
    return value


def typed_lines() -> list[str]:
    """One line a case: the types as compact JSON and eth-account's signing hash. The domain's values, then the message's, are
    drawn from SplitMix64(5000000 + case)."""
    atoms = ["uint256", "uint8", "int256", "int64", "address", "bool", "bytes32", "bytes4", "bytes", "string"]
    domain_fields = [("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"),
                     ("salt", "bytes32")]
    lines = []
    for case in range(1_000):
        rng = SplitMix64(4_000_000 + case)
        names = ["Main", "Beta", "Alpha", "A1"][: 1 + rng.below(4)]
        types: dict[str, Any] = {}
        for position, name in enumerate(names):
            fields = []
            for number in range(1 + rng.below(3)):
                choice = rng.below(4)
                inner = names[position + 1:]
                kind = inner[rng.below(len(inner))] if choice == 0 and inner else atoms[rng.below(len(atoms))]
                if rng.below(5) == 0:
                    kind += "[]" if rng.below(2) else f"[{1 + rng.below(2)}]"
                fields.append({"name": f"f{number}", "type": kind})
            # Every type is referred to, as eth-account finds the primary type by looking for the one that is not.
            if position + 1 < len(names):
                fields.append({"name": "next", "type": names[position + 1]})
            types[name] = fields
        chosen = [field for field in domain_fields if rng.below(3)] or domain_fields[:1]
        types["EIP712Domain"] = [{"name": name, "type": kind} for name, kind in chosen]
        rng = SplitMix64(5_000_000 + case)
        domain = {name: typed_value(rng, kind, types) for name, kind in chosen}
        message = typed_value(rng, "Main", types)
        data = {"types": types, "primaryType": "Main", "domain": domain, "message": message}
        signable = encode_typed_data(full_message=data)
        digest = keccak(b"\x19" + signable.version + signable.header + signable.body).hex()
        lines.append(json.dumps({"types": types, "hash": digest}, separators=(",", ":")))
    return lines


# --- Writing --------------------------------------------------------------------------------------------------------


def write(path: str, content: Any) -> None:
    target = OUT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(content) if isinstance(content, list) and content and isinstance(content[0], str) else json.dumps(
        content, indent=1, ensure_ascii=False)
    target.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    good, bad = rlp_tests()
    write("RLPTests/rlptest.json", good)
    write("RLPTests/invalidRLPTest.json", bad)
    write("ABITests/basic_abi_tests.json", abi_tests())
    for name, content in basic_tests().items():
        write(f"BasicTests/{name}.json", content)
    write("TransactionTests/ttValid/valid.json", valid_transactions())
    write("TransactionTests/ttInvalid/invalid.json", invalid_transactions())
    write("keccak.json", keccak_fixture())
    write("abi.txt", abi_lines())
    write("transactions.txt", transaction_lines())
    write("typed-data.jsonl", typed_lines())


if __name__ == "__main__":
    main()

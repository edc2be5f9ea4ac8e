#!/usr/bin/env python3
"""Writes Tests/Fixtures/Wallet/*.json with independent tools: eth-account, eth-keys, eth-keyfile, eth-abi,
coincurve, pycryptodome and the standard library's scrypt (OpenSSL). Run it with the Python of devchain/.venv; the output is the
same each time. `--example` also writes keys.example/ again.
"""
from __future__ import annotations

import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

import coincurve
import eth_abi
import eth_keyfile.keyfile as keyfile
from Crypto.Cipher import AES
from Crypto.Protocol.KDF import scrypt as pycryptodome_scrypt
from Crypto.Util import Counter
from eth_account import Account
from eth_keys import KeyAPI
from eth_keys.backends import NativeECCBackend
from eth_utils import keccak, to_checksum_address

HERE = Path(__file__).resolve().parent
OUT = HERE / "Wallet"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SEED = 20250702


class Deterministic:
    """Stands in for the random sources of eth-keyfile, so that the files come out the same each time."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def get_random_bytes(self, count: int) -> bytes:
        return self.random.randbytes(count)

    def uuid4(self) -> str:
        text = self.random.randbytes(16).hex()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def scalar(source: random.Random) -> bytes:
    edge = source.random()
    if edge < 0.01:
        return (1).to_bytes(32, "big")
    if edge < 0.02:
        return (ORDER - 1).to_bytes(32, "big")
    return source.randrange(1, ORDER).to_bytes(32, "big")


def quantity(source: random.Random, bits: int) -> int:
    return source.getrandbits(source.randrange(0, bits + 1)) if bits else 0


def access_list(source: random.Random) -> list[dict[str, Any]]:
    return [
        {
            "address": to_checksum_address(source.randbytes(20)),
            "storageKeys": ["0x" + source.randbytes(32).hex() for _ in range(source.randrange(0, 3))],
        }
        for _ in range(source.randrange(0, 3))
    ]


def signing_cases(count: int) -> list[dict[str, Any]]:
    source = random.Random(SEED)
    cases = []
    for index in range(count):
        kind = ["legacy", "protected", "accessList", "dynamicFee"][index % 4]
        chain = source.choice([1, 10, 42161, 2**31 - 1, 2**32 + 1, 9_100_000_000_001, 2**63, 2**64 - 1])
        transaction: dict[str, Any] = {
            "nonce": quantity(source, 63),
            "gas": quantity(source, 40),
            "value": quantity(source, 256),
            "data": "0x" + source.randbytes(source.choice([0, 0, 0, 1, 4, 32, 55, 56, 100])).hex(),
        }
        if source.random() > 0.1:
            # eth-account refuses an address that is not checksummed.
            transaction["to"] = to_checksum_address(source.randbytes(20))
        if kind == "dynamicFee":
            cap = quantity(source, 96)
            transaction |= {"maxFeePerGas": cap, "maxPriorityFeePerGas": source.randrange(0, cap + 1), "type": 2}
        else:
            transaction["gasPrice"] = quantity(source, 96)
        if kind == "accessList":
            transaction["type"] = 1
        if kind in ("accessList", "dynamicFee"):
            transaction["accessList"] = access_list(source)
        if kind != "legacy":
            transaction["chainId"] = chain
        key = scalar(source)
        account = Account.from_key(key)
        signed = account.sign_transaction(transaction)
        cases.append(
            {
                "key": key.hex(),
                "kind": kind,
                "chain": str(chain),
                "nonce": str(transaction["nonce"]),
                "gas": str(transaction["gas"]),
                "price": str(transaction.get("gasPrice", transaction.get("maxFeePerGas"))),
                "tip": str(transaction.get("maxPriorityFeePerGas", 0)),
                "to": transaction.get("to", ""),
                "value": str(transaction["value"]),
                "data": transaction["data"],
                "access": [[entry["address"], *entry["storageKeys"]] for entry in transaction.get("accessList", [])],
                "hash": "0x" + bytes(signed.hash).hex(),
                "raw": "0x" + bytes(signed.raw_transaction).hex(),
                "sender": account.address,
            }
        )
    return cases


def recovery_cases() -> dict[str, Any]:
    """Signatures of random hashes by coincurve, each checked with the pure Python backend of eth-keys."""
    source = random.Random(SEED + 1)
    native = KeyAPI(NativeECCBackend())
    valid = []
    for index in range(200):
        key, digest = scalar(source), source.randbytes(32)
        compact = coincurve.PrivateKey(key).sign_recoverable(digest, hasher=None)
        r, s, parity = int.from_bytes(compact[:32], "big"), int.from_bytes(compact[32:64], "big"), compact[64]
        address = native.PrivateKey(key).public_key.to_checksum_address()
        if index < 20:
            again = native.ecdsa_sign(digest, native.PrivateKey(key))
            assert (again.r, again.s, again.v) == (r, s, parity)
            assert native.ecdsa_recover(digest, again).to_checksum_address() == address
        case = {"key": key.hex(), "hash": digest.hex(), "r": str(r), "s": str(s), "parity": parity, "address": address}
        valid.append(case)
    base = valid[0]
    no_point = []
    while len(no_point) < 10:
        # Half of all x have no point on the curve.
        x = source.randrange(1, ORDER)
        if pow(x**3 + 7, (2**256 - 2**32 - 977 - 1) // 2, 2**256 - 2**32 - 977) != 1:
            no_point.append({"hash": base["hash"], "r": str(x), "s": base["s"], "parity": source.randrange(2)})
    refused = [
        {"hash": base["hash"], "r": "0", "s": base["s"], "parity": 0},
        {"hash": base["hash"], "r": base["r"], "s": "0", "parity": 0},
        {"hash": base["hash"], "r": str(ORDER), "s": base["s"], "parity": 0},
        {"hash": base["hash"], "r": str(2**256 - 1), "s": base["s"], "parity": 1},
        {"hash": base["hash"], "r": base["r"], "s": str(ORDER - int(base["s"])), "parity": 1 - base["parity"]},
        {"hash": base["hash"], "r": base["r"], "s": str(ORDER), "parity": 0},
    ]
    return {"valid": valid, "refused": refused + no_point}


def foreign_cases() -> list[dict[str, Any]]:
    """Types 3 and 4, which the keeper only reads."""
    source = random.Random(SEED + 3)
    cases = []
    for index in range(20):
        key = scalar(source)
        account = Account.from_key(key)
        cap = quantity(source, 96)
        transaction: dict[str, Any] = {
            "chainId": 1,
            "nonce": quantity(source, 63),
            "gas": quantity(source, 40),
            "value": quantity(source, 256),
            "data": "0x" + source.randbytes(source.choice([0, 4, 40])).hex(),
            "to": to_checksum_address(source.randbytes(20)),
            "maxFeePerGas": cap,
            "maxPriorityFeePerGas": source.randrange(0, cap + 1),
            "accessList": access_list(source),
        }
        if index % 2:
            hashes = ["0x01" + source.randbytes(31).hex() for _ in range(source.randrange(1, 4))]
            transaction |= {"type": 3, "maxFeePerBlobGas": quantity(source, 64), "blobVersionedHashes": hashes}
        else:
            consent = {"chainId": 1, "address": source.randbytes(20), "nonce": quantity(source, 63)}
            transaction |= {"type": 4, "authorizationList": [account.sign_authorization(consent)]}
        signed = account.sign_transaction(transaction)
        cases.append(
            {
                "type": transaction["type"],
                "raw": "0x" + bytes(signed.raw_transaction).hex(),
                "hash": "0x" + bytes(signed.hash).hex(),
                "sender": account.address,
            }
        )
    return cases


def scrypt_cases() -> list[dict[str, Any]]:
    """RFC 7914's own inputs and odd sizes, by OpenSSL; what OpenSSL refuses (n ≥ 2^(16r)) by pycryptodome."""
    rows: list[tuple[bytes, bytes, int, int, int, int]] = [
        (b"", b"", 16, 1, 1, 64),
        (b"password", b"NaCl", 1024, 8, 16, 64),
        (b"pleaseletmein", b"SodiumChloride", 16384, 8, 1, 64),
        (b"p", b"s", 2, 1, 1, 32),
        (b"p", b"s", 2, 8, 1, 32),
        (b"odd block", b"salt" * 20, 64, 3, 5, 33),
        (b"wide block", b"salt", 32, 17, 1, 32),
        (b"wider block", b"salt", 16, 40, 2, 32),
        (b"many lanes", b"", 8, 1, 100, 32),
    ]
    cases = []
    for password, salt, n, r, p, length in rows:
        derived = hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, dklen=length, maxmem=1 << 28)
        cases.append((password, salt, n, r, p, derived))
    derived = bytes(pycryptodome_scrypt(b"long and thin", b"salt", 32, 65536 * 2, 1, 1))
    cases.append((b"long and thin", b"salt", 65536 * 2, 1, 1, derived))
    return [
        {"password": a.hex(), "salt": b.hex(), "n": n, "r": r, "p": p, "derived": d.hex()} for a, b, n, r, p, d in cases
    ]


def sealed(
    key: bytes, password: bytes, n: int, r: int, p: int, source: random.Random, address: str | None
) -> dict[str, Any]:
    """A keystore with parameters that eth-account does not write."""
    salt, counter = source.randbytes(32), source.randbytes(16)
    derived = bytes(pycryptodome_scrypt(password, salt, 32, n, r, p))
    cipher = AES.new(derived[:16], AES.MODE_CTR, counter=Counter.new(128, initial_value=int.from_bytes(counter, "big")))
    text = cipher.encrypt(key)
    store: dict[str, Any] = {
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": {"iv": counter.hex()},
            "ciphertext": text.hex(),
            "kdf": "scrypt",
            "kdfparams": {"dklen": 32, "n": n, "r": r, "p": p, "salt": salt.hex()},
            "mac": keccak(derived[16:] + text).hex(),
        },
        "version": 3,
    }
    if address:
        store["address"] = address
    return store


def keystore_cases() -> list[dict[str, Any]]:
    source = random.Random(SEED + 2)
    cases: list[dict[str, Any]] = []

    def add(name: str, store: dict[str, Any], password: bytes, key: bytes, opens: str = "opens") -> None:
        if opens == "opens":
            assert int.from_bytes(keyfile.decode_keyfile_json(store, password), "big") == int.from_bytes(key, "big")
        address = Account.from_key(key.rjust(32, b"\0")).address
        cases.append(
            {"name": name, "file": json.dumps(store), "password": password.hex(), "key": key.rjust(32, b"\0").hex(),
             "address": address, "outcome": opens}
        )

    def by_eth_account(key: bytes, password: bytes, kdf: str, work: int) -> dict[str, Any]:
        return Account.encrypt(key, password, kdf=kdf, iterations=work)

    for index in range(12):
        key, password = scalar(source), source.randbytes(source.randrange(1, 40)).hex().encode()
        kdf, work = [("scrypt", 2 ** source.randrange(1, 9)), ("pbkdf2", source.randrange(1, 2000))][index % 2]
        add(f"eth-account {kdf} {work} #{index}", by_eth_account(key, password, kdf, work), password, key)
    key = scalar(source)
    address = Account.from_key(key).address
    plain = by_eth_account(key, b"pass", "scrypt", 4)
    utf8 = "pässwörd 密码 \u00a0".encode()
    add("passphrase beyond ASCII", by_eth_account(key, utf8, "pbkdf2", 10), utf8, key)
    add("Crypto with a capital", {("Crypto" if k == "crypto" else k): v for k, v in plain.items()}, b"pass", key)
    add("address with 0x", plain | {"address": address}, b"pass", key)
    add("address in lower case", plain | {"address": address[2:].lower()}, b"pass", key)
    add("address in upper case", plain | {"address": address[2:].upper()}, b"pass", key)
    add("no address", {k: v for k, v in plain.items() if k != "address"}, b"pass", key)
    add("empty address", plain | {"address": ""}, b"pass", key)
    add("no id", {k: v for k, v in plain.items() if k != "id"}, b"pass", key)
    extra = {"x-ethers": {"client": "ethers.js", "mnemonicCounter": "00"}, "name": ""}
    add("extra fields", plain | extra, b"pass", key)
    add("block size 17", sealed(key, b"pass", 16, 17, 1, source, None), b"pass", key)
    add("n above 2^(16r)", sealed(key, b"pass", 65536, 1, 1, source, address), b"pass", key)
    add("31-byte key", sealed(key[1:], b"pass", 2, 8, 1, source, None), b"pass", key[1:])
    other = Account.from_key(scalar(source)).address
    add("another's address", plain | {"address": other}, b"pass", key, "addressMismatch")
    add("wrong passphrase", plain, b"pasS", key, "wrongPassphrase")
    damaged = json.loads(json.dumps(plain))
    damaged["crypto"]["ciphertext"] = "00" + damaged["crypto"]["ciphertext"][2:]
    add("damaged ciphertext", damaged, b"pass", key, "wrongPassphrase")
    zero = sealed(bytes(32), b"pass", 2, 8, 1, source, None)
    add("key of zero", zero, b"pass", (1).to_bytes(32, "big"), "invalidScalar")
    return cases


# --- signing policy -------------------------------------------------------------------------------------------------
# A second reading of the policy, with eth-abi and plain Python: which transactions does it allow, down to the innermost
# call? Written from the rules' text in docs/signer.md, not from the Swift sources.

ROLE_CALL = "execTransactionWithRole(address,uint256,bytes,uint8,bytes32,bool)"
MULTI_SEND = "multiSend(bytes)"
BATCH = "multicall(bytes[])"
CREATE_ORDER = (
    "createOrder(((address,address,address,address,address,address,address[]),"
    "(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256),uint8,uint8,bool,bool,bool,bytes32,bytes32[]))"
)
UPDATE_ORDER = "updateOrder(bytes32,uint256,uint256,uint256,uint256,uint256,bool)"


def selector(signature: str) -> bytes:
    return keccak(text=signature)[:4]


def argument_types(signature: str) -> list[str]:
    """The types between the outermost parentheses, split where no parenthesis is open."""
    inside = signature[signature.index("(") + 1 : -1]
    types, depth, start = [], 0, 0
    for index, character in enumerate(inside):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            types.append(inside[start:index])
            start = index + 1
    return types + [inside[start:]] if inside else []


def call_data(signature: str, *values: Any) -> bytes:
    return selector(signature) + eth_abi.encode(argument_types(signature), values)


def exact(signature: str, data: bytes) -> tuple[Any, ...] | None:
    """The arguments, if `data` is the one encoding of them."""
    if data[:4] != selector(signature):
        return None
    types = argument_types(signature)
    try:
        values = eth_abi.decode(types, data[4:])
        return values if eth_abi.encode(types, values) == data[4:] else None
    except Exception:  # whatever eth-abi says: it is no such call
        return None


def name(value: Any) -> str:
    """A value as the policy file writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "0x" + value.hex() if isinstance(value, bytes) else str(value).lower()


def satisfies(rule: dict[str, Any], values: tuple[Any, ...]) -> bool:
    value: Any = values
    for index in rule["at"]:
        value = value[index]
    if "oneOf" in rule:
        return name(value) in [text.lower() for text in rule["oneOf"]]
    if "range" in rule:
        return int(rule["range"][0]) <= value <= int(rule["range"][1])
    return len(value) == 0


class Judge:
    def __init__(self, account: dict[str, Any]) -> None:
        self.account = account
        self.calls = 0
        self.value = 0

    def call(self, to: bytes, value: int, data: bytes, depth: int) -> bool:
        self.calls += 1
        self.value += value
        targets = [t for t in self.account["targets"] if bytes.fromhex(t["address"][2:]) == to]
        if depth > 4 or self.calls > 64 or self.value > int(self.account["value"]) or not targets:
            return False
        for function in targets[0]["functions"]:
            values = exact(function["signature"], data)
            if values is None or value > int(function["value"]):
                continue
            if function["signature"] == BATCH:
                return bool(values[0]) and all(self.call(to, 0, inner, depth + 1) for inner in values[0])
            if all(satisfies(rule, values) for rule in function["rules"]):
                return True
        return False

    def multi_send(self, data: bytes, depth: int) -> bool:
        self.calls += 1
        values = exact(MULTI_SEND, data)
        rest = values[0] if values else b""
        if not rest:
            return False
        while rest:
            length = int.from_bytes(rest[53:85], "big")
            if len(rest) < 85 or rest[0] != 0 or len(rest) < 85 + length:
                return False
            if not self.call(rest[1:21], int.from_bytes(rest[21:53], "big"), rest[85 : 85 + length], depth + 1):
                return False
            rest = rest[85 + length :]
        return True


def judged(policy: dict[str, Any], sender: str, transaction: dict[str, Any], data: bytes) -> bool:
    """Whether the policy allows the transaction with `data` in place of its own. Fees are within the ceilings."""
    chains = [c for c in policy["chains"] if c["chainID"] == transaction["chain"]]
    if not chains:
        return False
    to, value = bytes.fromhex(transaction["to"][2:]), int(transaction["value"])
    if to == bytes.fromhex(sender[2:]):
        return value == 0 and data == b""
    through = [a for a in chains[0]["accounts"] if a["executor"] != "key"]
    modified = [a for a in through if bytes.fromhex(a["executor"]["modifier"][2:]) == to]
    if not modified:
        own = [a for a in chains[0]["accounts"] if a["executor"] == "key"]
        return bool(own) and Judge(own[0]).call(to, value, data, 0)
    values = exact(ROLE_CALL, data)
    if values is None or value != 0:
        return False
    target, inner_value, inner, operation, role, reverts = values
    accounts = [a for a in modified if bytes.fromhex(a["executor"]["roleKey"][2:]) == role]
    if not accounts or not reverts:
        return False
    judge, multi_send = Judge(accounts[0]), bytes.fromhex(accounts[0]["executor"]["multiSend"][2:])
    target = bytes.fromhex(target[2:])
    if operation == 0:
        return target != multi_send and judge.call(target, inner_value, inner, 1)
    return operation == 1 and target == multi_send and inner_value == 0 and judge.multi_send(inner, 1)


def policy_cases() -> dict[str, Any]:
    source = random.Random(SEED + 4)

    def address() -> str:
        return to_checksum_address(source.randbytes(20))

    sender, roles, safe, multi_send = (address() for _ in range(4))
    router, order_vault, market, usdc, weth, stranger = (address() for _ in range(6))
    role_key, order_key = source.randbytes(32), source.randbytes(32)
    ceiling, zero, huge = 10**17, "0x" + "00" * 20, 2**256 - 1

    def rule(at: str, **test: Any) -> dict[str, Any]:
        return {"at": [int(part) for part in at.split(".")], **test}

    def functions(holder: str) -> list[dict[str, Any]]:
        bound = {"range": ["1", str(huge - 1)]}
        order = [
            rule("0.0.0", oneOf=[holder]), rule("0.0.1", oneOf=[holder]), rule("0.0.2", oneOf=[zero]),
            rule("0.0.4", oneOf=[market]), rule("0.0.5", oneOf=[usdc, weth]), rule("0.0.6", empty=True),
            rule("0.1.3", **bound), rule("0.1.4", range=["0", str(ceiling)]), rule("0.2", range=["2", "5"]),
            rule("0.3", range=["0", "0"]), rule("0.5", oneOf=["false"]), rule("0.7", oneOf=["0x" + "00" * 32]),
            rule("0.8", empty=True),
        ]
        return [
            {"signature": BATCH, "value": str(ceiling), "rules": []},
            {"signature": "sendWnt(address,uint256)", "value": str(ceiling),
             "rules": [rule("0", oneOf=[order_vault]), rule("1", range=["0", str(ceiling)])]},
            {"signature": "sendTokens(address,address,uint256)", "value": "0",
             "rules": [rule("0", oneOf=[usdc]), rule("1", oneOf=[order_vault])]},
            {"signature": CREATE_ORDER, "value": "0", "rules": order},
            {"signature": UPDATE_ORDER, "value": "0", "rules": [rule("2", **bound), rule("6", oneOf=["false"])]},
            {"signature": "cancelOrder(bytes32)", "value": "0", "rules": []},
        ]

    def account(executor: Any, holder: str) -> dict[str, Any]:
        token = [{"signature": "approve(address,uint256)", "value": "0", "rules": [rule("0", oneOf=[router])]}]
        targets = [{"name": "ExchangeRouter", "address": router, "functions": functions(holder)},
                   {"name": "USDC", "address": usdc, "functions": token}]
        return {"executor": executor, "value": str(2 * ceiling), "targets": targets}

    path = {"modifier": roles, "roleKey": "0x" + role_key.hex(), "safe": safe, "multiSend": multi_send}
    fees = {"cap": str(10**11), "transaction": str(10**11 * 3_000_000)}
    policy = {"chains": [{"chainID": 42161, "fees": fees, "noOp": fees,
                          "accounts": [account(path, safe), account("key", sender)]}]}

    def order(holder: str, **changed: Any) -> bytes:
        fields = {"receiver": holder, "refund": holder, "callback": zero, "ui": zero, "market": market,
                  "collateral": usdc, "path": [], "bound": 10**16, "fee": 10**15, "type": 2, "swap": 0,
                  "unwrap": False, "referral": bytes(32), "list": []} | changed
        addresses = tuple(fields[k] for k in ["receiver", "refund", "callback", "ui", "market", "collateral", "path"])
        numbers = (source.getrandbits(100), source.getrandbits(40), 0, fields["bound"], fields["fee"], 0, 0, 0)
        params = (addresses, numbers, fields["type"], fields["swap"], True, fields["unwrap"], False,
                  fields["referral"], fields["list"])
        return call_data(CREATE_ORDER, params)

    def wnt(amount: int = 10**15, to: str = order_vault) -> bytes:
        return call_data("sendWnt(address,uint256)", to, amount)

    def tokens(to: str = order_vault) -> bytes:
        return call_data("sendTokens(address,address,uint256)", usdc, to, 10**9)

    def cancel() -> bytes:
        return call_data("cancelOrder(bytes32)", order_key)

    def update(bound: int = 10**15, auto: bool = False) -> bytes:
        return call_data(UPDATE_ORDER, order_key, 10**30, bound, 10**15, 0, 0, auto)

    def approve(spender: str = router) -> bytes:
        return call_data("approve(address,uint256)", spender, 10**9)

    def batch(*calls: bytes) -> bytes:
        return call_data(BATCH, list(calls))

    def packed(*calls: tuple[str, int, bytes], operation: int = 0) -> bytes:
        return b"".join(
            bytes([operation]) + bytes.fromhex(to[2:]) + value.to_bytes(32, "big") + len(data).to_bytes(32, "big") + data
            for to, value, data in calls)

    def many(*calls: tuple[str, int, bytes], operation: int = 0) -> bytes:
        return call_data(MULTI_SEND, packed(*calls, operation=operation))

    def role(to: str, data: bytes, value: int = 0, operation: int = 0, key: bytes = role_key, reverts: bool = True
             ) -> bytes:
        return call_data(ROLE_CALL, to, value, data, operation, key, reverts)

    def case(name: str, to: str, data: bytes, rule: str = "", value: int = 0, chain: int = 42161) -> dict[str, Any]:
        transaction = {"chain": chain, "to": to, "value": str(value), "data": "0x" + data.hex()}
        assert judged(policy, sender, transaction, data) == (rule == ""), name
        return {"name": name, "transaction": transaction, "rule": rule}

    hedge = [(router, 10**15, wnt()), (router, 0, tokens()), (router, 0, order(safe))]
    legal = [
        case("cancel through the role", roles, role(router, cancel())),
        case("update with a fee", roles, role(multi_send, many((router, 10**14, wnt(10**14)), (router, 0, update())),
                                              operation=1)),
        case("hedge through the role", roles, role(multi_send, many(*hedge), operation=1)),
        case("batch inside of the role", roles, role(router, batch(wnt(), order(safe)), 10**15)),
        case("batch inside of MultiSend", roles, role(multi_send, many((router, 10**15, batch(wnt(), cancel())),
                                                                     (usdc, 0, approve())), operation=1)),
        case("approve", roles, role(usdc, approve())),
        case("cancel by the key", router, cancel()),
        case("hedge by the key", router, batch(wnt(), tokens(), order(sender)), value=10**15),
        case("batch in a batch", router, batch(batch(wnt(), cancel()), update()), value=10**15),
        case("nothing to ourselves", sender, b""),
    ]
    deep = cancel()
    for _ in range(5):
        deep = batch(deep)
    aggregate = "aggregate3((address,bool,bytes)[])"
    refused = [
        case("another chain", router, cancel(), "chain", chain=1),
        case("value to ourselves", sender, b"", "selfCall", value=1),
        case("data to ourselves", sender, b"\0", "selfCall"),
        case("a stranger", stranger, cancel(), "target"),
        case("a stranger through the role", roles, role(stranger, cancel()), "target"),
        case("the Safe itself", roles, role(safe, call_data("enableModule(address)", stranger)), "target"),
        case("the modifier itself", roles, role(roles, call_data("enableModule(address)", stranger)), "target"),
        case("a stranger inside of MultiSend", roles,
             role(multi_send, many((router, 0, cancel()), (stranger, 0, cancel())), operation=1), "target"),
        case("coins to the modifier", roles, role(router, cancel()), "role", value=1),
        case("another role", roles, role(router, cancel(), key=bytes(32)), "role"),
        case("a hidden failure", roles, role(router, cancel(), reverts=False), "hiddenFailure"),
        case("a delegatecall of the router", roles, role(router, cancel(), operation=1), "delegatecall"),
        case("a call of MultiSend", roles, role(multi_send, many((router, 0, cancel()))), "delegatecall"),
        case("coins with the delegatecall", roles, role(multi_send, many((router, 0, cancel())), 1, 1), "delegatecall"),
        case("operation 2", roles, role(multi_send, many((router, 0, cancel())), 0, 2), "delegatecall"),
        case("a delegatecall inside of MultiSend", roles,
             role(multi_send, many((router, 0, cancel()), operation=1), operation=1), "delegatecall"),
        case("MultiSend inside of MultiSend", roles,
             role(multi_send, many((multi_send, 0, many((router, 0, cancel())))), operation=1), "target"),
        case("nothing inside of MultiSend", roles, role(multi_send, many(), operation=1), "emptyBatch"),
        case("a call cut short", roles,
             role(multi_send, call_data(MULTI_SEND, packed((router, 0, cancel()))[:-1]), operation=1), "encoding"),
        case("bytes behind MultiSend", roles, role(multi_send, many((router, 0, cancel())) + bytes(32), operation=1),
             "encoding"),
        case("something else delegatecalled", roles, role(multi_send, cancel(), operation=1), "encoding"),
        case("bytes behind the role call", roles, role(router, cancel()) + b"\0", "encoding"),
        case("bytes behind the inner call", roles, role(router, cancel() + b"\0"), "encoding"),
        case("the modifier's other function", roles,
             call_data(ROLE_CALL.replace("Role(", "RoleReturnData("), router, 0, cancel(), 0, role_key, True),
             "wrapper"),
        case("from the module", roles, call_data("execTransactionFromModule(address,uint256,bytes,uint8)", router, 0,
                                                 cancel(), 0), "wrapper"),
        case("an unknown function of the modifier", roles, call_data("setTarget(address)", stranger), "selector"),
        case("an unknown wrapper", router, call_data(aggregate, [(router, False, cancel())]), "wrapper"),
        case("an unknown function", router, call_data("transfer(address,uint256)", stranger, 1), "selector"),
        case("no function at all", router, b"", "selector", value=1),
        case("half a selector", router, cancel()[:3], "selector"),
        case("an unknown function in a batch", router, batch(cancel(), call_data("createDeposit()")), "selector"),
        case("nothing in a batch", router, batch(), "emptyBatch"),
        case("too deep", router, deep, "depth"),
        case("too many", router, batch(*[cancel()] * 64), "calls"),
        case("coins with a cancel", router, cancel(), "callValue", value=1),
        case("too many coins", router, batch(wnt()), "callValue", value=ceiling + 1),
        case("too many coins inside", roles, role(router, wnt(), ceiling + 1), "callValue"),
        case("too many coins in all", roles, role(multi_send, many(*[(router, ceiling, wnt())] * 3), operation=1),
             "transactionValue"),
        case("more than there is", roles, role(multi_send, many((router, 1, wnt()), (router, huge, wnt())),
                                             operation=1), "transactionValue"),
        case("another receiver of the fee", router, batch(wnt(to=stranger)), "argument"),
        case("too large a fee", router, wnt(ceiling + 1), "argument"),
        case("tokens to a stranger", router, tokens(to=stranger), "argument"),
        case("another spender", roles, role(usdc, approve(stranger)), "argument"),
        case("an order for a stranger", router, order(stranger), "argument"),
        case("a refund to a stranger", router, order(sender, refund=stranger), "argument"),
        case("a callback", router, order(sender, callback=stranger), "argument"),
        case("another market", router, order(sender, market=stranger), "argument"),
        case("a swap on the way", router, order(sender, path=[market]), "argument"),
        case("no bound", router, order(sender, bound=0), "argument"),
        case("a bound that is none", router, order(sender, bound=huge), "argument"),
        case("a stop order", router, order(sender, type=6), "argument"),
        case("unwrapped coins", router, order(sender, unwrap=True), "argument"),
        case("another's referral", router, order(sender, referral=bytes([1] * 32)), "argument"),
        case("data for strangers", router, order(sender, list=[bytes(32)]), "argument"),
        case("an update without a bound", router, update(bound=0), "argument"),
        case("an order that cancels itself", router, update(auto=True), "argument"),
    ]
    for entry in legal:
        data = bytes.fromhex(entry["transaction"]["data"][2:])
        entry["mutants"] = []
        for shift in range(3):
            # All bits of each byte, then two single ones that move along.
            bits = 0
            for index in range(len(data)):
                mask = 0xFF if shift == 0 else 1 << ((index + 3 * shift) % 8)
                mutant = data[:index] + bytes([data[index] ^ mask]) + data[index + 1 :]
                bits |= judged(policy, sender, entry["transaction"], mutant) << index
            entry["mutants"].append(hex(bits))
    return {"sender": sender, "policy": policy, "legal": legal, "refused": refused}


def write(name: str, value: Any) -> None:
    """One row of a list to a line, so that a difference shows where it is."""
    if isinstance(value, list):
        text = "[\n" + ",\n".join(json.dumps(row) for row in value) + "\n]\n"
    else:
        text = json.dumps(value, indent=1) + "\n"
    (OUT / name).write_text(text)


def write_in_official_layout(cases: list[dict[str, Any]]) -> None:
    """What eth-account wrote, in the layout of ethereum/tests, beside the other fixtures of that layout."""
    folder = HERE / "Ethereum" / "KeyStoreTests"
    folder.mkdir(exist_ok=True)
    tests = {
        case["name"]: {
            "json": json.loads(case["file"]),
            "password": bytes.fromhex(case["password"]).decode(),
            "priv": case["key"],
        }
        for case in cases
        if case["name"].startswith("eth-account ") and case["outcome"] == "opens"
    }
    (folder / "keystores.json").write_text(json.dumps(tests, indent=1) + "\n")


def example_keys() -> None:
    """keys.example/: the throw-away key of the dev chain's keeper, under a published passphrase."""
    folder = HERE.parent.parent / "keys.example"
    key = keccak(text="vaultkeeper throw-away dev chain key")
    passphrase = "vaultkeeper-devchain"
    store = Account.encrypt(key, passphrase, kdf="scrypt", iterations=4096)
    (folder / "devchain-keeper.json").write_text(json.dumps(store, indent=2) + "\n")
    (folder / "devchain-keeper.passphrase").write_text(passphrase + "\n")


def main() -> None:
    deterministic = Deterministic(SEED)
    keyfile.Random = deterministic  # type: ignore[assignment]
    keyfile.uuid4 = deterministic.uuid4  # type: ignore[assignment]
    if "--example" in sys.argv[1:]:
        example_keys()
    OUT.mkdir(exist_ok=True)
    write("signing.json", signing_cases(1000))
    write("foreign.json", foreign_cases())
    write("recovery.json", recovery_cases())
    write("scrypt.json", scrypt_cases())
    write("policy.json", policy_cases())
    keystores = keystore_cases()
    write("keystores.json", keystores)
    write_in_official_layout(keystores)


if __name__ == "__main__":
    main()

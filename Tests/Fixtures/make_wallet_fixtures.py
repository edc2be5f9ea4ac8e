#!/usr/bin/env python3
"""Writes Tests/Fixtures/Wallet/*.json with independent tools: eth-account, eth-keys, eth-keyfile, coincurve,
pycryptodome and the standard library's scrypt (OpenSSL). Run it with the Python of devchain/.venv; the output is the
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
    keystores = keystore_cases()
    write("keystores.json", keystores)
    write_in_official_layout(keystores)


if __name__ == "__main__":
    main()

"""What the scenario deploys: this project's build output, and bytecode taken out of PyPI wheels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eth_abi import decode, encode
from eth_hash.auto import keccak

HOME = Path(__file__).resolve().parents[2]
BUILD = HOME / "contracts" / "build"
FIXTURES = HOME / ".fixtures"


class MissingFixture(Exception):
    """A file that setup.sh fetches is not there."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is missing: run devchain/setup.sh")


def built(name: str) -> bytes:
    """Creation code of one of our own contracts."""
    return bytes.fromhex(json.loads((BUILD / f"{name}.json").read_text())["bytecode"][2:])


def fetched(path: str) -> bytes:
    """Creation code of a third party's contract."""
    return bytes.fromhex(json.loads(fixture(path))["bytecode"].removeprefix("0x"))


def linked(path: str, libraries: Mapping[str, bytes]) -> bytes:
    """Creation code of a third party's contract, with the libraries it names put in their places."""
    artifact = json.loads(fixture(path))
    code = artifact["bytecode"].removeprefix("0x")
    for named in artifact["linkReferences"].values():
        for name, places in named.items():
            for place in places:
                start, end = 2 * place["start"], 2 * (place["start"] + place["length"])
                code = code[:start] + libraries[name].hex() + code[end:]
    return bytes.fromhex(code)


def fixture(path: str) -> str:
    full = FIXTURES / path
    if not full.exists():
        raise MissingFixture(full)
    return full.read_text()


def selector(signature: str) -> bytes:
    return keccak(signature.encode())[:4]


def argument_types(signature: str) -> list[str]:
    """The types between a signature's outer parentheses, tuples left whole."""
    types, depth, current = [], 0, ""
    for character in signature[signature.index("(") + 1 : signature.rindex(")")]:
        if character == "," and depth == 0:
            types.append(current)
            current = ""
            continue
        depth += (character == "(") - (character == ")")
        current += character
    return [*types, current] if current else types


def call(signature: str, *arguments: Any) -> bytes:
    """Calldata of a function given by its signature."""
    return selector(signature) + encode(argument_types(signature), arguments)


def arguments(types: Sequence[str], *values: Any) -> bytes:
    return encode(types, values)


def decoded(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    return decode(types, data)

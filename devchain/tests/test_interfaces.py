"""The stand-ins against the protocols' own interfaces: selectors, topics, keys, encodings."""

from __future__ import annotations

import json
from typing import Any

import pytest
from eth_abi import decode, encode
from eth_hash.auto import keccak

from devchain.scenario import gmx_keys as keys
from devchain.scenario.artifacts import BUILD, call, selector
from devchain.scenario.first_light import FirstLight
from devchain.scenario.ledger import simulate
from support import (
    ETH_UNIT, LIMIT_INCREASE, Keeper, abi, prices, signature_of, type_of,
)

# Functions a stand-in has for its own contracts or for the scenario; the protocol has none of that name.
OWN = {
    "ExchangeRouter": set(),
    "DataStore": set(),
    "RoleStore": {"grantRole", "revokeRole"},
    "Reader": set(),
    "Oracle": {"setShift", "shiftBasisPoints"},
    "OrderHandler": {"createOrder", "updateOrder", "cancelOrder", "getOrder", "liquidate", "roleStore"},
}
VENUE_TOPICS = {
    "OrderCreated": "a7427759", "OrderExecuted": "680f10f0", "OrderCancelled": "c7bb288d",
    "OrderFrozen": "073fdba4", "PositionIncrease": "f94196cc", "PositionDecrease": "07d51b51",
    "PositionFeesCollected": "e096982a",
}


def built_abi(name: str) -> list[dict[str, Any]]:
    return json.loads((BUILD / f"{name}.json").read_text())["abi"]


def functions(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {signature_of(e): e for e in entries if e["type"] == "function"}


@pytest.mark.parametrize("name", sorted(OWN))
def test_functions_are_the_protocols(name: str) -> None:
    real, ours = functions(abi(name)), functions(built_abi(f"Gmx{name}"))
    for signature, entry in ours.items():
        if entry["name"] in OWN[name]:
            continue
        assert signature in real, signature
        wanted = [type_of(o) for o in real[signature]["outputs"]]
        assert [type_of(o) for o in entry["outputs"]] == wanted, signature
        if name == "ExchangeRouter":
            assert entry["stateMutability"] == real[signature]["stateMutability"], signature


@pytest.mark.parametrize(
    ("contract", "signature", "wanted"),
    [
        ("GmxExchangeRouter", "multicall(bytes[])", "ac9650d8"),
        ("GmxExchangeRouter", "sendWnt(address,uint256)", "7d39aaf1"),
        ("GmxExchangeRouter", "sendTokens(address,address,uint256)", "e6d66ac8"),
        ("GmxExchangeRouter", "createOrder", "f59c48eb"),
        ("GmxExchangeRouter", "updateOrder", "dd5baad2"),
        ("GmxExchangeRouter", "cancelOrder", "7489ec23"),
        ("GmxExchangeRouter", "claimFundingFees", "c41b1ab3"),
        ("GmxReader", "getAccountPositions", "77cfb162"),
        ("GmxReader", "getAccountOrders", "42a6f8d3"),
        ("GmxReader", "getPositionInfo", "0815bce1"),
        ("GmxReader", "getMarketInfo", "847bb469"),
        ("GmxReader", "getExecutionPrice", "689031a2"),
        ("GmxReader", "isPositionLiquidatable", "456110f9"),
        ("GmxOrderHandler", "executeOrder", "7ebc83f7"),
        ("GmxLiquidationHandler", "executeLiquidation", "109ebc49"),
        ("Roles", "execTransactionWithRole", "c6fe8747"),
        ("Roles", "assignRoles", "957ed2b3"),
        ("Roles", "scopeTarget", "0c6c76b8"),
        ("Roles", "scopeFunction", "7508dd98"),
        ("Roles", "setAllowance", "a8ec43ee"),
        ("Roles", "allowances", "5e7c9fe8"),
        ("Roles", "isModuleEnabled", "2d9ad53d"),
        ("ChainlinkFeed", "latestRoundData", "feaf968c"),
        ("ShareVault", "totalAssets", "01e1d114"),
        ("ShareVault", "totalSupply", "18160ddd"),
        ("ShareVault", "convertToAssets", "07a2d13a"),
    ],
)
def test_selectors(contract: str, signature: str, wanted: str) -> None:
    found = [s for s in functions(built_abi(contract)) if s == signature or s.startswith(signature + "(")]
    assert [selector(s).hex() for s in found] == [wanted]


def test_event_topics_are_those_of_the_protocols_abi() -> None:
    source = (BUILD.parent / "GmxEventEmitter.vy").read_text()
    for entry in abi("eventemitter"):
        if entry["type"] == "event" and entry["name"] in ("EventLog1", "EventLog2"):
            assert keccak(signature_of(entry).encode()).hex() in source
    for name, start in VENUE_TOPICS.items():
        assert keccak(name.encode()).hex().startswith(start)


def test_store_answers_under_the_protocols_keys(world: FirstLight) -> None:
    store = world.venue.contracts["DataStore"]

    def uint(key: bytes) -> int:
        answer = simulate(world.chain, b"\0" * 20, store, call("getUint(bytes32)", key))
        return decode(["uint256"], answer.output)[0]

    plain = keccak(encode(["string"], ["ESTIMATED_GAS_FEE_BASE_AMOUNT_V2_1"]))
    assert uint(plain) == 600_000
    market = world.venue.market
    nested = keccak(encode(
        ["bytes32", "address", "bool"], [keccak(encode(["string"], ["POSITION_FEE_FACTOR"])), market, False]
    ))
    assert uint(nested) == 6 * 10**26
    assert uint(keys.of_address("MIN_COLLATERAL_FACTOR", market)) == 10**28


def test_reader_answers_decode_by_the_protocols_abi(keeper: Keeper, world: FirstLight) -> None:
    keeper.open_short(acceptable=0)
    keeper.send(keeper.opening(LIMIT_INCREASE, trigger=3_300 * ETH_UNIT, acceptable=3_290 * ETH_UNIT))
    venue, safe = world.venue, world.vault.safe
    store, nobody = venue.contracts["DataStore"], b"\0" * 20
    market = (venue.market, world.weth.address, world.weth.address, world.usdc.address)
    position = keys.position(safe, venue.market, world.usdc.address, False)
    asked: dict[str, tuple[Any, ...]] = {
        "getMarket": (store, venue.market),
        "getMarkets": (store, 0, 10),
        "getMarketInfo": (store, prices(), venue.market),
        "getAccountOrders": (store, safe, 0, 10),
        "getOrder": (store, keeper.orders()[0][0]),
        "getAccountPositions": (store, safe, 0, 10),
        "getPosition": (store, position),
        "getPositionInfo": (store, nobody, position, prices(), 0, nobody, True),
        "getPositionPnlUsd": (store, market, prices(), position, 10**33),
        "getExecutionPrice": (store, venue.market, prices(), 0, 0, -(10**34), 0, False),
        "isPositionLiquidatable": (store, nobody, position, market, prices(), True, True),
    }
    by_name = {e["name"]: e for e in abi("Reader") if e["type"] == "function"}
    assert set(asked) == {e["name"] for e in built_abi("GmxReader") if e["type"] == "function"}
    for name, arguments in asked.items():
        entry = by_name[name]
        answer = simulate(world.chain, nobody, venue.contracts["Reader"], call(signature_of(entry), *arguments))
        assert answer.succeeded, name
        types = [type_of(o) for o in entry["outputs"]]
        values = decode(types, answer.output)
        assert encode(types, values) == answer.output, f"{name}: not the canonical encoding"


def test_build_is_of_these_sources() -> None:
    import hashlib

    recorded = json.loads((BUILD / "sources.json").read_text())
    folder = BUILD.parent
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.vy*")}
    assert recorded == found, "run contracts/build.py"

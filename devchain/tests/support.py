"""What the tests share: the keeper's side of the first-light world, and readers of its logs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from eth_abi import decode
from eth_hash.auto import keccak

from devchain.blocks import Block
from devchain.config import GWEI
from devchain.evm import CallRequest, Outcome
from devchain.scenario.artifacts import FIXTURES, call
from devchain.scenario.first_light import FirstLight
from devchain.scenario.ledger import Actor, view
from devchain.scenario.order_keeper import ORDER_SHAPE, POSITION_SHAPE
from devchain.scenario.vault import CREATE_ORDER, ROLE_KEY, UPDATE_ORDER, InnerCall, packed

NOBODY = b"\0" * 20
MARKET_INCREASE, LIMIT_INCREASE, MARKET_DECREASE, LIMIT_DECREASE, STOP_LOSS = 2, 3, 4, 5, 6
USD = 10**30
ETH_UNIT = 10**12  # of a GMX price of an 18-decimals token: 3000 USD = 3000 * ETH_UNIT
EXEC_WITH_ROLE = "execTransactionWithRole(address,uint256,bytes,uint8,bytes32,bool)"
EXECUTION_GAS = 4_350_000
GAS_PRICE = 2 * GWEI  # more than any block of these tests charges
FEE = EXECUTION_GAS * GAS_PRICE

MULTI_SEND_DELEGATE = 1


def abi(name: str) -> list[dict[str, Any]]:
    """The protocol's own ABI, out of the wheel that setup.sh --tests fetches."""
    path = FIXTURES / "gmx" / f"{name}.json"
    assert path.exists(), f"{path} is missing: run devchain/setup.sh --tests"
    parsed = json.loads(path.read_text())
    return parsed["abi"] if isinstance(parsed, dict) else parsed


def type_of(parameter: dict[str, Any]) -> str:
    if not parameter["type"].startswith("tuple"):
        return parameter["type"]
    inner = ",".join(type_of(component) for component in parameter["components"])
    return f"({inner}){parameter['type'].removeprefix('tuple')}"


def signature_of(entry: dict[str, Any]) -> str:
    return f"{entry['name']}({','.join(type_of(i) for i in entry['inputs'])})"


def error_data(signature: str, *values: Any) -> bytes:
    return call(signature, *values)


@dataclass
class Event:
    """One EventLog of the venue, its items flattened by name."""

    name: str
    topics: list[bytes]
    items: dict[str, Any]


def event_types() -> list[str]:
    entry = next(e for e in abi("eventemitter") if e["type"] == "event" and e["name"] == "EventLog1")
    return [type_of(i) for i in entry["inputs"] if not i["indexed"]]


def venue_events(world: FirstLight, block: Block) -> list[Event]:
    """Decoded by the protocol's ABI, so a wrong shape fails here."""
    emitter, events = world.venue.contracts["EventEmitter"], []
    for outcome in block.outcomes:
        for address, topics, data in outcome.logs:
            if address != emitter:
                continue
            _, name, groups = decode(event_types(), data)
            assert topics[1] == keccak(name.encode())
            items = {key: item for group in groups for values in group for key, item in values}
            events.append(Event(name, topics, items))
    return events


class Keeper:
    """The keeper's key, acting through its role as the daemon does."""

    def __init__(self, world: FirstLight) -> None:
        self.world = world
        self.chain = world.chain
        self.actor = Actor(world.chain, world.keeper_key, GWEI // 100)
        self.exchange = world.venue.contracts["ExchangeRouter"]
        self.order_vault = world.venue.contracts["OrderVault"]

    def wrapped(self, calls: list[InnerCall]) -> bytes:
        vault = self.world.vault
        return call(EXEC_WITH_ROLE, vault.multi_send, 0, packed(calls), MULTI_SEND_DELEGATE, ROLE_KEY, True)

    def send(self, calls: list[InnerCall]) -> Outcome:
        """Mine the wrapped calls and return what became of the transaction."""
        return self.send_raw(self.wrapped(calls))

    def send_raw(self, data: bytes, to: bytes | None = None) -> Outcome:
        tx_hash = self.actor.send(to or self.world.vault.roles, data, gas=8_000_000)
        block = self.chain.mine()
        place, index = self.chain.transaction_places[tx_hash]
        assert place is block
        return block.outcomes[index]

    def simulate(self, data: bytes, to: bytes | None = None) -> Outcome:
        state = self.chain.state(self.chain.head)
        request = CallRequest(self.actor.address, to or self.world.vault.roles, data)
        return state.call(request, 25_000_000)

    def as_safe(self, data: bytes, value: int = 0, gas_price: int = 0) -> Outcome:
        """What the ExchangeRouter tells the Safe itself: the reason a wrapped call would lose."""
        state = self.chain.state(self.chain.head)
        request = CallRequest(
            self.world.vault.safe, self.exchange, data, value, fee_cap=gas_price, tip=gas_price
        )
        ether = {"balance": 10**24}
        return state.call(request, 25_000_000, {self.world.vault.safe: ether})

    # The venue's calls

    def order(self, kind: int, **changes: Any) -> bytes:
        """createOrder's calldata: a 10,000 USD short by default."""
        safe, venue = self.world.vault.safe, self.world.venue
        f: dict[str, Any] = {
            "size": 10_000 * USD, "collateral": 0, "trigger": 0, "acceptable": 0, "fee": FEE,
            "is_long": False, "auto_cancel": False, "receiver": safe, "market": venue.market,
            "unwrap": False, "token": venue.usdc.address, "valid_from": 0,
        } | changes
        addresses = (f["receiver"], safe, NOBODY, NOBODY, f["market"], f["token"], [])
        numbers = (
            f["size"], f["collateral"], f["trigger"], f["acceptable"], f["fee"], 0, 0, f["valid_from"]
        )
        params = (
            addresses, numbers, kind, 0, f["is_long"], f["unwrap"], f["auto_cancel"], bytes(32), []
        )
        return call(CREATE_ORDER, params)

    def opening(self, kind: int, collateral: int = 5_000 * 10**6, fee: int = FEE, **changes: Any) -> list[InnerCall]:
        usdc = self.world.venue.usdc.address
        return [
            (self.exchange, fee, call("sendWnt(address,uint256)", self.order_vault, fee)),
            (self.exchange, 0, call("sendTokens(address,address,uint256)", usdc, self.order_vault, collateral)),
            (self.exchange, 0, self.order(kind, fee=fee, **changes)),
        ]

    def closing(self, kind: int, fee: int = FEE, **changes: Any) -> list[InnerCall]:
        return [
            (self.exchange, fee, call("sendWnt(address,uint256)", self.order_vault, fee)),
            (self.exchange, 0, self.order(kind, fee=fee, **changes)),
        ]

    def update(self, key: bytes, size: int, acceptable: int, trigger: int, fee: int = 0) -> list[InnerCall]:
        top_up = [(self.exchange, fee, call("sendWnt(address,uint256)", self.order_vault, fee))] if fee else []
        return [*top_up, (self.exchange, 0, call(UPDATE_ORDER, key, size, acceptable, trigger, 0, 0, False))]

    def cancel(self, key: bytes) -> list[InnerCall]:
        return [(self.exchange, 0, call("cancelOrder(bytes32)", key))]

    def open_short(self, **changes: Any) -> None:
        """A market short, executed."""
        assert self.send(self.opening(MARKET_INCREASE, **changes)).succeeded
        self.mine(2)
        assert self.positions()

    def mine(self, blocks: int) -> list[Event]:
        found = []
        for _ in range(blocks):
            found += venue_events(self.world, self.chain.mine())
        return found

    # Readings

    def read(self, signature: str, returns: list[str], *values: Any) -> tuple[Any, ...]:
        return view(self.chain, self.world.venue.contracts["Reader"], signature, returns, *values)

    def orders(self) -> list[tuple[bytes, Any]]:
        venue = self.world.venue
        signature = "getAccountOrders(address,address,uint256,uint256)"
        (found,) = self.read(
            signature, [f"(bytes32,{ORDER_SHAPE})[]"], venue.contracts["DataStore"], self.world.vault.safe, 0, 10
        )
        return list(found)

    def positions(self) -> list[Any]:
        store = self.world.venue.contracts["DataStore"]
        signature = "getAccountPositions(address,address,uint256,uint256)"
        (found,) = self.read(signature, [POSITION_SHAPE + "[]"], store, self.world.vault.safe, 0, 10)
        return list(found)

    def usdc(self) -> int:
        return self.world.vault.balance_of(self.world.venue.usdc.address)

    def ether(self) -> int:
        return self.chain.state(self.chain.head).balance(self.world.vault.safe)


def prices(eth: float = 3_000.0) -> tuple[tuple[int, int], ...]:
    """MarketPrices at an ETH price: index, long and short token."""
    one = round(eth * 10**6) * 10**6
    return ((one, one), (one, one), (10**24, 10**24))


PRICES_SHAPE = "((uint256,uint256),(uint256,uint256),(uint256,uint256))"

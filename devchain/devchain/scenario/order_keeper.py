"""The order keeper: executes other people's orders some blocks after they appear, and liquidates."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from ..chain import Chain
from . import gmx_keys as keys
from .artifacts import call
from .ledger import Actor, simulate, view
from .venue import FLOAT, Token, Venue

EXECUTE_ORDER = "executeOrder(bytes32,(address[],address[],bytes[]))"
EXECUTE_LIQUIDATION = "executeLiquidation(address,address,address,bool,(address[],address[],bytes[]))"
NO_PRICES: tuple[list[bytes], list[bytes], list[bytes]] = ([], [], [])  # the stand-in reads its feeds
ORDER_SHAPE = (
    "((address,address,address,address,address,address,address,address[]),"
    "(uint8,uint8,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256),"
    "(bool,bool,bool,bool),bytes32[])"
)
POSITION_SHAPE = (
    "((address,address,address),"
    "(uint256,uint256,uint256,int256,uint256,uint256,uint256,uint256,uint256,uint256),(bool))"
)
MARKET_ORDERS = (2, 4)
NEAR = 20  # a position is looked at closely when less than a twentieth of its size is left
MAX_POSITIONS = 8
ADVERSE_IMPACT = FLOAT // 5  # 20 % of the size: beyond any acceptable price
EXECUTION_GAS = 6_000_000
MAX_ORDERS = 64


@dataclass(frozen=True)
class OpenOrder:
    key: bytes
    kind: int
    updated_at: int
    is_frozen: bool

    @property
    def is_market(self) -> bool:
        return self.kind in MARKET_ORDERS


@dataclass
class OrderKeeper:
    """Acts on what the head's state says and remembers no order, so a reorg needs no care."""

    chain: Chain
    actor: Actor
    venue: Venue
    vault: Callable[[], bytes]
    is_on: bool = True
    delay: int = 2  # blocks from the one an order is in to the one it is executed in
    spoiled: dict[str, int] = field(default_factory=lambda: {"market": 0, "limit": 0})

    def on_block(self) -> None:
        if not self.is_on or not self._is_sequencer_up():
            return
        for order in self._orders():
            if not order.is_frozen and self._age(order) + 1 >= self.delay:
                self._try(order)
        self._liquidate()

    def _orders(self) -> list[OpenOrder]:
        store, reader = self.venue.contracts["DataStore"], self.venue.contracts["Reader"]
        signature = "getBytes32ValuesAt(bytes32,uint256,uint256)"
        (found,) = view(self.chain, store, signature, ["bytes32[]"], keys.name("ORDER_LIST"), 0, MAX_ORDERS)
        orders = []
        for key in found:
            ((_, numbers, flags, _),) = view(
                self.chain, reader, "getOrder(address,bytes32)", [ORDER_SHAPE], store, key
            )
            orders.append(OpenOrder(key, numbers[0], numbers[9], flags[2]))
        return orders

    def _age(self, order: OpenOrder) -> int:
        """Blocks since the order was made or changed: block times rise strictly, so they name the block."""
        blocks = self.chain.blocks
        created = bisect_left(blocks, order.updated_at, key=lambda block: block.context.timestamp)
        return len(blocks) - 1 - created

    def _try(self, order: OpenOrder) -> None:
        execute = call(EXECUTE_ORDER, order.key, NO_PRICES)
        handler = self.venue.contracts["OrderHandler"]
        if self.actor.is_sending(order.key):
            return
        # A market order ends either way; of others only the contract says whether they are triggered.
        if not order.is_market and not self._succeeds(handler, execute):
            return
        kind = "market" if order.is_market else "limit"
        if self.spoiled[kind] > 0:
            self.spoiled[kind] -= 1
            self._execute_spoiled(handler, execute)
        else:
            self.actor.send(handler, execute, gas=EXECUTION_GAS)

    def _execute_spoiled(self, handler: bytes, execute: bytes) -> None:
        """Execute at an impact no order accepts, which is over when the next transaction looks."""
        impact = keys.name("STAND_IN_ADVERSE_IMPACT_FACTOR")
        self.venue.set_uint(impact, ADVERSE_IMPACT, by=self.actor)
        self.actor.send(handler, execute, gas=EXECUTION_GAS)
        self.venue.set_uint(impact, 0, by=self.actor)

    def _liquidate(self) -> None:
        venue, safe = self.venue, self.vault()
        handler = venue.contracts["LiquidationHandler"]
        signature = "getAccountPositions(address,address,uint256,uint256)"
        (positions,) = view(
            self.chain, venue.contracts["Reader"], signature, [POSITION_SHAPE + "[]"],
            venue.contracts["DataStore"], safe, 0, MAX_POSITIONS,
        )
        for (_, market, collateral), numbers, (is_long,) in positions:
            if not self._is_near_liquidation(collateral, numbers, is_long):
                continue
            data = call(EXECUTE_LIQUIDATION, safe, market, collateral, is_long, NO_PRICES)
            if self.actor.is_sending(data):
                continue
            if self._succeeds(handler, data):
                self.actor.send(handler, data, gas=EXECUTION_GAS)

    def _succeeds(self, to: bytes, data: bytes) -> bool:
        return simulate(self.chain, self.actor.address, to, data).succeeded

    def _is_sequencer_up(self) -> bool:
        return self._succeeds(self.venue.contracts["Oracle"], call("validateSequencerUp()"))

    def _is_near_liquidation(self, collateral: str, numbers: tuple[int, ...], is_long: bool) -> bool:
        """A wide guess that spares most blocks the exact and slow answer of the contract."""
        size, tokens, amount = numbers[:3]
        eth, usdc = (self._price(token) for token in (self.venue.weth, self.venue.usdc))
        profit = tokens * eth - size if is_long else size - tokens * eth
        is_usdc = collateral == "0x" + self.venue.usdc.address.hex()
        return amount * (usdc if is_usdc else eth) + profit < size // NEAR

    def _price(self, token: Token) -> int:
        shape = ["uint80", "int256", "uint256", "uint256", "uint80"]
        answer = view(self.chain, token.feed, "latestRoundData()", shape)[1]
        return answer * token.feed_multiplier // FLOAT

"""Price feeds and the sequencer's uptime feed, with their publisher."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..chain import Chain
from .artifacts import arguments, built, call
from .ledger import Actor, view

FEED_DECIMALS = 8
REFRESH_SECONDS = 60  # of chain time; far inside any feed's heartbeat, rare enough to leave blocks empty
UP_SINCE = 86_400  # seconds before the start: long past any grace period


@dataclass
class Oracles:
    """The feeds by symbol. `heartbeat` refreshes them; `path` gives each coming block an ETH price."""

    chain: Chain
    publisher: Actor
    heartbeat: bool
    feeds: dict[str, bytes] = field(default_factory=dict)
    sequencer: bytes = b""
    path: list[float] = field(default_factory=list)

    def deploy(self, prices: dict[str, float]) -> None:
        code = built("ChainlinkFeed")
        for symbol, price in prices.items():
            constructor = arguments(["uint8", "string"], FEED_DECIMALS, f"{symbol} / USD")
            self.feeds[symbol] = self.publisher.deploy(code, constructor)
            self.set_price(symbol, price)
        constructor = arguments(["uint8", "string"], 0, "L2 Sequencer Uptime Status Feed")
        self.sequencer = self.publisher.deploy(code, constructor)
        now = self.chain.head.context.timestamp
        round_data = call("setRound(int256,uint256,uint256)", 0, now - UP_SINCE, now)
        self.publisher.send(self.sequencer, round_data)

    def set_price(self, symbol: str, price: float) -> None:
        answer = round(price * 10**FEED_DECIMALS)
        self.publisher.send(self.feeds[symbol], call("setAnswer(int256)", answer))

    def set_sequencer(self, is_up: bool) -> None:
        self.publisher.send(self.sequencer, call("setAnswer(int256)", 0 if is_up else 1))

    def latest(self, symbol: str) -> tuple[int, int]:
        """Answer and time of the newest round."""
        shape = ["uint80", "int256", "uint256", "uint256", "uint80"]
        _, answer, _, updated_at, _ = view(self.chain, self.feeds[symbol], "latestRoundData()", shape)
        return answer, updated_at

    def touch(self, symbols: list[str] | None = None) -> None:
        """Publish the same answers once more, observed now."""
        for symbol in symbols or self.feeds:
            self.publisher.send(self.feeds[symbol], call("setAnswer(int256)", self.latest(symbol)[0]))

    def on_block(self) -> None:
        if self.path:
            self.set_price("ETH", self.path.pop(0))
        if not self.heartbeat:
            return
        now = self.chain.head.context.timestamp
        due = [
            symbol
            for symbol, feed in self.feeds.items()
            if now - self.latest(symbol)[1] >= REFRESH_SECONDS and not self._is_published(feed)
        ]
        if due:
            self.touch(due)

    def _is_published(self, feed: bytes) -> bool:
        queue = self.chain.pool.by_sender.get(self.publisher.address, {})
        return any(pooled.transaction.to == feed for pooled in queue.values())

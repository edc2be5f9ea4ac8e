"""Which block a request means, as seen from an endpoint that may lag behind the chain."""

from __future__ import annotations

from typing import Any, Literal

from ..blocks import Block
from ..chain import Chain
from ..evm import Session
from .values import SERVER_ERROR, RpcError, data, number

SAFE_DISTANCE = 32
FINALIZED_DISTANCE = 64

Chosen = Block | Literal["pending"] | None


class View:
    """The base of all method groups: the chain, and how late this request sees it."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.lag = 0  # blocks; set for one request, under the chain's lock, as is the next
        self.private = False  # whether the endpoint is a relay, which sees its own pool, too

    def head(self) -> Block:
        return self.chain.blocks[max(0, len(self.chain.blocks) - 1 - self.lag)]

    def known(self, block_hash: bytes) -> Block | None:
        """The block of a hash, orphans included; a lagging endpoint has not heard of those above its head."""
        block = self.chain.by_hash.get(block_hash)
        return block if block is not None and block.number <= self.head().number else None

    def block(self, tag: Any) -> Chosen:
        """The block of a tag, number, hash or EIP-1898 object; None if it is unknown here."""
        if tag is None or tag == "latest":
            return self.head()
        if isinstance(tag, dict):
            if "blockHash" not in tag:
                return self.block(tag["blockNumber"])
            block = self.known(data(tag["blockHash"]))
            if block is not None and tag.get("requireCanonical") and not self.chain.is_canonical(block):
                raise RpcError(SERVER_ERROR, "hash is not currently canonical")
            return block
        if tag == "pending":
            return self.head() if self.lag else "pending"
        if tag == "earliest":
            return self.chain.blocks[0]
        if tag in ("safe", "finalized"):
            distance = SAFE_DISTANCE if tag == "safe" else FINALIZED_DISTANCE
            return self.chain.blocks[max(0, self.head().number - distance)]
        wanted = number(tag)
        return self.chain.blocks[wanted] if wanted <= self.head().number else None

    def state(self, tag: Any) -> Session:
        block = self.block(tag)
        if block is None:
            raise RpcError(SERVER_ERROR, "header not found")
        if block == "pending":
            return self.chain.pending()[0]
        return self.chain.state(block)

    def place(self, tx_hash: str) -> tuple[Block, int] | None:
        """Where a mined transaction stands, if this endpoint has seen its block."""
        place = self.chain.transaction_places.get(data(tx_hash))
        return place if place is not None and place[0].number <= self.head().number else None

"""Accounts that act on the chain by real transactions, and a way to set a world up with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import rlp
from eth_hash.auto import keccak
from eth_keys import keys

from ..chain import Chain
from ..evm import CallRequest, Outcome
from .artifacts import call, decoded

DEPLOY_GAS = 9_000_000
CALL_GAS = 3_000_000
VIEW_GAS = 30_000_000
FEE_HEADROOM = 10  # an actor bids this many base fees: it is never the one that gets stuck


class SetupFailed(Exception):
    """A transaction of the world's own set-up failed."""


@dataclass
class Actor:
    """One key. Nothing is remembered: nonces come from the chain and its pool, so reorgs do no harm."""

    chain: Chain
    key: keys.PrivateKey
    tip: int
    address: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.address = self.key.public_key.to_canonical_address()

    def send(self, to: bytes | None, data: bytes = b"", value: int = 0, gas: int = CALL_GAS) -> bytes:
        """Sign and hand to the pool; mined with the next block, whatever the chain's way of mining."""
        unsigned = self.chain.evm.vm.get_transaction_builder().new_unsigned_dynamic_fee_transaction(
            chain_id=self.chain.config.chain_id,
            nonce=self.chain.nonce(self.address, pending=True),
            max_priority_fee_per_gas=self.tip,
            max_fee_per_gas=FEE_HEADROOM * self.chain.upcoming_base_fee() + self.tip,
            gas=gas,
            to=to or b"",
            value=value,
            data=data,
            access_list=[],
        )
        transaction = self.chain.decode(unsigned.as_signed_transaction(self.key).encode())
        self.chain.pool.add(transaction, self.chain.state(self.chain.head))
        return transaction.hash

    def deploy(self, code: bytes, constructor: bytes = b"") -> bytes:
        """Send a creation; returns the address it will have."""
        nonce = self.chain.nonce(self.address, pending=True)
        self.send(None, code + constructor, gas=DEPLOY_GAS)
        return keccak(rlp.encode([self.address, nonce]))[12:]

    def is_sending(self, payload: bytes) -> bool:
        """Whether a transaction of ours that carries these bytes waits in the pool."""
        queue = self.chain.pool.by_sender.get(self.address, {})
        return any(payload in pooled.transaction.data for pooled in queue.values())


def settle(chain: Chain) -> None:
    """Mine until the pool is empty; during set-up every transaction must succeed.

    Under a wall clock the blocks lie one second apart in the past, so that the world is ready now and
    not some seconds from now.
    """
    while chain.pool.by_hash:
        past = chain.head.context.timestamp + chain.config.step if chain.config.clock == "wall" else None
        block = chain.mine(past)
        if not block.transactions:
            raise SetupFailed("transactions wait that no block takes")
        for transaction, outcome in zip(block.transactions, block.outcomes, strict=True):
            if not outcome.succeeded:
                to = transaction.to.hex() if transaction.to else "creation"
                raise SetupFailed(f"{to} {transaction.data[:36].hex()}: {outcome.error} {outcome.output.hex()}")


def view(chain: Chain, to: bytes, signature: str, returns: list[str], *values: Any) -> tuple[Any, ...]:
    """Read a contract at the head."""
    outcome = simulate(chain, b"\0" * 20, to, call(signature, *values))
    if not outcome.succeeded:
        raise SetupFailed(f"{signature} at 0x{to.hex()}: {outcome.error} {outcome.output.hex()}")
    return decoded(returns, outcome.output)


def simulate(chain: Chain, sender: bytes, to: bytes, data: bytes) -> Outcome:
    return chain.state(chain.head).call(CallRequest(sender, to, data), VIEW_GAS)

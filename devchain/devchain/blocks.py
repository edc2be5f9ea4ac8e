"""Blocks: a header with real roots over transactions and their outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import rlp
from eth.constants import BLANK_ROOT_HASH, EMPTY_SHA256
from eth.vm.forks.prague.blocks import PragueBlockHeader
from eth_hash.auto import keccak
from trie import HexaryTrie

from .evm import BlockContext, Log, Outcome
from .transactions import Transaction


@dataclass
class Block:
    """A sealed block. `root` is its state's root, which a cheat may move away from the header's."""

    hash: bytes
    header: Any
    size: int
    context: BlockContext
    root: bytes
    transactions: list[Transaction]
    outcomes: list[Outcome]

    @property
    def number(self) -> int:
        return self.context.number


def logs_bloom(logs: Iterable[Log]) -> int:
    bits = 0
    for address, topics, _ in logs:
        for item in (address, *topics):
            digest = keccak(item)
            for i in (0, 2, 4):
                bits |= 1 << (int.from_bytes(digest[i : i + 2], "big") & 2047)
    return bits


def seal(
    parent_hash: bytes,
    context: BlockContext,
    root: bytes,
    transactions: list[Transaction],
    outcomes: list[Outcome],
    extra: bytes,
) -> Block:
    """Compute the roots, the bloom and the hash."""
    cumulative, bloom, receipts = 0, 0, []
    for transaction, outcome in zip(transactions, outcomes, strict=True):
        cumulative += outcome.gas_used
        one = logs_bloom(outcome.logs)
        bloom |= one
        status = b"\x01" if outcome.succeeded else b""
        logs = [[address, topics, data] for address, topics, data in outcome.logs]
        body = rlp.encode([status, cumulative, one.to_bytes(256, "big"), logs])
        receipts.append((bytes([transaction.type]) if transaction.type else b"") + body)
    header = PragueBlockHeader(
        difficulty=0,
        block_number=context.number,
        gas_limit=context.gas_limit,
        timestamp=context.timestamp,
        coinbase=context.coinbase,
        parent_hash=parent_hash,
        state_root=root,
        transaction_root=_list_root([t.raw for t in transactions]),
        receipt_root=_list_root(receipts),
        bloom=bloom,
        gas_used=cumulative,
        extra_data=extra,
        mix_hash=context.randao,
        nonce=b"\0" * 8,
        base_fee_per_gas=context.base_fee,
        requests_hash=EMPTY_SHA256,
    )
    size = len(rlp.encode(header)) + sum(len(t.raw) for t in transactions) + 8
    return Block(header.hash, header, size, context, root, transactions, outcomes)


def _list_root(items: Sequence[bytes]) -> bytes:
    if not items:
        return BLANK_ROOT_HASH
    tree = HexaryTrie({})
    for i, item in enumerate(items):
        tree[rlp.encode(i)] = item
    return tree.root_hash

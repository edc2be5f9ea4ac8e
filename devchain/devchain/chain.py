"""The chain: mining, base fee, snapshots, reorgs. Knows nothing of JSON or HTTP.

Every public method is called with `lock` held, or takes it itself (mining and reorgs do, since the
clock's thread mines too).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from eth.constants import BLANK_ROOT_HASH
from eth_hash.auto import keccak
from eth_keys import keys
from eth_utils import ValidationError

from .blocks import Block, seal
from .config import DEV_KEYS, Config
from .evm import BlockContext, Evm, Outcome, Session
from .pool import Pool, Pooled, PoolError, PoolSnapshot
from .transactions import Transaction, TransactionDecodeError, decode

EXTRA = b"devchain"
BASE_FEE_CHANGE_DENOMINATOR = 8  # EIP-1559

Hook = Callable[[str, Any], None]
"""Called as ("block", block), ("rollback", blocks) or ("revert", snapshot id) after the head moved."""

Pending = tuple[Session, BlockContext, list[Transaction], list[Outcome]]


@dataclass
class ChainSnapshot:
    blocks: list[Block]
    root: bytes
    pool: PoolSnapshot
    private_pool: PoolSnapshot
    transaction_places: dict[bytes, tuple[Block, int]]
    offset: int
    next_timestamp: int | None
    next_base_fee: int | None
    base_fee_path: list[int]


class Chain:
    """One canonical chain and its mempool."""

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        self.lock = threading.RLock()
        self.evm = Evm(self.config.chain_id, self.config.fork)
        self.keys = [keys.PrivateKey(bytes.fromhex(k)) for k in DEV_KEYS[: self.config.accounts]]
        self.accounts = [key.public_key.to_canonical_address() for key in self.keys]
        arrivals = count(1)
        self.pool = Pool(self.config, arrivals)
        self.private_pool = Pool(self.config, arrivals)  # what relays keep to themselves until it is mined
        self.automine = self.config.automine
        self.interval = self.config.interval
        self.offset = 0  # seconds added to the machine's clock
        self.next_timestamp: int | None = None
        self.next_base_fee: int | None = None
        self.base_fee_path: list[int] = []
        self.hooks: list[Hook] = []
        self._snapshots: dict[int, ChainSnapshot] = {}
        self._snapshot_count = 0
        self._salt = 0  # makes the blocks after a reorg differ from those before
        self._pending: tuple[Any, Pending] | None = None
        genesis = self._make_genesis()
        self.blocks = [genesis]
        self.by_hash = {genesis.hash: genesis}  # orphans included: a node goes on knowing them
        self.transaction_places: dict[bytes, tuple[Block, int]] = {}
        self._stopping = threading.Event()
        self._wake = threading.Event()
        threading.Thread(target=self._mine_by_time, daemon=True).start()

    def _make_genesis(self) -> Block:
        config = self.config
        timestamp = config.genesis_time or int(time.time())
        context = BlockContext(0, timestamp, config.base_fee, config.gas_limit, config.coinbase, b"\0" * 32)
        session = self.evm.session(BLANK_ROOT_HASH, context, hot=True)
        for account in self.accounts:
            session.set_balance(account, config.balance)
        root = session.commit()
        self.evm.keep_hot(session, root)
        return seal(b"\0" * 32, context, root, [], [], EXTRA)

    # Views

    @property
    def head(self) -> Block:
        return self.blocks[-1]

    def is_canonical(self, block: Block) -> bool:
        return block.number < len(self.blocks) and self.blocks[block.number] is block

    def state(self, block: Block) -> Session:
        """A view of the state after a block, for reading and calling."""
        return self.evm.session(block.root, block.context, hot=block is self.head)

    def base_fee_after(self, block: Block) -> int:
        base, used, target = block.context.base_fee, block.header.gas_used, block.context.gas_limit // 2
        if used > target:
            base += max(base * (used - target) // target // BASE_FEE_CHANGE_DENOMINATOR, 1)
        elif used < target:
            base -= base * (target - used) // target // BASE_FEE_CHANGE_DENOMINATOR
        return max(base, self.config.min_base_fee)

    def upcoming_base_fee(self) -> int:
        if self.next_base_fee is not None:
            return self.next_base_fee
        if self.base_fee_path:
            return self.base_fee_path[0]
        return self.base_fee_after(self.head)

    def upcoming_context(self) -> BlockContext:
        parent, config = self.head, self.config
        earliest = parent.context.timestamp + config.step
        if self.next_timestamp is not None:
            timestamp = self.next_timestamp
        elif config.clock == "fixed":
            timestamp = earliest + self.offset
        else:
            timestamp = max(earliest, int(time.time()) + self.offset)
        number = parent.number + 1
        randao = keccak(number.to_bytes(8, "big") + self._salt.to_bytes(8, "big") + parent.hash)
        previous = [block.hash for block in self.blocks[-256:]][::-1]
        return BlockContext(
            number, timestamp, self.upcoming_base_fee(), config.gas_limit, config.coinbase, randao, previous
        )

    def pending(self) -> Pending:
        """The next block as the public would mine it now: without what is private. Cached until the head, the pool or
        the clock moves."""
        key = (
            self.head.hash,
            self.head.root,
            self.pool.version,
            self.next_timestamp,
            self.upcoming_base_fee(),
            self.offset,
            len(self.pool.frozen),
        )
        if self._pending is None or self._pending[0] != key:
            context = self.upcoming_context()
            session = self.evm.session(self.head.root, context)
            transactions, outcomes = self._fill(session, context, [self.pool])
            self._pending = (key, (session, context, transactions, outcomes))
        return self._pending[1]

    def nonce(self, address: bytes, pending: bool = False, private: bool = False) -> int:
        """The next nonce: of the head, or counting what waits in the public pool and, if asked, in the private one."""
        nonce = self.state(self.head).nonce(address)
        queues = [self.pool.by_sender.get(address, {})] if pending else []
        if pending and private:
            queues.append(self.private_pool.by_sender.get(address, {}))
        while any(nonce in queue for queue in queues):
            nonce += 1
        return nonce

    # Sending

    def decode(self, raw: bytes) -> Transaction:
        return decode(self.evm.vm, self.evm.fork, raw)

    def submit(self, raw: bytes, private: bool = False) -> bytes:
        """Take a raw transaction; mines at once where the chain mines by transaction. Returns its hash."""
        try:
            transaction = self.decode(raw)
        except TransactionDecodeError as error:
            raise PoolError(str(error)) from error
        self.submit_decoded(transaction, private)
        return transaction.hash

    def submit_decoded(self, transaction: Transaction, private: bool = False) -> None:
        pool = self.private_pool if private else self.pool
        pool.add(transaction, self.state(self.head))
        if self.automine and self.interval == 0:
            while pool.ready(self.state(self.head), self.upcoming_base_fee()):
                if not self.mine().transactions:
                    break

    # Mining

    def mine(self, timestamp: int | None = None, empty: bool = False) -> Block:
        """Mine one block of what the pool has ready."""
        with self.lock:
            if timestamp is not None:
                self.next_timestamp = timestamp
            context = self.upcoming_context()
            if context.timestamp <= self.head.context.timestamp:
                self.next_timestamp = None
                raise PoolError(
                    f"timestamp {context.timestamp} is not after the head's {self.head.context.timestamp}"
                )
            session = self.evm.session(self.head.root, context, hot=True)
            try:
                transactions, outcomes = ([], []) if empty else self._fill(session, context, self._pools)
                root = session.commit()
            except BaseException:
                self.evm.drop_hot()  # nobody may read a half-run state
                raise
            self.evm.keep_hot(session, root)
            extra = EXTRA + (b"/%d" % self._salt if self._salt else b"")
            block = seal(self.head.hash, context, root, transactions, outcomes, extra)
            self._append(block)
            for hook in self.hooks:
                hook("block", block)
            return block

    def _append(self, block: Block) -> None:
        self.blocks.append(block)
        self.by_hash[block.hash] = block
        for index, transaction in enumerate(block.transactions):
            self.transaction_places[transaction.hash] = (block, index)
        if self.config.clock == "fixed":
            self.offset = 0
        elif self.next_timestamp is not None:
            self.offset = max(self.offset, self.next_timestamp - int(time.time()))
        self.next_timestamp = self.next_base_fee = None
        if self.base_fee_path:
            self.base_fee_path.pop(0)
        for pool in self._pools:
            pool.forget_mined(self.state(self.head))

    @property
    def _pools(self) -> list[Pool]:
        return [self.pool, self.private_pool]

    def _fill(
        self, session: Session, context: BlockContext, pools: list[Pool]
    ) -> tuple[list[Transaction], list[Outcome]]:
        """Run what fits: best tip first (or first come), each sender's nonces in order."""

        def rank(pooled: Pooled) -> tuple[int, int]:
            tip = 0 if self.config.order == "fifo" else pooled.transaction.effective_tip(context.base_fee)
            return (-tip, pooled.arrival)

        transactions: list[Transaction] = []
        outcomes: list[Outcome] = []
        gas_left, unable = context.gas_limit, set()
        while True:
            candidates = [
                pooled
                for pool in pools
                for pooled in pool.ready(session, context.base_fee)
                if pooled.transaction.sender not in unable and pooled.transaction.gas <= gas_left
            ]
            if not candidates:
                return transactions, outcomes
            transaction = min(candidates, key=rank).transaction
            try:
                outcome = session.apply(transaction)
            except ValidationError:  # it cannot pay any more, say: it stays queued
                unable.add(transaction.sender)
                continue
            transactions.append(transaction)
            outcomes.append(outcome)
            gas_left -= outcome.gas_used

    def _mine_by_time(self) -> None:
        while not self._stopping.is_set():
            if self.interval <= 0:
                self._wake.wait(0.5)
                self._wake.clear()
                continue
            if not self._wake.wait(self.interval):
                with self.lock:
                    if self.interval > 0:
                        self.mine()
            self._wake.clear()

    def set_interval(self, seconds: float) -> None:
        self.interval = max(0.0, seconds)
        self._wake.set()

    def close(self) -> None:
        self._stopping.set()
        self._wake.set()

    # Rewriting history

    def rollback(self, depth: int) -> list[Block]:
        """Cut the last blocks off and return them, oldest first. Their transactions are then nowhere."""
        if not 0 <= depth < len(self.blocks):
            raise PoolError(f"cannot roll back {depth} of {len(self.blocks)} blocks")
        keep = len(self.blocks) - depth
        gone = self.blocks[keep:]
        del self.blocks[keep:]
        for block in gone:
            for transaction in block.transactions:
                self.transaction_places.pop(transaction.hash, None)
        self.evm.drop_hot()
        self.pool.version += 1
        for hook in self.hooks:
            hook("rollback", gone)
        return gone

    def reorg(
        self,
        depth: int,
        length: int | None = None,
        keep: str | Collection[bytes] = "pool",
        extra: Sequence[tuple[bytes, int]] = (),
        mine_pool: bool = True,
    ) -> list[Block]:
        """Replace the last `depth` blocks by `length` others, one more by default.

        `keep` says where the orphans' transactions go: "pool" puts them back, "drop" loses them, and a
        set of hashes puts those back. `extra` holds raw transactions with the offset of the new block
        they go into. What the pool refuses the second time is lost, as on a real node.
        """
        with self.lock:
            automine, self.automine = self.automine, False
            try:
                old_times = [block.context.timestamp for block in self.blocks[len(self.blocks) - depth :]]
                gone = self.rollback(depth)
                self._salt += 1
                for transaction in (t for block in gone for t in block.transactions):
                    if keep == "pool" or (not isinstance(keep, str) and transaction.hash in keep):
                        with suppress(PoolError):
                            self.submit_decoded(transaction)
                for i in range(depth + 1 if length is None else length):
                    here = [raw for raw, offset in extra if offset == i]
                    for raw in here:
                        with suppress(PoolError):
                            self.submit(raw)
                    timestamp = old_times[i] if i < len(old_times) else None
                    self.mine(timestamp, empty=not mine_pool and not here)
                return gone
            finally:
                self.automine = automine

    def snapshot(self) -> int:
        self._snapshot_count += 1
        self._snapshots[self._snapshot_count] = ChainSnapshot(
            list(self.blocks),
            self.head.root,
            self.pool.snapshot(),
            self.private_pool.snapshot(),
            dict(self.transaction_places),
            self.offset,
            self.next_timestamp,
            self.next_base_fee,
            list(self.base_fee_path),
        )
        return self._snapshot_count

    def revert(self, snapshot_id: int) -> bool:
        """Go back to a snapshot; it and all later ones are used up. False if there is none."""
        saved = self._snapshots.get(snapshot_id)
        if saved is None:
            return False
        self.blocks = list(saved.blocks)
        self.head.root = saved.root
        self.pool.restore(saved.pool)
        self.private_pool.restore(saved.private_pool)
        self.transaction_places = dict(saved.transaction_places)
        self.offset = saved.offset
        self.next_timestamp = saved.next_timestamp
        self.next_base_fee = saved.next_base_fee
        self.base_fee_path = list(saved.base_fee_path)
        for later in [i for i in self._snapshots if i >= snapshot_id]:
            del self._snapshots[later]
        self.evm.drop_hot()
        for hook in self.hooks:
            hook("revert", snapshot_id)
        return True

    def cheat(self, change: Callable[[Session], None]) -> None:
        """Change the head's state in place: balances, code, slots."""
        session = self.evm.session(self.head.root, self.head.context, hot=True)
        change(session)
        self.head.root = session.commit()
        self.evm.keep_hot(session, self.head.root)
        self.pool.version += 1

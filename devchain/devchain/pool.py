"""The mempool: what waits to be mined, and geth's reasons for not letting something wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from .config import Config
from .evm import Session
from .transactions import Transaction

MAX_TRANSACTION_BYTES = 131_072
MAX_INIT_CODE_BYTES = 49_152
DELEGATION_PREFIX = b"\xef\x01\x00"  # EIP-7702: such an account still sends


class PoolError(Exception):
    """A transaction or request the chain refuses; the text is geth's."""


@dataclass
class Pooled:
    transaction: Transaction
    arrival: int


@dataclass
class PoolSnapshot:
    by_sender: dict[bytes, dict[int, Pooled]]
    by_hash: dict[bytes, Transaction]
    frozen: set[bytes]


class Pool:
    """Waiting transactions by sender and nonce. `version` moves with every change."""

    def __init__(self, config: Config, arrivals: Iterator[int] | None = None) -> None:
        self.config = config
        self.by_sender: dict[bytes, dict[int, Pooled]] = {}
        self.by_hash: dict[bytes, Transaction] = {}
        self.frozen: set[bytes] = set()  # senders and transaction hashes no block takes while here
        self.version = 0
        self._arrivals = arrivals or count(1)

    def add(self, transaction: Transaction, state: Session) -> None:
        """Take a transaction in, replacing one of the same nonce if it pays enough more."""
        self._check_alone(transaction)
        self._check_account(transaction, state)
        queue = self.by_sender.setdefault(transaction.sender, {})
        self._check_funds(transaction, queue, state.balance(transaction.sender))
        old = queue.get(transaction.nonce)
        if old is not None:
            self._check_replacement(old.transaction, transaction)
            self.by_hash.pop(old.transaction.hash, None)
        queue[transaction.nonce] = Pooled(transaction, next(self._arrivals))
        self.by_hash[transaction.hash] = transaction
        self.version += 1

    def _check_alone(self, tx: Transaction) -> None:
        """What can be said of the bytes without looking at any account."""
        config = self.config
        if tx.hash in self.by_hash:
            raise PoolError("already known")
        if tx.chain_id is None:
            if not config.allow_unprotected:
                raise PoolError("only replay-protected (EIP-155) transactions allowed over RPC")
        elif tx.chain_id != config.chain_id:
            raise PoolError(
                f"invalid sender: invalid chain id for signer: have {tx.chain_id} want {config.chain_id}"
            )
        fee = tx.gas * tx.fee_cap
        if config.max_transaction_fee and fee > config.max_transaction_fee:
            raise PoolError(
                f"tx fee ({fee / 1e18:.2f} ether) exceeds the configured cap"
                f" ({config.max_transaction_fee / 1e18:.2f} ether)"
            )
        if len(tx.raw) > MAX_TRANSACTION_BYTES:
            raise PoolError(f"oversized data: transaction size {len(tx.raw)}, limit {MAX_TRANSACTION_BYTES}")
        if tx.to is None and len(tx.data) > MAX_INIT_CODE_BYTES:
            raise PoolError(
                f"max initcode size exceeded: code size {len(tx.data)}, limit {MAX_INIT_CODE_BYTES}"
            )
        if tx.gas > config.gas_limit:
            raise PoolError("exceeds block gas limit")
        if tx.tip > tx.fee_cap:
            raise PoolError("max priority fee per gas higher than max fee per gas")
        if tx.gas < tx.intrinsic_gas:
            raise PoolError(f"intrinsic gas too low: gas {tx.gas}, minimum needed {tx.intrinsic_gas}")
        if tx.gas < tx.floor_gas:
            raise PoolError(
                f"insufficient gas for floor data gas cost: gas {tx.gas}, minimum needed {tx.floor_gas}"
            )
        if tx.tip < config.min_tip:
            raise PoolError(
                f"transaction gas price below minimum: gas tip cap {tx.tip}, minimum needed {config.min_tip}"
            )

    @staticmethod
    def _check_account(tx: Transaction, state: Session) -> None:
        next_nonce = state.nonce(tx.sender)
        if tx.nonce < next_nonce:
            raise PoolError(f"nonce too low: next nonce {next_nonce}, tx nonce {tx.nonce}")
        code = state.code(tx.sender)
        if code and not code.startswith(DELEGATION_PREFIX):
            raise PoolError(f"sender not an eoa: address 0x{tx.sender.hex()}")

    @staticmethod
    def _check_funds(tx: Transaction, queue: dict[int, Pooled], balance: int) -> None:
        cost = tx.most_it_can_cost
        reason = "insufficient funds for gas * price + value"
        if balance < cost:
            raise PoolError(f"{reason}: balance {balance}, tx cost {cost}, overshot {cost - balance}")
        queued = sum(p.transaction.most_it_can_cost for n, p in queue.items() if n != tx.nonce)
        if balance < cost + queued:
            old = queue.get(tx.nonce)
            replaced = old.transaction.most_it_can_cost if old else 0
            detail = (
                f"queued cost {queued + replaced}, tx bumped {cost - replaced}"
                if old
                else f"queued cost {queued}, tx cost {cost}"
            )
            raise PoolError(f"{reason}: balance {balance}, {detail}, overshot {cost + queued - balance}")

    def _check_replacement(self, old: Transaction, new: Transaction) -> None:
        least = 100 + self.config.bump_percent
        for was, now in ((old.fee_cap, new.fee_cap), (old.tip, new.tip)):
            if now <= was or now * 100 < was * least:
                raise PoolError("replacement transaction underpriced")

    def drop(self, tx_hash: bytes) -> Transaction | None:
        transaction = self.by_hash.pop(tx_hash, None)
        if transaction is not None:
            queue = self.by_sender.get(transaction.sender, {})
            pooled = queue.get(transaction.nonce)
            if pooled is not None and pooled.transaction.hash == tx_hash:
                del queue[transaction.nonce]
            self.version += 1
        return transaction

    def drop_all(self, sender: bytes | None = None) -> None:
        for tx_hash in [h for h, t in self.by_hash.items() if sender in (None, t.sender)]:
            self.drop(tx_hash)

    def forget_mined(self, state: Session) -> None:
        """Let go of everything whose nonce the chain has used."""
        for sender, queue in list(self.by_sender.items()):
            if queue:
                next_nonce = state.nonce(sender)
                for nonce in [n for n in queue if n < next_nonce]:
                    self.by_hash.pop(queue.pop(nonce).transaction.hash, None)
            if not queue:
                del self.by_sender[sender]
        self.version += 1

    def ready(self, state: Session, base_fee: int) -> list[Pooled]:
        """The head of each sender's queue, where it could go into a block now."""
        heads = []
        for sender, queue in self.by_sender.items():
            if not queue or sender in self.frozen:
                continue
            head = queue.get(state.nonce(sender))
            if (
                head is not None
                and head.transaction.hash not in self.frozen
                and head.transaction.fee_cap >= base_fee
            ):
                heads.append(head)
        return heads

    def snapshot(self) -> PoolSnapshot:
        by_sender = {sender: dict(queue) for sender, queue in self.by_sender.items()}
        return PoolSnapshot(by_sender, dict(self.by_hash), set(self.frozen))

    def restore(self, snapshot: PoolSnapshot) -> None:
        self.by_sender = {sender: dict(queue) for sender, queue in snapshot.by_sender.items()}
        self.by_hash = dict(snapshot.by_hash)
        self.frozen = set(snapshot.frozen)
        self.version += 1

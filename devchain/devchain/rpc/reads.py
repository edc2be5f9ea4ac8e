"""The reading methods: eth_*, net_*, web3_* and txpool_*, but for calls and logs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth_hash.auto import keccak

from .. import CLIENT_VERSION
from ..blocks import Block, seal
from ..chain import EXTRA
from ..transactions import Transaction
from .shapes import Json, block_json, receipt_json, transaction_json
from .values import SERVER_ERROR, RpcError, address, checksummed, data, hexed, number, quantity, word
from .view import View

MAX_FEE_HISTORY = 1024


class Reads(View):
    def web3_clientVersion(self) -> str:
        return f"{CLIENT_VERSION}/{self.chain.config.fork}"

    def web3_sha3(self, payload: str) -> str:
        return hexed(keccak(data(payload)))

    def net_version(self) -> str:
        return str(self.chain.config.chain_id)

    def net_listening(self) -> bool:
        return True

    def net_peerCount(self) -> str:
        return "0x0"

    def eth_chainId(self) -> str:
        return quantity(self.chain.config.chain_id)

    def eth_syncing(self) -> bool:
        return False

    def eth_accounts(self) -> list[str]:
        return [checksummed(account) for account in self.chain.accounts]

    def eth_blockNumber(self) -> str:
        return quantity(self.head().number)

    # Accounts

    def eth_getBalance(self, account: str, tag: Any = "latest") -> str:
        return quantity(self.state(tag).balance(address(account)))

    def eth_getCode(self, account: str, tag: Any = "latest") -> str:
        return hexed(self.state(tag).code(address(account)))

    def eth_getStorageAt(self, account: str, slot: str, tag: Any = "latest") -> str:
        return word(self.state(tag).storage(address(account), number(slot)))

    def eth_getTransactionCount(self, account: str, tag: Any = "latest") -> str:
        if tag == "pending" and not self.lag:
            return quantity(self.chain.nonce(address(account), pending=True, private=self.private))
        return quantity(self.state(tag).nonce(address(account)))

    # Blocks

    def eth_getBlockByNumber(self, tag: Any, full: bool = False) -> Json | None:
        block = self.block(tag)
        if block is None:
            return None
        if block == "pending":
            return self._pending_json(full)
        return block_json(block, full)

    def eth_getBlockByHash(self, block_hash: str, full: bool = False) -> Json | None:
        block = self.known(data(block_hash))
        return block_json(block, full) if block else None

    def _pending_json(self, full: bool) -> Json:
        _, context, transactions, outcomes = self.chain.pending()
        head = self.chain.head
        block = seal(head.hash, context, head.root, transactions, outcomes, EXTRA)
        return block_json(block, full, pending=True)

    def eth_getBlockTransactionCountByNumber(self, tag: Any) -> str | None:
        block = self.block(tag)
        if block is None:
            return None
        return quantity(len(self.chain.pending()[2] if block == "pending" else block.transactions))

    def eth_getBlockTransactionCountByHash(self, block_hash: str) -> str | None:
        block = self.known(data(block_hash))
        return quantity(len(block.transactions)) if block else None

    def eth_getBlockReceipts(self, tag: Any) -> list[Json] | None:
        block = self.block(tag)
        if not isinstance(block, Block):
            return None
        return [receipt_json(block, i) for i in range(len(block.transactions))]

    # Transactions

    def eth_getTransactionByHash(self, tx_hash: str) -> Json | None:
        place = self.place(tx_hash)
        if place is not None:
            block, index = place
            return transaction_json(block.transactions[index], block, index)
        waiting = self._waiting(data(tx_hash))
        return transaction_json(waiting) if waiting and not self.lag else None

    def eth_getRawTransactionByHash(self, tx_hash: str) -> str | None:
        place = self.place(tx_hash)
        found = place[0].transactions[place[1]] if place else self._waiting(data(tx_hash))
        return hexed(found.raw) if found else None

    def _waiting(self, tx_hash: bytes) -> Transaction | None:
        """What this endpoint knows to wait: a relay also what was sent to it."""
        public = self.chain.pool.by_hash.get(tx_hash)
        return public or (self.chain.private_pool.by_hash.get(tx_hash) if self.private else None)

    def eth_getTransactionByBlockNumberAndIndex(self, tag: Any, index: str) -> Json | None:
        block = self.block(tag)
        return self._transaction_in(block if isinstance(block, Block) else None, number(index))

    def eth_getTransactionByBlockHashAndIndex(self, block_hash: str, index: str) -> Json | None:
        return self._transaction_in(self.known(data(block_hash)), number(index))

    @staticmethod
    def _transaction_in(block: Block | None, index: int) -> Json | None:
        if block is None or index >= len(block.transactions):
            return None
        return transaction_json(block.transactions[index], block, index)

    def eth_getTransactionReceipt(self, tx_hash: str) -> Json | None:
        place = self.place(tx_hash)
        return receipt_json(*place) if place else None

    # Fees

    def eth_maxPriorityFeePerGas(self) -> str:
        return quantity(self.chain.config.tip)

    def eth_gasPrice(self) -> str:
        return quantity(self.chain.config.tip + self.chain.base_fee_after(self.head()))

    def eth_blobBaseFee(self) -> str:
        return "0x1"

    def eth_feeHistory(self, count: Any, newest: Any, percentiles: Sequence[float] | None = None) -> Json:
        block = self.block(newest)
        if block is None:
            beyond = f"request beyond head block: requested {number(newest)}, head {self.head().number}"
            raise RpcError(SERVER_ERROR, beyond)
        last = self.head() if block == "pending" else block
        wanted = list(percentiles or ())
        if any(not 0 <= p <= 100 for p in wanted) or wanted != sorted(wanted):
            raise RpcError(SERVER_ERROR, "invalid reward percentile")
        blocks = max(0, min(number(count), last.number + 1, MAX_FEE_HISTORY))
        if not blocks:
            return {"oldestBlock": "0x0", "gasUsedRatio": None}
        span = self.chain.blocks[last.number - blocks + 1 : last.number + 1]
        base_fees = [b.context.base_fee for b in span] + [self._base_fee_following(last)]
        history: Json = {
            "oldestBlock": quantity(span[0].number),
            "baseFeePerGas": [quantity(fee) for fee in base_fees],
            "gasUsedRatio": [b.header.gas_used / b.context.gas_limit for b in span],
            "baseFeePerBlobGas": ["0x1"] * (blocks + 1),
            "blobGasUsedRatio": [0] * blocks,
        }
        if wanted:
            history["reward"] = [_rewards(b, wanted) for b in span]
        return history

    def _base_fee_following(self, block: Block) -> int:
        """Of the next block if there is one already, since a test may have set it by hand."""
        if block is self.chain.head:
            return self.chain.upcoming_base_fee()
        if self.chain.is_canonical(block):
            return self.chain.blocks[block.number + 1].context.base_fee
        return self.chain.base_fee_after(block)

    # The pool

    def txpool_content(self) -> Json:
        content: Json = {"pending": {}, "queued": {}}
        for sender, queue in self.chain.pool.by_sender.items():
            next_nonce = self.chain.nonce(sender)
            for nonce in sorted(queue):
                kind = "pending" if nonce == next_nonce else "queued"
                next_nonce += nonce == next_nonce
                shape = transaction_json(queue[nonce].transaction)
                content[kind].setdefault(checksummed(sender), {})[str(nonce)] = shape
        return content

    def txpool_status(self) -> Json:
        content = self.txpool_content()
        return {kind: quantity(sum(len(queue) for queue in content[kind].values())) for kind in content}


def _rewards(block: Block, percentiles: Sequence[float]) -> list[str]:
    """Effective tips at percentiles of the block's gas, as geth's fee history counts them."""
    tips = sorted(
        (tx.effective_tip(block.context.base_fee), outcome.gas_used)
        for tx, outcome in zip(block.transactions, block.outcomes, strict=True)
    )
    if not tips:
        return ["0x0"] * len(percentiles)
    rewards, index, gas = [], 0, tips[0][1]
    for percentile in percentiles:
        threshold = int(block.header.gas_used * percentile / 100)
        while gas < threshold and index < len(tips) - 1:
            index += 1
            gas += tips[index][1]
        rewards.append(quantity(tips[index][0]))
    return rewards

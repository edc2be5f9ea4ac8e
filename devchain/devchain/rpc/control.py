"""The control methods: evm_*, anvil_* (also spelled hardhat_*) and dev_*."""

from __future__ import annotations

from typing import Any

from ..faults import Faults
from .shapes import Json
from .values import INVALID_PARAMS, RpcError, address, data, hexed, number, quantity
from .view import View


class Control(View):
    faults: Faults

    # Mining and time

    def evm_mine(self, options: Any = None) -> str:
        timestamp = options.get("timestamp") if isinstance(options, dict) else options
        blocks = number(options.get("blocks", 1)) if isinstance(options, dict) else 1
        for i in range(blocks):
            self.chain.mine(number(timestamp) if timestamp is not None and i == 0 else None)
        return "0x0"

    def anvil_mine(self, blocks: Any = 1, interval: Any = None) -> None:
        for i in range(number(blocks)):
            spaced = interval is not None and i > 0
            self.chain.mine(self.chain.head.context.timestamp + number(interval) if spaced else None)

    def evm_setAutomine(self, on: bool) -> bool:
        self.chain.automine = bool(on)
        return True

    def anvil_getAutomine(self) -> bool:
        return self.chain.automine and self.chain.interval == 0

    def evm_setIntervalMining(self, seconds: Any) -> bool:
        """Seconds, fractions too; 0 stops it."""
        self.chain.set_interval(float(seconds) if not isinstance(seconds, str) else number(seconds))
        return True

    def evm_increaseTime(self, seconds: Any) -> str:
        self.chain.offset += number(seconds)
        return quantity(self.chain.offset)

    def evm_setNextBlockTimestamp(self, timestamp: Any) -> None:
        head_time = self.chain.head.context.timestamp
        if number(timestamp) <= head_time:
            text = f"timestamp {number(timestamp)} is not after the head's {head_time}"
            raise RpcError(INVALID_PARAMS, text)
        self.chain.next_timestamp = number(timestamp)

    def evm_snapshot(self) -> str:
        return quantity(self.chain.snapshot())

    def evm_revert(self, snapshot_id: Any) -> bool:
        return self.chain.revert(number(snapshot_id))

    # State

    def anvil_setBalance(self, account: str, wei: Any) -> None:
        self.chain.cheat(lambda state: state.set_balance(address(account), number(wei)))

    def anvil_setNonce(self, account: str, nonce: Any) -> None:
        self.chain.cheat(lambda state: state.set_nonce(address(account), number(nonce)))

    def anvil_setCode(self, account: str, code: str) -> None:
        self.chain.cheat(lambda state: state.set_code(address(account), data(code)))

    def anvil_setStorageAt(self, account: str, slot: Any, value: Any) -> bool:
        self.chain.cheat(lambda state: state.set_storage(address(account), number(slot), number(value)))
        return True

    # Fees

    def anvil_setNextBlockBaseFeePerGas(self, wei: Any) -> None:
        self.chain.next_base_fee = number(wei)

    def anvil_setMinGasPrice(self, wei: Any) -> None:
        self.chain.config.min_tip = number(wei)

    def anvil_setCoinbase(self, account: str) -> None:
        self.chain.config.coinbase = address(account)

    def evm_setBlockGasLimit(self, gas: Any) -> bool:
        self.chain.config.gas_limit = number(gas)
        return True

    def dev_baseFeePath(self, values: list[Any]) -> bool:
        """The base fees of the coming blocks, one each."""
        self.chain.base_fee_path = [number(v) for v in values]
        return True

    def dev_setTip(self, wei: Any) -> None:
        self.chain.config.tip = number(wei)

    # The pool and history

    def anvil_dropTransaction(self, tx_hash: str) -> str | None:
        dropped = self.chain.pool.drop(data(tx_hash)) or self.chain.private_pool.drop(data(tx_hash))
        return hexed(dropped.hash) if dropped else None

    def anvil_dropAllTransactions(self) -> None:
        self.chain.pool.drop_all()
        self.chain.private_pool.drop_all()

    def anvil_removePoolTransactions(self, sender: str) -> None:
        self.chain.pool.drop_all(address(sender))
        self.chain.private_pool.drop_all(address(sender))

    def dev_freeze(self, who: str, on: bool = True) -> bool:
        """Freeze a sender or a transaction hash: no block takes it until thawed. The stuck transaction."""
        for pool in (self.chain.pool, self.chain.private_pool):
            (pool.frozen.add if on else pool.frozen.discard)(data(who))
            pool.version += 1
        return True

    def dev_privatePool(self) -> list[str]:
        """Hashes of what waits where the public does not see it."""
        return [hexed(tx_hash) for tx_hash in self.chain.private_pool.by_hash]

    def anvil_reorg(self, depth: Any, transactions: Any = ()) -> None:
        """anvil's own shape: same length, orphans are dropped, [[raw, offset]] goes in."""
        extra = [(data(raw), number(offset)) for raw, offset in transactions if isinstance(raw, str)]
        self.chain.reorg(number(depth), number(depth), "drop", extra, mine_pool=False)

    def anvil_rollback(self, depth: Any = 1) -> None:
        self.chain.rollback(number(depth))

    def dev_reorg(self, options: Json) -> Json:
        """{depth, length?: depth+1, keep?: pool | drop | [hashes], extra?: [[raw, offset]], minePool?: true}"""
        keep = options.get("keep", "pool")
        gone = self.chain.reorg(
            number(options["depth"]),
            options.get("length"),
            keep if isinstance(keep, str) else {data(tx_hash) for tx_hash in keep},
            [(data(raw), number(offset)) for raw, offset in options.get("extra", [])],
            options.get("minePool", True),
        )
        orphaned = [
            {
                "number": quantity(block.number),
                "hash": hexed(block.hash),
                "transactions": [hexed(tx.hash) for tx in block.transactions],
            }
            for block in gone
        ]
        return {"orphaned": orphaned, "head": hexed(self.chain.head.hash)}

    def anvil_nodeInfo(self) -> Json:
        head, config = self.chain.head, self.chain.config
        return {
            "currentBlockNumber": quantity(head.number),
            "currentBlockTimestamp": head.context.timestamp,
            "currentBlockHash": hexed(head.hash),
            "hardFork": config.fork,
            "transactionOrder": config.order,
            "environment": {
                "baseFee": quantity(head.context.base_fee),
                "chainId": config.chain_id,
                "gasLimit": quantity(head.context.gas_limit),
            },
        }

    # The wire

    def dev_faults(self, rules: list[Json] | None = None) -> list[Json]:
        """Set the fault rules, or only show them; see `faults` for their shape."""
        if rules is not None:
            self.faults.set(rules)
        return self.faults.show()

    def dev_requests(self, clear: bool = False, endpoint: str | None = None) -> list[Json]:
        """The requests received, of one endpoint or all but /admin; `clear` forgets those answered here."""
        return self.faults.requests(bool(clear), endpoint)

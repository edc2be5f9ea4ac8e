"""The EVM under the chain: py-evm's state machine with real gas, real state tries and real hashes.

An `Evm` opens a `Session` on any state root. A session reads state, runs calls that leave no trace,
applies transactions, and commits to a new root. Nothing is pruned, so every old root stays readable:
that is what makes snapshots and reorgs cheap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eth.db.atomic import AtomicDB
from eth.exceptions import InvalidInstruction, OutOfGas, Revert
from eth.vm.execution_context import ExecutionContext
from eth.vm.forks.cancun import CancunVM
from eth.vm.forks.london import LondonVM
from eth.vm.forks.prague import PragueVM
from eth.vm.forks.shanghai import ShanghaiVM
from eth.vm.spoof import SpoofTransaction

from .transactions import Transaction

FORKS = {"london": LondonVM, "shanghai": ShanghaiVM, "cancun": CancunVM, "prague": PragueVM}

Log = tuple[bytes, list[bytes], bytes]
"""Address, topics, data."""

Overrides = Mapping[bytes, Mapping[str, Any]]
"""Account -> {balance | nonce | code | state | stateDiff}; values already parsed."""


@dataclass
class BlockContext:
    """What a contract can ask about its block, besides the state."""

    number: int
    timestamp: int
    base_fee: int
    gas_limit: int
    coinbase: bytes
    randao: bytes
    previous_hashes: list[bytes] = field(default_factory=list)  # the parent's first


@dataclass
class Outcome:
    """What became of one transaction or call."""

    succeeded: bool
    gas_used: int
    output: bytes = b""
    logs: list[Log] = field(default_factory=list)
    created: bytes | None = None
    reverted: bool = False
    error: str = ""


@dataclass(frozen=True)
class CallRequest:
    """An eth_call after parsing; fees of 0 mean that none was named."""

    sender: bytes
    to: bytes | None
    data: bytes = b""
    value: int = 0
    fee_cap: int = 0
    tip: int = 0
    access_list: tuple[tuple[bytes, list[int]], ...] = ()


class Session:
    """One state, readable and writable, under one block's context."""

    def __init__(self, evm: Evm, root: bytes, context: BlockContext) -> None:
        self.evm = evm
        self.context = context
        self._state = evm.vm._state_class(evm.database, evm.execution_context(context), root)

    def balance(self, address: bytes) -> int:
        return self._state.get_balance(address)

    def nonce(self, address: bytes) -> int:
        return self._state.get_nonce(address)

    def code(self, address: bytes) -> bytes:
        return self._state.get_code(address)

    def storage(self, address: bytes, slot: int) -> int:
        return self._state.get_storage(address, slot)

    def set_balance(self, address: bytes, wei: int) -> None:
        self._state.set_balance(address, wei)

    def set_nonce(self, address: bytes, nonce: int) -> None:
        self._state.set_nonce(address, nonce)

    def set_code(self, address: bytes, code: bytes) -> None:
        self._state.set_code(address, code)

    def set_storage(self, address: bytes, slot: int, value: int) -> None:
        self._state.set_storage(address, slot, value)

    def retarget(self, context: BlockContext) -> None:
        """Go on under another block's context, keeping the warm caches."""
        self.context = context
        self._state.execution_context = self.evm.execution_context(context)

    def apply(self, transaction: Transaction) -> Outcome:
        """Run a transaction for good. py-evm's ValidationError means it could not even start."""
        self._state.lock_changes()
        return _outcome(self._state.apply_transaction(transaction.decoded), transaction.gas)

    def call(self, request: CallRequest, gas: int, overrides: Overrides | None = None) -> Outcome:
        """Run a call on the path a transaction takes, then undo everything.

        With no price named, the base fee reads 0 as in geth, so that callers without ether can call;
        with one named, `tx.gasprice` is what a transaction with these caps would pay.
        """
        state = self._state
        state.lock_changes()
        snapshot, context = state.snapshot(), state.execution_context
        try:
            self._override(overrides or {})
            if request.fee_cap == 0:
                state.execution_context = self.evm.execution_context(self.context, base_fee=0)
            unsigned = self.evm.vm.get_transaction_builder().new_unsigned_dynamic_fee_transaction(
                chain_id=self.evm.chain_id,
                nonce=state.get_nonce(request.sender),
                max_priority_fee_per_gas=request.tip,
                max_fee_per_gas=request.fee_cap,
                gas=gas,
                to=request.to or b"",
                value=request.value,
                data=request.data,
                access_list=list(request.access_list),
            )
            spoofed = SpoofTransaction(unsigned, from_=request.sender)
            return _outcome(state.apply_transaction(spoofed), gas)
        finally:
            state.execution_context = context
            state.revert(snapshot)

    def _override(self, overrides: Overrides) -> None:
        for address, changes in overrides.items():
            for name, value in changes.items():
                if name == "balance":
                    self._state.set_balance(address, value)
                elif name == "nonce":
                    self._state.set_nonce(address, value)
                elif name == "code":
                    self._state.set_code(address, value)
                else:
                    if name == "state":
                        self._state.delete_storage(address)
                    for slot, word in value.items():
                        self._state.set_storage(address, slot, word)

    def commit(self) -> bytes:
        """Write the state into the database and return its root."""
        self._state.lock_changes()
        root = self._state.make_state_root()
        self._state.persist()
        return root


class Evm:
    """One chain id and fork over one database of tries."""

    def __init__(self, chain_id: int, fork: str = "prague") -> None:
        self.chain_id = chain_id
        self.fork = fork
        self.vm = FORKS[fork]
        self.database = AtomicDB()
        self._hot: tuple[bytes, Session] | None = None

    def execution_context(self, block: BlockContext, base_fee: int | None = None) -> ExecutionContext:
        return ExecutionContext(
            coinbase=block.coinbase,
            timestamp=block.timestamp,
            block_number=block.number,
            difficulty=0,
            mix_hash=block.randao,
            gas_limit=block.gas_limit,
            prev_hashes=block.previous_hashes,
            chain_id=self.chain_id,
            base_fee_per_gas=block.base_fee if base_fee is None else base_fee,
            excess_blob_gas=0,
        )

    def session(self, root: bytes, context: BlockContext, hot: bool = False) -> Session:
        """A session on a root; `hot` takes the last committed one over if it stands on that root."""
        if hot and self._hot is not None and self._hot[0] == root:
            self._hot[1].retarget(context)
            return self._hot[1]
        session = Session(self, root, context)
        if hot:
            self._hot = (root, session)
        return session

    def keep_hot(self, session: Session, root: bytes) -> None:
        self._hot = (root, session)

    def drop_hot(self) -> None:
        """Forget the warm session: its state is half-run, or no longer the head's."""
        self._hot = None


def _outcome(computation: Any, gas: int) -> Outcome:
    used = gas - computation.get_gas_remaining()
    refund = min(computation.get_gas_refund(), used // 5)
    # py-evm leaves in data_floor_gas what EIP-7623 still charges on top of the execution.
    used = used - refund + computation.data_floor_gas
    if computation.is_success:
        logs = [
            (address, [topic.to_bytes(32, "big") for topic in topics], data)
            for address, topics, data in computation.get_log_entries()
        ]
        created = computation.msg.storage_address if computation.msg.is_create else None
        return Outcome(True, used, computation.output, logs, created)
    if isinstance(computation.error, Revert):
        return Outcome(False, used, computation.output, reverted=True, error="execution reverted")
    return Outcome(False, used, error=_explain(computation.error))


def _explain(error: Exception) -> str:
    if isinstance(error, OutOfGas):
        return "out of gas"
    if isinstance(error, InvalidInstruction):
        return "invalid opcode: " + str(error).split("Invalid opcode ")[-1].split(" ")[0]
    return f"{type(error).__name__}: {error}"

"""Transactions as the chain sees them: decoded, their sender recovered, their figures laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FLOOR_PER_TOKEN = 10  # EIP-7623
BASE_GAS = 21_000


class TransactionDecodeError(Exception):
    """The raw bytes are no transaction this chain takes; the text is what a node answers."""


@dataclass(frozen=True)
class Transaction:
    """A signed transaction. A legacy one has its gas price as both caps, as the fee market reads it."""

    decoded: Any  # py-evm's own object, which only `Session.apply` touches
    raw: bytes
    hash: bytes
    type: int
    chain_id: int | None  # None before EIP-155
    sender: bytes
    nonce: int
    gas: int
    fee_cap: int
    tip: int
    to: bytes | None
    value: int
    data: bytes
    access_list: list[Any]
    v: int
    r: int
    s: int
    intrinsic_gas: int
    floor_gas: int

    def effective_tip(self, base_fee: int) -> int:
        return min(self.tip, self.fee_cap - base_fee)

    def price(self, base_fee: int) -> int:
        """Wei per gas this transaction pays in a block of that base fee."""
        return min(self.fee_cap, self.tip + base_fee)

    @property
    def most_it_can_cost(self) -> int:
        return self.gas * self.fee_cap + self.value


def decode(vm: Any, fork: str, raw: bytes) -> Transaction:
    """Decode raw bytes strictly and recover the sender."""
    try:
        decoded = vm.get_transaction_builder().decode(raw)
    except Exception as error:  # py-evm raises many kinds here
        if raw and raw[0] < 0x80 and raw[0] not in (1, 2, 3, 4):
            raise TransactionDecodeError("transaction type not supported") from error
        raise TransactionDecodeError(f"rlp: {error}"[:160]) from error
    kind = decoded.type_id or 0
    if kind == 3:
        raise TransactionDecodeError("transaction type not supported")
    try:
        decoded.check_signature_validity()
        sender = decoded.sender
    except Exception as error:
        raise TransactionDecodeError("invalid sender") from error

    is_legacy = kind == 0
    v = decoded.v if is_legacy else decoded.y_parity
    priced = kind < 2
    tokens = decoded.data.count(0) + 4 * (len(decoded.data) - decoded.data.count(0))
    return Transaction(
        decoded=decoded,
        raw=raw,
        hash=decoded.hash,
        type=kind,
        chain_id=decoded.chain_id if not is_legacy or v >= 35 else None,
        sender=sender,
        nonce=decoded.nonce,
        gas=decoded.gas,
        fee_cap=decoded.gas_price if priced else decoded.max_fee_per_gas,
        tip=decoded.gas_price if priced else decoded.max_priority_fee_per_gas,
        to=decoded.to or None,
        value=decoded.value,
        data=decoded.data,
        access_list=[] if is_legacy else list(decoded.access_list),
        v=v,
        r=decoded.r,
        s=decoded.s,
        intrinsic_gas=decoded.intrinsic_gas,
        floor_gas=BASE_GAS + FLOOR_PER_TOKEN * tokens if fork == "prague" else 0,
    )

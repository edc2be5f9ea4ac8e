"""The JSON shapes of blocks, transactions, logs and receipts, as geth writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..blocks import Block, logs_bloom
from ..evm import Log
from ..transactions import Transaction
from .values import hexed, quantity, word

Json = dict[str, Any]


def transaction_json(tx: Transaction, block: Block | None = None, index: int = 0) -> Json:
    shape: Json = {
        "type": quantity(tx.type),
        "hash": hexed(tx.hash),
        "nonce": quantity(tx.nonce),
        "from": hexed(tx.sender),
        "to": hexed(tx.to) if tx.to else None,
        "value": quantity(tx.value),
        "gas": quantity(tx.gas),
        "gasPrice": quantity(tx.fee_cap),
        "input": hexed(tx.data),
        "v": quantity(tx.v),
        "r": quantity(tx.r),
        "s": quantity(tx.s),
        "blockHash": None,
        "blockNumber": None,
        "transactionIndex": None,
    }
    if tx.chain_id is not None:
        shape["chainId"] = quantity(tx.chain_id)
    if tx.type:
        shape["accessList"] = [
            {"address": hexed(account), "storageKeys": [word(key) for key in storage_keys]}
            for account, storage_keys in tx.access_list
        ]
        shape["yParity"] = quantity(tx.v)
    if tx.type >= 2:
        shape["maxFeePerGas"] = quantity(tx.fee_cap)
        shape["maxPriorityFeePerGas"] = quantity(tx.tip)
    if block is not None:
        shape["gasPrice"] = quantity(tx.price(block.context.base_fee))
        shape["blockHash"] = hexed(block.hash)
        shape["blockNumber"] = quantity(block.number)
        shape["transactionIndex"] = quantity(index)
    return shape


def block_json(block: Block, full: bool, pending: bool = False) -> Json:
    header = block.header
    transactions = [
        transaction_json(tx, block, i) if full else hexed(tx.hash) for i, tx in enumerate(block.transactions)
    ]
    shape: Json = {
        "number": quantity(header.block_number),
        "hash": hexed(block.hash),
        "parentHash": hexed(header.parent_hash),
        "sha3Uncles": hexed(header.uncles_hash),
        "miner": hexed(header.coinbase),
        "stateRoot": hexed(header.state_root),
        "transactionsRoot": hexed(header.transaction_root),
        "receiptsRoot": hexed(header.receipt_root),
        "logsBloom": f"0x{header.bloom:0512x}",
        "difficulty": "0x0",
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "timestamp": quantity(header.timestamp),
        "extraData": hexed(header.extra_data),
        "mixHash": hexed(header.mix_hash),
        "nonce": hexed(header.nonce),
        "baseFeePerGas": quantity(header.base_fee_per_gas),
        "withdrawalsRoot": hexed(header.withdrawals_root),
        "blobGasUsed": "0x0",
        "excessBlobGas": "0x0",
        "parentBeaconBlockRoot": hexed(header.parent_beacon_block_root),
        "requestsHash": hexed(header.requests_hash),
        "size": quantity(block.size),
        "uncles": [],
        "withdrawals": [],
        "transactions": transactions,
    }
    if pending:
        shape.update(hash=None, nonce=None, miner=None)
        for transaction in transactions if full else []:
            transaction["blockHash"] = None
    return shape


def logs_of(block: Block, removed: bool = False) -> Iterator[tuple[Log, Json]]:
    """Every log of a block with its JSON; `removed` marks those of an orphan."""
    log_index = 0
    for tx_index, (tx, outcome) in enumerate(zip(block.transactions, block.outcomes, strict=True)):
        for log in outcome.logs:
            account, topics, payload = log
            yield log, {
                "address": hexed(account),
                "topics": [hexed(topic) for topic in topics],
                "data": hexed(payload),
                "blockNumber": quantity(block.number),
                "blockHash": hexed(block.hash),
                "blockTimestamp": quantity(block.context.timestamp),
                "transactionHash": hexed(tx.hash),
                "transactionIndex": quantity(tx_index),
                "logIndex": quantity(log_index),
                "removed": removed,
            }
            log_index += 1


def receipt_json(block: Block, index: int) -> Json:
    tx, outcome = block.transactions[index], block.outcomes[index]
    return {
        "type": quantity(tx.type),
        "status": quantity(int(outcome.succeeded)),
        "transactionHash": hexed(tx.hash),
        "transactionIndex": quantity(index),
        "blockHash": hexed(block.hash),
        "blockNumber": quantity(block.number),
        "from": hexed(tx.sender),
        "to": hexed(tx.to) if tx.to else None,
        "contractAddress": hexed(outcome.created) if outcome.created else None,
        "gasUsed": quantity(outcome.gas_used),
        "cumulativeGasUsed": quantity(sum(o.gas_used for o in block.outcomes[: index + 1])),
        "effectiveGasPrice": quantity(tx.price(block.context.base_fee)),
        "logs": [shape for _, shape in logs_of(block) if shape["transactionIndex"] == quantity(index)],
        "logsBloom": f"0x{logs_bloom(outcome.logs):0512x}",
    }

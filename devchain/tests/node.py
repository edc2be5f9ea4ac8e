"""A chain behind HTTP and a raw client of it, signing with eth-account: nothing of ours on the way."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any

from eth_account import Account
from eth_utils import to_checksum_address

from devchain.chain import Chain
from devchain.config import DEV_KEYS, GWEI, Config
from devchain.faults import Faults
from devchain.rpc import Rpc
from devchain.scenario.artifacts import call
from devchain.server import Server

A, B, D = (Account.from_key(bytes.fromhex(key)) for key in DEV_KEYS[:3])
DEFAULT_TO = to_checksum_address("0x" + "22" * 20)


class Node:
    """A chain behind HTTP, and one client's connection to it."""

    def __init__(self) -> None:
        self.chain = Chain(Config(clock="fixed", genesis_time=1_700_000_000, min_base_fee=7))
        faults = Faults()
        self.server = Server(0, Rpc(self.chain, faults, max_log_range=50), faults)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.chain_id = self.chain.config.chain_id

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.chain.close()

    def post(self, body: bytes, path: str = "/", timeout: float = 10) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=timeout)
        try:
            connection.request("POST", path, body)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def answer(self, method: str, *params: Any, path: str = "/") -> dict[str, Any]:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        return json.loads(self.post(json.dumps(request).encode(), path)[2])

    def result(self, method: str, *params: Any, path: str = "/") -> Any:
        answer = self.answer(method, *params, path=path)
        assert "error" not in answer, answer
        return answer["result"]

    def error(self, method: str, *params: Any) -> dict[str, Any]:
        return self.answer(method, *params)["error"]

    def number(self, method: str, *params: Any) -> int:
        return int(self.result(method, *params), 16)

    def nonce(self, account: Any, tag: str = "latest") -> int:
        return self.number("eth_getTransactionCount", account.address, tag)

    def sign(self, account: Any = A, **fields: Any) -> tuple[str, str]:
        transaction = {
            "type": 2, "chainId": self.chain_id, "gas": 200_000, "to": DEFAULT_TO, "value": 0,
            "maxFeePerGas": 10 * GWEI, "maxPriorityFeePerGas": GWEI,
        } | fields
        transaction.setdefault("nonce", self.nonce(account, "pending"))
        if transaction["type"] < 2:
            transaction["gasPrice"] = transaction.pop("maxFeePerGas")
            del transaction["maxPriorityFeePerGas"]
        if transaction["type"] == 0:
            del transaction["type"]
        if transaction["to"] is None:
            del transaction["to"]
        signed = account.sign_transaction(transaction)
        return "0x" + signed.raw_transaction.hex(), "0x" + signed.hash.hex()

    def send(self, account: Any = A, **fields: Any) -> str:
        raw, tx_hash = self.sign(account, **fields)
        assert self.result("eth_sendRawTransaction", raw) == tx_hash
        return tx_hash

    def refusal(self, account: Any = A, **fields: Any) -> str:
        error = self.error("eth_sendRawTransaction", self.sign(account, **fields)[0])
        assert error["code"] == -32000
        return error["message"]

    def receipt(self, tx_hash: str) -> dict[str, Any] | None:
        return self.result("eth_getTransactionReceipt", tx_hash)

    def mined(self, tx_hash: str) -> dict[str, Any]:
        receipt = self.receipt(tx_hash)
        assert receipt is not None
        return receipt

    def head(self) -> dict[str, Any]:
        return self.result("eth_getBlockByNumber", "latest", False)

    def call_data(self, to: str, signature: str, *values: Any, **extra: Any) -> dict[str, Any]:
        return {"to": to, "data": "0x" + call(signature, *values).hex()} | extra

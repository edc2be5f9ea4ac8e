"""Every kind of fault, as a raw client meets it; and the request log."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any

import pytest

from node import A, Node


def rule(node: Node, *rules: dict[str, Any]) -> None:
    node.result("dev_faults", list(rules), path="/admin")


def ask(node: Node, method: str = "eth_blockNumber", path: str = "/", timeout: float = 5) -> Any:
    request = {"jsonrpc": "2.0", "id": 7, "method": method, "params": []}
    return node.post(json.dumps(request).encode(), path, timeout)


def test_http_statuses(node: Node) -> None:
    rule(node, {"kind": "http", "status": 429, "retryAfter": 2})
    status, headers, _ = ask(node)
    assert status == 429 and headers["Retry-After"] == "2"
    rule(node, {"kind": "http", "status": 503, "body": "upstream"})
    assert ask(node)[0::2] == (503, b"upstream")


def test_silence_and_broken_connections(node: Node) -> None:
    rule(node, {"kind": "delay", "ms": 200})
    started = time.monotonic()
    assert ask(node)[0] == 200 and time.monotonic() - started >= 0.2
    rule(node, {"kind": "hang", "ms": 300})
    with pytest.raises(TimeoutError):
        ask(node, timeout=0.1)
    for kind in ("reset", "hang"):
        rule(node, {"kind": kind, "ms": 10})
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            ask(node)
    rule(node, {"kind": "truncate"})
    with pytest.raises((ConnectionError, http.client.IncompleteRead)):
        ask(node)


def test_damaged_answers(node: Node) -> None:
    rule(node, {"kind": "empty"})
    assert ask(node)[2] == b""
    rule(node, {"kind": "html"})
    assert ask(node)[2].startswith(b"<html>")
    rule(node, {"kind": "garble"})
    with pytest.raises(ValueError):
        json.loads(ask(node)[2])
    rule(node, {"kind": "wrong_id"})
    assert json.loads(ask(node)[2])["id"] != 7
    rule(node, {"kind": "null"})
    assert json.loads(ask(node)[2])["result"] is None
    rule(node, {"kind": "rpc_error", "code": -32005, "message": "daily request count exceeded"})
    assert json.loads(ask(node)[2])["error"]["code"] == -32005


def test_rules_are_scoped_counted_and_by_chance(node: Node) -> None:
    scope = {"endpoint": "b", "method": "eth_call|eth_chainId", "after": 1, "count": 2}
    rule(node, {"kind": "http", "status": 500, **scope})
    assert [ask(node, "eth_chainId", "/b")[0] for _ in range(5)] == [200, 500, 500, 200, 200]
    assert ask(node, "eth_blockNumber", "/b")[0] == ask(node, "eth_chainId", "/a")[0] == 200
    rule(node, {"kind": "http", "status": 500, "p": 0.3})
    assert 10 < sum(ask(node)[0] == 500 for _ in range(100)) < 50
    assert node.result("eth_chainId", path="/admin"), "no fault touches /admin"


def test_stale_endpoint(node: Node) -> None:
    node.result("anvil_mine", 5)
    head = node.head()
    rule(node, {"kind": "stale", "endpoint": "slow", "blocks": 3})
    assert node.result("eth_blockNumber", path="/slow") == "0x2"
    assert node.result("eth_blockNumber", path="/good") == "0x5"
    at = {"blockHash": head["hash"], "requireCanonical": True}
    answer = node.answer("eth_call", {"to": A.address}, at, path="/slow")
    assert answer["error"] == {"code": -32000, "message": "header not found"}
    assert node.result("eth_getBlockByNumber", "0x5", False, path="/slow") is None


def test_swallowed_and_unacknowledged_sends(node: Node) -> None:
    raw, tx_hash = node.sign(gas=21_000)
    rule(node, {"kind": "swallow", "count": 1})
    assert node.result("eth_sendRawTransaction", raw) == tx_hash
    assert node.result("eth_getTransactionByHash", tx_hash) is None
    rule(node, {"kind": "ack_lost", "method": "eth_sendRawTransaction", "count": 1})
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        node.answer("eth_sendRawTransaction", raw)
    assert node.mined(tx_hash)["status"] == "0x1"
    assert "nonce too low" in node.error("eth_sendRawTransaction", raw)["message"]


def test_request_log_by_endpoint(node: Node) -> None:
    node.result("dev_requests", True, path="/admin")
    node.result("eth_chainId", path="/a")
    batch = [{"jsonrpc": "2.0", "id": i, "method": m} for i, m in enumerate(("eth_chainId", "eth_blockNumber"))]
    node.post(json.dumps(batch).encode(), "/b?key=secret")
    every = node.result("dev_requests", path="/admin")
    assert [(e["endpoint"], e["methods"]) for e in every] == [
        ("a", ["eth_chainId"]), ("b", ["eth_chainId", "eth_blockNumber"]),
    ]
    assert len(node.result("dev_requests", True, "a", path="/admin")) == 1
    assert [e["endpoint"] for e in node.result("dev_requests", path="/admin")] == ["b"]

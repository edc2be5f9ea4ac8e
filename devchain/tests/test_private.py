"""The relay: what is sent to /private is nowhere to be seen until it is mined."""

from __future__ import annotations

import pytest

from node import A, Node

PUBLIC = ("/", "/a")


def send(node: Node, path: str, **fields: object) -> str:
    raw, tx_hash = node.sign(**fields)
    assert node.result("eth_sendRawTransaction", raw, path=path) == tx_hash
    return tx_hash


@pytest.fixture
def quiet(node: Node) -> Node:
    node.result("evm_setAutomine", False, path="/admin")
    return node


def test_nobody_sees_it_until_it_is_mined(quiet: Node) -> None:
    tx_hash = send(quiet, "/private")
    for path in PUBLIC:
        assert quiet.result("eth_getTransactionByHash", tx_hash, path=path) is None
        assert quiet.result("eth_getRawTransactionByHash", tx_hash, path=path) is None
        assert quiet.result("txpool_status", path=path) == {"pending": "0x0", "queued": "0x0"}
        assert quiet.result("txpool_content", path=path) == {"pending": {}, "queued": {}}
        assert quiet.result("eth_getTransactionCount", A.address, "pending", path=path) == "0x0"
        assert quiet.result("eth_getBlockByNumber", "pending", False, path=path)["transactions"] == []
        assert quiet.result("eth_getTransactionReceipt", tx_hash, path=path) is None
    assert quiet.result("dev_privatePool", path="/admin") == [tx_hash]
    quiet.result("evm_mine", path="/admin")
    assert quiet.mined(tx_hash)["status"] == "0x1"
    assert quiet.result("eth_getTransactionByHash", tx_hash)["blockNumber"] == "0x1"
    assert quiet.result("dev_privatePool", path="/admin") == []


def test_the_relay_knows_its_own(quiet: Node) -> None:
    tx_hash = send(quiet, "/private/b")
    assert quiet.result("eth_getTransactionByHash", tx_hash, path="/private")["hash"] == tx_hash
    assert quiet.result("eth_getTransactionCount", A.address, "pending", path="/private") == "0x1"
    raw, _ = quiet.sign(nonce=0)
    assert quiet.answer("eth_sendRawTransaction", raw, path="/private")["error"]["message"] == "already known"


def test_it_mines_at_once_where_the_chain_does(node: Node) -> None:
    assert node.mined(send(node, "/private"))["blockNumber"] == "0x1"


def test_of_one_nonce_on_both_sides_the_dearer_is_mined(quiet: Node) -> None:
    private = send(quiet, "/private", nonce=0, maxPriorityFeePerGas=2_000_000_000)
    # No replacement: the public pool knows nothing to replace.
    public = send(quiet, "/", nonce=0, maxPriorityFeePerGas=1_000_000_000)
    quiet.result("evm_mine", path="/admin")
    assert quiet.receipt(private) is not None and quiet.receipt(public) is None
    assert quiet.result("txpool_status") == {"pending": "0x0", "queued": "0x0"}
    assert quiet.nonce(A) == 1


def test_the_relay_replaces_by_the_rules_of_a_pool(quiet: Node) -> None:
    send(quiet, "/private", nonce=0)
    raw, _ = quiet.sign(nonce=0, maxFeePerGas=10_500_000_000, maxPriorityFeePerGas=1_050_000_000)
    answer = quiet.answer("eth_sendRawTransaction", raw, path="/private")
    assert answer["error"]["message"] == "replacement transaction underpriced"


def test_nonces_of_both_sides_follow_each_other(quiet: Node) -> None:
    first, second = send(quiet, "/private", nonce=0), send(quiet, "/", nonce=1)
    quiet.result("evm_mine", path="/admin")
    assert quiet.mined(first)["transactionIndex"] == "0x0" and quiet.mined(second)["transactionIndex"] == "0x1"


def test_the_controls_of_the_pool_reach_it(quiet: Node) -> None:
    tx_hash = send(quiet, "/private")
    quiet.result("dev_freeze", tx_hash, path="/admin")
    quiet.result("evm_mine", path="/admin")
    assert quiet.receipt(tx_hash) is None
    snapshot = quiet.result("evm_snapshot", path="/admin")
    assert quiet.result("anvil_dropTransaction", tx_hash, path="/admin") == tx_hash
    assert quiet.result("dev_privatePool", path="/admin") == []
    quiet.result("evm_revert", snapshot, path="/admin")
    assert quiet.result("dev_privatePool", path="/admin") == [tx_hash]


def test_a_reorg_makes_it_public(quiet: Node) -> None:
    tx_hash = send(quiet, "/private")
    quiet.result("evm_mine", path="/admin")
    quiet.result("dev_reorg", {"depth": 1, "minePool": False}, path="/admin")
    assert quiet.result("eth_getTransactionByHash", tx_hash)["blockNumber"] is None
    assert quiet.result("dev_privatePool", path="/admin") == []


def test_faults_reach_the_relay_by_its_name(quiet: Node) -> None:
    quiet.result("dev_faults", [{"kind": "http", "status": 503, "endpoint": "private"}], path="/admin")
    assert quiet.post(b"{}", "/private")[0] == 503
    assert quiet.post(b"{}", "/a")[0] == 200

"""The chain as a node: shapes, error texts, mempool, reorgs, time; over raw HTTP, signed by eth-account."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from eth_abi import decode
from eth_account import Account
from eth_utils import to_checksum_address

from devchain.config import GWEI
from devchain.scenario.artifacts import built, call, fixture, selector
from node import A, B, D, Node

CUSTOM_ERROR = selector("TooLittleReceived(uint256,uint256)").hex()


@pytest.fixture
def probe(node: Node) -> str:
    receipt = node.mined(node.send(to=None, data=built("Probe"), gas=2_000_000))
    return to_checksum_address(receipt["contractAddress"])


def test_blocks_have_todays_fields(node: Node) -> None:
    node.result("evm_mine")
    block = node.head()
    wanted = (
        "baseFeePerGas hash parentHash timestamp gasLimit gasUsed withdrawalsRoot mixHash receiptsRoot"
        " logsBloom parentBeaconBlockRoot requestsHash blobGasUsed"
    )
    assert set(wanted.split()) <= set(block)
    assert node.result("eth_getBlockByNumber", "0xffffff", False) is None
    assert node.result("eth_getBlockByNumber", "pending", True)["hash"] is None
    for tag in ("earliest", "safe", "finalized"):
        assert node.result("eth_getBlockByNumber", tag, False)["number"] == "0x0"


@pytest.mark.parametrize(("kind", "gas"), [(0, 21_000), (1, 21_000 + 2_400 + 1_900), (2, 21_000)])
def test_transaction_types(node: Node, kind: int, gas: int) -> None:
    listed = {"accessList": [{"address": B.address, "storageKeys": ["0x" + "00" * 32]}]} if kind == 1 else {}
    receipt = node.mined(node.send(type=kind, value=5, **listed))
    assert (receipt["type"], receipt["status"], receipt["gasUsed"]) == (hex(kind), "0x1", hex(gas))


def test_delegation_and_presigned_transactions(node: Node) -> None:
    authorization = D.sign_authorization({"chainId": node.chain_id, "address": B.address, "nonce": 0})
    node.send(type=4, to=D.address, accessList=[], authorizationList=[authorization])
    assert node.result("eth_getCode", D.address, "latest").startswith("0xef0100")
    raw = fixture("eth-contract/multicall3.tx").strip()
    node.send(to=Account.recover_transaction(raw), value=10**18)
    node.result("eth_sendRawTransaction", raw)
    code = node.result("eth_getCode", "0xcA11bde05977b3631167028862bE2a173976CA11", "latest")
    assert len(code) > 7_000


def test_logs_by_range_topic_and_block(node: Node, probe: str) -> None:
    receipt = node.mined(node.send(to=probe, data=call("set(uint256)", 42)))
    (log,) = receipt["logs"]

    def logs(**query: Any) -> list[Any]:
        return node.result("eth_getLogs", {"address": probe, "fromBlock": "0x0", **query})

    assert [found["transactionHash"] for found in logs()] == [receipt["transactionHash"]]
    assert logs(topics=[log["topics"][0], None, "0x" + f"{42:064x}"])
    assert not logs(topics=[None, None, log["topics"][0]])
    assert node.result("eth_getLogs", {"blockHash": receipt["blockHash"]}) == [log]
    node.result("anvil_mine", 60)
    assert node.error("eth_getLogs", {"fromBlock": "0x0"})["code"] == -32005
    assert "invalid block range" in node.error("eth_getLogs", {"fromBlock": "0x9", "toBlock": "0x1"})["message"]


def test_calls_see_block_price_and_overrides(node: Node, probe: str) -> None:
    shape = ["uint256", "uint256", "uint256", "address", "uint256", "uint256", "bytes32"]
    answer = node.result("eth_call", node.call_data(probe, "surroundings()"), "latest")
    seen, head = decode(shape, bytes.fromhex(answer[2:])), node.head()
    assert (seen[0], seen[1], seen[4]) == (int(head["number"], 16), int(head["timestamp"], 16), node.chain_id)
    assert "0x" + seen[6].hex() == head["parentHash"]

    context = ["address", "uint256", "uint256"]

    def look(overrides: Any = None, **extra: Any) -> tuple[Any, ...]:
        request = node.call_data(probe, "call_context()", **extra)
        data = node.result("eth_call", request, "latest", *([overrides] if overrides else []))
        return decode(context, bytes.fromhex(data[2:]))

    assert look()[1] == 0
    base = int(head["baseFeePerGas"], 16)
    priced = {"from": A.address, "gasPrice": hex(5 * GWEI)}
    assert look(**priced)[:2] == (A.address.lower(), 5 * GWEI)
    capped = {"from": A.address, "maxFeePerGas": hex(9 * GWEI), "maxPriorityFeePerGas": hex(GWEI)}
    assert look(**capped)[1] == base + GWEI
    assert look({probe: {"balance": hex(77)}})[2] == 77
    poor = node.call_data(probe, "x()", **{"from": "0x" + "99" * 20, "gasPrice": hex(5 * GWEI)})
    assert "insufficient funds" in node.error("eth_call", poor, "latest")["message"]
    low = node.call_data(probe, "x()", **{"from": A.address, "maxFeePerGas": "0x1"})
    assert "less than block base fee" in node.error("eth_call", low, "latest")["message"]

    slot = {"0x" + "00" * 32: "0x" + f"{99:064x}"}
    for how in ("state", "stateDiff"):
        assert node.number("eth_call", node.call_data(probe, "x()"), "latest", {probe: {how: slot}}) == 99
    code = node.result("eth_getCode", probe, "latest")
    elsewhere = "0x" + "ee" * 20
    override = {elsewhere: {"code": code, "stateDiff": slot}}
    assert node.number("eth_call", node.call_data(elsewhere, "x()"), "latest", override) == 99
    assert node.number("eth_call", node.call_data(probe, "x()"), "latest") == 0


@pytest.mark.parametrize(
    ("signature", "values", "start", "text"),
    [
        ("rev_string()", (), "08c379a0", "execution reverted: boom: slippage"),
        ("rev_panic()", (), "4e487b71", "execution reverted: arithmetic underflow or overflow"),
        ("rev_custom(uint256,uint256)", (7, 3), CUSTOM_ERROR, "execution reverted"),
        ("rev_empty()", (), "", "execution reverted"),
    ],
)
def test_reverts_carry_their_data(node: Node, probe: str, signature: str, values: Any, start: str, text: str) -> None:
    error = node.error("eth_call", node.call_data(probe, signature, *values), "latest")
    assert error["code"] == 3 and error["message"] == text and error["data"].startswith("0x" + start)


def test_estimates_are_enough_and_not_much_more(node: Node, probe: str) -> None:
    data = call("set(uint256)", 43)
    gas = node.number("eth_estimateGas", {"from": A.address, "to": probe, "data": "0x" + data.hex()})
    receipt = node.mined(node.send(to=probe, data=data, gas=gas))
    assert receipt["status"] == "0x1" and gas <= 1.35 * int(receipt["gasUsed"], 16)
    failing = node.call_data(probe, "set_or_revert(uint256)", 500, **{"from": A.address})
    assert node.error("eth_estimateGas", failing)["code"] == 3
    reverted = node.mined(node.send(to=probe, data=call("set_or_revert(uint256)", 500)))
    assert reverted["status"] == "0x0" and reverted["logs"] == []


def test_refusals_are_geths(node: Node) -> None:
    node.send(value=1)
    assert node.refusal(nonce=0) == "nonce too low: next nonce 1, tx nonce 0"
    assert node.refusal(value=10**30).startswith("insufficient funds for gas * price + value: balance")
    assert node.refusal(gas=20_000) == "intrinsic gas too low: gas 20000, minimum needed 21000"
    assert node.refusal(gas=10**9) == "exceeds block gas limit"
    assert "invalid chain id" in node.refusal(chainId=5)
    assert node.refusal(gas=22_600, data=b"\xff" * 100).startswith("insufficient gas for floor data gas cost")
    too_big = node.refusal(to=None, gas=10**7, data=b"\0" * 49_153)
    assert too_big.startswith("max initcode size exceeded")
    assert node.error("eth_sendRawTransaction", "0x02ffff")["code"] == -32000
    assert node.error("eth_getBalance")["code"] == -32602
    assert node.error("eth_nope")["code"] == -32601
    assert json.loads(node.post(b'{"jsonrpc":')[2])["error"]["code"] == -32700


def test_batches_answer_in_order(node: Node) -> None:
    requests = [{"jsonrpc": "2.0", "id": i, "method": m} for i, m in enumerate(("eth_chainId", "eth_nope"))]
    first, second = json.loads(node.post(json.dumps(requests).encode())[2])
    assert (first["id"], second["id"], second["error"]["code"]) == (0, 1, -32601)
    assert json.loads(node.post(b"[]")[2])["error"]["code"] == -32600


def test_pool_holds_replaces_and_drops(node: Node) -> None:
    node.result("evm_setAutomine", False)
    raw, tx_hash = node.sign(value=1)
    node.result("eth_sendRawTransaction", raw)
    assert node.receipt(tx_hash) is None and (node.nonce(A), node.nonce(A, "pending")) == (0, 1)
    assert node.error("eth_sendRawTransaction", raw)["message"] == "already known"
    cheap = dict(maxFeePerGas=int(10.5e9), maxPriorityFeePerGas=int(1.05e9))
    assert node.refusal(nonce=0, value=2, **cheap) == "replacement transaction underpriced"
    enough = node.send(nonce=0, value=2, maxFeePerGas=int(11.2e9), maxPriorityFeePerGas=int(1.12e9))
    assert node.result("eth_getTransactionByHash", tx_hash) is None
    assert node.result("txpool_status") == {"pending": "0x1", "queued": "0x0"}
    node.result("evm_mine")
    assert node.mined(enough)
    dropped = node.send(value=3)
    node.result("anvil_dropTransaction", dropped)
    assert node.nonce(A, "pending") == 1 and node.result("eth_getTransactionByHash", dropped) is None
    gap = node.send(nonce=2, value=1)
    node.result("evm_mine")
    assert node.receipt(gap) is None
    node.send(nonce=1, value=1)
    node.result("evm_mine")
    assert node.mined(gap)


def test_order_in_a_block_is_by_tip_then_nonce(node: Node) -> None:
    node.result("evm_setAutomine", False)
    hashes = [
        node.send(B, maxPriorityFeePerGas=2 * GWEI), node.send(A), node.send(B, maxPriorityFeePerGas=GWEI // 10),
    ]
    node.result("evm_mine")
    assert [node.mined(h)["transactionIndex"] for h in hashes] == ["0x0", "0x1", "0x2"]


def test_stuck_transactions(node: Node) -> None:
    node.result("evm_setAutomine", False)
    node.result("anvil_setNextBlockBaseFeePerGas", hex(5 * GWEI))
    node.result("evm_mine")
    stuck = node.send(maxFeePerGas=4 * GWEI, maxPriorityFeePerGas=1)
    node.result("evm_mine")
    assert node.receipt(stuck) is None
    node.result("anvil_mine", 3)
    assert node.mined(stuck)
    frozen = node.send()
    node.result("dev_freeze", A.address)
    node.result("anvil_mine", 3)
    assert node.receipt(frozen) is None
    node.result("dev_freeze", A.address, False)
    node.result("evm_mine")
    assert node.mined(frozen)


def test_fees(node: Node, probe: str) -> None:
    node.result("evm_setAutomine", False)
    node.result("anvil_setCoinbase", "0x" + "c0" * 20)
    node.result("dev_baseFeePath", [hex(8 * GWEI), hex(8 * GWEI)])
    node.result("evm_mine")
    before = node.number("eth_getBalance", A.address, "latest")
    receipt_of = node.send(value=11, maxFeePerGas=20 * GWEI)
    node.result("evm_mine")
    receipt = node.mined(receipt_of)
    gas, price = int(receipt["gasUsed"], 16), int(receipt["effectiveGasPrice"], 16)
    assert price == 9 * GWEI
    assert before - node.number("eth_getBalance", A.address, "latest") == gas * price + 11
    assert node.number("eth_getBalance", "0x" + "c0" * 20, "latest") == gas * GWEI
    history = node.result("eth_feeHistory", "0x3", "latest", [10, 50])
    head = int(node.head()["number"], 16)
    blocks = [node.result("eth_getBlockByNumber", hex(n), False) for n in range(head - 2, head + 1)]
    assert history["baseFeePerGas"][:3] == [block["baseFeePerGas"] for block in blocks]
    assert len(history["baseFeePerGas"]) == 4
    assert history["reward"][-1] == [hex(GWEI)] * 2 and history["reward"][-2] == ["0x0"] * 2
    node.result("evm_mine")
    assert node.head()["baseFeePerGas"] == history["baseFeePerGas"][-1]
    assert "beyond head" in node.error("eth_feeHistory", 1, "0xfffff", [])["message"]
    node.result("evm_setBlockGasLimit", hex(1_000_000))
    node.result("anvil_setNextBlockBaseFeePerGas", hex(8 * GWEI))
    node.send(to=probe, data=call("burn(uint256)", 12_000), gas=1_000_000, maxFeePerGas=20 * GWEI)
    node.result("evm_mine")
    node.result("evm_mine")
    assert int(node.head()["baseFeePerGas"], 16) > 8 * GWEI


def test_snapshot_and_time(node: Node) -> None:
    head, snapshot = node.head(), node.result("evm_snapshot")
    gone = node.send(value=1)
    assert node.result("evm_revert", snapshot) is True and node.head() == head
    assert node.receipt(gone) is None and node.result("evm_revert", snapshot) is False
    node.result("evm_increaseTime", 3_600)
    node.result("evm_mine")
    assert int(node.head()["timestamp"], 16) == int(head["timestamp"], 16) + 3_601
    node.result("evm_setNextBlockTimestamp", int(node.head()["timestamp"], 16) + 777)
    node.result("evm_mine")
    assert int(node.head()["timestamp"], 16) == int(head["timestamp"], 16) + 3_601 + 777


def test_mining_by_time(node: Node) -> None:
    node.result("evm_setIntervalMining", 0.05)
    deadline = time.monotonic() + 10
    while int(node.head()["number"], 16) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    node.result("evm_setIntervalMining", 0)
    assert int(node.head()["number"], 16) >= 3


def test_reorg_returns_drops_and_marks(node: Node, probe: str) -> None:
    filter_id = node.result("eth_newFilter", {"address": probe})
    kept = node.send(to=probe, data=call("set(uint256)", 42))
    before, head = node.mined(kept), node.head()
    node.result("eth_getFilterChanges", filter_id)
    orphans = node.result("dev_reorg", {"depth": 1})["orphaned"]
    assert [o["hash"] for o in orphans] == [head["hash"]]
    after = node.mined(kept)
    assert after["blockHash"] != before["blockHash"] and after["blockNumber"] == before["blockNumber"]
    assert [c["removed"] for c in node.result("eth_getFilterChanges", filter_id)] == [True, False]
    assert node.result("eth_getBlockByHash", head["hash"], False)["hash"] == head["hash"]
    lost = node.send(value=3)
    node.result("dev_reorg", {"depth": 1, "keep": "drop"})
    assert node.receipt(lost) is None and node.result("eth_getTransactionByHash", lost) is None
    number = node.head()["number"]
    node.result("anvil_reorg", 2, [])
    assert node.head()["number"] == number
    node.result("anvil_rollback", 1)
    assert int(node.head()["number"], 16) == int(number, 16) - 1


def test_state_cheats_survive_a_block(node: Node) -> None:
    account = "0x" + "ee" * 20
    node.result("anvil_setBalance", account, "0x64")
    node.result("hardhat_setNonce", account, "0x7")
    node.result("anvil_setCode", account, "0x602a60005260206000f3")
    node.result("anvil_setStorageAt", account, "0x1", "0x05")
    node.result("evm_mine")
    assert node.result("eth_getBalance", account, "latest") == "0x64"
    assert node.result("eth_getTransactionCount", account, "latest") == "0x7"
    assert node.number("eth_call", {"to": account}, "latest") == 42
    assert node.number("eth_getStorageAt", account, "0x1", "latest") == 5


def test_signing_for_scripts(node: Node) -> None:
    tx_hash = node.result("eth_sendTransaction", {"from": A.address, "to": B.address, "value": "0x1"})
    receipt = node.mined(tx_hash)
    assert node.result("eth_getBlockReceipts", receipt["blockNumber"]) == [receipt]
    assert node.result("eth_getTransactionByBlockHashAndIndex", receipt["blockHash"], "0x0")["hash"] == tx_hash
    assert "unknown account" in node.error("eth_sendTransaction", {"from": "0x" + "99" * 20})["message"]

"""The world from outside: reads and simulations as a keeper makes them, controls, reorgs."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi import decode

from devchain.chain import Chain
from devchain.faults import Faults
from devchain.rpc import Rpc, RpcError
from devchain.rpc.values import hexed
from devchain.scenario import start_scenario
from devchain.scenario.artifacts import call
from devchain.scenario.first_light import MULTICALL3, FirstLight
from support import ETH_UNIT, LIMIT_INCREASE, MARKET_INCREASE, USD, Keeper, venue_events

AGGREGATE3 = "aggregate3((address,bool,bytes)[])"
FLOOR = 2_900 * ETH_UNIT


def at_head(rpc: Rpc) -> dict[str, Any]:
    block = rpc.dispatch("eth_getBlockByNumber", ["latest", False])
    return {"blockHash": block["hash"], "requireCanonical": True}


def aggregate(rpc: Rpc, calls: list[tuple[bytes, bytes]], to: bytes = MULTICALL3, **extra: Any) -> list[Any]:
    data = call(AGGREGATE3, [(target, True, payload) for target, payload in calls])
    overrides = extra.pop("overrides", None)
    request = {"to": hexed(to), "data": hexed(data)} | extra
    answer = rpc.dispatch("eth_call", [request, at_head(rpc), *([overrides] if overrides else [])])
    return list(decode(["(bool,bytes)[]"], bytes.fromhex(answer[2:]))[0])


def test_vault_of_the_story(rpc: Rpc, world: FirstLight) -> None:
    safe, balance = world.vault.safe, "balanceOf(address)"
    answers = aggregate(rpc, [
        (world.weth.address, call(balance, safe)),
        (world.usdc.address, call(balance, safe)),
        (MULTICALL3, call("getEthBalance(address)", safe)),
        (world.oracles.feeds["ETH"], call("latestAnswer()")),
        (world.vault.share_token, call("totalAssets()")),
        (world.vault.share_token, call("paused()")),
        (world.usdc.address, call("noSuchFunction()")),
    ])
    assert [ok for ok, _ in answers] == [True] * 6 + [False]
    values = [int.from_bytes(data, "big") for ok, data in answers if ok]
    assert values == [19 * 10**18, 40_000 * 10**6, 10**18, 3_000 * 10**8, 100_000 * 10**6, 0]
    assert int(rpc.dispatch("eth_chainId", []), 16) > 2**32


def test_simulation_from_the_keepers_own_address(rpc: Rpc, keeper: Keeper, world: FirstLight) -> None:
    """Multicall3's code put on the keeper: the wrapped call and the reads after it, sender the keeper."""
    code = rpc.dispatch("eth_getCode", [hexed(MULTICALL3), "latest"])
    me = keeper.actor.address
    orders = call(
        "getAccountOrders(address,address,uint256,uint256)",
        world.venue.contracts["DataStore"], world.vault.safe, 0, 10,
    )
    wrapped = keeper.wrapped(keeper.opening(LIMIT_INCREASE, trigger=3_300 * ETH_UNIT, acceptable=FLOOR))
    calls = [(world.vault.roles, wrapped), (world.venue.contracts["Reader"], orders)]
    price = {"gas": hex(10_000_000), "gasPrice": hex(10**9), "from": hexed(me)}
    answers = aggregate(rpc, calls, to=me, overrides={hexed(me): {"code": code}}, **price)
    assert [ok for ok, _ in answers] == [True, True]
    assert int.from_bytes(answers[1][1][32:64], "big") == 1, "the order is there after the call"
    assert keeper.orders() == [], "and was never made"
    answers = aggregate(rpc, calls, **price)
    assert answers[0][0] is False, "without the override the sender is Multicall3"


def test_reads_at_a_block_that_a_reorg_took_away(rpc: Rpc, world: FirstLight) -> None:
    world.chain.mine()
    orphan = at_head(rpc)
    world.chain.reorg(1)
    for method, account in (("eth_getBalance", world.vault.safe), ("eth_getCode", world.vault.safe)):
        with pytest.raises(RpcError, match="hash is not currently canonical"):
            rpc.dispatch(method, [hexed(account), orphan])
    assert rpc.dispatch("eth_getBalance", [hexed(world.vault.safe), {"blockHash": orphan["blockHash"]}])


def test_lagging_endpoint_has_not_heard_of_the_head(rpc: Rpc, world: FirstLight) -> None:
    world.chain.mine()
    head, safe = at_head(rpc), hexed(world.vault.safe)
    for method, params in (
        ("eth_call", [{"to": safe}, head]), ("eth_getBalance", [safe, head]), ("eth_getCode", [safe, head]),
        ("eth_getTransactionCount", [safe, head]), ("eth_getStorageAt", [safe, "0x0", head]),
    ):
        with pytest.raises(RpcError, match="header not found") as caught:
            rpc.dispatch(method, params, lag=1)
        assert caught.value.code == -32000
    assert rpc.dispatch("eth_getBlockByHash", [head["blockHash"], False], lag=1) is None
    with pytest.raises(RpcError, match="unknown block"):
        rpc.dispatch("eth_getLogs", [{"blockHash": head["blockHash"]}], lag=1)


def test_reorg_lands_the_same_bytes_and_the_order_keeper_follows(keeper: Keeper, world: FirstLight) -> None:
    keeper.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    ((key, _),) = keeper.orders()
    world.chain.reorg(1, length=1)
    assert [k for k, _ in keeper.orders()] == [key]
    keeper.mine(2)
    assert keeper.positions() and keeper.orders() == []
    world.chain.reorg(2, length=4)
    assert len(keeper.positions()) == 1 and keeper.positions()[0][1][0] == 10_000 * USD


def test_reorg_that_loses_the_order_leaves_nothing(keeper: Keeper, world: FirstLight) -> None:
    usdc = keeper.usdc()
    keeper.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    keeper.mine(2)
    world.chain.reorg(3, keep="drop")
    keeper.mine(3)
    assert keeper.positions() == [] and keeper.orders() == [] and keeper.usdc() == usdc


def test_controls(rpc: Rpc, keeper: Keeper, world: FirstLight) -> None:
    def control(name: str, *params: Any) -> None:
        assert rpc.dispatch(f"scenario_{name}", list(params)) is True
        world.chain.mine()

    control("setPrice", "ETH", 3_240.5)
    assert world.oracles.latest("ETH") == (324_050_000_000, world.chain.head.context.timestamp)
    control("depositWeth", hex(2 * 10**18))
    assert world.vault.balance_of(world.weth.address) == 21 * 10**18
    control("pauseVault")
    assert int.from_bytes(aggregate(rpc, [(world.vault.share_token, call("paused()"))])[0][1], "big") == 1
    control("executionPriceShift", -100)
    control("pricePath", [3_000, 2_950.25])
    world.chain.mine()
    world.chain.mine()
    assert world.oracles.latest("ETH")[0] == 295_025_000_000
    nonce = world.chain.nonce(keeper.actor.address)
    control("foreignTransaction")
    assert world.chain.nonce(keeper.actor.address) == nonce + 1
    assert rpc.dispatch("scenario_deployment", [])["chainID"] == "7777777777"


def test_heartbeat_keeps_feeds_fresh_and_without_it_they_age(world: FirstLight) -> None:
    def age() -> int:
        return world.chain.head.context.timestamp - world.oracles.latest("USDC")[1]

    world.chain.offset = 4_000
    world.chain.mine()
    assert age() > 4_000
    world.oracles.heartbeat = True
    for _ in range(3):
        world.chain.mine()
    assert age() <= 60


def test_order_keeper_delay_and_spoiling(rpc: Rpc, keeper: Keeper, world: FirstLight) -> None:
    rpc.dispatch("scenario_orderKeeper", [True, 4])
    rpc.dispatch("scenario_cancelNextMarketOrder", [])
    keeper.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    assert keeper.mine(3) == []
    assert [e.name for e in keeper.mine(1)] == ["OrderCancelled"]
    keeper.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    assert keeper.mine(4)[-1].name == "OrderExecuted", "only the next one was spoiled"


def test_order_created_in_the_receipt(rpc: Rpc, keeper: Keeper, world: FirstLight) -> None:
    keeper.send(keeper.opening(LIMIT_INCREASE, trigger=3_300 * ETH_UNIT, acceptable=FLOOR))
    (created,) = venue_events(world, world.chain.head)
    ((key, order),) = keeper.orders()
    assert created.name == "OrderCreated" and created.topics[2] == key
    assert created.topics[3] == world.vault.safe.rjust(32, b"\0")
    assert created.items["key"] == key and created.items["orderType"] == LIMIT_INCREASE
    assert created.items["updatedAtTime"] == order[1][9]
    logs = rpc.dispatch("eth_getLogs", [{
        "address": hexed(world.venue.contracts["EventEmitter"]), "topics": [None, None, hexed(key)],
    }])
    assert len(logs) == 1 and logs[0]["removed"] is False


def test_deployment_is_the_same_every_time(world: FirstLight) -> None:
    """Two worlds of the same clock agree to the last hash; that one is a session old."""
    chain = Chain(world.chain.config)
    twin = start_scenario("first-light", chain, Rpc(chain, Faults()), heartbeat=False)
    assert twin.deployment == world.deployment
    assert [b.hash for b in chain.blocks] == [b.hash for b in world.chain.blocks[: len(chain.blocks)]]
    chain.close()

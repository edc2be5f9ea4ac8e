"""The venue's behaviour, one test for each row of the failure table a keeper must know."""

from __future__ import annotations

import pytest
from eth_abi import encode
from eth_hash.auto import keccak

from devchain.scenario.artifacts import call, selector
from devchain.scenario.first_light import FirstLight
from devchain.scenario.ledger import simulate
from support import (
    ETH_UNIT, EXECUTION_GAS, FEE, LIMIT_INCREASE, MARKET_DECREASE, MARKET_INCREASE, STOP_LOSS, USD,
    Keeper, error_data,
)

FLOOR = 2_900 * ETH_UNIT  # an acceptable price for selling that 3,000 meets
MARKUP = 3_300 * ETH_UNIT


def names(events: list) -> list[str]:
    return [event.name for event in events]


def test_market_order_is_pending_then_a_position(keeper: Keeper) -> None:
    usdc, ether = keeper.usdc(), keeper.ether()
    assert keeper.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR)).succeeded
    ((key, order),) = keeper.orders()
    assert order[1][0] == MARKET_INCREASE and order[1][3] == 5_000 * 10**6 and order[1][6] == FEE
    assert keeper.positions() == [] and keeper.usdc() == usdc - 5_000 * 10**6

    assert keeper.mine(1) == [] and len(keeper.orders()) == 1, "one block is too early"
    events = keeper.mine(1)
    assert names(events) == ["PositionFeesCollected", "PositionIncrease", "OrderExecuted"]
    assert events[2].topics[2] == key and events[1].items["orderKey"] == key
    assert keeper.orders() == []
    ((addresses, numbers, (is_long,)),) = keeper.positions()
    assert addresses[0] == "0x" + keeper.world.vault.safe.hex() and not is_long
    assert numbers[0] == 10_000 * USD
    assert abs(numbers[1] - 10_000 * 10**18 // 3_000) <= 1
    fee = 10_000 * 10**6 * 6 // 10_000  # this trade worsens the balance
    assert numbers[2] == 5_000 * 10**6 - fee
    assert numbers[3] < 0, "the impact of opening waits for the close"
    assert keeper.ether() > ether - FEE, "the surplus of the fee comes back in ether"


def test_fee_too_low_is_refused_by_the_price_of_the_transaction(keeper: Keeper) -> None:
    batch = [
        call("sendWnt(address,uint256)", keeper.order_vault, 10**9),
        call("sendTokens(address,address,uint256)", keeper.world.usdc.address, keeper.order_vault, 10**6),
        keeper.order(MARKET_INCREASE, fee=10**9, acceptable=FLOOR),
    ]
    answer = keeper.as_safe(call("multicall(bytes[])", batch), 10**9, gas_price=10**9)
    least = EXECUTION_GAS * 10**9
    assert answer.output == error_data("InsufficientExecutionFee(uint256,uint256)", least, 10**9)
    outcome = keeper.send(keeper.opening(MARKET_INCREASE, fee=10**9, acceptable=FLOOR))
    assert not outcome.succeeded
    assert outcome.output == selector("ModuleTransactionFailed()"), "the role's wrapper loses the reason"


def test_market_order_beyond_acceptable_price_is_cancelled_in_a_good_transaction(keeper: Keeper) -> None:
    usdc = keeper.usdc()
    assert keeper.send(keeper.opening(MARKET_INCREASE, acceptable=3_100 * ETH_UNIT)).succeeded
    ((key, _),) = keeper.orders()
    events = keeper.mine(2)
    assert keeper.chain.head.outcomes[-1].succeeded
    assert names(events) == ["OrderCancelled"] and events[0].topics[2] == key
    reason = events[0].items["reasonBytes"]
    assert reason[:4] == selector("OrderNotFulfillableAtAcceptablePrice(uint256,uint256)")
    assert int.from_bytes(reason[36:68], "big") == 3_100 * ETH_UNIT
    assert keeper.orders() == [] and keeper.positions() == [] and keeper.usdc() == usdc


def test_limit_rests_until_triggered_then_fills(keeper: Keeper, world: FirstLight) -> None:
    limit = 3_050 * ETH_UNIT
    assert keeper.send(keeper.opening(LIMIT_INCREASE, trigger=limit, acceptable=FLOOR)).succeeded
    ((key, _),) = keeper.orders()
    execute = call("executeOrder(bytes32,(address[],address[],bytes[]))", key, ([], [], []))
    order_keeper = world.order_keeper.actor.address
    handler = world.venue.contracts["OrderHandler"]
    answer = simulate(world.chain, order_keeper, handler, execute)
    assert answer.output == error_data(
        "InvalidOrderPrices(uint256,uint256,uint256,uint256)",
        3_000 * ETH_UNIT, 3_000 * ETH_UNIT, limit, LIMIT_INCREASE,
    )
    assert keeper.mine(4) == [] and len(keeper.orders()) == 1
    world.oracles.set_price("ETH", 3_060)
    events = keeper.mine(2)
    assert names(events)[-1] == "OrderExecuted"
    assert events[1].items["indexTokenPrice.min"] == 3_060 * ETH_UNIT
    assert events[1].items["orderType"] == LIMIT_INCREASE
    assert keeper.positions()


def test_limit_triggered_but_unacceptable_freezes_and_a_top_up_repairs_it(
    keeper: Keeper, world: FirstLight
) -> None:
    limit = 2_990 * ETH_UNIT
    world.order_keeper.spoiled["limit"] = 1
    assert keeper.send(keeper.opening(LIMIT_INCREASE, trigger=limit, acceptable=2_980 * ETH_UNIT)).succeeded
    events = keeper.mine(2)
    assert names(events) == ["OrderFrozen"]
    assert events[0].items["reasonBytes"][:4] == selector("OrderNotFulfillableAtAcceptablePrice(uint256,uint256)")
    ((key, order),) = keeper.orders()
    assert order[2][2] is True and order[1][6] == 0, "frozen, and its fee is spent"

    assert keeper.mine(3) == [], "a frozen order is not tried again"
    without = call(
        "updateOrder(bytes32,uint256,uint256,uint256,uint256,uint256,bool)",
        key, 10_000 * USD, 2_900 * ETH_UNIT, limit, 0, 0, False,
    )
    answer = keeper.as_safe(without, gas_price=10**9)
    assert answer.output == error_data(
        "InsufficientExecutionFee(uint256,uint256)", EXECUTION_GAS * 10**9, 0
    )
    assert keeper.send(keeper.update(key, 10_000 * USD, 2_900 * ETH_UNIT, limit, fee=FEE)).succeeded
    assert keeper.orders()[0][1][2][2] is False
    assert names(keeper.mine(2))[-1] == "OrderExecuted"


def test_frozen_order_is_cancelled_with_its_collateral(keeper: Keeper, world: FirstLight) -> None:
    usdc = keeper.usdc()
    world.order_keeper.spoiled["limit"] = 1
    keeper.send(keeper.opening(LIMIT_INCREASE, trigger=2_990 * ETH_UNIT, acceptable=2_980 * ETH_UNIT))
    keeper.mine(2)
    ((key, _),) = keeper.orders()
    assert keeper.send(keeper.cancel(key)).succeeded
    assert keeper.orders() == [] and keeper.usdc() == usdc


def test_market_order_cannot_be_cancelled_for_five_minutes(keeper: Keeper, world: FirstLight) -> None:
    world.order_keeper.is_on = False
    keeper.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    ((key, order),) = keeper.orders()
    cancel = call("cancelOrder(bytes32)", key)
    keeper.mine(1)
    age = world.chain.head.context.timestamp - order[1][9]
    refusal = error_data("RequestNotYetCancellable(uint256,uint256,string)", age, 300, "Order")
    assert keeper.as_safe(cancel).output == refusal
    world.chain.offset = 300
    keeper.mine(1)
    usdc, ether = keeper.usdc(), keeper.ether()
    assert keeper.send(keeper.cancel(key)).succeeded
    assert keeper.usdc() == usdc + 5_000 * 10**6 and keeper.ether() == ether + FEE


def test_limit_is_cancelled_at_once_with_collateral_and_fee(keeper: Keeper) -> None:
    usdc, ether = keeper.usdc(), keeper.ether()
    keeper.send(keeper.opening(LIMIT_INCREASE, trigger=MARKUP, acceptable=FLOOR))
    ((key, _),) = keeper.orders()
    assert keeper.send(keeper.cancel(key)).succeeded
    assert (keeper.usdc(), keeper.ether(), keeper.orders()) == (usdc, ether, [])


def test_sequencer_down_stops_execution(keeper: Keeper, world: FirstLight) -> None:
    keeper.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    world.oracles.set_sequencer(False)
    keeper.mine(3)
    ((key, _),) = keeper.orders()
    execute = call("executeOrder(bytes32,(address[],address[],bytes[]))", key, ([], [], []))
    handler, actor = world.venue.contracts["OrderHandler"], world.order_keeper.actor.address
    assert simulate(world.chain, actor, handler, execute).output == selector("SequencerDown()")
    world.oracles.set_sequencer(True)
    keeper.mine(2)
    grace = selector("SequencerGraceDurationNotYetPassed(uint256,uint256)")
    assert simulate(world.chain, actor, handler, execute).output[:4] == grace
    world.chain.offset = 301
    keeper.mine(2)
    assert keeper.orders() == [] and keeper.positions()


def test_stranger_can_neither_execute_nor_change(keeper: Keeper, world: FirstLight) -> None:
    keeper.send(keeper.opening(LIMIT_INCREASE, trigger=MARKUP, acceptable=FLOOR))
    ((key, _),) = keeper.orders()
    cancel = call("cancelOrder(bytes32)", key)
    answer = keeper.simulate(cancel, keeper.exchange)
    assert answer.output == error_data(
        "Unauthorized(address,string)", keeper.actor.address, "account for cancelOrder"
    )
    execute = call("executeOrder(bytes32,(address[],address[],bytes[]))", key, ([], [], []))
    answer = keeper.simulate(execute, world.venue.contracts["OrderHandler"])
    assert answer.output == error_data("Unauthorized(address,string)", keeper.actor.address, "ORDER_KEEPER")


def test_update_moves_a_resting_order_but_no_market_order(keeper: Keeper, world: FirstLight) -> None:
    keeper.send(keeper.opening(LIMIT_INCREASE, trigger=MARKUP, acceptable=FLOOR))
    ((key, _),) = keeper.orders()
    assert keeper.send(keeper.update(key, 12_000 * USD, FLOOR, 3_200 * ETH_UNIT)).succeeded
    ((_, order),) = keeper.orders()
    assert order[1][2] == 12_000 * USD and order[1][4] == 3_200 * ETH_UNIT
    world.order_keeper.is_on = False
    keeper.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    market = next(k for k, o in keeper.orders() if o[1][0] == MARKET_INCREASE)
    update = keeper.update(market, 1, 1, 1)[0][2]
    assert keeper.as_safe(update).output == error_data("OrderNotUpdatable(uint256)", MARKET_INCREASE)


def test_decrease_pays_out_profit_and_settles_the_deferred_impact(keeper: Keeper, world: FirstLight) -> None:
    keeper.open_short(acceptable=FLOOR)
    world.oracles.set_price("ETH", 2_700)
    keeper.mine(1)
    usdc = keeper.usdc()
    half = 5_000 * USD
    assert keeper.send(keeper.closing(MARKET_DECREASE, size=half, acceptable=2_800 * ETH_UNIT)).succeeded
    events = keeper.mine(2)
    decrease = next(e for e in events if e.name == "PositionDecrease").items
    assert abs(decrease["basePnlUsd"] - 500 * USD) < USD // 10**6
    assert decrease["totalImpactUsd"] == decrease["priceImpactUsd"] + decrease["proportionalPendingImpactUsd"]
    assert decrease["proportionalPendingImpactUsd"] < 0
    assert keeper.positions()[0][1][0] == half
    assert abs(keeper.usdc() - usdc - 500 * 10**6) < 10**6
    assert keeper.send(keeper.closing(MARKET_DECREASE, size=half, acceptable=2_800 * ETH_UNIT)).succeeded
    keeper.mine(2)
    assert keeper.positions() == []
    assert 5_980 * 10**6 < keeper.usdc() - usdc < 6_000 * 10**6


def test_decrease_of_nothing_is_cancelled(keeper: Keeper) -> None:
    keeper.send(keeper.closing(MARKET_DECREASE, acceptable=2**256 - 1))
    events = keeper.mine(2)
    assert names(events) == ["OrderCancelled"]
    assert events[0].items["reasonBytes"] == selector("EmptyPosition()")


@pytest.mark.parametrize(
    ("collateral", "size", "reason"),
    [
        (50 * 10**6, 10_000 * USD, "InsufficientCollateralUsd(int256)"),
        (10**5, 10 * USD, "LiquidatablePosition(string,int256,int256,int256)"),
        (10 * 10**6, USD // 2, "MinPositionSize(uint256,uint256)"),
        (10**6, 100_000 * USD, "InsufficientCollateralAmount(uint256,int256)"),
    ],
)
def test_unsound_positions_are_cancelled(keeper: Keeper, collateral: int, size: int, reason: str) -> None:
    keeper.send(keeper.opening(MARKET_INCREASE, collateral=collateral, size=size, acceptable=FLOOR))
    events = keeper.mine(2)
    assert names(events) == ["OrderCancelled"]
    assert events[0].items["reasonBytes"][:4] == selector(reason)


def test_exits_go_with_the_position(keeper: Keeper) -> None:
    keeper.open_short(acceptable=FLOOR)
    stop = dict(trigger=3_500 * ETH_UNIT, acceptable=3_600 * ETH_UNIT, auto_cancel=True)
    assert keeper.send(keeper.closing(STOP_LOSS, **stop)).succeeded
    keeper.send(keeper.closing(MARKET_DECREASE, acceptable=3_100 * ETH_UNIT))
    events = keeper.mine(2)
    cancelled = next(e for e in events if e.name == "OrderCancelled")
    assert cancelled.items["reason"] == "AUTO_CANCEL" and keeper.orders() == []


def test_order_key_is_the_hash_of_store_and_nonce(keeper: Keeper, world: FirstLight) -> None:
    keeper.send(keeper.opening(LIMIT_INCREASE, trigger=MARKUP, acceptable=FLOOR))
    store = world.venue.contracts["DataStore"]
    assert keeper.orders()[0][0] == keccak(encode(["address", "uint256"], [store, 1]))


def test_what_lies_in_the_order_vault_belongs_to_whoever_comes_next(keeper: Keeper, world: FirstLight) -> None:
    transfer = call("transfer(address,uint256)", keeper.order_vault, 10**9)
    mint = call("mint(address,uint256)", world.admin.address, 10**9)
    world.admin.send(world.usdc.address, mint)
    world.admin.send(world.usdc.address, transfer)
    keeper.mine(1)
    keeper.send(keeper.opening(LIMIT_INCREASE, trigger=MARKUP, acceptable=FLOOR))
    assert keeper.orders()[0][1][1][3] == 6_000 * 10**6

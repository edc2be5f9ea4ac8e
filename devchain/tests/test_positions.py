"""Funding, fees and liquidation: the figures a keeper's safety hangs on."""

from __future__ import annotations

from typing import Any

from eth_abi import decode

from devchain.scenario import gmx_keys as keys
from devchain.scenario.artifacts import call, selector
from devchain.scenario.first_light import FirstLight
from devchain.scenario.ledger import simulate
from devchain.scenario.order_keeper import EXECUTE_LIQUIDATION, NO_PRICES
from support import PRICES_SHAPE, USD, Keeper, abi, prices, signature_of, type_of

NOBODY = b"\0" * 20
YEAR = 365 * 86_400


def position_key(world: FirstLight) -> bytes:
    return keys.position(world.vault.safe, world.venue.market, world.usdc.address, False)


def read(world: FirstLight, name: str, *arguments: Any) -> tuple[Any, ...]:
    entry = next(e for e in abi("Reader") if e.get("name") == name)
    data = call(signature_of(entry), *arguments)
    answer = simulate(world.chain, NOBODY, world.venue.contracts["Reader"], data)
    assert answer.succeeded, answer
    return decode([type_of(o) for o in entry["outputs"]], answer.output)


def info(world: FirstLight, eth: float) -> Any:
    store = world.venue.contracts["DataStore"]
    arguments = (store, NOBODY, position_key(world), prices(eth), 0, NOBODY, True)
    return read(world, "getPositionInfo", *arguments)[0]


def is_liquidatable_by_reader(world: FirstLight, eth: float) -> bool:
    store, venue = world.venue.contracts["DataStore"], world.venue
    market = (venue.market, world.weth.address, world.weth.address, world.usdc.address)
    arguments = (store, NOBODY, position_key(world), market, prices(eth), True, True)
    return read(world, "isPositionLiquidatable", *arguments)[0]


def pass_time(world: FirstLight, seconds: int) -> None:
    world.chain.offset = seconds
    world.chain.mine()


def shorts_pay(world: FirstLight, per_year: float) -> None:
    world.venue.set_funding_factor(-round(per_year * 10**30 / YEAR))
    world.chain.mine()


def test_pending_funding_is_in_the_position_info(keeper: Keeper, world: FirstLight) -> None:
    keeper.open_short(acceptable=0, size=50_000 * USD)
    shorts_pay(world, 0.75)
    before = info(world, 3_000)[2][2][0]
    pass_time(world, 86_400)
    funding = info(world, 3_000)[2][2][0] - before
    # 75 % a year of 50,000 USD for a day, in the market's running total since the order's block.
    assert abs(funding - 50_000 * 0.75 / 365 * 10**6) < 10**4


def test_reader_is_later_than_the_true_liquidation(keeper: Keeper, world: FirstLight) -> None:
    """The trap: isPositionLiquidatable leaves out what funding has taken since the last update."""
    keeper.open_short(acceptable=0, size=50_000 * USD, collateral=2_500 * 10**6)
    shorts_pay(world, 2.0)
    pass_time(world, 2 * 86_400)
    collateral = keeper.positions()[0][1][2]
    tokens = keeper.positions()[0][1][1] / 10**18
    costs = info(world, 3_125)[2][-2] / 10**6
    boundary = (collateral / 10**6 + 50_000 - costs - 50_000 / 200) / tokens
    assert not is_liquidatable_by_reader(world, boundary + 2)

    world.order_keeper.is_on = False
    handler, actor = world.venue.contracts["LiquidationHandler"], world.order_keeper.actor.address
    arguments = (world.vault.safe, world.venue.market, world.usdc.address, False, NO_PRICES)
    for shift, wanted in ((-0.5, False), (+0.5, True)):
        world.oracles.set_price("ETH", round(boundary + shift, 6))
        world.chain.mine()
        answer = simulate(world.chain, actor, handler, call(EXECUTE_LIQUIDATION, *arguments))
        assert answer.succeeded == wanted, (shift, answer.error)
        if not wanted:
            refusal = "PositionShouldNotBeLiquidated(string,int256,int256,int256)"
            assert answer.output[:4] == selector(refusal)


def test_liquidator_closes_what_is_due(keeper: Keeper, world: FirstLight) -> None:
    keeper.open_short(acceptable=0, size=50_000 * USD, collateral=2_500 * 10**6)
    world.oracles.set_price("ETH", 3_200)
    events = keeper.mine(3)
    decrease = next(e for e in events if e.name == "PositionDecrease")
    assert decrease.items["orderType"] == 7 and keeper.positions() == []


def test_an_order_of_no_size_adds_collateral_at_any_price(keeper: Keeper, world: FirstLight) -> None:
    keeper.open_short(acceptable=0, size=50_000 * USD, collateral=2_500 * 10**6)
    before = keeper.positions()[0][1]
    # A floor above the price, at which a sale would be given back.
    assert keeper.send(keeper.opening(2, acceptable=3_100 * 10**12, size=0, collateral=1_500 * 10**6)).succeeded
    events = keeper.mine(2)
    increase = next(e for e in events if e.name == "PositionIncrease")
    assert increase.items["sizeDeltaUsd"] == 0 and increase.items["sizeDeltaInTokens"] == 0
    after = keeper.positions()[0][1]
    assert after[:2] == before[:2]
    assert 1_499 * 10**6 < after[2] - before[2] <= 1_500 * 10**6
    # Where it would have been closed it stands.
    world.oracles.set_price("ETH", 3_200)
    keeper.mine(3)
    assert keeper.positions()[0][1][:2] == before[:2]


def test_received_funding_is_claimed_not_credited(keeper: Keeper, world: FirstLight) -> None:
    keeper.open_short(acceptable=0, size=50_000 * USD)
    world.venue.set_funding_factor(10**30 // YEAR)  # longs pay shorts 100 % a year
    world.chain.mine()
    pass_time(world, 86_400)
    claimable = info(world, 3_000)[2][2][2]
    assert 0.9 < claimable / (50_000 * 2.0 / 2.05 / 365 * 10**6) < 1.1
    collateral = keeper.positions()[0][1][2]
    keeper.send(keeper.opening(2, size=USD * 100))
    keeper.mine(2)
    assert keeper.positions()[0][1][2] < collateral + 5_000 * 10**6
    usdc = keeper.usdc()
    claim = call(
        "claimFundingFees(address[],address[],address)",
        [world.venue.market], [world.usdc.address], world.vault.safe,
    )
    assert keeper.send([(keeper.exchange, 0, claim)]).succeeded
    assert abs(keeper.usdc() - usdc - claimable) < 10**4


def test_execution_price_has_the_impact_of_the_size(world: FirstLight) -> None:
    store, market = world.venue.contracts["DataStore"], world.venue.market
    arguments = (store, market, prices(), 0, 0, 60_000 * USD, 0, False)
    (result,) = read(world, "getExecutionPrice", *arguments)
    impact, price, improved = result[:3]
    assert not improved and abs(impact + 1.08 * USD) < USD // 100  # 3e-10 * 60,000^2
    assert abs(price / 10**12 - 3_000 * (1 - 1.08 / 60_000)) < 1e-3
    assert PRICES_SHAPE.count("uint256") == 6

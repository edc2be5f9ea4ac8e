"""Uniswap v3's own bytecode in the scenario: the pool, what the role may do with it, and a range order's life."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from eth_abi import decode
from eth_hash.auto import keccak

from devchain.chain import Chain
from devchain.config import ETHER, GWEI, Config
from devchain.evm import Outcome
from devchain.faults import Faults
from devchain.rpc import Rpc
from devchain.rpc.values import RpcError
from devchain.scenario import start_scenario
from devchain.scenario.artifacts import call, fetched
from devchain.scenario.first_light import FirstLight
from devchain.scenario.ledger import view
from devchain.scenario.uniswap import (
    BURN, COLLECT, DECREASE, EXACT_INPUT, EXACT_OUTPUT, FEE, FOREVER, MINT, ROUTER_MULTICALL, SPACING, Uniswap,
)
from devchain.scenario.vault import InnerCall
from support import Keeper, error_data

INIT_CODE_HASH = "e34f199b19b2b4f47f68442619d555527d244f78a3297ea89325f843f87b8b54"  # as the periphery has it
EVERYTHING = 2**128 - 1
USDC = 10**6


@pytest.fixture(scope="module")
def built_market() -> Iterator[FirstLight]:
    config = Config(
        chain_id=7_777_777_777, clock="fixed", genesis_time=1_700_000_000, step=2, automine=False,
        base_fee=GWEI // 10, min_base_fee=GWEI // 10, tip=GWEI // 100,
    )
    chain = Chain(config)
    yield start_scenario("first-light", chain, Rpc(chain, Faults()), heartbeat=False, uniswap=True)
    chain.close()


@pytest.fixture
def market(built_market: FirstLight) -> Iterator[FirstLight]:
    snapshot = built_market.chain.snapshot()
    yield built_market
    built_market.chain.revert(snapshot)


@pytest.fixture
def uniswap(market: FirstLight) -> Uniswap:
    assert market.uniswap
    return market.uniswap


@pytest.fixture
def trader(market: FirstLight) -> "Trader":
    return Trader(market)


class Trader(Keeper):
    """The keeper, at the pool."""

    def __init__(self, world: FirstLight) -> None:
        super().__init__(world)
        assert world.uniswap
        self.uniswap = world.uniswap
        self.router = self.uniswap.contracts["SwapRouter02"]
        self.manager = self.uniswap.contracts["NonfungiblePositionManager"]

    def deadline(self, at: int = FOREVER, carried: list[bytes] | None = None) -> InnerCall:
        return (self.router, 0, call(ROUTER_MULTICALL, at, carried or []))

    def swap(self, shape: str = EXACT_INPUT, **changes: Any) -> InnerCall:
        """The sale of an ether at any price, by default."""
        f: dict[str, Any] = {
            "sold": self.world.weth.address, "bought": self.world.usdc.address, "fee": FEE,
            "recipient": self.world.vault.safe, "amount": ETHER, "bound": 0,
        } | changes
        params = (f["sold"], f["bought"], f["fee"], f["recipient"], f["amount"], f["bound"], 0)
        return (self.router, 0, call(shape, params))

    def mint(self, lower: int, ether: int, **changes: Any) -> InnerCall:
        """A range order that sells ether, from a tick on."""
        f: dict[str, Any] = {"recipient": self.world.vault.safe, "fee": FEE} | changes
        token0, token1 = (token.address for token in self.uniswap.tokens)
        amounts = (ether, 0) if self.uniswap.is_weth_first else (0, ether)
        params = (
            token0, token1, f["fee"], lower, lower + SPACING, *amounts, 0, 0, f["recipient"], FOREVER
        )
        return (self.manager, 0, call(MINT, params))

    def take_out(self, token_id: int, liquidity: int, recipient: bytes | None = None) -> list[InnerCall]:
        collect = (token_id, recipient or self.world.vault.safe, EVERYTHING, EVERYTHING)
        return [
            (self.manager, 0, call(DECREASE, (token_id, liquidity, 0, 0, FOREVER))),
            (self.manager, 0, call(COLLECT, collect)),
            (self.manager, 0, call(BURN, token_id)),
        ]

    def liquidity(self, token_id: int) -> int:
        types = ["uint96", "address", "address", "address", "uint24", "int24", "int24", "uint128"]
        types += ["uint256", "uint256", "uint128", "uint128"]
        return view(self.chain, self.manager, "positions(uint256)", types, token_id)[7]

    def refused(self, calls: list[InnerCall]) -> bytes:
        outcome = self.simulate(self.wrapped(calls))
        assert not outcome.succeeded
        return outcome.output


def test_the_pools_code_is_the_protocols() -> None:
    assert keccak(fetched("uniswap/UniswapV3Pool.json")).hex() == INIT_CODE_HASH


def test_the_pool_stands_at_the_price(uniswap: Uniswap, market: FirstLight) -> None:
    assert uniswap.price() == pytest.approx(3_000, rel=1e-9)
    assert uniswap.slot0()[4] == 100
    assert market.deployment["uniswap"]["addressBook"]["contracts"].keys() == {
        "NonfungiblePositionManager", "QuoterV2", "SwapRouter02", "UniswapV3Factory",
    }
    spacing = view(market.chain, uniswap.pool, "tickSpacing()", ["int24"])[0]
    assert spacing == SPACING


def test_the_world_without_it_is_the_same(world: FirstLight, market: FirstLight) -> None:
    assert "uniswap" not in world.deployment
    assert market.deployment | {"uniswap": None} == world.deployment | {"uniswap": None}


def test_a_sale_brings_what_the_quoter_says(trader: Trader, uniswap: Uniswap, market: FirstLight) -> None:
    said = uniswap.quote(market.weth, market.usdc, ETHER)
    assert 2_990 * USDC < said < 3_000 * USDC
    before = trader.usdc()
    assert trader.send([trader.deadline(), trader.swap(bound=said)]).succeeded
    assert trader.usdc() - before == said


def test_a_purchase_costs_what_the_quoter_says(trader: Trader, uniswap: Uniswap, market: FirstLight) -> None:
    said = uniswap.quote(market.usdc, market.weth, ETHER, is_output=True)
    assert 3_000 * USDC < said < 3_010 * USDC
    before = trader.usdc()
    buy = trader.swap(
        EXACT_OUTPUT, sold=market.usdc.address, bought=market.weth.address, bound=said
    )
    assert trader.send([trader.deadline(), buy]).succeeded
    assert before - trader.usdc() == said


def test_bounds_and_deadline_hold(trader: Trader, uniswap: Uniswap, market: FirstLight) -> None:
    said = uniswap.quote(market.weth, market.usdc, ETHER)
    assert not trader.send([trader.deadline(), trader.swap(bound=said + 1)]).succeeded
    past = market.chain.head.context.timestamp - 1
    assert not trader.send([trader.deadline(past), trader.swap()]).succeeded
    assert trader.send([trader.deadline(), trader.swap(bound=said)]).succeeded


def test_the_role_trades_for_the_safe_alone(trader: Trader, market: FirstLight) -> None:
    outsider = bytes.fromhex("aa" * 20)
    parameter, alternatives = (error_data("ConditionViolation(uint8,bytes32)", s, bytes(32)) for s in (7, 5))
    assert trader.refused([trader.swap(recipient=outsider)]) == parameter
    assert trader.refused([trader.swap(fee=3_000)]) == parameter
    assert trader.refused([trader.swap(bought=outsider)]) == alternatives
    assert trader.refused([trader.swap(EXACT_OUTPUT, recipient=outsider)]) == parameter
    # What the router's own multicall carries cannot be judged, so it may carry nothing.
    carried = [trader.swap(recipient=outsider)[2]]
    assert trader.refused([trader.deadline(carried=carried)]) == parameter
    assert trader.refused([trader.mint(0, ETHER, recipient=outsider)]) == parameter
    assert trader.refused([trader.mint(0, ETHER, fee=3_000)]) == parameter
    assert trader.refused(trader.take_out(1, 1, recipient=outsider)) == parameter
    sweep = call("sweepToken(address,uint256,address)", market.weth.address, 0, outsider)
    unknown = error_data("ConditionViolation(uint8,bytes32)", 3, sweep[:4].ljust(32, b"\0"))
    assert trader.refused([(trader.router, 0, sweep)]) == unknown


def minted(outcome: Outcome, manager: bytes) -> tuple[int, int]:
    """Token id and liquidity of IncreaseLiquidity."""
    topic = keccak(b"IncreaseLiquidity(uint256,uint128,uint256,uint256)")
    (found,) = [
        (topics, data) for address, topics, data in outcome.logs if address == manager and topics[0] == topic
    ]
    topics, data = found
    return int.from_bytes(topics[1], "big"), decode(["uint128", "uint256", "uint256"], data)[0]


def beyond(uniswap: Uniswap, price: float) -> int:
    """The lower tick of the range next to a price of ether, on the far side of it from below."""
    tick = uniswap.tick(price)
    return tick if uniswap.is_weth_first else tick - SPACING


def test_a_range_order_fills_and_fills_back(trader: Trader, uniswap: Uniswap, market: FirstLight) -> None:
    held = trader.usdc()
    outcome = trader.send([trader.mint(beyond(uniswap, 3_030), 2 * ETHER)])
    assert outcome.succeeded
    token_id, liquidity = minted(outcome, trader.manager)
    assert trader.liquidity(token_id) == liquidity > 0
    uniswap.move_to(3_060)
    market.chain.mine()
    # Not taken out, it is ether again when the price comes back.
    uniswap.move_to(3_000)
    market.chain.mine()
    snapshot = market.chain.snapshot()
    weth = market.vault.balance_of(market.weth.address)
    assert trader.send(trader.take_out(token_id, liquidity)).succeeded
    # The fees of both crossings come with it: half a thousandth of what went through, in each token.
    assert 0 <= market.vault.balance_of(market.weth.address) - weth - 2 * ETHER < ETHER // 500
    assert trader.usdc() - held < 10 * USDC
    market.chain.revert(snapshot)
    uniswap.move_to(3_060)
    market.chain.mine()
    assert trader.send(trader.take_out(token_id, liquidity)).succeeded
    got = trader.usdc() - held
    assert 2 * 3_030 * USDC < got < 2 * 3_045 * USDC
    assert view(market.chain, trader.manager, "balanceOf(address)", ["uint256"], market.vault.safe) == (0,)


def test_the_pool_remembers_its_prices(trader: Trader, uniswap: Uniswap, market: FirstLight) -> None:
    market.chain.offset = 1_800
    market.chain.mine()
    uniswap.move_to(3_100)
    market.chain.mine()
    market.chain.offset = 3_600
    market.chain.mine()
    (ticks, _) = view(market.chain, uniswap.pool, "observe(uint32[])", ["int56[]", "uint160[]"], [1_800, 0])
    mean = (ticks[1] - ticks[0]) / 1_800
    assert abs(mean - uniswap.slot0()[1]) <= 1


def test_it_can_be_deployed_later(world: FirstLight, rpc: Rpc) -> None:
    with pytest.raises(RpcError):
        rpc.dispatch("scenario_movePool", [3_000])
    deployed = rpc.dispatch("scenario_deployUniswap", [])
    assert world.uniswap and bytes.fromhex(deployed["pool"][2:]) == world.uniswap.pool
    assert rpc.dispatch("scenario_movePool", [3_333.5])
    world.chain.mine()
    assert world.uniswap.price() == pytest.approx(3_333.5, rel=1e-9)
    world.uniswap = None

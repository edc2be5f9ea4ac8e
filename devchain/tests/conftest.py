"""One first-light world for all tests; each begins at the same snapshot of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from devchain.chain import Chain  # noqa: E402
from devchain.config import GWEI, Config  # noqa: E402
from devchain.faults import Faults  # noqa: E402
from devchain.rpc import Rpc  # noqa: E402
from devchain.scenario import start_scenario  # noqa: E402
from devchain.scenario.first_light import FirstLight  # noqa: E402

from node import Node  # noqa: E402
from support import Keeper  # noqa: E402

CHAIN_ID = 7_777_777_777
START = 1_700_000_000


@pytest.fixture(scope="session")
def built_world() -> Iterator[tuple[FirstLight, Rpc]]:
    config = Config(
        chain_id=CHAIN_ID, clock="fixed", genesis_time=START, step=2, automine=False,
        base_fee=GWEI // 10, min_base_fee=GWEI // 10, tip=GWEI // 100,
    )
    chain = Chain(config)
    rpc = Rpc(chain, Faults())
    yield start_scenario("first-light", chain, rpc, heartbeat=False), rpc
    chain.close()


@pytest.fixture
def world(built_world: tuple[FirstLight, Rpc]) -> Iterator[FirstLight]:
    world = built_world[0]
    snapshot = world.chain.snapshot()
    keeper = world.order_keeper
    keeper.is_on, keeper.delay, keeper.spoiled = True, 2, {"market": 0, "limit": 0}
    world.oracles.heartbeat, world.oracles.path = False, []
    yield world
    world.chain.revert(snapshot)


@pytest.fixture
def rpc(built_world: tuple[FirstLight, Rpc], world: FirstLight) -> Rpc:
    return built_world[1]


@pytest.fixture
def keeper(world: FirstLight) -> Keeper:
    return Keeper(world)


@pytest.fixture
def node() -> Iterator[Node]:
    """A plain chain of its own, over HTTP."""
    node = Node()
    yield node
    node.close()

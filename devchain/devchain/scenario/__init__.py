"""Worlds to deploy on a chain before serving it."""

from __future__ import annotations

from ..chain import Chain
from ..rpc import Rpc
from .control import Control
from .first_light import FirstLight

SCENARIOS = {"first-light": FirstLight}


def start_scenario(name: str, chain: Chain, rpc: Rpc, heartbeat: bool, uniswap: bool = False) -> FirstLight:
    """Deploy a world, start its actors, and register its control methods."""
    with chain.lock:
        world = SCENARIOS[name](chain, heartbeat)
        if uniswap:
            world.deploy_uniswap()
        Control(world).register(rpc)
        return world

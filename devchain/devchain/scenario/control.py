"""The scenario's control methods: scenario_*, called like any other on any endpoint."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..rpc import Rpc
from ..rpc.values import checksummed, number
from .artifacts import built, call
from .first_light import FirstLight
from .venue import NOBODY

SIDES = ("market", "limit")


class Control:
    """Each takes effect by transactions in the next block, so mine one, or let time do it."""

    def __init__(self, world: FirstLight) -> None:
        self._world = world

    def register(self, rpc: Rpc) -> None:
        for name in dir(self):
            if name.startswith("scenario_"):
                rpc.add(name, getattr(self, name))

    def scenario_deployment(self) -> dict[str, Any]:
        return self._world.deployment

    # Prices

    def scenario_setPrice(self, symbol: str, price: float) -> bool:
        """USD per whole token ("ETH" or "USDC"), observed in the block it lands in."""
        self._world.oracles.set_price(symbol, float(price))
        return True

    def scenario_pricePath(self, prices: list[float]) -> bool:
        """ETH prices of the coming blocks, one each."""
        self._world.oracles.path = [float(price) for price in prices]
        return True

    def scenario_touchFeeds(self) -> bool:
        self._world.oracles.touch()
        return True

    def scenario_heartbeat(self, on: bool) -> bool:
        """Whether feeds are refreshed by themselves; off, they go stale as the chain's time passes."""
        self._world.oracles.heartbeat = bool(on)
        return True

    def scenario_setSequencer(self, is_up: bool) -> bool:
        self._world.oracles.set_sequencer(bool(is_up))
        return True

    def scenario_executionPriceShift(self, basis_points: int) -> bool:
        """Move the price orders execute at away from the feed's."""
        world = self._world
        data = call("setShift(address,int256)", world.weth.address, int(basis_points))
        world.admin.send(world.venue.contracts["Oracle"], data)
        return True

    # The venue

    def scenario_orderKeeper(self, on: bool, delay: int | None = None) -> bool:
        """Let the order keeper work or rest; `delay` is in blocks, at least 1."""
        keeper = self._world.order_keeper
        keeper.is_on = bool(on)
        keeper.delay = max(1, int(delay)) if delay is not None else keeper.delay
        return True

    def scenario_cancelNextMarketOrder(self, count: int = 1) -> bool:
        """The next market orders find a price beyond their acceptable one, and are cancelled."""
        self._world.order_keeper.spoiled["market"] = int(count)
        return True

    def scenario_freezeNextLimitOrder(self, count: int = 1) -> bool:
        """The next limit orders that trigger find a price beyond their acceptable one, and freeze."""
        self._world.order_keeper.spoiled["limit"] = int(count)
        return True

    def scenario_setFundingRate(self, per_second: Any) -> bool:
        """Scaled by 1e30; positive: longs pay shorts."""
        self._world.venue.set_funding_factor(number(per_second))
        return True

    def scenario_disableMarket(self, on: bool = True) -> bool:
        self._world.venue.set_market_disabled(bool(on))
        return True

    # The vault

    def scenario_depositWeth(self, wei: Any) -> bool:
        self._world.deposit_weth(number(wei))
        return True

    def scenario_pauseVault(self, on: bool = True) -> bool:
        world = self._world
        world.admin.send(world.vault.share_token, call("pause()" if on else "unpause()"))
        return True

    def scenario_setTotalAssets(self, units: Any) -> bool:
        """Post a valuation of the share layer."""
        world = self._world
        data = call("updateNewTotalAssets(uint256)", number(units))
        world.admin.send(world.vault.share_token, data)
        return True

    def scenario_revokeRole(self, on: bool = True) -> bool:
        """Take the keeper's role away; with false, give it back."""
        self._world.vault.set_keeper_role(not on)
        return True

    def scenario_assignRole(self, member: str, on: bool = True) -> bool:
        """Give the keeper's role to another address, or take it away from one."""
        self._world.vault.set_role(member, bool(on))
        return True

    # What the vault holds beside

    def scenario_openLiquidity(self, token_id: int, lower: float, upper: float, liquidity: Any, pool: float) -> str:
        """A Uniswap v3 position of the vault between two prices of ETH, in a pool that stands at a third; returns the
        stand-in of both position manager and pool. Its ticks are the nearest."""
        return checksummed(self._world.open_liquidity(int(token_id), lower, upper, number(liquidity), pool))

    def scenario_giveLiquidityAway(self, contract: str, token_id: int) -> bool:
        """The position goes to nobody in particular, and is empty."""
        shape = "setPosition(uint256,address,int24,int24,uint128,uint128,uint128)"
        data = call(shape, int(token_id), self._world.depositor.address, 0, 10, 0, 0, 0)
        self._world.admin.send(bytes.fromhex(contract[2:]), data)
        return True

    def scenario_optionBook(self) -> str:
        """An empty book of options of the vault."""
        return checksummed(self._world.admin.deploy(built("OptionBook")))

    def scenario_addOption(
        self, book: str, seconds: int, strike: float, quantity: float, is_call: bool, volatility: float
    ) -> bool:
        """So many seconds from the head to its expiry; marked now, without a mark where the volatility is 0."""
        world = self._world
        expiry = world.chain.head.context.timestamp + int(seconds)
        numbers = [round(Decimal(str(value)) * 10**18) for value in (strike, quantity, volatility)]
        shape = "add(uint64,uint256,int256,bool,uint256)"
        data = call(shape, expiry, numbers[0], numbers[1], bool(is_call), numbers[2])
        world.admin.send(bytes.fromhex(book[2:]), data)
        return True

    # Uniswap v3

    def scenario_deployUniswap(self) -> dict[str, Any]:
        """The protocol with a pool, in blocks of its own; what --uniswap does before the world is served."""
        return self._world.deploy_uniswap().deployment

    def scenario_movePool(self, price: float) -> bool:
        """Trade until the pool stands at a price of ether in dollars, in the next block."""
        uniswap = self._world.uniswap
        if uniswap is None:
            raise ValueError("there is no pool: call scenario_deployUniswap, or start with --uniswap")
        uniswap.move_to(float(price))
        return True

    def scenario_gasBurner(self) -> str:
        """A contract that takes all the gas of whoever calls it: its one byte of code is INVALID."""
        return checksummed(self._world.admin.deploy(bytes.fromhex("60fe60005360016000f3")))

    def scenario_foreignTransaction(self) -> bool:
        """Spend the keeper's next nonce by a transaction it did not make."""
        self._world.keeper_actor().send(NOBODY)
        return True

#!/usr/bin/env python3
"""Makes Tests/Fixtures/Storm/devchain.json: one script of transactions, order executions, calls and reads run on the
dev chain's contracts (py-evm), with every answer and log, for the simulated contracts to give the same.

    devchain/.venv/bin/python Tests/Fixtures/make_storm_fixtures.py

Needs what `devchain/setup.sh` installs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "devchain"), str(ROOT / "devchain" / "tests")]

from devchain.chain import Chain  # noqa: E402
from devchain.config import ETHER, GWEI, Config  # noqa: E402
from devchain.evm import CallRequest, Outcome  # noqa: E402
from devchain.scenario import gmx_keys as keys  # noqa: E402
from devchain.scenario.artifacts import call  # noqa: E402
from devchain.scenario.first_light import MULTICALL3, FirstLight  # noqa: E402
from devchain.scenario.ledger import view  # noqa: E402
from devchain.scenario.order_keeper import (  # noqa: E402
    ADVERSE_IMPACT, EXECUTE_LIQUIDATION, EXECUTE_ORDER, NO_PRICES,
)
from devchain.scenario.vault import MULTI_SEND, ROLE_KEY, packed  # noqa: E402
from support import (  # noqa: E402
    ETH_UNIT, EXEC_WITH_ROLE, FEE, LIMIT_DECREASE, LIMIT_INCREASE, MARKET_DECREASE, MARKET_INCREASE, NOBODY,
    STOP_LOSS, USD, Keeper, prices,
)

OUTPUT = Path(__file__).resolve().parent / "Storm" / "devchain.json"
START = 1_700_000_000
STRANGER = bytes.fromhex("5e" * 20)
PRICES = "((uint256,uint256),(uint256,uint256),(uint256,uint256))"
FLOOR, CEILING = 2_900 * ETH_UNIT, 3_300 * ETH_UNIT
ANY = 2**255
PARAMETERS = (
    "ESTIMATED_GAS_FEE_BASE_AMOUNT_V2_1", "ESTIMATED_GAS_FEE_PER_ORACLE_PRICE",
    "ESTIMATED_GAS_FEE_MULTIPLIER_FACTOR", "INCREASE_ORDER_GAS_LIMIT", "DECREASE_ORDER_GAS_LIMIT",
    "REQUEST_EXPIRATION_TIME", "MIN_COLLATERAL_USD", "MIN_POSITION_SIZE_USD", "NONCE",
)
FEEDS_SHAPE = ["uint80", "int256", "uint256", "uint256", "uint80"]


def hexed(data: bytes) -> str:
    return "0x" + data.hex()


class Tape:
    """Does things on the dev chain and writes down what came of them."""

    def __init__(self) -> None:
        config = Config(
            chain_id=7_777_777_777, clock="fixed", genesis_time=START, step=2, automine=False,
            base_fee=GWEI // 10, min_base_fee=GWEI // 10, tip=GWEI // 100,
        )
        self.chain = Chain(config)
        self.world = FirstLight(self.chain, heartbeat=False)
        self.world.order_keeper.is_on = False
        self.keeper = Keeper(self.world)
        self.steps: list[dict[str, Any]] = []

    # What is written down

    def _note(self, kind: str, **what: Any) -> None:
        context = self.chain.head.context
        at = {"number": context.number, "timestamp": context.timestamp, "baseFee": str(context.base_fee)}
        self.steps.append({"kind": kind, "block": at, **what})

    @staticmethod
    def _logs(outcome: Outcome) -> list[dict[str, Any]]:
        return [
            {"address": hexed(a), "topics": [hexed(t) for t in topics], "data": hexed(data)}
            for a, topics, data in outcome.logs
        ]

    def transaction(self, data: bytes, to: bytes | None = None) -> Outcome:
        """The keeper's transaction, mined."""
        target = to or self.world.vault.roles
        outcome = self.keeper.send_raw(data, target)
        price = self.chain.head.context.base_fee + self.keeper.actor.tip
        self._note(
            "transaction", to=hexed(target), data=hexed(data), gasPrice=str(price), succeeded=outcome.succeeded,
            output=hexed(outcome.output), logs=self._logs(outcome),
        )
        return outcome

    def transfer(self, to: bytes, value: int) -> None:
        """The keeper's transfer without data, mined."""
        gas = 21_000
        tx_hash = self.keeper.actor.send(to, b"", value, gas=gas)
        block = self.chain.mine()
        outcome = block.outcomes[self.chain.transaction_places[tx_hash][1]]
        price = self.chain.head.context.base_fee + self.keeper.actor.tip
        self._note(
            "transaction", to=hexed(to), data="0x", value=str(value), gasPrice=str(price), gas=gas,
            gasUsed=outcome.gas_used, succeeded=outcome.succeeded, output=hexed(outcome.output),
            logs=self._logs(outcome),
        )

    def send(self, calls: list[Any]) -> bytes | None:
        """The keeper's wrapped calls; returns the newest order's key."""
        outcome = self.transaction(self.keeper.wrapped(calls))
        assert outcome.succeeded, outcome
        found = self.keeper.orders()
        return found[-1][0] if found else None

    def call(
        self, sender: bytes, to: bytes, data: bytes, value: int = 0, gas_price: int = 0, ether: bool = False
    ) -> Outcome:
        overrides = {sender: {"balance": 10**24}} if ether or gas_price else None
        request = CallRequest(sender, to, data, value, fee_cap=gas_price, tip=gas_price)
        outcome = self.chain.state(self.chain.head).call(request, 25_000_000, overrides)
        self._note(
            "call", sender=hexed(sender), to=hexed(to), data=hexed(data), value=str(value), gasPrice=str(gas_price),
            rich=overrides is not None, succeeded=outcome.succeeded, output=hexed(outcome.output),
        )
        return outcome

    def as_safe(self, data: bytes, value: int = 0, gas_price: int = 0) -> Outcome:
        return self.call(self.world.vault.safe, self.keeper.exchange, data, value, gas_price, ether=True)

    def as_keeper(self, data: bytes, to: bytes | None = None) -> Outcome:
        return self.call(self.keeper.actor.address, to or self.world.vault.roles, data)

    def price(self, symbol: str, usd: float) -> None:
        self.world.oracles.set_price(symbol, usd)
        self.chain.mine()
        answer, updated_at = self.world.oracles.latest(symbol)
        self._note("price", symbol=symbol, answer=answer, updatedAt=updated_at)

    def wait(self, seconds: int) -> None:
        self.chain.mine(self.chain.head.context.timestamp + seconds)

    def execute(self, key: bytes, adverse: bool = False) -> None:
        """The order keeper's transaction; of its logs the venue's events, since the fee it earns is its gas."""
        world, actor = self.world, self.world.order_keeper.actor
        impact = keys.name("STAND_IN_ADVERSE_IMPACT_FACTOR")
        if adverse:
            world.venue.set_uint(impact, ADVERSE_IMPACT, by=actor)
        data = call(EXECUTE_ORDER, key, NO_PRICES)
        tx_hash = actor.send(world.venue.contracts["OrderHandler"], data, gas=6_000_000)
        if adverse:
            world.venue.set_uint(impact, 0, by=actor)
        block = self.chain.mine()
        place, index = self.chain.transaction_places[tx_hash]
        assert place is block
        self._note(
            "execute", key=hexed(key), adverse=str(ADVERSE_IMPACT if adverse else 0),
            logs=self._events(block.outcomes[index]),
        )

    def liquidate(self) -> None:
        venue, actor = self.world.venue, self.world.order_keeper.actor
        data = call(EXECUTE_LIQUIDATION, self.world.vault.safe, venue.market, venue.usdc.address, False, NO_PRICES)
        tx_hash = actor.send(venue.contracts["LiquidationHandler"], data, gas=6_000_000)
        block = self.chain.mine()
        outcome = block.outcomes[self.chain.transaction_places[tx_hash][1]]
        assert outcome.succeeded, outcome
        self._note("liquidate", logs=self._events(outcome))

    def _events(self, outcome: Outcome) -> list[dict[str, Any]]:
        emitter = hexed(self.world.venue.contracts["EventEmitter"])
        return [log for log in self._logs(outcome) if log["address"] == emitter]

    def role(self, is_member: bool) -> None:
        self.world.vault.set_keeper_role(is_member)
        self.chain.mine()
        self._note("role", held=is_member)

    def market(self, is_disabled: bool) -> None:
        self.world.venue.set_market_disabled(is_disabled)
        self.chain.mine()
        self._note("market", disabled=is_disabled)

    def reads(self, eth: float = 3_000.0) -> None:
        """Everything the keeper reads, at the head, in one aggregate."""
        calls = [{"to": hexed(to), "data": hexed(data)} for to, data in self._reads(eth)]
        shape = "aggregate3((address,bool,bytes)[])"
        aggregate = call(shape, [(to, True, data) for to, data in self._reads(eth)])
        request = CallRequest(NOBODY, MULTICALL3, aggregate)
        outcome = self.chain.state(self.chain.head).call(request, 30_000_000)
        assert outcome.succeeded, outcome
        self._note("reads", calls=calls, output=hexed(outcome.output))

    def _reads(self, eth: float) -> list[tuple[bytes, bytes]]:
        world, venue, vault = self.world, self.world.venue, self.world.vault
        store, reader, safe, market = venue.contracts["DataStore"], venue.contracts["Reader"], vault.safe, venue.market
        usdc, weth, at = venue.usdc.address, venue.weth.address, prices(eth)
        account = "(address,address,uint256,uint256)"
        found = [
            (reader, call("getAccountPositions" + account, store, safe, 0, 64)),
            (reader, call("getAccountOrders" + account, store, safe, 0, 64)),
            (reader, call("getAccountOrders" + account, store, safe, 1, 2)),
            (reader, call("getMarket(address,address)", store, market)),
            (reader, call("getMarket(address,address)", store, usdc)),
            *(
                (venue.contracts["RoleStore"], call("hasRole(address,bytes32)", who, keys.name("CONTROLLER")))
                for who in (self.keeper.exchange, safe)
            ),
            (reader, call(f"getMarketInfo(address,{PRICES},address)", store, at, market)),
        ]
        execution = f"getExecutionPrice(address,address,{PRICES},uint256,uint256,int256,int256,bool)"
        for is_long, delta in ((True, 20_000 * USD), (False, 20_000 * USD), (False, -3_333 * USD)):
            sizes = (10_000 * USD, 4 * 10**18, delta, -10**15)
            found.append((reader, call(execution, store, market, at, *sizes, is_long)))
        info = f"getPositionInfo(address,address,bytes32,{PRICES},uint256,address,bool)"
        for token, is_long in ((usdc, False), (weth, True)):
            key = keys.position(safe, market, token, is_long)
            found.append((reader, call(info, store, NOBODY, key, at, 0, NOBODY, True)))
            found.append((reader, call(info, store, NOBODY, key, at, 1_234 * USD, NOBODY, False)))
        named = [keys.name(name) for name in PARAMETERS]
        named += [keys.of_side("POSITION_FEE_FACTOR", market, flag) for flag in (True, False)]
        named += [keys.of_address(f"MIN_COLLATERAL_FACTOR{end}", market) for end in ("", "_FOR_LIQUIDATION")]
        for token in (weth, usdc):
            types = ["address", "address", "address"]
            named.append(keys.of("CLAIMABLE_FUNDING_AMOUNT", types, market, token, safe))
            named += [keys.of_token_side("OPEN_INTEREST", market, token, side) for side in (True, False)]
        found += [(store, call("getUint(bytes32)", key)) for key in named]
        found.append((usdc, call("balanceOf(address)", safe)))
        router = venue.contracts["Router"]
        found += [(token, call("allowance(address,address)", safe, router)) for token in (usdc, weth)]
        feeds = world.oracles.feeds.values()
        found += [(feed, call("latestRoundData()")) for feed in (*feeds, world.oracles.sequencer)]
        found += [(feed, call("decimals()")) for feed in (*feeds, usdc, weth)]
        shares = ("totalAssets()", "totalSupply()", "paused()", "asset()")
        found += [(vault.share_token, call(text)) for text in shares]
        found.append((safe, call("isModuleEnabled(address)", vault.roles)))
        found.append((store, b"\1\2\3\4"))
        return found

    # The beginning

    def deployment(self) -> dict[str, Any]:
        world, venue, vault = self.world, self.world.venue, self.world.vault
        named = {name: hexed(a) for name, a in venue.contracts.items()}
        named |= {
            "WETH": hexed(venue.weth.address), "USDC": hexed(venue.usdc.address), "keeper": hexed(world.keeper),
            "ETH / USD": hexed(world.oracles.feeds["ETH"]), "USDC / USD": hexed(world.oracles.feeds["USDC"]),
            "sequencer": hexed(world.oracles.sequencer), "shares": hexed(vault.share_token), "safe": hexed(vault.safe),
            "roles": hexed(vault.roles), "multiSend": hexed(vault.multi_send), "unwrapper": hexed(vault.unwrapper),
            "owner": hexed(world.admin.address), "orderKeeper": hexed(world.order_keeper.actor.address),
        }
        rounds = {
            name: [str(part) for part in view(self.chain, feed, "latestRoundData()", FEEDS_SHAPE)[:4]]
            for name, feed in {**world.oracles.feeds, "sequencer": world.oracles.sequencer}.items()
        }
        since = view(
            self.chain, vault.roles, "allowances(bytes32)", ["uint128", "uint128", "uint64", "uint128", "uint64"],
            keys.keccak(b"execution fees of a day"),
        )[4]
        total_assets = view(self.chain, vault.share_token, "totalAssets()", ["uint256"])[0]
        return {
            "addresses": named, "rounds": rounds, "allowanceSince": since, "roleKey": hexed(ROLE_KEY),
            "totalAssets": str(total_assets),
        }


def trade(tape: Tape) -> None:
    """Orders of every kind, and what becomes of them."""
    keeper = tape.keeper
    tape.reads()
    first = tape.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    tape.reads()
    tape.as_safe(call("cancelOrder(bytes32)", first))
    tape.as_keeper(keeper.wrapped(keeper.cancel(first)))
    tape.as_safe(keeper.update(first, USD, FLOOR, 0)[0][2])
    tape.call(STRANGER, keeper.exchange, call("cancelOrder(bytes32)", first))
    tape.execute(first)
    tape.reads()
    second = tape.send(keeper.opening(LIMIT_INCREASE, trigger=3_050 * ETH_UNIT, acceptable=FLOOR))
    tape.execute(second)
    tape.send(keeper.update(second, 7_654 * USD + 321, FLOOR + 1, 3_040 * ETH_UNIT))
    tape.reads()
    tape.price("ETH", 3_060.5)
    tape.execute(second)
    tape.reads(3_060.5)
    tape.wait(86_400)
    tape.price("USDC", 0.9987)
    tape.reads(3_060.5)
    bounds = {"trigger": 3_061 * ETH_UNIT, "acceptable": CEILING}
    third = tape.send(keeper.closing(LIMIT_DECREASE, size=4_000 * USD, collateral=10**8, **bounds))
    tape.execute(third, adverse=True)
    tape.reads(3_060.5)
    tape.as_safe(keeper.update(third, 4_000 * USD, CEILING, 3_061 * ETH_UNIT)[0][2], gas_price=GWEI)
    tape.send(keeper.update(third, 3_999 * USD, CEILING, 3_062 * ETH_UNIT, fee=FEE))
    tape.reads(3_060.5)
    tape.execute(third)
    tape.reads(3_060.5)


def trouble(tape: Tape) -> None:
    """Orders that come to nothing, exits that go with a position, and a liquidation."""
    keeper = tape.keeper
    beyond = tape.send(keeper.opening(MARKET_INCREASE, acceptable=3_100 * ETH_UNIT))
    tape.execute(beyond)
    large = tape.send(keeper.closing(MARKET_DECREASE, size=10**6 * USD, acceptable=CEILING))
    tape.execute(large)
    thin = tape.send(keeper.opening(MARKET_INCREASE, collateral=10**6, size=900_000 * USD, acceptable=0))
    tape.execute(thin)
    late = tape.send(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    tape.wait(300)
    tape.send(keeper.cancel(late))
    exit_ = tape.send(keeper.closing(STOP_LOSS, size=USD, trigger=3_500 * ETH_UNIT, acceptable=ANY, auto_cancel=True))
    tape.reads(3_060.5)
    tape.price("ETH", 2_950)
    size = keeper.positions()[0][1][0]
    whole = tape.send(keeper.closing(MARKET_DECREASE, size=size, acceptable=CEILING))
    assert exit_
    tape.execute(whole)
    tape.reads(2_950)
    empty = tape.send(keeper.closing(LIMIT_DECREASE, size=USD, trigger=2_960 * ETH_UNIT, acceptable=CEILING))
    tape.execute(empty)
    tape.reads(2_950)
    risky = tape.send(keeper.opening(MARKET_INCREASE, collateral=200 * 10**6, acceptable=FLOOR - 10**14))
    tape.execute(risky)
    tape.reads(2_950)
    tape.price("ETH", 3_020)
    tape.liquidate()
    tape.reads(3_020)


def long_side(tape: Tape) -> None:
    """A long with wrapped ether as its collateral, profits, funding, and collecting it."""
    keeper, venue = tape.keeper, tape.world.venue
    exchange, vault = keeper.exchange, keeper.order_vault
    weth = venue.weth.address

    def opening(size: int) -> list[Any]:
        return [
            (exchange, FEE, call("sendWnt(address,uint256)", vault, FEE)),
            (exchange, 0, call("sendTokens(address,address,uint256)", weth, vault, 2 * ETHER)),
            (exchange, 0, keeper.order(MARKET_INCREASE, size=size, is_long=True, token=weth, acceptable=CEILING)),
        ]

    tape.execute(tape.send(opening(12_345 * USD)))
    tape.execute(tape.send(keeper.opening(MARKET_INCREASE, size=5_000 * USD, acceptable=FLOOR)))
    tape.reads(3_020)
    tape.wait(40_000)
    tape.price("ETH", 3_333.33)
    tape.reads(3_333.33)

    def reducing(size: int, is_long: bool, **changes: Any) -> list[Any]:
        token = weth if is_long else venue.usdc.address
        acceptable = FLOOR if is_long else ANY
        side = {"is_long": is_long, "token": token, "acceptable": acceptable}
        return keeper.closing(MARKET_DECREASE, size=size, **side, **changes)

    tape.execute(tape.send(reducing(2_345 * USD, True, collateral=10**17)))
    tape.reads(3_333.33)
    tape.execute(tape.send(reducing(5_000 * USD, False)))
    tape.reads(3_333.33)
    claim = "claimFundingFees(address[],address[],address)"
    safe, usdc = tape.world.vault.safe, venue.usdc.address
    tape.send([(exchange, 0, call(claim, [venue.market] * 2, [weth, usdc], safe))])
    tape.execute(tape.send(reducing(10_000 * USD, True, unwrap=True)))
    tape.reads(3_333.33)


def venue_refusals(tape: Tape) -> None:
    """What the venue says to the Safe itself."""
    keeper, venue = tape.keeper, tape.world.venue
    vault, usdc = keeper.order_vault, venue.usdc.address
    send_wnt, send_tokens = "sendWnt(address,uint256)", "sendTokens(address,address,uint256)"

    def batch(*calls: bytes, value: int = FEE, gas_price: int = 0) -> None:
        tape.as_safe(call("multicall(bytes[])", list(calls)), value, gas_price)

    fee = call(send_wnt, vault, FEE)
    tape.as_safe(call(send_wnt, NOBODY, 1), 1)
    tape.as_safe(call(send_wnt, vault, 1), 0)
    tape.as_safe(call(send_tokens, usdc, NOBODY, 1))
    tape.as_safe(call(send_tokens, usdc, vault, 10**12))
    tape.call(STRANGER, keeper.exchange, call(send_tokens, usdc, vault, 1))
    tape.as_safe(call("cancelOrder(bytes32)", bytes(32)))
    for kind in (0, 1, 7, 9):
        batch(fee, keeper.order(kind))
    batch(fee, keeper.order(MARKET_INCREASE, receiver=NOBODY))
    batch(fee, keeper.order(MARKET_INCREASE, market=usdc))
    batch(fee, keeper.order(MARKET_INCREASE, valid_from=1))
    batch(fee, keeper.order(MARKET_INCREASE, size=0))
    batch(keeper.order(MARKET_DECREASE, size=USD))
    batch(fee, keeper.order(MARKET_DECREASE, size=USD), gas_price=10 * GWEI)
    batch(fee, call(send_tokens, usdc, vault, 5), keeper.order(MARKET_INCREASE), gas_price=GWEI)
    batch(fee, call(send_tokens, usdc, vault, 5), keeper.order(LIMIT_DECREASE, size=7), gas_price=GWEI)
    tape.market(True)
    batch(fee, keeper.order(MARKET_INCREASE))
    tape.market(False)
    tape.as_safe(call("claimFundingFees(address[],address[],address)", [venue.market], [], usdc))
    tape.as_safe(b"\1\2\3\4")
    safe = tape.world.vault.safe
    tape.call(safe, usdc, call("transfer(address,uint256)", NOBODY, 1))
    tape.call(safe, usdc, call("transfer(address,uint256)", vault, 10**15))
    tape.call(safe, usdc, call("approve(address,uint256)", vault, 5))
    tape.call(STRANGER, usdc, call("transferFrom(address,address,uint256)", safe, vault, 5))
    tape.call(safe, venue.weth.address, call("transfer(address,uint256)", vault, 10**24))
    tape.call(STRANGER, venue.weth.address, call("withdraw(uint256)", 1))


def role_refusals(tape: Tape) -> None:
    """What the Roles modifier says to the keeper and to others."""
    keeper, world = tape.keeper, tape.world
    exchange, vault, usdc = keeper.exchange, keeper.order_vault, world.venue.usdc.address
    send_tokens = "sendTokens(address,address,uint256)"

    def single(to: bytes, data: bytes, value: int = 0, operation: int = 0, role: bytes = ROLE_KEY) -> bytes:
        return call(EXEC_WITH_ROLE, to, value, data, operation, role, True)

    probe = single(NOBODY, b"")
    tape.as_keeper(probe)
    tape.call(STRANGER, world.vault.roles, probe)
    tape.as_keeper(single(NOBODY, b"", role=bytes(31) + b"\1"))
    tape.as_keeper(single(exchange, b"\1\2"))
    tape.as_keeper(single(exchange, b"\1\2\3\4"))
    tape.as_keeper(single(exchange, b""))
    tape.as_keeper(single(exchange, call("cancelOrder(bytes32)", bytes(32)), value=1))
    tape.as_keeper(single(exchange, call("cancelOrder(bytes32)", bytes(32)), operation=1))
    tape.as_keeper(single(exchange, call("cancelOrder(bytes32)", bytes(32))))
    tape.as_keeper(single(exchange, call("sendWnt(address,uint256)", usdc, 1), value=1))
    tape.as_keeper(single(exchange, call("sendWnt(address,uint256)", vault, ETHER), value=ETHER))
    tape.as_keeper(single(exchange, call(send_tokens, exchange, vault, 1)))
    tape.as_keeper(single(exchange, call(send_tokens, usdc, exchange, 1)))
    tape.as_keeper(single(exchange, call(send_tokens, usdc, vault, 1)[:40]))
    tape.as_keeper(single(exchange, keeper.order(MARKET_INCREASE, receiver=STRANGER)))
    tape.as_keeper(single(exchange, keeper.order(MARKET_INCREASE, market=usdc)))
    claim = "claimFundingFees(address[],address[],address)"
    tape.as_keeper(single(exchange, call(claim, [], [], STRANGER)))
    batch = packed(keeper.opening(MARKET_INCREASE, acceptable=FLOOR))
    multi_send = world.vault.multi_send
    tape.as_keeper(single(multi_send, batch))
    tape.as_keeper(single(multi_send, batch, value=1, operation=1))
    tape.as_keeper(single(multi_send, batch[:-1] + b"\1", operation=1))
    tape.as_keeper(single(multi_send, call(MULTI_SEND, b"\0" * 20), operation=1))
    tape.as_keeper(single(multi_send, b"\1\2\3\4", operation=1))
    tape.as_keeper(keeper.wrapped(keeper.opening(MARKET_INCREASE, fee=1)))
    tape.as_keeper(keeper.wrapped(keeper.opening(MARKET_INCREASE, collateral=10**12)))
    tape.as_keeper(keeper.wrapped(keeper.opening(MARKET_INCREASE, fee=6 * 10**17)))
    tape.transaction(keeper.wrapped(keeper.opening(MARKET_INCREASE, collateral=10**12)))
    tape.role(False)
    tape.as_keeper(probe)
    tape.role(True)
    tape.as_keeper(probe)
    module = "execTransactionFromModule(address,uint256,bytes,uint8)"
    tape.call(STRANGER, world.vault.safe, call(module, NOBODY, 0, b"", 0))


def transfers(tape: Tape) -> None:
    """What clears a stuck nonce: nothing, to the keeper's own address, with the gas that it takes and none to spare."""
    actor = tape.keeper.actor
    for to, value in ((actor.address, 0), (NOBODY, 12_345), (actor.address, 1)):
        tape.transfer(to, value)


def compact(steps: list[dict[str, Any]]) -> tuple[list[Any], list[dict[str, Any]]]:
    """Lists of reads once each, since they differ by the price alone."""
    lists: list[Any] = []
    for step in steps:
        if step["kind"] == "reads":
            if step["calls"] not in lists:
                lists.append(step["calls"])
            step["calls"] = lists.index(step["calls"])
    return lists, steps


def main() -> None:
    tape = Tape()
    beginning = tape.deployment()
    for act in (trade, trouble, long_side, venue_refusals, role_refusals, transfers):
        act(tape)
    OUTPUT.parent.mkdir(exist_ok=True)
    lists, steps = compact(tape.steps)
    OUTPUT.write_text(json.dumps({**beginning, "readLists": lists, "steps": steps}, indent=1) + "\n")
    tape.chain.close()


if __name__ == "__main__":
    main()

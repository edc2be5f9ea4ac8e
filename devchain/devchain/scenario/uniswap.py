"""Uniswap v3 on its own bytecode: factory, router, quoter, position manager, and one pool."""

from __future__ import annotations

from math import isqrt, log
from typing import Any

from ..chain import Chain
from ..config import ETHER
from ..rpc.values import checksummed
from .artifacts import arguments, call, decoded, fetched, linked
from .ledger import Actor, settle, simulate, view
from .vault import (
    ARRAY, CALLDATA, DYNAMIC, EQUAL_TO, EQUAL_TO_AVATAR, MATCHES, NONE, OR, PASS, ROLE_KEY, STATIC, TUPLE,
    Condition, InnerCall, Vault, word,
)
from .venue import NOBODY, Token

FEE = 500  # millionths: the tier in which ether is traded most
SPACING = 10  # of the ticks in that tier
MAKER_WETH = 4_000 * ETHER
MAKER_USDC = 30_000_000 * 10**6
# The maker's two positions, between prices of ether in dollars: what a swap meets at first, and further away.
RANGES = ((2_900, 3_100, 300 * ETHER), (1_500, 6_000, 600 * ETHER))
OBSERVATIONS = 100  # more than the swaps of half an hour in any scenario
FOREVER = 2**40
Q192 = 2**192
UNLIMITED = 2**256 - 1

EXACT_INPUT = "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"
EXACT_OUTPUT = "exactOutputSingle((address,address,uint24,address,uint256,uint256,uint160))"
ROUTER_MULTICALL = "multicall(uint256,bytes[])"
MINT = (
    "mint((address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256))"
)
DECREASE = "decreaseLiquidity((uint256,uint128,uint256,uint256,uint256))"
COLLECT = "collect((uint256,address,uint128,uint128))"
BURN = "burn(uint256)"
SLOT0 = ["uint160", "int24", "uint16", "uint16", "uint16", "uint8", "bool"]


class Uniswap:
    """The protocol as a maker of its own keeps it: nothing here moves the pool unless it is told to."""

    def __init__(self, chain: Chain, admin: Actor, maker: Actor, weth: Token, usdc: Token) -> None:
        self.chain, self.admin, self.maker = chain, admin, maker
        self.weth, self.usdc = weth, usdc
        self.is_weth_first = weth.address < usdc.address
        self.tokens = (weth, usdc) if self.is_weth_first else (usdc, weth)
        self.contracts: dict[str, bytes] = {}

    def deploy(self, price: float) -> None:
        """The contracts, and a pool at a price of ether in dollars with the maker's liquidity."""
        self._deploy_contracts()
        token0, token1 = (token.address for token in self.tokens)
        create = "createAndInitializePoolIfNecessary(address,address,uint24,uint160)"
        manager = self.contracts["NonfungiblePositionManager"]
        self.maker.send(manager, call(create, token0, token1, FEE, self.root(price)), gas=9_000_000)
        self._fund_maker()
        settle(self.chain)
        shape = "getPool(address,address,uint24)"
        (pool,) = view(self.chain, self.contracts["UniswapV3Factory"], shape, ["address"], token0, token1, FEE)
        self.pool = bytes.fromhex(pool[2:])
        self.maker.send(self.pool, call("increaseObservationCardinalityNext(uint16)", OBSERVATIONS))
        for lower, upper, ether in RANGES:
            self._provide(lower, upper, ether, price)
        settle(self.chain)

    def _deploy_contracts(self) -> None:
        def add(name: str, code: bytes, types: list[str], *values: Any) -> bytes:
            self.contracts[name] = self.admin.deploy(code, arguments(types, *values))
            return self.contracts[name]

        weth = self.weth.address
        factory = self.admin.deploy(fetched("uniswap/UniswapV3Factory.json"))
        self.contracts["UniswapV3Factory"] = factory
        library = self.admin.deploy(fetched("uniswap/NFTDescriptor.json"))
        described = linked("uniswap/NonfungibleTokenPositionDescriptor.json", {"NFTDescriptor": library})
        descriptor = self.admin.deploy(
            described, arguments(["address", "bytes32"], weth, b"ETH".ljust(32, b"\0"))
        )
        manager = add(
            "NonfungiblePositionManager", fetched("uniswap/NonfungiblePositionManager.json"),
            ["address"] * 3, factory, weth, descriptor,
        )
        add("QuoterV2", fetched("uniswap/QuoterV2.json"), ["address"] * 2, factory, weth)
        # There is no Uniswap v2 here for the router to use.
        router = fetched("uniswap/SwapRouter02.json")
        add("SwapRouter02", router, ["address"] * 4, NOBODY, factory, manager, weth)
        settle(self.chain)

    def _fund_maker(self) -> None:
        weth, usdc, maker = self.weth.address, self.usdc.address, self.maker
        maker.send(weth, call("deposit()"), value=MAKER_WETH)
        self.admin.send(usdc, call("mint(address,uint256)", maker.address, MAKER_USDC))
        for token, spender in self._pairs():
            maker.send(token, call("approve(address,uint256)", spender, UNLIMITED))

    def _pairs(self) -> list[tuple[bytes, bytes]]:
        """Each token with each contract that takes it from whoever calls."""
        spenders = (self.contracts["SwapRouter02"], self.contracts["NonfungiblePositionManager"])
        return [(token.address, spender) for token in self.tokens for spender in spenders]

    def _provide(self, lower: float, upper: float, ether: int, price: float) -> None:
        """A position of the maker, as large as an amount of ether makes it."""
        ticks = sorted(self.tick(dollars) for dollars in (lower, upper))
        dollars = 3 * round(price) * ether // 10**12  # more than any of the ranges takes
        amounts = (ether, dollars) if self.is_weth_first else (dollars, ether)
        token0, token1 = (token.address for token in self.tokens)
        params = (token0, token1, FEE, *ticks, *amounts, 0, 0, self.maker.address, FOREVER)
        self.maker.send(self.contracts["NonfungiblePositionManager"], call(MINT, params))

    # Prices

    def root(self, price: float) -> int:
        """The pool's root price at a price of ether in dollars."""
        micro = round(price * 10**6)  # the smallest unit of a dollar for one ether
        return isqrt(micro * Q192 // ETHER if self.is_weth_first else ETHER * Q192 // micro)

    def tick(self, price: float) -> int:
        """The nearest tick that a position may end at."""
        return SPACING * round(2 * log(self.root(price) / 2**96) / log(1.0001) / SPACING)

    def slot0(self) -> tuple[Any, ...]:
        return view(self.chain, self.pool, "slot0()", SLOT0)

    def price(self) -> float:
        """Dollars for one ether, as the pool stands."""
        raw = self.slot0()[0] ** 2 / Q192
        return (raw if self.is_weth_first else 1 / raw) * 10**12

    def move_to(self, price: float) -> None:
        """The maker trades until the pool stands at a price."""
        limit, now = self.root(price), self.slot0()[0]
        if limit == now:
            return
        sold, bought = self.tokens if limit < now else reversed(self.tokens)
        shape = "balanceOf(address)"
        (held,) = view(self.chain, sold.address, shape, ["uint256"], self.maker.address)
        params = (sold.address, bought.address, FEE, self.maker.address, held, 0, limit)
        self.maker.send(self.contracts["SwapRouter02"], call(EXACT_INPUT, params))

    def quote(self, sold: Token, bought: Token, amount: int, is_output: bool = False) -> int:
        """What the protocol's own quoter says that an amount brings, or costs."""
        shape = "quoteExactOutputSingle" if is_output else "quoteExactInputSingle"
        data = call(
            f"{shape}((address,address,uint256,uint24,uint160))",
            (sold.address, bought.address, amount, FEE, 0),
        )
        outcome = simulate(self.chain, NOBODY, self.contracts["QuoterV2"], data)
        return decoded(["uint256", "uint160", "uint32", "uint256"], outcome.output)[0]

    # What the vault may do

    def open_to(self, vault: Vault) -> None:
        """The Safe approves router and manager; its role may trade in the pool for the Safe itself.

        A swap's deadline comes in a call of its own before it, a multicall of nothing: the router's multicall is
        scoped so that it must be empty, since what it carries could not be judged.
        """
        router, manager = (self.contracts[name] for name in ("SwapRouter02", "NonfungiblePositionManager"))
        approvals: list[InnerCall] = [
            (token, 0, call("approve(address,uint256)", spender, UNLIMITED)) for token, spender in self._pairs()
        ]
        targets: list[InnerCall] = [
            (vault.roles, 0, call("scopeTarget(bytes32,address)", ROLE_KEY, target)) for target in (router, manager)
        ]
        vault.as_owner([
            *approvals,
            *targets,
            vault.scoped(router, ROUTER_MULTICALL, self._deadline_conditions()),
            vault.scoped(router, EXACT_INPUT, self._swap_conditions()),
            vault.scoped(router, EXACT_OUTPUT, self._swap_conditions()),
            vault.scoped(manager, MINT, self._mint_conditions()),
            vault.scoped(manager, COLLECT, self._collect_conditions()),
            vault.allowed(manager, DECREASE),
            vault.allowed(manager, BURN),
        ])
        settle(self.chain)

    def _deadline_conditions(self) -> list[Condition]:
        return [
            (0, CALLDATA, MATCHES, b""),
            (0, STATIC, PASS, b""),
            (0, ARRAY, EQUAL_TO, bytes(32)),  # as an empty array is encoded
            (2, DYNAMIC, PASS, b""),
        ]

    def _swap_conditions(self) -> list[Condition]:
        """One of the pool's tokens for the other, for the Safe."""
        either = [
            (parent, STATIC, EQUAL_TO, word(token.address)) for parent in (2, 3) for token in self.tokens
        ]
        return [
            (0, CALLDATA, MATCHES, b""),
            (0, TUPLE, MATCHES, b""),
            (1, NONE, OR, b""),  # tokenIn
            (1, NONE, OR, b""),  # tokenOut
            (1, STATIC, EQUAL_TO, word(FEE.to_bytes(3, "big"))),
            (1, STATIC, EQUAL_TO_AVATAR, b""),
            *[(1, STATIC, PASS, b"")] * 3,
            *either,
        ]

    def _mint_conditions(self) -> list[Condition]:
        """In the one pool, for the Safe."""
        return [
            (0, CALLDATA, MATCHES, b""),
            (0, TUPLE, MATCHES, b""),
            *[(1, STATIC, EQUAL_TO, word(token.address)) for token in self.tokens],
            (1, STATIC, EQUAL_TO, word(FEE.to_bytes(3, "big"))),
            *[(1, STATIC, PASS, b"")] * 6,
            (1, STATIC, EQUAL_TO_AVATAR, b""),
            (1, STATIC, PASS, b""),
        ]

    def _collect_conditions(self) -> list[Condition]:
        return [
            (0, CALLDATA, MATCHES, b""),
            (0, TUPLE, MATCHES, b""),
            (1, STATIC, PASS, b""),
            (1, STATIC, EQUAL_TO_AVATAR, b""),
            *[(1, STATIC, PASS, b"")] * 2,
        ]

    # What the outside is told

    @property
    def address_book(self) -> dict[str, Any]:
        return {
            "chainID": str(self.chain.config.chain_id),
            "protocol": "uniswap-v3",
            "release": "devchain first-light",
            "source": "python -m devchain --scenario first-light --uniswap --write-deployment FILE",
            "contracts": {name: checksummed(a) for name, a in sorted(self.contracts.items())},
        }

    @property
    def deployment(self) -> dict[str, Any]:
        return {
            "pool": checksummed(self.pool),
            "fee": FEE,
            "tickSpacing": SPACING,
            "token0": checksummed(self.tokens[0].address),
            "token1": checksummed(self.tokens[1].address),
            "maker": checksummed(self.maker.address),
            "addressBook": self.address_book,
        }

"""The GMX v2 stand-in: its contracts, roles and parameters."""

from __future__ import annotations

from dataclasses import dataclass

from . import gmx_keys as keys
from .artifacts import arguments, built, call
from .ledger import Actor

FLOAT = 10**30
PER_YEAR = 365 * 86_400
NOBODY = b"\0" * 20

POOL_WETH = 1_000 * 10**18
POOL_USDC = 5_000_000 * 10**6
SIDE_USD = 2_000_000 * FLOAT  # open interest of each side at the start: balanced, so no trade improves it

PLAIN_UINTS = {
    # Gas of an execution, as on Arbitrum: 600k + 3 * 250k + 3M = 4.35M for a plain order.
    "ESTIMATED_GAS_FEE_BASE_AMOUNT_V2_1": 600_000,
    "ESTIMATED_GAS_FEE_PER_ORACLE_PRICE": 250_000,
    "ESTIMATED_GAS_FEE_MULTIPLIER_FACTOR": FLOAT,
    "EXECUTION_GAS_FEE_BASE_AMOUNT_V2_1": 600_000,
    "EXECUTION_GAS_FEE_PER_ORACLE_PRICE": 250_000,
    "EXECUTION_GAS_FEE_MULTIPLIER_FACTOR": FLOAT,
    "INCREASE_ORDER_GAS_LIMIT": 3_000_000,
    "DECREASE_ORDER_GAS_LIMIT": 3_000_000,
    "SINGLE_SWAP_GAS_LIMIT": 1_000_000,
    "MIN_COLLATERAL_USD": FLOAT,
    "MIN_POSITION_SIZE_USD": FLOAT,
    "REQUEST_EXPIRATION_TIME": 300,
    "SEQUENCER_GRACE_DURATION": 300,
    "MAX_AUTO_CANCEL_ORDERS": 11,
    "MAX_CALLBACK_GAS_LIMIT": 4_000_000,
    "POSITION_FEE_RECEIVER_FACTOR": 37 * FLOAT // 100,
    "MAX_ORACLE_PRICE_AGE": 300,
}


@dataclass
class Token:
    address: bytes
    decimals: int
    feed: bytes
    feed_decimals: int
    heartbeat_seconds: int

    @property
    def feed_multiplier(self) -> int:
        """Feed answer * this / 1e30 = USD * 10^(30 - decimals) per smallest unit."""
        return 10 ** (60 - self.feed_decimals - self.decimals)


class Venue:
    """The deployed contracts; `contracts` names them as an address book does."""

    def __init__(self, admin: Actor, weth: Token, usdc: Token, sequencer: bytes) -> None:
        self.admin = admin
        self.weth = weth
        self.usdc = usdc
        self.contracts: dict[str, bytes] = {}
        self._deploy(sequencer)
        self._grant_between_contracts()
        self._configure()

    def _add(self, name: str, code: str, *constructor: bytes) -> bytes:
        types = ["address"] * len(constructor)
        self.contracts[name] = self.admin.deploy(built(code), arguments(types, *constructor))
        return self.contracts[name]

    def _deploy(self, sequencer: bytes) -> None:
        wnt = self.weth.address
        roles = self._add("RoleStore", "GmxRoleStore")
        store = self._add("DataStore", "GmxDataStore", roles)
        emitter = self._add("EventEmitter", "GmxEventEmitter", roles)
        router = self._add("Router", "GmxRouter", roles)
        vault = self._add("OrderVault", "GmxBank", roles, wnt)
        self.market = self._add("Market", "GmxBank", roles, wnt)
        oracle = self._add("Oracle", "GmxOracle", roles, store, sequencer)
        math = self._add("PositionMath", "GmxPositionMath", store)
        positions = self._add("PositionHandler", "GmxPositionHandler", roles, store, math, oracle, emitter, vault)
        orders = self._add("OrderHandler", "GmxOrderHandler", roles, store, positions, oracle, emitter, vault, wnt)
        self._add("ExchangeRouter", "GmxExchangeRouter", roles, store, router, orders, emitter, wnt)
        self._add("LiquidationHandler", "GmxLiquidationHandler", roles, orders, positions, oracle)
        self._add("Reader", "GmxReader", math, orders, positions)
        self._add("ReferralStorage", "GmxReferralStorage")

    def grant(self, account: bytes, role: str) -> None:
        self.admin.send(
            self.contracts["RoleStore"], call("grantRole(address,bytes32)", account, keys.name(role))
        )

    def _grant_between_contracts(self) -> None:
        controllers = ("PositionHandler", "OrderHandler", "ExchangeRouter", "LiquidationHandler")
        for name in controllers:
            self.grant(self.contracts[name], "CONTROLLER")
        self.grant(self.contracts["ExchangeRouter"], "ROUTER_PLUGIN")
        self.grant(self.admin.address, "CONTROLLER")

    # DataStore, written by the admin

    def set_uint(self, key: bytes, number: int, by: Actor | None = None) -> None:
        data = call("setUint(bytes32,uint256)", key, number)
        (by or self.admin).send(self.contracts["DataStore"], data)

    def set_int(self, key: bytes, number: int) -> None:
        self.admin.send(self.contracts["DataStore"], call("setInt(bytes32,int256)", key, number))

    def set_address(self, key: bytes, account: bytes) -> None:
        self.admin.send(self.contracts["DataStore"], call("setAddress(bytes32,address)", key, account))

    def set_market_disabled(self, is_disabled: bool) -> None:
        key = keys.of_address("IS_MARKET_DISABLED", self.market)
        self.admin.send(self.contracts["DataStore"], call("setBool(bytes32,bool)", key, is_disabled))

    def set_funding_factor(self, per_second: int) -> None:
        """1e30; positive: longs pay shorts."""
        self.set_int(keys.of_address("SAVED_FUNDING_FACTOR_PER_SECOND", self.market), per_second)

    def _configure(self) -> None:
        for text, number in PLAIN_UINTS.items():
            self.set_uint(keys.name(text), number)
        self.set_address(keys.name("WNT"), self.weth.address)
        for token in (self.weth, self.usdc):
            self.set_address(keys.of_address("PRICE_FEED", token.address), token.feed)
            self.set_uint(keys.of_address("PRICE_FEED_MULTIPLIER", token.address), token.feed_multiplier)
            self.set_uint(
                keys.of_address("PRICE_FEED_HEARTBEAT_DURATION", token.address), token.heartbeat_seconds
            )
        self._configure_market()

    def _configure_market(self) -> None:
        market, long_token, short_token = self.market, self.weth.address, self.usdc.address
        add = call("addAddress(bytes32,address)", keys.name("MARKET_LIST"), market)
        self.admin.send(self.contracts["DataStore"], add)
        self.set_address(keys.of_address("MARKET_TOKEN", market), market)
        self.set_address(keys.of_address("INDEX_TOKEN", market), long_token)
        self.set_address(keys.of_address("LONG_TOKEN", market), long_token)
        self.set_address(keys.of_address("SHORT_TOKEN", market), short_token)
        # As ETH/USD on Arbitrum: 100x on opening, liquidation at 200x.
        self.set_uint(keys.of_address("MIN_COLLATERAL_FACTOR", market), FLOAT // 100)
        self.set_uint(keys.of_address("MIN_COLLATERAL_FACTOR_FOR_LIQUIDATION", market), FLOAT // 200)
        self.set_uint(keys.of_address("MAX_POSITION_IMPACT_FACTOR_FOR_LIQUIDATIONS", market), 0)
        for improves in (True, False):
            fee = 4 if improves else 6  # hundredths of a percent
            self.set_uint(keys.of_side("POSITION_FEE_FACTOR", market, improves), fee * FLOAT // 10_000)
            impact = 2 if improves else 3  # 1e-10 per USD^2: 0.9 USD on a 60,000 USD trade
            self.set_uint(keys.of_side("POSITION_IMPACT_FACTOR", market, improves), impact * 10**20)
            self.set_uint(keys.of_side("POSITION_IMPACT_EXPONENT_FACTOR", market, improves), 2 * FLOAT)
            self.set_uint(keys.of_side("MAX_POSITION_IMPACT_FACTOR", market, improves), FLOAT // 200)
        self.set_uint(keys.of_address("POSITION_IMPACT_EXPONENT_FACTOR", market), 2 * FLOAT)
        self.set_funding_factor(3 * FLOAT // 100 // PER_YEAR)  # longs pay shorts 3 % a year
        for is_long in (True, False):
            rate = FLOAT // 100 // PER_YEAR  # 1 % a year
            self.set_uint(keys.of_side("BORROWING_FACTOR", market, is_long), rate)
            self.set_uint(keys.of_side("MAX_OPEN_INTEREST", market, is_long), 100 * SIDE_USD)
            self.set_uint(keys.of_token_side("OPEN_INTEREST", market, short_token, is_long), SIDE_USD)

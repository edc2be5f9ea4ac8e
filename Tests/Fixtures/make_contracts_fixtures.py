#!/usr/bin/env python3
"""Makes Tests/Fixtures/Contracts/*.json with eth-abi and web3, independent of the Swift encoder.

    devchain/.venv/bin/python Tests/Fixtures/make_contracts_fixtures.py [ABI-FOLDER]

ABI-FOLDER holds `eth_defi/abi/gmx` of web3-ethereum-defi 1.2 from PyPI, GMX v2's interfaces; without it the copy that
`devchain/setup.sh --tests` fetches. Only encoded data and figures computed here are committed, nothing of the wheel.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import eth_abi
from eth_abi.packed import encode_packed
from eth_utils import keccak
from web3 import Web3

HERE = Path(__file__).resolve().parent / "Contracts"
INTERFACES = Path(__file__).resolve().parents[2] / "devchain" / ".fixtures" / "gmx"
UINT_MAX = 2**256 - 1
ZERO = "0x" + "00" * 20

ACCOUNT = "0x1111111111111111111111111111111111111111"
KEEPER = "0x2222222222222222222222222222222222222222"
ROLES = "0x3333333333333333333333333333333333333333"
MULTISEND = "0x9641d764fc13c8B624c04430C7356C1C7C8102e2"
MARKET = "0x70d95587d40A2caf56bd97485aB3Eec10Bee6336"
WETH = "0x82aF49447D8a07e3bd95BD0d56f35241523fBab1"
USDC = "0xaf88d065e77c8cC2239327C5EDb3A432268e5831"
ROUTER = "0x1C3fa76e6E1088bCE750f23a5BFcffa1efEF6A41"
ORDER_VAULT = "0x31eF83a530Fde1B38EE9A18093A333D8Bbbc40D5"
DATA_STORE = "0xFD70de6b91282D8017aA4E741e9Ae325CAb992d8"
EMITTER = "0xC8ee91A54287DB53897056e12D9819156D3822Fb"
REFERRALS = "0xe6fab3F0c7199b0d34d7FbE83394fc0e0D06e99d"
ROLE_KEY = keccak(text="keeper")
KEYS = [keccak(text=f"order {n}") for n in range(4)]

FEE = 4_350_000 * 10**9
ETH = 3000 * 10**12  # price of one wei of ETH, 30 decimals
USD = 10**30


def collapse(parameter: dict[str, Any]) -> str:
    """The type as it stands in a signature."""
    if not parameter["type"].startswith("tuple"):
        return parameter["type"]
    return "(" + ",".join(collapse(c) for c in parameter["components"]) + ")" + parameter["type"][5:]


class Abi:
    """One contract's interface from the wheel."""

    def __init__(self, folder: Path, name: str) -> None:
        loaded = json.loads((folder / f"{name}.json").read_text())
        self.entries: list[dict[str, Any]] = loaded["abi"] if isinstance(loaded, dict) else loaded
        self.contract = Web3().eth.contract(abi=self.entries)

    def entry(self, name: str) -> dict[str, Any]:
        return next(e for e in self.entries if e.get("name") == name)

    def call(self, name: str, *arguments: Any) -> str:
        return self.contract.encode_abi(name, args=list(arguments))

    def answer(self, name: str, *values: Any) -> str:
        return hexed(eth_abi.encode([collapse(o) for o in self.entry(name)["outputs"]], values))


def hexed(data: bytes) -> str:
    return "0x" + data.hex()


def flat_call(signature: str, *arguments: Any) -> str:
    """Call data for a signature without named tuples."""
    types = types_of(signature)
    return hexed(keccak(text=signature)[:4] + eth_abi.encode(types, arguments))


def types_of(signature: str) -> list[str]:
    inner, depth, types, current = signature[signature.index("(") + 1 : -1], 0, [], ""
    for character in inner:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            types.append(current)
            current = ""
        else:
            current += character
    return types + ([current] if current else [])


def calls(gmx: dict[str, Abi]) -> dict[str, str]:
    router = gmx["ExchangeRouter"]

    def create(size: int, collateral: int, trigger: int, acceptable: int, kind: int, is_long: bool) -> str:
        addresses = (ACCOUNT, ACCOUNT, ZERO, ZERO, MARKET, USDC, [])
        numbers = (size, collateral, trigger, acceptable, FEE, 0, 0, 0)
        return router.call(
            "createOrder", (addresses, numbers, kind, 0, is_long, False, False, b"\0" * 32, [])
        )

    fee = router.call("sendWnt", ORDER_VAULT, FEE)
    tokens = router.call("sendTokens", USDC, ORDER_VAULT, 7_500_000_000)
    # 5 ETH short at 3000 with leverage 2: market with floor 2970, limit 3030 with floor 3000.
    market_short = create(15_000 * USD, 7_500_000_000, 0, 2970 * 10**12, 2, False)
    limit_short = create(15_150 * USD, 7_575_000_000, 3030 * 10**12, 3000 * 10**12, 3, False)
    # 2 ETH of a short of 5 ETH bought back, ceiling 3030; limit 2950 with ceiling 2980.
    market_close = create(6_000 * USD, 0, 0, 3030 * 10**12, 4, False)
    limit_close = create(6_000 * USD, 0, 2950 * 10**12, 2980 * 10**12, 5, False)
    update = router.call(
        "updateOrder", KEYS[0], 14_000 * USD, 2990 * 10**12, 3010 * 10**12, 0, 0, False
    )
    inner = [(ROUTER, FEE, fee), (ROUTER, 0, tokens), (ROUTER, 0, market_short)]
    packed = b"".join(
        encode_packed(
            ["uint8", "address", "uint256", "uint256", "bytes"],
            [0, to, value, len(data) // 2 - 1, bytes.fromhex(data[2:])],
        )
        for to, value, data in inner
    )
    multi = flat_call("multiSend(bytes)", packed)
    role = "execTransactionWithRole(address,uint256,bytes,uint8,bytes32,bool)"
    cancel = router.call("cancelOrder", KEYS[0])
    return {
        "sendWnt": fee,
        "sendTokens": tokens,
        "createMarketShort": market_short,
        "createLimitShort": limit_short,
        "createMarketClose": market_close,
        "createLimitClose": limit_close,
        "updateOrder": update,
        "cancelOrder": cancel,
        "multicall": router.call("multicall", [bytes.fromhex(x[2:]) for x in (fee, tokens, market_short)]),
        "multiSend": multi,
        "withRoleBatch": flat_call(role, MULTISEND, 0, bytes.fromhex(multi[2:]), 1, ROLE_KEY, True),
        "withRoleSingle": flat_call(role, ROUTER, 0, bytes.fromhex(cancel[2:]), 0, ROLE_KEY, True),
        "probe": flat_call(role, ZERO, 0, b"", 0, ROLE_KEY, True),
        "aggregate3": flat_call(
            "aggregate3((address,bool,bytes)[])",
            [(USDC, True, bytes.fromhex(flat_call("balanceOf(address)", ACCOUNT)[2:])), (WETH, True, b"\x01\x02")],
        ),
        "getAccountPositions": gmx["Reader"].call("getAccountPositions", DATA_STORE, ACCOUNT, 0, 64),
        "getAccountOrders": gmx["Reader"].call("getAccountOrders", DATA_STORE, ACCOUNT, 0, 64),
        "getExecutionPrice": gmx["Reader"].call(
            "getExecutionPrice", DATA_STORE, MARKET, PRICES, 0, 0, 20_000 * USD, 0, True
        ),
        "getPositionInfo": gmx["Reader"].call(
            "getPositionInfo", DATA_STORE, REFERRALS, position_key(False), PRICES, 0, ZERO, True
        ),
        "getMarketInfo": gmx["Reader"].call("getMarketInfo", DATA_STORE, PRICES, MARKET),
    }


PRICES = ((ETH, ETH), (ETH, ETH), (10**24, 10**24))


def position_key(is_long: bool) -> bytes:
    return keccak(eth_abi.encode(["address", "address", "address", "bool"], [ACCOUNT, MARKET, USDC, is_long]))


def data_key(name: str, *arguments: tuple[str, Any]) -> str:
    key = keccak(eth_abi.encode(["string"], [name]))
    if arguments:
        key = keccak(eth_abi.encode(["bytes32"] + [a[0] for a in arguments], [key] + [a[1] for a in arguments]))
    return hexed(key)


def keys() -> dict[str, str]:
    market = ("address", MARKET)
    return {
        "position short": hexed(position_key(False)),
        "position long": hexed(position_key(True)),
        "CONTROLLER": data_key("CONTROLLER"),
        "estimatedGasBase": data_key("ESTIMATED_GAS_FEE_BASE_AMOUNT_V2_1"),
        "estimatedGasPerOraclePrice": data_key("ESTIMATED_GAS_FEE_PER_ORACLE_PRICE"),
        "estimatedGasMultiplier": data_key("ESTIMATED_GAS_FEE_MULTIPLIER_FACTOR"),
        "increaseGas": data_key("INCREASE_ORDER_GAS_LIMIT"),
        "decreaseGas": data_key("DECREASE_ORDER_GAS_LIMIT"),
        "requestExpirationSeconds": data_key("REQUEST_EXPIRATION_TIME"),
        "minimumCollateralUsd": data_key("MIN_COLLATERAL_USD"),
        "minimumPositionSizeUsd": data_key("MIN_POSITION_SIZE_USD"),
        "minimumCollateralFactor": data_key("MIN_COLLATERAL_FACTOR", market),
        "minimumCollateralFactorForLiquidation": data_key("MIN_COLLATERAL_FACTOR_FOR_LIQUIDATION", market),
        "maximumImpactFactorForLiquidation": data_key("MAX_POSITION_IMPACT_FACTOR_FOR_LIQUIDATIONS", market),
        "positionFeeImproving": data_key("POSITION_FEE_FACTOR", market, ("bool", True)),
        "positionFeeWorsening": data_key("POSITION_FEE_FACTOR", market, ("bool", False)),
        "claimableLongToken": data_key("CLAIMABLE_FUNDING_AMOUNT", market, ("address", WETH), ("address", ACCOUNT)),
        "claimableShortToken": data_key("CLAIMABLE_FUNDING_AMOUNT", market, ("address", USDC), ("address", ACCOUNT)),
    }


# One position of each side: size in dollars, tokens, collateral, cost of closing (all in the protocol's units).
SIDES = {
    False: dict(usd=15_500 * USD, tokens=5 * 10**18, collateral=7_500_000_000, cost=31_415_926, impact=-12 * USD),
    True: dict(usd=9_000 * USD + 7, tokens=3 * 10**18 + 1, collateral=2_000_000_001, cost=5_000_001, impact=3 * USD),
}


def position(is_long: bool) -> tuple[Any, ...]:
    side = SIDES[is_long]
    numbers = (side["usd"], side["tokens"], side["collateral"], -(10**15), 11, 12, 13, 14, 1_700_000_000, 0)
    return ((ACCOUNT, MARKET, USDC), numbers, (is_long,))


def position_info(is_long: bool) -> tuple[Any, ...]:
    side = SIDES[is_long]
    pnl = (side["tokens"] * ETH - side["usd"]) * (1 if is_long else -1)
    fees = (
        (b"\0" * 32, ZERO, ZERO, 0, 0, 0, 0, 0, 0, 0),
        (0, 0, 0),
        (21_000_000, 10**15, 2_500_000, 1, 2, 3),  # funding: amount, claimable WETH, claimable USDC
        (5 * USD, 5_000_000, 0, 0),
        (ZERO, 0, 0),
        (0, 0, 0, 0),
        (10**24, 10**24),
        6 * 10**26,
        0,
        0,
        0,
        0,
        0,
        5_415_926,
        10_415_926,
        side["cost"],
        0,
    )
    impact = side["impact"]
    execution = (impact, ETH, False, 0, impact, 0)
    return (position_key(is_long), position(is_long), fees, execution, pnl, pnl, pnl + impact)


def order(
    key: bytes, kind: int, is_long: bool, size: int, collateral: int, trigger: int, acceptable: int, fee: int,
    frozen: bool,
) -> tuple[Any, ...]:  # fmt: skip
    addresses = (ACCOUNT, ACCOUNT, ZERO, ZERO, ZERO, MARKET, USDC, [])
    numbers = (kind, 0, size, collateral, trigger, acceptable, fee, 0, 0, 1_700_000_100, 0, 0)
    return (key, (addresses, numbers, (is_long, False, frozen, False), []))


def answers(gmx: dict[str, Abi]) -> dict[str, str]:
    reader = gmx["Reader"]
    base = ((0, 0), (0, 0))
    orders = [
        order(KEYS[0], 3, False, 15_150 * USD, 7_575_000_000, 3030 * 10**12, 3000 * 10**12, FEE, False),
        order(KEYS[1], 2, True, 3_000 * USD, 1_500_000_000, 0, 3030 * 10**12, FEE, False),
        order(KEYS[2], 5, False, 6_200 * USD, 0, 2950 * 10**12, UINT_MAX, 0, True),
        order(KEYS[3], 6, True, 99_999 * USD, 0, 2500 * 10**12, 2400 * 10**12, FEE, False),
    ]

    def market_info(longs_pay: bool, disabled: bool = False) -> str:
        return reader.answer(
            "getMarketInfo",
            (
                (MARKET, WETH, WETH, USDC),
                1_585_489_599_188_229_325_215,
                0,
                (base, base),
                (longs_pay, 20_000_000_000_000_000_000_001, -5, base, base),
                (0, 0, 0),
                disabled,
            ),
        )

    def execution(impact: int) -> str:
        return reader.answer("getExecutionPrice", (impact, ETH, False, 0, 0, 0))

    return {
        "noPositions": reader.answer("getAccountPositions", []),
        "short": reader.answer("getAccountPositions", [position(False)]),
        "both": reader.answer("getAccountPositions", [position(False), position(True)]),
        "noOrders": reader.answer("getAccountOrders", []),
        "orders": reader.answer("getAccountOrders", orders),
        "firstOrder": reader.answer("getAccountOrders", orders[:1]),
        "market": reader.answer("getMarket", (MARKET, WETH, WETH, USDC)),
        "otherMarket": reader.answer("getMarket", (MARKET, WETH, USDC, USDC)),
        "marketInfo": market_info(True),
        "marketInfoShortsPay": market_info(False, True),
        "executionLoss": execution(-8 * USD - 1),
        "executionGain": execution(4 * USD),
        "infoShort": reader.answer("getPositionInfo", position_info(False)),
        "infoLong": reader.answer("getPositionInfo", position_info(True)),
        "aggregate3": hexed(
            eth_abi.encode(["(bool,bytes)[]"], [[(True, b"\x2a".rjust(32, b"\0")), (False, b"\xde\xad")]])
        ),
    }


def liquidation(is_long: bool) -> str:
    """The formula of GMXv2Positions.swift in exact fractions, rounded towards the present price."""
    side = SIDES[is_long]
    collateral = Fraction((side["collateral"] - side["cost"]) * 10**24, USD)
    size = Fraction(side["usd"], USD)
    impact = max(min(Fraction(side["impact"], USD), Fraction(0)), -size * Fraction(5, 1000))
    margin = max(size * Fraction(1, 200), Fraction(1))
    tokens = Fraction(side["tokens"], 10**18)
    value = (size + margin - impact - collateral if is_long else collateral + size + impact - margin) / tokens
    # The protocol's price of an 18-decimal token has 12 places; the adapter rounds there.
    scaled = value * 10**12
    units = ceil(scaled) if is_long else floor(scaled)
    return decimal(Fraction(units, 10**12))


def decimal(value: Fraction) -> str:
    raw = value * 10**18
    assert raw.denominator == 1
    sign, digits = ("-" if raw < 0 else ""), str(abs(raw.numerator)).rjust(19, "0")
    text = digits[:-18] + "." + digits[-18:]
    return sign + text.rstrip("0").rstrip(".")


def parameters() -> list[int]:
    """In the order of the adapter's list of DataStore parameters."""
    return [
        600_000, 250_000, USD, 3_000_000, 3_000_000, 300, USD, USD,
        USD // 100, USD // 200, 5 * USD // 1000, 4 * USD // 10_000, 6 * USD // 10_000, 2 * 10**15, 7_000_000,
    ]  # fmt: skip


ITEM_KINDS = ["address", "uint256", "int256", "bool", "bytes32", "bytes", "string"]


def log(abi: Abi, name: str, topics: list[bytes], **items: list[tuple[str, Any]]) -> dict[str, Any]:
    """A log of EventLog1 or EventLog2 with these named items."""
    entry = abi.entry(f"EventLog{len(topics)}")
    signature = entry["name"] + "(" + ",".join(collapse(i) for i in entry["inputs"]) + ")"
    data = tuple((items.get(kind, []), []) for kind in ITEM_KINDS)
    types = [collapse(i) for i in entry["inputs"] if not i["indexed"]]
    return {
        "topics": [hexed(keccak(text=signature)), hexed(keccak(text=name))] + [hexed(t) for t in topics],
        "data": hexed(eth_abi.encode(types, [ROUTER, name, data])),
    }


def word(address: str) -> bytes:
    return bytes.fromhex(address[2:]).rjust(32, b"\0")


def error(signature: str, *values: Any) -> bytes:
    return keccak(text=signature)[:4] + eth_abi.encode(types_of(signature), values)


def logs(emitter: Abi) -> dict[str, Any]:
    key, account = KEYS[0], word(ACCOUNT)

    def of_order(name: str, reason: str = "", reason_bytes: bytes = b"") -> dict[str, Any]:
        return log(
            emitter, name, [key, account], bytes32=[("key", key)], address=[("account", ACCOUNT)],
            string=[("reason", reason)], bytes=[("reasonBytes", reason_bytes)],
        )  # fmt: skip

    unmet = error("OrderNotFulfillableAtAcceptablePrice(uint256,uint256)", 2960 * 10**12, 2970 * 10**12)
    expired = error(
        "OracleTimestampsAreLargerThanRequestExpirationTime(uint256,uint256,uint256)", 1_700_000_900, 1_700_000_100, 300
    )
    keyed: list[tuple[str, Any]] = [("orderKey", key), ("positionKey", position_key(False))]
    return {
        "created": of_order("OrderCreated"),
        "createdByStranger": log(emitter, "OrderCreated", [KEYS[1], word(KEEPER)]),
        "executed": of_order("OrderExecuted"),
        "executedOther": log(emitter, "OrderExecuted", [KEYS[1], account], bytes32=[("key", KEYS[1])]),
        "updated": of_order("OrderUpdated"),
        "cancelledPrice": of_order("OrderCancelled", "", unmet),
        "cancelledByUser": of_order("OrderCancelled", "USER_INITIATED_CANCEL"),
        "cancelledExpired": of_order("OrderCancelled", "", expired),
        "cancelledUnknown": of_order("OrderCancelled", "", b"\xde\xad\xbe\xef" + b"\0" * 32),
        "frozen": of_order("OrderFrozen", "", unmet),
        "increase": log(
            emitter, "PositionIncrease", [account], bytes32=keyed,
            uint256=[("sizeInUsd", 1), ("executionPrice", 2999_500_000_000_000), ("sizeDeltaUsd", 15_000 * USD)],
        ),  # fmt: skip
        "decrease": log(
            emitter, "PositionDecrease", [account], bytes32=keyed, uint256=[("executionPrice", 3001_250_000_000_000)]
        ),
        "sold": log(
            emitter, "PositionIncrease", [account], bytes32=keyed, bool=[("isLong", False)],
            uint256=[
                ("executionPrice", 2999_500_000_000_000), ("sizeDeltaInTokens", 5 * 10**18),
                ("indexTokenPrice.min", 3000_000_000_000_000), ("indexTokenPrice.max", 3001_000_000_000_000),
            ],
        ),  # fmt: skip
        "bought": log(
            emitter, "PositionDecrease", [account], bytes32=keyed, bool=[("isLong", False)],
            uint256=[
                ("executionPrice", 3001_250_000_000_000), ("sizeDeltaInTokens", 2 * 10**18),
                ("indexTokenPrice.min", 3001_000_000_000_000), ("indexTokenPrice.max", 3002_000_000_000_000),
            ],
        ),  # fmt: skip
        "fees": log(
            emitter, "PositionFeesCollected", [word(MARKET)], bytes32=keyed,
            uint256=[("collateralTokenPrice.max", 10**24), ("totalCostAmount", 9_000_001)],
        ),  # fmt: skip
    }


def reverts() -> dict[str, str]:
    info = b"inBand".ljust(32, b"\0")
    return {
        "conditionCustom": hexed(error("ConditionViolation(uint8,bytes32)", 16, info)),
        "conditionTarget": hexed(error("ConditionViolation(uint8,bytes32)", 2, b"\0" * 32)),
        "conditionAllowance": hexed(error("ConditionViolation(uint8,bytes32)", 18, b"\xff" * 32)),
        "conditionStrange": hexed(error("ConditionViolation(uint8,bytes32)", 200, b"\0" * 32)),
        "notAuthorized": hexed(error("NotAuthorized(address)", KEEPER)),
        "noMembership": hexed(error("NoMembership()")),
        "moduleFailed": hexed(error("ModuleTransactionFailed()")),
        "insufficientFee": hexed(error("InsufficientExecutionFee(uint256,uint256)", FEE, 10**9)),
        "notCancellable": hexed(error("RequestNotYetCancellable(uint256,uint256,string)", 12, 300, "Order")),
        "errorString": hexed(error("Error(string)", "ERC20: transfer amount exceeds balance")),
        "panic": hexed(error("Panic(uint256)", 0x11)),
    }


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) == 2 else INTERFACES
    if len(sys.argv) > 2:
        raise SystemExit(__doc__)
    if not folder.is_dir():
        raise SystemExit(f"{folder} is missing: run devchain/setup.sh --tests")
    gmx = {name: Abi(folder, name) for name in ("Reader", "ExchangeRouter", "eventemitter")}
    fixture = {
        "calls": calls(gmx),
        "answers": answers(gmx),
        "keys": keys(),
        "orderKeys": [hexed(k) for k in KEYS],
        "parameters": [str(p) for p in parameters()],
        "logs": logs(gmx["eventemitter"]),
        "reverts": reverts(),
        "expected": {"liquidationShort": liquidation(False), "liquidationLong": liquidation(True)},
    }
    HERE.mkdir(exist_ok=True)
    (HERE / "gmx.json").write_text(json.dumps(fixture, indent=1) + "\n")


if __name__ == "__main__":
    main()

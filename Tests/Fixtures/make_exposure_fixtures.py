#!/usr/bin/env python3
"""Makes Tests/Fixtures/Contracts/exposures.json: answers of position manager, pool, option book and controller by
eth-abi, signed option books by eth-account, and what they are worth in 50-digit decimals from the textbook formulas.

    devchain/.venv/bin/python Tests/Fixtures/make_exposure_fixtures.py

Nothing here shares code with the Swift sources: the amounts are real-valued (Uniswap v3 Core, section 6), not the
contracts' integers, and the normal distribution is a series of its own.
"""

from __future__ import annotations

import json
from decimal import Decimal, getcontext
from pathlib import Path
from typing import Any

import eth_abi
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_utils import keccak, to_checksum_address

getcontext().prec = 60
HERE = Path(__file__).resolve().parent / "Contracts"
D = Decimal
ONE = 10**18

HOLDER = "0x1111111111111111111111111111111111111111"
STRANGER = "0x2222222222222222222222222222222222222222"
WETH = "0x82af49447d8a07e3bd95bd0d56f35241523fbab1"
USDC = "0xaf88d065e77c8cc2239327c5edb3a432268e5831"
ZERO = "0x" + "00" * 20
CHAIN = 42161
NOW = 1_800_000_000
DAY = 86_400
SIGNER = Account.from_key(keccak(text="option desk of the fixtures"))
OTHER = Account.from_key(keccak(text="somebody else"))


# Uniswap v3 in real numbers


def root_at(tick: int) -> Decimal:
    return (D("1.0001") ** tick).sqrt()


def lp_case(
    name: str, base_is_0: bool, price: str, quote: str, lower: int, upper: int, liquidity: int, owed: tuple[int, int],
    base_decimals: int = 18, quote_decimals: int = 6,
) -> dict[str, Any]:
    """Base and quote are worth `price` and `quote` dollars."""
    ratio = D(price) / D(quote) * D(10) ** (quote_decimals - base_decimals)  # units of quote per unit of base
    pool = ratio if base_is_0 else 1 / ratio
    root = min(max(pool.sqrt(), root_at(lower)), root_at(upper))
    amount0 = D(liquidity) * (1 / root - 1 / root_at(upper))
    amount1 = D(liquidity) * (root - root_at(lower))
    in_range = root_at(lower) < pool.sqrt() < root_at(upper)
    base_units, quote_units = (amount0, amount1) if base_is_0 else (amount1, amount0)
    owed_base, owed_quote = owed if base_is_0 else owed[::-1]
    base = (base_units + owed_base) / D(10) ** base_decimals
    quote_amount = (quote_units + owed_quote) / D(10) ** quote_decimals
    # V(S) = q V(P), P = S/q in whole tokens; gamma = V''(P)/q = -L/(2 P^1.5)/q
    whole = D(liquidity) / D(10) ** (D(base_decimals + quote_decimals) / 2)
    p = D(price) / D(quote)
    gamma = -whole / (2 * p * p.sqrt()) / D(quote) if in_range else D(0)
    slot_root = int(pool.sqrt() * 2**96 * D("1.01"))  # the pool's own price is 2.01 % off
    token0, token1 = (WETH, USDC) if base_is_0 else (USDC, WETH)
    position = eth_abi.encode(
        ["uint96", "address", "address", "address", "uint24", "int24", "int24", "uint128"]
        + ["uint256", "uint256", "uint128", "uint128"],
        [3, ZERO, token0, token1, 500, lower, upper, liquidity, 2**256 - 5, 7, *owed])
    return {
        "name": name, "baseIsToken0": base_is_0, "price": price, "quotePrice": quote, "baseDecimals": base_decimals,
        "quoteDecimals": quote_decimals, "position": hexed(position),
        "slot0": hexed(eth_abi.encode(["uint160", "int24", "uint16", "uint16", "uint16", "uint8", "bool"],
                                      [slot_root, 0, 1, 1, 1, 0, True])),
        "token0": hexed(eth_abi.encode(["address"], [token0])), "token1": hexed(eth_abi.encode(["address"], [token1])),
        "fee": hexed(eth_abi.encode(["uint24"], [500])), "owner": hexed(eth_abi.encode(["address"], [HOLDER])),
        "base": text(base), "quote": text(quote_amount), "value": text(base * D(price) + quote_amount * D(quote)),
        "gamma": text(gamma),
    }


# Black, Scholes and Merton with a normal distribution of our own


def pi() -> Decimal:
    def arctan(inverse: int) -> Decimal:
        total, power, k = D(0), D(1) / inverse, 0
        while abs(power) > D(10) ** -58:
            total += power / (2 * k + 1) * (-1) ** k
            power /= inverse * inverse
            k += 1
        return total
    return 4 * (4 * arctan(5) - arctan(239))


PI = pi()


def density(x: Decimal) -> Decimal:
    return (-x * x / 2).exp() / (2 * PI).sqrt()


def cumulative(x: Decimal) -> Decimal:
    """1/2 + n(x) (x + x³/3 + x⁵/(3·5) + …), which converges for every x."""
    if abs(x) > 14:
        return D(0) if x < 0 else D(1)
    total, term, k = D(0), x, 1
    while abs(term) > D(10) ** -58:
        total += term
        k += 2
        term *= x * x / k
    return D("0.5") + density(x) * total


def option_case(
    call: bool, price: str, strike: str, quantity: str, volatility: str, seconds: int, rate: str = "0"
) -> dict[str, Any]:
    s, k, v, r, t = D(price), D(strike), D(volatility), D(rate), D(seconds) / 31_536_000
    w = 1 if call else -1
    deviation = v * t.sqrt()
    d1 = ((s / k).ln() + (r + v * v / 2) * t) / deviation
    d2 = d1 - deviation
    discount = (-r * t).exp()
    q = D(quantity)
    return {
        "isCall": call, "price": price, "strike": strike, "quantity": quantity, "volatility": volatility,
        "seconds": seconds, "rate": rate,
        "value": text(q * w * (s * cumulative(w * d1) - k * discount * cumulative(w * d2))),
        "delta": text(q * w * cumulative(w * d1)), "gamma": text(q * density(d1) / (s * deviation)),
        "vega": text(q * s * density(d1) * t.sqrt()),
        "theta": text(q * (-s * density(d1) * v / (2 * t.sqrt()) - w * r * k * discount * cumulative(w * d2))),
    }


def power_case(price: str, units: str, factor: str, volatility: str) -> dict[str, Any]:
    """QUANT: mark = n S² e^(σ²f)/10⁴, f = 17.5/365; delta 2 n S e/10⁴, gamma 2 n e/10⁴."""
    s, n, v, f = D(price), D(factor), D(volatility), D("17.5") / 365
    e = (v * v * f).exp()
    q = D(units)
    return {
        "price": price, "volatility": volatility, "units": units,
        "balance": hexed(eth_abi.encode(["uint256"], [int(q * ONE)])),
        "factor": hexed(eth_abi.encode(["uint256"], [int(n * ONE)])),
        "value": text(q * n * s * s * e / 10_000), "delta": text(q * 2 * n * s * e / 10_000),
        "gamma": text(q * 2 * n * e / 10_000), "vega": text(q * n * s * s * e / 10_000 * 2 * v * f),
        "theta": text(-q * n * s * s * e / 10_000 * v * v),
    }


# Books

OPTION = "(uint64,uint256,int256,bool,uint256,uint64)"
BOOK = [
    (NOW + 30 * DAY, 3500 * ONE, -300 * ONE, True, 65 * 10**16, NOW - 60),
    (NOW + 7 * DAY, 2800 * ONE, 25 * 10**17, False, 0, 0),
]


def typed(book: dict[str, Any], chain: int = CHAIN, version: str = "1") -> dict[str, Any]:
    fields = lambda *pairs: [{"name": n, "type": t} for n, t in pairs]
    return {
        "types": {
            "EIP712Domain": fields(("name", "string"), ("version", "string"), ("chainId", "uint256")),
            "OptionBook": fields(("vault", "address"), ("name", "string"), ("sequence", "uint64"),
                                 ("validUntil", "uint64"), ("options", "Option[]")),
            "Option": fields(("expiry", "uint64"), ("strike", "uint256"), ("quantity", "int256"), ("isCall", "bool"),
                             ("markVolatility", "uint256"), ("markedAt", "uint64")),
        },
        "primaryType": "OptionBook",
        "domain": {"name": "Vaultkeeper option book", "version": version, "chainId": chain},
        "message": book,
    }


def book(sequence: int = 7, options: list[tuple[Any, ...]] = BOOK, vault: str = HOLDER, name: str = "desk",
         valid: int = NOW + DAY) -> dict[str, Any]:
    names = ("expiry", "strike", "quantity", "isCall", "markVolatility", "markedAt")
    return {"vault": vault, "name": name, "sequence": sequence, "validUntil": valid,
            "options": [dict(zip(names, option)) for option in options]}


def signed(content: dict[str, Any], key: Any = SIGNER, chain: int = CHAIN, version: str = "1") -> str:
    message = encode_typed_data(full_message=typed(content, chain, version))
    signature = key.sign_message(message).signature
    numbers = lambda value: str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    written = {**content, "vault": to_checksum_address(content["vault"]),
               "options": [{k: numbers(v) for k, v in option.items()} for option in content["options"]]}
    return json.dumps({"book": written, "signature": hexed(bytes(signature))})


def text(value: Decimal) -> str:
    return f"{value:.40f}".rstrip("0").rstrip(".") or "0"


def hexed(data: bytes) -> str:
    return "0x" + data.hex()


def main() -> None:
    most = (2**64 - 1, 2**256 - 1, -(2**255), True, 2**256 - 1, 2**64 - 1)
    fixture = {
        "liquidity": [
            # ETH/USDC: 3,000 $ is near tick -196256 with 18 and 6 decimals.
            lp_case("in range", True, "3000", "1", -201240, -191150, 10**16, (12 * 10**15, 34 * 10**6)),
            lp_case("in range, mirrored", False, "3000", "1", 191150, 201240, 10**16, (34 * 10**6, 12 * 10**15)),
            lp_case("quote off par", True, "3123.45", "0.998", -201240, -191150, 7 * 10**15, (0, 0)),
            lp_case("below the range: all base", True, "1500", "1", -198000, -195000, 10**16, (0, 5)),
            lp_case("above the range: all quote", True, "6000", "1", -198000, -195000, 10**16, (5, 0)),
            lp_case("full range", True, "3000", "1", -887220, 887220, 10**17, (0, 0)),
            lp_case("equal decimals", True, "60000", "1", 108000, 112000, 10**20, (0, 0), 18, 18),
            lp_case("eight decimals, mirrored", False, "60000", "1", -70000, -60000, 10**14, (1, 2), 8, 6),
            lp_case("a cheap base", False, "0.00001", "1", 380000, 400000, 10**18, (0, 0)),
            lp_case("no liquidity", True, "3000", "1", -201240, -191150, 0, (10**18, 0)),
        ],
        "options": [
            option_case(call, price, strike, quantity, volatility, seconds, rate)
            for call in (True, False)
            for price, strike, quantity, volatility, seconds, rate in (
                ("3000", "3500", "-300", "0.65", 30 * DAY, "0"), ("3000", "3000", "1", "0.8", 7 * DAY, "0.05"),
                ("3000", "2000", "-12.5", "1.2", 3600, "0"), ("3000", "9000", "40", "0.5", DAY, "0"),
                ("0.00001", "0.000012", "-1000000", "1.5", 90 * DAY, "0"),
                ("60000", "50000", "2", "0.4", 365 * DAY, "-0.01"),
            )
        ],
        "power": [power_case("3500", "1", "0.8", "0.9"), power_case("3000", "250.5", "0.31", "0.6")],
        "book": {
            "answer": hexed(eth_abi.encode([f"{OPTION}[]"], [BOOK])),
            "empty": hexed(eth_abi.encode([f"{OPTION}[]"], [[]])),
            "largest": hexed(eth_abi.encode([f"{OPTION}[]"], [[most]])),
            "tooMany": hexed(eth_abi.encode([f"{OPTION}[]"], [[BOOK[0]] * 257])),
        },
        "signed": {
            "signer": SIGNER.address, "holder": HOLDER, "chain": CHAIN, "now": NOW,
            "good": signed(book()), "next": signed(book(8, BOOK[:1])), "empty": signed(book(9, [])),
            "largest": signed(book(2**63 - 1, [most])),
            "otherSigner": signed(book(), OTHER), "otherChain": signed(book(), chain=1),
            "otherVersion": signed(book(), version="2"), "otherVault": signed(book(vault=STRANGER)),
            "otherName": signed(book(name="other")),
            "typedDataHash": hexed(keccak(b"\x19\x01" + encode_typed_data(full_message=typed(book())).header
                                          + encode_typed_data(full_message=typed(book())).body)),
        },
    }
    (HERE / "exposures.json").write_text(json.dumps(fixture, indent=1) + "\n")


if __name__ == "__main__":
    main()

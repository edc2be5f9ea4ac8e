"""The vault: a real Safe with a role for the keeper, and a share layer over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from ..chain import Chain
from .artifacts import arguments, built, call, fetched, selector
from .ledger import Actor, settle, view
from .venue import NOBODY, Venue

ROLE_KEY = b"vaultkeeper-hedge".ljust(32, b"\0")
FEE_ALLOWANCE_KEY = keccak(b"execution fees of a day")
FEE_ALLOWANCE = 5 * 10**17  # wei of execution fees a day
DAY = 86_400
SETUP_GAS = 9_000_000

# Condition operators, parameter types and execution options of Roles v2.
PASS, OR, MATCHES, EQUAL_TO_AVATAR, EQUAL_TO, ETHER_WITHIN = 0, 2, 5, 15, 16, 29
NONE, STATIC, DYNAMIC, TUPLE, ARRAY, CALLDATA = 0, 1, 2, 3, 4, 5
AND = 1
NO_OPTIONS, SEND = 0, 1

CREATE_ORDER = (
    "createOrder(((address,address,address,address,address,address,address[]),"
    "(uint256,uint256,uint256,uint256,uint256,uint256,uint256,uint256),"
    "uint8,uint8,bool,bool,bool,bytes32,bytes32[]))"
)
UPDATE_ORDER = "updateOrder(bytes32,uint256,uint256,uint256,uint256,uint256,bool)"
MULTI_SEND = "multiSend(bytes)"
EXEC_TRANSACTION = (
    "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"
)

Condition = tuple[int, int, int, bytes]
"""Parent, parameter type, operator, comparison value."""

InnerCall = tuple[bytes, int, bytes]
"""To, wei, data."""


def word(value: bytes) -> bytes:
    return value.rjust(32, b"\0")


def packed(calls: list[InnerCall]) -> bytes:
    """The calldata of MultiSendCallOnly for some calls."""
    body = b"".join(
        b"\0" + to + value.to_bytes(32, "big") + len(data).to_bytes(32, "big") + data
        for to, value, data in calls
    )
    return call(MULTI_SEND, body)


@dataclass
class Vault:
    """A one-owner Safe whose module is the Roles modifier, which the Safe itself owns."""

    chain: Chain
    owner: Actor
    keeper: bytes
    venue: Venue
    safe: bytes = b""
    roles: bytes = b""
    multi_send: bytes = b""
    share_token: bytes = b""

    def deploy(self) -> None:
        owner = self.owner
        self.singleton = owner.deploy(fetched("safe/Safe_V1_4_1.json"))
        self.factory = owner.deploy(fetched("safe/ProxyFactory_V1_4_1.json"))
        self.fallback_handler = owner.deploy(fetched("safe/CompatibilityFallbackHandler_V1_4_1.json"))
        self.multi_send = owner.deploy(fetched("safe/MultiSendCallOnly_V1_4_1.json"))
        self.unwrapper = owner.deploy(built("MultiSendUnwrapper"))
        settle(self.chain)
        self._create_proxy()
        types = ["address", "address", "address"]
        self.roles = owner.deploy(built("Roles"), arguments(types, self.safe, self.safe, self.safe))
        settle(self.chain)
        self._scope()

    def _create_proxy(self) -> None:
        setup = call(
            "setup(address[],uint256,address,bytes,address,address,uint256,address)",
            [self.owner.address], 1, NOBODY, b"", self.fallback_handler, NOBODY, 0, NOBODY,
        )
        create = "createProxyWithNonce(address,bytes,uint256)"
        # The address is the call's return value, so it is asked before the call is sent.
        (self.safe,) = (
            bytes.fromhex(a[2:])
            for a in view(self.chain, self.factory, create, ["address"], self.singleton, setup, 1)
        )
        self.owner.send(self.factory, call(create, self.singleton, setup, 1))
        settle(self.chain)

    def as_owner(self, calls: list[InnerCall]) -> None:
        """Have the owner make the Safe do these, in one transaction.

        The signature is Safe's form for "the sender is the owner": r the owner, s nothing, v one.
        """
        signature = word(self.owner.address) + bytes(32) + b"\x01"
        batch = packed(calls)
        arguments_ = (self.multi_send, 0, batch, 1, 0, 0, 0, NOBODY, NOBODY, signature)
        self.owner.send(self.safe, call(EXEC_TRANSACTION, *arguments_), gas=SETUP_GAS)

    def set_keeper_role(self, is_member: bool) -> None:
        self.as_owner([self._assignment(is_member)])

    def set_role(self, member: str, is_member: bool) -> None:
        """The keeper's role for another address: the vault's side of a change of keys."""
        self.as_owner([self._assignment(is_member, member)])

    def _assignment(self, is_member: bool, member: str | None = None) -> InnerCall:
        data = call("assignRoles(address,bytes32[],bool[])", member or self.keeper, [ROLE_KEY], [is_member])
        return (self.roles, 0, data)

    def _scope(self) -> None:
        """Approve the venue's Router, and scope the role to its five calls."""
        venue = self.venue
        exchange, router = venue.contracts["ExchangeRouter"], venue.contracts["Router"]
        approve = call("approve(address,uint256)", router, 2**256 - 1)
        unwrap = call(
            "setTransactionUnwrapper(address,bytes4,address)",
            self.multi_send, selector(MULTI_SEND), self.unwrapper,
        )
        allowance = call(
            "setAllowance(bytes32,uint128,uint128,uint128,uint64,uint64)",
            FEE_ALLOWANCE_KEY, FEE_ALLOWANCE, FEE_ALLOWANCE, FEE_ALLOWANCE, DAY, 0,
        )
        self.as_owner([
            (venue.usdc.address, 0, approve),
            (venue.weth.address, 0, approve),
            (self.safe, 0, call("enableModule(address)", self.roles)),
            self._assignment(True),
            (self.roles, 0, unwrap),
            (self.roles, 0, allowance),
            (self.roles, 0, call("scopeTarget(bytes32,address)", ROLE_KEY, exchange)),
            self._scoped("sendWnt(address,uint256)", self._send_wnt_conditions(), SEND),
            self._scoped("sendTokens(address,address,uint256)", self._send_tokens_conditions()),
            self._scoped(CREATE_ORDER, self._create_order_conditions()),
            self._scoped("claimFundingFees(address[],address[],address)", self._claim_conditions()),
            self._allowed(UPDATE_ORDER),
            self._allowed("cancelOrder(bytes32)"),
        ])
        settle(self.chain)

    def _scoped(self, signature: str, conditions: list[Condition], options: int = NO_OPTIONS) -> InnerCall:
        return self.scoped(self.venue.contracts["ExchangeRouter"], signature, conditions, options)

    def _allowed(self, signature: str) -> InnerCall:
        return self.allowed(self.venue.contracts["ExchangeRouter"], signature)

    def scoped(
        self, target: bytes, signature: str, conditions: list[Condition], options: int = NO_OPTIONS
    ) -> InnerCall:
        """What lets the role call a function under conditions."""
        shape = "scopeFunction(bytes32,address,bytes4,(uint8,uint8,uint8,bytes)[],uint8)"
        return (self.roles, 0, call(shape, ROLE_KEY, target, selector(signature), conditions, options))

    def allowed(self, target: bytes, signature: str) -> InnerCall:
        shape = "allowFunction(bytes32,address,bytes4,uint8)"
        return (self.roles, 0, call(shape, ROLE_KEY, target, selector(signature), NO_OPTIONS))

    # Conditions, breadth first

    def _send_wnt_conditions(self) -> list[Condition]:
        """To the OrderVault alone, within the day's allowance of ether."""
        return [
            (0, NONE, AND, b""),
            (0, CALLDATA, MATCHES, b""),
            (0, NONE, ETHER_WITHIN, FEE_ALLOWANCE_KEY),
            (1, STATIC, EQUAL_TO, word(self.venue.contracts["OrderVault"])),
            (1, STATIC, PASS, b""),
        ]

    def _send_tokens_conditions(self) -> list[Condition]:
        """Dollars or wrapped ether, to the OrderVault alone."""
        return [
            (0, CALLDATA, MATCHES, b""),
            (0, NONE, OR, b""),
            (0, STATIC, EQUAL_TO, word(self.venue.contracts["OrderVault"])),
            (0, STATIC, PASS, b""),
            (1, STATIC, EQUAL_TO, word(self.venue.usdc.address)),
            (1, STATIC, EQUAL_TO, word(self.venue.weth.address)),
        ]

    def _create_order_conditions(self) -> list[Condition]:
        """In the one market, for nobody but the Safe, with no callback."""
        root, params, addresses = 0, 1, 2
        statics = [(params, STATIC, PASS, b"")] * 6
        return [
            (root, CALLDATA, MATCHES, b""),
            (root, TUPLE, MATCHES, b""),
            (params, TUPLE, MATCHES, b""),  # addresses
            (params, TUPLE, PASS, b""),  # numbers
            *statics,
            (params, ARRAY, PASS, b""),  # dataList
            (addresses, STATIC, EQUAL_TO_AVATAR, b""),  # receiver
            (addresses, NONE, OR, b""),  # cancellationReceiver
            (addresses, STATIC, EQUAL_TO, word(NOBODY)),  # callbackContract
            (addresses, STATIC, EQUAL_TO, word(NOBODY)),  # uiFeeReceiver
            (addresses, STATIC, EQUAL_TO, word(self.venue.market)),
            (addresses, STATIC, PASS, b""),  # initialCollateralToken
            (addresses, ARRAY, PASS, b""),  # swapPath
            *[(3, STATIC, PASS, b"")] * 8,
            (12, STATIC, EQUAL_TO_AVATAR, b""),
            (12, STATIC, EQUAL_TO, word(NOBODY)),
        ]

    def _claim_conditions(self) -> list[Condition]:
        return [
            (0, CALLDATA, MATCHES, b""),
            (0, ARRAY, PASS, b""),
            (0, ARRAY, PASS, b""),
            (0, STATIC, EQUAL_TO_AVATAR, b""),
        ]

    def deploy_shares(self, asset: bytes, total_assets: int, total_supply: int) -> None:
        types = ["address", "address", "uint256", "uint256"]
        constructor = arguments(types, self.safe, asset, total_assets, total_supply)
        self.share_token = self.owner.deploy(built("ShareVault"), constructor)

    def balance_of(self, token: bytes) -> int:
        result: Any = view(self.chain, token, "balanceOf(address)", ["uint256"], self.safe)
        return result[0]

"""First light: one vault of 20 ETH and 40,000 USDC, a perpetuals venue, and a keeper with a role."""

from __future__ import annotations

from contextlib import suppress
from math import log, sqrt
from typing import Any

from eth_account import Account
from eth_hash.auto import keccak
from eth_keys import keys as signing

from ..chain import Chain
from ..config import ETHER, GWEI
from ..pool import PoolError
from ..rpc.values import checksummed, hexed
from .artifacts import arguments, built, call, fetched, fixture
from .ledger import Actor, settle
from .oracles import FEED_DECIMALS, Oracles
from .order_keeper import OrderKeeper
from .uniswap import Uniswap
from .vault import FEE_ALLOWANCE_KEY, ROLE_KEY, Vault
from .venue import POOL_USDC, POOL_WETH, Token, Venue

KEEPER_SECRET = b"vaultkeeper throw-away dev chain key"  # its keccak256 is the key: public, worthless
KEEPER_ETHER = 5 * ETHER
VAULT_WETH = 19 * ETHER
VAULT_ETHER = 1 * ETHER  # for execution fees; it counts as spot like the wrapped kind
VAULT_USDC = 40_000 * 10**6
ETH_PRICE = 3_000.0
USDC_PRICE = 1.0
SHARES = 100_000 * 10**18
FEED_HEARTBEAT = 3_600
# Prices come first in a block, then executions. Small, as is usual: execution fees are other people's.
PLAIN_TIP = GWEI // 100
PUBLISHER_TIP = 3 * GWEI // 100
ORDER_KEEPER_TIP = 2 * GWEI // 100
POOL_FEE = 500  # millionths: the tier in which ether is traded most
MULTICALL3 = bytes.fromhex("ca11bde05977b3631167028862be2a173976ca11")


class FirstLight:
    """Deploys the world on a fresh chain, then runs its actors after every block."""

    def __init__(self, chain: Chain, heartbeat: bool) -> None:
        self.chain = chain
        self.uniswap: Uniswap | None = None
        automine, chain.automine = chain.automine, False
        admin, publisher, order_keeper, depositor = (
            Actor(chain, chain.keys[i], tip)
            for i, tip in enumerate((PLAIN_TIP, PUBLISHER_TIP, ORDER_KEEPER_TIP, PLAIN_TIP))
        )
        self.admin, self.depositor = admin, depositor
        self.keeper_key = signing.PrivateKey(keccak(KEEPER_SECRET))
        self.keeper = self.keeper_key.public_key.to_canonical_address()
        self._deploy_multicall()
        self.oracles = Oracles(chain, publisher, heartbeat)
        self.oracles.deploy({"ETH": ETH_PRICE, "USDC": USDC_PRICE})
        self._deploy_tokens()
        self.venue = Venue(admin, self.weth, self.usdc, self.oracles.sequencer)
        settle(chain)
        self.vault = Vault(chain, admin, self.keeper, self.venue)
        self.vault.deploy()
        self._fund()
        self.order_keeper = OrderKeeper(chain, order_keeper, self.venue, lambda: self.vault.safe)
        for role in ("ORDER_KEEPER", "LIQUIDATION_KEEPER", "CONTROLLER"):
            self.venue.grant(order_keeper.address, role)
        settle(chain)
        chain.automine = automine
        chain.hooks.append(self._on_chain)

    def _on_chain(self, event: str, _: Any) -> None:
        """Each actor looks at the new head; what it sends goes into the next block."""
        if event != "block":
            return
        for actor in (self.oracles, self.order_keeper):
            with suppress(PoolError):  # a full or shrunken block, say: the actor looks again at the next
                actor.on_block()

    def _deploy_multicall(self) -> None:
        """By its presigned transaction, which gives it the address it has everywhere."""
        raw = fixture("eth-contract/multicall3.tx").strip()
        sender = bytes.fromhex(Account.recover_transaction(raw)[2:])
        self.admin.send(sender, value=ETHER)
        settle(self.chain)
        self.chain.submit(bytes.fromhex(raw.removeprefix("0x")))
        settle(self.chain)

    def _deploy_tokens(self) -> None:
        weth = self.admin.deploy(fetched("eth-contract/WETH9.json"))
        usdc = self.admin.deploy(built("UsdToken"), arguments(["string", "string"], "USD Coin", "USDC"))
        feeds = self.oracles.feeds
        self.weth = Token(weth, 18, feeds["ETH"], FEED_DECIMALS, FEED_HEARTBEAT)
        self.usdc = Token(usdc, 6, feeds["USDC"], FEED_DECIMALS, FEED_HEARTBEAT)

    def _fund(self) -> None:
        admin, safe, market = self.admin, self.vault.safe, self.venue.market
        weth, usdc = self.weth.address, self.usdc.address
        admin.send(weth, call("deposit()"), value=POOL_WETH + VAULT_WETH)
        transfer = "transfer(address,uint256)"
        admin.send(weth, call(transfer, market, POOL_WETH))
        admin.send(weth, call(transfer, safe, VAULT_WETH))
        mint = "mint(address,uint256)"
        admin.send(usdc, call(mint, market, POOL_USDC))
        admin.send(usdc, call(mint, safe, VAULT_USDC))
        admin.send(safe, value=VAULT_ETHER)
        admin.send(self.keeper, value=KEEPER_ETHER)
        worth = VAULT_USDC + round(ETH_PRICE) * (VAULT_WETH + VAULT_ETHER) // 10**12
        self.vault.deploy_shares(usdc, worth, SHARES)

    def deposit_weth(self, wei: int) -> None:
        """Someone deposits: wrapped ether arrives in the Safe, in one block."""
        self.depositor.send(self.weth.address, call("deposit()"), value=wei)
        self.depositor.send(self.weth.address, call("transfer(address,uint256)", self.vault.safe, wei))

    def open_liquidity(self, token_id: int, lower: float, upper: float, liquidity: int, pool: float) -> bytes:
        """A position of the Safe between two prices of ETH in dollars, in a pool that stands at `pool`."""
        weth, usdc = self.weth.address, self.usdc.address
        is_weth_first = weth < usdc

        def raw(price: float) -> float:  # smallest units of token 1 per smallest unit of token 0
            dollars = price * 10 ** (self.usdc.decimals - self.weth.decimals)
            return dollars if is_weth_first else 1 / dollars

        ticks = sorted(round(log(raw(price)) / log(1.0001)) for price in (lower, upper))
        root = round(sqrt(raw(pool)) * 2**96)
        tokens = (weth, usdc) if is_weth_first else (usdc, weth)
        constructor = arguments(["address", "address", "uint24", "uint160"], *tokens, POOL_FEE, root)
        contract = self.admin.deploy(built("LiquidityPositions"), constructor)
        shape = "setPosition(uint256,address,int24,int24,uint128,uint128,uint128)"
        self.admin.send(contract, call(shape, token_id, self.vault.safe, *ticks, liquidity, 0, 0))
        return contract

    def deploy_uniswap(self) -> Uniswap:
        """Uniswap v3 with a pool of wrapped ether and dollars at the feed's price, which the vault may use."""
        automine, self.chain.automine = self.chain.automine, False
        maker = Actor(self.chain, self.chain.keys[4], PLAIN_TIP)
        answer, _ = self.oracles.latest("ETH")
        self.uniswap = Uniswap(self.chain, self.admin, maker, self.weth, self.usdc)
        self.uniswap.deploy(answer / 10**FEED_DECIMALS)
        self.uniswap.open_to(self.vault)
        self.chain.automine = automine
        return self.uniswap

    def keeper_actor(self) -> Actor:
        """The keeper's key in a stranger's hands, for the tests of what it does then."""
        return Actor(self.chain, self.keeper_key, GWEI)

    # What the outside is told

    @property
    def address_book(self) -> dict[str, Any]:
        """The venue's contracts, in the form the keeper keeps its address books in."""
        contracts = {name: checksummed(a) for name, a in sorted(self.venue.contracts.items())}
        internal = ("Market", "PositionMath", "PositionHandler")
        return {
            "chainID": str(self.chain.config.chain_id),
            "protocol": "gmx-v2",
            "release": "devchain first-light",
            "source": "python -m devchain --scenario first-light --write-addresses FILE",
            "contracts": {name: a for name, a in contracts.items() if name not in internal},
        }

    @property
    def deployment(self) -> dict[str, Any]:
        """Everything a keeper's configuration needs."""
        vault, venue = self.vault, self.venue
        return {
            "chainID": str(self.chain.config.chain_id),
            "keeper": checksummed(self.keeper),
            "multicall3": checksummed(MULTICALL3),
            "tokens": {
                "WETH": {"address": checksummed(self.weth.address), "decimals": self.weth.decimals},
                "USDC": {"address": checksummed(self.usdc.address), "decimals": self.usdc.decimals},
            },
            "feeds": {
                f"{symbol}/USD": {
                    "address": checksummed(feed),
                    "decimals": FEED_DECIMALS,
                    "heartbeatSeconds": FEED_HEARTBEAT,
                }
                for symbol, feed in self.oracles.feeds.items()
            },
            "sequencerFeed": checksummed(self.oracles.sequencer),
            "account": {
                "kind": "safeRoles",
                "safe": checksummed(vault.safe),
                "safeSingleton": checksummed(vault.singleton),
                "safeOwner": checksummed(self.admin.address),
                "roles": checksummed(vault.roles),
                "roleKey": hexed(ROLE_KEY),
                "multiSend": checksummed(vault.multi_send),
                "multiSendUnwrapper": checksummed(vault.unwrapper),
                "allowances": {"executionFees": hexed(FEE_ALLOWANCE_KEY)},
            },
            "vault": {
                "spot": [
                    {"symbol": "WETH", "token": checksummed(self.weth.address), "decimals": 18, "role": "base"},
                    {"symbol": "ETH", "token": None, "decimals": 18, "role": "base"},
                    {"symbol": "USDC", "token": checksummed(self.usdc.address), "decimals": 6, "role": "quote"},
                ],
                "shareToken": checksummed(vault.share_token),
            },
            "venue": {
                "kind": "gmx-v2",
                "market": checksummed(venue.market),
                "indexToken": checksummed(self.weth.address),
                "longToken": checksummed(self.weth.address),
                "shortToken": checksummed(self.usdc.address),
                "collateralToken": checksummed(self.usdc.address),
                "wrappedNative": checksummed(self.weth.address),
            },
            "addressBook": self.address_book,
            **({"uniswap": self.uniswap.deployment} if self.uniswap else {}),
        }

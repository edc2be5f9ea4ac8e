"""The keeper's configuration for the first-light world, written as an operator would write it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BOOK = "gmx-v2-devchain"
KEYS = Path(__file__).resolve().parents[3] / "keys.example"

TEMPLATE = """\
version: 1
journal: {{path: vaultkeeper.journal}}
haltMarker: vaultkeeper.halt
addressBook: addresses
tick: {{interval: {interval}, deadline: 10s}}
key:
  address: "{keeper}"
  keystore: {{path: keys/devchain-keeper.json}}
  passphrase: {{file: keys/devchain-keeper.passphrase}}
chains:
  - name: devchain
    chainID: {chain_id}
    endpoints:
{endpoints}
    head: {{maximumAge: {head_age}}}
    finality: {{blocks: {finality_blocks}, time: {finality_time}}}
    resend: {{blocks: 2, time: 2s}}
    replacement: {{after: {{blocks: 3, time: 3s}}}}
    fees: {{ceiling: 100 gwei, tip: {{minimum: 0.01 gwei}}}}
    gas: {{perDay: 0.5 ether, clearNonceReserve: 0.01 ether, limit: 6000000}}
vaults:
  - name: first-light
    chain: devchain
    account:
      kind: safeRoles
      safe: "{safe}"
      roles: "{roles}"
      roleKey: "{role_key}"
      multiSend: "{multi_send}"
    base:
      symbol: ETH
      tokens:
        - native
        - {{symbol: WETH, address: "{weth}", decimals: 18}}
    quote:
      symbol: USDC
      tokens:
        - {{symbol: USDC, address: "{usdc}", decimals: 6}}
    shares: {{erc4626: "{share_token}"}}
    pause: "{share_token}"
    oracle:
      base: {{feed: "{eth_feed}", heartbeat: 1h, margin: 5m, minimum: 100 USD, maximum: 100000 USD}}
      quote: {{feed: "{usdc_feed}", heartbeat: 1h, margin: 5m, minimum: 0.9 USD, maximum: 1.1 USD}}
      sequencer: {{feed: "{sequencer}", grace: 5m}}
    venue:
      kind: gmxV2
      book: {book}
      market: "{market}"
      collateral: USDC
      longToken: WETH
      shortToken: USDC
    target: {{fractionOfNetAssetValue: 30%}}
    band: {{kind: fixed, width: 4%, of: target, reset: centre}}
    clips: {{minimum: 100 USD, maximum: 100000 USD}}
    orders: {{limitOffset: 10bp, patience: {patience}, urgentBands: {urgent_bands}}}
    priceBound: 1%
    leverage: 2
"""


def keeper_configuration(
    deployment: dict[str, Any],
    endpoints: Sequence[tuple[str, str]],
    *,
    interval: str = "1s",
    patience: str = "10m",
    urgent_bands: int = 50,
    head_age: str = "90s",
    finality: tuple[int, str] = (2, "2s"),
) -> str:
    """YAML for `vaultkeeper --config`; `endpoints` are pairs of name and URL."""
    account, vault, venue = deployment["account"], deployment["vault"], deployment["venue"]
    tokens, feeds = deployment["tokens"], deployment["feeds"]
    return TEMPLATE.format(
        interval=interval,
        patience=patience,
        urgent_bands=urgent_bands,
        head_age=head_age,
        finality_blocks=finality[0],
        finality_time=finality[1],
        keeper=deployment["keeper"],
        chain_id=deployment["chainID"],
        endpoints="\n".join(f'      - {{name: {name}, url: "{url}"}}' for name, url in endpoints),
        safe=account["safe"],
        roles=account["roles"],
        role_key=account["roleKey"],
        multi_send=account["multiSend"],
        weth=tokens["WETH"]["address"],
        usdc=tokens["USDC"]["address"],
        share_token=vault["shareToken"],
        eth_feed=feeds["ETH/USD"]["address"],
        usdc_feed=feeds["USDC/USD"]["address"],
        sequencer=deployment["sequencerFeed"],
        book=BOOK,
        market=venue["market"],
    )


def write_configuration(
    folder: Path, deployment: dict[str, Any], endpoints: Sequence[tuple[str, str]], **knobs: Any
) -> Path:
    """Write the YAML file with the address book and the example key beside it; returns the YAML file's path."""
    books = folder / "addresses"
    books.mkdir(parents=True, exist_ok=True)
    (books / f"{BOOK}.json").write_text(json.dumps(deployment["addressBook"], indent=2) + "\n")
    keys = folder / "keys"
    keys.mkdir(exist_ok=True)
    for file in KEYS.glob("devchain-keeper.*"):
        copy = keys / file.name
        copy.write_bytes(file.read_bytes())
        copy.chmod(0o600)  # the keeper opens no key that others can read, and git keeps no modes
    path = folder / "vaultkeeper.yaml"
    path.write_text(keeper_configuration(deployment, endpoints, **knobs))
    return path

"""The demo: a vault on a local EVM chain is hedged, watched and corrected, as its operator would see it.

    python devchain/demo.py --binary .build/debug/vaultkeeper

Runs check, a dry run and the daemon against the first-light world, moves the price, deposits, and ends with the table of
ticks from the journal. Everything it makes lies in .demo/ beside the repository's other files.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "devchain"))

from devchain.scenario.configuration import write_configuration  # noqa: E402

FOLDER = ROOT / ".demo"
WAIT_SECONDS = 60  # for any one thing to happen; each takes a few blocks of a second
START_PRICE = 3_000.0
RISE = 1.08


class Chain:
    """A devchain in a process of its own, which ends with this one."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "devchain", "--port", "0", "--stdin", "--scenario", "first-light"]
        command += ["--block-time", "1"]
        self._process = subprocess.Popen(
            command, cwd=ROOT / "devchain", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        line = self._process.stdout.readline()
        if not line:
            sys.exit("demo: devchain did not start; run it by hand: " + " ".join(command))
        self.ready: dict[str, Any] = json.loads(line)

    def call(self, method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.ready["url"], body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            reply = json.load(answer)
        if "error" in reply:
            sys.exit(f"demo: {method}: {reply['error']}")
        return reply["result"]

    def stop(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=10)


class Keeper:
    """The binary under a configuration file."""

    def __init__(self, binary: Path, configuration: Path) -> None:
        self._binary = binary
        self._configuration = configuration
        self._daemon: subprocess.Popen[str] | None = None

    def command(self, *words: str) -> list[str]:
        return [str(self._binary), *words, "--config", str(self._configuration)]

    def show(self, *words: str) -> None:
        say(f"$ vaultkeeper {' '.join(words)}")
        result = subprocess.run(self.command(*words), text=True)
        if result.returncode != 0:
            sys.exit(f"demo: vaultkeeper {' '.join(words)} ended with status {result.returncode}")

    def start(self) -> None:
        log = (FOLDER / "daemon.log").open("w")
        say(f"$ vaultkeeper run   (its log: {(FOLDER / 'daemon.log').relative_to(ROOT)})")
        self._daemon = subprocess.Popen(self.command("run"), stderr=log, stdout=log, text=True)

    def stop(self) -> None:
        if self._daemon and self._daemon.poll() is None:
            self._daemon.send_signal(signal.SIGTERM)
            status = self._daemon.wait(timeout=20)
            if status != 0:
                sys.exit(f"demo: the daemon ended with status {status}; see .demo/daemon.log")

    def ticks(self) -> list[dict[str, Any]]:
        """What the journal holds so far; empty while it is not there yet."""
        result = subprocess.run(self.command("journal", "show", "--json"), text=True, capture_output=True)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def wait(self, what: str, holds: Callable[[list[dict[str, Any]]], bool], since: int = 0) -> int:
        """Wait until the ticks from `since` on show something; returns how many there are then."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            if self._daemon and self._daemon.poll() is not None:
                sys.exit(f"demo: the daemon ended with status {self._daemon.returncode}; see .demo/daemon.log")
            ticks = self.ticks()
            if holds(ticks[since:]):
                say(f"  {what}")
                return len(ticks)
            time.sleep(0.5)
        sys.exit(f"demo: waited {WAIT_SECONDS} s in vain until {what}; see .demo/daemon.log")


def say(text: str) -> None:
    print(text, flush=True)


def ended(code: str) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda ticks: any(tick["code"] == code for tick in ticks)


def hedge(chain: Chain, keeper: Keeper, since: int, rest_price: float, fill_price: float) -> int:
    """One correction: an order is placed and rests; the price comes to it; the vault is inside its band again."""
    since = keeper.wait("an order is placed", ended("placeLimit"), since)
    since = keeper.wait("it rests, and the keeper waits for it", ended("orderResting"), since)
    say(f"  the price comes to the order: {rest_price:,.0f} → {fill_price:,.0f}")
    chain.call("scenario_setPrice", "ETH", fill_price)
    return keeper.wait("it is filled; delta is inside the band, and nothing is done", ended("insideBand"), since)


def run(binary: Path) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    say("starting a local EVM chain: a Safe with Roles holds 20 ETH and 40,000 USDC; target delta 30 % of its value")
    chain = Chain()
    keeper = Keeper(binary, write_configuration(FOLDER, chain.ready["deployment"], [("local", chain.ready["url"])]))
    try:
        keeper.show("check")
        keeper.show("run", "--dry-run", "--once")
        keeper.start()
        say("\n1. the vault is hedged")
        since = hedge(chain, keeper, 0, START_PRICE, START_PRICE * 1.002)
        higher = START_PRICE * RISE
        say(f"\n2. the price rises by 8 %, which takes delta out of its band: {higher:,.0f}")
        chain.call("scenario_setPrice", "ETH", higher)
        since = hedge(chain, keeper, since, higher, higher * 1.002)
        say("\n3. somebody deposits 2 ETH")
        chain.call("scenario_depositWeth", hex(2 * 10**18))
        hedge(chain, keeper, since, higher * 1.002, higher * 1.004)
        keeper.stop()
        say("")
        keeper.show("journal", "show")
        keeper.show("journal", "verify")
    finally:
        keeper.stop()
        chain.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, required=True, help="the vaultkeeper to run")
    arguments = parser.parse_args()
    if not arguments.binary.is_file():
        sys.exit(f"demo: no such file: {arguments.binary}; build first")
    run(arguments.binary.resolve())


if __name__ == "__main__":
    main()

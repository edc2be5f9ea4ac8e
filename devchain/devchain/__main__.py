"""python -m devchain: serve a chain; prints one JSON line when ready."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from .chain import Chain
from .config import GWEI, Config
from .faults import Faults
from .rpc import Rpc
from .rpc.values import checksummed
from .scenario import SCENARIOS, start_scenario
from .server import Server

DEFAULT_CHAIN_ID = 31_337
SCENARIO_CHAIN_ID = 7_777_777_777  # above 2^32: chain ids are wider than 32 bits
SCENARIO_BASE_FEE = GWEI // 10  # as on a busy day of a rollup; it does not sink, so fees mean something
SCENARIO_TIP = GWEI // 100
UNISWAP_BLOCKS = 5  # of set-up, where there is a pool
SCENARIO_BLOCKS = 9  # of set-up; its genesis lies so many steps in the past that its head is of now


def main() -> None:
    arguments = _parse()
    chain = Chain(_config(arguments))
    faults = Faults(arguments.fault_seed)
    rpc = Rpc(chain, faults, arguments.max_log_range)
    ready: dict[str, object] = {
        "pid": os.getpid(),
        "chainId": chain.config.chain_id,
        "accounts": [checksummed(account) for account in chain.accounts],
    }
    if arguments.scenario:
        scenario = start_scenario(arguments.scenario, chain, rpc, not arguments.no_heartbeat, arguments.uniswap)
        ready["deployment"] = scenario.deployment
        if arguments.write_deployment:
            _write(arguments.write_deployment, scenario.deployment)
        if arguments.write_addresses:
            _write(arguments.write_addresses, scenario.address_book)
    chain.automine = not arguments.no_mining
    chain.set_interval(arguments.block_time)
    server = Server(arguments.port, rpc, faults)
    ready["url"] = f"http://127.0.0.1:{server.port}/"
    ready["port"] = server.port
    print(json.dumps(ready), flush=True)
    if arguments.stdin:
        threading.Thread(target=_exit_with_parent, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        server.serve_forever(poll_interval=0.05)
    except KeyboardInterrupt:
        pass


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="devchain", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=8545, help="0 takes a free one; the ready line names it")
    add("--chain-id", type=int, help=f"{DEFAULT_CHAIN_ID}, or {SCENARIO_CHAIN_ID} with a scenario")
    add("--fork", default="prague", choices=["london", "shanghai", "cancun", "prague"])
    add("--no-mining", action="store_true", help="mine on request only")
    add("--block-time", type=float, default=0, help="seconds between blocks; 0: one per transaction")
    add("--clock", default="wall", choices=["wall", "fixed"])
    add("--genesis-time", type=int, default=0, help="unix seconds; 0: now")
    add("--step", type=int, default=1, help="least seconds between blocks; with --clock fixed, exactly that")
    add("--base-fee", type=int, help=f"wei; {GWEI}, or {SCENARIO_BASE_FEE} with a scenario")
    add("--min-base-fee", type=int, help=f"wei; 7, or {SCENARIO_BASE_FEE} with a scenario")
    add("--tip", type=int, help=f"wei eth_maxPriorityFeePerGas suggests; {GWEI}, or {SCENARIO_TIP}")
    add("--gas-limit", type=int, default=30_000_000)
    add("--order", default="tip", choices=["tip", "fifo"])
    add("--max-log-range", type=int, default=0, help="blocks of one eth_getLogs; 0: no limit")
    add("--fault-seed", type=int, default=1)
    add("--scenario", choices=sorted(SCENARIOS), help="deploy a world before serving")
    add("--uniswap", action="store_true", help="with a Uniswap v3 pool in the scenario's world")
    add("--no-heartbeat", action="store_true", help="price feeds go stale unless the scenario is told")
    add("--write-deployment", type=Path, metavar="FILE", help="the scenario's deployment as JSON")
    add("--write-addresses", type=Path, metavar="FILE", help="the scenario's address book as JSON")
    add("--stdin", action="store_true", help="end when standard input closes: the parent died")
    return parser.parse_args()


def _config(arguments: argparse.Namespace) -> Config:
    is_scenario = bool(arguments.scenario)

    def either(given: int | None, plain: int, scenario: int) -> int:
        return given if given is not None else scenario if is_scenario else plain

    genesis_time = arguments.genesis_time
    blocks = SCENARIO_BLOCKS + (UNISWAP_BLOCKS if arguments.uniswap else 0)
    if is_scenario and not genesis_time:
        genesis_time = int(time.time()) - blocks * arguments.step
    return Config(
        chain_id=either(arguments.chain_id, DEFAULT_CHAIN_ID, SCENARIO_CHAIN_ID),
        fork=arguments.fork,
        clock=arguments.clock,
        genesis_time=genesis_time,
        step=arguments.step,
        base_fee=either(arguments.base_fee, GWEI, SCENARIO_BASE_FEE),
        min_base_fee=either(arguments.min_base_fee, 7, SCENARIO_BASE_FEE),
        tip=either(arguments.tip, GWEI, SCENARIO_TIP),
        gas_limit=arguments.gas_limit,
        order=arguments.order,
    )


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")


def _exit_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()

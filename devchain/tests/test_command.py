"""The command as other programs start it: the ready line, the files, the end with its parent."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
GENESIS = "1700000000"


def start(*options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "devchain", "--port", "0", "--clock", "fixed", "--genesis-time", GENESIS]
    return subprocess.Popen(
        [*command, "--stdin", *options], cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def ready(process: subprocess.Popen[bytes]) -> dict:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def ask(url: str, method: str, *params: object) -> object:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=20) as response:
        return json.loads(response.read())["result"]


def test_scenario_from_the_command_line(tmp_path: Path) -> None:
    addresses, deployment = tmp_path / "addresses.json", tmp_path / "deployment.json"
    process = start(
        "--scenario", "first-light", "--write-addresses", str(addresses), "--write-deployment", str(deployment)
    )
    try:
        line = ready(process)
        assert ask(line["url"], "eth_chainId") == hex(7_777_777_777)
        assert json.loads(deployment.read_text()) == line["deployment"]
        book = json.loads(addresses.read_text())
        assert book["chainID"] == "7777777777" and book["protocol"] == "gmx-v2"
        for address in book["contracts"].values():
            assert ask(line["url"], "eth_getCode", address, "latest") != "0x"
        assert ask(line["url"] + "admin", "scenario_setPrice", "ETH", 3_100) is True
    finally:
        assert process.stdin is not None
        process.stdin.close()
    assert process.wait(timeout=10) == 0, "it ends when its standard input does"


def test_two_runs_make_the_same_chain() -> None:
    heads = []
    for _ in range(2):
        process = start()
        url = ready(process)["url"]
        ask(url, "anvil_mine", 3)
        heads.append(ask(url, "eth_getBlockByNumber", "latest", False))
        process.communicate()
    assert heads[0] == heads[1]

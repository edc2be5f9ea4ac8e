#!/usr/bin/env python3
"""Prints how fast the laboratory's parts are beside named peers: ratios, in one run, on one core.

usage: run.py LAB [--folder FOLDER]   LAB is vaultkeeper-lab, optimised; peers are built and installed in FOLDER.

Each pair is measured in turn, five times, by processor time, and the fastest of each counts: what disturbs a machine only
ever slows it.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = 5


def measure(command, **settings):
    out = subprocess.run([str(part) for part in command], capture_output=True, text=True, **settings)
    if out.returncode != 0:
        sys.exit(f"{command[0]} failed: {out.stderr.strip()}")
    return json.loads(out.stdout), out.stderr


def fastest(commands):
    best = {}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            found, _ = measure(command)
            if name not in best or found["nanoseconds"] < best[name]["nanoseconds"]:
                best[name] = found
    return best


def agree(ours, theirs, what):
    if abs(ours["checksum"] - theirs["checksum"]) > 1e-9 * abs(theirs["checksum"]):
        sys.exit(f"{what}: the checksums {ours['checksum']} and {theirs['checksum']} differ: not the same work")


def python_with(folder, packages):
    """An environment of its own with the packages, or None with the reason printed."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    found = subprocess.run([python, "-m", "pip", "install", "-q", *packages], capture_output=True, text=True)
    if found.returncode == 0:
        return python
    reason = (found.stderr.strip().splitlines() or ["no reason given"])[-1]
    print(f"left out: {', '.join(packages)} could not be installed: {reason}")
    return None


def row(what, ours, peer, theirs):
    print(f"{what:34} {ours:10.1f} ns   {theirs:10.1f} ns {peer:28} ratio {ours / theirs:6.3f}")


def allocations(lab, shim, exposures):
    def count(rounds):
        environment = dict(os.environ, LD_PRELOAD=str(shim))
        _, err = measure([lab, "benchmark", "decision", "--count", rounds, "--exposures", exposures], env=environment)
        return int(err.strip().split()[-1])

    return (count(60) - count(10)) / 50


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lab", type=pathlib.Path)
    parser.add_argument("--folder", type=pathlib.Path, default=HERE.parent / ".build-benchmarks")
    arguments = parser.parse_args()
    lab, folder = arguments.lab.resolve(), arguments.folder
    folder.mkdir(exist_ok=True)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(f"one core of {os.cpu_count()}; load of the last minute {os.getloadavg()[0]:.1f}")
    subprocess.run(["cc", "-O3", "-o", folder / "greeks", HERE / "greeks.c", "-lm"], check=True)
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", folder / "allocations.so", HERE / "allocations.c"], check=True)

    commands = {
        "ours": [lab, "benchmark", "greeks", "--count", 2_000_000],
        "C": [folder / "greeks", 2_000_000],
    }
    numeric = python_with(folder / "numpy", ["numpy", "scipy"])
    if numeric:
        commands["numpy"] = [numeric, HERE / "greeks_numpy.py", 2_000_000]
    found = fastest(commands)
    for peer, name in (("C", "C, -O3, libm"), ("numpy", "numpy and scipy, vectorised")):
        if peer in found:
            agree(found["ours"], found[peer], f"Greeks against {peer}")
            row("all 13 Greeks of an option", found["ours"]["nanoseconds"], name, found[peer]["nanoseconds"])

    commands = {"ours": [lab, "benchmark", "implied", "--count", 500_000]}
    rational = python_with(folder / "rational", ["py_lets_be_rational"])
    if rational:
        commands["peer"] = [rational, HERE / "implied.py", 20_000]
    found = fastest(commands)
    if "peer" in found:
        agree(found["ours"], found["peer"], "implied volatility")
        row("implied volatility", found["ours"]["nanoseconds"], found["peer"]["name"], found["peer"]["nanoseconds"])
    else:
        print(f"{'implied volatility':34} {found['ours']['nanoseconds']:10.1f} ns")

    loop = fastest({"C": [folder / "greeks", 2_000_000]})["C"]["nanoseconds"]
    for exposures in (1, 10, 100):
        count = 20_000 // (10 + exposures)
        ours = fastest({"ours": [lab, "benchmark", "decision", "--count", count, "--exposures", exposures]})["ours"]
        each = allocations(lab, folder / "allocations.so", exposures)
        row(f"a decision, {exposures} exposures", ours["nanoseconds"], "C loop, as many Greeks", loop * exposures)
        print(f"{'':34} {each:10.0f} allocations; {ours['checksum'] / count:.0f} order approved")
    tick = fastest({"ours": [lab, "benchmark", "tick", "--count", 3, "--exposures", 10]})["ours"]["nanoseconds"]
    row("1,000 vaults of 10 exposures", tick, "a slot of Ethereum, 12 s", 12e9)


main()

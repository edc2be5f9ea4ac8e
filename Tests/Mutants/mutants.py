#!/usr/bin/env python3
"""Plants one fault at a time in the sources, and sees whether the compiler or a test finds it.

The tests are judged here, not the code: a fault that nobody notices is a hole in the net. Each fault is one replacement
of text in one file, put back whatever happens. See faults.json for the list and what each would do to somebody's money.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--explicit-target-dependency-import-check", "error"]


@dataclass(frozen=True)
class Fault:
    """One planted fault: `find` stands exactly once in `file` and becomes `replace`."""

    name: str
    file: str
    find: str
    replace: str
    harm: str
    tests: str
    quick: bool = False

    @property
    def path(self) -> Path:
        return ROOT / self.file


@dataclass(frozen=True)
class Verdict:
    fault: Fault
    outcome: str  # "compiler", "test" or "survived"
    by: str
    seconds: float


class Planted:
    """The fault is in the tree inside the `with`, and nowhere after it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.original = fault.path.read_text()

    def __enter__(self) -> None:
        count = self.original.count(self.fault.find)
        if count != 1:
            sys.exit(f"{self.fault.name}: its text stands {count} times in {self.fault.file}, not once; mend faults.json")
        self.fault.path.write_text(self.original.replace(self.fault.find, self.fault.replace))

    def __exit__(self, *_: object) -> None:
        self.fault.path.write_text(self.original)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)


def build() -> subprocess.CompletedProcess[str]:
    return run("swift", "build", *FLAGS, "--build-tests")


def first(lines: list[str], mark: str) -> str:
    return next((line.strip() for line in lines if mark in line), "no line says why")


def judge(fault: Fault) -> Verdict:
    start = time.monotonic()
    with Planted(fault):
        built = build()
        if built.returncode != 0:
            outcome, by = "compiler", first((built.stdout + built.stderr).splitlines(), "error:")
            by = by.split("error:")[-1].strip()
        else:
            tested = run("swift", "test", *FLAGS, "--skip-build", "--filter", fault.tests)
            text = tested.stdout + tested.stderr
            if tested.returncode == 0:
                outcome, by = "survived", ""
            elif "recorded an issue" in text:
                line = first(text.splitlines(), "recorded an issue")
                outcome, by = "test", line.split("Test ")[-1].split(" recorded")[0]
            else:
                outcome, by = "test", "the process ended (a precondition, or a trap)"
    return Verdict(fault, outcome, by, time.monotonic() - start)


def table(verdicts: list[Verdict]) -> str:
    rows = ["| fault | what it would do | found by |", "|---|---|---|"]
    found = {"compiler": "the compiler", "survived": "**nobody**"}
    for verdict in verdicts:
        by = found.get(verdict.outcome, f"`{verdict.by}`")
        if verdict.outcome == "compiler":
            by += f": {verdict.by.replace('|', '/')}"
        rows.append(f"| {verdict.fault.name} | {verdict.fault.harm} | {by} |")
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the handful that runs with every change")
    parser.add_argument("--only", action="append", help="only the fault of this name; may be repeated")
    parser.add_argument("--write", type=Path, help="also write the table into this file")
    arguments = parser.parse_args()
    faults = [Fault(**entry) for entry in json.loads((Path(__file__).parent / "faults.json").read_text())]
    if arguments.quick:
        faults = [fault for fault in faults if fault.quick]
    if arguments.only:
        faults = [fault for fault in faults if fault.name in arguments.only]
    if not faults:
        sys.exit("no fault of that name; see faults.json")
    dirty = run("git", "status", "--porcelain", "--", *{fault.file for fault in faults}).stdout
    if dirty:
        sys.exit(f"files that faults are planted in have changes; commit or put them back first:\n{dirty}")
    # An interruption must put the file back, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if build().returncode != 0:
        sys.exit("the tree does not build without any fault")
    verdicts = []
    for fault in faults:
        verdict = judge(fault)
        verdicts.append(verdict)
        print(f"{verdict.outcome:9} {fault.name} ({verdict.seconds:.0f} s) {verdict.by}", flush=True)
    build()
    text = table(verdicts)
    print("\n" + text)
    if arguments.write:
        arguments.write.write_text(text + "\n")
    survivors = [verdict.fault.name for verdict in verdicts if verdict.outcome == "survived"]
    print(f"\n{len(verdicts)} faults planted, {len(verdicts) - len(survivors)} found, {len(survivors)} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())

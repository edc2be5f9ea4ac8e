#!/usr/bin/env python3
"""Plants one fault at a time in a copy of the sources, and sees whether the compiler or a test finds it.

The tests are judged here, not the code: a fault that nobody notices is a hole in the net. Each fault is one replacement
of text in one file. See faults.json for the list and what each would do to somebody's money.

A fault meets the test target of its own room first, alone in the build, and the targets above it only if it survives
there. The copy and what is built of it lie in .build-mutants; the working tree is only read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".build-mutants"
TREE = WORK / "tree"
SCRATCH = WORK / "build"
VERDICTS = WORK / "verdicts.json"
BUNDLE = SCRATCH / "debug" / "vaultkeeperPackageTests.xctest"
BUILD = [
    *("swift", "build", "--explicit-target-dependency-import-check", "error", "--product", "vaultkeeperPackageTests"),
    # Nobody debugs a planted fault, and linking is most of what one costs.
    *("--scratch-path", str(SCRATCH), "-debug-info-format", "none"),
]
# Where a fault goes that the tests of its own room let pass: they run whole ticks, and whole storms.
ABOVE = ["KeeperTests", "StormTests"]
# No target takes five minutes without a fault; a fault may make a loop endless, which is a way to be found.
TEST_SECONDS = 1_800
MARKS = ("<!-- planted faults: begin -->", "<!-- planted faults: end -->")


@dataclass(frozen=True)
class Fault:
    """One planted fault: `find` stands exactly once in `file` and becomes `replace`; `tests` meet it in this order."""

    name: str
    file: str
    find: str
    replace: str
    harm: str
    tests: list[str]
    quick: bool = False

    @property
    def mark(self) -> str:
        return hashlib.sha256(f"{self.file}\0{self.find}\0{self.replace}".encode()).hexdigest()[:16]

    def ladder(self, quick: bool) -> list[str]:
        return self.tests if quick else self.tests + [target for target in ABOVE if target not in self.tests]


@dataclass(frozen=True)
class Verdict:
    name: str
    outcome: str  # "compiler", "test" or "survived"
    by: str
    # What was planted, so that a fault that has changed since is planted anew.
    mark: str


def copy_tree() -> None:
    """Makes the copy what the working tree is, touching only what differs, so that little is built again."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    wanted = {name for name in names if name and os.path.lexists(ROOT / name)}
    for path in [path for path in TREE.rglob("*") if path.is_file() or path.is_symlink()]:
        if str(path.relative_to(TREE)) not in wanted | {"Package.resolved"}:
            path.unlink()
    for name in sorted(wanted):
        source, target = ROOT / name, TREE / name
        if not source.is_symlink() and target.is_file() and source.read_bytes() == target.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target, follow_symlinks=False)


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """The fault is in the copy inside the `with`, and nowhere after it."""
    path = TREE / fault.file
    original = path.read_text()
    path.write_text(original.replace(fault.find, fault.replace))
    try:
        yield
    finally:
        path.write_text(original)


def build(target: str) -> str | None:
    """Builds one test target with what it needs; the first error, or None."""
    environment = os.environ | {"VAULTKEEPER_TESTS": target}
    ran = subprocess.run(BUILD, cwd=TREE, env=environment, text=True, capture_output=True, check=False)
    if ran.returncode == 0:
        return None
    lines = (ran.stdout + ran.stderr).splitlines()
    error = next((line for line in lines if "error:" in line), lines[-1] if lines else "no line says why")
    return error.split("error:")[-1].strip()


def test() -> str | None:
    """Runs what was built until the first test notices something: its name, or None where all pass."""
    command = [str(BUNDLE), "--testing-library", "swift-testing"]
    running = subprocess.Popen(
        command, cwd=TREE, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True)
    signal.signal(signal.SIGALRM, lambda *_: running.kill())
    signal.alarm(TEST_SECONDS)
    trap = ""
    try:
        for line in running.stdout or []:
            if "Fatal error" in line:
                trap = line.split("Fatal error")[-1].strip(": \n")
            found = re.search(r"Test (\w+)\(.*recorded an issue.*? at (\w+)\.swift", line)
            if found:
                return f"`{found[2]}.{found[1]}`" if found[2].endswith("Tests") else f"`{found[1]}`"
            if "recorded an issue" in line:
                return line.strip()
        status = running.wait()
    finally:
        signal.alarm(0)
        running.kill()
        running.wait()
    if status == 0:
        return None
    if status == -signal.SIGKILL:
        return "an end that never comes"
    return f"a trap: {trap}" if trap else "a trap"


def meet(fault: Fault, target: str) -> Verdict:
    with planted(fault):
        error = build(target)
        if error is not None and re.search(r"\bnever (used|read|mutated|executed)\b|be executed", error):
            sys.exit(f"{fault.name}: only its wording is noticed ({error}); plant it so that it compiles")
        if error is not None:
            return Verdict(fault.name, "compiler", error, fault.mark)
        found = test()
        return Verdict(fault.name, "test" if found else "survived", found or "", fault.mark)


def expect_sound(target: str) -> None:
    """A fault is only found by a test that passes without it."""
    error = build(target)
    if error is not None:
        sys.exit(f"{target} does not build without any fault: {error}")
    found = test()
    if found is not None:
        sys.exit(f"{target} fails without any fault: {found}")


def judge(faults: list[Fault], quick: bool, known: dict[str, Verdict]) -> dict[str, Verdict]:
    """Floor by floor: all faults of a room one after the other, then those that survived in the room above."""
    verdicts = dict(known)
    rung = 0
    while open_faults := [fault for fault in faults if fault.name not in verdicts and rung < len(fault.ladder(quick))]:
        # Sorted by target: changing it costs a link and a plan.
        target = ""
        for fault in sorted(open_faults, key=lambda fault: fault.ladder(quick)[rung]):
            if fault.ladder(quick)[rung] != target:
                target = fault.ladder(quick)[rung]
                expect_sound(target)
            start = time.monotonic()
            verdict = meet(fault, target)
            if verdict.outcome != "survived" or rung + 1 == len(fault.ladder(quick)):
                verdicts[fault.name] = verdict
                VERDICTS.write_text(json.dumps([asdict(verdict) for verdict in verdicts.values()]))
            seconds = time.monotonic() - start
            print(f"{verdict.outcome:9} {fault.name} ({target}, {seconds:.0f} s) {verdict.by}", flush=True)
        rung += 1
    return verdicts


def table(faults: list[Fault], verdicts: dict[str, Verdict]) -> str:
    rows = ["| room | fault | what it would do | found by |", "|---|---|---|---|"]
    for fault in faults:
        verdict = verdicts[fault.name]
        room = fault.file.split("/")[1]
        by = {"compiler": "the compiler: ", "survived": "**nobody**"}.get(verdict.outcome, "") + verdict.by
        rows.append(f"| {room} | {fault.name} | {fault.harm} | {by.replace('|', '/')} |")
    return "\n".join(rows)


def read_faults() -> list[Fault]:
    faults = [Fault(**entry) for entry in json.loads((Path(__file__).parent / "faults.json").read_text())]
    if len({fault.name for fault in faults}) != len(faults):
        sys.exit("two faults have one name; mend faults.json")
    for fault in faults:
        count = (ROOT / fault.file).read_text().count(fault.find)
        if count != 1:
            sys.exit(f"{fault.name}: its text stands {count} times in {fault.file}, not once; mend faults.json")
    return faults


def write(path: Path, text: str) -> None:
    """Between the marks of the document."""
    begin, end = MARKS
    document = path.read_text()
    if document.count(begin) != 1 or document.count(end) != 1:
        sys.exit(f"{path} has no place for the table: {begin} and {end}, once each")
    head, tail = document.split(begin)[0], document.split(end)[1]
    path.write_text(f"{head}{begin}\n{text}\n{end}{tail}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only the handful that runs with every change")
    parser.add_argument("--only", action="append", help="only the fault of this name; may be repeated")
    parser.add_argument("--resume", action="store_true", help="believe what the run before has found already")
    parser.add_argument("--check", action="store_true", help="only see whether each fault still has its place")
    parser.add_argument("--write", type=Path, help="also write the table between the marks of this document")
    arguments = parser.parse_args()
    every = read_faults()
    faults = [fault for fault in every if fault.quick or not arguments.quick]
    faults = [fault for fault in faults if not arguments.only or fault.name in arguments.only]
    if not faults:
        sys.exit("no fault of that name; see faults.json")
    if arguments.write and faults != every:
        sys.exit("--write wants the whole list: a table of a part would stand for all of it")
    if arguments.check:
        print(f"{len(faults)} faults have their places")
        return 0
    # An interruption must end what was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    WORK.mkdir(exist_ok=True)
    copy_tree()
    known: dict[str, Verdict] = {}
    if arguments.resume and VERDICTS.exists():
        told = [Verdict(**entry) for entry in json.loads(VERDICTS.read_text())]
        marks = {fault.name: fault.mark for fault in every}
        found = [verdict for verdict in told if verdict.outcome != "survived"]
        known = {verdict.name: verdict for verdict in found if marks.get(verdict.name) == verdict.mark}
    verdicts = judge(faults, arguments.quick, known)
    text = table(faults, verdicts)
    print("\n" + text)
    if arguments.write:
        write(arguments.write, text)
    survivors = [fault.name for fault in faults if verdicts[fault.name].outcome == "survived"]
    print(f"\n{len(faults)} faults planted, {len(faults) - len(survivors)} found, {len(survivors)} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())

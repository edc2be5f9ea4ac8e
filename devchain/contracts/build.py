"""Compile every contract here into build/NAME.json (abi, bytecode), or check that nothing changed.

    python contracts/build.py            compile and write
    python contracts/build.py --check    compile and compare; exit 1 and name what differs

Vyper is deterministic: the same compiler makes the same bytes. Files whose name starts with a small
letter are modules, not contracts. Vyper knows no custom errors: the contracts raise the protocols' own by
their signatures.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE / "build"
SOURCES = "sources.json"


def source_hashes() -> dict[str, str]:
    """SHA-256 of every source: what tells, without compiling, that the build is of these files."""
    paths = sorted([*HERE.glob("*.vy"), *HERE.glob("*.vyi")])
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def compiled() -> dict[str, str]:
    """The text of each build file, by name."""
    from vyper.cli.vyper_compile import compile_files  # takes a second to load

    sources = sorted(path for path in HERE.glob("*.vy") if path.name[0].isupper())
    outputs = compile_files(sources, ("abi", "bytecode"), paths=[HERE])
    texts = {SOURCES: json.dumps(source_hashes(), indent=1) + "\n"}
    for path, output in outputs.items():
        artifact = {"abi": output["abi"], "bytecode": output["bytecode"]}
        texts[f"{Path(path).stem}.json"] = json.dumps(artifact, indent=1) + "\n"
    return texts


def main() -> int:
    texts = compiled()
    if "--check" not in sys.argv[1:]:
        BUILD.mkdir(exist_ok=True)
        for name, text in texts.items():
            (BUILD / name).write_text(text)
        return 0
    stale = [n for n, text in texts.items() if not (BUILD / n).exists() or (BUILD / n).read_text() != text]
    stale += [path.name for path in BUILD.glob("*.json") if path.name not in texts]
    for name in stale:
        print(f"build/{name} is not what the source compiles to; run contracts/build.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())

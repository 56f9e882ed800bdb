"""Fuzz every parser: `python -m fuzz --inputs 200000`, or `make fuzz`.

Inputs come from our own changes to small clean files (`fuzz.damage`), or, with `--engine atheris`
(`pip install aequa[fuzz]`), half from these and half from changes that libFuzzer chooses by the
branches they reach. What breaks a property is written to `--crashes` and counted by its place in
the code; the exit code is 1 if there was any. Without atheris, equal arguments give equal inputs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

from fuzz.runs import Run, Tally
from fuzz.targets import TARGETS

_HEADER = """\
| parser | inputs | per second | records looked for | under a note | slowest | memory | crashes |
|---|---|---|---|---|---|---|---|"""


def run_own(name: str, inputs: int, seed: int, crashes: Path) -> Tally:
    """Our own changes only."""
    run, rng = Run(name, seed, crashes), Random(f"{name} {seed} inputs")
    for _ in range(inputs):
        run.one(run.draw(rng))
    return run.tally()


def run_guided(name: str, inputs: int, seed: int, crashes: Path) -> Tally:
    """Half of the changes guided by libFuzzer, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "tally.json"
        values = (name, str(inputs), str(seed), str(crashes), str(result))
        done = subprocess.run([sys.executable, "-m", "fuzz.guided", *values], check=False)
        if not result.exists():
            raise SystemExit(f"fuzz: {name}: atheris ended early with {done.returncode}")
        return Tally(**json.loads(result.read_text()))


def _main(arguments: list[str]) -> int:
    options = _options(arguments)
    run = run_own if options.engine == "own" else run_guided
    print(_HEADER, flush=True)
    crashes = 0
    for name in options.parsers:
        tally = run(name, options.inputs, options.seed, options.crashes)
        crashes += len(tally.crashes)
        print(_row(tally), flush=True)
    return int(crashes > 0)


def _row(tally: Tally) -> str:
    found = "; ".join(f"{key} ({count})" for key, count in tally.crashes.items()) or "0"
    figures = f"{tally.inputs:,} | {tally.per_second:,} | {tally.marks:,} | {tally.noted:,}"
    return f"| {tally.parser} | {figures} | {tally.slowest:.2f} s | {tally.grown} MiB | {found} |"


def _options(arguments: list[str]) -> Any:
    about = (__doc__ or "").partition("\n")[0]
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=about)
    parser.add_argument("--inputs", type=int, default=200_000, help="inputs per parser")
    parser.add_argument("--parsers", nargs="+", default=list(TARGETS), choices=list(TARGETS))
    parser.add_argument("--engine", choices=("own", "atheris"), default="own")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--crashes", type=Path, default=Path("out") / "crashes")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))

"""The child process of `python -m fuzz --engine atheris`: inputs guided by the branches they reach.

libFuzzer never gives the process back, so a run has one of its own and writes its tally to a file.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from random import Random

import atheris  # type: ignore[import-not-found,unused-ignore]

with atheris.instrument_imports(include=["aequa.sources", "aequa.evaluation", "aequa.audit"]):
    from fuzz.runs import Run

_FLAGS = ("-max_len=65536", "-timeout=60", "-rss_limit_mb=0", "-verbosity=0")


def _main(name: str, inputs: str, seed: str, crashes: str, result: str) -> None:
    run = Run(name, int(seed), Path(crashes))
    corpus = Path(tempfile.mkdtemp(prefix="aequa-corpus-", dir=Path(result).parent))
    for number, data in enumerate(run.pool[:60]):
        (corpus / str(number)).write_bytes(data)

    def change(data: bytes, most: int, chance: int) -> bytes:
        rng = Random(chance)
        if rng.random() < 0.5:
            return bytes(atheris.Mutate(data, most))
        return run.draw(rng, data)[:most]

    def one(data: bytes) -> None:
        run.one(data)
        if run.inputs >= int(inputs):
            Path(result).write_text(json.dumps(run.tally()._asdict()))
            os._exit(0)

    arguments = ["fuzz", *_FLAGS, f"-seed={int(seed) + 1}", str(corpus)]
    atheris.Setup(arguments, one, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    _main(*sys.argv[1:])

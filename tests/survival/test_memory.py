"""Memory does not grow with the corpus: no process of a run holds more than a stated bound."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

BOUND = 400 << 20
"""Bytes that the largest process of ``aequa ingest`` holds, whatever it reads."""
WORDS = [f"{first}{second}" for first in ("net", "crop", "flood", "care") for second in range(250)]


def corpus(path: Path, works: int) -> None:
    """Works with abstracts of 200 words, a tenth of them twice; all in one file."""
    draw = random.Random(7)
    with gzip.open(path, "wt", compresslevel=1) as stream:
        for number in range(works):
            same = number - number % 10 if number % 10 == 1 else number
            row = {
                "id": f"https://openalex.org/W{number}",
                "doi": f"https://doi.org/10.1/{same}",
                "title": f"Forecasts of {WORDS[same % 1000]} in basin {same}",
                "abstract": " ".join(draw.choices(WORDS, k=200)),
                "year": 2020,
            }
            stream.write(json.dumps(row) + "\n")


MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
"""A small process between, since a child starts with the memory of its parent on its account."""


@pytest.mark.parametrize("works", [5_000, 50_000])
def test_no_process_of_ingest_grows_with_the_corpus(works: int, tmp_path: Path) -> None:
    corpus(tmp_path / "in.jsonl.gz", works)
    run = ["ingest", str(tmp_path / "in.jsonl.gz"), "-o", str(tmp_path / "w.parquet"), "--quiet"]
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, sys.executable, "-m", "aequa", *run],
        capture_output=True,
        check=True,
    )
    assert 20 << 20 < int(measured.stdout.split()[-1]) * 1024 < BOUND

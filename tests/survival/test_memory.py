"""Memory does not grow with the corpus: no process of a run holds more than a stated bound."""

from __future__ import annotations

import gzip
import json
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Start = Callable[..., subprocess.Popen[bytes]]
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


@pytest.mark.parametrize("works", [5_000, 50_000])
def test_no_process_of_ingest_grows_with_the_corpus(
    works: int, aequa: Start, tmp_path: Path
) -> None:
    corpus(tmp_path / "in.jsonl.gz", works)
    process = aequa("ingest", tmp_path / "in.jsonl.gz", "-o", tmp_path / "w.parquet", "--quiet")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    _, error = process.communicate()
    assert process.returncode == 0, error
    assert usage.ru_maxrss * 1024 < BOUND

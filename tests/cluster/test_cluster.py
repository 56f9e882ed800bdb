"""The cluster gives what one machine gives, also when a worker dies in the middle.

Short form: some 500 works. ``AEQUA_CLUSTER=full`` (``make cluster``): some 10,000, and then real
works of ``../shared/data``, with a worker killed in the middle of either command.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aequa.core.works import LABELS, WORKS

FULL = os.environ.get("AEQUA_CLUSTER") == "full"
SIZE = 4_000 if FULL else 160
SUBJECTS = ("floods", "malaria", "crop yields", "solar cells", "road traffic", "school dropout")
PLACES = (("Universität Bonn", "DE"), ("University of Nairobi", "KE"), ("Acme Robots Inc.", None))


def openalex(number: int) -> dict[str, Any]:
    subject = SUBJECTS[number % len(SUBJECTS)]
    words = (
        f"We train a neural network that predicts {subject} from satellite images and show that"
        f" it helps poor districts, though its errors are larger for region {number}."
    ).split()
    name, code = PLACES[number % len(PLACES)]
    return {
        "id": f"https://openalex.org/W{90_000_000 + number}",
        "doi": f"https://doi.org/10.1234/{number}" if number % 3 else None,
        "title": f"Deep learning against {subject}: the case of district {number}",
        "publication_year": 9999 if number % 50 == 7 else 2015 + number % 5,
        "type": ("article", "preprint", "review")[number % 7 % 3],
        "cited_by_count": number * 7919 % 31,
        "abstract_inverted_index": {
            word: [at for at, other in enumerate(words) if other == word] for word in words
        },
        "authorships": [
            {
                "author": {"display_name": f"Ada {'BCDF'[number % 4]}yron"},
                "institutions": [{"display_name": name, "country_code": code, "type": "education"}],
            }
        ],
        "primary_topic": {"field": {"display_name": "Computer Science"}},
    }


def table(number: int) -> dict[str, Any]:
    """A row of a person's own table; some are works of the other file again."""
    other = openalex(number)
    return {
        "id": number,
        "title": other["title"] if number % 4 == 0 else f"{other['title']}, seen again in detail",
        "doi": "10.1234/proceedings" if number % 2 else other["doi"],  # one DOI on very many
        "authors": other["authorships"][0]["author"]["display_name"],
        "year": other["publication_year"] + 1,
        "cited_by": number % 5,
        "abstract": "A longer abstract of the same kind. " * (number % 4),
    }


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """JSON lines of OpenAlex and of our own, the latter gzipped, and a corpus in Parquet."""
    folder = tmp_path_factory.mktemp("inputs")
    lines = [json.dumps(openalex(number), ensure_ascii=False) for number in range(SIZE)]
    lines[SIZE // 2 : SIZE // 2] = ['{"title": "cut o', "", '{"id": "no text"}']
    (folder / "a b.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = "".join(json.dumps(table(number)) + "\n" for number in range(SIZE // 2, SIZE + 90))
    (folder / "rows.jsonl.gz").write_bytes(gzip.compress(rows.encode()))
    some = "".join(f"{line}\n" for line in lines[: SIZE // 4])
    (folder / "some.jsonl").write_text(some, encoding="utf-8")
    aequa("ingest", "some.jsonl", "-o", "corpus.parquet", cwd=folder)
    return folder


def aequa(*arguments: str, cwd: Path) -> None:
    """The same command on this machine, without Spark."""
    command = [sys.executable, "-W", "error", "-m", "aequa", *arguments, "--quiet"]
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)


def kill_in_mid_run(cluster: Any, run: subprocess.Popen[bytes], staging: Path) -> None:
    """Kill a worker when some tasks are done and others are not."""
    until = time.monotonic() + 300
    while not any(staging.rglob("part-*.parquet")):
        assert run.poll() is None, (staging.parent / "run.log").read_text()
        assert time.monotonic() < until
        time.sleep(0.02)
    cluster.kill(0)
    assert run.poll() is None
    assert not (staging / "_SUCCESS").exists()


def test_rows_and_labels_are_those_of_one_machine_though_a_worker_dies(
    cluster: Any, inputs: Path, tmp_path: Path
) -> None:
    files = [str(inputs / name) for name in ("a b.jsonl", "rows.jsonl.gz", "corpus.parquet")]
    aequa("ingest", *files, "-o", "here.parquet", cwd=tmp_path)
    runner = ("--runner", cluster.url, "--quiet")
    said = cluster.run("ingest", *files, "-o", "there", "--json", *runner, cwd=tmp_path)
    books = json.loads(said.splitlines()[-1])
    assert books["rejected"] == 2
    assert books["merged"] > SIZE // 4
    assert same(tmp_path / "here.parquet", tmp_path / "there", WORKS)
    rejects = (tmp_path / f"{name}.rejects.jsonl" for name in ("here.parquet", "there"))
    assert listed(next(rejects)) == listed(next(rejects))
    assert not (tmp_path / "there.tmp").exists()

    tier = ("--tier", "accurate")
    aequa("classify", "here.parquet", "-o", "labels.parquet", *tier, cwd=tmp_path)
    run = cluster.start("classify", "there", "-o", "labels", *tier, *runner, cwd=tmp_path)
    kill_in_mid_run(cluster, run, tmp_path / "labels.tmp")
    assert run.wait(600) == 0, (tmp_path / "run.log").read_text()
    assert same(tmp_path / "labels.parquet", tmp_path / "labels", LABELS)


@pytest.mark.skipif(not FULL, reason="the full form (make cluster) takes minutes")
def test_real_works_are_the_same_though_a_worker_dies_while_they_are_read(
    cluster: Any, shared: Path, tmp_path: Path
) -> None:
    names = ("arxiv.jsonl.gz", "openalex-ocean-1684.parquet")
    files = [str(shared / "works" / name) for name in names]
    with gzip.open(shared / "works" / "venues.openalex.jsonl.gz", "rb") as stream:
        some = b"".join(islice(stream, 12_000))
    (tmp_path / "venues.jsonl").write_bytes(some)
    files.append("venues.jsonl")
    aequa("ingest", *files, "-o", "here.parquet", cwd=tmp_path)
    runner = ("--runner", cluster.url, "--quiet")
    run = cluster.start("ingest", *files, "-o", "there", *runner, cwd=tmp_path)
    kill_in_mid_run(cluster, run, tmp_path / "there.tmp" / "placed")
    assert run.wait(1200) == 0, (tmp_path / "run.log").read_text()
    assert same(tmp_path / "here.parquet", tmp_path / "there", WORKS)
    aequa("classify", "here.parquet", "-o", "labels.parquet", "--tier", "fast", cwd=tmp_path)
    cluster.run("classify", "there", "-o", "labels", "--tier", "fast", *runner, cwd=tmp_path)
    assert same(tmp_path / "labels.parquet", tmp_path / "labels", LABELS)


def same(here: Path, there: Path, schema: pa.Schema) -> bool:
    """The same rows in the same order; Spark calls no column required."""
    one, other = pq.read_table(here), pq.read_table(there)
    assert one.num_rows == other.num_rows
    return bool(one.cast(schema).equals(other.cast(schema)))


def listed(path: Path) -> list[dict[str, Any]]:
    files = sorted(path.glob("part-*")) if path.is_dir() else [path]
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]

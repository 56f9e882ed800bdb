"""What the machine does to a run: full disks, folders that cannot be written, workers that die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from aequa import ingesting, labelling
from aequa.classify.engine import Spec
from aequa.cli import run
from aequa.labelling import label
from aequa.parts import Piece, Read

Start = Callable[..., subprocess.Popen[bytes]]


def die_on_malaria(argument: Any, path: Path, spec: Spec) -> None:
    """Labels a chunk, unless it holds a certain work: then its process is killed."""
    if any(title.endswith("in district a 1") for title in argument.column("title").to_pylist()):
        os.kill(os.getpid(), signal.SIGKILL)
    label(argument, path, spec)


def refuse_b(argument: Piece | Read, path: Path) -> None:
    """Places a part, unless it is of a certain file: then it raises."""
    if isinstance(argument, Piece) and argument.name.endswith("b.jsonl"):
        raise MemoryError("this part is too large")
    ingesting_place(argument, path)


ingesting_place = ingesting.place


def last(told: str) -> dict[str, int]:
    counts: dict[str, int] = json.loads(told.splitlines()[-1])
    return counts


def test_a_shard_whose_worker_always_dies_is_listed_and_the_rest_goes_on(
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(labelling, "label", die_on_malaria)
    monkeypatch.setattr(labelling, "cores", lambda: 2)
    out = tmp_path / "r"
    assert run(["report", str(inputs), "-o", str(out), "--tier", "fast", "--json"]) == 3
    counts = last(capsys.readouterr().out)
    listed = [json.loads(line) for line in (out / "unlabelled.jsonl").read_text().splitlines()]
    assert counts["read"] == counts["kept"] + counts["merged"] + counts["rejected"] == 6504
    assert counts["rejected"] == 4 + len(listed)
    assert 0 < len(listed) < 3000
    assert all("worker process died" in one["reason"] for one in listed)
    assert pq.read_metadata(out / "labels.parquet").num_rows == counts["kept"] > 4000
    monkeypatch.undo()
    assert run(["report", str(inputs), "-o", str(out), "--tier", "fast", "--json"]) == 0
    assert last(capsys.readouterr().out)["rejected"] == 4
    assert (out / "unlabelled.jsonl").read_text() == ""


def test_a_part_that_always_fails_is_listed_and_the_rest_goes_on(
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(ingesting, "place", refuse_b)
    out = tmp_path / "w.parquet"
    assert run(["ingest", str(inputs), "-o", str(out), "--json"]) == 3
    counts = last(capsys.readouterr().out)
    assert counts == {"read": 6004, "kept": 6000, "merged": 0, "rejected": 4}
    lines = (tmp_path / "w.parquet.rejects.jsonl").read_text().splitlines()
    failed = [one for one in map(json.loads, lines) if "this part is too large" in one["reason"]]
    assert [(Path(one["file"]).name, one["record"]) for one in failed] == [("b.jsonl", 1)]


@pytest.mark.parametrize("command", ["ingest", "classify", "report"])
def test_the_second_of_two_runs_says_so_and_stops(
    command: str, inputs: Path, aequa: Start, tmp_path: Path
) -> None:
    out = tmp_path / ("r" if command == "report" else "out.parquet")
    place = out if command == "report" else tmp_path / ".out.parquet.shards"
    first = aequa(command, inputs, "-o", out)
    while not list(place.rglob("manifest.jsonl")) and first.poll() is None:
        time.sleep(0.01)
    second = aequa(command, inputs, "-o", out)
    _, error = second.communicate(timeout=60)
    assert second.returncode == 1
    assert b"another run of aequa is at work here" in error
    _, error = first.communicate(timeout=120)
    assert first.returncode == 0, error


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("a small file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("command", ["ingest", "classify", "report"])
def test_a_full_disk_is_one_clear_error_and_the_run_goes_on_when_there_is_room(
    command: str, inputs: Path, aequa: Start, small_disk: Path
) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(900_000))
    out = small_disk / {"ingest": "w.csv", "classify": "l.jsonl", "report": "r"}[command]
    run = (command, inputs, "-o", out, *(() if command == "ingest" else ("--tier", "fast")))
    process = aequa(*run)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 1
    assert b"No space left on device" in error, error
    assert b"Traceback" not in error
    assert not out.is_file()
    assert not list(small_disk.rglob("*.tmp"))
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    process = aequa(*run)
    _, error = process.communicate(timeout=120)
    assert process.returncode == 0, error
    assert out.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
@pytest.mark.parametrize("command", ["ingest", "classify", "report"])
def test_a_place_that_cannot_be_written_is_one_clear_error(
    command: str, inputs: Path, aequa: Start
) -> None:
    process = aequa(command, inputs / "a.jsonl", "-o", "/proc/aequa/out.parquet")
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"/proc/aequa" in error
    assert b"Traceback" not in error

"""Killed at any moment, any number of times, a run ends byte-identical to an undisturbed one.

AEQUA_KILLS says how many runs are killed (``make survival`` asks for 200).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

KILLS = int(os.environ.get("AEQUA_KILLS", "4"))
AT_ONCE = 4
"""Kills of the same run before it is let through."""
Start = Callable[..., subprocess.Popen[bytes]]
Contents = Callable[[Path], dict[str, bytes]]
COMMANDS = {
    "report": lambda inputs, out: ("report", inputs, "-o", out / "r", "--tier", "fast"),
    "ingest": lambda inputs, out: ("ingest", inputs, "-o", out / "works.parquet"),
    "classify": lambda inputs, out: (
        "classify", inputs, "-o", out / "labels.jsonl", "--tier", "fast",
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(COMMANDS))
def command(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def finished(process: subprocess.Popen[bytes]) -> bytes:
    _, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    return error


@pytest.fixture(scope="module")
def undisturbed(
    command: str,
    inputs: Path,
    aequa: Start,
    contents: Contents,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, bytes], float]:
    """What a run leaves that nobody disturbs, and the seconds it takes."""
    out = tmp_path_factory.mktemp("undisturbed")
    started = time.monotonic()
    finished(aequa(*COMMANDS[command](inputs, out)))
    return contents(out), time.monotonic() - started


def test_killed_anywhere_it_ends_as_if_undisturbed(
    command: str,
    inputs: Path,
    aequa: Start,
    contents: Contents,
    undisturbed: tuple[dict[str, bytes], float],
    tmp_path: Path,
) -> None:
    whole, seconds = undisturbed
    moments = random.Random(command)
    for start in range(0, KILLS, AT_ONCE):
        out = tmp_path / str(start)
        out.mkdir()
        for _ in range(min(AT_ONCE, KILLS - start)):
            process = aequa(*COMMANDS[command](inputs, out))
            time.sleep(moments.uniform(0.05, seconds))
            number = moments.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM])
            os.killpg(process.pid, number)
            process.communicate(timeout=60)
        finished(aequa(*COMMANDS[command](inputs, out)))
        assert contents(out) == whole


def test_only_what_a_change_touches_is_done_again(
    inputs: Path, aequa: Start, tmp_path: Path
) -> None:
    copies = tmp_path / "in"
    copies.mkdir()
    for path in inputs.iterdir():
        (copies / path.name).write_bytes(path.read_bytes())
    run = ("report", copies, "-o", tmp_path / "r", "--tier", "fast")
    finished(aequa(*run))
    placed = tmp_path / "r" / ".shards" / "placed"
    labels = tmp_path / "r" / ".shards" / "labels"
    before = {path: path.stat().st_mtime_ns for path in [*placed.iterdir(), *labels.iterdir()]}
    changed = (copies / "c.jsonl").read_text().replace('district c 7"', 'district c seven"')
    (copies / "c.jsonl").write_text(changed)
    finished(aequa(*run))
    after = {path: path.stat().st_mtime_ns for path in [*placed.iterdir(), *labels.iterdir()]}
    fresh = {path for path in after if path.suffix == ".parquet" and path not in before}
    assert len([path for path in fresh if path.parent == placed]) == 1
    assert len([path for path in fresh if path.parent == labels]) == 1
    kept = [path for path in after if path.suffix == ".parquet" and path in before]
    assert all(after[path] == before[path] for path in kept)


def test_times_of_files_decide_nothing(inputs: Path, aequa: Start, tmp_path: Path) -> None:
    """A clock that was set back or forward makes nothing old or new."""
    run = ("report", inputs / "a.jsonl", "-o", tmp_path / "r", "--tier", "fast")
    finished(aequa(*run))
    for path in [*(tmp_path / "r").rglob("*"), inputs / "a.jsonl"]:
        os.utime(path, (4e9, 4e9) if path.suffix == ".parquet" else (1, 1))
    told = finished(aequa(*run))
    assert b"reading: done by an earlier run" in told
    assert b"classifying: done by an earlier run" in told


def test_a_damaged_shard_is_made_again(
    inputs: Path, aequa: Start, contents: Contents, tmp_path: Path
) -> None:
    run = ("report", inputs, "-o", tmp_path / "r", "--tier", "fast")
    finished(aequa(*run))
    whole = contents(tmp_path)
    for step in ("placed", "labels"):
        shard = min((tmp_path / "r" / ".shards" / step).glob("*.parquet"))
        shard.write_bytes(shard.read_bytes()[:-9])
    (tmp_path / "r" / ".steps.json").unlink()
    with (tmp_path / "r" / ".shards" / "placed" / "manifest.jsonl").open("a") as stream:
        stream.write('{"shard": "cut o')
    finished(aequa(*run))
    assert contents(tmp_path) == whole

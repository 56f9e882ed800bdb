"""Runs killed outright (kill -9) and run again: what the second run has to do over."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import psutil

from benchmarks.measure import watch
from benchmarks.rows import Row, row

MOMENTS = (0.2, 0.5, 0.8)
"""When to kill, as a part of the time that the undisturbed run takes."""
FIXED = {"SOURCE_DATE_EPOCH": "1767225600"}
"""So that the dates in the page are no difference."""


def rows_of(raw: Path, works: int, folder: Path) -> Iterator[Row]:
    """The undisturbed run, and for each moment: seconds of both runs together."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        whole, again = Path(name) / "whole", Path(name) / "again"
        environment = {**FIXED, "AEQUA_CACHE": ""}
        done = watch(_command(raw, whole), folder=folder, environment=environment)
        shown = f"aequa report {raw.name} -o report --tier fast"
        yield row("kill", "undisturbed", works, done, "", shown)
        if done.code:
            return
        for moment in MOMENTS:
            lost = _killed(_command(raw, again), environment, moment * done.seconds)
            resumed = watch(_command(raw, again), folder=folder, environment=environment)
            extra = lost + resumed.seconds - done.seconds
            note = f"{extra:+.1f} s over undisturbed"
            if not resumed.code:
                same = _digests(again) == _digests(whole)
                note += "; the same bytes" if same else "; OTHER BYTES"
            both = resumed._replace(seconds=lost + resumed.seconds)
            yield row("kill", f"kill -9 at {moment:.0%}", works, both, note, shown)
            shutil.rmtree(again, ignore_errors=True)


def _command(raw: Path, out: Path) -> list[str]:
    options = ["--tier", "fast", "--quiet"]
    return [sys.executable, "-m", "aequa", "report", str(raw), "-o", str(out), *options]


def _killed(command: list[str], environment: dict[str, str], after: float) -> float:
    """Run a command, kill it (not its children) after some seconds; the seconds it ran."""
    start = time.monotonic()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    try:
        process.wait(after)
        return time.monotonic() - start  # it was faster than the undisturbed run
    except subprocess.TimeoutExpired:
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.wait()
        seconds = time.monotonic() - start
        psutil.wait_procs(children, timeout=30)
        return seconds


def _digests(folder: Path) -> dict[str, str]:
    """The files that a report consists of, without what only serves to go on after a kill."""
    paths = [folder / name for name in ("index.html", "works.parquet", "labels.parquet")]
    paths += sorted((folder / "tables").iterdir())
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in paths}

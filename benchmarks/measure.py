"""Run one load in a process of its own: time, and peak memory of its whole process tree."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil

EVERY = 0.1
"""Seconds between two looks at the memory (the first ones follow each other faster); the folder is
looked at every fifth time."""


class Measured(NamedTuple):
    """What one load printed, how long it took and how much memory it held at most."""

    result: dict[str, Any]
    seconds: float
    peak_mb: float


class Watched(NamedTuple):
    """How a command ended, and what it took; megabytes are of 2^20 bytes."""

    code: int
    """Its exit code, negative for a signal."""
    stopped: bool
    """Whether it was ended here, for holding more memory than allowed."""
    seconds: float
    cpu: float
    """Seconds of processor time, with its children, in user and system mode."""
    peak_mb: float
    written_mb: float
    """What the process and its children wrote to disk, temporary files too."""
    folder_mb: float
    """The most that ``folder`` grew by at one time."""
    out: str
    error: str


def measure(load: str, *arguments: str, module: str = "benchmarks.loads") -> Measured:
    """Run ``python -m MODULE LOAD …`` and watch it."""
    done = watch([sys.executable, "-m", module, load, *arguments])
    if done.code:
        raise RuntimeError(f"{load} ended with {done.code}: {done.error[-2000:]}")
    return Measured(json.loads(done.out.splitlines()[-1]), done.seconds, done.peak_mb)


def watch(
    command: Sequence[str],
    cap_mb: float | None = None,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Watched:
    """Run a command and watch it; one that holds more than ``cap_mb`` is ended.

    Memory is the sum of the unique set sizes of the process and its children (what is shared
    between them is counted once, in the resident size of the parent).
    """
    before = _held(folder) if folder else 0
    peak = grown = looks = 0
    stopped = False
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as error:
        start = time.monotonic()
        process = subprocess.Popen(
            command, stdout=out, stderr=error, env={**os.environ, **(environment or {})}
        )
        watched = psutil.Process(process.pid)
        try:
            while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
                peak = max(peak, held := _memory(watched))
                if cap_mb is not None and held > cap_mb * 2**20 and not stopped:
                    stopped = _end(watched)
                if folder and looks % 5 == 0:
                    grown = max(grown, _held(folder) - before)
                looks += 1
                time.sleep(min(EVERY, looks / 500))
        except BaseException:  # also Ctrl-C: nothing stays behind
            _end(watched)
            raise
        seconds, usage = time.monotonic() - start, ended[2]
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        said = _text(out), _text(error)
    grown = max(grown, _held(folder) - before) if folder else 0
    cpu, written = usage.ru_utime + usage.ru_stime, usage.ru_oublock * 512
    peak_mb, written_mb, folder_mb = (amount / 2**20 for amount in (peak, written, grown))
    taken = (seconds, cpu, peak_mb, written_mb, folder_mb)
    return Watched(process.returncode, stopped, *taken, *said)


def _text(stream: Any) -> str:
    stream.seek(0)
    return str(stream.read().decode("utf-8", "replace"))


def _end(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        for each in [*process.children(recursive=True), process]:
            each.kill()
    return True


def _held(folder: Path) -> int:
    """Bytes in a folder, whose files come and go meanwhile."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(parent) / name).lstat().st_size
    return total


def _memory(process: psutil.Process) -> int:
    try:
        own = process.memory_info().rss
        return int(own + sum(_unique(child) for child in process.children(recursive=True)))
    except psutil.Error:
        return 0


def _unique(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:
        return 0

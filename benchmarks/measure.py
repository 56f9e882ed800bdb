"""Run one load in a process of its own: wall time, and peak memory of its whole process tree."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any, NamedTuple

import psutil

EVERY = 0.05
"""Seconds between two looks at the memory."""


class Measured(NamedTuple):
    """What one load printed, how long it took and how much memory it held at most."""

    result: dict[str, Any]
    seconds: float
    peak_mb: float


def measure(load: str, *arguments: str, module: str = "benchmarks.loads") -> Measured:
    """Run ``python -m MODULE LOAD …`` and watch it.

    Memory is the sum of the unique set sizes of the process and its children (what is shared
    between them is counted once, in the resident size of the parent).
    """
    command = [sys.executable, "-m", module, load, *arguments]
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = 0
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            peak = max(peak, _memory(watched))
            time.sleep(EVERY)
        out = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise RuntimeError(f"{load} ended with {process.returncode}")
    seconds = time.monotonic() - start
    return Measured(json.loads(out.splitlines()[-1]), seconds, peak / 2**20)


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

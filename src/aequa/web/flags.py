"""What readers say of labels: lines added to ``flags.jsonl`` beside the report, never changed.

They are no random sample, so no estimate uses them; ``aequa audit flags`` exports them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import orjson
from filelock import FileLock
from starlette.requests import Request

from aequa.web.problems import Problem

FILE = "flags.jsonl"
MOST = 100_000
"""Lines that are kept; a reader who sends more is told that it is full."""


class Flag(NamedTuple):
    """One label that a reader calls wrong."""

    work: str
    label: str
    """``ai``, ``goal-3``, ``challenge-bias`` or ``area-society``"""
    machine: str
    """What the machine said"""
    reader: str
    """What the reader says"""
    note: str
    language: str


class Flags:
    """The flags of one report; safe to use from several threads and processes."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        self._lock = Lock()
        self._seen: tuple[int, list[Mapping[str, Any]]] = (-1, [])

    def add(self, flag: Flag) -> None:
        """Store one flag; it is on the disk when this returns.

        Raises:
            Problem: there are ``MOST`` already.
        """
        if len(self._all()) >= MOST:
            raise Problem(507, "There is no room for more", f"{MOST:,} flags are stored")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        told = orjson.dumps({"time": at, **flag._asdict()}) + b"\n"
        with self._lock, FileLock(f"{self._path}.lock"), self._path.open("ab") as stream:
            stream.write(told)
            stream.flush()
            os.fsync(stream.fileno())

    def of(self, work: str) -> list[Mapping[str, Any]]:
        """The flags of one work, oldest first."""
        return [one for one in self._all() if one.get("work") == work]

    def _all(self) -> list[Mapping[str, Any]]:
        size = self._path.stat().st_size if self._path.exists() else 0
        if size != self._seen[0]:
            lines = self._path.read_bytes().splitlines() if size else []
            self._seen = (size, [held for line in lines if (held := _line(line))])
        return self._seen[1]


def _line(line: bytes) -> Mapping[str, Any]:
    """One stored line; empty where a crash cut it off."""
    try:
        held = orjson.loads(line)
    except orjson.JSONDecodeError:
        return {}
    return held if isinstance(held, dict) else {}


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, the first value of each.

    Raises:
        Problem: the body is not a form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/x-www-form-urlencoded":
        raise Problem(415, "Not a form", "expected application/x-www-form-urlencoded")
    try:
        told = parse_qs((await request.body()).decode("utf-8"), max_num_fields=10)
    except ValueError as error:
        raise Problem(400, "Not a form that can be read", str(error)) from error
    return {name: values[0] for name, values in told.items()}


def machine_labels(row: Mapping[str, Any]) -> dict[str, str]:
    """What the machine said of a work, by label; a label that is missing is a no."""
    found = {"ai": "yes" if (row.get("ai") or {}).get("label") else "no"}
    found |= {f"goal-{one['goal']}": one["contribution"] for one in row.get("goals") or ()}
    for kind, column in (("challenge", "challenges"), ("area", "areas")):
        found |= {f"{kind}-{one['name']}": "yes" for one in row.get(column) or ()}
    return found
